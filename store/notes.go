package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	sqlAddNote     = `INSERT INTO notes (lead, version, words) VALUES ($1, $2, $3)`
	sqlForgetNotes = `DELETE FROM notes WHERE lead = $1`
	sqlNotes       = `SELECT n.version, n.words, e.at, e.actor FROM notes n
		JOIN lead_events e ON e.lead = n.lead AND e.version = n.version WHERE n.lead = $1 ORDER BY n.version`
)

// colNote is the sealed column of notes.
const colNote = "notes.words"

// Note is what staff wrote about a lead, for staff.
type Note struct {
	At    time.Time
	Actor string
	Text  string
}

// AddNote writes a note on a lead; version as in MoveLead, so that a form sent twice gives one note. A note may
// tell of the person: it is sealed and erased with them.
func (d *DB) AddNote(ctx context.Context, number string, version int64, text, actor string) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("note: %w", ErrIncomplete)
	}
	now := d.now()
	row := noteRow(number, version+1)
	sealed := d.seal.seal(colNote, row, []byte(text))
	return d.write(ctx, func(t *tx) error {
		l, err := leadAt(t, number, version)
		if err != nil {
			return err
		}
		if err := l.note(t, now, actor, actNote, ""); err != nil {
			return err
		}
		_, err = t.exec(sqlAddNote, number, version+1, sealed)
		return err
	})
}

// Notes returns a lead's notes, oldest first.
func (d *DB) Notes(ctx context.Context, number string) ([]Note, error) {
	rows, err := d.read.QueryContext(ctx, sqlNotes, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Note
	for rows.Next() {
		var n Note
		var version, when int64
		var sealed []byte
		if err := rows.Scan(&version, &sealed, &when, &n.Actor); err != nil {
			return nil, err
		}
		text, err := d.seal.open(colNote, noteRow(number, version), sealed)
		if err != nil {
			return nil, err
		}
		n.At, n.Text = at(when), string(text)
		all = append(all, n)
	}
	return all, rows.Err()
}

// noteRow is what a note is sealed to.
func noteRow(number string, version int64) []byte { return fmt.Appendf(nil, "%s/%d", number, version) }

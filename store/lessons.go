package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	sqlAddLesson     = `INSERT INTO lessons (id, label, examples, words, basis, review, actor, added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlTeach         = `INSERT INTO examples (words, label, actor, added, lesson) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (words) DO NOTHING`
	sqlUndoLesson    = `UPDATE lessons SET undone = $1, undoer = $2 WHERE id = $3 AND undone = 0`
	sqlUnteach       = `DELETE FROM examples WHERE lesson = $1`
	sqlBumpOperating = `UPDATE counters SET value = value + 1 WHERE name = 'operating'`
	sqlOperating     = `SELECT value FROM counters WHERE name = 'operating'`
	sqlLessons       = `SELECT l.id, l.label, l.examples, l.words, l.basis, l.review, l.actor, l.added, l.undone, l.undoer,
		(SELECT COUNT(*) FROM questions q WHERE q.lesson = l.id) FROM lessons l ORDER BY l.added DESC, l.id`
)

// ErrTaught: one of the ways of asking is taught already.
var ErrTaught = errors.New("taught already")

// Basis is what an answer of staff's own rests on: an article of a document that is held, or a source outside.
type Basis struct {
	Document string `json:"document,omitempty"` // id, with Heading
	Heading  string `json:"heading,omitempty"`  // "第三条"
	Title    string `json:"title,omitempty"`    // of the source outside
	Link     string `json:"link,omitempty"`     // its address, or
	Number   string `json:"number,omitempty"`   // its document number
	Date     string `json:"date,omitempty"`     // of the source, "2026-03-01"
}

// Lesson is what staff taught the bot to make of some ways of asking. It is put into force and undone as one.
type Lesson struct {
	ID     string // drawn at random
	Label  string // what its examples are taught as, as package understand names it
	Words  string // an answer of staff's own, "" for the other kinds
	Basis  Basis  // of Words
	Review string // the last day on which Words are given, "2027-03-01"
	Actor  string
	Added  time.Time
	Undone time.Time // zero while it is in force
	Undoer string

	Examples []string // ways of asking; no personal data
	Settles  int      // how many questions it settled
}

// SaveLesson puts a lesson into force: its examples are taught and the questions of the handles are settled by it,
// with a line in the audit log, all or nothing. ErrTaught, naming the words, if one of the examples is taught already.
func (d *DB) SaveLesson(ctx context.Context, l Lesson, questions []string) error {
	if l.ID == "" || l.Label == "" || l.Actor == "" || len(l.Examples) == 0 {
		return fmt.Errorf("lesson: %w", ErrIncomplete)
	}
	for i, e := range l.Examples {
		l.Examples[i] = strings.TrimSpace(e)
	}
	basis, err := json.Marshal(l.Basis)
	if err != nil {
		return err
	}
	examples, err := json.Marshal(l.Examples)
	if err != nil {
		return err
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		if _, err := t.exec(sqlAddLesson, l.ID, l.Label, string(examples), l.Words, string(basis), l.Review, l.Actor, now); err != nil {
			return err
		}
		for _, e := range l.Examples {
			n, err := t.exec(sqlTeach, e, l.Label, l.Actor, now, l.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("example %q: %w", e, ErrTaught)
			}
		}
		settled := int64(0)
		for _, q := range questions {
			id, err := hex.DecodeString(q)
			if err != nil {
				return fmt.Errorf("question: %w", ErrNotFound)
			}
			n, err := t.exec(sqlSettle, l.ID, id)
			if err != nil {
				return err
			}
			settled += n
		}
		if err := d.append(t, AuditEntry{Actor: l.Actor, Action: "lesson.add", Subject: l.ID, Detail: fmt.Sprintf("%s examples=%d questions=%d", l.Label, len(l.Examples), settled)}); err != nil {
			return err
		}
		return bumpOperating(t)
	})
}

// UndoLesson takes a lesson back: its examples are forgotten and its questions are open again. ErrNotFound if it is
// not in force.
func (d *DB) UndoLesson(ctx context.Context, id, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlUndoLesson, now, actor, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("lesson: %w", ErrNotFound)
		}
		for _, query := range []string{sqlUnteach, sqlUnsettle} {
			if _, err := t.exec(query, id); err != nil {
				return err
			}
		}
		if err := d.append(t, AuditEntry{Actor: actor, Action: "lesson.undo", Subject: id}); err != nil {
			return err
		}
		return bumpOperating(t)
	})
}

// Lessons returns all lessons, undone ones too, newest first.
func (d *DB) Lessons(ctx context.Context) ([]Lesson, error) {
	return collect(ctx, d, func(rows *sql.Rows) (l Lesson, err error) {
		var examples, basis string
		var added, undone int64
		if err := rows.Scan(&l.ID, &l.Label, &examples, &l.Words, &basis, &l.Review, &l.Actor, &added, &undone, &l.Undoer, &l.Settles); err != nil {
			return l, err
		}
		if err := errors.Join(json.Unmarshal([]byte(basis), &l.Basis), json.Unmarshal([]byte(examples), &l.Examples)); err != nil {
			return l, fmt.Errorf("lesson %s is unreadable: %w", l.ID, err)
		}
		l.Added, l.Undone = at(added), at(undone)
		return l, nil
	}, sqlLessons)
}

// OperatingVersion counts the changes of what staff set and taught: examples, lessons, switches, choices.
func (d *DB) OperatingVersion(ctx context.Context) (int64, error) {
	var v int64
	err := d.read.QueryRowContext(ctx, sqlOperating).Scan(&v)
	return v, err
}

func bumpOperating(t *tx) error {
	_, err := t.exec(sqlBumpOperating)
	return err
}

package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"smebot/bot"
)

// JournalName is the file in the data folder that lists who was erased, as keyed hashes. It stands beside the
// database and not in it, so that an older database put back in its place still learns of later erasures. It is
// only ever added to.
const JournalName = "erasures.log"

const (
	sqlNoteErasure  = `INSERT INTO erasures (person, at) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET at = excluded.at WHERE excluded.at > erasures.at`
	sqlErasures     = `SELECT person, at FROM erasures`
	sqlLeadsBefore  = `SELECT number, status, version FROM leads WHERE person = $1 AND erased = 0 AND created < $2`
	sqlTalkBefore   = `SELECT COUNT(*) FROM conversations WHERE person = $1 AND updated < $2`
	sqlOutboxBefore = `DELETE FROM outbox WHERE person = $1 AND created < $2`
	sqlQuietBefore  = `DELETE FROM quiet WHERE person = $1 AND since < $2`
	sqlAskersBefore = `DELETE FROM askers WHERE person = $1 AND agreed < $2`
	// Those of whom something from before their erasure is there: the database is older than the erasure.
	sqlUnerased = `SELECT e.person, e.at FROM erasures e WHERE
		EXISTS (SELECT 1 FROM leads l WHERE l.person = e.person AND l.erased = 0 AND l.created < e.at)
		OR EXISTS (SELECT 1 FROM conversations c WHERE c.person = e.person AND c.updated < e.at)
		OR EXISTS (SELECT 1 FROM outbox o WHERE o.person = e.person AND o.created < e.at)
		OR EXISTS (SELECT 1 FROM quiet q WHERE q.person = e.person AND q.since < e.at)
		OR EXISTS (SELECT 1 FROM askers a WHERE a.person = e.person AND a.agreed < e.at)`
)

// erase empties what is kept about a person. Keys of deliveries stay, without chain and reply, until Retain takes
// them: a late repeat of one must still not count as new. Of the turn that carries it, the conversation is emptied.
func (d *DB) erase(w *turnWrite, who bot.Address) func(*tx) error {
	person := d.seal.person(who)
	self := bytes.Equal(person, w.person)
	if self {
		w.state, w.silent = blank, true
	}
	return func(t *tx) error {
		// Before the database: of a crash between the two, an erasure that was not answered is what is left.
		if err := d.journal(person, w.now); err != nil {
			return fmt.Errorf("note the erasure: %w", err)
		}
		if _, err := t.exec(sqlNoteErasure, person, w.now); err != nil {
			return err
		}
		if err := forgetTalk(t, person); err != nil {
			return err
		}
		if err := hush(t, person, w.delivery); err != nil {
			return err
		}
		if !self {
			if _, err := t.exec(sqlForgetTalk, person); err != nil {
				return err
			}
		}
		return forgetRest(t, person, w.now, math.MaxInt64)
	}
}

// forgetRest removes what is kept about a person besides the conversation, from before a time.
func forgetRest(t *tx, person []byte, now, before int64) error {
	for _, query := range []string{sqlOutboxBefore, sqlQuietBefore, sqlAskersBefore} {
		if _, err := t.exec(query, person, before); err != nil {
			return err
		}
	}
	leads, err := leadRows(t, sqlLeadsBefore, person, before)
	if err != nil {
		return err
	}
	t.after.scrub = true
	return blankLeads(t, leads, now, personActor)
}

// journal adds an erasure to the file beside the database. It is safe on the disk when journal returns.
func (d *DB) journal(person []byte, now int64) error {
	path := d.opt.file(JournalName)
	_, err := os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return errors.New(reason(err))
	}
	_, err = fmt.Fprintf(f, "\n%s %x %d\n", d.seal.check, person, now) // on a line of its own, whatever a crash left
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && fresh {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

// journalled reads the file: by person, when they were last erased. Lines of another key mean nothing here, and one
// that a crash left half written was never answered.
func (d *DB) journalled() (map[string]int64, error) {
	f, err := os.Open(d.opt.file(JournalName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &OpenError{d.opt.file(JournalName), ErrUnreadable, reason(err), mendRights}
	}
	defer f.Close()
	gone := map[string]int64{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		check, rest, _ := strings.Cut(lines.Text(), " ")
		name, when, _ := strings.Cut(rest, " ")
		person, err := hex.DecodeString(name)
		at, err2 := strconv.ParseInt(when, 10, 64)
		if check == d.seal.check && err == nil && err2 == nil && len(person) == hashSize {
			gone[string(person)] = max(gone[string(person)], at)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, &OpenError{d.opt.file(JournalName), ErrUnreadable, reason(err), mendRights}
	}
	return gone, nil
}

// redoErasures erases again whoever was erased after the database that is open was last written: it is a copy from
// before. It runs before anybody can use the store.
func (d *DB) redoErasures(ctx context.Context) error {
	gone, err := d.journalled()
	if err != nil {
		return err
	}
	known, err := d.erasures(ctx, sqlErasures)
	if err != nil {
		return err
	}
	for person, at := range known {
		if gone[person] <= at {
			delete(gone, person)
		}
	}
	err = d.write(ctx, func(t *tx) error {
		for person, at := range gone {
			if _, err := t.exec(sqlNoteErasure, []byte(person), at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	again, err := d.erasures(ctx, sqlUnerased)
	if err != nil || len(again) == 0 {
		return err
	}
	now := d.now()
	for person, at := range again {
		if err := d.write(ctx, func(t *tx) error { return eraseAgain(t, []byte(person), at, now) }); err != nil {
			return err
		}
	}
	d.opt.Log.Warn("the database is older than some erasures: these people were erased again", "people", len(again))
	return nil
}

// eraseAgain removes what is kept about a person from before their erasure.
func eraseAgain(t *tx, person []byte, at, now int64) error {
	old := 0
	if err := t.row(sqlTalkBefore, person, at).Scan(&old); err != nil {
		return err
	}
	if old > 0 {
		if err := forgetTalk(t, person); err != nil {
			return err
		}
		if err := hush(t, person, nil); err != nil {
			return err
		}
		if _, err := t.exec(sqlForgetTalk, person); err != nil {
			return err
		}
	}
	return forgetRest(t, person, now, at)
}

func (d *DB) erasures(ctx context.Context, query string) (map[string]int64, error) {
	rows, err := d.read.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]int64{}
	for rows.Next() {
		var person []byte
		var at int64
		if err := rows.Scan(&person, &at); err != nil {
			return nil, err
		}
		all[string(person)] = at
	}
	return all, rows.Err()
}

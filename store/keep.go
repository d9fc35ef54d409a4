package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// purgeStep is how many rows one job removes, so that turns find their way in between.
const purgeStep = 500

const (
	sqlPurgeInbox     = `DELETE FROM inbox WHERE delivery IN (SELECT delivery FROM inbox WHERE stored < $1 LIMIT $2)`
	sqlPurgeDead      = `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE given_up > 0 AND given_up < $1 LIMIT $2)`
	sqlPurgeQuestions = `DELETE FROM questions WHERE id IN (SELECT id FROM questions WHERE asked < $1 LIMIT $2)`
	// In the order they were written, which is that of their times: the oldest are looked at only. A conversation
	// must outlive its words, or erasing would not find them.
	sqlPurgeMessages = `DELETE FROM messages WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM messages ORDER BY seq LIMIT $2) oldest WHERE at < $1)`
	sqlPurgeTalks    = `DELETE FROM conversations WHERE person IN (SELECT c.person FROM conversations c
		WHERE c.updated < $1 AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.seq = c.talk) LIMIT $2)`
	sqlUntidy   = `SELECT person, state, version, updated FROM conversations WHERE tidy < $5 AND tidy < 2 AND updated < $1 AND (updated > $2 OR (updated = $2 AND person > $3)) ORDER BY updated, person LIMIT $4`
	sqlTidy     = `UPDATE conversations SET state = $1, version = version + $2, tidy = $5 WHERE person = $3 AND version = $4`
	sqlOldLeads = `SELECT number, status, version FROM leads WHERE erased = 0 AND status IN ('done', 'closed') AND changed < $1 ORDER BY changed LIMIT $2`
)

// Purge removes deliveries with their replies, and dead letters, from before a time: seven days ago is what
// the privacy notice promises. A repeat of a purged delivery counts as new. It returns how many rows went.
func (d *DB) Purge(ctx context.Context, olderThan time.Time) (int, error) {
	return d.purge(ctx, olderThan, sqlPurgeInbox, sqlPurgeDead)
}

// PurgeConversations removes what was said, conversations whose last turn, and questions whose asking, was before a time, and
// all that Purge removes: a delivery must not outlive the conversation by which erasing finds it.
func (d *DB) PurgeConversations(ctx context.Context, olderThan time.Time) (int, error) {
	return d.purge(ctx, olderThan, sqlPurgeInbox, sqlPurgeDead, sqlPurgeMessages, sqlPurgeTalks, sqlPurgeQuestions)
}

func (d *DB) purge(ctx context.Context, olderThan time.Time, queries ...string) (int, error) {
	if olderThan.After(d.opt.Clock()) {
		return 0, errors.New("purge: the time lies ahead")
	}
	bound, all := micros(olderThan), 0
	for _, q := range queries {
		for n := int64(purgeStep); n == purgeStep; {
			err := d.write(ctx, func(t *tx) (err error) {
				n, err = t.exec(q, bound, purgeStep)
				return err
			})
			if err != nil {
				return all, err
			}
			all += int(n)
		}
	}
	return all, nil
}

// EraseOldLeads blanks the personal fields of leads that were done or closed before a time, as ErasePerson does
// for one person. It returns how many.
func (d *DB) EraseOldLeads(ctx context.Context, olderThan time.Time) (int, error) {
	if olderThan.After(d.opt.Clock()) {
		return 0, errors.New("erase old leads: the time lies ahead")
	}
	bound, now, all := micros(olderThan), d.now(), 0
	for n := purgeStep; n == purgeStep; {
		err := d.write(ctx, func(t *tx) error {
			leads, err := leadRows(t, sqlOldLeads, bound, purgeStep)
			if err != nil {
				return err
			}
			n = len(leads)
			t.after.scrub = n > 0
			return blankLeads(t, leads, now, systemActor)
		})
		if err != nil {
			return all, err
		}
		all += n
	}
	return all, nil
}

// TidyConversations lets the router clear what a dialogue may not keep for long, such as contact details given
// before consent. Each conversation whose last turn was before a time, and that was not tidied to this stage (1 or
// 2) since, is passed to tidy; what it returns is kept if it differs. tidy must not block. It returns how many
// changed.
func (d *DB) TidyConversations(ctx context.Context, idleSince time.Time, stage int, tidy func(state []byte) []byte) (int, error) {
	if d.w == nil {
		return 0, ErrReadOnly
	}
	changed, lastAt, last := 0, int64(-1), blank
	for {
		page, err := d.untidy(ctx, idleSince, stage, lastAt, last)
		if err != nil || len(page) == 0 {
			return changed, err
		}
		for _, u := range page {
			lastAt, last = u.updated, u.person
			var state []byte
			if len(u.sealed) > 0 {
				if state, err = d.seal.open(colState, u.person, u.sealed); err != nil {
					return changed, err
				}
			}
			after := tidy(bytes.Clone(state))
			u.differs = !bytes.Equal(after, state)
			switch {
			case u.differs && len(after) > 0:
				u.sealed = d.seal.seal(colState, u.person, after)
			case u.differs, len(u.sealed) == 0:
				u.sealed = blank
			}
		}
		n, err := d.storeTidied(ctx, stage, page)
		changed += n
		if err != nil {
			return changed, err
		}
	}
}

type untidyRow struct {
	person, sealed   []byte
	version, updated int64
	differs          bool
}

func (d *DB) untidy(ctx context.Context, idleSince time.Time, stage int, afterAt int64, after []byte) ([]*untidyRow, error) {
	rows, err := d.read.QueryContext(ctx, sqlUntidy, micros(idleSince), afterAt, after, purgeStep, stage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []*untidyRow
	for rows.Next() {
		u := &untidyRow{}
		if err := rows.Scan(&u.person, &u.sealed, &u.version, &u.updated); err != nil {
			return nil, err
		}
		page = append(page, u)
	}
	return page, rows.Err()
}

// storeTidied writes a page. A conversation that moved meanwhile is left: its person is back, and it counts as
// untidy again.
func (d *DB) storeTidied(ctx context.Context, stage int, page []*untidyRow) (changed int, err error) {
	err = d.write(ctx, func(t *tx) error {
		for _, u := range page {
			// A new version makes a turn that read the old state read again.
			n, err := t.exec(sqlTidy, u.sealed, flag(u.differs), u.person, u.version, stage)
			if err != nil {
				return err
			}
			if n == 1 && u.differs {
				changed++
				t.after.scrub = true
			}
		}
		return nil
	})
	if err != nil {
		changed = 0
	}
	return changed, err
}

// Scrub empties the write-ahead log, so that nothing removed earlier stands in it any more. Erasing does this by
// itself; Scrub tells whether it worked. It fails while a reader of old pages is at work.
func (d *DB) Scrub(ctx context.Context) error {
	if d.w == nil {
		return ErrReadOnly
	}
	err := d.w.submit(ctx, &job{alone: true, done: make(chan struct{}), do: func(*tx) error { return d.w.scrub() }})
	if err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	return nil
}

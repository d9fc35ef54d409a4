package store

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

const (
	sqlUntidy = `SELECT person, state, version, updated FROM conversations WHERE tidy < $5 AND tidy < 2 AND updated < $1 AND (updated > $2 OR (updated = $2 AND person > $3)) ORDER BY updated, person LIMIT $4`
	sqlTidy   = `UPDATE conversations SET state = $1, version = version + $2, tidy = $5 WHERE person = $3 AND version = $4`
)

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

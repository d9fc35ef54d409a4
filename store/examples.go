package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	sqlExamples   = `SELECT words, label, actor, added, lesson FROM examples ORDER BY added, words`
	sqlAddExample = `INSERT INTO examples (words, label, actor, added) VALUES ($1, $2, $3, $4)
		ON CONFLICT (words) DO UPDATE SET label = excluded.label, actor = excluded.actor, added = excluded.added WHERE examples.lesson = ''`
	sqlRemoveExample = `DELETE FROM examples WHERE words = $1 AND lesson = ''`
	sqlExampleTaught = `SELECT COUNT(*) FROM examples WHERE words = $1`
)

// Example is a way of asking that staff taught, with the label it stands for.
type Example struct {
	Words  string // as somebody might ask; no personal data
	Label  string // as package understand names it: "policy/24", "platform/financing"
	Actor  string // who taught it
	Lesson string // the lesson it belongs to; "" for none
	Added  time.Time
}

// SaveExample stores an example, in place of one of the same words; ErrTaught if that belongs to a lesson.
func (d *DB) SaveExample(ctx context.Context, e Example) error {
	e.Words = strings.TrimSpace(e.Words)
	if e.Words == "" || e.Label == "" {
		return errors.New("example without words or label")
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlAddExample, e.Words, e.Label, e.Actor, now)
		if err == nil && n == 0 {
			err = fmt.Errorf("example: %w", ErrTaught)
		}
		if err != nil {
			return err
		}
		return bumpOperating(t)
	})
}

// RemoveExample removes an example; ErrNotFound if there is none of these words, ErrTaught if it belongs to a lesson,
// which is undone as one.
func (d *DB) RemoveExample(ctx context.Context, words string) error {
	words = strings.TrimSpace(words)
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlRemoveExample, words)
		if err != nil {
			return err
		}
		if n == 0 {
			held := 0
			if err := t.row(sqlExampleTaught, words).Scan(&held); err != nil {
				return err
			}
			if held > 0 {
				return fmt.Errorf("example: %w", ErrTaught)
			}
			return fmt.Errorf("example: %w", ErrNotFound)
		}
		return bumpOperating(t)
	})
}

// Examples returns all examples, oldest first.
func (d *DB) Examples(ctx context.Context) ([]Example, error) {
	return collect(ctx, d, func(rows *sql.Rows) (e Example, err error) {
		var added int64
		err = rows.Scan(&e.Words, &e.Label, &e.Actor, &added, &e.Lesson)
		e.Added = at(added)
		return e, err
	}, sqlExamples)
}

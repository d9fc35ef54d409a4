package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	sqlCanned     = `SELECT title, words, actor, saved FROM canned ORDER BY title`
	sqlSaveCanned = `INSERT INTO canned (title, words, actor, saved) VALUES ($1, $2, $3, $4)
		ON CONFLICT (title) DO UPDATE SET words = excluded.words, actor = excluded.actor, saved = excluded.saved`
	sqlAddCanned  = `INSERT INTO canned (title, words, actor, saved) VALUES ($1, $2, $3, $4) ON CONFLICT (title) DO NOTHING`
	sqlDropCanned = `DELETE FROM canned WHERE title = $1`
)

// Canned is an answer that staff prepared for use in many threads. It names nobody.
type Canned struct {
	Title, Text, Actor string
	At                 time.Time
}

// CannedAnswers returns the prepared answers by title.
func (d *DB) CannedAnswers(ctx context.Context) ([]Canned, error) {
	rows, err := d.read.QueryContext(ctx, sqlCanned)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Canned
	for rows.Next() {
		var c Canned
		var saved int64
		if err := rows.Scan(&c.Title, &c.Text, &c.Actor, &saved); err != nil {
			return nil, err
		}
		c.At = at(saved)
		all = append(all, c)
	}
	return all, rows.Err()
}

// SaveCanned keeps a prepared answer in place of the one of the same title. Without words it is removed.
func (d *DB) SaveCanned(ctx context.Context, title, text, actor string) error {
	title, text = strings.TrimSpace(title), strings.TrimSpace(text)
	if title == "" {
		return fmt.Errorf("prepared answer: %w", ErrIncomplete)
	}
	now := d.now()
	return d.write(ctx, func(t *tx) (err error) {
		if text == "" {
			_, err = t.exec(sqlDropCanned, title)
		} else {
			_, err = t.exec(sqlSaveCanned, title, text, actor, now)
		}
		return err
	})
}

// AddCanned keeps a new prepared answer; ErrExists if there is one of its title.
func (d *DB) AddCanned(ctx context.Context, title, text, actor string) error {
	title, text = strings.TrimSpace(title), strings.TrimSpace(text)
	if title == "" || text == "" {
		return fmt.Errorf("prepared answer: %w", ErrIncomplete)
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlAddCanned, title, text, actor, now)
		if err == nil && n == 0 {
			err = fmt.Errorf("prepared answer: %w", ErrExists)
		}
		return err
	})
}

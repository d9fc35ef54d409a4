package store

import (
	"context"
	"strconv"
	"time"

	"smebot/bot"
)

const (
	sqlAddQuestion = `INSERT INTO questions (id, words, intent, outcome, platform, town, asked) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlQuestions   = `SELECT id, words, intent, outcome, platform, town, asked FROM questions ORDER BY asked DESC, id LIMIT $1`
)

// AskedQuestion is a Question as staff see it. Who asked is not kept.
type AskedQuestion struct {
	Question
	At time.Time
}

// saveQuestion makes a question ready. Its key comes from the turn's, so it is stored once however often the
// turn is tried.
func (d *DB) saveQuestion(w *turnWrite, turn string, i int, q Question) (func(*tx) error, error) {
	id := d.seal.hash("question", turn, strconv.Itoa(i))
	words := d.seal.seal(colWords, id, []byte(q.Text))
	return func(t *tx) error {
		_, err := t.exec(sqlAddQuestion, id, words, q.Intent, q.Outcome, q.Platform, q.Town, w.now)
		return err
	}, nil
}

// Questions returns up to limit questions noted for staff, newest first.
func (d *DB) Questions(ctx context.Context, limit int) ([]AskedQuestion, error) {
	rows, err := d.read.QueryContext(ctx, sqlQuestions, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []AskedQuestion
	for rows.Next() {
		var id, words []byte
		var asked int64
		var q AskedQuestion
		if err := rows.Scan(&id, &words, &q.Intent, &q.Outcome, &q.Platform, &q.Town, &asked); err != nil {
			return nil, err
		}
		text, err := d.seal.open(colWords, id, words)
		if err != nil {
			return nil, err
		}
		q.Text, q.At = string(text), at(asked)
		all = append(all, q)
	}
	return all, rows.Err()
}

var _ bot.Effect = Question{}

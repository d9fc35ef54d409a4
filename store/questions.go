package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"strconv"
	"time"

	"smebot/bot"
)

const (
	sqlAddQuestion   = `INSERT INTO questions (id, words, intent, outcome, platform, town, asked) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlQuestionCols  = `SELECT id, words, intent, outcome, platform, town, asked, lesson FROM questions `
	sqlQuestions     = sqlQuestionCols + `ORDER BY asked DESC, id LIMIT $1`
	sqlOpenQuestions = sqlQuestionCols + `WHERE lesson = '' ORDER BY asked DESC, id LIMIT $1`
	sqlSettle        = `UPDATE questions SET lesson = $1 WHERE id = $2 AND lesson = ''`
	sqlUnsettle      = `UPDATE questions SET lesson = '' WHERE lesson = $1`
)

// AskedQuestion is a Question as staff see it. Who asked is not kept with it.
type AskedQuestion struct {
	Question
	Handle string // names it in addresses and forms
	Lesson string // id of the lesson that settled it; "" while it is open
	At     time.Time
}

// saveQuestion makes a question ready. Its key comes from the turn's or from the router's own name for it, so it is
// stored once however often the turn is tried.
func (d *DB) saveQuestion(w *turnWrite, turn string, i int, q Question) (func(*tx) error, error) {
	id := d.questionKey(q.ID)
	if q.ID == "" {
		id = d.seal.hash("question", turn, strconv.Itoa(i))
	}
	words := d.seal.seal(colWords, id, []byte(q.Text))
	return func(t *tx) error {
		_, err := t.exec(sqlAddQuestion, id, words, q.Intent, q.Outcome, q.Platform, q.Town, w.now)
		return err
	}, nil
}

// questionKey is the row of a question that the router named.
func (d *DB) questionKey(name string) []byte { return d.seal.hash("question", "named", name) }

// Questions returns up to limit questions noted for staff, newest first.
func (d *DB) Questions(ctx context.Context, limit int) ([]AskedQuestion, error) {
	return collect(ctx, d, d.scanQuestion, sqlQuestions, limit)
}

// OpenQuestions returns up to limit questions that no lesson has settled, newest first.
func (d *DB) OpenQuestions(ctx context.Context, limit int) ([]AskedQuestion, error) {
	return collect(ctx, d, d.scanQuestion, sqlOpenQuestions, limit)
}

func (d *DB) scanQuestion(rows *sql.Rows) (AskedQuestion, error) {
	var id, words []byte
	var asked int64
	var q AskedQuestion
	if err := rows.Scan(&id, &words, &q.Intent, &q.Outcome, &q.Platform, &q.Town, &asked, &q.Lesson); err != nil {
		return q, err
	}
	text, err := d.seal.open(colWords, id, words)
	q.Text, q.At, q.Handle = string(text), at(asked), hex.EncodeToString(id)
	return q, err
}

var _ bot.Effect = Question{}

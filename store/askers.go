package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"smebot/bot"
)

const (
	sqlAddAsker = `INSERT INTO askers (question, person, address, channel, messenger, language, agreed)
		SELECT $1, $2, $3, $4, $5, $6, $7 WHERE EXISTS (SELECT 1 FROM questions WHERE id = $1) ON CONFLICT (question) DO NOTHING`
	sqlForgetAsker  = `DELETE FROM askers WHERE question = $1`
	sqlForgetAsked  = `DELETE FROM askers WHERE person = $1`
	sqlWaitingCount = `SELECT COUNT(*) FROM askers a JOIN questions q ON q.id = a.question WHERE a.person = $1 AND a.agreed >= $2`
	sqlAskers       = `SELECT a.question, a.channel, a.messenger, COALESCE(c.reach_until, 0), COALESCE(c.reach_left, 0) FROM askers a
		JOIN questions q ON q.id = a.question LEFT JOIN conversations c ON c.person = a.person WHERE a.agreed >= $1 ORDER BY a.agreed`
	// Whose question is settled, whom a message reaches (see reaches), who has not asked for silence, and whom no
	// colleague is answering just now.
	sqlAnswerable = `SELECT a.question, a.address, a.language, q.words, q.lesson, l.label FROM askers a
		JOIN questions q ON q.id = a.question JOIN lessons l ON l.id = q.lesson LEFT JOIN conversations c ON c.person = a.person
		WHERE q.lesson <> '' AND a.agreed >= $1 AND (a.messenger <> 'wechat' OR c.reach_until > $4 AND c.reach_left > 0) AND NOT EXISTS (SELECT 1 FROM quiet n WHERE n.person = a.person)
		AND NOT EXISTS (SELECT 1 FROM takeovers h WHERE h.person = a.person AND h.touched > $2) ORDER BY a.agreed LIMIT $3`
	colAsker = "askers.address"
)

// WantAnswer notes that a person agreed to be told, once, when a question of theirs can be answered. Question is the
// ID that the router gave it. A question that was purged meanwhile is nothing to wait for.
type WantAnswer struct {
	Who      bot.Address
	Question string
	Language string // the answer is to be written in
}

// EffectName implements bot.Effect.
func (WantAnswer) EffectName() string { return "want-answer" }

var _ bot.Effect = WantAnswer{}

func (d *DB) wantAnswer(w *turnWrite, a WantAnswer) (func(*tx) error, error) {
	if a.Who.User == "" || a.Question == "" {
		return nil, fmt.Errorf("asker: %w", ErrIncomplete)
	}
	id, person := d.questionKey(a.Question), d.seal.person(a.Who)
	plain, err := json.Marshal(a.Who)
	if err != nil {
		return nil, err
	}
	address := d.seal.seal(colAsker, id, plain)
	return func(t *tx) error {
		_, err := t.exec(sqlAddAsker, id, person, address, a.Who.Channel, string(a.Who.Platform), a.Language, w.now)
		return err
	}, nil
}

// WaitingAnswers returns how many questions a person waits to have answered.
func (d *DB) WaitingAnswers(ctx context.Context, who bot.Address) (int, error) {
	n := 0
	err := d.read.QueryRowContext(ctx, sqlWaitingCount, d.seal.person(who), d.waitsSince()).Scan(&n)
	return n, err
}

// askerTime is how long people are promised that their wish to be told is kept.
const askerTime = 30 * 24 * time.Hour

// waitsSince is when somebody who still waits agreed at the earliest, whatever Retain has left.
func (d *DB) waitsSince() int64 { return micros(d.opt.Clock().Add(-askerTime)) }

// reaches reports whether a message sent now reaches somebody: WeChat must still let the account write to them.
func reaches(p bot.Platform, until int64, left int, now time.Time) bool {
	return p != bot.WeChat || now.Before(at(until)) && left > 0
}

// Asker is somebody who waits for an answer, as staff see it: not who, but by which way.
type Asker struct {
	Question string // AskedQuestion.Handle
	Channel  string
	Platform bot.Platform
	Reached  bool // a message sent now would reach them; otherwise after their next one
}

// Askers returns everybody who waits for an answer.
func (d *DB) Askers(ctx context.Context) ([]Asker, error) {
	now := d.opt.Clock()
	return collect(ctx, d, func(rows *sql.Rows) (a Asker, err error) {
		var id []byte
		var until int64
		var left int
		err = rows.Scan(&id, &a.Channel, &a.Platform, &until, &left)
		a.Question, a.Reached = hex.EncodeToString(id), reaches(a.Platform, until, left, now)
		return a, err
	}, sqlAskers, d.waitsSince())
}

// Answerable is a settled question whose asker waits to be told and is reached now.
type Answerable struct {
	Handle   string // of the question
	Who      bot.Address
	Language string
	Text     string // the question
	Lesson   string // that settled it
	Label    string // what that lesson makes of it, as Lesson.Label
}

// Answerable returns up to limit of those who may be told an answer now, who waited longest first. People who asked
// for no messages, and those whom staff are answering, are left out.
func (d *DB) Answerable(ctx context.Context, limit int) ([]Answerable, error) {
	now := d.opt.Clock()
	return collect(ctx, d, func(rows *sql.Rows) (a Answerable, err error) {
		var id, address, words []byte
		if err := rows.Scan(&id, &address, &a.Language, &words, &a.Lesson, &a.Label); err != nil {
			return a, err
		}
		text, err := d.seal.open(colWords, id, words)
		a.Text, a.Handle = string(text), hex.EncodeToString(id)
		return a, errors.Join(err, d.openJSON(colAsker, id, address, &a.Who))
	}, sqlAnswerable, d.waitsSince(), micros(now.Add(-takeoverIdle)), limit, micros(now))
}

// answerNews names the outgoing message that tells somebody an answer.
const answerNews = "answer:"

// TellAnswer puts an answer into the outbox and forgets that its asker waits, as one change: nobody is told twice.
// ErrNotFound if the asker was told, erased or has withdrawn meanwhile.
func (d *DB) TellAnswer(ctx context.Context, a Answerable, reply bot.Reply) error {
	id, err := hex.DecodeString(a.Handle)
	if err != nil {
		return fmt.Errorf("asker: %w", ErrNotFound)
	}
	out, err := d.sealOutgoing(bot.Outgoing{ID: answerNews + a.Handle, To: a.Who, Reply: reply})
	if err != nil {
		return err
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlForgetAsker, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("asker: %w", ErrNotFound)
		}
		return out.store(t, now, 0)
	})
}

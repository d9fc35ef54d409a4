package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"smebot/bot"
)

const (
	sqlAddMessage = `INSERT INTO messages (id, before, at, kind, words, actor, lead, state)
		VALUES ($1, COALESCE((SELECT talk FROM conversations WHERE person = $2), 0), $3, $4, $5, $6, $7, $8) RETURNING seq`
	sqlChain = `WITH RECURSIVE chain (seq, n) AS (SELECT talk, 1 FROM conversations WHERE person = $1
		UNION ALL SELECT m.before, c.n + 1 FROM chain c JOIN messages m ON m.seq = c.seq WHERE c.n < $2) `
	sqlTranscript   = sqlChain + `SELECT m.id, m.at, m.kind, m.words, m.actor, m.state, m.cause FROM chain c JOIN messages m ON m.seq = c.seq ORDER BY m.seq`
	sqlForgetWords  = `DELETE FROM messages WHERE seq IN (` + sqlChain + `SELECT seq FROM chain)`
	sqlForgetHeld   = `DELETE FROM takeovers WHERE person = $1`
	sqlTalkless     = `UPDATE conversations SET talk = 0 WHERE person = $1`
	sqlMessageOf    = `SELECT m.seq, m.lead, m.state FROM outbox o JOIN messages m ON m.seq = o.message WHERE o.id = $1 AND o.given_up = 0`
	sqlMessageState = `UPDATE messages SET state = $1, cause = $2 WHERE seq = $3`
)

// wholeChain bounds a walk that is to reach every message: one a minute for the 90 days that messages are kept.
const wholeChain = 130_000

// colTalk is the sealed column of messages.
const colTalk = "messages.words"

// Kinds of messages.
const (
	kindTurn  = "turn"  // what a person said and the bot replied
	kindStaff = "staff" // what an account wrote to a person
)

// MessageState says what became of a message to a person.
type MessageState string

// The states of a message. Replies of the bot have none but MessageFailed: they are not followed further.
const (
	MessageWaiting MessageState = "waiting" // not tried yet
	MessageSent    MessageState = "sent"    // the platform took it
	MessageFailed  MessageState = "failed"  // it was refused and is not tried again
	MessageUnknown MessageState = "unknown" // a try ended without a clear answer; it may have arrived
)

// Speaker says who wrote an utterance.
type Speaker string

// Who may speak in a thread.
const (
	ByPerson Speaker = "person"
	ByBot    Speaker = "bot"
	ByStaff  Speaker = "staff"
)

// Utterance is one thing that was said in a person's thread, contact details masked.
type Utterance struct {
	At    time.Time
	By    Speaker
	Actor string // the account, with ByStaff
	Text  string
	State MessageState
	Cause string // why it is failed or unknown; no contact values
}

type talkWrite struct{ id, words []byte }

func (d *DB) sealTalk(id []byte, t bot.Talk) (*talkWrite, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return &talkWrite{id, d.seal.seal(colTalk, id, plain)}, nil
}

// store adds a turn's words to the person's thread and returns their row, 0 if nothing is kept. The caller points
// the conversation at it.
func (w *talkWrite) store(t *tx, person []byte, now int64) (seq int64, err error) {
	if w == nil {
		return 0, nil
	}
	err = t.row(sqlAddMessage, w.id, person, now, kindTurn, w.words, "", "", "").Scan(&seq)
	return seq, err
}

// addToTalk adds words to a person's thread outside a turn and returns their row. The conversation may have been
// removed before its lead.
func addToTalk(t *tx, w *talkWrite, person []byte, now int64, kind, actor, lead string, state MessageState) (seq int64, err error) {
	if _, err := t.exec(sqlOpenTalk, person, blank, now); err != nil {
		return 0, err
	}
	if err := t.row(sqlAddMessage, w.id, person, now, kind, w.words, actor, lead, string(state)).Scan(&seq); err != nil {
		return 0, err
	}
	_, err = t.exec(sqlPointTalk, seq, person)
	return seq, err
}

// forgetTalk removes a person's thread.
func forgetTalk(t *tx, person []byte) error {
	if _, err := t.exec(sqlForgetWords, person, wholeChain); err != nil {
		return err
	}
	if _, err := t.exec(sqlForgetHeld, person); err != nil {
		return err
	}
	_, err := t.exec(sqlTalkless, person)
	return err
}

// tellMessage notes what became of the message that an outgoing one carries, if it carries one that is kept.
func tellMessage(t *tx, outgoing []byte, state MessageState, cause string) error {
	var seq int64
	var lead string
	var was MessageState
	if err := t.row(sqlMessageOf, outgoing).Scan(&seq, &lead, &was); errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	switch {
	case lead == "" && state != MessageFailed:
		return nil // a reply of the bot: only its failing matters to staff
	case state == MessageFailed && was == MessageUnknown:
		state = MessageUnknown // an earlier try may have reached the person after all
	}
	if lead != "" {
		t.touch(lead)
	}
	_, err := t.exec(sqlMessageState, string(state), cause, seq)
	return err
}

// Transcript returns the last things that were said in a person's thread, oldest first, of at most so many turns.
func (d *DB) Transcript(ctx context.Context, who bot.Address, turns int) ([]Utterance, error) {
	if who.User == "" {
		return nil, nil // erased
	}
	rows, err := d.read.QueryContext(ctx, sqlTranscript, d.seal.person(who), turns)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Utterance
	for rows.Next() {
		var id, sealed []byte
		var when int64
		var kind string
		var u Utterance
		if err := rows.Scan(&id, &when, &kind, &sealed, &u.Actor, &u.State, &u.Cause); err != nil {
			return nil, err
		}
		var words bot.Talk
		if err := d.openJSON(colTalk, id, sealed, &words); err != nil {
			return nil, err
		}
		u.At = at(when)
		if words.Said != "" {
			all = append(all, Utterance{At: u.At, By: ByPerson, Text: words.Said})
		}
		if words.Replied != "" {
			u.By, u.Text = ByBot, words.Replied
			if kind == kindStaff {
				u.By = ByStaff
			}
			all = append(all, u)
		}
	}
	return all, rows.Err()
}

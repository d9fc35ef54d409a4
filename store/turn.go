package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"smebot/bot"
)

// Columns that hold sealed values, as they enter the seal.
const (
	colState   = "conversations.state"
	colReply   = "inbox.reply"
	colPayload = "outbox.payload"
	colDetails = "leads.details"
	colWords   = "questions.words"
	colCell    = "cells.value"
	colTOTP    = "staff.totp"
)

const (
	sqlConversation = `SELECT c.state, c.version, COALESCE(h.touched, 0), COALESCE(h.told, 0)
		FROM conversations c LEFT JOIN takeovers h ON h.person = c.person WHERE c.person = $1`
	sqlStoredReply = `SELECT reply FROM inbox WHERE delivery = $1`

	// before points at the person's delivery so far last, if any.
	sqlAddDelivery = `INSERT INTO inbox (delivery, before, reply, stored)
		VALUES ($1, COALESCE((SELECT last FROM conversations WHERE person = $2), $3), $4, $5) ON CONFLICT (delivery) DO NOTHING`
	sqlNewTalk = `INSERT INTO conversations (person, last, state, version, updated, talk, reach_until, reach_left)
		VALUES ($1, $2, $3, 1, $4, $5, $6, $7) ON CONFLICT (person) DO NOTHING`
	// A delivery that opens a shorter reach than the one there is leaves that one, unless it is used up.
	sqlNextTalk = `UPDATE conversations SET last = $1, state = $2, version = version + 1, updated = $3, tidy = 0, talk = CASE WHEN $6 > 0 THEN $6 ELSE talk END,
		reach_until = CASE WHEN $7 > 0 AND ($7 >= reach_until OR reach_left <= 0) THEN $7 ELSE reach_until END,
		reach_left = CASE WHEN $7 > 0 AND ($7 >= reach_until OR reach_left <= 0) THEN $8 ELSE reach_left END
		WHERE person = $4 AND version = $5`
	sqlAddOutgoing = `INSERT INTO outbox (id, channel, person, payload, due, not_before, created, message, kind, lead)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`
	sqlLastDelivery = `SELECT last FROM conversations WHERE person = $1`
	sqlBefore       = `SELECT before FROM inbox WHERE delivery = $1`
	sqlUnchain      = `UPDATE inbox SET before = $1 WHERE delivery = $2`
	sqlHush         = `UPDATE inbox SET before = $1, reply = $1 WHERE delivery = $2`
	sqlForgetTalk   = `DELETE FROM conversations WHERE person = $1`
)

// blank stands in a sealed column for a value that was erased. A nil slice would be NULL.
var blank = []byte{}

// StoredReply implements bot.Store. The reply of a person who was erased since is empty.
func (d *DB) StoredReply(ctx context.Context, key string) (bot.Reply, bool, error) {
	delivery := d.seal.hash("delivery", key)
	var sealed []byte
	switch err := d.storedReply.QueryRowContext(ctx, delivery).Scan(&sealed); {
	case errors.Is(err, sql.ErrNoRows):
		return bot.Reply{}, false, nil
	case err != nil:
		return bot.Reply{}, false, err
	case len(sealed) == 0:
		return bot.Reply{}, true, nil
	}
	var r bot.Reply
	err := d.openJSON(colReply, delivery, sealed, &r)
	return r, err == nil, err
}

// Conversation implements bot.Store.
func (d *DB) Conversation(ctx context.Context, who bot.Address) (bot.Conversation, error) {
	person := d.seal.person(who)
	var sealed []byte
	var c bot.Conversation
	var held int64
	switch err := d.conversation.QueryRowContext(ctx, person).Scan(&sealed, &c.Version, &held, &c.Held.Told); {
	case errors.Is(err, sql.ErrNoRows):
		return bot.Conversation{}, nil
	case err != nil:
		return bot.Conversation{}, err
	}
	c.Held.On = held > 0 && d.now() < held+takeoverIdle.Microseconds()
	if len(sealed) == 0 {
		return c, nil
	}
	state, err := d.seal.open(colState, person, sealed)
	c.State = state
	return c, err
}

// CommitTurn implements bot.Store. Besides the errors named there it reports ErrSecondLead, ErrNoConsent,
// ErrIncomplete, ErrEffect, and ErrUnknown when ctx ends while the write is in work.
func (d *DB) CommitTurn(ctx context.Context, t bot.Turn) error {
	if d.w == nil {
		return ErrReadOnly
	}
	if t.Key == "" || t.From.User == "" {
		return errors.New("turn without key or person")
	}
	w, err := d.sealTurn(t)
	if err != nil {
		return err
	}
	return d.write(ctx, w.store)
}

// turnWrite is a turn made ready by its caller, so that the writer only runs statements.
type turnWrite struct {
	now              int64
	delivery, person []byte
	reply, state     []byte     // sealed
	talk             *talkWrite // nil: nothing is kept of the words
	version          int64
	reachUntil       int64
	reachLeft        int
	effects          []func(*tx) error
	silent           bool  // it erases its own person: its words go too
	refused          error // why the turn cannot be stored; told only if its key is new
	outgoing         []outgoingWrite
	asked            askedKey
}

type outgoingWrite struct {
	id, person, payload []byte
	channel             string
	kind, lead          string // as the columns
	due                 int64
	reply               bool // the turn's own
}

func (d *DB) sealTurn(t bot.Turn) (*turnWrite, error) {
	w := &turnWrite{now: d.now(), delivery: d.seal.hash("delivery", t.Key), person: d.seal.person(t.From), version: t.Version}
	reply, err := json.Marshal(t.Reply)
	if err != nil {
		return nil, err
	}
	w.reply = d.seal.seal(colReply, w.delivery, reply)
	if t.Reach.For > 0 {
		w.reachUntil, w.reachLeft = w.now+t.Reach.For.Microseconds(), t.Reach.Count
	}
	w.state, w.asked = blank, w.askedOf(t)
	if len(t.State) > 0 {
		w.state = d.seal.seal(colState, w.person, t.State)
	}
	for i, e := range t.Effects {
		do, err := d.effect(w, t, i, e)
		w.refused = errors.Join(w.refused, err)
		w.effects = append(w.effects, do)
	}
	if !w.silent && t.Talk != (bot.Talk{}) {
		if w.talk, err = d.sealTalk(w.delivery, t.Talk); err != nil {
			return nil, err
		}
	}
	for _, o := range t.Outgoing {
		g, err := d.sealOutgoing(o)
		g.reply = o.ID == bot.ReplyID(t.Key)
		w.refused = errors.Join(w.refused, err)
		w.outgoing = append(w.outgoing, g)
	}
	return w, nil
}

// store runs inside the writer's transaction. Unique keys and counts of changed rows decide, never a look
// beforehand.
func (w *turnWrite) store(t *tx) error {
	if n, err := t.exec(sqlAddDelivery, w.delivery, w.person, blank, w.reply, w.now); err != nil {
		return err
	} else if n == 0 {
		return bot.ErrDuplicate
	}
	if w.refused != nil {
		return w.refused
	}
	said, err := w.talk.store(t, w.person, w.now)
	if err != nil {
		return err
	}
	n := int64(0)
	if w.version == 0 {
		n, err = t.exec(sqlNewTalk, w.person, w.delivery, w.state, w.now, said, w.reachUntil, w.reachLeft)
	} else {
		n, err = t.exec(sqlNextTalk, w.delivery, w.state, w.now, w.person, w.version, said, w.reachUntil, w.reachLeft)
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return bot.ErrConflict
	}
	for _, do := range w.effects {
		if err := do(t); err != nil {
			return err
		}
	}
	for _, o := range w.outgoing {
		message := int64(0)
		if o.reply {
			message = said
		}
		if err := o.store(t, w.now, message); err != nil {
			return err
		}
	}
	t.after.asked = w.asked
	return nil
}

// effect makes the i-th effect of a turn ready.
func (d *DB) effect(w *turnWrite, t bot.Turn, i int, e bot.Effect) (func(*tx) error, error) {
	switch e := e.(type) {
	case SaveLead:
		return d.saveLead(w, t, e.Lead)
	case WithdrawConsent:
		person := d.seal.person(e.Who)
		return func(t *tx) error {
			if _, err := t.exec(sqlForgetAsked, person); err != nil {
				return err
			}
			return withdraw(t, person, w.now)
		}, nil
	case ErasePerson:
		return d.erase(w, e.Who), nil
	case CorrectLead:
		return d.correctLead(w, e)
	case Urge:
		return d.urge(w, e), nil
	case HeldTurn:
		return d.heldTurn(e), nil
	case News:
		return d.news(w, e), nil
	case Feedback:
		return d.feedback(e), nil
	case Rate:
		return d.rate(e)
	case Question:
		return d.saveQuestion(w, t.Key, i, e)
	case WantAnswer:
		return d.wantAnswer(w, e)
	case Unmet:
		return d.countUnmet(w, e)
	case nil:
		return nil, fmt.Errorf("%w: none", ErrEffect)
	default:
		return nil, fmt.Errorf("%w: %q", ErrEffect, e.EffectName())
	}
}

// hush empties the replies of a person's deliveries but that of the delivery in work, and undoes their chain.
func hush(t *tx, person, spare []byte) error {
	var delivery []byte
	if err := t.row(sqlLastDelivery, person).Scan(&delivery); errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	for len(delivery) > 0 {
		var before []byte
		if err := t.row(sqlBefore, delivery).Scan(&before); errors.Is(err, sql.ErrNoRows) {
			return nil // it and all before it were purged
		} else if err != nil {
			return err
		}
		query := sqlHush
		if bytes.Equal(delivery, spare) {
			query = sqlUnchain
		}
		if _, err := t.exec(query, blank, delivery); err != nil {
			return err
		}
		delivery = before
	}
	return nil
}

func (d *DB) openJSON(column string, row, sealed []byte, into any) error {
	plain, err := d.seal.open(column, row, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("%s: unreadable value", column) // the cause would quote it
	}
	return nil
}

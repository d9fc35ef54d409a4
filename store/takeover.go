package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"smebot/bot"
)

// takeoverIdle is how long a thread stays with an account that does nothing in it; then the bot answers again.
const takeoverIdle = 30 * time.Minute

const (
	sqlLeadPerson = `SELECT status, version, person FROM leads WHERE number = $1 AND erased = 0`
	sqlHolder     = `SELECT lead, actor, since, touched, token FROM takeovers WHERE person = $1`
	sqlHold       = `INSERT INTO takeovers (person, lead, actor, since, touched) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (person) DO UPDATE SET lead = excluded.lead, actor = excluded.actor, since = excluded.since, touched = excluded.touched, told = 0, token = ''`
	sqlHoldOn = `UPDATE takeovers SET touched = $1, token = $2 WHERE person = $3`
	sqlTold   = `UPDATE takeovers SET told = 1 WHERE person = $1`
	// A turn in work must not commit what the router decided before the thread changed hands.
	sqlDisturb     = `UPDATE conversations SET version = version + 1 WHERE person = $1`
	sqlOpenTalk    = `INSERT INTO conversations (person, last, state, version, updated) VALUES ($1, $2, $2, 1, $3) ON CONFLICT (person) DO NOTHING`
	sqlPointTalk   = `UPDATE conversations SET talk = $1 WHERE person = $2`
	actTakenOver   = "took over"
	actReleased    = "released"
	staffMessageID = "staff:"
)

// Takeover says who answers a person in place of the bot.
type Takeover struct {
	Lead  string // the lead it was begun from
	Actor string
	Since time.Time
	Until time.Time // when the bot answers again unless the account does something before
}

// HeldTurn notes that a turn found its person's thread in the hands of staff, and that the person has been told.
type HeldTurn struct{ Who bot.Address }

// EffectName implements bot.Effect.
func (HeldTurn) EffectName() string { return "held-turn" }

var _ bot.Effect = HeldTurn{}

func (d *DB) heldTurn(h HeldTurn) func(*tx) error {
	person := d.seal.person(h.Who)
	return func(t *tx) error {
		hold, err := holder(t, person)
		if err != nil || hold.lead == "" {
			return err
		}
		t.touch(hold.lead)
		_, err = t.exec(sqlTold, person)
		return err
	}
}

type hold struct {
	lead, actor, token string
	since, touched     int64
}

func (h hold) lives(now int64) bool {
	return h.lead != "" && now < h.touched+takeoverIdle.Microseconds()
}

func (h hold) takeover() Takeover {
	return Takeover{Lead: h.lead, Actor: h.actor, Since: at(h.since), Until: at(h.touched).Add(takeoverIdle)}
}

// holder reads who holds a thread; the zero value if nobody ever did or it was released.
func holder(t *tx, person []byte) (h hold, err error) {
	err = t.row(sqlHolder, person).Scan(&h.lead, &h.actor, &h.since, &h.touched, &h.token)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return h, err
}

// leadOfPerson reads a lead that still belongs to somebody.
func leadOfPerson(t *tx, number string) (l leadRow, person []byte, err error) {
	l.number = number
	err = t.row(sqlLeadPerson, number).Scan(&l.status, &l.version, &person)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("lead: %w", ErrNotFound)
	}
	return l, person, err
}

// TakeOver puts the thread of a lead's person into an account's hands: the bot falls silent there until Release, or
// until the account has done nothing for half an hour. ErrTaken if another account holds it; taking it again does
// no more than begin the half hour anew.
func (d *DB) TakeOver(ctx context.Context, number, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		l, person, err := leadOfPerson(t, number)
		if err != nil {
			return err
		}
		h, err := holder(t, person)
		switch {
		case err != nil:
			return err
		case h.lives(now) && h.actor != actor:
			return ErrTaken
		case h.lives(now):
			_, err = t.exec(sqlHoldOn, now, h.token, person)
			return err
		}
		if _, err := t.exec(sqlHold, person, number, actor, now); err != nil {
			return err
		}
		if _, err := t.exec(sqlDisturb, person); err != nil {
			return err
		}
		return l.note(t, now, actor, actTakenOver, "")
	})
}

// Release gives the thread of a lead's person back to the bot. One that nobody holds stays as it is.
func (d *DB) Release(ctx context.Context, number, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		l, person, err := leadOfPerson(t, number)
		if err != nil {
			return err
		}
		return giveBack(t, l, person, now, actor, true)
	})
}

// endTakeover gives a thread back to the bot whose lead went from its holder to another account.
func endTakeover(t *tx, number, assignee, actor string, now int64) error {
	if assignee == "" {
		return nil
	}
	l, person, err := leadOfPerson(t, number)
	if errors.Is(err, ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	h, err := holder(t, person)
	if err != nil || h.lead != number || h.actor == assignee {
		return err
	}
	return giveBack(t, l, person, now, actor, h.lives(now))
}

// giveBack forgets who held a thread; told writes it down in the lead's history.
func giveBack(t *tx, l leadRow, person []byte, now int64, actor string, told bool) error {
	n, err := t.exec(sqlForgetHeld, person)
	if err != nil || n == 0 {
		return err
	}
	if _, err := t.exec(sqlDisturb, person); err != nil {
		return err
	}
	if !told {
		return nil
	}
	return l.note(t, now, actor, actReleased, "")
}

// TakeoverOf reports who holds the thread of a person now.
func (d *DB) TakeoverOf(ctx context.Context, who bot.Address) (Takeover, bool, error) {
	var h hold
	err := d.read.QueryRowContext(ctx, sqlHolder, d.seal.person(who)).Scan(&h.lead, &h.actor, &h.since, &h.touched, &h.token)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !h.lives(d.now()) {
		return Takeover{}, false, nil
	}
	return h.takeover(), err == nil, err
}

// Reply writes to the person of a lead, in their own thread, as an account that holds it; else ErrReleased. token
// names the form it was written in: the same one twice sends once. What becomes of the message is told by
// Transcript. The words are kept as they are, so they should hold no contact details.
func (d *DB) Reply(ctx context.Context, number, actor, token, text string) error {
	lead, err := d.Lead(ctx, number)
	if err != nil {
		return err
	}
	if text == "" || token == "" {
		return fmt.Errorf("message: %w", ErrIncomplete)
	}
	if lead.From.User == "" {
		return fmt.Errorf("lead: %w", ErrNotFound)
	}
	id := staffMessageID + number + ":" + token
	out, err := d.sealOutgoing(bot.Outgoing{ID: id, To: lead.From, Reply: bot.Reply{Text: text}})
	if err != nil {
		return err
	}
	words, err := d.sealTalk(out.id, bot.Talk{Replied: text})
	if err != nil {
		return err
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		_, person, err := leadOfPerson(t, number) // which may have been erased since
		if err != nil {
			return err
		}
		h, err := holder(t, person)
		switch {
		case err != nil:
			return err
		case !h.lives(now) || h.actor != actor:
			return ErrReleased
		case h.token == token:
			return nil
		}
		seq, err := addToTalk(t, words, person, now, kindStaff, actor, number, MessageWaiting)
		if err != nil {
			return err
		}
		if err := out.store(t, now, seq); err != nil {
			return err
		}
		t.touch(number)
		_, err = t.exec(sqlHoldOn, now, token, person)
		return err
	})
}

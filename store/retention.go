package store

import (
	"context"
	"errors"
	"time"
)

// purgeStep is how many rows one job removes, so that turns find their way in between.
const purgeStep = 500

// yesAbove is the share of rows, one in so many, that a run may remove without an operator's yes.
const yesAbove = 20

// How far apart runs may be, and what a run makes of a longer gap. Runs are meant to come every hour.
const (
	runGap     = 3 * time.Hour       // longer than that since the last run: the machine was off, or its clock jumped
	agreeAfter = time.Hour           // a later run that agrees must come so long after the first
	longestGap = 32 * 24 * time.Hour // a machine that is off for longer is rarer than a clock that is wrong
	backAfter  = 24 * time.Hour      // a clock that went back is believed after so long
)

// Periods are how long what is kept. Leads counts from the day a lead was done or closed.
type Periods struct {
	Deliveries time.Duration // deliveries with their replies, and messages that were given up
	Messages   time.Duration // what was said, conversations, questions, messages nobody fetched
	Leads      time.Duration // what a lead says of its person
}

// Overdue is how much of one kind of rows is past its time.
type Overdue struct {
	Kind string // "deliveries", "words", …
	All  int    // rows of the kind
	Due  int    // of them past their time
	Gone int    // removed in this run; what is left of Due waits for the next run or an operator's yes
}

// Hold says why a run removed nothing.
type Hold string

// The reasons for removing nothing.
const (
	HoldNone  Hold = ""
	HoldAgree Hold = "agree" // the clock jumped or the service was off: a later run must find the same
	HoldYes   Hold = "yes"   // the clock jumped so far that an operator must say that it is right
	HoldBack  Hold = "back"  // the clock went back: nothing is removed until it has been steady for a day
)

// Retention is what a run found and did.
type Retention struct {
	Held  Hold
	Kinds []Overdue
}

// keeping is one kind of rows with a period. The statements get the bound as $1; remove gets a number of rows as $2.
type keeping struct {
	kind             string
	all, due, remove string
	bound            func(Periods) time.Duration
	leads            bool // removed by blanking leads instead of by a statement
}

// keepings are all kinds, in the order they must go: a delivery must not outlive the conversation by which erasing
// finds it, nor must what was said.
var keepings = []keeping{
	{
		kind: "deliveries", all: `SELECT COUNT(*) FROM inbox`, due: `SELECT COUNT(*) FROM inbox WHERE stored < $1`,
		remove: `DELETE FROM inbox WHERE delivery IN (SELECT delivery FROM inbox WHERE stored < $1 LIMIT $2)`, bound: Periods.short,
	},
	{
		kind: "messages given up", all: `SELECT COUNT(*) FROM outbox WHERE given_up > 0`, due: `SELECT COUNT(*) FROM outbox WHERE given_up > 0 AND given_up < $1`,
		remove: `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE given_up > 0 AND given_up < $1 LIMIT $2)`, bound: Periods.short,
	},
	{
		kind: "messages not sent", all: `SELECT COUNT(*) FROM outbox WHERE given_up = 0`, due: `SELECT COUNT(*) FROM outbox WHERE given_up = 0 AND created < $1`,
		remove: `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE given_up = 0 AND created < $1 LIMIT $2)`, bound: Periods.long,
	},
	{
		kind: "words", all: `SELECT COUNT(*) FROM messages`, due: `SELECT COUNT(*) FROM messages WHERE at < $1`,
		remove: `DELETE FROM messages WHERE seq IN (SELECT seq FROM messages WHERE at < $1 ORDER BY at LIMIT $2)`, bound: Periods.long,
	},
	{
		kind: "conversations", all: `SELECT COUNT(*) FROM conversations`, due: `SELECT COUNT(*) FROM conversations WHERE updated < $1`,
		remove: `DELETE FROM conversations WHERE person IN (SELECT c.person FROM conversations c WHERE c.updated < $1
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.seq = c.talk) AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.delivery = c.last) LIMIT $2)`, bound: Periods.long,
	},
	{
		kind: "questions", all: `SELECT COUNT(*) FROM questions`, due: `SELECT COUNT(*) FROM questions WHERE asked < $1`,
		remove: `DELETE FROM questions WHERE id IN (SELECT id FROM questions WHERE asked < $1 LIMIT $2)`, bound: Periods.long,
	},
	{
		kind: "people waiting for an answer", all: `SELECT COUNT(*) FROM askers`, due: `SELECT COUNT(*) FROM askers WHERE agreed < $1`,
		remove: `DELETE FROM askers WHERE question IN (SELECT question FROM askers WHERE agreed < $1 LIMIT $2)`, bound: Periods.waiting,
	},
	{
		kind: "leads", all: `SELECT COUNT(*) FROM leads WHERE erased = 0`,
		due:    `SELECT COUNT(*) FROM leads WHERE erased = 0 AND status IN ('done', 'closed') AND moved < $1`,
		remove: `SELECT number, status, version FROM leads WHERE erased = 0 AND status IN ('done', 'closed') AND moved < $1 ORDER BY moved LIMIT $2`,
		bound:  func(p Periods) time.Duration { return p.Leads }, leads: true,
	},
}

func (p Periods) short() time.Duration { return min(p.Deliveries, p.Messages) }
func (p Periods) long() time.Duration  { return p.Messages }

// waiting is for people who wait for an answer: not longer than promised, nor than their question.
func (p Periods) waiting() time.Duration { return min(askerTime, p.Messages) }

func (p Periods) check() error {
	if p.Deliveries <= 0 || p.Messages <= 0 || p.Leads <= 0 {
		return errors.New("retention without a period would remove everything")
	}
	return nil
}

// Overdue counts what is past its time and removes nothing.
func (d *DB) Overdue(ctx context.Context, p Periods) ([]Overdue, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var list []Overdue
	for _, k := range keepings {
		o, err := d.overdue(ctx, k, p)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

func (d *DB) overdue(ctx context.Context, k keeping, p Periods) (Overdue, error) {
	o := Overdue{Kind: k.kind}
	err := d.read.QueryRowContext(ctx, k.all).Scan(&o.All)
	if err == nil {
		err = d.read.QueryRowContext(ctx, k.due, k.past(d, p)).Scan(&o.Due)
	}
	return o, err
}

func (k keeping) past(d *DB, p Periods) int64 { return d.opt.Clock().Add(-k.bound(p)).UnixMicro() }

// Retain removes what is past its time: of each kind one row in twenty at most, unless an operator says yes to all
// of it. A lead loses its person; its number, platform, town and dates stay for statistics. When the clock jumped,
// nothing goes until a later run agrees; a jump of more than a month waits for the operator's yes.
func (d *DB) Retain(ctx context.Context, p Periods, yes bool) (Retention, error) {
	var r Retention
	if err := p.check(); err != nil {
		return r, err
	}
	d.retaining.Lock() // what one run counted another must not remove meanwhile
	defer d.retaining.Unlock()
	held, err := d.trustClock(ctx, yes)
	if err != nil {
		return r, err
	}
	if r.Held = held; held != HoldNone {
		r.Kinds, err = d.Overdue(ctx, p)
		return r, err
	}
	for _, k := range keepings {
		o, err := d.overdue(ctx, k, p)
		if err != nil {
			return r, err
		}
		most := o.Due
		if !yes {
			most = min(most, (o.All+yesAbove-1)/yesAbove)
		}
		o.Gone, err = d.remove(ctx, k, k.past(d, p), most)
		r.Kinds = append(r.Kinds, o)
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// remove takes away up to so many rows of a kind from before a time.
func (d *DB) remove(ctx context.Context, k keeping, past int64, most int) (gone int, err error) {
	now := d.now()
	for gone < most {
		step, n := min(purgeStep, most-gone), 0
		err := d.write(ctx, func(t *tx) error {
			if !k.leads {
				rows, err := t.exec(k.remove, past, step)
				n = int(rows)
				return err
			}
			leads, err := leadRows(t, k.remove, past, step)
			if err != nil {
				return err
			}
			n = len(leads)
			t.after.scrub = n > 0
			return blankLeads(t, leads, now, systemActor)
		})
		if err != nil {
			return gone, err
		}
		if gone += n; n < step {
			break
		}
	}
	return gone, nil
}

// Names of the counters by which runs know the clock, in microseconds.
const (
	clockTrusted = "retention trusted" // the last run that believed the clock
	clockSeen    = "retention seen"    // the last run
	clockSteady  = "retention steady"  // since when runs followed each other without a gap
)

const (
	sqlGetCounter = `SELECT COALESCE(MAX(value), 0) FROM counters WHERE name = $1`
	sqlSetCounter = `INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
)

// trustClock decides whether a run may believe the clock, and notes when it ran.
func (d *DB) trustClock(ctx context.Context, yes bool) (held Hold, err error) {
	now := d.now()
	err = d.write(ctx, func(t *tx) error {
		var trusted, seen, steady int64
		for name, to := range map[string]*int64{clockTrusted: &trusted, clockSeen: &seen, clockSteady: &steady} {
			if err := t.row(sqlGetCounter, name).Scan(to); err != nil {
				return err
			}
		}
		if now < seen || now > seen+runGap.Microseconds() {
			steady = now
		}
		held = clockHold(now, trusted, steady)
		if yes {
			held = HoldNone
		}
		if held == HoldNone || trusted == 0 {
			trusted = now
		}
		for name, value := range map[string]int64{clockTrusted: trusted, clockSeen: now, clockSteady: steady} {
			if _, err := t.exec(sqlSetCounter, name, value); err != nil {
				return err
			}
		}
		return nil
	})
	return held, err
}

// clockHold says whether a run must wait, by the clock of the last trusted run, 0 for none, and by how long the
// clock has been steady.
func clockHold(now, trusted, steady int64) Hold {
	if trusted == 0 {
		return HoldAgree
	}
	gap, calm := time.Duration(now-trusted)*time.Microsecond, time.Duration(now-steady)*time.Microsecond
	switch {
	case gap < 0:
		if calm < backAfter {
			return HoldBack
		}
	case gap <= runGap:
	case gap > longestGap:
		return HoldYes
	case calm < agreeAfter:
		return HoldAgree
	}
	return HoldNone
}

package storetest

import (
	"fmt"
	"time"

	"smebot/bot"
	"smebot/store"
)

const day = 24 * time.Hour

// periods are those that the program starts with.
var periods = store.Periods{Deliveries: 7 * day, Messages: 90 * day, Leads: 1095 * day}

// retain runs the job and returns how many rows went, by kind; kinds of which none went are left out.
func (e *env) retain(p store.Periods, yes bool) map[string]int {
	e.Helper()
	r, err := e.Retain(ctx, p, yes)
	e.must(err)
	gone := map[string]int{}
	for _, k := range r.Kinds {
		if k.Gone > 0 {
			gone[k.Kind] = k.Gone
		}
		if k.Gone > k.Due || k.Due > k.All {
			e.Errorf("of %d %s %d are due and %d went", k.All, k.Kind, k.Due, k.Gone)
		}
	}
	return gone
}

// held runs the job, which must say why it waits and remove nothing.
func (e *env) holds(why store.Hold) {
	e.Helper()
	r, err := e.Retain(ctx, periods, false)
	e.must(err)
	if r.Held != why {
		e.Errorf("held %q, want %q", r.Held, why)
	}
	for _, k := range r.Kinds {
		if why != store.HoldNone && k.Gone > 0 {
			e.Errorf("held, and yet %d %s went", k.Gone, k.Kind)
		}
	}
}

// trusted brings the job to where it believes the clock: two runs that agree.
func (e *env) trusted() {
	e.Helper()
	e.holds(store.HoldAgree)
	e.clock.pass(time.Hour)
	e.holds(store.HoldNone)
}

// crowd stores a turn of each of so many people.
func (e *env) crowd(n int) {
	e.Helper()
	for i, err := range race(n, func(i int) error {
		return e.CommitTurn(ctx, turn(fmt.Sprint("crowd", i), bot.Address{Channel: "guzhen", User: fmt.Sprint("crowd", i)}))
	}) {
		if err != nil {
			e.Fatal(i, err)
		}
	}
}

func (e *env) overdue(kind string) store.Overdue {
	e.Helper()
	all, err := e.Overdue(ctx, periods)
	e.must(err)
	for _, o := range all {
		if o.Kind == kind {
			return o
		}
	}
	e.Fatalf("no kind %q in %+v", kind, all)
	return store.Overdue{}
}

var retentionTests = []contract{
	{"deliveries and what was given up go after a week", func(e *env) {
		const many = 1100 // more than one step
		e.crowd(many)
		post(e, "p", message("dead", chen), message("waiting", chen))
		e.must(e.GiveUp(ctx, "dead", "x"))
		e.clock.pass(8 * day)
		e.commit(turn("new", liang))
		if gone := e.retain(periods, true); gone["deliveries"] != many+1 || gone["messages given up"] != 1 || len(gone) != 2 {
			e.Errorf("gone: %v", gone)
		}
		if _, ok, _ := e.StoredReply(ctx, "crowd7"); ok {
			e.Error("an old delivery is still there")
		}
		if _, ok, _ := e.StoredReply(ctx, "new"); !ok {
			e.Error("a new delivery is gone")
		}
		if c := e.state(chen); c.Version != 1 {
			e.Error("a conversation is gone")
		}
		e.wantDue("guzhen", "waiting")
	}},
	{"conversations go after their time, with what nobody fetched", func(e *env) {
		t := says("k1", chen, "在吗", "您好")
		t.Outgoing = []bot.Outgoing{message("waiting", chen)}
		t.Effects = []bot.Effect{store.Question{Text: "贷款贴息怎么办"}}
		e.commit(t)
		e.clock.pass(91 * day)
		e.commit(turn("k2", liang))
		want := map[string]int{"deliveries": 1, "words": 1, "conversations": 1, "questions": 1, "messages not sent": 1}
		if gone := e.retain(periods, true); fmt.Sprint(gone) != fmt.Sprint(want) {
			e.Errorf("gone %v, want %v", gone, want)
		}
		if e.state(chen).Version != 0 || e.state(liang).Version != 1 {
			e.Error("the wrong one is gone")
		}
	}},
	{"leads lose their persons so long after their end", func(e *env) {
		one, two := lead(1, chen).Number, lead(2, chen).Number
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, chen)))
		e.must(e.MoveLead(ctx, one, 1, store.Closed, store.Helped, "li"))
		e.clock.pass(1094 * day)
		e.must(e.AddNote(ctx, one, 2, "归档", "li")) // which does not lengthen its time
		if gone := e.retain(periods, true); gone["leads"] != 0 {
			e.Errorf("gone early: %v", gone)
		}
		e.clock.pass(2 * day)
		if gone := e.retain(periods, true); gone["leads"] != 1 {
			e.Errorf("gone: %v", gone)
		}
		l, err := e.Lead(ctx, one)
		if err != nil || l.Phone != "" || l.Firm != "" || l.Reason != store.Helped {
			e.Errorf("closed lead: %+v %v", l, err)
		}
		if l, err = e.Lead(ctx, two); err != nil || l.Phone == "" {
			e.Errorf("open lead lost its phone, %v", err)
		}
		if gone := e.retain(periods, true); len(gone) != 0 {
			e.Errorf("gone again: %v", gone)
		}
	}},
	{"one row in twenty goes without a yes", func(e *env) {
		e.crowd(100)
		e.trusted()
		e.clock.pass(8 * day)
		e.holds(store.HoldAgree)
		e.clock.pass(time.Hour)
		for run, want := range []int{5, 5, 5} { // of 100, 95, 90
			if gone := e.retain(periods, false)["deliveries"]; gone != want {
				e.Errorf("run %d: %d deliveries went, want %d", run, gone, want)
			}
			e.clock.pass(time.Hour)
		}
		if o := e.overdue("deliveries"); o.All != 85 || o.Due != 85 {
			e.Errorf("left: %+v", o)
		}
		if gone := e.retain(periods, true)["deliveries"]; gone != 85 {
			e.Errorf("with a yes %d went", gone)
		}
	}},
	{"of few rows one goes", func(e *env) {
		e.crowd(3)
		e.trusted()
		e.clock.pass(8 * day)
		e.holds(store.HoldAgree)
		for range 3 {
			e.clock.pass(time.Hour)
			if gone := e.retain(periods, false)["deliveries"]; gone != 1 {
				e.Errorf("%d went", gone)
			}
		}
	}},
	{"a clock that jumps erases nothing", func(e *env) {
		e.crowd(40)
		e.commit(withLead("k", lead(1, chen)))
		e.must(e.MoveLead(ctx, lead(1, chen).Number, 1, store.Closed, store.Helped, "li"))
		e.trusted()
		at := e.clock.now()
		for _, jump := range []time.Duration{day, -day, 10 * 365 * day, -50 * 365 * day} {
			e.clock.pass(jump)
			r, err := e.Retain(ctx, periods, false)
			if err != nil || r.Held == store.HoldNone {
				e.Errorf("jump of %v: held %q, %v", jump, r.Held, err)
			}
			e.clock.pass(-jump) // set right again before the next run
			e.clock.pass(time.Hour)
			if e.holds(store.HoldNone); e.overdue("deliveries").All != 41 {
				e.Fatalf("jump of %v: %+v", jump, e.overdue("deliveries"))
			}
		}
		if since := e.clock.now().Sub(at); since != 4*time.Hour {
			e.Fatalf("the test's own clock is off by %v", since)
		}
	}},
	{"a run that agrees an hour later erases", func(e *env) {
		e.crowd(40)
		e.trusted()
		e.clock.pass(10 * day) // the machine was off
		e.holds(store.HoldAgree)
		e.clock.pass(30 * time.Minute)
		e.holds(store.HoldAgree)
		e.clock.pass(30 * time.Minute)
		if gone := e.retain(periods, false)["deliveries"]; gone != 2 {
			e.Errorf("%d went", gone)
		}
	}},
	{"after a jump of years an operator must say yes", func(e *env) {
		e.crowd(40)
		e.trusted()
		e.clock.pass(10 * 365 * day)
		for range 200 {
			e.holds(store.HoldYes)
			e.clock.pass(time.Hour)
		}
		if gone := e.retain(periods, true)["deliveries"]; gone != 40 {
			e.Errorf("with a yes %d went", gone)
		}
		e.clock.pass(time.Hour)
		e.holds(store.HoldNone)
	}},
	{"a clock that went back is believed after a day", func(e *env) {
		e.crowd(2)
		e.trusted()
		e.clock.pass(-400 * day)
		for range 24 {
			e.holds(store.HoldBack)
			e.clock.pass(time.Hour)
		}
		e.holds(store.HoldNone)
	}},
	{"no period is a mistake", func(e *env) {
		e.crowd(1)
		for _, p := range []store.Periods{{}, {Deliveries: day, Messages: day}, {Messages: day, Leads: day}, {Deliveries: -day, Messages: day, Leads: day}} {
			if _, err := e.Retain(ctx, p, true); err == nil {
				e.Errorf("%+v was taken", p)
			}
			if _, err := e.Overdue(ctx, p); err == nil {
				e.Errorf("%+v was counted", p)
			}
		}
	}},
}

package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"smebot/bot"
	"smebot/store"
)

// errands lists what is due, as "kind:lead".
func (e *env) errands() []store.Errand {
	e.Helper()
	list, err := e.Errands(ctx, 100)
	e.must(err)
	return list
}

func (e *env) wantErrands(want ...string) {
	e.Helper()
	var got []string
	for _, d := range e.errands() {
		got = append(got, fmt.Sprintf("%s:%s", d.Kind, strings.TrimLeft(d.Lead.Number[9:], "0")))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		e.Errorf("due %v, want %v", got, want)
	}
}

// seeAll sees to everything that is due.
func (e *env) seeAll() {
	e.Helper()
	var seen []store.Seen
	for _, d := range e.errands() {
		seen = append(seen, store.Seen{Errand: d})
	}
	e.must(e.SeeErrands(ctx, seen, nil))
}

// errand returns what is due of a kind.
func (e *env) errand(kind store.ErrandKind) store.Errand {
	e.Helper()
	for _, d := range e.errands() {
		if d.Kind == kind {
			return d
		}
	}
	e.Fatalf("no errand %s", kind)
	return store.Errand{}
}

var errandTests = []contract{
	{"a new lead is told once, and looked after", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		e.wantErrands("new:1")
		d := e.errands()[0]
		if d.Lead.Town != "中山市古镇镇" || d.Lead.Platform != "financing" || d.Lead.Status != store.New {
			e.Errorf("the errand's lead: %+v", d.Lead)
		}
		out := message("notify:wecom:new", bot.Address{Channel: "notify:wecom", User: "staff"})
		e.must(e.SeeErrands(ctx, []store.Seen{{Errand: d}}, []bot.Outgoing{out}))
		if err := e.SeeErrands(ctx, []store.Seen{{Errand: d}}, []bot.Outgoing{message("again", out.To)}); !errors.Is(err, store.ErrStale) {
			e.Errorf("a second time: %v", err)
		}
		e.wantDue("notify:wecom", "notify:wecom:new")
		e.wantErrands()
		e.clock.pass(3 * day)
		e.wantErrands("late:1")
		d = e.errands()[0]
		e.must(e.SeeErrands(ctx, []store.Seen{{Errand: d, Again: start.Add(9 * day), Step: 3}}, nil))
		e.wantErrands()
		e.clock.pass(6 * day)
		if d = e.errand(store.ErrandLate); d.Step != 3 {
			e.Errorf("step %d is forgotten", d.Step)
		}
	}},
	{"of several errands all are seen to, or none", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, liang)))
		both := e.errands()
		seen := []store.Seen{{Errand: both[0]}, {Errand: both[1]}}
		e.must(e.SeeErrands(ctx, seen[1:], nil))
		if err := e.SeeErrands(ctx, seen, []bot.Outgoing{message("m", chen)}); !errors.Is(err, store.ErrStale) {
			e.Errorf("one of them was gone: %v", err)
		}
		e.wantErrands("new:1")
		e.wantDue("guzhen")
	}},
	{"errands survive the process", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		e.must(e.Close())
		e.DB = e.reopen()
		e.wantErrands("new:1")
	}},
	{"a move is told a minute later, the last one only", func(e *env) {
		n := lead(1, chen).Number
		e.commit(withLead("k1", lead(1, chen)))
		e.seeAll()
		e.must(e.MoveLead(ctx, n, 1, store.Contacted, "", "li"))
		e.clock.pass(59 * time.Second)
		e.wantErrands()
		e.must(e.MoveLead(ctx, n, 2, store.Referred, "", "li"))
		e.clock.pass(59 * time.Second)
		e.wantErrands()
		e.clock.pass(time.Second)
		e.wantErrands("news:1")
		d := e.errand(store.ErrandNews)
		if d.Lead.Status != store.Referred {
			e.Errorf("told of %s", d.Lead.Status)
		}
		// A move between the look and the message: what was read must not be sent.
		e.must(e.MoveLead(ctx, n, 3, store.InService, "", "li"))
		if err := e.Tell(ctx, d, "news:1", bot.Reply{Text: "已转介"}); !errors.Is(err, store.ErrStale) {
			e.Errorf("old news: %v", err)
		}
		e.wantDue("guzhen")
		e.clock.pass(time.Minute)
		e.must(e.Tell(ctx, e.errand(store.ErrandNews), "news:2", bot.Reply{Text: "正在办理"}))
		e.wantDue("guzhen", "news:2")
		e.wantErrands()
		if got := e.thread(chen); !strings.HasSuffix(got, "bot:正在办理") {
			e.Errorf("the thread: %q", got)
		}
	}},
	{"newer news takes the place of what was not sent", func(e *env) {
		n := lead(1, chen).Number
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, chen)))
		e.seeAll()
		e.must(e.MoveLead(ctx, lead(2, chen).Number, 1, store.Contacted, "", "li"))
		e.must(e.MoveLead(ctx, n, 1, store.Contacted, "", "li"))
		e.clock.pass(time.Minute)
		for i, d := range e.errands() {
			e.must(e.Tell(ctx, d, fmt.Sprint("first", i), bot.Reply{Text: "已联系"}))
		}
		e.must(e.MoveLead(ctx, n, 2, store.Referred, "", "li"))
		e.clock.pass(time.Minute)
		e.must(e.Tell(ctx, e.errand(store.ErrandNews), "second", bot.Reply{Text: "已转介"}))
		items, err := e.WaitingFor(ctx, chen, 10)
		e.must(err)
		if len(items) != 2 || items[1].ID != "second" {
			e.Errorf("waiting: %+v", items)
		}
	}},
	{"news that reaches nobody asks for a call", func(e *env) {
		n := lead(1, chen).Number
		e.commit(withLead("k1", lead(1, chen)))
		e.seeAll()
		e.must(e.MoveLead(ctx, n, 1, store.Contacted, "", "li")) // of which the person knows
		e.clock.pass(time.Minute)
		e.must(e.CannotTell(ctx, e.errand(store.ErrandNews)))
		if l, err := e.Lead(ctx, n); err != nil || l.NeedsCall {
			e.Errorf("a call is asked for after a contact, %v", err)
		}
		for i, fail := range []func(store.Errand){
			func(d store.Errand) { e.must(e.CannotTell(ctx, d)) },
			func(d store.Errand) {
				e.must(e.Tell(ctx, d, "news", bot.Reply{Text: "已转介"}))
				e.must(e.GiveUp(ctx, "news", "parked"))
			},
		} {
			l, err := e.Lead(ctx, n)
			e.must(err)
			e.must(e.MoveLead(ctx, n, l.Version, store.Moves[l.Status][0], "", "li"))
			e.clock.pass(time.Minute)
			fail(e.errand(store.ErrandNews))
			if l, err = e.Lead(ctx, n); err != nil || !l.NeedsCall {
				e.Errorf("way %d: no call is asked for, %v", i, err)
			}
			e.must(e.CallDone(ctx, n, "li"))
		}
	}},
	{"who wants no news gets none", func(e *env) {
		n := lead(1, chen).Number
		e.commit(withLead("k1", lead(1, chen)))
		e.seeAll()
		move := func(to store.Status) {
			l, err := e.Lead(ctx, n)
			e.must(err)
			e.must(e.MoveLead(ctx, n, l.Version, to, "", "li"))
			e.clock.pass(time.Minute)
			e.must(e.Tell(ctx, e.errand(store.ErrandNews), "news:"+string(to), bot.Reply{Text: string(to)}))
		}
		move(store.Contacted)
		t := turn("quiet", chen)
		t.Effects = []bot.Effect{store.News{Who: chen}}
		t.Outgoing = []bot.Outgoing{message("reply", chen)}
		e.commit(t)
		e.wantDue("guzhen", "reply") // what waited is taken back, a reply is not
		e.must(e.MarkSent(ctx, "reply"))
		move(store.Referred)
		e.wantDue("guzhen")
		e.wantErrands()
		if l, err := e.Lead(ctx, n); err != nil || l.NeedsCall {
			e.Errorf("a call is asked for, %v", err)
		}
		t = turn("loud", chen)
		t.Effects = []bot.Effect{store.News{Who: chen, Wanted: true}}
		e.commit(t)
		move(store.InService)
		e.wantDue("guzhen", "news:in_service")
	}},
	{"taking a consent back ends all but the word to staff", func(e *env) {
		for i, effect := range []bot.Effect{store.WithdrawConsent{Who: chen}, store.ErasePerson{Who: chen}} {
			n := 2*i + 1
			e.commit(withLead(fmt.Sprint("k", n), lead(n, chen)))
			e.commit(withLead(fmt.Sprint("k", n+1), lead(n+1, chen)))
			e.seeAll()
			for _, l := range []int{n, n + 1} {
				e.must(e.MoveLead(ctx, lead(l, chen).Number, 1, store.Contacted, "", "li"))
			}
			e.clock.pass(time.Minute)
			e.must(e.Tell(ctx, e.errands()[0], fmt.Sprint("news", n), bot.Reply{Text: "已联系"}))
			t := turn(fmt.Sprint("back", n), chen)
			t.Effects = []bot.Effect{effect}
			e.commit(t)
			e.wantErrands(fmt.Sprint("withdrawn:", n), fmt.Sprint("withdrawn:", n+1))
			e.wantDue("guzhen")
			if err := e.HandLead(ctx, lead(n, chen).Number, 3, "li", "古镇检测中心", "li"); !errors.Is(err, store.ErrMove) {
				e.Errorf("passed on after that: %v", err)
			}
			e.seeAll()
			e.clock.pass(60 * day)
			e.wantErrands()
		}
	}},
	{"ten days after its end a lead's person is asked, once", func(e *env) {
		for i, c := range []struct {
			reason store.CloseReason
			asked  bool
		}{{store.Helped, true}, {store.NoHelpAvailable, true}, {store.Duplicate, false}, {store.Withdrawn, false}} {
			n := lead(i+1, chen).Number
			e.commit(withLead(fmt.Sprint("k", i), lead(i+1, chen)))
			e.must(e.MoveLead(ctx, n, 1, store.Closed, c.reason, "li"))
			e.clock.pass(time.Minute)
			e.seeAll()
			e.clock.pass(10*day - time.Minute - time.Second)
			e.wantErrands()
			e.clock.pass(time.Second)
			if !c.asked {
				e.wantErrands()
				continue
			}
			e.must(e.Tell(ctx, e.errand(store.ErrandAsk), "ask:"+n, bot.Reply{Text: "帮上忙了吗"}))
			e.must(e.MarkSent(ctx, "ask:"+n))
			if l, err := e.Lead(ctx, n); err != nil || !l.Asked.Equal(e.clock.now()) {
				e.Errorf("asked at %v, %v", l.Asked, err)
			}
		}
	}},
	{"a lead that is done and then closed is asked about once", func(e *env) {
		n := lead(1, chen).Number
		e.commit(withLead("k", lead(1, chen)))
		for v, to := range []store.Status{store.Contacted, store.Referred, store.InService, store.Done} {
			e.must(e.MoveLead(ctx, n, int64(v+1), to, "", "li"))
		}
		e.clock.pass(9 * day)
		e.seeAll()
		e.must(e.MoveLead(ctx, n, 5, store.Closed, store.Helped, "li"))
		e.clock.pass(9 * day)
		e.seeAll() // the news
		e.clock.pass(day)
		e.must(e.Tell(ctx, e.errand(store.ErrandAsk), "ask", bot.Reply{Text: "帮上忙了吗"}))
		e.clock.pass(60 * day)
		e.wantErrands()
	}},
	{"a verdict stays without its person", func(e *env) {
		n := lead(1, chen).Number
		rate := func(key string, who bot.Address, v store.Verdict) error {
			t := turn(key, who)
			t.Effects = []bot.Effect{store.Rate{Who: who, Number: n, Verdict: v}}
			return e.tryCommit(t)
		}
		helped := func(want store.Verdict) {
			e.Helper()
			if l, err := e.Lead(ctx, n); err != nil || l.Helped != want {
				e.Errorf("helped %q, want %q, %v", l.Helped, want, err)
			}
		}
		e.commit(withLead("k", lead(1, chen)))
		e.must(rate("r0", chen, store.HelpedYes))
		helped("") // nobody asked
		e.must(e.MoveLead(ctx, n, 1, store.Closed, store.Helped, "li"))
		e.clock.pass(10 * day)
		e.must(e.Tell(ctx, e.errand(store.ErrandAsk), "ask", bot.Reply{Text: "帮上忙了吗"}))
		e.must(rate("r1", liang, store.HelpedNo))
		helped("") // somebody else's lead
		e.clock.pass(30 * day)
		e.must(rate("r2", chen, store.HelpedPartly))
		helped(store.HelpedPartly)
		e.must(rate("r3", chen, store.HelpedYes))
		helped(store.HelpedYes)
		if err := rate("r4", chen, "very"); !errors.Is(err, store.ErrIncomplete) {
			e.Errorf("an unknown verdict: %v", err)
		}
		t := turn("erase", chen)
		t.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		e.commit(t)
		helped(store.HelpedYes)
	}},
	{"how far a person can be reached", func(e *env) {
		hours48, minute := bot.Reach{For: 48 * time.Hour, Count: 5}, bot.Reach{For: time.Minute, Count: 3}
		said := 0
		speak := func(r bot.Reach) {
			said++
			t := turn(fmt.Sprint("s", said), chen)
			t.Reach = r
			e.commit(t)
		}
		want := func(until time.Time, left int) {
			e.Helper()
			u, n, err := e.Reach(ctx, chen)
			if err != nil || !u.Equal(until) || n != left {
				e.Errorf("reached until %v, %d times, %v; want %v, %d", u, n, err, until, left)
			}
		}
		sent := 0
		send := func() {
			sent++
			id := fmt.Sprint("m", sent)
			post(e, "p"+id, message(id, liang)) // of somebody else
			e.must(e.MarkSent(ctx, id))
			n := lead(sent, chen)
			e.commit(withLead("l"+id, n))
			e.seeAll()
			e.must(e.MoveLead(ctx, n.Number, 1, store.Contacted, "", "li"))
			e.clock.pass(time.Minute)
			e.must(e.Tell(ctx, e.errand(store.ErrandNews), id, bot.Reply{Text: "已联系"}))
			e.must(e.MarkSent(ctx, id))
			e.must(e.MarkSent(ctx, id)) // again counts nothing
		}
		want(time.Time{}, 0)
		speak(minute)
		want(e.clock.now().Add(time.Minute), 3)
		speak(hours48)
		until := e.clock.now().Add(48 * time.Hour)
		want(until, 5)
		send()
		want(until, 4)
		speak(minute) // a tap takes nothing away
		want(until, 4)
		for range 4 {
			send()
		}
		want(until, 0)
		send()
		want(until, 0)
		speak(minute)
		want(e.clock.now().Add(time.Minute), 3)
		speak(hours48)
		want(e.clock.now().Add(48*time.Hour), 5)
	}},
}

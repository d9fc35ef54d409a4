package storetest

import (
	"errors"
	"reflect"
	"time"

	"smebot/bot"
	"smebot/store"
)

var effectTests = []contract{
	{"a lead is stored with consent and history", func(e *env) {
		want := lead(1, chen)
		e.commit(withLead("k1", want))
		got, err := e.Lead(ctx, want.Number)
		e.must(err)
		want.Status, want.Version, want.Moved = store.New, 1, want.Created
		want.History = []store.Event{{At: want.Created, Actor: "person", Action: "created"}}
		if !reflect.DeepEqual(got, want) {
			e.Errorf("lead\n%#v\nwant\n%#v", got, want)
		}
		if got.Phone.Reveal() != want.Phone.Reveal() {
			e.Error("the phone differs")
		}
	}},
	{"a taken number is a clash and leaves nothing", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		second := lead(2, liang)
		second.Number = lead(1, chen).Number
		if err := e.tryCommit(withLead("k2", second)); !errors.Is(err, bot.ErrClash) {
			e.Fatalf("got %v, want ErrClash", err)
		}
		if c := e.state(liang); c.Version != 0 {
			e.Error("the clash left a conversation")
		}
		e.commit(withLead("k2", lead(2, liang)))
		if l, err := e.Lead(ctx, second.Number); err != nil || l.From != chen {
			e.Errorf("the first lead is now %v, %v", l.Number, err)
		}
	}},
	{"a draft gives one lead", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		second := lead(2, chen)
		second.Draft = lead(1, chen).Draft
		if err := e.tryCommit(withLead("k2", second)); !errors.Is(err, store.ErrSecondLead) {
			e.Errorf("got %v, want ErrSecondLead", err)
		}
		if leads, err := e.LeadsOf(ctx, chen); err != nil || len(leads) != 1 {
			e.Errorf("%d leads, %v", len(leads), err)
		}
	}},
	{"no lead without consent", func(e *env) {
		for name, spoil := range map[string]func(*store.Lead){
			"no time":     func(l *store.Lead) { l.Consent.At = time.Time{} },
			"no version":  func(l *store.Lead) { l.Consent.Version = "" },
			"no receiver": func(l *store.Lead) { l.Consent.Receiver = "" },
			"not abroad":  func(l *store.Lead) { l.Consent.Abroad = false },
		} {
			l := lead(1, wong)
			spoil(&l)
			if err := e.tryCommit(withLead("k1", l)); !errors.Is(err, store.ErrNoConsent) {
				e.Errorf("%s: %v, want ErrNoConsent", name, err)
			}
		}
		if c := e.state(wong); c.Version != 0 {
			e.Error("a refused lead left a conversation")
		}
		e.commit(withLead("k1", lead(1, wong)))
	}},
	{"no incomplete lead", func(e *env) {
		for name, spoil := range map[string]func(*store.Lead){
			"no number": func(l *store.Lead) { l.Number = "" },
			"no draft":  func(l *store.Lead) { l.Draft = "" },
			"no phone":  func(l *store.Lead) { l.Phone = "" },
			"no person": func(l *store.Lead) { l.From.User = "" },
		} {
			l := lead(1, chen)
			t := withLead("k1", l)
			spoil(&l)
			t.Effects = []bot.Effect{store.SaveLead{Lead: l}}
			if err := e.tryCommit(t); !errors.Is(err, store.ErrIncomplete) {
				e.Errorf("%s: %v, want ErrIncomplete", name, err)
			}
		}
		l := lead(1, chen)
		l.Status = store.Done
		if err := e.tryCommit(withLead("k1", l)); !errors.Is(err, store.ErrMove) {
			e.Errorf("a lead that begins as done: %v, want ErrMove", err)
		}
	}},
	{"questions are noted once and without a person", func(e *env) {
		t := turn("k1", chen)
		q := store.Question{Text: "社保怎么交", Intent: "no_answer", Outcome: "unanswered", Platform: "", Town: "中山市古镇镇"}
		t.Effects = []bot.Effect{q, store.Question{Text: "二", Intent: "policy", Outcome: "useless"}}
		e.commit(t)
		_ = e.tryCommit(t)
		e.clock.pass(time.Hour)
		t = turn("k2", liang)
		t.Effects = []bot.Effect{store.Question{Text: "三"}}
		e.commit(t)
		got, err := e.Questions(ctx, 10)
		e.must(err)
		if len(got) != 3 || got[0].Text != "三" || !got[0].At.Equal(start.Add(time.Hour)) {
			e.Fatalf("questions %+v", got)
		}
		if got[1].Question != q && got[2].Question != q {
			e.Errorf("questions %+v lack %+v", got, q)
		}
		if got, err := e.Questions(ctx, 1); err != nil || len(got) != 1 {
			e.Errorf("limit 1 gives %d, %v", len(got), err)
		}
	}},
	{"a person corrects an open lead of their own", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		l, err := e.Lead(ctx, lead(1, chen).Number)
		e.must(err)
		old := l.Phone
		l.Phone, l.Contact, l.Town = "+8613900139000", "陈志强", "小榄镇"
		t := turn("k2", chen)
		t.Version = 1
		t.Effects = []bot.Effect{store.CorrectLead{Lead: l, Fields: []string{"phone", "contact", "town"}}}
		e.commit(t)
		got, err := e.Lead(ctx, l.Number)
		e.must(err)
		if got.Phone.Reveal() != "+8613900139000" || got.Contact != "陈志强" || got.Town != "小榄镇" || got.Firm != l.Firm || got.Version != 2 || got.Draft != l.Draft {
			e.Errorf("corrected: %+v", got)
		}
		if last := got.History[len(got.History)-1]; last.Action != "corrected" || last.Detail != "phone, contact, town" || last.Actor != "person" {
			e.Errorf("the history ends with %+v", last)
		}
		if found, err := e.Leads(ctx, store.LeadFilter{Phone: old}); err != nil || len(found) != 0 {
			e.Errorf("%d leads by the old number, %v", len(found), err)
		}
		// Somebody else's, and a closed one, stay as they are.
		theirs := l
		theirs.From = liang
		t = turn("k3", liang)
		t.Effects = []bot.Effect{store.CorrectLead{Lead: theirs}}
		if err := e.tryCommit(t); !errors.Is(err, bot.ErrConflict) {
			e.Errorf("another's lead: %v", err)
		}
		e.must(e.MoveLead(ctx, l.Number, 2, store.Closed, store.Helped, "li"))
		t = turn("k4", chen)
		t.Version = 2
		t.Effects = []bot.Effect{store.CorrectLead{Lead: l}}
		if err := e.tryCommit(t); !errors.Is(err, bot.ErrConflict) {
			e.Errorf("a closed lead: %v", err)
		}
	}},
	{"news are stopped, wanted again and forgotten", func(e *env) {
		for i, c := range []struct {
			do    bot.Effect
			quiet bool
		}{
			{store.News{Who: chen}, true}, {store.News{Who: chen}, true}, {store.News{Who: chen, Wanted: true}, false},
			{store.News{Who: chen}, true}, {store.ErasePerson{Who: chen}, false},
		} {
			t := turn("k"+string(rune('a'+i)), chen)
			t.Version = int64(i)
			t.Effects = []bot.Effect{c.do}
			e.commit(t)
			if got, err := e.IsQuiet(ctx, chen); err != nil || got != c.quiet {
				e.Errorf("after step %d: quiet %v, %v", i, got, err)
			}
			if got, err := e.IsQuiet(ctx, liang); err != nil || got {
				e.Errorf("after step %d somebody else is quiet, %v", i, err)
			}
		}
	}},
	{"feedback is counted by subject and day", func(e *env) {
		t := turn("k1", chen)
		t.Effects = []bot.Effect{
			store.Feedback{Day: "2026-11-22", Subject: "policy/24", Useful: true}, store.Feedback{Day: "2026-11-23", Subject: "policy/24", Useful: true},
			store.Feedback{Day: "2026-11-23", Subject: "policy/24"}, store.Feedback{Day: "2026-11-23", Subject: "platform/financing"},
		}
		e.commit(t)
		_ = e.tryCommit(t) // a repeat counts nothing
		for days, want := range map[[2]string][]store.FeedbackCount{
			{"2026-11-01", "2026-11-30"}: {{Subject: "policy/24", Useful: 2, Useless: 1}, {Subject: "platform/financing", Useless: 1}},
			{"2026-11-23", "2026-11-23"}: {{Subject: "policy/24", Useful: 1, Useless: 1}, {Subject: "platform/financing", Useless: 1}},
			{"2026-12-01", "2026-12-31"}: nil,
		} {
			if got, err := e.FeedbackCounts(ctx, days[0], days[1]); err != nil || !reflect.DeepEqual(got, want) {
				e.Errorf("%v: %+v, %v", days, got, err)
			}
		}
	}},
	{"a person waits for a call", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, liang)))
		before, err := e.Lead(ctx, lead(1, chen).Number)
		e.must(err)
		t := turn("k3", chen)
		t.Effects = []bot.Effect{store.Urge{Who: chen, Number: lead(1, chen).Number, When: "下午"}, store.Urge{Who: chen, Number: lead(2, liang).Number}}
		e.commit(t)
		l, err := e.Lead(ctx, lead(1, chen).Number)
		e.must(err)
		if h := l.History[len(l.History)-1]; h.Action != "urged" || h.Detail != "下午" || h.Actor != "person" || l.Status != before.Status {
			e.Errorf("the lead says %+v, status %s", h, l.Status)
		}
		theirs, err := e.Lead(ctx, lead(2, liang).Number)
		e.must(err)
		if len(theirs.History) != 1 {
			e.Errorf("somebody else's lead was urged: %+v", theirs.History)
		}
	}},
	{"withdrawing closes the person's open leads", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, chen)))
		e.commit(withLead("k3", lead(3, liang)))
		e.must(e.MoveLead(ctx, lead(2, chen).Number, 1, store.Closed, store.Helped, "li"))
		t := turn("k4", chen)
		t.Effects = []bot.Effect{store.WithdrawConsent{Who: chen}}
		e.commit(t)
		for n, want := range map[int]store.CloseReason{1: store.Withdrawn, 2: store.Helped, 3: ""} {
			l, err := e.Lead(ctx, lead(n, chen).Number)
			if err != nil || l.Reason != want || (l.Status == store.Closed) != (want != "") {
				e.Errorf("lead %d: %s %q, %v; want reason %q", n, l.Status, l.Reason, err, want)
			}
			if l.Phone == "" {
				e.Errorf("lead %d lost its phone", n)
			}
		}
		e.commit(turn("k5", chen))
	}},
	{"erasing removes a person and nobody else", func(e *env) {
		for i, who := range []bot.Address{chen, liang} {
			key := []string{"c", "l"}[i]
			t := withLead(key+"1", lead(i+1, who))
			t.Outgoing = []bot.Outgoing{message(key+"m", who)}
			e.commit(t)
			e.commit(withLead(key+"2", lead(i+11, who)))
			e.must(e.MoveLead(ctx, lead(i+11, who).Number, 1, store.Closed, store.Helped, "li"))
		}
		t := turn("c3", chen)
		t.Reply.Text = "已删除"
		t.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		t.Outgoing = []bot.Outgoing{message("farewell", chen)}
		e.commit(t)

		if r, ok, err := e.StoredReply(ctx, "c3"); err != nil || !ok || r.Text != "已删除" {
			e.Errorf("reply of the erasing turn: %+v %v %v", r, ok, err)
		}
		if c := e.state(chen); len(c.State) != 0 || c.Version != 3 {
			e.Errorf("conversation %q version %d, want an empty one", c.State, c.Version)
		}
		if r, ok, err := e.StoredReply(ctx, "c1"); err != nil || !ok || !r.Empty() {
			e.Errorf("earlier reply: %+v %v %v, want an empty one", r, ok, err)
		}
		if err := e.tryCommit(withLead("c1", lead(21, chen))); !errors.Is(err, bot.ErrDuplicate) {
			e.Errorf("late repeat of an erased turn: %v, want ErrDuplicate", err)
		}
		if leads, err := e.LeadsOf(ctx, chen); err != nil || len(leads) != 0 {
			e.Errorf("the person still has %d leads, %v", len(leads), err)
		}
		for n, reason := range map[int]store.CloseReason{1: store.Withdrawn, 11: store.Helped} {
			l, err := e.Lead(ctx, lead(n, chen).Number)
			e.must(err)
			if l.Firm+l.Contact+l.Phone.Reveal()+l.Need+l.From.User+l.Draft != "" {
				e.Errorf("lead %d keeps personal fields", n)
			}
			if l.Town == "" || l.Platform == "" || l.Created.IsZero() || l.Status != store.Closed || l.Reason != reason {
				e.Errorf("lead %d lost what statistics need: %+v", n, l)
			}
		}
		if ids := e.due("guzhen"); !reflect.DeepEqual(ids, []string{"lm", "farewell"}) {
			e.Errorf("outbox %v", ids)
		}
		if c := e.state(liang); string(c.State) != "state after l2" {
			e.Errorf("the other person's state is %q", c.State)
		}
		if r, ok, _ := e.StoredReply(ctx, "l1"); !ok || r.Empty() {
			e.Error("the other person's reply is gone")
		}
		if leads, _ := e.LeadsOf(ctx, liang); len(leads) != 2 || leads[0].Phone == "" {
			e.Errorf("the other person's leads: %v", leads)
		}
		e.commit(turn("c4", chen)) // and life goes on
	}},
	{"an unknown effect refuses the turn", func(e *env) {
		t := turn("k1", chen)
		t.Effects = []bot.Effect{store.Question{Text: "x"}, unknownEffect{}}
		if err := e.tryCommit(t); !errors.Is(err, store.ErrEffect) {
			e.Errorf("got %v, want ErrEffect", err)
		}
		t.Effects = []bot.Effect{nil}
		if err := e.tryCommit(t); !errors.Is(err, store.ErrEffect) {
			e.Errorf("got %v, want ErrEffect", err)
		}
		if q, _ := e.Questions(ctx, 1); len(q) != 0 {
			e.Error("the refused turn left a question")
		}
	}},
}

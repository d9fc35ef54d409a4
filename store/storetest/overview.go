package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/store"
)

var overviewTests = []contract{
	{"leads chosen by a filter, and read by number", func(e *env) {
		for n := 1; n <= 5; n++ {
			l := lead(n, []bot.Address{chen, liang}[n%2])
			l.Town = []string{"中山市古镇镇", "佛山市乐从镇"}[n/4]
			e.commit(withLead(fmt.Sprint("k", n), l))
		}
		e.must(e.HandLead(ctx, lead(5, liang).Number, 1, "li", "", "wu"))
		e.chosen(store.Work{}, 5, 4, 3, 2, 1)
		e.chosen(store.Work{Limit: 2, Offset: 1}, 5, 4, 3, 2, 1)
		e.chosen(store.Work{Town: "佛山市乐从镇"}, 5, 4)
		e.chosen(store.Work{Only: "zhao"}, 4, 3, 2, 1)
		e.chosen(store.Work{View: store.ViewMine, Me: "li"}, 5)
		e.chosen(store.Work{Text: "13800100003"}, 3)
		e.commit(bot.Turn{Key: "erase", From: chen, Effects: []bot.Effect{store.ErasePerson{Who: chen}}})
		e.chosen(store.Work{}, 5, 3, 1) // chen's are gone
		e.chosen(store.Work{Town: "佛山市乐从镇"}, 5)

		ask := []string{lead(3, liang).Number, "20260101-NOBODY", lead(2, chen).Number, lead(1, liang).Number}
		leads, err := e.LeadsByNumber(ctx, ask)
		e.must(err)
		if len(leads) != 3 || leads[0].Number != ask[0] || leads[1].Number != ask[2] || leads[2].Number != ask[3] {
			e.Fatalf("%d leads by number, or in another order", len(leads))
		}
		if leads[0].Erased || leads[0].Firm == "" || !leads[1].Erased || leads[1].Firm != "" || leads[1].Phone != "" {
			e.Error("what was erased is there, or what was not is gone")
		}
	}},
	{"more leads by number than one statement asks for", func(e *env) {
		var numbers []string
		for n := 1; n <= 230; n++ {
			l := lead(n, chen)
			e.commit(withLead(fmt.Sprint("k", n), l))
			numbers = append(numbers, l.Number)
		}
		leads, err := e.LeadsByNumber(ctx, numbers)
		e.must(err)
		for i, l := range leads {
			if l.Number != numbers[i] || l.Phone.Reveal() != fmt.Sprintf("+86138001%05d", i+1) {
				e.Fatalf("lead %d is another", i)
			}
		}
		if len(leads) != len(numbers) {
			e.Errorf("%d of %d leads", len(leads), len(numbers))
		}
	}},
	{"facts tell of a period's leads, and when their people were first reached", func(e *env) {
		number := func(n int) string { return lead(n, chen).Number }
		for n := 1; n <= 5; n++ {
			e.commit(withLead(fmt.Sprint("k", n), lead(n, chen)))
		}
		e.clock.pass(26 * time.Hour)
		reached := e.clock.now()
		e.must(e.MoveLead(ctx, number(1), 1, store.Contacted, "", "li"))
		e.must(e.MoveLead(ctx, number(2), 1, store.Closed, store.Helped, "li"))
		e.must(e.MoveLead(ctx, number(3), 1, store.Closed, store.Unreachable, "li"))
		e.clock.pass(time.Hour)
		e.must(e.MoveLead(ctx, number(1), 2, store.Referred, "", "li"))
		e.must(e.MoveLead(ctx, number(1), 3, store.Closed, store.Helped, "li"))
		facts := map[int64]store.Fact{}
		e.must(e.EachFact(ctx, start.Add(time.Minute), start.Add(5*time.Minute), func(f store.Fact) {
			facts[int64(f.Created.Sub(start)/time.Minute)] = f
		}))
		if len(facts) != 4 {
			e.Fatalf("%d facts, want those of four leads", len(facts))
		}
		for n, want := range map[int64]time.Time{1: reached, 2: reached, 3: {}, 4: {}} {
			if !facts[n].Contacted.Equal(want) {
				e.Errorf("lead %d: first contact %v, want %v", n, facts[n].Contacted, want)
			}
		}
		if f := facts[1]; f.Status != store.Closed || f.Reason != store.Helped || f.Town != "中山市古镇镇" || f.Channel != "guzhen" || f.Platform != "financing" || !f.Moved.After(reached) {
			e.Errorf("facts of lead 1: %+v", f)
		}
		if l, err := e.Lead(ctx, number(1)); err != nil || !l.Contacted.Equal(reached) {
			e.Errorf("the lead's own first contact: %v, %v", l.Contacted, err)
		}
	}},
	{"turns are counted by day, channel, intent and outcome", func(e *env) {
		say := func(key string, who bot.Address, intent string, effects ...bot.Effect) {
			t := turn(key, who)
			t.Reply.Intent, t.Effects = intent, effects
			e.commit(t)
		}
		say("a", chen, "policy")
		say("b", chen, "policy")
		say("c", wong, "policy")
		say("d", chen, "no_answer", store.Question{Text: "补贴", Intent: "no_answer", Outcome: store.OutcomeNoAnswer})
		say("e", chen, "help", store.Question{Text: "补贴", Intent: "policy/24", Outcome: store.OutcomeUseless})
		say("f", chen, "") // silence counts as nothing
		if err := e.CommitTurn(ctx, turn("a", chen)); !errors.Is(err, bot.ErrDuplicate) {
			e.Errorf("a repeat: %v", err)
		}
		refused := turn("g", chen)
		refused.Version = 99
		if err := e.CommitTurn(ctx, refused); !errors.Is(err, bot.ErrConflict) {
			e.Errorf("a turn out of order: %v", err)
		}
		e.asked("2026-11-22", "2026-11-22", "guzhen/policy//2 guzhen/help//1 guzhen/no_answer/no_answer/1 tg/policy//1")
		e.asked("2026-11-23", "2026-12-31", "")
		e.clock.pass(8 * time.Hour) // past midnight in the province, not in UTC
		say("h", chen, "policy")
		e.asked("2026-11-23", "2026-11-23", "guzhen/policy//1")
		e.asked("2026-11-22", "2026-11-23", "guzhen/policy//3 guzhen/help//1 guzhen/no_answer/no_answer/1", "tg")
	}},
	{"giving leads out is recorded with each lead, and outlives erasing", func(e *env) {
		var numbers []string
		for n := 1; n <= 3; n++ {
			l := lead(n, []bot.Address{chen, liang}[n%2])
			e.commit(withLead(fmt.Sprint("k", n), l))
			numbers = append(numbers, l.Number)
		}
		first := store.Disclosure{ID: "X1", Actor: "wu", Receiver: "本单位", Purpose: "季度回访", Format: "xlsx", Fields: []string{"number", "phone"}, Filters: "view=open"}
		e.must(e.Disclose(ctx, first, numbers))
		second := first
		second.ID, second.Purpose = "X2", "核对"
		e.clock.pass(time.Minute)
		e.must(e.Disclose(ctx, second, numbers[:1]))
		if err := e.Disclose(ctx, first, numbers); err == nil {
			e.Error("one file is recorded twice")
		}
		third := first
		third.ID = "X3"
		if err := e.Disclose(ctx, third, []string{"20260101-NOBODY"}); err == nil {
			e.Error("a lead that is not there was given out")
		}
		third.Purpose = ""
		if err := e.Disclose(ctx, third, numbers); !errors.Is(err, store.ErrIncomplete) {
			e.Errorf("without a purpose: %v", err)
		}
		e.commit(bot.Turn{Key: "erase", From: liang, Effects: []bot.Effect{store.ErasePerson{Who: liang}}})
		got, err := e.Disclosures(ctx, numbers[0])
		e.must(err)
		if len(got) != 2 || got[0].ID != "X2" || got[1].ID != "X1" || got[1].Leads != 3 || got[1].Purpose != "季度回访" || !slices.Equal(got[1].Fields, first.Fields) || !got[1].At.Equal(start) {
			e.Errorf("of an erased lead: %+v", got)
		}
		log, err := e.Audit(ctx, store.AuditFilter{Action: "export"})
		e.must(err)
		if len(log) != 2 || log[1].Subject != "X1" || log[1].Actor != "wu" || !strings.Contains(log[1].Detail, `leads=3 format=xlsx to="本单位" for="季度回访" fields=number,phone where=view=open`) {
			e.Errorf("the log: %+v", log)
		}
	}},
}

// chosen checks which leads a filter chooses, by the last part of their numbers.
func (e *env) chosen(w store.Work, want ...int) {
	e.Helper()
	got, err := e.Chosen(ctx, w)
	e.must(err)
	numbers := make([]string, len(want))
	for i, n := range want {
		numbers[i] = lead(n, chen).Number
	}
	if !slices.Equal(got, numbers) {
		e.Errorf("chosen by %+v: %v, want %v", w, got, numbers)
	}
}

// asked checks the counts of a time: channel/intent/outcome/turns, most first.
func (e *env) asked(from, to, want string, without ...string) {
	e.Helper()
	counts, err := e.AskedCounts(ctx, from, to, without...)
	e.must(err)
	var got []string
	for _, c := range counts {
		got = append(got, fmt.Sprintf("%s/%s/%s/%d", c.Channel, c.Intent, c.Outcome, c.Turns))
	}
	if s := strings.Join(got, " "); s != want {
		e.Errorf("asked from %s to %s: %q, want %q", from, to, s, want)
	}
}

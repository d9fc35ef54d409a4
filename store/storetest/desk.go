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

// listed returns the last digits of the leads that the work list chooses.
func (e *env) listed(w store.Work) string {
	e.Helper()
	p, err := e.Work(ctx, w)
	e.must(err)
	got := []string{}
	for _, it := range p.Items {
		got = append(got, strings.TrimLeft(it.Number[len("20261122-"):], "0"))
	}
	if p.Total < len(got) {
		e.Errorf("total %d of %d shown", p.Total, len(got))
	}
	return strings.Join(got, " ")
}

func (e *env) version(number string) int64 {
	e.Helper()
	l, err := e.Lead(ctx, number)
	e.must(err)
	return l.Version
}

var deskTests = []contract{
	{"the work list chooses by every field", func(e *env) {
		for n := 1; n <= 6; n++ {
			l := lead(n, []bot.Address{chen, liang, wong}[n%3])
			l.Town = []string{"中山市古镇镇", "佛山市乐从镇"}[n%2]
			l.Platform = []string{"financing", "quality-testing"}[n%2]
			l.Firm = fmt.Sprintf("第%d灯饰厂 ＬＥＤ", n)
			e.commit(withLead(fmt.Sprint("k", n), l))
		}
		if got := e.listed(store.Work{}); got != "6 5 4 3 2 1" {
			e.Fatalf("all: %q", got)
		}
		number := func(n int) string { return lead(n, chen).Number }
		e.must(e.MoveLead(ctx, number(4), 1, store.Contacted, "", "li"))
		e.must(e.MoveLead(ctx, number(5), 1, store.Closed, store.Helped, "li"))
		e.must(e.HandLead(ctx, number(1), 1, "li", "", "wu"))
		e.must(e.HandLead(ctx, number(2), 1, "wu", "", "wu"))
		e.must(e.MarkCall(ctx, number(3), true))
		for _, c := range []struct {
			name string
			w    store.Work
			want string
		}{
			{"new", store.Work{View: store.ViewNew}, "6 3 2 1"},
			{"mine", store.Work{View: store.ViewMine, Me: "li"}, "1"},
			{"call", store.Work{View: store.ViewCall}, "3"},
			{"open", store.Work{View: store.ViewOpen}, "6 4 3 2 1"},
			{"nothing is late yet", store.Work{View: store.ViewLate}, ""},
			{"an agent's", store.Work{Only: "li"}, "6 5 4 3 1"},
			{"of nobody", store.Work{Assignee: store.NoAssignee}, "6 5 4 3"},
			{"of one", store.Work{Assignee: "wu"}, "2"},
			{"town", store.Work{Town: "中山市古镇镇"}, "6 4 2"},
			{"platform", store.Work{Platform: "quality-testing"}, "5 3 1"},
			{"channel", store.Work{Channel: "tg"}, "5 2"},
			{"status", store.Work{Status: store.Contacted}, "4"},
			{"firm", store.Work{Text: "第3灯饰厂"}, "3"},
			{"two words", store.Work{Text: "led 古镇"}, "6 4 2"},
			{"need", store.Work{Text: "买设备", Limit: 2}, "6 5"},
			{"number", store.Work{Text: "20261122-000002"}, "2"},
			{"phone", store.Work{Text: "138 0010 0004"}, "4"},
			{"phone abroad", store.Work{Text: "+86-13800100004"}, "4"},
			{"part of a phone", store.Work{Text: "13800100"}, ""},
			{"page", store.Work{Limit: 2, Offset: 3}, "3 2"},
			{"beyond", store.Work{Offset: 30}, ""},
			{"age", store.Work{Days: 1}, ""},
		} {
			if got := e.listed(c.w); got != c.want {
				e.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		p, err := e.Work(ctx, store.Work{Only: "li", Me: "li", View: store.ViewCall})
		e.must(err)
		if p.Counts[store.ViewNew] != 3 || p.Counts[store.ViewMine] != 1 || p.Counts[store.ViewCall] != 1 || len(p.Towns) != 2 || len(p.Channels) != 2 {
			e.Errorf("counts %v, towns %v, channels %v", p.Counts, p.Towns, p.Channels)
		}
		e.must(e.CallDone(ctx, number(3), "li"))
		if got := e.listed(store.Work{View: store.ViewCall}); got != "" {
			e.Errorf("after the call: %q", got)
		}
	}},
	{"the work list follows every change", func(e *env) {
		if got := e.listed(store.Work{}); got != "" {
			e.Fatalf("an empty store lists %q", got)
		}
		e.commit(withLead("k1", lead(1, chen)))
		if got := e.listed(store.Work{Text: "光明灯饰厂"}); got != "1" {
			e.Fatalf("a new lead: %q", got)
		}
		e.commit(withLead("k2", lead(2, liang)))
		t := turn("erase", chen)
		t.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		e.commit(t)
		if got := e.listed(store.Work{Text: "光明灯饰厂"}); got != "2" {
			e.Errorf("an erased person is still found: %q", got)
		}
	}},
	{"leads become late", func(e *env) {
		// start is a Sunday: three working days are over at the end of Wednesday.
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, liang)))
		e.must(e.MoveLead(ctx, lead(2, liang).Number, 1, store.Contacted, "", "li"))
		e.must(e.HandLead(ctx, lead(2, liang).Number, 2, "li", "", "li"))
		e.clock.pass(24 * time.Hour)
		if got := e.listed(store.Work{View: store.ViewDue}); got != "" {
			e.Errorf("due on Monday: %q", got)
		}
		e.clock.pass(24 * time.Hour) // two working days are promised
		if got := e.listed(store.Work{View: store.ViewDue}); got != "1" {
			e.Errorf("due on Tuesday: %q", got)
		}
		e.clock.pass(24 * time.Hour) // Wednesday, 16:30 by the clock of the province
		if p, err := e.Work(ctx, store.Work{View: store.ViewDue}); err != nil || len(p.Items) != 1 || !p.Items[0].Due || p.Counts[store.ViewDue] != 1 {
			e.Errorf("due on Wednesday: %+v, %v", p, err)
		}
		if got := e.listed(store.Work{View: store.ViewLate}); got != "" {
			e.Errorf("late on Wednesday: %q", got)
		}
		e.clock.pass(24 * time.Hour)
		if got := e.listed(store.Work{View: store.ViewLate}); got != "1" {
			e.Errorf("late on Thursday: %q", got)
		}
		if got := e.listed(store.Work{View: store.ViewDue}); got != "" {
			e.Errorf("due when it is late: %q", got)
		}
		for _, c := range []struct {
			days int
			want int
		}{{6, 9}, {12, 21}, {24, 45}} {
			e.clock.pass(time.Duration(c.days) * 24 * time.Hour)
			p, err := e.Work(ctx, store.Work{View: store.ViewLate})
			e.must(err)
			if len(p.Items) != 2 || p.Items[0].Late != c.want || p.Items[1].Late != c.want {
				e.Errorf("after %d days more: %+v, want %d", c.days, p.Items, c.want)
			}
		}
		hands, err := e.LateHands(ctx, "")
		e.must(err)
		if len(hands) != 2 || hands[0].Assignee != "" || hands[1].Assignee != "li" || hands[1].Days[45] != 1 || hands[1].Oldest.IsZero() {
			e.Errorf("late hands: %+v", hands)
		}
		if hands, err = e.LateHands(ctx, "wu"); err != nil || len(hands) != 1 {
			e.Errorf("for another agent: %+v, %v", hands, err)
		}
		e.must(e.MoveLead(ctx, lead(2, liang).Number, 3, store.Referred, "", "li"))
		if got := e.listed(store.Work{View: store.ViewLate}); got != "1" {
			e.Errorf("after a step: %q", got)
		}
	}},
	{"notes are kept, once, and go with the person", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		number := lead(1, chen).Number
		e.must(e.AddNote(ctx, number, 1, "周三下午再打", "li"))
		if err := e.AddNote(ctx, number, 1, "周三下午再打", "li"); !errors.Is(err, store.ErrStale) {
			e.Errorf("the same form again: %v", err)
		}
		if err := e.AddNote(ctx, number, 2, "  ", "li"); !errors.Is(err, store.ErrIncomplete) {
			e.Errorf("an empty note: %v", err)
		}
		notes, err := e.Notes(ctx, number)
		e.must(err)
		if len(notes) != 1 || notes[0].Text != "周三下午再打" || notes[0].Actor != "li" || !notes[0].At.Equal(start) {
			e.Errorf("notes: %+v", notes)
		}
		t := turn("erase", chen)
		t.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		e.commit(t)
		if notes, err = e.Notes(ctx, number); err != nil || len(notes) != 0 {
			e.Errorf("after erasing: %+v, %v", notes, err)
		}
	}},
	{"a landline is found as people dial it", func(e *env) {
		l := lead(1, chen)
		l.Phone = "+8676022334455"
		e.commit(withLead("k1", l))
		e.commit(withLead("k2", lead(2, chen)))
		for _, dialled := range []string{"0760-22334455", "076022334455", "(0760) 2233 4455", "+86 760 22334455", "0086-760-22334455", "８６７６０２２３３４４５５"} {
			if got := e.listed(store.Work{Text: dialled}); got != "1" {
				e.Errorf("%s finds %q", dialled, got)
			}
		}
	}},
	{"the list tells who holds leads", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		e.commit(withLead("k2", lead(2, liang)))
		_, err := e.AssignLeads(ctx, []store.Pick{{Number: lead(2, liang).Number, Version: 1}}, "gone", "wu")
		e.must(err)
		for only, want := range map[string][]string{"": {"gone"}, "li": nil} {
			if p, err := e.Work(ctx, store.Work{Only: only}); err != nil || !slices.Equal(p.Holders, want) {
				e.Errorf("for %q: held by %v, %v", only, p.Holders, err)
			}
		}
	}},
	{"many leads are handed over at once", func(e *env) {
		picks := []store.Pick{}
		for n := 1; n <= 3; n++ {
			e.commit(withLead(fmt.Sprint("k", n), lead(n, chen)))
			picks = append(picks, store.Pick{Number: lead(n, chen).Number, Version: 1})
		}
		e.must(e.MoveLead(ctx, picks[1].Number, 1, store.Contacted, "", "wu"))
		stale, err := e.AssignLeads(ctx, picks, "li", "boss")
		e.must(err)
		if !slices.Equal(stale, []string{picks[1].Number}) {
			e.Errorf("stale: %v", stale)
		}
		if got := e.listed(store.Work{Assignee: "li"}); got != "3 1" {
			e.Errorf("handed over: %q", got)
		}
		again, err := e.AssignLeads(ctx, picks, "li", "boss")
		if err != nil || len(again) != 3 || e.version(picks[0].Number) != 2 {
			e.Errorf("the same form again: %v, %v", again, err)
		}
	}},
	{"those who watch hear of changes", func(e *env) {
		w := e.WatchLeads()
		e.commit(withLead("k1", lead(1, chen)))
		<-w.C
		if got := w.Numbers(); !slices.Equal(got, []string{lead(1, chen).Number}) {
			e.Errorf("heard of %v", got)
		}
		w.Close()
		e.must(e.MoveLead(ctx, lead(1, chen).Number, 1, store.Contacted, "", "li"))
		if got := w.Numbers(); len(got) != 0 {
			e.Errorf("a closed watch heard of %v", got)
		}
	}},
}

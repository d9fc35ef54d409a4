package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"smebot/bot"
	"smebot/store"
)

var leadTests = []contract{
	{"filters choose, newest first", func(e *env) {
		for n := 1; n <= 6; n++ {
			l := lead(n, []bot.Address{chen, liang, wong}[n%3])
			l.Town = []string{"中山市古镇镇", "佛山市乐从镇"}[n%2]
			l.Platform = []string{"financing", "quality-testing"}[n%2]
			e.commit(withLead(fmt.Sprint("k", n), l))
		}
		e.must(e.MoveLead(ctx, lead(4, chen).Number, 1, store.Contacted, "", "li"))
		for _, c := range []struct {
			name string
			f    store.LeadFilter
			want []int
		}{
			{"all", store.LeadFilter{}, []int{6, 5, 4, 3, 2, 1}},
			{"status", store.LeadFilter{Status: store.Contacted}, []int{4}},
			{"platform", store.LeadFilter{Platform: "quality-testing"}, []int{5, 3, 1}},
			{"town", store.LeadFilter{Town: "中山市古镇镇"}, []int{6, 4, 2}},
			{"person", store.LeadFilter{From: liang}, []int{4, 1}},
			{"phone", store.LeadFilter{Phone: lead(2, chen).Phone}, []int{2}},
			{"since", store.LeadFilter{Since: start.Add(5 * time.Minute)}, []int{6, 5}},
			{"until", store.LeadFilter{Until: start.Add(3 * time.Minute)}, []int{2, 1}},
			{"limit", store.LeadFilter{Limit: 2}, []int{6, 5}},
			{"offset", store.LeadFilter{Limit: 2, Offset: 3}, []int{3, 2}},
			{"two at once", store.LeadFilter{Town: "中山市古镇镇", Status: store.New}, []int{6, 2}},
			{"none", store.LeadFilter{Town: "' OR 1=1 --"}, []int{}},
		} {
			leads, err := e.Leads(ctx, c.f)
			e.must(err)
			got := []int{}
			for _, l := range leads {
				var n int
				if _, err := fmt.Sscanf(l.Number, "20261122-%d", &n); err != nil {
					e.Fatal(err)
				}
				got = append(got, n)
			}
			if !slices.Equal(got, c.want) {
				e.Errorf("%s: leads %v, want %v", c.name, got, c.want)
			}
		}
		if of, err := e.LeadsOf(ctx, bot.Address{Channel: "guzhen"}); err != nil || len(of) != 0 {
			e.Errorf("nobody has %d leads, %v", len(of), err)
		}
	}},
	{"an unknown lead is not found", func(e *env) {
		if _, err := e.Lead(ctx, "20261122-ABCDEF"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("got %v, want ErrNotFound", err)
		}
		if err := e.MoveLead(ctx, "20261122-ABCDEF", 1, store.Contacted, "", "li"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("got %v, want ErrNotFound", err)
		}
	}},
	{"a lead walks the whole way with its history", func(e *env) {
		number := lead(1, chen).Number
		e.commit(withLead("k1", lead(1, chen)))
		e.must(e.HandLead(ctx, number, 1, "li", "", "wu"))
		version := int64(2)
		for _, to := range []store.Status{store.Contacted, store.Referred, store.InService, store.Done} {
			e.clock.pass(time.Hour)
			e.must(e.MoveLead(ctx, number, version, to, "", "li"))
			version++
		}
		e.must(e.MoveLead(ctx, number, version, store.Closed, store.Helped, "li"))
		l, err := e.Lead(ctx, number)
		e.must(err)
		if l.Status != store.Closed || l.Reason != store.Helped || l.Version != 7 || l.Assignee != "li" {
			e.Errorf("lead %s %s version %d of %q", l.Status, l.Reason, l.Version, l.Assignee)
		}
		var acts []string
		for _, ev := range l.History {
			acts = append(acts, ev.Actor+" "+ev.Action+" "+ev.Detail)
		}
		want := []string{"person created ", "wu assigned li", "li moved to contacted ", "li moved to referred ", "li moved to in_service ",
			"li moved to done ", "li moved to closed helped"}
		if !reflect.DeepEqual(acts, want) {
			e.Errorf("history %q, want %q", acts, want)
		}
		if !l.History[2].At.Equal(start.Add(time.Hour)) {
			e.Errorf("first move at %v", l.History[2].At)
		}
	}},
	{"every move but those of the table is refused", func(e *env) {
		all := []store.Status{store.New, store.Contacted, store.Referred, store.InService, store.Done, store.Closed}
		way := map[store.Status]int{store.New: 0, store.Contacted: 1, store.Referred: 2, store.InService: 3, store.Done: 4, store.Closed: 5}
		n := 0
		for _, from := range all {
			for _, to := range append(all, "lost") {
				n++
				number, version := lead(n, chen).Number, int64(1)
				e.commit(withLead(fmt.Sprint("k", n), lead(n, chen)))
				for _, step := range all[1:5] {
					if from != store.Closed && way[step] <= way[from] {
						e.must(e.MoveLead(ctx, number, version, step, "", "li"))
						version++
					}
				}
				if from == store.Closed {
					e.must(e.MoveLead(ctx, number, version, store.Closed, store.Unreachable, "li"))
					version++
				}
				reason := store.CloseReason("")
				if to == store.Closed {
					reason = store.NotForUs
				}
				err := e.MoveLead(ctx, number, version, to, reason, "li")
				allowed := from != store.Closed && (to == store.Closed || to != "lost" && way[to] == way[from]+1)
				if allowed != (err == nil) || !allowed && !errors.Is(err, store.ErrMove) {
					e.Errorf("%s to %s: %v, want allowed %v", from, to, err, allowed)
				}
			}
		}
	}},
	{"closing needs a reason and nothing else has one", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		number := lead(1, chen).Number
		for _, c := range []struct {
			to     store.Status
			reason store.CloseReason
		}{{store.Closed, ""}, {store.Closed, "bored"}, {store.Contacted, store.Helped}} {
			if err := e.MoveLead(ctx, number, 1, c.to, c.reason, "li"); !errors.Is(err, store.ErrMove) {
				e.Errorf("%s with %q: %v, want ErrMove", c.to, c.reason, err)
			}
		}
	}},
	{"one of 16 moves from the same version wins", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		number := lead(1, chen).Number
		errs := race(16, func(int) error { return e.MoveLead(ctx, number, 1, store.Contacted, "", "li") })
		if ok, stale := count(errs, nil), count(errs, store.ErrStale); ok != 1 || stale != 15 {
			e.Errorf("%d moved and %d stale, want 1 and 15", ok, stale)
		}
		if err := e.HandLead(ctx, number, 1, "li", "", "li"); !errors.Is(err, store.ErrStale) {
			e.Errorf("handing from an old version: %v, want ErrStale", err)
		}
	}},
}

package console

import (
	"slices"
	"strings"
	"time"

	"smebot/export"
	"smebot/store"
)

// chart begins a chart whose bars are one number each. heads are keys of what the rows are.
func (v *visit) chart(key string, heads ...string) *chart {
	c := &chart{Key: key, Series: []string{v.T("overview.number")}, Width: len(heads)}
	for _, h := range append(heads, "overview.number") {
		c.Heads = append(c.Heads, v.T(h))
	}
	return c
}

// add adds a row. What people typed is made harmless here.
func (c *chart) add(labels []string, numbers ...int) {
	for i, l := range labels {
		labels[i] = export.Clean(l)
	}
	c.Rows = append(c.Rows, chartRow{labels, numbers})
}

// one adds a row with one label and one number.
func (c *chart) one(label string, n int) { c.add([]string{label}, n) }

// leadCharts are those of the leads made in a span.
func (v *visit) leadCharts(t *tally, p span) []*chart {
	weeks := v.chart("weeks", "overview.week")
	weeks.Upright = true
	if (p.to-p.from)/7 > manyWeeks {
		weeks = v.chart("months", "overview.month")
		weeks.Upright = true
		months := map[string]int{}
		for d, n := range t.days {
			months[d.String()[:7]] += n
		}
		for m := p.from.start(); dayOf(m) <= p.to; m = time.Date(m.Year(), m.Month()+1, 1, 0, 0, 0, 0, china) {
			weeks.one(m.Format("2006-01"), months[m.Format("2006-01")])
		}
	} else {
		sums := map[day]int{}
		for d, n := range t.days {
			sums[d.monday()] += n
		}
		for d := p.from.monday(); d <= p.to; d += 7 {
			weeks.one(d.String(), sums[d])
		}
	}
	outcome := v.chart("outcome", "leads.field.status")
	for _, status := range leadStates {
		if status != store.Closed {
			outcome.one(v.T("leads.status."+string(status)), t.outcome[string(status)])
			continue
		}
		for _, reason := range store.CloseReasons {
			outcome.one(v.T("overview.closed", v.T("leads.reason."+string(reason))), t.outcome[string(status)+"/"+string(reason)])
		}
	}
	platform := v.named("platform", "leads.field.platform", t.platform, func(slug string) string { return ExportWords(v.Lang)("platform", slug) })
	town := v.named("town", "leads.field.town", t.town, func(town string) string { return town })
	channel := v.named("channel", "leads.field.channel", t.channel, v.Channel)
	for _, c := range []*chart{outcome, platform, town, channel} {
		c.Shares = true
	}
	return []*chart{weeks, outcome, platform, town, channel}
}

// named is a chart of counts by name, the greatest first.
func (v *visit) named(key, head string, counts map[string]int, name func(string) string) *chart {
	c := v.chart(key, head)
	for _, k := range sorted(counts) {
		label := name(k)
		if k == "" {
			label = v.T("leads.unknown")
		}
		c.one(label, counts[k])
	}
	return c
}

// waitChart shows how long people waited for a first contact, in working days.
func (v *visit) waitChart(t *tally) *chart {
	c := v.chart("wait", "overview.waited")
	c.Shares = true
	before := -1
	for i, step := range append(slices.Clone(waitSteps), -1) {
		label := v.T("overview.waited.days", before+1, step)
		switch {
		case step < 0:
			label = v.T("overview.waited.more", before)
		case step == 0:
			label = v.T("overview.waited.same")
		case step == before+1:
			label = v.T("overview.waited.day", step)
		}
		c.one(label, t.steps[i])
		before = step
	}
	c.one(v.T("overview.waited.waiting", contactGoal), t.waiting)
	c.one(v.T("overview.waited.overdue", contactGoal), t.overdue)
	c.one(v.T("overview.waited.settled"), t.settled)
	c.Note = v.T("overview.waited.note")
	return c
}

// helpedChart shows what people said who were asked, after their lead was closed, whether it helped.
func (v *visit) helpedChart(t *tally) *chart {
	c := v.chart("helped", "leads.field.helped")
	c.Shares = true
	for _, said := range store.Verdicts {
		c.one(v.T("leads.helped."+string(said)), t.helped[said])
	}
	c.one(v.T("overview.helped.none"), t.helped[""])
	return c
}

// lateChart shows who is late now, whatever the span.
func (s *Server) lateChart(v *visit, _ span) ([]*chart, error) {
	hands, err := s.Store.LateHands(v.R.Context(), only(v.Account))
	c := &chart{Key: "late", First: 1, Note: v.T("overview.late.note"), Empty: v.T("leads.hands.none"), Width: 1,
		Heads:  []string{v.T("leads.field.assignee"), v.T("leads.hands.count"), v.T("leads.hands.first")},
		Series: []string{v.T("leads.hands.first")}}
	steps := []int{3, 9, 21, 45}
	for _, n := range steps[1:] {
		c.Heads, c.Series = append(c.Heads, v.T("leads.late", n)), append(c.Series, v.T("leads.late", n))
	}
	for _, h := range hands {
		who, numbers := h.Assignee, []int{h.Late}
		if who == "" {
			who = v.T("leads.nobody")
		}
		for _, n := range steps {
			numbers = append(numbers, h.Days[n])
		}
		c.add([]string{who}, numbers...)
	}
	return []*chart{c}, err
}

// feedbackChart shows which answers were called useful or useless.
func (s *Server) feedbackChart(v *visit, p span) ([]*chart, error) {
	counts, err := s.Store.FeedbackCounts(v.R.Context(), p.from.String(), p.to.String())
	c := &chart{Key: "feedback", Series: []string{v.T("overview.useful"), v.T("overview.useless")}, Width: 1}
	c.Heads = append([]string{v.T("overview.answer")}, c.Series...)
	for _, f := range counts {
		c.add([]string{v.subject(f.Subject)}, f.Useful, f.Useless)
	}
	return []*chart{c}, err
}

// subject names what an answer was about: "policy/24", "policy/DOCUMENT/3", "platform/financing".
func (v *visit) subject(s string) string {
	kind, rest, _ := strings.Cut(s, "/")
	switch {
	case kind == "platform":
		return v.T("overview.subject.platform", ExportWords(v.Lang)("platform", rest))
	case kind != "policy":
		return s
	}
	if i := strings.LastIndex(rest, "/"); i >= 0 {
		return v.T("overview.subject.document", rest[:i], rest[i+1:])
	}
	return v.T("overview.subject.policy", rest)
}

// askedCharts show what the bot took people's messages for, and why questions were not answered.
func (s *Server) askedCharts(v *visit, p span) ([]*chart, error) {
	counts, err := s.Store.AskedCounts(v.R.Context(), p.from.String(), p.to.String(), ownTalk...)
	intents, outcomes := map[string]int{}, map[string]int{}
	for _, a := range counts {
		intents[a.Intent] += a.Turns
		if a.Outcome != "" {
			outcomes[a.Outcome] += a.Turns
		}
	}
	asked := v.named("intents", "overview.intent", intents, func(k string) string { return v.known("overview.intent.", k) })
	refused := v.named("refusals", "overview.refusal", outcomes, func(k string) string { return v.known("overview.refusal.", strings.ReplaceAll(k, " ", "_")) })
	asked.Shares, refused.Shares, asked.Note = true, true, v.T("overview.intents.note")
	return []*chart{asked, refused}, err
}

// known says what the catalogue has under a prefix; what it has not stands for itself.
func (v *visit) known(prefix, key string) string {
	if _, ok := catalogue[prefix+key]; ok {
		return v.T(prefix + key)
	}
	return key
}

// unmetChart shows what was looked for where the directory has nothing. It is counted by month, so the months that a
// span touches stand whole.
func (s *Server) unmetChart(v *visit, p span) ([]*chart, error) {
	counts, err := s.Store.UnmetDemand(v.R.Context(), p.from.String()[:7])
	type place struct{ town, platform string }
	asked, elsewhere := map[place]int{}, map[place]int{}
	for _, u := range counts {
		if u.Month <= p.to.String()[:7] {
			k := place{u.Town, u.Platform}
			asked[k] += u.Asked
			elsewhere[k] += u.Elsewhere
		}
	}
	c := v.chart("unmet", "leads.field.town", "leads.field.platform")
	c.Heads, c.Note = append(c.Heads, v.T("overview.unmet.elsewhere")), v.T("overview.unmet.note")
	for k, n := range asked {
		town := k.town
		if town == "" {
			town = v.T("directory.no-town")
		}
		c.add([]string{town, ExportWords(v.Lang)("platform", k.platform)}, n, elsewhere[k])
	}
	slices.SortFunc(c.Rows, func(a, b chartRow) int {
		if a.Numbers[0] != b.Numbers[0] {
			return b.Numbers[0] - a.Numbers[0]
		}
		return strings.Compare(a.label(), b.label())
	})
	return []*chart{c}, err
}

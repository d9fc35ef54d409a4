package store

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// View is one of the lists that staff work from.
type View string

// The views of the work list. The empty one holds every lead.
const (
	ViewNew  View = "new"  // nobody has contacted the person yet
	ViewDue  View = "due"  // new, and by tonight the person was promised to be contacted; not late yet
	ViewMine View = "mine" // open, and the asker's own
	ViewLate View = "late" // Ageing is not 0
	ViewCall View = "call" // open, and no message reaches the person
	// ViewAnswered: open, and an organisation's answer asks staff to act.
	ViewAnswered View = "answered"
	ViewOpen     View = "open" // not done, not closed
)

// Views are all views but the empty one.
var Views = []View{ViewNew, ViewDue, ViewMine, ViewLate, ViewCall, ViewAnswered, ViewOpen}

// Work chooses leads for the work list. The zero value of a field chooses all.
type Work struct {
	View     View
	Me       string // the account that asks, for ViewMine
	Only     string // leads of this account and of nobody; an agent's own
	Town     string
	Platform string // slug
	Channel  string
	Status   Status
	Assignee string // NoAssignee for leads of nobody
	Text     string // words that must all occur, or a whole phone number
	Days     int    // made at least so many days ago
	Offset   int
	Limit    int // at most so many; 0 for 50
}

// NoAssignee stands in Work.Assignee for nobody.
const NoAssignee = "-"

// WorkItem is a lead in the list.
type WorkItem struct {
	Lead
	Late int  // Ageing
	Due  bool // it is in ViewDue
}

// WorkPage is a part of the list.
type WorkPage struct {
	Items    []WorkItem   // newest first; of ViewLate oldest first
	Total    int          // that the filter chose
	Counts   map[View]int // of what Only allows, whatever else is chosen
	Towns    []string     // that leads come from, for the filter
	Channels []string
	Holders  []string // accounts that leads are with, whether or not they still work here
}

// defaultPage is Work.Limit if none is given: two screens.
const defaultPage = 50

// Work returns a page of the work list.
func (d *DB) Work(ctx context.Context, w Work) (WorkPage, error) {
	entries, err := d.current(ctx)
	if err != nil {
		return WorkPage{}, err
	}
	if w.Limit <= 0 {
		w.Limit = defaultPage
	}
	c := d.chooser(w)
	p := WorkPage{Counts: map[View]int{}}
	counts := make([]int, len(Views))
	towns, channels, holders := map[string]struct{}{}, map[string]struct{}{}, map[string]struct{}{}
	var chosen []string
	for e := range inOrder(entries, w.View) {
		if !c.allows(e) {
			continue
		}
		towns[e.town], channels[e.channel], holders[e.assignee] = struct{}{}, struct{}{}, struct{}{}
		in := w.View == ""
		for i, v := range Views {
			if e.in(v, w.Me, c.marks) {
				counts[i]++
				in = in || v == w.View
			}
		}
		if !in || !c.fits(e) {
			continue
		}
		if p.Total >= w.Offset && len(chosen) < w.Limit {
			chosen = append(chosen, e.number)
		}
		p.Total++
	}
	for i, v := range Views {
		p.Counts[v] = counts[i]
	}
	delete(towns, "")
	delete(holders, "")
	p.Towns, p.Channels, p.Holders = slices.Sorted(maps.Keys(towns)), slices.Sorted(maps.Keys(channels)), slices.Sorted(maps.Keys(holders))
	leads, err := d.LeadsByNumber(ctx, chosen)
	if err != nil {
		return WorkPage{}, err
	}
	for _, l := range leads {
		created, moved := l.Created.UnixMicro(), l.Moved.UnixMicro()
		p.Items = append(p.Items, WorkItem{l, c.marks.of(l.Status, created, moved), c.marks.today(l.Status, created, moved)})
	}
	return p, nil
}

// Chosen returns the numbers of the leads that a filter chooses, in the order of the list, without those that were
// erased. Offset and Limit are not looked at.
func (d *DB) Chosen(ctx context.Context, w Work) ([]string, error) {
	entries, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	c := d.chooser(w)
	var chosen []string
	for e := range inOrder(entries, w.View) {
		if e.text != "" && c.allows(e) && (w.View == "" || e.in(w.View, w.Me, c.marks)) && c.fits(e) {
			chosen = append(chosen, e.number)
		}
	}
	return chosen, nil
}

// inOrder yields entries as a list shows them: the newest first, of those that are late the one that waits longest.
func inOrder(entries []*entry, v View) iter.Seq[*entry] {
	if v != ViewLate {
		return slices.Values(entries)
	}
	return func(yield func(*entry) bool) {
		for _, e := range slices.Backward(entries) {
			if !yield(e) {
				return
			}
		}
	}
}

// chooser is a filter made ready.
type chooser struct {
	Work
	words []string
	phone string // keyed hash of the number looked for, "" if none is
	old   int64  // made then or before, in microseconds
	marks ageMarks
}

func (d *DB) chooser(w Work) *chooser {
	marks := d.agingMarks()
	return &chooser{w, strings.Fields(fold(w.Text)), d.phoneWanted(w.Text), marks.now.AddDate(0, 0, -w.Days).UnixMicro(), marks}
}

// allows reports whether the asker may see an entry.
func (c *chooser) allows(e *entry) bool {
	return c.Only == "" || e.assignee == "" || e.assignee == c.Only
}

func (e *entry) in(v View, me string, marks ageMarks) bool {
	switch v {
	case ViewNew:
		return e.status == New
	case ViewDue:
		return marks.today(e.status, e.created, e.moved)
	case ViewMine:
		return me != "" && e.assignee == me && isOpen(e.status)
	case ViewLate:
		return marks.of(e.status, e.created, e.moved) > 0
	case ViewCall:
		return e.call && isOpen(e.status)
	case ViewAnswered:
		return e.answer != "" && isOpen(e.status)
	case ViewOpen:
		return isOpen(e.status)
	}
	return false
}

// fits reports whether an entry is what the filters besides the view ask for.
func (c *chooser) fits(e *entry) bool {
	switch {
	case c.Town != "" && e.town != c.Town, c.Platform != "" && e.platform != c.Platform, c.Channel != "" && e.channel != c.Channel,
		c.Status != "" && e.status != c.Status, c.Assignee == NoAssignee && e.assignee != "",
		c.Assignee != "" && c.Assignee != NoAssignee && e.assignee != c.Assignee, c.Days > 0 && e.created > c.old:
		return false
	}
	if c.phone != "" && e.phone == c.phone {
		return true
	}
	for _, word := range c.words {
		if !strings.Contains(e.text, word) {
			return false
		}
	}
	return true
}

// phoneWanted returns the keyed hash of a text that is a whole phone number, else "". Parts of numbers are not
// looked for: whoever may not see them could guess them digit by digit.
func (d *DB) phoneWanted(text string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("+-() ", r):
			return -1
		}
		return 'x'
	}, fold(strings.TrimSpace(text)))
	switch {
	case strings.Contains(digits, "x") || len(digits) < 10 || len(digits) > 15:
		return ""
	case len(digits) == 11 && digits[0] == '1': // a mobile
		digits = "86" + digits
	case strings.HasPrefix(digits, "00"): // dialled abroad
		digits = digits[2:]
	case digits[0] == '0': // a landline with its area code
		digits = "86" + digits[1:]
	}
	return string(d.phoneKey("+" + digits))
}

// Days after which an open lead counts as late, by the time it has stood in its state. A new one counts before
// that, once Options.ContactDue is over, which Ageing tells as NewStep.
var lateDays = []int{45, 21, 9}

// NewStep is what Ageing says of a new lead that nobody contacted in time: three working days.
const NewStep = 3

// ageMarks are the times before which something became late, in microseconds.
type ageMarks struct {
	now  time.Time
	due  func(made time.Time) time.Time
	said func(made time.Time) time.Time // what was promised
	end  time.Time                      // of today
	days [3]int64                       // as lateDays
}

func (d *DB) agingMarks() ageMarks {
	m := ageMarks{now: d.opt.Clock(), due: d.opt.ContactDue, said: d.opt.Promised}
	y, month, day := m.now.In(province).Date()
	m.end = time.Date(y, month, day+1, 0, 0, 0, 0, province)
	for i, n := range lateDays {
		m.days[i] = m.now.AddDate(0, 0, -n).UnixMicro()
	}
	return m
}

func (m ageMarks) of(s Status, created, moved int64) int {
	if !isOpen(s) {
		return 0
	}
	for i, mark := range m.days {
		if moved <= mark {
			return lateDays[i]
		}
	}
	if s == New && !m.due(at(created)).After(m.now) {
		return NewStep
	}
	return 0
}

// today reports whether a new lead is not late, and its person was promised to be contacted by tonight.
func (m ageMarks) today(s Status, created, moved int64) bool {
	return s == New && m.of(s, created, moved) == 0 && m.said(at(created)).Before(m.end)
}

// Ageing says how late a lead is: 9, 21 or 45 for an open one that has stood that many days in its state, NewStep
// for a new one that was not contacted in time, 0 for one in time.
func (d *DB) Ageing(l Lead) int {
	return d.agingMarks().of(l.Status, l.Created.UnixMicro(), l.Moved.UnixMicro())
}

// ContactDue is by when somebody must have contacted the person of a lead that was made at a time.
func (d *DB) ContactDue(made time.Time) time.Time { return d.opt.ContactDue(made) }

// workingDaysAfter is some working days on from a time, Monday to Friday by the clock of the province.
func workingDaysAfter(made time.Time, days int) time.Time {
	t := made.In(province)
	free := func() bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }
	for free() { // time stands still until Monday
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, province)
	}
	for n := days; n > 0; {
		if t = t.AddDate(0, 0, 1); !free() {
			n--
		}
	}
	return t
}

// LateHand is somebody whose leads are late.
type LateHand struct {
	Assignee string      // "" for leads of nobody
	Late     int         // how many
	Days     map[int]int // how many by Ageing
	Oldest   time.Time   // since when the longest of them has stood in its state
}

// LateHands lists who is late, by person and not by case: who has most, first. only is as in Work.
func (d *DB) LateHands(ctx context.Context, only string) ([]LateHand, error) {
	entries, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	marks, hands := d.agingMarks(), map[string]*LateHand{}
	for _, e := range entries {
		days := marks.of(e.status, e.created, e.moved)
		if days == 0 || only != "" && e.assignee != "" && e.assignee != only {
			continue
		}
		h := hands[e.assignee]
		if h == nil {
			h = &LateHand{Assignee: e.assignee, Days: map[int]int{}}
			hands[e.assignee] = h
		}
		h.Late++
		h.Days[days]++
		if since := at(e.moved); h.Oldest.IsZero() || since.Before(h.Oldest) {
			h.Oldest = since
		}
	}
	all := make([]LateHand, 0, len(hands))
	for _, h := range hands {
		all = append(all, *h)
	}
	slices.SortFunc(all, func(a, b LateHand) int {
		if a.Late != b.Late {
			return b.Late - a.Late
		}
		return strings.Compare(a.Assignee, b.Assignee)
	})
	return all, nil
}

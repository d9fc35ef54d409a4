package console

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"smebot/store"
)

// day counts days by the clock that staff read, from 1 January 1970.
type day int

func dayOf(t time.Time) day { return day((t.Unix() + 8*3600) / (24 * 3600)) }

// start is the day's first moment.
func (d day) start() time.Time { return time.Unix(int64(d)*24*3600-8*3600, 0).In(china) }

func (d day) String() string { return d.start().Format(time.DateOnly) }

// monday is the first day of the week of a day. 1 January 1970 was a Thursday.
func (d day) monday() day { return d - (d+3)%7 }

// span is some whole days, the last included.
type span struct{ from, to day }

// contactGoal is how many working days a new lead may wait for a first contact; the store says when they are over.
const contactGoal = store.NewStep

// waits are the steps by which first contacts are shown, in working days: up to so many.
var waitSteps = []int{0, 1, 2, 3, 5, 10}

// tally is what is counted of the leads made in a span.
type tally struct {
	all                               int
	days                              map[day]int
	town, platform, channel           map[string]int
	outcome                           map[string]int        // "new", or "closed/helped"
	helped                            map[store.Verdict]int // what people said who were asked; "" for nothing yet
	waited                            []time.Duration       // until the first contact
	steps                             []int                 // first contacts by waitSteps, and those beyond
	inTime, waiting, overdue, settled int                   // contacted in time; not yet; not yet, too late; closed without one
}

// count reads the leads of a span.
func (s *Server) count(ctx context.Context, p span) (*tally, error) {
	now := s.Clock()
	t := &tally{days: map[day]int{}, town: map[string]int{}, platform: map[string]int{}, channel: map[string]int{}, outcome: map[string]int{}, helped: map[store.Verdict]int{}, steps: make([]int, len(waitSteps)+1)}
	work := newWorkdays(s.Workday, p.from, max(p.to, dayOf(now)))
	late := func(f store.Fact, at time.Time) bool {
		// Three working days are three days at least: most leads need no look into the calendar.
		return at.Sub(f.Created) > contactGoal*24*time.Hour && at.After(s.Store.ContactDue(f.Created))
	}
	err := s.Store.EachFact(ctx, p.from.start(), (p.to + 1).start(), func(f store.Fact) { t.add(f, now, work, late) })
	slices.Sort(t.waited)
	return t, err
}

func (t *tally) add(f store.Fact, now time.Time, work workdays, late func(store.Fact, time.Time) bool) {
	t.all++
	made := dayOf(f.Created)
	t.days[made]++
	t.town[f.Town]++
	t.platform[f.Platform]++
	t.channel[f.Channel]++
	if f.Status == store.Closed {
		t.outcome[string(f.Status)+"/"+string(f.Reason)]++
	} else {
		t.outcome[string(f.Status)]++
	}
	if !f.Asked.IsZero() {
		t.helped[f.Helped]++
	}
	switch {
	case !f.Contacted.IsZero():
		n := work.between(made, dayOf(f.Contacted))
		step, _ := slices.BinarySearch(waitSteps, n)
		t.steps[step]++
		t.waited = append(t.waited, max(0, f.Contacted.Sub(f.Created)))
		if !late(f, f.Contacted) {
			t.inTime++
		}
	case f.Status != store.New:
		t.settled++
	case late(f, now):
		t.overdue++
	default:
		t.waiting++
	}
}

// share is how much of what must have been contacted by now was contacted in time; false if nothing must.
func (t *tally) share() (float64, bool) {
	return float64(t.inTime) / float64(max(1, t.due())), t.due() > 0
}

// due is how many were contacted, or must have been by now.
func (t *tally) due() int { return len(t.waited) + t.overdue }

// quantile is the wait that a part of the contacted did not exceed; false if nobody was contacted.
func (t *tally) quantile(q float64) (time.Duration, bool) {
	if len(t.waited) == 0 {
		return 0, false
	}
	return t.waited[min(len(t.waited)-1, int(q*float64(len(t.waited))))], true
}

// workdays tells quickly how many working days lie between two days of a span.
type workdays struct {
	from  day
	until []int // working days from the span's beginning to the end of each of its days
}

func newWorkdays(works func(time.Time) bool, from, to day) workdays {
	w := workdays{from, make([]int, 0, int(to-from)+1)}
	n := 0
	for d := from; d <= to; d++ {
		if works(d.start()) {
			n++
		}
		w.until = append(w.until, n)
	}
	return w
}

// between counts the working days after one day, up to another and with it.
func (w workdays) between(from, to day) int {
	at := func(d day) int { return w.until[min(max(0, int(d-w.from)), len(w.until)-1)] }
	return max(0, at(to)-at(from))
}

// sorted puts counts in order, the greatest first.
func sorted(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
}

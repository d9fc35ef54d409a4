package intents

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"smebot/knowledge"
)

// Hours says when staff are at work: by weekday, but for days off and for working days out of the order, as the State
// Council announces them for each year. Times given to its methods are in the office's zone.
type Hours struct {
	days    [7][]span // by time.Weekday
	off, on map[date]bool
}

// date is a day wherever it is.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(at time.Time) date {
	y, m, d := at.Date()
	return date{y, m, d}
}

// Zone is the clock of the offices; it has no summer time.
var Zone = time.FixedZone("UTC+8", 8*3600)

// span is a part of a day in minutes after midnight, without its end.
type span struct{ from, to int }

// DefaultHours are the usual ones of offices in Guangdong.
const DefaultHours = "Mon-Fri 09:00-12:00 14:00-17:30"

var (
	dayNames  = map[string]time.Weekday{"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0}
	dayRange  = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))?$`)
	clockSpan = regexp.MustCompile(`^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$`)
)

// ParseHours reads "Mon-Fri 09:00-12:00 14:00-17:30; Sat 09:00-12:00": days, then the times that hold for them.
func ParseHours(s string) (Hours, error) {
	var h Hours
	wrong := fmt.Errorf("want days and times, as in %q", DefaultHours)
	some := false
	for part := range strings.SplitSeq(strings.ToLower(s), ";") {
		var days []time.Weekday
		times := 0
		for _, w := range strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == ',' }) {
			if m := dayRange.FindStringSubmatch(w); m != nil && times == 0 {
				first := dayNames[m[1]]
				last := first
				if m[2] != "" {
					last = dayNames[m[2]]
				}
				for d := first; ; d = (d + 1) % 7 {
					days = append(days, d)
					if d == last {
						break
					}
				}
				continue
			}
			m := clockSpan.FindStringSubmatch(w)
			if m == nil || len(days) == 0 {
				return Hours{}, wrong
			}
			var n [4]int
			for i := range n {
				n[i], _ = strconv.Atoi(m[i+1]) // figures only
			}
			at := span{n[0]*60 + n[1], n[2]*60 + n[3]}
			if n[1] > 59 || n[3] > 59 || at.from >= at.to || at.to > 24*60 {
				return Hours{}, wrong
			}
			for _, d := range days {
				if have := h.days[d]; len(have) > 0 && at.from < have[len(have)-1].to {
					return Hours{}, wrong
				}
				h.days[d] = append(h.days[d], at)
			}
			times++
			some = true
		}
		if times == 0 && strings.TrimSpace(part) != "" {
			return Hours{}, wrong
		}
	}
	if !some {
		return Hours{}, wrong
	}
	return h, nil
}

// With adds days off and working days out of the order: "2027-02-13", or "2027-02-05..2027-02-11" for all days from
// the one to the other. A working day has the times of the week's first.
func (h Hours) With(holidays, workdays []string) (Hours, error) {
	var err error
	if h.off, err = readDays("holidays", holidays); err != nil {
		return h, err
	}
	h.on, err = readDays("workdays", workdays)
	return h, err
}

// longestLeave bounds a row of days: a slip of the year would fill many.
const longestLeave = 60

func readDays(name string, list []string) (map[date]bool, error) {
	days := map[date]bool{}
	for _, s := range list {
		from, to, row := strings.Cut(s, "..")
		if !row {
			to = from
		}
		first, err := time.Parse(time.DateOnly, strings.TrimSpace(from))
		last, err2 := time.Parse(time.DateOnly, strings.TrimSpace(to))
		if err != nil || err2 != nil || last.Before(first) || last.Sub(first) > longestLeave*24*time.Hour {
			return nil, fmt.Errorf("%s: want days as in 2027-02-13, or 2027-02-05..2027-02-11", name)
		}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			days[dateOf(d)] = true
		}
	}
	return days, nil
}

// times are when staff are at work on a day.
func (h Hours) times(day time.Time) []span {
	switch d := dateOf(day); {
	case h.on[d]:
		for i := range h.days {
			if t := h.days[(i+1)%7]; len(t) > 0 { // the week begins on Monday
				return t
			}
		}
	case h.off[d]:
		return nil
	}
	return h.days[day.Weekday()]
}

// Next is when staff are at work next: the time itself if they are.
func (h Hours) Next(at time.Time) time.Time {
	if open, next := h.Open(at); !open && !next.IsZero() {
		return next
	}
	return at
}

// After is when so many working days are over, from when staff are next at work.
func (h Hours) After(from time.Time, days int) time.Time {
	at := h.Next(from)
	for ahead := 0; days > 0 && ahead < 1000; ahead++ {
		if at = at.AddDate(0, 0, 1); h.Works(at) {
			days--
		}
	}
	return at
}

// Day is the last day on which staff can do what must be done by a time: that time's own, or the working day before it
// where they are not at work earlier that day.
func (h Hours) Day(by time.Time) time.Time {
	day := time.Date(by.Year(), by.Month(), by.Day(), 0, 0, 0, 0, by.Location())
	if _, first := h.Open(day); first.IsZero() || by.After(first) {
		return day
	}
	for range 2 * longestLeave {
		if day = day.AddDate(0, 0, -1); h.Works(day) {
			break
		}
	}
	return day
}

// Open reports whether staff are at work at a time, and if not, when they are next.
func (h Hours) Open(at time.Time) (bool, time.Time) {
	now := at.Hour()*60 + at.Minute()
	for ahead := range 2 * longestLeave {
		day := time.Date(at.Year(), at.Month(), at.Day()+ahead, 0, 0, 0, 0, at.Location())
		for _, s := range h.times(day) {
			switch {
			case ahead == 0 && s.from <= now && now < s.to:
				return true, time.Time{}
			case ahead > 0 || now < s.from:
				return false, day.Add(time.Duration(s.from) * time.Minute)
			}
		}
	}
	return false, time.Time{} // not within months
}

// Works reports whether staff are at work on a day at all.
func (h Hours) Works(day time.Time) bool { return len(h.times(day)) > 0 }

// words writes the hours as people read them: days with the same times together.
func (h Hours) words(l knowledge.Language) string {
	var list []string
	for d := 1; d <= 7; {
		times := h.days[d%7]
		last := d
		for last < 7 && sameSpans(h.days[(last+1)%7], times) {
			last++
		}
		if len(times) > 0 {
			name := weekday(l, time.Weekday(d%7))
			if last > d {
				name = say(l, hoursDays, "first", name, "last", weekday(l, time.Weekday(last%7)))
			}
			var spans []string
			for _, s := range times {
				spans = append(spans, clock(s.from)+"—"+clock(s.to))
			}
			list = append(list, name+" "+strings.Join(spans, say(l, hoursAnd)))
		}
		d = last + 1
	}
	return strings.Join(list, say(l, listSeparator))
}

func sameSpans(a, b []span) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

func weekday(l knowledge.Language, d time.Weekday) string {
	return say(l, key("weekday."+strconv.Itoa(int(d))))
}

// atWork says whether staff are at work now, and if not, when they are back.
func (t *turn) atWork() string {
	now := t.in.Now.In(t.r.opt.Zone)
	open, next := t.r.open.Open(now)
	if open {
		return t.say(hoursOpen)
	}
	day := weekday(t.lang, next.Weekday())
	switch days := int(midnight(next).Sub(midnight(now)) / (24 * time.Hour)); days {
	case 0:
		day = t.say(hoursToday)
	case 1:
		day = t.say(hoursTomorrow)
	}
	return t.say(hoursClosed, "day", day, "time", clock(next.Hour()*60+next.Minute()))
}

// midnight is a day, wherever it is: days between two of them can be counted.
func midnight(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

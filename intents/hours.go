package intents

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"smebot/knowledge"
)

// Hours says when staff are at work, by weekday, in the office's zone. Public holidays are not known.
type Hours struct {
	days [7][]span // by time.Weekday
}

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

// Open reports whether staff are at work at a time, and if not, when they are next. at is in the office's zone.
func (h Hours) Open(at time.Time) (bool, time.Time) {
	now := at.Hour()*60 + at.Minute()
	for ahead := range 8 {
		day := time.Date(at.Year(), at.Month(), at.Day()+ahead, 0, 0, 0, 0, at.Location())
		for _, s := range h.days[day.Weekday()] {
			switch {
			case ahead == 0 && s.from <= now && now < s.to:
				return true, time.Time{}
			case ahead > 0 || now < s.from:
				return false, day.Add(time.Duration(s.from) * time.Minute)
			}
		}
	}
	return false, time.Time{} // nobody ever: ParseHours gives no such value
}

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

// workingDays counts the days on which staff are at work, after the day of from and up to the day of to.
func (h Hours) workingDays(from, to time.Time) int {
	n := 0
	for d := midnight(from).AddDate(0, 0, 1); !d.After(midnight(to)) && n < 1000; d = d.AddDate(0, 0, 1) {
		if len(h.days[d.Weekday()]) > 0 {
			n++
		}
	}
	return n
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

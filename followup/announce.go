package followup

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/knowledge/places"
	"smebot/store"
)

// Types of announcements, as programs get them.
const (
	typeNew       = "lead.new"
	typeLate      = "lead.late"
	typeWithdrawn = "lead.withdrawn"
)

// lateSteps are the steps at which staff hear of a lead that has not ended, in days since it was made; the first is
// of working days, for a lead that nobody contacted.
var lateSteps = []int{intents.LateDays, 9, 21, 45}

// item is a lead in an announcement. It holds nothing of its person.
type item struct {
	lead   store.Lead
	days   int  // the step reached, 0 if it is not late
	erased bool // the person had everything erased
}

func (c *Clerk) announceNew(ctx context.Context, due []store.Errand) error {
	var seen []store.Seen
	var items []item
	for _, e := range of(store.ErrandNew, due) {
		seen = append(seen, store.Seen{Errand: e})
		if e.Lead.Status != store.Closed { // taken back within seconds: staff hear of that
			items = append(items, item{lead: e.Lead})
		}
	}
	return c.announce(ctx, typeNew, seen, items)
}

func (c *Clerk) announceWithdrawn(ctx context.Context, due []store.Errand) error {
	var seen []store.Seen
	var items []item
	for _, e := range of(store.ErrandWithdrawn, due) {
		seen = append(seen, store.Seen{Errand: e})
		items = append(items, item{lead: e.Lead, erased: e.Lead.From.User == ""})
	}
	return c.announce(ctx, typeWithdrawn, seen, items)
}

// announceLate tells of leads that reached a step, together when staff begin to work: in the morning and after
// lunch. Each step of a lead is told once; one that was passed while nobody looked is left out for the next.
func (c *Clerk) announceLate(ctx context.Context, due []store.Errand) error {
	now := c.Clock()
	var told, later []store.Seen
	var items []item
	for _, e := range of(store.ErrandLate, due) {
		reached, next := c.lateness(e, now)
		switch {
		case reached > 0 && len(c.Targets) > 0:
			told = append(told, store.Seen{Errand: e, Again: next, Step: reached})
			items = append(items, item{lead: e.Lead, days: reached})
		case reached > 0: // there is nobody to tell: whoever comes hears of it
			later = append(later, store.Seen{Errand: e, Again: now.Add(24 * time.Hour), Step: e.Step})
		default:
			later = append(later, store.Seen{Errand: e, Again: next, Step: e.Step})
		}
	}
	if err := c.announce(ctx, typeLate, told, items); err != nil {
		return err
	}
	if len(later) == 0 {
		return nil
	}
	return c.Store.SeeErrands(ctx, later, nil)
}

// lateness returns the step that a lead has reached since it was last told of, 0 for none, and when its next step is
// to be told, zero if there is none.
func (c *Clerk) lateness(e store.Errand, now time.Time) (reached int, next time.Time) {
	made := e.Lead.Created.In(intents.Zone)
	for _, step := range lateSteps {
		if step <= e.Step || step == intents.LateDays && e.Lead.Status != store.New {
			continue
		}
		at := made.AddDate(0, 0, step)
		if step == intents.LateDays {
			at = c.Hours().After(made, step)
		}
		if at = c.Hours().Next(at); at.After(now) {
			return reached, at
		}
		reached = step
	}
	return reached, time.Time{}
}

func of(kind store.ErrandKind, due []store.Errand) []store.Errand {
	return slices.DeleteFunc(slices.Clone(due), func(e store.Errand) bool { return e.Kind != kind })
}

// announce stores one message for each target about all items, and ends their errands with it.
func (c *Clerk) announce(ctx context.Context, kind string, seen []store.Seen, items []item) error {
	if len(seen) == 0 {
		return nil
	}
	var out []bot.Outgoing
	for _, t := range c.Targets {
		if len(items) == 0 {
			break
		}
		data, err := c.data(kind, items)
		if err != nil {
			return err
		}
		first := items[0]
		out = append(out, bot.Outgoing{
			ID: fmt.Sprintf("announce:%s:%s:%s:%d", t.Channel, kind, first.lead.Number, first.days), To: bot.Address{Channel: t.Channel, User: "staff"},
			Reply: bot.Reply{Text: c.text(t.Language, kind, items)}, Data: data,
		})
	}
	return c.Store.SeeErrands(ctx, seen, out)
}

// event is an announcement as programs get it.
type event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Leads []eventLead `json:"leads"`
	} `json:"data"`
}

type eventLead struct {
	Number   string `json:"number"`
	Town     string `json:"town,omitempty"` // whole name of a known place
	Platform string `json:"platform"`       // slug
	Status   string `json:"status"`
	Created  string `json:"created"`
	Days     int    `json:"days,omitempty"` // the step reached: 3 working days, or 9, 21, 45 days
	Assignee string `json:"assignee,omitempty"`
	Link     string `json:"link"`
}

func (c *Clerk) data(kind string, items []item) ([]byte, error) {
	e := event{Type: kind, Timestamp: c.Clock().UTC().Truncate(time.Second)}
	for _, i := range items {
		l := i.lead
		e.Data.Leads = append(e.Data.Leads, eventLead{l.Number, town(l), l.Platform, string(l.Status), l.Created.UTC().Format(time.RFC3339), i.days, l.Assignee, c.link(l.Number)})
	}
	return json.Marshal(e)
}

// Test is an announcement that only proves that a place is reached.
func Test(l knowledge.Language, now time.Time) (bot.Reply, []byte, error) {
	e := event{Type: "test", Timestamp: now.UTC().Truncate(time.Second)}
	e.Data.Leads = []eventLead{}
	data, err := json.Marshal(e)
	return bot.Reply{Text: say(l, "test")}, data, err
}

// town is a lead's town if it is a known place. Other words are the person's own and may hold anything.
func town(l store.Lead) string {
	if p, ok := places.Known(l.Town); ok {
		return p.Full()
	}
	return ""
}

func (c *Clerk) link(number string) string { return c.Leads + "/" + number }

// maxText is the size of an announcement in bytes: a WeCom robot takes 2,048.
const maxText = 2000

// text lists the items, late ones by who is responsible, as many as fit.
func (c *Clerk) text(l knowledge.Language, kind string, items []item) string {
	var b strings.Builder
	b.WriteString(say(l, kind+".head", "count", fmt.Sprint(len(items))))
	rest := c.Leads + map[string]string{typeNew: "?view=new", typeLate: "?view=late"}[kind]
	foot := func(left int) string { return "\n" + say(l, "more", "count", fmt.Sprint(left), "link", rest) }
	room, shown := maxText-len(foot(len(items))), 0
	for _, group := range groups(kind, items) {
		head := ""
		if kind == typeLate {
			who := group[0].lead.Assignee
			if who == "" {
				who = say(l, "nobody")
			}
			head = "\n" + say(l, "group", "who", who, "count", fmt.Sprint(len(group)))
		}
		for _, i := range group {
			line := head + "\n" + c.line(l, kind, i)
			if b.Len()+len(line) > room {
				return b.String() + foot(len(items)-shown)
			}
			b.WriteString(line)
			head = ""
			shown++
		}
	}
	return b.String()
}

// groups orders late items by who is responsible: who has most comes first, and of each the longest.
func groups(kind string, items []item) [][]item {
	if kind != typeLate {
		return [][]item{items}
	}
	by := map[string][]item{}
	for _, i := range items {
		by[i.lead.Assignee] = append(by[i.lead.Assignee], i)
	}
	var all [][]item
	for _, g := range by {
		slices.SortStableFunc(g, func(a, b item) int { return b.days - a.days })
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b []item) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a[0].lead.Assignee, b[0].lead.Assignee)
	})
	return all
}

func (c *Clerk) line(l knowledge.Language, kind string, i item) string {
	words := []string{i.lead.Number}
	if t := town(i.lead); t != "" {
		words = append(words, t)
	}
	words = append(words, intents.PlatformName(l, i.lead.Platform))
	switch {
	case i.days == intents.LateDays:
		words = append(words, say(l, "uncontacted"))
	case i.days > 0:
		words = append(words, say(l, "status."+string(i.lead.Status)), say(l, "late", "days", fmt.Sprint(i.days)))
	case i.erased:
		words = append(words, say(l, "erased"))
	}
	if kind == typeWithdrawn && i.lead.Organisation != "" {
		words = append(words, say(l, "passed", "organisation", i.lead.Organisation))
	}
	return "· " + strings.Join(words, " ") + "\n  " + c.link(i.lead.Number)
}

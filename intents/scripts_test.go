package intents

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// TestConversations plays the files of testdata. A file holds conversations, each after a line "== name":
//
//	> words        the person writes
//	< words        the reply's text and choices, drawn as plain text, hold these words
//	! words        they do not
//	= key value    intent, lead (yes/no), articles, platforms, choices (labels joined by |), effects, draft
//	               (yes/no/paused), or a field of the draft: firm, town, need, platform, contact, phone
//	@ directive    telegram, web, noleads, group, town X, wait 31m, subscribe, unsubscribe, unreadable, press N,
//	               oldpress N (of the reply before), user X, notice X, down, sweep 25h, status X (of the last lead)
func TestConversations(t *testing.T) {
	all := conversations(t)
	if len(all) < 100 {
		t.Errorf("%d conversations, want 100 or more", len(all))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) { newWorld(t, Options{}).play(c.body) })
	}
}

// ownChannel finds a conversation that chooses its channel itself.
var ownChannel = regexp.MustCompile(`(?m)^@ (telegram|web|wechat)$`)

// TestConversationsOnEveryChannel plays the same files through each adapter. What is asserted must hold there too,
// what is shown must be what the router meant, and each turn must come out as in a world without adapter.
func TestConversationsOnEveryChannel(t *testing.T) {
	for _, p := range []bot.Platform{bot.WeChat, bot.Telegram, bot.Web} {
		t.Run(string(p), func(t *testing.T) {
			s, played := newStage(t, p), 0
			for i, c := range conversations(t) {
				if m := ownChannel.FindStringSubmatch(c.body); m != nil && m[1] != string(p) || testing.Short() && i%4 != 0 && !strings.HasPrefix(c.name, "repair/") {
					continue
				}
				t.Run(c.name, func(t *testing.T) {
					own := !ownChannel.MatchString(c.body)
					through := s.play(t, p)
					through.abroad = own
					got := through.play(c.body)
					alone := newWorld(t, Options{})
					alone.who.Platform, alone.who.Channel, alone.abroad = p, string(p), own
					if want := alone.play(c.body); got != want {
						t.Errorf("the outcome differs from the router's:\n%s\n--- not\n%s", got, want)
					}
					played++
				})
			}
			if least := map[bool]int{true: 25, false: 100}[testing.Short()]; played < least {
				t.Errorf("%d conversations on %s, want %d or more", played, p, least)
			}
		})
	}
}

type conversation struct{ name, body string }

func conversations(t *testing.T) []conversation {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	var all []conversation
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(b), "\n== ")[1:] {
			name, body, _ := strings.Cut(part, "\n")
			all = append(all, conversation{strings.TrimSuffix(filepath.Base(f), ".txt") + "/" + name, body})
		}
	}
	return all
}

// play follows a conversation and returns what came of each turn, drawn numbers left out.
func (w *world) play(body string) string {
	w.t.Helper()
	var story strings.Builder
	tell := func(said string) {
		if d := w.state().Draft; w.abroad && said != "返回" && d != nil && !d.Paused && w.step() == fAbroad && w.reply.Text != "" && strings.Contains(w.reply.Text, "Telegram") {
			w.text("同意") // the one step more that a transfer abroad needs
		}
		fmt.Fprintf(&story, "%s %s %s\n", w.reply.Intent, anyNumber.ReplaceAllString(bare(w.shown), "NUMBER"), w.value("draft"))
	}
	for _, l := range strings.Split(body, "\n") {
		if len(l) < 2 || l[0] == '#' {
			continue
		}
		arg := strings.TrimSpace(l[1:])
		switch l[0] {
		case '>':
			w.text(strings.ReplaceAll(arg, `\n`, "\n"))
			tell(arg)
		case '<':
			if !strings.Contains(w.shown, arg) {
				w.t.Errorf("want %q in:\n%s", arg, w.shown)
			}
		case '!':
			if strings.Contains(w.shown, arg) {
				w.t.Errorf("do not want %q in:\n%s", arg, w.shown)
			}
		case '=':
			k, v, _ := strings.Cut(arg, " ")
			if got := w.value(k); got != v {
				w.t.Errorf("%s is %q, want %q after:\n%s", k, got, v, w.shown)
			}
		case '@':
			w.directive(arg)
			tell("")
		default:
			w.t.Fatalf("line not understood: %s", l)
		}
	}
	return story.String()
}

var anyNumber = regexp.MustCompile(`20\d{6}-[0-9A-Z]{6}`)

// step is what the form asks now.
func (w *world) step() field {
	t := &turn{r: w.router, st: w.state(), in: bot.Input{Message: bot.Message{From: w.who}}}
	return t.step()
}

func (w *world) value(k string) string {
	yes := map[bool]string{true: "yes", false: "no"}
	var list []string
	switch k {
	case "intent":
		return w.reply.Intent
	case "lead":
		return yes[w.reply.Lead != ""]
	case "leads":
		return strconv.Itoa(len(w.leads[w.who]))
	case "articles":
		for _, a := range w.reply.Articles {
			list = append(list, strconv.Itoa(a.Article))
		}
	case "platforms":
		list = w.reply.Platforms
	case "choices":
		for _, c := range w.reply.Choices {
			list = append(list, c.Label)
		}
		return strings.Join(list, "|")
	case "effects":
		for _, e := range w.effects {
			list = append(list, e.EffectName())
		}
	case "note":
		return w.notes[len(w.notes)-1].Text
	case "outcome":
		return w.notes[len(w.notes)-1].Outcome
	case "draft":
		d := w.state().Draft
		if d != nil && d.Paused {
			return "paused"
		}
		return yes[d != nil]
	case "quiet":
		return yes[w.quiet[w.who]]
	case "voice":
		v := w.voices[len(w.voices)-1]
		return v.Subject + " " + map[bool]string{true: "useful", false: "useless"}[v.Useful]
	case "standing":
		leads := w.leads[w.who]
		h := leads[len(leads)-1].History
		if w.stage != nil {
			h = w.stage.history(leads[len(leads)-1].Number)
		}
		if len(h) > 0 {
			return strings.TrimPrefix(h[0].Detail, "number-standing: ")
		}
		return ""
	case "abroad":
		leads := w.leads[w.who]
		return yes[leads[len(leads)-1].Consent.Abroad]
	case "firm", "town", "need", "platform", "contact", "phone":
		if leads := w.leads[w.who]; w.state().Draft == nil && len(leads) > 0 {
			l := leads[len(leads)-1]
			return map[string]string{"firm": l.Firm, "town": l.Town, "need": l.Need, "platform": l.Platform, "contact": l.Contact, "phone": l.Phone.Reveal()}[k]
		} else if w.state().Draft == nil {
			return ""
		}
		return w.state().Draft.value(field(k))
	default:
		w.t.Fatalf("no such key: %s", k)
	}
	return strings.Join(list, " ")
}

func (w *world) directive(arg string) {
	w.t.Helper()
	name, v, _ := strings.Cut(arg, " ")
	switch name {
	case "telegram", "web", "wechat":
		w.who.Platform, w.who.Channel = bot.Platform(name), name
	case "noleads":
		w.noLeads = true
	case "group":
		w.group = true
	case "town":
		w.town = v
	case "user":
		w.who.User, w.person = v, v
	case "down":
		w.down = true
	case "notice":
		o := w.options
		o.Notice.Purpose = v
		w.configure(o)
	case "wait":
		d, err := time.ParseDuration(v)
		if err != nil {
			w.t.Fatal(err)
		}
		w.now = w.now.Add(d)
	case "sweep": // what the housekeeping does while the person is away
		d, err := time.ParseDuration(v)
		if err != nil {
			w.t.Fatal(err)
		}
		w.now = w.now.Add(d)
		if w.stage != nil {
			w.stage.sweep()
			return
		}
		w.states[w.who], _ = Prune(w.states[w.who], w.now)
	case "status":
		if w.stage != nil {
			to, reason := store.Status(v), store.CloseReason("")
			if slices.Contains(store.CloseReasons, store.CloseReason(v)) {
				to, reason = store.Closed, store.CloseReason(v)
			}
			w.stage.move(to, reason)
			return
		}
		leads := w.leads[w.who]
		l := &leads[len(leads)-1]
		l.Status, l.Reason = store.Status(v), ""
		if slices.Contains(store.CloseReasons, store.CloseReason(v)) {
			l.Status, l.Reason = store.Closed, store.CloseReason(v)
		}
	case "subscribe", "unsubscribe", "unreadable":
		w.send(bot.Message{Kind: bot.Kind(name)})
	case "press":
		n, _ := strconv.Atoi(v)
		if w.stage != nil {
			w.stage.took(w.stage.line.press(w.stage.last, n-1))
			return
		}
		w.press(w.reply, n)
	case "presslabel":
		n := slices.IndexFunc(w.reply.Choices, func(c bot.Choice) bool { return c.Label == v })
		if n < 0 {
			w.t.Fatalf("no choice %q in:\n%s", v, w.reply.Numbered())
		}
		w.press(w.reply, n+1)
	case "oldpress":
		n, _ := strconv.Atoi(v)
		if w.stage != nil {
			w.stage.took(w.stage.line.press(w.stage.raws[len(w.stage.raws)-1], n-1))
			return
		}
		if len(w.before) == 0 {
			w.t.Fatal("no earlier choices")
		}
		w.press(w.before[len(w.before)-1], n)
	default:
		w.t.Fatalf("no such directive: %s", arg)
	}
}

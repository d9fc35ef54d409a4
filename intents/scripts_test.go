package intents

import (
	"os"
	"path/filepath"
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
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	count := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(b), "\n== ")[1:] {
			name, body, _ := strings.Cut(part, "\n")
			count++
			t.Run(strings.TrimSuffix(filepath.Base(f), ".txt")+"/"+name, func(t *testing.T) { play(t, body) })
		}
	}
	if count < 100 {
		t.Errorf("%d conversations, want 100 or more", count)
	}
}

func play(t *testing.T, body string) {
	w := newWorld(t, Options{})
	for _, l := range strings.Split(body, "\n") {
		if len(l) < 2 || l[0] == '#' {
			continue
		}
		arg := strings.TrimSpace(l[1:])
		switch l[0] {
		case '>':
			w.text(strings.ReplaceAll(arg, `\n`, "\n"))
		case '<':
			if !strings.Contains(w.reply.Numbered(), arg) {
				t.Errorf("want %q in:\n%s", arg, w.reply.Numbered())
			}
		case '!':
			if strings.Contains(w.reply.Numbered(), arg) {
				t.Errorf("do not want %q in:\n%s", arg, w.reply.Numbered())
			}
		case '=':
			k, v, _ := strings.Cut(arg, " ")
			if got := w.value(k); got != v {
				t.Errorf("%s is %q, want %q after:\n%s", k, got, v, w.reply.Numbered())
			}
		case '@':
			w.directive(arg)
		default:
			t.Fatalf("line not understood: %s", l)
		}
	}
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
		if h := leads[len(leads)-1].History; len(h) > 0 {
			return h[0].Detail
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
		w.who.User = v
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
		w.states[w.who], _ = Prune(w.states[w.who], w.now)
	case "status":
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
		w.press(w.reply, n)
	case "presslabel":
		n := slices.IndexFunc(w.reply.Choices, func(c bot.Choice) bool { return c.Label == v })
		if n < 0 {
			w.t.Fatalf("no choice %q in:\n%s", v, w.reply.Numbered())
		}
		w.press(w.reply, n+1)
	case "oldpress":
		n, _ := strconv.Atoi(v)
		if len(w.before) == 0 {
			w.t.Fatal("no earlier choices")
		}
		w.press(w.before[len(w.before)-1], n)
	default:
		w.t.Fatalf("no such directive: %s", arg)
	}
}

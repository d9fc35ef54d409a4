package intents

import (
	"context"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// next is a good answer to what the form asks now.
func (w *world) next() string {
	s := w.state()
	if s.Draft == nil || s.Draft.Paused {
		return ""
	}
	t := &turn{r: w.router, st: s, in: bot.Input{Message: bot.Message{From: w.who}}}
	return map[field]string{fFirm: "明辉灯饰厂", fTown: "古镇镇", fNeed: "想贷款买新机器", fPlatform: "融资", fConsent: "同意", fAbroad: "同意", fContact: "陈生", fPhone: "13800138000", fThird: "是本人", fConfirm: "确认", fChoose: "联系人"}[t.step()]
}

func TestStateSurvivesStorage(t *testing.T) {
	w := newWorld(t, Options{})
	for _, s := range []string{"我要登记", "明辉灯饰厂", "古镇镇", "想贷款买新机器", "同意", "陈生", "13800138000", "修改"} {
		w.text(s)
	}
	b := w.states[w.who]
	if got := string(readState(b).bytes()); got != string(b) {
		t.Errorf("read and written again:\n%s\n%s", b, got)
	}
	for name, b := range map[string][]byte{"none": nil, "damaged": []byte("{\"v\":1,"), "another version": []byte(`{"v":99,"d":{"id":"x"}}`), "no state": []byte("[]"), "wrong kind": []byte(`{"v":"1"}`)} {
		w := newWorld(t, Options{})
		w.states[w.who] = b
		if w.text("你好"); w.state().V != stateVersion || w.state().Draft != nil {
			t.Errorf("%s: %+v", name, w.state())
		}
	}
}

func TestPrune(t *testing.T) {
	w := newWorld(t, Options{})
	w.text("帮我登记，大朗万顺毛织厂，电话13800138000")
	b := w.states[w.who]
	if _, changed := Prune(b, w.now.Add(29*time.Minute)); changed {
		t.Error("pruned before its time")
	}
	half, changed := Prune(b, w.now.Add(30*time.Minute))
	if !changed || strings.Contains(string(half), "13800138000") || !strings.Contains(string(half), "万顺") {
		t.Errorf("after 30 minutes: %v %s", changed, half)
	}
	day, changed := Prune(b, w.now.Add(25*time.Hour))
	if !changed || strings.Contains(string(day), "万顺") {
		t.Errorf("after a day: %v %s", changed, day)
	}
	if got, changed := Prune(nil, w.now); got != nil || changed {
		t.Error("a newcomer was pruned")
	}
}

// TestLeadNumbers follows the randomness and the office's date.
func TestLeadNumbers(t *testing.T) {
	w := newWorld(t, Options{})
	w.now = time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC) // the next day already in Guangdong
	for _, s := range []string{"我要登记", "明辉灯饰厂", "古镇镇", "想贷款买新机器", "同意", "陈生", "13800138000"} {
		w.text(s)
	}
	in := bot.Input{State: w.states[w.who], Message: bot.Message{Key: "k", From: w.who, Kind: bot.KindText, Text: "确认", Leads: true}, Now: w.now}
	seen := map[string]bool{}
	for i := range 50 {
		in.Nonce[3] = byte(i)
		out, err := w.router.Route(context.Background(), in)
		if err != nil || len(out.Effects) != 1 {
			t.Fatalf("%v %v", err, out.Effects)
		}
		n := out.Effects[0].(store.SaveLead).Lead.Number
		if !strings.HasPrefix(n, "20261123-") || !leadNumberForm.MatchString(n) || seen[n] {
			t.Fatalf("number %s", n)
		}
		seen[n] = true
	}
}

// TestMenusAreNotTheOthers gives one person's button to another: it is stale there.
func TestMenusAreNotTheOthers(t *testing.T) {
	w := newWorld(t, Options{})
	w.text("我要登记")
	mine := w.reply
	w.who.User = "thief"
	w.text("我要登记")
	w.press(mine, 1)
	if !strings.Contains(w.reply.Text, "已过期") || w.state().Draft.Firm != "" {
		t.Errorf("somebody else's button worked:\n%s", w.reply.Text)
	}
}

// TestPanicsAreCaught breaks the understander wholly.
func TestPanicsAreCaught(t *testing.T) {
	r := New(Config{Understand: broken{}, Knowledge: library{}})
	out, err := r.Route(context.Background(), bot.Input{State: []byte(`{"v":1,"l":"en"}`), Message: bot.Message{Key: "k", From: bot.Address{User: "u"}, Kind: bot.KindText, Text: "some question"}, Now: time.Unix(1e9, 0)})
	if err != nil || out.Reply.Text != say("en", apology) || string(out.State) != `{"v":1,"l":"en"}` || len(out.Effects) > 0 {
		t.Errorf("%v %+v", err, out)
	}
}

func (broken) FollowUp(string, understand.Last) (understand.Result, bool) { panic("broken") }

type broken struct{}

func (broken) Understand(string) understand.Result { panic("broken") }

// BenchmarkTurn is one answer to the form's question.
func BenchmarkTurn(b *testing.B) {
	w := newWorld(&testing.T{}, Options{})
	for _, s := range []string{"我要登记", "明辉灯饰厂", "古镇镇"} {
		w.text(s)
	}
	in := bot.Input{State: w.states[w.who], Message: bot.Message{Key: "k", From: w.who, Kind: bot.KindText, Text: "想贷款买新机器", Leads: true}, Now: w.now}
	for b.Loop() {
		if _, err := w.router.Route(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
}

package intents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/bot/wechat"
	"smebot/store"
)

// TestNewsInPlainWords tells every state in every language, each in its own words, without choices.
func TestNewsInPlainWords(t *testing.T) {
	w := newWorld(t, Options{})
	states := []store.Lead{{Status: store.Contacted}, {Status: store.Referred}, {Status: store.Referred, Organisation: "古镇灯饰检测中心"}, {Status: store.InService}, {Status: store.Done}}
	for _, r := range store.CloseReasons {
		states = append(states, store.Lead{Status: store.Closed, Reason: r})
	}
	for lang, state := range map[string]string{"": "", "zh": `{"v":1,"l":"zh"}`, "zh-Hant": `{"v":1,"l":"zh-Hant"}`, "en": `{"v":1,"l":"en"}`} {
		told := map[string]store.Lead{}
		for _, l := range states {
			l.Number, l.Phone, l.Contact, l.Firm = "20261122-7K3QWM", "+8613800138000", "陈志明", "明辉灯饰厂"
			r := w.router.News([]byte(state), l, w.now)
			if l.Reason == store.Withdrawn {
				if !r.Empty() {
					t.Errorf("%s: who withdrew is told %s", lang, r.Text)
				}
				continue
			}
			if len(r.Choices) > 0 || r.Menu != 0 || !strings.Contains(r.Text, l.Number) || !strings.Contains(r.Text, l.Organisation) || strings.Contains(r.Text, "{") || len(wechat.Render(r)) > 600 {
				t.Errorf("%s %s %s: %+v", lang, l.Status, l.Reason, r)
			}
			for _, secret := range []string{"138", "陈志明", "明辉"} {
				if strings.Contains(r.Text, secret) {
					t.Errorf("%s: news holds %s", lang, secret)
				}
			}
			if was, twice := told[r.Text]; twice && l.Reason != store.Helped {
				t.Errorf("%s: %s/%s and %s/%s are told alike", lang, was.Status, was.Reason, l.Status, l.Reason)
			}
			told[r.Text] = l
			if english := strings.Contains(r.Text, "request"); english != (lang == "en") {
				t.Errorf("%q hears %s", lang, r.Text)
			}
		}
	}
	if r := w.router.News(nil, store.Lead{Status: store.New}, w.now); !r.Empty() {
		t.Errorf("a new lead is news: %s", r.Text)
	}
}

// asked is a world in which somebody with two closed leads was asked about one of them, in the language of the talk.
func asked(t *testing.T) (*world, bot.Reply) {
	w := newWorld(t, Options{})
	for _, firm := range []string{"明辉灯饰厂", "明光灯饰厂"} {
		w.say("我要登记", firm+"，古镇镇", "想贷款买新机器", "同意", "陈生", "13800138000", "确认")
	}
	for i := range w.leads[w.who] {
		w.leads[w.who][i].Status, w.leads[w.who][i].Reason = store.Closed, store.Helped
	}
	w.now = w.now.Add(10 * 24 * time.Hour)
	l := &w.leads[w.who][1]
	r := w.router.AskHelped(w.states[w.who], *l, w.now)
	l.Asked = w.now
	if len(r.Choices) != 3 || !strings.Contains(r.Text, l.Number) {
		t.Fatalf("the question: %+v", r)
	}
	w.now = w.now.Add(time.Minute)
	return w, r
}

func (w *world) verdict() store.Verdict { return w.leads[w.who][1].Helped }

// A tap, the choices' words, their values, a number and a plain word all answer the question.
func TestWhetherItHelped(t *testing.T) {
	for i, want := range store.Verdicts {
		w, r := asked(t)
		ways := map[string]func() bot.Reply{
			"tap":     func() bot.Reply { return w.press(r, i+1) },
			"label":   func() bot.Reply { return w.text(r.Choices[i].Label) },
			"value":   func() bot.Reply { return w.text(r.Choices[i].Value) },
			"number":  func() bot.Reply { return w.text([]string{"1", "２", "第三个"}[i]) },
			"English": func() bot.Reply { return w.text(english[verdictLabels[want]]) },
			"plain": func() bot.Reply {
				return w.text(map[store.Verdict]string{store.HelpedYes: "有用", store.HelpedPartly: "帮上一点。", store.HelpedNo: "没用"}[want])
			},
			"30 days":  func() bot.Reply { w.now = w.now.Add(30 * 24 * time.Hour); return w.press(r, i+1) },
			"stopped":  func() bot.Reply { w.stopped = true; return w.press(r, i+1) },
			"language": func() bot.Reply { return w.text(sentence("zh-Hant", verdictLabels[want])) },
		}
		for way, answer := range ways {
			w, r = asked(t)
			got := answer()
			if w.verdict() != want || w.leads[w.who][0].Helped != "" {
				t.Errorf("%s: %s taken for %q: %s", want, way, w.verdict(), got.Text)
			}
			if k := map[store.Verdict]key{store.HelpedYes: saidYes, store.HelpedPartly: saidSome, store.HelpedNo: saidNo}[want]; !strings.Contains(got.Text, say(w.state().Lang, k)) {
				t.Errorf("%s by %s: answered with %s", want, way, got.Text)
			}
			if len(w.voices) > 0 {
				t.Errorf("%s by %s counts as a voice on an answer", want, way)
			}
		}
	}
}

// The question's choices are its own: they never fill a field, and the form goes on with its values.
func TestWhetherItHelpedDisturbsNoForm(t *testing.T) {
	for way, answer := range map[string]func(*world, bot.Reply) bot.Reply{
		"tap":   func(w *world, r bot.Reply) bot.Reply { return w.press(r, 3) },
		"label": func(w *world, r bot.Reply) bot.Reply { return w.text("没帮上忙") },
		"value": func(w *world, r bot.Reply) bot.Reply { return w.text(r.Choices[2].Value) },
	} {
		steps := []string{"我要登记", "新光灯饰厂", "古镇镇", "想做检测", "同意", "陈生", "13900139000"}
		for n := range steps {
			w, r := asked(t)
			w.say(steps[:n+1]...)
			before := *w.state().Draft
			got := answer(w, r)
			after := w.state().Draft
			if after == nil || after.Firm != before.Firm || after.Town != before.Town || after.Need != before.Need || after.Contact != before.Contact || after.Phone != before.Phone || after.Edit != before.Edit || !slices.Equal(after.Skipped, before.Skipped) {
				t.Fatalf("%s after %q: the form was %+v, is %+v", way, steps[n], before, after)
			}
			if w.verdict() != store.HelpedNo || !strings.Contains(got.Text, "抱歉没帮上忙") || got.Intent != "referral" {
				t.Errorf("%s after %q: %q, %s", way, steps[n], w.verdict(), got.Text)
			}
			if n == len(steps)-1 {
				if done := w.text("确认"); done.Lead == "" {
					t.Errorf("%s: the form does not end any more: %s", way, done.Text)
				}
			}
		}
	}
	w, _ := asked(t) // a number in a form is the form's
	w.say("我要登记", "新光灯饰厂", "古镇镇", "想做检测")
	if w.text("1"); w.verdict() != "" || w.state().Draft.Consent == nil {
		t.Errorf("a number answered the wrong question: %q", w.verdict())
	}
}

// What was said since makes a number or a plain word mean something else; a tap and the choices' words keep meaning it.
func TestWhetherItHelpedAfterOtherTalk(t *testing.T) {
	w, r := asked(t)
	w.text("前20家奖励多少钱")
	w.now = w.now.Add(time.Minute)
	if w.text("有用"); w.verdict() != "" || len(w.voices) != 1 {
		t.Errorf("a voice on an answer is taken for %q", w.verdict())
	}
	if w.text("1"); w.verdict() != "" {
		t.Errorf("a choice of the menu is taken for %q", w.verdict())
	}
	if w.press(r, 2); w.verdict() != store.HelpedPartly {
		t.Errorf("the tap gives %q", w.verdict())
	}
	if w.press(r, 1); w.verdict() != store.HelpedYes {
		t.Errorf("another mind gives %q", w.verdict())
	}
	w.text("没帮上忙") // typed, and answered already: it means nothing here
	if w.verdict() != store.HelpedYes {
		t.Errorf("words typed later give %q", w.verdict())
	}
}

// Nobody answers for another, nobody answers what was not asked, and not in a group.
func TestWhetherItHelpedIsTheOwners(t *testing.T) {
	w, r := asked(t)
	owner := w.who
	w.who = bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "u2"}
	for _, got := range []bot.Reply{w.press(r, 1), w.text(r.Choices[0].Value), w.text("帮上忙了")} {
		if w.leads[owner][1].Helped != "" || strings.Contains(got.Text, "谢谢您告诉我们") {
			t.Errorf("answered for another: %s", got.Text)
		}
	}
	w.who = owner
	w.leads[owner][1].Asked = time.Time{}
	for _, got := range []bot.Reply{w.press(r, 1), w.text(r.Choices[0].Value), w.text("帮上忙了")} {
		if w.verdict() != "" || strings.Contains(got.Text, "谢谢您告诉我们") {
			t.Errorf("answered what was not asked: %s", got.Text)
		}
	}
	w.leads[owner][1].Asked = w.now
	w.group = true
	if w.text("帮上忙了"); w.verdict() != "" {
		t.Error("answered in a group")
	}
	w.group = false
	w.down = true
	if got := w.press(r, 1); !strings.Contains(got.Text, "查不到") {
		t.Errorf("without the store: %s", got.Text)
	}
}

func TestBusy(t *testing.T) {
	w := newWorld(t, Options{})
	if Busy(nil, w.now) {
		t.Error("nobody is busy")
	}
	w.text("前20家奖励多少钱")
	if !Busy(w.states[w.who], w.now.Add(9*time.Minute)) || Busy(w.states[w.who], w.now.Add(11*time.Minute)) {
		t.Error("a talk is a talk for ten minutes")
	}
	w.say("我要登记", "明辉灯饰厂")
	if !Busy(w.states[w.who], w.now.Add(23*time.Hour)) || Busy(w.states[w.who], w.now.Add(25*time.Hour)) {
		t.Error("a form lasts a day")
	}
}

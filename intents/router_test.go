package intents

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// TestRandomWalk says random things, in and out of turn. What must hold after every turn is checked by the
// world; here the form must be left by 取消 from wherever it is.
func TestRandomWalk(t *testing.T) {
	said := []string{
		"我要登记", "登记需求", "登记需求 企业融资", "帮我登记，大朗万顺毛织厂，电话13800138000", "明辉灯饰厂", "古镇镇", "想贷款买新机器", "同意", "同意", "我同意", "不同意", "嗯", "好", "陈生", "王经理的电话13900139000",
		"13800138000", "０７６０－８８８８１２３４", "是本人", "已获授权", "确认", "确认", "修改", "修改 3", "电话改成13700137000", "联系人", "跳过", "不确定", "1", "2", "３", "④", "第五个", "9", "取消", "返回", "菜单", "继续登记", "重新开始",
		"帮助", "转人工", "前20家奖励多少钱", "前20家奖励多少钱？另外我想贷款", "知识产权质押融资有什么支持", "数字对不上", "明天天气", "想检测", "卖不动", "找平台", "其他类型", "看全文 第二条", "下一页", "第三条讲什么？", "我的进度", "我的信息",
		"删除我的信息", "确认删除", "撤回同意", "退订", "我未满14岁", "身份证11010519491231002X", "你好", "谢谢", "hello", "what is the award?", "I agree", "confirm", "問政策", "為什麼要電話？", "炸弹", "??", "👍", "20261122-7K3QWM", strings.Repeat("长", 1200),
		"{number}", "", "\x00", "融资", "明辉灯饰有限公司，古镇镇，陈志明，13800138000",
		"沙溪", "我在沙溪想检测", "附近机构", "附近机构 质量检测", "喺小榄", "从古镇搬到大朗", "某某镇", "中山市潮州市沙溪镇",
	}
	rng := rand.New(rand.NewPCG(7, 11))
	w := nearWorld(t, "")
	people := []bot.Address{
		{Channel: "guzhen", Platform: bot.WeChat, User: "a"}, {Channel: "tg", Platform: bot.Telegram, User: "b"}, {Channel: "web", Platform: bot.Web, User: "c"},
		{Channel: "tg", Platform: bot.Telegram, User: "group"}, {Channel: "quiet", Platform: bot.WeChat, User: "d"},
	}
	replies := map[bot.Address][]bot.Reply{}
	made := 0
	for turn := range 10000 {
		w.who = people[rng.IntN(len(people))]
		w.group, w.noLeads = w.who.User == "group", w.who.Channel == "quiet"
		w.town = map[string]string{"guzhen": "中山市古镇镇", "tg": "某某开发区", "quiet": "佛山市"}[w.who.Channel]
		if rng.IntN(40) == 0 {
			w.now = w.now.Add(time.Duration(rng.IntN(30)) * time.Hour)
		}
		w.now = w.now.Add(time.Duration(rng.IntN(90)) * time.Second)
		earlier := replies[w.who]
		var r bot.Reply
		switch k := rng.IntN(20); {
		case k == 0:
			r = w.send(bot.Message{Kind: []bot.Kind{bot.KindSubscribe, bot.KindUnsubscribe, bot.KindUnreadable}[rng.IntN(3)]})
		case k < 5 && len(earlier) > 0:
			was := earlier[max(0, len(earlier)-1-rng.IntN(4))]
			r = w.press(was, rng.IntN(11)-1)
		case k < 11 && w.next() != "":
			r = w.text(w.next()) // what the form wants, so that walks reach its end
		default:
			r = w.text(said[rng.IntN(len(said))])
		}
		if r.Lead != "" {
			made++
		}
		if len(r.Choices) > 0 {
			replies[w.who] = append(earlier, r)
		}
		if turn%7 == 0 && w.state().Draft != nil && w.state().Draft.Edit != "" || turn%97 == 0 {
			if inForm := w.state().Draft != nil; inForm {
				if w.state().Erase { // there it answers whether to erase
					w.text("不删了")
				}
				w.text("取消")
				if w.state().Draft != nil {
					t.Fatalf("turn %d: 取消 does not leave the form:\n%s", turn, w.reply.Numbered())
				}
			}
		}
		if t.Failed() {
			t.Fatalf("after turn %d", turn)
		}
	}
	if made < 20 {
		t.Errorf("only %d leads in the whole walk: it does not reach the end of the form", made)
	}
}

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

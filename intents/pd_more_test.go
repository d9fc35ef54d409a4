package intents

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/bot/wechat"
	"smebot/knowledge"
	"smebot/store"
)

// toSummary are the answers that lead to the summary, without the transfer abroad.
var toSummary = []string{"我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意", "陈生", "13800138000"}

func (w *world) say(lines ...string) bot.Reply {
	for _, l := range lines {
		w.text(l)
	}
	return w.reply
}

// logged is a log that may be written from many goroutines.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// everything is all that a stage has written: database, write-ahead log, key, log lines.
func (s *stage) everything() string {
	s.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		b.Write(body)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.logs.mu.Lock()
	defer s.logs.mu.Unlock()
	return b.String() + s.logs.b.String()
}

// Contact details told before the consent stand nowhere in clear, not in database, write-ahead log or log lines;
// after a no, and after half an hour, not even sealed.
func TestPD01_NothingInClearInDatabaseOrLog(t *testing.T) {
	s := newStage(t, bot.WeChat)
	n := 100
	if testing.Short() {
		n = 20
	}
	var phones []string
	for i := range n {
		w := s.play(t, bot.WeChat)
		phone := fmt.Sprintf("138%08d", 44000000+i)
		phones = append(phones, phone)
		w.say("帮我登记，大朗万顺毛织厂，陈志明，电话"+phone, "大朗镇")
		if d := w.state().Draft; d == nil || d.Phone != "+86"+phone || d.Contact != "陈志明" {
			t.Fatalf("the details do not wait for the consent: %+v", d)
		}
		if len(w.leads[w.who]) != 0 {
			t.Fatal("a lead without consent")
		}
		if i%2 == 0 {
			w.text("不同意")
		} else {
			w.now = w.now.Add(volunteerLife + time.Second)
			s.sweep()
		}
		if c, _ := s.db.Conversation(context.Background(), w.who); strings.Contains(string(c.State), phone) || strings.Contains(string(c.State), "陈志明") {
			t.Errorf("contact details stay after the no or the half hour, sealed though they are: %s", c.State)
		}
	}
	all := s.everything()
	for _, p := range phones {
		if strings.Contains(all, p) {
			t.Fatal("a number stands in clear")
		}
	}
	if len(all) < 10000 || !strings.Contains(all, "conversations") {
		t.Errorf("only %d bytes were searched", len(all))
	}
}

// A change of the notice asks again, whichever field changed, and the lead holds the version agreed to last.
func TestPD03_ChangedNoticeAsksAgain(t *testing.T) {
	for name, n := range map[string]Notice{"operator": {Operator: "另一个单位"}, "contact": {Contact: "0760-1"}, "purpose": {Purpose: "另一个用途"}, "way": {Way: "另一种方式"}, "kinds": {Kinds: "别的信息"}, "receiver": {Receiver: "别的机构"}, "retention": {Retention: "十年"}, "rights": {Rights: "打电话"}} {
		w := newWorld(t, Options{})
		w.say(toSummary...)
		first := w.state().Draft.Consent.Version
		w.configure(Options{Notice: n})
		r := w.text("确认")
		if r.Lead != "" || len(w.leads[w.who]) != 0 || !strings.Contains(r.Text, "说明有更新") || w.state().Draft.Consent != nil {
			t.Errorf("%s: after the change a confirmation is taken: %s", name, r.Text)
		}
		w.say("同意", "确认")
		leads := w.leads[w.who]
		if len(leads) != 1 || leads[0].Consent.Version == first || leads[0].Consent.Version != w.router.version(knowledge.Simplified, bot.WeChat) {
			t.Errorf("%s: %d leads, consent to %v", name, len(leads), leads)
		}
	}
}

// After a no the form does not come up by itself for thirty days; it does at once when asked for.
func TestPD06_NotAskedAgainForThirtyDays(t *testing.T) {
	w := newWorld(t, Options{})
	w.say("我要登记", "明辉灯饰厂", "不同意")
	asked := []string{"前20家奖励多少钱", "想贷款", "卖不动", "1", "明天天气", "转人工", "我的进度", "帮助", "菜单", "谢谢", "你好", "有用"}
	for day := range 30 {
		for _, q := range asked {
			if r := w.text(q); w.state().Draft != nil || strings.Contains(r.Text, "是否同意") || strings.Contains(r.Text, "登记说明") {
				t.Fatalf("on day %d %q asks again:\n%s", day, q, r.Text)
			}
		}
		w.now = w.now.Add(24 * time.Hour)
	}
	if w.text("我要登记"); w.state().Draft == nil {
		t.Error("the person's own wish is not served")
	}
}

// The yes to the notice makes no lead. Before the second, own yes the receiver, how to reach it and every value
// stand there; a bundled yes is none.
func TestPD07_ReceiverNamedBeforeTheSecondYes(t *testing.T) {
	for lang, words := range map[knowledge.Language][2]string{knowledge.Simplified: {"同意", "确认"}, knowledge.English: {"I agree", "confirm"}} {
		w := newWorld(t, Options{Centre: "古镇服务中心 Guzhen Centre", Contact: "0760-22222222"})
		if lang == knowledge.English {
			w.say("please register me and contact me", "Ming Fai Lighting Ltd", "Guzhen", "a loan to extend the workshop")
		} else {
			w.say(toSummary[:3]...)
		}
		if w.text("同意并确认提交"); w.state().Draft.Consent != nil {
			t.Error("a bundled yes was taken")
		}
		w.text(words[0])
		if len(w.leads[w.who]) != 0 {
			t.Error("the yes to the notice made a lead")
		}
		r := w.say("陈生", "13800138000")
		d := w.state().Draft
		for _, want := range []string{"古镇服务中心 Guzhen Centre", "0760-22222222", d.Firm, d.Town, d.Need, d.Contact, "13800138000"} {
			if !strings.Contains(r.Text, want) {
				t.Errorf("%s: the confirmation lacks %q:\n%s", lang, want, r.Text)
			}
		}
		if r = w.text(words[1]); r.Lead == "" || w.leads[w.who][0].Consent.Receiver == "" {
			t.Errorf("%s: the second yes made no lead: %s", lang, r.Text)
		}
	}
}

// "My data" tells every value that is stored, to the same account alone.
func TestPD10_OwnDataWhole(t *testing.T) {
	s := newStage(t, bot.WeChat)
	w := s.play(t, bot.WeChat)
	need := strings.Repeat("想贷款买新机器扩建厂房，", 20)
	for i, firm := range []string{"明辉灯饰厂", "明光灯饰厂", "明亮灯饰厂"} {
		w.say("我要登记", firm+"，古镇镇", need+firm, "同意", "陈生", "1380013800"+fmt.Sprint(i), "确认")
		w.now = w.now.Add(time.Hour)
	}
	leads, err := s.db.LeadsOf(context.Background(), w.who)
	if err != nil || len(leads) != 3 {
		t.Fatalf("%d leads, %v", len(leads), err)
	}
	for _, l := range leads {
		g := store.Disclosure{ID: "file of " + l.Number, Actor: "wu", Receiver: "古镇灯饰检测中心", Purpose: "季度回访", Format: "csv", Fields: []string{"phone"}}
		if err := s.db.Disclose(context.Background(), g, []string{l.Number}); err != nil {
			t.Fatal(err)
		}
	}
	shown := w.text("显示完整电话").Text
	for range 5 {
		if !slices.ContainsFunc(w.reply.Choices, func(c bot.Choice) bool { return c.Label == "下一页" }) {
			break
		}
		shown += w.text("下一页").Text
	}
	for _, l := range leads {
		for _, v := range []string{l.Number, l.Firm, l.Town, l.Contact, strings.TrimPrefix(l.Phone.Reveal(), "+86"), l.Need, l.Consent.Version, "2026-11-22"} {
			if !strings.Contains(shown, v) {
				t.Errorf("%s: %q is stored and not shown", l.Number, v)
			}
		}
	}
	if n := strings.Count(shown, "提供过给：古镇灯饰检测中心（2026-11-22）"); n != len(leads) {
		t.Errorf("%d of %d givings are told:\n%s", n, len(leads), shown)
	}
	w.person = "someone-else"
	if r := w.text("显示完整电话"); strings.Contains(r.Text, "明辉") || strings.Contains(r.Text, "1380013800") {
		t.Errorf("another account is told\n%s", r.Text)
	}
	for _, l := range leads {
		if r := w.text(l.Number); !strings.Contains(r.Text, "没有查到") {
			t.Errorf("another account learns of %s:\n%s", l.Number, r.Text)
		}
	}
}

// A corrected value is gone: from the lead, its history, the look-up by number, and in clear from every file.
func TestPD11_CorrectionKeepsNoOldValue(t *testing.T) {
	s := newStage(t, bot.WeChat)
	w := s.play(t, bot.WeChat)
	w.say(append(slices.Clone(toSummary), "确认", "更正", "电话改成13900139000", "联系人改成李四光", "确认")...)
	l, err := s.db.Lead(context.Background(), w.leads[w.who][0].Number)
	if err != nil {
		t.Fatal(err)
	}
	if l.Phone.Reveal() != "+8613900139000" || l.Contact != "李四光" {
		t.Fatalf("not corrected: %s, %s", l.Phone, l.Contact)
	}
	if old, err := s.db.Leads(context.Background(), store.LeadFilter{Phone: "+8613800138000"}); err != nil || len(old) != 0 {
		t.Errorf("the old number still finds %d leads, %v", len(old), err)
	}
	if h := mustJSON(t, l.History); strings.Contains(h, "138001") || strings.Contains(h, "陈生") || strings.Contains(h, "13900139000") || !strings.Contains(h, "phone, contact") && !strings.Contains(h, "contact, phone") {
		t.Errorf("the history is %s", h)
	}
	if strings.Contains(string(w.states[w.who]), "13800138000") {
		t.Error("the conversation holds the old number")
	}
	if all := s.everything(); strings.Contains(all, "13800138000") || strings.Contains(all, "13900139000") {
		t.Error("a number stands in clear")
	}
}

// Over Telegram the transfer abroad is named and has a yes of its own, which the lead holds; where the channel
// takes no leads, no contact field is ever asked for.
func TestPD20_TransferAbroadHasItsOwnYes(t *testing.T) {
	s := newStage(t, bot.Telegram)
	w := s.play(t, bot.Telegram)
	if r := w.text("我要登记"); !strings.Contains(r.Text, "境外传输") {
		t.Errorf("the notice names no transfer:\n%s", r.Text)
	}
	w.say("明辉灯饰厂，古镇镇", "想贷款买新机器", "同意")
	if w.step() != fAbroad || !strings.Contains(w.reply.Text, "境外") {
		t.Fatalf("after the first yes: %s", w.reply.Text)
	}
	w.say("陈生", "13800138000", "确认")
	if len(w.leads[w.who]) != 0 || w.step() != fAbroad {
		t.Error("the form went on without the second yes")
	}
	w.say("同意", "确认")
	leads := w.leads[w.who]
	if len(leads) != 1 || !leads[0].Consent.Abroad || leads[0].Consent.Version != w.router.version(knowledge.Simplified, bot.Telegram) || leads[0].Consent.Version == w.router.version(knowledge.Simplified, bot.WeChat) {
		t.Errorf("%d leads, consent %+v", len(leads), leads)
	}
	w = s.play(t, bot.Telegram)
	w.noLeads = true
	for _, said := range []string{"我要登记", "帮我登记，陈志明，13800138000", "转人工", "想贷款", "登记需求 企业融资", "1", "继续登记", "更正"} {
		if r := w.text(said); w.state().Draft != nil || strings.Contains(r.Text, "怎么称呼") || strings.Contains(r.Text, "手机号码") {
			t.Errorf("%q asks for contact details where none are taken:\n%s", said, r.Text)
		}
	}
}

// The yes and the no look the same on every channel and in every language; none is chosen beforehand.
func TestPD26_YesAndNoAreDrawnAlike(t *testing.T) {
	for lang, want := range map[knowledge.Language][2]string{knowledge.Simplified: {"同意", "不同意"}, knowledge.Traditional: {"同意", "不同意"}, knowledge.English: {"Agree", "Disagree"}} {
		for _, step := range []field{fConsent, fAbroad} {
			w := newWorld(t, Options{})
			tn := &turn{r: w.router, lang: lang, in: bot.Input{Now: w.now, Message: bot.Message{From: w.who}}, st: &state{V: stateVersion, Draft: &draft{}}}
			text, choices := tn.question(step)
			if len(choices) < 2 || choices[0].Label != want[0] || choices[1].Label != want[1] {
				t.Errorf("%s %s: %+v", lang, step, choices)
			}
			drawn := wechat.Render(bot.Reply{Text: text, Choices: choices, Menu: 7})
			for i, c := range choices[:2] {
				if !strings.Contains(drawn, fmt.Sprintf(`<a href="weixin://bizmsgmenu?msgmenucontent=%s&msgmenuid=%d">%d. %s</a>`, c.Label, 7*16+i, i+1, c.Label)) {
					t.Errorf("%s %s: %s is drawn otherwise:\n%s", lang, step, c.Label, drawn)
				}
			}
			for _, push := range []string{"推荐", "强烈", "立即", "马上", "必须", "recommended", "must"} {
				if strings.Contains(text, push) {
					t.Errorf("%s %s urges: %s", lang, step, text)
				}
			}
		}
	}
}

// Somebody else's number needs an answer to "yours, or with leave?", which the lead's history holds.
func TestPD27_ThirdPersonsNumberNeedsAnAnswer(t *testing.T) {
	for said, standing := range map[string]string{"王经理的电话13900139000": "已获授权", "打我老板手机13900139000": "已获授权", "我太太的号码13900139000": "是本人的"} {
		w := newWorld(t, Options{})
		w.say(append(slices.Clone(toSummary[:5]), said)...)
		if w.step() != fThird {
			t.Errorf("%q is not asked about: %s", said, w.reply.Text)
			continue
		}
		for _, no := range []string{"确认", "好", "嗯", "提交"} {
			if r := w.text(no); r.Lead != "" || w.step() != fThird {
				t.Errorf("%q: %q passes for an answer", said, no)
			}
		}
		if r := w.say(standing, "确认"); r.Lead == "" {
			t.Errorf("%q: no lead after the answer: %s", said, r.Text)
			continue
		}
		want := map[string]string{"已获授权": "authorised", "是本人的": "self"}[standing]
		if h := w.leads[w.who][0].History; len(h) != 1 || h[0].Detail != want {
			t.Errorf("%q: history %+v", said, h)
		}
	}
}

// A group's message with a number is answered with a word, and nothing of it is stored.
func TestPD28_NothingFromGroupsIsKept(t *testing.T) {
	s := newStage(t, bot.Telegram)
	w := s.play(t, bot.Telegram)
	w.group = true
	for _, said := range []string{"我是陈志明 13800138000 想贷款", "电话一三八零零一三八零零零", "登记，0760-88881234", "身份证11010519491231002X", "我要登记", "陈志明，13800138000，明辉灯饰厂"} {
		r := w.text(said)
		if r.Empty() {
			t.Errorf("%q is passed over in silence", said)
		}
		if len(w.effects) > 0 || w.state().Draft != nil || len(w.leads[w.who]) > 0 {
			t.Errorf("%q leaves %v", said, w.effects)
		}
		if st := string(w.states[w.who]); strings.Contains(st, "13800138000") || strings.Contains(st, "88881234") || strings.Contains(st, "陈志明") || strings.Contains(st, "31002X") {
			t.Errorf("%q stays in the conversation: %s", said, st)
		}
	}
}

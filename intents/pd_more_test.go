package intents

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
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

// identity makes an identity number with a right check digit.
func identity(rng *rand.Rand) string {
	day := time.Date(1940+rng.IntN(70), time.Month(1+rng.IntN(12)), 1+rng.IntN(28), 0, 0, 0, 0, time.UTC)
	s := fmt.Sprintf("44%04d%s%03d", rng.IntN(10000), day.Format("20060102"), rng.IntN(1000))
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * (1 << (17 - i) % 11)
	}
	return s + string("10X98765432"[sum%11])
}

// card makes a card number with a right check digit.
func card(rng *rand.Rand) string {
	b := []byte([]string{"4", "51", "6222", "35"}[rng.IntN(4)])
	for len(b) < 15 {
		b = append(b, byte('0'+rng.IntN(10)))
	}
	for c := byte('0'); ; c++ {
		if looksLikeCard(string(append(b, c))) {
			return string(append(b, c))
		}
	}
}

// Identity and card numbers and dates of birth are refused with the reason, wherever they come, and nothing of
// the message stays.
func TestPD04_ForbiddenNumbersAreNotKept(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 44))
	wide := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９")
	groups := func(s string) string { return s[:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:] }
	shapes := []func() (said, secret string){
		func() (string, string) { s := identity(rng); return s, s },
		func() (string, string) {
			s := identity(rng)
			return "我的身份证是" + s + "，想贷款五十万", s
		},
		func() (string, string) { s := identity(rng); return "身份证" + wide.Replace(s), wide.Replace(s) },
		func() (string, string) { s := identity(rng); return groups(s), groups(s) },
		func() (string, string) { s := strings.ToLower(identity(rng)); return "id " + s, s },
		func() (string, string) { s := card(rng); return "卡号" + s, s },
		func() (string, string) { s := card(rng); return "打到" + groups(s) + "这张卡", groups(s) },
		func() (string, string) {
			s := fmt.Sprintf("%d年%d月%d日", 1950+rng.IntN(50), 1+rng.IntN(12), 1+rng.IntN(28))
			return "我" + s + "出生", s
		},
		func() (string, string) {
			s := fmt.Sprintf("%d-%02d-%02d", 1950+rng.IntN(50), 1+rng.IntN(12), 1+rng.IntN(28))
			return "生日是" + s, s
		},
		func() (string, string) {
			s := fmt.Sprintf("March %d, %d", 1+rng.IntN(28), 1950+rng.IntN(50))
			return "I was born on " + s, s
		},
	}
	for i := range 500 {
		said, secret := shapes[i%len(shapes)]()
		w := newWorld(t, Options{})
		w.say(toSummary[:i/10%(len(toSummary)+1)]...)
		inForm := w.state().Draft != nil
		r := w.text(said)
		if inForm && !strings.Contains(r.Text, say("zh", formNumbers)) && !strings.Contains(r.Text, say("zh", formBirth)) && !strings.Contains(r.Text, say("en", formBirth)) && !strings.Contains(r.Text, say("en", formNumbers)) {
			t.Errorf("%q is taken:\n%s", said, r.Text)
		}
		kept := string(w.states[w.who]) + mustJSON(t, w.effects) + mustJSON(t, w.leads[w.who])
		if strings.Contains(kept, secret) || strings.Contains(kept, strings.ReplaceAll(secret, " ", "")) {
			if !inForm && (i%len(shapes) >= 7) {
				continue // a date in a question to the policy is not one of birth that was asked for
			}
			t.Errorf("%q is kept: %s", said, kept)
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

// Three hundred ways of writing numbers come to the one form, which is shown back.
func TestPD24_NumbersAreNormalised(t *testing.T) {
	spokenWords := strings.NewReplacer("0", "零", "1", "幺", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九")
	wide := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９", "-", "－", "+", "＋")
	formal := strings.NewReplacer("0", "〇", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九")
	same := func(s string) string { return s }
	in := func(n ...int) func(string) string { // groups of figures with a separator
		return func(s string) string {
			var parts []string
			for _, k := range n {
				parts, s = append(parts, s[:k]), s[k:]
			}
			return strings.Join(append(parts, s), "-")
		}
	}
	spaced := func(f func(string) string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(f(s), "-", " ") }
	}
	type how = func(string) string
	mobileWays := []how{same, in(3, 4), spaced(in(3, 4)), in(3, 3), wide.Replace, func(s string) string { return "+86" + s }, func(s string) string { return "+86 " + s }, func(s string) string { return "0086" + s },
		func(s string) string { return "86" + s }, func(s string) string { return "(+86)" + s }, func(s string) string { return "+86-" + in(3, 4)(s) }, spokenWords.Replace, formal.Replace,
		func(s string) string { return "手机" + s + "，谢谢" }, func(s string) string { return "打我电话：" + s }, func(s string) string { return "我嘅電話係" + s }, func(s string) string { return "tel: " + s }, func(s string) string { return wide.Replace("+86" + s) }}
	checked := 0
	try := func(said, want string) {
		t.Helper()
		checked++
		if got, _, f := findPhone(said); got != want || f != phoneOK {
			t.Errorf("%q: %q (fault %d), want %q", said, got, f, want)
		}
	}
	for _, n := range []string{"13800138000", "13912345678", "15011112222", "16688886666", "17012345678", "18922223333", "19900001111", "13426781234"} {
		for _, way := range mobileWays {
			try(way(n), "+86"+n)
		}
	}
	for _, n := range [][2]string{{"0760", "88881234"}, {"020", "83331234"}, {"0755", "26778899"}, {"0757", "22334455"}, {"010", "62345678"}, {"0754", "88990011"}, {"0769", "83123456"}} {
		want := "+86" + strings.TrimPrefix(n[0], "0") + n[1]
		for _, said := range []string{n[0] + n[1], n[0] + "-" + n[1], n[0] + " " + n[1], "(" + n[0] + ")" + n[1], "（" + n[0] + "）" + n[1], wide.Replace(n[0] + "-" + n[1]), n[0] + "－" + n[1], "+86 " + n[0][1:] + " " + n[1],
			"0086-" + n[0][1:] + "-" + n[1], "座机" + n[0] + "-" + n[1][:4] + " " + n[1][4:], "電話 " + n[0] + "-" + n[1], "公司电话是" + n[0] + n[1]} {
			try(said, want)
		}
	}
	for want, list := range map[string][]string{
		"+85291234567":   {"+852 9123 4567", "+85291234567", "00852 91234567", "852-91234567", "香港9123 4567", "香港電話91234567", "+852-9123-4567", "（+852）91234567", "＋８５２９１２３４５６７", "我香港号码 9123-4567"},
		"+85223456789":   {"+852 2345 6789", "香港 2345 6789", "00852-2345-6789"},
		"+85366123456":   {"+853 6612 3456", "澳门 6612 3456", "00853 66123456", "853-66123456", "澳門電話66123456", "+85366123456"},
		"+85328371234":   {"+853 2837 1234", "澳门2837 1234", "00853-2837-1234"},
		"+886912345678":  {"+886 912 345 678", "台湾 0912345678", "臺灣0912-345-678", "00886 912345678", "886912345678", "台湾手机0912 345 678"},
		"+886223456789":  {"+886 2 2345 6789", "00886-2-2345-6789"},
		"+16502530000":   {"+1 650-253-0000", "001 650 253 0000", "+1 (650) 253-0000", "+16502530000"},
		"+442079460958":  {"+44 20 7946 0958", "0044 20 7946 0958", "+442079460958"},
		"+390669881234":  {"+39 06 6988 1234", "0039 06 6988 1234"},
		"+6561234567":    {"+65 6123 4567", "0065 6123 4567"},
		"+819012345678":  {"+81 90 1234 5678", "0081 90 1234 5678"},
		"+821012345678":  {"+82 10-1234-5678"},
		"+60123456789":   {"+60 12-345 6789"},
		"+84912345678":   {"+84 91 234 56 78"},
		"+4915112345678": {"+49 1511 2345678"},
		"+971501234567":  {"+971 50 123 4567"},
	} {
		for _, said := range list {
			try(said, want)
		}
	}
	for _, said := range []string{"", "没有", "12345", "12345678901", "1380013800", "138001380001", "88881234", "22334455", "1234567", "+852 123", "+86 123", "13800138000 13900139000", "0760-888", "99999999999", "11111111111", "020-1", "+999 12345678",
		"一二三", "五十万", "2012年8月23日", "100万元", "70%", "第24条", "23800138000"} {
		checked++
		if got, _, f := findPhone(said); f == phoneOK {
			t.Errorf("%q was taken as %q", said, got)
		}
	}
	if checked < 300 {
		t.Errorf("%d forms, want 300 or more", checked)
	}
	w := newWorld(t, Options{})
	if r := w.say(append(slices.Clone(toSummary[:5]), "＋８６　１３８　００１３　８０００")...); !strings.Contains(r.Text, "13800138000") {
		t.Errorf("the number is not shown back:\n%s", r.Text)
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

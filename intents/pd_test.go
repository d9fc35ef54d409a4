package intents

import (
	"fmt"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/knowledge"
)

// The tests named TestPDnn hold the rules for personal data; the rule stands above each.

// TestPD01_NoContactBeforeAnExplicitYes tells a number before the consent, in a hundred ways and moments.
func TestPD01_NoContactBeforeAnExplicitYes(t *testing.T) {
	shapes := []string{"138%08d", "我的电话是138%08d", "打138%08d找我", "陈志明 138%08d", "需求：贷款，电话138%08d", "联系人：陈志明，手机：138%08d", "+86 138%08d", "厂里有事打138%08d，想贷款", "明辉灯饰厂，古镇镇，138%08d", "王经理的电话138%08d"}
	for i := range 100 {
		w := newWorld(t, Options{})
		said := fmt.Sprintf(shapes[i%len(shapes)], 10000000+i)
		steps := []string{"我要登记", "明辉灯饰厂", "古镇镇", "想贷款买新机器"}
		at := i / 10 % 5
		if at == 0 {
			steps = append([]string{"我要登记，" + said}, steps[1:]...)
		} else {
			steps = append(steps[:at:at], append([]string{said}, steps[at:]...)...)
		}
		digits := fmt.Sprintf("%08d", 10000000+i)
		for _, s := range steps {
			if r := w.text(s); strings.Contains(r.Numbered(), digits) {
				t.Errorf("after %q the number is shown before the consent:\n%s", s, r.Text)
			}
			if len(w.effects) > 0 && strings.Contains(mustJSON(t, w.effects), digits) {
				t.Errorf("after %q the number is in an effect", s)
			}
			if d := w.state().Draft; d != nil && d.Phone != "" && d.Told == 0 {
				t.Errorf("after %q a number waits without a limit", s)
			}
		}
		if len(w.leads[w.who]) != 0 {
			t.Error("a lead without consent")
		}
		if i%2 == 0 {
			w.text("不同意")
		} else {
			pruned, _ := Prune(w.states[w.who], w.now.Add(volunteerLife))
			w.states[w.who] = pruned
		}
		if s := string(w.states[w.who]); strings.Contains(s, digits) {
			t.Errorf("the number stays in the state: %s", s)
		}
	}
}

// TestPD02_NoticeHasEveryField holds the notice to its fields, in every language.
func TestPD02_NoticeHasEveryField(t *testing.T) {
	o := New(Config{}).opt
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	for _, l := range []knowledge.Language{knowledge.Simplified, knowledge.Traditional, knowledge.English} {
		for _, p := range []bot.Platform{bot.WeChat, bot.Telegram} {
			text := o.notice(l, p)
			for name, value := range o.filled(l) {
				if !strings.Contains(text, value) {
					t.Errorf("%s %s: the notice lacks the %s", l, p, name)
				}
			}
			if !strings.Contains(text, "18") {
				t.Errorf("%s: the notice lacks the age", l)
			}
			if abroad := strings.Contains(text, say(l, noticeAbroad)); abroad != (p == bot.Telegram) {
				t.Errorf("%s %s: transfer abroad named: %v", l, p, abroad)
			}
		}
	}
	before := o.noticeVersion(knowledge.Simplified, bot.WeChat)
	for name, n := range map[string]Notice{"operator": {Operator: " "}, "contact": {Contact: " "}, "purpose": {Purpose: "\n"}, "way": {Way: " "}, "kinds": {Kinds: " "}, "receiver": {Receiver: " "}, "retention": {Retention: " "}, "rights": {Rights: " "}} {
		o.Notice = n
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("blank %s: %v", name, err)
		}
		if o.noticeVersion(knowledge.Simplified, bot.WeChat) == before {
			t.Errorf("a changed %s keeps the version", name)
		}
	}
	o.Notice = Notice{Purpose: strings.Repeat("长", 600)}
	if o.Check() == nil {
		t.Error("a notice that fits no reply was let through")
	}
}

// TestPD05_RefusalBlocksNothing asks the same questions before and after a no.
func TestPD05_RefusalBlocksNothing(t *testing.T) {
	w := newWorld(t, Options{})
	asked := []string{"前20家奖励多少钱", "知识产权质押融资有什么支持", "明天天气", "想贷款", "看全文 第二条", "帮助", "菜单", "专项资金申报截止日期是哪天", "融资", "转人工"}
	plainly := func() (list []string) {
		for _, q := range asked {
			r := w.text(q)
			r.Menu = 0
			list = append(list, mustJSON(t, r))
			w.text("菜单")
		}
		return list
	}
	before := plainly()
	for _, s := range []string{"我要登记", "明辉灯饰厂", "古镇镇", "想贷款买新机器", "不同意"} {
		w.text(s)
	}
	if w.state().Refused == 0 {
		t.Error("the refusal is not remembered")
	}
	for i, after := range plainly() {
		if after != before[i] {
			t.Errorf("%s: before\n%s\nafter\n%s", asked[i], before[i], after)
		}
	}
	w.now = w.now.Add(29 * 24 * 3600e9)
	for _, q := range asked {
		if r := w.text(q); strings.Contains(r.Text, "您是否") || w.state().Draft != nil {
			t.Errorf("%q prompts for a referral after the refusal:\n%s", q, r.Text)
		}
	}
}

// TestPD26_YesAndNoAreEqual holds the consent's choices equal: same kind of words, no default, on each channel.
func TestPD26_YesAndNoAreEqual(t *testing.T) {
	for _, p := range []bot.Platform{bot.WeChat, bot.Telegram, bot.Web} {
		w := newWorld(t, Options{})
		w.who.Platform = p
		for _, s := range []string{"我要登记", "明辉灯饰厂", "古镇镇", "想贷款买新机器"} {
			w.text(s)
		}
		c := w.reply.Choices
		if len(c) < 2 || c[0].Label != "同意" || c[1].Label != "不同意" {
			t.Errorf("%s: %+v", p, c)
		}
	}
}

// TestPD19_MinorsAreNotTaken asks for the many ways of saying it; none may leave anything in the form.
func TestPD19_MinorsAreNotTaken(t *testing.T) {
	for _, s := range strings.Split(`我未满14岁|我未满十四岁|我不满14周岁|我还没满18岁|我今年13岁|我13岁|我才12岁|我只有十二岁|本人16岁|本人今年十五岁|我今年十七周岁|我还不到14岁|我没到18岁|未满14岁|不满十四周岁|还没满18岁|我还是小学生|我是小学生|我是初中生|我是中学生|我是高中生|我还在上小学|我还在读初中|我在读高中|我是未成年人|我是未成年|我还未成年|未成年|我是个小朋友|人家才11岁|我今年刚满15岁|我刚好13岁|我11歲|我未滿14歲|我未滿十四歲|我今年先13歲|我仲未够18岁|我仲讀緊小學|我係中學生|我仲係小學生|我是儿童|俺今年14岁|今年13岁|13岁|我十三岁了|I am 13 years old|i'm 15 years old|I'm under 14|I am under 18|I am a minor|I'm still a kid|i am in middle school|i am not yet 18|I am 12 yrs old`, "|") {
		if !saysMinor(s) {
			t.Errorf("%q was not noticed", s)
			continue
		}
		w := newWorld(t, Options{})
		w.text("我要登记")
		w.text("明辉灯饰厂")
		w.text(s)
		if d := w.state().Draft; d != nil {
			t.Errorf("%q: the form goes on with %+v", s, d)
		}
	}
	for _, s := range []string{"我们厂12岁了", "我儿子13岁", "我公司成立12年", "我今年35岁", "我四十岁了", "招18岁以上的工人", "我们的机器用了13年", "我厂有14个人", "满18岁", "我今年十八岁", "不是学生"} {
		if saysMinor(s) {
			t.Errorf("%q was taken for a minor's", s)
		}
	}
}

// TestPD14_NoticeTellsThePeriod holds what the notice says to what the operator set.
func TestPD14_NoticeTellsThePeriod(t *testing.T) {
	for days, want := range map[int][2]string{0: {"3年", "3 years"}, 1095: {"3年", "3 years"}, 180: {"180天", "180 days"}, 365: {"365天", "365 days"}, 400: {"400天", "400 days"}} {
		for i, l := range []knowledge.Language{knowledge.Simplified, knowledge.English} {
			if text := (Options{KeepLeads: days}).notice(l, bot.WeChat); !strings.Contains(text, want[i]) {
				t.Errorf("%d days: the notice lacks %q", days, want[i])
			}
		}
	}
}

package intents

import (
	"strings"
	"testing"

	"smebot/bot"
)

// afterRegistering is somebody who has just registered, with the test's understanding or another.
func afterRegistering(t *testing.T, mind Understander) *world {
	w := newWorld(t, Options{})
	w.mind = mind
	w.configure(Options{})
	w.say("我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意", "陈志明", "13800138000", "确认")
	return w
}

// TestPD09_WithdrawingIsOneStep takes a consent back in one message, as it was given: from the menu words, in a
// sentence, in every language, in a form, and while staff have the thread.
func TestPD09_WithdrawingIsOneStep(t *testing.T) {
	for _, said := range []string{"撤回同意", "撤回", "我要撤回同意", "收回同意", "撤回同意。", "withdraw my consent", "Withdraw", "撤銷同意"} {
		for _, where := range []string{"menu", "form", "held"} {
			w := afterRegistering(t, nil)
			switch where {
			case "form":
				w.say("我要登记", "明光灯饰厂")
			case "held":
				w.held = true
			}
			r := w.text(said)
			if l := w.leads[w.who][0]; l.Status != "closed" || l.Reason != "withdrawn" || r.Empty() {
				t.Errorf("%q in the %s: the lead is %s, reason %s:\n%s", said, where, l.Status, l.Reason, r.Text)
			}
			if w.state().Draft != nil {
				t.Errorf("%q in the %s: a form goes on", said, where)
			}
		}
	}
}

// TestPD23_RightsAreServedAtOnce: to see, correct, take back, delete and stop are done in the turn in which they are
// asked for, at any hour, in a form and while staff have the thread, so that no request waits for a date. None is
// refused to the person whose data it is.
func TestPD23_RightsAreServedAtOnce(t *testing.T) {
	for _, where := range []string{"plain", "in a form", "held by staff", "at night"} {
		for said, done := range map[string]func(*world, bot.Reply) bool{
			"我的信息": func(w *world, r bot.Reply) bool { return strings.Contains(r.Text, "明辉灯饰厂") },
			"更正": func(w *world, r bot.Reply) bool {
				if where == "in a form" {
					w.text("取消") // the one that is not sent
					w.text("更正")
				}
				w.say("电话改成13900139000", "确认")
				return w.leads[w.who][0].Phone.Reveal() == "+8613900139000"
			},
			"撤回同意": func(w *world, r bot.Reply) bool { return w.leads[w.who][0].Reason == "withdrawn" },
			"退订":   func(w *world, r bot.Reply) bool { return w.quiet[w.who] },
			"删除我的信息": func(w *world, r bot.Reply) bool {
				w.text("确认删除")
				return len(w.leads[w.who]) == 0
			},
		} {
			w := afterRegistering(t, nil)
			switch where {
			case "in a form":
				w.say("我要登记", "明光灯饰厂")
			case "held by staff":
				w.held = true
			case "at night":
				w.now = w.now.Add(15 * 3600e9)
			}
			if r := w.text(said); !done(w, r) {
				t.Errorf("%s %s: not done:\n%s", said, where, r.Text)
			}
		}
	}
}

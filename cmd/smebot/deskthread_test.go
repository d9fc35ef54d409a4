package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"smebot/bot"
	"smebot/store"
)

// pageAnswered answers a firm on the chat page, which shows what staff write while it is open.
func pageAnswered(t *testing.T, d *desk, number string, firm *tab, li *colleague) {
	li.to("/console/leads/" + number + "/thread")
	li.press("接管对话")
	li.reads("对方的网页开着时才看得到")
	firm.wants(firm.say("在吗"), "工作人员在这里直接回复您")
	li.waits("在吗")
	li.types("#reply", "您好，检测样品寄到服务中心就行")
	li.press("发送")
	firm.until(`document.getElementById("log").innerText.includes("检测样品寄到服务中心就行")`)
	firm.fits()
	firm.shot("answered")
	li.waits("对方的网页已显示")
	li.press("交还给机器人")
	li.to("/console/leads/" + number)
}

// threadTaken takes the thread of a person on Telegram over: the bot falls silent, staff answer, a message that
// fails is told as such, and the bot goes on once released.
func threadTaken(t *testing.T, d *desk, f *botAPI, li, wu *colleague) {
	const chat = 4503599627370497
	talk := f.chat(t, chat, f.deliverer(t, d.site, "polling"))
	number, _ := refer(t, newPerson(), talk)
	wu.to("/console/canned")
	wu.types("form:last-of-type input[name=title]", "要准备的材料")
	wu.types("form:last-of-type textarea", "请带上营业执照和近三个月的流水。")
	wu.press("保存")
	wu.shows("4-canned")

	at := "/console/leads/" + number
	li.to(at)
	li.press("我来办")
	li.follow("打开对话")
	li.reads("现在由机器人回复")
	li.shows("10-thread")
	li.press("接管对话")
	li.reads("您正在回复", "0 小时 2")
	told := talk(utterance{words: "前20家奖励多少钱"})
	if strings.Contains(told.text, "100万") {
		t.Errorf("the bot goes on after the thread was taken over: %s", brief(told.text))
	}
	li.waits("前20家奖励多少钱") // the person's words come by themselves
	sent := len(f.to(chat))
	f.push(messageFrom(chat, utterance{words: "在吗"}))
	li.waits("在吗")
	wu.to(at + "/thread")
	wu.reads("li 正在回复，机器人不出声")
	li.run(li.hit("summary", "常用回复"))
	li.run(li.hit("button", "要准备的材料"))
	if got := eval[string](li.tab, `document.getElementById("reply").value`); !strings.Contains(got, "营业执照") {
		t.Errorf("the prepared answer was put in as %q", got)
	}
	li.press("发送")
	li.waits("平台已接收")
	if all := f.to(chat); len(all) != sent+1 || !strings.Contains(all[sent].text, "营业执照") {
		t.Errorf("%d messages went out, want the one of staff", len(all)-sent)
	}
	li.shows("11-answered")

	f.mu.Lock()
	f.fault = func(int64, int) (int, string) {
		return 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`
	}
	f.mu.Unlock()
	li.types("#reply", "这一条发不出去")
	li.press("发送")
	li.waits("没有送达")
	if states := eval[[]string](li.tab, `[...document.querySelectorAll(".by-staff span")].map(e => e.textContent)`); fmt.Sprint(states) != "[平台已接收 没有送达]" {
		t.Errorf("the messages of staff are shown as %q", states)
	}
	li.shows("12-failed")
	f.mu.Lock()
	f.fault = nil
	f.mu.Unlock()

	li.press("交还给机器人")
	li.reads("已交还", "现在由机器人回复")
	if back := talk(utterance{words: "前20家奖励多少钱"}); !strings.Contains(back.text, "100万") {
		t.Errorf("after the release the bot says %s", brief(back.text))
	}
	li.press("接管对话")
	li.types("#reply", "写到一半")
}

// windowCloses shows the time that WeChat leaves for a reply, and what is left once it is over. It returns the lead.
func windowCloses(t *testing.T, d *desk, wu *colleague) string {
	const left = 10 * time.Minute
	d.pass(left - 48*time.Hour)
	l := store.Lead{Number: "20261123-7K3QWM", Created: d.now(), Firm: "中山市小榄五金厂", Town: "中山市小榄镇", Contact: "何建国", Phone: "+8613900139000", Platform: "financing",
		Need: "想贷款买设备", From: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "o-window"}, Draft: "window",
		Consent: store.Consent{Version: "2026-11/1a2b3c4d", At: d.now(), Receiver: "service-centre"}}
	err := d.engine.db.CommitTurn(t.Context(), bot.Turn{Key: "window", From: l.From, At: d.now(), Reply: bot.Reply{Text: "登记好了"},
		Effects: []bot.Effect{store.SaveLead{Lead: l}}, Talk: bot.Talk{Said: "确认", Replied: "登记好了"}, Reach: bot.Reach{For: 48 * time.Hour, Count: 5}})
	if err != nil {
		t.Fatal(err)
	}
	d.pass(48*time.Hour - left)
	wu.to("/console/leads/" + l.Number + "/thread")
	wu.press("接管对话")
	wu.reads("还能发 5 条", "0 小时 9 分")
	wu.shows("5-window")
	wu.types("#reply", "写到一半")
	d.pass(left)
	wu.run(chromedp.Evaluate(fmt.Sprintf(`(() => { const now = performance.now.bind(performance); performance.now = () => now() + %d; })()`, left.Milliseconds()), nil))
	wu.waits("回复时限已过")
	wu.until(`document.getElementById("send").disabled && [...document.querySelectorAll("a")].some(a => a.textContent === "去看电话")`)
	if got := eval[string](wu.tab, `document.getElementById("reply").value`); got != "写到一半" {
		t.Errorf("what was being written is now %q", got)
	}
	wu.shows("6-closed-window")
	wu.follow("去看电话")
	wu.reads("显示电话")
	return l.Number
}

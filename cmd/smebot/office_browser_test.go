package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"smebot/bot"
	"smebot/console"
	"smebot/store"
)

// This file drives the console's pages on questions, knowledge, settings and dead letters in a real browser.

// staffAccount makes an account of a running program and returns its password for one sign-in.
func staffAccount(t *testing.T, p *program, name string, role store.Role) string {
	t.Helper()
	once := console.DrawPassword()
	hash, err := console.HashPassword(t.Context(), once)
	if err == nil {
		err = p.engine.db.AddAccount(t.Context(), operator, name, role, hash, time.Now().Add(time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
	return once
}

// enterConsole signs in through the pages, with a new password.
func (b *tab) enterConsole(p *program, name, once string) {
	b.Helper()
	b.goTo(p, "/console/signin")
	b.fill("name", name)
	b.fill("password", once)
	b.press("main button.main")
	const own = "lychee season in june"
	b.fill("fresh", own)
	b.fill("again", own)
	b.press("main button.main")
}

// fill puts a value into a field of the page's forms, below main.
func (b *tab) fill(name, value string) {
	b.Helper()
	sel := fmt.Sprintf(`main [name=%q]:not([type=hidden])`, name)
	b.run(chromedp.WaitVisible(sel, chromedp.ByQuery), chromedp.SetValue(sel, value, chromedp.ByQuery))
}

// press clicks something and waits for the page that follows.
func (b *tab) press(sel string) {
	b.Helper()
	b.run(chromedp.WaitVisible(sel, chromedp.ByQuery), chromedp.Evaluate(`document.documentElement.dataset.old = "1"`, nil), chromedp.Click(sel, chromedp.ByQuery))
	for end := time.Now().Add(pageGuard); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		// Asked again and again: a promise in the page would go with it.
		var there bool
		err := chromedp.Run(b.ctx, chromedp.Evaluate(`document.readyState === "complete" && !document.documentElement.dataset.old`, &there))
		if err == nil && there {
			return
		}
	}
	b.Fatalf("%s: no page follows after %s", b.name, sel)
}

// picture checks what holds on every page and writes a picture of it.
func (b *tab) picture(what string) {
	b.Helper()
	b.sound(what)
	if n := eval[int](b, `document.querySelectorAll("h1").length`); n != 1 {
		b.Errorf("%s, %s: %d headings", b.name, what, n)
	}
	b.whole(what)
}

func (b *tab) sees(words ...string) {
	b.Helper()
	text := eval[string](b, `document.body.innerText`)
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Errorf("%s: the page lacks %q:\n%s", b.name, w, text)
		}
	}
}

// askEach puts questions to the bot as different people do.
func askEach(t *testing.T, p *program, questions ...string) {
	t.Helper()
	for i, q := range questions {
		m := bot.Message{Key: fmt.Sprint("ask", t.Name(), i), From: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: fmt.Sprint(t.Name(), i)}, Kind: bot.KindText, Text: q, Leads: true, Later: true, Town: "中山市古镇镇"}
		if _, err := p.dispatcher.Handle(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBrowserTeaching(t *testing.T) {
	browser, p := startBrowser(t)
	for _, c := range sizes {
		t.Run(c.name, func(t *testing.T) {
			askEach(t, p, "服务中心有没有停车位", "服务中心有没有停车位？", "请问服务中心有没有停车位呀", "怎么给外国人办工作许可", "今天天气怎么样", "古镇有没有灯饰企业的展会补贴", "古镇有没有给灯饰企业的展会补贴呀")
			b := openTab(t, browser, "office-"+c.name, c.width, c.height, c.mobile)
			b.enterConsole(p, "wu-"+c.name, staffAccount(t, p, "wu-"+c.name, store.RoleSupervisor))
			b.goTo(p, "/console/questions")
			b.sees("没答上的问题", "服务中心有没有停车位", "没有答案")
			b.picture("1-questions")
			b.press(`main tbody tr:first-child a`)
			b.sees("教机器人怎么答", "服务中心有没有停车位")
			b.picture("2-group")
			b.run(chromedp.Click(`input[name=kind][value=answer]`, chromedp.ByQuery))
			b.fill("words", "院子里可以停车，周末要在网上预约。")
			b.fill("title", "服务中心开放公告")
			b.fill("number", "古服〔2026〕3号")
			b.fill("date", "2026-03-01")
			b.picture("3-answer")
			b.press(`form[action$=rehearse] button.main`)
			b.sees("试的结果", "教会了", "古服〔2026〕3号")
			b.shot("readme-teach")
			b.picture("4-rehearsal")
			b.press(`form[action$=teach] button.main`)
			b.sees("已启用", "服务中心自己的答复", "使用中")
			b.picture("5-lessons")
			reply, err := p.dispatcher.Handle(t.Context(), bot.Message{Key: "after" + t.Name(), From: bot.Address{Channel: "web", Platform: bot.Web, User: t.Name()}, Kind: bot.KindText, Text: "服务中心有没有停车位"})
			if err != nil || !strings.Contains(reply.Text, "网上预约") || !strings.Contains(reply.Text, "不是文件原文") {
				t.Errorf("the bot says %q, %v", reply.Text, err)
			}
			b.press(`form[action$=undo] button`)
			b.sees("已撤销")
			b.quiet()
		})
	}
}

func TestBrowserKnowledge(t *testing.T) {
	browser, p := startBrowser(t)
	dir := t.TempDir()
	for _, c := range sizes {
		t.Run(c.name, func(t *testing.T) {
			b := openTab(t, browser, "office-"+c.name, c.width, c.height, c.mobile)
			b.enterConsole(p, "lu-"+c.name, staffAccount(t, p, "lu-"+c.name, store.RoleSupervisor))
			b.goTo(p, "/console/knowledge")
			b.picture("6-documents")
			b.goTo(p, "/console/knowledge/import")
			old := write(t, filepath.Join(dir, "a.txt"), edition("", "1111", "2018年3月1日"))
			b.run(chromedp.SetUploadFiles(`input[type=file]`, []string{old}, chromedp.ByQuery))
			b.press(`form[action$=preview] button`)
			if c.mobile {
				b.sees("新文件")
			} else {
				b.sees("不用再导")
				old = write(t, filepath.Join(dir, "b.txt"), edition("（2022年修订）", "3333", "2022年3月1日"))
				b.run(chromedp.SetUploadFiles(`input[type=file]`, []string{old}, chromedp.ByQuery))
				b.press(`form[action$=preview] button`)
				b.sees("顶替 2018-03-01 的旧版")
			}
			b.picture("7-preview")
			b.press(`form[action$=import] button.main`)
			b.sees("已导入 1 份", editionID)
			b.picture("8-imported")
			b.goTo(p, "/console/knowledge/try?q=参加翠玉灯光展每家给多少展位补贴")
			b.sees("机器人会这样答", map[bool]string{true: "1111", false: "3333"}[c.mobile], "全文检索")
			b.picture("9-try")
			b.goTo(p, "/console/knowledge/documents/"+editionID)
			b.fill("comment", "正在修订")
			b.press(`form[action$=switch] button`)
			b.sees("已停用", "正在修订")
			b.picture("10-off")
			b.goTo(p, "/console/knowledge/try?q=参加翠玉灯光展每家给多少展位补贴")
			if text := eval[string](b, `document.querySelector("main").innerText`); strings.Contains(text, "1111元") || strings.Contains(text, "3333元") {
				t.Errorf("a document that is off is quoted: %s", text)
			}
			b.goTo(p, "/console/knowledge/documents/"+editionID)
			b.press(`form[action$=switch] button`)
			b.sees("已恢复使用")
			b.goTo(p, "/console/knowledge/documents/gd-2012-sme-platforms")
			b.picture("11-document")
			b.goTo(p, "/console/knowledge/check")
			b.picture("12-check")
			b.quiet()
		})
	}
}

func TestBrowserSettings(t *testing.T) {
	browser, p := startBrowser(t)
	for _, c := range sizes {
		t.Run(c.name, func(t *testing.T) {
			b := openTab(t, browser, "office-"+c.name, c.width, c.height, c.mobile)
			b.enterConsole(p, "boss-"+c.name, staffAccount(t, p, "boss-"+c.name, store.RoleAdmin))
			b.goTo(p, "/console/settings")
			b.picture("13-settings")
			b.fill("centre.name", "古镇镇中小企业服务中心 "+c.name)
			b.press(`#values button.main`)
			b.sees("确认改这几项", "登记说明会变成这样")
			b.picture("14-change")
			b.press(`.report button.main`)
			b.sees("已改，马上起作用", "在这里设的")
			b.fill("comment", "换服务器，一小时")
			b.press(`form[action$=channel] button.danger`)
			b.sees("渠道 网页 暂停接待", "换服务器")
			b.picture("15-stopped")
			reply, err := p.webHandler(t.Context(), bot.Message{Key: "stopped" + t.Name(), From: bot.Address{Channel: "web", Platform: bot.Web, User: t.Name()}, Kind: bot.KindText, Text: "前20家奖励多少钱"})
			if err != nil || !strings.Contains(reply.Text, "暂停接待") || !strings.Contains(reply.Text, "古镇镇中小企业服务中心 "+c.name) {
				t.Errorf("the bot says %q, %v", reply.Text, err)
			}
			b.press(`form[action$=channel] button.main`)
			b.sees("渠道 网页 已恢复")
			b.goTo(p, "/console/settings/notices")
			b.sees("简体中文", "boss-"+c.name)
			b.picture("16-notices")
			b.press(`form[action$=language] button`)
			b.sees("Versions of the privacy notice")
			b.goTo(p, "/console/letters")
			b.sees("Dead letters")
			if err := p.engine.db.Append(t.Context(), store.AuditEntry{Actor: operator, Action: "retention.run", Detail: strings.Repeat("messages: 12, ", 60)}); err != nil {
				t.Fatal(err) // a long detail takes the room of the other columns
			}
			b.goTo(p, "/console/audit")
			b.press(`form[action$=verify] button`)
			b.sees("The log is sound")
			b.picture("17-audit")
			if broken := eval[[]string](b, `[...document.querySelectorAll("table.audit td.whole")].filter(e => {
				const r = document.createRange(); r.selectNodeContents(e);
				return new Set([...r.getClientRects()].map(x => Math.round(x.top))).size > 1;
			}).map(e => e.textContent)`); len(broken) > 0 {
				t.Errorf("numbers, times and names are broken over lines: %q", broken)
			}
			b.quiet()
		})
	}
}

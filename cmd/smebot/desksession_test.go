package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"
)

// languages switches the language, on a page and on the answer to a form, and back.
func languages(t *testing.T, wu *colleague, number string) {
	at := "/console/leads/" + number
	wu.to(at)
	wu.picks("#why", "核对信息")
	wu.press("显示电话")
	wu.press("English")
	if wu.at() != at {
		t.Errorf("after the switch the page is %s", wu.at())
	}
	wu.reads("Next step", "Contacted", "History")
	wu.readsNot("下一步", "13900139000")
	wu.shows("7-english")
	wu.to("/console/leads?view=&town=" + url.QueryEscape("中山市小榄镇"))
	wu.press("中文")
	wu.reads("第 1–1 条", "小榄五金厂")
}

// secondStep sets a second factor up and signs in with it.
func secondStep(t *testing.T, d *desk, wu *colleague) {
	wu.follow("wu")
	wu.types("input[name=current]", ownPassword)
	wu.press("开通动态码")
	if width := eval[int](wu.tab, `document.querySelector("main img").naturalWidth`); width != 200 {
		t.Errorf("the code to scan is %d wide", width)
	}
	wu.shows("8-second-step")
	secret := eval[string](wu.tab, `document.querySelector("code.secret").textContent`)
	code := func() string {
		c, err := totp.GenerateCode(secret, d.now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	wu.types("input[name=code]", "000000")
	wu.press("开通动态码")
	wu.reads("数字不对")
	wu.types("input[name=code]", code())
	wu.press("开通动态码")
	wu.reads("动态码已开通")
	wu.press("退出")
	if status := wu.signIn("wu", ownPassword); status != 422 {
		t.Errorf("without a code: %d", status)
	}
	d.pass(time.Minute) // the code that set it up opens nothing more
	wu.types("input[name=password]", ownPassword)
	wu.types("input[name=code]", code())
	wu.press("登录")
	wu.reads("您好，wu")
}

// keyboard signs somebody in and takes a lead on without a mouse.
func keyboard(t *testing.T, d *desk, number, once string) {
	c := d.atDesk(t, "desk-keyboard")
	c.begins("gao", once)
	c.press("退出")
	c.tabTo("input[name=name]")
	c.run(chromedp.KeyEvent("gao"))
	c.tabTo("input[name=password]")
	c.run(chromedp.KeyEvent(ownPassword))
	c.goes(enter(0))
	c.reads("您好，gao", "新来的", "超时的")
	c.shows("0-home")
	c.to("/console/leads?view=")
	c.run(chromedp.KeyEvent("\t"))
	if first := eval[string](c.tab, `document.activeElement.getAttribute("href")`); first != "#main" {
		t.Errorf("the first stop of the keyboard is %q", first)
	}
	c.picture("1-first-stop")
	c.run(enter(0))
	if !eval[bool](c.tab, `document.activeElement.id === "main"`) {
		t.Error("the link past the menu leads nowhere")
	}
	c.tabTo(fmt.Sprintf(`a[href="/console/leads/%s"]`, number))
	c.goes(enter(0))
	c.tabTo(`form[action$="/take"] button`)
	c.picture("2-focus")
	c.goes(enter(0))
	c.tabTo("#why")
	c.run(chromedp.KeyEvent(kb.ArrowDown))
	c.tabTo(`form[action$="/phone"] button`)
	c.goes(enter(0))
	c.reads("13900139000", "gao")
	c.tabTo("textarea[name=note]")
	c.run(chromedp.KeyEvent("键盘也能办"))
	c.tabTo(`form[action$="/note"] button`)
	c.goes(enter(0))
	c.reads("键盘也能办")
	if l := d.lead(t, number); l.Assignee != "gao" {
		t.Errorf("the lead is %q's", l.Assignee)
	}
	c.still()
}

// restart stops the program under an open page and starts it again: the page connects again and shows what it missed.
func restart(t *testing.T, d *desk, number string, wu *colleague) {
	wu.to("/console/leads?view=")
	c := d.config
	d.end(t)
	wu.until(`fetch(location.href).then(a => { window.gone = a.status === 502; }) && window.gone`)
	d.begin(t, c)
	if err := d.engine.db.MarkCall(t.Context(), number, true); err != nil {
		t.Fatal(err)
	}
	wu.until(`document.querySelector("#live-list .tag.warn")`)
	if d.password != "" {
		t.Error("a password for the first sign-in was drawn again")
	}
}

// sessionsEnd lets sessions run out: by doing nothing, by the hour, and by leaving.
func sessionsEnd(t *testing.T, d *desk, number string, li *colleague) {
	li.to("/console/leads?view=")
	d.pass(31 * time.Minute)
	if err := d.engine.db.MarkCall(t.Context(), number, true); err != nil { // something happens, and the page hears of it
		t.Fatal(err)
	}
	li.waits("登录已过期")
	li.holds()
	li.to("/console/leads?view=late")
	if !strings.HasPrefix(li.at(), "/console/signin") {
		t.Fatalf("half an hour later the page is %s", li.at())
	}
	li.signIn("li", ownPassword)
	if li.at() != "/console/leads?view=late" {
		t.Errorf("signed in again, the page is %s", li.at())
	}
	for range 12 * 60 / 25 {
		d.pass(25 * time.Minute)
		if li.to("/console/account"); li.at() != "/console/account" {
			t.Fatalf("a session in use leads to %s", li.at())
		}
	}
	d.pass(29 * time.Minute)
	if li.to("/console/account"); li.at() == "/console/account" {
		t.Error("a session goes on after twelve hours")
	}
	li.signIn("li", ownPassword)
	li.to("/console/leads/" + number)
	li.reads("明辉灯饰")
	li.press("退出")
	li.goes(chromedp.NavigateBack())
	li.readsNot("明辉灯饰")
}

package main

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"smebot/store"
)

// TestBrowserNews lets news and a question come while a form is open: both show, once, the form keeps its choices, and
// the question is answered from where it stands.
func TestBrowserNews(t *testing.T) {
	browser, p := startBrowser(t)
	b := openTab(t, browser, "news", 390, 844, true)
	b.open(p)
	b.say("我要登记需求，想做检测认证")
	number := fillForm(b, "中山市古镇明辉灯饰有限公司", false)
	db := p.engine.db
	l, err := db.Lead(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.MoveLead(t.Context(), number, l.Version, store.Closed, store.Helped, "li"); err != nil {
		t.Fatal(err)
	}
	bringForward(t, p.config.Data, number, store.ErrandNews)
	waitNews := func(n int) {
		t.Helper()
		b.run(chromedp.Reload()) // which looks at once
		b.until(fmt.Sprintf(`%s && document.querySelectorAll(".msg.bot:not(.wait)").length === %d`, idle, n))
	}
	for end := time.Now().Add(hangGuard); ; time.Sleep(10 * time.Millisecond) {
		if waiting, err := db.WaitingFor(t.Context(), l.From, 10); err != nil || time.Now().After(end) {
			t.Fatal("no news waits", err)
		} else if len(waiting) > 0 {
			break
		}
	}
	before := len(b.replies())
	waitNews(before + 1)
	b.wants(b.replies()[before], number, "有进展")
	b.say("再登记一个需求")
	form := b.choices()
	ask := p.engine.live.AskHelped(nil, l, time.Now())
	for asked := false; !asked; { // the clerk, who asks nobody in a form, may be quicker and put it off
		bringForward(t, p.config.Data, number, store.ErrandAsk)
		due, err := db.Errands(t.Context(), 10)
		if err == nil && len(due) == 1 {
			err = db.Tell(t.Context(), due[0], "ask:"+number, ask)
			asked = err == nil
		}
		if err != nil && !errors.Is(err, store.ErrStale) {
			t.Fatal(err)
		}
	}
	before = len(b.replies())
	waitNews(before + 1)
	b.wants(b.replies()[before], number, "帮上您的忙")
	b.fits()
	b.shot("1-question-beside-a-form")
	if now := b.choices(); len(now) != len(form)+3 {
		t.Errorf("the form offered %q, now there is %q", form, now)
	}
	for range 2 { // a reload shows nothing twice
		waitNews(before + 1)
	}
	if waiting, err := db.WaitingFor(t.Context(), l.From, 10); err != nil || len(waiting) != 0 {
		t.Errorf("%d messages wait still, %v", len(waiting), err)
	}
	b.wants(b.choose("帮上一点", false), "谢谢您告诉我们", "还是中山市古镇明辉灯饰有限公司")
	if l, err = db.Lead(t.Context(), number); err != nil || l.Helped != store.HelpedPartly {
		t.Errorf("the answer is %q, %v", l.Helped, err)
	}
	if now := b.choices(); len(now) != len(form) {
		t.Errorf("after the answer there is %q", now)
	}
	b.quiet()
}

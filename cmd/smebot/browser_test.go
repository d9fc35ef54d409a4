package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"smebot/store"
)

// This file drives the chat page of the running program in a real browser: Debian's chromium, headless.

// These end a test whose browser or page hangs; nothing is measured by it.
const (
	browserGuard = 5 * time.Minute
	pageGuard    = 20 * time.Second // for one reply
)

// startBrowser starts chromium and the program, or skips with the reason why it cannot.
func startBrowser(t *testing.T) (context.Context, *program) {
	t.Helper()
	return startBrowserWith(t, func(*Config) {})
}

// startBrowserOn is startBrowser over a data folder that fill may make ready, if there is a browser at all.
func startBrowserOn(t *testing.T, data string, fill func()) (context.Context, *program) {
	t.Helper()
	return startBrowserWith(t, func(c *Config) { fill(); c.Data = data })
}

// startBrowserWith is startBrowser with a changed configuration.
func startBrowserWith(t *testing.T, change func(*Config)) (context.Context, *program) {
	t.Helper()
	browser := startChromium(t)
	c := testConfig(t)
	change(&c)
	return browser, startSite(t, c).program
}

// startChromium starts a browser, or skips with the reason why it cannot.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds: not under -short")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no browser here: apt-get install chromium fonts-noto-cjk")
	}
	// The browser runs as root in a container often enough, and opens only our own page.
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	limit := browserGuard
	if os.Getenv("SMEBOT_PAGES") != "" {
		limit = time.Hour
	}
	guard, stopGuard := context.WithTimeout(alloc, limit)
	ctx, stopBrowser := chromedp.NewContext(guard)
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // waits until the browser has gone
		stopBrowser()
		stopGuard()
		stopAlloc()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}

// tab is one person at a browser, with everything the page complained about.
type tab struct {
	*testing.T
	ctx  context.Context
	name string

	mu         sync.Mutex
	complaints []string
	sent       []string // ids of the messages the page sent, repeats included
}

// openTab opens an empty tab of a size in CSS pixels, without the cookies of those who had the browser before.
func openTab(t *testing.T, browser context.Context, name string, width, height int64, mobile bool) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	return newTab(t, ctx, name, width, height, mobile, network.ClearBrowserCookies())
}

// openWindow is openTab for somebody beside others: with cookies of their own.
func openWindow(t *testing.T, browser context.Context, name string, width, height int64, mobile bool) *tab {
	t.Helper()
	// A window for each: the library's own way to new cookies opens none, which the browser refuses.
	at := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	jar, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(at)
	if err != nil {
		t.Fatal(err)
	}
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(jar).WithNewWindow(true).Do(at)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	return newTab(t, ctx, name, width, height, mobile)
}

func newTab(t *testing.T, ctx context.Context, name string, width, height int64, mobile bool, first ...chromedp.Action) *tab {
	t.Helper()
	b := &tab{T: t, ctx: ctx, name: name}
	chromedp.ListenTarget(ctx, b.listen)
	scale := 1.0
	if mobile {
		scale = 2
	}
	b.run(page.BringToFront(), chromedp.Tasks(first), cdplog.Enable(), audits.Enable(), emulation.SetDeviceMetricsOverride(width, height, scale, mobile), emulation.SetTouchEmulationEnabled(mobile))
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, a := range e.Args {
			words = append(words, string(a.Value))
		}
		b.complaints = append(b.complaints, fmt.Sprint("console ", e.Type, ": ", words))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "exception: "+e.ExceptionDetails.Error())
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.LevelError || e.Entry.Level == cdplog.LevelWarning {
			b.complaints = append(b.complaints, fmt.Sprint(e.Entry.Source, ": ", e.Entry.Text))
		}
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			b.complaints = append(b.complaints, "the page breaks its policy: "+e.Issue.Details.ContentSecurityPolicyIssueDetails.ViolatedDirective)
		}
	case *network.EventRequestWillBeSent:
		if e.Request.Method != "POST" {
			return
		}
		for _, part := range e.Request.PostDataEntries {
			var q struct{ ID string }
			if raw, err := base64.StdEncoding.DecodeString(part.Bytes); err == nil && json.Unmarshal(raw, &q) == nil && q.ID != "" {
				b.sent = append(b.sent, q.ID)
			}
		}
	}
}

func (b *tab) run(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// eval runs JavaScript in the page and reads what it, or its promise, comes to.
func eval[T any](b *tab, script string) T {
	b.Helper()
	var v T
	b.run(chromedp.Evaluate(script, &v, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return v
}

// until waits for a condition of the page; when it hangs, the test ends with what the page shows. The library's
// own Poll would run through eval, which the page's policy forbids.
func (b *tab) until(condition string) {
	b.Helper()
	hung := eval[string](b, `new Promise(ok => {
		const end = setTimeout(() => ok(document.body.innerText), `+fmt.Sprint(pageGuard.Milliseconds())+`);
		const look = () => { if (`+condition+`) { clearTimeout(end); ok(""); } else setTimeout(look, 10); };
		look();
	})`)
	if hung != "" {
		b.Fatalf("%s: in vain waited for %s; the page shows:\n%s", b.name, condition, hung)
	}
}

const idle = `document.getElementById("log")?.getAttribute("aria-busy") === "false"`

// open loads the chat page and waits for the greeting.
func (b *tab) open(p *program) {
	b.Helper()
	b.run(chromedp.Navigate("http://" + p.addr + "/"))
	b.until(idle + ` && document.querySelector(".msg.bot")`)
}

// replies is what the bot has said so far, as a person sees it: without the names for screen readers.
func (b *tab) replies() []string {
	b.Helper()
	return eval[[]string](b, `[...document.querySelectorAll(".msg.bot:not(.wait)")].map(e => e.lastChild.textContent)`)
}

// choices are the captions that can be tapped now.
func (b *tab) choices() []string {
	b.Helper()
	return eval[[]string](b, `[...document.querySelectorAll(".choices button:not([aria-disabled=true])")].map(e => e.textContent)`)
}

// after acts and returns the reply that follows.
func (b *tab) after(act ...chromedp.Action) string {
	b.Helper()
	before := len(b.replies())
	b.run(act...)
	b.until(fmt.Sprintf(`%s && document.querySelectorAll(".msg.bot:not(.wait)").length > %d`, idle, before))
	all := b.replies()
	return all[len(all)-1]
}

// enter is one stroke of Enter. The library's own KeyEvent sends its character apart from the key, and a page
// that swallows the key gets a line break all the same; a real keyboard does not do that.
func enter(m input.Modifier) chromedp.Action {
	key := func(kind input.KeyType) *input.DispatchKeyEventParams {
		return input.DispatchKeyEvent(kind).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13).WithModifiers(m)
	}
	return chromedp.Tasks{key(input.KeyDown).WithText("\r"), key(input.KeyUp)}
}

// typed is words typed into the input, and Enter.
func typed(words string) chromedp.Action {
	return chromedp.Tasks{chromedp.SendKeys("#text", words, chromedp.ByQuery), enter(0)}
}

// say types words and Enter.
func (b *tab) say(words string) string {
	b.Helper()
	return b.after(typed(words))
}

// choose takes a choice by the beginning of its caption: with a finger, or with the keyboard alone.
func (b *tab) choose(caption string, keyboard bool) string {
	b.Helper()
	sel := fmt.Sprintf(`[...document.querySelectorAll(".choices button")].find(e => e.textContent.startsWith(%q))`, caption)
	if !eval[bool](b, `!!`+sel) {
		b.Fatalf("no choice %s in %q", caption, b.choices())
	}
	if !keyboard {
		at := eval[[]float64](b, `(() => { const e = `+sel+`; e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
		if !eval[bool](b, fmt.Sprintf(`document.elementFromPoint(%f, %f) === %s`, at[0], at[1], sel)) {
			b.Fatalf("something covers %s", caption)
		}
		return b.after(input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: at[0], Y: at[1]}}), input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}))
	}
	// From the input backwards: the choices stand before it in the order of the keyboard.
	b.run(chromedp.Focus("#text", chromedp.ByQuery))
	for range 12 {
		b.run(chromedp.KeyEvent("\t", chromedp.KeyModifiers(input.ModifierShift)))
		if eval[bool](b, `document.activeElement === `+sel) {
			return b.after(enter(0))
		}
	}
	b.Fatalf("the keyboard does not reach %s", caption)
	return ""
}

// shot writes what the tab shows.
func (b *tab) shot(what string) {
	b.Helper()
	var png []byte
	b.run(chromedp.CaptureScreenshot(&png))
	b.keep(what, png)
}

// keep writes a picture to the folder that SMEBOT_SCREENSHOTS names, or to one that goes away.
func (b *tab) keep(what string, png []byte) {
	b.Helper()
	dir := os.Getenv("SMEBOT_SCREENSHOTS")
	if dir == "" {
		dir = b.TempDir()
	}
	if err := os.WriteFile(filepath.Join(dir, b.name+"-"+what+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// fits checks what holds whatever is shown: nothing is cut at the side, the input does not make an iPhone zoom
// (16px), what is tapped is large enough for a finger (WCAG 2.5.5: 44px), the last reply's first line is in view.
func (b *tab) fits() {
	b.Helper()
	for what, holds := range map[string]string{
		"nothing sticks out":      `document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight`,
		"no bubble is cut":        `[...document.querySelectorAll(".msg, .choices button")].every(e => e.scrollWidth <= e.clientWidth + 1 && e.getBoundingClientRect().right <= innerWidth)`,
		"the input does not zoom": `parseFloat(getComputedStyle(document.getElementById("text")).fontSize) >= 16`,
		"buttons fit a finger":    `[...document.querySelectorAll("button")].every(e => e.offsetHeight >= 44 && e.offsetWidth >= 44)`,
		"the reply begins in view": `(() => { const l = document.getElementById("log").getBoundingClientRect(), all = document.querySelectorAll(".msg.bot"), r = all[all.length - 1].getBoundingClientRect();
			return r.top >= l.top - 1 && r.top < l.bottom; })()`,
		"the input is in view": `document.getElementById("text").getBoundingClientRect().bottom <= innerHeight`,
	} {
		if !eval[bool](b, holds) {
			b.Errorf("%s: not so: %s", b.name, what)
		}
	}
}

// quiet fails with everything the page complained about.
func (b *tab) quiet() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.Errorf("%s: %s", b.name, c)
	}
}

// wants checks that a reply holds all of the words.
func (b *tab) wants(reply string, words ...string) {
	b.Helper()
	for _, w := range words {
		if !strings.Contains(reply, w) {
			b.Errorf("%s: no %q in the reply %q", b.name, w, reply)
		}
	}
}

func TestBrowserConversation(t *testing.T) {
	browser, p := startBrowser(t)
	for _, c := range []struct {
		name          string
		width, height int64
		mobile        bool
		firm          string
	}{
		{"phone", 390, 844, true, "中山市古镇明辉灯饰有限公司"},
		{"desktop", 1280, 800, false, "中山市古镇恒光照明电器厂"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := openTab(t, browser, c.name, c.width, c.height, c.mobile)
			converse := func(step string, reply string, words ...string) {
				t.Helper()
				b.wants(reply, words...)
				b.fits()
				b.shot(step)
			}
			b.open(p)
			converse("1-greeting", b.replies()[0], "您好")
			if len(b.choices()) == 0 {
				t.Error("the greeting offers nothing")
			}
			converse("2-policy", b.say("前20家奖励多少钱"), "100万元", "第二十四条", "已过")
			converse("3-article", b.choose("看第二十四条", !c.mobile), "100万元")
			converse("4-traditional", b.say("前20家獎勵多少錢"), "100萬元", "第二十四條", "已過")
			converse("5-english", b.say("How much is the award for the top 20 platforms?"), "100万元", "Article 24", "ended")
			converse("6-platform", b.say("产品老被退货，想做检测认证"), "质量检测")
			converse("7-form", b.choose("登记", !c.mobile), "说明")
			number := fillForm(b, c.firm, !c.mobile)
			converse("8-referred", b.replies()[len(b.replies())-1], number)
			converse("9-progress", b.say("我的进度"), number)

			lead, err := p.engine.db.Lead(t.Context(), number)
			if err != nil {
				t.Fatalf("the lead is not in the store: %v", err)
			}
			if lead.Firm != c.firm || lead.Phone.Reveal() != "+8613800138000" || lead.Platform != "quality-testing" || lead.Status != store.New || lead.From.Channel != "web" {
				t.Errorf("the lead holds another firm, phone, platform, status or channel than what was typed")
			}

			told := eval[[]string](b, `[...document.querySelectorAll(".msg")].map(e => e.textContent)`)
			b.run(chromedp.Reload())
			b.until(idle)
			if again := eval[[]string](b, `[...document.querySelectorAll(".msg")].map(e => e.textContent)`); fmt.Sprint(again) != fmt.Sprint(told) {
				t.Errorf("after a reload %d messages of %d are there, or others", len(again), len(told))
			}
			b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
			b.shot("10-dark")
			b.quiet()
		})
	}
}

// referTab answers what the form asks until it gives a number, by choices where there are some.
func fillForm(b *tab, firm string, keyboard bool) string {
	b.Helper()
	number := regexp.MustCompile(`20\d{6}-[0-9A-Z]{6}`)
	answers := []struct{ asked, words string }{
		{"公司全称", firm}, {"镇（街道）", "古镇镇"}, {"具体需求", "灯具出口被退货，要做认证检测"}, {"怎么称呼", "陈先生"}, {"手机号码", "13800138000"},
	}
	for range 12 {
		all := b.replies()
		asked := all[len(all)-1]
		if n := number.FindString(asked); n != "" {
			return n
		}
		said := false
		for _, caption := range []string{"同意", "确认"} {
			for _, c := range b.choices() {
				if !said && c == caption {
					b.choose(caption, keyboard)
					said = true
				}
			}
		}
		for _, a := range answers {
			if !said && strings.Contains(asked, a.asked) {
				b.say(a.words)
				said = true
			}
		}
		if !said {
			b.Fatalf("the form asks what nobody answers: %q", asked)
		}
	}
	b.Fatal("the form does not end")
	return ""
}

// gate stands between page and server: it holds, fails or passes each message of the page.
type gate struct {
	ctx    context.Context
	paused chan fetch.RequestID // held, in order
}

func (b *tab) gate() *gate {
	b.Helper()
	g := &gate{b.ctx, make(chan fetch.RequestID, 64)}
	chromedp.ListenTarget(b.ctx, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			g.paused <- e.RequestID
		}
	})
	b.run(fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: "*/chat/send", RequestStage: fetch.RequestStageRequest}}))
	return g
}

// TestBrowserLosesNoMessage cuts the network while a message is on its way, and reloads the page meanwhile.
func TestBrowserLosesNoMessage(t *testing.T) {
	browser, p := startBrowser(t)
	b := openTab(t, browser, "network", 390, 844, true)
	b.open(p)
	g := b.gate()

	b.run(typed("前20家奖励多少钱"))
	held := <-g.paused
	b.until(`document.querySelector(".wait") && document.getElementById("status").textContent`)
	b.run(typed("写到一半"))
	if got := eval[string](b, `document.getElementById("text").value`); got != "写到一半" {
		t.Errorf("typed while waiting: %q is left", got)
	}
	b.run(fetch.FailRequest(held, network.ErrorReasonInternetDisconnected))
	b.run(fetch.FailRequest(<-g.paused, network.ErrorReasonInternetDisconnected)) // the page's own second try
	<-g.paused                                                                    // and its third, which a reload kills
	b.run(chromedp.Reload())
	b.run(fetch.ContinueRequest(<-g.paused))
	b.until(idle)

	b.mu.Lock()
	first := b.sent[1] // after the hello
	for _, id := range b.sent[1:] {
		if id != first {
			t.Error("the message was sent again under another id")
		}
	}
	if len(b.sent) != 5 {
		t.Errorf("%d requests, want hello and four tries", len(b.sent))
	}
	b.mu.Unlock()
	if all := b.replies(); len(all) != 2 || !strings.Contains(all[1], "100万元") {
		t.Errorf("the replies are %q", all)
	}
	if got := eval[string](b, `document.getElementById("text").value`); got != "写到一半" {
		t.Errorf("after a reload %q is left in the input", got)
	}
	if n := eval[int](b, `document.querySelectorAll(".msg.me").length`); n != 1 {
		t.Errorf("the person's message stands there %d times", n)
	}
}

// TestBrowserSaysWhatIsWrong shows faults in words, with what helps, and the text is not lost.
func TestBrowserSaysWhatIsWrong(t *testing.T) {
	browser, p := startBrowser(t)
	b := openTab(t, browser, "fault", 390, 844, true)
	b.open(p)
	b.run(network.ClearBrowserCookies())
	b.run(typed("前20家奖励多少钱"))
	b.until(`document.querySelector(".fault[role=alert] button")`)
	b.fits()
	b.shot("session")
	b.run(chromedp.Click(".fault button", chromedp.ByQuery))
	b.until(`!document.querySelector(".fault") && ` + idle + ` && document.querySelectorAll(".msg.bot").length === 2`)
	b.wants(b.replies()[1], "100万元")
}

func TestBrowserKeys(t *testing.T) {
	browser, p := startBrowser(t)
	b := openTab(t, browser, "keys", 1280, 800, false)
	b.open(p)
	if !eval[bool](b, `document.activeElement.id === "text"`) {
		t.Error("the input is not ready for typing")
	}
	b.run(chromedp.KeyEvent("一"), enter(input.ModifierShift), chromedp.KeyEvent("二"))
	if got := eval[string](b, `document.getElementById("text").value`); got != "一\n二" {
		t.Errorf("Shift and Enter: %q", got)
	}
	height := eval[float64](b, `document.getElementById("text").offsetHeight`)
	if one := eval[float64](b, `document.getElementById("send").offsetHeight`); height < one+10 {
		t.Errorf("the input does not grow: %v, one line is %v", height, one)
	}
	// Enter that ends an input method's composition sends nothing.
	b.run(chromedp.Evaluate(`document.getElementById("text").dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))`, nil))
	if n := eval[int](b, `document.querySelectorAll(".msg.me").length`); n != 0 {
		t.Error("Enter within a composition sent the message")
	}
	b.run(chromedp.KeyEvent("\b"), chromedp.KeyEvent("\b"), chromedp.KeyEvent("\b"), enter(0))
	if n := eval[int](b, `document.querySelectorAll(".msg.me").length`); n != 0 {
		t.Error("an empty message was sent")
	}
	b.choose("帮助", true)
	if !eval[bool](b, `document.activeElement.id === "text"`) {
		t.Error("after a choice the keyboard's place is lost")
	}
	b.quiet()
}

func TestBrowserLanguages(t *testing.T) {
	browser, p := startBrowser(t)
	for accept, want := range map[string][2]string{
		"zh-CN,zh": {"zh-CN", "发送"}, "zh-HK,zh": {"zh-Hant", "傳送"}, "zh-TW": {"zh-Hant", "傳送"}, "zh-Hans-HK": {"zh-CN", "发送"},
		"en-GB,en": {"en", "Send"}, "fr-FR,en": {"en", "Send"}, "de-DE": {"zh-CN", "发送"},
	} {
		b := openTab(t, browser, "language-"+want[0], 390, 844, true)
		agent := eval[string](b, `navigator.userAgent`)
		b.run(emulation.SetUserAgentOverride(agent).WithAcceptLanguage(accept))
		b.open(p)
		got := eval[[]string](b, `[document.documentElement.lang, document.getElementById("send").textContent]`)
		if got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%s: the page speaks %q", accept, got)
		}
		if title := eval[string](b, `document.querySelector("h1").lang`); title != "zh-CN" {
			t.Errorf("%s: the title is said to be in %q", accept, title)
		}
		b.fits()
		b.shot("greeting")
		b.quiet()
	}
}

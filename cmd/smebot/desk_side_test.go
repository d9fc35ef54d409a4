package main

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// This file is the staff's side: somebody of the service centre at the console in a real browser.

//go:embed testdata/page.js
var pageRules string

// desk is the running program with a clock that tests move, a proxy in front as Nginx would be, and a browser.
type desk struct {
	*site
	browser context.Context
	url     string // the proxy's

	mu    sync.Mutex
	ahead time.Duration
	back  *url.URL // the program's own address
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.ahead)
}

// pass moves the program's clock.
func (d *desk) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ahead += by
}

// startDesk starts a browser, the proxy and the program.
func startDesk(t *testing.T, c Config) *desk {
	t.Helper()
	d := &desk{browser: startChromium(t)}
	front := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			d.mu.Lock()
			defer d.mu.Unlock()
			r.SetURL(d.back)
			r.Out.Host = r.In.Host // as README says
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "502 Bad Gateway", http.StatusBadGateway)
		},
	})
	t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
	d.url = front.URL
	d.begin(t, c)
	return d
}

// begin starts the program, for the first time or again.
func (d *desk) begin(t *testing.T, c Config) {
	t.Helper()
	d.site = startSiteAt(t, c, d.now)
	back, err := url.Parse(d.site.url)
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.back = back
}

// colleague is somebody of the staff at a browser of their own.
type colleague struct {
	*tab
	desk *desk
}

// Sizes of windows, in CSS pixels.
const (
	phoneWidth, phoneHeight     = 390, 844
	desktopWidth, desktopHeight = 1280, 800
)

func (d *desk) onPhone(t *testing.T, name string) *colleague {
	return &colleague{openWindow(t, d.browser, name, phoneWidth, phoneHeight, true), d}
}

func (d *desk) atDesk(t *testing.T, name string) *colleague {
	return &colleague{openWindow(t, d.browser, name, desktopWidth, desktopHeight, false), d}
}

// goes acts and waits for the page that follows; it returns the answer's status.
func (c *colleague) goes(act ...chromedp.Action) int {
	c.Helper()
	r, err := chromedp.RunResponse(c.ctx, act...)
	if err != nil {
		c.Fatalf("%s: no page follows: %v; the page shows:\n%s", c.name, err, c.text())
	}
	return int(r.Status)
}

// to opens an address of the console.
func (c *colleague) to(path string) int {
	c.Helper()
	return c.goes(chromedp.Navigate(c.desk.url + path))
}

// text is what the page shows.
func (c *colleague) text() string {
	c.Helper()
	return eval[string](c.tab, `document.body.innerText`)
}

// at is the address shown, without the host.
func (c *colleague) at() string {
	c.Helper()
	return eval[string](c.tab, `location.pathname + location.search`)
}

// reads checks that the page shows words.
func (c *colleague) reads(words ...string) {
	c.Helper()
	text := c.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			c.Errorf("%s: %s does not show %q; it shows:\n%s", c.name, c.at(), w, text)
		}
	}
}

// readsNot checks that the page shows none of the words.
func (c *colleague) readsNot(words ...string) {
	c.Helper()
	text := c.text()
	for _, w := range words {
		if strings.Contains(text, w) {
			c.Errorf("%s: %s shows %q", c.name, c.at(), w)
		}
	}
}

// waits waits until the page shows words by itself.
func (c *colleague) waits(words string) {
	c.Helper()
	c.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, words))
}

// spot finds an element with a caption and returns the middle of it, scrolled into view.
func (c *colleague) spot(kind, caption string) (x, y float64) {
	c.Helper()
	at := eval[[]float64](c.tab, fmt.Sprintf(`(() => {
		const e = [...document.querySelectorAll(%q)].find(e => e.checkVisibility() && (e.textContent.trim() === %q || e.value === %q));
		if (!e) return [];
		e.scrollIntoView({block: "center"});
		const r = e.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
		return hit && (e.contains(hit) || hit.contains(e)) ? [x, y] : [];
	})()`, kind, caption, caption))
	if len(at) != 2 {
		c.Fatalf("%s: %s has no %s %q that can be reached; it shows:\n%s", c.name, c.at(), kind, caption, c.text())
	}
	return at[0], at[1]
}

// hit is a click on an element with a caption, or a tap where the window is a phone's.
func (c *colleague) hit(kind, caption string) chromedp.Action {
	c.Helper()
	x, y := c.spot(kind, caption)
	if eval[bool](c.tab, `matchMedia("(pointer: coarse)").matches`) {
		return chromedp.Tasks{input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: x, Y: y}}), input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{})}
	}
	return chromedp.MouseClickXY(x, y)
}

// press presses a button that sends a form.
func (c *colleague) press(caption string) int {
	c.Helper()
	return c.goes(c.hit("button", caption))
}

// pressIn presses a button of the form whose address ends so.
func (c *colleague) pressIn(form, caption string) int {
	c.Helper()
	return c.goes(c.hit(fmt.Sprintf(`form[action$=%q] button`, "/"+form), caption))
}

// follow follows a link.
func (c *colleague) follow(caption string) int {
	c.Helper()
	return c.goes(c.hit("a", caption))
}

// types replaces what stands in a field by words.
func (c *colleague) types(field, words string) {
	c.Helper()
	if !eval[bool](c.tab, fmt.Sprintf(`(() => { const f = document.querySelector(%q); if (f) { f.value = ""; f.focus(); } return !!f; })()`, field)) {
		c.Fatalf("%s: %s has no field %s; it shows:\n%s", c.name, c.at(), field, c.text())
	}
	c.run(input.InsertText(words)) // as an input method does
}

// picks chooses one of a list by its words, as a hand does.
func (c *colleague) picks(field, words string) {
	c.Helper()
	if !eval[bool](c.tab, fmt.Sprintf(`(() => {
		const s = document.querySelector(%q), o = [...s.options].find(o => o.textContent.trim().startsWith(%q));
		if (!o) return false;
		s.focus();
		s.value = o.value;
		s.dispatchEvent(new Event("input", {bubbles: true}));
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, field, words)) {
		c.Fatalf("%s: %s offers no %q", c.name, field, words)
	}
}

// tabTo goes with the keyboard from where it is to an element, which must then be seen to have it.
func (c *colleague) tabTo(element string) {
	c.Helper()
	for range 80 {
		c.run(chromedp.KeyEvent("\t"))
		if !eval[bool](c.tab, fmt.Sprintf(`document.activeElement.matches(%q)`, element)) {
			continue
		}
		for _, fault := range eval[[]string](c.tab, "("+pageRules+")(true)") {
			c.Errorf("%s: %s: %s", c.name, c.at(), fault)
		}
		return
	}
	c.Fatalf("%s: %s: the keyboard does not reach %s", c.name, c.at(), element)
}

// signIn signs in with what is given and returns the page's status.
func (c *colleague) signIn(name, password string) int {
	c.Helper()
	if !strings.HasPrefix(c.at(), "/console/signin") {
		c.to("/console/")
	}
	c.types("input[name=name]", name)
	c.types("input[name=password]", password)
	return c.press("登录")
}

// ownPassword is what everybody of the staff chooses here.
const ownPassword = "荔枝红了的六月天我们去摘"

// begins is a first sign-in: the password for one use, then one of their own.
func (c *colleague) begins(name, once string) {
	c.Helper()
	c.signIn(name, once)
	if c.at() != "/console/password" {
		c.Fatalf("%s: the first sign-in leads to %s; it shows:\n%s", c.name, c.at(), c.text())
	}
	c.types("input[name=fresh]", ownPassword)
	c.types("input[name=again]", ownPassword)
	c.press("保存")
	c.reads("密码已修改")
}

// holds checks what must hold of every page, in the window as it is.
func (c *colleague) holds() {
	c.Helper()
	for _, fault := range eval[[]string](c.tab, "("+pageRules+")(false)") {
		c.Errorf("%s: %s: %s", c.name, c.at(), fault)
	}
}

// shows checks the page and writes a picture of it: in whole, as paper would show it.
func (c *colleague) shows(what string) {
	c.Helper()
	c.holds()
	c.picture(what)
}

// still fails with what the page complained about, but for answers that are errors by design.
func (c *colleague) still() {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, line := range c.complaints {
		if !strings.Contains(line, "the server responded with a status of 4") && !strings.Contains(line, "502 (Bad Gateway)") {
			c.Errorf("%s: %s", c.name, line)
		}
	}
}

// picture writes a picture of the page from top to end.
func (c *colleague) picture(what string) {
	c.Helper()
	var png []byte
	c.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		_, _, _, _, _, size, err := page.GetLayoutMetrics().Do(ctx)
		if err == nil {
			png, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).WithClip(&page.Viewport{Width: size.Width, Height: size.Height, Scale: 1}).Do(ctx)
		}
		return err
	}))
	c.keep(what, png)
}

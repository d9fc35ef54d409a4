package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"smebot/store"
)

// armed lets a page tell what a payload did, and what its policy kept from happening.
const armed = `window.x7 = () => { (window.done ||= []).push("a payload ran"); };
	addEventListener("securitypolicyviolation", e => { (window.done ||= []).push("the policy had to stop " + e.violatedDirective + " " + e.blockedURI); }, true);
	addEventListener("error", e => { if (e.target instanceof Element) (window.done ||= []).push("a payload loads " + e.target.outerHTML.slice(0, 100)); }, true);`

// walker goes through the console as one role, by every link, and checks each page on a phone and on a desktop.
type walker struct {
	*colleague
	all    []pattern
	most   int // pages of one route
	visits map[string]int
	met    map[string]bool
	queue  []string
}

func (w *walker) meet(address string) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/console/") || w.met[u.RequestURI()] {
		return
	}
	if p := match(w.all, "GET", u.EscapedPath()); p != nil && w.visits[p.path] < w.most {
		w.visits[p.path]++
		w.met[u.RequestURI()] = true
		w.queue = append(w.queue, u.RequestURI())
	}
}

func (w *walker) walk(t *testing.T) (pages int) {
	for ; len(w.queue) > 0; pages++ {
		at := w.queue[0]
		w.queue = w.queue[1:]
		var loaded string
		if err := chromedp.Run(w.ctx, chromedp.Navigate(w.desk.url+at), chromedp.Evaluate(`document.contentType`, &loaded)); err != nil {
			if strings.Contains(err.Error(), "ERR_ABORTED") { // a file to keep, not a page
				continue
			}
			t.Fatalf("%s: %s: %v", w.name, at, err)
		}
		if loaded != "text/html" {
			continue
		}
		for _, size := range [][2]int64{{desktopWidth, desktopHeight}, {phoneWidth, phoneHeight}} {
			w.run(emulation.SetDeviceMetricsOverride(size[0], size[1], 1, size[0] == phoneWidth))
			for _, fault := range eval[[]string](w.tab, "("+pageRules+")(false)") {
				t.Errorf("%s: %s at %d: %s", w.name, at, size[0], fault)
			}
		}
		w.run(emulation.SetDeviceMetricsOverride(320, phoneHeight, 1, true)) // WCAG 1.4.10: no sideways scrolling here either
		if width := eval[int](w.tab, `document.documentElement.scrollWidth`); width > 320 {
			t.Errorf("%s: %s at 320 is %d wide", w.name, at, width)
		}
		for _, what := range eval[[]string](w.tab, `window.done || []`) {
			t.Errorf("%s: %s: %s", w.name, at, what)
		}
		if inline := eval[int](w.tab, `[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => a.name.startsWith("on") || a.name === "style")).length`); inline > 0 {
			t.Errorf("%s: %s: %d elements with a handler or style of their own", w.name, at, inline)
		}
		for _, to := range eval[[]string](w.tab, `[...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin).map(a => a.pathname + a.search)`) {
			w.meet(to)
		}
	}
	return pages
}

// TestBrowserEveryPage opens the console's pages as every role, with the words of hostile people wherever there are
// words: nothing of them may run, and each page must be readable on a phone and on a desktop, in both languages. With
// SMEBOT_PAGES=all it opens every page there is instead of some of each kind.
func TestBrowserEveryPage(t *testing.T) {
	config := testConfig(t)
	filled := hostileData(t, config)
	d := startDesk(t, config)
	most, languages := 2, map[store.Role][]string{"": {"zh"}, store.RoleSupervisor: {"zh", "en"}, store.RoleAgent: {"zh"}, store.RoleViewer: {"en"}, store.RoleAdmin: {"zh"}, store.RoleAuditor: {"en"}}
	if os.Getenv("SMEBOT_PAGES") == "all" {
		most = 1000
		for role := range languages {
			languages[role] = []string{"zh", "en"}
		}
	}
	pages, met, all := 0, map[string]bool{}, patterns(t)
	for _, role := range append(store.Roles(), "") {
		for _, lang := range languages[role] {
			w := &walker{colleague: d.atDesk(t, fmt.Sprintf("walk-%s-%s", role, lang)), all: all, most: most, visits: map[string]int{}, met: map[string]bool{}}
			w.run(chromedp.ActionFunc(func(ctx context.Context) error {
				if _, err := page.AddScriptToEvaluateOnNewDocument(armed).Do(ctx); err != nil {
					return err
				}
				if role != "" {
					if err := network.SetCookie("smebot-session", sessionOf(role)).WithURL(d.url).Do(ctx); err != nil {
						return err
					}
				}
				return network.SetCookie("smebot-lang", lang).WithURL(d.url).Do(ctx)
			}))
			for _, p := range all {
				if p.method == "GET" && p.open() {
					w.meet(p.path)
				}
			}
			w.meet("/console/answer/" + filled.Token)
			w.meet("/console/leads/" + filled.Leads[0])
			pages += w.walk(t)
			w.still()
			for s := range w.visits {
				met[s] = true
			}
		}
	}
	for _, p := range all {
		if p.method == "GET" && !met[p.path] {
			neverMet(t, p)
		}
	}
	t.Logf("%d pages", pages)
}

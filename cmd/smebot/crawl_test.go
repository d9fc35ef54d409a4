package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"smebot/console/hostile"
	"smebot/store"
)

// routeFile lists the console's routes; a test of package console holds it to what is registered.
const routeFile = "../../console/testdata/routes.txt"

// pattern is a route of the console.
type pattern struct {
	method, path string
	re           *regexp.Regexp
}

func (p pattern) String() string { return p.method + " " + p.path }

// open reports whether the route has no variable, so that its path is an address.
func (p pattern) open() bool { return !strings.Contains(p.path, "{") }

// patterns are the console's routes, those without variables first. Streams are left out.
func patterns(t *testing.T) []pattern {
	t.Helper()
	f, err := os.Open(routeFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	variable := regexp.MustCompile(`\\\{[^}]*\\\}`)
	var all []pattern
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, _, ok := strings.Cut(lines.Text(), ": ")
		method, path, route := strings.Cut(name, " ")
		if !ok || !route || strings.HasPrefix(name, "#") || strings.HasSuffix(path, "/events") {
			continue
		}
		path = strings.TrimSuffix(path, "{$}")
		all = append(all, pattern{method, path, regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")})
	}
	slices.SortStableFunc(all, func(a, b pattern) int { return strings.Count(a.path, "{") - strings.Count(b.path, "{") })
	if len(all) < 40 {
		t.Fatalf("only %d routes", len(all))
	}
	return all
}

// match is the route that answers an address, nil for none.
func match(all []pattern, method, path string) *pattern {
	for i := range all {
		if all[i].method == method && all[i].re.MatchString(path) {
			return &all[i]
		}
	}
	return nil
}

// neverMet tells of a page that no link led to: a fault, unless the thing it shows has to be made first.
func neverMet(t *testing.T, p pattern) {
	t.Helper()
	if p.open() {
		t.Errorf("nothing leads to %s", p)
	} else {
		t.Logf("nothing leads to %s here: there is no such thing to show", p)
	}
}

// hostileData fills a data folder, as years of hostile people would, before the program starts on it. There is an
// account for each role, named like it, and a session of each, whose token is as sessionOf says.
func hostileData(t *testing.T, c Config) hostile.Filled {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: c.Data})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range store.Roles() {
		if err := db.AddAccount(t.Context(), "operator", string(r), r, "opened by no password", time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := db.StartSession(t.Context(), string(r), sessionOf(r)); err != nil {
			t.Fatal(err)
		}
	}
	filled, err := hostile.Fill(t.Context(), db, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return filled
}

func sessionOf(r store.Role) string { return strings.Repeat(string(r), 10)[:40] }

// crawler goes through the console as somebody who follows every link, sends every form and writes payloads into
// whatever takes words. It knows no page by name: what is registered or linked is found.
type crawler struct {
	*testing.T
	*http.Client
	base     string
	who      store.Role
	payloads []string
	most     int             // pages of one route
	unseen   map[string]bool // payloads that no page has shown yet
	all      []pattern
	token    string // of the forms

	queue  []string
	met    map[string]bool // addresses
	visits map[string]int  // by route
	forms  map[string]bool // by route and fields
	pages  int
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
}

var formToken = regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`)

func (c *crawler) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *crawler) ask(method, address, kind string, body io.Reader) answered {
	c.Helper()
	r, err := http.NewRequest(method, c.base+address, body)
	c.must(err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", c.base)
	}
	a, err := c.Do(r)
	c.must(err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	c.must(err)
	if m := formToken.FindSubmatch(b); m != nil {
		c.token = string(m[1])
	}
	return answered{a.StatusCode, a.Header, string(b)}
}

// spared are forms that would end or change the crawler's own session, which other tests look at.
var spared = []string{"/console/signout", "/console/language", "/console/password", "/console/account/totp", "/console/account/totp/confirm", "/console/account/totp/off", "/console/account/others"}

func (c *crawler) crawl(more ...string) {
	for _, p := range c.all {
		if p.method == http.MethodGet && p.open() {
			c.meet(p.path)
		}
	}
	for _, at := range more {
		c.meet(at)
	}
	for len(c.queue) > 0 {
		at := c.queue[0]
		c.queue = c.queue[1:]
		c.look(at, c.ask(http.MethodGet, at, "", nil))
	}
}

func (c *crawler) meet(address string) {
	u, err := url.Parse(address)
	if err != nil || c.met[address] {
		return
	}
	p := match(c.all, http.MethodGet, u.EscapedPath())
	if p == nil || c.visits[p.String()] >= c.most {
		return
	}
	c.met[address] = true
	c.visits[p.String()]++
	c.queue = append(c.queue, address)
}

// look checks a page and takes what leads on from it.
func (c *crawler) look(at string, p answered) {
	c.Helper()
	c.pages++
	if p.status >= 500 {
		c.Errorf("as %s, %s: %d", c.who, at, p.status)
	}
	if to := p.header.Get("Location"); to != "" {
		if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" {
			c.Errorf("as %s, %s leads to %q", c.who, at, to)
		}
		c.meet(to)
		return
	}
	if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		if p.status < 300 && !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
			c.Errorf("as %s, %s is a %s to be shown", c.who, at, p.header.Get("Content-Type"))
		}
		return
	}
	alien, err := hostile.Alien(strings.NewReader(p.body))
	c.must(err)
	if alien != "" {
		c.Errorf("as %s, %s holds %s", c.who, at, alien)
	}
	text := html.UnescapeString(p.body)
	for payload := range c.unseen {
		if strings.Contains(text, payload) {
			delete(c.unseen, payload)
		}
	}
	root, err := html.Parse(strings.NewReader(p.body))
	c.must(err)
	base, err := url.Parse(at)
	c.must(err)
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a":
			if to, err := base.Parse(attr(n, "href")); err == nil && to.Host == "" && strings.HasPrefix(to.Path, "/console/") {
				to.Fragment = ""
				c.meet(to.String())
			}
		case n.Data == "form":
			c.send(base, n)
		}
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// formField is one of a form's.
type formField struct{ name, kind, value string }

// formFields lists what a form sends; choices are taken as they stand, or the last one that says something.
func formFields(form *html.Node) (all []formField) {
	for n := range form.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" {
			continue
		}
		f := formField{attr(n, "name"), attr(n, "type"), attr(n, "value")}
		switch n.Data {
		case "input":
		case "textarea":
			f.kind = "text"
		case "select":
			f.kind = "select"
			for o := range n.Descendants() {
				if o.Data == "option" && attr(o, "value") != "" {
					f.value = attr(o, "value")
				}
			}
		case "button":
			f.kind = "button"
		default:
			continue
		}
		all = append(all, f)
	}
	return all
}

// send fills a form with payloads and sends it, once for each kind of form: with every payload where it only asks,
// with a few where it changes something.
func (c *crawler) send(base *url.URL, form *html.Node) {
	c.Helper()
	method := strings.ToUpper(attr(form, "method"))
	to, err := base.Parse(attr(form, "action"))
	c.must(err)
	all := formFields(form)
	route := match(c.all, method, to.EscapedPath())
	if route == nil || slices.Contains(spared, to.Path) {
		return
	}
	key := route.String()
	typed, file := false, false
	for _, f := range all {
		key += " " + f.name
		typed = typed || slices.Contains([]string{"", "text", "search", "date", "tel", "number", "file", "password"}, f.kind)
		file = file || f.kind == "file"
	}
	if !typed || c.forms[key] {
		return
	}
	c.forms[key] = true
	payloads := c.payloads
	if method == http.MethodPost {
		payloads = payloads[:min(len(payloads), 8)]
		c.payloads = append(c.payloads[len(payloads):], payloads...) // others for the next form
	}
	for _, p := range payloads {
		values := url.Values{}
		for _, f := range all {
			switch f.kind {
			case "hidden", "select", "radio", "button":
				values.Set(f.name, f.value)
			case "checkbox":
				values.Add(f.name, f.value)
			case "file":
			default:
				values.Set(f.name, p)
			}
		}
		switch {
		case method != http.MethodPost:
			at := *to
			at.RawQuery = values.Encode()
			c.look(at.String(), c.ask(method, at.String(), "", nil))
		case file:
			c.look(to.EscapedPath(), c.upload(to.EscapedPath(), values, all, p))
		default:
			values.Set("csrf", c.token)
			c.look(to.EscapedPath(), c.ask(method, to.EscapedPath(), "application/x-www-form-urlencoded", strings.NewReader(values.Encode())))
		}
	}
}

// upload sends a form with a file whose name and every cell is a payload.
func (c *crawler) upload(to string, values url.Values, all []formField, p string) answered {
	c.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, list := range values {
		for _, v := range list {
			c.must(w.WriteField(name, v))
		}
	}
	cell := `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
	for _, f := range all {
		if f.kind == "file" {
			part, err := w.CreateFormFile(f.name, p+".csv")
			c.must(err)
			_, err = fmt.Fprintf(part, "镇街,平台类型,机构名称,联系方式,地址,来源\n古镇镇,融资,%[1]s,%[1]s,%[1]s,%[1]s\n%[1]s,%[1]s,%[1]s,%[1]s,%[1]s,%[1]s\n", cell)
			c.must(err)
		}
	}
	c.must(w.Close())
	return c.ask(http.MethodPost, to, w.FormDataContentType(), &body)
}

// TestF083PayloadsOnEveryPage fills every field there is with 200 payloads and looks at every page as every role.
func TestF083PayloadsOnEveryPage(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at thousands of pages: not under -short")
	}
	config := testConfig(t)
	filled := hostileData(t, config)
	s := startSite(t, config)
	pages, forms, met, unseen := 0, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range hostile.Payloads() {
		unseen[p] = true
	}
	for _, who := range append(store.Roles(), "anonymous") {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(s.url)
		if err != nil {
			t.Fatal(err)
		}
		if who != "anonymous" {
			jar.SetCookies(u, []*http.Cookie{{Name: "smebot-session", Value: sessionOf(who), Path: "/"}})
		}
		c := &crawler{T: t, Client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, base: s.url, who: who,
			payloads: hostile.Payloads(), most: 30, unseen: unseen, all: patterns(t), met: map[string]bool{}, visits: map[string]int{}, forms: map[string]bool{}}
		if who == store.RoleSupervisor {
			c.most = len(c.payloads) + 20
		}
		c.crawl("/console/answer/" + filled.Token)
		pages += c.pages
		for f := range c.forms {
			forms[f] = true
		}
		for p := range c.visits {
			met[p] = true
		}
	}
	for _, p := range patterns(t) {
		if p.method == http.MethodGet && !met[p.String()] {
			neverMet(t, p)
		}
	}
	if pages < 2000 || len(forms) < 8 {
		t.Errorf("only %d pages and %d kinds of forms were looked at", pages, len(forms))
	}
	if len(unseen) > 10 { // control characters change on their way
		t.Errorf("%d payloads stand on no page", len(unseen))
	}
	t.Logf("%d pages, %d kinds of forms", pages, len(forms))
}

package console

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"smebot/store"
)

func TestF103HeadersOnEveryAnswer(t *testing.T) {
	w := newSeeded(t)
	b := w.signIn(store.RoleSupervisor)
	asked := 0
	check := func(what string, p page, status int) {
		t.Helper()
		asked++
		if status != 0 && p.status != status {
			t.Errorf("%s: %d, want %d", what, p.status, status)
		}
		checkHeaders(t, p)
	}
	for _, rt := range w.server.routes() {
		check(rt.String(), visitRoute(b, rt), 0)
		if !mutating(rt.method) {
			check("POST of "+rt.pattern, b.post(pathOf(rt, w.own.Number)), 0)
		}
		b.get("/console/signin")
		if b.get("/console/account").status != http.StatusOK {
			b = w.signIn(store.RoleSupervisor) // it was signed out
		}
	}
	check("no such page", b.get("/console/nothing/here"), http.StatusNotFound)
	check("no such lead", b.get("/console/leads/20261123-ZZZZZZ"), http.StatusNotFound)
	check("a page of another role", b.get("/console/accounts"), http.StatusForbidden)
	check("a form that is too large", b.post("/console/canned", "title", "x", "text", strings.Repeat("x", maxForm)), http.StatusRequestEntityTooLarge)
	check("a broken form", b.postRaw("/console/canned", url.Values{"csrf": {b.token + "%"}}, b.base), http.StatusForbidden)
	check("a folder", b.get("/console/static/"), http.StatusNotFound)
	check("no such file", b.get("/console/static/none.css"), http.StatusNotFound)
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"} {
		r, err := http.NewRequest(method, w.http.URL+"/console/leads", nil)
		w.must(err)
		check(method, b.do(r), 0)
	}
	broken := httptest.NewRecorder()
	w.server.mux.HandleFunc("GET /console/broken", w.server.handle(route{"GET", "/console/broken", permPublic, func(*visit) error { panic("as a template may") }}))
	w.server.ServeHTTP(broken, httptest.NewRequest("GET", "/console/broken", nil))
	check("a page that panics", page{broken.Code, broken.Header(), broken.Body.String()}, http.StatusInternalServerError)
	if strings.Contains(broken.Body.String(), "as a template may") {
		t.Error("the reason of a panic is shown")
	}
	static, err := fs.Glob(files, "static/*")
	w.must(err)
	for _, name := range static {
		p := b.get("/console/" + name)
		if p.header.Get("Content-Security-Policy") != policy || p.header.Get("X-Content-Type-Options") != "nosniff" || p.status != http.StatusOK {
			t.Errorf("%s: %d, or it lacks headers", name, p.status)
		}
		r, err := http.NewRequest(http.MethodGet, w.http.URL+"/console/"+name, nil)
		w.must(err)
		r.Header.Set("If-None-Match", p.header.Get("ETag"))
		if again := b.do(r); again.status != http.StatusNotModified {
			t.Errorf("%s is sent again to who has it: %d", name, again.status)
		}
	}
	for _, bad := range []string{"unsafe-inline", "unsafe-eval", "http:", "https:", "*"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy allows %s", bad)
		}
	}
	if asked < 60 {
		t.Errorf("only %d answers were looked at", asked)
	}
}

func TestF104NothingIsKeptOrFramed(t *testing.T) {
	w := newSeeded(t)
	b := w.signIn(store.RoleSupervisor)
	p := b.get("/console/leads/" + w.own.Number)
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "base-uri 'none'") || !strings.Contains(policy, "default-src 'none'") {
		t.Error("the policy allows frames, a base or anything by default")
	}
	if p := b.post("/console/signout"); !strings.Contains(p.header.Get("Clear-Site-Data"), "cache") {
		t.Error("signing out leaves pages in the browser")
	}
	if p := b.get("/console/leads/" + w.own.Number); p.status != http.StatusSeeOther || strings.Contains(p.body, w.own.Firm) {
		t.Errorf("the page before, after signing out: %d", p.status)
	}
}

func TestF105WhereAVisitorIs(t *testing.T) {
	for _, c := range []struct {
		from, forwarded, want string
		proxies               []string
	}{
		{"203.0.113.7:5000", "", "203.0.113.7", nil},
		{"203.0.113.7:5000", "198.51.100.1", "203.0.113.7", nil},
		{"127.0.0.1:5000", "198.51.100.1", "127.0.0.1", nil},
		{"127.0.0.1:5000", "198.51.100.1", "198.51.100.1", []string{"127.0.0.1"}},
		{"127.0.0.1:5000", "9.9.9.9, 198.51.100.1", "198.51.100.1", []string{"127.0.0.1"}},
		{"127.0.0.1:5000", "9.9.9.9, 198.51.100.1, 10.0.0.5", "198.51.100.1", []string{"127.0.0.1", "10.0.0.0/24"}},
		{"203.0.113.7:5000", "198.51.100.1", "203.0.113.7", []string{"127.0.0.1"}},
		{"127.0.0.1:5000", "not an address", "127.0.0.1", []string{"127.0.0.1"}},
		{"127.0.0.1:5000", "", "127.0.0.1", []string{"127.0.0.1"}},
		{"[::1]:5000", "2001:db8::1", "2001:db8::1", []string{"::1"}},
		{"127.0.0.1:5000", "::ffff:198.51.100.1", "198.51.100.1", []string{"127.0.0.1"}},
	} {
		proxies, err := parseProxies(c.proxies)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/console/signin", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		v := &visit{R: r, s: &Server{proxies: proxies}}
		if got := v.address(); got != c.want {
			t.Errorf("from %s, said to be for %q, proxies %v: %s, want %s", c.from, c.forwarded, c.proxies, got, c.want)
		}
	}
	for _, bad := range []string{"0.0.0.0/0", "::/0", "localhost", "", "10.0.0.0/40"} {
		if CheckProxies([]string{bad}) == nil {
			t.Errorf("%q passes for a proxy", bad)
		}
	}
	w := newConsole(t)
	b := w.browser()
	b.get("/console/signin")
	held := 0
	for i := range addressTries + 5 { // another name and another made-up address each time
		form := url.Values{"csrf": {b.token}, "name": {fmt.Sprint("nobody", i)}, "password": {"wrong"}}
		r, err := http.NewRequest(http.MethodPost, w.http.URL+"/console/signin", strings.NewReader(form.Encode()))
		w.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i))
		if b.do(r).status == http.StatusTooManyRequests {
			held++
		}
	}
	if held == 0 {
		t.Error("a made-up address escapes the count")
	}
	if strings.Contains(w.logs.String(), "198.51.100") {
		t.Error("a made-up address is in the log")
	}
}

func TestF106HostIsNotBelieved(t *testing.T) {
	for public, want := range map[string]string{"": "http://127.0.0.1:8080/console/answer/", "https://bot.example.gov.cn/": "https://bot.example.gov.cn/console/answer/"} {
		w := newSeeded(t)
		server, err := New(Config{Store: w.db, Log: w.server.Log, Clock: w.now, PublicURL: public, Address: "127.0.0.1:8080"})
		w.must(err)
		for i, to := range []store.Status{store.Contacted, store.Referred} {
			w.must(w.db.MoveLead(t.Context(), w.own.Number, int64(i)+2, to, "", "agent"))
		}
		w.must(w.db.HandLead(t.Context(), w.own.Number, 4, "agent", "虚构检测站", "agent"))
		token := strings.Repeat("t", 40)
		w.must(w.db.StartSession(t.Context(), "agent", token))
		r := httptest.NewRequest("POST", "http://localhost/console/leads/"+w.own.Number+"/link", nil)
		form(r, url.Values{"csrf": {server.token("csrf", token)}})
		r.Host = "localhost"
		r.Header.Set("X-Forwarded-Host", "evil.example")
		r.Header.Set("Forwarded", "host=evil.example")
		r.AddCookie(&http.Cookie{Name: "smebot-session", Value: token})
		a := httptest.NewRecorder()
		server.ServeHTTP(a, r)
		if body := a.Body.String(); !strings.Contains(body, want) || strings.Contains(body, "evil") || strings.Contains(body, "http://localhost") {
			t.Errorf("with public_url %q the link is %q", public, cutBetween(body, `id="link" readonly value="`, `"`))
		}
		for _, rt := range server.routes() {
			r := httptest.NewRequest(rt.method, "http://evil.example"+pathOf(rt, w.own.Number), nil)
			a := httptest.NewRecorder()
			if server.ServeHTTP(a, r); strings.Contains(a.Body.String()+a.Header().Get("Location"), "evil.example") {
				t.Errorf("%s repeats the host it was asked for", rt)
			}
		}
	}
}

func TestF107WhereASignInLeads(t *testing.T) {
	w := newConsole(t)
	for next, want := range map[string]string{
		"/console/leads?view=late": "/console/leads?view=late", "/console/audit": "/console/audit", "": Root,
		"https://evil.example/": Root, "//evil.example/console/": Root, "/\\evil.example": Root, "\\\\evil.example": Root, "/console//evil.example": Root,
		"javascript:alert(1)": Root, "/console/../chat": Root, "/chat": Root, "http:/console/": Root, "/console/\r\nSet-Cookie: x=1": Root,
		"%2f%2fevil.example": Root, "/%2fevil.example": Root, "//evil.example/%2f..": Root, "/console/@evil.example": "/console/@evil.example",
		"https:evil.example": Root, "///evil.example": Root, "/console/\tx": Root, " /console/leads": "/console/leads", "/console/%0d%0ax": "/console/%0D%0Ax",
	} {
		b := w.browser()
		p := b.get("/console/signin?next=" + url.QueryEscape(next))
		if got := b.try("agent", testPassword, "next", next).header.Get("Location"); got != want && !(want == "/console/%0D%0Ax" && strings.EqualFold(got, want)) {
			t.Errorf("next=%q leads to %q, want %q", next, got, want)
		}
		if strings.Contains(p.body, `action="`+next) && next != "" {
			t.Errorf("next=%q becomes the form's address", next)
		}
		w.pass(time.Minute)
	}
	b := w.browser()
	if got := b.get("/console/leads?view=mine&q=%E5%8E%82").header.Get("Location"); got != "/console/signin?next="+url.QueryEscape("/console/leads?view=mine&q=%E5%8E%82") {
		t.Errorf("a page asked for without a session leads to %q", got)
	}
	b.get("/console/signin")
	if got := b.post("/console/language", "lang", "en", "back", "https://evil.example/").header.Get("Location"); got != Root {
		t.Errorf("the switch of language leads to %q", got)
	}
}

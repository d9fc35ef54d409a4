package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"smebot/store"
)

// session is the value of the browser's session cookie.
func (b *browser) session() string {
	b.Helper()
	u, err := url.Parse(b.base)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "smebot-session" {
			return c.Value
		}
	}
	return ""
}

// opens reports whether a session's token opens the console.
func (w *world) opens(token string) bool {
	w.Helper()
	r, err := http.NewRequest(http.MethodGet, w.http.URL+"/console/account", nil)
	w.must(err)
	r.AddCookie(&http.Cookie{Name: "smebot-session", Value: token})
	return w.browser().do(r).status == http.StatusOK
}

func TestF096SessionsEnd(t *testing.T) {
	w := newConsole(t)
	b := w.browser()
	planted := strings.Repeat("planted-by-somebody-else", 2)
	u, err := url.Parse(w.http.URL)
	w.must(err)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "smebot-session", Value: planted, Path: "/"}})
	b.try("agent", testPassword)
	first := b.session()
	if first == planted || w.opens(planted) || !w.opens(first) {
		t.Fatal("signing in took over a session that was there before")
	}
	b.get("/console/account")
	b.post("/console/signout")
	if w.opens(first) {
		t.Error("a session goes on after signing out")
	}
	const fresh = "a quiet lane in guzhen"
	ways := []struct {
		what string
		act  func(*browser)
	}{
		{"another sign-in on the same browser", func(b *browser) {
			b.get("/console/account") // the form of a page left open
			b.post("/console/signin", "name", "agent", "password", testPassword)
		}},
		{"a change of the role", func(*browser) { w.must(w.db.SetRole(t.Context(), "admin", "agent", store.RoleAgent)) }},
		{"a new password from an administrator", func(*browser) {
			w.must(w.db.SetPassword(t.Context(), "admin", "agent", testHash(), time.Time{}))
		}},
		{"switching the account off", func(*browser) {
			w.must(w.db.SetDisabled(t.Context(), "admin", "agent", true))
			w.must(w.db.SetDisabled(t.Context(), "admin", "agent", false))
		}},
		{"a new password of one's own", func(b *browser) {
			b.get("/console/password")
			if p := b.post("/console/password", "current", testPassword, "fresh", fresh, "again", fresh); p.status != http.StatusSeeOther {
				t.Errorf("change of password: %d", p.status)
			}
			if !w.opens(b.session()) {
				t.Error("who changed the password is signed out")
			}
		}},
	}
	for _, way := range ways {
		b, other := w.signIn(store.RoleAgent), w.signIn(store.RoleAgent)
		old, elsewhere := b.session(), other.session()
		way.act(b)
		if w.opens(old) || w.opens(elsewhere) && way.what != ways[0].what {
			t.Errorf("a session goes on after %s", way.what)
		}
	}
}

func TestF097CookiesAndLimits(t *testing.T) {
	w := newConsole(t)
	var err error
	if w.server, err = New(Config{Store: w.db, Log: w.server.Log, Clock: w.now, PublicURL: "https://bot.example.gov.cn"}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 3 {
		for _, c := range signInOverTLS(t, w) {
			if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
				t.Errorf("cookie %s: %+v", c.Name, c)
			}
			if strings.HasSuffix(c.Name, "session") {
				if c.MaxAge != 0 || !c.Expires.IsZero() {
					t.Error("the session outlives the browser")
				}
				if len(c.Value) < 26 || seen[c.Value] { // base32: 26 characters hold 130 bits
					t.Errorf("a session's token of %d characters, or one that was there before", len(c.Value))
				}
				seen[c.Value] = true
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d sessions of three", len(seen))
	}
	w = newConsole(t)
	b := w.signIn(store.RoleAgent)
	token := b.session()
	w.pass(29 * time.Minute)
	live, err := http.NewRequest(http.MethodGet, w.http.URL+"/console/leads", nil)
	w.must(err)
	live.Header.Set("X-Live", "1") // a page that renews itself while nobody is there
	if p := b.do(live); p.status != http.StatusOK {
		t.Fatalf("a page that renews itself: %d", p.status)
	}
	w.pass(2 * time.Minute)
	if w.opens(token) {
		t.Error("a page left open keeps the session alive")
	}
	b = w.signIn(store.RoleAgent)
	token = b.session()
	for range 12*60/25 - 1 {
		w.pass(25 * time.Minute)
		if !w.opens(token) {
			t.Fatal("a session in use ended before its time")
		}
	}
	w.pass(29 * time.Minute)
	if w.pass(29 * time.Minute); w.opens(token) {
		t.Error("a session goes on for more than twelve hours")
	}
	if err := PurgeSessions(t.Context(), w.db, w.now()); err != nil {
		t.Fatal(err)
	}
	if n := w.rows("sessions"); n != 0 {
		t.Errorf("%d sessions that are over are kept", n)
	}
}

// signInOverTLS signs in as a browser that reaches the service by its public address, and returns every cookie it
// was given.
func signInOverTLS(t *testing.T, w *world) []*http.Cookie {
	t.Helper()
	given := map[string]*http.Cookie{}
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "https://bot.example.gov.cn"+path, strings.NewReader(body))
		r.Header.Set("Origin", "https://bot.example.gov.cn")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.TLS = nil // it ends at the proxy
		for _, c := range given {
			r.AddCookie(c)
		}
		a := httptest.NewRecorder()
		w.server.ServeHTTP(a, r)
		for _, c := range a.Result().Cookies() {
			given[c.Name] = c
		}
		return a
	}
	token := formToken.FindStringSubmatch(ask("GET", "/console/signin", "").Body.String())[1]
	form := url.Values{"csrf": {token}, "name": {"agent"}, "password": {testPassword}}
	if a := ask("POST", "/console/signin", form.Encode()); a.Code != http.StatusSeeOther || a.Header().Get("Strict-Transport-Security") == "" {
		t.Fatalf("sign-in by the public address: %d", a.Code)
	}
	var all []*http.Cookie
	for _, c := range given {
		all = append(all, c)
	}
	return all
}

func TestWhereOneIsSignedIn(t *testing.T) {
	w := newConsole(t)
	here, there, colleague := w.signIn(store.RoleAgent), w.signIn(store.RoleAgent), w.signIn(store.RoleSupervisor)
	p := here.get("/console/account")
	if n := strings.Count(p.body, "最近使用"); n != 2 || strings.Count(p.body, "这一个") != 1 {
		t.Errorf("%d sessions are shown", n)
	}
	if p := here.post("/console/account/others", "current", "not the password"); p.status != http.StatusUnprocessableEntity || !w.opens(there.session()) {
		t.Errorf("without the password: %d", p.status)
	}
	if p := here.post("/console/account/others", "current", testPassword); p.status != http.StatusSeeOther {
		t.Errorf("signing out elsewhere: %d", p.status)
	}
	if !w.opens(here.session()) || w.opens(there.session()) || !w.opens(colleague.session()) {
		t.Error("another session was ended than the others of this account")
	}
	w.pass(31 * time.Minute)
	here = w.signIn(store.RoleAgent)
	if n := strings.Count(here.get("/console/account").body, "最近使用"); n != 1 {
		t.Errorf("%d sessions are shown, those that are over included", n)
	}
}

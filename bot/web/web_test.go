package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
)

// desk answers as the test says and keeps what it was asked.
type desk struct {
	mu    sync.Mutex
	got   []bot.Message
	reply bot.Reply
	err   error
	wait  bool // answer only when the request's time is over
}

func (d *desk) handle(ctx context.Context, m bot.Message) (bot.Reply, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, m)
	if d.wait {
		<-ctx.Done()
		return bot.Reply{}, ctx.Err()
	}
	return d.reply, d.err
}

func (d *desk) last(t *testing.T) bot.Message {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.got) == 0 {
		t.Fatal("nothing was asked")
	}
	return d.got[len(d.got)-1]
}

// visitor is a browser with its cookies, on the page over real HTTP.
type visitor struct {
	t      *testing.T
	base   string
	client *http.Client
}

func serve(t *testing.T, d *desk, o Options) string {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c, err := New(d.handle, o)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	return s.URL
}

// visit opens the page, so that the visitor has a session.
func visit(t *testing.T, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, base, &http.Client{Jar: jar}}
	if r, _ := v.do("GET", "/", "", nil); r.StatusCode != http.StatusOK {
		t.Fatalf("the page: %s", r.Status)
	}
	return v
}

func (v *visitor) do(method, path, body string, header map[string]string) (*http.Response, []byte) {
	v.t.Helper()
	req, err := http.NewRequest(method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == "POST" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, val := range header {
		req.Header.Set(k, val)
	}
	r, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r, b
}

// send posts a message and reads what comes back, which is JSON whatever happens.
func (v *visitor) send(body string, header map[string]string) (int, answer) {
	v.t.Helper()
	r, b := v.do("POST", "/chat/send", body, header)
	var a answer
	if err := json.Unmarshal(b, &a); err != nil {
		v.t.Fatalf("%s: %q is not JSON", r.Status, b)
	}
	if kind := r.Header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		v.t.Errorf("an answer of type %q", kind)
	}
	if r.Header.Get("Cache-Control") != "no-store" {
		v.t.Error("an answer may be cached")
	}
	return r.StatusCode, a
}

func TestHeadersOnEveryResponse(t *testing.T) {
	v := visit(t, serve(t, &desk{}, Options{}))
	for _, c := range []struct {
		method, path, kind string
		status             int
	}{
		{"GET", "/", "text/html; charset=utf-8", 200},
		{"GET", "/chat", "text/html; charset=utf-8", 200},
		{"HEAD", "/", "text/html; charset=utf-8", 200},
		{"GET", "/chat/app.js", "text/javascript; charset=utf-8", 200},
		{"GET", "/chat/style.css", "text/css; charset=utf-8", 200},
		{"GET", "/favicon.ico", "", 204},
		{"GET", "/chat/page.html", "text/plain; charset=utf-8", 404},
		{"GET", "/chat/send", "text/plain; charset=utf-8", 405},
		{"POST", "/chat/send", "application/json; charset=utf-8", 400},
	} {
		r, _ := v.do(c.method, c.path, "", nil)
		name := c.method + " " + c.path
		if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %s, %q", name, r.Status, r.Header.Get("Content-Type"))
		}
		policy := r.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s", name, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: the policy is open: %s", name, policy)
		}
		for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
			if got := r.Header.Get(k); got != want {
				t.Errorf("%s: %s is %q", name, k, got)
			}
		}
	}
}

func TestSessionCookie(t *testing.T) {
	for secure, name := range map[bool]string{false: "smebot_chat", true: "__Host-smebot_chat"} {
		v := visit(t, serve(t, &desk{}, Options{Secure: secure}))
		v.client.Jar = nil
		seen := map[string]bool{}
		for range 3 {
			r, _ := v.do("GET", "/", "", nil)
			k := r.Cookies()
			if len(k) != 1 {
				t.Fatalf("%d cookies", len(k))
			}
			c := k[0]
			if c.Name != name || !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("the cookie is %v", c)
			}
			if c.MaxAge != int(sessionLife/time.Second) || len(c.Value) != 24 || seen[c.Value] {
				t.Errorf("age %d, length %d, seen before %v", c.MaxAge, len(c.Value), seen[c.Value])
			}
			seen[c.Value] = true
			again, _ := v.do("GET", "/chat", "", map[string]string{"Cookie": name + "=" + c.Value})
			if k := again.Cookies(); len(k) != 1 || k[0].Value != c.Value {
				t.Error("a visit does not renew the session")
			}
		}
	}
}

func TestSessionOfForeignFormIsRefused(t *testing.T) {
	d := &desk{}
	base := serve(t, d, Options{})
	for _, cookie := range []string{"", "smebot_chat=", "smebot_chat=short", "smebot_chat=" + strings.Repeat("A", 25), "smebot_chat=" + strings.Repeat("!", 24), "other=" + strings.Repeat("A", 24)} {
		v := &visitor{t, base, &http.Client{}}
		status, a := v.send(`{"id":"12345678","text":"问"}`, map[string]string{"Cookie": cookie})
		if status != 403 || a.Code != "session" || a.Error == "" {
			t.Errorf("%q: %d %+v", cookie, status, a)
		}
	}
	if len(d.got) != 0 {
		t.Error("a message without a session was handled")
	}
}

func TestWordsPressesAndHello(t *testing.T) {
	d := &desk{reply: bot.Reply{Text: "答\n<b>", Choices: []bot.Choice{{Label: "一", Value: "甲"}}, Menu: 7, Intent: "policy", Lead: "secret"}}
	v := visit(t, serve(t, d, Options{Leads: true}))
	status, a := v.send(`{"id":"12345678","text":" 前20家\n奖励 "}`, nil)
	if status != 200 || a.Text != "答\n<b>" || a.Menu != 7 || len(a.Choices) != 1 || a.Choices[0].Label != "一" || a.Error != "" {
		t.Errorf("%d %+v", status, a)
	}
	m := d.last(t)
	if m.Kind != bot.KindText || m.Text != " 前20家\n奖励 " || m.Press != nil || !m.Leads || m.Group || m.Async || time.Since(m.At) > time.Hour {
		t.Errorf("words came as %+v", m)
	}
	if m.From.Channel != "web" || m.From.Platform != bot.Web || len(m.From.User) != 24 {
		t.Errorf("from %+v", m.From)
	}
	v.send(`{"id":"12345679","text":"一","press":{"menu":7,"index":2}}`, nil)
	if m := d.last(t); m.Kind != bot.KindPress || m.Text != "一" || *m.Press != (bot.Press{Menu: 7, Index: 2}) {
		t.Errorf("a press came as %+v", m)
	}
	v.send(`{"id":"1234567a","hello":true}`, nil)
	if m := d.last(t); m.Kind != bot.KindSubscribe || m.Text != "" || m.Press != nil {
		t.Errorf("hello came as %+v", m)
	}
	if r, b := v.do("POST", "/chat/send", `{"id":"1234567b","text":"x"}`, nil); r.StatusCode != 200 || bytes.Contains(b, []byte("secret")) || bytes.Contains(b, []byte("intent")) {
		t.Errorf("the answer tells what is not shown: %s", b)
	}
}

func TestLeadsSwitchedOff(t *testing.T) {
	d := &desk{}
	visit(t, serve(t, d, Options{})).send(`{"id":"12345678","text":"问"}`, nil)
	if d.last(t).Leads {
		t.Error("referrals are taken where they are switched off")
	}
}

func TestRepeatsKeepTheirKey(t *testing.T) {
	d := &desk{}
	base := serve(t, d, Options{})
	v := visit(t, base)
	for _, body := range []string{`{"id":"12345678","text":"问"}`, `{"id":"12345678","text":"问"}`, `{"id":"12345670","text":"问"}`} {
		v.send(body, nil)
	}
	if d.got[0].Key != d.got[1].Key {
		t.Error("the same message again is another delivery")
	}
	if d.got[0].Key == d.got[2].Key {
		t.Error("two messages have one key")
	}
	visit(t, base).send(`{"id":"12345678","text":"问"}`, nil)
	if d.got[3].Key == d.got[0].Key || d.got[3].From == d.got[0].From {
		t.Error("two people share a key or an address")
	}
}

func TestRefused(t *testing.T) {
	d := &desk{}
	v := visit(t, serve(t, d, Options{}))
	long := strings.Repeat("长", maxMessage)
	for name, c := range map[string]struct {
		body   string
		header map[string]string
		status int
		code   string
	}{
		"no JSON":            {"id=12345678&text=x", nil, 400, "bad"},
		"empty":              {"", nil, 400, "bad"},
		"a list":             {`[]`, nil, 400, "bad"},
		"two values":         {`{"id":"12345678","text":"x"}{}`, nil, 400, "bad"},
		"unknown field":      {`{"id":"12345678","text":"x","town":"古镇"}`, nil, 400, "bad"},
		"leads switched on":  {`{"id":"12345678","text":"x","leads":true}`, nil, 400, "bad"},
		"no id":              {`{"text":"x"}`, nil, 400, "bad"},
		"short id":           {`{"id":"1234567","text":"x"}`, nil, 400, "bad"},
		"long id":            {`{"id":"` + strings.Repeat("1", 65) + `","text":"x"}`, nil, 400, "bad"},
		"id of other signs":  {`{"id":"1234567:8","text":"x"}`, nil, 400, "bad"},
		"nothing said":       {`{"id":"12345678","text":" \n\u3000"}`, nil, 400, "bad"},
		"negative choice":    {`{"id":"12345678","press":{"menu":1,"index":-1}}`, nil, 400, "bad"},
		"huge choice":        {`{"id":"12345678","press":{"menu":4294967296,"index":0}}`, nil, 400, "bad"},
		"hello and words":    {`{"id":"12345678","hello":true,"text":"x"}`, nil, 400, "bad"},
		"hello and a choice": {`{"id":"12345678","hello":true,"press":{"menu":1,"index":0}}`, nil, 400, "bad"},
		"too many words":     {`{"id":"12345678","text":"` + long + `长"}`, nil, 413, "long"},
		"too many bytes":     {`{"id":"12345678","text":"` + strings.Repeat(long, 4) + `"}`, nil, 413, "long"},
		"a form":             {`{"id":"12345678","text":"x"}`, map[string]string{"Content-Type": "text/plain"}, 415, "bad"},
		"nearly JSON":        {`{"id":"12345678","text":"x"}`, map[string]string{"Content-Type": "application/jsonp"}, 415, "bad"},
		"another site":       {`{"id":"12345678","text":"x"}`, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, "foreign"},
		"a neighbour":        {`{"id":"12345678","text":"x"}`, map[string]string{"Sec-Fetch-Site": "same-site"}, 403, "foreign"},
		"an old browser":     {`{"id":"12345678","text":"x"}`, map[string]string{"Origin": "https://elsewhere.example"}, 403, "foreign"},
	} {
		status, a := v.send(c.body, c.header)
		if status != c.status || a.Code != c.code || !strings.Contains(a.Error, "。") || a.Text != "" {
			t.Errorf("%s: %d %+v, want %d %s", name, status, a, c.status, c.code)
		}
	}
	if len(d.got) != 0 {
		t.Errorf("%d refused messages were handled", len(d.got))
	}
	if status, _ := v.send(`{"id":"12345678","text":"`+long+`"}`, map[string]string{"Content-Type": "Application/JSON; charset=utf-8", "Sec-Fetch-Site": "same-origin"}); status != 200 {
		t.Errorf("the longest message: %d", status)
	}
}

func TestFaultsAreWordsAndLoggedWithoutPeople(t *testing.T) {
	var log bytes.Buffer
	d := &desk{err: errors.New("disk is full")}
	v := visit(t, serve(t, d, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	status, a := v.send(`{"id":"12345678","text":"我的电话13800138000"}`, nil)
	if status != 503 || a.Code != "busy" || strings.Contains(a.Error, "disk") || a.Error == "" {
		t.Errorf("%d %+v", status, a)
	}
	if !strings.Contains(log.String(), "disk is full") {
		t.Error("the fault is not in the log")
	}
	if strings.Contains(log.String(), "13800138000") || strings.Contains(log.String(), d.got[0].From.User) {
		t.Error("the log tells who or what")
	}
}

func TestLeavingIsNoFault(t *testing.T) {
	var log bytes.Buffer
	c, err := New((&desk{wait: true}).handle, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, "POST", "/chat/send", strings.NewReader(`{"id":"12345678","text":"问"}`))
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "smebot_chat", Value: strings.Repeat("A", 24)})
	c.ServeHTTP(httptest.NewRecorder(), r)
	if log.Len() != 0 {
		t.Errorf("someone who left is logged as a fault: %s", log.String())
	}
}

func TestLanguageOfTheBrowser(t *testing.T) {
	d := &desk{}
	v := visit(t, serve(t, d, Options{}))
	for header, want := range map[string]string{"en-GB,en;q=0.9": "en-GB", "zh-TW": "zh-TW", "": "", "*": "", "<b>": "", "fr;q=0.8": "fr", strings.Repeat("x", 400): ""} {
		v.send(`{"id":"abcdefgh`+header[:min(len(header), 2)]+`1","hello":true}`, map[string]string{"Accept-Language": header})
		if header == "<b>" || header == "*" { // no part of an id: nothing was asked
			continue
		}
		if got := d.last(t).Lang; got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
	if preferred("<b>") != "" || preferred("*") != "" {
		t.Error("what is no language was taken for one")
	}
}

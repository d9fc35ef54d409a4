package console

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// deskWorld is a console over a real store, with a clock that tests move and an account of each role.
type deskWorld struct {
	*testing.T
	db     *store.DB
	server *Server
	web    *httptest.Server
	dir    string // the data folder

	mu sync.Mutex
	at time.Time
}

func (w *deskWorld) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *deskWorld) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func openDesk(t *testing.T) *deskWorld {
	t.Helper()
	w := &deskWorld{T: t, dir: t.TempDir(), at: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.Open(t.Context(), store.Options{Dir: w.dir, Clock: w.clock, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	w.db = db
	if w.server, err = New(Config{Store: db, Clock: w.clock, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	w.web = httptest.NewServer(w.server)
	t.Cleanup(func() {
		w.server.Close()
		w.web.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// person is a browser with somebody signed in.
type person struct {
	w     *deskWorld
	name  string
	token string
}

func (w *deskWorld) signed(name string, role store.Role) *person {
	w.Helper()
	p := &person{w, name, strings.Repeat(name, 30)[:40]}
	w.must(w.db.AddAccount(w.Context(), "operator", name, role, "no password", time.Time{}))
	w.must(w.db.StartSession(w.Context(), name, p.token))
	return p
}

func (w *deskWorld) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// do asks for a page; redirects are not followed.
func (p *person) do(method, path string, form url.Values) (status int, body string) {
	p.w.Helper()
	if form != nil {
		form.Set("csrf", p.w.server.token("csrf", p.token))
	}
	r, err := http.NewRequestWithContext(p.w.Context(), method, p.w.web.URL+path, strings.NewReader(form.Encode()))
	p.w.must(err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "smebot-session", Value: p.token})
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	p.w.must(err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	p.w.must(err)
	return answer.StatusCode, string(b)
}

func (p *person) get(path string) (int, string) { return p.do(http.MethodGet, path, nil) }

// post sends a form; pairs are names and values.
func (p *person) post(path string, pairs ...string) (int, string) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return p.do(http.MethodPost, path, form)
}

// leadOf is a lead as the bot makes one, ready to be saved.
func leadOf(n int, p bot.Platform, at time.Time) store.Lead {
	return store.Lead{
		Number: fmt.Sprintf("20261123-%06d", n), Created: at, Firm: fmt.Sprintf("光明灯饰%d厂", n), Town: "中山市古镇镇", Contact: "陈大文",
		Phone: store.Phone(fmt.Sprintf("+86138001%05d", n)), Platform: "financing", Need: "想贷款买两台设备",
		From: bot.Address{Channel: "guzhen", Platform: p, User: fmt.Sprint("user", n)}, Draft: fmt.Sprint(n),
		Consent: store.Consent{Version: "2026-11/1a2b3c4d", At: at, Receiver: "service-centre", Abroad: p == bot.Telegram},
	}
}

func (w *deskWorld) lead(n int, p bot.Platform) store.Lead {
	w.Helper()
	l := leadOf(n, p, w.clock())
	var reach bot.Reach
	if p == bot.WeChat {
		reach = bot.Reach{For: 48 * time.Hour, Count: 5}
	}
	w.must(w.db.CommitTurn(w.Context(), bot.Turn{Key: l.Number, From: l.From, At: w.clock(), Reply: bot.Reply{Text: "已登记"}, Reach: reach,
		Effects: []bot.Effect{store.SaveLead{Lead: l}}, Talk: bot.Talk{Said: "确认提交", Replied: "已登记"}}))
	return l
}

func (w *deskWorld) read(number string) store.Lead {
	w.Helper()
	l, err := w.db.Lead(w.Context(), number)
	w.must(err)
	return l
}

// audited counts the lines of the log with an action.
func (w *deskWorld) audited(action string) (n int) {
	w.Helper()
	all, err := w.db.Audit(w.Context(), store.AuditFilter{})
	w.must(err)
	for _, e := range all {
		if e.Action == action {
			n++
		}
		if strings.Contains(e.Detail+e.Subject, "138001") || strings.Contains(e.Detail, "陈大文") {
			w.Errorf("contact data in the log: %s", e.Action)
		}
	}
	return n
}

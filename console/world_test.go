package console

import (
	"context"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/store"
)

// world is a console over a real store, with a clock that tests move.
type world struct {
	*testing.T
	db     *store.DB
	server *Server
	http   *httptest.Server
	logs   *logBuffer
	dir    string // of the store

	mu sync.Mutex
	at time.Time
}

// logBuffer collects what was logged.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// testPassword is the password of every account that a test makes.
const testPassword = "lychee season in june"

var testHash = sync.OnceValue(func() string {
	hash, err := HashPassword(context.Background(), testPassword)
	if err != nil {
		panic(err)
	}
	return hash
})

// newConsole makes a console with one account for each role, named like the role, and what more adds to its
// configuration.
func newConsole(t *testing.T, more ...func(*testing.T, *Config)) *world {
	t.Helper()
	w := &world{T: t, at: time.Date(2026, 11, 23, 9, 0, 0, 0, china), logs: &logBuffer{}, dir: t.TempDir()}
	log := slog.New(slog.NewTextHandler(w.logs, nil))
	var err error
	if w.db, err = store.Open(t.Context(), store.Options{Dir: w.dir, Clock: w.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	db := w.db // a test may put another in its place
	t.Cleanup(func() {
		if err := db.Verify(context.Background()); err != nil {
			t.Errorf("verify: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, r := range store.Roles() {
		if err := w.db.AddAccount(t.Context(), "operator", string(r), r, testHash(), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	c := Config{Store: w.db, Log: log, Clock: w.now}
	for _, add := range more {
		add(t, &c)
	}
	if w.server, err = New(c); err != nil {
		t.Fatal(err)
	}
	w.serve()
	return w
}

// serve serves the world's console at an address of its own.
func (w *world) serve() {
	mux := http.NewServeMux()
	mux.Handle(Root, w.server)
	w.http = httptest.NewServer(mux)
	w.Cleanup(w.http.Close)
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// audited counts the lines of the log with an action.
func (w *world) audited(action string) (n int) {
	w.Helper()
	all, err := w.db.Audit(w.Context(), store.AuditFilter{Limit: 10_000})
	w.must(err)
	for _, e := range all {
		if e.Action == action {
			n++
		}
	}
	return n
}

// file opens the database beside the store, to see what is in it.
func (w *world) file() *sql.DB {
	w.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "smebot.db")+"?mode=ro")
	w.must(err)
	w.Cleanup(func() { w.must(db.Close()) })
	return db
}

// rows counts the rows of a table.
func (w *world) rows(table string) (n int) {
	w.Helper()
	w.must(w.file().QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n))
	return n
}

// cutBetween returns what of a text stands between two marks, "" if they are not there.
func cutBetween(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	found, _, _ := strings.Cut(rest, to)
	return found
}

// browser keeps cookies and follows no redirects.
type browser struct {
	*testing.T
	client *http.Client
	base   string
	token  string // of the forms on the last page
}

// page is an answer.
type page struct {
	status int
	header http.Header
	body   string
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{T: w.T, base: w.http.URL, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: time.Minute,
	}}
}

var formToken = regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`)

func (b *browser) do(r *http.Request) page {
	b.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	if m := formToken.FindSubmatch(body); m != nil {
		b.token = string(m[1])
	}
	return page{resp.StatusCode, resp.Header, string(body)}
}

func (b *browser) get(path string) page {
	b.Helper()
	r, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	return b.do(r)
}

// post posts a form as a browser does from a page of the console: fields are name, value, name, value.
func (b *browser) post(path string, fields ...string) page {
	b.Helper()
	form := url.Values{"csrf": {b.token}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.postRaw(path, form, b.base)
}

func (b *browser) postRaw(path string, form url.Values, origin string) page {
	b.Helper()
	r, err := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	return b.do(r)
}

// signIn opens a browser in which the account named like a role is signed in.
func (w *world) signIn(role store.Role) *browser {
	w.Helper()
	b := w.browser()
	b.get("/console/signin")
	if p := b.post("/console/signin", "name", string(role), "password", testPassword); p.status != http.StatusSeeOther || p.header.Get("Location") != Root {
		w.Fatalf("sign-in of %s: %d %s", role, p.status, p.body)
	}
	b.get("/console/account") // for the token of this session's forms
	return b
}

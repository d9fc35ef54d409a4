package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// asProgram makes the test binary be the program itself: tests that kill a process need one of its own.
const asProgram = "SMEBOT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	lookEvery = 50 * time.Millisecond
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// hangGuard bounds what must end in any case; nothing is measured by it.
const hangGuard = 60 * time.Second

// testConfig is the default configuration on a free port and a fresh folder, without the metrics listener.
func testConfig(t testing.TB) Config {
	c := defaults()
	c.Listen, c.Metrics.Listen, c.Data = "127.0.0.1:0", "", filepath.Join(t.TempDir(), "data")
	return c
}

// site is the running program, as its neighbours see it.
type site struct {
	*program
	url string
	log *lockedBuffer
}

// startSite starts the program and stops it at the end of the test.
func startSite(t testing.TB, c Config) *site {
	t.Helper()
	return startSiteAt(t, c, time.Now)
}

func startSiteAt(t testing.TB, c Config, clock func() time.Time) *site {
	t.Helper()
	s := &site{log: &lockedBuffer{}}
	p, err := startAt(t.Context(), c, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), clock)
	if err != nil {
		t.Fatal(err)
	}
	s.program, s.url = p, "http://"+p.addr
	t.Cleanup(func() { s.end(t) })
	return s
}

// end stops the program as serve does. A second end does nothing.
func (s *site) end(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	if err := s.stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// result is what a command left behind.
type result struct {
	code      int
	out, errs string
}

// command runs one command as a shell would, with nothing in its environment.
func command(t testing.TB, in string, args ...string) result {
	t.Helper()
	return commandIn(t, nil, in, args...)
}

func commandIn(t testing.TB, environ []string, in string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
	defer cancel()
	var out, errs lockedBuffer
	code := run(ctx, args, environ, strings.NewReader(in), &out, &errs)
	if ctx.Err() != nil {
		t.Fatalf("smebot %v did not end by itself", args)
	}
	return result{code, out.String(), errs.String()}
}

// must runs a command that has to succeed and returns its output.
func must(t testing.TB, in string, args ...string) string {
	t.Helper()
	r := command(t, in, args...)
	if r.code != 0 {
		t.Fatalf("smebot %v: exit %d: %s", args, r.code, r.errs)
	}
	return r.out
}

// exported returns the leads that `leads export` shows for a data folder.
func exported(t testing.TB, data string, flags ...string) []map[string]string {
	t.Helper()
	var leads []map[string]string
	out := must(t, "", append([]string{"leads", "export", "--format", "json", "--data", data}, flags...)...)
	if err := json.Unmarshal([]byte(out), &leads); err != nil {
		t.Fatalf("export is not JSON: %v", err)
	}
	return leads
}

// verify checks every invariant of a store that no server holds.
func verify(t testing.TB, data string) {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), store.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Verify(t.Context()); err != nil {
		t.Errorf("the store does not hold together: %v", err)
	}
}

// storedLead puts a lead into a store directly, for values that no conversation would accept.
func storedLead(t testing.TB, data string, l store.Lead) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	who := bot.Address{Channel: "web", Platform: bot.Web, User: "person-of-" + l.Number}
	now := time.Now()
	l.From, l.Created, l.Status, l.Draft = who, now, store.New, "draft-"+l.Number
	l.Consent = store.Consent{Version: "2026-11/00000000", At: now, Receiver: "service-centre"}
	err = db.CommitTurn(t.Context(), bot.Turn{Key: "web:" + l.Number, From: who, At: now, State: []byte(`{}`), Reply: bot.Reply{Text: "好"}, Effects: []bot.Effect{store.SaveLead{Lead: l}}})
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// openSQL opens a store's database behind the program's back.
func openSQL(t testing.TB, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, store.FileName)+"?_pragma=busy_timeout(3000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// files reads every file below a folder, by its path in it.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// freePort names a port that was free a moment ago.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func brief(s string) string { return clip(s, 160) }

// readAll reads a body that a test expects to be whole.
func readAll(t testing.TB, r io.ReadCloser) string {
	t.Helper()
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// lockedBuffer takes output of several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

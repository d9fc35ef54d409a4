package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

// api is a small fake of the platform's API: it hands out tokens, refuses other ones, and answers each path with
// the errcodes it was told, then well.
type api struct {
	t      testing.TB
	server *httptest.Server
	mu     sync.Mutex
	token  string
	made   int
	asked  []string         // paths, in order
	forced int              // of the token calls
	sent   []string         // bodies of customer messages, raw
	script map[string][]int // errcodes to come, by path
	menu   json.RawMessage
	life   int // expires_in; 0 means 7200
}

func newAPI(t testing.TB) *api {
	a := &api{t: t, script: map[string][]int{}}
	a.server = httptest.NewServer(a)
	t.Cleanup(a.server.Close)
	return a
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	a.asked = append(a.asked, r.URL.Path)
	say := func(v any) { json.NewEncoder(w).Encode(v) }
	if codes := a.script[r.URL.Path]; len(codes) > 0 {
		a.script[r.URL.Path] = codes[1:]
		if codes[0] >= 100 && codes[0] < 600 {
			w.WriteHeader(codes[0])
			return
		}
		if codes[0] != 0 {
			if staleToken[codes[0]] {
				a.token = ""
			}
			say(map[string]any{"errcode": codes[0], "errmsg": "CANARY of the platform"})
			return
		}
	}
	if r.URL.Path == "/cgi-bin/stable_token" {
		var in struct {
			Grant, AppID, Secret string
			GrantType            string `json:"grant_type"`
			Force                bool   `json:"force_refresh"`
		}
		if json.Unmarshal(body, &in) != nil || r.Method != "POST" || in.GrantType != "client_credential" || in.AppID != goodConfig.AppID || in.Secret != goodConfig.AppSecret {
			say(map[string]any{"errcode": 40125})
			return
		}
		if in.Force {
			a.forced++
		}
		if a.token == "" || in.Force {
			a.made++
			a.token = fmt.Sprintf("TOKEN-CANARY-%d", a.made)
		}
		say(map[string]any{"access_token": a.token, "expires_in": map[bool]int{true: 7200, false: a.life}[a.life == 0]})
		return
	}
	if r.URL.Query().Get("access_token") != a.token {
		say(map[string]any{"errcode": 40001, "errmsg": "invalid credential"})
		return
	}
	switch r.URL.Path {
	case "/cgi-bin/message/custom/send":
		a.sent = append(a.sent, string(body))
	case "/cgi-bin/menu/create":
		a.menu = body
	case "/cgi-bin/menu/get":
		if a.menu == nil {
			say(map[string]any{"errcode": 46003})
			return
		}
		say(map[string]any{"menu": a.menu})
		return
	}
	say(map[string]any{"errcode": 0, "errmsg": "ok"})
}

func (a *api) count(path string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, p := range a.asked {
		if p == path {
			n++
		}
	}
	return n
}

// cells keeps values in memory; broken makes every call fail.
type cells struct {
	mu     sync.Mutex
	values map[string]string
	broken error
}

func (c *cells) GetValue(_ context.Context, key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.values[key], c.broken
}

func (c *cells) SetValue(_ context.Context, key, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = value
	return c.broken
}

type rig struct {
	*Client
	api   *api
	cells *cells
	log   *lockedBuffer
	now   time.Time
}

func newRig(t testing.TB) *rig {
	r := &rig{api: newAPI(t), cells: &cells{values: map[string]string{}}, log: &lockedBuffer{}, now: noon}
	r.Client = r.another(t)
	return r
}

// another is a client of another replica: the cells are all they share.
func (r *rig) another(t testing.TB) *Client {
	cfg := goodConfig
	cfg.APIBase = r.api.server.URL + "/"
	c, err := NewClient(cfg, r.cells, Options{Clock: func() time.Time { return r.now }, Log: slog.New(slog.NewTextHandler(r.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const tokenPath, sendPath = "/cgi-bin/stable_token", "/cgi-bin/message/custom/send"

func TestSendText(t *testing.T) {
	r := newRig(t)
	text := `<a href="weixin://bizmsgmenu?msgmenucontent=融资&msgmenuid=16">1. 融资</a>`
	if err := r.SendText(t.Context(), user, text); err != nil {
		t.Fatal(err)
	}
	if len(r.api.sent) != 1 || !strings.Contains(r.api.sent[0], `<a href=\"weixin://bizmsgmenu?msgmenucontent=融资&msgmenuid=16\">`) {
		t.Errorf("sent %q", r.api.sent)
	}
	var m struct {
		ToUser, MsgType string
		Text            struct{ Content string }
	}
	if err := json.Unmarshal([]byte(r.api.sent[0]), &m); err != nil || m.ToUser != user || m.MsgType != "text" || m.Text.Content != text {
		t.Errorf("%+v, %v", m, err)
	}
	if err := r.SendText(t.Context(), user, ""); err != nil || len(r.api.sent) != 1 {
		t.Errorf("an empty text: %v, %d sent", err, len(r.api.sent))
	}
}

func TestTokenIsSharedAndRenewedInTime(t *testing.T) {
	r := newRig(t)
	must := func(c *Client) {
		t.Helper()
		if err := c.SendText(t.Context(), user, "x"); err != nil {
			t.Fatal(err)
		}
	}
	must(r.Client)
	must(r.Client)
	other := r.another(t)
	must(other)
	if n := r.api.count(tokenPath); n != 1 {
		t.Errorf("%d token calls of two replicas", n)
	}
	r.now = noon.Add(7200*time.Second - 5*time.Minute - time.Second)
	must(r.Client)
	if n := r.api.count(tokenPath); n != 1 {
		t.Errorf("renewed before its time: %d calls", n)
	}
	r.now = noon.Add(7200*time.Second - 5*time.Minute)
	must(r.Client)
	must(other)
	if n := r.api.count(tokenPath); n != 2 {
		t.Errorf("%d token calls after its time", n)
	}
	// A life of 5 minutes must not mean a token call for every message.
	r.api.life = 300
	r.now = r.now.Add(2 * time.Hour)
	before := r.api.count(tokenPath)
	must(r.Client)
	must(r.Client)
	if n := r.api.count(tokenPath) - before; n != 1 {
		t.Errorf("%d token calls for a short-lived token", n)
	}
}

func TestManyCallsFetchOneToken(t *testing.T) {
	r := newRig(t)
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if err := r.SendText(t.Context(), user, "x"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := r.api.count(tokenPath); n != 1 {
		t.Errorf("%d token calls", n)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	for _, code := range []int{40001, 40014, 42001} {
		r := newRig(t)
		r.SendText(t.Context(), user, "x")
		r.api.script[sendPath] = []int{code}
		if err := r.SendText(t.Context(), user, "y"); err != nil || len(r.api.sent) != 2 || r.api.count(tokenPath) != 2 || r.api.forced != 0 {
			t.Errorf("%d: %v, %d sent, %d token calls, %d forced", code, err, len(r.api.sent), r.api.count(tokenPath), r.api.forced)
		}
		r.api.script[sendPath] = []int{code, code, code, code}
		before := r.api.count(sendPath)
		err := r.SendText(t.Context(), user, "z")
		var fault *Error
		if !errors.As(err, &fault) || fault.Code != code || fault.Class != bot.Config || r.api.count(sendPath)-before != 2 {
			t.Errorf("%d for good: %v after %d calls", code, err, r.api.count(sendPath)-before)
		}
	}
}

// The platform may hand out the very token it refuses; only then a new one is forced.
func TestSameTokenAgainIsForced(t *testing.T) {
	r := newRig(t)
	r.cells.values["wechat.token."+goodConfig.AppID] = `{"token":"STALE","until":"2026-11-22T13:00:00Z"}`
	r.api.token = "STALE"
	r.api.script[sendPath] = []int{48001} // proves that the stored token is used
	if err := r.SendText(t.Context(), user, "x"); err == nil || r.api.count(tokenPath) != 0 {
		t.Fatalf("%v, %d token calls", err, r.api.count(tokenPath))
	}
	saying := *r.Client
	var n int
	saying.http = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		n++
		if n == 1 { // the send: refused, though the token stays what stable_token gives
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"errcode":40001}`))}, nil
		}
		return http.DefaultTransport.RoundTrip(req)
	})}
	saying.token.client = &saying
	if err := saying.SendText(t.Context(), user, "x"); err != nil || r.api.forced != 1 || r.api.count(tokenPath) != 2 {
		t.Errorf("%v, %d forced of %d token calls", err, r.api.forced, r.api.count(tokenPath))
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestErrorClasses(t *testing.T) {
	for code, class := range map[int]bot.SendClass{
		-1: bot.Retry, 45011: bot.Retry, 500: bot.Retry, 502: bot.Retry, 429: bot.Retry,
		40164: bot.Config, 40013: bot.Config, 40125: bot.Config, 45009: bot.Config, 48001: bot.Config, 48004: bot.Config, 302: bot.Config, 404: bot.Config,
		45015: bot.Park, 45047: bot.Park, 43004: bot.Drop, 40003: bot.Drop, 50002: bot.Drop, 45002: bot.Drop, 99999: bot.Drop,
	} {
		r := newRig(t)
		r.api.script[sendPath] = []int{code}
		err := r.Send(t.Context(), bot.Outgoing{ID: "1", To: bot.Address{User: user}, Reply: bot.Reply{Text: "CANARY text"}})
		var sendErr *bot.SendError
		if !errors.As(err, &sendErr) || sendErr.Class != class {
			t.Errorf("%d: %v, want class %s", code, err, class)
		}
		if n := r.api.count(sendPath); n != 1 {
			t.Errorf("%d: tried %d times", code, n)
		}
		r.api.script[tokenPath] = []int{code}
		r.cells.values = map[string]string{}
		var fault *Error
		if err := r.SendText(t.Context(), user, "x"); !errors.As(err, &fault) || fault.Class != class || fault.Op != "stable_token" {
			t.Errorf("%d for the token: %v", code, err)
		} else if fault.Retryable() != (class == bot.Retry) || fault.Permanent() != (class == bot.Drop || class == bot.Park) {
			t.Errorf("%d: Retryable %v, Permanent %v", code, fault.Retryable(), fault.Permanent())
		}
	}
}

func TestErrorsTellTheMendAndNoSecret(t *testing.T) {
	r := newRig(t)
	r.api.script[sendPath] = []int{40164}
	err := r.SendText(t.Context(), user, "CANARY text")
	if err == nil || !strings.Contains(err.Error(), "errcode 40164") || !strings.Contains(err.Error(), "IP白名单") {
		t.Errorf("%v", err)
	}
	errs := []error{err}
	r.api.server.CloseClientConnections()
	r.api.server.Close()
	errs = append(errs, r.SendText(t.Context(), user, "CANARY text"))
	r.cells.values = map[string]string{}
	errs = append(errs, r.SendText(t.Context(), user, "CANARY text"), r.Send(t.Context(), bot.Outgoing{To: bot.Address{User: user}, Reply: bot.Reply{Text: "CANARY"}}))
	for i, err := range errs {
		if err == nil {
			t.Fatalf("%d: no error", i)
		}
		for _, secret := range []string{"CANARY", goodConfig.AppSecret, "access_token", user} {
			if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v", err), secret) || strings.Contains(r.log.String(), secret) {
				t.Errorf("%d tells a secret: %v", i, err)
			}
		}
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	r := newRig(t)
	visited := false
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	defer trap.Close()
	door := httptest.NewServer(http.RedirectHandler(trap.URL, http.StatusTemporaryRedirect))
	defer door.Close()
	cfg := goodConfig
	cfg.APIBase = door.URL
	c, err := NewClient(cfg, r.cells, Options{Client: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	var fault *Error
	if err := c.Check(t.Context()); !errors.As(err, &fault) || fault.Class != bot.Config || visited {
		t.Errorf("%v, visited %v", err, visited)
	}
}

// A store that fails costs token calls, not messages; a damaged cell is replaced.
func TestTokenWithoutItsCell(t *testing.T) {
	r := newRig(t)
	r.cells.broken = errors.New("store is gone")
	if err := r.SendText(t.Context(), user, "x"); err != nil {
		t.Error(err)
	}
	r.cells.broken = nil
	r.cells.values["wechat.token."+goodConfig.AppID] = "{"
	if err := r.SendText(t.Context(), user, "x"); err != nil || !strings.Contains(r.cells.values["wechat.token."+goodConfig.AppID], "TOKEN") {
		t.Errorf("%v, cell %q", err, r.cells.values)
	}
	if strings.Contains(r.log.String(), "TOKEN-CANARY") {
		t.Error("the log holds a token")
	}
}

func TestAccountWithoutSecret(t *testing.T) {
	r := newRig(t)
	cfg := goodConfig
	cfg.AppSecret, cfg.APIBase = "", r.api.server.URL
	c, err := NewClient(cfg, r.cells, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var fault *Error
	if err := c.Check(t.Context()); !errors.As(err, &fault) || fault.Class != bot.Config || fault.Code != 41004 || len(r.api.asked) != 0 {
		t.Errorf("%v after %d calls", err, len(r.api.asked))
	}
}

func TestMenus(t *testing.T) {
	r := newRig(t)
	if m, err := r.Menu(t.Context()); err != nil || len(m.Buttons) != 0 {
		t.Errorf("no menu yet: %v, %v", m, err)
	}
	if err := r.PushMenu(t.Context(), DefaultMenu()); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Menu(t.Context()); err != nil || !reflect.DeepEqual(m, DefaultMenu()) {
		t.Errorf("%+v, %v", m, err)
	}
	before := len(r.api.asked)
	for name, m := range map[string]Menu{
		"none":           {},
		"four":           {Buttons: make([]Button, 4)},
		"long name":      {Buttons: []Button{{Name: "六个汉字太长", Type: "click", Key: "k"}}},
		"nothing to do":  {Buttons: []Button{{Name: "问"}}},
		"click, no key":  {Buttons: []Button{{Name: "问", Type: "click"}}},
		"view, no url":   {Buttons: []Button{{Name: "问", Type: "view"}}},
		"both":           {Buttons: []Button{{Name: "问", Type: "click", Key: "k", Sub: []Button{{Name: "a", Type: "click", Key: "k"}}}}},
		"six below":      {Buttons: []Button{{Name: "问", Sub: slicesOf(Button{Name: "a", Type: "click", Key: "k"}, 6)}}},
		"third level":    {Buttons: []Button{{Name: "问", Sub: []Button{{Name: "a", Type: "click", Key: "k", Sub: []Button{{Name: "b"}}}}}}},
		"below, no name": {Buttons: []Button{{Name: "问", Sub: []Button{{Type: "click", Key: "k"}}}}},
	} {
		var fault *Error
		if err := r.PushMenu(t.Context(), m); !errors.As(err, &fault) || !fault.Permanent() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.api.asked) != before {
		t.Error("a menu the platform refuses was sent to it")
	}
}

func slicesOf(b Button, n int) []Button {
	out := make([]Button, n)
	for i := range out {
		out[i] = b
	}
	return out
}

// Every click of our own menu says something, and the words are those the router knows.
func TestDefaultMenuKeysHaveWords(t *testing.T) {
	var words []string
	for _, b := range DefaultMenu().Buttons {
		for _, e := range append([]Button{b}, b.Sub...) {
			if e.Type == "click" {
				words = append(words, menuWords[e.Key])
			}
		}
	}
	if got := strings.Join(words, " "); got != "菜单 找平台 我的进度 转人工 帮助" {
		t.Errorf("%q", got)
	}
}

// One slow call must not hold up another that has given up waiting for the token.
func TestWaitingForATokenHeedsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		slow := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			select {
			case <-release:
			case <-req.Context().Done():
			}
			return nil, errors.New("CANARY")
		})}
		c, err := NewClient(goodConfig, &cells{values: map[string]string{}}, Options{Client: slow, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		first := make(chan error, 1)
		go func() { first <- c.Check(context.Background()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		var fault *Error
		if err := c.Check(ctx); !errors.As(err, &fault) || !fault.Retryable() || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		// The first gives up by the client's own limit.
		if err := <-first; !errors.As(err, &fault) || !fault.Retryable() || time.Since(began) != callLimit {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		close(release)
	})
}

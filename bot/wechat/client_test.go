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

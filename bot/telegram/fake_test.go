package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
)

const (
	testToken  = "4242424242:AAtoken-of-the-test_bot-never-logged"
	testSecret = "secret-of-the-test-webhook-0123456789abcdef"
)

// fakeAPI is a Bot API: it holds updates until they are confirmed by an offset, as the real one does, and
// notes every call. Scripts in on may answer a method otherwise.
type fakeAPI struct {
	mu     sync.Mutex
	calls  []apiCall
	counts map[string]int
	queue  []json.RawMessage
	first  int64  // update_id of queue[0]
	hook   string // URL of the webhook set
	more   chan struct{}
	on     map[string]func(c apiCall, n int) *fakeAnswer // n counts the method's calls from 1; nil: do the usual
}

type apiCall struct {
	method string
	params map[string]any
	body   string
	at     time.Time
}

type fakeAnswer struct {
	status int
	body   string
	header http.Header
}

func newFakeAPI() *fakeAPI {
	return &fakeAPI{first: 1000, counts: map[string]int{}, more: make(chan struct{}, 1), on: map[string]func(apiCall, int) *fakeAnswer{}}
}

// fault is an error answer of the API; extra goes into parameters.
func fault(code int, description, extra string) *fakeAnswer {
	if extra == "" {
		extra = "{}"
	}
	return &fakeAnswer{status: code, body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q,"parameters":%s}`, code, description, extra)}
}

func (f *fakeAPI) script(method string, say func(c apiCall, n int) *fakeAnswer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if say == nil {
		delete(f.on, method)
		return
	}
	f.on[method] = say
}

// push queues an update given without its update_id and returns the id.
func (f *fakeAPI) push(update string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.first + int64(len(f.queue))
	f.queue = append(f.queue, json.RawMessage(fmt.Sprintf(`{"update_id":%d,%s`, id, strings.TrimPrefix(update, "{"))))
	select {
	case f.more <- struct{}{}:
	default:
	}
	return id
}

func (f *fakeAPI) text(chat int64, text string) int64 {
	return f.push(`{"message":` + privateText(chat, text) + `}`)
}

func privateText(chat int64, text string) string {
	words, _ := json.Marshal(text)
	return fmt.Sprintf(`{"message_id":7,"date":1763800000,"from":{"id":%d,"is_bot":false,"first_name":"陈"},"chat":{"id":%d,"type":"private","first_name":"陈"},"text":%s}`, chat, chat, words)
}

// pending is how many updates are not confirmed.
func (f *fakeAPI) pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue)
}

func (f *fakeAPI) of(method string) (calls []apiCall) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if c.method == method {
			calls = append(calls, c)
		}
	}
	return calls
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c := apiCall{method: path.Base(r.URL.Path), body: string(body), at: time.Now(), params: map[string]any{}}
	if r.URL.Path != "/bot"+testToken+"/"+c.method || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"ok":false,"error_code":404,"description":"Not Found"}`)
		return
	}
	_ = json.Unmarshal(body, &c.params)
	f.mu.Lock()
	f.calls = append(f.calls, c)
	f.counts[c.method]++
	n, say := f.counts[c.method], f.on[c.method]
	f.mu.Unlock()
	if say != nil {
		if a := say(c, n); a != nil {
			for k, v := range a.header {
				w.Header()[k] = v
			}
			w.WriteHeader(a.status)
			fmt.Fprint(w, a.body)
			return
		}
	}
	switch c.method {
	case "getUpdates":
		fmt.Fprintf(w, `{"ok":true,"result":%s}`, f.updates(r.Context(), c.params))
	case "getMe":
		fmt.Fprint(w, `{"ok":true,"result":{"id":4242424242,"is_bot":true,"first_name":"bot","username":"test_bot"}}`)
	case "setWebhook", "deleteWebhook":
		f.mu.Lock()
		f.hook, _ = c.params["url"].(string)
		f.mu.Unlock()
		fmt.Fprint(w, `{"ok":true,"result":true}`)
	case "getWebhookInfo":
		f.mu.Lock()
		url := f.hook
		f.mu.Unlock()
		fmt.Fprintf(w, `{"ok":true,"result":{"url":%q,"has_custom_certificate":false,"pending_update_count":0}}`, url)
	case "sendMessage":
		fmt.Fprint(w, `{"ok":true,"result":{"message_id":9}}`)
	default:
		fmt.Fprint(w, `{"ok":true,"result":true}`)
	}
}

func (f *fakeAPI) updates(ctx context.Context, params map[string]any) []byte {
	offset, _ := params["offset"].(float64)
	hold, _ := params["timeout"].(float64)
	end := time.After(time.Duration(hold) * time.Second)
	for {
		f.mu.Lock()
		for len(f.queue) > 0 && f.first < int64(offset) {
			f.queue, f.first = f.queue[1:], f.first+1
		}
		if len(f.queue) > 0 {
			out, _ := json.Marshal(f.queue[:min(100, len(f.queue))])
			f.mu.Unlock()
			return out
		}
		f.mu.Unlock()
		select {
		case <-f.more:
		case <-end:
			return []byte("[]")
		case <-ctx.Done():
			return []byte("[]")
		}
	}
}

// memory carries requests to a handler without a network, so that tests in a synctest bubble own all time.
type memory struct{ handler http.Handler }

func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// cells is a store of values in memory.
type cells struct {
	mu     sync.Mutex
	values map[string]string
	fail   error
}

func (c *cells) GetValue(_ context.Context, key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.values[key], c.fail
}

func (c *cells) SetValue(_ context.Context, key, value string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return c.fail
	}
	if c.values == nil {
		c.values = map[string]string{}
	}
	c.values[key] = value
	return nil
}

// get is the polling offset of the test channel.
func (c *cells) get() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.values["telegram:tg:offset"]
}

// inbox is a handler that stores turns as the dispatcher does: a repeated key changes nothing.
type inbox struct {
	mu     sync.Mutex
	stored []bot.Message
	tries  []bot.Message
	fail   func(m bot.Message) error // asked before a turn is stored
}

func (i *inbox) handle(_ context.Context, m bot.Message) (bot.Reply, error) {
	i.mu.Lock()
	i.tries = append(i.tries, m)
	fail := i.fail
	i.mu.Unlock()
	if fail != nil {
		if err := fail(m); err != nil {
			return bot.Reply{}, err
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, s := range i.stored {
		if s.Key == m.Key {
			return bot.Reply{}, nil
		}
	}
	i.stored = append(i.stored, m)
	return bot.Reply{Text: "好"}, nil
}

func (i *inbox) failWith(f func(m bot.Message) error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fail = f
}

func (i *inbox) tried() []bot.Message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.tries)
}

// texts are the words stored, of one user or of all with "".
func (i *inbox) texts(user string) (out []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, m := range i.stored {
		if user == "" || m.From.User == user {
			out = append(out, m.Text)
		}
	}
	return out
}

// logBuffer takes a log and is safe to read meanwhile.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func testConfig(mode string) Config {
	c := Config{Name: "tg", Town: "中山市古镇镇", Token: testToken, Mode: mode, APIBase: "http://127.0.0.1:1", CollectLeads: true}
	if mode == ModeWebhook {
		c.Secret, c.PublicURL = testSecret, "https://bot.example.gov.cn"
	}
	return c
}

// mustNew makes a channel that reaches the fake without a network.
func mustNew(t *testing.T, cfg Config, api http.Handler, h Handle, o Options) *Channel {
	t.Helper()
	if o.Client == nil {
		o.Client = &http.Client{Transport: memory{api}}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c, err := New(cfg, h, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// running starts Run and returns a function that ends it.
func running(t *testing.T, c *Channel) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

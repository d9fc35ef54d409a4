package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The Bot API on loopback: it holds updates until an offset confirms them, as the real one does, and notes what
// it was asked to send.

const (
	botToken  = "4242424242:AAcanary-of-a-bot-token-never-to-be-seen"
	botSecret = "canary-of-a-webhook-secret-never-to-be-seen"
)

type botAPI struct {
	*httptest.Server

	mu      sync.Mutex
	changed chan struct{} // closed and renewed whenever something below changes
	queue   []queuedUpdate
	nextID  int64
	hook    map[string]any // of setWebhook
	offsets []int64        // each one asked with
	sent    []sentMessage
	tries   map[int64]int // of sendMessage, by chat
	fault   func(chat int64, try int) (status int, body string)
}

type queuedUpdate struct {
	id   int64
	body json.RawMessage
}

// sentMessage is a message that Telegram took.
type sentMessage struct {
	chat    int64
	text    string
	buttons []button // press is the callback data
}

func startBotAPI(t testing.TB) *botAPI {
	f := &botAPI{nextID: 1000, changed: make(chan struct{}), tries: map[int64]int{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(func() { f.CloseClientConnections(); f.Close() })
	return f
}

func (f *botAPI) channel(mode string) ChannelConfig {
	c := ChannelConfig{Name: "tg", Type: "telegram", Token: botToken, Mode: mode, APIBase: f.URL}
	if mode == "webhook" {
		c.Secret = botSecret
	}
	return c
}

// note changes the state and wakes all who wait for a change.
func (f *botAPI) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.changed)
	f.changed = make(chan struct{})
}

// await blocks until the state is as wanted.
func (f *botAPI) await(t testing.TB, what string, wanted func() bool) {
	t.Helper()
	guard := time.After(hangGuard)
	for {
		f.mu.Lock()
		ok, changed := wanted(), f.changed
		f.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-guard:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// to returns what was sent to a chat.
func (f *botAPI) to(chat int64) []sentMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.toLocked(chat)
}

func (f *botAPI) toLocked(chat int64) (out []sentMessage) {
	for _, m := range f.sent {
		if m.chat == chat {
			out = append(out, m)
		}
	}
	return out
}

func (f *botAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	method := path.Base(r.URL.Path)
	var p map[string]any
	if r.URL.Path != "/bot"+botToken+"/"+method || json.Unmarshal(body, &p) != nil {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"ok":false,"error_code":404,"description":"Not Found"}`)
		return
	}
	result := "true"
	switch method {
	case "getUpdates":
		result = f.updates(r.Context(), p)
	case "getMe":
		result = `{"id":4242424242,"is_bot":true,"first_name":"bot","username":"test_bot"}`
	case "getWebhookInfo":
		result = `{"url":"","has_custom_certificate":false,"pending_update_count":0}`
	case "setWebhook":
		f.note(func() { f.hook = p })
	case "sendMessage":
		chat, _ := p["chat_id"].(float64)
		f.mu.Lock()
		f.tries[int64(chat)]++
		fault, try := f.fault, f.tries[int64(chat)]
		f.mu.Unlock()
		if fault != nil {
			if status, answer := fault(int64(chat), try); status != 0 {
				f.note(func() {})
				w.WriteHeader(status)
				fmt.Fprint(w, answer)
				return
			}
		}
		f.note(func() { f.sent = append(f.sent, readSent(int64(chat), p)) })
		result = `{"message_id":9}`
	}
	fmt.Fprintf(w, `{"ok":true,"result":%s}`, result)
}

func readSent(chat int64, p map[string]any) sentMessage {
	m := sentMessage{chat: chat}
	m.text, _ = p["text"].(string)
	markup, _ := p["reply_markup"].(map[string]any)
	rows, _ := markup["inline_keyboard"].([]any)
	for _, row := range rows {
		for _, cell := range row.([]any) {
			b := cell.(map[string]any)
			m.buttons = append(m.buttons, button{b["text"].(string), b["callback_data"].(string)})
		}
	}
	return m
}

// updates holds the call until there is an update, as a long poll does.
func (f *botAPI) updates(ctx context.Context, p map[string]any) string {
	offset, _ := p["offset"].(float64)
	f.note(func() {
		f.offsets = append(f.offsets, int64(offset))
		for len(f.queue) > 0 && f.queue[0].id < int64(offset) {
			f.queue = f.queue[1:]
		}
	})
	for {
		f.mu.Lock()
		var batch []json.RawMessage
		for _, u := range f.queue {
			batch = append(batch, u.body)
		}
		changed := f.changed
		f.mu.Unlock()
		if len(batch) > 0 {
			out, _ := json.Marshal(batch[:min(len(batch), 100)])
			return string(out)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "[]"
		}
	}
}

// update makes the JSON of an update from its inner part.
func (f *botAPI) update(inner string) (int64, json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.nextID++
	return f.nextID, json.RawMessage(`{"update_id":` + strconv.FormatInt(f.nextID, 10) + `,` + inner + `}`)
}

// push queues an update for polling.
func (f *botAPI) push(inner string) int64 {
	id, body := f.update(inner)
	f.note(func() { f.queue = append(f.queue, queuedUpdate{id, body}) })
	return id
}

// messageFrom is an update of words, or of a tapped button.
func messageFrom(chat int64, u utterance) string {
	who := fmt.Sprintf(`{"id":%d,"is_bot":false,"first_name":"陈"}`, chat)
	place := fmt.Sprintf(`{"id":%d,"type":"private","first_name":"陈"}`, chat)
	if u.button != nil {
		return fmt.Sprintf(`"callback_query":{"id":"%d","from":%s,"chat_instance":"1","data":%q,"message":{"message_id":7,"date":%d,"chat":%s,"text":"x"}}`, chat, who, u.button.press, time.Now().Unix(), place)
	}
	words, _ := json.Marshal(u.words)
	return fmt.Sprintf(`"message":{"message_id":7,"date":%d,"from":%s,"chat":%s,"text":%s}`, time.Now().Unix(), who, place, words)
}

// checkSent holds a message to Telegram's limits: 4,096 characters, 64 bytes of callback data, no words of a
// person in it.
func checkSent(t testing.TB, m sentMessage) {
	t.Helper()
	if n := len([]rune(m.text)); n == 0 || n > 4096 {
		t.Errorf("a message of %d characters", n)
	}
	for _, b := range m.buttons {
		data := b.press.(string)
		if data == "" || len(data) > 64 || strings.ContainsFunc(data, func(r rune) bool { return r > '~' }) {
			t.Errorf("callback data %q", data)
		}
	}
}

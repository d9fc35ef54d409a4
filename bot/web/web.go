// Package web is the browser chat: one page of our own, its script and style, and the address its messages go
// to. A person is a random session in a cookie; nothing about them is kept here. It serves no outside resource,
// runs no inline script and never takes a message that another site's page sent.
package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"smebot/bot"
)

//go:embed assets
var assets embed.FS

var page = template.Must(template.ParseFS(assets, "assets/page.html"))

// Limits of one request: a message is a question, not a file.
const (
	maxBody    = 64 << 10 // bytes of JSON
	maxMessage = 8000     // characters of one message
	waitReply  = 10 * time.Second
)

// Options configure the page.
type Options struct {
	Title  string // shown at the top: who answers here
	Notice string // address of the full privacy notice, "" for none
	Leads  bool   // whether referrals are taken here
	Log    *slog.Logger
	Secure bool // the page is reached over TLS: the cookie is marked so
}

// Chat serves the page. Its zero value is of no use; see New.
type Chat struct {
	handle func(context.Context, bot.Message) (bot.Reply, error)
	opt    Options
	mux    *http.ServeMux
	page   []byte
}

// New returns the chat over a function that answers messages.
func New(handle func(context.Context, bot.Message) (bot.Reply, error), o Options) (*Chat, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Chat{handle: handle, opt: o, mux: http.NewServeMux()}
	var b bytes.Buffer
	if err := page.Execute(&b, o); err != nil {
		return nil, err
	}
	c.page = b.Bytes()
	c.mux.HandleFunc("GET /{$}", c.showPage)
	c.mux.HandleFunc("GET /chat", c.showPage)
	c.mux.HandleFunc("GET /chat/app.js", asset("app.js", "text/javascript; charset=utf-8"))
	c.mux.HandleFunc("GET /chat/style.css", asset("style.css", "text/css; charset=utf-8"))
	c.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	c.mux.Handle("POST /chat/send", http.NewCrossOriginProtection().Handler(http.HandlerFunc(c.send)))
	return c, nil
}

// ServeHTTP implements http.Handler for /, /chat and what the page needs.
func (c *Chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
	c.mux.ServeHTTP(w, r)
}

func asset(name, kind string) http.HandlerFunc {
	body, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // the file is compiled in
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		w.Write(body)
	}
}

const cookieName = "smebot_chat"

func (c *Chat) showPage(w http.ResponseWriter, r *http.Request) {
	if session(r) == "" {
		var b [18]byte
		rand.Read(b[:])
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: base64.RawURLEncoding.EncodeToString(b[:]), Path: "/", HttpOnly: true,
			Secure: c.opt.Secure, SameSite: http.SameSiteLaxMode, MaxAge: 30 * 24 * 3600,
		})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(c.page)
}

// session returns the person's session, "" if there is none or it is not one of ours in form.
func session(r *http.Request) string {
	k, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	if b, err := base64.RawURLEncoding.DecodeString(k.Value); err != nil || len(b) != 18 {
		return ""
	}
	return k.Value
}

// request is what the page sends: the page's own id of the message, and one of words, a choice or hello.
type request struct {
	ID    string     `json:"id"`
	Text  string     `json:"text"`
	Press *bot.Press `json:"press"`
	Hello bool       `json:"hello"`
}

// answer is what the page gets.
type answer struct {
	Text    string       `json:"text"`
	Choices []bot.Choice `json:"choices,omitempty"`
	Menu    uint32       `json:"menu,omitempty"`
	Error   string       `json:"error,omitempty"`
}

// Words of the page when no turn could be had; all other words come with the reply.
const (
	sorryLong    = "这条消息太长了，请分几条发。"
	sorryBad     = "这条消息无法读取，请重新输入。"
	sorrySession = "页面已过期，请刷新后再发。"
	sorryBusy    = "暂时没有办好，您的消息还没有保存，请稍后再发一次。"
)

func (c *Chat) send(w http.ResponseWriter, r *http.Request) {
	who := session(r)
	if who == "" {
		fail(w, http.StatusForbidden, sorrySession)
		return
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		fail(w, http.StatusUnsupportedMediaType, sorryBad)
		return
	}
	var q request
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
			fail(w, http.StatusRequestEntityTooLarge, sorryLong)
			return
		}
		fail(w, http.StatusBadRequest, sorryBad)
		return
	}
	if len(q.ID) < 8 || len(q.ID) > 64 {
		fail(w, http.StatusBadRequest, sorryBad)
		return
	}
	if utf8.RuneCountInString(q.Text) > maxMessage {
		fail(w, http.StatusRequestEntityTooLarge, sorryLong)
		return
	}
	m := bot.Message{
		Key:  "web:" + who + ":" + q.ID,
		From: bot.Address{Channel: "web", Platform: bot.Web, User: who},
		Kind: bot.KindText, Text: q.Text, Leads: c.opt.Leads, At: time.Now(),
	}
	switch {
	case q.Hello:
		m.Kind = bot.KindSubscribe
	case q.Press != nil:
		m.Kind, m.Press = bot.KindPress, q.Press
	}
	ctx, cancel := context.WithTimeout(r.Context(), waitReply)
	defer cancel()
	reply, err := c.handle(ctx, m)
	if err != nil {
		c.opt.Log.Error("web chat could not answer", "err", err)
		fail(w, http.StatusServiceUnavailable, sorryBusy)
		return
	}
	respond(w, http.StatusOK, answer{Text: reply.Text, Choices: reply.Choices, Menu: reply.Menu})
}

func fail(w http.ResponseWriter, status int, words string) { respond(w, status, answer{Error: words}) }

func respond(w http.ResponseWriter, status int, a answer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(a)
}

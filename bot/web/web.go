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
	"io"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
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
	maxBody    = 64 << 10         // bytes of JSON
	maxMessage = 8000             // characters of one message; the page's own limit is the same
	waitReply  = 10 * time.Second // beyond the dispatcher's limit of one turn, below the server's for writing
)

// Options configure the page.
type Options struct {
	Title  string                        // shown at the top: who answers here
	Notice string                        // address of the full privacy notice, "" for none
	About  func() (title, notice string) // the same two where they may change; asked at every visit. nil: they do not
	Leads  bool                          // whether referrals are taken here
	Log    *slog.Logger
	Secure bool // the page is reached over TLS: the cookie is marked so

	// News returns what waits for a person besides replies, and ends the messages that a page has shown, by their ids.
	// nil: nothing ever does.
	News func(ctx context.Context, who bot.Address, shown []string) ([]bot.Outgoing, error)
}

// Chat serves the page. Its zero value is of no use; see New.
type Chat struct {
	handle func(context.Context, bot.Message) (bot.Reply, error)
	opt    Options
	mux    *http.ServeMux
}

// New returns the chat over a function that answers messages.
func New(handle func(context.Context, bot.Message) (bot.Reply, error), o Options) (*Chat, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Chat{handle: handle, opt: o, mux: http.NewServeMux()}
	if _, err := c.draw(); err != nil {
		return nil, err
	}
	c.mux.HandleFunc("GET /{$}", c.showPage)
	c.mux.HandleFunc("GET /chat", c.showPage)
	c.mux.HandleFunc("GET /chat/app.js", asset("app.js", "text/javascript; charset=utf-8"))
	c.mux.HandleFunc("GET /chat/style.css", asset("style.css", "text/css; charset=utf-8"))
	c.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fail(w, faultForeign) }))
	c.mux.Handle("POST /chat/send", own.Handler(http.HandlerFunc(c.send)))
	c.mux.Handle("POST /chat/news", own.Handler(http.HandlerFunc(c.news)))
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

// sessionLife is how long a browser is known without a visit. Each visit renews it.
const sessionLife = 30 * 24 * time.Hour

// cookieName carries, over TLS, the prefix with which browsers refuse a cookie that another host of the same
// domain planted: whoever knows a session reads its registrations.
func (c *Chat) cookieName() string {
	if c.opt.Secure {
		return "__Host-smebot_chat"
	}
	return "smebot_chat"
}

func (c *Chat) showPage(w http.ResponseWriter, r *http.Request) {
	who := c.session(r)
	if who == "" {
		var b [18]byte
		rand.Read(b[:])
		who = base64.RawURLEncoding.EncodeToString(b[:])
	}
	http.SetCookie(w, &http.Cookie{
		Name: c.cookieName(), Value: who, Path: "/", HttpOnly: true,
		Secure: c.opt.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(sessionLife / time.Second),
	})
	body, err := c.draw()
	if err != nil {
		c.opt.Log.Error("the chat page cannot be drawn", "err", err)
		http.Error(w, "页面暂时打不开，请稍后再试。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(body)
}

// draw writes the page as it is now.
func (c *Chat) draw() ([]byte, error) {
	o := c.opt
	if o.About != nil {
		o.Title, o.Notice = o.About()
	}
	var b bytes.Buffer
	err := page.Execute(&b, o)
	return b.Bytes(), err
}

// session returns the person's session, "" if there is none or it is not one of ours in form.
func (c *Chat) session(r *http.Request) string {
	k, err := r.Cookie(c.cookieName())
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

// answer is what the page gets: a reply, or a fault by its code and in words.
type answer struct {
	Text    string       `json:"text"`
	Choices []bot.Choice `json:"choices,omitempty"`
	Menu    uint32       `json:"menu,omitempty"`
	Error   string       `json:"error,omitempty"`
	Code    string       `json:"code,omitempty"`
}

// fault is why no turn could be had. The page has words of its own for each code, in the reader's language.
type fault struct {
	status int
	code   string
	words  string
}

var (
	faultLong    = fault{http.StatusRequestEntityTooLarge, "long", "这条消息太长了，请分几条发。"}
	faultBad     = fault{http.StatusBadRequest, "bad", "这条消息无法读取，请重新输入。"}
	faultType    = fault{http.StatusUnsupportedMediaType, "bad", "这条消息无法读取，请重新输入。"}
	faultSession = fault{http.StatusForbidden, "session", "页面已过期，请刷新后再发。刷新后仍这样，请允许使用 Cookie，并从服务公布的网址打开。"}
	faultForeign = fault{http.StatusForbidden, "foreign", "请从服务公布的网址打开本页再发。"}
	faultBusy    = fault{http.StatusServiceUnavailable, "busy", "暂时没有办好，请稍后再发一次。"}
)

// idForm is what a message's id looks like: the page draws 24 hexadecimal digits.
var idForm = regexp.MustCompile(`^[0-9A-Za-z_-]{8,64}$`)

// caller returns who asks with a body of JSON, or answers that nobody does.
func (c *Chat) caller(w http.ResponseWriter, r *http.Request) (who string, ok bool) {
	if who = c.session(r); who == "" {
		fail(w, faultSession)
		return "", false
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		fail(w, faultType)
		return "", false
	}
	return who, true
}

func address(who string) bot.Address {
	return bot.Address{Channel: "web", Platform: bot.Web, User: who}
}

func (c *Chat) send(w http.ResponseWriter, r *http.Request) {
	who, ok := c.caller(w, r)
	if !ok {
		return
	}
	m, refused := read(http.MaxBytesReader(w, r.Body, maxBody))
	if refused != nil {
		fail(w, *refused)
		return
	}
	m.Key = "web:" + who + ":" + m.Key
	m.From = address(who)
	m.Leads, m.At, m.Lang = c.opt.Leads, time.Now(), preferred(r.Header.Get("Accept-Language"))
	ctx, cancel := context.WithTimeout(r.Context(), waitReply)
	defer cancel()
	reply, err := c.handle(ctx, m)
	if err != nil {
		if r.Context().Err() == nil { // else the person has left; the page asks again when they are back
			c.opt.Log.Error("web chat could not answer", "err", err)
		}
		fail(w, faultBusy)
		return
	}
	respond(w, http.StatusOK, shown(reply))
}

// preferred returns the first language of an Accept-Language header, "" if there is none that looks like one.
func preferred(header string) string {
	first, _, _ := strings.Cut(header, ",")
	first, _, _ = strings.Cut(first, ";")
	if first = strings.TrimSpace(first); !languageForm.MatchString(first) {
		return ""
	}
	return first
}

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$`)

// read makes a message of a request's body: exactly one JSON object that holds words, a choice or hello. Its
// key is the page's own id as yet.
func read(body io.Reader) (bot.Message, *fault) {
	var q request
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	err := dec.Decode(&q)
	if err == nil {
		if _, err = dec.Token(); err == nil {
			err = errors.New("more than one value")
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) || utf8.RuneCountInString(q.Text) > maxMessage {
		return bot.Message{}, &faultLong
	}
	m := bot.Message{Key: q.ID, Kind: bot.KindText, Text: q.Text}
	switch {
	case err != nil || !idForm.MatchString(q.ID):
		return m, &faultBad
	case q.Hello && q.Press == nil && q.Text == "":
		m.Kind = bot.KindSubscribe
	case q.Press != nil && !q.Hello && q.Press.Index >= 0:
		m.Kind, m.Press = bot.KindPress, q.Press
	case q.Press != nil || q.Hello || strings.TrimSpace(q.Text) == "":
		return m, &faultBad
	}
	return m, nil
}

func fail(w http.ResponseWriter, f fault) { respond(w, f.status, answer{Error: f.words, Code: f.code}) }

func respond(w http.ResponseWriter, status int, a any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(a)
}

package intents

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/bot/telegram"
	"smebot/bot/web"
	"smebot/bot/wechat"
	"smebot/store"
)

// This file drives conversations through the adapters: real requests, as the platforms send them, to a real
// dispatcher over a real store; what the person sees is read from what the adapter wrote.

// wire is a way to the bot: a person's messages go in as the platform delivers them.
type wire interface {
	// send delivers a message of a person and returns what they are shown, choices as numbered lines. raw is kept
	// for presses. ok is false for what the platform cannot deliver.
	send(m bot.Message) (shown string, raw any, ok bool)
	// press delivers a tap on the choice with that index of an earlier reply.
	press(raw any, index int) (shown string, again any)
}

// stage is a bot behind one adapter.
type stage struct {
	t        *testing.T
	w        *world // the conversation being played: its router, its clock, its person
	db       *store.DB
	dispatch *bot.Dispatcher
	line     wire
	raws     []any // of replies with choices
	last     any
	serial   int
	dir      string // the store's
	logs     *logged
}

// hangs is how long anything may take before a test is called stuck.
const hangs = 30 * time.Second

func newStage(t *testing.T, p bot.Platform) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), logs: &logged{}}
	quiet := slog.New(slog.NewTextHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	clock := func() time.Time {
		if s.w == nil {
			return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
		}
		return s.w.now
	}
	db, err := store.Open(t.Context(), store.Options{Dir: s.dir, Log: quiet, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s.db = db
	s.dispatch = bot.NewDispatcher(db, s, bot.Options{Clock: clock, Log: quiet, Limit: hangs})
	handle := func(ctx context.Context, m bot.Message) (bot.Reply, error) {
		m.Leads, m.Town = !s.w.noLeads, s.w.town
		return s.dispatch.Handle(ctx, m)
	}
	switch p {
	case bot.WeChat:
		cfg := wechat.Config{Name: "guzhen", AppID: "wx0123456789abcdef", AppSecret: strings.Repeat("a", 32), Token: "sometoken2026", EncodingAESKey: strings.Repeat("abcdefghij", 4) + "abc", Plain: true, APIBase: "http://127.0.0.1:1"}
		c, err := wechat.New(cfg, handle, wechat.Options{Log: quiet, Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(c)
		t.Cleanup(server.Close)
		s.line = &wechatLine{s, server.URL, cfg.Token}
	case bot.Telegram:
		l := &telegramLine{s: s, sent: make(chan map[string]any, 16)}
		api := httptest.NewServer(l)
		t.Cleanup(func() { api.CloseClientConnections(); api.Close() })
		cfg := telegram.Config{Name: "tg", Token: "4242424242:AAtoken-of-a-test", Mode: telegram.ModeWebhook, Secret: strings.Repeat("s", 32), APIBase: api.URL, PublicURL: "https://bot.example.gov.cn", CollectLeads: true}
		c, err := telegram.New(cfg, handle, telegram.Options{Log: quiet, Cells: db})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(c)
		t.Cleanup(server.Close)
		l.url, l.secret = server.URL, cfg.Secret
		ctx, stop := context.WithCancel(context.Background())
		var out sync.WaitGroup
		out.Go(func() { bot.NewOutbox("tg", db, c, bot.OutboxOptions{Log: quiet}).Run(ctx) })
		t.Cleanup(func() { stop(); out.Wait() })
		s.line = l
	case bot.Web:
		c, err := web.New(handle, web.Options{Log: quiet, Leads: true})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(c)
		t.Cleanup(server.Close)
		s.line = &webLine{s: s, url: server.URL, clients: map[string]*http.Client{}}
	}
	return s
}

// Route is the router of the conversation being played, with the checks of its world.
func (s *stage) Route(ctx context.Context, in bot.Input) (bot.Outcome, error) {
	out, err := s.w.router.Route(ctx, in)
	s.w.who = in.Message.From
	s.w.check(in.Message, readState(in.State), out)
	s.w.reply, s.w.effects = out.Reply, out.Effects
	for _, e := range out.Effects {
		switch e := e.(type) {
		case store.Question:
			s.w.notes = append(s.w.notes, e)
		case store.Feedback:
			s.w.voices = append(s.w.voices, e)
		}
	}
	return out, err
}

// play opens a world whose turns go through the adapter.
func (s *stage) play(t *testing.T, p bot.Platform) *world {
	w := newWorld(t, Options{})
	s.serial++
	w.t, w.who, w.stage, w.leadsFrom = t, bot.Address{Channel: string(p), Platform: p}, s, s.db.LeadsOf
	w.person, w.givenFrom = "u1", s.db.Disclosures
	w.configure(w.options)
	s.t, s.w, s.raws, s.last = t, w, nil, nil
	return w
}

// userID is the platform's name for a person of the conversation.
func (s *stage) userID() string { return fmt.Sprintf("%s-%d", s.w.person, s.serial) }

func (s *stage) send(m bot.Message) bot.Reply {
	s.t.Helper()
	shown, raw, ok := s.line.send(m)
	if !ok {
		s.t.Skipf("the platform has no such delivery: %s", m.Kind)
	}
	return s.took(shown, raw)
}

// took reads back what the turn stored, and holds what is shown to what was meant.
func (s *stage) took(shown string, raw any) bot.Reply {
	s.t.Helper()
	w := s.w
	if s.last != nil {
		s.raws = append(s.raws, s.last)
	}
	if s.last = nil; len(w.reply.Choices) > 0 {
		s.last = raw
	}
	ctx := context.Background()
	c, err := s.db.Conversation(ctx, w.who)
	if err != nil {
		s.t.Fatal(err)
	}
	w.states[w.who] = c.State
	leads, err := s.db.LeadsOf(ctx, w.who)
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Reverse(leads)
	w.leads[w.who] = leads
	if w.quiet[w.who], err = s.db.IsQuiet(ctx, w.who); err != nil {
		s.t.Fatal(err)
	}
	w.shown = shown
	if got, want := bare(shown), bare(w.reply.Numbered()); got != want {
		s.t.Errorf("the adapter shows\n%s\nfor\n%s", got, want)
	}
	return w.reply
}

// sweep is what the housekeeping does for people who do not come back.
func (s *stage) sweep() {
	now := s.w.now
	prune := func(b []byte) []byte { left, _ := Prune(b, now); return left }
	for stage, idle := range map[int]time.Duration{1: 30 * time.Minute, 2: 24 * time.Hour} {
		if _, err := s.db.TidyConversations(context.Background(), now.Add(-idle), stage, prune); err != nil {
			s.t.Fatal(err)
		}
	}
	c, err := s.db.Conversation(context.Background(), s.w.who)
	if err != nil {
		s.t.Fatal(err)
	}
	s.w.states[s.w.who] = c.State
}

// move brings the last lead to a state, along the moves that are allowed.
func (s *stage) move(to store.Status, reason store.CloseReason) {
	leads := s.w.leads[s.w.who]
	number := leads[len(leads)-1].Number
	for {
		l, err := s.db.Lead(context.Background(), number)
		if err != nil {
			s.t.Fatal(err)
		}
		next := to
		if l.Status == to {
			return
		}
		if to != store.Closed {
			next = store.Moves[l.Status][0]
		}
		if err := s.db.MoveLead(context.Background(), number, l.Version, next, reason, "li"); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *stage) history(number string) []store.Event {
	l, err := s.db.Lead(context.Background(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	return l.History
}

// bare makes drawings of one reply on different platforms comparable.
func bare(s string) string {
	s = strings.NewReplacer("＜", "<", "＞", ">", "\u3000", " ").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

func (s *stage) post(url, kind string, body []byte, header map[string]string, c *http.Client) []byte {
	s.t.Helper()
	req, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	r, err := c.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.t.Fatalf("status %d, %v: %s", r.StatusCode, err, b)
	}
	return b
}

var caller = &http.Client{Timeout: hangs}

// wechatLine is the platform's side of an official account in plain mode.
type wechatLine struct {
	s          *stage
	url, token string
}

var (
	anyTag   = regexp.MustCompile(`<[^>]*>`)
	menuLink = regexp.MustCompile(`<a href="weixin://bizmsgmenu\?msgmenucontent=([^&]*)&msgmenuid=(\d+)">`)
)

var wechatSerial int

func (l *wechatLine) deliver(fields string) (string, any) {
	wechatSerial++
	now := l.s.w.now.Unix()
	doc := fmt.Sprintf("<xml><ToUserName>gh_1</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgId>%d</MsgId>%s</xml>",
		strings.ReplaceAll(l.s.userID(), "+", "_"), now+int64(wechatSerial%200), 70000+wechatSerial, fields)
	stamp, nonce := strconv.FormatInt(now, 10), strconv.Itoa(wechatSerial)
	parts := []string{l.token, stamp, nonce}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	b := l.s.post(l.url+"/?signature="+hex.EncodeToString(sum[:])+"&timestamp="+stamp+"&nonce="+nonce, "text/xml", []byte(doc), nil, caller)
	if string(b) == "success" {
		return "", nil
	}
	var m struct{ Content string }
	if err := xml.Unmarshal(b, &m); err != nil {
		l.s.t.Fatal(err)
	}
	if len(m.Content) > bot.MaxReplyBytes {
		l.s.t.Errorf("%d bytes of Content", len(m.Content))
	}
	return html.UnescapeString(anyTag.ReplaceAllString(m.Content, "")), menuLink.FindAllStringSubmatch(m.Content, -1)
}

func (l *wechatLine) send(m bot.Message) (string, any, bool) {
	fields := ""
	switch m.Kind {
	case bot.KindText:
		if l.s.w.group {
			return "", nil, false
		}
		var b strings.Builder
		xml.EscapeText(&b, []byte(m.Text))
		fields = "<MsgType>text</MsgType><Content>" + b.String() + "</Content>"
	case bot.KindUnreadable:
		fields = "<MsgType>image</MsgType><PicUrl>http://127.0.0.1/x</PicUrl><MediaId>1</MediaId>"
	default:
		fields = "<MsgType>event</MsgType><Event>" + string(m.Kind) + "</Event>"
	}
	shown, raw := l.deliver(fields)
	return shown, raw, true
}

func (l *wechatLine) press(raw any, index int) (string, any) {
	links := raw.([][]string)
	if index >= len(links) {
		l.s.t.Skip("no such link")
	}
	return l.deliver("<MsgType>text</MsgType><Content>" + links[index][1] + "</Content><bizmsgmenuid>" + links[index][2] + "</bizmsgmenuid>")
}

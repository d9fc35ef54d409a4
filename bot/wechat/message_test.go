package wechat

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

func event(name string, more ...string) string {
	return inner(user, append([]string{"MsgType", "event", "Event", name}, more...)...)
}

func of(kind string, more ...string) string {
	return inner(user, append([]string{"MsgType", kind, "MsgId", "23456789012345678"}, more...)...)
}

const (
	msgKey   = "wechat:guzhen:" + user + ":23456789012345678"
	eventKey = "wechat:guzhen:" + user + ":1795348800:"
)

// Every kind of delivery: what the dispatcher hears, or that it hears nothing.
func TestKinds(t *testing.T) {
	press := func(menu uint32, index int) *bot.Press { return &bot.Press{Menu: menu, Index: index} }
	for _, k := range []struct {
		name, doc string
		want      *bot.Message // nil: "success" without asking
	}{
		{"text", of("text", "Content", "你好"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "你好"}},
		{"text of blanks", of("text", "Content", " \n"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable, Text: " \n"}},
		{"text without Content", of("text"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"press", of("text", "Content", "融资", "bizmsgmenuid", "38"), &bot.Message{Key: msgKey, Kind: bot.KindPress, Text: "融资", Press: press(2, 6)}},
		{"press of the largest menu", of("text", "Content", "融资", "bizmsgmenuid", "68719476735"), &bot.Message{Key: msgKey, Kind: bot.KindPress, Text: "融资", Press: press(1<<32-1, 15)}},
		{"press beyond it", of("text", "Content", "融资", "bizmsgmenuid", "68719476736"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "融资"}},
		{"press of menu 0", of("text", "Content", "融资", "bizmsgmenuid", "15"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "融资"}},
		{"press of words", of("text", "Content", "融资", "bizmsgmenuid", "s:1"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "融资"}},
		{"press with zeros", of("text", "Content", "融资", "bizmsgmenuid", "038"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "融资"}},
		{"press with a sign", of("text", "Content", "融资", "bizmsgmenuid", "-38"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "融资"}},
		{"press far too long", of("text", "Content", "融资", "bizmsgmenuid", strings.Repeat("9", 30)), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "融资"}},
		{"voice, recognised", of("voice", "MediaId", "m", "Recognition", "前二十家"), &bot.Message{Key: msgKey, Kind: bot.KindText, Text: "前二十家"}},
		{"voice, not recognised", of("voice", "MediaId", "m", "Recognition", ""), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"voice without it", of("voice", "MediaId", "m"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"image", of("image", "PicUrl", "http://127.0.0.1:9/p.jpg"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"image with Content", of("image", "Content", "x"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"video", of("video"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"short video", of("shortvideo"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"place", of("location", "Label", "古镇"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"link", of("link", "Url", "http://127.0.0.1:9/"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},
		{"unknown type", of("hologram"), &bot.Message{Key: msgKey, Kind: bot.KindUnreadable}},

		{"follow", event("subscribe", "EventKey", ""), &bot.Message{Key: eventKey + "subscribe:", Kind: bot.KindSubscribe}},
		{"follow by code", event("subscribe", "EventKey", "qrscene_12"), &bot.Message{Key: eventKey + "subscribe:qrscene_12", Kind: bot.KindSubscribe}},
		{"follow without EventKey", event("subscribe"), &bot.Message{Key: eventKey + "subscribe:", Kind: bot.KindSubscribe}},
		{"click", event("CLICK", "EventKey", "smebot-platform"), &bot.Message{Key: eventKey + "CLICK:smebot-platform", Kind: bot.KindText, Text: "找平台"}},
		{"scan of our key", event("SCAN", "EventKey", "smebot-policy"), &bot.Message{Key: eventKey + "SCAN:smebot-policy", Kind: bot.KindText, Text: "菜单"}},
		{"click of another's key", event("CLICK", "EventKey", "no-such-key"), nil},
		{"click without key", event("CLICK"), nil},
		{"scan", event("SCAN", "EventKey", "12"), nil},
		{"view", event("VIEW", "EventKey", "http://x/"), nil},
		{"place sent along", event("LOCATION", "Latitude", "22.6"), nil},
		{"template sent", event("TEMPLATESENDJOBFINISH", "MsgID", "200163836"), nil},
		{"unknown event", event("debug_demo"), nil},
		{"event without a name", inner(user, "MsgType", "event"), nil},
	} {
		s := newSite(t, goodConfig)
		got := s.read(s.send(s.sealed(k.doc)), s.cfg.EncodingAESKey)
		all := s.routed()
		if k.want == nil {
			if got != "" || len(all) != 0 {
				t.Errorf("%s: %q, %d turns", k.name, got, len(all))
			}
			continue
		}
		if len(all) != 1 || got == "" {
			t.Errorf("%s: %q, %d turns", k.name, got, len(all))
			continue
		}
		m := all[0]
		if m.Key != k.want.Key || m.Kind != k.want.Kind || m.Text != k.want.Text {
			t.Errorf("%s: %+v", k.name, m)
		}
		reach := reachMessage
		if k.want.Press != nil || strings.Contains(k.doc, "<Event>") {
			reach = reachTap
		}
		if m.Reach != reach {
			t.Errorf("%s: lets us write for %v, %d times", k.name, m.Reach.For, m.Reach.Count)
		}
		if (m.Press == nil) != (k.want.Press == nil) || m.Press != nil && *m.Press != *k.want.Press {
			t.Errorf("%s: press %+v", k.name, m.Press)
		}
		if m.From != (bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: user}) || m.Town != "中山市古镇镇" || !m.Leads || m.Async || m.Group || !m.At.Equal(noon) {
			t.Errorf("%s: %+v", k.name, m)
		}
	}
}

func TestLeavingIsHeardAndNotAnswered(t *testing.T) {
	s := newSite(t, goodConfig)
	if r := s.send(s.sealed(event("unsubscribe"))); r.status != 200 || r.text != "success" {
		t.Errorf("%d %q", r.status, r.text)
	}
	if all := s.routed(); len(all) != 1 || all[0].Kind != bot.KindUnsubscribe {
		t.Errorf("%+v", all)
	}
}

// Keys where the numbers are missing or absurd. A repeat must still be a repeat, another message another.
func TestFallbackKeys(t *testing.T) {
	for _, id := range []string{"0", "-1", "abc", "", "-", "007", " 7", "1e9", strings.Repeat("9", 21)} {
		s := newSite(t, goodConfig)
		doc := textOf("你好", id)
		first := s.read(s.send(s.sealed(doc)), s.cfg.EncodingAESKey)
		again := s.read(s.send(s.sealed(doc)), s.cfg.EncodingAESKey)
		other := s.read(s.send(s.sealed(textOf("再见", id))), s.cfg.EncodingAESKey)
		if first != "turn 1: 你好" || again != first || other != "turn 2: 再见" {
			t.Errorf("MsgId %q: %q, %q, %q", id, first, again, other)
		}
		if key := s.routed()[0].Key; !strings.HasPrefix(key, "wechat:guzhen:"+user+":sha256-") {
			t.Errorf("MsgId %q: key %q", id, key)
		}
	}
	for _, created := range []string{"-", "", "0", "-5", "abc"} {
		s := newSite(t, goodConfig)
		s.send(s.sealed(event("subscribe", "CreateTime", created)))
		if m := s.routed()[0]; !strings.Contains(m.Key, ":sha256-") || !m.At.IsZero() {
			t.Errorf("event of CreateTime %q: %+v", created, m)
		}
	}
	for _, created := range []string{"4102444800", "99999999999999", "99999999999999999999", "0"} {
		s := newSite(t, goodConfig)
		s.send(s.sealed(inner(user, "MsgType", "text", "Content", "你好", "MsgId", "1", "CreateTime", created)))
		if m := s.routed()[0]; !m.At.IsZero() || !strings.HasSuffix(m.Key, ":1") {
			t.Errorf("message of CreateTime %s: %+v", created, m)
		}
	}
}

// Identifiers around 2^63 stay apart.
func TestNeighboursAt2To63(t *testing.T) {
	s := newSite(t, goodConfig)
	for i, id := range []string{"9223372036854775806", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616"} {
		if got := s.say("你好", id); got != "turn "+strconv.Itoa(i+1)+": 你好" {
			t.Errorf("%s: %q", id, got)
		}
	}
}

// Without what a message must have it is refused; a person or account that is no name of one, too.
func TestMissingFields(t *testing.T) {
	for _, change := range [][2]string{
		{"ToUserName", "-"}, {"FromUserName", "-"}, {"MsgType", "-"}, {"FromUserName", ""}, {"FromUserName", "a:b"},
		{"FromUserName", "<b>"}, {"FromUserName", strings.Repeat("o", 65)}, {"ToUserName", "a b"},
	} {
		s := newSite(t, goodConfig)
		doc := inner(user, "MsgType", "text", "Content", "你好", "MsgId", "1", change[0], change[1])
		mustRefuse(t, s, change[0]+"="+change[1], s.send(s.sealed(doc)), 400, ReasonFields)
	}
	s := newSite(t, goodConfig)
	mustRefuse(t, s, "empty root", s.send(s.sealed("<xml></xml>")), 400, ReasonFields)
}

func TestLongEventKeyMakesShortKey(t *testing.T) {
	long := strings.Repeat("k", 5000)
	s := newSite(t, goodConfig)
	s.send(s.sealed(event("subscribe", "EventKey", long)))
	s.send(s.sealed(event("subscribe", "EventKey", long+"2")))
	all := s.routed()
	if len(all) != 2 || len(all[0].Key) > 250 || all[0].Key == all[1].Key {
		t.Errorf("%d turns, key of %d bytes", len(all), len(all[0].Key))
	}
}

// WeChat asks again while the first try is still in work, and after it: one turn, one Content.
func TestRepeatsGetTheSameContent(t *testing.T) {
	s := newSite(t, goodConfig)
	doc := textOf("你好", "5")
	posts := make([]post, 8)
	for i := range posts {
		posts[i] = s.sealed(doc)
	}
	answers := make([]response, len(posts))
	var all sync.WaitGroup
	for i, p := range posts[:4] {
		all.Go(func() { answers[i] = s.send(p) })
	}
	all.Wait()
	for i, p := range posts[4:] {
		answers[4+i] = s.send(p)
	}
	sealed := map[string]bool{}
	for i, r := range answers {
		if got := s.read(r, s.cfg.EncodingAESKey); got != "turn 1: 你好" {
			t.Errorf("try %d: %q", i, got)
		}
		sealed[r.text] = true
	}
	if len(sealed) != len(answers) {
		t.Error("two replies have the same cipher text: the random bytes are not fresh")
	}
}

// TestF085ReplyParsesBack: whatever is said comes out of the envelope as the words that were drawn.
func TestF085ReplyParsesBack(t *testing.T) {
	s := newSite(t, goodConfig)
	pieces := []string{"]]>", "]]", ">", "]", "&", "&amp;", "\"", "'", "<![CDATA[", "<?xml?>", "<!DOCTYPE x>", "</Content>", "\x00", "\x01", "\x0b", "\x1f", "\r", "\n", "\t", "\u0085", "\ufffe",
		"\uffff", "\xff", "汉", "😀👨‍👩‍👧", "a", "。"}
	random := rand.New(rand.NewPCG(7, 7))
	all := []string{"a]]>b", "]]>", "]]]>]]>", "a&b \"c\" 'd'", "一\n二", "😀👨‍👩‍👧", "x]]"}
	for range 300 {
		var b strings.Builder
		b.WriteString("话")
		for range random.IntN(30) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		all = append(all, b.String())
	}
	for i, words := range all {
		r := bot.Reply{Text: words}
		s.reply = func(bot.Message) bot.Reply { return r }
		if got, want := s.say("x", strconv.Itoa(i+1)), Render(r); got != want {
			t.Errorf("%q came as %q, want %q", words, got, want)
		}
	}
	if got, want := Render(bot.Reply{Text: "a]]>b\x00\x1b"}), "a]]＞b"; got != want {
		t.Errorf("drawn as %q, want %q", got, want)
	}
	// A bracket pair of a link itself is the one place where "]]>" could still arise.
	if doc := string(passive("to", "from", "a]]>b", 1)); !strings.Contains(doc, "<![CDATA[a]]]]><![CDATA[>b]]>") {
		t.Errorf("%s", doc)
	}
}

// TestF084NoLinkButOurs echoes what a firm may call itself: it arrives as text, and the only links are the choices.
func TestF084NoLinkButOurs(t *testing.T) {
	s := newSite(t, goodConfig)
	link := regexp.MustCompile(`<a href="weixin://bizmsgmenu\?msgmenucontent=[^"<>]*&msgmenuid=\d+">\d+\. [^<>]*</a>`)
	for i, firm := range []string{
		`<a href="http://evil.example">领奖</a>`, `<a href="weixin://bizmsgmenu?msgmenucontent=确认&msgmenuid=1">点我</a>`, `</a><a href=http://evil.example>`,
		`&lt;a href="http://evil.example"&gt;x&lt;/a&gt;`, `&#60;a href=x&#62;`, "\uff1ca href=x\uff1e", `" onclick="x`, `'><a href='x`, `&msgmenuid=99`, `%22%3E%3Ca`, "光明<br>灯饰", "<miniprogram>",
	} {
		r := bot.Reply{Text: "企业：" + firm, Menu: 3, Choices: choices("改企业名："+firm, "确认")}
		s.reply = func(bot.Message) bot.Reply { return r }
		got := s.say("x", strconv.Itoa(i+1))
		if n := len(link.FindAllString(got, -1)); n != 2 {
			t.Errorf("%q: %d links of two choices: %s", firm, n, got)
		}
		if rest := link.ReplaceAllString(got, ""); strings.ContainsAny(rest, "<>") || entity.MatchString(rest) {
			t.Errorf("%q makes markup: %s", firm, rest)
		}
	}
}

// serve calls the handler without a network, for faults of what lies behind it.
func serve(c *Channel, s *site, p post) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/wechat/guzhen?"+p.query.Encode(), strings.NewReader(p.body))
	r.Header = p.header
	c.ServeHTTP(w, r)
	return w
}

func TestSuccessWhenNothingCanBeSaid(t *testing.T) {
	s := newSite(t, goodConfig)
	for name, handle := range map[string]func(context.Context, bot.Message) (bot.Reply, error){
		"error":                 func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{}, errors.New("store is gone") },
		"error beside a reply":  func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{Text: "x"}, errors.New("gone") },
		"panic":                 func(context.Context, bot.Message) (bot.Reply, error) { panic("CANARY") },
		"empty reply":           func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{}, nil },
		"reply of blanks":       func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{Text: " \n\t"}, nil },
		"reply of control char": func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{Text: "\x01"}, nil },
	} {
		c, err := New(goodConfig, handle, Options{Clock: s.now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if w := serve(c, s, s.sealed(textOf("你好", "1"))); w.Code != 200 || w.Body.String() != "success" {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
	}
}

// A handler that does not heed its context must not keep WeChat waiting for more than 5 s.
func TestLateReplyIsSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c, err := New(goodConfig, func(context.Context, bot.Message) (bot.Reply, error) {
			<-release
			return bot.Reply{Text: "late"}, nil
		}, Options{Clock: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		s := &site{t: t, cfg: goodConfig}
		s.at(noon)
		began := time.Now() // of the bubble: it moves only while all wait
		w := serve(c, s, s.sealed(textOf("你好", "1")))
		if took := time.Since(began); w.Body.String() != "success" || took != wait {
			t.Errorf("%q after %v", w.Body, took)
		}
		close(release)
	})
}

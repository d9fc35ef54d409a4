package wechat

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"smebot/bot"
)

// The platform's side, written here with the standard library alone so that a fault of the code under test is
// not mirrored in its test.

// noon is the clock of the tests that need none of their own.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var goodConfig = Config{
	Name: "guzhen", Town: "中山市古镇镇", AppID: "wx0123456789abcdef", AppSecret: "0123456789abcdef0123456789abcdef",
	Token: "Zk3tR9xQ7mPw", EncodingAESKey: "kQ8vT2mXw5Zr7Lp9Ns3Bd6Fh1Jc4Gy0RaUeWiOqTbME",
}

func sha1Of(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// plainBlock lays out random(16), length, message, app id and padding; length and pad below 0 mean the right ones.
func plainBlock(msg, appID string, length int64, pad int) []byte {
	if length < 0 {
		length = int64(len(msg))
	}
	b := make([]byte, 16, 64+len(msg))
	rand.Read(b)
	b = binary.BigEndian.AppendUint32(b, uint32(length))
	b = append(append(b, msg...), appID...)
	k := 32 - len(b)%32
	if pad < 0 {
		pad = k
	}
	return append(b, bytes.Repeat([]byte{byte(pad)}, k)...)
}

func aesKeyOf(t testing.TB, encoded string) []byte {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encryptBlock(t testing.TB, block []byte, encodedKey string) string {
	key := aesKeyOf(t, encodedKey)
	c, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(block))
	cipher.NewCBCEncrypter(c, key[:16]).CryptBlocks(out, block)
	return base64.StdEncoding.EncodeToString(out)
}

// decryptText returns the random bytes, the message, the app id and the padding of an Encrypt text.
func decryptText(t testing.TB, encrypt, encodedKey string) (random []byte, msg, appID string, pad int) {
	t.Helper()
	key := aesKeyOf(t, encodedKey)
	b, err := base64.StdEncoding.DecodeString(encrypt)
	if err != nil || len(b) == 0 || len(b)%32 != 0 {
		t.Fatalf("Encrypt of %d bytes, %v", len(b), err)
	}
	c, _ := aes.NewCipher(key)
	cipher.NewCBCDecrypter(c, key[:16]).CryptBlocks(b, b)
	pad = int(b[len(b)-1])
	n := int(binary.BigEndian.Uint32(b[16:]))
	if pad < 1 || pad > 32 || 20+n > len(b)-pad {
		t.Fatalf("block with padding %d and length %d", pad, n)
	}
	return b[:16], string(b[20 : 20+n]), string(b[20+n : len(b)-pad]), pad
}

// site is a channel behind a real HTTP server, with a dispatcher and a store in memory.
type site struct {
	t     testing.TB
	cfg   Config
	url   string
	clock atomic.Pointer[time.Time]
	mem   *memStore
	mu    sync.Mutex
	got   []bot.Message // routed, once for each turn
	log   lockedBuffer
	why   []string // reasons of refusals
	reply func(bot.Message) bot.Reply
}

func newSite(t testing.TB, cfg Config) *site {
	s := &site{t: t, cfg: cfg, mem: &memStore{replies: map[string]bot.Reply{}}}
	s.clock.Store(&noon)
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	d := bot.NewDispatcher(s.mem, s, bot.Options{Log: log})
	c, err := New(cfg, d.Handle, Options{Clock: s.now, Log: log, Refused: func(reason string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.why = append(s.why, reason)
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(cfg.Path(), c)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL + cfg.Path()
	return s
}

func (s *site) now() time.Time { return *s.clock.Load() }

func (s *site) at(t time.Time) { s.clock.Store(&t) }

// Route answers each message with a count, so that a reply tells which turn it belongs to.
func (s *site) Route(_ context.Context, in bot.Input) (bot.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, in.Message)
	r := bot.Reply{Text: fmt.Sprintf("turn %d: %s", len(s.got), in.Message.Text)}
	if s.reply != nil {
		r = s.reply(in.Message)
	}
	return bot.Outcome{Reply: r}, nil
}

func (s *site) routed() []bot.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

func (s *site) lastReason() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.why) == 0 {
		return ""
	}
	return s.why[len(s.why)-1]
}

type memStore struct {
	mu      sync.Mutex
	replies map[string]bot.Reply
}

func (m *memStore) StoredReply(_ context.Context, key string) (bot.Reply, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.replies[key]
	return r, ok, nil
}

func (*memStore) Conversation(context.Context, bot.Address) (bot.Conversation, error) {
	return bot.Conversation{}, nil
}

func (m *memStore) CommitTurn(_ context.Context, t bot.Turn) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.replies[t.Key]; ok {
		return bot.ErrDuplicate
	}
	m.replies[t.Key] = t.Reply
	return nil
}

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

// inner is the document of a message, laid out as the platform does. A field set to "-" is left out.
func inner(from string, pairs ...string) string {
	all := []string{"ToUserName", "gh_0123456789ab", "FromUserName", from, "CreateTime", strconv.FormatInt(noon.Unix(), 10)}
	for i := 0; i < len(pairs); i += 2 {
		if at := slices.Index(all, pairs[i]); at >= 0 && at%2 == 0 {
			all[at+1] = pairs[i+1]
		} else {
			all = append(all, pairs[i], pairs[i+1])
		}
	}
	var b strings.Builder
	b.WriteString("<xml>")
	for i := 0; i < len(all); i += 2 {
		if all[i+1] != "-" {
			fmt.Fprintf(&b, "<%s><![CDATA[%s]]></%[1]s>\n", all[i], strings.ReplaceAll(all[i+1], "]]>", "]]]]><![CDATA[>"))
		}
	}
	return b.String() + "</xml>"
}

const user = "oWxUser-0123456789_abcdefghi"

func textOf(content, id string) string {
	return inner(user, "MsgType", "text", "Content", content, "MsgId", id)
}

// post is one request as it will be sent; tests bend its parts.
type post struct {
	query  url.Values
	body   string
	header http.Header
}

var nonces atomic.Int64

// sealed is what the platform posts in safe mode.
func (s *site) sealed(message string) post {
	return s.sealedAs(encryptBlock(s.t, plainBlock(message, s.cfg.AppID, -1, -1), s.cfg.EncodingAESKey))
}

func (s *site) sealedAs(encrypt string) post {
	p := s.plain("<xml>\n    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n    <Encrypt><![CDATA[" + encrypt + "]]></Encrypt>\n</xml>")
	p.query.Set("encrypt_type", "aes")
	p.query.Set("msg_signature", sha1Of(s.cfg.Token, p.query.Get("timestamp"), p.query.Get("nonce"), encrypt))
	return p
}

// plain is what the platform posts in plaintext mode.
func (s *site) plain(body string) post {
	timestamp, nonce := strconv.FormatInt(s.now().Unix(), 10), strconv.FormatInt(415670741+nonces.Add(1), 10)
	return post{url.Values{
		"timestamp": {timestamp}, "nonce": {nonce}, "signature": {sha1Of(s.cfg.Token, timestamp, nonce)}, "openid": {user},
	}, body, http.Header{"Content-Type": {"text/xml"}}}
}

type response struct {
	status int
	text   string
	header http.Header
}

// refused is what a forger gets: a client error, with nothing of a reply in it.
func (r response) refused() bool {
	return r.status >= 400 && r.status < 500 && r.text != "success" && !strings.Contains(r.text, "Encrypt")
}

func (s *site) send(p post) response { return s.sendRaw(p.query.Encode(), p) }

func (s *site) sendRaw(query string, p post) response {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+"?"+query, strings.NewReader(p.body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header = p.header
	return s.do(req)
}

func (s *site) get(q url.Values) response {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+"?"+q.Encode(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(req)
}

func (s *site) do(req *http.Request) response {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response{resp.StatusCode, string(b), resp.Header}
}

type replyXML struct {
	ToUserName, FromUserName, CreateTime, MsgType, Content string
}

// read opens a sealed reply with a key, checks all that the platform would, and returns its Content. "" stands
// for "success".
func (s *site) read(r response, key string) string {
	s.t.Helper()
	if r.status != http.StatusOK {
		s.t.Fatalf("status %d %q", r.status, r.text)
	}
	if r.text == "success" {
		return ""
	}
	var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal([]byte(r.text), &e); err != nil || e.Encrypt == "" {
		s.t.Fatalf("no sealed reply: %v in %q", err, r.text)
	}
	if want := sha1Of(s.cfg.Token, e.TimeStamp, e.Nonce, e.Encrypt); e.MsgSignature != want {
		s.t.Errorf("MsgSignature %s, want %s", e.MsgSignature, want)
	}
	_, msg, appID, _ := decryptText(s.t, e.Encrypt, key)
	if appID != s.cfg.AppID {
		s.t.Errorf("reply for app id %s", appID)
	}
	return s.readPlain(msg)
}

func (s *site) readPlain(doc string) string {
	s.t.Helper()
	var m replyXML
	if err := xml.Unmarshal([]byte(doc), &m); err != nil {
		s.t.Fatalf("reply is no XML: %v", err)
	}
	if m.ToUserName != user || m.FromUserName != "gh_0123456789ab" || m.MsgType != "text" {
		s.t.Errorf("reply to %q from %q of type %q", m.ToUserName, m.FromUserName, m.MsgType)
	}
	if m.CreateTime != strconv.FormatInt(s.now().Unix(), 10) {
		s.t.Errorf("CreateTime %s", m.CreateTime)
	}
	if len(m.Content) > 2047 || strings.TrimSpace(m.Content) == "" || !utf8.ValidString(m.Content) {
		s.t.Errorf("Content of %d bytes", len(m.Content))
	}
	return m.Content
}

// say sends a text and returns the Content of the reply.
func (s *site) say(content, id string) string {
	s.t.Helper()
	return s.read(s.send(s.sealed(textOf(content, id))), s.cfg.EncodingAESKey)
}

package wechat

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// mustRefuse sends a forgery and checks that the sender learns nothing and nobody hears of it.
func mustRefuse(t *testing.T, s *site, name string, r response, status int, reason string) {
	t.Helper()
	if r.status != status || !r.refused() || s.lastReason() != reason {
		t.Errorf("%s: %d %q for %s, want %d for %s", name, r.status, r.text, s.lastReason(), status, reason)
	}
	if strings.TrimSpace(r.text) != http.StatusText(status) {
		t.Errorf("%s: the answer tells more than its status: %q", name, r.text)
	}
	if n := len(s.routed()); n != 0 {
		t.Fatalf("%s: %d messages got through", name, n)
	}
}

// bends are the wrong forms of a signature.
func bends(sig string) map[string]string {
	first := "0"
	if sig[0] == '0' {
		first = "1"
	}
	return map[string]string{
		"wrong": first + sig[1:], "empty": "", "39 long": sig[1:], "41 long": sig + "0", "upper case": strings.ToUpper(sig),
		"with a blank": sig + " ", "not ASCII": "é" + sig[2:],
	}
}

// letters gives a request whose signature has a letter in it, so that its upper case is another string.
func letters(t *testing.T, key string, make func() post) post {
	for range 1000 {
		if p := make(); strings.ContainsAny(p.query.Get(key), "abcdef") {
			return p
		}
	}
	t.Fatal("no signature with a letter")
	return post{}
}

func TestWrongSignatures(t *testing.T) {
	s := newSite(t, goodConfig)
	for _, key := range []string{"signature", "msg_signature"} {
		p := letters(t, key, func() post { return s.sealed(textOf("CANARY", "1")) })
		reason := map[bool]string{true: ReasonSignature, false: ReasonMode}
		for name, sig := range bends(p.query.Get(key)) {
			saved := p.query.Get(key)
			p.query.Set(key, sig)
			mustRefuse(t, s, key+" "+name, s.send(p), 403, reason[key == "signature" || sig != ""])
			p.query.Set(key, saved)
		}
		p.query.Del(key)
		mustRefuse(t, s, key+" missing", s.send(p), 403, reason[key == "signature"])
	}
	g := letters(t, "signature", func() post { return s.plain("") }).query
	g.Set("echostr", "4375120948345356249")
	for name, sig := range bends(g.Get("signature")) {
		bent := url.Values{}
		for k, v := range g {
			bent[k] = v
		}
		bent.Set("signature", sig)
		mustRefuse(t, s, "GET "+name, s.get(bent), 403, ReasonSignature)
	}
	for _, key := range []string{"signature", "timestamp", "nonce"} {
		bent := url.Values{}
		for k, v := range g {
			if k != key {
				bent[k] = v
			}
		}
		mustRefuse(t, s, "GET without "+key, s.get(bent), 403, ReasonSignature)
	}
	if r := s.get(g); r.status != 200 || r.text != "4375120948345356249" {
		t.Errorf("the true one: %d %q", r.status, r.text)
	}
}

func TestDoubledParameters(t *testing.T) {
	s := newSite(t, goodConfig)
	for _, key := range []string{"signature", "timestamp", "nonce", "msg_signature", "encrypt_type", "openid"} {
		p := s.sealed(textOf("CANARY", "1"))
		mustRefuse(t, s, key+" twice, true one first", s.sendRaw(p.query.Encode()+"&"+key+"=1", p), 400, ReasonQuery)
		mustRefuse(t, s, key+" twice, true one last", s.sendRaw(key+"=1&"+p.query.Encode(), p), 400, ReasonQuery)
	}
	p := s.sealed(textOf("CANARY", "1"))
	mustRefuse(t, s, "malformed query", s.sendRaw(p.query.Encode()+"&a=%zz", p), 400, ReasonQuery)
}

func TestDowngradeToPlain(t *testing.T) {
	s := newSite(t, goodConfig)
	forged := textOf("CANARY", "77")
	p := s.plain(forged)
	mustRefuse(t, s, "plain body", s.send(p), 403, ReasonMode)
	p.query.Set("encrypt_type", "raw")
	mustRefuse(t, s, "encrypt_type=raw", s.send(p), 403, ReasonMode)
	p = s.sealed(forged)
	p.body = forged
	mustRefuse(t, s, "plain body under encrypt_type=aes", s.send(p), 403, ReasonMode)
	p = s.sealed(forged)
	p.query.Del("encrypt_type")
	mustRefuse(t, s, "sealed without encrypt_type", s.send(p), 403, ReasonMode)
	if got := s.say("真的", "77"); got != "turn 1: 真的" {
		t.Errorf("the forged MsgId is taken: %q", got)
	}
}

func TestPlainFieldsBesideEncrypt(t *testing.T) {
	s := newSite(t, goodConfig)
	p := s.sealed(textOf("你好", "1"))
	p.body = strings.Replace(p.body, "<Encrypt>", "<Content>CANARY</Content><Encrypt>", 1)
	mustRefuse(t, s, "compatible mode", s.send(p), 403, ReasonMode)
}

func TestAgeOfRequests(t *testing.T) {
	s := newSite(t, goodConfig)
	p := s.sealed(textOf("CANARY", "1"))
	for _, d := range []time.Duration{time.Hour, 24 * time.Hour, -time.Hour, 301 * time.Second, -301 * time.Second} {
		s.at(noon.Add(d))
		mustRefuse(t, s, d.String(), s.send(p), 403, ReasonAge)
	}
	for _, stamp := range []string{"abc", "99999999999999999999", "-1", "0x6"} {
		p := s.sealed(textOf("CANARY", "1"))
		p.query.Set("timestamp", stamp)
		p.query.Set("signature", sha1Of(s.cfg.Token, stamp, p.query.Get("nonce")))
		s.at(noon.Add(24 * time.Hour))
		mustRefuse(t, s, "timestamp "+stamp, s.send(p), 403, ReasonAge)
	}
	// At the edge it is still a delivery, and a repeat of it gets the stored reply.
	s.at(noon.Add(300 * time.Second))
	first := s.read(s.send(p), s.cfg.EncodingAESKey)
	s.at(noon.Add(-300 * time.Second))
	if again := s.read(s.send(p), s.cfg.EncodingAESKey); first != "turn 1: CANARY" || again != first {
		t.Errorf("%q, then %q", first, again)
	}
}

func TestPlainProfile(t *testing.T) {
	cfg := goodConfig
	cfg.Plain = true
	s := newSite(t, cfg)
	p := s.plain(textOf("你好", "1"))
	first := s.send(p)
	if got := s.readPlain(first.text); first.status != 200 || got != "turn 1: 你好" {
		t.Fatalf("%d %q", first.status, got)
	}
	if again := s.send(p); again.text != first.text {
		t.Errorf("exact repeat: %d %q", again.status, again.text)
	}
	// WeChat's own repeat, under a new timestamp and nonce.
	if r := s.send(s.plain(p.body)); s.readPlain(r.text) != "turn 1: 你好" {
		t.Errorf("repeat with a new nonce: %q", r.text)
	}
	p.body = textOf("CANARY", "2")
	if r := s.send(p); r.status != 403 || s.lastReason() != ReasonReplay {
		t.Errorf("other body: %d %q", r.status, r.text)
	}
	sealed := s.sealed(textOf("CANARY", "3"))
	if r := s.send(sealed); r.status != 403 || s.lastReason() != ReasonMode {
		t.Errorf("sealed in plain mode: %d %q", r.status, r.text)
	}
	if n := len(s.routed()); n != 1 {
		t.Errorf("%d turns", n)
	}
}

func TestReplayMemoryIsBounded(t *testing.T) {
	m := newMemory(3)
	for i := range 3 {
		if v := m.see("100", strconv.Itoa(i), []byte("a"), 100, 400); v != firstSeen {
			t.Fatalf("%d: %v", i, v)
		}
	}
	if v := m.see("100", "3", []byte("a"), 400, 700); v != memoryFull {
		t.Errorf("full of live entries: %v", v)
	}
	if v := m.see("100", "0", []byte("b"), 400, 700); v != otherBody {
		t.Errorf("a live entry was dropped: %v", v)
	}
	if v := m.see("401", "3", []byte("a"), 401, 701); v != firstSeen || len(m.seen) != 1 {
		t.Errorf("past entries keep their place: %v, %d entries", v, len(m.seen))
	}
}

// Whatever is wrong inside a signed envelope, the answer is that of a wrong signature.
func TestOneAnswerToWhatCannotBeOpened(t *testing.T) {
	s := newSite(t, goodConfig)
	key, msg := s.cfg.EncodingAESKey, textOf("CANARY", "1")
	block := func(length int64, pad int) string {
		return encryptBlock(t, plainBlock(msg, s.cfg.AppID, length, pad), key)
	}
	whole, _ := base64.StdEncoding.DecodeString(block(-1, -1))
	cut := func(n int) string { return base64.StdEncoding.EncodeToString(whole[:n]) }
	other := golden.EncodingAESKey
	answers := map[string]string{}
	for name, encrypt := range map[string]string{
		"other app id": encryptBlock(t, plainBlock(msg, "wx0000000000000000", -1, -1), key),
		"no app id":    encryptBlock(t, plainBlock(msg, "", -1, -1), key),
		"other key":    encryptBlock(t, plainBlock(msg, s.cfg.AppID, -1, -1), other),
		"padding 0":    block(-1, 0), "padding 33": block(-1, 33), "padding 255": block(-1, 255),
		"length over": block(100000, -1), "length 0": block(0, -1), "length 2^31-1": block(0x7fffffff, -1), "length 2^32-1": block(0xffffffff, -1),
		"cut by 1": cut(len(whole) - 1), "cut by 16": cut(len(whole) - 16), "cut by 32": cut(len(whole) - 32), "empty": "", "one AES block": cut(16), "one block": cut(32),
		"not base64": "!!!!" + base64.StdEncoding.EncodeToString(whole)[4:],
	} {
		r := s.send(s.sealedAs(encrypt))
		mustRefuse(t, s, name, r, 403, ReasonEnvelope)
		answers[fmt.Sprint(r.status, r.text, r.header["Content-Type"], r.header["Cache-Control"])] = name
	}
	p := s.sealed(msg)
	p.query.Set("msg_signature", strings.Repeat("0", 40))
	r := s.send(p)
	mustRefuse(t, s, "wrong signature", r, 403, ReasonSignature)
	answers[fmt.Sprint(r.status, r.text, r.header["Content-Type"], r.header["Cache-Control"])] = "wrong signature"
	if len(answers) != 1 {
		t.Errorf("the faults can be told apart: %v", answers)
	}
}

func TestKeyChange(t *testing.T) {
	cfg := goodConfig
	cfg.PreviousEncodingAESKey = "pQ8vT2mXw5Zr7Lp9Ns3Bd6Fh1Jc4Gy0RaUeWiOqTbME"
	s := newSite(t, cfg)
	for i, key := range []string{cfg.EncodingAESKey, cfg.PreviousEncodingAESKey} {
		msg := textOf("你好", strconv.Itoa(i+1))
		r := s.send(s.sealedAs(encryptBlock(t, plainBlock(msg, cfg.AppID, -1, -1), key)))
		if got, want := s.read(r, key), fmt.Sprintf("turn %d: 你好", i+1); got != want {
			t.Errorf("key %d: %q", i, got)
		}
	}
	third := encryptBlock(t, plainBlock(textOf("CANARY", "9"), cfg.AppID, -1, -1), golden.EncodingAESKey)
	if r := s.send(s.sealedAs(third)); r.status != 403 || len(s.routed()) != 2 {
		t.Errorf("a third key: %d", r.status)
	}
}

func TestOpenIDOfTheQuery(t *testing.T) {
	s := newSite(t, goodConfig)
	p := s.sealed(textOf("你好", "1"))
	p.query.Set("openid", "oVictim")
	if got := s.read(s.send(p), s.cfg.EncodingAESKey); got != "turn 1: 你好" {
		t.Errorf("%q", got)
	}
	if m := s.routed()[0]; m.From.User != user {
		t.Error("the query's openid was believed")
	}
	if log := s.log.String(); !strings.Contains(log, "reason=openid") || strings.Contains(log, "oVictim") || strings.Contains(log, user) {
		t.Error("the mismatch is to be logged, without ids")
	}
}

func TestRefusalsAreLoggedSparingly(t *testing.T) {
	s := newSite(t, goodConfig)
	p := s.sealed(textOf("CANARY", "1"))
	p.query.Set("signature", strings.Repeat("0", 40))
	for range 50 {
		s.send(p)
	}
	if n := strings.Count(s.log.String(), "suspicious callback"); n != 1 {
		t.Errorf("%d lines for 50 forgeries at once", n)
	}
	if n := len(s.why); n != 50 {
		t.Errorf("%d of 50 counted", n)
	}
	if log := s.log.String(); strings.Contains(log, s.cfg.Token) || strings.Contains(log, s.cfg.EncodingAESKey) || strings.Contains(log, "CANARY") {
		t.Error("the log holds a secret or a message")
	}
}

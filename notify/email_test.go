package notify

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
)

// postOffice is a mail server on loopback: it speaks as much SMTP as a client needs.
type postOffice struct {
	address string
	trust   *tls.Config // of a client that knows its authority
	own     *tls.Config
	implied bool // TLS from the start
	plain   bool // no TLS at all

	mu      sync.Mutex
	letters []letter
	said    []string            // commands in clear, before TLS
	answers map[string][]string // by command ("RCPT TO:<a@b>", "AUTH", "DATA"): what is answered, one after another
}

type letter struct{ from, to, body string }

func newPostOffice(t *testing.T, how string) *postOffice {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	p := &postOffice{
		own: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, trust: &tls.Config{RootCAs: pool, ServerName: "localhost"},
		implied: how == "implied", plain: how == "plain", answers: map[string][]string{},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if p.implied {
		l = tls.NewListener(l, p.own)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	p.address = "localhost:" + port
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c, p.implied)
		}
	}()
	return p
}

// next is what is to be answered to a command, or the usual.
func (p *postOffice) next(command, usual string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.answers[command]
	if len(list) == 0 {
		return usual
	}
	if len(list) > 1 {
		p.answers[command] = list[1:]
	}
	return list[0]
}

func (p *postOffice) serve(c net.Conn, secure bool) {
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(s string) { fmt.Fprint(c, s+"\r\n") }
	say("220 localhost ESMTP")
	var l letter
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if !secure {
			p.mu.Lock()
			p.said = append(p.said, line)
			p.mu.Unlock()
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO", "HELO":
			say("250-localhost")
			if !secure && !p.plain {
				say("250-STARTTLS")
			}
			say("250-AUTH PLAIN LOGIN")
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go ahead")
			over := tls.Server(c, p.own)
			c, in, secure = over, bufio.NewReader(over), true
		case "AUTH":
			mechanism, coded, _ := strings.Cut(rest, " ")
			who, _ := base64.StdEncoding.DecodeString(coded)
			usual := "535 no such user"
			if mechanism == "PLAIN" && string(who) == "\x00bot\x00"+canary {
				usual = "235 welcome"
			}
			say(p.next("AUTH", usual))
		case "MAIL":
			l = letter{from: rest}
			say(p.next("MAIL", "250 ok"))
		case "RCPT":
			l.to = rest
			say(p.next(line, "250 ok"))
		case "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				text, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if text == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(text, "."))
			}
			l.body = b.String()
			answer := p.next("DATA", "250 taken")
			if strings.HasPrefix(answer, "250") {
				p.mu.Lock()
				p.letters = append(p.letters, l)
				p.mu.Unlock()
			}
			if answer == "hang up" {
				return
			}
			say(answer)
		case "RSET":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("500 what")
		}
	}
}

func (p *postOffice) post(t *testing.T, more func(*Config)) bot.Sender {
	t.Helper()
	c := Config{Name: Email, Type: Email, Server: p.address, User: "bot", Password: canary, From: "服务助手 <bot@guzhen.gov.cn>", To: []string{"li@guzhen.gov.cn", "wu@guzhen.gov.cn"}}
	if more != nil {
		more(&c)
	}
	s, err := New(c, Options{TLS: p.trust, Clock: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if p.implied { // 465 is not ours to listen on
		s.(*mailer).impliedTLS()
	}
	return s
}

func (p *postOffice) got() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.letters...)
}

// Each address gets a letter of its own, over TLS, with an id that stays, and nothing is said in clear that matters.
func TestMailArrives(t *testing.T) {
	for _, how := range []string{"starttls", "implied"} {
		p := newPostOffice(t, how)
		s := p.post(t, nil)
		if err := s.Send(t.Context(), message); err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		all := p.got()
		if len(all) != 2 || !strings.Contains(all[0].to, "<li@guzhen.gov.cn>") || !strings.Contains(all[1].to, "<wu@guzhen.gov.cn>") || !strings.Contains(all[0].from, "<bot@guzhen.gov.cn>") {
			t.Fatalf("%s: %+v", how, all)
		}
		m, err := mail.ReadMessage(strings.NewReader(all[0].body))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "【新登记】1 件" {
			t.Errorf("subject %q, %v", subject, err)
		}
		text, _ := io.ReadAll(m.Body)
		if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			text, _ = io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(text))))
		}
		if got := strings.ReplaceAll(strings.TrimSpace(string(text)), "\r\n", "\n"); got != words {
			t.Errorf("text %q", got)
		}
		if m.Header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(m.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("headers %v", m.Header)
		}
		if when, err := m.Header.Date(); err != nil || !when.Equal(at.Truncate(time.Second)) {
			t.Errorf("dated %v, %v", when, err)
		}
		if err := s.Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
		again, err := mail.ReadMessage(strings.NewReader(p.got()[2].body))
		if err != nil || again.Header.Get("Message-ID") != m.Header.Get("Message-ID") || m.Header.Get("Message-ID") == "" || strings.Contains(m.Header.Get("Message-ID"), "7K3QWM") {
			t.Errorf("ids %q and %q, %v", m.Header.Get("Message-ID"), again.Header.Get("Message-ID"), err)
		}
		for _, line := range p.said {
			if verb, _, _ := strings.Cut(line, " "); verb != "EHLO" && verb != "STARTTLS" {
				t.Errorf("%s: said in clear: %s", how, verb)
			}
		}
	}
}

// One address that is refused keeps nobody else from hearing, and a later try goes only to those it is still for.
func TestMailToSome(t *testing.T) {
	const li, wu = "RCPT TO:<li@guzhen.gov.cn>", "RCPT TO:<wu@guzhen.gov.cn>"
	p := newPostOffice(t, "starttls")
	p.answers[li] = []string{"550 no such user " + canary}
	if err := p.post(t, nil).Send(t.Context(), message); err != nil || len(p.got()) != 1 {
		t.Errorf("one refused: %v, %d letters", err, len(p.got()))
	}
	p = newPostOffice(t, "starttls")
	p.answers[li] = []string{"451 try later", "250 ok"}
	s := p.post(t, nil)
	if got := failure(t, s); got.Class != bot.Retry || !strings.Contains(got.Cause, "451") {
		t.Errorf("one put off: %s", got)
	}
	if err := s.Send(t.Context(), message); err != nil {
		t.Error(err)
	}
	if all := p.got(); len(all) != 2 || !strings.Contains(all[0].to, "wu") || !strings.Contains(all[1].to, "li") {
		t.Errorf("letters %+v", all)
	}
	p = newPostOffice(t, "starttls")
	p.answers[li], p.answers[wu] = []string{"550 no"}, []string{"553 no"}
	if got := failure(t, p.post(t, nil)); got.Class != bot.Config || !strings.Contains(got.Cause, "notify[email].to") {
		t.Errorf("all refused: %s", got)
	}
}

func TestMailFaults(t *testing.T) {
	for name, c := range map[string]struct {
		how  string
		set  func(*postOffice)
		cfg  func(*Config)
		want bot.SendClass
		says string
	}{
		"wrong password":  {set: func(*postOffice) {}, cfg: func(c *Config) { c.Password = "wrong" + canary }, want: bot.Config, says: "notify[email].password"},
		"sign-in later":   {set: func(p *postOffice) { p.answers["AUTH"] = []string{"454 busy " + canary} }, want: bot.Retry},
		"sender refused":  {set: func(p *postOffice) { p.answers["MAIL"] = []string{"553 not yours"} }, want: bot.Config, says: "notify[email].from"},
		"text later":      {set: func(p *postOffice) { p.answers["DATA"] = []string{"452 full"} }, want: bot.Retry, says: "452"},
		"hangs up":        {set: func(p *postOffice) { p.answers["DATA"] = []string{"hang up"} }, want: bot.Retry},
		"no TLS offered":  {how: "plain", want: bot.Config, says: "465"},
		"strange host":    {set: func(p *postOffice) { p.trust.ServerName = "smtp.elsewhere.cn" }, want: bot.Config, says: "certificate"},
		"strange issuer":  {set: func(p *postOffice) { p.trust.RootCAs = x509.NewCertPool() }, want: bot.Config, says: "certificate"},
		"nobody listens":  {cfg: func(c *Config) { c.Server = "localhost:1" }, want: bot.Retry, says: "no answer"},
		"no such machine": {cfg: func(c *Config) { c.Server = "smtp.invalid:587" }, want: bot.Retry, says: "no answer"},
	} {
		how := c.how
		if how == "" {
			how = "starttls"
		}
		p := newPostOffice(t, how)
		if c.set != nil {
			c.set(p)
		}
		got := failure(t, p.post(t, c.cfg))
		if got.Class != c.want || !strings.Contains(got.Cause, c.says) {
			t.Errorf("%s: %s", name, got)
		}
		if len(p.got()) > 0 {
			t.Errorf("%s: a letter went out", name)
		}
	}
}

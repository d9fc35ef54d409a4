package wechat

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestFormOfRequests(t *testing.T) {
	s := newSite(t, goodConfig)
	p := s.sealed(textOf("你好", "1"))
	for _, kind := range []string{"application/json", "text/html", "multipart/form-data; boundary=x", "text/xml; charset", "nonsense/"} {
		p.header.Set("Content-Type", kind)
		mustRefuse(t, s, kind, s.send(p), 415, ReasonType)
	}
	p.header.Set("Content-Type", "text/xml")
	for _, coding := range []string{"gzip", "deflate", "br", "identity, gzip"} {
		p.header.Set("Content-Encoding", coding)
		mustRefuse(t, s, coding, s.send(p), 415, ReasonType)
	}
	p.header.Del("Content-Encoding")
	large := p
	large.body = strings.Repeat(" ", maxBody+1)
	mustRefuse(t, s, "64 KiB and a byte", s.send(large), 413, ReasonSize)
	mustRefuse(t, s, "no length told", s.sendChunked(large), 413, ReasonSize)
	for _, method := range []string{"PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"} {
		req, err := http.NewRequest(method, s.url+"?"+p.query.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.do(req); r.status != 405 || r.header.Get("Allow") != "GET, POST" {
			t.Errorf("%s: %d", method, r.status)
		}
	}
	for _, kind := range []string{"", "text/xml; charset=utf-8", "application/xml"} {
		p.header["Content-Type"] = []string{kind}
		if got := s.read(s.send(p), s.cfg.EncodingAESKey); got != "turn 1: 你好" {
			t.Errorf("Content-Type %q: %q", kind, got)
		}
	}
}

// sendChunked hides the length of the body.
func (s *site) sendChunked(p post) response {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+"?"+p.query.Encode(), io.MultiReader(strings.NewReader(p.body)))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header = p.header
	return s.do(req)
}

// A body that has no right to be read is not read: the answer comes while the sender still holds it back.
func TestSignatureBeforeBody(t *testing.T) {
	s := newSite(t, goodConfig)
	p := s.sealed(textOf("CANARY", "1"))
	p.query.Set("signature", strings.Repeat("0", 40))
	body, hold := io.Pipe()
	defer hold.Close()
	req, err := http.NewRequest(http.MethodPost, s.url+"?"+p.query.Encode(), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = p.header
	req.Header.Set("Expect", "100-continue")
	mustRefuse(t, s, "withheld body", s.do(req), 403, ReasonSignature)
}

// pipeListener serves connections that exist in memory only, so that time-outs run on the clock of a test.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	c, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.IPAddr{} }

// Senders who hold back their body get an answer before WeChat would hang up, whether it would be read or not.
func TestSlowBodies(t *testing.T) {
	for _, c := range []struct {
		name   string
		bend   func(*post)
		length int
		want   string
		after  time.Duration
	}{
		{"genuine address", func(*post) {}, 500, "400 Bad Request", wait},
		{"wrong signature", func(p *post) { p.query.Set("signature", "x") }, 500, "403 Forbidden", wait},
		{"too long by its own account", func(*post) {}, 10 << 20, "413 Request Entity Too Large", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &site{t: t, cfg: goodConfig}
			s.at(noon)
			ch, err := New(goodConfig, nil, Options{Clock: s.now, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			p := s.sealed(textOf("CANARY", "1"))
			c.bend(&p)
			listener := make(pipeListener, 1)
			server := &http.Server{Handler: ch}
			go server.Serve(listener)
			ours, theirs := net.Pipe()
			listener <- theirs
			began := time.Now()
			go fmt.Fprintf(ours, "POST /wechat/guzhen?%s HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n<xml>", p.query.Encode(), c.length)
			line, err := bufio.NewReader(ours).ReadString('\n')
			if want := "HTTP/1.1 " + c.want + "\r\n"; line != want || time.Since(began) != c.after {
				t.Errorf("%s: %q after %v, %v", c.name, line, time.Since(began), err)
			}
			ours.Close()
			server.Close()
			time.Sleep(time.Second) // of the bubble: net/http lingers half a second before it lets go of a connection
		})
	}
}

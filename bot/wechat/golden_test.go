package wechat

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// The official public values of the platform's message-push and encryption pages.
var golden = Config{Name: "golden", AppID: "wxba5fad812f8e6fb9", Token: "AAAAA", EncodingAESKey: strings.Repeat("A", 43)}

const (
	goldenMessage = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
	goldenReply   = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
)

func TestGoldenSignatures(t *testing.T) {
	for _, g := range []struct {
		name, timestamp, nonce, encrypt, want string
	}{
		{"URL check", "1714036504", "1514711492", "", "f464b24fc39322e44b38aa78f5edd27bd1441696"},
		{"plain post", "1714037059", "486452656", "", "899cf89e464efb63f54ddac96b0a0a235f53aa78"},
		{"safe post, signature", "1714112445", "415670741", "", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"},
		{"safe post, msg_signature", "1714112445", "415670741", goldenMessage, "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"},
		{"safe reply", "1713424427", "415670741", goldenReply, "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"},
	} {
		parts := []string{golden.Token, g.timestamp, g.nonce}
		if g.encrypt != "" {
			parts = append(parts, g.encrypt)
		}
		if !signed(g.want, parts...) {
			t.Errorf("%s: the official signature is refused", g.name)
		}
		if signed(strings.ToUpper(g.want), parts...) || signed(g.want[1:], parts...) || signed("", parts...) {
			t.Errorf("%s: a bent signature is accepted", g.name)
		}
	}
}

func TestGoldenEnvelopes(t *testing.T) {
	c, err := New(golden, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	msg, key, err := c.open(goldenMessage)
	if err != nil || key != golden.EncodingAESKey || len(msg) != 0xa7 || !strings.Contains(string(msg), `"Event":"debug_demo"`) {
		t.Errorf("official message: %d bytes %q, %v", len(msg), msg, err)
	}
	msg, _, err = c.open(goldenReply)
	if err != nil || string(msg) != `{"demo_resp":"good luck"}` {
		t.Errorf("official reply: %q, %v", msg, err)
	}
	// With the official random bytes the cipher text is the official one, byte by byte.
	got, err := util.EncryptMsg([]byte("707722b803182950"), []byte(`{"demo_resp":"good luck"}`), golden.AppID, golden.EncodingAESKey)
	if err != nil || string(got) != goldenReply {
		t.Errorf("sealed %q, %v", got, err)
	}
}

func TestGoldenURLCheckOverHTTP(t *testing.T) {
	s := newSite(t, golden)
	q := url.Values{
		"timestamp": {"1714036504"}, "nonce": {"1514711492"}, "echostr": {"4375120948345356249"},
		"signature": {"f464b24fc39322e44b38aa78f5edd27bd1441696"},
	}
	s.at(time.Unix(1714036504+300, 0))
	r := s.get(q)
	if r.status != http.StatusOK || r.text != "4375120948345356249" {
		t.Errorf("in time: %d %q", r.status, r.text)
	}
	if kind := r.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" || r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("echostr is served as %s", kind)
	}
	for _, off := range []int64{301, -301} {
		s.at(time.Unix(1714036504+off, 0))
		if r := s.get(q); r.status != http.StatusForbidden || strings.Contains(r.text, "4375") {
			t.Errorf("%d s off: %d %q", off, r.status, r.text)
		}
	}
}

// The official message is JSON; the account's data format has to be XML here, and the refusal must be clean.
func TestGoldenJSONMessageIsRefused(t *testing.T) {
	s := newSite(t, golden)
	if r := s.send(s.sealedAs(goldenMessage)); r.status != http.StatusBadRequest || s.lastReason() != ReasonXML {
		t.Errorf("%d %q for %s", r.status, r.text, s.lastReason())
	}
}

// Every bit of the official message, flipped under its true signature.
func TestBitFlipsOfGoldenMessage(t *testing.T) {
	s := newSite(t, golden)
	whole, err := base64.StdEncoding.DecodeString(goldenMessage)
	if err != nil {
		t.Fatal(err)
	}
	p := s.sealedAs(goldenMessage)
	frame := p.body
	for bit := range len(whole) * 8 {
		bent := []byte(string(whole))
		bent[bit>>3] ^= 1 << (bit & 7)
		p.body = strings.Replace(frame, goldenMessage, base64.StdEncoding.EncodeToString(bent), 1)
		if r := s.send(p); r.status != http.StatusForbidden {
			t.Fatalf("bit %d: %d %q", bit, r.status, r.text)
		}
	}
}

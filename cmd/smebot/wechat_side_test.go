package main

import (
	"bytes"
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
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The platform's side of an official account, written here with the standard library alone, so that a fault of
// the code under test is not mirrored in its test.

// account is an official account as the platform knows it.
type account struct {
	name, appID, secret, token, key, origin string
}

func randomFrom(alphabet string, n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwyz23456789"

func newAccount(name string) account {
	return account{name, "wx" + randomFrom("0123456789abcdef", 16), randomFrom("0123456789abcdef", 32), randomFrom(letters, 16), randomFrom(letters, 42) + "A", "gh_" + randomFrom("0123456789abcdef", 12)}
}

func (a account) channel() ChannelConfig {
	return ChannelConfig{Name: a.name, Type: "wechat", Town: "中山市古镇镇", AppID: a.appID, AppSecret: a.secret, Token: a.token, EncodingAESKey: a.key, APIBase: "http://127.0.0.1:1"}
}

func newOpenID() string { return "o" + randomFrom(letters, 27) }

var messageIDs atomic.Int64

func newMessageID() string { return strconv.FormatInt(23456789012345678+messageIDs.Add(1), 10) }

func signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func (a account) cipher() (cipher.Block, []byte) {
	key, err := base64.StdEncoding.DecodeString(a.key + "=")
	if err != nil {
		panic(err)
	}
	c, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	return c, key[:16]
}

func (a account) encrypt(message string) string {
	b := make([]byte, 16)
	rand.Read(b)
	b = binary.BigEndian.AppendUint32(b, uint32(len(message)))
	b = append(append(b, message...), a.appID...)
	k := 32 - len(b)%32
	b = append(b, bytes.Repeat([]byte{byte(k)}, k)...)
	c, iv := a.cipher()
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

func (a account) decrypt(t testing.TB, sealed string) (message, appID string) {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) < 64 || len(b)%32 != 0 {
		t.Fatalf("Encrypt of %d bytes: %v", len(b), err)
	}
	c, iv := a.cipher()
	cipher.NewCBCDecrypter(c, iv).CryptBlocks(b, b)
	pad, n := int(b[len(b)-1]), int(binary.BigEndian.Uint32(b[16:]))
	if pad < 1 || pad > 32 || n < 0 || 20+n > len(b)-pad {
		t.Fatalf("block with padding %d and length %d", pad, n)
	}
	return string(b[20 : 20+n]), string(b[20+n : len(b)-pad])
}

// field is one element of a message.
type field struct{ name, value string }

// document lays out a message as the platform does.
func (a account) document(from string, fields ...field) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<xml><ToUserName><![CDATA[%s]]></ToUserName>\n<FromUserName><![CDATA[%s]]></FromUserName>\n<CreateTime>%d</CreateTime>\n", a.origin, from, time.Now().Unix())
	for _, f := range fields {
		if f.name == "MsgId" {
			fmt.Fprintf(&b, "<MsgId>%s</MsgId>\n", f.value)
			continue
		}
		fmt.Fprintf(&b, "<%s><![CDATA[%s]]></%s>\n", f.name, strings.ReplaceAll(f.value, "]]>", "]]]]><![CDATA[>"), f.name)
	}
	return b.String() + "</xml>"
}

func (a account) text(from, words string) string {
	return a.document(from, field{"MsgType", "text"}, field{"Content", words}, field{"MsgId", newMessageID()})
}

// delivery is one request of the platform; tests forge it by changing its parts.
type delivery struct {
	query url.Values
	body  string
}

// sealed wraps a message as the safe mode does.
func (a account) sealed(from, message string) delivery {
	return a.sealedAt(from, message, time.Now())
}

func (a account) sealedAt(from, message string, at time.Time) delivery {
	encrypt, timestamp, nonce := a.encrypt(message), strconv.FormatInt(at.Unix(), 10), strconv.Itoa(int(messageIDs.Add(1)))
	return delivery{
		url.Values{
			"signature": {signature(a.token, timestamp, nonce)}, "timestamp": {timestamp}, "nonce": {nonce}, "openid": {from},
			"encrypt_type": {"aes"}, "msg_signature": {signature(a.token, timestamp, nonce, encrypt)},
		},
		fmt.Sprintf("<xml>\n    <ToUserName><![CDATA[%s]]></ToUserName>\n    <Encrypt><![CDATA[%s]]></Encrypt>\n</xml>", a.origin, encrypt),
	}
}

// post delivers to a site. It may be called from any goroutine.
func (d delivery) post(base, channel string) (status int, body string, err error) {
	r, err := client.Post(base+"/wechat/"+channel+"?"+d.query.Encode(), "text/xml", strings.NewReader(d.body))
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return r.StatusCode, string(b), err
}

var client = &http.Client{Transport: transport, Timeout: hangGuard}

// read opens a passive reply and checks all that the platform would: signature, app id, addresses, length.
func (a account) read(t testing.TB, from, body string) string {
	t.Helper()
	if body == "success" || body == "" {
		return ""
	}
	var outer struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal([]byte(body), &outer); err != nil || outer.Encrypt == "" {
		t.Fatalf("the reply is no envelope: %v %s", err, brief(body))
	}
	if got := signature(a.token, outer.TimeStamp, outer.Nonce, outer.Encrypt); got != outer.MsgSignature {
		t.Error("the reply's MsgSignature is wrong")
	}
	message, appID := a.decrypt(t, outer.Encrypt)
	if appID != a.appID {
		t.Errorf("the reply is for app id %q", appID)
	}
	var m struct {
		ToUserName, FromUserName, CreateTime, MsgType, Content string
	}
	if err := xml.Unmarshal([]byte(message), &m); err != nil {
		t.Fatalf("the reply's message: %v", err)
	}
	if m.ToUserName != from || m.FromUserName != a.origin || m.MsgType != "text" || len(m.CreateTime) != 10 {
		t.Errorf("the reply goes from %s to %s as %s at %s", m.FromUserName, m.ToUserName, m.MsgType, m.CreateTime)
	}
	if len(m.Content) > 2047 || strings.TrimSpace(m.Content) == "" || strings.ToValidUTF8(m.Content, "") != m.Content {
		t.Errorf("the reply's Content has %d bytes: %q", len(m.Content), brief(m.Content))
	}
	return m.Content
}

// deliver posts one message that must be taken and returns what the person sees.
func (a account) deliver(t testing.TB, base, from, message string) string {
	t.Helper()
	status, body, err := a.sealed(from, message).post(base, a.name)
	if err != nil || status != http.StatusOK {
		t.Fatalf("not taken: status %d %s, %v", status, brief(body), err)
	}
	return a.read(t, from, body)
}

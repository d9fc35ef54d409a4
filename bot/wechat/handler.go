package wechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
)

const (
	// maxBody is the most a callback may post. A text of the longest kind is under 10 KiB when encrypted.
	maxBody = 64 << 10
	// maxEcho bounds what a URL check has returned; the platform sends about 20 digits.
	maxEcho = 1 << 10
	// window is how far a request's timestamp may lie from our clock. Repeats come 5 and 10 s after the first
	// try, perhaps with its timestamp.
	window = 300 * time.Second
	// wait is how long an answer may take, from the arrival of the request. WeChat hangs up after 5 s, and tells
	// the person that the account is out of service if three tries bring nothing.
	wait = 4600 * time.Millisecond
)

// Options configure a Channel or a Client. The zero value of each field has a usable default.
type Options struct {
	Clock   func() time.Time    // default time.Now
	Log     *slog.Logger        // default slog.Default()
	Refused func(reason string) // told each refused request, for metrics; the reasons are the constants of Reason
	Client  *http.Client        // for API calls; its redirects are switched off, a missing timeout becomes 5 s
}

// Channel is the callback of one official account.
type Channel struct {
	cfg    Config
	keys   []string // EncodingAESKey, then the previous one
	handle func(context.Context, bot.Message) (bot.Reply, error)
	opt    Options
	seen   *memory // plain profile only
	alarm  *alarm
}

// New returns the callback of an account, or the faults of its configuration. handle gets each message once it
// is proven to come from the platform, repeats included; it may be called many times at once and should answer
// within its context.
func New(cfg Config, handle func(context.Context, bot.Message) (bot.Reply, error), o Options) (*Channel, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	c := &Channel{cfg: cfg, handle: handle, opt: o, alarm: newAlarm(o.Log.With("channel", cfg.Name))}
	if cfg.Plain {
		c.seen = newMemory(maxRemembered)
		return c, nil
	}
	c.keys = append(c.keys, cfg.EncodingAESKey)
	if cfg.PreviousEncodingAESKey != "" {
		c.keys = append(c.keys, cfg.PreviousEncodingAESKey)
	}
	return c, nil
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Refused == nil {
		o.Refused = func(string) {}
	}
	return o
}

func (c *Channel) now() time.Time { return c.opt.Clock() }

// ServeHTTP answers the platform: its check of the address (GET) and its messages (POST). What cannot be proven
// to come from the platform gets a 4xx with a fixed text; a message that brings no reply gets "success".
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		h.Set("Allow", "GET, POST")
		c.refuse(w, &refusal{http.StatusMethodNotAllowed, ReasonMethod})
		return
	}
	// The time for the body is limited, since the answer has to be out before WeChat hangs up. The limit is lifted
	// once the body is here; until then it also bounds how long the server itself waits for the rest of a
	// refused one. A writer that cannot set a deadline (a recorder) has no slow sender either.
	control := http.NewResponseController(w)
	control.SetReadDeadline(began.Add(wait))
	q, err := c.checkQuery(r.URL.RawQuery)
	if err != nil {
		c.refuse(w, err)
		return
	}
	if r.Method == http.MethodGet {
		c.echo(w, q)
		return
	}
	d, err := c.receive(w, r, q)
	if err != nil {
		c.refuse(w, err)
		return
	}
	control.SetReadDeadline(time.Time{})
	ctx, cancel := context.WithDeadline(r.Context(), began.Add(wait))
	defer cancel()
	body, kind := c.answer(ctx, d)
	h.Set("Content-Type", kind)
	w.Write(body)
}

// checkQuery reads the query and checks what every genuine request has: no parameter twice, the signature over
// token, timestamp and nonce, and a timestamp near our clock. In safe mode this signature is no proof of the
// body, but it keeps strangers from making us read one.
func (c *Channel) checkQuery(raw string) (url.Values, error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, ReasonQuery}
	}
	for _, values := range q {
		if len(values) > 1 {
			return nil, &refusal{http.StatusBadRequest, ReasonQuery}
		}
	}
	timestamp := q.Get("timestamp")
	if timestamp == "" || q.Get("nonce") == "" || !signed(q.Get("signature"), c.cfg.Token, timestamp, q.Get("nonce")) {
		return nil, &refusal{http.StatusForbidden, ReasonSignature}
	}
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return nil, &refusal{http.StatusForbidden, ReasonAge}
	}
	if now := c.now().Unix(); at < now-int64(window.Seconds()) || at > now+int64(window.Seconds()) {
		return nil, &refusal{http.StatusForbidden, ReasonAge}
	}
	return q, nil
}

// echo answers the check of the address. echostr is not covered by the signature, so it goes back as plain text
// that no browser takes for a page.
func (c *Channel) echo(w http.ResponseWriter, q url.Values) {
	echo := q.Get("echostr")
	if echo == "" || len(echo) > maxEcho {
		c.refuse(w, &refusal{http.StatusBadRequest, ReasonQuery})
		return
	}
	io.WriteString(w, echo)
}

// question is a delivery with what its reply needs.
type question struct {
	delivery
	key string // the AES key that opened it, "" in the plain profile
}

// receive reads the body and proves it, in the mode that the configuration names.
func (c *Channel) receive(w http.ResponseWriter, r *http.Request, q url.Values) (question, error) {
	if err := c.checkMode(q); err != nil {
		return question{}, err
	}
	body, err := readBody(w, r)
	if err != nil {
		return question{}, err
	}
	if c.cfg.Plain {
		return c.receivePlain(q, body)
	}
	return c.receiveSealed(q, body)
}

// checkMode refuses a request of another mode than the configured one: a sender that could choose would choose
// the one without a proof of the body.
func (c *Channel) checkMode(q url.Values) error {
	kind := q.Get("encrypt_type")
	if c.cfg.Plain && (kind == "" || kind == "raw") || !c.cfg.Plain && kind == "aes" && q.Get("msg_signature") != "" {
		return nil
	}
	return &refusal{http.StatusForbidden, ReasonMode}
}

func (c *Channel) receiveSealed(q url.Values, body []byte) (question, error) {
	outer, err := parseXML(body)
	if err != nil {
		return question{}, &refusal{http.StatusBadRequest, ReasonXML}
	}
	encrypt, sealed := outer["Encrypt"]
	if !sealed {
		return question{}, &refusal{http.StatusForbidden, ReasonMode}
	}
	if !signed(q.Get("msg_signature"), c.cfg.Token, q.Get("timestamp"), q.Get("nonce"), encrypt) {
		return question{}, &refusal{http.StatusForbidden, ReasonSignature}
	}
	for name := range outer {
		// Compatible mode sends the message in clear as well, without proof.
		if name != "Encrypt" && name != "ToUserName" {
			return question{}, &refusal{http.StatusForbidden, ReasonMode}
		}
	}
	inner, key, err := c.open(encrypt)
	if err != nil {
		return question{}, &refusal{http.StatusForbidden, ReasonEnvelope}
	}
	d, err := c.readDocument(inner, q)
	return question{d, key}, err
}

func (c *Channel) receivePlain(q url.Values, body []byte) (question, error) {
	at, _ := strconv.ParseInt(q.Get("timestamp"), 10, 64) // checked with the query
	switch c.seen.see(q.Get("timestamp"), q.Get("nonce"), body, c.now().Unix(), at+int64(window.Seconds())) {
	case otherBody:
		return question{}, &refusal{http.StatusForbidden, ReasonReplay}
	case memoryFull:
		return question{}, &refusal{http.StatusServiceUnavailable, ReasonReplay}
	}
	d, err := c.readDocument(body, q)
	return question{delivery: d}, err
}

// readDocument reads a message that is proven. The openid of the query is covered by no signature, so it is
// counted when it lies, and never used.
func (c *Channel) readDocument(doc []byte, q url.Values) (delivery, error) {
	f, err := parseXML(doc)
	if err != nil {
		return delivery{}, &refusal{http.StatusBadRequest, ReasonXML}
	}
	d, err := c.deliver(f, doc)
	if err != nil {
		return delivery{}, &refusal{http.StatusBadRequest, ReasonFields}
	}
	if id := q.Get("openid"); id != "" && id != f["FromUserName"] {
		c.alarm.raise(ReasonOpenID, 0)
	}
	return d, nil
}

// readBody reads at most maxBody bytes of XML that is not compressed.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, &refusal{http.StatusUnsupportedMediaType, ReasonType}
	}
	if t := r.Header.Get("Content-Type"); t != "" {
		kind, _, err := mime.ParseMediaType(t)
		if err != nil || kind != "text/xml" && kind != "application/xml" {
			return nil, &refusal{http.StatusUnsupportedMediaType, ReasonType}
		}
	}
	if r.ContentLength > maxBody {
		return nil, &refusal{http.StatusRequestEntityTooLarge, ReasonSize}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{http.StatusRequestEntityTooLarge, ReasonSize}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, ReasonBody}
	}
	return body, nil
}

// success is the body by which an account says that it has nothing to say.
var success = []byte("success")

// answer asks handle and writes the reply the way the question came. Whatever goes wrong, WeChat gets
// "success": any other body would make it tell the person that the account is out of service.
func (c *Channel) answer(ctx context.Context, q question) (body []byte, contentType string) {
	const text, xml = "text/plain; charset=utf-8", "text/xml; charset=utf-8"
	if q.message.Key == "" {
		return success, text
	}
	reply, err := c.ask(ctx, q.message)
	if err != nil {
		// What went wrong is the dispatcher's to log; here is known that the person saw no answer.
		c.opt.Log.Warn("no reply to a message", "channel", c.cfg.Name, "kind", q.message.Kind, "late", errors.Is(err, context.DeadlineExceeded))
		return success, text
	}
	content := Render(reply)
	if strings.TrimSpace(content) == "" || q.message.Kind == bot.KindUnsubscribe {
		return success, text
	}
	at := c.now().Unix()
	body = passive(q.message.From.User, q.account, content, at)
	if q.key == "" {
		return body, xml
	}
	if body, err = c.seal(body, q.key, at); err != nil {
		c.opt.Log.Error("reply cannot be sealed", "channel", c.cfg.Name, "err", err)
		return success, text
	}
	return body, xml
}

// ask waits for handle no longer than ctx, even if handle does not heed it, and turns a panic into an error.
func (c *Channel) ask(ctx context.Context, m bot.Message) (bot.Reply, error) {
	type result struct {
		reply bot.Reply
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{err: fmt.Errorf("panic in the handler: %T", p)} // the value may hold what a person wrote
			}
			done <- r
		}()
		r.reply, r.err = c.handle(ctx, m)
	}()
	select {
	case r := <-done:
		return r.reply, r.err
	case <-ctx.Done():
		return bot.Reply{}, ctx.Err()
	}
}

// passive writes a passive text reply. content is what Render made: valid XML characters only.
func passive(to, from, content string, at int64) []byte {
	return fmt.Appendf(nil, "<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>",
		to, from, at, strings.ReplaceAll(content, "]]>", "]]]]><![CDATA[>"))
}

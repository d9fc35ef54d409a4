package main

import (
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
)

func wechatSite(t *testing.T, accounts ...account) *site {
	c := testConfig(t)
	for _, a := range accounts {
		c.Channels = append(c.Channels, a.channel())
	}
	return startSite(t, c)
}

// official holds the values that the platform's own documentation of message encryption computes with
// (https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/message_push.html).
var official = struct {
	account
	urlQuery, safeQuery url.Values
	encrypt             string
}{
	account{name: "golden", appID: "wxba5fad812f8e6fb9", token: "AAAAA", key: strings.Repeat("A", 43), origin: "gh_97417a04a28d"},
	url.Values{"timestamp": {"1714036504"}, "nonce": {"1514711492"}, "echostr": {"4375120948345356249"}, "signature": {"f464b24fc39322e44b38aa78f5edd27bd1441696"}},
	url.Values{"timestamp": {"1714112445"}, "nonce": {"415670741"}, "signature": {"6c5c811b55cc85e0e1b54100749188c20beb3f5d"}, "encrypt_type": {"aes"}, "msg_signature": {"046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"}},
	"+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=",
}

// TestWeChatOfficialVectors holds our own side against the platform's values first, and then the running
// program: it must take that account's secrets, and refuse its requests of 2024 for their age.
func TestWeChatOfficialVectors(t *testing.T) {
	o := official
	if signature(o.token, o.urlQuery.Get("timestamp"), o.urlQuery.Get("nonce")) != o.urlQuery.Get("signature") {
		t.Fatal("our signature differs from the platform's")
	}
	if signature(o.token, o.safeQuery.Get("timestamp"), o.safeQuery.Get("nonce"), o.encrypt) != o.safeQuery.Get("msg_signature") {
		t.Fatal("our msg_signature differs from the platform's")
	}
	message, appID := o.decrypt(t, o.encrypt)
	if !strings.Contains(message, "debug_demo") || appID != o.appID {
		t.Fatal("our decryption differs from the platform's")
	}
	ch := o.channel()
	ch.AppSecret = ""
	c := testConfig(t)
	c.Channels = []ChannelConfig{ch}
	s := startSite(t, c)
	r, err := client.Get(s.url + "/wechat/golden?" + o.urlQuery.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if body := readAll(t, r.Body); r.StatusCode != 403 || strings.Contains(body, o.urlQuery.Get("echostr")) {
		t.Errorf("a URL check of 2024: status %d", r.StatusCode)
	}
	old := delivery{o.safeQuery, "<xml><ToUserName><![CDATA[" + o.origin + "]]></ToUserName><Encrypt><![CDATA[" + o.encrypt + "]]></Encrypt></xml>"}
	if status, _, err := old.post(s.url, "golden"); err != nil || status != 403 {
		t.Errorf("a message of 2024: status %d, %v", status, err)
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	fresh := url.Values{"timestamp": {timestamp}, "nonce": {"1514711492"}, "echostr": {"4375120948345356249"}, "signature": {signature(o.token, timestamp, "1514711492")}}
	if r, err = client.Get(s.url + "/wechat/golden?" + fresh.Encode()); err != nil {
		t.Fatal(err)
	}
	if body := readAll(t, r.Body); r.StatusCode != 200 || body != "4375120948345356249" || strings.Contains(r.Header.Get("Content-Type"), "html") {
		t.Errorf("a URL check of today: status %d %q as %s", r.StatusCode, body, r.Header.Get("Content-Type"))
	}
	from := newOpenID()
	if got := o.deliver(t, s.url, from, o.text(from, "前20家奖励多少钱")); !strings.Contains(got, "100万") {
		t.Errorf("a message of today: %q", brief(got))
	}
}

func TestWeChatReferral(t *testing.T) {
	a := newAccount("guzhen")
	s := wechatSite(t, a)
	from, who := newOpenID(), newPerson()
	number, _ := refer(t, who, func(u utterance) heard {
		return heard{text: a.deliver(t, s.url, from, a.text(from, u.words))}
	})
	holdsWhole(t, s.config.Data, number, who)
	l := exported(t, s.config.Data)[0]
	if l["channel"] != "guzhen" || l["user"] != from || l["consent_abroad"] != "no" {
		t.Errorf("lead of channel %s, abroad %s, its user right: %v", l["channel"], l["consent_abroad"], l["user"] == from)
	}
	s.end(t)
	verify(t, s.config.Data)
}

// TestWeChatRepeats delivers every message of a referral four times, as the platform does when it hears nothing
// for five seconds. Every time the same bytes must be said, and one lead be made.
func TestWeChatRepeats(t *testing.T) {
	a := newAccount("guzhen")
	s := wechatSite(t, a)
	for _, way := range []string{"spaced", "at once"} {
		t.Run(way, func(t *testing.T) {
			from, who := newOpenID(), newPerson()
			number, _ := refer(t, who, func(u utterance) heard {
				message := a.text(from, u.words)
				bodies := make([]string, 4)
				var all sync.WaitGroup
				for i := range bodies {
					post := func() {
						// The platform signs and encrypts every try anew.
						status, body, err := a.sealed(from, message).post(s.url, a.name)
						if err != nil || status != 200 {
							t.Errorf("try %d: status %d, %v", i+1, status, err)
						}
						bodies[i] = body
					}
					if way == "at once" {
						all.Go(post)
					} else {
						post()
					}
				}
				all.Wait()
				var said []string
				for _, b := range bodies {
					said = append(said, a.read(t, from, b))
				}
				for i, c := range said {
					if c == "" || c != said[0] {
						t.Errorf("try %d of %q was answered %q, the first %q", i+1, u.words, brief(c), brief(said[0]))
					}
				}
				return heard{text: said[0]}
			})
			holdsWhole(t, s.config.Data, number, who)
		})
	}
	if n := len(exported(t, s.config.Data)); n != 2 {
		t.Errorf("%d leads of two people, want 2", n)
	}
}

// TestWeChatAccountsDoNotCross runs two accounts with the same token in one service.
func TestWeChatAccountsDoNotCross(t *testing.T) {
	a, b := newAccount("guzhen"), newAccount("dali")
	b.token = a.token
	s := wechatSite(t, a, b)
	from := newOpenID() // the same string at both accounts is two people
	who := newPerson()
	first := a.deliver(t, s.url, from, a.text(from, who.opener))
	if !strings.Contains(first, "企业") {
		t.Fatalf("the referral at the first account did not begin: %s", brief(first))
	}
	if other := b.deliver(t, s.url, from, b.text(from, who.says["firm"])); other == "" || leadNumber.MatchString(other) {
		t.Errorf("the second account answered %q", brief(other))
	}
	shared := newMessageID() // one MsgId at both accounts is two messages
	q := func(x account, words string) string {
		return x.deliver(t, s.url, from, x.document(from, field{"MsgType", "text"}, field{"Content", words}, field{"MsgId", shared}))
	}
	if one, two := q(a, "取消"), q(b, "前20家奖励多少钱"); one == two || !strings.Contains(two, "100万") {
		t.Errorf("one message id at two accounts: %q and %q", brief(one), brief(two))
	}
	for name, d := range map[string]struct {
		by account
		to string
	}{"a message of the first at the second": {a, "dali"}, "a message of the second at the first": {b, "guzhen"}, "at no account": {a, "nobody"}} {
		status, body, err := d.by.sealed(from, d.by.text(from, "CANARY")).post(s.url, d.to)
		if err != nil || status < 400 || status > 499 || strings.Contains(body, "Encrypt") {
			t.Errorf("%s: status %d %s, %v", name, status, brief(body), err)
		}
	}
	var leads sync.Map
	var all sync.WaitGroup
	for _, x := range []account{a, b} {
		all.Go(func() {
			who := newPerson()
			number, _ := refer(t, who, func(u utterance) heard {
				return heard{text: x.deliver(t, s.url, from, x.text(from, u.words))}
			})
			leads.Store(x.name, number)
		})
	}
	all.Wait()
	for _, l := range exported(t, s.config.Data) {
		if number, _ := leads.Load(l["channel"]); number != l["number"] {
			t.Errorf("lead %s is booked to channel %s, whose person was shown %v", l["number"], l["channel"], number)
		}
		leads.Delete(l["channel"])
	}
	leads.Range(func(channel, number any) bool {
		t.Errorf("lead %v of channel %v is not there", number, channel)
		return true
	})
}

func TestWeChatKinds(t *testing.T) {
	a := newAccount("guzhen")
	s := wechatSite(t, a)
	for _, c := range []struct {
		name   string
		fields []field
		want   string // in the reply; "" for no reply at all
	}{
		{"voice with words", []field{{"MsgType", "voice"}, {"MediaId", "m"}, {"Format", "amr"}, {"Recognition", "前二十家奖励多少钱"}, {"MsgId", newMessageID()}}, "100万"},
		{"voice without", []field{{"MsgType", "voice"}, {"MediaId", "m"}, {"Format", "amr"}, {"MsgId", newMessageID()}}, "文字"},
		{"picture", []field{{"MsgType", "image"}, {"PicUrl", "http://127.0.0.1:9/p.jpg"}, {"MediaId", "m"}, {"MsgId", newMessageID()}}, "文字"},
		{"subscribe", []field{{"MsgType", "event"}, {"Event", "subscribe"}, {"EventKey", ""}}, "您好"},
		{"unsubscribe", []field{{"MsgType", "event"}, {"Event", "unsubscribe"}}, ""},
		{"event of no interest", []field{{"MsgType", "event"}, {"Event", "TEMPLATESENDJOBFINISH"}, {"Status", "success"}}, ""},
		{"text with markup", []field{{"MsgType", "text"}, {"Content", "a]]><b>&amp; 前20家奖励多少钱"}, {"MsgId", newMessageID()}}, "第二十四条"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := newOpenID()
			got := a.deliver(t, s.url, from, a.document(from, c.fields...))
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("answered %q, want %q in it", brief(got), c.want)
			}
		})
	}
}

// TestWeChatForgeries posts what strangers may try. Nothing of it may be answered, stored or counted as a turn.
func TestWeChatForgeries(t *testing.T) {
	a := newAccount("guzhen")
	s := wechatSite(t, a)
	from := newOpenID()
	message := func() string { return a.text(from, "CANARY我想登记需求") }
	good := func() delivery { return a.sealed(from, message()) }
	with := func(change func(*delivery)) delivery { d := good(); change(&d); return d }
	other := a
	other.appID = "wx0000000000000000"
	otherKey := a
	otherKey.key = randomFrom(letters, 42) + "E"
	forged := map[string]delivery{
		"wrong signature":       with(func(d *delivery) { d.query.Set("signature", strings.Repeat("0", 40)) }),
		"wrong msg_signature":   with(func(d *delivery) { d.query.Set("msg_signature", strings.Repeat("0", 40)) }),
		"no msg_signature":      with(func(d *delivery) { d.query.Del("msg_signature") }),
		"upper case":            with(func(d *delivery) { d.query.Set("msg_signature", strings.ToUpper(d.query.Get("msg_signature"))+"A") }),
		"timestamp twice":       with(func(d *delivery) { d.query.Add("timestamp", "1") }),
		"in clear":              {with(func(d *delivery) { d.query.Del("encrypt_type"); d.query.Del("msg_signature") }).query, message()},
		"in clear, claimed aes": {good().query, message()},
		"an hour old":           a.sealedAt(from, message(), time.Now().Add(-time.Hour)),
		"an hour ahead":         a.sealedAt(from, message(), time.Now().Add(time.Hour)),
		"other app id":          other.sealed(from, message()),
		"other key":             otherKey.sealed(from, message()),
		"body of another":       {good().query, good().body},
		"too long":              with(func(d *delivery) { d.body += strings.Repeat(" ", 64<<10) }),
		"two messages":          a.sealed(from, message()+message()),
		"an entity":             a.sealed(from, `<!DOCTYPE xml [<!ENTITY e "CANARY">]>`+message()),
		"nothing":               {url.Values{}, ""},
	}
	for name, d := range forged {
		status, body, err := d.post(s.url, a.name)
		if err != nil || status < 400 || status > 499 || strings.Contains(body, "CANARY") || strings.Contains(body, "Encrypt") || body == "success" {
			t.Errorf("%s: status %d %q, %v", name, status, brief(body), err)
		}
	}
	conv, err := s.engine.db.Conversation(t.Context(), bot.Address{Channel: a.name, Platform: bot.WeChat, User: from})
	if err != nil || conv.Version != 0 || conv.State != nil {
		t.Errorf("the forgeries left a conversation of version %d, %v", conv.Version, err)
	}
	if q, err := s.engine.db.Questions(t.Context(), 10); err != nil || len(q) != 0 {
		t.Errorf("the forgeries left %d questions, %v", len(q), err)
	}
	if strings.Contains(s.log.String(), "CANARY") || strings.Contains(s.log.String(), from) {
		t.Error("the log holds what a forger sent")
	}
	if got := a.deliver(t, s.url, from, a.text(from, "前20家奖励多少钱")); !strings.Contains(got, "100万") {
		t.Errorf("afterwards a true message is answered %q", brief(got))
	}
	if n := len(exported(t, s.config.Data)); n != 0 {
		t.Errorf("%d leads of forgeries", n)
	}
	s.end(t)
	for name, content := range files(t, s.config.Data) {
		if strings.Contains(content, "CANARY") {
			t.Errorf("%s holds a forged text", name)
		}
	}
}

// TestWeChatKeyChange lets the platform go on with the old key for a while.
func TestWeChatKeyChange(t *testing.T) {
	a := newAccount("guzhen")
	old, third := a, a
	old.key, third.key = randomFrom(letters, 42)+"E", randomFrom(letters, 42)+"I"
	c := testConfig(t)
	ch := a.channel()
	ch.PreviousEncodingAESKey = old.key
	c.Channels = []ChannelConfig{ch}
	s := startSite(t, c)
	for name, x := range map[string]account{"new": a, "old": old} {
		from := newOpenID()
		if got := x.deliver(t, s.url, from, x.text(from, "前20家奖励多少钱")); !strings.Contains(got, "100万") {
			t.Errorf("under the %s key: %q", name, brief(got))
		}
	}
	if status, _, err := third.sealed("o", third.text("o", "x")).post(s.url, a.name); err != nil || status != 403 {
		t.Errorf("under a third key: status %d, %v", status, err)
	}
}

// TestWeChatRefusalsAreCounted reads the metrics listener, which is not the public one.
func TestWeChatRefusalsAreCounted(t *testing.T) {
	a := newAccount("guzhen")
	c := testConfig(t)
	c.Metrics.Listen = freePort(t)
	c.Channels = []ChannelConfig{a.channel()}
	s := startSite(t, c)
	from := newOpenID()
	d := a.sealed(from, a.text(from, "x"))
	d.query.Set("msg_signature", strings.Repeat("0", 40))
	if status, _, err := d.post(s.url, a.name); err != nil || status != 403 {
		t.Fatalf("status %d, %v", status, err)
	}
	a.deliver(t, s.url, from, a.text(from, "前20家奖励多少钱"))
	r, err := client.Get("http://" + c.Metrics.Listen + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	body := readAll(t, r.Body)
	for _, line := range []string{`smebot_refused_requests_total{channel="guzhen",reason="signature"} 1`, `smebot_turns_total{channel="guzhen",intent="policy"} 1`, "smebot_route_seconds_count 1"} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if strings.Contains(body, from) {
		t.Error("the metrics hold a user's id")
	}
}

package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
)

// call is what a place got.
type call struct {
	path, body string
	header     http.Header
}

// place is a messenger's side: it notes calls and answers as told.
func place(t *testing.T, answer func(w http.ResponseWriter, n int)) (*httptest.Server, func() []call) {
	t.Helper()
	var mu sync.Mutex
	var calls []call
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		calls = append(calls, call{r.URL.RequestURI(), string(body), r.Header})
		n := len(calls)
		mu.Unlock()
		answer(w, n)
	}))
	t.Cleanup(s.Close)
	return s, func() []call { mu.Lock(); defer mu.Unlock(); return calls }
}

const (
	canary = "CaNaRyKeY0123456789CaNaRy"
	words  = "【新登记】1 件\n· 20261122-7K3QWM 中山市古镇镇 企业融资 & <检测>"
)

var (
	at      = time.UnixMilli(1700000000000)
	message = bot.Outgoing{ID: "announce:wecom:new:20261122-7K3QWM", Reply: bot.Reply{Text: words}, Data: []byte(`{"test": 2432232314}`)}
)

func sender(t *testing.T, c Config) bot.Sender {
	t.Helper()
	c.Name = c.Type
	s, err := New(c, Options{Clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ok(w http.ResponseWriter, _ int) { fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`) }

// failure sends and returns what went wrong; the cause must hold no secret.
func failure(t *testing.T, s bot.Sender, secrets ...string) *bot.SendError {
	t.Helper()
	err := s.Send(t.Context(), message)
	var fail *bot.SendError
	if !errors.As(err, &fail) {
		t.Fatalf("got %v, want a SendError", err)
	}
	for _, secret := range append(secrets, canary, "127.0.0.1", "http") {
		if secret == "127.0.0.1" && fail.Class == bot.Retry || secret == "http" && !strings.Contains(fail.Cause, "http://") && !strings.Contains(fail.Cause, "https://") {
			continue // where nothing answers the machine may be named, not the address
		}
		if strings.Contains(fail.Cause, secret) {
			t.Errorf("the cause shows %.5s…: %s", secret, strings.ReplaceAll(fail.Cause, secret, "…"))
		}
	}
	if fail.Cause == "" || strings.ContainsAny(fail.Cause, "\n\r") || strings.Contains(fail.Cause, "%!") {
		t.Errorf("cause %q", fail.Cause)
	}
	return fail
}

func TestWeCom(t *testing.T) {
	s, calls := place(t, ok)
	if err := sender(t, Config{Type: WeCom, URL: s.URL + "/cgi-bin/webhook/send?key=" + canary}).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	got := calls()[0]
	if got.path != "/cgi-bin/webhook/send?key="+canary || !strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		t.Errorf("%+v", got)
	}
	wantJSON(t, got.body, map[string]any{"msgtype": "text", "text": map[string]any{"content": words}})
}

func wantJSON(t *testing.T, body string, want map[string]any) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("body %s, want %v, %v", body, want, err)
	}
}

// The signatures were computed with openssl after the platforms' pages.
func TestDingTalkSigns(t *testing.T) {
	s, calls := place(t, ok)
	const secret = "SECtestsecret0123456789"
	for url, want := range map[string]string{
		"/robot/send?access_token=" + canary: "/robot/send?access_token=" + canary + "&sign=zrLWzK97t62y5CpqN8Ok9UIdPvX%2BjL1PNoW8nKT5a9k%3D&timestamp=1700000000000",
		"/robot/send":                        "/robot/send?sign=zrLWzK97t62y5CpqN8Ok9UIdPvX%2BjL1PNoW8nKT5a9k%3D&timestamp=1700000000000",
	} {
		if err := sender(t, Config{Type: DingTalk, URL: s.URL + url, Secret: secret}).Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
		all := calls()
		if got := all[len(all)-1]; got.path != want || strings.Contains(got.body, secret) {
			t.Errorf("%s\n%s, want\n%s", url, got.path, want)
		}
	}
	if err := sender(t, Config{Type: DingTalk, URL: s.URL + "/robot/send?access_token=x"}).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	got := calls()[2]
	if got.path != "/robot/send?access_token=x" {
		t.Errorf("without a secret: %s", got.path)
	}
	wantJSON(t, got.body, map[string]any{"msgtype": "text", "text": map[string]any{"content": words}})
}

func TestFeishuSigns(t *testing.T) {
	s, calls := place(t, func(w http.ResponseWriter, n int) {
		fmt.Fprint(w, []string{`{"code":0,"msg":"success","data":{}}`, `{"StatusCode":0,"StatusMessage":"success"}`}[n-1])
	})
	if err := sender(t, Config{Type: Feishu, URL: s.URL + "/open-apis/bot/v2/hook/" + canary, Secret: "feishuSecret01"}).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	wantJSON(t, calls()[0].body, map[string]any{"msg_type": "text", "content": map[string]any{"text": words}, "timestamp": "1700000000", "sign": "HkzvGM/wxrFVyV2J/bdu0cg/xGEP/qvqLISotukzkx4="})
	if err := sender(t, Config{Type: Feishu, URL: s.URL + "/open-apis/bot/v2/hook/" + canary}).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	wantJSON(t, calls()[1].body, map[string]any{"msg_type": "text", "content": map[string]any{"text": words}})
}

// The first row is the example of the Standard Webhooks' own libraries.
func TestWebhookSigns(t *testing.T) {
	key := webhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if got := sign(key, `msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}`); got != "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("the specification's example is signed %s", got)
	}
	s, calls := place(t, func(w http.ResponseWriter, n int) { w.WriteHeader(http.StatusNoContent) })
	hook := sender(t, Config{Type: Webhook, URL: s.URL + "/leads", Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
	for range 2 {
		if err := hook.Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
	}
	first, again := calls()[0], calls()[1]
	id := first.header.Get(HeaderID)
	if id == "" || id != again.header.Get(HeaderID) || strings.Contains(id, "2026") {
		t.Errorf("ids %q and %q", id, again.header.Get(HeaderID))
	}
	if first.header.Get(HeaderTimestamp) != "1700000000" || first.body != string(message.Data) {
		t.Errorf("%+v", first)
	}
	if got := first.header.Get(HeaderSignature); got != "v1,"+sign(key, id+".1700000000."+first.body) {
		t.Errorf("signature %s", got)
	}
	other := message
	other.ID += "x"
	if err := hook.Send(t.Context(), other); err != nil || calls()[2].header.Get(HeaderID) == id {
		t.Errorf("another announcement has the same id, %v", err)
	}
	other.Data = nil
	if err := hook.Send(t.Context(), other); err == nil {
		t.Error("sent without a body")
	}
}

// What each answer makes of an announcement. A robot's fault comes with status 200.
func TestWhatBecomesOfAnAnnouncement(t *testing.T) {
	body := func(s string) func(http.ResponseWriter, int) {
		return func(w http.ResponseWriter, _ int) { fmt.Fprint(w, s) }
	}
	status := func(code int, header ...string) func(http.ResponseWriter, int) {
		return func(w http.ResponseWriter, _ int) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			fmt.Fprint(w, canary) // a page that quotes what it was sent
		}
	}
	for _, c := range []struct {
		kind   string
		answer func(http.ResponseWriter, int)
		want   bot.SendClass
		after  time.Duration
		says   string
	}{
		{WeCom, body(`{"errcode":-1,"errmsg":"` + canary + `"}`), bot.Retry, 0, "系统繁忙"},
		{WeCom, body(`{"errcode":45009}`), bot.Wait, time.Minute, "minute"},
		{WeCom, body(`{"errcode":93000,"errmsg":"invalid webhook url ` + canary + `"}`), bot.Config, 0, "anew"},
		{WeCom, body(`{"errcode":40058}`), bot.Drop, 0, "refused"},
		{WeCom, body(`{"errcode":77777,"errmsg":"` + canary + `"}`), bot.Retry, 0, "77777"},
		{DingTalk, body(`{"errcode":310000,"errmsg":"sign not match ` + canary + `"}`), bot.Config, 0, "加签"},
		{DingTalk, body(`{"errcode":410100}`), bot.Wait, time.Minute, "限流"},
		{DingTalk, body(`{"errcode":400013}`), bot.Config, 0, "解散"},
		{Feishu, body(`{"code":19021,"msg":"sign match fail"}`), bot.Config, 0, "签名校验"},
		{Feishu, body(`{"code":19024}`), bot.Config, 0, "keyword"},
		{Feishu, body(`{"code":11232}`), bot.Wait, time.Minute, "limited"},
		{Feishu, body(`{"StatusCode":19001}`), bot.Config, 0, "anew"},
		{WeCom, body(`<html>` + canary), bot.Retry, 0, "notify[wecom].url"},
		{WeCom, body(`{}`), bot.Retry, 0, "notify[wecom].url"},
		{Feishu, body(`[]`), bot.Retry, 0, "notify[feishu].url"},
		{WeCom, status(500), bot.Retry, 0, "500"},
		{WeCom, status(503, "Retry-After", "30"), bot.Retry, 30 * time.Second, "503"},
		{Webhook, status(429, "Retry-After", "7"), bot.Wait, 7 * time.Second, "429"},
		{Webhook, status(429, "Retry-After", "-7"), bot.Wait, 0, "429"},
		{Webhook, status(401), bot.Config, 0, "notify[webhook].secret"},
		{Webhook, status(403), bot.Config, 0, "notify[webhook].secret"},
		{Webhook, status(404), bot.Config, 0, "notify[webhook].url"},
		{Webhook, status(405), bot.Config, 0, "notify[webhook].url"},
		{Webhook, status(400), bot.Drop, 0, "400"},
		{Webhook, status(422), bot.Drop, 0, "422"},
		{Webhook, status(408), bot.Retry, 0, "408"},
		{Webhook, status(302, "Location", "/elsewhere"), bot.Config, 0, "302"},
		{Webhook, status(307, "Location", "/elsewhere"), bot.Config, 0, "307"},
	} {
		s, calls := place(t, c.answer)
		cfg := Config{Type: c.kind, URL: s.URL + "/?key=" + canary}
		if c.kind == Webhook {
			cfg.Secret = canary
		}
		got := failure(t, sender(t, cfg), s.URL)
		if got.Class != c.want || got.After != c.after || !strings.Contains(got.Cause, c.says) {
			t.Errorf("%s: %s after %v: %s; want %s after %v: %s", c.kind, got.Class, got.After, got.Cause, c.want, c.after, c.says)
		}
		if len(calls()) != 1 {
			t.Errorf("%s %s: %d calls: a redirect was followed or a try repeated", c.kind, c.says, len(calls()))
		}
	}
}

// Every known code has words, and the class that its words speak of.
func TestRobotCodes(t *testing.T) {
	for kind, r := range robots {
		for code, v := range r.codes {
			if v.says == "" || v.class == "" || v.class == bot.Park {
				t.Errorf("%s %d: %+v", kind, code, v)
			}
		}
	}
}

// Nothing answers, an answer breaks off, and an answer that never comes ends with the caller's time.
func TestNoAnswer(t *testing.T) {
	s, _ := place(t, func(w http.ResponseWriter, _ int) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "{")
	})
	if got := failure(t, sender(t, Config{Type: WeCom, URL: s.URL + "/?key=" + canary})); got.Class != bot.Retry {
		t.Errorf("broken off: %s", got)
	}
	s.Close()
	if got := failure(t, sender(t, Config{Type: WeCom, URL: s.URL + "/?key=" + canary})); got.Class != bot.Retry || !strings.Contains(got.Cause, "refused") {
		t.Errorf("nobody there: %s", got)
	}
	hang := make(chan struct{})
	s = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer s.Close()
	defer close(hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := sender(t, Config{Type: DingTalk, URL: s.URL + "/?access_token=" + canary, Secret: "SEC" + canary}).Send(ctx, message)
	var fail *bot.SendError
	if !errors.As(err, &fail) || fail.Class != bot.Retry || strings.Contains(fail.Cause, canary) {
		t.Errorf("hanging: %v", err)
	}
}

func TestValidate(t *testing.T) {
	robot := func(kind string) Config {
		return Config{Name: "g", Type: kind, URL: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxxx-7aoc"}
	}
	good := map[string]Config{
		WeCom:    {Name: "g", Type: WeCom, URL: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7ace"},
		DingTalk: {Name: "g", Type: DingTalk, URL: "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec", Secret: "SEC" + canary},
		Feishu:   {Name: "g", Type: Feishu, URL: "https://open.feishu.cn/open-apis/bot/v2/hook/aa-bb", Secret: canary},
		Webhook:  {Name: "g", Type: Webhook, URL: "http://localhost:9/leads", Secret: canary},
		Email:    {Name: "g", Type: Email, Server: "smtp.guzhen.gov.cn:465", User: "bot", Password: canary, From: "服务助手 <bot@guzhen.gov.cn>", To: []string{"li@guzhen.gov.cn", "吴 <wu@guzhen.gov.cn>"}},
	}
	for kind, c := range good {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if said := fmt.Sprintf("%v %+v %#v %s", c, c, c, c); strings.Contains(said, canary) || strings.Contains(said, "693a91f6") {
			t.Errorf("%s prints its secrets", kind)
		}
	}
	change := func(kind string, f func(*Config)) Config { c := good[kind]; f(&c); return c }
	for _, c := range []struct {
		name string
		cfg  Config
		says string
	}{
		{"no type", change(WeCom, func(c *Config) { c.Type = "fax" }), "notify[g].type: want telegram"},
		{"no url", change(WeCom, func(c *Config) { c.URL = "" }), "notify[g].url: is missing: copy the robot's Webhook地址"},
		{"example", robot(WeCom), "example"},
		{"clear", change(Feishu, func(c *Config) { c.URL = "http://open.feishu.cn/" + canary }), "use https"},
		{"no address", change(DingTalk, func(c *Config) { c.URL = canary }), "notify[g].url: is not a web address"},
		{"user", change(Webhook, func(c *Config) { c.URL = "https://u:" + canary + "@h/" }), "no user"},
		{"secret of WeCom", change(WeCom, func(c *Config) { c.Secret = canary }), "notify[g].secret"},
		{"no secret", change(Webhook, func(c *Config) { c.Secret = "" }), "openssl rand"},
		{"short secret", change(Webhook, func(c *Config) { c.Secret = canary[:20] }), "has 20 characters"},
		{"no base64", change(Webhook, func(c *Config) { c.Secret = "whsec_" + strings.Repeat("!", 30) }), "base64"},
		{"placeholder", change(Webhook, func(c *Config) { c.Secret = "changeme-changeme-changeme" }), "example"},
		{"placeholder", change(DingTalk, func(c *Config) { c.Secret = "SECxxxxxxxxxxxxxxxx" }), "example"},
		{"no server", change(Email, func(c *Config) { c.Server = "" }), "notify[g].server: is missing"},
		{"no port", change(Email, func(c *Config) { c.Server = "smtp.guzhen.gov.cn" }), "host and port"},
		{"password alone", change(Email, func(c *Config) { c.User = "" }), "notify[g].password"},
		{"user alone", change(Email, func(c *Config) { c.Password = "" }), "notify[g].password"},
		{"from", change(Email, func(c *Config) { c.From = "bot" }), "notify[g].from"},
		{"no to", change(Email, func(c *Config) { c.To = nil }), "notify[g].to: is missing"},
		{"to", change(Email, func(c *Config) { c.To = []string{"li@guzhen.gov.cn", canary} }), "notify[g].to: want addresses"},
		{"url of email", change(Email, func(c *Config) { c.URL = "https://" + canary }), "notify[g].url: means nothing"},
		{"to of a robot", change(WeCom, func(c *Config) { c.To = []string{"x"} }), "notify[g].to: means nothing"},
	} {
		err := c.cfg.Validate()
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := New(c.cfg, Options{}); err == nil {
			t.Errorf("%s: made", c.name)
		}
	}
}

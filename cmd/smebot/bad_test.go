package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refusedStart runs serve on a configuration that must not start and returns what it said. The data folder and
// a free port are given by the environment, so that a row shows only what is wrong.
func refusedStart(t *testing.T, config, data string, environ ...string) string {
	t.Helper()
	file := write(t, filepath.Join(t.TempDir(), "config.yaml"), config)
	environ = append([]string{"SMEBOT_DATA=" + data}, environ...)
	if !strings.Contains(config, "metrics:") {
		environ = append([]string{"SMEBOT_METRICS_LISTEN="}, environ...)
	}
	if !strings.Contains(config, "listen:") {
		environ = append(environ, "SMEBOT_LISTEN=127.0.0.1:0")
	}
	r := commandIn(t, environ, "", "serve", "--config", file)
	if r.code != 1 {
		t.Errorf("exit %d, want 1: %s", r.code, r.errs)
	}
	if r.out != "" {
		t.Errorf("it announced itself: %s", r.out)
	}
	if strings.Contains(r.errs, "goroutine ") || strings.Contains(r.errs, "panic") {
		t.Errorf("it fell over: %s", r.errs)
	}
	return r.errs
}

// TestBadConfig has one mistake in each row. The message must name the key, or the place, and never show a
// secret, right or wrong.
func TestBadConfig(t *testing.T) {
	a := newAccount("guzhen")
	wechat := func(key, value string) string {
		all := map[string]string{"name": "guzhen", "type": "wechat", "app_id": a.appID, "app_secret": a.secret, "token": a.token, "encoding_aes_key": a.key}
		all[key] = value
		return channelYAML(all)
	}
	tg := func(more map[string]string) string {
		all := map[string]string{"name": "tg", "type": "telegram", "token": botToken}
		maps.Copy(all, more)
		return channelYAML(all)
	}
	const canary = "SeCrEtCaNaRy0123456789"
	for _, c := range []struct {
		name, config string
		says         []string
	}{
		{"unknown key", "listen: 127.0.0.1:0\nlitsen: x\n", []string{"line 2", "litsen", "config.example.yaml"}},
		{"unknown key inside", "metrics:\n  port: 9090\n", []string{"line 2", "port", "config.example.yaml"}},
		{"unknown key of a channel", wechat("apptoken", canary), []string{"line ", "apptoken", "config.example.yaml"}},
		{"no YAML", "listen: [\n", []string{"line "}},
		{"tab", "metrics:\n\tlisten: x\n", []string{"line 2"}},
		{"wrong type", "channels: yes\n", []string{"line 1"}},
		{"key twice", "data: x\ndata: y\n", []string{"line 2", "data"}},
		{"listen without port", "listen: 127.0.0.1\n", []string{"listen", "127.0.0.1:8080"}},
		{"metrics without port", "metrics: {listen: localhost}\nlisten: 127.0.0.1:0\n", []string{"metrics.listen"}},
		{"days", "privacy: {retain_leads: 3 years}\n", []string{"privacy.retain_leads", "90d"}},
		{"no days", "privacy: {retain_messages: 0d}\n", []string{"privacy.retain_messages", "90d"}},
		{"log level", "log: {level: loud}\n", []string{"log.level", "debug"}},
		{"log format", "log: {format: xml}\n", []string{"log.format", "json"}},
		{"public_url", "public_url: bot.example.gov.cn\n", []string{"public_url", "https://"}},
		{"other database", "store: {dsn: 'postgres://u:" + canary + "@h/d'}\n", []string{"store.dsn"}},
		{"channel without name", "channels:\n  - {type: wechat}\n", []string{"channels[0].name"}},
		{"channel's name", wechat("name", "Gu Zhen"), []string{"channels[0].name"}},
		{"built-in name", wechat("name", "web"), []string{"channels[web]", "taken"}},
		{"channel's type", wechat("type", "line"), []string{"channels[guzhen].type"}},
		{"twice the same name", wechat("", "") + "  - {name: guzhen, type: telegram, token: '" + botToken + "'}\n", []string{"channels[guzhen]", "taken"}},
		{"app id", wechat("app_id", "gh_0123456789ab"), []string{"channels[guzhen].app_id"}},
		{"no app id", wechat("app_id", ""), []string{"channels[guzhen].app_id", "missing"}},
		{"no token", wechat("token", ""), []string{"channels[guzhen].token", "missing"}},
		{"placeholder token", wechat("token", "changeme"), []string{"channels[guzhen].token", "example"}},
		{"long token", wechat("token", canary+canary), []string{"channels[guzhen].token", "32"}},
		{"AES key of 42", wechat("encoding_aes_key", a.key[:42]), []string{"channels[guzhen].encoding_aes_key", "42 characters", "exactly 43"}},
		{"AES key of 44", wechat("encoding_aes_key", a.key+"A"), []string{"channels[guzhen].encoding_aes_key", "44 characters"}},
		{"AES key with blank", wechat("encoding_aes_key", a.key[:20]+" "+a.key[21:]), []string{"channels[guzhen].encoding_aes_key", "blank"}},
		{"AES key missing", wechat("encoding_aes_key", ""), []string{"channels[guzhen].encoding_aes_key", "missing", "mode: plain"}},
		{"previous AES key", wechat("previous_encoding_aes_key", canary), []string{"channels[guzhen].previous_encoding_aes_key"}},
		{"app secret", wechat("app_secret", canary), []string{"channels[guzhen].app_secret"}},
		{"WeChat mode", wechat("mode", "webhook"), []string{"channels[guzhen].mode", "safe or plain"}},
		{"API in clear", wechat("api_base", "http://api.example.com"), []string{"channels[guzhen].api_base", "https"}},
		{"webhook without secret", "public_url: https://b.example\n" + tg(map[string]string{"mode": "webhook"}), []string{"channels[tg].secret", "32", "openssl rand"}},
		{"webhook with a short secret", "public_url: https://b.example\n" + tg(map[string]string{"mode": "webhook", "secret": canary}), []string{"channels[tg].secret", "32"}},
		{"webhook without address", tg(map[string]string{"mode": "webhook", "secret": botSecret}), []string{"public_url", "https"}},
		{"Telegram mode", tg(map[string]string{"mode": "push"}), []string{"channels[tg].mode", "polling or webhook"}},
		{"no bot token", tg(map[string]string{"token": ""}), []string{"channels[tg].token", "BotFather"}},
		{"bad bot token", tg(map[string]string{"token": canary}), []string{"channels[tg].token"}},
		{"notify", "notify:\n  - {type: fax}\n", []string{"notify[0].type", "wecom"}},
		{"notify without address", "notify:\n  - {type: wecom}\n", []string{"notify[wecom].url", "missing"}},
		{"notify in clear", "notify:\n  - {type: feishu, url: 'http://open.feishu.cn/" + canary + "'}\n", []string{"notify[feishu].url", "https"}},
		{"notify twice", "notify:\n  - {type: wecom, url: 'https://h/" + canary + "'}\n  - {type: wecom, url: 'https://h/'}\n", []string{"notify[1].name", "name of its own"}},
		{"notify's name", "notify:\n  - {type: wecom, name: Our Group, url: 'https://h/'}\n", []string{"notify[0].name"}},
		{"notify's language", "notify:\n  - {type: wecom, language: fr, url: 'https://h/'}\n", []string{"notify[wecom].language", "zh or en"}},
		{"notify's secret", "notify:\n  - {type: webhook, url: 'https://h/', secret: " + canary + "}\n", []string{"notify[webhook].secret", "openssl"}},
		{"notify by no bot", "notify:\n  - {type: telegram, chat_id: -1}\n", []string{"notify[telegram].channel", "missing"}},
		{"notify by another's bot", "notify:\n  - {type: telegram, channel: guzhen, chat_id: -1}\n" + wechat("", ""), []string{"notify[telegram].channel", "no Telegram bot"}},
		{"notify to no chat", "notify:\n  - {type: telegram, channel: tg}\n" + tg(nil), []string{"notify[telegram].chat_id"}},
		{"notify with too much", "notify:\n  - {type: telegram, channel: tg, chat_id: -1, url: 'https://" + canary + "'}\n" + tg(nil), []string{"notify[telegram].type"}},
		{"chat of a robot", "notify:\n  - {type: wecom, url: 'https://h/', chat_id: 5}\n", []string{"notify[wecom].chat_id"}},
		{"notify's unknown key", "notify:\n  - {type: wecom, webhook: 'https://" + canary + "'}\n", []string{"line 2", "webhook"}},
		{"hours", "hours: always\n", []string{"hours", "Mon-Fri"}},
		{"days off", "holidays: [spring festival]\n", []string{"holidays", "2027-02-13"}},
		{"days worked", "workdays: [2027-02-30]\n", []string{"workdays", "2027-02-13"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			said := refusedStart(t, c.config, data)
			for _, w := range c.says {
				if !strings.Contains(said, w) {
					t.Errorf("the message lacks %q: %s", w, said)
				}
			}
			for _, secret := range []string{canary, a.secret, a.token, a.key, a.key[:42], a.key[21:], botToken, botSecret} {
				if strings.Contains(said, secret) {
					t.Errorf("the message shows %.5s…: %s", secret, strings.ReplaceAll(said, secret, "…"))
				}
			}
			if _, err := os.Stat(data); !os.IsNotExist(err) {
				t.Errorf("a refused start made the data folder: %v", err)
			}
		})
	}
	t.Run("no such file", func(t *testing.T) {
		if r := command(t, "", "leads", "list", "--config", filepath.Join(t.TempDir(), "none.yaml")); r.code != 1 || !strings.Contains(r.errs, "none.yaml") {
			t.Errorf("exit %d, %s", r.code, r.errs)
		}
	})
}

// channelYAML writes a list of one channel; an empty key adds nothing.
func channelYAML(c map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "channels:\n  - name: %q\n", c["name"])
	for k, v := range c {
		if k != "name" && k != "" {
			fmt.Fprintf(&b, "    %s: %q\n", k, v)
		}
	}
	return b.String()
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := filepath.Join(t.TempDir(), "data")
	said := refusedStart(t, "listen: "+l.Addr().String()+"\n", data)
	if !strings.Contains(said, "listen: cannot use "+l.Addr().String()) || !strings.Contains(said, "choose another port") || strings.Count(said, "\n") != 1 {
		t.Errorf("it said %q", said)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("it touched the data folder: %v", err)
	}
	said = refusedStart(t, "web_chat: true\n", data, "SMEBOT_METRICS_LISTEN="+l.Addr().String())
	if !strings.Contains(said, "metrics.listen: cannot use") {
		t.Errorf("it said %q", said)
	}
	c := testConfig(t) // a start that failed half way has closed the store again
	c.Data = data
	startSite(t, c)
}

func TestSecondServerOnTheSameFolder(t *testing.T) {
	c := testConfig(t)
	s := startSite(t, c)
	said := refusedStart(t, "web_chat: true\n", c.Data)
	if !strings.Contains(said, "in use by another process") || strings.Count(said, "\n") != 1 {
		t.Errorf("it said %q", said)
	}
	if h := openPage(t, s.url).say(t, utterance{words: "前20家奖励多少钱"}); !strings.Contains(h.text, "100万") {
		t.Errorf("the first server then says %q", brief(h.text))
	}
	if out := must(t, "", "search", "奖励", "--data", c.Data); !strings.Contains(out, "第二十四条") {
		t.Error("the first server's socket no longer answers")
	}
}

// TestNoSecretIsEverPrinted runs traffic, right and wrong, through a program whose every secret is a canary,
// logs everything, and then looks for the canaries in all that was written.
func TestNoSecretIsEverPrinted(t *testing.T) {
	f, a := startBotAPI(t), newAccount("guzhen")
	f.fault = func(chat int64, try int) (int, string) {
		if try == 1 { // platforms quote what they were sent
			return 400, fmt.Sprintf(`{"ok":false,"error_code":400,"description":"Bad Request at /bot%s/sendMessage"}`, botToken)
		}
		return 0, ""
	}
	previous := randomFrom(letters, 42) + "Q"
	gone := f.channel("polling") // nothing listens there: errors of the HTTP client hold the URL
	gone.Name, gone.APIBase, gone.Token = "gone", "http://127.0.0.1:1", "77777777:AAcanary-of-the-second-bot-never-seen"
	ch := a.channel()
	ch.PreviousEncodingAESKey = previous
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			c := testConfig(t)
			c.PublicURL = "https://bot.example.gov.cn"
			c.Channels = []ChannelConfig{ch, f.channel("webhook"), gone}
			s := &site{log: &lockedBuffer{}}
			p, err := start(t.Context(), c, loggerAt(format, s.log))
			if err != nil {
				t.Fatal(err)
			}
			s.program, s.url = p, "http://"+p.addr
			t.Cleanup(func() { s.end(t) })
			from := newOpenID()
			secretWords := "我叫金丝雀，电话13712345678"
			a.deliver(t, s.url, from, a.text(from, secretWords))
			bad := a.sealed(from, a.text(from, "x"))
			bad.query.Set("msg_signature", a.token)
			if status, _, err := bad.post(s.url, a.name); err != nil || status != 403 {
				t.Errorf("status %d, %v", status, err)
			}
			_, body := f.update(messageFrom(31, utterance{words: secretWords}))
			for _, secret := range []string{botSecret, botSecret + "x"} {
				if _, _, err := hookPost(s.url, body, secret); err != nil {
					t.Error(err)
				}
			}
			f.await(t, "a try to send", func() bool { return f.tries[31] > 0 })
			s.end(t)
			said := s.log.String() + fmt.Sprintf("%v %+v %#v", c.Channels[0].wechat(), c.Channels[0].wechat(), c.Channels[1].telegram(c.PublicURL))
			for _, secret := range []string{a.secret, a.token, a.key, previous, botToken, botSecret, gone.Token, "canary", "金丝雀", "13712345678", from} {
				if strings.Contains(said, secret) {
					t.Errorf("%.6s… was printed", secret)
				}
				for name, content := range files(t, c.Data) {
					if strings.Contains(content, secret) {
						t.Errorf("%.6s… lies in %s in clear", secret, name)
					}
				}
			}
			if said == "" || !strings.Contains(s.log.String(), "suspicious") {
				t.Error("the log holds nothing, so this test shows nothing")
			}
		})
	}
}

func loggerAt(format string, w *lockedBuffer) *slog.Logger {
	return logger(LogConfig{Level: "debug", Format: format}, w)
}

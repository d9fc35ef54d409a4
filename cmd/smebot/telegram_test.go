package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"smebot/bot"
)

func telegramSite(t *testing.T, f *botAPI, mode string) *site {
	c := testConfig(t)
	c.PublicURL = "https://bot.example.gov.cn"
	c.Channels = []ChannelConfig{f.channel(mode)}
	s := startSite(t, c)
	if mode == "webhook" {
		f.await(t, "the webhook's registration", func() bool { return f.hook != nil })
	}
	return s
}

// chat talks for one user: what comes back is what was sent to them after their message.
func (f *botAPI) chat(t testing.TB, chat int64, deliver func(inner string)) func(utterance) heard {
	return func(u utterance) heard {
		t.Helper()
		before := len(f.to(chat))
		deliver(messageFrom(chat, u))
		f.await(t, "a message to chat "+fmt.Sprint(chat), func() bool { return len(f.toLocked(chat)) > before })
		m := f.to(chat)[before]
		checkSent(t, m)
		return heard{m.text, m.buttons}
	}
}

// hookPost delivers an update as Telegram does. It may be called from any goroutine.
func hookPost(base string, body []byte, secrets ...string) (int, string, error) {
	req, err := http.NewRequest(http.MethodPost, base+"/telegram/tg", strings.NewReader(string(body)))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	for _, s := range secrets {
		req.Header.Add("X-Telegram-Bot-Api-Secret-Token", s)
	}
	r, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	b := make([]byte, 200)
	n, _ := r.Body.Read(b)
	return r.StatusCode, string(b[:n]), nil
}

func (f *botAPI) deliverer(t testing.TB, s *site, mode string) func(inner string) {
	if mode == "polling" {
		return func(inner string) { f.push(inner) }
	}
	return func(inner string) {
		t.Helper()
		_, body := f.update(inner)
		if status, said, err := hookPost(s.url, body, botSecret); err != nil || status != 200 || said != "" {
			t.Errorf("webhook: status %d %q, %v", status, said, err)
		}
	}
}

func TestTelegramReferral(t *testing.T) {
	for _, mode := range []string{"polling", "webhook"} {
		t.Run(mode, func(t *testing.T) {
			f := startBotAPI(t)
			s := telegramSite(t, f, mode)
			const chat = 4503599627370497 // beyond 2^52: ids must stay exact
			talk := f.chat(t, chat, f.deliverer(t, s, mode))
			if hi := talk(utterance{words: "/start"}); !strings.Contains(hi.text, "您好") || len(hi.buttons) == 0 {
				t.Errorf("/start is greeted with %q and %d buttons", brief(hi.text), len(hi.buttons))
			}
			if payload := talk(utterance{words: "/start 4503599627370498"}); payload.text == "" {
				t.Error("/start with a payload is not answered")
			}
			who, pressed := newPerson(), 0
			number, replies := refer(t, who, func(u utterance) heard {
				if u.button != nil {
					pressed++
				}
				return talk(u)
			})
			if pressed == 0 {
				t.Error("no step of the referral offered a button")
			}
			holdsWhole(t, s.config.Data, number, who)
			told := 0 // once in the notice, once when the consent to it is asked for
			for _, r := range replies {
				if strings.Contains(r, "境外") {
					told++
				}
			}
			if told < 2 || !strings.Contains(replies[0], "境外") {
				t.Errorf("%d replies said that Telegram's servers are abroad, the notice: %v", told, strings.Contains(replies[0], "境外"))
			}
			if l := exported(t, s.config.Data); len(l) != 1 || l[0]["consent_abroad"] != "yes" || l[0]["user"] != fmt.Sprint(chat) || l[0]["channel"] != "tg" {
				t.Errorf("the lead does not say where it came from and what was agreed: %d leads", len(l))
			}
			s.end(t)
			verify(t, s.config.Data)
			for _, secret := range []string{botToken, botSecret, who.says["phone"], fmt.Sprint(chat)} {
				if strings.Contains(s.log.String(), secret) {
					t.Errorf("the log holds %.6s…", secret)
				}
			}
		})
	}
}

func TestTelegramNoLeadsWhereNoneAreTaken(t *testing.T) {
	f := startBotAPI(t)
	c, no := testConfig(t), false
	ch := f.channel("polling")
	ch.CollectLeads = &no
	c.Channels = []ChannelConfig{ch}
	s := startSite(t, c)
	talk := f.chat(t, 71, f.deliverer(t, s, "polling"))
	h := talk(utterance{words: newPerson().opener})
	for _, b := range h.buttons {
		if strings.Contains(b.label, "登记") || strings.Contains(b.label, "同意") {
			t.Errorf("a channel without referrals offers %q", b.label)
		}
	}
	if strings.Contains(h.text, "公司全称") {
		t.Errorf("a channel without referrals asks %q", brief(h.text))
	}
}

// TestTelegramRepeats delivers each update of a referral many times, at once and later.
func TestTelegramRepeats(t *testing.T) {
	f := startBotAPI(t)
	s := telegramSite(t, f, "webhook")
	who, total := newPerson(), 0
	talk := f.chat(t, 72, func(inner string) {
		_, body := f.update(inner)
		total++
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if status, said, err := hookPost(s.url, body, botSecret); err != nil || status != 200 || said != "" {
					t.Errorf("a repeat: status %d %q, %v", status, said, err)
				}
			})
		}
		all.Wait()
		if status, _, err := hookPost(s.url, body, botSecret); err != nil || status != 200 {
			t.Errorf("a late repeat: status %d, %v", status, err)
		}
	})
	number, _ := refer(t, who, talk)
	holdsWhole(t, s.config.Data, number, who)
	// A message of another person, sent behind all repeats, comes out behind all replies to them.
	f.chat(t, 73, f.deliverer(t, s, "webhook"))(utterance{words: "你好"})
	s.end(t)
	if n := len(f.to(72)); n != total {
		t.Errorf("%d messages were sent for %d updates", n, total)
	}
	if n := len(exported(t, s.config.Data)); n != 1 {
		t.Errorf("%d leads, want 1", n)
	}
}

func TestTelegramWebhookSecret(t *testing.T) {
	f := startBotAPI(t)
	s := telegramSite(t, f, "webhook")
	if f.hook["url"] != "https://bot.example.gov.cn/telegram/tg" || f.hook["secret_token"] != botSecret {
		t.Errorf("registered for %v, with our secret: %v", f.hook["url"], f.hook["secret_token"] == botSecret)
	}
	for name, secrets := range map[string][]string{"none": nil, "empty": {""}, "wrong": {strings.Repeat("x", len(botSecret))}, "prefix": {botSecret[:32]}, "twice": {botSecret, "x"}, "longer": {botSecret + "x"}} {
		_, body := f.update(messageFrom(74, utterance{words: "前20家奖励多少钱"}))
		if status, _, err := hookPost(s.url, body, secrets...); err != nil || status != 401 && status != 403 {
			t.Errorf("secret %s: status %d, %v", name, status, err)
		}
	}
	_, good := f.update(messageFrom(74, utterance{words: "你好"}))
	for name, body := range map[string]string{"no JSON": "{", "two documents": string(good) + string(good), "key twice": strings.Replace(string(good), `{"update_id"`, `{"UPDATE_ID":1,"update_id"`, 1), "an array": "[]", "deep": `{"update_id":1,"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", "2 MiB": `{"update_id":1,"a":"` + strings.Repeat("x", 2<<20) + `"}`} {
		if status, _, err := hookPost(s.url, []byte(body), botSecret); err != nil || status < 400 || status > 499 {
			t.Errorf("%s: status %d, %v", name, status, err)
		}
	}
	conv, err := s.engine.db.Conversation(t.Context(), bot.Address{Channel: "tg", Platform: bot.Telegram, User: "74"})
	if err != nil || conv.Version != 0 {
		t.Errorf("the refused updates left a conversation of version %d, %v", conv.Version, err)
	}
	if got := f.chat(t, 74, f.deliverer(t, s, "webhook"))(utterance{words: "前20家奖励多少钱"}); !strings.Contains(got.text, "100万") {
		t.Errorf("afterwards a true update is answered %q", brief(got.text))
	}
}

// TestTelegramStolenButton has somebody press a button that was sent to another.
func TestTelegramStolenButton(t *testing.T) {
	f := startBotAPI(t)
	s := telegramSite(t, f, "webhook")
	deliver := f.deliverer(t, s, "webhook")
	mine, thief, who := f.chat(t, 75, deliver), f.chat(t, 76, deliver), newPerson()
	number, _ := refer(t, who, func(u utterance) heard {
		if u.button != nil {
			if n := leadNumber.FindString(thief(u).text); n != "" {
				t.Errorf("a stolen button made lead %s", n)
			}
		}
		return mine(u)
	})
	holdsWhole(t, s.config.Data, number, who)
	if n := len(exported(t, s.config.Data)); n != 1 {
		t.Errorf("%d leads, want 1", n)
	}
}

// TestTelegramFaults answers sendMessage as Telegram does when a user is too fast, has blocked the bot or the
// platform is out of order.
func TestTelegramFaults(t *testing.T) {
	f := startBotAPI(t)
	const flooded, blocked, broken, markup, fine = 81, 82, 83, 84, 85
	f.fault = func(chat int64, try int) (int, string) {
		switch {
		case chat == flooded && try == 1:
			return 429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`
		case chat == blocked:
			return 403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`
		case chat == broken && try == 1:
			return 502, "<html>Bad Gateway</html>"
		case chat == markup && try == 1:
			return 400, `{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: unsupported start tag"}`
		}
		return 0, ""
	}
	s := telegramSite(t, f, "polling")
	for _, chat := range []int64{flooded, blocked, broken, markup} {
		f.push(messageFrom(chat, utterance{words: "前20家奖励多少钱"}))
	}
	f.push(messageFrom(flooded, utterance{words: "/help"}))
	f.await(t, "the first tries", func() bool {
		return f.tries[flooded] > 0 && f.tries[blocked] > 0 && f.tries[broken] > 0 && f.tries[markup] > 0
	})
	f.push(messageFrom(fine, utterance{words: "前20家奖励多少钱"}))
	f.await(t, "the message to the unaffected", func() bool { return len(f.toLocked(fine)) == 1 })
	f.await(t, "the messages to the others", func() bool {
		return len(f.toLocked(flooded)) == 2 && len(f.toLocked(broken)) == 1 && len(f.toLocked(markup)) == 1
	})
	if m := f.to(flooded); !strings.Contains(m[0].text, "100万") {
		t.Errorf("after 429 the replies came in another order: %q first", brief(m[0].text))
	}
	f.chat(t, fine, f.deliverer(t, s, "polling"))(utterance{words: "你好"})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tries[blocked] != 1 {
		t.Errorf("one who blocked the bot was written to %d times", f.tries[blocked])
	}
	if f.tries[markup] != 2 || len(f.toLocked(blocked)) != 0 {
		t.Errorf("%d tries after refused markup, %d messages to the blocked", f.tries[markup], len(f.toLocked(blocked)))
	}
}

// TestTelegramConfirmsAfterCommit breaks the store: an update may be confirmed, by asking with an offset behind
// it, only when its turn is stored.
func TestTelegramConfirmsAfterCommit(t *testing.T) {
	f := startBotAPI(t)
	c := testConfig(t)
	c.Channels = []ChannelConfig{f.channel("polling")}
	s := startSite(t, c)
	f.chat(t, 91, f.deliverer(t, s, "polling"))(utterance{words: "你好"}) // the loop runs
	disk := openSQL(t, s.config.Data)
	if _, err := disk.Exec(`CREATE TRIGGER refuse BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'no room'); END`); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	asked := len(f.offsets)
	f.mu.Unlock()
	id := f.push(messageFrom(92, utterance{words: "前20家奖励多少钱"}))
	f.await(t, "two more calls of getUpdates", func() bool { return len(f.offsets) >= asked+2 })
	f.mu.Lock()
	if slices.ContainsFunc(f.offsets, func(o int64) bool { return o > id }) {
		t.Error("an update was confirmed though its turn is not stored")
	}
	if n := len(f.toLocked(92)); n != 0 {
		t.Errorf("%d messages were sent for a turn that is not stored", n)
	}
	f.mu.Unlock()
	if _, err := disk.Exec(`DROP TRIGGER refuse`); err != nil {
		t.Fatal(err)
	}
	f.await(t, "the answer once the store is mended", func() bool { return len(f.toLocked(92)) == 1 })
	f.await(t, "the confirmation", func() bool { return slices.Contains(f.offsets, id+1) })
	s.end(t)
	if n := len(f.to(92)); n != 1 {
		t.Errorf("%d messages were sent, want 1", n)
	}
}

package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

// hook makes a webhook channel whose API is out of reach, for tests of ServeHTTP.
func hook(t *testing.T, box *inbox, log *logBuffer) *Channel {
	return mustNew(t, testConfig(ModeWebhook), newFakeAPI(), box.handle, Options{Log: log.logger()})
}

func post(c http.Handler, body string, secrets ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/telegram/tg", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, s := range secrets {
		r.Header.Add("X-Telegram-Bot-Api-Secret-Token", s)
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

func textUpdate(id int64, chat int64, text string) string {
	return fmt.Sprintf(`{"update_id":%d,"message":%s}`, id, privateText(chat, text))
}

// unread fails a test when the body is touched.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read before the secret was known to be right")
	return 0, errors.New("not to be read")
}

func TestWebhookSecret(t *testing.T) {
	box, log := &inbox{}, &logBuffer{}
	c := hook(t, box, log)
	for name, secrets := range map[string][]string{
		"missing":    nil,
		"empty":      {""},
		"wrong":      {strings.Repeat("x", len(testSecret))},
		"prefix":     {testSecret[:32]},
		"longer":     {testSecret + "x"},
		"256 long":   {strings.Repeat("y", 256)},
		"twice":      {testSecret, testSecret},
		"right last": {"x", testSecret},
		"listed":     {testSecret + ", " + testSecret},
	} {
		r := httptest.NewRequest(http.MethodPost, "/telegram/tg", unread{t})
		r.Header.Set("Content-Type", "application/json")
		for _, s := range secrets {
			r.Header.Add("X-Telegram-Bot-Api-Secret-Token", s)
		}
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if len(box.tried()) != 0 {
		t.Error("a refused request had an effect")
	}
	if w := post(c, textUpdate(1, 5, "问"), testSecret); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("right secret: %d with %d bytes", w.Code, w.Body.Len())
	}
	for _, secret := range []string{testSecret, testToken} {
		if strings.Contains(log.String(), secret) {
			t.Error("a secret is in the log")
		}
	}
}

func TestWebhookRefusesMalformedRequests(t *testing.T) {
	good := textUpdate(9, 5, "问")
	deep := `{"update_id":9,"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"empty":             {"", 400},
		"half":              {"{", 400},
		"text":              {"hello", 400},
		"array":             {"[]", 400},
		"null":              {"null", 400},
		"string":            {`"x"`, 400},
		"two documents":     {good + good, 400},
		"rubbish behind":    {good + "x", 400},
		"key twice":         {`{"update_id":9,"update_id":10,` + good[strings.Index(good, `"message"`):], 400},
		"key in other case": {`{"update_id":9,"UPDATE_ID":10,` + good[strings.Index(good, `"message"`):], 400},
		"long s":            {`{"update_id":9,"me\u017fsage":{},` + good[strings.Index(good, `"message"`):], 400},
		"inner key twice":   {strings.Replace(good, `"text":`, `"Text":"x","text":`, 1), 400},
		"depth":             {deep, 400},
		"no id":             {`{"message":` + privateText(5, "问") + `}`, 400},
		"id as text":        {strings.Replace(good, `"update_id":9`, `"update_id":"9"`, 1), 400},
		"id beyond int64":   {strings.Replace(good, `"update_id":9`, `"update_id":99999999999999999999`, 1), 400},
		"not UTF-8":         {strings.Replace(good, "问", "\xff", 1), 400},
		"too long":          {textUpdate(9, 5, strings.Repeat("x", 1<<20)), 413},
		"10 MiB":            {textUpdate(9, 5, strings.Repeat("x", 10<<20)), 413},
	} {
		box := &inbox{}
		w := post(hook(t, box, &logBuffer{}), c.body, testSecret)
		if w.Code != c.status || w.Body.Len() != 0 {
			t.Errorf("%s: %d with %d bytes, want %d", name, w.Code, w.Body.Len(), c.status)
		}
		if len(box.tried()) != 0 {
			t.Errorf("%s: had an effect", name)
		}
	}
}

func TestWebhookMethodTypeAndMode(t *testing.T) {
	c := hook(t, &inbox{}, &logBuffer{})
	for _, method := range []string{"GET", "PUT", "HEAD", "DELETE", "OPTIONS"} {
		r := httptest.NewRequest(method, "/telegram/tg", nil)
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", testSecret)
		w := httptest.NewRecorder()
		if c.ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	for kind, status := range map[string]int{"": 415, "text/plain": 415, "application/xml": 415, "application/json": 200, "application/json; charset=utf-8": 200} {
		r := httptest.NewRequest(http.MethodPost, "/telegram/tg", strings.NewReader(textUpdate(1, 5, "问")))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", testSecret)
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		w := httptest.NewRecorder()
		if c.ServeHTTP(w, r); w.Code != status {
			t.Errorf("content type %q: %d, want %d", kind, w.Code, status)
		}
	}
	poller := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	if w := post(poller, textUpdate(1, 5, "问"), ""); w.Code != http.StatusNotFound {
		t.Errorf("a polling channel answers its webhook with %d", w.Code)
	}
}

func TestWebhookTakesRepeatsAndAnyOrder(t *testing.T) {
	box := &inbox{}
	c := hook(t, box, &logBuffer{})
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if w := post(c, textUpdate(50, 5, "问"), testSecret); w.Code != 200 || w.Body.Len() != 0 {
				t.Errorf("repeat: %d", w.Code)
			}
		})
	}
	all.Wait()
	post(c, textUpdate(40, 6, "较低的编号"), testSecret)
	if got := box.texts(""); !slices.Equal(got, []string{"问", "较低的编号"}) {
		t.Errorf("stored %q", got)
	}
	for _, m := range box.tried() {
		if m.Key != "telegram:tg:50" && m.Key != "telegram:tg:40" {
			t.Errorf("key %s", m.Key)
		}
	}
}

func TestWebhookAnswersOnlyAfterTheTurnIsStored(t *testing.T) {
	box, log := &inbox{}, &logBuffer{}
	c := hook(t, box, log)
	for name, fail := range map[string]func(bot.Message) error{
		"error": func(bot.Message) error { return errors.New("disk full") },
		"panic": func(bot.Message) error { panic("words of a person") },
	} {
		box.failWith(fail)
		if w := post(c, textUpdate(1, 5, "问"), testSecret); w.Code != 500 || w.Body.Len() != 0 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	box.failWith(nil)
	if w := post(c, textUpdate(1, 5, "问"), testSecret); w.Code != 200 || len(box.texts("5")) != 1 {
		t.Errorf("the repeat: %d, stored %d times", w.Code, len(box.texts("5")))
	}
	if strings.Contains(log.String(), "words of a person") || strings.Contains(log.String(), "问") {
		t.Error("a person's words are in the log")
	}
}

// TestWebhookTakesEveryShape sends updates of all kinds with each field left out, null or of another type:
// always 200 with no body, never a panic.
func TestWebhookTakesEveryShape(t *testing.T) {
	user := `{"id":5,"is_bot":false,"first_name":"陈"}`
	message := `{"message_id":1,"date":1763800000,"from":` + user + `,"chat":{"id":5,"type":"private"},"text":"问","entities":[{"type":"bot_command","offset":0,"length":1}],"reply_to_message":{"from":` + user + `},"reply_markup":{"inline_keyboard":[[{"text":"是","callback_data":"m1.0"}]]}}`
	group := strings.Replace(message, `{"id":5,"type":"private"}`, `{"id":-1001234567890,"type":"supergroup"}`, 1)
	bodies := map[string]string{
		"message":        message,
		"callback_query": `{"id":"1","from":` + user + `,"message":` + message + `,"chat_instance":"1","data":"m1.0"}`,
		"my_chat_member": `{"from":` + user + `,"chat":{"id":5,"type":"private"},"date":1,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked","user":` + user + `}}`,
	}
	for _, k := range []string{"edited_message", "channel_post", "edited_channel_post", "business_message", "poll", "inline_query", "message_reaction", "chat_member", "no_such_kind"} {
		bodies[k] = message
	}
	c := hook(t, &inbox{}, &logBuffer{})
	id := int64(0)
	try := func(kind string, v any) {
		id++
		raw, _ := json.Marshal(map[string]any{"update_id": id, kind: v})
		if w := post(c, string(raw), testSecret); w.Code != 200 || w.Body.Len() != 0 {
			t.Errorf("%s: %d", raw, w.Code)
		}
	}
	for kind, body := range bodies {
		for _, text := range []string{body, strings.ReplaceAll(body, message, group)} {
			var whole any
			if err := json.Unmarshal([]byte(text), &whole); err != nil {
				t.Fatal(err)
			}
			try(kind, whole)
			vary(whole, func() { try(kind, whole) })
		}
		for _, v := range []any{nil, 1, "x", []any{}, map[string]any{}, true} {
			try(kind, v)
		}
	}
	if id < 500 {
		t.Errorf("only %d shapes", id)
	}
}

// vary calls f with each field of v, at any depth, left out and then replaced by values of other types.
func vary(v any, f func()) {
	switch v := v.(type) {
	case map[string]any:
		for k, was := range v {
			delete(v, k)
			f()
			for _, other := range []any{nil, "x", -1.5, 1e300, true, []any{}, []any{nil}, map[string]any{}} {
				v[k] = other
				f()
			}
			v[k] = was
			vary(was, f)
		}
	case []any:
		for _, x := range v {
			vary(x, f)
		}
	}
}

func TestWebhookRegistersUntilItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, log := newFakeAPI(), &logBuffer{}
		api.script("setWebhook", func(_ apiCall, n int) *fakeAnswer {
			switch n {
			case 1:
				return &fakeAnswer{status: 502, body: "<html>"}
			case 2:
				return fault(429, "Too Many Requests", `{"retry_after":60}`)
			case 3:
				return fault(400, "Bad Request: bad webhook: "+testSecret, "")
			}
			return nil
		})
		stop := running(t, mustNew(t, testConfig(ModeWebhook), api, (&inbox{}).handle, Options{Log: log.logger()}))
		time.Sleep(5 * time.Minute)
		calls := api.of("setWebhook")
		if len(calls) != 4 {
			t.Fatalf("%d calls", len(calls))
		}
		if d := calls[2].at.Sub(calls[1].at); d < time.Minute {
			t.Errorf("waited %v of the minute asked for", d)
		}
		p := calls[3].params
		if p["url"] != "https://bot.example.gov.cn/telegram/tg" || p["secret_token"] != testSecret || p["max_connections"] != 40.0 || fmt.Sprint(p["allowed_updates"]) != "[message callback_query my_chat_member]" {
			t.Errorf("registered with %v", p)
		}
		if n := len(api.of("getUpdates")); n != 0 {
			t.Errorf("polled %d times in webhook mode", n)
		}
		if strings.Contains(log.String(), testSecret) {
			t.Error("the secret is in the log")
		}
		stop()
	})
}

func TestWebhookIsWatched(t *testing.T) {
	ours := "https://bot.example.gov.cn/telegram/tg"
	for name, c := range map[string]struct {
		info     string // of getWebhookInfo
		says     string // in the log, once
		register int    // calls of setWebhook in five minutes
	}{
		"well":       {fmt.Sprintf(`{"url":%q,"pending_update_count":3}`, ours), "", 1},
		"taken away": {`{"url":"https://thief.example/x"}`, "another address", 1},
		"deleted":    {`{"url":""}`, "", 5},
		"crowded":    {fmt.Sprintf(`{"url":%q,"pending_update_count":120}`, ours), "pending=120", 1},
		"failing":    {fmt.Sprintf(`{"url":%q,"last_error_date":%d,"last_error_message":"Wrong response from the webhook: 500"}`, ours, 946684800), "Wrong response", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the bubble's clock starts at 2000-01-01, as last_error_date says
				api, log := newFakeAPI(), &logBuffer{}
				api.script("getWebhookInfo", func(apiCall, int) *fakeAnswer {
					return &fakeAnswer{status: 200, body: `{"ok":true,"result":` + c.info + `}`}
				})
				stop := running(t, mustNew(t, testConfig(ModeWebhook), api, (&inbox{}).handle, Options{Log: log.logger()}))
				time.Sleep(time.Minute + time.Second)
				if c.says != "" && !strings.Contains(log.String(), c.says) {
					t.Errorf("not told within a minute:\n%s", log)
				}
				time.Sleep(3*time.Minute + 30*time.Second)
				if c.says != "" && strings.Count(log.String(), c.says) != 1 {
					t.Errorf("told %d times:\n%s", strings.Count(log.String(), c.says), log)
				}
				if n := len(api.of("setWebhook")); n != c.register {
					t.Errorf("registered %d times, want %d", n, c.register)
				}
				if name == "well" && strings.Contains(log.String(), "level=WARN") {
					t.Errorf("warns without cause:\n%s", log)
				}
				stop()
			})
		})
	}
}

package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

func outgoing(id string, chat int64, r bot.Reply) bot.Outgoing {
	return bot.Outgoing{ID: id, To: bot.Address{Channel: "tg", Platform: bot.Telegram, User: fmt.Sprint(chat)}, Reply: r}
}

func TestSendDrawsTheKeyboard(t *testing.T) {
	api := newFakeAPI()
	c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
	r := bot.Reply{Text: "请选择 <b>一项</b> & [链接](x)", Menu: 100, Choices: []bot.Choice{
		{Label: "融资", Value: "融资"}, {Label: "人才培训", Value: "人才培训"}, {Label: "知识产权服务平台的全部条文", Value: "x"}, {Label: "返回", Value: "返回"}, {Label: "", Value: "不用了"}, {Label: "结束"},
	}}
	if err := c.Send(t.Context(), outgoing("1", 4503599627370497, r)); err != nil {
		t.Fatal(err)
	}
	call := api.of("sendMessage")[0]
	var got struct {
		Chat    json.Number `json:"chat_id"`
		Text    string
		Preview struct {
			Off bool `json:"is_disabled"`
		} `json:"link_preview_options"`
		Markup json.RawMessage `json:"reply_markup"`
	}
	if err := json.Unmarshal([]byte(call.body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Chat != "4503599627370497" || got.Text != r.Text || !got.Preview.Off {
		t.Errorf("sent %s", call.body)
	}
	want := `{"inline_keyboard":[[{"text":"融资","callback_data":"m2s.0"},{"text":"人才培训","callback_data":"m2s.1"}],[{"text":"知识产权服务平台的全部条文","callback_data":"m2s.2"}],[{"text":"返回","callback_data":"m2s.3"},{"text":"不用了","callback_data":"m2s.4"}],[{"text":"结束","callback_data":"m2s.5"}]]}`
	if string(got.Markup) != want {
		t.Errorf("keyboard\n%s, want\n%s", got.Markup, want)
	}
	if _, has := call.params["parse_mode"]; has || strings.Contains(call.body, "copy_text") {
		t.Error("a parse_mode or copy_text went out")
	}
}

// TestF084ShownAsText echoes what a firm may call itself: it goes out as it is, without a mode that would read it as
// markup, and nothing of it becomes an entity or an address of a button.
func TestF084ShownAsText(t *testing.T) {
	api := newFakeAPI()
	c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
	firms := []string{"<b>光明</b>", "<a href=\"http://evil.example\">领奖</a>", "*光明* _灯饰_ `x`", "[领奖](http://evil.example)", "&lt;b&gt; &amp; &#60;", "<tg-spoiler>x</tg-spoiler>", "~~x~~ ||y||",
		"</b>", "<", "&", "_", "@everyone", "/start", "tg://user?id=1"}
	for i, firm := range firms {
		r := bot.Reply{Text: "企业：" + firm, Menu: 7, Choices: []bot.Choice{{Label: firm, Value: firm}}}
		if err := c.Send(t.Context(), outgoing(fmt.Sprint(i), 42, r)); err != nil {
			t.Errorf("%q: %v", firm, err)
		}
	}
	calls := api.of("sendMessage")
	if len(calls) != len(firms) {
		t.Fatalf("%d messages of %d went out", len(calls), len(firms))
	}
	for i, call := range calls {
		for _, key := range []string{"parse_mode", "entities", "caption"} {
			if _, has := call.params[key]; has {
				t.Errorf("%q went out with %s", firms[i], key)
			}
		}
		if call.params["text"] != "企业："+firms[i] || strings.Contains(call.body, `"url"`) || strings.Contains(call.body, "web_app") {
			t.Errorf("%q went out as %s", firms[i], call.body)
		}
	}
}

func TestSendToGroupsHasNoKeyboard(t *testing.T) {
	api := newFakeAPI()
	c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
	_ = c.Send(t.Context(), outgoing("1", -1001234567890, bot.Reply{Text: "选", Menu: 1, Choices: []bot.Choice{{Label: "甲"}, {Label: "乙"}}}))
	p := api.of("sendMessage")[0].params
	if _, has := p["reply_markup"]; has || p["text"] != "选\n\n1. 甲\n2. 乙" {
		t.Errorf("sent %v", p)
	}
}

func TestSendSplitsAndGoesOnWhereItFailed(t *testing.T) {
	api := newFakeAPI()
	c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
	text := strings.Repeat("符合条件的企业可以申请。", 800) // 9,600 units
	api.script("sendMessage", func(_ apiCall, n int) *fakeAnswer {
		if n == 2 {
			return fault(500, "Internal Server Error", "")
		}
		return nil
	})
	o := outgoing("long", 5, bot.Reply{Text: text, Menu: 1, Choices: []bot.Choice{{Label: "甲"}}})
	if err := c.Send(t.Context(), o); class(err) != bot.Retry {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	calls := api.of("sendMessage")
	if len(calls) != 4 {
		t.Fatalf("%d calls, want 1 part, 1 failure, 2 parts", len(calls))
	}
	var all string
	for i, call := range []apiCall{calls[0], calls[2], calls[3]} {
		all += call.params["text"].(string)
		if _, has := call.params["reply_markup"]; has != (i == 2) {
			t.Errorf("part %d has a keyboard: %v", i, has)
		}
	}
	if all != text || calls[1].params["text"] != calls[2].params["text"] {
		t.Error("the parts do not make the text")
	}
	if len(c.unsettle) != 0 {
		t.Error("progress of a finished message is kept")
	}
}

func class(err error) bot.SendClass {
	var e *bot.SendError
	if err == nil {
		return ""
	}
	if !errors.As(err, &e) {
		return "unclassified"
	}
	return e.Class
}

func TestSendClassifiesErrors(t *testing.T) {
	page := "<html>\n<title>502 Bad Gateway</title>\x00" + strings.Repeat("<p>nginx</p>", 500)
	for name, v := range map[string]struct {
		answer *fakeAnswer
		class  bot.SendClass
		after  time.Duration
		calls  int
	}{
		"429":                 {fault(429, "Too Many Requests: retry after 35", `{"retry_after":35}`), bot.Wait, 35 * time.Second, 1},
		"429 for an hour":     {fault(429, "Too Many Requests", `{"retry_after":3600}`), bot.Wait, time.Hour, 1},
		"429 without a time":  {fault(429, "Too Many Requests", ""), bot.Wait, 0, 1},
		"429 below zero":      {fault(429, "Too Many Requests", `{"retry_after":-5}`), bot.Wait, 0, 1},
		"429 for an age":      {fault(429, "Too Many Requests", `{"retry_after":99999999999}`), bot.Wait, 24 * time.Hour, 1},
		"500":                 {fault(500, "Internal Server Error", ""), bot.Retry, 0, 1},
		"502 page":            {&fakeAnswer{status: 502, body: page}, bot.Retry, 0, 1},
		"504 empty":           {&fakeAnswer{status: 504}, bot.Retry, 0, 1},
		"blocked":             {fault(403, "Forbidden: bot was blocked by the user", ""), bot.Drop, 0, 1},
		"deactivated":         {fault(403, "Forbidden: user is deactivated", ""), bot.Drop, 0, 1},
		"chat not found":      {fault(400, "Bad Request: chat not found", ""), bot.Drop, 0, 1},
		"migrated":            {fault(400, "Bad Request: group chat was upgraded to a supergroup chat", `{"migrate_to_chat_id":-1009}`), bot.Drop, 0, 1},
		"too long":            {fault(400, "Bad Request: message is too long", ""), bot.Drop, 0, 1},
		"entities, always":    {fault(400, "Bad Request: can't parse entities: Unsupported start tag \"陈先生\"", ""), bot.Drop, 0, 2},
		"keyboard, always":    {fault(400, "Bad Request: BUTTON_DATA_INVALID", ""), bot.Drop, 0, 2},
		"token":               {fault(401, "Unauthorized", ""), bot.Config, 0, 1},
		"unknown token":       {fault(404, "Not Found", ""), bot.Config, 0, 1},
		"redirect":            {&fakeAnswer{status: 307, header: http.Header{"Location": {"https://elsewhere.example/bot" + testToken}}}, bot.Retry, 0, 1},
		"half an answer":      {&fakeAnswer{status: 200, body: `{"ok":tr`}, bot.Retry, 0, 1},
		"page as success":     {&fakeAnswer{status: 200, body: page}, bot.Retry, 0, 1},
		"empty success":       {&fakeAnswer{status: 200}, bot.Retry, 0, 1},
		"10 MiB":              {&fakeAnswer{status: 200, body: `{"ok":true,"result":"` + strings.Repeat("x", 10<<20) + `"}`}, bot.Retry, 0, 1},
		"token in the answer": {fault(400, "Bad Request: https://api.telegram.org/bot"+testToken+"/sendMessage", ""), bot.Drop, 0, 1},
	} {
		api := newFakeAPI()
		api.script("sendMessage", func(apiCall, int) *fakeAnswer { return v.answer })
		c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
		err := c.Send(t.Context(), outgoing("1", 5, bot.Reply{Text: "陈先生", Menu: 1, Choices: []bot.Choice{{Label: "甲"}}}))
		if class(err) != v.class {
			t.Errorf("%s: %v", name, err)
			continue
		}
		e := err.(*bot.SendError)
		if e.After != v.after {
			t.Errorf("%s: after %v, want %v", name, e.After, v.after)
		}
		if n := len(api.of("sendMessage")); n != v.calls {
			t.Errorf("%s: %d calls, want %d", name, n, v.calls)
		}
		if len(e.Cause) > 300 || strings.ContainsAny(e.Cause, "\n\x00") || strings.Contains(e.Cause, "陈先生") || strings.Contains(e.Cause, testToken) || e.Cause == "" {
			t.Errorf("%s: cause %q", name, e.Cause)
		}
	}
}

func TestSendFallsBackToThePlainestForm(t *testing.T) {
	for name, v := range map[string]struct {
		description, text string
		keyboard          bool
	}{
		"entities": {"Bad Request: can't parse entities: Unsupported start tag", "选", true},
		"keyboard": {"Bad Request: BUTTON_TYPE_INVALID", "选\n\n1. 甲", false},
	} {
		api := newFakeAPI()
		api.script("sendMessage", func(_ apiCall, n int) *fakeAnswer {
			if n == 1 {
				return fault(400, v.description, "")
			}
			return nil
		})
		c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
		if err := c.Send(t.Context(), outgoing("1", 5, bot.Reply{Text: "选", Menu: 1, Choices: []bot.Choice{{Label: "甲"}}})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		p := api.of("sendMessage")[1].params
		if _, has := p["reply_markup"]; has != v.keyboard || p["text"] != v.text {
			t.Errorf("%s: then sent %v", name, p)
		}
	}
}

func TestSendStopsRepeatingWhatIsNeverConfirmed(t *testing.T) {
	api := newFakeAPI()
	api.script("sendMessage", func(apiCall, int) *fakeAnswer { return &fakeAnswer{status: 200, body: "<html>"} })
	c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
	o := outgoing("1", 5, bot.Reply{Text: "好"})
	for i := range maxDoubtful {
		want := bot.Retry
		if i == maxDoubtful-1 {
			want = bot.Drop
		}
		if err := c.Send(t.Context(), o); class(err) != want {
			t.Errorf("try %d: %v", i+1, err)
		}
	}
}

func TestSendRefusesWhatIsNoChat(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	for _, user := range []string{"", "0", "abc", "99999999999999999999"} {
		o := outgoing("1", 5, bot.Reply{Text: "好"})
		o.To.User = user
		if err := c.Send(t.Context(), o); class(err) != bot.Drop || user != "" && strings.Contains(err.Error(), "'"+user) {
			t.Errorf("%q: %v", user, err)
		}
	}
	if err := c.Send(t.Context(), outgoing("1", 5, bot.Reply{})); err != nil {
		t.Errorf("nothing to send: %v", err)
	}
}

// TestSecretsStayOut drives every path that makes an error or a log line and looks for the secrets in them.
func TestSecretsStayOut(t *testing.T) {
	log := &logBuffer{}
	var texts []string
	for _, base := range []string{"http://127.0.0.1:1", "http://no-such-host", "http://[::1]:1"} {
		cfg := testConfig(ModeWebhook)
		cfg.APIBase = base
		c, err := New(cfg, (&inbox{}).handle, Options{Log: log.logger()})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Send(t.Context(), outgoing("1", 5, bot.Reply{Text: "好"}))
		if class(err) != bot.Retry {
			t.Errorf("%s: %v", base, err)
		}
		_, meErr := c.GetMe(t.Context())
		texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err), fmt.Sprintf("%v %#v", meErr, meErr), fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg))
	}
	// A server that hangs up in the middle, and one that sends the whole URL back.
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "getMe") {
			w.WriteHeader(500)
			fmt.Fprint(w, strings.Repeat("x", 990), r.URL.Path, strings.Replace(testToken, ":", "%3A", 1), testSecret)
			return
		}
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"ok":true`)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer broken.Close()
	cfg := testConfig(ModeWebhook)
	cfg.APIBase = broken.URL
	c, err := New(cfg, (&inbox{}).handle, Options{Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := c.Run(ctx); err != nil {
		t.Error(err)
	}
	err = c.Send(t.Context(), outgoing("1", 5, bot.Reply{Text: "好"}))
	if class(err) != bot.Retry {
		t.Errorf("an answer that breaks off: %v", err)
	}
	if p := c.recall("1"); p.doubtful != 1 {
		t.Error("an answer that breaks off does not count as perhaps sent")
	}
	texts = append(texts, fmt.Sprintf("%v %#v", err, err), log.String())
	if log.String() == "" {
		t.Error("nothing was logged: the test does not look at what it should")
	}
	half := testToken[:len(testToken)-8]
	for _, text := range texts {
		for _, s := range []string{testToken, half, strings.Split(testToken, ":")[1], testSecret, testSecret[:20]} {
			if strings.Contains(text, s) {
				t.Errorf("a secret shows in %q", text)
			}
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	away := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed, with the token in the path")
	}))
	defer away.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, away.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	cfg := testConfig(ModePolling)
	cfg.APIBase = srv.URL
	for _, client := range []*http.Client{nil, {}} {
		c, err := New(cfg, (&inbox{}).handle, Options{Client: client})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Send(t.Context(), outgoing("1", 5, bot.Reply{Text: "好"})); class(err) != bot.Retry {
			t.Error(err)
		}
	}
}

func TestIntroduction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newFakeAPI()
		api.script("getMe", func(_ apiCall, n int) *fakeAnswer {
			if n == 1 {
				return fault(500, "Internal Server Error", "")
			}
			return nil
		})
		c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{Commands: []Command{{"help", "帮助"}}})
		stop := running(t, c)
		time.Sleep(time.Minute)
		if !c.isMe("TEST_bot") || c.isMe("other") {
			t.Error("own name not learned")
		}
		if got := api.of("setMyCommands"); len(got) != 1 || !reflect.DeepEqual(got[0].params["commands"], []any{map[string]any{"command": "help", "description": "帮助"}}) {
			t.Errorf("commands registered: %v", got)
		}
		stop()
	})
}

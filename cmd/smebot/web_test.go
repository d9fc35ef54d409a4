package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
)

// browser is a person on the chat page.
type browser struct {
	client *http.Client
	base   string
}

// webAnswer is what the page gets.
type webAnswer struct {
	Text    string       `json:"text"`
	Choices []bot.Choice `json:"choices"`
	Menu    uint32       `json:"menu"`
	Error   string       `json:"error"`
}

// transport is shared, so that many browsers need few ports.
var transport = &http.Transport{MaxIdleConnsPerHost: 128, IdleConnTimeout: time.Second}

// openPage loads the chat page and keeps its session.
func openPage(t testing.TB, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{&http.Client{Jar: jar, Transport: transport, Timeout: hangGuard}, base}
	r, err := b.client.Get(base + "/chat")
	if err != nil {
		t.Fatal(err)
	}
	if body := readAll(t, r.Body); r.StatusCode != http.StatusOK || !strings.Contains(body, "<textarea") && !strings.Contains(body, "<input") {
		t.Fatalf("the chat page: status %d", r.StatusCode)
	}
	return b
}

func newID() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// try posts one message; an error means that no whole answer came.
func (b *browser) try(id string, u utterance) (status int, body []byte, err error) {
	m := map[string]any{"id": id, "text": u.words}
	if u.button != nil {
		m = map[string]any{"id": id, "press": u.button.press}
	}
	sent, _ := json.Marshal(m) // strings and numbers
	r, err := b.client.Post(b.base+"/chat/send", "application/json", bytes.NewReader(sent))
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	var all bytes.Buffer
	_, err = all.ReadFrom(r.Body)
	return r.StatusCode, all.Bytes(), err
}

// say posts a message that must be answered.
func (b *browser) say(t testing.TB, u utterance) heard {
	t.Helper()
	status, body, err := b.try(newID(), u)
	if err != nil || status != http.StatusOK {
		t.Fatalf("no answer: status %d %s, %v", status, body, err)
	}
	return readWeb(t, body)
}

func readWeb(t testing.TB, body []byte) heard {
	t.Helper()
	var a webAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("answer is not JSON: %v", err)
	}
	h := heard{text: a.Text}
	for i, c := range a.Choices {
		h.buttons = append(h.buttons, button{c.Label, bot.Press{Menu: a.Menu, Index: i}})
	}
	return h
}

func TestWebPageIsSealedOff(t *testing.T) {
	s := startSite(t, testConfig(t))
	for _, path := range []string{"/", "/chat", "/chat/app.js", "/chat/style.css"} {
		r, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body := readAll(t, r.Body)
		if r.StatusCode != http.StatusOK || body == "" {
			t.Errorf("%s: status %d with %d bytes", path, r.StatusCode, len(body))
		}
		policy := r.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: Content-Security-Policy lacks %s: %q", path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: Content-Security-Policy lets in too much: %q", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if strings.Contains(body, "https://") || strings.Contains(body, "http://") {
			t.Errorf("%s fetches or links something from elsewhere", path)
		}
		if path == "/" {
			for _, inline := range []string{"<script>", "<style", " onclick=", " style=", "javascript:"} {
				if strings.Contains(body, inline) {
					t.Errorf("the page holds %s, which its own policy forbids", inline)
				}
			}
			cookie := r.Header.Get("Set-Cookie")
			for _, flag := range []string{"HttpOnly", "SameSite=", "Path=/"} {
				if !strings.Contains(cookie, flag) {
					t.Errorf("the session's cookie lacks %s: %s", flag, strings.SplitN(cookie, "=", 2)[0])
				}
			}
		}
	}
	for path, want := range map[string]int{"/metrics": 404, "/debug/pprof/": 404, "/nothing": 404, "/healthz": 200, "/readyz": 200} {
		r, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		if readAll(t, r.Body); r.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, r.StatusCode, want)
		}
	}
}

func TestWebReferral(t *testing.T) {
	s := startSite(t, testConfig(t))
	for _, way := range []string{"buttons", "words"} {
		t.Run(way, func(t *testing.T) {
			who, b := newPerson(), openPage(t, s.url)
			number, _ := refer(t, who, func(u utterance) heard {
				if way == "words" {
					u.button = nil
				}
				return b.say(t, u)
			})
			holdsWhole(t, s.config.Data, number, who)
		})
	}
	if n := len(exported(t, s.config.Data)); n != 2 {
		t.Errorf("%d leads, want 2", n)
	}
	s.end(t)
	verify(t, s.config.Data)
}

// TestWebRepeats sends every message of a referral several times: the page does so when an answer was lost.
func TestWebRepeats(t *testing.T) {
	s := startSite(t, testConfig(t))
	for _, way := range []string{"one after another", "at once"} {
		t.Run(way, func(t *testing.T) {
			who, b := newPerson(), openPage(t, s.url)
			number, _ := refer(t, who, func(u utterance) heard {
				id := newID()
				bodies := make([]string, 4)
				var all sync.WaitGroup
				for i := range bodies {
					post := func() {
						status, body, err := b.try(id, u)
						bodies[i] = fmt.Sprintf("%d %s %v", status, body, err)
					}
					if way == "at once" {
						all.Go(post)
					} else {
						post()
					}
				}
				all.Wait()
				for _, other := range bodies[1:] {
					if other != bodies[0] {
						t.Errorf("the same message was answered twice differently:\n%s\n%s", bodies[0], other)
					}
				}
				_, body, _ := strings.Cut(strings.TrimSuffix(bodies[0], " <nil>"), " ")
				return readWeb(t, []byte(body))
			})
			holdsWhole(t, s.config.Data, number, who)
		})
	}
	if n := len(exported(t, s.config.Data)); n != 2 {
		t.Errorf("%d leads of two people, want 2", n)
	}
}

// TestWebPressedTwice taps every button twice at the same moment, as two messages. One lead must come of it, and
// whoever is told a number is told that one's.
func TestWebPressedTwice(t *testing.T) {
	s := startSite(t, testConfig(t))
	for range 5 {
		who, b := newPerson(), openPage(t, s.url)
		numbers, pressed := map[string]bool{}, 0
		number, _ := refer(t, who, func(u utterance) heard {
			if u.button == nil {
				return b.say(t, u)
			}
			pressed++
			var said [2]heard
			var all sync.WaitGroup
			for i := range said {
				all.Go(func() { said[i] = b.say(t, u) })
			}
			all.Wait()
			last := said[0]
			for _, h := range said {
				if n := leadNumber.FindString(h.text); n != "" {
					numbers[n], last = true, h
				}
			}
			return last
		})
		if pressed == 0 || len(numbers) > 1 {
			t.Errorf("%d buttons pressed, %d numbers shown", pressed, len(numbers))
		}
		holdsWhole(t, s.config.Data, number, who)
	}
	if n := len(exported(t, s.config.Data)); n != 5 {
		t.Errorf("%d leads of 5 people", n)
	}
}

// TestWebSessionsDoNotCross has one person's press and message id used by another.
func TestWebSessionsDoNotCross(t *testing.T) {
	s := startSite(t, testConfig(t))
	a, b := openPage(t, s.url), openPage(t, s.url)
	id := newID()
	_, mine, err := a.try(id, utterance{words: "前20家奖励多少钱"})
	if err != nil {
		t.Fatal(err)
	}
	_, theirs, err := b.try(id, utterance{words: "你好"})
	if err != nil {
		t.Fatal(err)
	}
	if string(mine) == string(theirs) {
		t.Error("another person's message with the same id got the first one's answer")
	}
	who := newPerson()
	h := a.say(t, utterance{words: who.opener})
	number, replies := "", []string{}
	for i := range h.buttons {
		replies = append(replies, b.say(t, utterance{"", &h.buttons[i]}).text)
	}
	for _, r := range replies {
		if number = leadNumber.FindString(r); number != "" {
			t.Errorf("a stranger's press of my buttons made lead %s", number)
		}
	}
	if number, _ = refer(t, who, func(u utterance) heard { return a.say(t, u) }); number == "" {
		t.Error("the person could not go on")
	}
}

func TestWebRefusals(t *testing.T) {
	s := startSite(t, testConfig(t))
	b := openPage(t, s.url)
	good := func() string { return `{"id":"` + newID() + `","text":"你好"}` }
	huge := `{"id":"` + newID() + `","text":"` + strings.Repeat("汉", 10<<20/3) + `"}`
	for _, c := range []struct {
		name, body string
		header     map[string]string
		stranger   bool // without the page's session
		want       int
	}{
		{name: "good", body: good(), want: 200},
		{name: "same origin", body: good(), header: map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": s.url}, want: 200},
		{name: "10 MiB", body: huge, want: 413},
		{name: "9,000 characters", body: `{"id":"` + newID() + `","text":"` + strings.Repeat("a", 9000) + `"}`, want: 413},
		{name: "100 KiB of blanks", body: strings.Repeat(" ", 100<<10) + good(), want: 413},
		{name: "cross-site", body: good(), header: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: 403},
		{name: "other origin", body: good(), header: map[string]string{"Origin": "https://evil.example"}, want: 403},
		{name: "no session", body: good(), stranger: true, want: 403},
		{name: "made-up session", body: good(), stranger: true, header: map[string]string{"Cookie": "smebot_chat=abc"}, want: 403},
		{name: "form", body: good(), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, want: 415},
		{name: "text", body: good(), header: map[string]string{"Content-Type": "text/plain"}, want: 415},
		{name: "no JSON", body: "{", want: 400},
		{name: "unknown key", body: `{"id":"` + newID() + `","text":"x","leads":true}`, want: 400},
		{name: "no id", body: `{"text":"x"}`, want: 400},
		{name: "long id", body: `{"id":"` + strings.Repeat("x", 65) + `","text":"x"}`, want: 400},
		{name: "empty", body: "", want: 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequest(http.MethodPost, s.url+"/chat/send", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			for k, v := range c.header {
				req.Header.Set(k, v)
			}
			client := b.client
			if c.stranger {
				client = http.DefaultClient
			}
			r, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body := readAll(t, r.Body)
			if r.StatusCode != c.want {
				t.Fatalf("status %d, want %d: %s", r.StatusCode, c.want, brief(body))
			}
			var a webAnswer
			if err := json.Unmarshal([]byte(body), &a); err != nil {
				t.Fatalf("the page cannot read the answer %q: %v", brief(body), err)
			}
			if (a.Error == "") != (c.want == 200) {
				t.Errorf("status %d with error %q and text %q", r.StatusCode, a.Error, brief(a.Text))
			}
		})
	}
	for _, c := range []struct{ name, method, want string }{{"GET of the sending address", "GET", "405"}, {"PUT of it", "PUT", "405"}, {"TRACE", "TRACE", "405"}} {
		req, _ := http.NewRequest(c.method, s.url+"/chat/send", nil)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if readAll(t, r.Body); fmt.Sprint(r.StatusCode) != c.want {
			t.Errorf("%s: status %d, want %s", c.name, r.StatusCode, c.want)
		}
	}
}

// TestWebInvalidUTF8 holds the program to valid text whatever bytes came.
func TestWebInvalidUTF8(t *testing.T) {
	s := startSite(t, testConfig(t))
	b := openPage(t, s.url)
	for name, text := range map[string]string{"bare bytes": "前20家\xff\xfe奖励", "cut character": "奖励\xe5\xa5", "NUL": `a\u0000b`, "lone surrogate": `奖励\ud800多少`, "bidi": "\u202e奖励\u2066", "tags": `<script>alert(1)</script>`} {
		body := `{"id":"` + newID() + `","text":"` + text + `"}`
		r, err := b.client.Post(s.url+"/chat/send", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer := readAll(t, r.Body)
		if r.StatusCode != 200 && r.StatusCode != 400 {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
		if strings.ToValidUTF8(answer, "?") != answer || strings.Contains(answer, "<script>") {
			t.Errorf("%s: the answer is no clean text: %q", name, brief(answer))
		}
	}
	if h := b.say(t, utterance{words: "前20家奖励多少钱"}); !strings.Contains(h.text, "100万") {
		t.Errorf("afterwards the right answer does not come: %s", brief(h.text))
	}
}

func TestWebChatOff(t *testing.T) {
	c, off := testConfig(t), false
	c.WebChat = &off
	s := startSite(t, c)
	for _, path := range []string{"/", "/chat", "/chat/app.js"} {
		r, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		if readAll(t, r.Body); r.StatusCode != 404 {
			t.Errorf("%s: status %d though the page is switched off", path, r.StatusCode)
		}
	}
}

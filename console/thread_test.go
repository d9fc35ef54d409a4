package console

import (
	"bufio"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

var formField = regexp.MustCompile(`name="form" value="([^"]+)"`)

// form reads the thread's page and returns the name of its form.
func (p *person) form(at string) string {
	p.w.Helper()
	_, body := p.get(at + "/thread")
	m := formField.FindStringSubmatch(body)
	if m == nil {
		p.w.Fatal("no form to reply with")
	}
	return m[1]
}

func (w *deskWorld) waiting(channel string) int {
	w.Helper()
	items, err := w.db.NextOutgoing(w.Context(), channel, w.clock(), 10)
	w.must(err)
	return len(items)
}

func TestThread(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li, zhao, wu := w.signed("li", store.RoleAgent), w.signed("zhao", store.RoleAgent), w.signed("wu", store.RoleSupervisor)
	at := "/console/leads/" + l.Number
	_, body := li.get(at + "/thread")
	holds(t, "the thread", body, "现在由机器人回复", "确认提交", "48 小时 0 分", "还能发 5 条")
	lacks(t, "the thread", body, `name="text"`)
	li.post(at+"/thread/reply", "form", "made-up", "text", "您好")
	if w.waiting("guzhen") != 0 {
		t.Error("a reply went out without taking over")
	}
	li.post(at + "/thread/take")
	if c, err := w.db.Conversation(t.Context(), l.From); err != nil || !c.Held.On {
		t.Fatalf("not taken over: %v", err)
	}
	if _, body = zhao.get(at + "/thread"); !strings.Contains(body, "li 正在回复") {
		t.Error("a colleague does not see who answers")
	}
	zhao.post(at + "/thread/take")
	if status, _ := zhao.post(at + "/thread/release"); status != http.StatusForbidden {
		t.Errorf("another agent released it: %d", status)
	}
	form := li.form(at)
	for range 2 { // a double click
		li.post(at+"/thread/reply", "form", form, "text", "您好，<b>请问</b>方便通话吗")
	}
	if n := w.waiting("guzhen"); n != 1 {
		t.Errorf("%d messages wait", n)
	}
	_, body = li.get(at + "/thread")
	holds(t, "the thread", body, "&lt;b&gt;请问", "等待发送")
	lacks(t, "the thread", body, "平台已接收")
	w.must(w.db.GiveUp(t.Context(), "staff:"+l.Number+":"+form, "parked: window closed"))
	_, body = li.get(at + "/thread")
	holds(t, "the thread", body, "没有送达")
	lacks(t, "the thread", body, "平台已接收")
	if status, body := li.post(at+"/thread/reply", "form", li.form(at), "text", strings.Repeat("长", 700)); status != http.StatusUnprocessableEntity || !strings.Contains(body, "长长长") {
		t.Errorf("a message that is too long: %d", status)
	}
	wu.post(at + "/thread/release")
	if status, body := li.post(at+"/thread/reply", "form", "f9", "text", "还在吗"); status != http.StatusConflict || !strings.Contains(body, "还在吗") {
		t.Errorf("a reply after the release: %d", status)
	}
}

func TestReplyWindow(t *testing.T) {
	w := openDesk(t)
	l, web := w.lead(1, bot.WeChat), w.lead(2, bot.Web)
	li := w.signed("li", store.RoleAgent)
	at := "/console/leads/" + l.Number
	w.pass(47*time.Hour + 55*time.Minute)
	w.must(w.db.StartSession(t.Context(), "li", li.token+"2")) // the first has been idle too long
	li.token += "2"
	li.post(at + "/thread/take")
	form := li.form(at)
	if _, body := li.get(at + "/thread"); !strings.Contains(body, "0 小时 5 分") {
		t.Error("the window is not counted down")
	}
	w.pass(5 * time.Minute)
	_, body := li.get(at + "/thread")
	holds(t, "the closed window", body, "回复时限已过", `id="send" disabled`, "去看电话")
	if status, body := li.post(at+"/thread/reply", "form", form, "text", "您好"); status != http.StatusConflict || !strings.Contains(body, "您好") || w.waiting("guzhen") != 0 {
		t.Errorf("a reply in a closed window: %d", status)
	}
	li.post("/console/leads/" + web.Number + "/thread/take")
	_, body = li.get("/console/leads/" + web.Number + "/thread")
	holds(t, "a thread of the web page", body, "对方的网页开着时才看得到", `id="send"`)
	lacks(t, "a thread of the web page", body, `id="send" disabled`)
	terminal := w.lead(3, "terminal")
	_, body = li.get("/console/leads/" + terminal.Number + "/thread")
	holds(t, "a thread of the terminal", body, "请打电话")
	lacks(t, "a thread of the terminal", body, "thread/take")
	if li.post("/console/leads/" + terminal.Number + "/thread/take"); w.audited("thread.take") != 2 {
		t.Error("a thread was taken over that nobody reads")
	}
}

// TestRepliesUsedUp sends as many messages as the platform allows after one of the person.
func TestRepliesUsedUp(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li := w.signed("li", store.RoleAgent)
	at := "/console/leads/" + l.Number
	li.post(at + "/thread/take")
	for i := range 5 {
		form := li.form(at)
		li.post(at+"/thread/reply", "form", form, "text", fmt.Sprint("第", i+1, "条"))
		w.must(w.db.MarkSent(t.Context(), "staff:"+l.Number+":"+form))
	}
	_, body := li.get(at + "/thread")
	holds(t, "the thread", body, "条数用完了", `id="send" disabled`, "去看电话")
	if status, body := li.post(at+"/thread/reply", "form", li.form(at), "text", "第六条"); status != http.StatusConflict || !strings.Contains(body, "第六条") {
		t.Errorf("a message too many: %d", status)
	}
	c, err := w.db.Conversation(t.Context(), l.From)
	w.must(err)
	w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "again", From: l.From, At: w.clock(), Version: c.Version, Reach: bot.Reach{For: 48 * time.Hour, Count: 5}, Talk: bot.Talk{Said: "好的"}}))
	_, body = li.get(at + "/thread")
	holds(t, "the thread once the person wrote again", body, "还能发 5 条")
	lacks(t, "the thread once the person wrote again", body, `id="send" disabled`)
}

func TestCannedAnswers(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.Telegram)
	li, wu := w.signed("li", store.RoleAgent), w.signed("wu", store.RoleSupervisor)
	if status, _ := li.post("/console/canned", "title", "材料", "text", "x"); status != http.StatusForbidden {
		t.Errorf("an agent edits prepared answers: %d", status)
	}
	wu.post("/console/canned", "title", "材料", "text", `请备齐"营业执照"<br>`)
	li.post("/console/leads/" + l.Number + "/thread/take")
	_, body := li.get("/console/leads/" + l.Number + "/thread")
	holds(t, "the thread", body, "材料", "&lt;br&gt;")
	lacks(t, "the thread", body, "执照\"<br>")
}

func TestLiveUpdates(t *testing.T) {
	w := openDesk(t)
	l, other := w.lead(1, bot.Telegram), w.lead(2, bot.Telegram)
	li := w.signed("li", store.RoleAgent)
	open := func(path string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.web.URL+path, nil)
		w.must(err)
		r.Header.Set("Accept", "text/event-stream")
		r.AddCookie(&http.Cookie{Name: "smebot-session", Value: li.token})
		answer, err := http.DefaultClient.Do(r)
		w.must(err)
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	stream := bufio.NewScanner(open("/console/leads/events?lead=" + l.Number).Body)
	next := func() string {
		t.Helper()
		for stream.Scan() {
			if e, ok := strings.CutPrefix(stream.Text(), "event: "); ok {
				return e
			}
		}
		return "end"
	}
	stream.Scan() // open: from here on nothing is missed
	w.must(w.db.MoveLead(t.Context(), other.Number, 1, store.Contacted, "", "wu"))
	w.must(w.db.MoveLead(t.Context(), l.Number, 1, store.Contacted, "", "wu"))
	if got := next(); got != "changed" {
		t.Fatalf("heard %q", got)
	}
	for range maxStreamsEach - 1 {
		if a := open("/console/leads/events"); a.StatusCode != http.StatusOK {
			t.Errorf("one more stream: %d", a.StatusCode)
		}
	}
	if a := open("/console/leads/events"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one stream too many: %d", a.StatusCode)
	}
	w.must(w.db.EndSession(t.Context(), li.token))
	w.must(w.db.MoveLead(t.Context(), l.Number, 2, store.Referred, "", "wu"))
	if got := next(); got != "ended" {
		t.Errorf("after signing out: %q", got)
	}
	if got := next(); got != "end" {
		t.Errorf("the stream goes on: %q", got)
	}
}

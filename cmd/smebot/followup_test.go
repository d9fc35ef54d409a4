package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// staffRooms is every place on one loopback server: it notes what arrives, by path.
type staffRooms struct {
	*httptest.Server
	got chan placed
}

type placed struct {
	path, body string
	header     http.Header
}

func startRooms(t testing.TB) *staffRooms {
	p := &staffRooms{got: make(chan placed, 64)}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.got <- placed{r.URL.Path, string(body), r.Header}
		_, _ = io.WriteString(w, `{"errcode":0,"code":0}`)
	}))
	t.Cleanup(p.Close)
	return p
}

// await takes what arrived at each of so many places, once each.
func (p *staffRooms) await(t testing.TB, n int) map[string]placed {
	t.Helper()
	all := map[string]placed{}
	guard := time.After(hangGuard)
	for len(all) < n {
		select {
		case g := <-p.got:
			if _, twice := all[g.path]; twice {
				t.Errorf("%s got something twice", g.path)
			}
			all[g.path] = g
		case <-guard:
			t.Fatalf("only %d of %d places got something", len(all), n)
		}
	}
	return all
}

func (p *staffRooms) config() []NotifyConfig {
	return []NotifyConfig{
		{Name: "wecom", Type: "wecom", URL: p.URL + "/wecom?key=canary-of-a-robot"},
		{Name: "dingtalk", Type: "dingtalk", URL: p.URL + "/dingtalk?access_token=canary-of-a-robot", Secret: "SECcanary-of-a-robot"},
		{Name: "feishu", Type: "feishu", URL: p.URL + "/feishu/canary-of-a-robot", Secret: "canary-of-a-robot"},
		{Name: "webhook", Type: "webhook", URL: p.URL + "/hook", Secret: "canary-of-a-webhook-secret"},
		{Name: "team", Type: "telegram", Channel: "tg", ChatID: -1001234567890},
	}
}

// bringForward makes an errand of a lead due now, which would take the test a minute or days.
func bringForward(t testing.TB, data, number string, kind store.ErrandKind) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, store.FileName)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := db.Exec(`UPDATE errands SET due = 1 WHERE lead = ? AND kind = ?`, number, string(kind))
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := r.RowsAffected(); n != 1 {
		t.Fatalf("%s has no errand %s", number, kind)
	}
}

// TestStaffAndPeopleHear follows a lead from its making to its withdrawal: staff hear of it at every place, the person
// of its move, and nothing personal is in what staff hear.
func TestStaffAndPeopleHear(t *testing.T) {
	f, p, c := startBotAPI(t), startRooms(t), testConfig(t)
	c.PublicURL = "https://bot.example.gov.cn"
	c.Channels, c.Notify = []ChannelConfig{f.channel("webhook")}, p.config()
	s := startSite(t, c)
	const person, team = 31, -1001234567890
	said := 0
	say := func(u utterance) heard {
		said++
		_, body := f.update(messageFrom(person, u))
		if _, _, err := hookPost(s.url, body, botSecret); err != nil {
			t.Fatal(err)
		}
		f.await(t, "a reply", func() bool { return len(f.toLocked(person)) >= said })
		m := f.to(person)[said-1]
		return heard{text: m.text, buttons: m.buttons}
	}
	who := newPerson()
	number, _ := refer(t, who, say)
	all := p.await(t, 4)
	f.await(t, "the announcement in the team's chat", func() bool { return len(f.toLocked(team)) == 1 })
	texts := []string{f.to(team)[0].text}
	for _, g := range all {
		texts = append(texts, g.body)
	}
	for _, text := range texts {
		if !strings.Contains(text, number) || !strings.Contains(text, "/console/leads/"+number) {
			t.Errorf("an announcement lacks number or link: %s", text)
		}
		for field, value := range who.says {
			if field != "town" && field != "platform" && value != "" && strings.Contains(text, value) {
				t.Errorf("an announcement holds the %s", field)
			}
		}
		if strings.Contains(text, who.says["phone"][3:]) {
			t.Error("an announcement holds the phone number")
		}
	}
	if h := all["/hook"].header; h.Get("Webhook-Id") == "" || !strings.HasPrefix(h.Get("Webhook-Signature"), "v1,") {
		t.Errorf("the webhook is not signed: %v", h)
	}
	var e struct{ Type string }
	if err := json.Unmarshal([]byte(all["/hook"].body), &e); err != nil || e.Type != "lead.new" {
		t.Errorf("%s", all["/hook"].body)
	}
	l, err := s.engine.db.Lead(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.engine.db.MoveLead(t.Context(), number, l.Version, store.Contacted, "", "li"); err != nil {
		t.Fatal(err)
	}
	bringForward(t, c.Data, number, store.ErrandNews)
	said++
	f.await(t, "news", func() bool { return len(f.toLocked(person)) >= said })
	if got := f.to(person)[said-1]; !strings.Contains(got.text, number) || !strings.Contains(got.text, "已联系过您") || len(got.buttons) != 0 {
		t.Errorf("news: %+v", got)
	}
	say(utterance{words: "撤回同意"})
	for path, g := range p.await(t, 4) {
		if !strings.Contains(g.body, number) || path == "/hook" != strings.Contains(g.body, "lead.withdrawn") {
			t.Errorf("%s: %s", path, g.body)
		}
	}
	s.end(t)
	for _, secret := range []string{"canary", p.URL, who.says["phone"][3:], who.says["firm"]} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log shows %.6s…", secret)
		}
	}
	for name, content := range files(t, c.Data) {
		if strings.Contains(content, "canary-of-a") {
			t.Errorf("a place's secret lies in %s", name)
		}
	}
	verify(t, c.Data)
}

// TestSendsAreCounted reads the metrics of announcements.
func TestSendsAreCounted(t *testing.T) {
	p, c := startRooms(t), testConfig(t)
	c.Notify = p.config()[:1]
	c.Metrics.Listen = "127.0.0.1:0"
	s := startSite(t, c)
	refer(t, newPerson(), func() func(utterance) heard {
		b := openPage(t, s.url)
		return func(u utterance) heard { return b.say(t, u) }
	}())
	p.await(t, 1)
	counted := func() bool {
		w := httptest.NewRecorder()
		s.meter.handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return strings.Contains(w.Body.String(), `smebot_sends_total{channel="notify:wecom",result="sent"} 1`)
	}
	for end := time.Now().Add(hangGuard); !counted(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the announcement is not counted")
		}
	}
}

// TestGonePlace gives up what waits for a place that was taken out of the configuration.
func TestGonePlace(t *testing.T) {
	c := testConfig(t)
	c.Notify = []NotifyConfig{{Name: "wecom", Type: "wecom", URL: "http://127.0.0.1:1/"}}
	s := startSite(t, c)
	b := openPage(t, s.url)
	number, _ := refer(t, newPerson(), func(u utterance) heard { return b.say(t, u) })
	waits := func(s *site) (n int) {
		all, err := s.engine.db.Backlogs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all {
			if b.Channel == "notify:wecom" {
				n = b.Waiting
			}
		}
		return n
	}
	for end := time.Now().Add(hangGuard); waits(s) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing waits for the place")
		}
	}
	s.end(t)
	c.Notify = nil
	s = startSite(t, c)
	dead, err := s.engine.db.DeadLetters(t.Context(), 10)
	if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Cause, "not in the configuration") || !strings.Contains(dead[0].Reply.Text, number) || waits(s) != 0 {
		t.Errorf("%d dead letters, %v", len(dead), err)
	}
}

// TestNotifyCommand tries each place and says what became of it.
func TestNotifyCommand(t *testing.T) {
	f, p := startBotAPI(t), startRooms(t)
	file := write(t, filepath.Join(t.TempDir(), "c.yaml"), fmt.Sprintf(`
channels: [{name: tg, type: telegram, token: '%s', api_base: '%s'}]
notify:
  - {type: wecom, url: '%s/wecom?key=canary'}
  - {type: webhook, language: en, url: '%s/hook', secret: canary-canary-canary-canary}
  - {type: telegram, name: team, channel: tg, chat_id: -100777}
  - {type: feishu, name: gone, url: 'http://127.0.0.1:1/canary'}
`, botToken, f.URL, p.URL, p.URL))
	r := command(t, "", "notify", "test", "--config", file)
	if r.code != 1 || !strings.Contains(r.errs, "1 of 4 places") || strings.Contains(r.out+r.errs, "canary") {
		t.Errorf("exit %d, %s", r.code, r.errs)
	}
	for _, want := range []string{"wecom: sent", "webhook: sent", "team: sent", "gone: retry: no answer"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("it does not say %q: %s", want, r.out)
		}
	}
	got := p.await(t, 2)
	if !strings.Contains(got["/wecom"].body, "登记通知测试") || !strings.Contains(got["/hook"].body, `"type":"test"`) || len(f.to(-100777)) != 1 {
		t.Errorf("%+v", got)
	}
	if out := must(t, "", "notify", "test", "wecom", "--config", file); out != "wecom: sent\n" {
		t.Errorf("one place: %q", out)
	}
	for _, args := range [][]string{{"notify", "test", "nobody", "--config", file}, {"notify", "test", "--data", t.TempDir()}} {
		if r := command(t, "", args...); r.code != 1 || !strings.Contains(r.errs, "no place") {
			t.Errorf("%v: exit %d, %s", args, r.code, r.errs)
		}
	}
}

// counter is a platform that takes everything.
type counter struct{ sent *int }

func (c counter) Send(context.Context, bot.Outgoing) error { *c.sent++; return nil }

// TestWeChatReach parks what the platform would refuse, so that staff telephone, and sends what it takes.
func TestWeChatReach(t *testing.T) {
	sent := 0
	now := time.Now()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := windowed{counter{&sent}, db, func() time.Time { return now }}
	to := bot.Outgoing{ID: "m", To: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: newOpenID()}}
	parked := func(says string) {
		t.Helper()
		var fail *bot.SendError
		if err := w.Send(t.Context(), to); !errors.As(err, &fail) || fail.Class != bot.Park || !strings.Contains(fail.Cause, says) {
			t.Errorf("%v, want it parked: %s", err, says)
		}
	}
	parked("48 hours") // who never wrote
	wrote := bot.Turn{Key: "k", From: to.To, At: now, Reach: bot.Reach{For: 48 * time.Hour, Count: 1}, Outgoing: []bot.Outgoing{to}}
	if err := db.CommitTurn(t.Context(), wrote); err != nil {
		t.Fatal(err)
	}
	if err := w.Send(t.Context(), to); err != nil || sent != 1 {
		t.Errorf("%v, %d sent", err, sent)
	}
	if err := db.MarkSent(t.Context(), to.ID); err != nil {
		t.Fatal(err)
	}
	parked("until the person writes again")
	now = now.Add(49 * time.Hour)
	parked("48 hours")
	if sent != 1 {
		t.Errorf("%d sent", sent)
	}
}

// TestKilledWhileAnnouncing kills the program again and again around the moment in which leads are announced. Every
// lead must be announced, and in one announcement only; a repeat of that has its id.
func TestKilledWhileAnnouncing(t *testing.T) {
	rooms := startRooms(t)
	data := filepath.Join(t.TempDir(), "data")
	write(t, filepath.Join(filepath.Dir(data), "config.yaml"), "notify:\n  - {type: webhook, url: '"+rooms.URL+"/hook', secret: secret-of-a-crash-test-0123}\n")
	var numbers []string
	p := startProcess(t, data)
	for range 4 * crashRounds(t) {
		b := openPage(t, p.url)
		number, _ := refer(t, newPerson(), func(u utterance) heard { return b.say(t, u) })
		numbers = append(numbers, number)
		time.Sleep(time.Duration(rand.IntN(80)) * time.Millisecond) // any moment will do
		p.kill()
		p = startProcess(t, data)
	}
	in := map[string]string{} // the announcement that a lead is in
	guard := time.After(hangGuard)
	for len(in) < len(numbers) {
		select {
		case g := <-rooms.got:
			var e struct {
				Data struct{ Leads []struct{ Number string } }
			}
			if err := json.Unmarshal([]byte(g.body), &e); err != nil {
				t.Fatal(err)
			}
			for _, l := range e.Data.Leads {
				if id, was := in[l.Number]; was && id != g.header.Get("Webhook-Id") {
					t.Errorf("%s is in two announcements", l.Number)
				}
				in[l.Number] = g.header.Get("Webhook-Id")
			}
		case <-guard:
			t.Fatalf("%d of %d leads were announced", len(in), len(numbers))
		}
	}
	for _, n := range numbers {
		if in[n] == "" {
			t.Errorf("%s was never announced", n)
		}
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("exit %d", code)
	}
	verify(t, data)
}

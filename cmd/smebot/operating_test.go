package main

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/knowledge/parse"
	"smebot/store"
)

// officialSite is a program with one official account, whose platform tells what is sent.
func officialSite(t *testing.T) (s *site, a account, sent chan string) {
	t.Helper()
	sent = make(chan string, 8)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(r.URL.Path, "token") {
			_, _ = io.WriteString(w, `{"access_token":"a","expires_in":7200}`)
			return
		}
		sent <- string(body)
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	t.Cleanup(api.Close)
	a, c := newAccount("guzhen"), testConfig(t)
	ch := a.channel()
	ch.APIBase = api.URL
	c.Channels = []ChannelConfig{ch}
	c.Centre.Name = "古镇服务中心"
	return startSite(t, c), a, sent
}

// signedIn is a visitor of the console with a role.
func (s *site) signedIn(t *testing.T, name string, role store.Role) *consoleVisitor {
	t.Helper()
	v := visitConsole(t, s.url)
	v.signIn(name, staffAccount(t, s.program, name, role))
	return v
}

// hiddenOf returns the hidden fields, but the token, of the form that posts to an address.
func hiddenOf(t *testing.T, body, action string) []string {
	t.Helper()
	_, form, ok := strings.Cut(body, `action="`+action+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	if !ok {
		t.Fatalf("no form to %s: %s", action, brief(body))
	}
	var pairs []string
	for _, m := range regexp.MustCompile(`name="([a-z_.]+)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		if m[1] != "csrf" {
			pairs = append(pairs, m[1], html.UnescapeString(m[2]))
		}
	}
	return pairs
}

// A question nobody could answer is taught in the console: the bot answers it at once, the asker who agreed is told once
// over the account, and undoing takes both back.
func TestFromAnUnansweredQuestionToItsAnswer(t *testing.T) {
	s, a, sent := officialSite(t)
	from := newOpenID()
	say := func(words string) string { return a.deliver(t, s.url, from, a.text(from, words)) }
	const ask = "服务中心有没有停车位"
	if got := say(ask); !strings.Contains(got, "要不要有答案时告诉您") || !strings.Contains(got, "有答案告诉我") {
		t.Fatalf("an unanswered question: %q", got)
	}
	if got := say("有答案告诉我"); !strings.Contains(got, "只发一次") || !strings.Contains(got, "两天") {
		t.Errorf("agreeing to be told: %q", got)
	}
	if got := say("我的信息"); !strings.Contains(got, "等答复的提问：1条") {
		t.Errorf("what is held: %q", got)
	}
	page := openPage(t, s.url)
	page.say(t, utterance{words: ask})
	if got := page.say(t, utterance{words: "有答案告诉我"}); !strings.Contains(got.text, "同一个浏览器") {
		t.Errorf("agreeing on the page: %q", got.text)
	}
	wu := s.signedIn(t, "wu", store.RoleSupervisor)
	_, _, body := wu.get("/console/questions")
	at := regexp.MustCompile(`href="(/console/questions/[0-9a-f]{32})"`).FindStringSubmatch(body)[1]
	_, _, body = wu.post(at+"/rehearse", "kind", "answer", "examples", ask, "words", "院子里可以停车，周末要网上预约。", "title", "开放公告", "number", "古服〔2026〕3号", "date", "2026-01-01",
		"review", time.Now().AddDate(0, 6, 0).Format(time.DateOnly))
	if got := say(ask); strings.Contains(got, "网上预约") {
		t.Error("a rehearsal changed what is said")
	}
	if status, path, body := wu.post(at+"/teach", hiddenOf(t, body, at+"/teach")...); status != http.StatusOK || path != "/console/questions/taught" {
		t.Fatalf("teaching: %d at %s: %s", status, path, brief(body))
	}
	select {
	case got := <-sent:
		for _, w := range []string{from, "您之前问的", "网上预约", "古服〔2026〕3号", "不是文件原文"} {
			if !strings.Contains(got, w) {
				t.Errorf("told without %q: %s", w, brief(got))
			}
		}
	case <-time.After(hangGuard):
		t.Fatal("the asker was not told")
	}
	r, err := page.client.Post(s.url+"/chat/news", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, r.Body); r.StatusCode != http.StatusOK || !strings.Contains(got, "网上预约") {
		t.Errorf("the page finds %d %s", r.StatusCode, brief(got))
	}
	if got := say(ask); !strings.Contains(got, "网上预约") || !strings.Contains(got, "古镇服务中心工作人员答复") {
		t.Errorf("taught, and the bot says %q", got)
	}
	if got := say("我的信息"); strings.Contains(got, "等答复的提问") {
		t.Errorf("told, and still waiting: %q", got)
	}
	_, _, body = wu.get("/console/questions/taught")
	wu.post(regexp.MustCompile(`action="(/console/questions/taught/[A-Z0-9]+/undo)"`).FindStringSubmatch(body)[1])
	if got := say(ask); strings.Contains(got, "网上预约") {
		t.Errorf("undone, and the bot says %q", got)
	}
	if err := s.engine.tellAskers(t.Context()); err != nil {
		t.Error(err)
	}
	select {
	case got := <-sent:
		t.Errorf("told twice: %s", brief(got))
	default:
	}
	must(t, "", "verify", "--data", s.config.Data)
}

// What an admin sets holds at once: a stopped channel, the centre's name with the notice's version, and its record.
func TestSettingsHoldAtOnce(t *testing.T) {
	s, a, _ := officialSite(t)
	from := newOpenID()
	say := func(words string) string { return a.deliver(t, s.url, from, a.text(from, words)) }
	notice := func() string { return regexp.MustCompile(`2026-11/[0-9a-f]{8}`).FindString(say("登记需求")) }
	first := notice()
	boss := s.signedIn(t, "boss", store.RoleAdmin)
	boss.get("/console/settings")
	_, _, body := boss.post("/console/settings", "centre.name", "小榄服务中心", "centre.contact", "", "centre.hours", "", "hours", "Mon-Fri 10:00-12:00 14:00-17:30", "privacy.notice_url", "https://a.example/n")
	if status, path, _ := boss.post("/console/settings", hiddenOf(t, body, "/console/settings")...); status != http.StatusOK || path != "/console/settings" {
		t.Fatalf("setting: %d at %s", status, path)
	}
	early := time.Date(2026, 11, 23, 9, 45, 0, 0, intents.Zone) // a Monday
	if open, next := s.engine.live.atWork().Open(early); open || !next.Equal(early.Add(15*time.Minute)) {
		t.Errorf("at 09:45 open %v, next %v: leads are late by other hours", open, next)
	}
	say("取消登记")
	if got := say("转人工"); !strings.Contains(got, "小榄服务中心") {
		t.Errorf("the old name is used: %q", got)
	}
	second := notice()
	if second == first || second == "" {
		t.Errorf("the notice is %q, and was %q", second, first)
	}
	all, err := s.engine.db.Notices(t.Context(), 100)
	if err != nil || len(all) != 12 || all[0].Actor != "boss" || all[11].Actor != "file" {
		t.Errorf("%d notices on record, %v", len(all), err)
	}
	r, err := http.Get(s.url + "/chat")
	if err != nil {
		t.Fatal(err)
	}
	if page := readAll(t, r.Body); !strings.Contains(page, "<h1 lang=\"zh-CN\">小榄服务中心</h1>") || !strings.Contains(page, "https://a.example/n") {
		t.Error("the chat page has the old name")
	}

	boss.post("/console/settings/channel", "channel", "guzhen", "to", "off", "comment", "迁移")
	if got := say("前20家奖励多少钱"); !strings.Contains(got, "暂停接待") || strings.Contains(got, "100万") {
		t.Errorf("a stopped channel says %q", got)
	}
	if got := say("我的进度"); strings.Contains(got, "暂停接待") || got == "" {
		t.Errorf("progress in a stopped channel: %q", got)
	}
	page := openPage(t, s.url)
	if got := page.say(t, utterance{words: "前20家奖励多少钱"}); !strings.Contains(got.text, "100万") {
		t.Errorf("another channel is stopped too: %q", got.text)
	}
	boss.post("/console/settings/channel", "channel", "guzhen", "to", "on")
	boss.post("/console/settings/reset", "name", "centre.name")
	say("取消登记")
	if got := say("转人工"); !strings.Contains(got, "古镇服务中心") {
		t.Errorf("after the reset: %q", got)
	}
	if third := notice(); third != first {
		t.Errorf("the file's notice is %q, and was %q", third, first)
	}
}

// What another replica stored is used when this one looks again, and what was set outlives a restart.
func TestWhatWasSetOutlivesThisProcess(t *testing.T) {
	c := testConfig(t)
	s := startSite(t, c)
	db := s.engine.db
	if err := db.Choose(t.Context(), "boss", []store.Choice{{Name: "centre.name", Value: "小榄服务中心"}}); err != nil {
		t.Fatal(err)
	}
	if err := db.SwitchOff(t.Context(), store.Switch{Kind: store.ChannelSwitch, Name: webChannel, Actor: "boss", Comment: "x"}); err != nil {
		t.Fatal(err)
	}
	if err := db.SwitchOff(t.Context(), store.Switch{Kind: store.DocumentSwitch, Name: "gd-2012-sme-platforms", Actor: "boss", Comment: "x"}); err != nil {
		t.Fatal(err)
	}
	says := func(s *site) (web, terminal string) {
		t.Helper()
		m := bot.Message{Key: newID(), From: bot.Address{Channel: webChannel, Platform: bot.Web, User: newID()}, Kind: bot.KindText, Text: "前20家奖励多少钱"}
		r, err := s.webHandler(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		m.Key, m.From.Channel, m.From.Platform = newID(), "terminal", bot.Terminal
		other, err := s.dispatcher.Handle(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return r.Text, other.Text
	}
	if err := s.engine.refreshOperating(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"after it looked again", "after a restart"} {
		if web, terminal := says(s); !strings.Contains(web, "暂停接待") || !strings.Contains(web, "小榄服务中心") || strings.Contains(terminal, "100万") {
			t.Errorf("%s: %q, %q", when, web, terminal)
		}
		if when == "after it looked again" {
			s.end(t)
			s = startSite(t, c)
		}
	}
	if out := must(t, "", "knowledge", "list", "--data", c.Data); !strings.Contains(out, "\tswitched off\n") {
		t.Errorf("the list of documents: %q", out)
	}
	// A file that no longer goes with what was set is used alone, and the log says so.
	s.end(t)
	long := c
	long.Centre.Contact = strings.Repeat("长", 150)
	s = startSite(t, c)
	if err := s.engine.db.Choose(t.Context(), "boss", []store.Choice{{Name: "centre.name", Value: strings.Repeat("宽", 200)}}); err != nil {
		t.Fatal(err)
	}
	s.end(t)
	s = startSite(t, long)
	if name := s.engine.live.values.Load().Centre.Name; name != "" || !strings.Contains(s.log.String(), "set them again") {
		t.Errorf("the name in force is %.30q", name)
	}
}

// An import from the console is whole: one file that is refused and nothing is stored, in the index neither.
func TestConsoleImportIsWhole(t *testing.T) {
	s := startSite(t, testConfig(t))
	dir := t.TempDir()
	office := backOffice{s.program}
	docs := readDocs(t, write(t, filepath.Join(dir, "a.txt"), edition("", "1111", "2018年3月1日")), write(t, filepath.Join(dir, "b.txt"), edition("（2022年修订）", "3333", "2022年3月1日")))
	plan, err := office.Plan(t.Context(), docs)
	if err != nil || len(plan) != 2 || plan[0].What != "new" || plan[1].What != "replaced" || plan[1].Other != "2018-03-01" {
		t.Errorf("the plan is %+v, %v", plan, err)
	}
	if rows, _ := s.engine.db.Documents(t.Context()); len(rows) != 0 {
		t.Error("planning stored something")
	}
	own := docs[0]
	own.ID, own.Title = s.engine.base.Documents()[0].ID, s.engine.base.Documents()[0].Title
	if _, _, err := office.Import(t.Context(), append(docs, own)); err == nil {
		t.Error("a refused document was imported")
	}
	if rows, _ := s.engine.db.Documents(t.Context()); len(rows) != 0 || len(s.engine.base.Documents()) != 1 {
		t.Error("of a refused import something was stored")
	}
	done, indexing, err := office.Import(t.Context(), docs)
	if err != nil || indexing || len(done) != 2 {
		t.Fatalf("the import: %+v, %v, %v", done, indexing, err)
	}
	rows, err := s.engine.db.Documents(t.Context())
	if err != nil || len(rows) != 2 || rows[1].ID != editionID+"@2018-03-01" || len(s.engine.base.Documents()) != 2 {
		t.Errorf("%d versions are held, %v", len(rows), err)
	}
	if out := must(t, "", "knowledge", "show", editionID, "2", "--data", s.config.Data); !strings.Contains(out, "3333") {
		t.Errorf("the newer version: %q", out)
	}
	if done, _, err := office.Import(t.Context(), docs); err != nil || done[0].What != "unchanged" {
		t.Errorf("the same again: %+v, %v", done, err)
	}
}

// readDocs reads policy files.
func readDocs(t *testing.T, paths ...string) []knowledge.Document {
	t.Helper()
	var docs []knowledge.Document
	for _, p := range paths {
		d, err := parse.File(p)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"smebot/store"
)

// TestTakingOver follows a thread through its hands: bot, staff, bot. What staff write leaves by the platform's API.
func TestTakingOver(t *testing.T) {
	sent := make(chan string, 4)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(r.URL.Path, "token") {
			_, _ = io.WriteString(w, `{"access_token":"a","expires_in":7200}`)
			return
		}
		sent <- r.URL.Path + " " + string(body)
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	defer api.Close()
	a, c := newAccount("guzhen"), testConfig(t)
	ch := a.channel()
	ch.APIBase = api.URL
	c.Channels = []ChannelConfig{ch}
	s := startSite(t, c)
	from := newOpenID()
	say := func(words string) string { return a.deliver(t, s.url, from, a.text(from, words)) }
	number, _ := refer(t, newPerson(), func(u utterance) heard { return heard{text: say(u.words)} })
	db := s.engine.db
	lead, err := db.Lead(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.TakeOver(t.Context(), number, "li"); err != nil {
		t.Fatal(err)
	}
	if got := say("前20家奖励多少钱"); got == "" || strings.Contains(got, "100万") {
		t.Errorf("the first message after taking over: %q", got)
	}
	if got := say("在吗"); got != "" {
		t.Errorf("the bot goes on talking: %q", got)
	}
	if err := db.Reply(t.Context(), number, "li", "form", "您好，我是服务中心的同事"); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-sent:
		if !strings.Contains(got, "/message/custom/send") || !strings.Contains(got, "服务中心的同事") || !strings.Contains(got, from) {
			t.Errorf("sent: %s", brief(got))
		}
	case <-time.After(hangGuard):
		t.Fatal("nothing was sent")
	}
	if err := db.Release(t.Context(), number, "li"); err != nil {
		t.Fatal(err)
	}
	if got := say("前20家奖励多少钱"); !strings.Contains(got, "100万") {
		t.Errorf("after the release: %q", got)
	}
	talk, err := db.Transcript(t.Context(), lead.From, 100)
	if err != nil {
		t.Fatal(err)
	}
	said := map[store.Speaker]string{}
	for _, u := range talk {
		said[u.By] += u.Text + "\n"
	}
	if !strings.Contains(said[store.ByPerson], "在吗") || !strings.Contains(said[store.ByStaff], "同事") || !strings.Contains(said[store.ByBot], "100万") {
		t.Errorf("the thread lacks something of %d utterances", len(talk))
	}
	if digits := lead.Phone.Reveal()[3:]; strings.Contains(said[store.ByPerson]+said[store.ByBot], digits) {
		t.Error("the thread holds the phone number")
	}
}

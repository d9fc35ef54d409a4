package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"smebot/bot"
)

// post is what waits for people, by session.
type post map[string][]bot.Outgoing

func (p post) news(_ context.Context, who bot.Address, shown []string) ([]bot.Outgoing, error) {
	if who.Channel != "web" || who.Platform != bot.Web {
		return nil, fmt.Errorf("asked for %+v", who)
	}
	var left []bot.Outgoing
	for _, o := range p[who.User] {
		if !strings.Contains(strings.Join(shown, " "), o.ID) {
			left = append(left, o)
		}
	}
	p[who.User] = left
	return left, nil
}

// fetch asks for news as the page does.
func (v *visitor) fetch(body string) (int, []newsItem) {
	v.t.Helper()
	r, b := v.do("POST", "/chat/news", body, nil)
	var items []newsItem
	if r.StatusCode == http.StatusOK {
		if err := json.Unmarshal(b, &items); err != nil || items == nil {
			v.t.Fatalf("%s: %q, %v", r.Status, b, err)
		}
	}
	return r.StatusCode, items
}

func (v *visitor) session() string {
	v.t.Helper()
	req, _ := http.NewRequest("GET", v.base, nil)
	return v.client.Jar.Cookies(req.URL)[0].Value
}

func TestNewsWaitsUntilItIsShown(t *testing.T) {
	p := post{}
	base := serve(t, &desk{}, Options{News: p.news})
	v, other := visit(t, base), visit(t, base)
	if status, items := v.fetch(`{}`); status != 200 || len(items) != 0 {
		t.Errorf("%d, %+v", status, items)
	}
	p[v.session()] = []bot.Outgoing{{ID: "news:1", Reply: bot.Reply{Text: "有进展"}}, {ID: "ask:1", Reply: bot.Reply{Text: "帮上忙了吗", Menu: 9, Choices: []bot.Choice{{Label: "是", Value: "是"}}}}}
	for range 2 { // an answer may get lost
		if status, items := v.fetch(`{"shown":[]}`); status != 200 || len(items) != 2 || items[0].ID != "news:1" || items[1].Text != "帮上忙了吗" || items[1].Menu != 9 || len(items[1].Choices) != 1 {
			t.Errorf("%d, %+v", status, items)
		}
	}
	if _, items := other.fetch(`{"shown":["news:1","ask:1"]}`); len(items) != 0 {
		t.Errorf("another person's: %+v", items)
	}
	if _, items := v.fetch(`{"shown":["news:1"]}`); len(items) != 1 || items[0].ID != "ask:1" {
		t.Errorf("%+v", items)
	}
	if _, items := v.fetch(`{"shown":["ask:1"]}`); len(items) != 0 {
		t.Errorf("%+v", items)
	}
}

func TestNewsIsNobodyElses(t *testing.T) {
	base := serve(t, &desk{}, Options{News: post{}.news})
	stranger := &visitor{t, base, &http.Client{}}
	if status, _ := stranger.fetch(`{}`); status != http.StatusForbidden {
		t.Errorf("without a session: %d", status)
	}
	v := visit(t, base)
	for _, bad := range []string{``, `[]`, `{"shown":1}`, `{"shown":[` + strings.Repeat(`"x",`, maxShown) + `"x"]}`, strings.Repeat(" ", maxBody+1)} {
		if status, _ := v.fetch(bad); status != http.StatusBadRequest {
			t.Errorf("%.20s: %d", bad, status)
		}
	}
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example", "Content-Type": "text/plain"} {
		if r, _ := v.do("POST", "/chat/news", `{}`, map[string]string{header: value}); r.StatusCode/100 != 4 {
			t.Errorf("%s: %s", header, r.Status)
		}
	}
	if r, _ := v.do("GET", "/chat/news", "", nil); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %s", r.Status)
	}
}

func TestNewsWithoutAStore(t *testing.T) {
	base := serve(t, &desk{}, Options{News: func(context.Context, bot.Address, []string) ([]bot.Outgoing, error) { return nil, errors.New("down") }})
	if status, _ := visit(t, base).fetch(`{}`); status != http.StatusServiceUnavailable {
		t.Errorf("%d", status)
	}
	base = serve(t, &desk{}, Options{})
	if status, items := visit(t, base).fetch(`{}`); status != 200 || len(items) != 0 {
		t.Errorf("%d, %+v", status, items)
	}
}

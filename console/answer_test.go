package console

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/store"
)

var (
	linkField = regexp.MustCompile(`/console/answer/[A-Za-z0-9_.-]+`)
	csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)
)

// stranger is a browser without an account.
func stranger(t *testing.T) func(method, address string, form url.Values) (int, string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	return func(method, address string, form url.Values) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		a, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, string(b)
	}
}

func TestOrganisationAnswers(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li := w.signed("li", store.RoleAgent)
	at := "/console/leads/" + l.Number
	li.post(at+"/move", "version", "1", "to", "contacted")
	li.post(at+"/pass", "version", "2", "organisation", "古镇灯饰检测中心")
	if _, body := li.post(at + "/link"); linkField.MatchString(body) {
		t.Error("a link before the lead was referred")
	}
	li.post(at+"/move", "version", "3", "to", "referred")
	_, body := li.post(at + "/link")
	link := linkField.FindString(body)
	if link == "" {
		t.Fatal("no link")
	}
	ask := stranger(t)
	status, page := ask(http.MethodGet, w.web.URL+link, nil)
	holds(t, "the organisation's page", page, "古镇灯饰检测中心", "想贷款买两台设备", "仍然需要帮助")
	lacks(t, "the organisation's page", page, "13800100001", "陈大文", "光明灯饰")
	if status != http.StatusOK || w.read(l.Number).Version != 4 {
		t.Errorf("opening the link changed the lead, or failed: %d", status)
	}
	if status, _ := ask(http.MethodPost, w.web.URL+link, url.Values{"answer": {"accepted"}}); status != http.StatusForbidden || w.read(l.Number).Version != 4 {
		t.Errorf("a POST that no page confirmed: %d", status)
	}
	csrf := csrfField.FindStringSubmatch(page)[1]
	for range 2 {
		ask(http.MethodPost, w.web.URL+link, url.Values{"answer": {"accepted"}, "csrf": {csrf}})
	}
	if now := w.read(l.Number); now.Status != store.InService || now.Version != 6 {
		t.Errorf("after accepting twice: %s, version %d", now.Status, now.Version)
	}
	_, page = ask(http.MethodGet, w.web.URL+link, nil)
	holds(t, "the page after accepting", page, "13800100001", "陈大文")
	li.post(at+"/pass", "version", "6", "organisation", "石湾检测所")
	_, page = ask(http.MethodGet, w.web.URL+link, nil)
	holds(t, "the page once another has it", page, "改请了另一家机构", "仍然需要帮助", "您的答复：接手", "不再显示", `name="answer"`)
	lacks(t, "the page once another has it", page, "13800100001", "陈大文", "已经接手")
	ask(http.MethodPost, w.web.URL+link, url.Values{"answer": {"accepted"}, "csrf": {csrf}})
	_, page = ask(http.MethodGet, w.web.URL+link, nil)
	holds(t, "the page after offering help again", page, "您的答复：接手", "服务中心会看到")
	lacks(t, "the page after offering help again", page, "13800100001", "陈大文")
	_, page = li.get("/console/leads?view=answered")
	holds(t, "the list of answers", page, l.Number, "另有机构愿意接手")
	_, page = li.get(at)
	holds(t, "the lead that another offers to take", page, "另有机构愿意接手", at+"/heard")
	if strings.Count(page, "机构接手 · 古镇灯饰检测中心") != 2 {
		t.Error("the second offer is not in the history")
	}
	if status, _ := li.post(at+"/heard", "version", "8"); status != http.StatusSeeOther || w.audited("lead.heard") != 1 {
		t.Errorf("an offer seen: %d", status)
	}
	_, page = li.get(at)
	lacks(t, "the lead once the offer was seen", page, at+"/heard")
	li.post(at+"/move", "version", "9", "to", "closed", "reason", "helped")
	if status, page := ask(http.MethodGet, w.web.URL+link, nil); status != http.StatusGone || strings.Contains(page, "想贷款") {
		t.Errorf("after closing: %d", status)
	}
	if status, _ := ask(http.MethodGet, w.web.URL+link[:len(link)-2]+"xx", nil); status != http.StatusGone {
		t.Errorf("an altered link: %d", status)
	}
}

// What an organisation cannot do is put before staff until they act.
func TestOrganisationGivesBack(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li := w.signed("li", store.RoleAgent)
	at := "/console/leads/" + l.Number
	w.must(w.db.MoveLead(t.Context(), l.Number, 1, store.Contacted, "", "li"))
	w.must(w.db.HandLead(t.Context(), l.Number, 2, "", "检测中心", "li"))
	w.must(w.db.MoveLead(t.Context(), l.Number, 3, store.Referred, "", "li"))
	_, body := li.post(at + "/link")
	link, ask := linkField.FindString(body), stranger(t)
	_, page := ask(http.MethodGet, w.web.URL+link, nil)
	for _, answer := range []struct{ word, mark, advice string }{
		{"cannot help", "机构帮不了", "改请别的机构"}, {"reached nobody", "机构联系不上企业", "核对电话"},
	} {
		ask(http.MethodPost, w.web.URL+link, url.Values{"answer": {answer.word}, "csrf": {csrfField.FindStringSubmatch(page)[1]}})
		_, body = li.get("/console/leads?view=answered")
		holds(t, "the list after "+answer.word, body, l.Number, answer.mark)
		_, body = li.get(at)
		holds(t, "the lead after "+answer.word, body, answer.mark, answer.advice)
		if _, body = li.get("/console/"); !strings.Contains(body, `view=answered">机构答复 <span class="many">1</span>`) {
			t.Errorf("the first page does not tell of %s", answer.word)
		}
	}
	li.post(at+"/pass", "version", "6", "other", "石湾检测所")
	_, body = li.get("/console/leads?view=answered")
	lacks(t, "the list once another was asked", body, at)
}

package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/store"
)

// TestPD08_EveryGivingLeavesARecord passes leads on. The log tells who was given what of which lead and what for, holds
// none of the values, and stays as it is when the leads are erased.
func TestPD08_EveryGivingLeavesARecord(t *testing.T) {
	w := openDesk(t)
	li := w.signed("li", store.RoleAgent)
	const n = 20
	var numbers []string
	for i := range n {
		l := w.lead(i+1, bot.WeChat)
		at := "/console/leads/" + l.Number
		li.post(at+"/move", "version", "1", "to", "contacted")
		li.post(at+"/pass", "version", "2", "organisation", "古镇灯饰检测中心")
		li.post(at+"/move", "version", "3", "to", "referred")
		_, body := li.post(at + "/link")
		ask := stranger(t)
		link := w.web.URL + linkField.FindString(body)
		_, page := ask(http.MethodGet, link, nil)
		for range 2 { // twice is one giving
			ask(http.MethodPost, link, url.Values{"answer": {"accepted"}, "csrf": {csrfField.FindStringSubmatch(page)[1]}})
		}
		numbers = append(numbers, l.Number)
	}
	check := func(when string) {
		t.Helper()
		for action, by := range map[string]string{"lead.pass": "li", "lead.link": "li", "export": "organisation"} {
			log, err := w.db.Audit(t.Context(), store.AuditFilter{Action: action, Limit: 10 * n})
			w.must(err)
			if len(log) != n {
				t.Errorf("%s: %d records of %s, want %d", when, len(log), action, n)
			}
			for _, a := range log {
				if !strings.Contains(a.Detail, "古镇灯饰检测中心") || a.Actor != by || a.At.IsZero() {
					t.Errorf("%s: record %+v", when, a)
				}
			}
		}
		for _, number := range numbers {
			given, err := w.db.Disclosures(t.Context(), number)
			w.must(err)
			if len(given) != 1 || given[0].Receiver != "古镇灯饰检测中心" || given[0].Purpose == "" || given[0].At.IsZero() || strings.Join(given[0].Fields, " ") != "town platform need firm contact phone" {
				t.Errorf("%s: %s was given out as %+v", when, number, given)
			}
		}
		log, err := w.db.Audit(t.Context(), store.AuditFilter{Limit: 100 * n})
		w.must(err)
		for _, a := range log {
			if strings.Contains(a.Detail+a.Subject, "13800") || strings.Contains(a.Detail, "陈大文") || strings.Contains(a.Detail, "光明灯饰") {
				t.Errorf("%s: a value stands in the log: %+v", when, a)
			}
		}
	}
	check("before erasing")
	for i, number := range numbers {
		l := w.read(number)
		c, err := w.db.Conversation(t.Context(), l.From)
		w.must(err)
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "erase" + number, From: l.From, At: w.clock(), Version: c.Version, Effects: []bot.Effect{store.ErasePerson{Who: l.From}}}))
		if w.read(number).Phone != "" {
			t.Fatalf("lead %d is not erased", i)
		}
	}
	check("after erasing")
	w.must(w.db.Verify(t.Context()))
}

// TestPD25_NothingLeavesWithoutAReasonInTheLog: a number is shown for a reason only, and showing it or printing a lead's
// sheet is logged with who did it.
func TestPD25_NothingLeavesWithoutAReasonInTheLog(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li := w.signed("li", store.RoleAgent)
	at := "/console/leads/" + l.Number
	for _, reason := range []string{"", "curious"} {
		if _, body := li.post(at+"/phone", "reason", reason); strings.Contains(body, strings.TrimPrefix(l.Phone.Reveal(), "+86")) {
			t.Errorf("the number is shown for the reason %q", reason)
		}
	}
	if log, err := w.db.Audit(t.Context(), store.AuditFilter{Action: "lead"}); err != nil || len(log) != 0 {
		t.Errorf("a refusal is logged as a showing: %v, %v", log, err)
	}
	li.post(at+"/phone", "reason", revealReasons[0])
	if status, _ := li.get(at + "/sheet"); status != http.StatusOK {
		t.Fatalf("the sheet: %d", status)
	}
	log, err := w.db.Audit(t.Context(), store.AuditFilter{Action: "lead"})
	w.must(err)
	if len(log) != 2 || log[1].Action != "lead.phone" || log[1].Detail != revealReasons[0] || log[0].Action != "lead.sheet" || log[0].Actor != "li" || log[0].Subject != l.Number {
		t.Errorf("log: %+v", log)
	}
}

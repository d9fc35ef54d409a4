package console

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/console/hostile"
	"smebot/store"
)

// payloads are some of what strangers write to make a page do their bidding: one of every fifteen, of all kinds. The
// crawl of the whole program has them all.
var payloads = func() (some []string) {
	for i, p := range hostile.Payloads() {
		if i%15 == 0 {
			some = append(some, p)
		}
	}
	return some
}()

// alien reports what of a page's elements and attributes came from a payload.
func alien(body string) string {
	why, err := hostile.Alien(strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	return why
}

// TestF083PayloadsOnTheDesk takes payloads the way staff's own forms take them, and tells at once which one is wrong.
func TestF083PayloadsOnTheDesk(t *testing.T) {
	w := openDesk(t)
	wu := w.signed("wu", store.RoleSupervisor)
	for i, p := range payloads {
		l := store.Lead{
			Number: fmt.Sprintf("20261123-%06d", i+1), Created: w.clock(), Firm: p, Town: p, Contact: p, Need: p, Platform: p, Phone: "+8613800100001",
			From: bot.Address{Channel: p, Platform: bot.Telegram, User: p}, Draft: fmt.Sprint(i), Organisation: p,
			Consent: store.Consent{Version: p, At: w.clock(), Receiver: p, Abroad: true},
		}
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: l.Number, From: l.From, Effects: []bot.Effect{store.SaveLead{Lead: l}}, Talk: bot.Talk{Said: p, Replied: p}}))
		at := "/console/leads/" + l.Number
		wu.post("/console/canned", "title", p[:min(len(p), maxCannedTitle)], "text", p)
		wu.post(at+"/note", "version", "1", "note", p)
		wu.post(at+"/pass", "version", "2", "other", p)
		wu.post(at + "/thread/take")
		wu.post(at+"/thread/reply", "form", "f", "text", p)
		token, err := w.db.AnswerLink(l.Number, p, w.clock().Add(store.AnswerLife))
		w.must(err)
		for _, path := range []string{"/console/leads", "/console/leads?q=" + url.QueryEscape(p), at, at + "/thread", at + "/sheet", "/console/canned", "/console/answer/" + token} {
			status, body := wu.get(path)
			if status != 200 {
				t.Errorf("payload %d at %s: %d", i, path, status)
			}
			if bad := alien(body); bad != "" {
				t.Errorf("payload %d at %s: %s", i, path, bad)
			}
		}
	}
}

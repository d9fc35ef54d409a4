package console

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"smebot/bot"
	"smebot/store"
)

// payloads are what strangers write to make a page do their bidding.
var payloads = []string{
	`<script>x7()</script>`, `"><img src=x onerror=x7()>`, `'><svg/onload=x7()>`, `</textarea><script>x7()</script>`, `</title><script>x7()</script>`,
	`javascript:x7()`, `{{.CSRF}}`, `<a href="javascript:x7()">x</a>`, `" autofocus onfocus="x7()`, `<!--<script>x7()//-->`,
	"<iframe srcdoc='<script>x7()</script>'>", "\u202e<b onmouseover=x7()>", "<style>@import 'x7'</style>", `<math><mtext></table><mglyph><style><!--</style><img title="--><img src=1 onerror=x7()>">`,
}

// alien reports what of a page's elements and attributes came from a payload.
func alien(body string) string {
	tokens := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return ""
		}
		tok := tokens.Token()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		switch tok.Data {
		case "img", "svg", "iframe", "style", "math", "b":
			return "<" + tok.Data + ">"
		case "script":
			if !strings.Contains(tok.String(), `src="/console/static/`) {
				return tok.String()
			}
		}
		for _, a := range tok.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "autofocus" || a.Key == "href" && strings.HasPrefix(a.Val, "javascript:") {
				return tok.String()
			}
		}
	}
}

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
		wu.post(at+"/pass", "version", "2", "organisation", p)
		wu.post(at + "/thread/take")
		wu.post(at+"/thread/reply", "form", "f", "text", p)
		token, err := w.db.AnswerLink(l.Number, p, w.clock().Add(store.AnswerLife))
		w.must(err)
		for _, path := range []string{"/console/leads", "/console/leads?q=" + strings.NewReplacer(" ", "+", "<", "%3C", ">", "%3E", `"`, "%22", "#", "%23", "\u202e", "", "{", "%7B", "}", "%7D").Replace(p), at, at + "/thread", at + "/sheet", "/console/canned", "/console/answer/" + token} {
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

package console

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// rawKey is a key of the catalogue that stands for itself on a page, because it has no sentence.
var rawKey = regexp.MustCompile(`[>：:]\s*((?:questions|teach|lessons|outcome|verdict|intent|knowledge|force|check|finding|import|try|why|language|slot|settings|notices|letters|stopped|act|error)\.[a-z._-]+)`)

// What strangers and careless colleagues write is text on every page of questions, knowledge, settings and dead letters,
// in both languages, and every sentence of those pages is there.
func TestF083PayloadsInTheOffice(t *testing.T) {
	for i, p := range payloads {
		w := openOffice(t)
		wu, boss := w.signed("wu", store.RoleSupervisor), w.signed("boss", store.RoleAdmin)
		id := fmt.Sprint("evil", i)
		evil := knowledge.Document{ID: id, Title: p, Issuer: p, Source: p, Preamble: p, Dated: p, Articles: []knowledge.Article{{Number: 1, Heading: p, Chapter: p, Text: p + "周末服务中心开门吗" + p}}}
		w.must(w.base.Replace([]knowledge.Document{evil}, nil))
		w.must(w.db.SaveDocument(t.Context(), store.Document{ID: id + "@" + p, Title: p, Hash: "h", Body: []byte(`{"id":"x","title":"t","history":true}`), Source: p}))
		w.asks(p+"周末服务中心开门吗", p, true)
		w.asks("怎么给外国人办工作许可"+p, p, false)
		_, body := wu.get("/console/questions")
		at := groupLink.FindStringSubmatch(body)[1]
		w.must(w.db.SaveLesson(t.Context(), store.Lesson{ID: "L" + fmt.Sprint(i), Label: string(understand.AnswerLabel("L" + fmt.Sprint(i))), Words: p, Basis: store.Basis{Title: p, Link: p, Number: p, Date: p}, Review: "2027-01-01", Actor: "wu", Examples: []string{p}}, nil))
		w.must(w.db.SwitchOff(t.Context(), store.Switch{Kind: store.DocumentSwitch, Name: id, Actor: p, Comment: p}))
		w.must(w.db.SwitchOff(t.Context(), store.Switch{Kind: store.ChannelSwitch, Name: "web", Actor: p, Comment: p}))
		w.must(w.db.Choose(t.Context(), p, []store.Choice{{Name: SetName, Value: p}}))
		w.must(w.db.NoteNotices(t.Context(), []store.NoticeText{{Version: p, Language: "zh", Words: p, Actor: p}}))
		from := bot.Address{Channel: p, Platform: bot.WeChat, User: p}
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "k", From: from, Outgoing: []bot.Outgoing{{ID: "reply:k", To: from, Reply: bot.Reply{Text: p}}, {ID: "wait", To: from, Reply: bot.Reply{Text: p}}}}))
		w.must(w.db.GiveUp(t.Context(), "reply:k", p))
		pages := map[string]*person{
			"/console/questions": wu, at: wu, at + "?find=" + url.QueryEscape(p): wu, "/console/questions/taught": wu, "/console/knowledge": wu, "/console/knowledge?q=" + url.QueryEscape(p): wu,
			"/console/knowledge/documents/" + id: wu, "/console/knowledge/documents/" + url.PathEscape(id+"@"+p): wu, "/console/knowledge/check": wu, "/console/knowledge/import": wu,
			"/console/knowledge/try?q=" + url.QueryEscape(p): wu, "/console/settings": boss, "/console/settings/notices": boss, "/console/letters": boss, "/console/audit": boss,
		}
		look := func(what, body string) {
			t.Helper()
			if bad := alien(body); bad != "" {
				t.Errorf("payload %d at %s: %s", i, what, bad)
			}
			// The audit log names actions beside their words.
			if m := rawKey.FindStringSubmatch(body); m != nil && !strings.HasPrefix(what, "/console/audit") {
				t.Errorf("%s shows a key without a sentence: %s", what, m[1])
			}
		}
		for _, lang := range []string{"zh", "en"} {
			for path, who := range pages {
				status, body := who.in(lang, path)
				if status != http.StatusOK {
					t.Errorf("payload %d at %s: %d", i, path, status)
				}
				look(path+" "+lang, body)
			}
		}
		for what, pairs := range map[string][]string{
			"a fault":     {"kind", p, "examples", p, "words", p, "title", p, "link", p, "number", p, "find", p},
			"a rehearsal": {"kind", "answer", "examples", "某种问法" + strings.ReplaceAll(p, "<", "‹"), "words", p, "title", p + "名称", "number", p, "date", "2026-01-01", "review", "2027-01-01", "find", p},
		} {
			if what == "a rehearsal" && i%4 != 0 { // half a second each
				continue
			}
			_, body := wu.post(at+"/rehearse", pairs...)
			look(what, body)
		}
		_, body = boss.post("/console/settings", SetName, p, SetContact, p, SetHoursWords, p, SetHours, "Mon 09:00-10:00", SetNotice, "")
		look("values to be confirmed", body)
		_, body = boss.post("/console/settings/channel", "channel", "tg", "to", "off", "comment", strings.Repeat(p, 50))
		look("a comment that is too long", body)
		_, body = wu.upload("/console/knowledge/preview", map[string]string{"source": p}, p+".txt", p+"\n第一条 "+p+"\n")
		look("an upload", body)
		_, body = wu.upload("/console/knowledge/preview", map[string]string{}, "a.txt", p+"\n第一条 "+p+"\n", "b.docx", p)
		look("an upload with faults", body)
	}
}

// in asks for a page in a language.
func (p *person) in(lang, path string) (status int, body string) {
	p.w.Helper()
	r, err := http.NewRequestWithContext(p.w.Context(), http.MethodGet, p.w.web.URL+path, nil)
	p.w.must(err)
	r.AddCookie(&http.Cookie{Name: "smebot-session", Value: p.token})
	r.AddCookie(&http.Cookie{Name: langCookie, Value: lang})
	a, err := http.DefaultClient.Do(r)
	p.w.must(err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	p.w.must(err)
	return a.StatusCode, string(b)
}

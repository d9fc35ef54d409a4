package console

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
	"smebot/teach"
)

// officeWorld is a desk with a bot behind it that can be taught and changed.
type officeWorld struct {
	*deskWorld
	base   *knowledge.Base
	mind   *understand.Understander
	shelf  *teach.Shelf
	office *smallOffice
	asked  int
}

// subsidy is an imported document.
var subsidy = knowledge.Document{ID: "古镇灯饰展会补贴办法", Title: "古镇灯饰展会补贴办法", Dated: "2024-03-01", Expires: "2030-12-31", Articles: []knowledge.Article{
	{Number: 1, Heading: "第一条", Text: "为扶持灯饰产业，制定本办法。"},
	{Number: 2, Heading: "第二条", Text: "对参加灯光展的企业，每家给予3000元展位补贴。"},
}}

// smallOffice changes the bot of a test as the program does, with a base in memory.
type smallOffice struct {
	db      *store.DB
	base    *knowledge.Base
	shelf   *teach.Shelf
	file    map[string]string
	reloads []string // who asked
	refuse  bool     // the next import finds a document that is refused
	busy    bool     // another import is being indexed
	docs    []knowledge.Document
}

func (o *smallOffice) Reload(ctx context.Context, actor string) error {
	o.reloads = append(o.reloads, actor)
	switches, err := o.db.Switches(ctx)
	if err != nil {
		return err
	}
	var off []string
	for _, s := range switches {
		if s.Kind == store.DocumentSwitch {
			off = append(off, s.Name)
		}
	}
	o.base.SwitchOff(off)
	return o.shelf.Load(ctx)
}

func (o *smallOffice) FileValues() map[string]string { return o.file }

func (o *smallOffice) Options(values map[string]string) intents.Options {
	get := func(name string) string {
		if v, set := values[name]; set {
			return v
		}
		return o.file[name]
	}
	return intents.Options{Centre: get(SetName), Contact: get(SetContact), Hours: get(SetHoursWords), Open: get(SetHours)}
}

func (o *smallOffice) Plan(_ context.Context, docs []knowledge.Document) ([]Filed, error) {
	var list []Filed
	for _, d := range docs {
		f := Filed{ID: d.ID, Title: d.Title, What: FiledNew, Date: d.VersionDate()}
		if f.Date == "" {
			f.Date = undatedVersion
		}
		for _, have := range o.docs {
			switch {
			case have.ID == d.ID && have.VersionDate() == d.VersionDate():
				if f.What = FiledUnchanged; have.Articles[0].Text != d.Articles[0].Text {
					f.What, f.Other = FiledChanged, f.Date+".1"
				}
			case have.ID == d.ID:
				f.What, f.Other = FiledReplaced, have.VersionDate()
			}
		}
		if d.ID == o.base.Documents()[0].ID {
			f.What = FiledRefused
		}
		list = append(list, f)
	}
	return list, nil
}

func (o *smallOffice) Import(ctx context.Context, docs []knowledge.Document) ([]Filed, bool, error) {
	done, err := o.Plan(ctx, docs)
	switch {
	case o.busy:
		return nil, false, ErrImporting
	case o.refuse || err != nil:
		return done, false, ErrRefused
	}
	o.docs = append(o.docs, docs...)
	return done, false, o.base.Replace(o.docs, nil)
}

// lend adds to a console what its pages on the bot need.
func lend(t *testing.T, c *Config) {
	t.Helper()
	docs := []knowledge.Document{subsidy}
	base, err := knowledge.Open(knowledge.Options{Documents: docs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := base.Close(); err != nil {
			t.Error(err)
		}
	})
	mind, err := understand.New()
	if err != nil {
		t.Fatal(err)
	}
	c.Base = base
	c.Shelf = teach.New(teach.Config{Store: c.Store, Base: base, Mind: mind, Clock: c.Clock, Router: func(u intents.Understander, a intents.Answers) *intents.Router {
		return intents.New(intents.Config{Understand: u, Knowledge: base, Answers: a})
	}})
	c.Office = &smallOffice{db: c.Store, base: base, shelf: c.Shelf, docs: docs, file: map[string]string{SetName: "古镇服务中心", SetContact: "0760-88888888", SetHours: intents.DefaultHours}}
	c.Channels = []Channel{{"web", "web"}, {"guzhen", "wechat"}, {"tg", "telegram"}}
}

func openOffice(t *testing.T) *officeWorld {
	t.Helper()
	w := &officeWorld{deskWorld: openDesk(t)}
	c := Config{Store: w.db, Clock: w.clock, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))}
	lend(t, &c)
	w.base, w.shelf, w.mind, w.office = c.Base, c.Shelf, c.Shelf.Mind, c.Office.(*smallOffice)
	w.web.Close()
	var err error
	w.server, err = New(c)
	w.must(err)
	w.web = httptest.NewServer(w.server)
	t.Cleanup(w.web.Close)
	return w
}

// asks notes a question that the bot did not answer.
func (w *officeWorld) asks(text, town string, wants bool) {
	w.Helper()
	w.asked++
	id := fmt.Sprint("q", w.asked)
	from := bot.Address{Channel: "tg", Platform: bot.Telegram, User: id}
	t := bot.Turn{Key: id, From: from, Effects: []bot.Effect{store.Question{ID: id, Text: text, Intent: "no_answer", Outcome: "no_answer", Town: town}}}
	if wants {
		t.Effects = append(t.Effects, store.WantAnswer{Who: from, Question: id, Language: "zh"})
	}
	w.must(w.db.CommitTurn(w.Context(), t))
	w.pass(time.Minute)
}

// says is what the bot answers a newcomer.
func (w *officeWorld) says(text string) string {
	w.Helper()
	why, err := w.shelf.Explain(w.Context(), text)
	w.must(err)
	return why.Reply.Text
}

func has(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(body, s) {
			t.Errorf("no %q in:\n%s", s, main(body))
		}
	}
}

func without(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, s := range words {
		if strings.Contains(body, s) {
			t.Errorf("%q is in:\n%s", s, main(body))
		}
	}
}

// main is the part of a page below its head and menu.
func main(body string) string {
	if _, after, ok := strings.Cut(body, "<main"); ok {
		return after
	}
	return body
}

// logged returns the latest lines of the audit log of an action, as "actor subject detail".
func (w *officeWorld) logged(action string) string {
	w.Helper()
	lines, err := w.db.Audit(w.Context(), store.AuditFilter{Action: action, Limit: 5})
	w.must(err)
	var out []string
	for _, l := range lines {
		out = append(out, strings.TrimSpace(l.Actor+" "+l.Action+" "+l.Subject+" "+l.Detail))
	}
	return strings.Join(out, "\n")
}

// upload posts files: name, content, name, content.
func (p *person) upload(path string, fields map[string]string, pairs ...string) (int, string) {
	p.w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	fields["csrf"] = p.w.server.token("csrf", p.token)
	for k, v := range fields {
		p.w.must(m.WriteField(k, v))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		f, err := m.CreateFormFile("file", pairs[i])
		p.w.must(err)
		_, err = io.WriteString(f, pairs[i+1])
		p.w.must(err)
	}
	p.w.must(m.Close())
	r := httptest.NewRequestWithContext(p.w.Context(), http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "smebot-session", Value: p.token})
	a := httptest.NewRecorder()
	p.w.server.ServeHTTP(a, r)
	return a.Code, a.Body.String()
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z_.]+)" value="([^"]*)">`)

// hidden returns the hidden fields of the form that posts to an address.
func hidden(t *testing.T, body, action string) []string {
	t.Helper()
	_, form, ok := strings.Cut(body, `action="`+action+`"`)
	form, _, end := strings.Cut(form, "</form>")
	if !ok || !end {
		t.Fatalf("no form to %s in:\n%s", action, main(body))
	}
	var pairs []string
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		if m[1] != "csrf" {
			pairs = append(pairs, m[1], strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#43;", "+").Replace(m[2]))
		}
	}
	return pairs
}

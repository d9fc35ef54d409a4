package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// seeded is a console with leads: one of another agent's, one of the agent's own, one of nobody's.
type seeded struct {
	*world
	theirs, own, free store.Lead
}

const otherAgent = "zhao"

func newSeeded(t *testing.T) *seeded {
	t.Helper()
	w := &seeded{world: newConsole(t)}
	w.must(w.db.AddAccount(t.Context(), "operator", otherAgent, store.RoleAgent, testHash(), time.Time{}))
	for i, l := range []*store.Lead{&w.theirs, &w.own, &w.free} {
		*l = leadOf(i+1, bot.Telegram, w.now())
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: l.Number, From: l.From, At: w.now(), Reply: bot.Reply{Text: "已登记"},
			Effects: []bot.Effect{store.SaveLead{Lead: *l}}, Talk: bot.Talk{Said: "确认提交", Replied: "已登记"}}))
	}
	for number, name := range map[string]string{w.theirs.Number: otherAgent, w.own.Number: "agent"} {
		_, err := w.db.AssignLeads(t.Context(), []store.Pick{{Number: number, Version: 1}}, name, "supervisor")
		w.must(err)
	}
	return w
}

// everyone signs every role in.
func (w *world) everyone() map[store.Role]*browser {
	all := map[store.Role]*browser{}
	for _, r := range store.Roles() {
		all[r] = w.signIn(r)
	}
	return all
}

// whole is a hash of all that is stored, but for what a visit itself leaves: sessions, and the log of who looked.
func (w *world) whole() string {
	w.Helper()
	db := w.file()
	tables, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT IN ('audit', 'sessions', 'counters') ORDER BY name`)
	w.must(err)
	var names []string
	for tables.Next() {
		var n string
		w.must(tables.Scan(&n))
		names = append(names, n)
	}
	w.must(tables.Close())
	if len(names) < 10 {
		w.Fatalf("only the tables %v", names)
	}
	sum := sha256.New()
	for _, n := range names {
		rows, err := db.Query("SELECT * FROM " + n)
		w.must(err)
		columns, err := rows.Columns()
		w.must(err)
		for rows.Next() {
			cells := make([]any, len(columns))
			for i := range cells {
				cells[i] = new(any)
			}
			w.must(rows.Scan(cells...))
			for i, c := range cells {
				if n == "staff" && columns[i] == "seen" {
					continue
				}
				fmt.Fprintf(sum, "%s.%s=%v;", n, columns[i], *c.(*any))
			}
		}
		w.must(rows.Err())
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// allowedTo returns a role that may pass a route by the table.
func allowedTo(table map[string]string, rt route) store.Role {
	roles := strings.Fields(table[rt.String()])
	if len(roles) == 0 || roles[0] == "all" || roles[0] == "public" {
		return store.RoleSupervisor
	}
	return store.Role(roles[len(roles)-1])
}

func TestF098ForgedForms(t *testing.T) {
	w := newSeeded(t)
	table, visitors := routeTable(t), w.everyone()
	stranger := w.browser()
	stranger.get("/console/signin")
	before := w.whole()
	forged := 0
	for _, rt := range w.server.routes() {
		b := visitors[allowedTo(table, rt)]
		path := pathOf(rt, w.own.Number)
		if !mutating(rt.method) {
			for _, b := range visitors { // asking changes nothing
				if strings.HasSuffix(path, "/events") {
					head(b, path)
				} else {
					b.get(path)
				}
			}
			continue
		}
		right := b.token
		for what, forge := range map[string]func(r *http.Request){
			"no token":               func(r *http.Request) { form(r, url.Values{}) },
			"another browser's":      func(r *http.Request) { form(r, url.Values{"csrf": {stranger.token}}) },
			"a made-up token":        func(r *http.Request) { form(r, url.Values{"csrf": {strings.Repeat("0", len(right))}}) },
			"the token in the query": func(r *http.Request) { r.URL.RawQuery = "csrf=" + right; form(r, url.Values{}) },
			"JSON": func(r *http.Request) {
				body(r, "application/json", `{"csrf":"`+right+`"}`)
			},
			"plain text that looks like a form": func(r *http.Request) { body(r, "text/plain", "csrf="+right) },
			"another site's page": func(r *http.Request) {
				form(r, url.Values{"csrf": {right}})
				r.Header.Set("Origin", "https://evil.example")
			},
			"another site's page, by what the browser says": func(r *http.Request) {
				form(r, url.Values{"csrf": {right}})
				r.Header.Del("Origin")
				r.Header.Set("Sec-Fetch-Site", "cross-site")
			},
		} {
			r, err := http.NewRequest(rt.method, w.http.URL+path, nil)
			w.must(err)
			r.Header.Set("Origin", w.http.URL)
			forge(r)
			if p := b.do(r); p.status != http.StatusForbidden {
				t.Errorf("%s with %s: %d", rt, what, p.status)
			}
			b.token = right
			forged++
		}
		if p := b.get(path); p.status < 400 && p.status != http.StatusSeeOther && !hasRoute(w.server, http.MethodGet, rt.pattern) {
			t.Errorf("GET of %s: %d", rt.pattern, p.status)
		}
	}
	if forged < 100 {
		t.Errorf("only %d forms were forged", forged)
	}
	if w.whole() != before {
		t.Error("something that is stored was changed")
	}
}

func hasRoute(s *Server, method, pattern string) bool {
	return slices.ContainsFunc(s.routes(), func(r route) bool { return r.method == method && r.pattern == pattern })
}

func body(r *http.Request, kind, text string) {
	r.Body, r.ContentLength = http.NoBody, int64(len(text))
	r.Body = readCloser{strings.NewReader(text)}
	r.Header.Set("Content-Type", kind)
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func form(r *http.Request, v url.Values) {
	body(r, "application/x-www-form-urlencoded", v.Encode())
}

// TestF100OthersLeads asks for another agent's lead by every route that names one, and looks for it on every page.
func TestF100OthersLeads(t *testing.T) {
	w := newSeeded(t)
	agent := w.signIn(store.RoleAgent)
	plain := func(p page, number string) string {
		return strings.ReplaceAll(formToken.ReplaceAllString(p.body, ""), number, "")
	}
	next := w.theirs.Number[:len(w.theirs.Number)-1] + "9" // one that is not there
	named := 0
	for _, rt := range w.server.routes() {
		if !strings.Contains(rt.pattern, "{number}") {
			continue
		}
		named++
		ask := func(number string) page {
			if rt.method == http.MethodGet {
				return agent.get(pathOf(rt, number))
			}
			return agent.post(pathOf(rt, number), "version", "2", "to", "contacted", "reason", "call", "note", "x", "organisation", "x", "text", "x", "form", "f", "assignee", "agent")
		}
		theirs, missing := ask(w.theirs.Number), ask(next)
		if theirs.status != http.StatusNotFound || missing.status != http.StatusNotFound {
			t.Errorf("%s of another's lead: %d, of none: %d", rt, theirs.status, missing.status)
		}
		if plain(theirs, w.theirs.Number) != plain(missing, next) {
			t.Errorf("%s tells a lead that is there from one that is not", rt)
		}
		if rt.method == http.MethodGet {
			for _, l := range []store.Lead{w.own, w.free} {
				if p := ask(l.Number); p.status != http.StatusOK {
					t.Errorf("%s of the agent's own lead, or nobody's: %d", rt, p.status)
				}
			}
		}
	}
	if named < 10 {
		t.Errorf("only %d routes name a lead", named)
	}
	if l, err := w.db.Lead(t.Context(), w.theirs.Number); err != nil || l.Version != 2 {
		t.Errorf("another's lead was changed: version %d, %v", l.Version, err)
	}
	pages := []string{
		"/console/leads?view=", "/console/leads?assignee=" + otherAgent, "/console/leads?q=" + w.theirs.Number, "/console/leads?q=" + url.QueryEscape(w.theirs.Firm),
		"/console/leads?q=" + w.theirs.Phone.Reveal()[3:], "/console/leads?view=late",
	}
	for _, rt := range w.server.routes() {
		if rt.method == http.MethodGet && !strings.HasSuffix(rt.pattern, "/events") {
			pages = append(pages, pathOf(rt, w.own.Number))
		}
	}
	for _, path := range pages {
		body := agent.get(path).body
		shown := strings.Contains(body, "/leads/"+w.theirs.Number) || strings.Contains(body, w.theirs.Firm) && !strings.Contains(path, "q=")
		if shown {
			t.Errorf("%s shows another agent's lead", path)
		}
	}
	if p := agent.get("/console/leads/events?lead=" + w.theirs.Number); p.status != http.StatusNotFound {
		t.Errorf("news of another agent's lead: %d", p.status)
	}
}

// TestPD15NoPageShowsANumber asks every page as every role: a number in clear is the answer to a form alone, and who
// may not see whom a lead is of does not.
func TestPD15NoPageShowsANumber(t *testing.T) {
	w := newSeeded(t)
	for role, b := range w.everyone() {
		for _, rt := range w.server.routes() {
			if rt.method != http.MethodGet || strings.HasSuffix(rt.pattern, "/events") {
				continue
			}
			body := b.get(pathOf(rt, w.free.Number)).body
			if strings.Contains(body, w.free.Phone.Reveal()[3:]) {
				t.Errorf("%s shows the %s a phone number", rt, role)
			}
			if role != store.RoleAgent && role != store.RoleSupervisor {
				for what, words := range map[string]string{"name": w.free.Contact, "need": w.free.Need, "firm": w.free.Firm, "user": w.free.From.User} {
					if strings.Contains(body, words) {
						t.Errorf("%s shows the %s the %s", rt, role, what)
					}
				}
			}
		}
	}
}

func TestF101FieldsThatNoFormHas(t *testing.T) {
	w := newSeeded(t)
	agent := w.signIn(store.RoleAgent)
	extra := []string{"role", "admin", "Role", "admin", "name", "admin", "actor", "admin", "by", "admin", "owner", "agent", "status", "done", "consent", "x", "created", "0",
		"phone", "+8613900000000", "firm", "<b>", "disabled", "0", "totp", "off", "once", "0", "number", w.theirs.Number, "13900000000", "x"}
	const fresh = "a quiet lane in guzhen"
	at := "/console/leads/" + w.own.Number
	if p := agent.post(at+"/note", append(extra, "version", "2", "note", "一句话")...); p.status != http.StatusSeeOther {
		t.Fatalf("a note with more fields than it has: %d", p.status)
	}
	if p := agent.post(at+"/move", append(extra, "version", "3", "to", "contacted")...); p.status != http.StatusSeeOther {
		t.Fatalf("a move with more fields than it has: %d", p.status)
	}
	agent.get("/console/password")
	if p := agent.post("/console/password", append(extra, "current", testPassword, "fresh", fresh, "again", fresh)...); p.status != http.StatusSeeOther {
		t.Fatalf("a new password with more fields than it has: %d", p.status)
	}
	l, err := w.db.Lead(t.Context(), w.own.Number)
	w.must(err)
	if l.Assignee != "agent" || l.Status != store.Contacted || l.Firm != w.own.Firm || l.Phone != w.own.Phone ||
		l.Consent.Version != w.own.Consent.Version || !l.Consent.At.Equal(w.own.Consent.At) || !l.Created.Equal(w.own.Created) {
		t.Error("a form changed what it is not for")
	}
	all, err := w.db.Accounts(t.Context())
	w.must(err)
	for _, a := range all {
		if a.Name == "agent" && (a.Role != store.RoleAgent || a.TOTP) {
			t.Errorf("the account is now %+v", a)
		}
	}
	logs := w.logs.String()
	if n := strings.Count(logs, "fields that its page does not have"); n != 3 {
		t.Errorf("%d of 3 such forms are in the log", n)
	}
	if strings.Contains(logs, "13900000000") || strings.Contains(logs, fresh) {
		t.Error("the log holds what was typed")
	}
	before := len(logs)
	agent.get("/console/account")
	agent.post(at+"/note", "version", "4", "note", "两句话")
	if len(w.logs.String()) != before {
		t.Error("an ordinary form is in the log")
	}
}

func TestF102RightsTakenAway(t *testing.T) {
	w := newSeeded(t)
	at := "/console/leads/" + w.own.Number
	for what, take := range map[string]func(){
		"the lead is given to another": func() {
			l, err := w.db.Lead(t.Context(), w.own.Number)
			w.must(err)
			_, err = w.db.AssignLeads(t.Context(), []store.Pick{{Number: l.Number, Version: l.Version}}, otherAgent, "supervisor")
			w.must(err)
		},
		"the role changes":         func() { w.must(w.db.SetRole(t.Context(), "admin", "agent", store.RoleAuditor)) },
		"the account is shut out":  func() { w.must(w.db.SetDisabled(t.Context(), "admin", "agent", true)) },
		"the password is replaced": func() { w.must(w.db.SetPassword(t.Context(), "admin", "agent", testHash(), time.Time{})) },
	} {
		w.must(w.db.SetRole(t.Context(), "admin", "agent", store.RoleAgent))
		w.must(w.db.SetDisabled(t.Context(), "admin", "agent", false))
		l, err := w.db.Lead(t.Context(), w.own.Number)
		w.must(err)
		_, err = w.db.AssignLeads(t.Context(), []store.Pick{{Number: l.Number, Version: l.Version}}, "agent", "supervisor")
		w.must(err)
		agent := w.signIn(store.RoleAgent)
		if p := agent.get(at); p.status != http.StatusOK {
			t.Fatalf("before: %d", p.status)
		}
		version := cutBetween(agent.get(at).body, `name="version" value="`, `"`)
		take()
		if p := agent.post(at+"/note", "version", version, "note", "还能写吗"); p.status != http.StatusConflict && p.status != http.StatusForbidden && p.status != http.StatusSeeOther || strings.Contains(p.body, w.own.Firm) {
			t.Errorf("once %s, a form of the open page: %d", what, p.status)
		}
		if p := agent.get(at); p.status == http.StatusOK || strings.Contains(p.body, w.own.Firm) {
			t.Errorf("once %s, the page: %d", what, p.status)
		}
		if notes, err := w.db.Notes(t.Context(), w.own.Number); err != nil || len(notes) != 0 {
			t.Errorf("once %s, a note was written: %d, %v", what, len(notes), err)
		}
	}
}

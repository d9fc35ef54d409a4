package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"smebot/store"
)

// Limits of a session, as OWASP ASVS 3.3 gives them for staff of a public office.
const (
	idleLimit    = 30 * time.Minute
	sessionLimit = 12 * time.Hour
	touchEvery   = time.Minute // a session's use is noted at most so often, to spare the disk
)

// visit is one request by one account.
type visit struct {
	W       http.ResponseWriter
	R       *http.Request
	Account store.Account // empty if nobody is signed in
	Lang    string        // "zh" or "en"
	CSRF    string        // the token that forms of this browser carry

	s     *Server
	route route
	token string // of the session
	mark  string // what had happened to leads before this page was made

	read   map[string]struct{} // fields of the form that were asked for
	failed bool                // the answer says that something was not done
}

// frame is what templates see.
type frame struct {
	*visit
	Page  string
	Data  any
	Flash flash
}

// flash is a sentence that a page leaves for the next one, which shows it once.
type flash struct {
	Text string
	Bad  bool // nothing was done, and this says why
}

// pageError is an answer in words instead of a page.
type pageError struct {
	status int
	key    string
	args   []any
}

func (e *pageError) Error() string { return e.key }

// fail ends a visit with a sentence of the catalogue.
func (v *visit) fail(status int, key string, args ...any) error { return &pageError{status, key, args} }

// show draws the page of an error.
func (v *visit) show(e *pageError) {
	data := errorData{Text: v.T(e.key, e.args...), Way: Root, Name: v.T("app.home")}
	switch e.key {
	case "error.ended":
		data.Way, data.Name = Root+"signin?next="+url.QueryEscape(v.Back()), v.T("signin.title")
	case "error.token":
		data.Way, data.Name = v.Back(), v.T("app.back")
	case "leads.taken":
		data.Way, data.Name = Root+"leads", v.T("leads.title")
	}
	if data.Way != Root {
		data.Kept = v.typed()
	}
	if err := v.s.render(v, e.status, "error", data); err != nil && !errors.Is(err, errDone) {
		v.s.Log.Error("the error page failed", "err", err)
		http.Error(v.W, http.StatusText(e.status), e.status)
	}
}

// errorData is what the page of an error sees.
type errorData struct {
	Text      string
	Way, Name string   // where to go on
	Kept      []string // what was written and not saved, to be copied
}

// writtenFields are the fields of forms in which people write sentences. What stands in others is quickly chosen again.
var writtenFields = []string{"note", "text", "words", "examples", "comment", "purpose", "other"}

// typed is what somebody wrote into the form that was refused.
func (v *visit) typed() (kept []string) {
	for _, name := range writtenFields {
		if text := strings.TrimSpace(v.R.PostForm.Get(name)); text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}

// render answers with a page.
func (v *visit) render(page string, data any) error {
	return v.s.render(v, http.StatusOK, page, data)
}

// away sends the browser elsewhere within the console.
func (v *visit) away(to string) error {
	http.Redirect(v.W, v.R, to, http.StatusSeeOther)
	return errDone
}

// redirect answers a POST that was done: the browser gets the page by itself. words, if given, are the key of a
// sentence that the next page shows once, and its arguments, which are strings.
func (v *visit) redirect(to string, words ...string) error { return v.leave(to, "good", words) }

// refuse answers a POST of which nothing was done: words say why, as for redirect.
func (v *visit) refuse(to string, words ...string) error { return v.leave(to, "bad", words) }

func (v *visit) leave(to, kind string, words []string) error {
	v.failed = v.failed || kind == "bad"
	if len(words) > 0 {
		b, err := json.Marshal(append([]string{kind}, words...))
		if err != nil {
			return err
		}
		v.setCookie("flash", base64.RawURLEncoding.EncodeToString(b), time.Minute)
	}
	http.Redirect(v.W, v.R, to, http.StatusSeeOther)
	return nil
}

// takeFlash returns the sentence that the page before left, and forgets it. A page that renews itself leaves it to
// the one that is being opened.
func (v *visit) takeFlash() flash {
	value := v.cookie("flash")
	if value == "" || v.renews() {
		return flash{}
	}
	v.setCookie("flash", "", -1)
	var words []string
	b, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(b, &words) != nil || len(words) < 2 {
		return flash{}
	}
	if _, known := catalogue[words[1]]; !known {
		return flash{}
	}
	args := make([]any, len(words)-2)
	for i, a := range words[2:] {
		args[i] = a
	}
	return flash{v.T(words[1], args...), words[0] == "bad"}
}

// renews reports whether a page asks by itself, without anybody having done anything.
func (v *visit) renews() bool {
	return v.R.Header.Get("X-Live") != "" || v.R.Header.Get("Accept") == "text/event-stream"
}

// audit writes a line of the log of what staff did. It never gets contact data.
func (v *visit) audit(action, subject, detail string) error {
	return v.s.Store.Append(v.R.Context(), store.AuditEntry{Actor: v.Account.Name, Action: action, Subject: subject, Detail: detail})
}

// Can reports whether the account holds a permission; for templates.
func (v *visit) Can(p string) bool { return v.Account.Name != "" && may(v.Account, permission(p)) }

// now is the clock's time.
func (v *visit) now() time.Time { return v.s.Clock() }

// form returns a trimmed field of a posted form, its lines ended as everywhere but in forms.
func (v *visit) form(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(v.raw(name), "\r\n", "\n"))
}

// raw returns a field of a posted form as it came: a password may begin with a blank.
func (v *visit) raw(name string) string {
	v.expect(name)
	return v.R.PostForm.Get(name)
}

// all returns every value of a field of a posted form.
func (v *visit) all(name string) []string {
	v.expect(name)
	return v.R.PostForm[name]
}

// whole returns a posted form with all its fields, for what reads many of them.
func (v *visit) whole() url.Values {
	for name := range v.R.PostForm {
		v.expect(name)
	}
	return v.R.PostForm
}

func (v *visit) expect(name string) {
	if v.read == nil {
		v.read = map[string]struct{}{}
	}
	v.read[name] = struct{}{}
}

// query returns a trimmed field of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.R.URL.Query().Get(name)) }

// over reports whether a session is over.
func over(created, used, now time.Time) bool {
	return now.Sub(used) > idleLimit || now.Sub(created) > sessionLimit
}

// PurgeSessions removes sessions that are over from a store; they open nothing any more.
func PurgeSessions(ctx context.Context, db *store.DB, now time.Time) error {
	return db.PurgeSessions(ctx, now.Add(-idleLimit), now.Add(-sessionLimit))
}

// findSession finds out who visits. A session that is over is ended.
func (v *visit) findSession() error {
	token := v.cookie("session")
	if token == "" {
		return nil
	}
	ctx := v.R.Context()
	sess, err := v.s.Store.Session(ctx, token)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := v.now()
	if over(sess.Created, sess.Used, now) {
		v.setCookie("session", "", -1)
		return v.s.Store.EndSession(ctx, token)
	}
	v.Account, v.token = sess.Account, token
	if now.Sub(sess.Used) >= touchEvery && !v.renews() {
		return v.s.Store.TouchSession(ctx, token)
	}
	return nil
}

// setToken works out the token that forms carry. Before a sign-in it rests on a cookie of its own.
func (v *visit) setToken() error {
	if v.token != "" {
		v.CSRF = v.s.token("csrf", v.token)
		return nil
	}
	before := v.cookie("form")
	if len(before) < 22 {
		before = rand.Text()
		v.setCookie("form", before, 0)
	}
	v.CSRF = v.s.token("csrf", "anonymous", before)
	return nil
}

// startSession signs an account in on this browser under a new token; a session that was there is ended.
func (v *visit) startSession(name string) error {
	ctx := v.R.Context()
	if v.token != "" {
		if err := v.s.Store.EndSession(ctx, v.token); err != nil {
			return err
		}
	}
	token := rand.Text() + rand.Text() // 256 bits
	if err := v.s.Store.StartSession(ctx, name, token); err != nil {
		return err
	}
	v.setCookie("session", token, 0)
	v.s.warm()
	return nil
}

// cookieName gives a cookie's full name. The prefix __Host- binds it to this host and to https.
func (v *visit) cookieName(name string) string {
	if v.s.isSecure(v.R) {
		return "__Host-smebot-" + name
	}
	return "smebot-" + name
}

func (v *visit) cookie(name string) string {
	c, err := v.R.Cookie(v.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets a cookie for a time; 0 until the browser closes, -1 removes it.
func (v *visit) setCookie(name, value string, keep time.Duration) {
	c := &http.Cookie{
		Name: v.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: v.s.isSecure(v.R), SameSite: http.SameSiteLaxMode,
	}
	if keep < 0 {
		c.MaxAge = -1
	} else {
		c.MaxAge = int(keep / time.Second)
	}
	http.SetCookie(v.W, c)
}

// local returns an address to go to if it lies within the console, else the console's first page.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, Root) ||
		strings.ContainsAny(to, "\\\r\n\t") || strings.Contains(u.Path, "..") || strings.Contains(u.Path, "//") {
		return Root
	}
	return u.RequestURI()
}

func sameText(a, b string) bool {
	return len(a) > 0 && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// china is the zone that staff read times in.
var china = time.FixedZone("UTC+8", 8*3600)

// templateFuncs are for all pages.
var templateFuncs = template.FuncMap{
	"time": func(t time.Time) string {
		if t.IsZero() {
			return "—"
		}
		return t.In(china).Format("2006-01-02 15:04")
	},
	"clock": func(t time.Time) string { return t.In(china).Format("15:04") },
	"args":  func(list ...any) []any { return list }, // several values for one template
	"days":  func(hours int) int { return hours / 24 },
	"day": func(t time.Time) string {
		if t.IsZero() {
			return "—"
		}
		return t.In(china).Format("2006-01-02")
	},
}

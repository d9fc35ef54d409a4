package console

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"net"
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
}

// frame is what templates see.
type frame struct {
	*visit
	Page  string
	Data  any
	Flash string
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
	data := map[string]any{"Status": e.status, "Text": v.T(e.key, e.args...)}
	if err := v.s.render(v, e.status, "error", data); err != nil && !errors.Is(err, errDone) {
		v.s.Log.Error("the error page failed", "err", err)
		http.Error(v.W, http.StatusText(e.status), e.status)
	}
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

// redirect answers a POST: the browser gets the page by itself. flash, if given, is the key of a sentence that the
// next page shows once, and its arguments, which are strings.
func (v *visit) redirect(to string, flash ...string) error {
	if len(flash) > 0 {
		b, err := json.Marshal(flash)
		if err != nil {
			return err
		}
		v.setCookie("flash", base64.RawURLEncoding.EncodeToString(b), time.Minute)
	}
	http.Redirect(v.W, v.R, to, http.StatusSeeOther)
	return nil
}

// takeFlash returns the sentence that the page before left, and forgets it.
func (v *visit) takeFlash() string {
	value := v.cookie("flash")
	if value == "" {
		return ""
	}
	v.setCookie("flash", "", -1)
	var flash []string
	b, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(b, &flash) != nil || len(flash) == 0 {
		return ""
	}
	if _, known := catalogue[flash[0]]; !known {
		return ""
	}
	args := make([]any, len(flash)-1)
	for i, a := range flash[1:] {
		args[i] = a
	}
	return v.T(flash[0], args...)
}

// audit writes a line of the log of what staff did. It never gets contact data.
func (v *visit) audit(action, subject, detail string) error {
	return v.s.Store.Append(v.R.Context(), store.AuditEntry{Actor: v.Account.Name, Action: action, Subject: subject, Detail: detail})
}

// Can reports whether the account holds a permission; for templates.
func (v *visit) Can(p string) bool { return v.Account.Name != "" && may(v.Account, permission(p)) }

// now is the clock's time.
func (v *visit) now() time.Time { return v.s.Clock() }

// form returns a trimmed field of a posted form.
func (v *visit) form(name string) string { return strings.TrimSpace(v.R.PostForm.Get(name)) }

// query returns a trimmed field of the address.
func (v *visit) query(name string) string { return strings.TrimSpace(v.R.URL.Query().Get(name)) }

// address is the visitor's network address. Headers that a proxy may set are not believed.
func (v *visit) address() string {
	host, _, err := net.SplitHostPort(v.R.RemoteAddr)
	if err != nil {
		return v.R.RemoteAddr
	}
	return host
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
	if now.Sub(sess.Used) > idleLimit || now.Sub(sess.Created) > sessionLimit {
		v.setCookie("session", "", -1)
		return v.s.Store.EndSession(ctx, token)
	}
	v.Account, v.token = sess.Account, token
	if now.Sub(sess.Used) >= touchEvery && v.R.Header.Get("Accept") != "text/event-stream" {
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

// Back is the address of the page being shown, for forms that return to it; for templates.
func (v *visit) Back() string {
	if mutating(v.R.Method) {
		return v.route.pattern // the answer to a POST has no address of its own to go back to
	}
	return v.R.URL.RequestURI()
}

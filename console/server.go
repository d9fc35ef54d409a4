package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"smebot/knowledge"
	"smebot/knowledge/parse"
	"smebot/store"
	"smebot/teach"
)

//go:embed templates static
var files embed.FS

// Root is the address below which the console lives.
const Root = "/console/"

// Config is what the console works with.
type Config struct {
	Store     *store.DB
	Log       *slog.Logger     // default slog.Default()
	Clock     func() time.Time // default time.Now
	PublicURL string           // as the outside reaches the service; with https, cookies are for https only
	Address   string           // host and port that the service listens on, for links while there is no PublicURL
	Proxies   []string         // addresses of proxies whose X-Forwarded-For is believed; see CheckProxies

	// Workday says whether staff are at work on a day, in China's time, for the overview; default Monday to Friday.
	Workday func(day time.Time) bool

	Directory DirectoryKeeper // changes the directory of organisations; default Store

	// What the pages on questions, knowledge and settings show and change; without them there are no such pages.
	Shelf    *teach.Shelf
	Base     *knowledge.Base
	Office   Office
	Channels []Channel // that people write by
}

// Server serves the console. It is an http.Handler for all addresses below Root.
type Server struct {
	Config
	mux     *http.ServeMux
	pages   map[string]*template.Template // by the name of the file, without ".html"
	tries   *throttle
	streams *streams
	exports *exportDesk
	warmed  sync.Once // the work list's index was asked for
	origins *http.CrossOriginProtection
	nobody  string // a hash that no password opens, checked for names without an account
	secure  bool
	proxies []netip.Prefix

	findings findings
}

// findings are what a check of all documents found, kept for one state of them.
type findings struct {
	mu        sync.Mutex
	done      bool
	version   int64 // of the stored documents
	documents int   // how many the index held
	list      []parse.Finding
}

// New makes a console; it changes nothing in the store.
func New(c Config) (*Server, error) {
	if c.Store == nil {
		return nil, errors.New("console: no store")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Directory == nil {
		c.Directory = c.Store // stored, and used by others when they look again
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Workday == nil {
		c.Workday = func(day time.Time) bool { return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday }
	}
	s := &Server{Config: c, tries: newThrottle(), streams: newStreams(), exports: newExportDesk(c.Store, c.Log, c.Clock), origins: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("console: public_url %q is no address", c.PublicURL)
		}
		s.secure = u.Scheme == "https"
		if err := s.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("console: public_url: %w", err)
		}
	}
	s.nobody = unopenable()
	var err error
	if s.proxies, err = parseProxies(c.Proxies); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	for _, r := range s.routes() {
		s.mux.HandleFunc(r.String(), s.handle(r))
	}
	static, err := staticFiles()
	if err != nil {
		return nil, err
	}
	s.mux.Handle("GET /console/static/{file}", static)
	s.mux.HandleFunc(Root, s.handle(route{"GET", Root, permPublic, func(v *visit) error { return v.fail(http.StatusNotFound, "error.notfound") }}))
	return s, nil
}

// staticFiles serves styles and scripts. A browser asks each time, since a new version of the program may have
// others, and gets the bytes only if it has not these.
func staticFiles() (http.Handler, error) {
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(static, "*")
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, name := range names {
		body, err := fs.ReadFile(static, name)
		if err != nil {
			return nil, err
		}
		tags[name] = fmt.Sprintf(`"%x"`, sha256.Sum256(body))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		if tags[name] == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", tags[name])
		http.ServeFileFS(w, r, static, name)
	}), nil
}

func parsePages() (map[string]*template.Template, error) {
	layout, err := template.New("layout.html").Option("missingkey=error").Funcs(templateFuncs).ParseFS(files, "templates/layout.html", "templates/part_*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		if base := path.Base(name); base == "layout.html" || strings.HasPrefix(base, "part_") {
			continue // parts of every page
		}
		t, err := layout.Clone()
		if err == nil {
			t, err = t.ParseFS(files, name)
		}
		if err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return pages, nil
}

// policy is the content security policy of every answer: nothing from elsewhere, nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	if s.isSecure(r) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	s.mux.ServeHTTP(w, r)
}

// isSecure reports whether the visitor came over https. A page opened on the machine itself is plain even where
// the outside uses https.
func (s *Server) isSecure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	return s.secure && !local
}

// maxForm bounds what a form may post, in bytes; a route that takes files sets its own.
const maxForm = 256 << 10

// handle is the one way into every route: it finds the session, refuses what may not pass, and turns errors into
// pages.
func (s *Server) handle(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{W: w, R: r, s: s, route: rt, mark: s.Store.LeadsMark()}
		v.Lang = v.language()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the server compares it so
					panic(p)
				}
				s.Log.Error("a console page panicked", "route", rt.String(), "panic", fmt.Sprint(p))
				v.show(&pageError{http.StatusInternalServerError, "error.internal", nil})
			}
		}()
		err := s.enter(v, rt)
		if err == nil {
			err = rt.serve(v)
		}
		if err == nil || errors.Is(err, errDone) {
			v.tellUnread()
			return
		}
		var page *pageError
		if again := tooLarge[rt.pattern]; errors.As(err, &page) && page.key == errTooLarge && again != nil && may(v.Account, rt.need) && v.Account.Once.IsZero() {
			v.failed = true
			if err = again(s, v, v.T(page.key, page.args...)+v.T("error.split")); err == nil {
				return
			}
		}
		if !errors.As(err, &page) {
			if r.Context().Err() != nil {
				return // the visitor left
			}
			s.Log.Error("a console page failed", "route", rt.String(), "err", err)
			page = &pageError{http.StatusInternalServerError, "error.internal", nil}
		}
		v.show(page)
	}
}

// errDone ends a visit that has been answered.
var errDone = errors.New("answered")

// enter decides whether a visit may go on.
func (s *Server) enter(v *visit, rt route) error {
	if err := v.findSession(); err != nil {
		return err
	}
	if err := v.setToken(); err != nil {
		return err
	}
	if mutating(v.R.Method) {
		if err := s.checkPost(v, rt); err != nil {
			return err
		}
	}
	if rt.need == permPublic {
		return nil
	}
	if v.Account.Name == "" {
		if v.R.Header.Get("Accept") == "text/event-stream" {
			return v.fail(http.StatusUnauthorized, "error.signin")
		}
		next := ""
		if v.R.Method == http.MethodGet && v.R.URL.Path != Root {
			next = "?next=" + url.QueryEscape(v.R.URL.RequestURI())
		}
		return v.away(Root + "signin" + next)
	}
	if !v.Account.Once.IsZero() && rt.pattern != "/console/password" && rt.pattern != "/console/signout" {
		return v.away(Root + "password")
	}
	if !may(v.Account, rt.need) {
		return v.fail(http.StatusForbidden, "error.forbidden")
	}
	return nil
}

// checkPost refuses what another site's page, or a form of another session, posts.
func (s *Server) checkPost(v *visit, rt route) error {
	if err := s.origins.Check(v.R); err != nil {
		return v.fail(http.StatusForbidden, "error.origin")
	}
	limit := int64(maxForm)
	if n := uploadLimits[rt.pattern]; n > 0 {
		limit = n
	}
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, limit)
	err := v.R.ParseForm()
	if err == nil && strings.HasPrefix(v.R.Header.Get("Content-Type"), "multipart/form-data") {
		err = v.R.ParseMultipartForm(1 << 20)
	}
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return v.fail(http.StatusRequestEntityTooLarge, errTooLarge, sizeWords(big.Limit))
	}
	if err != nil {
		return v.fail(http.StatusBadRequest, "error.form")
	}
	token := v.R.PostForm.Get("csrf")
	if token == "" {
		token = v.R.Header.Get("X-CSRF-Token")
	}
	switch {
	case sameText(token, v.CSRF):
		return nil
	case v.Account.Name == "" && rt.need != permPublic:
		return v.fail(http.StatusForbidden, "error.ended")
	}
	return v.fail(http.StatusForbidden, "error.token")
}

// uploadLimits are the bounds, in bytes, of the routes that take files.
var uploadLimits = map[string]int64{
	"/console/directory/preview": directoryUpload + 64<<10, // the form around the file
	"/console/directory/import":  4 * directoryUpload,      // the list comes back with every byte written as three
	"/console/knowledge/preview": knowledgeUpload + 256<<10,
	"/console/knowledge/import":  knowledgeChecked,
}

// errTooLarge is the key of what is said of a form beyond its bound.
const errTooLarge = "error.toolarge"

// tooLarge shows the form again from which too large files were sent, with what was wrong.
var tooLarge = map[string]func(s *Server, v *visit, problem string) error{
	"/console/directory/preview": func(s *Server, v *visit, problem string) error {
		return s.render(v, http.StatusRequestEntityTooLarge, "directory_import", directoryImportView{Platforms: platformsIn(v.Lang), Problem: problem})
	},
	"/console/knowledge/preview": func(s *Server, v *visit, problem string) error {
		return s.render(v, http.StatusRequestEntityTooLarge, "knowledge_import", importView{Problem: problem})
	},
}

// sizeWords writes a bound of bytes as forms tell it: whole megabytes, what is left over being room for the form itself.
func sizeWords(bytes int64) string {
	if bytes >= 1<<20 {
		return strconv.FormatInt(bytes>>20, 10) + " MB"
	}
	return strconv.FormatInt(bytes>>10, 10) + " KB"
}

// render draws a page into memory first, so that an error leaves no half page.
func (s *Server) render(v *visit, status int, page string, data any) error {
	t := s.pages[page]
	if t == nil {
		return fmt.Errorf("no template %q", page)
	}
	v.failed = v.failed || status >= http.StatusBadRequest
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", frame{visit: v, Page: page, Data: data, Flash: v.takeFlash()}); err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.W.WriteHeader(status)
	_, err := v.W.Write(b.Bytes())
	if err != nil {
		return errDone // the visitor left
	}
	return nil
}

// token is a MAC as text.
func (s *Server) token(use string, parts ...string) string {
	return hex.EncodeToString(s.Store.MAC(use, parts...))
}

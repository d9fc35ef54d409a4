package console

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"smebot/store"
)

// directoryDesk is a supervisor's browser at the directory's pages, with the store behind them.
type directoryDesk struct {
	t      *testing.T
	db     *store.DB
	server *Server
	token  string // of the session
	saved  int    // how often the keeper was asked to save
}

func newDirectoryDesk(t *testing.T) *directoryDesk {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &directoryDesk{t: t, db: db, token: strings.Repeat("t", 40)}
	if d.server, err = New(Config{Store: db, Directory: keeperOf{d}}); err != nil {
		t.Fatal(err)
	}
	if err := db.AddAccount(t.Context(), "test", "chen", store.RoleSupervisor, d.server.nobody, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := db.StartSession(t.Context(), "chen", d.token); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *directoryDesk) csrf() string { return d.server.token("csrf", d.token) }

func (d *directoryDesk) do(method, path, contentType string, body []byte) deskPage {
	u, err := url.Parse(path)
	if err != nil {
		d.t.Fatal(err)
	}
	u.RawQuery = u.Query().Encode()
	r := httptest.NewRequest(method, u.String(), bytes.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.AddCookie(&http.Cookie{Name: "smebot-session", Value: d.token})
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	return deskPage{w.Code, w.Body.String()}
}

func (d *directoryDesk) get(path string) deskPage { return d.do("GET", path, "", nil) }

func (d *directoryDesk) post(path string, form url.Values) deskPage {
	form.Set("csrf", d.csrf())
	return d.do("POST", path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (d *directoryDesk) upload(name string, data []byte, fields map[string]string) deskPage {
	contentType, body := uploadOf(d.t, d.csrf(), name, data, fields)
	return d.do("POST", "/console/directory/preview", contentType, body)
}

package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// consoleVisitor is somebody at the console of a running program.
type consoleVisitor struct {
	*testing.T
	client *http.Client
	base   string
	token  string // of the forms on the last page
}

var consoleToken = regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`)

// visitConsole opens the sign-in page of a running program.
func visitConsole(t *testing.T, base string) *consoleVisitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &consoleVisitor{T: t, client: &http.Client{Jar: jar, Timeout: hangGuard}, base: base}
	v.get("/console/signin")
	return v
}

func (v *consoleVisitor) read(r *http.Response, err error) (status int, path, body string) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
	body = readAll(v, r.Body)
	if m := consoleToken.FindStringSubmatch(body); m != nil {
		v.token = m[1]
	}
	return r.StatusCode, r.Request.URL.Path, body
}

func (v *consoleVisitor) get(path string) (status int, at, body string) {
	v.Helper()
	return v.read(v.client.Get(v.base + path))
}

// post posts a form as the last page would and follows to the page that answers: fields are name, value, name, value.
func (v *consoleVisitor) post(path string, fields ...string) (status int, at, body string) {
	v.Helper()
	form := url.Values{"csrf": {v.token}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", v.base)
	return v.read(v.client.Do(r))
}

// signIn signs in with a password for one use and chooses another.
func (v *consoleVisitor) signIn(name, once string) {
	v.Helper()
	const own = "lychee season in june"
	if status, at, body := v.post("/console/signin", "name", name, "password", once); status != http.StatusOK || at != "/console/password" {
		v.Fatalf("sign-in of %s leads to %s, %d: %s", name, at, status, brief(body))
	}
	if status, at, body := v.post("/console/password", "fresh", own, "again", own); status != http.StatusOK || at == "/console/password" {
		v.Fatalf("a new password of %s leads to %s, %d: %s", name, at, status, brief(body))
	}
}

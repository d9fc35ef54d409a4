package console

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"smebot/store"
)

// The walk asks every route as every role and compares with testdata/routes.txt, whose lines read
//
//	METHOD PATTERN: roles that may pass
//
// "public" stands for everybody, "all" for everybody who signed in. Routes that are registered but not listed, and
// lines of no route, fail.
func TestF099EveryRouteEveryRole(t *testing.T) {
	table := routeTable(t)
	w := newConsole(t, lend)
	visitors := map[string]*browser{"anonymous": w.browser()}
	visitors["anonymous"].get("/console/signin")
	for _, r := range store.Roles() {
		visitors[string(r)] = w.signIn(r)
	}
	for _, rt := range w.server.routes() {
		want, listed := table[rt.String()]
		delete(table, rt.String())
		if !listed {
			t.Errorf("%s is not in testdata/routes.txt", rt)
			continue
		}
		for _, who := range append([]store.Role{"anonymous"}, store.Roles()...) {
			if rt.pattern == "/console/signout" && who != "anonymous" {
				continue // would end the walk; TestF096 covers it
			}
			may := want == "public" || want == "all" && who != "anonymous" || strings.Contains(" "+want+" ", " "+string(who)+" ")
			t.Run(fmt.Sprint(rt, " as ", who), func(t *testing.T) {
				b := visitors[string(who)]
				b.T = t
				p := visitRoute(b, rt)
				refused := p.status == http.StatusForbidden || p.status == http.StatusSeeOther && strings.HasPrefix(p.header.Get("Location"), "/console/signin")
				if may == refused || p.status >= 500 {
					t.Errorf("status %d to %q, want passing %v", p.status, p.header.Get("Location"), may)
				}
				if who == "anonymous" && !may && p.status == http.StatusForbidden {
					t.Error("an anonymous visitor learns that the page exists")
				}
				checkHeaders(t, p)
			})
		}
	}
	for left := range table {
		t.Errorf("testdata/routes.txt lists %q, which is no route", left)
	}
}

// visitRoute asks a route as its page's form would, with something in place of each variable.
func visitRoute(b *browser, rt route) page {
	path := strings.NewReplacer("{$}", "", "{name}", "nobody", "{number}", "20261123-7K3QWM", "{change}", "enable", "{id}", "gd-2012-sme-platforms").Replace(rt.pattern)
	if rt.method == http.MethodGet {
		if strings.HasSuffix(path, "/events") {
			return head(b, path)
		}
		return b.get(path)
	}
	return b.postRaw(path, url.Values{"csrf": {b.token}}, b.base)
}

// head asks for a stream's answer without waiting for its end.
func head(b *browser, path string) page {
	r, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close()
	return page{status: resp.StatusCode, header: resp.Header}
}

func routeTable(t *testing.T) map[string]string {
	f, err := os.Open("testdata/routes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, roles, ok := strings.Cut(line, ": ")
		if _, double := table[name]; !ok || double {
			t.Errorf("testdata/routes.txt: %q is no line of the table, or there twice", line)
		}
		table[name] = roles
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return table
}

// checkHeaders checks what must be on every answer, errors included.
func checkHeaders(t *testing.T, p page) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Content-Security-Policy": policy,
		"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

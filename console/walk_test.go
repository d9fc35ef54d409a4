package console

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, fault := range tableFaults(w.server.routes(), table) {
		t.Error(fault)
	}
	for _, rt := range w.server.routes() {
		want, listed := table[rt.String()]
		if !listed {
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
}

// tableFaults says where the routes that are registered and those of the table differ, and which name a role that is
// none.
func tableFaults(routes []route, table map[string]string) (faults []string) {
	left := maps.Clone(table)
	for _, rt := range routes {
		if _, listed := left[rt.String()]; !listed {
			faults = append(faults, rt.String()+" is not in testdata/routes.txt, or registered twice")
		}
		delete(left, rt.String())
	}
	for name := range left {
		faults = append(faults, "testdata/routes.txt lists "+name+", which is no route")
	}
	for name, roles := range table {
		for _, r := range strings.Fields(roles) {
			if r != "public" && r != "all" && !slices.Contains(store.Roles(), store.Role(r)) {
				faults = append(faults, "testdata/routes.txt: "+name+" is for "+r+", which is no role")
			}
		}
	}
	return faults
}

// TestUnlistedRoutesFail shows that the walk sees what it is for.
func TestUnlistedRoutesFail(t *testing.T) {
	a, b := route{method: "GET", pattern: "/console/a"}, route{method: "POST", pattern: "/console/b"}
	for what, c := range map[string]struct {
		routes []route
		table  map[string]string
		faults int
	}{
		"all well":           {[]route{a, b}, map[string]string{a.String(): "all", b.String(): "admin auditor"}, 0},
		"not listed":         {[]route{a, b}, map[string]string{a.String(): "all"}, 1},
		"listed, not there":  {[]route{a}, map[string]string{a.String(): "all", b.String(): "admin"}, 1},
		"another method":     {[]route{a}, map[string]string{"POST /console/a": "all"}, 2},
		"registered twice":   {[]route{a, a}, map[string]string{a.String(): "all"}, 1},
		"a role that is not": {[]route{a}, map[string]string{a.String(): "manager"}, 1},
	} {
		if got := tableFaults(c.routes, c.table); len(got) != c.faults {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// TestRoutesComeFromTheTable: whatever answers is a route of Server.routes, so that the walk meets it. New registers
// those, the files and the page for what is not there, and nothing else registers anything.
func TestRoutesComeFromTheTable(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"server.go": 3}[name]
		if got := len(registers.FindAll(body, -1)); got != want && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s registers %d handlers by itself, want %d: add a route to routes.go", name, got, want)
		}
	}
}

var registers = regexp.MustCompile(`\.Handle(Func)?\(`)

var variable = regexp.MustCompile(`\{[^}]*\}`)

// pathOf is a route's address with something in place of each variable: a lead's number, or what no such thing has.
func pathOf(rt route, number string) string {
	known := map[string]string{"{$}": "", "{number}": number, "{name}": "nobody", "{change}": "enable", "{id}": "gd-2012-sme-platforms"}
	return variable.ReplaceAllStringFunc(rt.pattern, func(v string) string {
		if value, ok := known[v]; ok {
			return value
		}
		return "1"
	})
}

// visitRoute asks a route as its page's form would, with something in place of each variable.
func visitRoute(b *browser, rt route) page {
	path := pathOf(rt, "20261123-7K3QWM")
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

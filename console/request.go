package console

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What a request says of itself: where it came from, where its page lives, what its form held.

// parseProxies reads the addresses, or ranges of addresses, of proxies whose word on the visitor is taken.
func parseProxies(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, e := netip.ParseAddr(s); err != nil && e == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil || p.Bits() == 0 {
			return nil, fmt.Errorf("%q is no proxy's address: write one as 127.0.0.1 or 10.0.0.0/24", s)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// CheckProxies says what is wrong with a list for Config.Proxies.
func CheckProxies(list []string) error {
	_, err := parseProxies(list)
	return err
}

// address is the visitor's network address. What a header says of it is believed only where the connection comes
// from a proxy that the operator named; then it is the last address that no such proxy has.
func (v *visit) address() string {
	at := v.R.RemoteAddr
	if host, _, err := net.SplitHostPort(at); err == nil {
		at = host
	}
	hops := strings.Split(strings.Join(v.R.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && v.s.isProxy(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap().String()
	}
	return at
}

func (s *Server) isProxy(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// Back is the address of the page being shown, for forms that return to it; for templates. The answer to a POST
// has none of its own: then it is the nearest page above.
func (v *visit) Back() string {
	if !mutating(v.R.Method) {
		return v.R.URL.RequestURI()
	}
	for at := v.R.URL.Path; strings.HasPrefix(at, Root); at = path.Dir(at) {
		u := &url.URL{Path: at}
		if _, pattern := v.s.mux.Handler(&http.Request{Method: http.MethodGet, URL: u}); pattern != "" && pattern != Root {
			return u.String()
		}
	}
	return Root
}

// plainName is what a field's name looks like that a page could have.
var plainName = regexp.MustCompile(`^[A-Za-z_.-]{1,40}$`)

// tellUnread notes fields of a form that the page it was posted to does not have. They are not used; somebody tried
// whether they would be. Their names are logged, unless they are no names, and nothing else of them.
func (v *visit) tellUnread() {
	if !mutating(v.R.Method) || v.failed {
		return
	}
	var odd []string
	for name := range v.R.PostForm {
		if _, known := v.read[name]; known || name == "csrf" {
			continue
		}
		if !plainName.MatchString(name) {
			name = "?"
		}
		odd = append(odd, name)
	}
	if len(odd) > 0 {
		slices.Sort(odd)
		v.s.Log.Warn("a form held fields that its page does not have; they were ignored", "route", v.route.String(), "fields", odd[:min(len(odd), 10)])
	}
}

package hostile

import (
	"html"
	"strings"
	"testing"
)

// TestAlienSeesWhatIsNotEscaped: a payload that stands raw in a page is seen, an escaped one is not. Some payloads
// are harmless where they stand here, as those that break out of something else; most are not.
func TestAlienSeesWhatIsNotEscaped(t *testing.T) {
	all := Payloads()
	if len(all) < 200 {
		t.Fatalf("%d payloads", len(all))
	}
	seen := map[string]bool{}
	places := []string{`<p>@</p>`, `<input value="@">`, `<input value='@'>`, `<textarea>@</textarea>`, `<title>@</title>`, `<a href="@">x</a>`, `<table><tr><td>@</td></tr></table>`, `<select><option>@</option></select>`}
	const page = "<!doctype html><html><head></head><body>"
	raw := 0
	for _, p := range all {
		if seen[p] {
			t.Errorf("the payload %q is there twice", p)
		}
		seen[p] = true
		found := false
		for _, place := range places {
			why, err := Alien(strings.NewReader(page + strings.Replace(place, "@", p, 1)))
			if err != nil {
				t.Fatal(err)
			}
			found = found || why != ""
			if strings.Contains(place, "href") {
				continue // escaping alone does not make an address harmless
			}
			if why, err := Alien(strings.NewReader(page + strings.Replace(place, "@", html.EscapeString(p), 1))); why != "" || err != nil {
				t.Errorf("%q, escaped in %s, is taken for %s", p, place, why)
			}
		}
		if found {
			raw++
		}
	}
	if raw < 150 {
		t.Errorf("only %d of %d payloads are seen when a page does not escape them", raw, len(all))
	}
	t.Logf("%d of %d payloads are seen", raw, len(all))
}

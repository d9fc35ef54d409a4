package places

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"smebot/knowledge/script"
)

// maxFind is how many characters of a text are looked at.
const maxFind = 400

// notPlaces are what may follow a place's name when the whole names something else: 中山路, 古镇大道.
var notPlaces = regexp.MustCompile(`^(?:[东西南北中]?[路巷里]|大道|大街|大学|医院|中学|小学|人(?:$|[^和])|话|菜|银行)`)

// mention is a name found in a text.
type mention struct {
	start, end int // bytes
	may        []Place
	bare       use
}

// Find returns the places that a text names, each by its longest name. One place: that one is meant. Several:
// the name is shared by all of them, or several were named, and whoever asked must say which. A city named only
// to tell where a town lies is left out: "中山古镇" is the town.
func Find(text string) []Place {
	s := normal(text)
	found := mentions(s)
	found = narrow(found)
	var all []Place
	for _, m := range found {
		for _, p := range m.may {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// around is what people put around the name of their town.
var around = regexp.MustCompile(`^(?:我们?|我哋|公司|工厂|厂|企业|地址|所在|镇街|位于|在|喺|是|系|设在|就在|这边|呢边|附近|那边|镇上|的|嘅|啦|呀|呢|哦|we|are|is|it|s|in|at|near|the|of|town|city|district|china|guangdong|广东)*$`)

// Only returns the places of a text that is the name of a place and nothing else, courtesies allowed; none for a
// text that says anything besides.
func Only(text string) []Place {
	s := normal(text)
	found := mentions(s)
	if len(found) == 0 {
		return nil
	}
	var rest strings.Builder
	at := 0
	for _, m := range found {
		rest.WriteString(s[at:m.start])
		at = m.end
	}
	rest.WriteString(s[at:])
	left := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, rest.String())
	if !around.MatchString(left) {
		return nil
	}
	return Find(text)
}

// normal makes a text comparable: simplified script, plain forms, lower case.
func normal(text string) string {
	if r := []rune(text); len(r) > maxFind {
		text = string(r[:maxFind])
	}
	text = strings.ToValidUTF8(text, " ")
	s := strings.ToLower(script.Simplified(norm.NFKC.String(text)))
	return strings.TrimSpace(strings.ReplaceAll(s, "广东省", ""))
}

// mentions reads a text from left to right, the longest name at each place.
func mentions(s string) []mention {
	g := load()
	whole := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	var found []mention
	for i := 0; i < len(s); {
		m, ok := g.at(s, i)
		if ok && m.bare != always && !m.allowed(s, whole, found) {
			ok = false
		}
		if ok && notPlaces.MatchString(s[m.end:]) {
			i = m.end // 中山大学 holds no 大学城
			continue
		}
		if ok {
			found = append(found, m)
			i = m.end
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return found
}

// allowed reports whether a short name that is also an everyday word counts: as the whole text, or right after
// the place it lies in.
func (m mention) allowed(s, whole string, before []mention) bool {
	if m.bare == never {
		return false
	}
	if s[m.start:m.end] == whole {
		return true
	}
	if len(before) == 0 || before[len(before)-1].end != m.start {
		return false
	}
	return slices.ContainsFunc(before[len(before)-1].may, func(up Place) bool {
		return slices.ContainsFunc(m.may, func(p Place) bool { return p.Within(up) })
	})
}

// narrow lets names explain each other: a shared name is taken for the places that lie in another one named,
// and a place that only says where another lies is dropped.
func narrow(found []mention) []mention {
	inside := func(p Place, but int) bool {
		for j, o := range found {
			if j != but && slices.ContainsFunc(o.may, func(q Place) bool { return p != q && p.Within(q) }) {
				return true
			}
		}
		return false
	}
	for i := range found {
		var better []Place
		for _, p := range found[i].may {
			if inside(p, i) {
				better = append(better, p)
			}
		}
		if len(better) > 0 {
			found[i].may = better
		}
	}
	explains := func(i int) bool {
		for j, o := range found {
			if i != j && slices.ContainsFunc(found[i].may, func(q Place) bool {
				return slices.ContainsFunc(o.may, func(p Place) bool { return p != q && p.Within(q) })
			}) {
				return true
			}
		}
		return false
	}
	var kept []mention
	for i, m := range found {
		if !explains(i) {
			kept = append(kept, m)
		}
	}
	return kept
}

package understand

import (
	"regexp"
	"strings"
)

// pattern is a regular expression whose alternatives that are plain words are looked up as such: most of ours
// are, and a search for a word is a hundred times faster.
type pattern struct {
	words []string
	rest  *regexp.Regexp // nil if there is none
}

// anyOf compiles alternatives separated by "|"; the bar inside parentheses separates within one alternative.
func anyOf(expr string) pattern {
	var p pattern
	var rest []string
	depth, start := 0, 0
	take := func(part string) {
		if regexp.QuoteMeta(part) == part {
			p.words = append(p.words, part)
		} else {
			rest = append(rest, part)
		}
	}
	for i, r := range expr {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth == 0 {
				take(expr[start:i])
				start = i + 1
			}
		}
	}
	take(expr[start:])
	if len(rest) > 0 {
		p.rest = regexp.MustCompile(strings.Join(rest, "|"))
	}
	return p
}

func (p pattern) in(s string) bool {
	for _, w := range p.words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return p.rest != nil && p.rest.MatchString(s)
}

package knowledge

import (
	"context"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/policy"
)

// Found is an article of an imported document that a question seems to be about.
type Found struct {
	Ref
	Text     string
	Coverage float64 // share of the question's telling pairs of characters that the article or its title holds, 0..1
}

// findDepth is how many of the best-ranked articles are looked at, and enough is the coverage from which one
// counts as being about the question: measured on lay questions over 1,338 statutes, and on questions that none
// of them answers.
const (
	findDepth = 10
	enough    = 0.7
)

// Find returns the imported articles, best first, that cover a question's words well enough to answer it. The
// embedded policy is left out: what it answers is understood from its examples.
func (b *Base) Find(ctx context.Context, question string) []Found {
	if len(b.Documents()) < 2 {
		return nil
	}
	asked := telling(question)
	if len(asked) < 3 {
		return nil
	}
	hits, err := b.Search(ctx, question, findDepth)
	if err != nil {
		b.opt.Log.Warn("imported documents could not be searched", "err", err)
		return nil
	}
	var out []Found
	for i, h := range hits {
		if h.Document == policy.ID {
			if i == 0 {
				return nil // the embedded policy is nearer than any other document
			}
			continue
		}
		held := map[string]bool{}
		for _, t := range Terms(h.Text) {
			held[t] = true
		}
		for _, t := range Terms(h.Title) {
			held[t] = true
		}
		n := 0
		for t := range asked {
			if held[t] {
				n++
			}
		}
		if c := float64(n) / float64(len(asked)); c >= enough {
			out = append(out, Found{h.Ref, h.Text, c})
		}
	}
	return out
}

// telling returns the pairs of a question that say what it is about: those without a character that mere
// grammar uses.
func telling(q string) map[string]bool {
	out := map[string]bool{}
	for _, t := range Terms(q) {
		if utf8.RuneCountInString(t) >= 2 && !strings.ContainsAny(t, stopChars) {
			out[t] = true
		}
	}
	return out
}

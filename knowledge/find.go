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
		if c := covered(asked, h); c >= enough {
			out = append(out, Found{h.Ref, h.Text, c})
		}
	}
	return out
}

// foreignEnough is how many Chinese pairs an article must hold of a question in two languages before the words of
// the other one, which a Chinese text cannot hold, stop counting against it.
const foreignEnough = 3

// covered returns the share of a question's telling terms that an article or its document's title holds.
func covered(asked map[string]bool, h Hit) float64 {
	held := map[string]bool{}
	for _, t := range Terms(h.Text) {
		held[t] = true
	}
	for _, t := range Terms(h.Title) {
		held[t] = true
	}
	n, foreign := 0, 0
	for t := range asked {
		switch {
		case held[t] || abbreviates(t, h.Title):
			n++
		case t[0] < utf8.RuneSelf:
			foreign++
		}
	}
	if n >= foreignEnough {
		return float64(n) / float64(len(asked)-foreign)
	}
	return float64(n) / float64(len(asked))
}

// titleGap is how many characters people leave out between two that they keep when they shorten a title:
// 灯饰扶持办法 for 灯饰产业扶持办法.
const titleGap = 4

// abbreviates reports whether a pair of characters stands in a title with others between them.
func abbreviates(pair, title string) bool {
	first, n := utf8.DecodeRuneInString(pair)
	if len(pair) == n || first < utf8.RuneSelf {
		return false
	}
	_, after, found := strings.Cut(title, pair[:n])
	if !found {
		return false
	}
	i := strings.Index(after, pair[n:])
	return i >= 0 && utf8.RuneCountInString(after[:i]) <= titleGap
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

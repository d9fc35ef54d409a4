package knowledge

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/policy"
)

// Found is an article of an imported document that a question seems to be about.
type Found struct {
	Ref
	Text  string
	Title string // of its document
}

// Findings are the imported articles nearest to a question, and what a search shows of whether they answer it.
type Findings struct {
	List     []Found   // best first, at most findDepth
	First    float64   // how likely it is that the first answers, 0..1
	Among    float64   // how likely it is that one of the first three does, 0..1
	Evidence []float64 // what both were told from, in the order of EvidenceNames; nil where nothing was found
}

// findDepth is how many of the best-ranked articles are looked at; fewest is how many telling terms a question needs to
// be looked up at all.
const (
	findDepth = 10
	fewest    = 3
)

// Find looks a question up in the imported documents. It finds nothing where none is held, where the question says too
// little, and where the embedded policy is nearer than any of them: what that answers is understood from its examples.
// With documents named it looks in those only.
func (b *Base) Find(ctx context.Context, question string, within ...string) Findings {
	b.mu.RLock()
	defer b.mu.RUnlock()
	asked := telling(question)
	if b.now == nil || len(b.now.docs) < 2 || len(asked) < fewest && len(within) == 0 {
		return Findings{}
	}
	x := b.now.index
	depth := findDepth
	if len(within) > 0 {
		depth = candidates
	}
	ranked, err := x.search(ctx, question, depth, b.Off)
	if err != nil {
		b.opt.Log.Warn("imported documents could not be searched", "err", err)
		return Findings{}
	}
	var f Findings
	var list []candidate
	var covers []float64
	for i, c := range ranked {
		e := x.entries[c.i]
		if e.doc.ID == policy.ID {
			if i == 0 && len(within) == 0 {
				return Findings{}
			}
			continue
		}
		if len(within) > 0 && !slices.Contains(within, e.doc.ID) || len(list) == findDepth {
			continue
		}
		list = append(list, c)
		covers = append(covers, covered(asked, e))
		f.List = append(f.List, Found{Ref{Document: e.doc.ID, Article: e.art.Number, Heading: e.art.Heading}, e.art.Text, e.doc.Title})
	}
	if len(list) == 0 {
		return Findings{}
	}
	f.Evidence = x.evidenceOf(list, covers, len(asked))
	m := finder()
	f.First = Probability(m.First, f.Evidence)
	f.Among = max(f.First, Probability(m.Among, f.Evidence))
	return f
}

// foreignEnough is how many Chinese pairs an article must hold of a question in two languages before the words of
// the other one, which a Chinese text cannot hold, stop counting against it.
const foreignEnough = 3

// covered returns the share of a question's telling terms that an article or its document's title holds.
func covered(asked map[string]bool, e entry) float64 {
	held := map[string]bool{}
	for _, t := range Terms(e.art.Text) {
		held[t] = true
	}
	for _, t := range Terms(e.doc.Title) {
		held[t] = true
	}
	n, foreign := 0, 0
	for t := range asked {
		switch {
		case held[t] || abbreviates(t, e.doc.Title):
			n++
		case t[0] < utf8.RuneSelf:
			foreign++
		}
	}
	if len(asked) == 0 {
		return 0
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

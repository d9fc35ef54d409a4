package knowledge

import (
	"slices"
)

// question is a search text made ready for scoring.
type question struct {
	whole  map[uint32]float64 // terms of the text as typed, with how often
	kept   map[uint32]float64 // terms without the words that only ask
	added  map[uint32]float64 // terms of the statutes' words for its everyday ones, weight 0..1
	names  map[uint32]string
	chars  map[uint16]float64
	grams  map[uint64]float64 // three characters in a row -> idf
	runes  []rune             // characters of the kept text, others as 0
	idf    map[uint32]float64
	sum    float64 // of idf of kept terms
	sumAdd float64
	sumChr float64
	sumTri float64
}

func (r *ranker) ask(text string) *question {
	kept, added := expand(text)
	q := &question{whole: map[uint32]float64{}, kept: map[uint32]float64{}, added: map[uint32]float64{}, names: map[uint32]string{},
		chars: map[uint16]float64{}, grams: map[uint64]float64{}, idf: map[uint32]float64{}}
	n := float64(len(r.length))
	put := func(to map[uint32]float64, s string, w float64) {
		tokens(s, func(t string, _, _ int) {
			if i, ok := r.terms[termKey(t)]; ok {
				to[i] += w
				q.names[i] = t
				if _, ok := q.idf[i]; !ok {
					q.idf[i] = idfOf(n, float64(r.df[i]))
				}
			}
		})
	}
	put(q.whole, text, 1)
	put(q.kept, kept, 1)
	for _, s := range added {
		put(q.added, s, 1)
	}
	for t := range q.added {
		q.added[t] = min(q.added[t], 1)
	}
	for _, c := range kept {
		if k, ok := r.chars[c]; ok {
			q.chars[k]++
		}
		if isHan(c) {
			q.runes = append(q.runes, c)
		} else {
			q.runes = append(q.runes, 0)
		}
	}
	trigrams(kept, func(k uint64) {
		if df := r.tri.count(k); df > 0 {
			q.grams[k] = idfOf(n, df)
		}
	})
	for t, w := range q.kept {
		q.sum += w * q.idf[t]
	}
	for t, w := range q.added {
		q.sumAdd += w * q.idf[t]
	}
	for c, w := range q.chars {
		q.sumChr += w * idfOf(n, float64(r.charDF[c]))
	}
	for _, w := range q.grams {
		q.sumTri += w
	}
	return q
}

// clauses returns the terms worth asking the index for, the most telling first.
func (q *question) clauses(limit int, added float64) (terms []uint32, weights map[uint32]float64) {
	weights = map[uint32]float64{}
	for t, w := range q.kept {
		weights[t] += w
	}
	for t, w := range q.added {
		weights[t] += added * w
	}
	for t := range weights {
		terms = append(terms, t)
	}
	slices.SortFunc(terms, func(a, b uint32) int {
		x, y := weights[a]*q.idf[a], weights[b]*q.idf[b]
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return int(int64(a) - int64(b))
	})
	if len(terms) > limit {
		terms = terms[:limit]
	}
	return terms, weights
}

// FeatureNames are the columns of Candidate.Features.
var FeatureNames = []string{
	"whole", "kept", "added", "chars", "tri", "near", "nearAll",
	"law3", "law10", "section3", "prev", "next", "title", "heading", "coverage", "longest",
	"lawCited", "cited", "lawSize", "length", "first", "position", "isLaw", "isRegulation", "isInterpretation", "isReply",
	"citesBest", "citedByBest", "lawNear", "rank", "lawFirst",
}

const (
	fWhole = iota
	fKept
	fAdded
	fChars
	fTri
	fNear
	fNearAll
	fLaw3
	fLaw10
	fSection3
	fPrev
	fNext
	fTitle
	fHeading
	fCoverage
	fLongest
	fLawCited
	fCited
	fLawSize
	fLength
	fFirst
	fPosition
	fIsLaw
	fIsRegulation
	fIsInterpretation
	fIsReply
	fCitesBest
	fCitedByBest
	fLawNear
	fRank
	fLawFirst
	featureCount
)

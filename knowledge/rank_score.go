package knowledge

import (
	"math"
	"slices"
)

// This file fills in the features by which articles are ranked for a question.

// candidate is an article considered for a question.
type candidate struct {
	i        uint32
	features [featureCount]float32
	score    float64 // by judge
}

// slots returns one number for each term, all zero: of a large collection a megabyte, so they are used again.
func (r *ranker) slots() []uint16 {
	if s, ok := r.spare.Get().(*[]uint16); ok {
		return *s
	}
	return make([]uint16, len(r.df))
}

type weight struct{ whole, kept, added float32 }

// scorer is a question made ready to be held against many articles. Its inv… divide a score by the sum of the
// question's idf, so that scores mean the same for short and long questions.
type scorer struct {
	r    *ranker
	q    *question
	slot []uint16 // of a term: its weight's place in weights, plus one
	used []uint32 // terms whose slots are to be cleared

	weights []weight
	chars   []float32
	maybe   [maybeSize]bool // of three characters: whether the question may hold them
	seen    map[uint64]int

	invWhole, invKept, invAdded, invUnique, invChars, invTriples float32
}

// maybeSize is how many places the sketch of a question's triples has, a power of two.
const maybeSize = 1 << 12

func (r *ranker) scorer(q *question) *scorer {
	s := &scorer{r: r, q: q, slot: r.slots(), chars: make([]float32, len(r.charDF)), seen: make(map[uint64]int, 32)}
	sumWhole, unique := 0.0, 0.0
	for t, w := range q.whole {
		s.weight(t).whole += float32(w * q.idf[t])
		sumWhole += w * q.idf[t]
	}
	for t, w := range q.kept {
		s.weight(t).kept += float32(w * q.idf[t])
		unique += q.idf[t]
	}
	for t, w := range q.added {
		s.weight(t).added += float32(w * q.idf[t])
	}
	for c, w := range q.chars {
		s.chars[c] = float32(w * idfOf(float64(len(r.length)), float64(r.charDF[c])))
	}
	for k := range q.grams {
		s.maybe[sketchSlot(k)&(maybeSize-1)] = true
	}
	inv := func(x float64) float32 { return float32(1 / max(x, 1)) }
	s.invWhole, s.invKept, s.invAdded = inv(sumWhole), inv(q.sum), inv(q.sumAdd)
	s.invUnique, s.invChars, s.invTriples = inv(unique), inv(q.sumChr), inv(q.sumTri)
	return s
}

// weight returns a term's weight, zero at first.
func (s *scorer) weight(t uint32) *weight {
	if s.slot[t] == 0 {
		s.weights = append(s.weights, weight{})
		s.slot[t] = uint16(len(s.weights))
		s.used = append(s.used, t)
	}
	return &s.weights[s.slot[t]-1]
}

// done gives the slots back.
func (s *scorer) done() {
	for _, t := range s.used {
		s.slot[t] = 0
	}
	s.r.spare.Put(&s.slot)
}

// score fills in what is known of candidates.
func (r *ranker) score(q *question, list []candidate, texts func(uint32) string, near, nearAll []int32) {
	s := r.scorer(q)
	defer s.done()
	for j := range list {
		c := &list[j]
		norm := float32(bm25K1 * (1 - bm25B + bm25B*float64(r.length[c.i])/max(r.avgLen, 1)))
		s.terms(c, norm)
		s.letters(c, norm)
		s.triples(c, norm, texts(c.i))
		s.headings(c)
		c.features[fNear] = r.space.near(near, c.i)
		c.features[fNearAll] = r.space.near(nearAll, c.i)
		r.standing(c)
	}
	r.context(list)
}

// terms scores an article's words.
func (s *scorer) terms(c *candidate, norm float32) {
	f := &c.features
	for p := s.r.text.off[c.i]; p < s.r.text.off[c.i+1]; p++ {
		t := s.r.text.at[p]
		slot := s.slot[t]
		if slot == 0 {
			continue
		}
		g := saturate(float32(s.r.textTF[p]), norm)
		w := s.weights[slot-1]
		f[fWhole] += w.whole * g
		f[fKept] += w.kept * g
		f[fAdded] += w.added * g
		if w.kept > 0 {
			f[fCoverage] += float32(s.q.idf[t])
		}
	}
	f[fWhole] *= s.invWhole
	f[fKept] *= s.invKept
	f[fAdded] *= s.invAdded
	f[fCoverage] *= s.invUnique
}

// saturate is BM25's growth with the number of times a term stands in an article.
func saturate(tf, norm float32) float32 { return tf * (bm25K1 + 1) / (tf + norm) }

// letters scores single characters.
func (s *scorer) letters(c *candidate, norm float32) {
	f := &c.features
	for p := s.r.letters.off[c.i]; p < s.r.letters.off[c.i+1]; p++ {
		if w := s.chars[s.r.letters.at[p]]; w > 0 {
			f[fChars] += w * saturate(float32(s.r.letterTF[p]), norm)
		}
	}
	f[fChars] *= s.invChars
}

// triples scores runs of three characters, and finds the longest piece in common.
func (s *scorer) triples(c *candidate, norm float32, text string) {
	f := &c.features
	clear(s.seen)
	run, longest := 0, 0
	trigrams(text, func(k uint64) {
		if s.maybe[sketchSlot(k)&(maybeSize-1)] {
			if _, ok := s.q.grams[k]; ok {
				s.seen[k]++
				run++
				longest = max(longest, run+2)
				return
			}
		}
		run = 0
	})
	for k, n := range s.seen {
		f[fTri] += float32(s.q.grams[k]) * saturate(float32(n), norm)
	}
	f[fTri] *= s.invTriples
	f[fLongest] = float32(longest) / 10
}

// headings scores the words of the law's title and of the chapter's heading.
func (s *scorer) headings(c *candidate) {
	f := &c.features
	for _, t := range s.r.title.get(s.r.law[c.i]) {
		if slot := s.slot[t]; slot != 0 {
			f[fTitle] += s.weights[slot-1].kept
		}
	}
	f[fTitle] *= s.invKept
	for _, t := range s.r.heading.get(s.r.section[c.i]) {
		if slot := s.slot[t]; slot != 0 {
			f[fHeading] += s.weights[slot-1].kept + 0.5*s.weights[slot-1].added
		}
	}
	f[fHeading] *= s.invKept
}

// standing fills in what an article is, whatever is asked: how often it is cited, how long it is, where it stands in
// which kind of law.
func (r *ranker) standing(c *candidate) {
	f := &c.features
	law := r.law[c.i]
	f[fLawCited] = float32(math.Log1p(float64(r.lawCited[law])))
	f[fCited] = float32(math.Log1p(float64(len(r.citedBy.get(c.i)))))
	size := float64(r.firstOf[law+1] - r.firstOf[law])
	f[fLawSize] = float32(math.Log(size))
	f[fLength] = float32(math.Log1p(float64(r.length[c.i])))
	f[fPosition] = float32(float64(c.i-r.firstOf[law]) / size)
	if c.i == r.firstOf[law] {
		f[fFirst] = 1
	}
	switch r.kind[law] {
	case kindLaw:
		f[fIsLaw] = 1
	case kindRegulation:
		f[fIsRegulation] = 1
	case kindInterpretation:
		f[fIsInterpretation] = 1
	case kindReply:
		f[fIsReply] = 1
	}
}

// context fills in the features that come from other candidates: of the same document or chapter, beside the
// article, citing it or cited by it.
func (r *ranker) context(list []candidate) {
	base := make([]float32, len(list))
	at := make(map[uint32]int, len(list))
	order := make([]int, len(list))
	for j := range list {
		f := &list[j].features
		base[j] = f[fKept] + 0.3*f[fAdded] + 0.3*f[fTitle]
		at[list[j].i] = j
		order[j] = j
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case base[a] > base[b]:
			return -1
		case base[a] < base[b]:
			return 1
		}
		return int(list[a].i) - int(list[b].i)
	})
	type best struct {
		n     int
		three float32
		ten   float32
		near  float32
	}
	laws, sections := map[uint32]*best{}, map[uint32]*best{}
	get := func(m map[uint32]*best, k uint32) *best {
		b := m[k]
		if b == nil {
			b = &best{}
			m[k] = b
		}
		return b
	}
	for rank, j := range order {
		c := &list[j]
		c.features[fRank] = float32(1 / math.Sqrt(float64(rank+1)))
		c.features[fLawFirst] = float32(1 / math.Sqrt(float64(get(laws, r.law[c.i]).n+1)))
		for _, b := range []*best{get(laws, r.law[c.i]), get(sections, r.section[c.i])} {
			if b.n < 3 {
				b.three += base[j] / 3
			}
			if b.n < 10 {
				b.ten += base[j] / 10
			}
			b.n++
			b.near = max(b.near, c.features[fNearAll])
		}
	}
	value := func(i uint32, law uint32) float32 {
		if j, ok := at[i]; ok && r.law[i] == law {
			return base[j]
		}
		return 0
	}
	for j := range list {
		c := &list[j]
		f := &c.features
		l, s := laws[r.law[c.i]], sections[r.section[c.i]]
		f[fLaw3], f[fLaw10], f[fSection3], f[fLawNear] = l.three, l.ten, s.three, s.near
		if c.i > 0 {
			f[fPrev] = value(c.i-1, r.law[c.i])
		}
		if int(c.i)+1 < len(r.law) {
			f[fNext] = value(c.i+1, r.law[c.i])
		}
		for _, o := range r.cites.get(c.i) {
			if k, ok := at[o]; ok {
				f[fCitesBest] = max(f[fCitesBest], base[k])
			}
		}
		for _, o := range r.citedBy.get(c.i) {
			if k, ok := at[o]; ok {
				f[fCitedByBest] = max(f[fCitedByBest], base[k])
			}
		}
	}
}

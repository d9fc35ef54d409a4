package knowledge

import (
	"math"
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

// score fills in what is known of candidates. Scores of terms are divided by the sum of the question's idf,
// so that they mean the same for short and long questions.
func (r *ranker) score(q *question, list []candidate, texts func(uint32) string, near, nearAll []int32) {
	n := float64(len(r.length))
	slot := r.slots()
	var ws []weight
	var used []uint32
	defer func() {
		for _, t := range used {
			slot[t] = 0
		}
		r.spare.Put(&slot)
	}()
	set := func(t uint32, f func(*weight, float32), w float64) {
		if slot[t] == 0 {
			ws = append(ws, weight{})
			slot[t] = uint16(len(ws))
			used = append(used, t)
		}
		f(&ws[slot[t]-1], float32(w))
	}
	sumWhole := 0.0
	for t, w := range q.whole {
		set(t, func(x *weight, w float32) { x.whole += w }, w*q.idf[t])
		sumWhole += w * q.idf[t]
	}
	for t, w := range q.kept {
		set(t, func(x *weight, w float32) { x.kept += w }, w*q.idf[t])
	}
	for t, w := range q.added {
		set(t, func(x *weight, w float32) { x.added += w }, w*q.idf[t])
	}
	charSlot := make([]float32, len(r.charDF))
	for c, w := range q.chars {
		charSlot[c] = float32(w * idfOf(n, float64(r.charDF[c])))
	}
	var bloom [1 << 12]bool
	for k := range q.grams {
		bloom[sketchSlot(k)&(1<<12-1)] = true
	}
	inv := func(x float64) float32 { return float32(1 / max(x, 1)) }
	invWhole, invKept, invAdd, invChr, invTri := inv(sumWhole), inv(q.sum), inv(q.sumAdd), inv(q.sumChr), inv(q.sumTri)
	uniq := 0.0
	for t := range q.kept {
		uniq += q.idf[t]
	}
	invU := inv(uniq)
	seen := make(map[uint64]int, 32)
	for j := range list {
		c := &list[j]
		f := &c.features
		norm := float32(bm25K1 * (1 - bm25B + bm25B*float64(r.length[c.i])/max(r.avgLen, 1)))
		lo, hi := r.text.off[c.i], r.text.off[c.i+1]
		for p := lo; p < hi; p++ {
			s := slot[r.text.at[p]]
			if s == 0 {
				continue
			}
			tf := float32(r.textTF[p])
			g := tf * (bm25K1 + 1) / (tf + norm)
			w := ws[s-1]
			f[fWhole] += w.whole * g
			f[fKept] += w.kept * g
			f[fAdded] += w.added * g
			if w.kept > 0 {
				f[fCoverage] += float32(q.idf[r.text.at[p]])
			}
		}
		f[fWhole] *= invWhole
		f[fKept] *= invKept
		f[fAdded] *= invAdd
		f[fCoverage] *= invU
		for p := r.letters.off[c.i]; p < r.letters.off[c.i+1]; p++ {
			if w := charSlot[r.letters.at[p]]; w > 0 {
				tf := float32(r.letterTF[p])
				f[fChars] += w * tf * (bm25K1 + 1) / (tf + norm)
			}
		}
		f[fChars] *= invChr
		clear(seen)
		run, longest := 0, 0
		trigrams(texts(c.i), func(k uint64) {
			if bloom[sketchSlot(k)&(1<<12-1)] {
				if _, ok := q.grams[k]; ok {
					seen[k]++
					run++
					longest = max(longest, run+2)
					return
				}
			}
			run = 0
		})
		for k, cnt := range seen {
			tf := float32(cnt)
			f[fTri] += float32(q.grams[k]) * tf * (bm25K1 + 1) / (tf + norm)
		}
		f[fTri] *= invTri
		f[fLongest] = float32(longest) / 10
		f[fNear] = r.space.near(near, c.i)
		f[fNearAll] = r.space.near(nearAll, c.i)
		law, sec := r.law[c.i], r.section[c.i]
		for _, t := range r.title.get(law) {
			if s := slot[t]; s != 0 {
				f[fTitle] += ws[s-1].kept * 1
			}
		}
		f[fTitle] *= invKept
		for _, t := range r.heading.get(sec) {
			if s := slot[t]; s != 0 {
				f[fHeading] += ws[s-1].kept + 0.5*ws[s-1].added
			}
		}
		f[fHeading] *= invKept
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
	r.context(list)
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

package knowledge

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"
)

//go:embed find.json
var findWeights []byte

// EvidenceNames are the columns of the evidence that a search gives of whether the imported articles it found answer a
// question. Those of small and of large collections mean the same, but for the gap between the two best scores.
var EvidenceNames = []string{
	"characters", "gapOfNet", "gapOfSum", "asked", "lead4", "lead8", "covered", "covered3", "coveredMost", "heading", "sameLaw", "articles",
}

// FindModel turns evidence into probabilities. It is fitted from labelled questions by `evaluate fit-finding` and
// never changes while serving.
type FindModel struct {
	First []float64 // weights for: the first article answers; one an evidence column, the constant last
	Among []float64 // the same for: one of the first three answers
}

// Probability returns how likely something is by one of the model's rows of weights.
func Probability(weights, evidence []float64) float64 {
	sum := weights[len(evidence)]
	for i, v := range evidence {
		sum += weights[i] * v
	}
	return 1 / (1 + math.Exp(-sum))
}

var finder = sync.OnceValue(func() *FindModel {
	m := &FindModel{}
	if err := json.Unmarshal(findWeights, m); err != nil {
		panic("knowledge/find.json: " + err.Error()) // compiled in: a broken build
	}
	if n := len(EvidenceNames) + 1; len(m.First) != n || len(m.Among) != n {
		panic(fmt.Sprintf("knowledge/find.json: %d and %d weights, the program has %d", len(m.First), len(m.Among), n))
	}
	return m
})

// plain is the score that a small collection is ranked by, of a candidate of any collection.
func plain(f *[featureCount]float32) float64 { return float64(f[fKept] + 0.3*f[fAdded] + 0.4*f[fLaw3]) }

// evidenceOf describes ranked candidates of imported documents, best first, at least one. covers are the shares of the
// question that they cover, asked is the number of its telling terms.
func (x *index) evidenceOf(list []candidate, covers []float64, asked int) []float64 {
	top := &list[0]
	second, last := list[min(1, len(list)-1)].score, plain(&list[len(list)-1].features)
	gap := top.score - second
	sums := make([]float64, 0, len(list)) // plain scores, sorted
	same := 0.0
	for i := range list {
		sums = insertSorted(sums, plain(&list[i].features))
		if i < 5 && x.ranker.law[list[i].i] == x.ranker.law[top.i] {
			same++
		}
	}
	lead := func(n int) float64 {
		if n < len(sums) {
			return plain(&top.features) - sums[n]
		}
		return plain(&top.features) - last
	}
	mean, most := 0.0, 0.0
	for _, c := range covers[:min(3, len(covers))] {
		mean += c / float64(min(3, len(covers)))
	}
	for _, c := range covers[:min(5, len(covers))] {
		most = max(most, c)
	}
	e := []float64{
		float64(top.features[fChars]), gap, 0, math.Log1p(float64(asked)), lead(4), lead(8), covers[0], mean, most,
		float64(top.features[fHeading]), same, math.Log(float64(len(x.entries))),
	}
	if len(x.entries) < large {
		e[1], e[2] = 0, gap
	}
	return e
}

// insertSorted puts v into a falling list.
func insertSorted(list []float64, v float64) []float64 {
	list = append(list, v)
	for i := len(list) - 1; i > 0 && list[i] > list[i-1]; i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	return list
}

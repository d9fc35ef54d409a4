package knowledge

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"sync"
)

//go:embed rank.json
var rankWeights []byte

// RankNet weighs the features of a candidate: a linear part and one hidden layer. It is fitted from labelled
// questions by `evaluate fit-ranking` and never changes while serving.
type RankNet struct {
	Mean, Scale []float64   // of each feature: what is taken off, then multiplied
	Hidden      int         // units of the hidden layer
	Nets        [][]float64 // of each net: Hidden rows of inputs and a bias, Hidden outputs, one linear weight a feature
}

// Score returns how well a candidate with these features answers. Only the order of scores means something.
func (m *RankNet) Score(features []float32) float64 {
	x, h := make([]float64, len(features)), make([]float64, m.Hidden)
	m.Normalise(features, x)
	sum := 0.0
	for _, p := range m.Nets {
		sum += m.Forward(p, x, h)
	}
	return sum
}

// Normalise writes features into x as the nets take them, bounded so that an odd one cannot outweigh all others.
func (m *RankNet) Normalise(features []float32, x []float64) {
	for i, v := range features {
		x[i] = max(-4, min(4, (float64(v)-m.Mean[i])*m.Scale[i]))
	}
}

// Forward returns one net's output for normalised features; h receives the hidden layer.
func (m *RankNet) Forward(p, x, h []float64) float64 {
	in, out := len(m.Mean), 0.0
	for j := range m.Hidden {
		w := p[j*(in+1) : (j+1)*(in+1)]
		s := w[in]
		for i, v := range x {
			s += w[i] * v
		}
		h[j] = math.Tanh(s)
		out += p[m.Hidden*(in+1)+j] * h[j]
	}
	linear := p[m.Hidden*(in+2):]
	for i, v := range x {
		out += linear[i] * v
	}
	return out
}

// learned is the shipped net; it is read when the first large collection is searched.
var learned = sync.OnceValue(func() *RankNet {
	m := &RankNet{}
	if err := json.Unmarshal(rankWeights, m); err != nil {
		panic("knowledge/rank.json: " + err.Error()) // compiled in: a broken build
	}
	if len(m.Mean) != featureCount || len(m.Scale) != featureCount || len(m.Nets) == 0 || len(m.Nets[0]) != m.Hidden*(featureCount+2)+featureCount {
		panic(fmt.Sprintf("knowledge/rank.json: weights for %d features, the program has %d", len(m.Mean), featureCount))
	}
	return m
})

// large is the number of articles from which the fitted net ranks. It was fitted on tens of thousands of
// articles; on a few dozen its features mean something else, and a plain sum ranks as well.
const large = 2000

// judge returns what scores the candidates of a collection of n articles.
func judge(n int) func(*[featureCount]float32) float64 {
	if n < large {
		return plain
	}
	m := learned()
	return func(f *[featureCount]float32) float64 { return m.Score(f[:]) }
}

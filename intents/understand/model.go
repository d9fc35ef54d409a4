package understand

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// Model is a linear classifier over features: softmax of weighted sums. It is fitted from the example files by
// a command, kept as a file beside them, and never changes while serving.
type Model struct {
	Labels []Label
	Scale  float32   // turns stored weights into real ones
	Temp   float64   // divides the sums, so that confidences mean what they say
	Bias   []float32 // one a label
	Source string    // hash of the examples it was fitted from

	// The features' hashes in rising order with their idf, and for each a row of weights, one a label. Kept as
	// bytes and searched in place: nothing is decoded at start, and only the pages used are read.
	hashes, idf, rows []byte
}

// header is the first part of a model file; the three tables follow it, each aligned to nothing.
type header struct {
	Labels   []Label
	Scale    float32
	Temp     float64
	Bias     []float32
	Source   string
	Features int
}

// Write stores the model.
func (m *Model) Write(w io.Writer) error {
	head, err := json.Marshal(header{m.Labels, m.Scale, m.Temp, m.Bias, m.Source, m.features()})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, uint32(len(head))) // a buffer takes all
	for _, part := range [][]byte{head, m.hashes, m.idf, m.rows} {
		b.Write(part)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// readModel reads what Write stored; it keeps b.
func readModel(b []byte) (*Model, error) {
	if len(b) < 4 {
		return nil, errors.New("model: no weights: run `go run ./cmd/evaluate fit`")
	}
	n := int(binary.LittleEndian.Uint32(b))
	if n > len(b)-4 {
		return nil, errors.New("model: cut short")
	}
	var h header
	if err := json.Unmarshal(b[4:4+n], &h); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	rest := b[4+n:]
	if len(h.Bias) != len(h.Labels) || len(rest) != h.Features*(8+len(h.Labels)) {
		return nil, fmt.Errorf("model: %d bytes for %d features and %d labels", len(rest), h.Features, len(h.Labels))
	}
	m := &Model{Labels: h.Labels, Scale: h.Scale, Temp: h.Temp, Bias: h.Bias, Source: h.Source}
	m.hashes, rest = rest[:4*h.Features], rest[4*h.Features:]
	m.idf, m.rows = rest[:4*h.Features], rest[4*h.Features:]
	return m, nil
}

func (m *Model) features() int { return len(m.hashes) / 4 }

// find returns a feature's position, -1 if the model does not know it.
func (m *Model) find(f feature) int {
	n := m.features()
	i := sort.Search(n, func(i int) bool { return binary.LittleEndian.Uint32(m.hashes[4*i:]) >= uint32(f) })
	if i < n && binary.LittleEndian.Uint32(m.hashes[4*i:]) == uint32(f) {
		return i
	}
	return -1
}

func (m *Model) idfAt(i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(m.idf[4*i:]))
}

func (m *Model) row(i int) []byte {
	k := len(m.Labels)
	return m.rows[i*k : (i+1)*k]
}

// scale gives a vector its idf weights and length one. It returns the weights with the positions of their
// features, those the model knows; the others count for the length, so that a message of unknown words is not
// taken for a sure one.
func (m *Model) scale(v vector) (at []int, ws []float32) {
	fs := make([]feature, 0, len(v))
	for f := range v {
		fs = append(fs, f)
	}
	slices.Sort(fs) // sums in a fixed order: the same message always gives the same figures
	at, ws = make([]int, 0, len(fs)), make([]float32, 0, len(fs))
	var sum float64
	for _, f := range fs {
		w := v[f]
		if w > 1 {
			w = 1 + float32(math.Log(float64(w)))
		}
		i := m.find(f)
		if i >= 0 {
			w *= m.idfAt(i)
			at, ws = append(at, i), append(ws, w)
		}
		sum += float64(w) * float64(w)
	}
	norm := float32(1 / math.Sqrt(sum+1e-9))
	for i := range ws {
		ws[i] *= norm
	}
	return at, ws
}

// Predict returns a probability for each label.
func (m *Model) Predict(v vector) []float64 {
	at, ws := m.scale(v)
	sums := make([]float64, len(m.Labels))
	for i := range sums {
		sums[i] = float64(m.Bias[i])
	}
	for i, pos := range at {
		w := ws[i] * m.Scale
		for k, x := range m.row(pos) {
			sums[k] += float64(w * float32(int8(x)))
		}
	}
	softmax(sums, m.Temp)
	return sums
}

func softmax(x []float64, temp float64) {
	top := slices.Max(x)
	sum := 0.0
	for i := range x {
		x[i] = math.Exp((x[i] - top) / temp)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}

// Sample is a labelled vector to fit from.
type Sample struct {
	vec    vector
	label  Label
	weight float32 // how much it counts
}

// FitOptions are the knobs of a fit.
type FitOptions struct {
	Epochs int     // passes over the samples
	Rate   float64 // first step of AdaGrad
	Decay  float64 // pull of every weight towards zero, per step
	MinDF  int     // features in fewer samples are left out
	Seed   uint64
}

// DefaultFit is what the shipped model was fitted with.
var DefaultFit = FitOptions{Epochs: 14, Rate: 0.35, Decay: 2e-6, MinDF: 3, Seed: 7}

// Fit fits a model by stochastic gradient descent. The same samples and options give the same model.
func Fit(samples []Sample, o FitOptions) *Model {
	df := map[feature]int{}
	known := map[Label]int{}
	m := &Model{Temp: 1}
	for _, s := range samples {
		for f := range s.vec {
			df[f]++
		}
		if _, ok := known[s.label]; !ok {
			known[s.label] = 0
			m.Labels = append(m.Labels, s.label)
		}
	}
	slices.Sort(m.Labels)
	for i, l := range m.Labels {
		known[l] = i
	}
	n := float64(len(samples))
	var names []feature
	for f, d := range df {
		if d >= o.MinDF {
			names = append(names, f)
		}
	}
	slices.Sort(names)
	for _, f := range names {
		idf := float32(math.Log(1+n/float64(df[f])) / math.Log(1+n/3))
		m.hashes = binary.LittleEndian.AppendUint32(m.hashes, uint32(f))
		m.idf = binary.LittleEndian.AppendUint32(m.idf, math.Float32bits(idf))
	}
	k := len(m.Labels)
	type row struct {
		at []int
		w  []float32
		y  int
		c  float32
	}
	rows := make([]row, len(samples))
	for i, s := range samples {
		at, ws := m.scale(s.vec)
		r := row{at: at, w: ws, y: known[s.label], c: s.weight}
		rows[i] = r
	}
	w := make([]float32, len(names)*k)
	g := make([]float32, len(names)*k)
	m.Bias = make([]float32, k)
	rng := rand.New(rand.NewPCG(o.Seed, o.Seed+1))
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	p := make([]float64, k)
	grad := make([]float32, k)
	for range o.Epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			r := rows[i]
			for j := range p {
				p[j] = float64(m.Bias[j])
			}
			for a, at := range r.at {
				base := at * k
				x := r.w[a]
				for j := range p {
					p[j] += float64(x * w[base+j])
				}
			}
			softmax(p, 1)
			for j := range p {
				grad[j] = float32(p[j]) * r.c
			}
			grad[r.y] -= r.c
			for j := range grad {
				m.Bias[j] -= 0.01 * grad[j]
			}
			for a, at := range r.at {
				base := at * k
				x := r.w[a]
				for j := range grad {
					d := grad[j]*x + float32(o.Decay)*w[base+j]
					g[base+j] += d * d
					w[base+j] -= float32(o.Rate) * d / (0.03 + float32(math.Sqrt(float64(g[base+j]))))
				}
			}
		}
	}
	top := float32(0)
	for _, x := range w {
		top = max(top, max(x, -x))
	}
	m.Scale = top / 127
	m.rows = make([]byte, len(w))
	for i, x := range w {
		m.rows[i] = byte(int8(math.Round(float64(x / m.Scale))))
	}
	return m
}

// Likeliest returns the label that the model gives a sample.
func (m *Model) Likeliest(s Sample) Label {
	p := m.Predict(s.vec)
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	return m.Labels[best]
}

// Probability returns what the model gives a sample's own label.
func (m *Model) Probability(s Sample) float64 {
	i := slices.Index(m.Labels, s.label)
	if i < 0 {
		return 0
	}
	return m.Predict(s.vec)[i]
}

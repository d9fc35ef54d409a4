package understand

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/gob"
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
	IDF    map[feature]float32
	rows   map[feature][]int8 // one weight a label
	Source string             // hash of the examples it was fitted from
}

// stored is the model as a file.
type stored struct {
	Labels []Label
	Scale  float32
	Temp   float64
	Bias   []float32
	Hashes []uint32
	IDF    []float32
	Rows   []int8
	Source string
}

// Write stores the model.
func (m *Model) Write(w io.Writer) error {
	s := stored{Labels: m.Labels, Scale: m.Scale, Temp: m.Temp, Bias: m.Bias, Source: m.Source}
	for f := range m.rows {
		s.Hashes = append(s.Hashes, uint32(f))
	}
	slices.Sort(s.Hashes)
	for _, h := range s.Hashes {
		s.IDF = append(s.IDF, m.IDF[feature(h)])
		s.Rows = append(s.Rows, m.rows[feature(h)]...)
	}
	z, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		return err
	}
	if err := binary.Write(z, binary.LittleEndian, uint32(1)); err != nil {
		return err
	}
	// gob cannot write []int8 compactly; bytes it can.
	rows := make([]byte, len(s.Rows))
	for i, v := range s.Rows {
		rows[i] = byte(v)
	}
	s.Rows = nil
	if err := gob.NewEncoder(z).Encode(struct {
		S    stored
		Rows []byte
	}{s, rows}); err != nil {
		return err
	}
	return z.Close()
}

// readModel reads what Write stored.
func readModel(b []byte) (*Model, error) {
	z := flate.NewReader(bytes.NewReader(b))
	var version uint32
	if err := binary.Read(z, binary.LittleEndian, &version); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	var in struct {
		S    stored
		Rows []byte
	}
	if err := gob.NewDecoder(z).Decode(&in); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	s, n := in.S, len(in.S.Labels)
	if len(in.Rows) != n*len(s.Hashes) || len(s.IDF) != len(s.Hashes) {
		return nil, fmt.Errorf("model: %d weights for %d features and %d labels", len(in.Rows), len(s.Hashes), n)
	}
	m := &Model{Labels: s.Labels, Scale: s.Scale, Temp: s.Temp, Bias: s.Bias, Source: s.Source, IDF: make(map[feature]float32, len(s.Hashes)), rows: make(map[feature][]int8, len(s.Hashes))}
	all := make([]int8, len(in.Rows))
	for i, v := range in.Rows {
		all[i] = int8(v)
	}
	for i, h := range s.Hashes {
		m.IDF[feature(h)] = s.IDF[i]
		m.rows[feature(h)] = all[i*n : (i+1)*n : (i+1)*n]
	}
	return m, nil
}

// scale gives a vector its idf weights and length one. Features the model does not know count for the length
// a little, so that a message of unknown words is not taken for a sure one.
func (m *Model) scale(v vector) ([]feature, []float32) {
	fs := make([]feature, 0, len(v))
	for f := range v {
		fs = append(fs, f)
	}
	slices.Sort(fs) // sums in a fixed order: the same message always gives the same figures
	ws := make([]float32, len(fs))
	var sum float64
	for i, f := range fs {
		w := v[f]
		if w > 1 {
			w = 1 + float32(math.Log(float64(w)))
		}
		if idf, ok := m.IDF[f]; ok {
			w *= idf
		} else {
			w *= unknownWeight
		}
		ws[i] = w
		sum += float64(w) * float64(w)
	}
	norm := float32(1 / math.Sqrt(sum+1e-9))
	for i := range ws {
		ws[i] *= norm
	}
	return fs, ws
}

const unknownWeight = 1.0

// Predict returns a probability for each label.
func (m *Model) Predict(v vector) []float64 {
	fs, ws := m.scale(v)
	sums := make([]float64, len(m.Labels))
	for i := range sums {
		sums[i] = float64(m.Bias[i])
	}
	for i, f := range fs {
		row, ok := m.rows[f]
		if !ok {
			continue
		}
		w := ws[i] * m.Scale
		for k, x := range row {
			sums[k] += float64(w * float32(x))
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
var DefaultFit = FitOptions{Epochs: 14, Rate: 0.35, Decay: 2e-6, MinDF: 2, Seed: 7}

// Fit fits a model by stochastic gradient descent. The same samples and options give the same model.
func Fit(samples []Sample, o FitOptions) *Model {
	df := map[feature]int{}
	known := map[Label]int{}
	m := &Model{Temp: 1, IDF: map[feature]float32{}, rows: map[feature][]int8{}}
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
	index := map[feature]int{}
	for f, d := range df {
		if d >= o.MinDF {
			m.IDF[f] = float32(math.Log(1+n/float64(d)) / math.Log(1+n/3))
		}
	}
	names := make([]feature, 0, len(m.IDF))
	for f := range m.IDF {
		names = append(names, f)
	}
	sort.Slice(names, func(i, j int) bool { return names[i] < names[j] })
	for i, f := range names {
		index[f] = i
	}
	k := len(m.Labels)
	type row struct {
		at []int32
		w  []float32
		y  int
		c  float32
	}
	rows := make([]row, len(samples))
	for i, s := range samples {
		fs, ws := m.scale(s.vec)
		r := row{y: known[s.label], c: s.weight}
		for j, f := range fs {
			if at, ok := index[f]; ok {
				r.at, r.w = append(r.at, int32(at)), append(r.w, ws[j])
			}
		}
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
				base := int(at) * k
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
				base := int(at) * k
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
	for i, f := range names {
		q := make([]int8, k)
		for j := range q {
			q[j] = int8(math.Round(float64(w[i*k+j] / m.Scale)))
		}
		m.rows[f] = q
	}
	return m
}

// Probability returns what the model gives a sample's own label.
func (m *Model) Probability(s Sample) float64 {
	i := slices.Index(m.Labels, s.label)
	if i < 0 {
		return 0
	}
	return m.Predict(s.vec)[i]
}

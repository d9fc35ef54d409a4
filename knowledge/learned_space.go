package knowledge

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// space places terms and articles as points with few coordinates, so that articles near a question are found
// although they share no term with it (latent semantic analysis). It is computed from the indexed articles
// alone; nothing in it comes from outside.
type space struct {
	dim   int
	row   []int32 // term -> its row in terms, -1 for a term too rare or too common
	terms []int8  // rows of dim coordinates, each scaled by its entry of scale
	scale []float32
	arts  []int8 // articles: rows of dim coordinates, unit length at 127
}

const (
	spaceMinDF  = 5
	spaceRounds = 4
	// spaceMin is the least number of articles from which a space is worth learning.
	spaceMin = 2000
)

var spacePower = 0.5

// learnSpace computes the space by randomised subspace iteration over the weighted matrix of articles and terms.
func (r *ranker) learnSpace() {
	n := len(r.length)
	if n < spaceMin {
		return
	}
	d := spaceDim
	s := space{dim: d, row: make([]int32, len(r.df))}
	var idf []float32
	for t, df := range r.df {
		s.row[t] = -1
		if df >= spaceMinDF && int(df) < n/8 {
			s.row[t] = int32(len(idf))
			idf = append(idf, float32(idfOf(float64(n), float64(df))))
		}
	}
	v := len(idf)
	norm := make([]float32, n)
	each := func(i int, f func(row int, w float32)) {
		for j := r.text.off[i]; j < r.text.off[i+1]; j++ {
			if k := s.row[r.text.at[j]]; k >= 0 {
				f(int(k), idf[k]*tfWeight[r.textTF[j]])
			}
		}
	}
	for i := range n {
		sum := float32(0)
		each(i, func(_ int, w float32) { sum += w * w })
		if sum > 0 {
			norm[i] = 1 / float32(math.Sqrt(float64(sum)))
		}
	}
	q := make([]float32, v*d)
	rnd := rand.New(rand.NewPCG(1, 2)) // fixed: the same documents give the same ranking
	for i := range q {
		q[i] = float32(rnd.NormFloat64())
	}
	y := make([]float32, d)
	next := make([]float32, v*d)
	project := func(i int) {
		clear(y)
		each(i, func(k int, w float32) { axpy(w*norm[i], q[k*d:k*d+d], y) })
	}
	orthonormalise(q, d)
	for range spaceRounds {
		clear(next)
		for i := range n {
			project(i)
			each(i, func(k int, w float32) { axpy(w*norm[i], y, next[k*d:k*d+d]) })
		}
		q, next = next, q
		orthonormalise(q, d)
	}
	// turn the axes to the singular directions
	g := make([]float64, d*d)
	for i := range n {
		project(i)
		for a := range d {
			ya := float64(y[a])
			for b := 0; b <= a; b++ {
				g[a*d+b] += ya * float64(y[b])
			}
		}
	}
	for a := range d {
		for b := range a {
			g[b*d+a] = g[a*d+b]
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(d, g), true) {
		return // no space: the other features rank without it
	}
	values := eigen.Values(nil)
	var turn mat.Dense
	eigen.VectorsTo(&turn)
	vectors := turn.RawMatrix().Data // row by row: vector a in column a
	turned := make([]float32, d)
	shrink := make([]float32, d)
	for a := range d {
		shrink[a] = float32(math.Pow(math.Sqrt(max(values[a], 1e-9)), -spacePower))
	}
	s.terms, s.scale = make([]int8, v*d), make([]float32, v)
	for k := range v {
		row := q[k*d : k*d+d]
		for a := range d {
			sum := float32(0)
			for b := range d {
				sum += row[b] * float32(vectors[b*d+a])
			}
			turned[a] = sum * shrink[a]
		}
		copy(row, turned)
		s.scale[k] = quantise(row, s.terms[k*d:k*d+d])
	}
	s.arts = make([]int8, n*d)
	for i := range n {
		project(i)
		quantise(y, s.arts[i*d:i*d+d])
		unit(y)
		for a := range d {
			s.arts[i*d+a] = int8(math.Round(float64(y[a]) * 127))
		}
	}
	r.space = s
}

var tfWeight = func() (w [256]float32) {
	for i := 1; i < 256; i++ {
		w[i] = float32(1 + math.Log(float64(i)))
	}
	return w
}()

func axpy(w float32, x, y []float32) {
	y = y[:len(x)]
	for i := range x {
		y[i] += w * x[i]
	}
}

func unit(y []float32) {
	sum := 0.0
	for _, v := range y {
		sum += float64(v) * float64(v)
	}
	if sum == 0 {
		return
	}
	f := float32(1 / math.Sqrt(sum))
	for i := range y {
		y[i] *= f
	}
}

// quantise writes y as bytes and returns the factor that gives y back.
func quantise(y []float32, to []int8) float32 {
	m := float32(0)
	for _, v := range y {
		m = max(m, v, -v)
	}
	if m == 0 {
		return 0
	}
	for i, v := range y {
		to[i] = int8(math.Round(float64(v / m * 127)))
	}
	return m / 127
}

// orthonormalise makes the d columns of a tall matrix orthonormal (Cholesky QR, twice for accuracy).
func orthonormalise(q []float32, d int) {
	rows := len(q) / d
	for range 2 {
		g := make([]float64, d*d)
		for k := range rows {
			row := q[k*d : k*d+d]
			for a, x := range row {
				xa := float64(x)
				ga := g[a*d : a*d+a+1]
				for b := range ga {
					ga[b] += xa * float64(row[b])
				}
			}
		}
		trace := 0.0
		for a := range d {
			trace += g[a*d+a]
			for b := range a {
				g[b*d+a] = g[a*d+b]
			}
		}
		for a := range d {
			g[a*d+a] += trace*1e-10 + 1e-30 // columns that depend on each other have a factor too
		}
		var c mat.Cholesky
		c.Factorize(mat.NewSymDense(d, g))
		var l mat.TriDense
		c.LTo(&l)
		for a := range d {
			for b := range a + 1 {
				g[a*d+b] = l.At(a, b)
			}
		}
		for k := range rows {
			row := q[k*d : k*d+d]
			for a := range d {
				sum := float64(row[a])
				for c := range a {
					sum -= float64(row[c]) * g[a*d+c]
				}
				row[a] = float32(sum / g[a*d+a])
			}
		}
	}
}

// place returns where a weighted set of terms stands, to be compared with articles; nil when nothing is known of them.
func (s *space) place(weights map[uint32]float64) []int32 {
	if s.dim == 0 {
		return nil
	}
	y := make([]float32, s.dim)
	for t, w := range weights {
		if int(t) >= len(s.row) || s.row[t] < 0 {
			continue
		}
		k := int(s.row[t])
		f := float32(w) * s.scale[k]
		for a, c := range s.terms[k*s.dim : k*s.dim+s.dim] {
			y[a] += f * float32(c)
		}
	}
	unit(y)
	q := make([]int32, s.dim)
	any := false
	for a, v := range y {
		q[a] = int32(math.Round(float64(v) * 127))
		any = any || q[a] != 0
	}
	if !any {
		return nil
	}
	return q
}

// near returns how near an article is to a place, -1 to 1; 0 for no place.
func (s *space) near(q []int32, article uint32) float32 {
	if q == nil {
		return 0
	}
	row := s.arts[int(article)*s.dim : int(article+1)*s.dim]
	q = q[:len(row)]
	var s0, s1, s2, s3 int32
	for a := 0; a+3 < len(row); a += 4 {
		s0 += q[a] * int32(row[a])
		s1 += q[a+1] * int32(row[a+1])
		s2 += q[a+2] * int32(row[a+2])
		s3 += q[a+3] * int32(row[a+3])
	}
	return float32(s0+s1+s2+s3) / (127 * 127)
}

// nearest returns the k articles nearest to a place.
func (s *space) nearest(q []int32, k int) []uint32 {
	if q == nil {
		return nil
	}
	all := make([]float32, len(s.arts)/s.dim)
	for i := range all {
		all[i] = s.near(q, uint32(i))
	}
	return highest(all, k)
}

var spaceDim = 96

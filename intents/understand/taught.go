package understand

import (
	"fmt"
	"math"
	"slices"
)

// taught are examples that staff added while serving. The fitted weights do not know them; a message that is
// like one of them takes its label.
type taught struct {
	labels []Label
	in     map[feature][]posting
}

type posting struct {
	example int
	weight  float32
}

// How like a taught example a message must be: above sure it is taken for it, between the two its label gains
// in proportion. Found by comparing examples of one label with each other and with those of other labels.
const (
	taughtSure  = 0.78
	taughtMaybe = 0.55
)

// Labels lists what an example may be taught as.
func (u *Understander) Labels() []Label { return slices.Clone(u.model.Labels) }

// Teach puts other taught examples in place of those before, without a pause for messages in hand. An unknown
// label is an error, and nothing is changed.
func (u *Understander) Teach(list []Example) error {
	t := &taught{in: map[feature][]posting{}}
	for i, e := range list {
		if !slices.Contains(u.model.Labels, e.Label) {
			return fmt.Errorf("no such label as %q: examples are taught as policy/01 to policy/25, policy/01.miss, platform/financing, clarify and so on", e.Label)
		}
		t.labels = append(t.labels, e.Label)
		for f, w := range u.unit(u.vector(u.normalise(e.Text))) {
			t.in[f] = append(t.in[f], posting{i, w})
		}
	}
	u.taught.Store(t)
	return nil
}

// unit gives a vector its idf weights and length one, unknown features included.
func (u *Understander) unit(v vector) vector {
	sum := 0.0
	for f, w := range v {
		if i := u.model.find(f); i >= 0 {
			w *= u.model.idfAt(i)
			v[f] = w
		}
		sum += float64(w) * float64(w)
	}
	norm := float32(1 / math.Sqrt(sum+1e-9))
	for f := range v {
		v[f] *= norm
	}
	return v
}

// recall moves probability to the label of the taught example that is most like the message.
func (u *Understander) recall(v vector, p []float64) {
	t := u.taught.Load()
	if t == nil || len(t.labels) == 0 {
		return
	}
	likeness := make([]float32, len(t.labels))
	for f, w := range u.unit(v) {
		for _, at := range t.in[f] {
			likeness[at.example] += w * at.weight
		}
	}
	best := 0
	for i := range likeness {
		if likeness[i] > likeness[best] {
			best = i
		}
	}
	share := (float64(likeness[best]) - taughtMaybe) / (taughtSure - taughtMaybe)
	if share <= 0 {
		return
	}
	share = min(share, 1) * 0.98
	for i := range p {
		p[i] *= 1 - share
	}
	p[slices.Index(u.model.Labels, t.labels[best])] += share
}

package understand

import (
	"cmp"
	"slices"
)

// Trace says how a message was understood, for people who ask why.
type Trace struct {
	Result
	Labels  []Weighed // the likeliest first, before the check of slots
	Nearest Nearest   // taught example
	Asked   []string  // kinds of facts that the message asks for: "phone", "sum"
}

// Weighed is a label with its probability.
type Weighed struct {
	Label
	P float64
}

// traced is how many labels a trace names, and tracedLeast the least probability of one.
const (
	traced      = 8
	tracedLeast = 0.005
)

// Trace understands a message as Understand does and says how.
func (u *Understander) Trace(text string) Trace {
	n := u.normalise(text)
	r, p, near := u.weigh(n)
	r = u.withSecond(n, r)
	t := Trace{Result: r, Nearest: near}
	for i, l := range u.model.Labels {
		if p[i] >= tracedLeast {
			t.Labels = append(t.Labels, Weighed{l, p[i]})
		}
	}
	slices.SortStableFunc(t.Labels, func(a, b Weighed) int { return cmp.Compare(b.P, a.P) })
	t.Labels = t.Labels[:min(len(t.Labels), traced)]
	for _, i := range askedSlots(n.text) {
		t.Asked = append(t.Asked, slots[i].name)
	}
	return t
}

// Nearest returns the taught example that is most like a message.
func (u *Understander) Nearest(text string) Nearest {
	if u.nothingTaught() {
		return Nearest{}
	}
	return u.NearestTo(u.Vector(text))
}

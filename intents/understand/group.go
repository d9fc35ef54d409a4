package understand

import (
	"cmp"
	"maps"
	"slices"
)

// alike is how like the first text of a group another must be to join it. Of the examples that are so like each other
// four in five mean the same; much above it the same question with its words in another order stands alone.
const alike = 0.5

// Only groups that share one of a text's weightiest features, so many of them, are proposed for it; commonFeature is the
// number of groups from which a feature proposes none, and proposals how many are compared in full. Together they keep
// the work for a text bounded.
const (
	tellingFeatures = 28
	commonFeature   = 200
	proposals       = 16
)

// weighted is a feature of a text with its weight.
type weighted struct {
	f feature
	w float32
}

// Vector is a text made ready for grouping. It may be kept: it does not depend on what was taught.
type Vector []weighted // by feature

// Vector makes a text ready.
func (u *Understander) Vector(text string) Vector {
	return u.sorted(u.vector(u.mended(u.normalise(text))))
}

// sorted makes a vector of a message ready; it is used up.
func (u *Understander) sorted(v vector) Vector {
	v = u.unit(v)
	out := make(Vector, 0, len(v))
	for _, f := range slices.Sorted(maps.Keys(v)) {
		out = append(out, weighted{f, v[f]})
	}
	return out
}

// telling returns the weightiest features.
func (v Vector) telling() Vector {
	if len(v) <= tellingFeatures {
		return v
	}
	top := slices.Clone(v)
	slices.SortFunc(top, func(a, b weighted) int { return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(a.f, b.f)) })
	return top[:tellingFeatures]
}

// likeness is the cosine of two vectors.
func (v Vector) likeness(o Vector) float32 {
	sum := float32(0)
	for i, j := 0, 0; i < len(v) && j < len(o); {
		switch {
		case v[i].f < o[j].f:
			i++
		case v[i].f > o[j].f:
			j++
		default:
			sum += v[i].w * o[j].w
			i++
			j++
		}
	}
	return sum
}

// Group puts texts that are alike together. Each group lists positions, that of its first text first. A text joins the
// group whose first text it is most like, or begins one: so the same list gives the same groups, and longer ones leave
// the groups of their beginning as they were.
func Group(texts []Vector) [][]int {
	var groups [][]int
	in := map[feature][]int32{} // groups whose first text has a feature
	score := make([]float32, 0, len(texts))
	var touched []int32
	for i, v := range texts {
		for _, g := range touched {
			score[g] = 0
		}
		touched = touched[:0]
		telling := v.telling()
		for _, x := range telling {
			at := in[x.f]
			if len(at) >= commonFeature {
				continue
			}
			for _, g := range at {
				if score[g] == 0 {
					touched = append(touched, g)
				}
				score[g] += x.w * x.w
			}
		}
		best, most := -1, float32(alike)
		for _, g := range highest(touched, score) {
			if l := v.likeness(texts[groups[g][0]]); l >= most && (best < 0 || l > most) {
				best, most = int(g), l
			}
		}
		if best >= 0 {
			groups[best] = append(groups[best], i)
			continue
		}
		for _, x := range telling {
			in[x.f] = append(in[x.f], int32(len(groups)))
		}
		groups, score = append(groups, []int{i}), append(score, 0)
	}
	return groups
}

// highest returns the groups of the highest scores, at most proposals of them, the older first where two are equal.
func highest(touched []int32, score []float32) []int32 {
	before := func(a, b int32) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) }
	top := make([]int32, 0, proposals+1)
	for _, g := range touched {
		if len(top) == proposals && before(top[proposals-1], g) < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, g, before)
		top = slices.Insert(top, at, g)
		top = top[:min(len(top), proposals)]
	}
	return top
}

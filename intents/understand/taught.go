package understand

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"smebot/knowledge"
)

// taught are examples that staff added while serving. The fitted weights do not know them; a message that is
// like one of them takes its label.
type taught struct {
	list []Example
	in   map[feature][]posting
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

// Beside the model's labels an example may be taught as something that the weights know nothing of: an article of any
// document, or an answer that staff wrote. Only a message that is surely the same takes such a label.
const (
	articlePrefix = "article/"
	answerPrefix  = "answer/"
)

// ArticleLabel is the label of an article of any document.
func ArticleLabel(r knowledge.Ref) Label {
	return Label(articlePrefix + r.Document + "/" + strconv.Itoa(r.Article) + "/" + r.Heading)
}

// AnswerLabel is the label of an answer that staff wrote.
func AnswerLabel(id string) Label { return Label(answerPrefix + id) }

// Ref returns the article of an ArticleLabel.
func (l Label) Ref() (knowledge.Ref, bool) {
	rest, ok := strings.CutPrefix(string(l), articlePrefix)
	parts := strings.SplitN(rest, "/", 3)
	if !ok || len(parts) < 3 || parts[0] == "" || parts[2] == "" {
		return knowledge.Ref{}, false
	}
	n, err := strconv.Atoi(parts[1])
	return knowledge.Ref{Document: parts[0], Article: n, Heading: parts[2]}, err == nil
}

// Answer returns the id of an AnswerLabel, "" of others.
func (l Label) Answer() string {
	id, ok := strings.CutPrefix(string(l), answerPrefix)
	if !ok {
		return ""
	}
	return id
}

// Labels lists what an example may be taught as, besides ArticleLabel and AnswerLabel.
func (u *Understander) Labels() []Label { return slices.Clone(u.model.Labels) }

// Teachable reports whether an example may be taught as a label.
func (u *Understander) Teachable(l Label) bool {
	_, article := l.Ref()
	return article || l.Answer() != "" || slices.Contains(u.model.Labels, l)
}

// Teach puts other taught examples in place of those before, without a pause for messages in hand. An unknown
// label is an error, and nothing is changed.
func (u *Understander) Teach(list []Example) error {
	t := &taught{list: slices.Clone(list), in: map[feature][]posting{}}
	for i, e := range list {
		if !u.Teachable(e.Label) {
			return fmt.Errorf("no such label as %q: examples are taught as policy/01 to policy/25, policy/01.miss, platform/financing, clarify and so on", e.Label)
		}
		for f, w := range u.unit(u.vector(u.mended(u.normalise(e.Text)))) {
			t.in[f] = append(t.in[f], posting{i, w})
		}
	}
	u.taught.Store(t)
	return nil
}

// Taught returns the examples taught now.
func (u *Understander) Taught() []Example {
	if t := u.taught.Load(); t != nil {
		return slices.Clone(t.list)
	}
	return nil
}

// With returns an understander that shares everything with u but what it was taught.
func (u *Understander) With(list []Example) (*Understander, error) {
	other := u.WithModel(u.model)
	return other, other.Teach(list)
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

// Nearest is the taught example that is most like a message.
type Nearest struct {
	Example
	Likeness float64 // 0..1; 1 for the same words
}

// Sure reports whether a message counts as the example itself.
func (n Nearest) Sure() bool { return n.Likeness >= taughtSure }

// Maybe reports whether the example has any say about a message.
func (n Nearest) Maybe() bool { return n.Likeness > taughtMaybe }

// nothingTaught reports whether there is no taught example to compare with.
func (u *Understander) nothingTaught() bool {
	t := u.taught.Load()
	return t == nil || len(t.list) == 0
}

// NearestTo returns the taught example that is most like a text; the zero value if none is taught.
func (u *Understander) NearestTo(v Vector) Nearest {
	if u.nothingTaught() {
		return Nearest{}
	}
	t := u.taught.Load()
	likeness := make([]float32, len(t.list))
	for _, x := range v { // in a fixed order, so that the same message always gives the same figure
		for _, at := range t.in[x.f] {
			likeness[at.example] += x.w * at.weight
		}
	}
	best := 0
	for i := range likeness {
		if likeness[i] > likeness[best] {
			best = i
		}
	}
	return Nearest{t.list[best], float64(likeness[best])}
}

// recall moves probability to the label of the taught example that is most like the message, if the model has it.
func (u *Understander) recall(n Nearest, p []float64) {
	share := (n.Likeness - taughtMaybe) / (taughtSure - taughtMaybe)
	at := slices.Index(u.model.Labels, n.Label)
	if share <= 0 || at < 0 {
		return
	}
	share = min(share, 1) * 0.98
	for i := range p {
		p[i] *= 1 - share
	}
	p[at] += share
}

// taughtSame is the likeness from which a message is the example in all but a word: what staff said that it means then
// counts for more than the check of slots, which refused it before.
const taughtSame = 0.93

// obey lets the taught example that the message is surely like decide what the weights cannot.
func (r *Result) obey(n Nearest) {
	if !n.Sure() {
		return
	}
	r.Answer = n.Label.Answer()
	ref, ok := n.Label.Ref()
	if a := n.Label.Article(); !ok && a > 0 && n.Label.Intent() == Policy && n.Likeness >= taughtSame {
		ref, ok = knowledge.PolicyRef(a), true
	}
	r.Taught = ok
	if ok && (r.Intent != Policy || len(r.Articles) == 0 || r.Articles[0].Ref != ref) {
		r.Intent, r.Confidence, r.Unsure, r.Platforms, r.Articles, r.Miss = Policy, n.Likeness, false, nil, []Match{{ref, n.Likeness}}, Miss{}
	}
}

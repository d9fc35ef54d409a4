package understand

import (
	"cmp"
	"slices"
	"strings"

	"smebot/knowledge"
)

// slotOdds is how much likelier an article is to answer a question when it holds a fact of the kind asked for.
const slotOdds = 4

// favour shifts probability from misses to the articles that hold a fact of the kind the message asks for.
func (u *Understander) favour(question string, asked []int, p []float64) {
	if len(asked) == 0 || elsewhen.in(question) {
		return
	}
	sum := 0.0
	for i, l := range u.model.Labels {
		if l.Intent() == Policy && !u.holds.lacks(l.Article(), asked) {
			p[i] *= slotOdds
		}
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}

// beyond says whether a question asks for a place or a year that an article does not speak of.
func (u *Understander) beyond(question string, article int) Miss {
	text := u.texts[article]
	if place := otherPlace(question); place != "" && !strings.Contains(text, "港澳台") {
		return Miss{MissPlace, place}
	}
	if year := otherYear(question, text); year != "" && !stillAsked.in(question) {
		return Miss{MissYear, year}
	}
	return Miss{}
}

// intents lists all intents, in the order that decides between equal ones.
var intents = []Intent{Policy, Platform, Clarify, NoAnswer, Referral, Human, Greeting, Help, Status, Privacy}

// guess is a label with its probability.
type guess struct {
	label Label
	p     float64
}

// guesses lists the labels that are wanted, likeliest first.
func (u *Understander) guesses(p []float64, wanted func(Label) bool) []guess {
	var out []guess
	for i, l := range u.model.Labels {
		if wanted(l) {
			out = append(out, guess{l, p[i]})
		}
	}
	slices.SortFunc(out, func(a, b guess) int { return cmp.Or(cmp.Compare(b.p, a.p), cmp.Compare(a.label, b.label)) })
	return out
}

// decide turns probabilities of labels into a result: the intent that its labels together make likeliest, with what
// belongs to it.
func (u *Understander) decide(r *Result, p []float64) {
	asked := askedSlots(r.Normal)
	u.favour(r.Normal, asked, p)
	byIntent := map[Intent]float64{}
	for i, l := range u.model.Labels {
		byIntent[l.Intent()] += p[i]
	}
	r.Intent, r.Confidence = NoAnswer, 0
	for _, in := range intents {
		if byIntent[in] > r.Confidence {
			r.Intent, r.Confidence = in, byIntent[in]
		}
	}
	switch r.Intent {
	case Policy:
		u.decideArticles(r, p, asked)
	case NoAnswer:
		u.decideNearest(r, p)
	case Platform, Clarify, Referral:
		u.decidePlatforms(r, p)
	case Privacy:
		best := u.guesses(p, func(l Label) bool { return l.Intent() == Privacy })
		r.Ask = PrivacyAsk(strings.TrimPrefix(string(best[0].label), "privacy-"))
	}
}

const (
	// sureArticle is how likely an article must be to answer from it while others come near. Below it half of the
	// answers rested on the wrong article.
	sureArticle = 0.25
	mostCited   = 3    // articles that an answer rests on
	closeTo     = 0.25 // share of the best article's likelihood from which another counts as close
)

// decideArticles picks the articles close to the best one and, of them, those that hold what is asked for. Where none
// does, or where the question goes beyond the policy, the result is NoAnswer with the nearest article.
func (u *Understander) decideArticles(r *Result, p []float64, asked []int) {
	all := u.guesses(p, func(l Label) bool { return l.Intent() == Policy })
	near := all[:1]
	for len(near) < min(mostCited, len(all)) && all[len(near)].p >= closeTo*all[0].p {
		near = all[:len(near)+1]
	}
	miss := u.beyond(r.Normal, all[0].label.Article())
	if miss.Kind == "" {
		near = slices.DeleteFunc(slices.Clone(near), func(g guess) bool { return u.holds.lacks(g.label.Article(), asked) })
		if len(near) == 0 {
			miss.Kind = MissFact
		}
	}
	if miss.Kind != "" {
		r.Intent, r.Miss = NoAnswer, miss
		r.Articles = []Match{{knowledge.PolicyRef(all[0].label.Article()), all[0].p}}
		return
	}
	r.Unsure = near[0].p < sureArticle && len(near) > 1
	for _, g := range near {
		r.Articles = append(r.Articles, Match{knowledge.PolicyRef(g.label.Article()), g.p})
	}
}

const (
	nearestOffered = 2    // articles offered where none answers
	nearestLeast   = 0.15 // how likely one must be, as an answer or as a near miss
)

// decideNearest names the articles nearest to a question that none answers.
func (u *Understander) decideNearest(r *Result, p []float64) {
	total := map[int]float64{}
	for i, l := range u.model.Labels {
		if l.Article() > 0 {
			total[l.Article()] += p[i]
		}
	}
	for n, p := range total {
		if p > nearestLeast {
			r.Articles = append(r.Articles, Match{knowledge.PolicyRef(n), p})
		}
	}
	slices.SortFunc(r.Articles, func(a, b Match) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Article, b.Article)) })
	r.Articles = r.Articles[:min(nearestOffered, len(r.Articles))]
	if len(r.Articles) > 0 {
		r.Miss = u.beyond(r.Normal, r.Articles[0].Article)
	} else if place := otherPlace(r.Normal); place != "" {
		r.Miss = Miss{MissPlace, place}
	}
}

// decidePlatforms names the platform types meant: for a platform those close to the best one, for a referral only one
// that is likelier than all others together.
func (u *Understander) decidePlatforms(r *Result, p []float64) {
	list := u.guesses(p, func(l Label) bool { return l.Slug() != "" })
	total := 0.0
	for _, g := range list {
		total += g.p
	}
	for i, g := range list[:min(4, len(list))] {
		if i > 0 && r.Intent == Platform && g.p < 0.3*list[0].p || r.Intent == Referral && g.p < 0.5*total {
			break
		}
		r.Platforms = append(r.Platforms, g.label.Slug())
	}
}

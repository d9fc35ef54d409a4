package understand

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"smebot/knowledge"
)

//go:embed model.bin
var modelFile []byte

// Understander understands messages. It is safe for use by many goroutines.
type Understander struct {
	model     *Model
	pinyin    *sounds
	cantonese *table
	english   *table
	synonyms  *groups
	holds     holdings
	texts     map[int]string // of the policy's articles

	taught atomic.Pointer[taught] // examples added while serving
}

// newBare returns an understander that can normalise and make features, with no model yet.
func newBare() (*Understander, error) {
	doc, _, err := knowledge.Embedded()
	if err != nil {
		return nil, err
	}
	u := &Understander{pinyin: newSounds(), holds: newHoldings(doc), texts: map[int]string{}}
	for _, a := range doc.Articles {
		u.texts[a.Number] = a.Text
	}
	if u.cantonese, err = readTable("cantonese.tsv"); err != nil {
		return nil, err
	}
	if u.english, err = readTable("english.tsv"); err != nil {
		return nil, err
	}
	u.synonyms, err = readGroups("synonyms.tsv")
	return u, err
}

// New returns an understander over the fitted model and the glossaries.
func New() (*Understander, error) {
	u, err := newBare()
	if err != nil {
		return nil, err
	}
	u.model, err = readModel(modelFile)
	return u, err
}

// Samples turns examples into what a model is fitted from.
func (u *Understander) Samples(list []Example, weight float32) []Sample {
	out := make([]Sample, len(list))
	for i, e := range list {
		out[i] = Sample{u.vector(u.normalise(e.Text)), e.Label, weight}
	}
	return out
}

// Fingerprint names a set of examples: a model keeps that of the examples it was fitted from.
func Fingerprint(list []Example) string {
	h := sha256.New()
	for _, e := range list {
		fmt.Fprintf(h, "%s\t%s\n", e.Label, e.Text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Bare returns an understander without a model, for fitting one.
func Bare() (*Understander, error) { return newBare() }

// WithModel returns a copy of u that uses a model.
func (u *Understander) WithModel(m *Model) *Understander {
	return &Understander{model: m, pinyin: u.pinyin, cantonese: u.cantonese, english: u.english, synonyms: u.synonyms, holds: u.holds, texts: u.texts}
}

// FromCards makes examples of the words written beside the policy: an article's sentences, the subjects of its
// facts and the questions listed for it, a platform's services.
func FromCards(doc knowledge.Document, cards []knowledge.Card, platforms []knowledge.PlatformCard) []Example {
	var out []Example
	add := func(l Label, texts ...string) {
		for _, t := range texts {
			if t != "" {
				out = append(out, Example{t, l})
			}
		}
	}
	for _, a := range doc.Articles {
		l := Label(fmt.Sprintf("policy/%02d", a.Number))
		for _, p := range a.Passages {
			if p.Label != "" {
				add(l, "文件规定"+p.Label+"提供哪些服务")
			}
		}
		for s := range strings.SplitSeq(a.Text, "。") {
			add(l, "文件怎么规定"+s)
		}
	}
	for _, c := range cards {
		l := Label(fmt.Sprintf("policy/%02d", c.Article))
		add(l, c.Title.ZH, c.Title.EN, c.Summary.EN)
		add(l, c.Asks.ZH...)
		add(l, c.Asks.EN...)
		add(l, c.Aliases...)
		for _, f := range c.Facts {
			add(l, f.About.ZH, f.About.EN)
		}
	}
	for _, p := range platforms {
		l := Label("platform/" + p.Slug)
		add(l, p.Short.ZH, p.Label.ZH)
		for _, s := range p.Services.ZH {
			add(l, "想找"+s)
		}
		for _, s := range p.Services.EN {
			add(l, "where can my firm get "+s)
		}
	}
	return out
}

// Understand works out what a message means.
func (u *Understander) Understand(text string) Result {
	n := u.normalise(text)
	r := u.classify(n)
	r.Second = u.second(n, r)
	return r
}

func (u *Understander) classify(n normal) Result {
	r := Result{Language: n.language, Normal: n.text}
	if len(n.pinyin) == 0 {
		n.text = u.mend(n.text)
	}
	r.Query = u.query(n)
	v := u.vector(n)
	p := u.model.Predict(v)
	u.recall(v, p)
	u.decide(&r, p)
	return r
}

// query adds to a message the words that the policy uses for the same things.
func (u *Understander) query(n normal) string {
	parts := []string{n.text}
	if len(n.pinyin) == 0 {
		u.english.find(n.words, func(meaning string) { parts = append(parts, meaning) })
	}
	for _, i := range u.synonyms.found(n.text) {
		if own := u.synonyms.first[i]; !strings.Contains(n.text, own) {
			parts = append(parts, own)
		}
	}
	return strings.Join(parts, " ")
}

// parts of a message end at these; a request shorter than minPart characters is none of its own.
var partEnd = regexp.MustCompile(`[。！？!?；;\n]|，?(另外|还有|顺便|同时|再问|还想|也想|另问)|\b(also|and also|besides|by the way)\b`)

const minPart = 5

// second finds another request in a message of several: a part that by itself means something else, surely.
func (u *Understander) second(n normal, main Result) *Result {
	if main.Intent != Policy && main.Intent != Platform && main.Intent != Referral {
		return nil
	}
	var parts []string
	for _, p := range partEnd.Split(n.text, -1) {
		if p = strings.TrimSpace(p); utf8.RuneCountInString(p) >= minPart {
			parts = append(parts, p)
		}
	}
	if len(parts) < 2 || len(parts) > 4 {
		return nil
	}
	for _, p := range parts {
		part := u.normalise(p)
		part.language = n.language
		r := u.classify(part)
		if r.Confidence < 0.75 || len(r.Articles) == 0 && len(r.Platforms) == 0 {
			continue
		}
		switch {
		case r.Intent == Policy && (main.Intent != Policy || len(main.Articles) > 0 && r.Articles[0].Article != main.Articles[0].Article),
			r.Intent == Platform && len(r.Platforms) > 0 && (main.Intent == Policy || main.Intent == Platform && !slices.Contains(main.Platforms, r.Platforms[0])):
			return &r
		}
	}
	return nil
}

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

// sureArticle is how likely an article must be to answer from it while others come near. Below it half of the
// answers rested on the wrong article.
const sureArticle = 0.25

// decide turns probabilities of labels into a result.
func (u *Understander) decide(r *Result, p []float64) {
	asked := askedSlots(r.Normal)
	u.favour(r.Normal, asked, p)
	byIntent := map[Intent]float64{}
	for i, l := range u.model.Labels {
		byIntent[l.Intent()] += p[i]
	}
	best, top := NoAnswer, 0.0
	for _, in := range []Intent{Policy, Platform, Clarify, NoAnswer, Referral, Human, Greeting, Help, Status, Privacy} {
		if byIntent[in] > top {
			best, top = in, byIntent[in]
		}
	}
	r.Intent, r.Confidence = best, top
	type match struct {
		l Label
		p float64
	}
	var articles, slugs []match
	asks := map[Label]float64{}
	nearest := map[int]float64{}
	for i, l := range u.model.Labels {
		switch {
		case l.Article() > 0:
			nearest[l.Article()] += p[i]
			if l.Intent() == Policy {
				articles = append(articles, match{l, p[i]})
			}
		case l.Slug() != "":
			slugs = append(slugs, match{l, p[i]})
		case l.Intent() == Privacy:
			asks[l] = p[i]
		}
	}
	byP := func(a, b match) int {
		switch {
		case a.p > b.p:
			return -1
		case a.p < b.p:
			return 1
		}
		return strings.Compare(string(a.l), string(b.l))
	}
	slices.SortFunc(articles, byP)
	slices.SortFunc(slugs, byP)
	switch best {
	case Policy:
		// Those close to the best article, and of them the ones that hold what is asked for.
		near := articles[:1]
		for len(near) < min(3, len(articles)) && articles[len(near)].p >= 0.25*articles[0].p {
			near = articles[:len(near)+1]
		}
		nearest := near[0]
		if miss := u.beyond(r.Normal, nearest.l.Article()); miss.Kind != "" {
			r.Intent, r.Miss = NoAnswer, miss
			r.Articles = []Match{{knowledge.PolicyRef(nearest.l.Article()), nearest.p}}
			return
		}
		near = slices.DeleteFunc(slices.Clone(near), func(m match) bool { return u.holds.lacks(m.l.Article(), asked) })
		if len(near) == 0 {
			r.Intent, r.Miss = NoAnswer, Miss{Kind: MissFact}
			r.Articles = []Match{{knowledge.PolicyRef(nearest.l.Article()), nearest.p}}
			return
		}
		r.Unsure = near[0].p < sureArticle && len(near) > 1
		for _, m := range near {
			r.Articles = append(r.Articles, Match{knowledge.PolicyRef(m.l.Article()), m.p})
		}
	case NoAnswer:
		for n, p := range nearest {
			if p > 0.15 {
				r.Articles = append(r.Articles, Match{knowledge.PolicyRef(n), p})
			}
		}
		slices.SortFunc(r.Articles, func(a, b Match) int {
			if a.Score > b.Score {
				return -1
			}
			if a.Score < b.Score {
				return 1
			}
			return a.Article - b.Article
		})
		r.Articles = r.Articles[:min(2, len(r.Articles))]
		if len(r.Articles) > 0 {
			r.Miss = u.beyond(r.Normal, r.Articles[0].Article)
		}
	case Platform, Clarify, Referral:
		total := 0.0
		for _, m := range slugs {
			total += m.p
		}
		for i, m := range slugs[:min(4, len(slugs))] {
			if i > 0 && best == Platform && m.p < 0.3*slugs[0].p || best == Referral && m.p < 0.5*total {
				break
			}
			r.Platforms = append(r.Platforms, m.l.Slug())
		}
	case Privacy:
		top := 0.0
		for l, p := range asks {
			if p > top {
				top = p
				r.Ask = PrivacyAsk(strings.TrimPrefix(string(l), "privacy-"))
			}
		}
	}
}

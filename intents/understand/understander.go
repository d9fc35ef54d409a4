package understand

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

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
	points    points
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
	if u.model, err = readModel(modelFile); err == nil {
		u.points, err = readPoints(pointsFile)
	}
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
	return &Understander{model: m, pinyin: u.pinyin, cantonese: u.cantonese, english: u.english, synonyms: u.synonyms, points: u.points, holds: u.holds, texts: u.texts}
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
	return u.withSecond(n, u.classify(n))
}

func (u *Understander) classify(n normal) Result {
	r, _, _ := u.weigh(n)
	return r
}

// weigh is classify that also gives the probabilities of the model's labels, before the check of slots, and the taught
// example that was nearest.
func (u *Understander) weigh(n normal) (Result, []float64, Nearest) {
	r := Result{Language: n.language, Normal: n.text}
	n = u.mended(n)
	r.Query = u.query(n)
	v := u.vector(n)
	p := u.model.Predict(v)
	var near Nearest
	if !u.nothingTaught() {
		near = u.NearestTo(u.sorted(maps.Clone(v)))
		u.recall(near, p)
	}
	weighed := slices.Clone(p)
	u.decide(&r, p)
	r.obey(near)
	if r.Intent == Policy && len(r.Articles) > 0 && r.Articles[0].Ref == knowledge.PolicyRef(r.Articles[0].Article) {
		r.Points = u.pointsOf(r.Articles[0].Article, n, v)
	}
	return r, weighed, near
}

// mended is a message with its words by ear as the examples write them.
func (u *Understander) mended(n normal) normal {
	if len(n.pinyin) == 0 {
		n.text = u.mend(n.text)
	}
	return n
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

package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"smebot/intents/understand"
	"smebot/knowledge"
)

type fitCmd struct {
	Out   string `help:"Where to write the weights." default:"intents/understand/model.bin" type:"path"`
	Folds int    `help:"Folds of the cross-validation; 0 leaves it out." default:"5"`
	Dry   bool   `help:"Only cross-validate."`
}

// Run cross-validates on the example files, calibrates the confidence on the held-out folds, fits on all of
// them and writes the weights.
func (c *fitCmd) Run() error {
	u, err := understand.Bare()
	if err != nil {
		return err
	}
	examples, err := understand.Examples()
	if err != nil {
		return err
	}
	base, err := knowledge.Open(knowledge.Options{})
	if err != nil {
		return err
	}
	defer base.Close()
	doc := base.Documents()[0]
	var cards []knowledge.Card
	for _, a := range doc.Articles {
		if card, ok := base.Card(knowledge.PolicyRef(a.Number)); ok {
			cards = append(cards, card)
		}
	}
	fromCards := understand.FromCards(doc, cards, base.Platforms())
	if !c.Dry {
		if err := writeSounds(u, filepath.Join(filepath.Dir(c.Out), "sounds.tsv"), append(slices.Clone(examples), fromCards...)); err != nil {
			return err
		}
	}
	written := u.Samples(examples, 1)
	helpers := u.Samples(fromCards, 0.6)
	fmt.Printf("%d examples, %d from cards\n", len(written), len(helpers))

	temp := 1.0
	if c.Folds > 1 {
		temp = crossValidate(u, examples, written, helpers, c.Folds)
	}
	if c.Dry {
		return nil
	}
	began := time.Now()
	m := understand.Fit(append(append([]understand.Sample{}, written...), helpers...), understand.DefaultFit)
	m.Temp, m.Source = temp, understand.Fingerprint(examples)
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, b.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("fitted in %.1f s, %d labels, %d KiB, temperature %.2f\n", time.Since(began).Seconds(), len(m.Labels), b.Len()>>10, temp)
	return c.fitPoints(u)
}

// soundsAtLeast is how often a run of syllables must occur to be written back into characters.
const soundsAtLeast = 4

func writeSounds(u *understand.Understander, path string, examples []understand.Example) error {
	var b bytes.Buffer
	var texts []string
	for _, e := range examples {
		texts = append(texts, e.Text)
	}
	if err := u.WriteSounds(&b, texts, soundsAtLeast); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// crossValidate prints how often held-out examples get their intent, article and platform, and returns the
// temperature under which the held-out labels are likeliest.
func crossValidate(u *understand.Understander, examples []understand.Example, written, helpers []understand.Sample, folds int) float64 {
	type guess struct {
		model *understand.Model
		at    int
	}
	var guesses []guess
	right, article, articles, slug, slugs := 0, 0, 0, 0, 0
	for k := range folds {
		var train []understand.Sample
		for i, s := range written {
			if i%folds != k {
				train = append(train, s)
			}
		}
		m := understand.Fit(append(train, helpers...), understand.DefaultFit)
		v := u.WithModel(m)
		for i, e := range examples {
			if i%folds != k {
				continue
			}
			guesses = append(guesses, guess{m, i})
			r := v.Understand(e.Text)
			if r.Intent == e.Label.Intent() {
				right++
			}
			switch {
			case e.Label.Intent() == understand.Policy:
				articles++
				if len(r.Articles) > 0 && r.Articles[0].Article == e.Label.Article() && r.Intent == understand.Policy {
					article++
				}
			case e.Label.Slug() != "":
				slugs++
				if len(r.Platforms) > 0 && r.Platforms[0] == e.Label.Slug() {
					slug++
				}
			}
		}
	}
	best, bestLoss := 1.0, math.Inf(1)
	for _, t := range []float64{0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4} {
		loss := 0.0
		for _, g := range guesses {
			g.model.Temp = t
			loss -= math.Log(max(1e-9, g.model.Probability(written[g.at])))
		}
		if loss < bestLoss {
			best, bestLoss = t, loss
		}
	}
	fmt.Printf("%d-fold cross-validation: intent %.3f, article %.3f, platform %.3f, log loss %.3f at temperature %.2f\n",
		folds, ratio(right, len(examples)), ratio(article, articles), ratio(slug, slugs), bestLoss/float64(len(examples)), best)
	return best
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

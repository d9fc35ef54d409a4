package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"smebot/knowledge"
)

type fitFindingCmd struct {
	File   string   `arg:"" help:"Labelled questions with relevant articles, JSONL." type:"existingfile"`
	None   []string `help:"Questions that no document answers: of labelled ones (.jsonl) those expecting no_answer, of others (.txt) each line." type:"existingfile" default:"cmd/evaluate/testdata/fresh.jsonl,intents/understand/examples/no_answer.txt"`
	Corpus string   `help:"Folder of policy files to search." type:"existingdir" required:""`
	Index  string   `help:"Folder for the index of the whole collection." type:"path"`
	Out    string   `help:"Where to write the weights." default:"knowledge/find.json" type:"path"`
	Folds  int      `help:"Folds of the cross-validation, by question." default:"5"`
	Dry    bool     `help:"Only cross-validate."`
}

// collections are the sizes in documents that are tried, with how many of each: operators hold two documents or a
// thousand. The whole collection comes besides.
var collections = []struct{ size, times int }{{2, 60}, {6, 50}, {30, 25}, {200, 6}}

// sight is what was seen for one question in one collection.
type sight struct {
	question     int
	size         int // documents of the collection
	evidence     []float64
	first, among bool
	weight       float64
}

// Run draws collections of every size, sees what a search in each gives for questions that it answers and for others,
// cross-validates and writes the weights.
func (c *fitFindingCmd) Run(ctx context.Context) error {
	sights, err := c.look(ctx)
	if err != nil {
		return err
	}
	c.crossValidate(sights)
	if c.Dry {
		return nil
	}
	m := knowledge.FindModel{First: logistic(sights, sight.isFirst), Among: logistic(sights, sight.isAmong)}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return os.WriteFile(c.Out, body, 0o644)
}

func (s sight) isFirst() bool { return s.first }
func (s sight) isAmong() bool { return s.among }

func (c *fitFindingCmd) look(ctx context.Context) ([]sight, error) {
	docs, err := readCorpus(c.Corpus)
	if err != nil {
		return nil, err
	}
	cases, err := readCases(c.File)
	if err != nil {
		return nil, err
	}
	cases = slices.DeleteFunc(cases, func(q labelled) bool { return len(q.Relevant) == 0 })
	answered := len(cases)
	for _, file := range c.None {
		none, err := readNone(file)
		if err != nil {
			return nil, err
		}
		cases = append(cases, none...)
	}
	at := map[string]int{}
	for i, d := range docs {
		at[d.Title] = i
	}
	rng := rand.New(rand.NewPCG(5, 6)) // fixed: the same files give the same weights
	all, err := seeAll(ctx, knowledge.Options{Dir: c.Index, Documents: docs}, len(docs), cases, func(int) bool { return true })
	if err != nil {
		return nil, err
	}
	for _, k := range collections {
		var some []sight
		for range k.times {
			part, held := draw(rng, docs, at, cases[:answered], min(k.size, len(docs)))
			// half of the questions that the collection answers, and a few of all others
			seen, err := seeAll(ctx, knowledge.Options{Documents: part}, k.size, cases, func(i int) bool {
				for _, r := range cases[i].Relevant {
					if title, _, _ := strings.Cut(r, "#"); held[title] {
						return rng.IntN(2) == 0
					}
				}
				return rng.IntN(12) == 0
			})
			if err != nil {
				return nil, err
			}
			some = append(some, seen...)
		}
		all = append(all, even(some)...)
	}
	return all, nil
}

// readNone reads questions that no document answers.
func readNone(file string) ([]labelled, error) {
	if filepath.Ext(file) == ".jsonl" {
		all, err := readCases(file)
		return slices.DeleteFunc(all, func(q labelled) bool { return q.Expect != "no_answer" }), err
	}
	body, err := os.ReadFile(file)
	var out []labelled
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, labelled{Text: line})
		}
	}
	return out, err
}

// draw picks documents, half of them among those that questions are about.
func draw(rng *rand.Rand, docs []knowledge.Document, at map[string]int, cases []labelled, n int) (part []knowledge.Document, held map[string]bool) {
	held = map[string]bool{}
	for len(part) < n {
		i := rng.IntN(len(docs))
		if rng.IntN(2) == 0 {
			r := cases[rng.IntN(len(cases))].Relevant
			title, _, _ := strings.Cut(r[rng.IntN(len(r))], "#")
			known, ok := at[title]
			if !ok {
				continue
			}
			i = known
		}
		if !held[docs[i].Title] {
			held[docs[i].Title] = true
			part = append(part, docs[i])
		}
	}
	return part, held
}

// seeAll searches one collection for the questions that are wanted; all its sights together weigh the same as those of
// another one.
func seeAll(ctx context.Context, o knowledge.Options, size int, cases []labelled, wanted func(int) bool) ([]sight, error) {
	base, err := knowledge.Open(o)
	if err != nil {
		return nil, err
	}
	defer base.Close()
	var out []sight
	for i, q := range cases {
		if !wanted(i) {
			continue
		}
		f := base.Find(ctx, q.Text)
		if f.Evidence == nil {
			continue
		}
		s := sight{question: i, size: size, evidence: f.Evidence}
		for j, a := range f.List[:min(3, len(f.List))] {
			right := slices.Contains(q.Relevant, a.Title+"#"+a.Heading)
			s.first = s.first || right && j == 0
			s.among = s.among || right
		}
		out = append(out, s)
	}
	return even(out), nil
}

// even gives sights the same weight, a thousand together.
func even(list []sight) []sight {
	for i := range list {
		list[i].weight = 1000 / float64(len(list))
	}
	return list
}

// crossValidate prints how sure the answers are for each size of collection.
func (c *fitFindingCmd) crossValidate(sights []sight) {
	for _, goal := range []struct {
		name string
		is   func(sight) bool
	}{{"the first article answers", sight.isFirst}, {"one of the first three answers", sight.isAmong}} {
		p := make([]float64, len(sights))
		for k := range c.Folds {
			var in []sight
			for _, s := range sights {
				if s.question%c.Folds != k {
					in = append(in, s)
				}
			}
			w := logistic(in, goal.is)
			for i, s := range sights {
				if s.question%c.Folds == k {
					p[i] = knowledge.Probability(w, s.evidence)
				}
			}
		}
		fmt.Println(goal.name + ", held out:")
		sizes := map[int]bool{}
		for _, s := range sights {
			sizes[s.size] = true
		}
		for _, size := range slices.Sorted(maps.Keys(sizes)) {
			line := fmt.Sprintf("  %4d documents, %5d questions:", size, count(sights, func(i int) bool { return sights[i].size == size }))
			for _, t := range []float64{0.35, 0.5, 0.6, 0.7} {
				given := count(sights, func(i int) bool { return sights[i].size == size && p[i] >= t })
				right := count(sights, func(i int) bool { return sights[i].size == size && p[i] >= t && goal.is(sights[i]) })
				could := count(sights, func(i int) bool { return sights[i].size == size && goal.is(sights[i]) })
				line += fmt.Sprintf("  from %.2f right %.2f found %.2f", t, ratio(right, given), ratio(right, could))
			}
			fmt.Println(line)
		}
	}
}

func count(list []sight, is func(int) bool) (n int) {
	for i := range list {
		if is(i) {
			n++
		}
	}
	return n
}

// logistic fits weights by gradient descent on scaled columns and returns them for the columns as they are, the
// constant last.
func logistic(list []sight, is func(sight) bool) []float64 {
	n := len(list[0].evidence)
	mean, scale := make([]float64, n), make([]float64, n)
	total := 0.0
	for _, s := range list {
		total += s.weight
		for j, v := range s.evidence {
			mean[j] += s.weight * v
		}
	}
	for j := range mean {
		mean[j] /= total
	}
	for _, s := range list {
		for j, v := range s.evidence {
			scale[j] += s.weight * (v - mean[j]) * (v - mean[j])
		}
	}
	for j := range scale {
		scale[j] = 1 / math.Sqrt(scale[j]/total+1e-12)
	}
	w, g := make([]float64, n+1), make([]float64, n+1)
	const (
		rounds = 600
		step   = 1.0
		pull   = 1e-3
	)
	for range rounds {
		clear(g)
		for _, s := range list {
			z := w[n]
			for j, v := range s.evidence {
				z += w[j] * (v - mean[j]) * scale[j]
			}
			d := 1 / (1 + math.Exp(-z))
			if is(s) {
				d--
			}
			d *= s.weight / total
			for j, v := range s.evidence {
				g[j] += d * (v - mean[j]) * scale[j]
			}
			g[n] += d
		}
		for j := range w {
			if j < n {
				g[j] += pull * w[j]
			}
			w[j] -= step * g[j]
		}
	}
	for j := range mean {
		w[j] *= scale[j]
		w[n] -= w[j] * mean[j]
	}
	return w
}

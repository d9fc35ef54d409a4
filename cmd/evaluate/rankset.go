package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"

	"smebot/knowledge"
)

// rankSet is one question with its candidates.
type rankSet struct {
	want  []string
	rel   []bool
	names []string
	feats [][]float32
}

// collect gathers the candidates of every question and says how many of the right ones are among them.
func (c *fitRankingCmd) collect(ctx context.Context) ([]rankSet, error) {
	docs, err := readCorpus(c.Corpus)
	if err != nil {
		return nil, err
	}
	base, err := knowledge.Open(knowledge.Options{Dir: c.Index, Documents: docs})
	if err != nil {
		return nil, err
	}
	defer base.Close()
	var sets []rankSet
	for _, file := range c.File {
		cases, err := readCases(file)
		if err != nil {
			return nil, err
		}
		found, n, count := 0.0, 0, 0
		for _, q := range cases {
			want := q.relevant(base.Documents())
			if len(want) == 0 {
				continue
			}
			list, err := base.Candidates(ctx, q.Text)
			if err != nil {
				return nil, err
			}
			s := rankSet{want: want}
			hit := 0
			for _, x := range list {
				name := x.Title + "#" + x.Heading
				ok := slices.Contains(want, name)
				if ok {
					hit++
				}
				s.names = append(s.names, name)
				s.rel = append(s.rel, ok)
				s.feats = append(s.feats, x.Features)
			}
			sets = append(sets, s)
			found += float64(hit) / float64(len(want))
			count += len(list)
			n++
		}
		fmt.Printf("%s: %d questions, %d candidates each, recall %.3f\n", file, n, count/max(1, n), found/float64(max(1, n)))
	}
	return sets, nil
}

// crossValidate fits on all folds but one and scores the one, for each; it returns the scores on what was fitted
// and on what was held out.
func (c *fitRankingCmd) crossValidate(sets []rankSet, on []bool) (train, held ranking) {
	fold := make([]int, len(sets))
	for i := range sets {
		if c.Blocks {
			fold[i] = i * c.Folds / len(sets)
		} else {
			h := fnv.New32a()
			fmt.Fprint(h, i)
			fold[i] = int(h.Sum32()>>8) % c.Folds
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan bool, 2)
	for k := range c.Folds {
		wg.Go(func() {
			slots <- true
			defer func() { <-slots }()
			var in, out []rankSet
			for i, s := range sets {
				if fold[i] == k {
					out = append(out, s)
				} else {
					in = append(in, s)
				}
			}
			m := c.train(in, on)
			mu.Lock()
			defer mu.Unlock()
			held.merge(evalSets(out, m.Score))
			train.merge(evalSets(in, m.Score))
		})
	}
	wg.Wait()
	return train, held
}

func (r *ranking) merge(o ranking) {
	r.n += o.n
	r.mrr += o.mrr
	r.at1 += o.at1
	r.at10 += o.at10
	r.at100 += o.at100
}

// evalSets scores the ranking that a function of the features gives.
func evalSets(sets []rankSet, score func([]float32) float64) ranking {
	var r ranking
	for _, s := range sets {
		order := make([]int, len(s.names))
		scores := make([]float64, len(s.names))
		for i := range order {
			order[i] = i
			scores[i] = score(s.feats[i])
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case scores[a] > scores[b]:
				return -1
			case scores[a] < scores[b]:
				return 1
			}
			return 0
		})
		got := make([]string, 0, depth)
		for _, i := range order[:min(depth, len(order))] {
			got = append(got, s.names[i])
		}
		r.add(s.want, got, 0)
	}
	return r
}

// ideas are the groups of features that stand for one idea each.
var ideas = []struct {
	name     string
	features []string
}{
	{"question without filler words", []string{"kept"}},
	{"single characters and triples", []string{"chars", "tri"}},
	{"the law's own score (best three, best ten)", []string{"law3", "law10", "lawNear", "lawFirst"}},
	{"the chapter's score", []string{"section3"}},
	{"the neighbouring articles", []string{"prev", "next"}},
	{"title and chapter heading", []string{"title", "heading"}},
	{"the statutes' words for everyday ones", []string{"added"}},
	{"nearness in the space learned from the corpus", []string{"near", "nearAll"}},
	{"share of the question covered, longest piece", []string{"coverage", "longest"}},
	{"prior by kind and size of the law", []string{"lawSize", "isLaw", "isRegulation", "isInterpretation", "isReply"}},
	{"how often law and article are cited", []string{"lawCited", "cited"}},
	{"citing, or cited by, the best", []string{"citesBest", "citedByBest"}},
	{"length, position, first article", []string{"length", "position", "first"}},
	{"place in the first ranking", []string{"rank"}},
}

// ablate says what each idea gives: what is lost without it, and what it adds to the plain score alone.
func (c *fitRankingCmd) ablate(sets []rankSet) {
	row := func(name string, on []bool) {
		_, r := c.crossValidate(sets, on)
		n := float64(max(1, r.n))
		fmt.Printf("%-52s MRR@10 %.3f  R@10 %.3f  R@100 %.3f\n", name, r.mrr/n, r.at10/n, r.at100/n)
	}
	only := func(keep ...string) []bool {
		on := make([]bool, len(knowledge.FeatureNames))
		for j, n := range knowledge.FeatureNames {
			on[j] = slices.Contains(keep, n)
		}
		return on
	}
	row("all", without(nil))
	for _, i := range ideas {
		row("without "+i.name, without(i.features))
	}
	row("plain score alone", only("whole"))
	for _, i := range ideas {
		row("plain score and "+i.name, only(append([]string{"whole"}, i.features...)...))
	}
	linear := *c
	linear.Hidden = 0
	_, r := linear.crossValidate(sets, without(nil))
	r.print("all, linear")
}

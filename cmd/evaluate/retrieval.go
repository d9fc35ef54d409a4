package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"smebot/knowledge"
	"smebot/knowledge/parse"
)

type retrievalCmd struct {
	File   string `arg:"" help:"Labelled questions with relevant articles, JSONL." type:"existingfile"`
	Corpus string `help:"Folder of policy files to search; without it the embedded policy is searched." type:"existingdir"`
	Index  string `help:"Folder for the index; without it the index is kept in memory." type:"path"`
}

// Run builds the index and scores the ranking of every question.
func (c *retrievalCmd) Run(ctx context.Context) error {
	cases, err := readCases(c.File)
	if err != nil {
		return err
	}
	began := time.Now()
	docs, err := readCorpus(c.Corpus)
	if err != nil {
		return err
	}
	read := time.Since(began)
	began = time.Now()
	base, err := knowledge.Open(knowledge.Options{Dir: c.Index, Documents: docs})
	if err != nil {
		return err
	}
	defer base.Close()
	fmt.Printf("%d documents read in %.1f s, indexed in %.1f s\n", len(docs), read.Seconds(), time.Since(began).Seconds())
	s, err := rank(ctx, cases, base.Documents(), func(ctx context.Context, text string) ([]string, error) {
		hits, err := base.Search(ctx, text, depth)
		return names(hits), err
	})
	if err != nil {
		return err
	}
	s.print("smebot")
	return nil
}

// depth is how far down a ranking is looked at.
const depth = 100

// names gives hits the names that cases use.
func names(hits []knowledge.Hit) []string {
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.Title + "#" + h.Heading
	}
	return out
}

// relevant names the articles that answer a case; none if it is not about articles.
func (c labelled) relevant(docs []knowledge.Document) []string {
	want := slices.Clone(c.Relevant)
	for _, a := range c.Articles {
		want = append(want, docs[0].Title+"#"+knowledge.PolicyRef(a).Heading)
	}
	return want
}

// rank puts every case with relevant articles to a search and scores what it gives.
func rank(ctx context.Context, cases []labelled, docs []knowledge.Document, search func(context.Context, string) ([]string, error)) (ranking, error) {
	var s ranking
	for _, q := range cases {
		want := q.relevant(docs)
		if len(want) == 0 {
			continue
		}
		began := time.Now()
		got, err := search(ctx, q.Text)
		if err != nil {
			return s, fmt.Errorf("%s: %w", q.ID, err)
		}
		s.add(want, got, time.Since(began))
	}
	return s, nil
}

func readCorpus(dir string) ([]knowledge.Document, error) {
	if dir == "" {
		return nil, nil
	}
	var out []knowledge.Document
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !parse.Supported(p) {
			return err
		}
		doc, err := parse.File(p)
		if err != nil {
			return err
		}
		out = append(out, doc)
		return nil
	})
	return out, err
}

// ranking sums up how well questions were ranked.
type ranking struct {
	n                int
	mrr              float64
	at1, at10, at100 float64
	took             []time.Duration
}

func (r *ranking) add(want, got []string, took time.Duration) {
	r.n++
	r.took = append(r.took, took)
	first := -1
	found := [3]int{}
	for i, g := range got {
		if !slices.Contains(want, g) {
			continue
		}
		if first < 0 {
			first = i
		}
		for j, k := range []int{1, 10, 100} {
			if i < k {
				found[j]++
			}
		}
	}
	if first >= 0 && first < 10 {
		r.mrr += 1 / float64(first+1)
	}
	n := float64(len(want))
	r.at1 += float64(found[0]) / n
	r.at10 += float64(found[1]) / n
	r.at100 += float64(found[2]) / n
}

func (r *ranking) print(name string) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	n := float64(max(1, r.n))
	fmt.Printf("%-12s n %d  MRR@10 %.3f  R@1 %.3f  R@10 %.3f  R@100 %.3f  latency p50 %.2f p95 %.2f p99 %.2f ms  heap %d MiB\n",
		name, r.n, r.mrr/n, r.at1/n, r.at10/n, r.at100/n, r.percentile(.5), r.percentile(.95), r.percentile(.99), m.HeapInuse>>20)
}

// percentile is a share of the latencies, in milliseconds.
func (r *ranking) percentile(p float64) float64 {
	if len(r.took) == 0 {
		return 0
	}
	slices.Sort(r.took)
	return float64(r.took[min(len(r.took)-1, int(p*float64(len(r.took))))].Microseconds()) / 1000
}

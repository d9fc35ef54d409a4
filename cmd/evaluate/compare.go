package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"smebot/knowledge"
	"smebot/knowledge/baseline"
)

type compareCmd struct {
	File   string `arg:"" help:"Labelled questions, JSONL." type:"existingfile"`
	Corpus string `help:"Folder of policy files to search; without it the embedded policy is searched." type:"existingdir"`
}

// Run puts one file of questions to every way of searching, one after the other, and prints a line for each; for
// questions with labelled intents it also asks the whole bot, since a search by itself refuses nothing.
func (c *compareCmd) Run(ctx context.Context) error {
	cases, err := readCases(c.File)
	if err != nil {
		return err
	}
	docs, err := readCorpus(c.Corpus)
	if err != nil {
		return err
	}
	return compare(ctx, os.Stdout, cases, docs)
}

// way is one way of searching: open builds it over documents and returns its search.
type way struct {
	name string
	open func([]knowledge.Document) (search func(context.Context, string) ([]string, error), done func() error, err error)
}

// ways lists the plain ones first.
func ways() []way {
	plain := func(name string, index func([]baseline.Text) (baseline.Searcher, error)) way {
		return way{name, func(docs []knowledge.Document) (func(context.Context, string) ([]string, error), func() error, error) {
			s, err := index(baseline.Texts(docs))
			if err != nil {
				return nil, nil, err
			}
			var called []string
			for _, d := range docs {
				for _, a := range d.Articles {
					called = append(called, d.Title+"#"+a.Heading)
				}
			}
			return func(ctx context.Context, text string) ([]string, error) {
				found, err := s.Search(ctx, text, depth)
				out := make([]string, len(found))
				for i, f := range found {
					out[i] = called[f]
				}
				return out, err
			}, s.Close, nil
		}}
	}
	return []way{
		plain("bleve cjk", baseline.NewBleveCJK),
		plain("bleve, our tokenizer", baseline.NewBleveOwn),
		plain("textbook BM25", func(t []baseline.Text) (baseline.Searcher, error) { return baseline.NewBM25(t), nil }),
		{"smebot search", func(docs []knowledge.Document) (func(context.Context, string) ([]string, error), func() error, error) {
			base, err := knowledge.Open(knowledge.Options{Documents: docs[1:]}) // the embedded one comes by itself
			if err != nil {
				return nil, nil, err
			}
			return func(ctx context.Context, text string) ([]string, error) {
				hits, err := base.Search(ctx, text, depth)
				return names(hits), err
			}, base.Close, nil
		}},
	}
}

func compare(ctx context.Context, w io.Writer, cases []labelled, imported []knowledge.Document) error {
	embedded, err := knowledge.Open(knowledge.Options{})
	if err != nil {
		return err
	}
	docs := append(slices.Clone(embedded.Documents()), imported...)
	if err := embedded.Close(); err != nil {
		return err
	}
	articles := 0
	for _, d := range docs {
		articles += len(d.Articles)
	}
	fmt.Fprintf(w, "%d questions, %d documents, %d articles\n", len(cases), len(docs), articles)
	fmt.Fprintf(w, "%-22s %5s %7s %6s %6s %6s %9s %9s %9s %9s\n", "", "n", "MRR@10", "R@1", "R@10", "R@100", "p50 ms", "p95 ms", "build s", "heap MiB")
	for _, x := range ways() {
		before := heap()
		began := time.Now()
		search, done, err := x.open(docs)
		if err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
		built, held := time.Since(began), heap()-before
		s, err := rank(ctx, cases, docs, search)
		if err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
		n := float64(max(1, s.n))
		fmt.Fprintf(w, "%-22s %5d %7.3f %6.3f %6.3f %6.3f %9.2f %9.2f %9.2f %9.1f\n",
			x.name, s.n, s.mrr/n, s.at1/n, s.at10/n, s.at100/n, s.percentile(.5), s.percentile(.95), built.Seconds(), held)
		if err := done(); err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
	}
	if !slices.ContainsFunc(cases, func(c labelled) bool { return c.Expect != "" }) {
		return nil
	}
	return compareAnswers(w, cases, imported)
}

// compareAnswers asks the whole bot. For the ways above, every question gets an answer, so each of those that has
// none in the policy is answered wrongly.
func compareAnswers(w io.Writer, cases []labelled, imported []knowledge.Document) error {
	ask, done, err := askBot(imported)
	if err != nil {
		return err
	}
	defer done()
	t, refuse := newTally(), 0
	var took ranking
	for _, q := range cases {
		began := time.Now()
		g, err := ask(q.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", q.ID, err)
		}
		took.took = append(took.took, time.Since(began))
		t.add(q, g)
		if q.Expect != "policy" && !slices.Contains(q.Also, "policy") {
			refuse++
		}
	}
	fmt.Fprintf(w, "the whole bot: right main article %.3f of %d policy questions, overall %.3f, turn p50 %.2f p95 %.2f ms\n",
		ratio(t.article[0], t.article[1]), t.article[1], ratio(t.right, t.all), took.percentile(.5), took.percentile(.95))
	fmt.Fprintf(w, "confidently wrong policy answers: the whole bot %d; a search alone answers all %d questions that ask for something else\n", t.wrong, refuse)
	return nil
}

// heap is the memory that live objects take, in MiB.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what the first made unreachable
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

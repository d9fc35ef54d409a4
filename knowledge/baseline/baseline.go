// Package baseline holds plain ways of searching articles, to measure the program's own search against: bleve as
// it comes, bleve with our tokenizer, and BM25 as in a textbook. It keeps its indexes in memory, is used by
// cmd/evaluate only, and never answers a user.
package baseline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/custom" // makes the analyzer type "custom" known
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"smebot/knowledge"
)

// Searcher ranks articles for a question.
type Searcher interface {
	// Search returns the positions of at most top articles in the list the searcher was made from, best first.
	Search(ctx context.Context, question string, top int) ([]int, error)
	Close() error
}

// Text is one article as all searchers index it.
type Text struct{ Title, Chapter, Body string }

func (t Text) whole() string { return t.Title + "\n" + t.Chapter + "\n" + t.Body }

// Texts lists the articles of documents in their order.
func Texts(docs []knowledge.Document) []Text {
	var out []Text
	for _, d := range docs {
		for _, a := range d.Articles {
			out = append(out, Text{d.Title, a.Chapter, a.Text})
		}
	}
	return out
}

// bleveSearcher is a full-text index with bleve's own scores.
type bleveSearcher struct{ index bleve.Index }

// NewBleveCJK indexes with bleve's analyzer "cjk", as its documentation suggests for Chinese.
func NewBleveCJK(texts []Text) (Searcher, error) { return newBleve(texts, cjk.AnalyzerName) }

// NewBleveOwn indexes with the program's tokenizer and bleve's scores.
func NewBleveOwn(texts []Text) (Searcher, error) { return newBleve(texts, knowledge.Tokenizer) }

func newBleve(texts []Text, analyzer string) (Searcher, error) {
	m := bleve.NewIndexMapping()
	if analyzer == knowledge.Tokenizer {
		if err := m.AddCustomAnalyzer(analyzer, map[string]any{"type": "custom", "tokenizer": analyzer}); err != nil {
			return nil, err
		}
	}
	field := bleve.NewTextFieldMapping()
	field.Analyzer, field.Store, field.IncludeTermVectors, field.IncludeInAll, field.DocValues = analyzer, false, false, false, false
	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt("text", field)
	m.DefaultMapping, m.DefaultAnalyzer = doc, analyzer
	index, err := bleve.NewUsing("", m, scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, err
	}
	b := index.NewBatch()
	for i, t := range texts {
		err := b.Index(strconv.Itoa(i), struct {
			Text string `json:"text"`
		}{t.whole()})
		if err == nil && (b.Size() == 2000 || i == len(texts)-1) {
			err = index.Batch(b)
			b = index.NewBatch()
		}
		if err != nil {
			return nil, errors.Join(err, index.Close())
		}
	}
	return &bleveSearcher{index}, nil
}

// Search implements Searcher. The question goes in as words to match, never as query syntax.
func (s *bleveSearcher) Search(ctx context.Context, question string, top int) ([]int, error) {
	q := bleve.NewMatchQuery(question)
	q.SetField("text")
	found, err := s.index.SearchInContext(ctx, bleve.NewSearchRequestOptions(q, top, 0, false))
	if err != nil {
		return nil, err
	}
	out := make([]int, len(found.Hits))
	for i, h := range found.Hits {
		if out[i], err = strconv.Atoi(h.ID); err != nil {
			return nil, fmt.Errorf("hit %q: %w", h.ID, err)
		}
	}
	return out, nil
}

// Close implements Searcher.
func (s *bleveSearcher) Close() error { return s.index.Close() }

// Parameters of BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), section 3.5.
const (
	k1 = 1.2
	b  = 0.75
)

// posting is one article that holds a term.
type posting struct {
	article int32
	count   uint16
}

// bm25 is an inverted index over pairs of characters in memory.
type bm25 struct {
	postings map[string][]posting
	length   []float64
	mean     float64
}

// NewBM25 indexes pairs of characters and scores as the textbook says.
func NewBM25(texts []Text) Searcher {
	s := &bm25{postings: map[string][]posting{}, length: make([]float64, len(texts))}
	for i, t := range texts {
		counts := map[string]int{}
		for _, w := range knowledge.Terms(t.whole()) {
			counts[w]++
			s.length[i]++
		}
		for w, n := range counts {
			s.postings[w] = append(s.postings[w], posting{int32(i), uint16(min(n, math.MaxUint16))})
		}
		s.mean += s.length[i] / float64(len(texts))
	}
	return s
}

// Search implements Searcher.
func (s *bm25) Search(_ context.Context, question string, top int) ([]int, error) {
	scores := map[int]float64{}
	seen := map[string]bool{}
	for _, w := range knowledge.Terms(question) {
		if seen[w] {
			continue
		}
		seen[w] = true
		list := s.postings[w]
		idf := math.Log(1 + (float64(len(s.length))-float64(len(list))+0.5)/(float64(len(list))+0.5))
		for _, p := range list {
			tf := float64(p.count)
			scores[int(p.article)] += idf * tf * (k1 + 1) / (tf + k1*(1-b+b*s.length[p.article]/s.mean))
		}
	}
	out := make([]int, 0, len(scores))
	for i := range scores {
		out = append(out, i)
	}
	slices.SortFunc(out, func(x, y int) int {
		switch {
		case scores[x] > scores[y]:
			return -1
		case scores[x] < scores[y]:
			return 1
		}
		return x - y
	})
	return out[:min(top, len(out))], nil
}

// Close implements Searcher.
func (s *bm25) Close() error { return nil }

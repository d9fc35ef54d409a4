package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/custom" // makes the analyzer type "custom" known
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
)

// schema is part of the index's name: raise it when the mapping, the tokenizer or the layout of the folder
// changes, and every index is built anew.
const schema = "1"

// Parameters of our own BM25, the usual ones. bleve's scores only choose candidates: its length statistics
// depend on how documents were batched, so its scores cannot be compared between builds.
const (
	bm25K1 = 1.2
	bm25B  = 0.75
	// titleWeight counts a term of the document's title or the article's chapter as so many in its text.
	titleWeight = 0.5
	// candidates is how many articles bleve proposes for each one asked for, at least.
	candidates = 100
)

// entry is one article of the index.
type entry struct {
	doc *Document
	art *Article
	len int // terms in the text
}

// index answers searches over a fixed set of articles.
type index struct {
	bleve   bleve.Index
	entries []entry
	avgLen  float64
}

func indexMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(bigrams, map[string]any{"type": "custom", "tokenizer": bigrams}); err != nil {
		return nil, err
	}
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.Store, text.IncludeTermVectors, text.IncludeInAll, text.DocValues = bigrams, false, false, false, false
	d := bleve.NewDocumentStaticMapping()
	d.AddFieldMappingsAt("text", text)
	d.AddFieldMappingsAt("title", text)
	m.DefaultMapping = d
	m.DefaultAnalyzer = bigrams
	return m, nil
}

type indexed struct {
	Text  string `json:"text"`
	Title string `json:"title"`
}

// flatten lists the articles of all documents and their mean length in terms.
func flatten(docs []Document) ([]entry, float64) {
	var out []entry
	total := 0
	for i := range docs {
		for j := range docs[i].Articles {
			e := entry{doc: &docs[i], art: &docs[i].Articles[j]}
			tokens(e.art.Text, func(string, int, int) { e.len++ })
			total += e.len
			out = append(out, e)
		}
	}
	return out, float64(total) / float64(max(1, len(out)))
}

// fill writes all articles to a fresh bleve index. Ids are positions in entries.
func (x *index) fill(progress func(done, all int)) error {
	const batchSize = 2000
	b := x.bleve.NewBatch()
	for i, e := range x.entries {
		title := e.doc.Title + " " + e.art.Chapter
		if err := b.Index(strconv.Itoa(i), indexed{Text: e.art.Text, Title: title}); err != nil {
			return err
		}
		if b.Size() == batchSize || i == len(x.entries)-1 {
			if err := x.bleve.Batch(b); err != nil {
				return err
			}
			b = x.bleve.NewBatch()
			if progress != nil {
				progress(i+1, len(x.entries))
			}
		}
	}
	return nil
}

// newMemoryIndex builds an index that lives in memory only.
func newMemoryIndex(docs []Document) (*index, error) {
	m, err := indexMapping()
	if err != nil {
		return nil, err
	}
	x := &index{}
	x.entries, x.avgLen = flatten(docs)
	// Scorch by name: bleve.NewMemOnly is an older store, twenty times slower.
	if x.bleve, err = bleve.NewUsing("", m, scorch.Name, scorch.Name, nil); err != nil {
		return nil, err
	}
	if err := x.fill(nil); err != nil {
		return nil, errors.Join(err, x.bleve.Close())
	}
	return x, nil
}

// key names the index of a set of documents: same documents, same key.
func key(docs []Document) string {
	h := sha256.New()
	fmt.Fprintln(h, "schema", schema)
	enc := json.NewEncoder(h)
	for i := range docs {
		enc.Encode(&docs[i]) // plain strings and numbers: encoding cannot fail
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// documentsFile holds, inside an index folder, the documents it was built from: a search needs nothing else.
const documentsFile = "documents.json"

// errBusy: another process has the index open.
var errBusy = errors.New("the index is in use by another process")

// openDisk opens the index of docs under dir, building it when it is missing or damaged. Older indexes of
// other contents are removed once the new one stands.
func openDisk(dir string, docs []Document, log *slog.Logger, progress func(done, all int)) (*index, error) {
	k := key(docs)
	path := filepath.Join(dir, k)
	if _, err := os.Stat(path); err == nil {
		x, err := openPath(path, docs)
		if err == nil || errors.Is(err, errBusy) {
			return x, err
		}
		log.Warn("the search index is damaged and is built anew", "index", k, "err", err)
		if err := os.RemoveAll(path); err != nil {
			return nil, fmt.Errorf("remove damaged index: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make index folder: %w", err)
	}
	aside, err := os.MkdirTemp(dir, "building-")
	if err != nil {
		return nil, fmt.Errorf("make index folder: %w", err)
	}
	if err := buildAt(filepath.Join(aside, "bleve"), docs, progress); err != nil {
		return nil, errors.Join(fmt.Errorf("build index: %w", err), os.RemoveAll(aside))
	}
	body, err := json.Marshal(docs)
	if err == nil {
		err = os.WriteFile(filepath.Join(aside, documentsFile), body, 0o600)
	}
	if err == nil {
		err = os.Rename(aside, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("put index in place: %w", err), os.RemoveAll(aside))
	}
	x, err := openPath(path, docs)
	if err != nil {
		return nil, err
	}
	sweep(dir, k)
	return x, nil
}

func buildAt(path string, docs []Document, progress func(done, all int)) error {
	m, err := indexMapping()
	if err != nil {
		return err
	}
	x := &index{}
	x.entries, x.avgLen = flatten(docs)
	if x.bleve, err = bleve.NewUsing(path, m, scorch.Name, scorch.Name, nil); err != nil {
		return err
	}
	return errors.Join(x.fill(progress), x.bleve.Close())
}

func openPath(path string, docs []Document) (*index, error) {
	// Without a timeout a second Open of a live index waits for ever.
	b, err := bleve.OpenUsing(filepath.Join(path, "bleve"), map[string]any{"bolt_timeout": "200ms"})
	if err != nil {
		if strings.Contains(err.Error(), "timeout") {
			return nil, errBusy
		}
		return nil, err
	}
	x := &index{bleve: b}
	x.entries, x.avgLen = flatten(docs)
	n, err := b.DocCount()
	if err == nil && n != uint64(len(x.entries)) {
		err = fmt.Errorf("index holds %d articles, the documents %d", n, len(x.entries))
	}
	if err == nil && n > 0 { // read something of it: a cut segment shows here, not in DocCount
		_, err = x.search(context.Background(), x.entries[0].art.Text, 1)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return x, nil
}

// sweep removes index folders other than the current one. One that is still open elsewhere stays readable
// there until closed.
func sweep(dir, current string) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range list {
		if e.IsDir() && e.Name() != current {
			_ = os.RemoveAll(filepath.Join(dir, e.Name())) // a leftover costs disk only; the next start tries again
		}
	}
}

func (x *index) close() error { return x.bleve.Close() }

// scored is an entry's position with its score.
type scored struct {
	i     int
	score float64
}

// search returns the best entries for a text, best first.
func (x *index) search(ctx context.Context, text string, top int) ([]scored, error) {
	weights := map[string]float64{}
	for _, t := range Terms(text) {
		weights[t]++
	}
	if len(weights) == 0 {
		return nil, nil
	}
	return x.weighted(ctx, weights, top)
}

// maxTerms bounds a query: the rarest terms of a longer one are kept.
const maxTerms = 120

// weighted searches for terms with weights.
func (x *index) weighted(ctx context.Context, weights map[string]float64, top int) ([]scored, error) {
	idf, err := x.idf(ctx, weights)
	if err != nil {
		return nil, err
	}
	terms := make([]string, 0, len(idf))
	for t := range idf {
		terms = append(terms, t)
	}
	slices.SortFunc(terms, func(a, b string) int {
		if d := idf[b]*weights[b] - idf[a]*weights[a]; d != 0 {
			return int(math.Copysign(1, d))
		}
		return strings.Compare(a, b)
	})
	if len(terms) > maxTerms {
		terms = terms[:maxTerms]
	}
	if len(terms) == 0 {
		return nil, nil
	}
	var clauses []query.Query
	for _, t := range terms {
		for _, f := range []string{"text", "title"} {
			q := bleve.NewTermQuery(t)
			q.SetField(f)
			boost := weights[t]
			if f == "title" {
				boost *= titleWeight
			}
			q.SetBoost(boost)
			clauses = append(clauses, q)
		}
	}
	req := bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(clauses...), max(candidates, top), 0, false)
	req.Score = ""
	res, err := x.bleve.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	out := make([]scored, 0, len(res.Hits))
	for _, h := range res.Hits {
		i, err := strconv.Atoi(h.ID)
		if err != nil || i >= len(x.entries) {
			return nil, fmt.Errorf("search: the index names an unknown article %q", h.ID)
		}
		out = append(out, scored{i, x.bm25(x.entries[i], terms, weights, idf)})
	}
	slices.SortStableFunc(out, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.i - b.i
	})
	if len(out) > top {
		out = out[:top]
	}
	return out, nil
}

// idf returns the inverse document frequency of each term that occurs at all.
func (x *index) idf(ctx context.Context, terms map[string]float64) (map[string]float64, error) {
	adv, err := x.bleve.Advanced()
	if err != nil {
		return nil, err
	}
	r, err := adv.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	n := float64(len(x.entries))
	out := make(map[string]float64, len(terms))
	for t := range terms {
		df := 0.0
		for _, f := range []string{"text", "title"} {
			tr, err := r.TermFieldReader(ctx, []byte(t), f, false, false, false)
			if err != nil {
				return nil, fmt.Errorf("search: %w", err)
			}
			if f == "text" || df == 0 {
				df = float64(tr.Count())
			}
			if err := tr.Close(); err != nil {
				return nil, fmt.Errorf("search: %w", err)
			}
		}
		if df > 0 {
			out[t] = math.Log(1 + (n-df+0.5)/(df+0.5))
		}
	}
	return out, nil
}

// bm25 scores one article: textbook BM25 over its text, with the terms of its title counted at a discount.
func (x *index) bm25(e entry, terms []string, weights, idf map[string]float64) float64 {
	tf := make(map[string]float64, len(terms))
	for _, t := range terms {
		tf[t] = 0
	}
	count := func(s string, w float64) {
		tokens(s, func(t string, _, _ int) {
			if _, asked := tf[t]; asked {
				tf[t] += w
			}
		})
	}
	count(e.art.Text, 1)
	count(e.doc.Title, titleWeight)
	count(e.art.Chapter, titleWeight)
	norm := bm25K1 * (1 - bm25B + bm25B*float64(e.len)/max(x.avgLen, 1))
	sum := 0.0
	for _, t := range terms {
		if f := tf[t]; f > 0 {
			sum += weights[t] * idf[t] * f * (bm25K1 + 1) / (f + norm)
		}
	}
	return sum
}

package knowledge

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
const schema = "4"

// Parameters of our own BM25, the usual ones. bleve's scores only choose candidates: its length statistics
// depend on how documents were batched, so its scores cannot be compared between builds.
const (
	bm25K1 = 1.2
	bm25B  = 0.75
)

// candidates is how many articles bleve proposes, at least.
var candidates = 400

// entry is one article of the index.
type entry struct {
	doc *Document
	art *Article
}

// index answers searches over a fixed set of articles.
type index struct {
	bleve   bleve.Index
	entries []entry
	ranker  *ranker
}

func indexMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(Tokenizer, map[string]any{"type": "custom", "tokenizer": Tokenizer}); err != nil {
		return nil, err
	}
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.Store, text.IncludeTermVectors, text.IncludeInAll, text.DocValues = Tokenizer, false, false, false, false
	d := bleve.NewDocumentStaticMapping()
	d.AddFieldMappingsAt("text", text)
	m.DefaultMapping = d
	m.DefaultAnalyzer = Tokenizer
	return m, nil
}

type indexed struct {
	Text string `json:"text"`
}

// flatten lists the articles of all documents.
func flatten(docs []Document) []entry {
	var out []entry
	for i := range docs {
		for j := range docs[i].Articles {
			out = append(out, entry{doc: &docs[i], art: &docs[i].Articles[j]})
		}
	}
	return out
}

// fill writes all articles to a fresh bleve index. Ids are positions in entries.
func (x *index) fill(progress func(done, all int)) error {
	const batchSize = 2000
	b := x.bleve.NewBatch()
	for i, e := range x.entries {
		if err := b.Index(strconv.Itoa(i), indexed{e.doc.Title + "\n" + e.art.Chapter + "\n" + e.art.Text}); err != nil {
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
	x.entries = flatten(docs)
	// Scorch by name: bleve.NewMemOnly is an older store, twenty times slower.
	if x.bleve, err = bleve.NewUsing("", m, scorch.Name, scorch.Name, nil); err != nil {
		return nil, err
	}
	x.ranker = newRanker(x.entries)
	x.ranker.learnSpace()
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
const documentsFile = "documents.jsonl"

// writeDocuments writes one document a line: a large collection is never encoded as one piece.
func writeDocuments(path string, docs []Document) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<16)
	enc := json.NewEncoder(w)
	for i := range docs {
		if err := enc.Encode(&docs[i]); err != nil {
			return err
		}
	}
	return w.Flush()
}

// readDocuments reads what writeDocuments wrote.
func readDocuments(path string) (docs []Document, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	dec := json.NewDecoder(bufio.NewReaderSize(f, 1<<16))
	for {
		var d Document
		switch err := dec.Decode(&d); {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, err
		}
		docs = append(docs, d)
	}
}

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
	r := newRanker(flatten(docs))
	r.learnSpace()
	err = r.save(filepath.Join(aside, rankFile))
	if err == nil {
		err = writeDocuments(filepath.Join(aside, documentsFile), docs)
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
	x.entries = flatten(docs)
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
	x.entries = flatten(docs)
	if x.ranker, err = loadRanker(filepath.Join(path, rankFile), len(x.entries)); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	n, err := b.DocCount()
	if err == nil && n != uint64(len(x.entries)) {
		err = fmt.Errorf("index holds %d articles, the documents %d", n, len(x.entries))
	}
	if err == nil && n > 0 { // read something of it: a cut segment shows here, not in DocCount
		_, err = x.search(context.Background(), x.entries[0].art.Text, 1, func(string) bool { return false })
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

// search returns the best candidates for a text with their scores, best first, without those of documents that are off.
func (x *index) search(ctx context.Context, text string, top int, off func(id string) bool) ([]candidate, error) {
	list, err := x.candidates(ctx, text, max(candidates, top))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return off(x.entries[c.i].doc.ID) })
	score := judge(len(x.entries))
	for i := range list {
		list[i].score = score(&list[i].features)
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.i, b.i))
	})
	return list[:min(top, len(list))], nil
}

// What the choice of candidates takes: found by trying on lay questions over 1,338 statutes.
const (
	maxTerms   = 24  // terms of a query to bleve, the most telling ones
	maxNear    = 200 // articles nearest in the space learned from the corpus
	addedShare = 0.4 // weight of words that the lay glossary added
	around     = 40  // best candidates whose neighbours and citations are looked at too
)

// candidates returns the articles considered for a text, with their features.
func (x *index) candidates(ctx context.Context, text string, depth int) ([]candidate, error) {
	r := x.ranker
	q := r.ask(text)
	terms, weights := q.clauses(maxTerms, addedShare)
	if len(terms) == 0 {
		return nil, nil
	}
	clauses := make([]query.Query, 0, len(terms))
	for _, t := range terms {
		c := bleve.NewTermQuery(q.names[t])
		c.SetField("text")
		c.SetBoost(weights[t])
		clauses = append(clauses, c)
	}
	req := bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(clauses...), depth, 0, false)
	res, err := x.bleve.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	seen := make(map[uint32]bool, 2*depth)
	out := make([]candidate, 0, 2*depth)
	add := func(i uint32) {
		if !seen[i] {
			seen[i] = true
			out = append(out, candidate{i: i})
		}
	}
	for _, h := range res.Hits {
		i, err := strconv.Atoi(h.ID)
		if err != nil || i >= len(x.entries) {
			return nil, fmt.Errorf("search: the index names an unknown article %q", h.ID)
		}
		add(uint32(i))
	}
	direct := len(out)
	kept := map[uint32]float64{}
	for t, w := range q.kept {
		kept[t] = w * q.idf[t]
	}
	near := r.space.place(kept)
	for t, w := range q.added {
		kept[t] += 0.5 * w * q.idf[t]
	}
	nearAll := r.space.place(kept)
	for _, i := range r.space.nearest(nearAll, maxNear) {
		add(i)
	}
	for k := range min(direct, around) {
		i := out[k].i
		for _, d := range []int{-2, -1, 1, 2} {
			if j := int(i) + d; j >= 0 && j < len(x.entries) && r.law[j] == r.law[i] {
				add(uint32(j))
			}
		}
		for _, j := range r.cites.get(i) {
			add(j)
		}
	}
	r.score(q, out, func(i uint32) string { return x.entries[i].art.Text }, near, nearAll)
	return out, nil
}

// highest returns the positions of the k highest scores.
func highest(s []float32, k int) []uint32 {
	if k <= 0 || len(s) == 0 {
		return nil
	}
	// a histogram finds the threshold in one pass; scores lie between -1 and 1
	var hist [512]int
	for _, v := range s {
		hist[min(511, max(0, int((v+1)*256)))]++
	}
	cut, n := 511, 0
	for ; cut > 256; cut-- {
		if n += hist[cut]; n >= k {
			break
		}
	}
	var out []uint32
	for i, v := range s {
		if int((v+1)*256) >= cut {
			out = append(out, uint32(i))
		}
	}
	return out
}

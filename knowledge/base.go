package knowledge

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"smebot/knowledge/parse"
	"smebot/knowledge/policy"
)

// Options configure a Base.
type Options struct {
	Dir       string     // folder of the search index, a cache that may be deleted at any time; "" keeps it in memory
	Documents []Document // besides the embedded policy
	Log       *slog.Logger
	Progress  func(done, all int) // of building the index; may be nil
}

// Base is what the bot knows: documents with their cards and the index over them. It is safe for use by many
// goroutines, and Replace swaps its documents while it serves.
type Base struct {
	opt   Options
	cards Cards

	mu  sync.RWMutex // held for reading while a snapshot is in use
	now *snapshot

	off atomic.Pointer[map[string]bool] // ids of documents that are not answered from
}

// snapshot is one state of the documents with its index.
type snapshot struct {
	docs  []Document
	byID  map[string]*Document
	index *index
	dir   string // "" for an index in memory

	prepared sync.Map // Ref -> *prepared, of the articles asked about so far
	names    func() *names
}

// Embedded returns the policy that is built in, with its cards. Both are read once and shared: they are not to
// be changed.
func Embedded() (Document, Cards, error) {
	e, err := embedded()
	return e.doc, e.cards, err
}

type builtIn struct {
	doc   Document
	cards Cards
}

var embedded = sync.OnceValues(readEmbedded)

func readEmbedded() (builtIn, error) {
	doc, err := parse.Bytes(policy.File, policy.Text)
	if err != nil {
		return builtIn{}, err
	}
	doc.ID, doc.Issuer, doc.Dated, doc.Published = policy.ID, policy.Issuer, policy.Dated, policy.Published
	cards, err := ParseCards(policy.Cards)
	return builtIn{doc, cards}, err
}

// Open returns a base over the embedded policy and the documents of the options. When another process has the
// index on disk open, the base keeps one of its own in memory.
func Open(o Options) (*Base, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	doc, cards, err := Embedded()
	if err != nil {
		return nil, err
	}
	b := &Base{opt: o, cards: cards}
	s, err := b.build(append([]Document{doc}, o.Documents...), o.Progress)
	if err != nil {
		return nil, err
	}
	b.now = s
	return b, nil
}

func (b *Base) build(docs []Document, progress func(done, all int)) (*snapshot, error) {
	// Older versions are kept in the store to be read; no answer may rest on one.
	docs = slices.DeleteFunc(slices.Clone(docs), func(d Document) bool { return d.History })
	s := &snapshot{docs: docs, byID: make(map[string]*Document, len(docs)), names: sync.OnceValue(func() *names { return newNames(docs) })}
	for i := range docs {
		s.byID[docs[i].ID] = &docs[i]
	}
	var err error
	if b.opt.Dir != "" {
		if s.index, err = openDisk(b.opt.Dir, docs, b.opt.Log, progress); err == nil {
			s.dir = b.opt.Dir
			return s, nil
		}
		if !errors.Is(err, errBusy) {
			// The index is a cache: a folder that cannot be written must not stop the bot from answering.
			b.opt.Log.Warn("the index cannot be kept on disk and is kept in memory", "err", err)
		}
	}
	s.index, err = newMemoryIndex(docs)
	return s, err
}

// Replace puts other imported documents beside the embedded policy. Searches go on with the old ones until
// the new index stands; progress, which may be nil, hears of its building.
func (b *Base) Replace(docs []Document, progress func(done, all int)) error {
	own, _, err := Embedded()
	if err != nil {
		return err
	}
	s, err := b.build(append([]Document{own}, docs...), progress)
	if err != nil {
		return err
	}
	b.mu.Lock()
	old := b.now
	b.now = s
	b.mu.Unlock()
	return old.index.close()
}

// Close releases the index.
func (b *Base) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now == nil {
		return nil
	}
	err := b.now.index.close()
	b.now = nil
	return err
}

// OpenIndexed returns a base from an index folder alone, with the documents it was built from, for a search
// that needs no store. Without a usable index it holds the embedded policy only.
func OpenIndexed(dir string, log *slog.Logger) (*Base, error) {
	var docs []Document
	found, err := filepath.Glob(filepath.Join(dir, "*", documentsFile))
	if err != nil {
		return nil, err
	}
	var newest time.Time
	for _, f := range found {
		st, err := os.Stat(f)
		if err != nil || !st.ModTime().After(newest) {
			continue
		}
		d, err := readDocuments(f)
		if err != nil {
			continue // damaged or just removed: the server builds it anew at its next start
		}
		newest, docs = st.ModTime(), d
	}
	if len(docs) > 0 {
		docs = docs[1:] // the first is the embedded policy
	}
	if len(found) == 0 {
		dir = ""
	}
	return Open(Options{Dir: dir, Documents: docs, Log: log})
}

// SwitchOff names the documents, by id, that are held but not answered from: none of their articles is found, quoted or
// shown until they are left out of a later call. It takes effect at once.
func (b *Base) SwitchOff(ids []string) {
	off := map[string]bool{}
	for _, id := range ids {
		off[id] = true
	}
	b.off.Store(&off)
}

// Off reports whether a document is held but not answered from.
func (b *Base) Off(id string) bool {
	off := b.off.Load()
	return off != nil && (*off)[id]
}

// Search returns the articles that best match a text, best first. The text is words only: it has no syntax.
func (b *Base) Search(ctx context.Context, text string, top int) ([]Hit, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.now == nil {
		return nil, errors.New("the knowledge base is closed")
	}
	found, err := b.now.index.search(ctx, text, top, b.Off)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, len(found))
	for i, f := range found {
		e := b.now.index.entries[f.i]
		hits[i] = Hit{Ref: Ref{Document: e.doc.ID, Article: e.art.Number, Heading: e.art.Heading}, Title: e.doc.Title, Score: f.score, Text: e.art.Text}
	}
	return hits, nil
}

// Documents returns all documents, the embedded one first.
func (b *Base) Documents() []Document {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.now == nil {
		return nil
	}
	return b.now.docs
}

// Article returns the article that a reference names, with its document, if it is held and answered from.
func (b *Base) Article(r Ref) (Document, Article, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.now == nil {
		return Document{}, Article{}, false
	}
	d, ok := b.now.byID[r.Document]
	if !ok || b.Off(d.ID) {
		return Document{}, Article{}, false
	}
	for i := range d.Articles {
		a := &d.Articles[i]
		if r.Heading != "" && a.Heading == r.Heading || r.Heading == "" && r.Article != 0 && a.Number == r.Article && a.Suffix == 0 {
			return *d, *a, true
		}
	}
	return Document{}, Article{}, false
}

// Card returns the hand-written card of an article of the embedded policy.
func (b *Base) Card(r Ref) (Card, bool) {
	if r.Document != policy.ID {
		return Card{}, false
	}
	for _, c := range b.cards.Articles {
		if c.Article == r.Article {
			return c, true
		}
	}
	return Card{}, false
}

// PolicyRef names an article of the embedded policy by its number.
func PolicyRef(n int) Ref {
	return Ref{Document: policy.ID, Article: n, Heading: "第" + parse.Chinese(n) + "条"}
}

// Platforms returns the cards of the nine platform types.
func (b *Base) Platforms() []PlatformCard { return b.cards.Platforms }

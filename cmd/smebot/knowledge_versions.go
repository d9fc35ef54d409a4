package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"smebot/console"
	"smebot/knowledge"
	"smebot/store"
)

// Versions of one document share its id. The newest is searched and answers; each older one is kept under
// "ID@DATE", marked as history, to be read only. What is searched after an import depends on the set of versions
// given, never on their order. Words that other words of the same date replaced are kept too, under "ID@DATE.1" and
// so on: two documents without a date may be two versions.

// undated stands for the date of a version that states none; it counts as the oldest.
const undated = "undated"

// filed is what an import did, or would do, with one document.
type filed = console.Filed

// changes reports whether a filing changes what is held.
func changes(f filed) bool { return f.What != console.FiledUnchanged && f.What != console.FiledRefused }

// held is one stored version.
type held struct {
	doc  knowledge.Document
	row  string // id in the store
	hash string
}

// versionOf names a version's date for people and for the id of history.
func versionOf(d knowledge.Document) string { return cmp.Or(d.VersionDate(), undated) }

// historyID is the id under which an older version is kept.
func historyID(d knowledge.Document) string { return baseID(d.ID) + "@" + versionOf(d) }

// name is what stands behind the id's "@" for this version: its date, and a number where it was replaced.
func (h held) name() string {
	if _, name, ok := strings.Cut(h.row, "@"); ok {
		return name
	}
	return versionOf(h.doc)
}

// replaced is the number of words that others of the same date replaced, 0 for words that hold.
func (h held) replaced() int {
	_, n, _ := strings.Cut(h.name(), ".")
	i, _ := strconv.Atoi(n)
	return i
}

// newer orders versions by date; of one date those that hold come last, before them the latest replaced.
func newer(a, b held) int {
	rank := func(h held) int { return cmp.Or(h.replaced(), math.MaxInt) }
	return cmp.Or(cmp.Compare(a.doc.VersionDate(), b.doc.VersionDate()), cmp.Compare(rank(a), rank(b)))
}

// keepReplaced makes the row that keeps words replaced by others of the same date, and its version's name.
func keepReplaced(old held, versions []held, incoming string) (store.Document, string, error) {
	n := 1
	for _, h := range versions {
		if versionOf(h.doc) != versionOf(old.doc) || h.replaced() == 0 {
			continue
		}
		if h.hash == incoming { // these words come back, and leave their place
			n = h.replaced()
			break
		}
		n = max(n, h.replaced()+1)
	}
	row, err := encode(old.doc, true)
	if err != nil {
		return row, "", err
	}
	d := old.doc
	name := versionOf(d) + "." + strconv.Itoa(n)
	d.ID, d.History = baseID(d.ID)+"@"+name, true
	row.ID = d.ID
	row.Body, err = json.Marshal(d)
	return row, name, err
}

// baseID is the id that all versions share.
func baseID(id string) string {
	base, _, _ := strings.Cut(id, "@")
	return base
}

// encode makes a document's row, as the current version or as history. The hash is of the document as it was
// read, so that the same file gives the same hash wherever its version stands.
func encode(d knowledge.Document, history bool) (store.Document, error) {
	d.ID, d.History = baseID(d.ID), false
	plain, err := json.Marshal(d)
	if err != nil {
		return store.Document{}, err
	}
	sum := sha256.Sum256(plain)
	row := store.Document{ID: d.ID, Title: d.Title, Hash: hex.EncodeToString(sum[:]), Body: plain, Source: d.Source}
	if history {
		d.ID, d.History = historyID(d), true
		row.ID = d.ID
		row.Body, err = json.Marshal(d)
	}
	return row, err
}

// heldVersions reads all stored versions by the id they share.
func heldVersions(ctx context.Context, db *store.DB) (map[string][]held, error) {
	all := map[string][]held{}
	err := db.EachDocument(ctx, func(r store.Document) error {
		d, err := decode(r)
		all[baseID(r.ID)] = append(all[baseID(r.ID)], held{doc: d, row: r.ID, hash: r.Hash})
		return err
	})
	return all, err
}

// saveDocuments stores documents and indexes them while the old index goes on serving. Each document is stored
// whole or not at all, together with what it does to the versions held.
func (g *engine) saveDocuments(ctx context.Context, docs []knowledge.Document) ([]filed, error) {
	g.importing.Lock()
	defer g.importing.Unlock()
	plan, err := g.plan(ctx, docs)
	if err != nil {
		return nil, err
	}
	var out []filed
	changed := false
	for _, p := range plan {
		if err := g.db.ReplaceDocuments(ctx, p.save, nil); err != nil {
			return out, errors.Join(fmt.Errorf("《%s》: %w", p.Title, err), g.reindexIf(ctx, changed))
		}
		changed = changed || changes(p.filed)
		out = append(out, p.filed)
	}
	return out, g.reindexIf(ctx, changed)
}

// planned is what filing a document does, and the rows that do it.
type planned struct {
	filed
	save []store.Document
}

// plan works out what an import does, oldest versions first, and changes nothing.
func (g *engine) plan(ctx context.Context, docs []knowledge.Document) ([]planned, error) {
	all, err := heldVersions(ctx, g.db)
	if err != nil {
		return nil, err
	}
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b knowledge.Document) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.VersionDate(), b.VersionDate()))
	})
	embedded := g.base.Documents()[0]
	var out []planned
	for _, d := range docs {
		p := planned{filed: filed{ID: d.ID, Title: d.Title, Date: versionOf(d)}}
		if d.ID == embedded.ID || d.Title == embedded.Title {
			p.What = console.FiledUnchanged
			if !sameWords(d, embedded) {
				p.What, p.Why = console.FiledRefused, "it is built in already, in other words: leave it out"
			}
		} else if p.save, err = file(d, all, &p.filed); err != nil {
			return nil, fmt.Errorf("《%s》: %w", d.Title, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func sameWords(a, b knowledge.Document) bool {
	return slices.EqualFunc(a.Articles, b.Articles, func(x, y knowledge.Article) bool { return x.Text == y.Text })
}

func (g *engine) reindexIf(ctx context.Context, changed bool) error {
	if !changed {
		return nil
	}
	return g.reindex(ctx)
}

// file puts one document into its place among the versions held, and notes it in all and f. It returns the rows to save.
func file(d knowledge.Document, all map[string][]held, f *filed) ([]store.Document, error) {
	var now *held // the version searched
	var twin *held
	versions := all[d.ID]
	for i := range versions {
		if !versions[i].doc.History {
			now = &versions[i]
		}
		if versionOf(versions[i].doc) == f.Date && versions[i].replaced() == 0 {
			twin = &versions[i]
		}
	}
	history := now != nil && now.doc.VersionDate() > d.VersionDate()
	row, err := encode(d, history)
	if err != nil {
		return nil, err
	}
	save := []store.Document{row}
	switch {
	case twin != nil && twin.hash == row.Hash:
		f.What = console.FiledUnchanged
		return nil, nil
	case twin != nil:
		f.What = console.FiledChanged
		if !sameWords(twin.doc, d) {
			old, name, err := keepReplaced(*twin, versions, row.Hash)
			if err != nil {
				return nil, err
			}
			f.Other = name
			save = append(save, old)
		}
	case now == nil:
		f.What = console.FiledNew
	case history:
		f.What, f.Other = console.FiledHistory, versionOf(now.doc)
	default:
		f.What, f.Other = console.FiledReplaced, versionOf(now.doc)
		old, err := encode(now.doc, true)
		if err != nil {
			return nil, err
		}
		save = append(save, old)
	}
	// the rows as they stand now, for further versions of the same import
	kept := versions[:0:0]
	for _, h := range versions {
		switch {
		case twin != nil && h.row == twin.row:
			if f.Other == "" {
				continue
			}
			h.row, h.doc.ID, h.doc.History = save[1].ID, save[1].ID, true
			kept = slices.DeleteFunc(kept, func(k held) bool { return k.row == h.row })
		case f.What == console.FiledChanged && len(save) > 1 && h.row == save[1].ID: // its place is taken
			continue
		case f.What == console.FiledReplaced && h.row == now.row:
			h.doc.ID, h.doc.History = historyID(h.doc), true
			h.row = h.doc.ID
		}
		kept = append(kept, h)
	}
	d.ID, d.History = row.ID, history
	all[baseID(row.ID)] = append(kept, held{doc: d, row: row.ID, hash: row.Hash})
	return save, nil
}

// removeDocument removes all versions of an id, or the one that "ID@DATE" names. When that was the one
// searched, the newest older one takes its place again.
func (g *engine) removeDocument(ctx context.Context, id string) error {
	g.importing.Lock()
	defer g.importing.Unlock()
	all, err := heldVersions(ctx, g.db)
	if err != nil {
		return err
	}
	versions := all[baseID(id)]
	_, date, one := strings.Cut(id, "@")
	var remove []string
	var save []store.Document
	var older *held
	current := false
	for i, h := range versions {
		switch {
		case !one || h.name() == date:
			remove = append(remove, h.row)
			current = current || one && !h.doc.History
		case older == nil || newer(h, *older) > 0:
			older = &versions[i]
		}
	}
	if len(remove) == 0 {
		return fmt.Errorf("document: %w", store.ErrNotFound)
	}
	if current && older != nil {
		row, err := encode(older.doc, false)
		if err != nil {
			return err
		}
		save, remove = append(save, row), append(remove, older.row)
	}
	if err := g.db.ReplaceDocuments(ctx, save, remove); err != nil {
		return err
	}
	return g.reindex(ctx)
}

func (g *engine) reindex(ctx context.Context) error {
	docs, err := storedDocuments(ctx, g.db)
	if err != nil {
		return err
	}
	return g.base.Replace(docs, g.progress)
}

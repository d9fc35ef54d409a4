package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"smebot/knowledge"
	"smebot/store"
)

// Versions of one document share its id. The newest is searched and answers; each older one is kept under
// "ID@DATE", marked as history, to be read only. What is held after an import depends on the set of versions
// given, never on their order.

// undated stands for the date of a version that states none; it counts as the oldest.
const undated = "undated"

// What an import did with a document.
const (
	filedNew       = "new"
	filedChanged   = "changed"   // other words under the same date
	filedUnchanged = "unchanged" // held already, word for word
	filedReplaced  = "replaced"  // it took the place of an older version, now history
	filedHistory   = "history"   // a newer version is held: it was filed as history
	filedRefused   = "refused"
)

// filed is what an import did with one document.
type filed struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	What  string `json:"what"`
	Date  string `json:"date"`            // of the version imported
	Other string `json:"other,omitempty"` // date of the version replaced, or of the newer one held
	Why   string `json:"why,omitempty"`   // of a refusal, with what to do
}

func (f filed) changed() bool { return f.What != filedUnchanged && f.What != filedRefused }

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
	all, err := heldVersions(ctx, g.db)
	if err != nil {
		return nil, err
	}
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b knowledge.Document) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.VersionDate(), b.VersionDate()))
	})
	embedded := g.base.Documents()[0]
	var out []filed
	changed := false
	for _, d := range docs {
		f := filed{ID: d.ID, Title: d.Title, Date: versionOf(d)}
		if d.ID == embedded.ID || d.Title == embedded.Title {
			f.What = filedUnchanged
			if !sameWords(d, embedded) {
				f.What, f.Why = filedRefused, "it is built in already, in other words: leave it out"
			}
			out = append(out, f)
			continue
		}
		if err := g.file(ctx, d, all, &f); err != nil {
			return out, errors.Join(fmt.Errorf("《%s》: %w", d.Title, err), g.reindexIf(ctx, changed))
		}
		changed = changed || f.changed()
		out = append(out, f)
	}
	return out, g.reindexIf(ctx, changed)
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

// file puts one document into its place among the versions held, and notes it in all and f.
func (g *engine) file(ctx context.Context, d knowledge.Document, all map[string][]held, f *filed) error {
	var now *held // the version searched
	var twin *held
	versions := all[d.ID]
	for i := range versions {
		if !versions[i].doc.History {
			now = &versions[i]
		}
		if versionOf(versions[i].doc) == f.Date {
			twin = &versions[i]
		}
	}
	history := now != nil && now.doc.VersionDate() > d.VersionDate()
	row, err := encode(d, history)
	if err != nil {
		return err
	}
	save := []store.Document{row}
	switch {
	case twin != nil && twin.hash == row.Hash:
		f.What = filedUnchanged
		return nil
	case twin != nil:
		f.What = filedChanged
	case now == nil:
		f.What = filedNew
	case history:
		f.What, f.Other = filedHistory, versionOf(now.doc)
	default:
		f.What, f.Other = filedReplaced, versionOf(now.doc)
		old, err := encode(now.doc, true)
		if err != nil {
			return err
		}
		save = append(save, old)
	}
	if err := g.db.ReplaceDocuments(ctx, save, nil); err != nil {
		return err
	}
	// the rows as they stand now, for further versions of the same import
	kept := versions[:0:0]
	for _, h := range versions {
		switch {
		case twin != nil && h.row == twin.row:
			continue
		case f.What == filedReplaced && h.row == now.row:
			h.doc.ID, h.doc.History = historyID(h.doc), true
			h.row = h.doc.ID
		}
		kept = append(kept, h)
	}
	d.ID, d.History = row.ID, history
	all[baseID(row.ID)] = append(kept, held{doc: d, row: row.ID, hash: row.Hash})
	return nil
}

// removeDocument removes all versions of an id, or the one that "ID@DATE" names. When that was the one
// searched, the newest older one takes its place again.
func (g *engine) removeDocument(ctx context.Context, id string) error {
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
		case !one || versionOf(h.doc) == date:
			remove = append(remove, h.row)
			current = current || one && !h.doc.History
		case older == nil || h.doc.VersionDate() > older.doc.VersionDate():
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

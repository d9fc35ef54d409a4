package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"smebot/knowledge"
	"smebot/knowledge/parse"
	"smebot/store"
)

type knowledgeCmd struct {
	Import importCmd `cmd:"" help:"Import policy files (.txt .md .html .docx) and folders of them."`
	List   listCmd   `cmd:"" help:"List the documents."`
	Show   showCmd   `cmd:"" help:"Show a document or one of its articles."`
	Remove removeCmd `cmd:"" help:"Remove an imported document."`
}

type importCmd struct {
	Paths []string `arg:"" help:"Files and folders."`
}

// Run reads every file first; a file that cannot be read is named and left out, all others are imported. The
// exit status is 1 when any was left out.
func (c *importCmd) Run(e *env) error {
	files, err := policyFiles(c.Paths)
	if err != nil {
		return err
	}
	var docs []knowledge.Document
	var faults []error
	seen := map[string]string{}
	for i, f := range files {
		progress(e, "reading", i+1, len(files))
		d, err := parse.File(f)
		if err == nil {
			if other, twice := seen[d.ID]; twice {
				err = fmt.Errorf("%s: has the same title as %s, 《%s》: import one of them", filepath.Base(f), other, d.Title)
			}
			seen[d.ID] = filepath.Base(f)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		docs = append(docs, d)
	}
	if len(docs) > 0 {
		n, err := saveDocuments(e, docs)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		articles := 0
		for _, d := range docs {
			articles += len(d.Articles)
		}
		fmt.Fprintf(e.out, "%d documents with %d articles imported, %d of them new or changed\n", len(docs), articles, n)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d of %d files were not imported:\n%w", len(faults), len(files), errors.Join(faults...))
	}
	return nil
}

// policyFiles lists the files to import: those named, and below folders those of a known kind.
func policyFiles(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		before := len(out)
		named := true
		err := filepath.WalkDir(p, func(f string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				named = false
				return nil
			}
			if d.Type().IsRegular() && (named || parse.Supported(f)) {
				out = append(out, f)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(out) == before {
			return nil, fmt.Errorf("%s: no .txt, .md, .html or .docx file in it", p)
		}
	}
	return out, nil
}

// saveDocuments stores documents through the running server, or directly.
func saveDocuments(e *env, docs []knowledge.Document) (int, error) {
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		var n int
		err := s.call(e.ctx, "/knowledge/save", docs, &n)
		return n, err
	}
	g, err := openEngine(e.ctx, e.config, e.log, nil)
	if err != nil {
		return 0, err
	}
	g.progress = func(done, all int) { progress(e, "indexing", done, all) }
	n, err := g.saveDocuments(e.ctx, docs)
	return n, errors.Join(err, g.close())
}

// saveDocuments stores documents and indexes them while the old index goes on serving. It returns how many
// were new or changed.
func (g *engine) saveDocuments(ctx context.Context, docs []knowledge.Document) (int, error) {
	changed := 0
	for _, d := range docs {
		if d.ID == g.base.Documents()[0].ID || d.Title == g.base.Documents()[0].Title {
			return changed, fmt.Errorf("《%s》 is built in already", d.Title)
		}
		body, err := json.Marshal(d)
		if err != nil {
			return changed, err
		}
		sum := sha256.Sum256(body)
		row := store.Document{ID: d.ID, Title: d.Title, Hash: hex.EncodeToString(sum[:]), Body: body, Source: d.Source}
		old, err := g.db.Document(ctx, d.ID)
		if err == nil && old.Hash == row.Hash {
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return changed, err
		}
		if err := g.db.SaveDocument(ctx, row); err != nil {
			return changed, err
		}
		changed++
	}
	if changed == 0 {
		return 0, nil
	}
	return changed, g.reindex(ctx)
}

func (g *engine) removeDocument(ctx context.Context, id string) error {
	if err := g.db.RemoveDocument(ctx, id); err != nil {
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

// documents returns all documents without opening the index.
func documents(e *env) ([]knowledge.Document, error) {
	embedded, _, err := knowledge.Embedded()
	if err != nil {
		return nil, err
	}
	docs := []knowledge.Document{embedded}
	db, err := store.OpenReadOnly(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if errors.Is(err, store.ErrMissing) {
		return docs, nil
	}
	if err != nil {
		return nil, err
	}
	more, err := storedDocuments(e.ctx, db)
	return append(docs, more...), errors.Join(err, db.Close())
}

// findDocument returns the document of an id or title, or the only one whose id begins so.
func findDocument(docs []knowledge.Document, name string) (knowledge.Document, error) {
	var starts []knowledge.Document
	for _, d := range docs {
		if d.ID == name || d.Title == name {
			return d, nil
		}
		if strings.HasPrefix(d.ID, name) {
			starts = append(starts, d)
		}
	}
	switch len(starts) {
	case 1:
		return starts[0], nil
	case 0:
		return knowledge.Document{}, fmt.Errorf("no document %q: `smebot knowledge list` names all", name)
	}
	return knowledge.Document{}, fmt.Errorf("%q begins the names of %d documents: give more of it", name, len(starts))
}

type listCmd struct{}

// Run lists id, number of articles, date and title.
func (listCmd) Run(e *env) error {
	docs, err := documents(e)
	if err != nil {
		return err
	}
	for _, d := range docs {
		fmt.Fprintf(e.out, "%s\t%d articles\t%s\t《%s》\n", d.ID, len(d.Articles), d.Dated, d.Title)
	}
	return nil
}

type showCmd struct {
	Doc     string `arg:"" help:"Id or title of a document, or its beginning."`
	Article string `arg:"" optional:"" help:"Number or heading of an article: 24 or 第二十四条."`
}

// Run prints the official words; damaged places are marked.
func (c *showCmd) Run(e *env) error {
	docs, err := documents(e)
	if err != nil {
		return err
	}
	d, err := findDocument(docs, c.Doc)
	if err != nil {
		return err
	}
	want, _ := strconv.Atoi(c.Article)
	found := false
	if c.Article == "" {
		fmt.Fprintf(e.out, "《%s》\n%s %s  %s\n\n%s\n", d.Title, d.Issuer, d.Dated, d.Source, d.Preamble)
	}
	chapter := ""
	for _, a := range d.Articles {
		if c.Article != "" && a.Heading != c.Article && (want == 0 || a.Number != want || a.Suffix != 0) {
			continue
		}
		found = true
		if a.Chapter != chapter {
			chapter = a.Chapter
			fmt.Fprintf(e.out, "\n%s\n", chapter)
		}
		fmt.Fprintf(e.out, "\n%s  %s\n", a.Heading, knowledge.Display(a.Text))
	}
	if !found {
		return fmt.Errorf("《%s》 has no article %s", d.Title, c.Article)
	}
	return nil
}

type removeCmd struct {
	Doc string `arg:"" help:"Id or title of a document, or its beginning."`
}

// Run removes an imported document from store and index.
func (c *removeCmd) Run(e *env) error {
	docs, err := documents(e)
	if err != nil {
		return err
	}
	d, err := findDocument(docs, c.Doc)
	if err != nil {
		return err
	}
	if d.ID == docs[0].ID {
		return errors.New("the embedded policy cannot be removed")
	}
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		var n int
		err = s.call(e.ctx, "/knowledge/remove", d.ID, &n)
	} else {
		var g *engine
		if g, err = openEngine(e.ctx, e.config, e.log, nil); err != nil {
			return err
		}
		err = errors.Join(g.removeDocument(e.ctx, d.ID), g.close())
	}
	if err == nil {
		fmt.Fprintf(e.out, "《%s》 removed\n", d.Title)
	}
	return err
}

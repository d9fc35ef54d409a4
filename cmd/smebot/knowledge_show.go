package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"smebot/knowledge"
	"smebot/store"
)

// documents returns all documents, older versions included, without opening the index.
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

// findDocument returns the document of an id or title, or the only one whose id begins so. With "@DATE" behind
// it, or the beginning of a date, it is that version.
func findDocument(docs []knowledge.Document, name string) (knowledge.Document, error) {
	none := knowledge.Document{}
	name, date, dated := strings.Cut(name, "@")
	var starts []knowledge.Document
	exact := false
	for _, d := range docs {
		if !d.History && (d.ID == name || d.Title == name) {
			starts, exact = []knowledge.Document{d}, true
			break
		}
		if !d.History && strings.HasPrefix(d.ID, name) {
			starts = append(starts, d)
		}
	}
	switch {
	case len(starts) == 0:
		return none, fmt.Errorf("no document %q: `smebot knowledge list` names all", name)
	case len(starts) > 1 && !exact:
		return none, fmt.Errorf("%q begins the names of %d documents: give more of it", name, len(starts))
	case !dated:
		return starts[0], nil
	}
	var versions []knowledge.Document
	for _, d := range docs {
		if baseID(d.ID) != starts[0].ID {
			continue
		}
		name := held{doc: d, row: d.ID}.name()
		if name == date {
			return d, nil
		}
		if date != "" && strings.HasPrefix(name, date) {
			versions = append(versions, d)
		}
	}
	if len(versions) != 1 {
		return none, fmt.Errorf("no one version %q of 《%s》: `smebot knowledge list --all` names all", date, starts[0].Title)
	}
	return versions[0], nil
}

type listCmd struct {
	All bool `help:"Older versions too."`
}

// switchedOff tells which documents are switched off in the console, by id.
func switchedOff(e *env) (map[string]bool, error) {
	db, err := store.OpenReadOnly(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if errors.Is(err, store.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	switches, err := db.Switches(e.ctx)
	off := map[string]bool{}
	for _, s := range switches {
		off[s.Name] = off[s.Name] || s.Kind == store.DocumentSwitch
	}
	return off, errors.Join(err, db.Close())
}

// Run lists id, number of articles, date and title.
func (c *listCmd) Run(e *env) error {
	docs, err := documents(e)
	if err != nil {
		return err
	}
	off, err := switchedOff(e)
	if err != nil {
		return err
	}
	for _, d := range docs {
		mark := ""
		if off[d.ID] {
			mark = "\tswitched off"
		}
		if d.History {
			if !c.All {
				continue
			}
			mark = "\tolder version"
		}
		fmt.Fprintf(e.out, "%s\t%d articles\t%s\t《%s》%s\n", d.ID, len(d.Articles), d.VersionDate(), d.Title, mark)
	}
	return nil
}

type showCmd struct {
	Doc     string `arg:"" help:"Id or title of a document, or its beginning; DOC@DATE for one version."`
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
		printHead(e, d)
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

// printHead prints what is known of a document above its text.
func printHead(e *env, d knowledge.Document) {
	fmt.Fprintf(e.out, "《%s》\n%s %s  %s\n", d.Title, d.Issuer, d.Dated, d.Source)
	if d.History {
		fmt.Fprintln(e.out, "an older version: kept to be read, not searched")
	}
	if d.Effective != "" {
		fmt.Fprintf(e.out, "in force from %s\n", d.Effective)
	}
	if d.Expires != "" {
		fmt.Fprintf(e.out, "in force until %s\n", d.Expires)
	}
	fmt.Fprintf(e.out, "\n%s\n", d.Preamble)
}

type removeCmd struct {
	Doc string `arg:"" help:"Id or title of a document, or its beginning; DOC@DATE for one version."`
}

// Run removes an imported document, with its older versions or one of them alone, from store and index.
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
	id, which := baseID(d.ID), ""
	if strings.Contains(c.Doc, "@") {
		name := held{doc: d, row: d.ID}.name()
		id, which = baseID(d.ID)+"@"+name, " of "+name
	}
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		var n int
		err = s.call(e.ctx, "/knowledge/remove", id, &n)
	} else {
		var g *engine
		if g, err = openEngine(e.ctx, e.config, e.log, nil); err != nil {
			return err
		}
		err = errors.Join(g.removeDocument(e.ctx, id), g.close())
	}
	if err == nil {
		fmt.Fprintf(e.out, "《%s》%s removed\n", d.Title, which)
	}
	return err
}

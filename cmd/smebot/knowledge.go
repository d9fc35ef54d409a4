package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"smebot/console"
	"smebot/knowledge"
	"smebot/knowledge/parse"
)

type knowledgeCmd struct {
	Import importCmd `cmd:"" help:"Import policy files (.txt .md .html .docx) and folders of them."`
	List   listCmd   `cmd:"" help:"List the documents."`
	Show   showCmd   `cmd:"" help:"Show a document or one of its articles; DOC@DATE shows an older version."`
	Remove removeCmd `cmd:"" help:"Remove an imported document, or with DOC@DATE one version of it."`
	Check  checkCmd  `cmd:"" help:"Look for damage, missing articles and doubtful dates."`
}

type importCmd struct {
	Paths  []string `arg:"" help:"Files and folders."`
	Source string   `help:"Web address the document was taken from; for one file." placeholder:"URL"`
	Dated  string   `help:"The document's date, which tells its versions apart, where the file states none; for one file." placeholder:"2024-05-01"`
}

// Run reads every file first; a file that cannot be read is named and left out, all others are imported. The
// exit status is 1 when any was left out.
func (c *importCmd) Run(e *env) error {
	files, passed, err := policyFiles(c.Paths)
	if err != nil {
		return err
	}
	if c.Source != "" {
		if len(files) != 1 {
			return usageError{fmt.Errorf("--source is of one document, and these are %d: import them one at a time", len(files))}
		}
		if c.Source, err = parse.SourceURL(c.Source); err != nil {
			return usageError{err}
		}
	}
	if c.Dated != "" {
		if len(files) != 1 {
			return usageError{fmt.Errorf("--dated is of one document, and these are %d: import them one at a time", len(files))}
		}
		if _, err := time.Parse(time.DateOnly, c.Dated); err != nil {
			return usageError{fmt.Errorf("--dated %s is no date: write it as 2024-05-01", c.Dated)}
		}
	}
	for _, note := range passed {
		fmt.Fprintln(e.errs, note)
	}
	docs, faults := c.read(e, files)
	if len(docs) > 0 {
		sizes := map[string]int{} // what the report needs: the documents themselves are not held while the index is built
		for _, d := range docs {
			sizes[historyID(d)] = len(d.Articles)
		}
		done, err := saveDocuments(e, docs)
		for _, f := range done {
			if f.What == console.FiledRefused {
				faults = append(faults, fmt.Errorf("《%s》: %s", f.Title, f.Why))
			}
		}
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		reportImport(e, sizes, done)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d of %d files were not imported:\n%w", len(faults), len(files), errors.Join(faults...))
	}
	return nil
}

// read parses the files. Two files of one version with other words cannot both be right: the later one is a
// fault.
func (c *importCmd) read(e *env, files []string) (docs []knowledge.Document, faults []error) {
	type known struct{ file, hash string }
	seen := map[string]known{}
	for i, f := range files {
		progress(e, "reading", i+1, len(files))
		d, err := parse.File(f)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if c.Source != "" {
			d.Source = c.Source
		}
		if c.Dated != "" {
			d.Dated = c.Dated
		}
		row, err := encode(d, false)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		key := historyID(d)
		switch other, twice := seen[key]; {
		case twice && other.hash != row.Hash:
			faults = append(faults, fmt.Errorf("%s: has the same title and date as %s, 《%s》, but other words: import one of them, or give the newer one its date in lines above the text (--- dated: 2024-05-01 ---)", filepath.Base(f), other.file, d.Title))
		case !twice:
			seen[key] = known{filepath.Base(f), row.Hash}
			docs = append(docs, d)
		}
	}
	return docs, faults
}

// reportImport says what an import did: the sum, and a line for each document that met another version. sizes are the
// articles of each version given.
func reportImport(e *env, sizes map[string]int, done []filed) {
	n, articles, changed := 0, 0, 0
	for _, f := range done {
		if f.What == console.FiledRefused {
			continue
		}
		n++
		articles += sizes[f.ID+"@"+f.Date]
		if changes(f) {
			changed++
		}
	}
	if n == 0 {
		return
	}
	also := ""
	if changed == 0 {
		also = ": all are held already, nothing was changed"
	}
	fmt.Fprintf(e.out, "%d documents with %d articles imported, %d of them new or changed%s\n", n, articles, changed, also)
	for _, f := range done {
		switch f.What {
		case console.FiledReplaced:
			fmt.Fprintf(e.out, "《%s》 of %s replaces the version of %s, which is kept as %s@%s\n", f.Title, f.Date, f.Other, f.ID, f.Other)
		case console.FiledHistory:
			fmt.Fprintf(e.out, "《%s》 of %s is older than the version of %s that is held: filed as history, %s@%s\n", f.Title, f.Date, f.Other, f.ID, f.Date)
		case console.FiledChanged:
			date := "of " + f.Date
			if f.Date == undated {
				date = "states no date, nor does the version held, and"
			}
			fmt.Fprintf(e.out, "《%s》 %s has other words than before: changed", f.Title, date)
			if f.Other != "" {
				fmt.Fprintf(e.out, "; the words before are kept as %s@%s", f.ID, f.Other)
			}
			if f.Date == undated {
				fmt.Fprint(e.out, ". If one of them is newer, give it its date: knowledge import --dated 2024-05-01 FILE")
			}
			fmt.Fprintln(e.out)
		}
	}
}

// unread are kinds of files that hold policies but cannot be read: found in a folder they are named, so that
// nobody takes them for imported.
var unread = map[string]string{
	".doc": "open it in Word or WPS and save it as .docx", ".wps": "open it in WPS and save it as .docx", ".rtf": "open it in Word or WPS and save it as .docx",
	".pdf": "save its text as .docx or .txt", ".ofd": "save its text as .docx or .txt",
}

// policyFiles lists the files to import: those named, and below folders those of a known kind. Links inside
// folders are not followed and hidden files are passed over. passed names what was left out, with the mend.
func policyFiles(paths []string) (out, passed []string, err error) {
	for _, p := range paths {
		before := len(out)
		st, err := os.Stat(p) // a link that was named is meant
		if err != nil {
			return nil, nil, err
		}
		if !st.IsDir() {
			if !st.Mode().IsRegular() {
				return nil, nil, fmt.Errorf("%s: no file: give a file or a folder", p)
			}
			out = append(out, p)
			continue
		}
		// the trailing separator makes a link to a folder the folder
		err = filepath.WalkDir(p+string(filepath.Separator), func(f string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name := d.Name()
			hidden := strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$")
			switch {
			case d.IsDir():
				if hidden && filepath.Clean(f) != filepath.Clean(p) {
					return fs.SkipDir
				}
			case hidden:
			case d.Type()&fs.ModeSymlink != 0:
				passed = append(passed, name+": left out: a link; name the file it points to")
			case d.Type().IsRegular() && parse.Supported(f):
				out = append(out, f)
			case d.Type().IsRegular() && unread[strings.ToLower(filepath.Ext(f))] != "":
				passed = append(passed, name+": left out: "+unread[strings.ToLower(filepath.Ext(f))])
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		if len(out) == before {
			return nil, nil, fmt.Errorf("%s: no .txt, .md, .html or .docx file in it", p)
		}
	}
	return out, passed, nil
}

// saveDocuments stores documents through the running server, or directly.
func saveDocuments(e *env, docs []knowledge.Document) ([]filed, error) {
	spareMemory()
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		var done []filed
		err := s.call(e.ctx, "/knowledge/save", docs, &done)
		return done, err
	}
	g, err := openEngine(e.ctx, e.config, e.log, nil)
	if err != nil {
		return nil, err
	}
	g.progress = func(done, all int) { progress(e, "indexing", done, all) }
	done, err := g.saveDocuments(e.ctx, docs)
	return done, errors.Join(err, g.close())
}

package main

import (
	"encoding/json"
	"fmt"
	"time"

	"smebot/knowledge"
	"smebot/knowledge/parse"
)

type checkCmd struct {
	Paths []string `arg:"" optional:"" help:"Files and folders to check before they are imported; without any, all documents held."`
	JSON  bool     `help:"A JSON list, for machines." name:"json"`
}

// Run prints one line for each finding. Findings are no error: the exit status is 1 only when a check was not
// possible.
func (c *checkCmd) Run(e *env) error {
	docs, err := c.documents(e)
	if err != nil {
		return err
	}
	found := []parse.Finding{} // a list even when it is empty
	for i, d := range docs {
		progress(e, "checking", i+1, len(docs))
		if !d.History {
			found = append(found, parse.Check(d, time.Now())...)
		}
	}
	if c.JSON {
		return json.NewEncoder(e.out).Encode(found)
	}
	for _, f := range found {
		where := f.Article
		if where == "" {
			where = "(whole)"
		}
		fmt.Fprintf(e.out, "%s\t%s\t%s: %s\n", f.Document, where, f.What, f.Mend)
	}
	if len(found) == 0 {
		fmt.Fprintf(e.out, "nothing found in %d documents\n", len(docs))
	}
	return nil
}

func (c *checkCmd) documents(e *env) ([]knowledge.Document, error) {
	if len(c.Paths) == 0 {
		return documents(e)
	}
	files, passed, err := policyFiles(c.Paths)
	if err != nil {
		return nil, err
	}
	for _, note := range passed {
		fmt.Fprintln(e.errs, note)
	}
	var docs []knowledge.Document
	for _, f := range files {
		d, err := parse.File(f)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

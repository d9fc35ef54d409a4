package main

import (
	"errors"
	"fmt"
	"strings"

	"smebot/knowledge"
)

type searchCmd struct {
	JSONL bool     `help:"Read JSON lines from standard input, write one for each." name:"jsonl"`
	Top   int      `help:"How many articles at the most." default:"10"`
	Text  []string `arg:"" optional:"" help:"What to search for."`
}

type searchLine struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type searchAnswer struct {
	ID   string      `json:"id"`
	Hits []searchHit `json:"hits"`
}

// Run ranks articles. It opens the index only, never the store.
func (c *searchCmd) Run(e *env) error {
	if c.JSONL == (len(c.Text) > 0) {
		return usageError{errors.New("give words to search for, or --jsonl and lines on standard input")}
	}
	if c.Top < 1 || c.Top > 1000 {
		return usageError{errors.New("--top: want 1 to 1000")}
	}
	find, done, err := c.finder(e)
	if err != nil {
		return err
	}
	if c.JSONL {
		return errors.Join(eachJSONLine(e, func(_ int, l searchLine) (any, error) {
			hits, err := find(l.Text)
			return searchAnswer{l.ID, hits}, err
		}), done())
	}
	hits, err := find(strings.Join(c.Text, " "))
	if err != nil {
		return errors.Join(err, done())
	}
	if len(hits) == 0 {
		fmt.Fprintln(e.out, "no article has any of these words")
	}
	for i, h := range hits {
		fmt.Fprintf(e.out, "%2d  %6.2f  《%s》%s\n            %s\n", i+1, h.Score, h.Document, h.Heading, knowledge.Display(clip(h.text, 60)))
	}
	return done()
}

func (c *searchCmd) finder(e *env) (func(string) ([]searchHit, error), func() error, error) {
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		return func(text string) ([]searchHit, error) {
			var found []controlHit
			err := s.call(e.ctx, "/search", controlSearch{text, c.Top}, &found)
			hits := make([]searchHit, len(found))
			for i, h := range found {
				h.searchHit.text = h.Text
				hits[i] = h.searchHit
			}
			return hits, err
		}, func() error { return nil }, nil
	}
	base, err := knowledge.OpenIndexed(e.config.indexDir(), e.log)
	if err != nil {
		return nil, nil, err
	}
	return func(text string) ([]searchHit, error) { return search(e.ctx, base, text, c.Top) }, base.Close, nil
}

// clip shortens a text to n characters.
func clip(s string, n int) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}

package main

import (
	"fmt"

	"smebot/intents"
)

type guideCmd struct {
	Graph guideGraphCmd `cmd:"" help:"Draw the guide as a graph."`
}

type guideGraphCmd struct {
	Format string `help:"mermaid, dot, or markdown (docs/guide.md)." enum:"mermaid,dot,markdown" default:"mermaid"`
}

// Run draws the guide to standard output.
func (c *guideGraphCmd) Run(e *env) error {
	words := map[string]func() string{"mermaid": intents.GuideMermaid, "dot": intents.GuideDot, "markdown": intents.GuideMarkdown}[c.Format]()
	_, err := fmt.Fprint(e.out, words)
	return err
}

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// labelled is one line of a file of labelled questions.
type labelled struct {
	ID        string     `json:"id"`
	Text      string     `json:"text"`
	Lang      string     `json:"lang"`
	Style     string     `json:"style"`
	Expect    string     `json:"expect"`
	Articles  []int      `json:"articles"`
	Facts     [][]string `json:"facts"`
	Platforms []string   `json:"platforms"`
	Also      []string   `json:"also"`
	Note      string     `json:"note"`
	Relevant  []string   `json:"relevant"` // for retrieval: "law title#第…条"
}

// readCases reads a JSONL file of cases; errors name the line.
func readCases(path string) ([]labelled, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []labelled
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if strings.TrimSpace(sc.Text()) == "" {
			continue
		}
		var c labelled
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		out = append(out, c)
	}
	return out, sc.Err()
}

// got is what the program said to a case.
type got struct {
	Intent    string
	Text      string
	Articles  []int    // numbers in the embedded policy, -1 for articles of other documents
	Names     []string // of the same articles, as cases name them
	Platforms []string
}

// judge says what was wrong with an answer, "" if nothing.
func (c labelled) judge(g got) string {
	if g.Intent != c.Expect && !slices.Contains(c.Also, g.Intent) {
		return "intent " + g.Intent
	}
	if len(g.Text) > 2047 {
		return fmt.Sprintf("%d bytes", len(g.Text))
	}
	if g.Intent != c.Expect {
		return ""
	}
	switch c.Expect {
	case "policy":
		if len(g.Articles) == 0 || !slices.Contains(c.Articles, g.Articles[0]) {
			return fmt.Sprintf("article %v, want %v", g.Articles, c.Articles)
		}
		for _, alt := range c.Facts {
			if g.Text != "" && !slices.ContainsFunc(alt, func(s string) bool { return strings.Contains(g.Text, s) }) {
				return fmt.Sprintf("lacks %v", alt)
			}
		}
	case "platform":
		if len(g.Platforms) == 0 || !slices.Contains(c.Platforms, g.Platforms[0]) {
			return fmt.Sprintf("platform %v, want %v", g.Platforms, c.Platforms)
		}
	}
	return ""
}

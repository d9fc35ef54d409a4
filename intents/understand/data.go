package understand

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The files a colleague edits: ways to ask, one a line, and glossaries, tab-separated. Lines that are blank or
// begin with # say nothing.
//
//go:embed examples glossary points
var files embed.FS

// Example is one way of asking, with what it means.
type Example struct {
	Text  string
	Label Label
}

// Label is what an example stands for: "policy/24", "policy/24.miss", "platform/financing", "clarify",
// "no_answer", "referral", "human", "greeting", "help", "status", "privacy-erase" and so on: the name of its
// file below examples.
type Label string

// Intent returns the intent a label belongs to.
func (l Label) Intent() Intent {
	head, rest, _ := strings.Cut(string(l), "/")
	switch {
	case head == "policy" && strings.HasSuffix(rest, ".miss"):
		return NoAnswer
	case strings.HasPrefix(head, "privacy"):
		return Privacy
	}
	return Intent(head)
}

// Article returns the article a policy label (a near miss too) is about, 0 for others.
func (l Label) Article() int {
	rest, ok := strings.CutPrefix(string(l), "policy/")
	if !ok {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSuffix(rest, ".miss"))
	return n
}

// Slug returns the platform type of a platform label, "" for others.
func (l Label) Slug() string {
	rest, _ := strings.CutPrefix(string(l), "platform/")
	if rest == string(l) {
		return ""
	}
	return rest
}

// Examples reads all example files, in a fixed order.
func Examples() ([]Example, error) {
	var out []Example
	err := fs.WalkDir(files, "examples", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".txt" {
			return err
		}
		label := labelOf(p)
		if strings.HasPrefix(string(label), "policy/") && label.Article() == 0 {
			return fmt.Errorf("%s: the name must be an article's number, as in policy/07.txt or policy/07.miss.txt", p)
		}
		return eachLine(p, func(_ int, line string) error {
			out = append(out, Example{line, label})
			return nil
		})
	})
	return out, err
}

// labelOf returns the label of an example file: examples/policy/07.txt and examples/policy/07.b.txt are both
// policy/07, and examples/policy/07.miss.b.txt is policy/07.miss.
func labelOf(p string) Label {
	dir, name := path.Split(strings.TrimPrefix(p, "examples/"))
	parts := strings.Split(name, ".")
	if len(parts) > 2 && parts[1] == "miss" {
		return Label(dir + parts[0] + ".miss")
	}
	return Label(dir + parts[0])
}

func eachLine(p string, f func(n int, line string) error) error {
	r, err := files.Open(p)
	if err != nil {
		return err
	}
	defer r.Close()
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := f(n, line); err != nil {
			return fmt.Errorf("%s:%d: %w", p, n, err)
		}
	}
	return sc.Err()
}

// table is a glossary: words and what stands for them, replaced longest first.
type table struct {
	to     map[string]string
	prefix map[rune][]string // words by their first character, longest first
}

// readTable reads a two-column glossary.
func readTable(name string) (*table, error) {
	t := newTable()
	err := eachLine("glossary/"+name, func(_ int, line string) error {
		from, to, ok := strings.Cut(line, "\t")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if !ok || from == "" {
			return fmt.Errorf("want a word, a tab and what stands for it")
		}
		t.add(strings.ToLower(from), to)
		return nil
	})
	t.sort()
	return t, err
}

func newTable() *table { return &table{to: map[string]string{}, prefix: map[rune][]string{}} }

func (t *table) add(from, to string) {
	if from == "" {
		return
	}
	if _, twice := t.to[from]; !twice {
		r, _ := utf8.DecodeRuneInString(from)
		t.prefix[r] = append(t.prefix[r], from)
	}
	t.to[from] = to
}

func (t *table) sort() {
	for _, list := range t.prefix {
		sort.Slice(list, func(i, j int) bool {
			if len(list[i]) != len(list[j]) {
				return len(list[i]) > len(list[j])
			}
			return list[i] < list[j]
		})
	}
}

// replace writes s with every word of the table replaced.
func (t *table) replace(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		hit := ""
		for _, w := range t.prefix[r] {
			if strings.HasPrefix(s[i:], w) {
				hit = w
				break
			}
		}
		if hit == "" {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		b.WriteString(t.to[hit])
		i += len(hit)
	}
	return b.String()
}

// groups is the table of words that mean the same: for each word the positions of the groups it stands in.
type groups struct {
	first []string // of each group, the word that the policy uses
	index *table
	in    map[string][]int
}

// readGroups reads groups of words that mean the same, tab-separated, the policy's own word first.
func readGroups(name string) (*groups, error) {
	g := &groups{index: newTable(), in: map[string][]int{}}
	err := eachLine("glossary/"+name, func(_ int, line string) error {
		words := strings.Split(line, "\t")
		if len(words) < 2 {
			return fmt.Errorf("want words that mean the same, separated by tabs")
		}
		for _, w := range words {
			w = strings.TrimSpace(w)
			g.index.add(w, w)
			g.in[w] = append(g.in[w], len(g.first))
		}
		g.first = append(g.first, strings.TrimSpace(words[0]))
		return nil
	})
	g.index.sort()
	return g, err
}

// found lists the groups of which a text has a word, each once, in the order of the file.
func (g *groups) found(s string) []int {
	var out []int
	for i, r := range s {
		for _, w := range g.index.prefix[r] {
			if strings.HasPrefix(s[i:], w) {
				for _, n := range g.in[w] {
					if !slices.Contains(out, n) {
						out = append(out, n)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// find calls yield with the meaning of every word of the table in a text of Latin words, whole words only,
// the longest at each place.
func (t *table) find(words []string, yield func(meaning string)) {
	const longest = 5
	for i := range words {
		for n := min(longest, len(words)-i); n > 0; n-- {
			w := strings.Join(words[i:i+n], " ")
			to, ok := t.to[w]
			if !ok && n == 1 {
				to, ok = t.to[stem(w)]
			}
			if ok {
				yield(to)
				break
			}
		}
	}
}

// stem takes the commonest endings off an English word.
func stem(w string) string {
	for _, end := range []string{"ies", "ing", "ed", "es", "s"} {
		if len(w) > len(end)+2 && strings.HasSuffix(w, end) {
			w = strings.TrimSuffix(w, end)
			if end == "ies" {
				w += "y"
			}
			return w
		}
	}
	return w
}

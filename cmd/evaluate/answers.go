package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"smebot/intents/understand"
)

type answersCmd struct {
	File   string `arg:"" help:"Labelled questions, JSONL." type:"existingfile"`
	Errors bool   `help:"List every wrong answer." short:"e"`
	Corpus string `help:"Folder of policy files to hold beside the embedded policy." type:"existingdir"`
	Layer  string `help:"What to ask: the whole bot, or its understanding alone." enum:"bot,understand" default:"bot"`
}

// Run asks every question as a fresh conversation and prints the figures.
func (c *answersCmd) Run() error {
	cases, err := readCases(c.File)
	if err != nil {
		return err
	}
	ask, done, err := c.asker()
	if err != nil {
		return err
	}
	defer done()
	t := newTally()
	for _, q := range cases {
		g, err := ask(q.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", q.ID, err)
		}
		t.add(q, g)
	}
	t.print(c.Errors)
	return nil
}

func (c *answersCmd) asker() (func(string) (got, error), func(), error) {
	if c.Layer == "understand" {
		u, err := understand.New()
		if err != nil {
			return nil, nil, err
		}
		return func(s string) (got, error) {
			r := u.Understand(s)
			g := got{Intent: string(r.Intent), Platforms: r.Platforms}
			for _, a := range r.Articles {
				g.Articles = append(g.Articles, a.Article)
			}
			return g, nil
		}, func() {}, nil
	}
	docs, err := readCorpus(c.Corpus)
	if err != nil {
		return nil, nil, err
	}
	return askBot(docs)
}

// tally counts answers by what matters.
type tally struct {
	all, right int
	by         map[string]map[string][2]int // dimension -> value -> {right, all}
	article    [2]int                       // policy questions with the right main article
	wrong      int                          // policy answers given where the question had another or none
	given      int                          // policy answers given
	confusion  map[[2]string]int
	errors     []string
	longest    int

	cited struct{ asked, given, main, any int } // questions that name relevant articles of imported documents
}

func newTally() *tally {
	return &tally{by: map[string]map[string][2]int{}, confusion: map[[2]string]int{}}
}

func (t *tally) add(c labelled, g got) {
	if c.Expect == "" && len(c.Relevant) > 0 {
		t.addCited(c, g)
		return
	}
	why := c.judge(g)
	t.all++
	if why == "" {
		t.right++
	} else {
		t.errors = append(t.errors, fmt.Sprintf("%s %-8s %-10s %-9s %s: %s", c.ID, c.Lang, c.Style, c.Expect, why, c.Text))
	}
	dims := map[string]string{"intent": c.Expect, "lang": c.Lang, "style": c.Style}
	if c.Expect == "no_answer" && strings.HasPrefix(c.Note, "near miss") {
		dims["kind"] = "near miss"
	}
	for d, v := range dims {
		if t.by[d] == nil {
			t.by[d] = map[string][2]int{}
		}
		x := t.by[d][v]
		x[1]++
		if why == "" {
			x[0]++
		}
		t.by[d][v] = x
	}
	t.confusion[[2]string{c.Expect, g.Intent}]++
	t.longest = max(t.longest, len(g.Text))
	hit := len(g.Articles) > 0 && slices.Contains(c.Articles, g.Articles[0])
	if c.Expect == "policy" {
		t.article[1]++
		if g.Intent == "policy" && hit {
			t.article[0]++
		}
	}
	if g.Intent == "policy" {
		t.given++
		if c.Expect != "policy" && !slices.Contains(c.Also, "policy") || c.Expect == "policy" && !hit {
			t.wrong++
		}
	}
}

// addCited counts what was said to a question of which only the articles that answer it are known: whoever asks
// back or refuses is not wrong, whoever cites is held to it.
func (t *tally) addCited(c labelled, g got) {
	t.cited.asked++
	t.longest = max(t.longest, len(g.Text))
	if g.Intent != "policy" {
		return
	}
	t.cited.given++
	right := func(n string) bool { return slices.Contains(c.Relevant, n) }
	if len(g.Names) > 0 && right(g.Names[0]) {
		t.cited.main++
	} else {
		t.errors = append(t.errors, fmt.Sprintf("%s cites %v, want %v: %s", c.ID, g.Names, c.Relevant, c.Text))
	}
	if slices.ContainsFunc(g.Names, right) {
		t.cited.any++
	}
}

func (t *tally) print(errors bool) {
	if n := t.cited.asked; n > 0 {
		g := t.cited.given
		fmt.Printf("questions on articles: %d asked, %d answered (%.3f); of the answers a relevant article comes first in %.3f, is among those cited in %.3f\n",
			n, g, ratio(g, n), ratio(t.cited.main, g), ratio(t.cited.any, g))
	}
	if t.all == 0 {
		t.printErrors(errors)
		return
	}
	fmt.Printf("overall %.3f (%d of %d), macro over intents %.3f\n", ratio(t.right, t.all), t.right, t.all, t.macro("intent"))
	fmt.Printf("policy questions with the right main article %.3f\n", ratio(t.article[0], t.article[1]))
	fmt.Printf("confidently wrong policy answers %d of %d given (%.1f in 100 questions); longest answer %d bytes\n", t.wrong, t.given, 100*ratio(t.wrong, t.all), t.longest)
	for _, d := range slices.Sorted(maps.Keys(t.by)) {
		fmt.Printf("by %s:", d)
		for _, v := range slices.Sorted(maps.Keys(t.by[d])) {
			x := t.by[d][v]
			fmt.Printf("  %s %.3f (%d/%d)", v, ratio(x[0], x[1]), x[0], x[1])
		}
		fmt.Println()
	}
	fmt.Println("confusion (expected -> said):")
	for _, k := range slices.SortedFunc(maps.Keys(t.confusion), func(a, b [2]string) int {
		return strings.Compare(a[0]+a[1], b[0]+b[1])
	}) {
		if k[0] != k[1] {
			fmt.Printf("  %-10s -> %-10s %d\n", k[0], k[1], t.confusion[k])
		}
	}
	t.printErrors(errors)
}

func (t *tally) printErrors(wanted bool) {
	if wanted {
		for _, e := range t.errors {
			fmt.Println(e)
		}
	}
}

func (t *tally) macro(dim string) float64 {
	sum := 0.0
	for _, x := range t.by[dim] {
		sum += ratio(x[0], x[1])
	}
	return sum / float64(max(1, len(t.by[dim])))
}

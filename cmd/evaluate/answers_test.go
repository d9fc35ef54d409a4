package main

import "testing"

// The project's own questions, written by people who saw neither the examples nor each other's, are answered as well as
// the figures of README.md say. What is fitted must hold on them, since nothing was fitted from them; but what
// their errors taught was written into the examples in other words, so the first figure of each set, in README.md, is the honest one.
func TestOwnQuestions(t *testing.T) {
	ask, done, err := askBot(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for file, least := range map[string]float64{"testdata/fresh.jsonl": 0.97, "testdata/fresh2.jsonl": 0.95, "testdata/fresh3.jsonl": 0.95} {
		cases, err := readCases(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := newTally()
		for _, c := range cases {
			g, err := ask(c.Text)
			if err != nil {
				t.Fatalf("%s: %v", c.ID, err)
			}
			sum.add(c, g)
		}
		if r := ratio(sum.right, sum.all); r < least {
			t.Errorf("%s: %.3f of %d questions answered right, want %.2f: look at `go run ./cmd/evaluate answers cmd/evaluate/%s --errors`", file, r, sum.all, least, file)
		}
		if r := ratio(sum.wrong, sum.all); r > 0.02 {
			t.Errorf("%s: %d of %d questions were answered from the wrong article or without one", file, sum.wrong, sum.all)
		}
		if sum.longest > 2047 {
			t.Errorf("%s: an answer of %d bytes", file, sum.longest)
		}
	}
}

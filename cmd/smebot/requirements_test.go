package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testFunc     = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	namedTest    = regexp.MustCompile("`(Test\\w+)`")
	requirements = regexp.MustCompile(`\b(F\d{3}|V\d+\.\d+\.\d+|PD-\d\d)\b`)
)

// TestRequirementsHaveTests holds docs/safety.md to the tests that there are: each row names some, each of them
// exists, and no fault of the console is without one.
func TestRequirementsHaveTests(t *testing.T) {
	there := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		body, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllSubmatch(body, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile("../../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(body), "| requirement | in short | test |")
	if !ok {
		t.Fatal("docs/safety.md has no table")
	}
	listed, rows := map[string]bool{}, 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.Contains(line, "---") {
			continue
		}
		rows++
		ids, tests := requirements.FindAllString(cells[1], -1), namedTest.FindAllStringSubmatch(cells[3], -1)
		if len(ids) == 0 || len(tests) == 0 {
			t.Errorf("docs/safety.md: no requirement or no test in %q", strings.TrimSpace(line))
		}
		for _, m := range tests {
			if !there[m[1]] {
				t.Errorf("docs/safety.md: %s is no test", m[1])
			}
			listed[m[1]] = true
		}
		for _, id := range ids {
			if listed[id] {
				t.Errorf("docs/safety.md: two rows of %s", id)
			}
			listed[id] = true
		}
	}
	if rows < 20 {
		t.Fatalf("docs/safety.md: only %d rows", rows)
	}
	for _, id := range strings.Fields("F083 F084 F085 F086 F094 F095 F096 F097 F098 F099 F100 F101 F102 F103 F104 F105 F106 F107 F108 F109") {
		if !listed[id] {
			t.Errorf("docs/safety.md: nothing holds %s", id)
		}
	}
}

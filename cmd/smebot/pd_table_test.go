package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	caseName = regexp.MustCompile(`(?m)^\t\{"([^"]+)", func\(e \*env\)`)
	pdRow    = regexp.MustCompile(`(?m)^\| (PD-\d\d) \| (.+) \| (.+) \|$`)
	named    = regexp.MustCompile(`Test\w+|「[^」]+」`)
	pdName   = regexp.MustCompile(`^TestPD(\d\d)`)
)

// TestPersonalDataTable holds docs/personal-data.md to the tests that are there: each of the 28 rules has a row, each
// row names tests that exist, and each test that carries a rule's id stands in its row.
func TestPersonalDataTable(t *testing.T) {
	tests, cases := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.HasSuffix(path, "_test.go") {
			for _, m := range testFunc.FindAllSubmatch(b, -1) {
				tests[string(m[1])] = true
			}
		} else if strings.Contains(filepath.ToSlash(path), "store/storetest/") {
			for _, m := range caseName.FindAllSubmatch(b, -1) {
				cases["「"+string(m[1])+"」"] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../../docs/personal-data.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, m := range pdRow.FindAllStringSubmatch(string(table), -1) {
		if rows[m[1]] != "" {
			t.Errorf("%s stands twice", m[1])
		}
		rows[m[1]] = m[3]
		list := named.FindAllString(m[3], -1)
		if len(list) == 0 {
			t.Errorf("%s names no test", m[1])
		}
		for _, name := range list {
			if !tests[name] && !cases[name] {
				t.Errorf("%s: there is no test %s", m[1], name)
			}
		}
	}
	for n := 1; n <= 28; n++ {
		if id := fmt.Sprintf("PD-%02d", n); rows[id] == "" {
			t.Errorf("%s has no row", id)
		}
	}
	for name := range tests {
		if m := pdName.FindStringSubmatch(name); m != nil && !strings.Contains(rows["PD-"+m[1]], name) {
			t.Errorf("%s does not stand in the row of PD-%s", name, m[1])
		}
	}
}

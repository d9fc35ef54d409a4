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
	testFunc     = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	namedTest    = regexp.MustCompile("`(Test\\w+)`")
	requirements = regexp.MustCompile(`\b(F\d{3}|V\d+\.\d+\.\d+|PD-\d\d)\b`)

	caseName = regexp.MustCompile(`(?m)^\t\{"([^"]+)", func\(e \*env\)`)
	pdRow    = regexp.MustCompile(`(?m)^\| (PD-\d\d) \| (.+) \| (.+) \|$`)
	named    = regexp.MustCompile(`Test\w+|「[^」]+」`)
	pdName   = regexp.MustCompile(`^TestPD(\d\d)`)
)

// writtenTests returns the names of all tests there are, and in 「」 those of the cases that every store must pass.
func writtenTests(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		body, err := os.ReadFile(path)
		if strings.HasSuffix(path, "_test.go") {
			for _, m := range testFunc.FindAllSubmatch(body, -1) {
				there[string(m[1])] = true
			}
		} else if strings.Contains(filepath.ToSlash(path), "store/storetest/") {
			for _, m := range caseName.FindAllSubmatch(body, -1) {
				there["「"+string(m[1])+"」"] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

// TestRequirementsHaveTests holds docs/safety.md to the tests that there are: each row names some, each of them
// exists, and no fault of the console is without one.
func TestRequirementsHaveTests(t *testing.T) {
	there := writtenTests(t)
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

// TestPersonalDataTable holds docs/personal-data.md to the tests that are there: each of the 28 rules has a row, each
// row names tests that exist, and each test that carries a rule's id stands in its row.
func TestPersonalDataTable(t *testing.T) {
	there := writtenTests(t)
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
			if !there[name] {
				t.Errorf("%s: there is no test %s", m[1], name)
			}
		}
	}
	for n := 1; n <= 28; n++ {
		if id := fmt.Sprintf("PD-%02d", n); rows[id] == "" {
			t.Errorf("%s has no row", id)
		}
	}
	for name := range there {
		if m := pdName.FindStringSubmatch(name); m != nil && !strings.Contains(rows["PD-"+m[1]], name) {
			t.Errorf("%s does not stand in the row of PD-%s", name, m[1])
		}
	}
}

// The conversation that both READMEs show is one, and what the program says to its first messages.
func TestReadmesShowARealConversation(t *testing.T) {
	var talks []string
	for _, name := range []string{"../../README.md", "../../README.zh-CN.md"} {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, talk, ok := strings.Cut(string(body), "```\n> ")
		if !ok {
			_, talk, ok = strings.Cut(string(body), "```text\n> ")
		}
		talk, _, closed := strings.Cut(talk, "\n```")
		if !ok || !closed {
			t.Fatalf("%s shows no conversation", name)
		}
		talks = append(talks, talk)
	}
	if talks[0] != talks[1] {
		t.Errorf("the conversations differ:\n%s\n\n%s", talks[0], talks[1])
	}
	s := startSite(t, testConfig(t))
	page := openPage(t, s.url)
	for _, turn := range strings.Split(talks[0], "\n> ") {
		said, shown, _ := strings.Cut(turn, "\n")
		if said == "确认" { // what is asked before it is left out
			break
		}
		reply := page.say(t, utterance{words: said})
		for line := range strings.SplitSeq(shown, "\n") {
			if line = strings.TrimLeft(strings.TrimSpace(line), "123456789. "); line != "" && line != "……" && !strings.Contains(reply.text+fmt.Sprint(reply.buttons), line) {
				t.Errorf("%s: the program does not say %q but %q", said, line, reply.text)
			}
		}
	}
	for _, want := range []string{"（今天登记，质量检测）", "已登记，工作人员会在两个工作日内联系您。"} {
		if !strings.Contains(talks[0], want) {
			t.Errorf("no %q in the conversation", want)
		}
	}
}

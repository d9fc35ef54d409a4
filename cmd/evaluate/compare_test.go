package main

import (
	"strings"
	"testing"

	"smebot/knowledge"
	"smebot/knowledge/parse"
)

// TestCompare puts the fresh questions to all ways of searching, over the embedded policy and one made-up law.
func TestCompare(t *testing.T) {
	cases, err := readCases("testdata/fresh.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	law, err := parse.File("testdata/law.md")
	if err != nil {
		t.Fatal(err)
	}
	cases = append(cases[:40:40], labelled{ID: "law-1", Text: "琥珀灯笼要几个人点", Relevant: []string{"琥珀灯笼管理办法#第二条"}})
	var out strings.Builder
	if err := compare(t.Context(), &out, cases, []knowledge.Document{law}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"41 questions, 2 documents, 28 articles", "bleve cjk", "bleve, our tokenizer", "textbook BM25", "smebot search", "the whole bot: right main article"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, out.String())
		}
	}
}

// Every way finds the only article that holds a question's words.
func TestWaysFindTheObvious(t *testing.T) {
	law, err := parse.File("testdata/law.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range ways() {
		search, done, err := w.open(append(embedded(t), law))
		if err != nil {
			t.Fatal(err)
		}
		got, err := search(t.Context(), "琥珀灯笼点亮")
		if err != nil || len(got) == 0 || got[0] != "琥珀灯笼管理办法#第二条" {
			t.Errorf("%s: %v %v", w.name, got, err)
		}
		if got, err := search(t.Context(), "* ~ field:/.*/ \x00"); err != nil || len(got) > depth {
			t.Errorf("%s: odd question: %v %v", w.name, got, err)
		}
		if err := done(); err != nil {
			t.Error(err)
		}
	}
}

func embedded(t *testing.T) []knowledge.Document {
	base, err := knowledge.Open(knowledge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	return append([]knowledge.Document(nil), base.Documents()...)
}

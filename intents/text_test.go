package intents

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smebot/knowledge"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// Longest sentences and captions in bytes. A caption is paid for twice on WeChat; the longest sentences are
// those of the form's questions, which stand below an answer.
const (
	maxSentence = 760
	maxLabel    = 33
	maxDraft    = 1200 // of a letter that an operator sends
)

func TestCatalogue(t *testing.T) {
	keys := declaredKeys(t)
	for k := range simplified {
		if !slices.Contains(keys, k) && !strings.HasPrefix(string(k), "type.") && !strings.HasPrefix(string(k), "guide.") && !strings.HasPrefix(string(k), "weekday.") {
			t.Errorf("%s is in no constant", k)
		}
		keys = append(keys, k)
	}
	for _, k := range keys {
		zh, en, full := say(knowledge.Simplified, k), say(knowledge.English, k), say(knowledge.Traditional, k)
		for l, s := range map[string]string{"zh": zh, "en": en, "zh-Hant": full} {
			if strings.TrimSpace(s) == "" {
				t.Errorf("%s has no words in %s", k, l)
			}
			if strings.HasPrefix(string(k), "label.") || strings.HasPrefix(string(k), "type.") || strings.Count(string(k), ".") == 2 && strings.HasPrefix(string(k), "guide.") {
				if len(s) > maxLabel {
					t.Errorf("%s in %s is a caption of %d bytes, at most %d", k, l, len(s), maxLabel)
				}
			} else if most := map[bool]int{false: maxSentence, true: maxDraft}[strings.HasPrefix(string(k), "incident.")]; len(s) > most {
				t.Errorf("%s in %s has %d bytes, at most %d", k, l, len(s), most)
			}
			for ln := range strings.SplitSeq(s, "\n") {
				if regexp.MustCompile(`^\s*\d+[.．、)]`).MatchString(ln) {
					t.Errorf("%s in %s has a line that looks like a numbered choice: %s", k, l, ln)
				}
			}
			for _, r := range s {
				if r >= 0x1F000 {
					t.Errorf("%s in %s has an emoji", k, l)
				}
			}
		}
		want := holders(zh)
		if got := holders(en); got != want {
			t.Errorf("%s: placeholders %s in Chinese, %s in English", k, want, got)
		}
		if got := holders(full); got != want {
			t.Errorf("%s: placeholders %s, %s in traditional script", k, want, got)
		}
		if strings.ContainsAny(zh, "你妳") {
			t.Errorf("%s says 你: %s", k, zh)
		}
	}
	if len(english) != len(simplified) {
		t.Errorf("%d sentences in English, %d in Chinese", len(english), len(simplified))
	}
}

func holders(s string) string {
	list := placeholder.FindAllString(s, -1)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// declaredKeys reads the constants of type key from the source.
func declaredKeys(t *testing.T) []key {
	var decls []ast.Decl
	for _, name := range []string{"text.go", "text_near.go", "text_news.go", "text_own.go", "text_leaning.go", "text_incident.go", "text_form.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, f.Decls...)
	}
	var keys []key
	for _, d := range decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == "key" {
				k, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(keys, key(k)) {
					t.Errorf("%s is declared twice", k)
				}
				keys = append(keys, key(k))
			}
		}
	}
	if len(keys) < 100 {
		t.Fatalf("%d keys found in the source", len(keys))
	}
	return keys
}

func TestTraditional(t *testing.T) {
	for k, want := range map[key]string{labelRegister: "登記需求", labelAgree: "同意", askFirm: "請問貴公司全稱是什麼？", fieldContact: "聯繫人"} {
		if got := say(knowledge.Traditional, k); got != want {
			t.Errorf("%s: %s, want %s", k, got, want)
		}
	}
	if got := say(knowledge.Traditional, summaryLine, "field", "企業", "value", "明辉灯饰"); !strings.Contains(got, "明辉灯饰") {
		t.Errorf("the person's own words were converted: %s", got)
	}
}

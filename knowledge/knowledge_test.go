package knowledge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/knowledge/policy"
)

func open(t testing.TB, docs ...Document) *Base {
	t.Helper()
	b, err := Open(Options{Documents: docs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

var in2026 = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func TestCardsMatchTheText(t *testing.T) {
	doc, cards, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Articles) != 25 || len(cards.Articles) != 25 || len(cards.Platforms) != 9 {
		t.Fatalf("%d articles, %d cards, %d platform types; want 25, 25, 9", len(doc.Articles), len(cards.Articles), len(cards.Platforms))
	}
	for i, c := range cards.Articles {
		a := doc.Articles[i]
		if c.Article != a.Number || a.Number != i+1 {
			t.Fatalf("card %d is for article %d, text has %d", i, c.Article, a.Number)
		}
		for _, f := range c.Facts {
			if !strings.Contains(a.Text, f.Quote) || f.Quote == "" {
				t.Errorf("article %d: fact is not a quotation: %q", a.Number, f.Quote)
			}
		}
		if c.Period != nil && !strings.Contains(a.Text, c.Period.Words) && c.Article != 3 {
			t.Errorf("article %d: period %q does not stand in the text", a.Number, c.Period.Words)
		}
		for _, w := range append([]string{c.Summary.ZH, c.Summary.EN, c.Title.ZH, c.Title.EN}, append(c.Asks.ZH, c.Asks.EN...)...) {
			if w == "" {
				t.Errorf("article %d: an empty text in its card", a.Number)
			}
		}
		for _, w := range []string{c.Summary.ZH, c.Summary.EN} {
			if f, bad := unsupported(w, a.Text); bad {
				t.Errorf("article %d: the summary has %s, which the article has not", a.Number, f)
			}
		}
	}
	for _, n := range []int{3, 18, 24} {
		if c := cards.Articles[n-1]; c.Period == nil || c.Period.To > 2015 {
			t.Errorf("article %d names a period, its card has %v", n, c.Period)
		}
	}
}

func TestAnswerLeadsWithWhatAnswers(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		q       string
		article int
		want    []string
		not     []string
	}{
		{"前20家奖励多少钱", 24, []string{"100万元", "20家", "第二十四条", "2012—2015", "已过"}, nil},
		{"登记几天能办好", 23, []string{"3个工作日", "第二十三条"}, []string{"已过"}},
		{"2012到2014年省里安排了多少钱搞技术创新", 18, []string{"第十八条", DamageMark, "损坏", "2012年-2014年"}, []string{"25亿", "2.5亿", "5亿", "\ue010"}},
		{"一年最少服务多少家企业", 5, []string{"50家", "第五条"}, nil},
		{"每个专业镇最晚哪年建成5个平台", 3, []string{"2015年底", "已过"}, nil},
	} {
		a := b.Answer(Ask{Text: c.q, Refs: []Ref{PolicyRef(c.article)}, Language: Simplified, Now: in2026, MaxBytes: 1500})
		if a.Withheld || len(a.Text) > 1500 {
			t.Errorf("%s: withheld %v, %d bytes", c.q, a.Withheld, len(a.Text))
		}
		for _, w := range c.want {
			if !strings.Contains(a.Text, w) {
				t.Errorf("%s: answer lacks %q:\n%s", c.q, w, a.Text)
			}
		}
		for _, w := range c.not {
			if strings.Contains(a.Text, w) {
				t.Errorf("%s: answer must not hold %q:\n%s", c.q, w, a.Text)
			}
		}
	}
}

func TestExpiryFollowsTheClock(t *testing.T) {
	b := open(t)
	a := b.Answer(Ask{Text: "考核奖多少钱", Refs: []Ref{PolicyRef(24)}, Language: Simplified, Now: time.Date(2013, 6, 1, 0, 0, 0, 0, time.UTC), MaxBytes: 1500})
	if strings.Contains(a.Text, "已过") {
		t.Errorf("in 2013 the period was not over:\n%s", a.Text)
	}
}

func TestFullTextPages(t *testing.T) {
	b := open(t)
	for n := 1; n <= 25; n++ {
		_, art, _ := b.Article(PolicyRef(n))
		for _, l := range []Language{Simplified, Traditional, English} {
			pages := b.FullText(PolicyRef(n), l, 1200)
			if len(pages) == 0 {
				t.Fatalf("article %d has no pages", n)
			}
			all := ""
			for i, p := range pages {
				if len(p) > 1200 || strings.Contains(p, "\ue010") || strings.Contains(p, "5亿") && n == 18 {
					t.Errorf("article %d %s page %d: %d bytes: %s", n, l, i+1, len(p), p)
				}
				_, body, _ := strings.Cut(p, "\n")
				all += body
			}
			if l == Simplified && n != 18 {
				strip := strings.NewReplacer("\n", "")
				if strip.Replace(all) != strip.Replace(art.Text) {
					t.Errorf("article %d: the pages are not the text", n)
				}
			}
		}
	}
}

func TestGuardWithholdsForeignFigures(t *testing.T) {
	if f, bad := unsupported("奖励200万元", "给予100万元/家的奖励"); !bad || f != "200" {
		t.Errorf("a figure that the article lacks passed: %q %v", f, bad)
	}
	if _, bad := unsupported("奖励100万元", "给予100万元/家的奖励"); bad {
		t.Error("the article's own figure was refused")
	}
	// The digits around damage are no figure of the article.
	if _, bad := unsupported("安排5亿元", "安排2\ue0105亿元"); !bad {
		t.Error("half of a damaged figure passed")
	}
}

func TestSearchOneCharacterAndSyntax(t *testing.T) {
	b := open(t)
	for q, want := range map[string]int{"税收优惠": 20, "知识产权质押融资": 10, "一校一镇": 14} {
		hits, err := b.Search(context.Background(), q, 3)
		if err != nil || len(hits) == 0 || hits[0].Article != want {
			t.Errorf("%s: %v %v", q, hits, err)
		}
	}
	for _, q := range []string{"", "税", "*", "~", "field:x", "/.*/", "^9e99", "+-", "\"", strings.Repeat("税 收 ", 5000), strings.Repeat("税收优惠政策", 3000)} {
		if _, err := b.Search(context.Background(), q, 10); err != nil {
			t.Errorf("%.20q: %v", q, err)
		}
	}
}

func TestIndexOnDisk(t *testing.T) {
	dir := t.TempDir()
	extra := Document{ID: "x", Title: "测试规定", Articles: []Article{{Number: 1, Heading: "第一条", Text: "猫粮补贴每只十元。"}}}
	b, err := Open(Options{Dir: dir, Documents: []Document{extra}})
	if err != nil {
		t.Fatal(err)
	}
	find := func(b *Base) {
		t.Helper()
		hits, err := b.Search(context.Background(), "猫粮补贴", 1)
		if err != nil || len(hits) != 1 || hits[0].Title != "测试规定" {
			t.Fatalf("%v %v", hits, err)
		}
	}
	find(b)
	second, err := Open(Options{Dir: dir, Documents: []Document{extra}}) // the index is in use: memory serves
	if err != nil {
		t.Fatal(err)
	}
	find(second)
	second.Close()
	b.Close()
	// every kind of damage is mended by building anew
	for _, damage := range []func(root string) error{
		func(root string) error { return os.RemoveAll(filepath.Join(root, "bleve", "store")) },
		func(root string) error {
			return filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
				if err == nil && strings.HasSuffix(p, ".zap") {
					return os.Truncate(p, 100)
				}
				return err
			})
		},
		func(root string) error {
			return os.WriteFile(filepath.Join(root, "bleve", "index_meta.json"), []byte("{"), 0o600)
		},
	} {
		entries, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(entries) != 1 {
			t.Fatalf("index folders %v %v", entries, err)
		}
		if err := damage(entries[0]); err != nil {
			t.Fatal(err)
		}
		b, err := Open(Options{Dir: dir, Documents: []Document{extra}})
		if err != nil {
			t.Fatal(err)
		}
		find(b)
		b.Close()
	}
	b, err = OpenIndexed(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	find(b)
	b.Close()
}

func TestReplaceWhileSearching(t *testing.T) {
	b := open(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			if _, err := b.Search(context.Background(), "税收优惠", 3); err != nil {
				t.Error(err)
			}
		}
	}()
	for i := range 5 {
		doc := Document{ID: fmt.Sprint(i), Title: "规定", Articles: []Article{{Number: 1, Heading: "第一条", Text: "税收"}}}
		if err := b.Replace([]Document{doc}, nil); err != nil {
			t.Fatal(err)
		}
	}
	<-done
	if n := len(b.Documents()); n != 2 || b.Documents()[0].ID != policy.ID {
		t.Errorf("%d documents", n)
	}
}

func BenchmarkAnswer(b *testing.B) {
	base := open(b)
	for b.Loop() {
		base.Answer(Ask{Text: "前20家奖励多少钱", Refs: []Ref{PolicyRef(24)}, Language: Simplified, Now: in2026, MaxBytes: 1500})
	}
}

func BenchmarkSearch(b *testing.B) {
	base := open(b)
	for b.Loop() {
		if _, err := base.Search(context.Background(), "考核优秀的平台奖励多少钱", 10); err != nil {
			b.Fatal(err)
		}
	}
}

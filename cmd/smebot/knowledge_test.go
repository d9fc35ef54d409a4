package main

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lampPolicy is a policy of our own with a fact that the embedded one does not have.
func lampPolicy(number, reward int) string {
	return fmt.Sprintf("古镇灯饰产业扶持办法（第%d号）\n\n第一条 为扶持灯饰产业，制定本办法。\n\n第二条 对参加琥珀灯光展的企业，每家给予%d元展位补贴。\n\n第三条 本办法由古镇镇人民政府解释。\n", number, reward)
}

// writeDocx writes a Word file of plain paragraphs.
func writeDocx(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	var body strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(&body, "<w:p><w:r><w:t>%s</w:t></w:r></w:p>", line)
	}
	for name, content := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml":   `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestKnowledge(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			if mode != "alone" {
				startSite(t, c)
			}
			do := func(args ...string) string {
				t.Helper()
				return must(t, "", append(args, "--data", c.Data)...)
			}
			top := func() string {
				t.Helper()
				return do("search", "--top", "1", "琥珀灯光展展位补贴")
			}
			if out := do("knowledge", "list"); strings.Count(out, "\n") != 1 || !strings.Contains(out, "gd-2012-sme-platforms\t") || !strings.Contains(out, "2012-08-23") {
				t.Errorf("list: %q", out)
			}
			if strings.Contains(top(), "灯饰产业") {
				t.Error("found before it was imported")
			}
			dir := t.TempDir()
			write(t, filepath.Join(dir, "one.txt"), lampPolicy(1, 3141))
			write(t, filepath.Join(dir, "deep", "two.md"), "# "+lampPolicy(2, 2718))
			write(t, filepath.Join(dir, "deep", "three.html"), "<html><head><title>x</title></head><body><h1>古镇灯饰产业扶持办法（第3号）</h1><p>第一条 为扶持灯饰产业，制定本办法。</p><p>第二条 对租用翡翠仓库的企业，每家给予1618元补贴。</p></body></html>")
			writeDocx(t, filepath.Join(dir, "four.docx"), lampPolicy(4, 1414))
			write(t, filepath.Join(dir, "ignored.pdf"), "%PDF-1.7")
			if out := do("knowledge", "import", dir); !strings.Contains(out, "4 documents") || !strings.Contains(out, "4 of them new") {
				t.Errorf("import: %q", out)
			}
			if out := do("knowledge", "import", dir); !strings.Contains(out, "0 of them new") {
				t.Errorf("the same import again: %q", out)
			}
			if out := top(); !strings.Contains(out, "第二条") || !strings.Contains(out, "展位补贴") {
				t.Errorf("after the import is found: %q", out)
			}
			list := do("knowledge", "list")
			if strings.Count(list, "\n") != 5 {
				t.Errorf("list: %q", list)
			}
			for n, fact := range map[int]string{1: "3141", 2: "2718", 3: "1618", 4: "1414"} {
				title := fmt.Sprintf("古镇灯饰产业扶持办法（第%d号）", n)
				if out := do("knowledge", "show", title, "2"); !strings.Contains(out, fact) || strings.Contains(out, "制定本办法") {
					t.Errorf("article 2 of %s: %q", title, out)
				}
				if out := do("knowledge", "show", title); !strings.Contains(out, fact) || !strings.Contains(out, "制定本办法") || !strings.Contains(out, title) {
					t.Errorf("%s whole: %q", title, brief(out))
				}
			}
			if out := do("search", "--top", "1", "租用翡翠仓库"); !strings.Contains(out, "（第3号）》第二条") {
				t.Errorf("the article of another document is found: %q", out)
			}
			if out := do("knowledge", "show", "gd-2012", "第二十四条"); !strings.Contains(out, "100万元") || strings.Contains(out, "第二十五条") {
				t.Errorf("article 24 of the embedded policy: %q", out)
			}
			for n := range 4 {
				do("knowledge", "remove", fmt.Sprintf("古镇灯饰产业扶持办法（第%d号）", n+1))
			}
			if out := top(); strings.Contains(out, "灯饰产业") {
				t.Errorf("found after it was removed: %q", out)
			}
			if out := do("knowledge", "list"); strings.Count(out, "\n") != 1 {
				t.Errorf("list after all were removed: %q", out)
			}
		})
	}
}

// TestKnowledgeSurvivesARestart imports beside a server that is then stopped and started again.
func TestKnowledgeSurvivesARestart(t *testing.T) {
	c := testConfig(t)
	s := startSite(t, c)
	must(t, "", "knowledge", "import", write(t, filepath.Join(t.TempDir(), "p.txt"), lampPolicy(1, 3141)), "--data", c.Data)
	if err := os.RemoveAll(c.indexDir()); err != nil { // a cache: it may go at any time, in use or not
		t.Error(err)
	}
	s.end(t)
	startSite(t, c)
	if out := must(t, "", "search", "--top", "1", "琥珀灯光展", "--data", c.Data); !strings.Contains(out, "（第1号）》第二条") {
		t.Errorf("after a restart: %q", out)
	}
}

func TestKnowledgeRefusals(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	good := write(t, filepath.Join(dir, "good.txt"), lampPolicy(1, 1))
	twin := write(t, filepath.Join(dir, "twin.txt"), lampPolicy(1, 2))
	bad := map[string]string{
		"empty":            write(t, filepath.Join(dir, "empty.txt"), ""),
		"blank":            write(t, filepath.Join(dir, "blank.txt"), " \n\n\t"),
		"binary":           write(t, filepath.Join(dir, "binary.txt"), "\x7fELF\x02\x01\x01\x00\x00\xff\xfe\x00\x00"+strings.Repeat("\x00\xff", 4000)),
		"no docx":          write(t, filepath.Join(dir, "fake.docx"), "MZ\x90\x00this is a program"),
		"empty docx":       write(t, filepath.Join(dir, "none.docx"), ""),
		"unknown kind":     write(t, filepath.Join(dir, "table.xlsx"), "PK"),
		"same title":       twin,
		"without a word":   write(t, filepath.Join(dir, "page.html"), "<html><body><script>var x = 1</script></body></html>"),
		"invalid encoding": write(t, filepath.Join(dir, "cut.txt"), "\xff\xfe\xfd\xfc\x80\x81"),
	}
	for name, path := range bad {
		t.Run(name, func(t *testing.T) {
			r := command(t, "", "knowledge", "import", good, path, "--data", data)
			if r.code != 1 || !strings.Contains(r.errs, filepath.Base(path)) || !strings.Contains(r.errs, "1 of 2 files") {
				t.Errorf("exit %d, %q", r.code, r.errs)
			}
			if strings.Contains(r.errs, "goroutine") {
				t.Errorf("the message holds a stack: %q", brief(r.errs))
			}
			if !strings.Contains(r.out, "1 documents") {
				t.Errorf("the good file beside it was not imported: %q", r.out)
			}
		})
	}
	if out := must(t, "", "knowledge", "list", "--data", data); strings.Count(out, "\n") != 2 {
		t.Errorf("after all refusals: %q", out)
	}
	for _, c := range []struct {
		says string
		args []string
	}{
		{"no document", []string{"knowledge", "show", "nothing"}},
		{"no document", []string{"knowledge", "remove", "nothing"}},
		{"no article", []string{"knowledge", "show", "gd-2012-sme-platforms", "999"}},
		{"cannot be removed", []string{"knowledge", "remove", "gd-2012-sme-platforms"}},
		{"missing.txt", []string{"knowledge", "import", filepath.Join(dir, "missing.txt")}},
		{"no .txt", []string{"knowledge", "import", t.TempDir()}},
	} {
		r := command(t, "", append(c.args, "--data", data)...)
		if r.code != 1 || !strings.Contains(r.errs, c.says) || strings.Count(strings.TrimSpace(r.errs), "\n") != 0 {
			t.Errorf("%v: exit %d, %q", c.args, r.code, r.errs)
		}
	}
}

// What is imported is asked for like the embedded policy, in the chat too, and cited by title and article.
func TestKnowledgeIsAnsweredFrom(t *testing.T) {
	c := testConfig(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "lamps.txt"), strings.Replace(lampPolicy(1, 3141), "解释。", "解释。本办法自2019年1月1日起施行，有效期至2021年12月31日。", 1))
	write(t, filepath.Join(dir, "locks.txt"), "小榄锁具出口办法\n\n第一条 为鼓励锁具出口，制定本办法。\n\n第二条 锁具企业参加琥珀灯光展的，另给予运费补贴577元。\n")
	ask := func(q string) string {
		t.Helper()
		return must(t, "", "ask", q, "--data", c.Data)
	}
	if out := ask("参加琥珀灯光展的企业有没有展位补贴"); strings.Contains(out, "琥珀") || !strings.Contains(out, "没有写") {
		t.Errorf("before the import: %q", out)
	}
	must(t, "", "knowledge", "import", dir, "--data", c.Data)
	for q, want := range map[string][]string{
		"参加琥珀灯光展的企业有没有展位补贴":                       {"3141元", "《古镇灯饰产业扶持办法（第1号）》第二条", "有效期到2021年12月31日", "已过"},
		"參加琥珀燈光展的企業有冇展位補貼":                        {"3141元", "燈飾產業扶持辦法", "第二條", "2021年12月31日"},
		"琥珀灯光展的运费补多少":                             {"577元", "《小榄锁具出口办法》第二条"},
		"企业参加琥珀灯光展有什么补贴":                          {"《古镇灯饰产业扶持办法（第1号）》第二条", "《小榄锁具出口办法》第二条"},
		"Is there a booth subsidy for the 琥珀灯光展?": {"3141元", "第二条"},
		"前20家奖励多少钱":                               {"100万元", "第二十四条"},
	} {
		out := ask(q)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: lacks %q: %s", q, w, out)
			}
		}
	}
	for _, q := range []string{"琥珀灯光展申请电话多少", "今年琥珀灯光展的报名截止是几月几号"} {
		if out := ask(q); !strings.Contains(out, "没有写") {
			t.Errorf("%s: %s", q, out)
		}
	}
}

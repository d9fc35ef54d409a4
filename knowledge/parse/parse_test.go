package parse

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func read(t *testing.T, name string) Document {
	t.Helper()
	d, err := File(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The page as a browser saves it (navigation, share links, odd spaces, the title twice) and the cleaned text
// must be the same policy.
func TestPageAndTextAreOnePolicy(t *testing.T) {
	page, text := read(t, "testdata/page.txt"), read(t, "../policy/gd-2012-sme-platforms.txt")
	if len(page.Articles) != 25 || len(text.Articles) != 25 {
		t.Fatalf("%d and %d articles, want 25", len(page.Articles), len(text.Articles))
	}
	for i := range page.Articles {
		a, b := page.Articles[i], text.Articles[i]
		if a.Text != b.Text || a.Chapter != b.Chapter || a.Heading != b.Heading || a.Number != i+1 {
			t.Errorf("article %d differs:\n%+v\n%+v", i+1, a, b)
		}
		if a.Text == "" || strings.Contains(a.Text, "上一条") || strings.Contains(a.Text, "分享到") || strings.Contains(a.Text, "2012年8月23日") {
			t.Errorf("article %d: %q", i+1, a.Text)
		}
	}
	const title = "广东省人民政府关于加快专业镇中小微企业服务平台建设的意见"
	if page.Title != title || text.Title != title || page.Issuer != "广东省人民政府" || page.Dated != "2012-08-23" || page.Published != "2012-09-03" {
		t.Errorf("title %q %q, issuer %q, dated %s, published %s", page.Title, text.Title, page.Issuer, page.Dated, page.Published)
	}
	if page.Preamble != text.Preamble || !strings.HasSuffix(page.Preamble, "提出以下意见。") {
		t.Errorf("preambles %q %q", page.Preamble, text.Preamble)
	}
	if !strings.Contains(page.Articles[17].Text, "安排2\ue0105亿元") {
		t.Error("the damaged character of article 18 was changed: official words are never touched")
	}
	labels := 0
	for _, p := range page.Articles[1].Passages {
		if strings.HasSuffix(p.Label, "服务平台") {
			labels++
		}
	}
	if labels != 9 {
		t.Errorf("article 2 has %d platform definitions as passages, want 9", labels)
	}
}

// The same words as Markdown, HTML, Word and GB18030 text.
func TestFormatsAgree(t *testing.T) {
	want := read(t, "../policy/gd-2012-sme-platforms.txt")
	plain, err := os.ReadFile("../policy/gd-2012-sme-platforms.txt")
	if err != nil {
		t.Fatal(err)
	}
	var html, word strings.Builder
	html.WriteString(`<html><head><title>x</title><script>第一条 假</script></head><body><nav>首页 &gt; 政策</nav><div class="a">`)
	for l := range strings.Lines(string(plain)) {
		l = strings.TrimSpace(l)
		fmt.Fprintf(&html, "<p>　　%s&nbsp;</p>\n", l)
		fmt.Fprintf(&word, `<w:p><w:r><w:t>%s</w:t></w:r></w:p>`, l)
	}
	html.WriteString(`</div><div>分享到:</div><div>上一条:别的文件</div></body></html>`)
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"a.html": []byte(html.String()),
		"a.md":   append([]byte("# "), plain...),
		"b.txt":  gb,
		"c.txt":  append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n"))...),
		"a.docx": docx(t, word.String()),
	} {
		d, err := Bytes(name, body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(d.Articles) != 25 || d.Title != want.Title {
			t.Errorf("%s: %d articles, title %q", name, len(d.Articles), d.Title)
			continue
		}
		for i := range d.Articles {
			if i != 17 && d.Articles[i].Text != want.Articles[i].Text { // 18 has the character that GB18030 maps elsewhere
				t.Errorf("%s: article %d is %q", name, i+1, d.Articles[i].Text)
			}
		}
	}
}

func docx(t *testing.T, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(w, `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>`, body)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStatute(t *testing.T) {
	d, err := Bytes("某条例.md", []byte(`# 某某条例

2014年11月24日 国务院令第656号公布

2015年3月1日 施行

<!-- INFO END -->

## 第一章 总则

第一条 为了规范某事，制定本条例。

第二条 本条例所称某事，是指：

（一）甲；

（二）乙。

第二条规定的事项，由县级政府办理。

## 第二章 附则

### 第一节 其他

第三条 略。

第三条之一 补充的内容。
`))
	if err != nil {
		t.Fatal(err)
	}
	if d.Title != "某某条例" || d.Effective != "2015-03-01" || d.Dated != "2014-11-24" || len(d.Articles) != 4 {
		t.Fatalf("%+v", d)
	}
	if a := d.Articles[1]; !strings.Contains(a.Text, "第二条规定的事项") || a.Chapter != "第一章 总则" || len(a.Passages) != 4 {
		t.Errorf("%+v", a)
	}
	if a := d.Articles[3]; a.Suffix != 1 || a.Number != 3 || a.Heading != "第三条之一" || a.Chapter != "第二章 附则 / 第一节 其他" {
		t.Errorf("%+v", a)
	}
}

func TestWithoutArticleNumbers(t *testing.T) {
	long := strings.Repeat("补贴按年度申报，由镇经发办受理。\n", 80)
	d, err := Bytes("通知.txt", []byte("关于申报补贴的通知\n\n各企业：\n\n一、申报条件\n注册满一年。\n\n二、申报办法\n"+long+"\n某市人民政府\n2024年5月6日\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Title != "关于申报补贴的通知" || d.Dated != "2024-05-06" || d.Issuer != "某市人民政府" || len(d.Articles) < 4 {
		t.Fatalf("%q %s %q %d sections", d.Title, d.Dated, d.Issuer, len(d.Articles))
	}
	for _, a := range d.Articles {
		if a.Number != 0 || a.Heading == "" || len([]rune(a.Text)) > sectionLimit+100 {
			t.Errorf("%+v", a)
		}
	}
}

func TestBadFiles(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, _ := z.Create("word/document.xml")
	w.Write(bytes.Repeat([]byte(" "), 20<<20))
	z.Close()
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"empty.txt":   {nil, "empty"},
		"spaces.txt":  {[]byte(" \n\t\n"), "empty"},
		"binary.txt":  {[]byte("ab\x00cd"), "binary"},
		"pdf.txt":     {[]byte("%PDF-1.7 ..."), "binary"},
		"noise.txt":   {[]byte("\xff\xfe\xfd\x80\x81\x82\xff\xff"), "UTF-8"},
		"x.docx":      {[]byte("hello"), "Word"},
		"empty.docx":  {nil, "empty"},
		"bomb.docx":   {bomb.Bytes(), "unpacks"},
		"dtd.docx":    {docx(t, "") /* replaced below */, "document type"},
		"x.exe":       {[]byte("text"), "kind of file"},
		"nothing.htm": {[]byte("<html><body><script>x</script></body></html>"), "no text"},
	} {
		if name == "dtd.docx" {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			w, _ := z.Create("word/document.xml")
			fmt.Fprint(w, `<!DOCTYPE x [<!ENTITY e "y">]><w:document xmlns:w="x"/>`)
			z.Close()
			c.body = b.Bytes()
		}
		_, err := Bytes(name, c.body)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want one that names the file and %q", name, err, c.want)
		}
	}
	if _, err := File(filepath.Join(t.TempDir(), "none.txt")); err == nil {
		t.Error("a missing file was read")
	}
}

func TestNumbers(t *testing.T) {
	for n := 1; n < 2000; n++ {
		if got, ok := Number(Chinese(n)); !ok || got != n {
			t.Fatalf("%d -> %s -> %d %v", n, Chinese(n), got, ok)
		}
	}
	for _, bad := range []string{"", "甲", "第", "一x"} {
		if n, ok := Number(bad); ok {
			t.Errorf("%q read as %d", bad, n)
		}
	}
}

// Real statutes, where a copy lies beside the checkout: each article is found, none is empty.
func TestStatuteCorpus(t *testing.T) {
	dir := os.Getenv("SMEBOT_STATUTES")
	if dir == "" {
		t.Skip("set SMEBOT_STATUTES to a folder of statutes in Markdown to read them all")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	articles := 0
	for _, f := range files {
		d := read(t, f)
		for _, a := range d.Articles {
			if a.Number > 0 {
				articles++
			}
			if a.Text == "" && a.Number > 0 {
				t.Errorf("%s %s is empty", d.Title, a.Heading)
			}
		}
	}
	t.Logf("%d articles in %d files", articles, len(files))
}

func FuzzBytes(f *testing.F) {
	f.Add("a.txt", []byte("标题办法\n第一条 甲\n"))
	f.Add("a.html", []byte("<p>第一条 甲</p>"))
	f.Add("a.md", []byte("# 甲办法\n第一条 乙"))
	f.Add("a.md", []byte("---\ntitle: 甲\ndated: 2024-05-06\n---\n第一条 本办法自2020年1月1日起施行，有效期五年。\n附件1\n乙\n丙"))
	f.Add("a.html", []byte("<meta charset=gbk><table><tr><td rowspan=3>甲<td>乙<tr><td>丙</table><ol start=3><li>丁</ol>"))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		if d, err := Bytes(name, body); err == nil {
			if len(d.Articles) == 0 || d.ID == "" {
				t.Error("no error and no article or no id")
			}
			Check(d, checkDay)
		}
	})
}

// FuzzWord reads what unpacks from a Word document: the text part and the numbering part.
func FuzzWord(f *testing.F) {
	f.Add([]byte(`<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>`), []byte(`<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>`))
	f.Add([]byte(`<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p><w:t>甲</w:t></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>`), []byte(``))
	f.Fuzz(func(t *testing.T, text, numbers []byte) {
		lists, err := readNumbering(numbers)
		if err != nil {
			return
		}
		blocks, err := docxParagraphs(text, lists)
		if err == nil {
			structure(blocks, &Document{}) // must not panic; most of what it gets is no policy
		}
	})
}

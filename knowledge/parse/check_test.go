package parse

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var checkDay = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

func TestCheck(t *testing.T) {
	art := func(n int, text string) Article {
		return Article{Number: n, Heading: "第" + Chinese(n) + "条", Text: text}
	}
	for name, c := range map[string]struct {
		doc   Document
		where string
		kind  string
	}{
		"private use":    {Document{Articles: []Article{art(1, "安排2\ue0105亿元")}}, "第一条", "damaged"},
		"replacement":    {Document{Articles: []Article{art(1, "安排\ufffd元")}}, "第一条", "damaged"},
		"UTF-8 as GBK":   {Document{Articles: []Article{art(1, "鏀跨瓥鐨勬墽琛岋紝锛屽師鏂囥€")}}, "第一条", "damaged"},
		"UTF-8 as 1252":  {Document{Articles: []Article{art(1, "æ”¿ç\u00ad–è§£è¯»")}}, "第一条", "damaged"},
		"twice lost":     {Document{Articles: []Article{art(1, "每年锟斤拷万元")}}, "第一条", "damaged"},
		"question marks": {Document{Articles: []Article{art(1, "每年安排??万元")}}, "第一条", "damaged"},
		"missing":        {Document{Articles: []Article{art(1, "甲"), art(3, "乙")}}, "第二条", "missing"},
		"many missing":   {Document{Articles: []Article{art(1, "甲"), art(9, "乙")}}, "第二条—第八条", "missing"},
		"first missing":  {Document{Articles: []Article{art(2, "甲")}}, "第一条", "missing"},
		"doubled":        {Document{Articles: []Article{art(1, "甲"), art(2, "乙"), art(2, "丙")}}, "第二条", "doubled"},
		"order":          {Document{Articles: []Article{art(1, "甲"), art(3, "乙"), art(2, "丙")}}, "第二条", "order"},
		"empty":          {Document{Articles: []Article{art(1, " ")}}, "第一条", "empty"},
		"long":           {Document{Articles: []Article{art(1, strings.Repeat("甲", longArticle+1))}}, "第一条", "long"},
		"furniture":      {Document{Articles: []Article{art(1, "甲。\n版权所有 某局")}}, "第一条", "furniture"},
		"page number":    {Document{Articles: []Article{art(1, "甲。\n— 3 —\n乙。")}}, "第一条", "furniture"},
		"inverted":       {Document{Effective: "2025-01-01", Expires: "2024-01-01"}, "", "date"},
		"future":         {Document{Dated: "2026-01-03"}, "", "date"},
		"before 1949":    {Document{Dated: "1920-01-03"}, "", "date"},
		"unread note":    {Document{Preamble: "（2026年1月1日、2026年10月31日）"}, "", "date"},
		"no such day":    {Document{Preamble: "（有效期至2026年2月30日）"}, "", "date"},
		"no such end":    {Document{Articles: []Article{art(1, "本办法有效期至2026年2月30日。")}}, "", "date"},
		"far ahead":      {Document{Expires: "2206-01-03"}, "", "date"},
	} {
		found := Check(c.doc, checkDay)
		ok := false
		for _, f := range found {
			ok = ok || f.Article == c.where && f.Kind == c.kind && f.What != "" && f.Mend != ""
		}
		if !ok {
			t.Errorf("%s: %+v", name, found)
		}
	}
	sound := Document{Dated: "2020-01-01", Effective: "2026-06-01", Expires: "2030-01-01", Articles: []Article{
		art(1, "甲2元？有。"), art(2, "“乙”——丙……"), {Number: 2, Suffix: 1, Heading: "第二条之一", Text: "丁（一）①Ⅱ％"}, art(3, "浏览次数不计"),
		{Heading: "附件1 表", Chapter: "附件1 表", Text: "表"},
		{Number: 1, Heading: "附件1 第一条", Chapter: "附件1 表", Text: "又"}, {Number: 2, Heading: "附件1 第二条", Chapter: "附件1 表", Text: "又"},
	}}
	if found := Check(sound, checkDay); len(found) != 0 {
		t.Errorf("a sound document: %+v", found)
	}
}

func TestCheckEmbedded(t *testing.T) {
	found := Check(read(t, "../policy/gd-2012-sme-platforms.txt"), checkDay)
	if len(found) != 1 || found[0].Article != "第十八条" || found[0].Kind != "damaged" || !strings.Contains(found[0].What, "U+E010") {
		t.Errorf("%+v", found)
	}
}

// Every fault of a file has a code that others know.
func TestFaultCodes(t *testing.T) {
	named := regexp.MustCompile(`fault\("([a-z-]+)", "`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(body), -1) {
			if n++; !slices.Contains(FaultCodes, m[1]) {
				t.Errorf("%s: %s is not among the codes", f, m[1])
			}
		}
	}
	if n < len(FaultCodes) {
		t.Errorf("%d codes, of which %d are used", len(FaultCodes), n)
	}
}

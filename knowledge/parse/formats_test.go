package parse

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestTables(t *testing.T) {
	const page = `<body><table><tr><td><div>首页</div></td><td><div><div><h1>古镇灯饰补贴办法</h1></div>
<p>第一条 标准如下：</p>
<table><tr><th>类别</th><th>项目</th><th>金额</th></tr>
<tr><td rowspan="2"><p>展会</p></td><td>境内<br>展位</td><td>5万元</td></tr>
<tr><td>境外展位</td><td>10万元</td></tr></table>
<p>第二条 材料：</p><ol><li>申请表</li><li><p>执照</p></li></ol><ul><li>（一）其他</li></ul></div></td></tr></table></body>`
	d := parsed(t, "a.html", page)
	if len(d.Articles) != 2 || d.Title != "古镇灯饰补贴办法" {
		t.Fatalf("%+v", d)
	}
	if want := "标准如下：\n类别 | 项目 | 金额\n展会 | 境内 展位 | 5万元\n展会 | 境外展位 | 10万元"; d.Articles[0].Text != want {
		t.Errorf("table: %q", d.Articles[0].Text)
	}
	if want := "材料：\n1. 申请表\n2. 执照\n（一）其他"; d.Articles[1].Text != want || len(d.Articles[1].Passages) != 4 {
		t.Errorf("list: %q, %d passages", d.Articles[1].Text, len(d.Articles[1].Passages))
	}
}

func TestWordTablesNumbersAndBoxes(t *testing.T) {
	p := func(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }
	item := func(id int, s string) string {
		return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>`, id, s)
	}
	body := p("古镇灯饰补贴办法") + item(7, "为扶持灯饰，制定本办法。") + item(7, "标准如下：") +
		"<w:tbl><w:tr><w:tc>" + p("项目") + "</w:tc><w:tc>" + p("金额") + "</w:tc></w:tr><w:tr><w:tc>" + p("展位") + "</w:tc><w:tc>" + p("5万元") + p("封顶") + "</w:tc></w:tr></w:tbl>" +
		`<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>` + p("盒中的话。") + `</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>` + p("盒中的话。") + `</w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>盒外的话。</w:t></w:r></w:p>` +
		item(8, "甲") + item(8, "乙") + item(7, "自发布之日起施行。")
	numbering := `<w:numbering xmlns:w="x"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="8"><w:abstractNumId w:val="2"/></w:num></w:numbering>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"word/document.xml": `<w:document xmlns:w="x" xmlns:mc="y"><w:body>` + body + `</w:body></w:document>`, "word/numbering.xml": numbering, "../../evil.txt": "x", "/etc/evil": "x"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	d := parsed(t, "a.docx", b.String())
	if len(d.Articles) != 3 || d.Articles[2].Heading != "第三条" {
		t.Fatalf("%+v", d)
	}
	if want := "标准如下：\n项目 | 金额\n展位 | 5万元 封顶\n盒中的话。\n盒外的话。\n甲\n乙"; d.Articles[1].Text != want {
		t.Errorf("%q", d.Articles[1].Text)
	}
}

func TestAttachments(t *testing.T) {
	d := parsed(t, "a.txt", `某市关于印发补贴办法的通知
第一条 为了某事。
第二条 本通知自2024年6月1日起施行。
附件：1.补贴标准
2.申报办法
某市人民政府
2024年5月6日
附件1
补贴标准
一、展位
每个展位5万元。
附件2：申报办法
第一章 总则
第一条 申报人应当先登记。
第二条之一 其他人照此办理。
`)
	var got []string
	for _, a := range d.Articles {
		got = append(got, a.Heading+"="+strings.ReplaceAll(a.Text, "\n", "/"))
	}
	want := "第一条=为了某事。 第二条=本通知自2024年6月1日起施行。/附件：1.补贴标准/2.申报办法 附件1 补贴标准=一、展位/每个展位5万元。 附件2 第一条=申报人应当先登记。 第二条之一=其他人照此办理。"
	if strings.Join(got, " ") != want || d.Dated != "2024-05-06" || d.Issuer != "某市人民政府" {
		t.Errorf("%s\ndated %s by %s", strings.Join(got, " "), d.Dated, d.Issuer)
	}
	if c := d.Articles[3].Chapter; c != "附件2：申报办法 / 第一章 总则" {
		t.Errorf("chapter %q", c)
	}
}

func TestParts(t *testing.T) {
	d := parsed(t, "a.md", "# 某某法\n\n## 第一编 总则\n\n### 第一章 基本规定\n\n第一条 甲。\n\n### 第二章 自然人\n\n#### 第一节 能力\n\n第二条 乙。\n\n## 第二编 物权\n\n第三条 丙。\n")
	for i, want := range []string{"第一编 总则 / 第一章 基本规定", "第一编 总则 / 第二章 自然人 / 第一节 能力", "第二编 物权"} {
		if d.Articles[i].Chapter != want {
			t.Errorf("article %d: %q, want %q", i+1, d.Articles[i].Chapter, want)
		}
	}
}

func TestLongTextIsDivided(t *testing.T) {
	text := strings.Repeat("补贴按年度申报。", 400)
	d := parsed(t, "a.txt", "首页 > 政策\n某市某局关于申报补贴的通知\n字体：大 中 小\n"+text+"\n"+strings.Repeat("长", 2000))
	joined := ""
	for _, a := range d.Articles {
		if n := len([]rune(a.Text)); n > sectionLimit+1 {
			t.Errorf("%s has %d characters", a.Heading, n)
		}
		joined += a.Text
	}
	if want := text + strings.Repeat("长", 2000); strings.ReplaceAll(joined, "\n", "") != want {
		t.Error("words were lost or changed")
	}
}

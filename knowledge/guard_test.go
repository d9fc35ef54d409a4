package knowledge

import (
	"context"
	"testing"
)

func TestUnsupportedFigures(t *testing.T) {
	award := PolicyRef(24) // 前20家, 100万元/家
	b := open(t)
	for words, want := range map[string]string{
		"每家奖励100万元。":             "",
		"每家奖励一百万元。":              "",
		"前二十家每家奖励壹佰万":            "",
		"前20家，一般一个平台只奖一次。":       "",
		"请看第二十五条，十分清楚，万一有疑问请来电。": "",
		"每家奖励150万元。":             "150",
		"每家奖励１５０万元。":             "150",
		"每家奖励一百五十万元。":            "一百五十万",
		"每家奖励两亿元":                "两亿",
		"给予百分之三十五的补贴":            "三十五",
		"打八折":                    "八",
	} {
		if got, bad := b.Unsupported(words, award); got != want || bad != (want != "") {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
	if f, bad := b.Unsupported("奖励5元", Ref{Document: "nobody", Heading: "第一条"}); !bad || f != "5" {
		t.Error("an article that is not held supports a figure")
	}
}

func TestDocumentsSwitchedOff(t *testing.T) {
	cats := Document{ID: "猫粮管理办法", Title: "猫粮管理办法", Articles: []Article{
		{Number: 1, Heading: "第一条", Text: "为规范猫粮的生产和销售，制定本办法。"},
		{Number: 2, Heading: "第二条", Text: "猫粮生产企业应当在包装上标明生产日期和保质期。"},
	}}
	b := open(t, cats)
	const asked = "猫粮生产企业要在包装上标明保质期吗"
	ref := Ref{Document: cats.ID, Article: 2, Heading: "第二条"}
	found := func() (search, find, quoted, shown, titled bool) {
		hits, err := b.Search(context.Background(), asked, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits {
			search = search || h.Document == cats.ID
		}
		a := b.Answer(Ask{Text: asked, Refs: []Ref{ref}, MaxBytes: 1000})
		if a.Absent && (a.Withheld || a.Text != "") {
			t.Errorf("the answer is %+v", a)
		}
		return search, len(b.Find(context.Background(), asked).List) > 0 && len(b.Named("猫粮管理办法第二条")) > 0 && b.Headings(cats.ID) != nil, !a.Absent, b.FullText(ref, Simplified, 1000) != nil, b.ArticleTitle(ref, Simplified) != ""
	}
	all := func(when string, want bool) {
		t.Helper()
		search, find, quoted, shown, titled := found()
		if search != want || find != want || quoted != want || shown != want || titled != want {
			t.Errorf("%s: searched %v, found %v, quoted %v, shown %v, named %v", when, search, find, quoted, shown, titled)
		}
	}
	all("on", true)
	b.SwitchOff([]string{cats.ID})
	all("off", false)
	if len(b.Documents()) != 2 || !b.Off(cats.ID) {
		t.Error("what is off is not held any more")
	}
	if err := b.Replace([]Document{cats}, nil); err != nil {
		t.Fatal(err)
	}
	all("off, after an import", false)
	b.SwitchOff(nil)
	all("on again", true)

	b.SwitchOff([]string{b.Documents()[0].ID})
	all("with the embedded policy off", true)
	if a := b.Answer(Ask{Text: "前20家奖励多少", Refs: []Ref{PolicyRef(24), ref}, MaxBytes: 1000}); a.Absent || a.Refs[0] != ref {
		t.Errorf("of two articles the one that is on answers: %+v", a)
	}
	if b.ArticleTitle(PolicyRef(24), Simplified) != "" {
		t.Error("an article of the embedded policy is named though it is off")
	}
}

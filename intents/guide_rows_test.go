package intents

import (
	"os"
	"strings"
	"testing"
)

// guideRows has a row for each option of each node: what is typed after the node's question, and where it leads.
// A person gets to the node by the words in open.
var guideRows = []struct{ node, open, option, typed, target string }{
	{"root", "找平台", "sell", "货卖不动", "sell"},
	{"root", "找平台", "make", "产品、质量、技术", "make"},
	{"root", "找平台", "money", "现在缺钱", "financing"},
	{"root", "找平台", "people", "缺人、招工难", "people"},
	{"root", "找平台", "copied", "我们被人抄了款", "intellectual-property"},
	{"root", "找平台", "messy", "厂里管理很乱", "information-network"},
	{"root", "找平台", "start", "我想开厂", "incubation"},
	{"root", "找平台", "unsure", "不确定", "first"},
	{"sell", "生意不好，货卖不动", "online", "想在网上卖", "e-commerce"},
	{"sell", "生意不好，货卖不动", "style", "款式太旧", "industrial-design"},
	{"sell", "生意不好，货卖不动", "reports", "客人要检测报告", "quality-testing"},
	{"sell", "生意不好，货卖不动", "price", "成本太高", "cost"},
	{"sell", "生意不好，货卖不动", "market", "摸不清行情", "information-network"},
	{"sell", "生意不好，货卖不动", "none", "不知道", "stage"},
	{"make", "想升级，产品不行", "new", "想做新款", "industrial-design"},
	{"make", "想升级，产品不行", "process", "工艺跟不上", "technology-innovation"},
	{"make", "想升级，产品不行", "returned", "总是退货", "quality-testing"},
	{"make", "想升级，产品不行", "copied", "怕被抄", "intellectual-property"},
	{"make", "想升级，产品不行", "unsure", "唔知", "stage"},
	{"cost", "想升级，成本降不下来", "process", "电费太贵", "technology-innovation"},
	{"cost", "想升级，成本降不下来", "hands", "工人效率低", "talent-training"},
	{"cost", "想升级，成本降不下来", "waste", "库存太多", "information-network"},
	{"cost", "想升级，成本降不下来", "cash", "利息压得喘不过气", "financing"},
	{"cost", "想升级，成本降不下来", "unsure", "不确定", "technology-innovation"},
	{"people", "想升级，可是缺人", "skills", "想搞培训考证", "talent-training"},
	{"people", "想升级，可是缺人", "hire", "要招工信息", "information-network"},
	{"people", "想升级，可是缺人", "machines", "想用机器换人", "technology-innovation"},
	{"people", "想升级，可是缺人", "unsure", "说不清", "talent-training"},
	{"first", "找平台\n不确定", "sales", "多卖点货", "e-commerce"},
	{"first", "找平台\n不确定", "better", "东西做得更好", "technology-innovation"},
	{"first", "找平台\n不确定", "looks", "样子更好看", "industrial-design"},
	{"first", "找平台\n不确定", "money", "手头宽裕些", "financing"},
	{"first", "找平台\n不确定", "people", "工人更得力", "talent-training"},
	{"first", "找平台\n不确定", "unsure", "都不是", "stage"},
	{"stage", "找平台\n不确定\n不确定", "new", "刚起步", "incubation"},
	{"stage", "找平台\n不确定\n不确定", "grow", "想扩大生产", "financing"},
	{"stage", "找平台\n不确定\n不确定", "old", "开了二十年的老厂", "technology-innovation"},
	{"stage", "找平台\n不确定\n不确定", "unsure", "不清楚", "information-network"},
}

func TestGuideRows(t *testing.T) {
	rows := map[string]bool{}
	for _, r := range guideRows {
		rows[r.node+"."+r.option] = true
		w := newWorld(t, Options{})
		for open := range strings.SplitSeq(r.open, "\n") {
			w.text(open)
		}
		if g := w.state().Guide; g == nil || g.Node != r.node {
			t.Errorf("%q does not come to %s: %s", r.open, r.node, w.reply.Text)
			continue
		}
		w.text(r.typed)
		if _, isNode := guideNode(r.target); isNode {
			if g := w.state().Guide; g == nil || g.Node != r.target {
				t.Errorf("%s, %q: want the question %s, got:\n%s", r.node, r.typed, r.target, w.reply.Text)
			}
			continue
		}
		if w.state().Guide != nil || len(w.reply.Platforms) != 1 || w.reply.Platforms[0] != r.target {
			t.Errorf("%s, %q: want %s, got %v:\n%s", r.node, r.typed, r.target, w.reply.Platforms, w.reply.Text)
			continue
		}
		// The end says what it does, what to bring, and offers a referral.
		for _, must := range []string{"方面的服务", "营业执照", "第二条"} {
			if !strings.Contains(w.reply.Text, must) {
				t.Errorf("%s, %q: the end lacks %s:\n%s", r.node, r.typed, must, w.reply.Text)
			}
		}
		if got := labels(w.reply); got[0] != "登记需求" {
			t.Errorf("%s, %q: no referral is offered: %v", r.node, r.typed, got)
		}
	}
	for _, n := range guide {
		for _, o := range n.options {
			if !rows[n.id+"."+o.id] {
				t.Errorf("%s.%s has no row", n.id, o.id)
			}
		}
		last := n.options[len(n.options)-1].id
		if words := say("zh", key("guide."+n.id+"."+last)); !strings.Contains(words, "不确定") {
			t.Errorf("the last choice of %s is %s: nobody may have to be sure", n.id, words)
		}
	}
}

// TestGuideNeverAsksWhatWasSaid: words told at the start answer the questions they can, later ones too.
func TestGuideNeverAsksWhatWasSaid(t *testing.T) {
	for _, c := range []struct {
		said  []string
		node  string // the question asked now, "" for none
		ended string
	}{
		{[]string{"生意不好，款式太旧卖不动"}, "", "industrial-design"},
		{[]string{"生意不好，货卖不动，成本太高"}, "cost", ""},
		{[]string{"生意不好，货卖不动，成本太高，电费很贵"}, "", "technology-innovation"},
		{[]string{"想升级，我们是老厂，现在缺人"}, "people", ""},
		{[]string{"想升级，我们是老厂", "不确定", "不确定"}, "", "technology-innovation"},
		{[]string{"想升级，被人抄了，管理又乱"}, "root", ""}, // two things: which one first is for the person to say
	} {
		w := newWorld(t, Options{})
		for _, s := range c.said {
			w.text(s)
		}
		node := ""
		if g := w.state().Guide; g != nil {
			node = g.Node
		}
		if node != c.node || c.ended != "" && (len(w.reply.Platforms) != 1 || w.reply.Platforms[0] != c.ended) {
			t.Errorf("%v: at %q with %v:\n%s", c.said, node, w.reply.Platforms, w.reply.Text)
		}
	}
}

// TestGuideDocument holds the drawing in docs to the definition.
func TestGuideDocument(t *testing.T) {
	b, err := os.ReadFile("../docs/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(b), "\r\n", "\n") != GuideMarkdown() {
		t.Error("docs/guide.md is not what the guide is: run smebot guide graph --format markdown > docs/guide.md")
	}
	edges := 0
	for _, n := range guide {
		edges += len(n.options)
	}
	for name, drawn := range map[string]string{"mermaid": GuideMermaid(), "dot": GuideDot()} {
		arrow := map[string]string{"mermaid": "-->", "dot": " -> "}[name]
		if got := strings.Count(drawn, arrow); got != edges {
			t.Errorf("%s draws %d of %d ways", name, got, edges)
		}
	}
}

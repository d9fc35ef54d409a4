package intents

import (
	"regexp"

	"smebot/bot"
	"smebot/intents/understand"
)

// node is one question of the guide. Its words are in the catalogue under "guide.<id>" and, for its options,
// "guide.<id>.<option>".
type node struct {
	id      string
	options []option
	cue     *regexp.Regexp // words (simplified, or English) with which a vague message starts here; nil for none
}

// option leads to a node or to a platform type.
type option struct {
	id     string
	target string         // id of a node, or a slug
	cue    *regexp.Regexp // words with which a person has said this already; nil for none
}

func cue(words string) *regexp.Regexp { return regexp.MustCompile(words) }

// guide leads from a vague need to one of the nine platform types in at most three questions. Whoever is not
// sure to the end is sent to the information platform, since Article 2 gives it information of every kind. The
// last option of each node is for those who are not sure.
var guide = []node{
	{id: "root", options: []option{
		{"sell", "sell", nil}, {"make", "make", nil}, {"money", "financing", cue(`缺钱|没钱|资金紧|short of money`)}, {"people", "people", nil},
		{"copied", "intellectual-property", cue(`被(人)?(抄|仿|山寨)|抄袭|侵权|copied`)}, {"messy", "information-network", cue(`管理(很|太|好|又)?乱|账(目)?(很|太)?乱`)},
		{"start", "incubation", cue(`想(开厂|创业|办厂|自己干)|starting a business`)}, {"unsure", "first", nil},
	}},
	{id: "sell", cue: cue(`卖不(动|掉|出)|没订单|没单|订单少|销路|滞销|没客|no orders|sales`), options: []option{
		{"online", "e-commerce", cue(`(网上|上网|线上)(卖|开店|销售)|网店|直播|sell online`)}, {"style", "industrial-design", cue(`(款式|样子|外观|包装)(太|很|又)?(旧|老|土|过时|难看)|looks? old`)},
		{"reports", "quality-testing", cue(`检测报告|质检报告|test reports?`)}, {"price", "cost", cue(`成本(太|很)?高|拼不过价|costs? too`)},
		{"market", "information-network", cue(`(摸不清|不懂|不了解)(市场|行情)`)}, {"none", "stage", nil},
	}},
	{id: "make", cue: cue(`产品.*(不行|不好|落后)|质量不|做新款|客户.*(意见|投诉)|客人.*(意见|投诉)`), options: []option{
		{"new", "industrial-design", cue(`做新款|改包装|new styles?`)}, {"process", "technology-innovation", cue(`(工艺|技术)(太|很)?(不行|落后|过不了关|跟不上)`)},
		{"returned", "quality-testing", cue(`退货|退单|要认证|certificates?`)},
		{"copied", "intellectual-property", cue(`被(人)?(抄|仿|山寨)|抄袭|侵权|copied`)}, {"unsure", "stage", nil},
	}},
	{id: "cost", cue: cue(`成本|利润|costs?\b|margin`), options: []option{
		{"process", "technology-innovation", cue(`能耗|电费(太|很)?(高|贵)|工艺(太|很)?落后`)}, {"hands", "talent-training", cue(`效率(太|很)?低|手脚慢|生手|不熟练`)},
		{"waste", "information-network", cue(`库存(积压|太多|很多|乱|管不清)|账目`)},
		{"cash", "financing", cue(`利息|周转|interest`)}, {"unsure", "technology-innovation", nil},
	}},
	{id: "people", cue: cue(`缺人|招不到|留不住|没人(做|干)`), options: []option{
		{"skills", "talent-training", cue(`培训|考证|技能证`)}, {"hire", "information-network", cue(`招聘信息|招工信息`)},
		{"machines", "technology-innovation", cue(`机器(人|换人|代替)|自动化`)}, {"unsure", "talent-training", nil},
	}},
	{id: "first", options: []option{
		{"sales", "e-commerce", nil}, {"better", "technology-innovation", nil}, {"looks", "industrial-design", nil},
		{"money", "financing", nil}, {"people", "talent-training", nil}, {"unsure", "stage", nil},
	}},
	{id: "stage", options: []option{
		{"new", "incubation", cue(`刚起步|刚开(厂|业|张)|新开的`)}, {"grow", "financing", cue(`扩大|扩产|扩厂|扩建`)}, {"old", "technology-innovation", cue(`老厂|转型`)}, {"unsure", "information-network", nil},
	}},
}

// guideState is where a person is in the guide.
type guideState struct {
	Node  string   `json:"n"`
	Path  []string `json:"p,omitempty"` // nodes answered before, for going back
	Tries int      `json:"t,omitempty"` // answers to this question that were not understood
	Said  string   `json:"s,omitempty"` // what was told at the start, folded: it is not asked again
}

func guideNode(id string) (node, bool) {
	for _, n := range guide {
		if n.id == id {
			return n, true
		}
	}
	return node{}, false
}

// entry is the node where a vague message starts.
func entry(simplifiedText string) string {
	for _, n := range guide {
		if n.cue != nil && n.cue.MatchString(simplifiedText) {
			return n.id
		}
	}
	return "root"
}

// maxSaid is how many characters of the words at the start are remembered.
const maxSaid = 120

// saidAlready returns the one option of a node that words name; ok is false for none and for several.
func (n node) saidAlready(folded string) (option, bool) {
	var found []option
	for _, o := range n.options {
		if o.cue != nil && o.cue.MatchString(folded) {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return option{}, false
	}
	return found[0], true
}

// startGuide begins the guide at the node that the words suggest, past the questions they answer already.
func (t *turn) startGuide(words string) out {
	said := cutRunes(fold(words), maxSaid)
	t.st.Guide = &guideState{Node: entry(said), Said: said}
	return t.guideOn(t.say(guideIntro) + "\n")
}

// guideOn asks the next question that was not answered by what was said at the start, or ends at a type.
func (t *turn) guideOn(before string) out {
	g := t.st.Guide
	for {
		n, ok := guideNode(g.Node)
		if !ok {
			break
		}
		o, ok := n.saidAlready(g.Said)
		if !ok {
			break
		}
		if _, more := guideNode(o.target); !more {
			t.st.Guide = nil
			return t.platform([]string{o.target}, false)
		}
		g.Node = o.target
	}
	o := t.guidePrompt()
	o.text = before + o.text
	return o
}

// guidePrompt asks the guide's current question.
func (t *turn) guidePrompt() out {
	n, ok := guideNode(t.st.Guide.Node)
	if !ok { // a node of an earlier version of the guide
		n = guide[0]
		t.st.Guide = &guideState{Node: n.id}
	}
	o := out{text: t.say(key("guide." + n.id)), key: "guide:" + n.id, intent: understand.Clarify}
	for _, opt := range n.options {
		words := t.say(key("guide." + n.id + "." + opt.id))
		o.choices = append(o.choices, bot.Choice{Label: words, Value: words})
	}
	return o
}

// guideMisses is how often a question of the guide is asked before the list of all types is shown instead.
const guideMisses = 2

// guideText takes words said in answer to the guide's question.
func (t *turn) guideText(text string) (out, bool) {
	n, ok := guideNode(t.st.Guide.Node)
	if !ok {
		return t.guidePrompt(), true
	}
	said := fold(text)
	for _, opt := range n.options {
		if said == fold(say("zh", key("guide."+n.id+"."+opt.id))) || said == fold(say("en", key("guide."+n.id+"."+opt.id))) {
			return t.guideStep(opt), true
		}
	}
	if unsure[said] {
		return t.guideStep(n.options[len(n.options)-1]), true
	}
	if opt, ok := n.saidAlready(said); ok {
		return t.guideStep(opt), true
	}
	res := t.understood()
	switch {
	case (res.Intent == understand.Platform || res.Intent == understand.Clarify && said != "") && len(res.Platforms) > 0 && (res.Intent == understand.Platform && res.Confidence >= fair):
		return out{}, false // the router answers it and the guide ends
	case res.Intent == understand.Clarify || res.Intent == understand.Platform || res.Confidence < fair:
		t.st.Guide.Tries++
		if t.st.Guide.Tries >= guideMisses {
			t.st.Guide = nil
			return t.platformTypes(), true
		}
		o := t.guidePrompt()
		o.text = t.say(guideSkipped) + "\n" + o.text
		return o, true
	case res.Intent == understand.Policy || res.Intent == understand.NoAnswer || res.Intent == understand.Greeting:
		o := t.answer(res, true)
		p := t.guidePrompt()
		o.text, o.choices, o.key = o.text+"\n\n"+p.text, p.choices, p.key
		return o, true
	}
	return out{}, false
}

// guideStep follows an option.
func (t *turn) guideStep(opt option) out {
	g := t.st.Guide
	if _, ok := guideNode(opt.target); ok {
		g.Path = append(g.Path, g.Node)
		g.Node, g.Tries = opt.target, 0
		return t.guideOn("")
	}
	t.st.Guide = nil
	return t.platform([]string{opt.target}, false)
}

// guideBack returns to the question before; ok is false at the first one.
func (t *turn) guideBack() bool {
	g := t.st.Guide
	if len(g.Path) == 0 {
		return false
	}
	g.Node, g.Path, g.Tries = g.Path[len(g.Path)-1], g.Path[:len(g.Path)-1], 0
	return true
}

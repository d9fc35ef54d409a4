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
	target string // id of a node, or a slug
}

// guide leads from a vague need to one of the nine platform types in at most three questions. Whoever is not
// sure to the end is sent to the information platform, since Article 2 gives it information of every kind.
var guide = []node{
	{id: "root", options: []option{
		{"sell", "sell"}, {"make", "make"}, {"money", "financing"}, {"people", "people"},
		{"copied", "intellectual-property"}, {"messy", "information-network"}, {"start", "incubation"}, {"unsure", "first"},
	}},
	{id: "sell", cue: regexp.MustCompile(`卖不(动|掉|出)|没订单|没单|订单少|销路|滞销|没客|no orders|sales`), options: []option{
		{"online", "e-commerce"}, {"style", "industrial-design"}, {"reports", "quality-testing"},
		{"price", "cost"}, {"market", "information-network"}, {"none", "stage"},
	}},
	{id: "make", cue: regexp.MustCompile(`产品.*(不行|不好|落后)|质量不|做新款|客户.*(意见|投诉)|客人.*(意见|投诉)`), options: []option{
		{"new", "industrial-design"}, {"process", "technology-innovation"}, {"returned", "quality-testing"},
		{"copied", "intellectual-property"}, {"unsure", "stage"},
	}},
	{id: "cost", cue: regexp.MustCompile(`成本|利润|costs?\b|margin`), options: []option{
		{"process", "technology-innovation"}, {"hands", "talent-training"}, {"waste", "information-network"},
		{"cash", "financing"}, {"unsure", "technology-innovation"},
	}},
	{id: "people", cue: regexp.MustCompile(`缺人|招不到|留不住|没人(做|干)`), options: []option{
		{"skills", "talent-training"}, {"hire", "information-network"}, {"machines", "technology-innovation"}, {"unsure", "talent-training"},
	}},
	{id: "first", options: []option{
		{"sales", "e-commerce"}, {"better", "technology-innovation"}, {"looks", "industrial-design"},
		{"money", "financing"}, {"people", "talent-training"}, {"unsure", "stage"},
	}},
	{id: "stage", options: []option{
		{"new", "incubation"}, {"grow", "financing"}, {"old", "technology-innovation"}, {"unsure", "information-network"},
	}},
}

// guideState is where a person is in the guide.
type guideState struct {
	Node  string   `json:"n"`
	Path  []string `json:"p,omitempty"` // nodes answered before, for going back
	Tries int      `json:"t,omitempty"` // answers to this question that were not understood
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

// startGuide begins the guide at the node that the words suggest.
func (t *turn) startGuide(words string) out {
	t.st.Guide = &guideState{Node: entry(fold(words))}
	o := t.guidePrompt()
	o.text = t.say(guideIntro) + "\n" + o.text
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
		return t.guidePrompt()
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

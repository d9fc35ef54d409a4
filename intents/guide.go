package intents

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

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
	cue    *regexp.Regexp // words with which a person has said this before it was asked; nil for none
	means  *regexp.Regexp // words that mean this in answer to the question, looser than cue; nil for none
}

// cue compiles words of Mandarin so that they are found in Cantonese too.
func cue(words string) *regexp.Regexp { return regexp.MustCompile(inCantonese.Replace(words)) }

var inCantonese = strings.NewReplacer("没", "[没冇]", "不", "[不唔]")

// guide leads from a vague need to one of the nine platform types in at most three questions. Whoever is not
// sure to the end is sent to the information platform, since Article 2 gives it information of every kind. The
// last option of each node is for those who are not sure.
var guide = []node{
	{id: "root", options: []option{
		{"sell", "sell", nil, cue(`卖|没(?:订)?单|没客|没生意|客户|客人少|订单|单子?(?:太|很)?少|销|生意|orders?\b|buyers|customers|sell|sales`)},
		{"make", "make", nil, cue(`产品|质量|品质|工艺|技术|次品|不良|返工|退货|quality|products?\b|technical|technology|returns?\b`)},
		{"money", "financing", cue(`缺钱|没钱|资金紧|short of money`), cue(`钱|资金|周转|贷款|融资|借|回款|现金|cash|loan|money|funds`)},
		{"people", "people", nil, cue(`人手|缺人|少人|找人|揾人|招(?:不到|工|人)|请不到|工人|员工|师傅|熟手|流失|people|workers?\b|staff|hir(?:e|ing)|labou?r`)},
		{"copied", "intellectual-property", cue(`被(人)?(抄|仿|山寨)|抄袭|侵权|copied`), cue(`抄|仿|山寨|专利|商标|版权|维权|copy|copies|patents?\b|trademarks?\b`)},
		{"messy", "information-network", cue(`管理(很|太|好|又)?乱|账(目)?(很|太)?乱`), cue(`管理|账目?|乱|库存|信息化|数字化|系统|erp|mess|records|books\b`)},
		{"start", "incubation", cue(`想(开厂|创业|办厂|自己干)|starting a business`), cue(`创业|开厂|开公司|开店|办厂|做老板|起步|start`)},
		{"unsure", "first", nil, nil},
	}},
	{id: "sell", cue: cue(`卖不(动|掉|出)|没订单|没单|订单(少|越来越少|不足|减少)|销路|滞销|没客|no orders|no customers|sales`), options: []option{
		{"online", "e-commerce", cue(`(网上|上网|线上)(卖|开店|销售)|网店|直播|sell online`), cue(`网|电商|直播|线上|淘宝|抖音|拼多多|跨境|客源|没客|没人(?:买|来|知道)|客户|客人少|没订单|没单|online|e commerce|buyers|customers`)},
		{"style", "industrial-design", cue(`(款式|样子|外观|包装)(太|很|又)?(旧|老|土|过时|难看)|looks? old`), cue(`款|样式|样子|外观|包装|设计|过时|老土|难看|style|design|look`)},
		{"reports", "quality-testing", cue(`检测报告|质检报告|test reports?`), cue(`检测|质检|报告|认证|检验|reports?\b|tests?\b|certif`)},
		{"price", "cost", cue(`成本(太|很)?高|拼不过价|costs? too`), cue(`成本|价|利润|太贵|拼不过|cost|price|expensive|cheap`)},
		{"market", "information-network", cue(`(摸不清|不懂|不了解)(市场|行情)`), cue(`行情|市场|趋势|信息|market|trends?\b`)},
		{"none", "stage", nil, nil},
	}},
	{id: "make", cue: cue(`产品.*(不行|不好|落后)|质量不|做新款|客户.*(意见|投诉)|客人.*(意见|投诉)`), options: []option{
		{"new", "industrial-design", cue(`做新款|改包装|new styles?`), cue(`新款|新品|新产品|设计|包装|款式|外观|design|packag|style|new product`)},
		{"process", "technology-innovation", cue(`(工艺|技术)(太|很)?(不行|落后|过不了关|跟不上)`), cue(`工艺|技术|机器|设备|精度|过关|次品|不良率?|technical|technology|process|machine`)},
		{"returned", "quality-testing", cue(`退货|退单|要认证|certificates?`), cue(`退|认证|3c|检测|质检|质量|品质|投诉|return|certif|quality|complain`)},
		{"copied", "intellectual-property", cue(`被(人)?(抄|仿|山寨)|抄袭|侵权|copied`), cue(`抄|仿|山寨|专利|商标|告|copy|copies|patents?\b|infring`)},
		{"unsure", "stage", nil, nil},
	}},
	{id: "cost", cue: cue(`成本|利润|costs?\b|margin`), options: []option{
		{"process", "technology-innovation", cue(`能耗|电费(太|很)?(高|贵)|工艺(太|很)?落后`), cue(`能耗|电|工艺|设备|机器|耗|energy|power|electric|machine|process`)},
		{"hands", "talent-training", cue(`效率(太|很)?低|手脚慢|生手|不熟练`), cue(`人|效率|慢|生手|熟|工资|slow|skill|labou?r|workers?\b|wages`)},
		{"waste", "information-network", cue(`库存(积压|太多|很多|乱|管不清)|账目`), cue(`库存|账|积压|浪费|物料|stock|inventory|books\b|waste`)},
		{"cash", "financing", cue(`利息|周转|interest`), cue(`息|周转|资金|贷款|钱|cash|interest|loan|money`)},
		{"unsure", "technology-innovation", nil, nil},
	}},
	{id: "people", cue: cue(`缺人|[招请]不到|留不住|没人(做|干)|人手不(够|足)`), options: []option{
		{"skills", "talent-training", cue(`培训|考证|技能证`), cue(`培训|考证|证书|技能|学|熟|水平|train|skill|certif`)},
		{"hire", "information-network", cue(`招聘信息|招工信息`), cue(`招|请不到|留不住|找人|hir(?:e|ing)|recruit|find`)},
		{"machines", "technology-innovation", cue(`机器(人|换人|代替)|自动化`), cue(`机器|机械|自动|automat|machine|robot`)},
		{"unsure", "talent-training", nil, nil},
	}},
	{id: "first", options: []option{
		{"sales", "e-commerce", nil, cue(`卖|销|单|客|sell|sales|orders?\b`)}, {"better", "technology-innovation", nil, cue(`质量|品质|更好$|技术|工艺|better|quality`)},
		{"looks", "industrial-design", nil, cue(`样子|好看|款|外观|包装|look|design|style`)},
		{"money", "financing", nil, cue(`钱|资金|贷款|宽裕|手头|周转|money|cash|loan`)}, {"people", "talent-training", nil, cue(`人|培训|people|workers?\b|staff|train`)}, {"unsure", "stage", nil, nil},
	}},
	{id: "stage", options: []option{
		{"new", "incubation", cue(`刚起步|刚开(厂|业|张)|新开的`), cue(`起步|刚|新开|创业|还没开|准备开|just|new|start`)},
		{"grow", "financing", cue(`扩大|扩产|扩厂|扩建`), cue(`稳|扩|做大|加(?:大|产)|grow|expand|bigger|steady`)},
		{"old", "technology-innovation", cue(`老厂|转型`), cue(`老|转型|升级|多年|[十\d]年|old|change|upgrade|years`)}, {"unsure", "information-network", nil, nil},
	}},
}

// guideState is where a person is in the guide.
type guideState struct {
	Node  string   `json:"n"`
	Path  []string `json:"p,omitempty"` // nodes answered before, for going back
	Tries int      `json:"t,omitempty"` // answers to this question that were not understood
	Said  string   `json:"s,omitempty"` // what was told in words, folded: it is not asked again
	Told  []string `json:"w,omitempty"` // the answers, for the need of a form that may follow
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

// startGuide begins the guide at the node that the words suggest, past the questions they answer already.
func (t *turn) startGuide(words string) out {
	said := cutRunes(fold(words), maxSaid)
	t.st.Guide = &guideState{Node: entry(said), Said: said}
	return t.guideOn(t.say(guideIntro) + "\n")
}

// guideOn asks the next question that was not answered by what was said before, or ends at a type.
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
			return t.guideEnd(o.target)
		}
		g.Node = o.target
	}
	o := t.guidePrompt()
	o.text = before + o.text
	return o
}

// guideEnd tells of the platform type that the guide led to, asks for the town where that would tell who is near,
// and keeps what was answered as the need of a form that may follow.
func (t *turn) guideEnd(slug string) out {
	if told := t.st.Guide.Told; len(told) > 0 {
		if t.st.Need != "" && t.in.Now.Sub(time.Unix(t.st.NeedAt, 0)) <= needLife {
			told = append([]string{t.st.Need}, told...)
		}
		t.st.Need, t.st.NeedAt = cutRunes(strings.Join(told, t.say(listSeparator)), maxNeed), t.in.Now.Unix()
	}
	nothing := len(t.st.Guide.Told) == 0 && t.st.Need == ""
	t.st.Guide = nil
	o := t.platform([]string{slug}, false)
	if words := t.say(guideGuess) + "\n"; nothing && len(words)+len(o.text) <= room(o.choices) {
		o.text = words + o.text
	}
	if _, open := t.nearChoice(slug); open && len(t.maybe) == 0 {
		if ask := "\n" + t.say(nearAskTown); len(o.text)+len(ask) <= room(o.choices) {
			o.text += ask
			t.st.Where = slug
		}
	} else if _, known := t.home(); !known && t.r.dir != nil && !t.r.dir.Offers(slug) {
		if none := "\n" + t.say(nearNowhere); t.takesLeads() && len(o.text)+len(none) <= room(o.choices) {
			o.text += none
		}
	}
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
	if opt, ok := n.caption(said); ok {
		return t.guideStep(n, opt, ""), true
	}
	res := t.understood()
	asks := asksSomething(text) && (res.Intent == understand.Policy || res.Intent == understand.NoAnswer) && res.Confidence >= fair
	if !asks {
		if opt, ok := n.answered(said, fold(res.Normal)); ok {
			return t.guideStep(n, opt, text), true
		}
	}
	if to := entry(said); !asks && n.id == guide[0].id && to != n.id { // the trouble has a question of its own
		return t.guideStep(n, option{id: to, target: to}, text), true
	}
	if place := t.placeNamed(said); place != "" {
		o := t.guidePrompt()
		o.text = t.say(guideTown, "town", t.inScript(place)) + "\n" + o.text
		return o, true
	}
	if notSure(said) || notSure(fold(res.Normal)) {
		return t.guideStep(n, n.options[len(n.options)-1], ""), true
	}
	switch {
	case res.Intent == understand.Greeting && res.Confidence >= sure && t.st.Guide.Tries+1 < guideMisses:
		t.st.Guide.Tries++
		return t.current(t.say(guideChat)), true
	case res.Intent == understand.Platform && len(res.Platforms) > 0 && res.Confidence >= fair:
		return out{}, false // the router answers it and the guide ends
	case res.Intent == understand.Clarify || res.Intent == understand.Platform || res.Confidence < fair || !asks && strayed[res.Intent] && (res.Confidence < surest || utf8.RuneCountInString(said) < shortestQuestion):
		t.st.Guide.Tries++
		if t.st.Guide.Tries >= guideMisses {
			return t.guideTypes(), true
		}
		o := t.guidePrompt()
		o.text = t.say(guideSkipped) + "\n" + o.text
		return o, true
	case strayed[res.Intent]:
		o := t.answer(res, true)
		p := t.guidePrompt()
		o.text, o.choices, o.key = fit(o.text, max(room(p.choices)-len(p.text)-2, 0))+"\n\n"+p.text, p.choices, p.key
		return o, true
	}
	return out{}, false
}

// strayed are what the guide answers beside its question; words that ask for nothing must be meant surely.
var strayed = map[understand.Intent]bool{understand.Policy: true, understand.NoAnswer: true, understand.Greeting: true}

// guideTypes lists all nine types to somebody whom the guide did not understand; not being sure is an answer here too.
func (t *turn) guideTypes() out {
	t.st.Guide = nil
	o := out{text: t.say(guideLost), choices: append(t.typeChoices(), t.choice(labelUnsure)), key: guideTypesKey, intent: understand.Clarify}
	return o
}

// guideTypesKey names the question of guideTypes.
const guideTypesKey = "guide:types"

// stillUnsure answers "不确定" to that list: people will find out.
func (t *turn) stillUnsure() out {
	o := out{text: t.aboutTown(nearUnsure, ""), intent: understand.Clarify, choices: []bot.Choice{t.choice(labelHuman), t.choice(labelAsk)}}
	if t.takesLeads() {
		o.text = t.say(guideStaff)
		o.choices = append([]bot.Choice{t.choice(labelRegister)}, o.choices...)
	}
	return o
}

// guideStep follows an option. words are the person's own, where they chose by them.
func (t *turn) guideStep(n node, opt option, words string) out {
	g := t.st.Guide
	if opt.id != n.options[len(n.options)-1].id {
		told := t.say(key("guide." + n.id + "." + opt.id))
		if words != "" {
			told = line(mask(words))
			g.Said = cutRunes(g.Said+" "+fold(words), maxSaid)
		}
		g.Told = append(g.Told, told)
	}
	if _, ok := guideNode(opt.target); ok {
		g.Path = append(g.Path, g.Node)
		g.Node, g.Tries = opt.target, 0
		return t.guideOn("")
	}
	return t.guideEnd(opt.target)
}

// guideBack returns to the question before; ok is false at the first one.
func (t *turn) guideBack() bool {
	g := t.st.Guide
	if len(g.Path) == 0 {
		return false
	}
	g.Node, g.Path, g.Tries = g.Path[len(g.Path)-1], g.Path[:len(g.Path)-1], 0
	g.Told = g.Told[:max(0, len(g.Told)-1)]
	return true
}

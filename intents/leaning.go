package intents

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/places"
	"smebot/store"
)

// This file answers short messages that mean something only after what was said before them, or that ask nothing
// of a document: whether a clause still holds, who is near, shorter please, a complaint, another language.

const leadIn = `^(?:请问|唔该|想问下?|你好|那么?|咁|噉|嗯|哦|噢|诶|and |so |but |then )*`

var (
	// 附近有谁可以做, 有没有近一点的
	whoNear = regexp.MustCompile(leadIn + `(?:(?:我|我们|我哋|厂)?(?:附近|就近|周边|周围|这边|呢边|这里|呢度|本地|镇上|镇里)(?:有没有|有冇|有无|有|边度有|哪里有|边个|谁)(?:谁|边个|什么|乜嘢|咩|哪些|哪家|边间|边啲|机构|地方|平台|单位|公司|人|可以|能|识|做|办|搞|的|嘅)*|附近(?:的|嘅)?(?:机构|平台|地方)|(?:.{2,7}(?:的|嘅))?(?:服务)?平台(?:在|喺)(?:哪里|哪儿|哪|边度)|(?:有没有|有冇|有)(?:近一?点|近啲|近些|离我近|附近)的?(?:机构|地方|平台)?|(?:离我们?)?(?:远不远|远唔远|近不近|有多远|几远)|(?:最近|离我最近)的(?:机构|平台|地方)?(?:是|在|喺|系)?(?:哪里|哪家|边度|边间)?)(?:吗|呢|啊|呀|㗎|嘅)*$|^(?:who|anyone|anybody|anything|someone|is there (?:anyone|anything|one)) (?:is )?(?:near|close)(?:by|er)?(?: me| here| to me| us)?$`)
	// 有没有别家, where somebody was named
	anyOther = regexp.MustCompile(leadIn + `(?:有没有|有冇|有无|还有|仲有)(?:没有|冇)?(?:别|其他|其它|另外|第二)(?:的|嘅|一)?(?:家|间|个|机构|地方|选择)(?:吗|嘛|呢|呀|㗎)*$|^(?:any (?:others?|other places?|other organi[sz]ations?)|are there (?:any )?others?|somewhere else)$`)
	// words about a town where a kind of platform was just spoken of: 大朗呢, 佛山有什么, 如果在小榄
	elsewhereHead = regexp.MustCompile(`^(?:请问|那么?|咁|噉|如果|要是|假如|假设|换成|我们?|我哋|工?厂|公司|人|是|系|就|如果是|what about|how about|and|or|if|we are|i am|im|we re)*\s*(?:在|喺|去|到|in|at|from)?\s*`)
	elsewhereEnd  = regexp.MustCompile(`(?:那边|嗰边|那里|嗰度|这边|附近|一带)?(?:有没有|有冇|有无|有什么|有乜嘢?|有哪些|有咩|有吗|有|可以找谁|找谁|找哪家|行不行|得唔得|可以吗|怎么样|点样|呢|的呢|嘅呢|吗|嘛|啊|呀|\?)*(?:机构|地方|平台|单位)?(?:吗|呢|啊|呀)*$`)
	// 现在还有效吗, 100万还能拿吗
	stillHolds = regexp.MustCompile(leadIn + `(?:这个|呢个|这条|呢条|这笔钱|这个钱|这些|\d+万|钱|政策|规定|奖励|我们|我哋|我)?(?:现在|而家|依家|今年|目前|如今|到现在)?(?:还|仲|是不是还|系咪仲)?(?:(?:还|仲)有|有没有效|有冇效|有效|算数|作数|管用|执行|能拿|可以拿|拿得到|攞到|能领|领得到|能申请|有没有|有冇|有得攞|在)(?:吗|嘛|么|没有|冇|呢|㗎|啊|呀|的)*$|` +
		leadIn + `(?:是不是|系咪|有没有|有冇|有无)?(?:已经)?(?:过期|失效|作废|到期)(?:了|咗)?(?:吗|嘛|没有|未|呢|㗎|啊)*$|^(?:is (?:it|this|that)|are they|does (?:it|this|that)) (?:still )?(?:valid|in force|apply|hold|available|good)(?: now| today| still)?$`)
	// 太长了, 说重点
	tooLong = regexp.MustCompile(leadIn + `(?:太长|字太多|好长|太多字|太啰嗦|好长气|说重点|讲重点|简单(?:点|一点|些|啲|说|讲)?(?:说|讲)?|长话短说|说简单点|讲简单啲|说人话|一句话说?|概括一?下|总结一?下|看不懂|睇唔明|听不懂|没看懂|不明白|唔明)(?:了|啦|吧|一?下|呀|啊|喇|您|你)*$|^(?:too long|shorter(?: please)?|in short|tl dr|summari[sz]e|simpler(?: please)?|i (?:do not|don t) understand)$`)
	// 不是这个, 换一个
	notThat = regexp.MustCompile(leadIn + `(?:不是|唔系)(?:这个|呢个|这意思|这个意思|呢个意思|问这个|问呢个|我要的|我想要的|我问的)(?:啊|呀|吧|喔)*$|^(?:换一?个|另一个|别的答案|不对题)$|^(?:not (?:this|that)(?: one)?|that s not it|wrong one)$`)
	// 我要投诉; 傻逼机器人
	complains = regexp.MustCompile(leadIn + `(?:我|我们)?(?:要|想)?(?:投诉|举报)(?:谁|你们?|你哋|服务|中心|一下)*(?:找谁|打什么电话|电话|怎么投诉|在哪|边度)?(?:是多少)?(?:啊|呀|吗)*$|` + leadIn + `(?:怎么|点样|在哪里?|去哪里?|边度|向谁|找谁)(?:投诉|举报)(?:你们?|你哋)?$|^(?:i want to |how (?:do|can) i |where can i )?(?:complain|make a complaint)(?: about (?:you|this))?$`)
	swears    = regexp.MustCompile(`傻逼|傻比|煞笔|妈的|他妈|屌你|扑街|仆街|垃圾(?:机器人|东西|平台|服务|程序)|废物|智障|滚蛋|滚开|^滚$|去死|fuck|bullshit|\bstupid bot\b|^useless bot$`)
	// 说普通话, in English please
	wantEnglish = regexp.MustCompile(`^(?:in english(?: please)?|english(?: please| version)?|speak english|can you speak english|请?用英[文语](?:说|讲|回答|回复)?|讲英文|英[文语]版?)$`)
	wantChinese = regexp.MustCompile(`^(?:请?用(?:简体|中文|普通话|国语)(?:字|中文)?(?:说|讲|回答|回复)?|(?:说|讲)(?:中文|普通话|简体)|简体(?:字|中文)?|in chinese(?: please)?|chinese please)$`)
	wantTrad    = regexp.MustCompile(`^(?:请?用繁体(?:字|中文)?(?:说|讲|回答|回复)?|(?:说|讲|写)繁体(?:字)?|繁体(?:字|中文)?|traditional chinese(?: please)?)$`)
	// 好, 嗯, 你真棒: nothing is asked
	nods     = regexp.MustCompile(`^(?:好|好的|好吧|好啊|好呀|好嘅|嗯|嗯嗯|哦|哦哦|噢|行|行吧|得|得啦|得喇|知道|知道了|知道啦|明白|明白了|了解|了解了|收到|清楚|清楚了|原来如此|这样啊|哈哈+|呵呵+|嘻嘻|ok|okay|okok|i see|got it|alright|understood|lol|haha+)$`)
	goesAway = regexp.MustCompile(`^(?:拜拜|再见|再會|回头见|下次见|88|886|bye|bye bye|goodbye|see you|see ya)(?:了|啦|喇|先)*$`)
)

// lean answers such a message. It reports false for every other.
func (t *turn) lean(said string) (out, bool) {
	if t.inForm() || t.st.Guide != nil {
		return out{}, false
	}
	if o, ok := t.manners(said); ok {
		return o, true
	}
	if o, ok := t.otherTown(said); ok {
		return o, true
	}
	topic := t.lastTurn().Article
	switch {
	case whoNear.MatchString(said):
		return t.whoIsNear(), true
	case anyOther.MatchString(said) && t.slugNow() != "" && topic.Heading == "":
		return t.others(t.slugNow()), true
	case topic.Heading == "" && t.understood().Generic() && t.understood().Answer == "":
		return t.ofWhat(said), true
	case topic.Heading == "":
		return out{}, false
	case stillHolds.MatchString(said):
		return t.stillHolding(topic), true
	case tooLong.MatchString(said):
		return t.shorter(topic)
	case wantEnglish.MatchString(said), wantChinese.MatchString(said), wantTrad.MatchString(said):
		return t.policy(understand.Result{Intent: understand.Policy, Normal: t.askedOf(topic), Articles: []understand.Match{{Ref: topic}}}, false, answerBytes), true
	case notThat.MatchString(said):
		return t.vote(false), true
	}
	return out{}, false
}

// manners answers what asks nothing: nods, good-byes, anger, the wish for another language.
func (t *turn) manners(said string) (out, bool) {
	switch {
	case wantEnglish.MatchString(said):
		t.lang = knowledge.English
	case wantTrad.MatchString(said):
		t.lang = knowledge.Traditional
	case wantChinese.MatchString(said):
		t.lang = knowledge.Simplified
	case complains.MatchString(said), swears.MatchString(said):
		return out{text: t.office(sorryOffice), intent: understand.Human, choices: []bot.Choice{t.choice(labelHuman), t.choice(labelMenu)}}, true
	case goesAway.MatchString(said):
		return t.withMenu(out{text: t.say(goodbye), intent: understand.Greeting}), true
	case nods.MatchString(said) && t.st.At > 0:
		return t.withMenu(out{text: t.say(nodded), intent: understand.Greeting}), true
	default:
		return out{}, false
	}
	if t.lastTurn().Article.Heading != "" {
		return out{}, false // said again in that language
	}
	return t.withMenu(out{text: t.office(greeting), intent: understand.Greeting}), true
}

var praise = regexp.MustCompile(`棒|赞|厉害|犀利|聪明|叻|不错|好用|靠谱|能干|专业|great|good job|well done|awesome|smart|clever|nice|impressive`)

// greets answers what is said for courtesy: who has been greeted is not greeted again.
func (t *turn) greets() string {
	switch {
	case t.st.At == 0:
		return t.office(greeting)
	case praise.MatchString(fold(t.text)):
		return t.say(praised)
	}
	return t.say(greetingAgain)
}

// slugNow is the kind of platform spoken of a short while ago, "" if none was.
func (t *turn) slugNow() string {
	if t.in.Now.Sub(time.Unix(t.st.TopicAt, 0)) > topicLife || !slices.Contains(slugs, t.st.Slug) {
		return ""
	}
	return t.st.Slug
}

// whoIsNear answers who offers what was spoken of near the firm, or asks what it is about or where.
func (t *turn) whoIsNear() out {
	slug := t.slugNow()
	if slug == "" {
		o := out{text: t.say(nearWhat), intent: understand.Clarify}
		for _, s := range slugs {
			o.choices = append(o.choices, bot.Choice{Label: t.say(typeName(s)), Value: say("zh", labelNear) + " " + say("zh", typeName(s))})
		}
		return o
	}
	return t.nearIn(slug)
}

// nearIn answers who offers a kind of platform near the firm, asking for the town where it is not known.
func (t *turn) nearIn(slug string) out {
	if t.r.dir == nil || !t.r.dir.Offers(slug) {
		return t.offered(out{text: t.say(nearNowhere), intent: understand.Platform, platforms: []string{slug}}, slug)
	}
	if _, known := t.home(); known {
		return t.nearby(slug)
	}
	t.st.Slug, t.st.Where = slug, slug
	return t.askWhere(t.say(nearAskTown))
}

// barePlace is what words say besides those that go around the name of a place.
func barePlace(said string) string {
	return strings.TrimSpace(elsewhereEnd.ReplaceAllString(elsewhereHead.ReplaceAllString(said, ""), ""))
}

// placeNamed remembers the one place that a message names and nothing else, "" if it does not.
func (t *turn) placeNamed(said string) string {
	found := t.likely(places.Only(barePlace(said)))
	if len(found) != 1 {
		return ""
	}
	t.st.Town, t.st.Ours = found[0].Full(), true
	return found[0].Name
}

// bring asks what to prepare.
var bring = regexp.MustCompile(`准备|带|交(?:什么|乜|咩|啥|哪)|材料|资料|手续|证件|文件|prepare|bring|need`)

// ofWhat answers a question that could be asked of anything: by the kind of platform spoken of, or by asking what it is
// about. What the organisation decides is not in the documents.
func (t *turn) ofWhat(said string) out {
	slug := t.slugNow()
	if slug == "" {
		return out{text: t.say(ofWhatMatter), intent: understand.Clarify, choices: []bot.Choice{t.choice(labelPlatform), t.choice(labelAsk), t.choice(labelHuman)}}
	}
	o := out{intent: understand.Platform, platforms: []string{slug}}
	if _, _, _, prepare := t.r.know.PlatformInfo(slug, t.lang); bring.MatchString(said) && len(prepare) > 0 {
		o.text = t.say(platformBring, "items", strings.Join(prepare, t.say(listSeparator)))
	} else {
		o.text = t.say(upToThem, "name", t.say(typeName(slug)), "within", t.optional(t.r.opt.Within, defaultWithin))
	}
	if near := t.near(slug); near != "" {
		o.text += "\n" + near
	}
	return t.offered(o, slug)
}

// others lists who else offers what was spoken of, beyond those named at first.
func (t *turn) others(slug string) out {
	at, known := t.home()
	if !known || t.r.dir == nil || !t.r.dir.Offers(slug) {
		return t.nearIn(slug)
	}
	found, how, _ := t.r.dir.Near(slug, at, nearMost)
	o := out{text: t.say(nearNoMore, "town", t.inScript(at.Name)), intent: understand.Platform, platforms: []string{slug}}
	if len(found) > nearShown {
		lines := []string{t.say(nearOthers)}
		for _, office := range found[nearShown:] {
			lines = append(lines, t.oneOffice(office, how != places.Here))
		}
		o.text = fit(strings.Join(lines, "\n"), 2*nearBytes)
	}
	return t.offered(o, slug)
}

// nearMost is how many organisations are named in all.
const nearMost = 6

// otherTown takes a question about another town where a kind of platform was spoken of.
func (t *turn) otherTown(said string) (out, bool) {
	slug := t.slugNow()
	if slug == "" || t.r.dir == nil {
		return out{}, false
	}
	name := barePlace(said)
	if name == "" || name == said {
		return out{}, false
	}
	found := t.likely(places.Only(name))
	if p, ok := places.ByName(name); ok {
		found = []places.Place{p}
	}
	if len(found) != 1 {
		return out{}, false
	}
	t.st.Town = found[0].Full()
	return t.nearby(slug), true
}

// stillHolding says whether the time of the article spoken of is over, and what is not known here.
func (t *turn) stillHolding(topic knowledge.Ref) out {
	words := t.r.know.Period(topic, t.lang, t.in.Now)
	if words == "" {
		words = t.say(noPeriod)
	}
	t.note(t.understood(), store.OutcomeNoAnswer)
	o := out{text: words + "\n" + t.office(askAuthority), intent: understand.Policy, articles: cited([]knowledge.Ref{topic})}
	o.add(t.fullChoice(topic))
	t.addPeople(&o)
	return o
}

// askedOf is the question that was answered from an article, its title where that is not known any more.
func (t *turn) askedOf(topic knowledge.Ref) string {
	if v := t.st.Vote; v != nil && v.Text != "" && v.Subject == t.policySubject(topic) {
		return v.Text
	}
	return t.r.know.ArticleTitle(topic, knowledge.Simplified)
}

// shortBytes is what the short form of an answer may take.
const shortBytes = 420

// shorter says the answer given last in fewer words.
func (t *turn) shorter(topic knowledge.Ref) (out, bool) {
	a := t.r.know.Answer(t.asks(understand.Result{Normal: t.askedOf(topic)}, []knowledge.Ref{topic}, shortBytes))
	if a.Absent || a.Withheld || a.Text == "" {
		return out{}, false
	}
	o := out{text: t.say(inShort) + a.Text, intent: understand.Policy, articles: cited(a.Refs)}
	o.add(t.fullChoice(topic))
	t.addPeople(&o)
	return o, true
}

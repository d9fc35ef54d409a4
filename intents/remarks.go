package intents

import (
	"regexp"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/places"
)

// relatives are the people on whose behalf somebody else registers.
const relatives = `老婆|老公|太太|先生|丈夫|妻子|爱人|朋友|同事|同学|老乡|亲戚|邻居|客户|老板|经理|厂长|会计|爸爸?|妈妈?|父亲|母亲|叔叔?|伯伯?|舅舅?|姑姑?|阿姨|哥哥?|姐姐?|弟弟?|妹妹?|表哥|表姐|表弟|表妹|堂哥|堂弟|堂姐|堂妹|姐夫|妹夫|大哥|儿子|女儿|女婿|老豆|老母|细佬|大佬|家姐|阿哥|阿妹|他|她|佢`

// theirs begins words about somebody else: 他的, 我表哥嘅, 佢哋.
const theirs = `(?:(?:我|我们|我哋)(?:的|嘅|个)?)?(?:` + relatives + `)(?:们|哋)?`

var (
	// theirFirm begins the name of somebody else's firm: 他的厂叫, 我老婆间公司叫.
	theirFirm = regexp.MustCompile(`^` + theirs + `(?:的|嘅)?(?:开的|开嘅|那个?|[嗰𠮶]个?|间|家|个)*(?:公司|工厂|厂子|厂|店|企业|单位|铺头|铺)(?:的|嘅)?(?:全称|全名|名称|名字|名)?(?:就)?(?:叫做?|是|系)|^(?:his|her|their|(?:my )?(?:wife|husband|boss|friend|manager|colleague|brother|sister|cousin|uncle)['’]?s?) (?:firm|company|factory|shop|workshop|business) is (?:called )?`)
	// theirName begins somebody else's name: 他叫, 我老婆姓.
	theirName = regexp.MustCompile(`^(?:联系人(?:是|系|就是|写|填)?)?` + theirs + `(?:的|嘅)?(?:名字|姓名|本人|个名)?(?:就)?(?:是|系)?(?:叫做?|名叫|姓|是|系)|^(?:his|her|their|my (?:wife|husband|boss|friend|manager|colleague|brother|sister)(?:'s)?) name is |^(?:he|she) is called `)

	yesRow  = regexp.MustCompile(`^(?:没错|冇错|对的?|对了|啱晒?|是的?|系|好的?|行|可以|就这样|就咁|就这么办|这样就行|没问题|冇问题|得|嗯+|哦|ok|okay|yes|right|correct| )+(?:吧|啦|了|喇|的|呀|啊|嘅)*$`)
	notYet  = regexp.MustCompile(`^(?:我|我们|我哋|他|她|佢|老板|公司|都|还|仲|暂时|现在|而家|先)*(?:没有?|未|冇|唔)(?:有)?(?:来得及)?(?:问(?:过|他|她|佢|老|清|到|人|家|我)|问$|想好|想到|谂好|谂到|定|商量|决定|同.{1,4}(?:讲|倾)|跟.{1,4}(?:说|讲|商量)|说好|讲好|谈|考虑|准备好|起名|起好|取名|取好|联系|通知|确定|告诉|倾过?).{0,8}$|^(?:i )?(?:have not|haven t) (?:asked|decided|thought|talked)\b|^(?:no )*not (?:yet|now|ready|sure)(?: yet)?$`)
	deictic = regexp.MustCompile(`^(?:就|还是|咪|系|是|叫)*(?:那|这|呢|[嗰𠮶]|上面|刚才|头先|上次|之前|同上|同一|一样|老)(?:个|间|家|位|的|嘅|样|说的|讲的|那|是)*(?:厂|厂子|公司|店|企业|人|单位|老板|名字|名|地方)?(?:的|嘅|啊|呀|吧|啦|呗)*$`)
	// 下午打给我: said to whoever will call
	askedCall = regexp.MustCompile(`(?:打|联系|联络|搵|找|回)(?:电话|个电话)?(?:给|俾|畀)?(?:我|我们|我哋)(?:吧|啦|喇|就行)*$|^(?:please )?(?:call|phone|ring) (?:me|us)\b`)
	ordering  = regexp.MustCompile(`^(?:麻烦|请|唔该|帮我|帮忙|你们?|你哋|快点?|先|再)*(?:催|撤回|撤销|收回|删除|删掉|删咗|删了|清除|取消|查一?下|查询|查看|看一?下|看看|睇下|睇返|睇一睇|改一?下|重发|转人工|等等|等一?下|等阵|稍等|慢点|快点|快啲|别急|说错|写错|打错|讲错)`)
)

// remark reports whether folded words are said to the bot and name no firm, place or person: an order, "not yet",
// "that one", a yes.
func remark(said string) bool {
	return yesRow.MatchString(said) || notYet.MatchString(said) || deictic.MatchString(said) || ordering.MatchString(said) || askedCall.MatchString(said)
}

// townHinted is the town that the firm's name holds, to be asked for first; "" for none.
func (t *turn) townHinted() string {
	d := t.st.Draft
	if found := t.likely(places.Find(d.Firm)); d.Town == "" && d.Which == "" && len(found) == 1 && found[0].Level == places.Town {
		return found[0].Full()
	}
	return ""
}

// voiceMark is what a client puts before words that were spoken.
var voiceMark = regexp.MustCompile(`^\s*[【\[（(〔]\s*(?:语音|語音|voice|audio)[^】\])）〕]{0,8}[】\])）〕]\s*[:：]?\s*`)

// twoFirms finds the names in words about more than one firm: 一家叫明珠灯饰，一家叫明辉五金厂.
var twoFirms = regexp.MustCompile(`(?:[一另二两]|第[一二]|还有一)(?:家|间|个)(?:厂|公司|店)?(?:就)?(?:叫做?|是|系)\s*([\p{Han}A-Za-z0-9()&·]{2,24})`)

// nextFirm begins the next of several firms where nothing stands between them.
var nextFirm = regexp.MustCompile(`(?:另|还有)?一(?:家|间|个)(?:厂|公司|店)?(?:就)?(?:叫做?|是|系)`)

// firmsTold returns the firms that a message names where it names several.
func firmsTold(text string) []string {
	var list []string
	for _, m := range twoFirms.FindAllStringSubmatch(nextFirm.ReplaceAllString(plain(text), "，$0"), -1) {
		if v, ok := firmOf(m[1]); ok {
			list = append(list, v)
		}
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

// askWhichFirm asks which of several firms the request is for.
func (t *turn) askWhichFirm(list []string) out {
	o := out{text: t.say(whichFirm), intent: understand.Referral, key: "firms"}
	for _, name := range list {
		if len(name) <= 60 && len(o.choices) < 4 {
			o.choices = append(o.choices, bot.Choice{Label: name, Value: name})
		}
	}
	o.choices = append(o.choices, t.choice(labelCancel))
	return o
}

// aboutOther reports whether a message speaks of somebody else as the one to be called: 他叫张三.
func aboutOther(text string) bool {
	return theirName.MatchString(strings.TrimSpace(lower(plain(text))))
}

var (
	// theirsOnly says whose the number is and not whether they know: 他的.
	theirsOnly = regexp.MustCompile(`^(?:是|系)?` + theirs + `(?:的|嘅)(?:电话|手机|号码)?$|^(?:it is |it s )?(?:his|hers|theirs|my (?:wife|husband|boss|friend) s)$`)
	// otherwise than as the answer to fThird: 那我问了，他同意了
	vouchSaid = regexp.MustCompile(`^(?:那|咁|我|刚|刚刚|已经|都|现在|问了|问过了?|讲了|说了|跟` + theirs + `说了|同` + theirs + `讲咗|好|行|嗯)*` + theirs + `(?:也|都|已经|本人)*(?:同意|知道|知|答应|应承|说可以|说行|话得|没意见|冇意见)(?:了|的|咗|喇|啦|嘅|㗎)*$|^(?:yes )?(?:he|she|they) (?:knows?|agreed|agrees|said yes|is fine with it)$`)
)

// vouch notes that somebody said the owner of the number knows, and answers whose it is by that.
func (d *draft) vouch(text string) {
	for _, p := range append(pieceCut.Split(text, -1), text) {
		if said := fold(p); vouchSaid.MatchString(said) && !vouchless.MatchString(said) {
			d.Vouched = true
		}
	}
	if d.Third && d.Standing == "" && d.Vouched && d.Phone != "" {
		d.Standing = "authorised"
	}
}

// vouched takes that word where nothing asks for it.
func (t *turn) vouched(step field, text string) (out, bool) {
	said := fold(text)
	if step == fThird || step == fNeed || step == fConsent || step == fAbroad || asksSomething(text) || vouchless.MatchString(said) || !vouchSaid.MatchString(said) {
		return out{}, false
	}
	t.st.Draft.vouch(text)
	return t.ask(t.say(formNoted)), true
}

// onlyOfNumber reports whether a message tells a number and whose it is, and nothing else.
func onlyOfNumber(text string) bool {
	for _, p := range pieceCut.Split(text, -1) {
		said := fold(p)
		_, _, fault := findPhone(p)
		if said != "" && fault != phoneOK && !theirsOnly.MatchString(said) && !vouchSaid.MatchString(said) && !mine[said] && fieldNamed(said) == "" {
			return false
		}
	}
	return true
}

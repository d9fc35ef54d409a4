package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"smebot/bot"
	"smebot/intents/understand"
)

// The rights over one's own data in everyday words, folded: 把我的资料删掉, 睇下我嘅資料, 撤回第二个.
const (
	politely = `^(?:我想要?|我要|想要?|要|请|麻烦|唔该|帮我|帮手|帮忙|同我|给我|你们?|你哋|立即|马上|快点|现在|那|都|就|please |pls |can you |could you |i want to |i want you to |i would like to )*`
	ownerOf  = `(?:我|我们|我哋|本人|自己|他|她|佢|我老婆|我老公|我朋友|我表哥)?(?:的|嘅|啲|哋嘅)*`
	allOf    = `(?:所有|全部|全晒|整份|个人|登记|这份|[嗰𠮶]啲|啲)*(?:的|嘅)?`
	dataOf   = `(?:资料|信息|数据|记录|隐私|档案)`
	endOf    = `(?:吧|啦|喇|了|掉|晒|佢|它|先|now| please)*$`
)

var (
	eraseSaid    = regexp.MustCompile(politely + `(?:(?:删|清)(?:除|掉|了|咗|走|晒|空|去|埋)*|抹掉|销毁)` + allOf + ownerOf + allOf + dataOf + endOf + `|` + politely + `(?:把|将)?` + ownerOf + allOf + dataOf + `(?:全部|全|都|一起|通通|统统|给我|帮我|同我|马上)*(?:删|清)(?:除|掉|了|咗|走|晒|空)*` + endOf + `|` + politely + `(?:delete|erase|remove|wipe) (?:all )?(?:of )?(?:my|his|her|our) (?:personal )?(?:data|information|details|info|records?)` + endOf)
	showSaid     = regexp.MustCompile(politely + `(?:看看|看|睇睇|睇|查看|查|显示|打开)(?:一下|一睇|下|返|番|到)?` + `(?:我|我们|我哋|本人|自己)(?:的|嘅|啲|哋嘅)*` + allOf + dataOf + endOf + `|^(?:我|我哋)(?:嘅|啲|的)(?:个人|登记)?` + dataOf + `$|` + politely + `(?:show|see|view)(?: me)? my (?:personal )?(?:data|information|details|info)` + endOf)
	withdrawSaid = regexp.MustCompile(politely + `(?:把|将)?(?:我的|我嘅)?(?:同意|授权)(?:给我|帮我)?(?:撤回|撤销|收回|取消)` + endOf + `|` + politely + `(?:撤回|撤销|撤消|收回|撤咗)(?:我|我的|我嘅|个|之前的|上次的)*(?:同意|授权)` + endOf)
	withdrawSome = regexp.MustCompile(politely + `(?:撤回|撤销|撤消|收回|撤咗?)(?:我|我的|我嘅|啲|那|这|[嗰𠮶]|上|刚才|最后|前)*(?:第?[一二三四五两\d]|个|份|件|单|条|的)*(?:登记|申请|需求|资料|信息|数据)?` + endOf)
)

// newsSaid asks for messages again: 重新订阅, 继续接收通知.
var newsSaid = regexp.MustCompile(politely + `(?:重新|再次|再|恢复|继续|开启|打开)*(?:订阅|接收|开通|恢复|收)(?:我的|进度|办理)*(?:消息|通知|提醒|推送)` + endOf + `|` + politely + `(?:重新|再次?|恢复|继续|想)*(?:订阅|接收)` + endOf + `|^(?:please )?(?:re ?subscribe|subscribe)(?: me)?(?: again)?(?: please)?$|^(?:start|resume) (?:the )?(?:messages|news)(?: again)?$`)

// statusSaid asks how a request goes: 帮我查一下进度.
var statusSaid = regexp.MustCompile(politely + `(?:看看|看|睇睇|睇|查|查询|问)(?:一下|一睇|下)?(?:我|我的|我嘅|登记的?|办理的?|而家的?)*(?:进度|进展)` + endOf)

// ofMessages are words of a wish to get no messages, which the request itself outlives.
var ofMessages = regexp.MustCompile(`消息|讯息|通知|推送|提醒|短信|打扰|退订|订阅|发|骚扰|烦|unsubscribe|messag|news|notif|writ|text|send`)

// wantsOut answers a wish to be left alone: where it may mean the request itself, that is asked.
func (t *turn) wantsOut() out {
	switch {
	case ofMessages.MatchString(lower(t.text)):
	case t.inForm() && t.st.Draft.Mends == "":
		return t.askCancel()
	case t.hasOpen():
		return out{text: t.say(askOut), intent: understand.Privacy, key: sureKey, choices: []bot.Choice{
			{Label: t.say(labelOut), Value: say("zh", labelWithdraw)}, {Label: t.say(labelOnlyNews), Value: "退订"}, t.choice(labelMenu),
		}}
	}
	return t.stopNews()
}

// rightsOf returns the command by which folded words use a right. A question is none: it is answered.
func rightsOf(said string) (command, bool) {
	switch {
	case question.MatchString(said):
	case statusSaid.MatchString(said):
		return cmdStatus, true
	case newsSaid.MatchString(said):
		return cmdNews, true
	case eraseSaid.MatchString(said):
		return cmdErase, true
	case showSaid.MatchString(said):
		return cmdShow, true
	case withdrawSaid.MatchString(said):
		return cmdWithdraw, true
	case withdrawSome.MatchString(said):
		return cmdWithdrawAsk, true
	}
	return "", false
}

// What is said of passing one's details on to somebody: 会不会把我电话给别人, 不要把我的资料卖给中介.
var (
	ownDetails = regexp.MustCompile(`(?:我|我们|我哋|本人|个人|客户|填的|留的|人家|人)(?:的|嘅|啲|哋嘅|们的|间|个)*(?:公司|个人|手机|联系|登记)*(?:的|嘅)?(?:电话|手机|号码|信息|资料|数据|隐私|联系方式|名字)|(?:my|our|personal) (?:personal |phone |contact )*(?:phone|number|data|details|information|info|contact|name)`)
	passesOn   = regexp.MustCompile(`(?:给|俾|畀|转|发|传|告诉|透露|提供|公开|泄|交)(?:.{0,6})(?:别人|别个|其他|其它|人家|外人|人地|人哋|俾人|第三|中介|别家|别的|广告|推销|贷款公司|公司|骗子|外面|陌生|银行|同行|旁人|无关)|(?:俾|畀)人|卖|倒卖|出售|泄露|泄漏|外泄|(?:share|give|pass|leak|disclose|hand|send|show|sell|given|shared|sold|passed|leaked)\b`)
	tellsNotTo = regexp.MustCompile(`不|别|唔|勿|会|能|可以|禁止|\bnot\b|n't\b|\bnever\b|\brefuse\b`)
	// the wish to be passed on, which is a request and no worry: 麻烦把我的资料转给检测平台
	wishesIt = regexp.MustCompile(`^(?:hi |hello )?(?:please |(?:could|can|would) you (?:please |kindly )?)(?:pass|forward|send|give|hand)\b|\bso (?:that )?they (?:can|could|may)\b|帮我|帮忙|麻烦|拜托|(?:请|希望|想)(?:你|您|你们|您们|让你们)?把|(?:转|交|发|推荐|介绍)(?:给|俾|畀|去|到)?.{0,6}(?:平台|对口|检测|设计|服务机构|服务商)`)
	uneasy   = regexp.MustCompile(`会不会|会唔会|不要|不许|不准|别把|别给|唔好|勿|\bnot\b|n't\b|\bnever\b|\bwill you\b|\bdo you\b`)
	wonder   = regexp.MustCompile(`会不会|会唔会|能不能|不会.*吧|唔会.*[吧啩]|可以.*[吧吗]`)
)

// wonders reports whether a message asks, with a question mark or without.
func wonders(text string) bool { return asksSomething(text) || wonder.MatchString(lower(text)) }

// aboutSharing reports whether a message is about whether somebody else gets the person's details.
func aboutSharing(text string) bool {
	s := lower(plain(text))
	if wishesIt.MatchString(s) && !uneasy.MatchString(s) {
		return false
	}
	return utf8.RuneCountInString(s) <= 2*longestWorry && ownDetails.MatchString(s) && passesOn.MatchString(s) && (wonders(text) || tellsNotTo.MatchString(s))
}

// sharing says who gets the details, in the notice's words.
func (t *turn) sharing() string {
	f := t.r.opt.filled(t.lang)
	return t.say(worryShare, "operator", f["operator"], "receiver", f["receiver"])
}

// shareAnswer answers it. A wish that nobody gets them asks whether the consent shall end: that is not guessed.
func (t *turn) shareAnswer(text string) out {
	words := t.sharing()
	switch {
	case t.inForm():
		if !wonders(text) && t.st.Draft.Consent != nil {
			words += t.say(worryShareStop)
		}
		return t.aside(out{text: words}, false)
	case !wonders(text) && t.hasOpen():
		o := t.askWithdraw()
		o.text = words + "\n" + o.text
		return o
	}
	o := t.withMenu(out{text: words, intent: understand.Privacy})
	if t.hasOpen() {
		o.choices = []bot.Choice{t.choice(labelShow), t.choice(labelStatus), t.choice(labelMenu)}
	}
	return o
}

// rightsAnswer says how one's rights are used, and offers to end the consent.
func (t *turn) rightsAnswer() out {
	words := t.say(worryRights, "rights", t.r.opt.filled(t.lang)["rights"])
	if t.inForm() {
		return t.aside(out{text: words}, false)
	}
	return out{text: words, intent: understand.Privacy, choices: []bot.Choice{t.choice(labelWithdraw), t.choice(labelShow), t.choice(labelErase)}}
}

// whyTold asks what a detail is wanted for, outside the form: 为什么要我公司名字.
var whyTold = regexp.MustCompile(`(?:要|问|填|留|写|登记|拿|攞|need|want|ask|give)(?: for)?\s*(?:我|我们|我哋|你们?|人家|my|our|the)?\s*(?:的|嘅|啲|间|个)?\s*(公司名称|公司的名|公司嘅名|公司的名字|公司嘅名字|公司名字|公司名|公司全称|企业名称|企业名字|企业名|厂名|名字|姓名|联系人|电话号码|电话|手机号码?|手机|号码|联系方式|地址|company name|firm name|name|phone number|phone|number|address)(?:啊|呀|呢|㗎|吗|做什么|干什么|干嘛|做乜|做咩|来干什么|有什么用)*$`)

// backOut are words of a question whether one may still take it back.
var backOut = regexp.MustCompile(`撤回|撤销|反悔|后悔|取消登记|能取消|可以取消|能不能取消|can i (?:cancel|withdraw|take)`)

// aboutDetails answers, where no form is going on, what people want to know of the details they would leave.
func (t *turn) aboutDetails(text string) (out, bool) {
	if aboutSharing(text) {
		return t.shareAnswer(text), true
	}
	if s := fold(text); wonders(text) && utf8.RuneCountInString(s) <= 16 && backOut.MatchString(s) && t.hasOpen() {
		return t.rightsAnswer(), true
	}
	if m := whyTold.FindStringSubmatch(lower(plain(text))); m != nil && asksWhy(text) {
		f := fieldNamed(fold(m[1]))
		if f == fContact && strings.Contains(m[1], "公司") || f == "" {
			f = fFirm
		}
		return t.withMenu(out{text: t.say(asks[f].why), intent: understand.Help}), true
	}
	return out{}, false
}

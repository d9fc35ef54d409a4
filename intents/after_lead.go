package intents

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// What people say of a request that is with staff: that nobody called, who will, when to, and what they are called.
var (
	urging2     = regexp.MustCompile(`^(?:请|麻烦|唔该|帮我|帮忙|同我|再|能不能|可不可以|可唔可以|可以|我要|我想|想)*催(?:一催|催|一下|下|促|办|返)*(?:我|我的|我嘅|一下|下)*(?:登记|进度|申请|单|件事|需求|他们|佢哋|工作人员)?(?:吧|啦|吗|呗|了|啊)*$|(?:怎么|为什么|点解|咋|做乜)?(?:都|还|仲)(?:没有?|冇|未)(?:有)?人(?:联系|联络|打|理|回|搵|找)|(?:没有?|冇)(?:有)?人(?:联系|联络|打电话|打给|打俾|理|回复|回电|搵)(?:给|俾|畀|过)?(?:我|我们|我哋)?(?:了|啊|呀|㗎)*$|说好(?:的|了)?.{0,8}(?:工作日|天|小时|个钟)|^(?:能不能|可不可以|可唔可以|可以|能|麻烦|请)(?:快|早)(?:一?点|啲|些)|^(?:快|早)(?:一?点|啲|些)(?:联系|联络|打|处理|办|安排|回)|(?:等|登记)(?:了)?(?:好久|很久|好耐|这么久|咁耐|半天|好几天)|\b(?:nobody|no one) (?:has )?(?:called|contacted|phoned|rung)|why has (?:nobody|no one)|\bhurry(?: up)?\b|still waiting|remind them`)
	whoCalls    = regexp.MustCompile(`^(?:请问|那|咁|到时|到底|究竟)*(?:会)?(?:是|系)?(?:谁|边个|什么人|乜人|哪位|哪个(?:机构|单位|部门|平台|人|公司)?|哪家(?:机构|单位|平台|公司)?|边间(?:机构|公司)?)(?:会|来|要|嚟)*(?:打|联系|联络|搵|找|回)(?:电话)?(?:给|俾|畀)?(?:我|我们|我哋)?(?:的|呢|啊|呀|㗎)*$|^who (?:will|is going to|s going to|calls?) ?(?:call|contact|phone)? ?(?:me)?$`)
	callMe      = regexp.MustCompile(`(?:打|联系|联络|搵|找|回电|来电|call|phone|ring|contact)(?:电话|个电话)?(?:给|俾|畀|来|嚟)?(?:我|我们|我哋|me|us)?(?:吧|啦|喇|就行|好|please|thanks| )*$|(?:call|phone|ring|contact) (?:me|us)\b`)
	callTimes   = regexp.MustCompile(`今天|今日|明天|听日|后天|周末|下周|周[一二三四五六日]|星期[一二三四五六日天]|礼拜[一二三四五六日天]|早上|朝早|上午|上昼|中午|晏昼|下午|下昼|傍晚|晚上|今晚|夜晚|(?:\d{1,2}|[一二三四五六七八九十]{1,2})点半?(?:钟)?(?:以?[前后]|之[前后])?|上班时间|下班后|(?:this |tomorrow )?(?:morning|afternoon|evening)|today|tomorrow|next week|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day`)
	notThen     = regexp.MustCompile(`别|不要|唔好|不能|唔得|不方便|don t|not `)
	notCall     = regexp.MustCompile(`(?:别|不要|唔好|不用|唔使|不想|唔想|不必|不需要|停止|\bnot\b|don t|\bstop\b|\bnever\b|no need to).{0,6}?(?:打|联系|联络|搵|call|contact|phone|ring)`)
	wantsNoMore = regexp.MustCompile(`^(?:我|我们|我哋|真的|真系|还是|都|那|已经)*(?:不|唔)(?:再)?(?:想|要|需要)+(?:做|要|搞|弄|整)?(?:了|喇|啦|嘞|嘅)+$|^(?:please )?cancel (?:my|the) (?:request|registration|application)(?: please)?$`)
	iAm         = regexp.MustCompile(`^(?:我叫|我姓|我的名字(?:叫|是)|我个名系|联系人(?:是|叫|写)?|叫我)`)
)

// urgePause is how long after one reminder another is not written down: staff have it.
const urgePause = 12 * time.Hour

// openLead returns the person's newest request that is not closed.
func (t *turn) openLead() (store.Lead, bool) {
	leads, err := t.leads()
	if err != nil {
		return store.Lead{}, false
	}
	leads = newestFirst(leads)
	i := slices.IndexFunc(leads, open)
	if i < 0 {
		return store.Lead{}, false
	}
	return leads[i], true
}

// ofALead are what aboutLead takes.
var ofALead = []*regexp.Regexp{notCall, wantsNoMore, whoCalls, callMe, urging2, iAm}

// aboutLead takes what people say of a request that is with staff.
func (t *turn) aboutLead(text, said string) (out, bool) {
	if t.in.Message.Group || t.inForm() && t.st.Draft.Mends != "" {
		return out{}, false
	}
	if !slices.ContainsFunc(ofALead, func(r *regexp.Regexp) bool { return r.MatchString(said) }) {
		return out{}, false // the store is asked only where it may matter
	}
	l, ok := t.openLead()
	switch {
	case !ok:
		return out{}, false
	case notCall.MatchString(said) && !wonders(text) && !backOut.MatchString(said) && callTimes.FindString(said) == "", wantsNoMore.MatchString(said):
		return t.wantsOut(), true
	case whoCalls.MatchString(said):
		return t.aboutCall(t.office(calledBy)), true
	case callMe.MatchString(said) && !asksSomething(text):
		if when := callTimes.FindAllString(said, 3); when != nil {
			return t.callAt(l, strings.Join(when, ""), notThen.MatchString(said)), true
		}
	case urging2.MatchString(said):
		return t.urge(l), true
	case iAm.MatchString(said) && t.st.Draft == nil && !asksSomething(text):
		if f := detailsIn(text); f.contact != "" && f.firm+f.town+f.phone+f.need == "" && f.contact != l.Contact {
			if o := t.startMend(""); t.st.Draft == nil {
				return o, true
			}
			return t.change(fContact, f.contact), true
		}
	}
	return out{}, false
}

func (t *turn) aboutCall(words string) out {
	return out{text: words, intent: understand.Status, choices: []bot.Choice{t.choice(labelStatus), t.choice(labelCorrect), t.choice(labelMenu)}}
}

// callAt notes when the person wishes to be called.
func (t *turn) callAt(l store.Lead, when string, not bool) out {
	note := when
	if not {
		note = "非" + when
	}
	t.effects = append(t.effects, store.Urge{Who: t.in.Message.From, Number: l.Number, When: note})
	k := callNoted
	if not {
		k = callNotThen
	}
	return t.aboutCall(t.say(k, "when", when, "number", l.Number))
}

// urge reminds staff of a request, in its history.
func (t *turn) urge(l store.Lead) out {
	k := urgeDone
	if t.in.Now.Sub(time.Unix(t.st.Urged, 0)) < urgePause {
		k = urgeAgain
	} else {
		t.st.Urged = t.in.Now.Unix()
		t.effects = append(t.effects, store.Urge{Who: t.in.Message.From, Number: l.Number})
	}
	words := t.say(k, "number", l.Number) + t.office(urgeDirect)
	if l.Status == store.New && !t.r.open.After(l.Created.In(t.r.opt.Zone), LateDays).After(t.in.Now) {
		words = t.say(urgeSorry) + words
	}
	return t.aboutCall(words)
}

package intents

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
)

// What people say after they registered, in words that only then mean this.
var (
	// 我嗰单搞成点, 我的登记怎么样了
	howIsIt = regexp.MustCompile(`^(?:请问|唔该|想问下?|你好)*(?:我|我们|我哋|上次|之前|头先)(?:的|嘅|嗰|𠮶|那|个|登记的|登记嘅)*(?:单嘢|单|登记|申请|件事|需求|资料)(?:.{0,4})(?:搞成|办成|搞掂|办好|办得|搞得|点样|怎么样|怎样|到哪|去到边|进展|如何|点|有消息|有结果|有回音|有下文)`)
	// 我的编号是多少
	whichNumber = regexp.MustCompile(`^(?:请问|唔该)?(?:我|我的|我嘅)(?:登记的?|登记嘅)?(?:编号|单号|登记号)(?:是|系)?(?:多少|几多|什么|乜)?(?:来着|呢|啊)*$|^(?:what is|what s) my (?:request )?number$`)
	// 有电话吗, of whom was just spoken of
	reachThem = regexp.MustCompile(`^(?:请问|那|咁|第一家|第二家|这家|呢家|呢间|嗰间|那家|那个|他们|佢哋|它|你们|那里|嗰度|这个机构|那个机构)*(?:的|嘅)?(?:有没有|有冇|有)?(?:联系)?(?:电话|联系方式|地址|位置)(?:号码)?(?:是|系)?(?:吗|多少|几多|几号|呢|嘛|么|在哪里?|在边度|喺边度?|哪里|发我|给我|俾我|是什么)*[?？]?$|^(?:那|咁)?(?:我)?(?:怎么|点|点样)(?:去|过去|联系|联络|找|揾|搵)(?:他们|佢哋|那里|嗰度|它)?(?:呢|啊|呀)*[?？]?$|^(?:what is (?:their|the|its) |their )(?:phone(?: number)?|number|address|contact)$|^how (?:do|can) i (?:get there|reach them|contact them|find them)$|^where (?:is it|are they)$`)
	// words of registering in a wish to stop
	registering = regexp.MustCompile(`登记|申请|办|搞|register|request`)
	// 你们在哪里办公, 服务中心的地址
	whereAreYou = regexp.MustCompile(`^(?:请问|唔该|想问下?|你好)*(?:你们?|你哋|(?:你们?|你哋)?(?:的|嘅)?(?:服务)?中心|你们?办公室|你哋办公室)(?:的|嘅)?(?:办公|服务|具体)?(?:(?:地址|地点|位置)(?:是|系)?(?:在|喺)?(?:哪里|哪儿|哪|边度|什么地方)?|(?:在|喺)(?:哪里|哪儿|哪|边度|边|什么地方|什么位置)(?:办公|上班)?|怎么(?:走|去)|点(?:去|行))(?:啊|呀|呢|吗|㗎)*$|^where (?:are you|is (?:the|your) (?:office|(?:service )?cent(?:re|er)))(?: located)?$|^(?:what is )?your address$`)
	// 你们几点下班, 星期六开门吗
	whenOpen = regexp.MustCompile(`^(?:请问|唔该|想问下?|你好)*(?:你们?|你哋|中心|服务中心|办公室|窗口|工作人员|今天|今日|明天|听日|周末|周[一二三四五六日天]|星期[一二三四五六日天]|礼拜[一二三四五六日天]|节假日|假期|中午|晚上|现在|而家|一般|平时)*(?:几点|几时|什么时候|乜嘢时候)?(?:钟)?(?:会|可以|开不|上不)?(?:上班|下班|返工|放工|收工|开门|关门|办公|营业|有人(?:上班|在)?)(?:时间)?(?:是)?(?:几点|几时|什么时候|多少)?(?:吗|嘛|么|呢|没|未|呀|啊|㗎|的)*$|^(?:what (?:are|is) your )?(?:opening|office|working|business) hours$|^(?:are|is) (?:you|the office|the centre|anybody|anyone) (?:open|there|in)(?: (?:on )?(?:today|now|tomorrow|saturdays?|sundays?|at the weekend|weekends?))?$|^when (?:do|are) you (?:open|close|closed)$`)
	useful   = regexp.MustCompile(`^(?:谢谢|多谢|唔该|嗯|好的?|很|挺|蛮|真的?|非常|太|都几|好)*(?:有用|有帮助|帮到我?|帮大忙|清楚了?|明白了有用)(?:了|的|啊|嘅|哦|晒|谢谢|多谢)*$|^(?:very |thanks |that was |that is |really )*(?:useful|helpful)(?: thanks| thank you)?$`)
	useless  = regexp.MustCompile(`^(?:谢谢|多谢|唔该|不好意思|可是|但是?|都|也|这|呢个|你)*(?:没什么用|没啥用|没咩用|冇咩用|冇乜用|没用|冇用|没有用|不准确?|唔准确?|不对|唔啱|答非所问|答错了?|答错咗|答得不对|不是我(?:要|问|想问)的|唔系我问嘅|看不懂|睇唔明|没看懂|帮不上忙?|没帮上忙?)(?:啊|呀|的|嘅|了|喇)*$|^(?:that s |that is |this is |it s )*(?:wrong|wrong answer|incorrect|not what i asked|not right|no help|no use|not very useful)$`)
)

// afterwards takes what only means something where a request was registered or an answer was just given.
func (t *turn) afterwards(text, said string) (out, bool) {
	if (whenOpen.MatchString(said) || whereAreYou.MatchString(said)) && t.understood().Answer == "" { // staff may have written more
		o := t.human()
		if whereAreYou.MatchString(said) {
			o.text = t.office(whereText)
		} else {
			o.text = t.openOn(said) + o.text
		}
		return o, true
	}
	if v := t.st.Vote; v != nil && t.in.Now.Sub(time.Unix(v.At, 0)) <= voteLife {
		if useful.MatchString(said) {
			return t.vote(true), true
		}
		if useless.MatchString(said) {
			return t.vote(false), true
		}
	}
	if reachThem.MatchString(said) && (asksSomething(text) || t.slugNow() != "") {
		if _, known := t.home(); known && t.r.dir != nil && slices.Contains(slugs, t.st.Slug) && t.r.dir.Offers(t.st.Slug) {
			return t.nearby(t.st.Slug), true
		}
		return t.human(), true
	}
	if whichNumber.MatchString(said) || willYouCall.MatchString(said) && t.hasOpen() {
		return t.status(""), true
	}
	if t.st.Draft != nil || !t.in.Message.Leads || t.in.Message.Group {
		return out{}, false
	}
	_, leaves := leaving(said)
	asks, mends := howIsIt.MatchString(said), mendsInWords(text)
	if !leaves && !asks && !mends || !t.hasOpen() {
		return out{}, false
	}
	switch {
	case mends:
		return t.mendInWords(text), true
	case asks:
		return t.status(""), true
	case registering.MatchString(said):
		return t.alreadySent(), true
	}
	return out{}, false
}

// hasOpen reports whether the person has a request that is not closed.
func (t *turn) hasOpen() bool {
	leads, err := t.leads()
	return err == nil && slices.ContainsFunc(leads, open)
}

// alreadySent answers the wish to stop registering where the request is with staff already.
func (t *turn) alreadySent() out {
	return out{text: t.say(formSent), intent: understand.Status, choices: []bot.Choice{t.choice(labelWithdraw), t.choice(labelStatus), t.choice(labelMenu)}}
}

var (
	namedDay = regexp.MustCompile(`(?:周|星期|礼拜)([一二三四五六日天])`)
	dayOf    = map[string]time.Weekday{"一": time.Monday, "二": time.Tuesday, "三": time.Wednesday, "四": time.Thursday, "五": time.Friday, "六": time.Saturday, "日": time.Sunday, "天": time.Sunday}
)

// openOn says whether staff are at work on the day that a question names, "" if it names none.
func (t *turn) openOn(said string) string {
	today := t.in.Now.In(t.r.opt.Zone)
	day, name := today, ""
	switch m := namedDay.FindStringSubmatch(said); {
	case m != nil:
		for day.Weekday() != dayOf[m[1]] {
			day = day.AddDate(0, 0, 1)
		}
		name = m[0]
	case strings.Contains(said, "周末") || strings.Contains(said, "weekend"):
		for day.Weekday() != time.Saturday {
			day = day.AddDate(0, 0, 1)
		}
		if works, next := t.r.open.Works(day), t.r.open.Works(day.AddDate(0, 0, 1)); works != next {
			return "" // the hours tell
		}
		name = t.say(weekendName)
	case strings.Contains(said, "明天") || strings.Contains(said, "听日") || strings.Contains(said, "tomorrow"):
		day, name = today.AddDate(0, 0, 1), t.say(tomorrowName)
	default:
		return ""
	}
	k := openThatDay
	if !t.r.open.Works(day) {
		k = closedThatDay
	}
	return t.say(k, "day", t.inScript(name))
}

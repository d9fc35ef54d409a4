package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	// asksInfo are words of a question that an answer settles: nobody can be asked to do it.
	asksInfo = regexp.MustCompile(`多少|几多|几钱|几耐|多久|费用|收费|收钱|要钱|免费|利息|利率|补贴|补助|资助|奖励|优惠|政策|条件|税|什么意思|乜意思|咩意思|什么需求|咩需求|乜需求|什么服务|谁|边个|边度有|附近|哪里有|哪有|地址|电话|几点|怎么去|点去|什么时候|几时|流程|手续|材料|资格|有效|第几条|哪一条|subsid|grants?\b|how much|how long|\bcosts?\b|\bfees?\b|price|interest|\btax|polic|condition|\bwho\b|\bwhere\b|\bwhen\b|near|phone|address|eligible|what do you mean|award`)
	// asksHelp are words by which a question asks for help: 有没有人帮我们做检测.
	asksHelp = regexp.MustCompile(`(?:有没有|有冇|有|谁|边个|哪个|哪家)(?:人|机构|平台|公司|地方)?(?:能|可以|会|识)?(?:够)?(?:帮|教|代)|(?:能不能|可不可以|可唔可以|能|可以)(?:帮|教)|怎么办|点算|点办|怎么解决|如何解决|点解决|help (?:me|us)|what (?:can|should|shall) (?:i|we) do`)
)

// asksOnly reports whether a message asks for information and tells no need: 附近有谁可以做, 费用如何计算.
func asksOnly(text string) bool {
	low := lower(plain(text))
	if !wonders(text) || asksHelp.MatchString(low) || wants.MatchString(low) || needEN.MatchString(plain(text)) || !asksInfo.MatchString(low) {
		return false
	}
	for _, p := range pieceCut.Split(text, -1) {
		if l := lower(plain(p)); !wonders(p) && utf8.RuneCountInString(fold(p)) >= 4 && (wants.MatchString(l) || needEN.MatchString(p) || trouble.MatchString(l)) {
			return false
		}
	}
	return true
}

// needTold takes a need that is told while something else is asked for: it beats one that was carried in from the
// talk before, and fills one that was left out.
func (t *turn) needTold(step field, text string) (out, bool) {
	d := t.st.Draft
	low := lower(plain(text))
	if step == fNeed || step == fChoose || step == fThird || d.Edit != "" || d.Need != "" && !d.Carried || wonders(text) {
		return out{}, false
	}
	if !wants.MatchString(low) && !needEN.MatchString(plain(text)) || !tellsNeed(low) || requestOnly(text) || noPhone.MatchString(low) || wontTell.MatchString(fold(text)) {
		return out{}, false
	}
	if f := detailsIn(text); f.firm+f.town+f.phone != "" || f.contact != "" && !f.bare {
		return out{}, false // that is taken piece by piece
	}
	t.takeNeedOf(text)
	return t.ask(t.say(formNoted)), true
}

// takeNeedOf puts a need into the draft and reads the type from it anew, unless that was chosen.
func (t *turn) takeNeedOf(text string) {
	d := t.st.Draft
	carried := d.Carried
	d.Need, d.Carried = cutRunes(line(mask(text)), maxNeed), false
	d.answered(fNeed)
	was := d.Platform
	if carried || d.Guessed || was == "" {
		res := t.r.understand.Understand(d.Need)
		t.res, d.Platform = &res, ""
		if t.inferType(); d.Platform == "" {
			d.Platform, d.Guessed = was, was != ""
		}
	}
}

// asksAtNeed answers a question put in place of the need.
func (t *turn) asksAtNeed(text string) (out, bool) {
	if !asksOnly(text) || utf8.RuneCountInString(text) > longestQuestion {
		return out{}, false
	}
	if said := fold(text); strings.Contains(said, "需求") || strings.Contains(said, "what do you mean") {
		return t.askEasier(fNeed), true
	}
	if res := t.understood(); res.Confidence >= fair {
		return t.aside(t.answer(res, true), true), true
	}
	return t.aside(out{text: t.say(noAnswerShort)}, false), true
}

// askEasier puts the question in the words that say how to answer it.
func (t *turn) askEasier(step field) out {
	d := t.st.Draft
	if d.Asked == nil {
		d.Asked = map[field]int{}
	}
	d.Asked[step] = max(d.Asked[step], sameWords)
	return t.prompt()
}

// addition adds to the need: 需求再加一个贷款, 还想做检测.
var (
	addition = regexp.MustCompile(`^(?:我|我们|我哋|请|帮我|唔该|麻烦)*(?:(?:具体)?(?P<need>需求|诉求|要求)(?:里|上|那里|嗰度|方面)?)?(?:想|要|可以|可唔可以|再|还|仲|另外|多|也|把)*(?:加上?|补充|添加?|增加|加多|加埋)(?:多)?(?:一个|一项|一条|一下|上|个|埋|返)*[\s:：,，]*(?P<new>.{2,60}?)(?:吧|啦|喇|进去|上去)*$`)
	moreWish = regexp.MustCompile(`^(?:我|我们|我哋)*(?:还|仲|另外|也|顺便)+(?:想要?|要|需要)(?P<new>.{2,60})$|^(?:please )?(?:also )?add (?P<new2>.{2,60}?)(?: to (?:it|the need|(?:the|my) request))?$|^(?:we |i )?also (?:need|want) (?P<new3>.{2,60})$`)
)

// addNeed takes an addition to the need once that was told.
func (t *turn) addNeed(text string, step field) (out, bool) {
	d, s := t.st.Draft, lower(plain(text))
	if d.Need == "" || step == fNeed || wonders(text) {
		return out{}, false
	}
	value, named := "", false
	if m := addition.FindStringSubmatch(s); m != nil {
		value, named = namedGroup(addition, m, "new"), namedGroup(addition, m, "need") != ""
	} else if m := moreWish.FindStringSubmatch(s); m != nil {
		value = namedGroup(moreWish, m, "new")
	}
	if value == "" || !named && step != fConfirm && step != fChoose || fieldNamed(fold(value)) != "" || mask(value) != digits(value) || requestOnly(value) {
		return out{}, false
	}
	d.Edit = ""
	return t.change(fNeed, d.Need+"；"+value), true
}

// wantsSome reports whether a piece of a message says what is wanted. Words that only ask to register do not, and
// give way to a need told in the form.
func wantsSome(text string) bool {
	for _, p := range pieceCut.Split(text, -1) {
		if low := lower(plain(p)); (wants.MatchString(low) || needEN.MatchString(plain(p)) || typeIn(p) != "") && tellsNeed(low) {
			return true
		}
	}
	return false
}

package intents

import (
	"regexp"
	"slices"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/script"
)

// How sure a reading must be. fair is enough to act on where a mistake costs a question; sure is wanted
// where it would swallow an answer to the form.
const (
	fair   = 0.5
	sure   = 0.75
	surest = 0.9
)

// noFirm finds the answer that there is no firm, or none with a name.
var noFirm = regexp.MustCompile(`^(?:我们?|我哋|我是|暂时|现在|就|还|都|仲|目前)*(?:没有?|未|冇|无|没)(?:有)?(?:注册|办|开|成立|公司|企业|执照|营业执照|店名|厂名|公司名|名字|名称|全称).{0,8}$|^(?:我们?|我哋|我|就是|是|系|只是)*(?:个人|个体户?|自由职业者?|小作坊|家庭作坊|散户|夫妻店|路边摊)(?:户|的|而已|来的)?(?:.{0,3}(?:没有?|冇|无|未).{2,10})?$|^(?:我们?|我哋|公司|执照|现在|而家)*(?:还|仲|正)?(?:在办|未办好|办紧|筹备中|准备开|还没开|仲未开)(?:的|呢|嘅)?$|^(?:i am |i m |we are |just )?(?:an individual|a sole trader|self employed|a freelancer)$|^(?:我们?|我哋|还|仲|都|暂时|现在)*(?:没有?|未|冇)(?:起|取|改|定|想)(?:好|到|出|过)?(?:个)?(?:名|名字|名称|店名|厂名|公司名)(?:呢|啊|的|嘅|未)*$|^(?:i |we )?(?:have )?(?:no|not)(?: a)? (?:company|firm|registered|name)(?: yet| name)?$`)

// noPhone finds the wish to leave no number.
var noPhone = regexp.MustCompile(`(?:不想|唔想|不愿意?|不要|不方便|可以不|能不能不|可唔可以唔|不用|唔使|不)(?:再)?(?:留|给|填|俾|报|说|讲).{0,6}(?:电话|手机|号码|联系方式)|(?:电话|手机|号码|联系方式).{0,4}(?:可以|能)?(?:不留|不给|不填|唔留|唔俾)|(?:do not|don't|rather not).{0,20}(?:phone|number)`)

// shortestQuestion is how long in characters words without a question must be to be taken for one all the same.
const shortestQuestion = 5

// longestQuestion is how long in characters a question in place of a need may be; longer ones tell the need.
const longestQuestion = 60

// digression answers what is not an answer to the form, and asks the form's question once more below it. The
// values filled in stay.
func (t *turn) digression(step field, text string) (out, bool) {
	said := fold(text)
	switch {
	case hello[said]:
		return t.aside(out{text: t.say(greetingForm)}, false), true
	case thanked(said):
		return t.aside(out{text: t.say(thanks)}, false), true
	case !wantsNoMore.MatchString(said) && !notCall.MatchString(said) && step != fNeed:
		if o, ok := t.aboutLead(text, said); ok {
			return t.aside(o, false), true
		}
	}
	switch {
	case waitSaid.MatchString(said), notYet.MatchString(said) && !(step == fFirm && noFirm.MatchString(said)):
		return t.aside(out{text: t.say(noHurry)}, false), true
	case aboutBot.MatchString(said):
		return t.aside(out{text: t.say(iAmABot)}, false), true
	case noPhone.MatchString(script.Simplified(strings.ToLower(text))):
		return t.aside(out{text: t.office(whyNot)}, false), true
	case aboutSharing(text):
		return t.shareAnswer(text), true
	}
	led := asideHead.ReplaceAllString(said, "")
	switch {
	case step == fPhone && otherWays.MatchString(lower(text)) && wonders(text):
		return t.aside(out{text: t.say(badOther) + t.office(whyNot)}, false), true
	case step == fTown && coversIt.MatchString(said):
		return t.aside(out{text: t.say(townAll)}, false), true
	case whenOpen.MatchString(led), whereAreYou.MatchString(said):
		return t.aside(out{text: t.atWork() + t.office(humanNoLeads)}, false), true
	case howToFill.MatchString(said) || notSure(said) && (step == fFirm || step == fContact || step == fPhone):
		return t.askEasier(step), true
	}
	if wontTell.MatchString(said) {
		switch {
		case skippable(step):
			return t.skipField(step), true
		case step == fPhone || step == fContact:
			return t.aside(out{text: t.office(whyNot)}, false), true
		case step == fFirm:
			return t.aside(out{text: t.say(whyFirm)}, false), true
		}
	}
	if words, ok := t.worry(step, text); ok {
		return t.aside(out{text: words}, false), true
	}
	if step == fNeed {
		if o, ok := t.asksAtNeed(text); ok {
			return o, true
		}
	}
	if _, _, f := findPhone(text); f == phoneOK && !asksSomething(text) {
		return out{}, false
	}
	if _, ok := number(said); ok || t.fillsClosed(step, text) {
		return out{}, false
	}
	res := t.understood()
	asking := asksSomething(text)
	if !asking && res.Intent == understand.NoAnswer {
		return out{}, false // it asks for nothing
	}
	limit := sure
	if !asking && len([]rune(text)) < shortestQuestion {
		limit = surest // two or three words that ask nothing are an answer that was not understood
	}
	switch step {
	case fFirm, fContact:
		if asking {
			limit = fair
		} else if _, ok := firmOf(text); ok && step == fFirm || step == fContact && len([]rune(text)) <= maxContact {
			return out{}, false
		}
	case fNeed:
		// Needs are told in all sorts of words, questions among them; only a clear question about the policy
		// or to the bot leaves the form.
		if res.Confidence >= surest && aboutMe[res.Intent] && len([]rune(text)) <= maxContact {
			break
		}
		if !asking || len([]rune(text)) > longestQuestion || res.Intent == understand.Platform || res.Intent == understand.Clarify || res.Intent == understand.Referral || res.Intent == understand.NoAnswer && res.Confidence < 0.85 {
			return out{}, false
		}
	default:
		if asking {
			limit = fair
		}
	}
	if res.Confidence < limit || res.Intent == understand.Referral {
		return out{}, false
	}
	if res.Intent == understand.Platform && step == fPlatform {
		return out{}, false
	}
	switch res.Intent {
	case understand.Greeting:
		return t.aside(out{text: t.say(chatForm)}, false), true
	case understand.Policy, understand.NoAnswer, understand.Help, understand.Status, understand.Human:
		return t.aside(t.answer(res, true), true), true
	case understand.Platform, understand.Clarify:
		if len(res.Platforms) > 0 && asking && (typeIn(text) != "" || aboutPlatforms.MatchString(lower(text))) {
			return t.aside(t.platform(res.Platforms, true), true), true
		}
	case understand.Privacy:
		switch {
		case res.Ask == understand.ShowData:
			return t.aside(t.showData(0, false), false), true
		case res.Ask == understand.StopNews:
			if o := t.wantsOut(); o.key == sureKey {
				return o, true
			} else {
				return t.aside(o, false), true
			}
		case res.Ask == understand.Withdraw && aboutSharing(text):
			return t.shareAnswer(text), true
		case res.Ask == understand.Withdraw && (!takesConsentBack(text) || t.st.Draft.Consent == nil && asking):
			return out{}, false
		}
		return t.privacy(res.Ask), true
	}
	return out{}, false
}

var (
	// asideHead is what a question in between begins with: 等下，你们几点下班.
	asideHead = regexp.MustCompile(`^(?:等一?下|等等|慢着|对了|请问|想问一?下|问一下|顺便问一?下|唔该|不好意思|by the way )+`)
	// coversIt asks whether a place is served.
	coversIt = regexp.MustCompile(`^(?:你们?|你哋|这里|呢度)*(?:(?:管不管|收不收|管唔管|收唔收|包不包括|能不能登记|可不可以登记|可唔可以登记).{2,10}|(?:管|收|包括|可以登记).{2,10}(?:吗|嘛|么))$|do you (?:cover|serve)`)
)

// both takes a message that answers and asks: "13800138000，什么时候打给我？". What is told is taken, what is asked is
// answered above the next question. A need is told with all sorts of questions; it is taken whole.
func (t *turn) both(step field, text string) (out, bool) {
	if step == fNeed || step == fConsent || step == fAbroad {
		return out{}, false
	}
	var told, asked []string
	for _, p := range pieceCut.Split(text, -1) {
		switch p = strings.TrimSpace(p); {
		case p == "":
		case asksSomething(p):
			asked = append(asked, p)
		default:
			told = append(told, p)
		}
	}
	if len(told) == 0 || len(asked) != 1 {
		return out{}, false
	}
	first := out{}
	if words, ok := t.worry(step, asked[0]); ok {
		first.text = words
	} else if res := t.r.understand.Understand(asked[0]); res.Intent == understand.Policy && res.Confidence >= sure {
		t.text = asked[0]
		first = t.answer(res, true)
	} else {
		return out{}, false
	}
	before, was := *t.st.Draft, t.step()
	rest := strings.Join(told, "，")
	o, ok := t.several(step, rest)
	if !ok {
		o = t.single(step, rest)
	}
	if d := t.st.Draft; t.step() == was && d.Firm+d.Town+d.Need+d.Contact+d.Phone == before.Firm+before.Town+before.Need+before.Contact+before.Phone {
		*t.st.Draft = before // it told nothing
		return out{}, false
	}
	o.text = fit(first.text, max(room(o.choices)-len(o.text)-2, 0)) + "\n\n" + o.text
	o.articles, o.platforms = first.articles, first.platforms
	return o, true
}

// aboutPlatforms are words of a question about the kinds of platform.
var aboutPlatforms = regexp.MustCompile(`平台|机构|哪类|哪一类|哪种|找谁|platform|organi[sz]ation|which kind`)

// aboutMe are what people ask of the bot and not of the policy: said shortly, it is no need.
var aboutMe = map[understand.Intent]bool{understand.Status: true, understand.Human: true, understand.Privacy: true, understand.Help: true}

// fillsClosed reports whether a message answers a question that has a closed form, so that it needs no
// reading as anything else.
func (t *turn) fillsClosed(step field, text string) bool {
	said := fold(text)
	switch step {
	case fPlatform:
		_, ok := typeOf(text)
		return ok || unsure[said] || skip[said]
	case fPhone:
		_, _, f := findPhone(text)
		return f != phoneNone && !asksSomething(text)
	case fTown:
		_, ok := townOf(text)
		_, that := thatOne(text, t.st.Draft.Which)
		return ok || that || skip[said] || affirms(said) && t.townHinted() != ""
	case fThird:
		return mine[said] || vouches(said) || knows.MatchString(said) || affirm[said] || refuse[said] || vague[said]
	case fSame:
		return false
	case fConfirm:
		return affirms(said) || amend[said] || refuse[said]
	case fChoose:
		return fieldNamed(said) != "" || affirms(said)
	case fConsent, fAbroad:
		f := detailsIn(text)
		return vague[said] || affirm[said] || f.contact != "" && !f.bare || f.phone != ""
	}
	return detailsIn(text).count() >= 2
}

// aside joins an answer with the form's question. keep says that what the answer rests on is reported.
func (t *turn) aside(o out, keep bool) out {
	p := t.prompt()
	o.text = fit(o.text, max(room(p.choices)-len(p.text)-2, 0)) // the question must not be lost
	p.text = o.text + "\n\n" + p.text
	if keep {
		p.articles, p.platforms = o.articles, o.platforms
	}
	return p
}

// asideCommand runs a command that leaves the form as it is.
func (t *turn) asideCommand(c command) (out, bool) {
	switch c {
	case cmdHelp:
		return t.aside(out{text: t.say(helpShort)}, false), true
	case cmdHuman:
		return t.aside(out{text: t.atWork() + t.office(humanNoLeads)}, false), true
	case cmdUrge:
		o, _ := t.run(c)
		return t.aside(o, false), true
	case cmdStatus:
		return t.aside(t.status(""), false), true
	case cmdShow:
		return t.aside(t.showData(0, false), false), true
	case cmdStop:
		if fold(t.text) == "stop" { // the word people leave a form by
			return t.leaveForm(), true
		}
		return t.aside(t.stopNews(), false), true
	case cmdNews:
		return t.aside(t.wantNews(), false), true
	case cmdUseful, cmdUseless:
		return t.aside(out{text: t.vote(c == cmdUseful).text}, false), true
	case cmdReveal:
		return t.aside(t.showData(0, true), false), true
	case cmdRefill:
		if t.st.Draft.Mends == "" {
			t.st.Draft = nil
			return t.startForm("", ""), true
		}
	case cmdCorrect:
		if d := t.st.Draft; d.Edit == "" && d.Firm+d.Town+d.Need+d.Contact+d.Phone != "" && (t.step() == fConfirm || slices.Contains(editable, t.step())) {
			d.Edit = fChoose
		}
		return t.prompt(), true
	case cmdResume, cmdRegister:
		return t.ask(t.say(formResume)), true
	case cmdNotice:
		o := t.prompt()
		if t.st.Draft.Notice != "" && !strings.Contains(o.text, t.st.Draft.Notice) {
			o.text = t.showNotice() + "\n\n" + o.text
		}
		return o, true
	case cmdErase, cmdWithdraw, cmdWithdrawAsk:
		return t.run(c)
	case cmdAsk:
		return t.aside(out{text: t.say(askPolicy) + t.say(example1)}, false), true
	}
	return out{}, false
}

// chooseField takes the answer to "which item would you like to change".
func (t *turn) chooseField(said string) out {
	d := t.st.Draft
	f := fieldNamed(said)
	if f == "" {
		f = fieldNamed(strings.TrimPrefix(said, "修改"))
	}
	if f == "" {
		for _, e := range editable {
			if said == fold(t.say(names[e])) {
				f = e
			}
		}
	}
	if f == "" && affirm[said] && said != "ok" {
		d.Edit = ""
		delete(d.Asked, fConfirm)
		return t.ask(t.say(mendNothing))
	}
	if f == "" {
		return t.retry(fChoose, badEdit)
	}
	d.Edit = f
	d.Skipped = slices.DeleteFunc(d.Skipped, func(s field) bool { return s == f })
	return t.prompt()
}

// withMenu adds the main choices to a reply that would otherwise end the talk.
func (t *turn) withMenu(o out) out {
	o.choices = t.mainChoices()
	return o
}

// mainChoices are what the bot can do, without what this channel does not take.
func (t *turn) mainChoices() []bot.Choice {
	list := []bot.Choice{t.choice(labelAsk), t.choice(labelPlatform)}
	if t.takesLeads() && t.st.Draft == nil { // one that waits is resumed
		list = append(list, t.choice(labelRegister))
	}
	return append(list, t.choice(labelHelp))
}

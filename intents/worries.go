package intents

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What people want to know about the form itself before they go on: who sees it, is it safe, must I, and then.
// The answers are the notice's own words, so that they cannot promise anything else.
var worries = []struct {
	words  *regexp.Regexp
	answer key
}{
	{regexp.MustCompile(`(?:怎么|点样?|可以|可不可以|能|能不能|可唔可以|得唔得|想).{0,6}(?:删|撤|反悔|收回)|(?:填|写|打|说)错了?(?:怎么办|点算|点办|能改|可以改)|(?:可以|能|可唔可以).{0,4}改吗|can i (?:delete|change|withdraw|correct|take)`), worryRights},
	{regexp.MustCompile(`(?:给|交给|转给|发给|俾|畀|告诉)(?:谁|边个|哪些人|哪家|哪个|什么人|乜人)|(?:谁|边个|哪些人|什么人)(?:会|能|可以)?(?:看|睇|见|知道|收到|拿到|联系|打)|哪个(?:平台|机构|单位|部门)|哪家(?:平台|机构|单位)|who (?:gets|sees|will|can|receives)|(?:passed|given|sent) to whom`), worryReceiver},
	{regexp.MustCompile(`(?:你们?|你哋|这|这里|呢度|中心)(?:到底|究竟)?(?:是|系)(?:谁|边个|什么人|乜人|哪个单位|哪里|哪儿|边度|什么单位|什么机构|政府|官方|公家|国家|正规|私人)|^(?:who are you|are you (?:from )?the government)`), worryWho},
	{regexp.MustCompile(`(?:保存|存|保留|留|记录?)(?:多久|几耐|多长时间|多长)|how long .{0,20}(?:keep|kept|stored?)`), worryKeep},
	{regexp.MustCompile(`骚扰|泄露|泄漏|外泄|安全|保密|隐私|私隐|卖给|卖掉|推销|广告电话|诈骗|骗(?:人|子|我)|呃(?:人|我)|(?:别人|人家|其他人|外人).{0,4}(?:看|睇|知)|靠谱|可靠|正规|信得过|spam|safe|leak|scam|private|privacy|secure|trust`), worrySafe},
	{regexp.MustCompile(`(?:填完|登记完?|交|提交|然后|之后|跟住|跟着|接下来|下一步).{0,6}(?:呢|怎么|点|会|做什么|干什么|如何)|(?:多久|几耐|几时|什么时候|多长时间)(?:会|能|可以|才|先)?(?:联系|联络|回复|回电|打给?|答复|有消息|有人)|^(?:那|咁|大概|一般|还|仲)*(?:要|得|需要)?(?:等)?(?:多久|几耐|几天|几日|多长时间)(?:呢|啊|呀|㗎)*$|^(?:那|咁)*要?等(?:多久|几耐)|what happens (?:next|after|then)|when will|how soon`), worryNext},
	{regexp.MustCompile(`^(?:登记|这个|这|填这个|呢个)?.{0,4}(?:收费|要钱|收钱|免费|几多钱|多少钱|花钱)(?:吗|嘛|的|不|么|呢|㗎)*$|^(?:is it|is this|does it|do you) (?:free|cost|charge)`), worryCost},
	{regexp.MustCompile(`(?:不|唔)同意.{0,8}(?:吗|行|可以|得|怎|会|点|呢)|if i (?:disagree|refuse|say no)|一定要|必须|必需|必填|非要|可以不(?:填|写|留|说)|可不可以不|能不能不|能不填|可唔可以唔|使唔使填|唔填得唔得|do i have to|must i|is (?:it|this|that) (?:required|necessary|needed)|optional|can i skip`), worryMust},
}

// longestWorry is how long in characters a question about the form is; longer ones tell a need.
const longestWorry = 40

// worry answers a question about the form itself.
func (t *turn) worry(step field, text string) (string, bool) {
	s := lower(plain(text))
	said := fold(text)
	if utf8.RuneCountInString(s) > longestWorry {
		return "", false
	}
	if asksWhy(text) && whyAbout(said, step) {
		return t.say(asks[whyWhich(said, step)].why), true
	}
	for _, w := range worries {
		if !w.words.MatchString(s) {
			continue
		}
		switch w.answer {
		case worryMust:
			if f := whyWhich(said, step); skippable(f) {
				return t.say(worryMust), true
			} else if f == fPhone || f == fContact {
				return t.office(whyNot), true
			} else {
				return t.say(asks[f].why), true
			}
		case worryNext:
			return t.say(worryNext, "within", t.optional(t.r.opt.Within, defaultWithin)), true
		}
		f := t.r.opt.filled(t.lang)
		return t.say(w.answer, "receiver", f["receiver"], "retention", f["retention"], "operator", f["operator"], "rights", f["rights"], "contact", f["contact"]), true
	}
	return "", false
}

// whyAbout reports whether a "why" is about the form and not about the policy.
func whyAbout(said string, step field) bool {
	if len([]rune(said)) <= 8 || !isHan(said) && len(strings.Fields(said)) <= 5 {
		return true
	}
	for _, w := range []string{"填", "登记", "问这个", "问呢个", "同意", "信息", "资料", "need this", "ask", "need my", "want my"} {
		if strings.Contains(said, w) {
			return true
		}
	}
	return whyNamed(said) != ""
}

// whyWhich returns the field that a "why" names, or the one being asked for.
func whyWhich(said string, step field) field {
	if f := whyNamed(said); f != "" {
		return f
	}
	return step
}

// whyNamed returns the field that a question about the form names.
func whyNamed(said string) field {
	if strings.Contains(said, "境外") || strings.Contains(said, "出境") || strings.Contains(said, "abroad") {
		return fAbroad
	}
	if strings.Contains(said, "同意") || strings.Contains(said, "agree") || strings.Contains(said, "consent") {
		return fConsent
	}
	for _, f := range []field{fPhone, fFirm, fContact, fTown, fPlatform, fNeed} {
		if slices.ContainsFunc(fieldWords[f], func(w string) bool { return strings.Contains(said, w) }) {
			return f
		}
	}
	return ""
}

package understand

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"smebot/knowledge"
)

// Last is what the previous turn was about, for questions that lean on it.
type Last struct {
	Article   knowledge.Ref // the article that was answered from; its heading is empty if none was
	Platforms []string      // the platform types that were offered
}

// leaning are words that tie a short message to what was said before it.
var leaning = anyOf(`^(那|咁|而|另外|还有|再有|它|这个|这条|那个|那条|其中|然后|接着|and |what about|how about|then |so ).*|(呢|咧)[?？]?$|^(几成|多少|几多|百分之几|几家|几个|哪些|哪几个|哪几家|打几折|谁负责|谁来负责|谁管|找谁管|哪个部门管|什么时候|几时|何时|多久|多少钱|要多少钱|要钱吗|收费吗|怎么算|在哪办|哪里办|为什么|为啥|凭什么|条件呢|有什么条件|什么条件|要什么条件|有什么要求|算不算|我们算不算|我们符合吗|我们行不行|能不能|可以吗|还有吗|还有别的吗|还有什么|就这些吗|真的吗|who is responsible|when|how much|how long|why|who|anything else|is that all|what else|are we eligible|do we qualify)[?？吗呢啊呀 ]*$`)

// more are follow-ups that ask for the rest of what was said.
var more = anyOf(`^(那)?(还有(别的|什么|其他|其它|吗|呢)|就这些|然后呢|接着说|继续|后面呢|其他呢|其它呢|anything else|what else|is that all|go on|more).*$`)

var (
	anyYear = regexp.MustCompile(`20\d\d`)
	// "那税收呢" names another subject; what every answer may be asked of is none.
	namesSubject = regexp.MustCompile(`^(?:那么?|咁|噉|至于|换成|what about|how about|and)\s*(.{2,}?)(?:呢|咧|怎么样|点样|又如何)?$`)
	ofAnything   = anyOf(`谁|哪|边|几|多少|什么|乜|怎么|点|为什么|条件|时间|金额|钱|费|电话|地址|要求|流程|手续|材料|资料|期限|标准|比例|对象|范围|我们|我哋|我厂|它|这|那|第.条|第.个|20\d\d|今年|明年|去年|现在|以后|我|you|we|it|this|that|who|when|how|why|where|20`)
)

// otherSubject understands a message that leans on the last turn only by its form, and names a subject of its own.
func (u *Understander) otherSubject(words string, last Last) (Result, bool) {
	m := namesSubject.FindStringSubmatch(words)
	if m == nil || ofAnything.in(m[1]) {
		return Result{}, false
	}
	r := u.classify(u.normalise(m[1]))
	if r.Confidence < surePart || !r.leadsSomewhere() {
		return Result{}, false
	}
	if r.Intent == Policy && r.Articles[0].Ref == last.Article {
		return Result{}, false
	}
	return r, true
}

// surePoint is how likely a fact of an article must be what a question that could be asked of anything asks for.
const surePoint = 0.45

// leanMax is the length in characters of a message that leans on another; longer ones stand by themselves.
const leanMax = 18

// FollowUp understands a message that leans on the previous turn. It reports false for one that stands by itself.
func (u *Understander) FollowUp(text string, last Last) (Result, bool) {
	if last.Article.Heading == "" && len(last.Platforms) == 0 {
		return Result{}, false
	}
	n := u.normalise(text)
	words := strings.Trim(n.text, " ?？!！。,，")
	size := utf8.RuneCountInString(words)
	if n.language == knowledge.English {
		size = 3 * len(n.words)
	}
	if size == 0 || size > leanMax || !leaning.in(words) && !generic.in(words) {
		return Result{}, false
	}
	if r, ok := u.otherSubject(words, last); ok {
		return r, true
	}
	r := u.classify(n)
	switch r.Intent {
	case Greeting, Help, Human, Status, Privacy, Referral:
		if r.Confidence >= 0.6 && !more.in(words) {
			return Result{}, false
		}
	case Policy, Platform, NoAnswer:
		if r.Confidence >= 0.9 && size > 6 && !more.in(words) && r.Intent != NoAnswer {
			return Result{}, false
		}
	}
	r.More = more.in(words)
	if last.Article.Heading == "" {
		if r.More {
			r.Intent, r.Platforms = Platform, last.Platforms
			return r, true
		}
		return Result{}, false
	}
	r.Intent, r.Platforms, r.Confidence = Policy, nil, 0.8
	r.Articles, r.Points, r.Miss = []Match{{last.Article, r.Confidence}}, nil, Miss{}
	if last.Article.Document != knowledge.PolicyRef(1).Document {
		return r, true
	}
	r.Points = u.points.of(last.Article.Article, u.vector(n))
	if year := anyYear.FindString(words); year != "" && otherYear(year+"年的", u.texts[last.Article.Article]) != "" {
		r.Intent, r.Miss = NoAnswer, Miss{MissYear, year}
		return r, true
	}
	if u.holds.lacks(last.Article.Article, askedSlots(n.text)) || !leaning.in(words) && (len(r.Points) == 0 || r.Points[0].About == "" || r.Points[0].P < surePoint) {
		r.Intent = NoAnswer
	}
	return r, true
}

package intents

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/script"
)

// articleNumber is how people write the number of an article: 第3条, 第十九条之一.
const articleNumber = `第\s*(\d{1,3}|[〇零一二三四五六七八九十百]{1,7})\s*条(?:\s*之\s*([一二三四五六七八九十]))?`

var (
	fullAsked    = regexp.MustCompile(`^(?:看|查看|睇|显示|打开)?(?:一下)?(?:全文)?\s*的?\s*` + articleNumber + `\s*(?:的?(?:全文|原文))?$`)
	saysAsked    = regexp.MustCompile(`^(?:请问)?\s*的?\s*` + articleNumber + `(?:说|讲|写|规定|讲的是|说的是|写的是)?(?:了|的是|的)?(?:些)?(?:什么|乜|啥)(?:内容)?$`)
	fullAsksEN   = regexp.MustCompile(`^(?:full text of |show )?article (\d{1,3})(?: full text)?$`)
	numberWithin = regexp.MustCompile(articleNumber)
	wholeAsked   = regexp.MustCompile(`^(?:我要|我想|请)?(?:看|查看|睇|显示|打开)?(?:一下)?(?:全文|原文|原话|条文)$|^(?:show (?:me )?)?(?:the )?full text$`)
)

// chineseNumeral writes 1 to 999 as headings do.
func chineseNumeral(n int) string {
	return strings.TrimSuffix(strings.TrimPrefix(knowledge.PolicyRef(n).Heading, "第"), "条")
}

// articleAsked returns the article that a message asks for by its number: of the document it names, else of the one last
// cited, else of the embedded policy. "看全文" alone asks for the article that was answered from.
func (t *turn) articleAsked(text string) (knowledge.Ref, bool) {
	s := strings.ToLower(script.Simplified(plain(text)))
	if wholeAsked.MatchString(s) {
		if topic := t.lastTurn().Article; topic.Heading != "" {
			return topic, true
		}
		return knowledge.Ref{}, false
	}
	doc := cmp.Or(t.st.Document, t.r.opt.Document)
	named := t.r.know.Named(s)
	if len(named) == 1 {
		doc = named[0].Document
		s = strings.TrimSpace(s[:named[0].From] + " " + s[named[0].To:])
	}
	s = plain(strings.TrimPrefix(s, "full text of "))
	for _, re := range []*regexp.Regexp{fullAsked, saysAsked, fullAsksEN} {
		if m := re.FindStringSubmatch(s); m != nil {
			return articleOf(doc, m[1:])
		}
	}
	if m := numberWithin.FindStringSubmatch(s); m != nil && len(named) == 1 && doc != t.r.opt.Document {
		return articleOf(doc, m[1:]) // 劳动合同法第十九条试用期怎么规定
	}
	return knowledge.Ref{}, false
}

// articleOf reads an article's number, and what stands behind 之.
func articleOf(doc string, number []string) (knowledge.Ref, bool) {
	n := years(strings.NewReplacer("零", "", "〇", "").Replace(number[0]))
	if n <= 0 {
		return knowledge.Ref{}, false
	}
	r := knowledge.Ref{Document: doc, Article: n, Heading: "第" + chineseNumeral(n) + "条"}
	if len(number) > 1 && number[1] != "" {
		r.Heading += "之" + number[1]
	}
	return r, true
}

// How likely an article of an imported document must be to answer a question: to be answered from, to be answered from
// with a word of caution, and one of the first three to be offered. Where the person named the document, less will do:
// what is meant is known, and only the place in it is not.
const (
	foundSure  = 0.6
	foundMaybe = 0.35
	foundAmong = 0.45
	namedMaybe = 0.2
)

// imported answers from imported documents, of which the examples know nothing. It reports false where they do not
// seem to hold an answer.
func (t *turn) imported(res understand.Result, brief bool, limit int) (out, bool) {
	question := cmp.Or(res.Normal, t.text)
	return t.found(t.r.know.Find(t.ctx, question), foundMaybe, foundAmong, res, brief, limit)
}

// named answers a message that names imported documents, from those alone. It reports false where it names none, or the
// embedded policy too.
func (t *turn) named(res understand.Result, brief bool, limit int) (out, bool) {
	question := cmp.Or(res.Normal, t.text)
	var ids []string
	rest := question
	mentions := t.r.know.Named(question)
	for i := len(mentions) - 1; i >= 0; i-- {
		m := mentions[i]
		if m.Document == t.r.opt.Document {
			return out{}, false
		}
		ids = append(ids, m.Document)
		rest = rest[:m.From] + rest[m.To:]
	}
	if len(ids) == 0 {
		return out{}, false
	}
	if len(ids) == 1 && onlyNames.MatchString(plain(rest)) {
		return t.opening(mentions[0], brief), true
	}
	o, ok := t.found(t.r.know.Find(t.ctx, question, ids...), namedMaybe, 0, res, brief, limit)
	if !ok {
		o = t.noAnswer(understand.Result{Intent: understand.NoAnswer}, brief)
	}
	return o, true
}

// onlyNames is what stands beside a document's name where nothing is asked of it but what it is.
var onlyNames = regexp.MustCompile(`^(?:请问|你们?|有没有|有无|看看|看一下|看|想看|我想看|我要看|查|查一下|打开|关于|介绍一下|介绍|讲讲|说说|里面|里|主要|是|说|讲|规定|写|了|的|些|什么|啥|内容|全文|原文|吗|呢|\?|？|\s)*$`)

// opening shows how a document begins and how to go on reading.
func (t *turn) opening(m knowledge.Mention, brief bool) out {
	first := knowledge.Ref{Document: m.Document, Article: 1, Heading: "第一条"}
	if list := t.r.know.Headings(m.Document); len(list) > 0 {
		first = list[0]
	}
	o := t.fullText(first, 0, brief)
	if brief {
		return o
	}
	intro := t.say(documentIntro, "title", t.inScript(m.Title), "count", strconv.Itoa(len(t.r.know.Headings(m.Document))))
	o.text = intro + "\n" + o.text
	t.about(&first)
	return o
}

// found makes an answer of what a search found: from the best article, from it with a word of caution, or as a choice of
// the nearest ones. Articles that hold nothing of the kind of fact that is asked for are left out.
func (t *turn) found(f knowledge.Findings, maybe, among float64, res understand.Result, brief bool, limit int) (out, bool) {
	question := cmp.Or(res.Normal, t.text)
	var list []understand.Match
	for i, a := range f.List {
		if understand.Lacks(question, a.Text) {
			if i == 0 {
				f.First = 0
			}
			continue
		}
		list = append(list, understand.Match{Ref: a.Ref, Score: f.First})
	}
	if len(list) == 0 {
		return out{}, false
	}
	list = list[:min(3, len(list))]
	res.Intent, res.Platforms, res.Points, res.Confidence, res.Unsure, res.More, res.Articles = understand.Policy, nil, nil, f.First, false, false, list
	switch {
	case f.First >= foundSure:
		return t.policy(res, brief, limit), true
	case f.First >= maybe:
		caution := t.say(foundNearest) + "\n"
		o := t.policy(res, brief, limit-len(caution))
		if o.intent == understand.Policy {
			o.text = caution + o.text
		}
		return o, true
	case f.Among >= among && !brief:
		return t.which(res), true
	}
	return out{}, false
}

// fullChoice offers the full text of an article. Its value names the article and, if it is not of the main
// document, that too.
func (t *turn) fullChoice(r knowledge.Ref) bot.Choice {
	c := bot.Choice{Label: t.say(labelFull, "article", t.heading(r)), Value: "看全文 " + r.Heading}
	if r.Document != t.r.opt.Document {
		c.Value += " " + r.Document
	}
	return c
}

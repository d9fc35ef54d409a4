package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"smebot/knowledge/script"
)

// phrases are the fixed words of an answer in the languages it is written in. They frame quotations; what
// the bot says otherwise is in package intents.
type phrases struct{ basis, expired, ended, damage, item, also, original, page string }

var words = map[Language]phrases{
	Simplified: {
		basis:    "依据：《%s》%s",
		expired:  "提醒：该条款期限为 %s 年，已过，是否仍执行请以主管部门最新文件为准。",
		ended:    "提醒：这份文件有效期到%s为止，已过，是否仍执行请以主管部门最新文件为准。",
		damage:   "说明：来源文本此处数字损坏（以" + DamageMark + "标示），无法辨认，请以正式印发件为准。",
		item:     "%s：",
		also:     "另见：%s。",
		original: "",
		page:     "（第 %d/%d 页）",
	},
	English: {
		basis:    "Source: 《%s》 %s (Article %d)",
		expired:  "Note: this clause covered %s; that period has ended. Please check with the authority whether anything follows it.",
		ended:    "Note: this document was in force until %s; please check with the authority whether anything follows it.",
		damage:   "Note: one figure is damaged in the source text (shown as " + DamageMark + ") and cannot be read; please refer to the official print.",
		item:     "%s: ",
		also:     "See also: %s.",
		original: "Original text: ",
		page:     "(page %d/%d)",
	},
}

func phrasesFor(l Language) phrases {
	if l == English {
		return words[English]
	}
	return words[Simplified]
}

// inScript writes simplified words in the script of a language.
func inScript(s string, l Language) string {
	if l == Traditional {
		return script.Traditional(s)
	}
	return s
}

// Answer composes a cited answer: the sentences that answer, where they stand, and whether their time is over.
func (b *Base) Answer(q Ask) Answer {
	q.Refs = b.answerable(q.Refs)
	if len(q.Refs) == 0 {
		return Answer{Absent: true}
	}
	doc, art, _ := b.Article(q.Refs[0])
	var card *Card
	if c, ok := b.Card(q.Refs[0]); ok {
		card = &c
	}
	p := phrasesFor(q.Language)
	ready := b.ready(q.Refs[0], art.Text, card)
	sents := ready.sents
	foot := b.footer(doc, art, card, q, p)
	budget := q.MaxBytes - len(inScript(strings.Join(foot, "\n"), q.Language)) - 8
	lead := ""
	if q.Language == English && card != nil && card.Summary.EN != "" {
		lead = card.Summary.EN
		budget -= len(lead) + len(p.original) + 2
	}
	quote, all := "", false
	if names := itemNames(sents); len(names) > 2 && asksForList(q.Text, names) {
		quote = strings.TrimSuffix(sents[0].text, "。") + "：" + strings.Join(names, "、") + "。"
		if _, last, ok := strings.Cut(art.Text, "主要包括:"); ok && strings.Contains(last, names[0]) {
			quote = "主要包括：" + strings.Join(names, "、") + "。"
		}
		quote = cut(quote, min(budget, quoteLimit))
	} else {
		quote, all = pick(sents, ready.rank(q.Text, q.Points), min(budget, quoteLimit), broad(q.Text) || wholeAsked(q.Points))
	}
	quote = Display(quote)
	if f, bad := unsupported(lead+" "+quote, art.Text); bad {
		return Answer{Withheld: true, Figure: f}
	}
	var lines []string
	if lead != "" {
		lines = append(lines, lead)
	}
	lines = append(lines, p.original+inScript(quote, q.Language))
	if strings.Contains(quote, DamageMark) {
		lines = append(lines, inScript(p.damage, q.Language))
	}
	for _, f := range foot {
		lines = append(lines, inScript(f, q.Language))
	}
	a := Answer{Text: strings.Join(lines, "\n"), Refs: q.Refs, HasMore: !all}
	if card != nil {
		for _, s := range card.Asks.In(q.Language) {
			a.Related = append(a.Related, inScript(s, q.Language))
		}
	}
	return a
}

// answerable leaves out references to what is not held or not answered from.
func (b *Base) answerable(refs []Ref) []Ref {
	return slices.DeleteFunc(slices.Clone(refs), func(r Ref) bool {
		_, _, ok := b.Article(r)
		return !ok
	})
}

// itemNames lists the names of the items that an article enumerates.
func itemNames(sents []sentence) []string {
	var out []string
	for _, s := range sents {
		if s.label != "" && !slices.Contains(out, s.label) {
			out = append(out, s.label)
		}
	}
	return out
}

var listCue = regexp.MustCompile(`哪几[种类个样]|哪些[种类]?(平台|类型)|几种|几类|多少种|多少类|有哪些|种类|列出|列给|一共有|都有什么|(what|which|how many) (kinds|types|sorts)|list (of|all|the)|name the|nine`)

// asksForList reports whether a question wants the names of all items, and none in particular.
func asksForList(q string, names []string) bool {
	q = strings.ToLower(q)
	if !listCue.MatchString(q) {
		return false
	}
	for _, n := range names {
		if r := []rune(n); strings.Contains(q, string(r[:min(4, len(r))])) || len(r) > 2 && strings.Contains(q, string(r[:2])) {
			return false
		}
	}
	return true
}

var broadCue = regexp.MustCompile(`哪些活|干什么|做什么|做哪些|做些什么|干些什么|什么内容|哪些内容|哪些方面|哪些重点|重点(任务|是|有)|怎么规定|怎么说|怎么讲|怎么写|讲了什么|说了什么|主要讲|全文|what does .{0,40}(say|provide|require)|tell me about`)

// terse is the length in characters up to which a question is a mere topic.
const terse = 8

// broad reports whether a question asks for a topic as a whole: the answer then quotes from the beginning.
func broad(q string) bool {
	topic, _, _ := strings.Cut(q, " ")
	return utf8.RuneCountInString(topic) <= terse && len(wantedKinds(strings.ToLower(topic))) == 0 && !asksYesNo.MatchString(topic) || broadCue.MatchString(strings.ToLower(q))
}

var asksYesNo = regexp.MustCompile(`吗|嘛|多少|几|哪|谁|是不是|有没有`)

// closeBehind is the share of the best sentence's score that another needs to be quoted too.
const closeBehind = 0.45

// otherItem is the same for a sentence of another item of a list.
const otherItem = 0.85

// opening reports whether an article's first sentence only names its topic.
func opening(s string) bool { return utf8.RuneCountInString(s) < 22 }

// quoteLimit is how many bytes of official text an answer quotes; more is offered as the full text.
const quoteLimit = 760

// ready returns an article prepared for ranking.
func (b *Base) ready(r Ref, text string, card *Card) *prepared {
	b.mu.RLock()
	cache := &b.now.prepared
	b.mu.RUnlock()
	if p, ok := cache.Load(r); ok {
		return p.(*prepared)
	}
	p := prepare(text, card)
	cache.Store(r, p)
	return p
}

// footer returns the lines below the quotation: basis, expiry, other articles.
func (b *Base) footer(doc Document, art Article, card *Card, q Ask, p phrases) []string {
	var out []string
	if q.Language == English {
		if art.Number > 0 {
			out = append(out, fmt.Sprintf(p.basis, doc.Title, art.Heading, art.Number))
		} else {
			out = append(out, fmt.Sprintf("Source: 《%s》 %s", doc.Title, art.Heading))
		}
	} else {
		out = append(out, fmt.Sprintf(p.basis, doc.Title, art.Heading))
	}
	if line := expiry(doc, card, q, p); line != "" {
		out = append(out, line)
	}
	var others []string
	for _, r := range q.Refs[1:] {
		if d, a, ok := b.Article(r); ok && len(others) < 2 {
			name := a.Heading
			if d.ID != doc.ID {
				name = "《" + d.Title + "》" + name
			}
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		out = append(out, fmt.Sprintf(p.also, strings.Join(others, "、")))
	}
	return out
}

// expiry returns the line that says a clause's period is over, or "".
func expiry(doc Document, card *Card, q Ask, p phrases) string {
	if card != nil && card.Period != nil && card.Period.To > 0 && q.Now.Year() > card.Period.To {
		span := fmt.Sprint(card.Period.To)
		if card.Period.From > 0 && card.Period.From != card.Period.To {
			span = fmt.Sprintf("%d—%d", card.Period.From, card.Period.To)
		}
		return fmt.Sprintf(p.expired, span)
	}
	if doc.Expires != "" && q.Now.Format("2006-01-02") > doc.Expires {
		return fmt.Sprintf(p.ended, dayIn(doc.Expires, q.Language))
	}
	return ""
}

// dayIn writes a day like 2021-12-31 as people of a language read it.
func dayIn(day string, l Language) string {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		return day
	}
	if l == English {
		return t.Format("2 January 2006")
	}
	return t.Format("2006年1月2日")
}

// pick quotes the best sentences within a number of bytes: the best one first, then those that follow close
// behind it, in the article's order. all reports whether nothing of the article was left out.
func pick(sents []sentence, ranked []scored, limit int, broad bool) (quote string, all bool) {
	if len(sents) == 0 || limit <= 0 {
		return "", false
	}
	best := ranked[0]
	first := sents[best.i].text
	if len(first) > limit {
		return cut(first, limit), false
	}
	chosen := []int{}
	size := len(first)
	if broad && sents[best.i].label == "" && len(sents[0].text) <= limit {
		best.i, best.score, size = 0, 0, len(sents[0].text)
		slices.SortFunc(ranked, func(a, b scored) int { return a.i - b.i })
	}
	for _, r := range ranked {
		if r.i == best.i {
			continue
		}
		if len(chosen) == 3 && best.score > 0 || r.score < closeBehind*best.score {
			break
		}
		if sents[r.i].label != sents[best.i].label && r.score < otherItem*best.score || r.i == 0 && !broad && opening(sents[0].text) {
			continue
		}
		if n := len(sents[r.i].text); size+n <= limit {
			chosen = append(chosen, r.i)
			size += n
		}
	}
	slices.Sort(chosen)
	var w strings.Builder
	w.WriteString(sents[best.i].named(-1, sents))
	prev := best.i
	for _, i := range chosen {
		if i != prev+1 && w.Len() > 0 {
			w.WriteString("……")
		}
		w.WriteString(sents[i].named(prev, sents))
		prev = i
	}
	return strings.ReplaceAll(w.String(), "——", ""), 1+len(chosen) == len(sents)
}

// cut shortens a text to a number of bytes at a clause's end, or at a character where there is none.
func cut(s string, limit int) string {
	const more = "……"
	if len(s) <= limit {
		return s
	}
	end := 0
	for i, r := range s {
		if i+utf8.RuneLen(r)+len(more) > limit {
			if end == 0 {
				end = i
			}
			break
		}
		if strings.ContainsRune("。；;，,、", r) {
			end = i + utf8.RuneLen(r)
		}
	}
	return s[:end] + more
}

// FullText returns an article's whole words as pages of at most maxBytes, cut between sentences, each with
// its place in the document.
func (b *Base) FullText(r Ref, l Language, maxBytes int) []string {
	doc, art, ok := b.Article(r)
	if !ok {
		return nil
	}
	head := inScript(fmt.Sprintf("《%s》%s", doc.Title, art.Heading), l)
	p := phrasesFor(l)
	room := maxBytes - len(head) - 32
	if Damaged(art.Text) {
		room -= len(p.damage) + 1
	}
	var pages []string
	var w strings.Builder
	for line := range strings.SplitSeq(art.Text, "\n") {
		for i, s := range sentencesOf(line) {
			text := inScript(Display(s.text), l)
			for len(text) > 0 {
				part := text
				if len(part) > room {
					part = strings.TrimSuffix(cut(text, room), "……")
				}
				if w.Len()+len(part)+1 > room && w.Len() > 0 {
					pages = append(pages, w.String())
					w.Reset()
				}
				if i == 0 && w.Len() > 0 {
					w.WriteByte('\n')
				}
				w.WriteString(part)
				text = text[len(part):]
			}
		}
	}
	if w.Len() > 0 {
		pages = append(pages, w.String())
	}
	for i := range pages {
		title := head
		if len(pages) > 1 {
			title += inScript(fmt.Sprintf(p.page, i+1, len(pages)), l)
		}
		body := pages[i]
		if strings.Contains(body, DamageMark) {
			body += "\n" + inScript(p.damage, l)
		}
		pages[i] = title + "\n" + body
	}
	return pages
}

// Period says that the time of an article is over, or of its document, "" where neither is known to be.
func (b *Base) Period(r Ref, l Language, now time.Time) string {
	doc, _, ok := b.Article(r)
	if !ok {
		return ""
	}
	var card *Card
	if c, ok := b.Card(r); ok {
		card = &c
	}
	return inScript(expiry(doc, card, Ask{Language: l, Now: now}, phrasesFor(l)), l)
}

// PlatformInfo returns what the card of a platform type says, in a language. An unknown slug gives empty words.
func (b *Base) PlatformInfo(slug string, l Language) (name, summary string, services, prepare []string) {
	for _, c := range b.cards.Platforms {
		if c.Slug == slug {
			return inScript(c.Name.In(l), l), inScript(c.Summary.In(l), l), listInScript(c.Services.In(l), l), listInScript(c.Prepare.In(l), l)
		}
	}
	return "", "", nil, nil
}

func listInScript(list []string, l Language) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = inScript(s, l)
	}
	return out
}

// ArticleTitle returns a short title of an article: its card's, else its heading with the opening words.
func (b *Base) ArticleTitle(r Ref, l Language) string {
	doc, art, ok := b.Article(r)
	if !ok {
		return ""
	}
	if c, ok := b.Card(r); ok {
		return inScript(c.Title.In(l), l)
	}
	return inScript("《"+doc.Title+"》"+art.Heading, l)
}

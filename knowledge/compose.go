package knowledge

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"smebot/knowledge/script"
)

// sentence is a part of an article that can be quoted alone, with the item label it stands under.
type sentence struct {
	text  string
	label string
}

// sentencesOf cuts an article into sentences, at full stops and, for list items, at line ends. Joined again
// they give the article's words.
func sentencesOf(text string) []sentence {
	var out []sentence
	for line := range strings.SplitSeq(text, "\n") {
		label := ""
		if rest, ok := strings.CutPrefix(line, "——"); ok {
			if name, _, ok := strings.Cut(rest, "。"); ok && utf8.RuneCountInString(name) <= 24 {
				label = name
			}
		}
		start := 0
		for i, r := range line {
			if r == '。' || r == '！' || r == '？' {
				end := i + utf8.RuneLen(r)
				if next, _ := utf8.DecodeRuneInString(line[end:]); next == '”' || next == '」' || next == ')' || next == '）' {
					continue
				}
				if label != "" && start == 0 && strings.TrimPrefix(line[:i], "——") == label {
					continue // the label goes with what it announces
				}
				out = append(out, sentence{line[start:end], label})
				start = end
			}
		}
		if start < len(line) {
			out = append(out, sentence{line[start:], label})
		}
	}
	return out
}

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

// kindCues are words of a question that tell what kind of fact it wants.
var kindCues = []struct {
	kind string
	cue  *regexp.Regexp
}{
	{"amount", regexp.MustCompile(`多少钱|几多钱|金额|多少万|多少亿|给多少|奖多少|奖金|奖励多少|补多少|拨多少|how much|amount|sum|money`)},
	{"percent", regexp.MustCompile(`百分之|比例|几成|占多少|percent|proportion|share|ratio`)},
	{"count", regexp.MustCompile(`几个|多少个|几家|多少家|几名|多少名|前几|几间|下限|至少|起码|最少|how many|number of|minimum|at least`)},
	{"date", regexp.MustCompile(`什么时候|啥时候|何时|哪年|哪几年|几年|期限|最迟|最晚|多久|几天|多少天|几个工作日|时间|when|how long|how fast|how often|deadline|period|by what year|which year`)},
	{"who", regexp.MustCompile(`谁|哪个部门|哪些部门|什么部门|哪个单位|哪些单位|牵头|负责|哪一级|who|which department|which authority|responsible`)},
	{"place", regexp.MustCompile(`哪里|在哪|什么地方|范围|where`)},
	{"condition", regexp.MustCompile(`条件|要求|资格|符合|算不算|能不能|可不可以|可以吗|要不要|必须|够不够|require|condition|eligible|qualif|must|need to|can (a|we|i)`)},
	{"how", regexp.MustCompile(`怎么|怎样|如何|方式|办法|how|what way`)},
	{"list", regexp.MustCompile(`哪些|哪几|什么服务|包括|列|分别|which|what services|list|what kinds`)},
	{"purpose", regexp.MustCompile(`为什么|为啥|目的|意义|作用|干嘛|why|purpose|aim|goal`)},
	{"document", regexp.MustCompile(`哪份|什么目录|哪个目录|什么标准|哪套|什么规范|名称|叫什么|catalogue|standard|name of`)},
}

// wantedKinds returns the kinds of facts a question asks for.
func wantedKinds(q string) map[string]bool {
	out := map[string]bool{}
	for _, k := range kindCues {
		if k.cue.MatchString(q) {
			out[k.kind] = true
		}
	}
	return out
}

// prepared is an article made ready for ranking its sentences; it is made once for each article asked about.
type prepared struct {
	sents []sentence
	terms []map[string]bool // of each sentence
	df    map[string]int    // in how many sentences a term stands
	facts []preparedFact
	ends  []ending
}

type preparedFact struct {
	kind  string
	about string // as the card names it
	terms map[string]bool
	at    []int // sentences that hold its quotation
}

// ending is what a sentence holds that some kinds of questions look for.
type ending struct{ figure, money, percent, time bool }

func prepare(text string, card *Card) *prepared {
	p := &prepared{sents: sentencesOf(text), df: map[string]int{}}
	set := func(s string) map[string]bool {
		m := map[string]bool{}
		for _, t := range charTerms(s) {
			m[t] = true
		}
		return m
	}
	for _, s := range p.sents {
		terms := set(s.text + " " + s.label)
		for t := range terms {
			p.df[t]++
		}
		p.terms = append(p.terms, terms)
		p.ends = append(p.ends, ending{
			figure: figure.MatchString(s.text), money: strings.Contains(s.text, "元"), percent: strings.Contains(s.text, "%"),
			time: strings.Contains(s.text, "年") || strings.Contains(s.text, "工作日"),
		})
	}
	if card == nil {
		return p
	}
	for _, f := range card.Facts {
		pf := preparedFact{kind: f.Kind, about: f.About.ZH, terms: set(f.About.ZH + " " + strings.ToLower(f.About.EN) + " " + f.Quote)}
		for i, s := range p.sents {
			if strings.Contains(s.text, f.Quote) || len(s.text) > 12 && strings.Contains(f.Quote, strings.TrimRight(s.text, "。")) {
				pf.at = append(pf.at, i)
			}
		}
		p.facts = append(p.facts, pf)
	}
	return p
}

// scored is a sentence's position with its score.
type scored struct {
	i     int
	score float64
}

// rank scores an article's sentences against a question and returns their positions, best first. A sentence
// counts by the words it shares with the question, by the facts on the article's card that it states, and by
// holding the kind of thing that is asked for. points, where they are known, say which facts are asked for and weigh
// more than words.
func (p *prepared) rank(q string, points map[string]float64) []scored {
	want := wantedKinds(strings.ToLower(q))
	asked := map[string]bool{}
	for _, t := range charTerms(q) {
		asked[t] = true
	}
	n := float64(len(p.sents))
	out := make([]scored, len(p.sents))
	for i := range p.sents {
		sum := 0.0
		for t := range asked {
			if p.terms[i][t] {
				w := 1 + n/float64(1+p.df[t])/2
				if single(t) {
					w *= 0.3
				}
				sum += w
			}
		}
		out[i] = scored{i, 12 * sum / (3 + float64(len(p.terms[i])))}
	}
	for _, f := range p.facts {
		sum := 0.0
		for t := range asked {
			if f.terms[t] {
				if single(t) {
					sum += 0.3
				} else {
					sum++
				}
			}
		}
		score := 8 * sum / (4 + float64(len(f.terms))/2)
		if want[f.kind] {
			score = score*1.4 + 0.6
		}
		for _, i := range f.at {
			out[i].score = max(out[i].score, score) + 0.2*min(out[i].score, score)
		}
	}
	for i, e := range p.ends {
		if e.figure && (want["amount"] && e.money || want["percent"] && e.percent || want["date"] && e.time || want["count"]) {
			out[i].score += 0.8
		}
		if i == 0 && opening(p.sents[i].text) {
			out[i].score *= 0.5 // it names the topic and answers little
		}
	}
	p.weigh(out, points)
	slices.SortStableFunc(out, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.i, b.i))
	})
	return out
}

// wordShare is how much the words of a sentence count beside the likelihood, at most 1, that its fact is asked for.
const wordShare = 0.35

// weigh puts likelihoods of facts in the place of most of the scores that come from words.
func (p *prepared) weigh(list []scored, points map[string]float64) {
	if len(points) == 0 {
		return
	}
	top := 0.0
	for _, s := range list {
		top = max(top, s.score)
	}
	for i := range list {
		if top > 0 {
			list[i].score *= wordShare / top
		}
	}
	likely := make([]float64, len(list))
	for _, f := range p.facts {
		for _, i := range f.at {
			likely[i] = max(likely[i], points[f.about])
		}
	}
	for i := range list {
		list[i].score += likely[list[i].i]
	}
}

// wholeAsked reports whether a question asks for the article as a whole rather than for one of its facts.
func wholeAsked(points map[string]float64) bool {
	whole := points[""]
	for about, p := range points {
		if about != "" && p >= whole {
			return false
		}
	}
	return whole > 0
}

// single reports whether a term is one character.
func single(t string) bool { return utf8.RuneCountInString(t) == 1 }

// charTerms are the terms of a text for comparing it with a short one: pairs of characters and, with little
// weight, single ones.
func charTerms(s string) []string {
	out := Terms(s)
	for _, r := range s {
		if unicode.Is(unicode.Han, r) && !strings.ContainsRune(stopChars, r) {
			out = append(out, string(r))
		}
	}
	return out
}

const stopChars = "的了吗呢吧啊是有在和与及或要能会不也都就这那个们我你他它什么怎样哪几多少请问想做让把被给对从到为之其"

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

// named returns the sentence with the name of its item before it, where the sentence that gives the name is
// not the one quoted just before.
func (s sentence) named(prev int, sents []sentence) string {
	if s.label == "" || strings.HasPrefix(s.text, "——") || prev >= 0 && sents[prev].label == s.label {
		return s.text
	}
	return s.label + "：" + s.text
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

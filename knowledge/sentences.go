package knowledge

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file finds which sentence of an article answers a question.

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

// named returns the sentence with the name of its item before it, where the sentence that gives the name is
// not the one quoted just before.
func (s sentence) named(prev int, sents []sentence) string {
	if s.label == "" || strings.HasPrefix(s.text, "——") || prev >= 0 && sents[prev].label == s.label {
		return s.text
	}
	return s.label + "：" + s.text
}

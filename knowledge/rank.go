package knowledge

import (
	"math"
	"strings"
	"sync"
)

// ranker holds, beside the index, what re-scoring needs of every article: its terms, where it stands, which
// articles it cites. All of it is plain arrays, written beside the index and read back whole at opening.
type ranker struct {
	terms  map[uint64]uint32 // term -> its number
	chars  map[rune]uint16   // character -> its number
	df     []uint32          // articles holding a term
	charDF []uint32
	tri    sketch // occurrences of three characters in a row

	text     list32 // terms of each article, distinct
	textTF   []uint8
	letters  list16 // characters of each article, distinct
	letterTF []uint8
	length   []uint16 // terms of each article, repeats included
	avgLen   float64

	law      []uint32 // article -> its document
	section  []uint32 // article -> its chapter
	firstOf  []uint32 // document -> its first article; one more at the end
	titles   []string
	chapters []string // section -> words of its heading
	title    list32   // document -> terms of its title
	heading  list32   // section -> terms of its heading
	cites    list32   // article -> articles it cites
	citedBy  list32   // article -> articles that cite it
	lawCited []uint32 // document -> other documents that name it
	kind     []uint8

	space space
	spare sync.Pool // of *[]uint16, for score
}

// list32 is a list of lists: the i-th is at[off[i]:off[i+1]].
type list32 struct {
	off []uint32
	at  []uint32
}

func (l *list32) get(i uint32) []uint32 { return l.at[l.off[i]:l.off[i+1]] }

type list16 struct {
	off []uint32
	at  []uint16
}

// Kinds of documents, told by their titles.
const (
	kindOther uint8 = iota
	kindLaw
	kindRegulation
	kindInterpretation
	kindReply // an answer to one court, or a decision on one matter
)

func kindOf(title string) uint8 {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(title, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("批复", "决定", "答复", "通知", "公告", "决议"):
		return kindReply
	case has("最高人民法院", "最高人民检察院", "解释"):
		return kindInterpretation
	case strings.HasSuffix(title, "法") || strings.HasSuffix(title, "法典"):
		return kindLaw
	case has("条例", "规定", "办法", "细则"):
		return kindRegulation
	}
	return kindOther
}

func idfOf(n, df float64) float64 { return math.Log(1 + (n-df+0.5)/(df+0.5)) }

// newRanker builds a ranker over articles in the index's order.
func newRanker(entries []entry) *ranker {
	r := &ranker{terms: map[uint64]uint32{}, chars: map[rune]uint16{}, tri: make(sketch, 1<<sketchBits)}
	r.text.off, r.letters.off, r.title.off, r.heading.off = []uint32{0}, []uint32{0}, []uint32{0}, []uint32{0}
	id := func(t string) uint32 {
		k := termKey(t)
		i, ok := r.terms[k]
		if !ok {
			i = uint32(len(r.df))
			r.terms[k] = i
			r.df = append(r.df, 0)
		}
		return i
	}
	total := 0
	var lastDoc *Document
	counts, letterCounts := map[uint32]int{}, map[uint16]int{}
	var order []uint32
	var letterOrder []uint16
	for i := range entries {
		e := &entries[i]
		if e.doc != lastDoc {
			lastDoc = e.doc
			r.firstOf = append(r.firstOf, uint32(i))
			r.titles = append(r.titles, e.doc.Title)
			r.kind = append(r.kind, kindOf(e.doc.Title))
			tokens(e.doc.Title, func(t string, _, _ int) { r.title.at = append(r.title.at, id(t)) })
			r.title.off = append(r.title.off, uint32(len(r.title.at)))
		}
		if i == 0 || entries[i-1].doc != e.doc || entries[i-1].art.Chapter != e.art.Chapter {
			r.chapters = append(r.chapters, e.art.Chapter)
			tokens(e.art.Chapter, func(t string, _, _ int) { r.heading.at = append(r.heading.at, id(t)) })
			r.heading.off = append(r.heading.off, uint32(len(r.heading.at)))
		}
		r.law = append(r.law, uint32(len(r.titles)-1))
		r.section = append(r.section, uint32(len(r.chapters)-1))

		clear(counts)
		order = order[:0]
		n := 0
		tokens(e.art.Text, func(t string, _, _ int) {
			k := id(t)
			if counts[k] == 0 {
				order = append(order, k)
			}
			counts[k]++
			n++
		})
		for _, k := range order {
			r.text.at = append(r.text.at, k)
			r.textTF = append(r.textTF, uint8(min(255, counts[k])))
			r.df[k]++
		}
		r.text.off = append(r.text.off, uint32(len(r.text.at)))
		r.length = append(r.length, uint16(min(n, 1<<16-1)))
		total += n

		clear(letterCounts)
		letterOrder = letterOrder[:0]
		for _, c := range e.art.Text {
			if !isHan(c) {
				continue
			}
			k, ok := r.chars[c]
			if !ok {
				if len(r.charDF) == 1<<16-1 {
					continue
				}
				k = uint16(len(r.charDF))
				r.chars[c] = k
				r.charDF = append(r.charDF, 0)
			}
			if letterCounts[k] == 0 {
				letterOrder = append(letterOrder, k)
			}
			letterCounts[k]++
		}
		for _, k := range letterOrder {
			r.letters.at = append(r.letters.at, k)
			r.letterTF = append(r.letterTF, uint8(min(255, letterCounts[k])))
			r.charDF[k]++
		}
		r.letters.off = append(r.letters.off, uint32(len(r.letters.at)))
		trigrams(e.art.Text, r.tri.add)
	}
	r.firstOf = append(r.firstOf, uint32(len(entries)))
	r.avgLen = float64(total) / float64(max(1, len(entries)))
	r.cite(entries)
	return r
}

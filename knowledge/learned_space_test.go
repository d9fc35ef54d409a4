package knowledge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Articles of one subject lie near each other though they share no word with what is asked.
func TestSpaceBringsSubjectsTogether(t *testing.T) {
	const size, subjects = 60, 30 // words of a subject, and how many subjects
	word := func(subject, i int) string {
		return string([]rune{rune(0x4e00 + 240*subject + 3*i), rune(0x7000 + 240*subject + 4*i)})
	}
	rng := rand.New(rand.NewPCG(3, 4))
	d := Document{ID: "d", Title: "词语"}
	var of []int
	for i := range spaceMin + 400 {
		s := i % subjects
		var text strings.Builder
		for _, w := range rng.Perm(size)[:12] {
			text.WriteString(word(s, w) + "，")
		}
		d.Articles = append(d.Articles, Article{Number: i + 1, Heading: fmt.Sprintf("第%d条", i+1), Text: text.String()})
		of = append(of, s)
	}
	r := newRanker(flatten([]Document{d}))
	r.learnSpace()
	for s := range subjects {
		asked := word(s, 7)
		q := r.space.place(map[uint32]float64{r.terms[termKey(asked)]: 1})
		kin, rest, kins := 0.0, 0.0, 0
		for i, a := range d.Articles {
			switch near := float64(r.space.near(q, uint32(i))); {
			case strings.Contains(a.Text, asked):
			case of[i] == s:
				kin, kins = kin+near, kins+1
			default:
				rest += near / float64(len(d.Articles))
			}
		}
		if kin /= float64(kins); kin < rest+0.1 {
			t.Errorf("%s: articles of its subject without it are near it by %.2f, those of others by %.2f", asked, kin, rest)
		}
	}
	if q := r.space.place(map[uint32]float64{1 << 30: 1}); q != nil || len(r.space.nearest(q, 10)) > 0 || r.space.near(q, 0) != 0 {
		t.Error("an unknown term has a place")
	}
}

// A small collection has no space, and is searched without one.
func TestSmallCollectionHasNoSpace(t *testing.T) {
	r := newRanker(flatten([]Document{{ID: "d", Title: "一份文件", Articles: []Article{{Number: 1, Heading: "第一条", Text: "猫粮应当标明日期。"}}}}))
	r.learnSpace()
	if q := r.space.place(map[uint32]float64{0: 1}); q != nil {
		t.Errorf("a place in no space: %v", q)
	}
}

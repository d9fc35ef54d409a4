package understand

import (
	"math"
	"unicode"
)

const (
	mendTimes   = 4   // slips mended in one message: more of them are no slips
	mendCount   = 20  // how often the word that is meant must stand in the examples
	mendLongest = 400 // characters of a message that are looked at
)

// mend writes words that were typed by ear or heard wrong as the examples write what sounds the same: 鉴测 becomes 检测.
// A pair of characters that no example has is replaced only where more pairs are known afterwards.
func (u *Understander) mend(text string) string {
	r := []rune(text)
	if u.model == nil || len(r) > mendLongest {
		return text
	}
	lex := readLexicon()
	known := func(a, b rune) float64 {
		if !unicode.Is(unicode.Han, a) || !unicode.Is(unicode.Han, b) {
			return 0.5
		}
		if u.model.find(hashed("cc", string([]rune{a, b}))) >= 0 {
			return 1
		}
		return 0
	}
	pair := func(i int) float64 {
		if i < 0 || i+1 >= len(r) {
			return 0.5
		}
		return known(r[i], r[i+1])
	}
	changed := false
	for range mendTimes {
		best, at, gain := "", -1, 1.0
		for i := 0; i+1 < len(r); i++ {
			if pair(i) != 0 {
				continue
			}
			a, b := u.pinyin.of[r[i]], u.pinyin.of[r[i+1]]
			if a == "" || b == "" {
				continue
			}
			word, ok := lex.of[a+" "+b]
			if !ok || word.count < mendCount {
				continue
			}
			w := []rune(word.text)
			if len(w) != 2 || w[0] != r[i] && w[1] != r[i+1] && word.count < 4*mendCount {
				continue // both characters wrong: only for what is said often
			}
			after := 1.0
			before := pair(i-1) + pair(i+1)
			if i > 0 {
				after += known(r[i-1], w[0])
			} else {
				after += 0.5
			}
			if i+2 < len(r) {
				after += known(w[1], r[i+2])
			} else {
				after += 0.5
			}
			if g := after - before + 0.05*math.Log(float64(word.count)); g > gain {
				best, at, gain = word.text, i, g
			}
		}
		if at < 0 {
			break
		}
		copy(r[at:], []rune(best))
		changed = true
	}
	if !changed {
		return text
	}
	return string(r)
}

package understand

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// sounds knows how characters sound, so that words typed by ear or heard wrong still meet the right ones.
type sounds struct {
	of        map[rune]string // toneless, folded
	syllables map[string]bool // all spellings, not folded
}

func newSounds() *sounds {
	s := &sounds{of: make(map[rune]string, 28000), syllables: map[string]bool{}}
	folded := map[string]string{}
	for r, readings := range pinyin.PinyinDict {
		if r < 0x4e00 || r > 0x9fff {
			continue
		}
		first, _, _ := strings.Cut(readings, ",")
		plain, ok := folded[first]
		if !ok {
			t := toneless(first)
			s.syllables[t] = true
			plain = fold(t)
			folded[first] = plain
		}
		s.of[rune(r)] = plain
	}
	for _, odd := range []string{"n", "ng", "m", "o", "e", "a", "hm", "hng", "ê"} {
		delete(s.syllables, odd)
	}
	return s
}

var tones = strings.NewReplacer("ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ī", "i", "í", "i", "ǐ", "i", "ì", "i", "ō", "o", "ó", "o", "ǒ", "o", "ò", "o", "ū", "u", "ú", "u", "ǔ", "u", "ù", "u", "ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v", "ü", "v", "ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m")

func toneless(s string) string { return tones.Replace(s) }

// fold makes alike what southern speakers and speech recognition confuse: zh/z, ch/c, sh/s, -ng/-n.
func fold(s string) string {
	if len(s) > 1 && s[1] == 'h' && strings.ContainsRune("zcs", rune(s[0])) {
		s = s[:1] + s[2:]
	}
	if strings.HasSuffix(s, "ng") && len(s) > 3 {
		s = s[:len(s)-1]
	}
	return s
}

// english are words that are also spelled like syllables or strings of them, and tell that a message is
// English.
var english = map[string]bool{}

func init() {
	for _, w := range strings.Fields("the is are am was were be been do does did done have has had what how who when where which why of for from with you your our we us me my i it its this that these those there here they them he she his her and or but not no if in on at to by as a an any all can could will would should may must need get give go make help please hi hello hey thanks thank bye good morning afternoon evening yes one two more menu cancel back human agent person") {
		english[w] = true
	}
}

// segment splits words into syllables of pinyin. It reports false when the words are not a message in pinyin.
func (s *sounds) segment(words []string) ([]string, bool) {
	var out []string
	foreign := 0
	for _, w := range words {
		if english[w] && w != "you" && w != "wo" && w != "ta" && w != "me" && w != "he" && w != "can" && w != "a" && w != "men" && w != "bu" && w != "de" && w != "ni" && w != "go" {
			return nil, false
		}
		syl, ok := s.split(w)
		if !ok {
			foreign++
			continue
		}
		out = append(out, syl...)
	}
	if foreign*4 > len(words) || len(out) < 2 || len(words) == 1 && len(out) < 2 {
		return nil, false
	}
	return out, true
}

// split cuts one word into syllables, the longest that leave a split for the rest.
func (s *sounds) split(w string) ([]string, bool) {
	w = strings.ReplaceAll(w, "'", "")
	if w == "" {
		return nil, true
	}
	for n := min(6, len(w)); n > 0; n-- {
		if !s.syllables[w[:n]] {
			continue
		}
		if rest, ok := s.split(w[n:]); ok {
			return append([]string{fold(w[:n])}, rest...), true
		}
	}
	return nil, false
}

// read gives the sounds of a text's Chinese characters, with "" where something else stands between them.
func (s *sounds) read(text string) []string {
	out := make([]string, 0, len(text)/3)
	gap := true
	for _, r := range text {
		if p := s.of[r]; p != "" {
			out = append(out, p)
			gap = false
		} else if !gap && (unicode.IsPunct(r) || unicode.IsLetter(r) || unicode.IsDigit(r)) {
			out = append(out, "")
			gap = true
		}
	}
	return out
}

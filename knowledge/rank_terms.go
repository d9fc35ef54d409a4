package knowledge

import (
	"hash/fnv"
	"unicode"
	"unicode/utf8"
)

// termKey packs a term of the index into a number: one or two Chinese characters exactly, a word by its hash.
// Two words sharing a hash would be taken for the same term, which costs a little precision and nothing else.
func termKey(term string) uint64 {
	a, n := utf8.DecodeRuneInString(term)
	if n == len(term) {
		return uint64(a)
	}
	b, m := utf8.DecodeRuneInString(term[n:])
	if n+m == len(term) && isHan(a) && isHan(b) {
		return uint64(a)<<21 | uint64(b)
	}
	h := fnv.New64a()
	h.Write([]byte(term))
	return h.Sum64() | 1<<63
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Co, r) }

// trigrams calls yield for each three Chinese characters in a row.
func trigrams(s string, yield func(key uint64)) {
	var a, b rune
	for _, r := range s {
		if !isHan(r) {
			a, b = 0, 0
			continue
		}
		if a != 0 {
			yield(uint64(a)<<42 | uint64(b)<<21 | uint64(r))
		}
		a, b = b, r
	}
}

// sketch counts how often keys occur, roughly and never too low.
type sketch []uint16

const sketchBits = 20

func sketchSlot(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> (64 - sketchBits) }

func (s sketch) add(key uint64) {
	if i := sketchSlot(key); s[i] < 1<<16-1 {
		s[i]++
	}
}

func (s sketch) count(key uint64) float64 {
	if len(s) == 0 {
		return 0
	}
	return float64(s[sketchSlot(key)])
}

package understand

import (
	_ "embed"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed sounds.tsv
var soundsFile string

// lexicon turns syllables back into the characters that our own examples and policy write for them. It is made
// by the fitting command from those texts, and is read when the first message in pinyin comes.
type lexicon struct{ of map[string]reading }

type reading struct {
	text  string
	count int
}

// longestReading is how many syllables one entry has at most.
const longestReading = 6

var readLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{of: map[string]reading{}}
	for line := range strings.Lines(soundsFile) {
		key, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		text, count, _ := strings.Cut(rest, "\t")
		n, err := strconv.Atoi(count)
		if err != nil {
			continue // the file is made by the command; a line cut short by hand costs one word
		}
		l.of[key] = reading{text, n}
	}
	return l
})

// write returns the likeliest characters of the syllables; those it cannot write become gaps.
func (l *lexicon) write(syllables []string) string {
	n := len(syllables)
	best := make([]float64, n+1)
	from := make([]int, n+1)
	word := make([]string, n+1)
	for i := 1; i <= n; i++ {
		best[i], from[i], word[i] = best[i-1], i-1, " "
		for k := 2; k <= min(longestReading, i); k++ {
			r, ok := l.of[strings.Join(syllables[i-k:i], " ")]
			if !ok {
				continue
			}
			if v := best[i-k] + float64(k*k) + 0.3*math.Log(float64(r.count)); v > best[i] {
				best[i], from[i], word[i] = v, i-k, r.text
			}
		}
	}
	var parts []string
	for i := n; i > 0; i = from[i] {
		parts = append(parts, word[i])
	}
	slices.Reverse(parts)
	return strings.Join(strings.Fields(strings.Join(parts, "")), " ")
}

// WriteSounds writes the lexicon of some texts: for each run of syllables that occurs at least atLeast times,
// the characters most often written for it.
func (u *Understander) WriteSounds(w io.Writer, texts []string, atLeast int) error {
	counts := map[string]map[string]int{}
	for _, t := range texts {
		m := u.normalise(t)
		if len(m.pinyin) > 0 {
			continue // what an earlier lexicon made of it proves nothing
		}
		r := []rune(m.text)
		for i := range r {
			var key strings.Builder
			for n := 0; n < longestReading && i+n < len(r) && unicode.Is(unicode.Han, r[i+n]); n++ {
				s := u.pinyin.of[r[i+n]]
				if s == "" {
					break
				}
				if n > 0 {
					key.WriteByte(' ')
				}
				key.WriteString(s)
				if n == 0 {
					continue
				}
				k := key.String()
				if counts[k] == nil {
					counts[k] = map[string]int{}
				}
				counts[k][string(r[i:i+n+1])]++
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		best, top, all := "", 0, 0
		for _, text := range slices.Sorted(maps.Keys(counts[k])) {
			c := counts[k][text]
			all += c
			if c > top {
				best, top = text, c
			}
		}
		if all >= atLeast {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%d\n", k, best, top); err != nil {
				return err
			}
		}
	}
	return nil
}

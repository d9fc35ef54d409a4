package knowledge

import (
	_ "embed"
	"strings"
	"sync"
)

// layFile pairs everyday words with words of statutes: a line is an everyday word, a tab, and the words that
// laws use for it; without any, the word only asks and is left out of the search.
//
//go:embed lay.tsv
var layFile string

type layTable struct {
	words   map[string][]string
	longest int // in characters
}

var lay = sync.OnceValue(func() layTable {
	t := layTable{words: map[string][]string{}}
	for line := range strings.Lines(layFile) {
		word, legal, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		t.words[word] = strings.Fields(legal)
		t.longest = max(t.longest, len([]rune(word)))
	}
	return t
})

// expand returns a question without the words that only ask, and the statutes' words for its everyday ones.
func expand(text string) (kept string, added []string) {
	t := lay()
	rs := []rune(text)
	var b strings.Builder
	for i := 0; i < len(rs); {
		step := 0
		for n := min(t.longest, len(rs)-i); n > 0; n-- {
			legal, ok := t.words[string(rs[i:i+n])]
			if !ok {
				continue
			}
			if len(legal) == 0 {
				b.WriteByte(' ')
				step = n
			} else {
				added = append(added, legal...)
				b.WriteString(string(rs[i : i+n]))
				step = n
			}
			break
		}
		if step == 0 {
			b.WriteRune(rs[i])
			step = 1
		}
		i += step
	}
	return b.String(), added
}

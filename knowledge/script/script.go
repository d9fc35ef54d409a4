// Package script converts between simplified and traditional Chinese by phrases (头发/頭髮, 发展/發展). It keeps
// the dictionaries once they are loaded and changes nothing but script.
package script

import (
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/liuzl/gocc"
)

var (
	toSimplified  = sync.OnceValue(func() *gocc.OpenCC { return load("t2s") })
	toTraditional = sync.OnceValue(func() *gocc.OpenCC { return load("s2t") })
)

// load opens a conversion whose dictionaries are compiled in; that it fails can only be a broken build.
func load(name string) *gocc.OpenCC {
	c, err := gocc.New(name)
	if err != nil {
		panic("script conversion " + name + ": " + err.Error())
	}
	return c
}

// Warm loads the dictionaries, so that the first message does not pay for it.
func Warm() { toSimplified(); toTraditional() }

// Simplified returns s in simplified script.
func Simplified(s string) string {
	if simple(s) {
		return s
	}
	return convert(s, toSimplified)
}

// stays remembers of each character whether it stands for itself in simplified script: 0 not known, 1 yes, 2 no.
// A phrase is only ever converted for a character that does not.
var stays [1 << 16]atomic.Uint32

// simple reports whether a text holds nothing to convert to simplified script. Most texts do, and are read often.
func simple(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) {
			continue
		}
		if r >= 1<<16 {
			return false
		}
		state := stays[r].Load()
		if state == 0 {
			state = 2
			if c := string(r); convert(c, toSimplified) == c {
				state = 1
			}
			stays[r].Store(state)
		}
		if state == 2 {
			return false
		}
	}
	return true
}

// Traditional returns s in traditional script.
func Traditional(s string) string {
	// The dictionary's first choice for these is a rare or literary form; Hong Kong and Taiwan write the second.
	return strings.NewReplacer("爲", "為", "僞", "偽", "衆", "眾", "羣", "群", "臺", "台", "裏", "裡", "着", "著", "麪", "麵", "牀", "床", "啓", "啟", "峯", "峰", "覈", "核", "纔", "才", "箇", "個", "回復", "回覆", "長髮展", "長發展").Replace(convert(s, toTraditional))
}

func convert(s string, with func() *gocc.OpenCC) string {
	if !hasHan(s) {
		return s
	}
	out, err := with().Convert(s)
	if err != nil {
		return s
	}
	return out
}

func hasHan(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}

package places

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"smebot/knowledge/script"
)

//go:embed places.txt
var file string

// gazetteer is the file, read.
type gazetteer struct {
	all     []Place
	cities  []string
	byFull  map[string]Place
	names   map[string][]named // by what is written
	longest int                // bytes of the longest name
	near    map[string][]string
	beside  map[Place]map[Place]bool
}

// use says where a name counts.
type use int

const (
	always use = iota
	alone      // as a whole answer, or right after the place it lies in
	never      // only as part of a longer name
)

type named struct {
	place Place
	use   use
}

// load reads the file once. It is the program's own and a test reads it too, so a fault in it is a fault of ours.
var load = sync.OnceValue(func() *gazetteer {
	g, err := read(file)
	if err != nil {
		panic("places.txt: " + err.Error())
	}
	return g
})

// read reads the file's form, which its head describes.
func read(text string) (*gazetteer, error) {
	g := &gazetteer{byFull: map[string]Place{}, names: map[string][]named{}, near: map[string][]string{}, beside: map[Place]map[Place]bool{}}
	var city, district Place
	var beside [][2]string
	n := 0
	for l := range strings.Lines(text) {
		n++
		kind, rest, _ := strings.Cut(strings.TrimSpace(l), " ")
		var err error
		switch {
		case kind == "" || kind == "#" || strings.HasPrefix(kind, "#"):
		case kind == "市":
			name, near, _ := strings.Cut(rest, " : ")
			city, err = g.add(name, Place{Level: City})
			district = Place{}
			g.cities = append(g.cities, city.City)
			for _, c := range strings.Fields(near) {
				g.near[city.City] = append(g.near[city.City], c+"市")
			}
		case kind == "区":
			district, err = g.add(rest, Place{Level: District, City: city.City})
		case kind == "园":
			district, err = g.add(rest, Place{Level: Zone, City: city.City})
		case kind == "镇":
			for _, name := range strings.Fields(rest) {
				if _, err = g.add(name, Place{Level: Town, City: city.City, District: district.Name}); err != nil {
					break
				}
			}
		case kind == "近":
			one, others, _ := strings.Cut(rest, ": ")
			for _, o := range strings.Fields(others) {
				beside = append(beside, [2]string{one, o})
			}
		default:
			err = fmt.Errorf("a line begins with %s, not with 市 区 园 镇 近 or #", kind)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	for _, b := range beside {
		p, q := g.byFull[b[0]], g.byFull[b[1]]
		if p == (Place{}) || q == (Place{}) {
			return nil, fmt.Errorf("近: %s or %s is no known place", b[0], b[1])
		}
		g.pair(p, q)
		g.pair(q, p)
	}
	return g, nil
}

func (g *gazetteer) pair(p, q Place) {
	if g.beside[p] == nil {
		g.beside[p] = map[Place]bool{}
	}
	g.beside[p][q] = true
}

// add takes NAME[=alias,…], marks before the name.
func (g *gazetteer) add(entry string, p Place) (Place, error) {
	entry, aliases, _ := strings.Cut(strings.TrimSpace(entry), "=")
	bare := always
	for strings.HasPrefix(entry, "!") {
		entry, bare = entry[1:], bare+1
	}
	if utf8.RuneCountInString(entry) < 2 || bare > never {
		return p, fmt.Errorf("%q is no name of a place", entry)
	}
	p.Name = entry
	switch p.Level {
	case City:
		p.City = entry
	case District, Zone:
		p.District = entry
	}
	if _, twice := g.byFull[p.Full()]; twice {
		return p, fmt.Errorf("%s stands here twice", p.Full())
	}
	g.byFull[p.Full()] = p
	g.all = append(g.all, p)
	g.name(entry, p, always)
	g.name(p.City+entry, p, always)
	if p.District != "" {
		g.name(p.District+entry, p, always)
	}
	if s := short(entry); s != entry {
		g.name(s, p, bare)
		if p.Level != City {
			g.name(latin(s), p, max(bare, pinyinUse(p)))
		} else {
			g.name(latin(s), p, always)
		}
	}
	if p.Level != City { // 广州市桥 is no 广州市 with a 桥 behind it
		g.name(short(p.City)+short(entry), p, always)
		g.name(p.City+short(entry), p, always)
	}
	if p.District != "" && p.District != entry {
		g.name(short(p.District)+short(entry), p, always)
		g.name(short(p.City)+short(p.District)+short(entry), p, always)
	}
	for a := range strings.SplitSeq(aliases, ",") {
		g.name(strings.ToLower(a), p, always)
	}
	return p, nil
}

// pinyinUse keeps the sound of a street office from counting inside English sentences; towns and districts that
// give themselves a name in Latin letters count anywhere.
func pinyinUse(p Place) use {
	if p.Level == Town && strings.HasSuffix(p.Name, "街道") {
		return alone
	}
	return always
}

func (g *gazetteer) name(written string, p Place, u use) {
	if len(written) < 4 { // one character, or three letters
		return
	}
	written = script.Simplified(written) // what is compared with it is: 乾务 becomes 干务
	for i, n := range g.names[written] {
		if n.place == p {
			g.names[written][i].use = min(n.use, u)
			return
		}
	}
	g.names[written] = append(g.names[written], named{p, u})
	g.longest = max(g.longest, len(written))
}

// short is a name without what says its kind; the whole name where too little would be left.
func short(name string) string {
	for _, tail := range []string{"自治县", "街道", "新区", "镇", "市", "区", "县"} {
		if s, ok := strings.CutSuffix(name, tail); ok && utf8.RuneCountInString(s) >= 2 {
			return s
		}
	}
	return name
}

// latin writes a name by its sound: "guzhen".
func latin(name string) string {
	a := pinyin.NewArgs()
	return strings.Join(pinyin.LazyPinyin(name, a), "")
}

// at returns the longest name that begins at a byte of a text.
func (g *gazetteer) at(s string, i int) (mention, bool) {
	if c := s[i]; c < utf8.RuneSelf {
		return g.latinAt(s, i)
	}
	for end := min(len(s), i+g.longest); end > i; end-- {
		if list, ok := g.names[s[i:end]]; ok {
			return meant(list, i, end), true
		}
	}
	return mention{}, false
}

// latinAt returns the longest name in Latin letters that begins here, blanks and marks between its syllables
// allowed. It begins and ends with a word.
func (g *gazetteer) latinAt(s string, i int) (mention, bool) {
	letter := func(r rune) bool { return unicode.IsLetter(r) && r < 0x250 }
	if before, _ := utf8.DecodeLastRuneInString(s[:i]); letter(before) || !letter(rune(s[i])) {
		return mention{}, false
	}
	var best mention
	ok := false
	var word strings.Builder
	for end := i; end < len(s) && word.Len() <= g.longest; {
		r, size := utf8.DecodeRuneInString(s[end:])
		switch {
		case letter(r):
			word.WriteRune(r)
		case r != ' ' && r != '\'' && r != '-':
			return best, ok
		}
		end += size
		if next, _ := utf8.DecodeRuneInString(s[end:]); letter(r) && (end == len(s) || !letter(next)) {
			if list, found := g.names[word.String()]; found {
				best, ok = meant(list, i, end), true
			}
		}
	}
	return best, ok
}

// meant makes a mention of the places that bear a name. Where the name counts for some of them everywhere, those
// are meant; the mark of the others says that the word is rarely theirs.
func meant(list []named, start, end int) mention {
	m := mention{start: start, end: end, bare: never}
	for _, n := range list {
		m.bare = min(m.bare, n.use)
	}
	for _, n := range list {
		if n.use != never {
			m.may = append(m.may, n.place)
		}
	}
	return m
}

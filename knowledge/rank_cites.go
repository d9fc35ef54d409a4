package knowledge

import (
	"strings"
	"unicode/utf8"

	"smebot/knowledge/parse"
)

// cite finds which articles name which others: 《…法》第…条, …法第…条, 本法第…条.
func (r *ranker) cite(entries []entry) {
	n := uint32(len(entries))
	names := map[string]uint32{}
	put := func(name string, law uint32) {
		if utf8.RuneCountInString(name) < 2 {
			return
		}
		if old, ok := names[name]; !ok || r.kind[law] == kindLaw && r.kind[old] != kindLaw {
			names[name] = law
		}
	}
	for i, t := range r.titles {
		put(t, uint32(i))
		put(strings.TrimPrefix(t, "中华人民共和国"), uint32(i))
	}
	type place struct {
		law    uint32
		number int
	}
	at := map[place]uint32{}
	for i := range entries {
		a := entries[i].art
		if a.Number > 0 && a.Suffix == 0 {
			p := place{r.law[i], a.Number}
			if _, ok := at[p]; !ok {
				at[p] = uint32(i)
			}
		}
	}
	named := make([]map[uint32]bool, len(r.titles))
	r.cites.off = append(r.cites.off, 0)
	back := make([][]uint32, n)
	for i := range entries {
		own := r.law[i]
		text := entries[i].art.Text
		for s := text; ; {
			j := strings.Index(s, "《")
			if j < 0 {
				break
			}
			s = s[j+len("《"):]
			k := strings.Index(s, "》")
			if k < 0 {
				break
			}
			if law, ok := names[s[:k]]; ok && law != own {
				if named[law] == nil {
					named[law] = map[uint32]bool{}
				}
				named[law][own] = true
			}
		}
		last, lastEnd := own, -1
		known := false
		for pos := 0; ; {
			j := strings.Index(text[pos:], "第")
			if j < 0 {
				break
			}
			start := pos + j
			pos = start + len("第")
			end := strings.Index(text[pos:], "条")
			if end < 0 {
				break
			}
			if end > 30 {
				continue
			}
			number, ok := parse.Number(text[pos : pos+end])
			if !ok {
				continue
			}
			stop := pos + end + len("条")
			law, found := r.lawBefore(text[:start], own, names)
			if !found && known && lastEnd >= 0 && start-lastEnd < 40 && !strings.ContainsAny(text[lastEnd:start], "。；") {
				law, found = last, true // …第一条、第二条
			}
			known = found
			if found {
				last, lastEnd = law, stop
				if to, ok := at[place{law, number}]; ok && to != uint32(i) {
					r.cites.at = append(r.cites.at, to)
					back[to] = append(back[to], uint32(i))
				}
				if law != own {
					if named[law] == nil {
						named[law] = map[uint32]bool{}
					}
					named[law][own] = true
				}
			}
			pos = stop
		}
		r.cites.off = append(r.cites.off, uint32(len(r.cites.at)))
	}
	r.citedBy.off = append(r.citedBy.off, 0)
	for _, b := range back {
		r.citedBy.at = append(r.citedBy.at, b...)
		r.citedBy.off = append(r.citedBy.off, uint32(len(r.citedBy.at)))
	}
	r.lawCited = make([]uint32, len(r.titles))
	for i, m := range named {
		r.lawCited[i] = uint32(len(m))
	}
}

// lawBefore returns the document whose name a text ends with.
func (r *ranker) lawBefore(text string, own uint32, names map[string]uint32) (uint32, bool) {
	if strings.HasSuffix(text, "》") {
		if j := strings.LastIndex(text, "《"); j >= 0 {
			law, ok := names[text[j+len("《"):len(text)-len("》")]]
			return law, ok
		}
		return 0, false
	}
	for _, w := range []string{"本法", "本条例", "本规定", "本解释", "本办法", "本细则", "本规则"} {
		if strings.HasSuffix(text, w) {
			return own, true
		}
	}
	// the longest name that the text ends with
	best, found := uint32(0), false
	at := len(text)
	for range 24 {
		_, n := utf8.DecodeLastRuneInString(text[:at])
		if n == 0 {
			break
		}
		at -= n
		if law, ok := names[text[at:]]; ok {
			best, found = law, true
		}
	}
	return best, found
}

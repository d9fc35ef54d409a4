package knowledge

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"smebot/knowledge/parse"
)

// Mention is a document that a text names by its title or by what people call it.
type Mention struct {
	Document, Title string
	From, To        int // bytes of the text, marks around the name included
}

// names finds documents in texts by the first two characters of what they are called.
type names struct {
	heads map[string][]called // longest first
}

type called struct {
	name string
	doc  int
}

func newNames(docs []Document) *names {
	n := &names{heads: map[string][]called{}}
	for i := range docs {
		for _, c := range callings(docs[i]) {
			h := head(c)
			n.heads[h] = append(n.heads[h], called{c, i})
		}
	}
	for _, list := range n.heads {
		slices.SortStableFunc(list, func(a, b called) int { return cmp.Compare(len(b.name), len(a.name)) })
	}
	return n
}

// head returns the first two characters of a text.
func head(s string) string {
	_, a := utf8.DecodeRuneInString(s)
	_, b := utf8.DecodeRuneInString(s[a:])
	return s[:a+b]
}

// nation is what the titles of national laws begin with and people leave out.
const nation = "中华人民共和国"

// callings lists what a document is called: its title and id, and both without the nation, the issuer, and marks such
// as （试行） behind.
func callings(d Document) []string {
	var out []string
	add := func(s string) {
		n := utf8.RuneCountInString(s)
		if (n > 2 || n == 2 && strings.HasSuffix(s, "法")) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, s := range []string{parse.Identity(d.Title), d.ID} {
		s = strings.ToLower(s)
		for _, mark := range []string{"(试行)", "（试行）", "(暂行)", "（暂行）"} {
			if short, ok := strings.CutSuffix(s, mark); ok {
				add(s)
				s = short
			}
		}
		add(s)
		add(strings.TrimPrefix(s, nation))
		if _, subject, ok := strings.Cut(s, "关于"); ok && utf8.RuneCountInString(subject) >= 6 {
			add(subject)
		}
	}
	return out
}

// Characters that stand before a name without being part of a longer one: 合同法 in 按合同法 is meant, in 劳动合同法 not.
const beforeName = "据照和与及在看查国的问请依是对用由于新旧反了到按说讲下有把给懂过跟同"

// What behind a name makes it another: 公司法人, 劳动合同法实施条例.
var afterName = []string{"人", "律", "院", "庭", "官", "规", "治", "定", "则", "实施", "司法解释", "若干"}

// Named lists the documents that a text names and that are answered from, in the order of the text. The text is in
// simplified script.
func (b *Base) Named(text string) []Mention {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.now == nil {
		return nil
	}
	return slices.DeleteFunc(b.now.names().in(text, b.now.docs), func(m Mention) bool { return b.Off(m.Document) })
}

func (n *names) in(text string, docs []Document) []Mention {
	// the text without what identity leaves out of a title, with the place of each byte
	var s strings.Builder
	var at []int
	for i, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(parse.IdentityMarks, r) {
			continue
		}
		l := unicode.ToLower(r)
		s.WriteRune(l)
		for range utf8.RuneLen(l) {
			at = append(at, i)
		}
	}
	at = append(at, len(text))
	bare := s.String()
	var out []Mention
	prev := rune(0)
	for i := 0; i < len(bare); {
		r, size := utf8.DecodeRuneInString(bare[i:])
		hit := ""
		doc := 0
		opened := at[i] > 0 && strings.HasSuffix(text[:at[i]], "《")
		if opened || !unicode.Is(unicode.Han, prev) || strings.ContainsRune(beforeName, prev) {
			for _, c := range n.heads[head(bare[i:])] {
				if strings.HasPrefix(bare[i:], c.name) && !continues(bare[i+len(c.name):], opened) {
					hit, doc = c.name, c.doc
					break
				}
			}
		}
		if hit == "" {
			prev, i = r, i+size
			continue
		}
		end := i + len(hit)
		m := Mention{docs[doc].ID, docs[doc].Title, at[i], at[end]}
		if opened {
			m.From -= len("《")
		}
		out = append(out, m)
		prev, _ = utf8.DecodeLastRuneInString(hit)
		i = end
	}
	return out
}

// continues reports whether what follows a name makes it another one. Within title marks only a longer title does.
func continues(rest string, opened bool) bool {
	for _, a := range afterName {
		if strings.HasPrefix(rest, a) && (!opened || utf8.RuneCountInString(a) > 1) {
			return true
		}
	}
	return false
}

// Headings lists the articles of a document in their order; nil if it is not held or not answered from.
func (b *Base) Headings(document string) []Ref {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.now == nil || b.now.byID[document] == nil || b.Off(document) {
		return nil
	}
	d := b.now.byID[document]
	out := make([]Ref, len(d.Articles))
	for i, a := range d.Articles {
		out[i] = Ref{Document: d.ID, Article: a.Number, Heading: a.Heading}
	}
	return out
}

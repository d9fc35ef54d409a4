package knowledge

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"smebot/knowledge/parse"
)

var damaged = regexp.MustCompile(`[\d.]*[\x{E000}-\x{F8FF}][\d.]*`)

// DamageMark stands where characters of the source cannot be read; a whole figure is hidden when one of its
// digits is damaged, since the rest of it would read as another figure.
const DamageMark = "□□"

// Display returns official words fit to be shown: damaged places are marked, nothing else is changed.
func Display(s string) string { return damaged.ReplaceAllString(s, DamageMark) }

// Damaged reports whether a text has characters that the source lost.
func Damaged(s string) bool { return damaged.MatchString(s) }

var figure = regexp.MustCompile(`\d+(?:\.\d+)?`)

// unsupported returns the first figure of words that occurs in none of the articles' texts.
func unsupported(words string, articles ...string) (string, bool) {
	held := map[string]bool{}
	for _, a := range articles {
		for _, f := range figure.FindAllString(Display(a), -1) {
			held[f] = true
		}
	}
	for _, f := range figure.FindAllString(words, -1) {
		if !held[f] {
			return f, true
		}
	}
	return "", false
}

// spelt is a figure written in Chinese characters. Single ones count only before a unit of money or of a share: 一个 and
// 一般 are no figures.
var spelt = regexp.MustCompile(`(第?)([零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]+|[一二两三四五六七八九十](?:[元成倍折]))`)

// spelling returns the figures that a text writes in Chinese characters, numbers of articles left out.
func spelling(text string) []string {
	var out []string
	for _, m := range spelt.FindAllStringSubmatch(text, -1) {
		if m[1] == "" {
			out = append(out, strings.TrimRight(m[2], "元成倍折"))
		}
	}
	return out
}

// value is what a figure written in Chinese characters comes to.
func value(figure string) (float64, bool) {
	for _, u := range []struct {
		name string
		unit float64
	}{{"亿", 1e8}, {"万", 1e4}} {
		if head, tail, ok := strings.Cut(figure, u.name); ok {
			h, fine := value(head)
			t, rest := value(tail)
			return h*u.unit + t, fine && (rest || tail == "")
		}
	}
	n, ok := parse.Number(figure)
	return float64(n), ok
}

var figureWithUnit = regexp.MustCompile(`(\d+(?:\.\d+)?)([万亿]?)`)

// Unsupported returns the first figure of words, in digits or in Chinese characters, that an article does not hold.
// An article that is not held supports none. Words that staff write about an article are checked with it.
func (b *Base) Unsupported(words string, r Ref) (figure string, bad bool) {
	_, art, _ := b.Article(r)
	words = norm.NFKC.String(words)
	if f, bad := unsupported(words, art.Text); bad {
		return f, true
	}
	held := map[float64]bool{}
	for _, m := range figureWithUnit.FindAllStringSubmatch(Display(art.Text), -1) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			continue
		}
		held[n], held[n*map[string]float64{"": 1, "万": 1e4, "亿": 1e8}[m[2]]] = true, true
	}
	for _, f := range spelling(art.Text) {
		if v, ok := value(f); ok {
			held[v] = true
		}
	}
	for _, f := range spelling(words) {
		if v, ok := value(f); ok && !held[v] {
			return f, true
		}
	}
	return "", false
}

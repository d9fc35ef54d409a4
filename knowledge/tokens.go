package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/registry"
)

// Tokenizer names the tokenizer of the index in bleve's registry: overlapping pairs of Chinese characters, whole
// words of letters and digits, lower-cased. Words cut by a dictionary lose recall on law texts; pairs do not.
const Tokenizer = "smebot_bigrams"

func init() {
	if err := registry.RegisterTokenizer(Tokenizer, func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) {
		return tokenizer{}, nil
	}); err != nil {
		panic(err)
	}
}

type tokenizer struct{}

// Tokenize implements analysis.Tokenizer.
func (tokenizer) Tokenize(in []byte) analysis.TokenStream {
	out := make(analysis.TokenStream, 0, len(in)/3)
	tokens(string(in), func(term string, start, end int) {
		out = append(out, &analysis.Token{Term: []byte(term), Start: start, End: end, Position: len(out) + 1, Type: analysis.Ideographic})
	})
	return out
}

// tokens calls yield for each term of s with its place in bytes. A single Chinese character between other
// things is a term of its own, so that a question of one character finds something.
func tokens(s string, yield func(term string, start, end int)) {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.Is(unicode.Han, r) || unicode.Is(unicode.Co, r):
			j, count := i+n, 1
			prev := i
			for j < len(s) {
				r2, n2 := utf8.DecodeRuneInString(s[j:])
				if !unicode.Is(unicode.Han, r2) && !unicode.Is(unicode.Co, r2) {
					break
				}
				yield(s[prev:j+n2], prev, j+n2)
				prev = j
				j += n2
				count++
			}
			if count == 1 {
				yield(s[i:j], i, j)
			}
			i = j
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			j := i + n
			for j < len(s) {
				r2, n2 := utf8.DecodeRuneInString(s[j:])
				if !(unicode.IsLetter(r2) || unicode.IsDigit(r2)) || unicode.Is(unicode.Han, r2) {
					break
				}
				j += n2
			}
			yield(strings.ToLower(s[i:j]), i, j)
			i = j
		default:
			i += n
		}
	}
}

// Terms returns the index terms of a text, in order, repeats included.
func Terms(s string) []string {
	out := make([]string, 0, len(s)/3)
	tokens(s, func(t string, _, _ int) { out = append(out, t) })
	return out
}

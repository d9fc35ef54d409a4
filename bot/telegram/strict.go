package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth of a webhook body. A message that replies to a message with a keyboard nests about ten deep.
const maxDepth = 64

// checkJSON refuses what encoding/json would let pass: a second document, deep nesting, and two keys of one
// object that are the same but for letter case, of which the later would overwrite the earlier
// ("UPDATE_ID" fills update_id). The document must be an object.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("body is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	type level struct {
		keys map[string]struct{} // nil in an array
		want bool                // the next string is a key
	}
	var stack []level
	for {
		tok, err := dec.Token()
		if err != nil {
			return errors.New("body is not JSON")
		}
		if len(stack) == 0 && tok != json.Delim('{') {
			return errors.New("body is not a JSON object")
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				if len(stack) > 0 {
					stack[len(stack)-1].want = true // a value: the key after it comes next
				}
				l := level{}
				if t == '{' {
					l = level{keys: map[string]struct{}{}, want: true}
				}
				if stack = append(stack, l); len(stack) > maxDepth {
					return errors.New("body nests too deep")
				}
				continue
			}
			if stack = stack[:len(stack)-1]; len(stack) > 0 {
				continue
			}
			if _, err := dec.Token(); err != io.EOF {
				return errors.New("body holds more than one document")
			}
			return nil
		case string:
			top := &stack[len(stack)-1]
			if top.keys != nil && top.want {
				k := fold(t)
				if _, twice := top.keys[k]; twice {
					return errors.New("body holds a key twice")
				}
				top.keys[k] = struct{}{}
				top.want = false
				continue
			}
			top.want = true
		default:
			stack[len(stack)-1].want = true
		}
	}
}

// fold maps strings that encoding/json takes for the same key to one string: it compares without regard to
// case by simple folding, where even "ſ" is an "s".
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

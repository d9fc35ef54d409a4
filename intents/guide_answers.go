package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// only returns the one option of a node for which a test holds; ok is false for none and for several.
func (n node) only(holds func(option) bool) (option, bool) {
	var found []option
	for _, o := range n.options {
		if holds(o) {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return option{}, false
	}
	return found[0], true
}

// saidAlready returns the one option of a node that words name; ok is false for none and for several.
func (n node) saidAlready(folded string) (option, bool) {
	return n.only(func(o option) bool { return o.cue != nil && o.cue.MatchString(folded) })
}

// caption returns the option whose caption words are.
func (n node) caption(said string) (option, bool) {
	return n.only(func(o option) bool {
		k := key("guide." + n.id + "." + o.id)
		return said == fold(say("zh", k)) || said == fold(say("en", k))
	})
}

// answered returns the option that an answer in the person's own words means: what names it for certain, then a
// part of its caption, then words that mean it here. said is folded, normal the same in Mandarin.
func (n node) answered(said, normal string) (option, bool) {
	for _, words := range []string{said, normal} {
		if o, ok := n.saidAlready(words); ok {
			return o, true
		}
	}
	if o, ok := n.only(func(o option) bool { return n.holdsPart(o, said) || n.holdsPart(o, normal) }); ok {
		return o, true
	}
	return n.only(func(o option) bool {
		return o.means != nil && (o.means.MatchString(said) || o.means.MatchString(normal))
	})
}

var captionCut = regexp.MustCompile(`[,，、;]| and `)

// holdsPart reports whether words hold a part of an option's caption, or are a piece of one.
func (n node) holdsPart(o option, said string) bool {
	if o.id == n.options[len(n.options)-1].id || said == "" {
		return false
	}
	k := key("guide." + n.id + "." + o.id)
	for _, l := range []string{simplified[k], english[k]} {
		for _, part := range captionCut.Split(l, -1) {
			p := fold(part)
			least := 2
			if !isHan(p) {
				least = 6
			}
			if utf8.RuneCountInString(p) >= least && strings.Contains(said, p) || utf8.RuneCountInString(said) >= least && strings.Contains(p, said) {
				return true
			}
		}
	}
	return false
}

// unsureHow finds the ways of saying that one is not sure, in a short answer.
var unsureHow = regexp.MustCompile(`不知|唔知|不确定|不清楚|唔清楚|说不[清准好]|讲唔|讲不清|分不清|都不是|都唔系|都不像|没有一样|随便|随意|都可以|都行|是但|系但|你(?:们|帮我|替我|来)?(?:选|定|决定|拣|看|推荐)|帮我(?:选|拣|定|看)|不好说|难讲|难说|不懂(?:选|怎么)|最后一[个项]|尾[嗰𠮶]个|not sure|unsure|no idea|do not know|don t know|dunno|none of|you (?:choose|decide|pick)|whatever|hard to say|the last (?:one)?`)

// longestUnsure is how long in characters such an answer is; a longer one tells something.
const longestUnsure = 30

// notSure reports whether folded words say that the person is not sure.
func notSure(said string) bool {
	return unsure[said] || utf8.RuneCountInString(said) <= longestUnsure && unsureHow.MatchString(said)
}

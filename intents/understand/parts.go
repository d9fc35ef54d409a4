package understand

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// This file finds the requests of a message that holds several.

var (
	sentenceEnd = regexp.MustCompile(`[。!?;\n]`)
	// what begins another request, and says nothing itself but for the wish
	another = regexp.MustCompile(`另外|还有|顺便|顺带|同时|以及|再问|另问|还想|还要|还缺|也想|也要|又想|又要|\b(?:also|besides|by the way|plus)\b`)
	joins   = regexp.MustCompile(`^(?:另外|还有|顺便|顺带|同时|以及|再问|另问|(?:and )?(?:also|besides|by the way|plus)|[,，、：:]|\s|就是|问一?下|请问|一个是|第?[一二三12][是、.)])+`)
	// words that announce several requests: then commas part them too
	several   = regexp.MustCompile(`(?:两|二|2|三|3|几)(?:件|个|样|桩)(?:事|问题|东西)|这两样|分别|各找|各是|一是|都找|两个(?:都|书|数)|\btwo (?:questions|things)\b`)
	announces = regexp.MustCompile(`^(?:我|就|有|都|先|还|想|要|请|办平台|跟你|麻烦|你|帮)*(?:问|请教|打听|查|了解|咨询)?(?:一?下)?(?:两|二|2|三|3|几)(?:件|个|样|桩)(?:事情?|问题|东西)?[:：,，]?|^(?:分别|各|这两样|都)(?:找|是|怎么|归|在).{0,6}$`)
)

const (
	minPart   = 4    // characters of a request
	surePart  = 0.55 // confidence from which a part counts as a request of its own
	mostParts = 5
	// longestList is how many characters a message may have to be read as a list of requests; a longer one is a story,
	// in which the first thing told is not what is asked.
	longestList = 60
)

// partsOf lists the requests of a message that seems to hold two to five, none for any other.
func partsOf(text string) []string {
	var parts []string
	for _, sentence := range sentenceEnd.Split(text, -1) {
		pieces := []string{sentence}
		if several.MatchString(text) {
			pieces = strings.FieldsFunc(sentence, func(r rune) bool { return strings.ContainsRune(",，、:：", r) })
		}
		for _, p := range pieces {
			at := 0
			for _, m := range another.FindAllStringIndex(p, -1) {
				if utf8.RuneCountInString(p[at:m[0]]) >= minPart {
					parts, at = append(parts, p[at:m[0]]), m[0]
				}
			}
			parts = append(parts, p[at:])
		}
	}
	for i, p := range parts {
		parts[i] = strings.Trim(announces.ReplaceAllString(joins.ReplaceAllString(p, ""), ""), " ,，、")
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return utf8.RuneCountInString(p) < minPart })
	if len(parts) < 2 || len(parts) > mostParts {
		return nil
	}
	return parts
}

// withSecond completes what a message means by another request in it. Where parts of it mean different things, each
// surely, the first of them is what the message means; a place outside the province holds for all of it.
func (u *Understander) withSecond(n normal, whole Result) Result {
	if whole.Taught || whole.Answer != "" || otherPlace(n.text) != "" {
		return whole
	}
	switch whole.Intent {
	case Policy, Platform, Referral, Clarify, NoAnswer:
	default:
		return whole
	}
	var sure []Result
	for _, p := range partsOf(n.text) {
		part := u.normalise(p)
		part.language = n.language
		r := u.classify(part)
		if r.Confidence < surePart || !r.leadsSomewhere() || slices.ContainsFunc(sure, r.sameAs) {
			continue
		}
		sure = append(sure, r)
	}
	if len(sure) > 1 && sure[0].Intent == sure[1].Intent && whole.Intent != Referral && utf8.RuneCountInString(n.text) <= longestList {
		first := sure[0]
		first.Second = &sure[1]
		return first
	}
	if whole.Intent == Clarify || whole.Intent == NoAnswer {
		return whole
	}
	for _, r := range sure {
		if !whole.sameAs(r) && (whole.Intent != Referral || r.Intent == Policy) && (r.Intent == Policy || whole.Intent == Policy || !slices.Contains(whole.Platforms, r.Platforms[0])) {
			whole.Second = &r
			break
		}
	}
	return whole
}

// leadsSomewhere reports whether a result names an article or a platform type.
func (r Result) leadsSomewhere() bool {
	return r.Intent == Policy && len(r.Articles) > 0 && !r.Unsure || r.Intent == Platform && len(r.Platforms) > 0
}

// sameAs reports whether two results lead to the same article or platform type.
func (r Result) sameAs(o Result) bool {
	switch {
	case r.Intent != o.Intent:
		return false
	case r.Intent == Policy:
		return len(r.Articles) > 0 && len(o.Articles) > 0 && r.Articles[0].Ref == o.Articles[0].Ref
	case r.Intent == Platform:
		return len(r.Platforms) > 0 && len(o.Platforms) > 0 && r.Platforms[0] == o.Platforms[0]
	}
	return true
}

package intents

import (
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"

	"smebot/bot"
)

// linkBytes is what a choice costs on WeChat besides its words, which stand in the link and in the line:
// <a href="weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…">1. …</a>.
const linkBytes = 80

// room is the number of bytes left for the text of a reply with these choices, on the narrowest channel.
func room(choices []bot.Choice) int {
	n := bot.MaxReplyBytes
	for _, c := range choices {
		n -= 2*len(c.Label) + linkBytes
	}
	return n
}

var ordinal = regexp.MustCompile(`^(?:那|咁)?(?:我?(?:选择|选|拣|要选|要|按|回复|回|option |number |no |choice )?)(?:第|the )?(\d{1,2}|[一二三四五六七八九十]{1,2})(?:st|nd|rd|th)?(?:个|项|号|种|样)?(?: one)?(?:吧|啦|喇|呀|呢|谢谢| please)?$`)

var ordinalWords = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "the first": 1, "the second": 2, "the third": 3, "the fourth": 4, "the fifth": 5,
	"the first one": 1, "the second one": 2, "the third one": 3, "first one": 1, "second one": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}

// number reads a message that only names a position: 2, ２, ②, 二, 第二个, "2.", 选2, "the second".
func number(folded string) (int, bool) {
	if n, ok := ordinalWords[folded]; ok {
		return n, true
	}
	m := ordinal.FindStringSubmatch(folded)
	if m == nil {
		return 0, false
	}
	if n, err := strconv.Atoi(m[1]); err == nil {
		return n, true
	}
	return chineseNumber(m[1]), true
}

// chineseNumber reads 一 to 九十九.
func chineseNumber(s string) int {
	n, unit := 0, 0
	for _, r := range s {
		if r == '十' {
			n += max(unit, 1) * 10
			unit = 0
			continue
		}
		unit = slices.Index([]rune("〇一二三四五六七八九"), r)
	}
	return n + max(unit, 0)
}

// longestChoice bounds in bytes the messages that are compared with choices.
const longestChoice = 150

// find returns the choice that folded words mean: its number, its label, its value.
func (m *menu) find(folded string) (bot.Choice, bool) {
	if m == nil || folded == "" || len(folded) > longestChoice {
		return bot.Choice{}, false
	}
	for _, c := range m.Choices {
		if folded == fold(c.Label) || folded == fold(c.Value) {
			return c, true
		}
	}
	if n, ok := number(folded); ok && n >= 1 && n <= len(m.Choices) {
		return m.Choices[n-1], true
	}
	return bot.Choice{}, false
}

// pressed returns the choice that a press of this very menu means.
func (m *menu) pressed(p *bot.Press) (bot.Choice, bool) {
	if m == nil || p == nil || p.Menu != m.ID || p.Index < 0 || p.Index >= len(m.Choices) {
		return bot.Choice{}, false
	}
	return m.Choices[p.Index], true
}

// menuBits bounds menu numbers: WeChat's menu ids carry number and position in one int64, Telegram's callback
// data in 64 bytes.
const menuBits = 27

// derive makes a number for a purpose out of a turn's randomness.
func derive(nonce [16]byte, purpose string) [32]byte {
	return sha256.Sum256(append(nonce[:], purpose...))
}

// newMenu names choices. The same question with the same choices keeps its number, so that a button of the
// question's first showing still works after a digression.
func newMenu(old *menu, k string, choices []bot.Choice, nonce [16]byte) *menu {
	if len(choices) == 0 {
		return nil
	}
	if old != nil && k != "" && old.Key == k && slices.Equal(old.Choices, choices) {
		return old
	}
	sum := derive(nonce, "menu")
	id := binary.BigEndian.Uint32(sum[:4]) & (1<<menuBits - 1)
	for id == 0 || old != nil && id == old.ID {
		id = (id + 1) & (1<<menuBits - 1)
	}
	return &menu{ID: id, Key: k, Choices: choices}
}

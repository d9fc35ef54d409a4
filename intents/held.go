package intents

import (
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// held answers a person whose thread staff took over. The bot says once that a colleague is answering, then is
// silent and leaves the dialogue where it stood. It reports false for what nobody but the bot can do: rights over
// one's own data, a correction once begun, and leaving.
func (t *turn) held() (out, bool) {
	m := t.in.Message
	if !t.in.Held.On || m.Group || m.Kind == bot.KindUnsubscribe || t.st.Erase || t.inForm() && t.st.Draft.Mends != "" {
		return out{}, false
	}
	if c, ok := commandOf(fold(m.Text)); ok && ownData[c] {
		return out{}, false
	}
	if m.Press != nil && m.Press.Menu >= 1<<menuBits { // whether it helped: no part of the dialogue
		return out{}, false
	}
	if t.text = strings.TrimSpace(m.Text); t.text != "" && !saysAgree(fold(t.text)) {
		if res := t.understood(); res.Intent == understand.Privacy && (res.Ask != understand.Withdraw || takesConsentBack(t.text)) {
			t.res = nil // it is asked again once the message is read in full
			return out{}, false
		}
	}
	t.effects = append(t.effects, store.HeldTurn{Who: m.From})
	if t.in.Held.Told {
		return out{}, true
	}
	return out{text: t.say(heldNotice), intent: understand.Human}, true
}

// ownData are the commands by which people use their rights.
var ownData = map[command]bool{cmdShow: true, cmdReveal: true, cmdCorrect: true, cmdErase: true, cmdEraseYes: true, cmdWithdraw: true, cmdStop: true}

// Talk says what staff may read of a turn later: the words of both sides with contact details masked, since those
// are kept with a lead alone. Nothing is kept of what was said in a group.
func Talk(in bot.Input, o bot.Outcome) bot.Talk {
	if in.Message.Group {
		return bot.Talk{}
	}
	return bot.Talk{Said: maskTalk(cutRunes(in.Message.Text, maxText)), Replied: maskTalk(o.Reply.Numbered())}
}

// maskTalk masks line by line, lest the number of a choice be taken for the end of the line above, and spares the
// numbers of leads, which would look like telephone numbers.
func maskTalk(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = maskLine(l)
	}
	return strings.Join(lines, "\n")
}

func maskLine(text string) string {
	var b strings.Builder
	for {
		at := leadPattern.FindStringIndex(text)
		if at == nil {
			b.WriteString(mask(text))
			return b.String()
		}
		b.WriteString(mask(text[:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		text = text[at[1]:]
	}
}

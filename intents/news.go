package intents

import (
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// speaks is a turn without a message: words that come by themselves, in the language of a conversation.
func (r *Router) speaks(state []byte, now time.Time) *turn {
	st := readState(state)
	return &turn{r: r, in: bot.Input{Now: now}, st: st, lang: st.Lang}
}

// News tells a person where their lead stands since staff moved it, in the language of their conversation. It offers
// no choices: a number typed after it means what it meant before. It is empty where there is nothing to tell.
func (r *Router) News(state []byte, l store.Lead, now time.Time) bot.Reply {
	if l.Status == store.New || l.Reason == store.Withdrawn {
		return bot.Reply{}
	}
	t := r.speaks(state, now)
	return bot.Reply{Text: t.say(newsHead, "number", l.Number, "state", t.statusWords(l)) + "\n" + t.say(newsFoot), Intent: string(understand.Status)}
}

// verdictLabels are the answers to whether it helped, in the order of store.Verdicts.
var verdictLabels = map[store.Verdict]key{store.HelpedYes: labelHelpedYes, store.HelpedPartly: labelHelpedSome, store.HelpedNo: labelHelpedNo}

// rateWord begins the values of those answers. The number of the lead follows, so that an answer is about that lead
// whatever has been said since.
const rateWord = "评价"

// AskHelped asks a person whether a lead of theirs helped. Its choices are about that lead for ever.
func (r *Router) AskHelped(state []byte, l store.Lead, now time.Time) bot.Reply {
	t := r.speaks(state, now)
	reply := bot.Reply{Text: t.say(askHelped, "number", l.Number), Menu: rateMenu(l.Number), Intent: string(understand.Status)}
	for _, v := range store.Verdicts {
		reply.Choices = append(reply.Choices, bot.Choice{Label: t.say(verdictLabels[v]), Value: rateWord + " " + l.Number + " " + say("zh", verdictLabels[v])})
	}
	return reply
}

// rateMenu names the choices about a lead. It is beyond the numbers that newMenu draws, so no menu of the dialogue
// is mistaken for it.
func rateMenu(number string) uint32 {
	sum := sha256.Sum256([]byte(rateWord + number))
	return 1<<menuBits | binary.BigEndian.Uint32(sum[:4])&(1<<menuBits-1)
}

// talkPause is how long after a person's last message nothing comes by itself that could wait.
const talkPause = 10 * time.Minute

// Busy reports whether a conversation is in the middle of something that a question from outside would disturb: a
// form not finished, or words said minutes ago.
func Busy(stored []byte, now time.Time) bool {
	s := readState(stored)
	s.prune(now)
	return s.Draft != nil || now.Sub(time.Unix(s.At, 0)) < talkPause
}

var rateForm = regexp.MustCompile(`^` + rateWord + `\s*(20\d{6}-[0-9A-Z]{6})\s*(\S+)$`)

// rated takes a message that answers whether a lead helped: a tap on the question's choices at any time, their words
// while the question is not answered, and a number or a plain "useful" while the question is what was said last.
func (t *turn) rated(m bot.Message) (out, bool) {
	if m.Group {
		return out{}, false
	}
	if m.Kind == bot.KindPress && m.Press != nil {
		if m.Press.Menu < 1<<menuBits || m.Press.Index < 0 || m.Press.Index >= len(store.Verdicts) {
			return out{}, false
		}
		return t.rate(store.Verdicts[m.Press.Index], func(l store.Lead) bool { return rateMenu(l.Number) == m.Press.Menu })
	}
	if m.Kind != bot.KindText || len(m.Text) > longestChoice {
		return out{}, false
	}
	if found := rateForm.FindStringSubmatch(plain(m.Text)); found != nil {
		if v, ok := verdictIn(fold(found[2])); ok {
			return t.rate(v, func(l store.Lead) bool { return l.Number == found[1] })
		}
	}
	said := fold(m.Text)
	if v, ok := verdictIn(said); ok {
		return t.rate(v, func(l store.Lead) bool { return l.Helped == "" })
	}
	if t.st.Last == "" || t.inForm() || t.st.Guide != nil {
		return out{}, false
	}
	n, isNumber := number(said)
	v, fits := store.HelpedYes, true
	switch c, _ := commandOf(said); {
	case isNumber && n >= 1 && n <= len(store.Verdicts):
		v = store.Verdicts[n-1]
	case c == cmdUseful:
	case c == cmdUseless:
		v = store.HelpedNo
	default:
		fits = false
	}
	if !fits {
		return out{}, false
	}
	return t.rate(v, func(l store.Lead) bool { return l.Helped == "" && l.Asked.Unix() > t.st.At })
}

func verdictIn(folded string) (store.Verdict, bool) {
	for v, k := range verdictLabels {
		if folded == fold(simplified[k]) || folded == fold(english[k]) {
			return v, true
		}
	}
	return "", false
}

// rate keeps the answer with the person's lead that was asked about last among those that fit. Without one the
// message means something else.
func (t *turn) rate(v store.Verdict, fits func(store.Lead) bool) (out, bool) {
	leads, err := t.leads()
	if err != nil {
		return out{text: t.say(lookupFailed), intent: understand.Status, keep: true}, true
	}
	var about store.Lead
	for _, l := range leads {
		if !l.Asked.IsZero() && l.Asked.After(about.Asked) && fits(l) {
			about = l
		}
	}
	if about.Number == "" {
		return out{}, false
	}
	t.effects = append(t.effects, store.Rate{Who: t.in.Message.From, Number: about.Number, Verdict: v})
	thanks := t.say(map[store.Verdict]key{store.HelpedYes: saidYes, store.HelpedPartly: saidSome, store.HelpedNo: saidNo}[v])
	t.st.Erase = false
	switch {
	case t.inForm():
		return t.aside(out{text: thanks}, false), true
	case t.st.Guide != nil:
		return t.current(thanks), true
	}
	return t.withMenu(out{text: thanks, intent: understand.Status}), true
}

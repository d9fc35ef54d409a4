package intents

import (
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
)

// sureKey names the question that is put before something is lost. Its choices were asked about already.
const sureKey = "sure"

// losing are the choices that take away what a person told. A number typed is no word for one of them: it may have
// been meant for something else, and a web page shows no numbers.
var losing = []key{labelCancel, labelQuit, labelRefuse, labelWithdraw}

// byNumber asks before a choice that loses something is taken by its number. ok is false for all others.
func (t *turn) byNumber(c bot.Choice, folded string) (out, bool) {
	if folded == fold(c.Label) || folded == fold(c.Value) || t.st.Menu.Key == sureKey {
		return out{}, false
	}
	for _, k := range losing {
		switch d := t.st.Draft; {
		case c.Value != say("zh", k):
		case k == labelWithdraw:
			return t.askWithdraw(), true
		case t.inForm() && d.Mends == "" && d.Firm+d.Town+d.Need+d.Contact+d.Phone != "":
			return t.askCancel(), true
		}
	}
	return out{}, false
}

// askCancel asks before the form is thrown away. The first choice keeps it.
func (t *turn) askCancel() out {
	return out{text: t.say(sureCancel), intent: understand.Referral, key: sureKey, choices: []bot.Choice{
		{Label: t.say(labelKeepOn), Value: say("zh", labelKeepOn)}, {Label: t.say(labelQuitYes), Value: say("zh", labelQuitYes)},
	}}
}

// sureAnswer takes the answer to askCancel. A yes answers that question and not the form's.
func (t *turn) sureAnswer(said string) (out, bool) {
	if t.st.Menu == nil || t.st.Menu.Key != sureKey || !t.inForm() || !strings.Contains(t.st.Menu.Choices[0].Value, say("zh", labelKeepOn)) {
		return out{}, false
	}
	switch {
	case eraseYes[said]:
		return t.leaveForm(), true
	case affirms(said):
		return t.askCancel(), true
	case refuse[said] && !neverAgrees(said): // 不同意 says no to the notice
		return t.ask(t.say(formResume)), true
	}
	return out{}, false
}

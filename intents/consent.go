package intents

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"smebot/bot"
	"smebot/knowledge"
	"smebot/store"
)

// noticeDate is when the notice last changed in substance. The hash beside it tells every change of words.
const noticeDate = "2026-11"

// receiverKind is Consent.Receiver: the notice names a kind of receiver, not yet the one organisation.
const receiverKind = "service-centre"

// Notice fills the notice that people read before they leave contact details. An empty field has a default in
// the catalogue, in the person's language; a given one is shown as it is in every language.
type Notice struct {
	Operator  string // who handles the data
	Contact   string // how to reach them
	Purpose   string // what for
	Way       string // how it is handled
	Kinds     string // which data
	Receiver  string // who gets it
	Retention string // how long it is kept
	Rights    string // how to see, correct, delete, withdraw
}

// keepLeads is how many days a lead is kept after it was closed, where the operator does not say.
const keepLeads = 1095

// filled returns the notice's fields with defaults, by name in the order they are shown.
func (o Options) filled(l knowledge.Language) map[string]string {
	or := func(s string, k key) string {
		if s == "" {
			return say(l, k)
		}
		return s
	}
	days := cmp.Or(o.KeepLeads, keepLeads)
	kept := say(l, keepDays, "n", strconv.Itoa(days))
	if days%365 == 0 && days > 365 {
		kept = say(l, keepYears, "n", strconv.Itoa(days/365))
	}
	return map[string]string{
		"operator":  or(cmp.Or(o.Notice.Operator, o.Centre), defaultCentre),
		"contact":   or(cmp.Or(o.Notice.Contact, o.Contact), defaultContact),
		"purpose":   or(o.Notice.Purpose, defaultPurpose),
		"way":       or(o.Notice.Way, defaultWay),
		"kinds":     or(o.Notice.Kinds, defaultKinds),
		"receiver":  or(o.Notice.Receiver, defaultReceiver),
		"retention": cmp.Or(o.Notice.Retention, say(l, defaultRetention, "time", kept)),
		"rights":    or(o.Notice.Rights, defaultRights),
	}
}

// Check reports a field of the notice that would be shown blank. A program refuses to start on it.
func (o Options) Check() error {
	for _, l := range []knowledge.Language{knowledge.Simplified, knowledge.Traditional, knowledge.English} {
		for name, value := range o.filled(l) {
			if strings.TrimSpace(value) == "" {
				return fmt.Errorf("privacy notice: the field %q is empty", name)
			}
		}
		if n := len(o.notice(l, bot.Telegram)); n > maxNotice {
			return fmt.Errorf("privacy notice: %d bytes, at most %d fit a reply", n, maxNotice)
		}
	}
	_, err := o.AtWork()
	return err
}

// maxNotice leaves room in a reply for the question that the notice comes with.
const maxNotice = 1500

// notice returns the words of the notice on a platform, as a list, without its version.
func (o Options) notice(l knowledge.Language, p bot.Platform) string {
	var pairs []string
	for k, v := range o.filled(l) {
		pairs = append(pairs, k, v)
	}
	var lines []string
	for _, k := range []key{noticeOperator, noticeKinds, noticePurpose, noticeWay, noticeReceiver, noticeKeep, noticeRights, noticeAge} {
		lines = append(lines, say(l, k, pairs...))
	}
	if p == bot.Telegram {
		lines = append(lines, say(l, noticeAbroad))
	}
	return strings.Join(lines, "\n")
}

// Notices returns the words of the notice as they are in force, in every language, with and without a transfer abroad.
func (o Options) Notices() []store.NoticeText {
	var list []store.NoticeText
	for _, l := range []knowledge.Language{knowledge.Simplified, knowledge.Traditional, knowledge.English} {
		for _, p := range []bot.Platform{bot.WeChat, bot.Telegram} {
			list = append(list, store.NoticeText{Version: o.noticeVersion(l, p), Language: string(l), Abroad: p == bot.Telegram, Words: o.notice(l, p)})
		}
	}
	return list
}

// noticeVersion names the words of the notice: date and hash.
func (o Options) noticeVersion(l knowledge.Language, p bot.Platform) string {
	sum := sha256.Sum256([]byte(o.notice(l, p)))
	return noticeDate + "/" + hex.EncodeToString(sum[:4])
}

// noticeVersions computes the versions once: every turn of a form compares them.
func (o Options) noticeVersions() map[knowledge.Language][2]string {
	m := map[knowledge.Language][2]string{}
	for _, l := range []knowledge.Language{knowledge.Simplified, knowledge.Traditional, knowledge.English} {
		m[l] = [2]string{o.noticeVersion(l, bot.WeChat), o.noticeVersion(l, bot.Telegram)}
	}
	return m
}

// version names the notice in force for a language and platform.
func (r *Router) version(l knowledge.Language, p bot.Platform) string {
	if p == bot.Telegram {
		return r.versions[l][1]
	}
	return r.versions[l][0]
}

// showNotice returns the notice with its version and notes in the draft that it was shown.
func (t *turn) showNotice() string {
	d, p := t.st.Draft, t.in.Message.From.Platform
	if t.lang == "" {
		t.lang = knowledge.Simplified
	}
	d.Language, d.Notice = t.lang, t.r.version(t.lang, p)
	return t.say(noticeTitle, "version", d.Notice) + "\n" + t.r.opt.notice(t.lang, p)
}

// noticeFresh reports whether the notice shown is still the one in force. If not, a consent given to it is void.
func (t *turn) noticeFresh() bool {
	d := t.st.Draft
	return d.Notice != "" && d.Notice == t.r.version(d.Language, t.in.Message.From.Platform)
}

// agreed takes an explicit yes to what the form asks, or to the notice where it was just shown.
func (t *turn) agreed(step field) out {
	d := t.st.Draft
	if step == fAbroad {
		d.Abroad = true
		d.Consent.Abroad = true
		d.Order = append(d.Order, fAbroad)
		return t.prompt()
	}
	if d.Consent == nil {
		d.Consent = &store.Consent{Version: d.Notice, At: t.in.Now, Receiver: receiverKind}
		d.Order = append(d.Order, fConsent)
		d.Told = 0
		if step != fConsent {
			o := t.prompt()
			o.text = t.say(formNoNeed) + "\n" + o.text
			return o
		}
	}
	return t.prompt()
}

// refused takes a no: the form ends and everything in it is erased.
func (t *turn) refused() out {
	if t.st.Draft.Mends != "" {
		return t.leaveForm()
	}
	t.st.Draft, t.st.Need, t.st.NeedAt = nil, "", 0
	t.st.Refused = t.in.Now.Unix()
	return t.withMenu(out{text: t.say(formRefused), intent: "referral"})
}

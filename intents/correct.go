package intents

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/places"
	"smebot/knowledge/script"
)

// correction takes back or changes what was filled in: "电话错了，是139…", "不是古镇是小榄", "修改联系人". ok is
// false for a message that corrects nothing.
func (t *turn) correction(text string) (out, bool) {
	d, step := t.st.Draft, t.step()
	original := plain(text)
	s := strings.ToLower(script.Simplified(original))
	if o, ok := t.removed(text); ok {
		return o, true
	}
	if o, ok := t.lastDigits(text); ok {
		return o, true
	}
	if o, ok := t.addNeed(text, step); ok {
		return o, true
	}
	switch said := fold(text); {
	case leavesAsIs.MatchString(said):
		d.Edit = ""
		delete(d.Asked, fConfirm)
		return t.prompt(), true
	case amend[said] && step != fConfirm && step != fConsent && step != fAbroad && step != fThird:
		d.Edit = fChoose
		return t.prompt(), true
	}
	if o, ok := t.fieldAlone(step, fold(text)); ok {
		return o, true
	}
	if o, ok := t.nearerTown(step, text); ok {
		return o, true
	}
	for _, re := range corrections {
		if f, old, value, ok := parts(re, s, original); ok {
			if o, ok := t.correct(f, old, value, step); ok {
				return o, true
			}
		}
	}
	if f, _, value, ok := parts(fieldIs, s, original); ok && f != "" && d.value(f) != "" && d.Edit == "" {
		if v, ok := t.read(f, value); ok && v != d.value(f) && (step == fConfirm || f == fPhone || unmistakable(f, value)) {
			return t.change(f, value), true
		}
	}
	if m := changed.FindStringSubmatch(s); m != nil {
		if f := fieldNamed(fold(namedGroup(changed, m, "field"))); f != "" && d.value(f) != "" {
			d.Edit = f
			return t.prompt(), true
		}
	}
	if m := amending.FindStringSubmatch(s); m != nil {
		f := fieldNamed(fold(namedGroup(amending, m, "field")))
		if n := namedGroup(amending, m, "n"); n != "" && step == fConfirm {
			i, err := strconv.Atoi(n)
			if err != nil {
				i = chineseNumber(n)
			}
			if i >= 1 && i <= len(editable) {
				f = editable[i-1]
			}
		}
		if f != "" && (step == fConfirm || d.value(f) != "") {
			d.Edit = f
			return t.prompt(), true
		}
	}
	if o, ok := t.unasked(step, text); ok {
		return o, true
	}
	return t.unclearMend(step, text)
}

// unasked takes a firm or a number that stands alone where another was given before and something else is asked for:
// it is the right one.
func (t *turn) unasked(step field, text string) (out, bool) {
	d := t.st.Draft
	if d.Edit != "" {
		return out{}, false
	}
	if n, _, rest, fault := t.lineIn(text); fault == phoneOK && d.Phone != "" && step != fPhone && utf8.RuneCountInString(fold(rest)) <= 4 {
		if n == d.Phone {
			return t.ask(t.say(formNoted)), true
		}
		return t.change(fPhone, text), true
	}
	if _, _, fault := findPhone(text); fault == phoneTooMany && d.Phone != "" && d.Consent != nil && step != fPhone && step != fNeed && letters(text) <= 8 {
		return t.askWhichPhone(text), true
	}
	if low := lower(plain(text)); d.Firm != "" && step != fFirm && step != fNeed && step != fContact && firmInRow.MatchString(low) && aFirm(low) && fold(text) != fold(d.Firm) {
		return t.change(fFirm, text), true
	}
	return out{}, false
}

// removed takes a field out that the person does not want to have there: what may be left out is left out, a contact
// detail is erased at once and asked for again.
func (t *turn) removed(text string) (out, bool) {
	m := removal.FindStringSubmatch(lower(plain(text)))
	if m == nil {
		return out{}, false
	}
	d := t.st.Draft
	f := fieldNamed(fold(namedGroup(removal, m, "field")))
	switch {
	case f == "":
		return out{}, false
	case d.value(f) == "" && skippable(f):
		return t.skipField(f), true
	case d.value(f) == "":
		return t.ask(""), true
	}
	d.set(f, "")
	d.Edit = ""
	d.answered(f)
	first := t.say(formCleared, "field", t.say(names[f]))
	if skippable(f) {
		d.Skipped = append(d.Skipped, f)
	} else if f == fPhone || f == fContact {
		first += t.office(whyNot)
	}
	return t.ask(first), true
}

// parts matches a message and returns what its groups hold, the value in the script in which it was written.
func parts(re *regexp.Regexp, s, original string) (f field, old, value string, ok bool) {
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return "", "", "", false
	}
	group := func(name string) (int, int) {
		i := re.SubexpIndex(name)
		if i < 0 || m[2*i] < 0 {
			return 0, 0
		}
		return m[2*i], m[2*i+1]
	}
	if a, b := group("field"); b > a {
		if f = fieldNamed(fold(s[a:b])); f == "" {
			return "", "", "", false
		}
	}
	a, b := group("old")
	old = s[a:b]
	a, b = group("new")
	value = s[a:b]
	if utf8.RuneCountInString(s) == utf8.RuneCountInString(original) { // the conversion kept every character's place
		r := []rune(original)
		value = string(r[utf8.RuneCountInString(s[:a]):utf8.RuneCountInString(s[:b])])
	}
	return f, old, strings.Trim(value, " ,，。.;；:："), true
}

// correct acts on a correction. A field that is not named is found by the wrong value, by the kind of the right
// one, or is the last one answered.
func (t *turn) correct(f field, old, value string, step field) (out, bool) {
	d := t.st.Draft
	if f == fContact && t.meantFirm(value) {
		f = fFirm
	}
	told := false                                                                                                          // the field is named by its right value
	if inner, _, v, ok := parts(fieldIs, lower(value), value); ok && inner != "" && (f == "" && old == "" || f == inner) { // wrong, the name is Peter
		f, value, told = inner, v, true
	}
	if f != "" {
		switch {
		case d.value(f) == "" && f != step:
			if _, ok := t.read(f, value); ok && told {
				return t.change(f, value), true
			}
			return out{}, false
		case value == "":
			d.Edit = f
			return t.prompt(), true
		}
		return t.change(f, value), true
	}
	if old != "" {
		if _, ok := t.read(fTown, value); ok && d.Town != "" && knownTown(old) == d.Town { // Guzhen, kept as 中山市古镇镇
			return t.change(fTown, value), true
		}
		if v := t.partOfFirm(old, value); v != "" {
			return t.change(fFirm, v), true
		}
		for _, near := range []int{1, 2, 8} { // the value itself before one that only holds the words
			for _, e := range []field{fTown, fContact, fPhone, fFirm, fPlatform, fNeed} {
				have, wrong := fold(t.shown(e)), fold(old)
				if have == "" || !strings.Contains(have, wrong) || len(have) > near*len(wrong) {
					continue
				}
				if _, ok := t.read(e, value); ok && (e != fFirm || near < 8 || unmistakable(fFirm, value)) {
					return t.change(e, value), true
				}
			}
		}
		if e := fieldNamed(fold(old)); e != "" && d.value(e) != "" {
			return t.change(e, value), true
		}
		if _, ok := t.read(step, value); ok {
			return t.change(step, value), true
		}
		return out{}, false
	}
	for _, e := range []field{fPhone, fFirm, fTown, fContact} {
		if unmistakable(e, value) && (d.value(e) != "" || e == step || e == fContact && step != fFirm) {
			return t.change(e, value), true
		}
	}
	for _, e := range slices.Backward(d.Order) {
		if !slices.Contains(editable, e) || d.value(e) == "" {
			continue
		}
		if _, ok := t.read(e, value); ok {
			return t.change(e, value), true
		}
		break
	}
	return out{}, false
}

// shown is a field's value as the person knows it.
func (t *turn) shown(f field) string {
	v := t.st.Draft.value(f)
	if f == fPlatform && v != "" {
		return say("zh", typeName(v)) + say("en", typeName(v))
	}
	return v
}

// unmistakable reports whether words can only be a value of a field.
func unmistakable(f field, words string) bool {
	low := strings.ToLower(script.Simplified(plain(words)))
	switch f {
	case fPhone:
		_, _, fault := findPhone(words)
		return fault == phoneOK
	case fFirm:
		return firmInRow.MatchString(low)
	case fTown:
		return townInRow.MatchString(low) || len(places.Only(words)) > 0
	case fContact:
		return nameInRow.MatchString(low) && !everydayName(low)
	}
	return false
}

// read makes a field's value of words; ok is false if they cannot be one.
func (t *turn) read(f field, words string) (string, bool) {
	switch f {
	case fFirm:
		return firmOf(words)
	case fTown:
		return townOf(words)
	case fNeed:
		s := cutRunes(line(mask(words)), maxNeed)
		return s, len([]rune(fold(s))) >= 2 && !vague[fold(s)]
	case fPlatform:
		return typeOf(words)
	case fContact:
		return contactOf(words)
	case fPhone:
		n, _, _, fault := t.lineIn(words)
		return n, fault == phoneOK
	}
	return "", false
}

// change puts a new value into a field; one that cannot be read is asked for.
func (t *turn) change(f field, words string) out {
	d := t.st.Draft
	v, ok := t.read(f, words)
	d.Edit = ""
	if !ok {
		if d.value(f) != "" {
			d.Edit = f
		}
		return t.single(f, words)
	}
	asked := d.Third && d.Standing != "self" // whose number it is: another one is likely that person's too
	d.set(f, v)
	if f == fPhone {
		_, d.Ext, _, _ = t.lineIn(words)
		d.Third = thirdPerson(words) || asked
		d.vouch(t.text)
	}
	d.answered(f)
	if was := d.Platform; f == fNeed && (was == "" || d.Guessed) {
		res := t.r.understand.Understand(v) // the message holds what was taken back as well
		t.res, d.Platform = &res, ""
		if t.inferType(); d.Platform == "" {
			d.Platform, d.Guessed = was, was != ""
		}
	}
	return t.mended(f)
}

// mended says what a field is now. Contact details told before the consent are not repeated.
func (t *turn) mended(f field) out {
	d := t.st.Draft
	words := shorten(d.value(f), 40)
	switch {
	case f == fPlatform:
		words = t.say(typeName(d.Platform))
	case (f == fContact || f == fPhone) && d.Consent == nil:
		t.waits()
		words = ""
	case f == fPhone:
		words = t.number(d.Phone, d.Ext)
	}
	o := t.prompt()
	if words == "" {
		o.text = t.say(formMended, "field", t.say(names[f])) + "\n" + o.text
	} else {
		o.text = t.say(formChanged, "field", t.say(names[f]), "value", words) + "\n" + o.text
	}
	return o
}

// waits notes since when contact details are held without the consent.
func (t *turn) waits() {
	if d := t.st.Draft; d.Consent == nil && d.Told == 0 {
		d.Told = t.in.Now.Unix()
	}
}

// answered forgets how often a field was asked for.
func (d *draft) answered(f field) {
	delete(d.Tries, f)
	delete(d.Asked, f)
	delete(d.Asked, fConfirm) // what changed is shown whole
	d.Skipped = slices.DeleteFunc(d.Skipped, func(s field) bool { return s == f })
}

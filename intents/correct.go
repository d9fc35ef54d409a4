package intents

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/script"
)

// fieldWords are the words by which people name a field, folded.
var fieldWords = map[field][]string{
	fFirm:     {"企业名称", "企业", "公司名称", "公司名字", "公司", "公司名", "厂名", "企业名", "单位", "店名", "company name", "firm", "company"},
	fTown:     {"所在镇街", "镇街", "地址", "镇", "所在地", "地方", "town", "address"},
	fNeed:     {"具体需求", "需求", "request", "need"},
	fPlatform: {"平台类型", "平台", "类型", "服务平台", "platform", "kind"},
	fContact:  {"联系人", "姓名", "名字", "称呼", "contact", "name"},
	fPhone:    {"电话", "手机", "手机号", "手机号码", "电话号码", "号码", "联系电话", "联系方式", "phone number", "phone", "number", "mobile"},
}

// fieldNamed returns the field that words name.
func fieldNamed(said string) field {
	said = strings.TrimSuffix(said, "的")
	for _, f := range editable {
		if slices.Contains(fieldWords[f], said) {
			return f
		}
	}
	return ""
}

// anyField matches the words of fieldWords, the longest first.
var anyField = func() string {
	var all []string
	for _, list := range fieldWords {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return "(" + strings.Join(all, "|") + ")"
}()

// The ways of taking something back, in simplified script and lower case. A group called new holds the right
// value, old the wrong one, field what it is a value of.
var corrections = []*regexp.Regexp{
	// 电话错了，是139… / 我的名字写错咗 / 地址不对，应该是小榄
	regexp.MustCompile(`^(?:那个|刚才的?|刚刚的?|头先|我的|我嘅|上面的?|把|将)*(?P<field>` + anyField + `)(?:的|又)?(?:写|填|打|讲|说|输|发|报|弄)?(?:错了|错咗|错|不对|唔啱|唔对|有误|不正确)[\s,，。.!！;；:：]*(?:应该|应|正确的?|要|改)?(?:是|为|系|成)?[\s:：]*(?P<new>.*)$`),
	// 把电话改成139… / 镇街换成小榄
	regexp.MustCompile(`^(?:请|麻烦|帮我|唔该|我要|我想|要)*(?:把|将)?(?:我的)?(?P<field>` + anyField + `)(?:要|应该|应|请)?(?:改成|改为|改做|改到|换成|换做|换为|更正为|应该是|应该系|应是|应为|改|换)\s*[:：]?\s*(?P<new>.+)$`),
	// 不是古镇是小榄 / 唔系古镇，系小榄
	regexp.MustCompile(`^(?:哦|啊|噢|对不起|不好意思|唔好意思|sorry)?[\s,，]*(?:不是|唔系|不系|并不是)\s*(?P<old>.{1,30}?)[\s,，。;；]*(?:而|应该|应)?(?:是|系)\s*(?P<new>.{1,60})$`),
	// 是小榄，不是古镇
	regexp.MustCompile(`^(?:应该)?(?:是|系)\s*(?P<new>.{1,60}?)[\s,，。;；]*(?:不是|唔系|不系)\s*(?P<old>.{1,30})$`),
	// 不对，是小榄 / 打错了，139…
	regexp.MustCompile(`^(?:哦|啊|噢|对不起|不好意思|唔好意思)?[\s,，]*(?:不对|唔对|唔啱|不是|唔系|错了|错咗|(?:写|打|说|讲|填|输|搞)错了?|(?:写|打|讲|填)错咗|更正(?:一下)?|纠正(?:一下)?)[\s,，。.!！:：]+(?:应该|应|要)?(?:是|为|系)?\s*(?P<new>.+)$`),
	regexp.MustCompile(`^(?:sorry,? )?(?:my |the |our )?(?P<field>` + anyField + `) (?:is|was) (?:wrong|not right|incorrect)[\s,.;:]*(?:it is|it's|it should be|should be)?\s*(?P<new>.*)$`),
	regexp.MustCompile(`^(?:please )?(?:change|correct) (?:my |the |our )?(?P<field>` + anyField + `) to (?P<new>.+)$`),
	regexp.MustCompile(`^(?:sorry,? |no,? )?(?:it'?s |it is )?not (?P<old>.{1,30}?)[\s,]+(?:but|it is|it's)\s+(?P<new>.{1,60})$`),
	regexp.MustCompile(`^(?:sorry|no|wrong|correction)[\s,.!:]+(?:it is|it's|it should be|i meant?|i mean)\s+(?P<new>.+)$`),
}

var (
	fieldIs  = regexp.MustCompile(`^(?:我的|我嘅|我们的?)?(?P<field>` + anyField + `)(?:是|为|系|:| is)\s*(?P<new>.+)$`)
	amending = regexp.MustCompile(`^(?:我要|要|想|请)?(?:修改|更改|更正|改一下|改下|改|换|change|edit|correct)(?:第)?\s*(\d|[一二三四五六])?(?:项|个|条)?(.*)$`)
)

// correction takes back or changes what was filled in: "电话错了，是139…", "不是古镇是小榄", "修改联系人". ok is
// false for a message that corrects nothing.
func (t *turn) correction(text string) (out, bool) {
	d, step := t.st.Draft, t.step()
	original := plain(text)
	s := strings.ToLower(script.Simplified(original))
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
	if m := amending.FindStringSubmatch(s); m != nil && step == fConfirm {
		f := fieldNamed(fold(m[2]))
		if m[1] != "" {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				n = chineseNumber(m[1])
			}
			if n >= 1 && n <= len(editable) {
				f = editable[n-1]
			}
		}
		if f != "" {
			d.Edit = f
			return t.prompt(), true
		}
	}
	if step == fConfirm && d.Edit == "" {
		if n, rest, fault := findPhone(text); fault == phoneOK && n != d.Phone && len([]rune(fold(rest))) <= 4 {
			return t.change(fPhone, text), true // a bare number at the summary is the right one
		}
	}
	return out{}, false
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
	if f != "" {
		switch {
		case d.value(f) == "" && f != step:
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
		if unmistakable(e, value) && (d.value(e) != "" || e == step) {
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
		return townInRow.MatchString(low)
	case fContact:
		return nameInRow.MatchString(low)
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
		return s, len([]rune(fold(s))) >= 4
	case fPlatform:
		return typeOf(words)
	case fContact:
		return contactOf(words)
	case fPhone:
		n, _, fault := findPhone(words)
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
	d.set(f, v)
	if f == fPhone {
		d.Third = thirdPerson(words)
	}
	d.answered(f)
	if f == fNeed && d.Platform == "" {
		res := t.r.understand.Understand(v) // the message holds what was taken back as well
		t.res = &res
		t.inferType()
	}
	switch f {
	case fContact, fPhone: // not repeated: they may come before the consent
		t.waits()
		words = ""
	case fPlatform:
		words = t.say(typeName(v))
	default:
		words = shorten(v, 40)
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

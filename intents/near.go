package intents

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge/places"
	"smebot/store"
)

// Directory knows who offers a kind of platform where. It answers from memory.
type Directory interface {
	// Near returns up to limit organisations as near to a place as any, how near that is, and how many there are
	// at that distance; places.Far if there is none within the neighbouring cities.
	Near(slug string, at places.Place, limit int) (found []store.Organisation, how places.Closeness, all int)
	// Offers reports whether anybody offers a kind of platform anywhere.
	Offers(slug string) bool
}

// Bounds of what a reply says of organisations, so that it stays one reply on the narrowest channel.
const (
	nearShown = 2   // organisations named
	nearName  = 40  // characters of a name
	nearPart  = 50  // characters of contact and address each
	nearHours = 24  // characters of the hours
	nearBytes = 620 // bytes of it all
	townTries = 6   // towns of one name offered as choices
	unmetKept = 12  // things counted that a conversation remembers, lest they be counted twice
)

// knownTown writes a town as the directory does if the words name exactly one known place, and leaves others as
// they are typed.
func knownTown(words string) string {
	if found := places.Only(words); len(found) == 1 {
		return found[0].Full()
	}
	return words
}

// hearTown remembers the one place that a message names. The wider place of the one remembered says nothing new.
// Of a name that several bear, the one in the city known so far is meant; if none is, it can be asked back.
func (t *turn) hearTown(text string) {
	found := t.likely(places.Find(text))
	if len(found) != 1 {
		if oneName(found) {
			t.maybe = found
		}
		return
	}
	if was, ok := places.ByName(t.st.Town); ok && was.Within(found[0]) {
		return
	}
	if _, known := t.home(); known && found[0].Level == places.City {
		return // a city may be spoken of without being there: "is it the same in Shenzhen?"
	}
	t.st.Town, t.st.Ours = found[0].Full(), ourPlace(text, found[0])
}

// sitsIn ends in the word before the name of a firm's town.
var sitsIn = regexp.MustCompile(`(?:在|喺|位于|来自|\b(?:in|from|at) )$`)

// ourPlace reports whether a message says that the firm is in a place, and does not only speak of it.
func ourPlace(text string, p places.Place) bool {
	low := lower(plain(text))
	for at := range low {
		if rest := low[at:]; sitsIn.MatchString(low[:at]) {
			if found := places.Find(cutRunes(rest, 16)); len(found) > 0 && !asksSomething(text) && places.Distance(found[0], p) == places.Here {
				return true
			}
		}
	}
	return false
}

// likely keeps of several places those in the city where the firm is as far as is known; all, if none is there.
func (t *turn) likely(found []places.Place) []places.Place {
	at, ok := t.home()
	if !ok || len(found) < 2 || !oneName(found) {
		return found
	}
	var near []places.Place
	for _, p := range found {
		if p.City == at.City {
			near = append(near, p)
		}
	}
	if len(near) == 0 {
		return found
	}
	return near
}

// oneName reports whether several places bear one name: 中山's 沙溪 and 潮安's.
func oneName(found []places.Place) bool {
	for _, p := range found {
		if cutRunes(p.Name, 2) != cutRunes(found[0].Name, 2) {
			return false
		}
	}
	return len(found) > 1
}

// home is where the firm is, as far as it was said: in the form, in the conversation, or by the channel's
// default. ok is false if that is no known place.
func (t *turn) home() (places.Place, bool) {
	if d := t.st.Draft; d != nil {
		if p, ok := places.Known(d.Town); ok {
			return p, true
		}
	}
	if p, ok := places.ByName(t.st.Town); ok {
		return p, true
	}
	return places.Known(t.in.Message.Town)
}

// townsOffered are the towns that the form offers as choices: the one that the firm's name holds, and the one spoken
// of or the channel's.
func (t *turn) townsOffered() []string {
	var list []string
	if found := t.likely(places.Find(t.st.Draft.Firm)); len(found) == 1 && found[0].Level == places.Town {
		list = append(list, found[0].Full())
	}
	if town := t.townHeard(); town != "" && !slices.Contains(list, town) {
		list = append(list, town)
	}
	return list
}

// townHeard is the town spoken of, or the channel's.
func (t *turn) townHeard() string { return cmp.Or(t.st.Town, t.in.Message.Town) }

// oneTown returns a town as it is kept, or the name where several towns bear it and which one must be asked.
func (t *turn) oneTown(said string) (town, which string) {
	found := t.likely(places.Only(said))
	if d := t.st.Draft; d != nil && (len(found) != 1 || found[0].Level < places.Town) {
		if p, ok := thatOne(said, d.Which); ok {
			return p.Full(), ""
		}
	}
	switch len(found) {
	case 0:
		return said, ""
	case 1:
		return found[0].Full(), ""
	}
	return "", plain(said)
}

// thatOne is the town of a name that lies in the wider place a message names: "中山那个" after 沙溪 was asked back.
func thatOne(said, name string) (places.Place, bool) {
	if name == "" {
		return places.Place{}, false
	}
	for _, wide := range places.Find(said) {
		if p, ok := places.Known(wide.Full() + name); ok && p.Level == places.Town {
			return p, true
		}
	}
	return places.Place{}, false
}

func (t *turn) townChoice(full string) bot.Choice {
	return bot.Choice{Label: t.inScript(shorten(full, 16)), Value: full}
}

func (t *turn) townChoices(found []places.Place) []bot.Choice {
	var list []bot.Choice
	for _, p := range found[:min(len(found), townTries)] {
		list = append(list, t.townChoice(p.Full()))
	}
	return list
}

// near says who offers a kind of platform near the person, "" if the town is not known or no directory is kept.
// What is not to be had in the town itself is counted, once a month for each person, town and kind.
func (t *turn) near(slug string) string {
	at, ok := t.home()
	if !ok || t.r.dir == nil || t.in.Message.Group {
		return ""
	}
	found, how, all := t.r.dir.Near(slug, at, nearShown)
	town := t.inScript(at.Name)
	if how != places.Here {
		t.countUnmet(slug, at, how != places.Far)
	}
	if how == places.Far {
		if t.takesLeads() {
			return t.say(nearNone, "town", town)
		}
		return t.aboutTown(nearNoneHere, town)
	}
	head := t.say(nearHere, "town", town)
	switch where := whereWords(how, found[0]); {
	case how == places.Here:
	case at.Level == places.City && where == whereSameCity:
		head = t.say(nearInCity, "town", town)
	default:
		head = t.say(nearElse, "town", town, "where", t.say(whereWords(how, found[0])))
	}
	lines := []string{head}
	for _, o := range found {
		lines = append(lines, t.oneOffice(o, how != places.Here))
	}
	if more := all - len(found); more > 0 {
		lines = append(lines, t.say(nearMore, "count", strconv.Itoa(more)))
	}
	return fit(strings.Join(lines, "\n"), nearBytes)
}

// whereWords says how far the nearest are.
func whereWords(how places.Closeness, o store.Organisation) key {
	at, _ := places.ByName(o.Town)
	switch {
	case how == places.Beside:
		return whereBeside
	case how == places.NextCity:
		return whereNextCity
	case at.Level == places.City:
		return whereCity
	case how == places.SameDistrict && at.Level == places.District:
		return whereDistrict
	case how == places.SameDistrict:
		return whereSameDistrict
	}
	return whereSameCity
}

// oneOffice is one organisation in a line; its town only where it is another one.
func (t *turn) oneOffice(o store.Organisation, away bool) string {
	var parts []string
	if away {
		parts = append(parts, o.Town)
	}
	for _, p := range []struct {
		words string
		most  int
	}{{o.Contact, nearPart}, {o.Address, nearPart}, {o.Hours, nearHours}} {
		if p.words != "" {
			parts = append(parts, shorten(p.words, p.most))
		}
	}
	if o.Date != "" {
		parts = append(parts, t.say(nearDated, "date", o.Date))
	}
	return t.say(nearOffice, "name", t.inScript(shorten(o.Name, nearName)), "rest", t.inScript(strings.Join(parts, t.say(listSeparator))))
}

func (t *turn) aboutTown(k key, town string) string {
	return t.say(k, "town", town, "centre", t.optional(t.r.opt.Centre, defaultCentre), "contact", t.optional(t.r.opt.Contact, defaultContact))
}

// countUnmet notes what the town lacks, without a word of who asked.
func (t *turn) countUnmet(slug string, at places.Place, elsewhere bool) {
	mark := t.in.Now.In(t.r.opt.Zone).Format("0601") + slug + at.Full()
	if slices.Contains(t.st.Unmet, mark) {
		return
	}
	t.st.Unmet = append(t.st.Unmet, mark)
	t.st.Unmet = t.st.Unmet[max(0, len(t.st.Unmet)-unmetKept):]
	t.effects = append(t.effects, store.Unmet{Town: at.Full(), Platform: slug, Elsewhere: elsewhere})
}

// nearChoice offers to look near the person where the town is not known yet.
func (t *turn) nearChoice(slug string) (bot.Choice, bool) {
	if _, known := t.home(); known || t.r.dir == nil || t.in.Message.Group || !t.r.dir.Offers(slug) {
		return bot.Choice{}, false
	}
	return bot.Choice{Label: t.say(labelNear), Value: say("zh", labelNear) + " " + say("zh", typeName(slug))}, true
}

// nearAsked is the value of that choice: "附近机构 企业融资".
var nearAsked = regexp.MustCompile(`^附近机构\s*(.+)$`)

// askMaybe adds to an answer about a kind of platform which of the towns of one name is meant.
func (t *turn) askMaybe(o *out, slug string) {
	if len(t.maybe) < 2 || t.r.dir == nil || t.in.Message.Group || !t.r.dir.Offers(slug) {
		return
	}
	o.text += "\n" + t.say(nearWhich, "town", t.inScript(t.maybe[0].Name))
	t.st.Where, t.st.Which = slug, t.maybe[0].Name
	for _, c := range t.townChoices(t.maybe) {
		o.add(c)
	}
}

// nearText takes messages about where: the wish to see who is near, a town in answer to which, a town alone after
// a kind of platform was spoken of. Anything else goes on its way; the question about the town is not insisted on.
func (t *turn) nearText(text string) (out, bool) {
	if m := nearAsked.FindStringSubmatch(plain(text)); m != nil {
		if slug, ok := typeOf(m[1]); ok {
			return t.nearIn(slug), true
		}
	}
	slug, asked := t.where, t.where != ""
	if !asked {
		slug = t.st.Slug
	}
	if t.r.dir == nil || t.inForm() || t.st.Guide != nil || !slices.Contains(slugs, slug) {
		return out{}, false
	}
	found := t.likely(places.Only(text))
	if whole, ok := places.ByName(plain(text)); ok {
		found = []places.Place{whole}
	} else if p, ok := thatOne(text, t.many); asked && ok {
		found = []places.Place{p}
	}
	switch {
	case len(found) == 1:
		t.st.Town, t.st.Ours = found[0].Full(), true
		return t.nearby(slug), true
	case len(found) > 1:
		name := barePlace(fold(text))
		t.st.Where, t.st.Which = slug, name
		o := t.askWhere(t.say(nearWhich, "town", t.inScript(name)))
		o.choices = append(t.townChoices(found), o.choices...)
		return o, true
	case asked && (unsure[fold(text)] || fold(text) == fold(t.say(labelUnsure))):
		return t.offered(out{text: t.aboutTown(nearUnsure, ""), intent: understand.Platform, platforms: []string{slug}}, slug), true
	case asked && townTail.MatchString(fold(text)):
		return t.offered(out{text: t.aboutTown(nearUnknown, plain(text)), intent: understand.Platform, platforms: []string{slug}}, slug), true
	}
	return out{}, false
}

// askWhere asks for the town; every other word is welcome too.
func (t *turn) askWhere(words string) out {
	return out{text: words, key: "near:" + t.st.Where, intent: understand.Clarify, platforms: []string{t.st.Where}, choices: []bot.Choice{t.choice(labelUnsure)}}
}

// nearby answers with who is near, and the way on.
func (t *turn) nearby(slug string) out {
	t.st.Slug = slug
	return t.offered(out{text: t.say(nearFor, "name", t.say(typeName(slug))) + t.near(slug), intent: understand.Platform, platforms: []string{slug}}, slug)
}

// offered adds the offer of a referral of a kind.
func (t *turn) offered(o out, slug string) out {
	if t.takesLeads() {
		o.add(bot.Choice{Label: t.say(labelRegister), Value: say("zh", labelRegister) + " " + say("zh", typeName(slug))})
	}
	o.add(t.choice(labelTypes))
	o.add(t.choice(labelHuman))
	return o
}

package intents

import (
	"regexp"
	"strings"

	"smebot/knowledge/places"
)

// The parts of an English sentence about oneself. A name is one to three words with capitals, a firm is known by
// what its name ends in.
const (
	nameEN = `(?:(?i:mr|mrs|ms|miss|dr)\.? ?)?[A-Z][A-Za-z'-]*(?: [A-Z][A-Za-z'-]*){0,2}`
	firmEN = `[A-Za-z0-9&'()-][A-Za-z0-9&'(). \x{e000}-]{1,50}? (?i:co\.?[,\x{e000}]? ?(?:ltd\.?|limited)|ltd\.?|limited|inc\.?|factory|company|co\.?|workshop|trading|studio|corporation|corp\.?|enterprises?|works)`
)

var (
	// A sentence goes on with "and we want …".
	joinEN   = regexp.MustCompile(`(?i),?\s+and\s+(we|i|our|need|my|call|want|contact)\b`)
	cutEN    = regexp.MustCompile(`[,;\n\t|!]+|\.\s+`)
	coLtd    = regexp.MustCompile(`(?i)\b(co\.?),\s*(ltd|limited)`) // its comma ends nothing
	titleDot = regexp.MustCompile(`(?i)\b(mr|mrs|ms|dr|ltd|co|inc)\.`)
	helloEN  = regexp.MustCompile(`(?i)^(?:hi|hello|hey|dear sirs?|good (?:morning|afternoon|evening))[ ,]*`)
	selfEN   = regexp.MustCompile(`(?i)^(?:we are|we're|this is|it is|it's|i am from|i'm from|i am with|here is|our (?:company|firm|factory) is(?: called)?|(?:the )?(?:company|firm) is(?: called)?)\s+`)
	fromEN   = regexp.MustCompile(`^(?i:i am|i'm|my name is|this is|name is)\s+(` + nameEN + `)\s+(?i:from|of|at|with)\s+(.+)$`)
	calledEN = regexp.MustCompile(`^(?i:i am|i'm|my name is|this is|name is|(?:please )?call me|(?:please )?call|contact|ask for|reach)\s+(` + nameEN + `)(?i: (?:at|on|under|phone|tel))?$`)
	titledEN = regexp.MustCompile(`^(?i:(?:mr|mrs|ms|miss|dr)\.? ?[a-z][a-z'-]*(?: [a-z][a-z'-]*){0,2})$`)
	// two or three words with capitals, which may be a name beside a firm and a number
	fullNameEN = regexp.MustCompile(`^[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){1,2}$`)
	firmOnly   = regexp.MustCompile(`^(` + firmEN + `)(?:,? (?i:in|at|from) (.+))?$`)
	inEN       = regexp.MustCompile(`(?i)^(?:we are |we're |i am |i'm |located |based |it is |it's )*(?:in |at )?(.+)$`)
	needEN     = regexp.MustCompile(`(?i)^(?:we |i |they )?(?:also )?(?:urgently )?(?:need|want|would like|are looking for|am looking for|look for|looking for|require|seek|wish|hope)\b`)
	askedEN    = regexp.MustCompile(`(?i)\b(?:register|contact (?:me|us)|call (?:me|us)( back)?|put (?:me|us) in touch|get in touch)\b`)
)

// takeEnglish reads a message in Latin letters.
func (d *details) takeEnglish(text string) {
	text = coLtd.ReplaceAllString(text, "$1\ue000 $2")
	text = joinEN.ReplaceAllString(titleDot.ReplaceAllString(text, "$1\u2024"), ", $1") // a dot that ends no sentence
	for _, p := range cutEN.Split(text, -1) {
		p = helloEN.ReplaceAllString(plain(p), "")
		if p != "" && !d.tookEnglish(strings.TrimSpace(p)) && fieldNamed(fold(p)) == "" && !isCaption(p) {
			d.other = append(d.other, p)
		}
	}
	known := d.count()
	var left []string
	for _, p := range d.other {
		wants := needEN.MatchString(p) && !askedEN.MatchString(p)
		switch {
		case d.contact == "" && known >= 2 && fullNameEN.MatchString(p) && !namesTrade(p):
			d.contact, d.bare = p, true
		case d.need == "" && (wants || known >= 1 && (namesTrade(p) || needOf(p) != "")):
			d.need = cutRunes(line(mask(strings.ReplaceAll(p, "\ue000", ","))), maxNeed)
		default:
			left = append(left, p)
		}
	}
	d.other = left
	if d.slug == "" && len(left) > 0 {
		d.slug = typeIn(strings.Join(left, " "))
	}
}

// namesTrade reports whether two or more words hold one that names a platform type: "LED testing".
func namesTrade(p string) bool {
	list := strings.Fields(fold(p))
	for _, w := range list {
		if _, ok := typeWords[w]; ok && len(list) >= 2 {
			return true
		}
	}
	return false
}

func (d *details) tookEnglish(p string) bool {
	if m := labelled.FindStringSubmatch(strings.ToLower(p)); m != nil && !needEN.MatchString(p) {
		if f := fieldNamed(fold(m[1])); f != "" {
			return d.put(f, p[len(p)-len(m[2]):])
		}
	}
	if m := fromEN.FindStringSubmatch(p); m != nil && d.contact == "" {
		d.contact = m[1]
		return d.tookEnglish(m[2]) || true
	}
	if m := calledEN.FindStringSubmatch(p); m != nil && d.contact == "" && !firmOnly.MatchString(m[1]) && len(places.Only(m[1])) == 0 {
		d.contact = m[1]
		return true
	}
	s := strings.TrimSpace(selfEN.ReplaceAllString(p, ""))
	if m := firmOnly.FindStringSubmatch(s); m != nil && d.firm == "" && !needEN.MatchString(s) && !asksSomething(s) && !requestWords.MatchString(strings.ToLower(s)) {
		d.firm = strings.ReplaceAll(m[1], "\ue000", ",")
		if len(places.Only(m[2])) > 0 {
			d.town = knownTown(m[2])
		}
		return true
	}
	if m := inEN.FindStringSubmatch(p); m != nil && d.town == "" && len(places.Only(m[1])) > 0 {
		d.town = knownTown(m[1])
		return true
	}
	if d.contact == "" && titledEN.MatchString(s) {
		d.contact = s
		return true
	}
	return false
}

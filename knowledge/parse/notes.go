package parse

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A note is what stands beside a text about its own dates: under the title, in brackets as a rule,
// （2026年1月1日起施行，有效期至2026年10月31日）, in the title's own brackets, or below the last line.

// Limits of what is taken for a note.
const (
	noteLines = 8  // paragraphs below the title, and below the end, that may be one
	noteRunes = 60 // characters of one that stands without brackets
)

var (
	bareNote = regexp.MustCompile(`^(?:自|从|` + dateText + `|` + periodWord + `)`)
	// periodWord begins a sentence about how long the document holds, without saying so
	periodWord = `(?:有效期限?|执行期限?|实施期限?|试行期限?|施行期限?|执行时间|实施时间|施行日期|实施日期|生效日期)`
	barePeriod = regexp.MustCompile(`^` + periodWord + `\s*(?:为|是|自|从|至|到|截至|[:：])?\s*` + dateText)
	titleNote  = regexp.MustCompile(`[（(]([^（）()]*)[）)]`)

	noteBegins = regexp.MustCompile(`^\s*(?:之日)?起?\s*(?:开始)?(?:正式)?(?:施行|实施|执行|生效|试行)`)
	noteEnds   = regexp.MustCompile(`^\s*(?:之日)?起\s*(?:自行|自动|即行)?(?:失效|废止|停止|终止)`)
	noteStops  = regexp.MustCompile(`^\s*(?:自行|自动|即行)?(?:失效|废止)`)
	noteFrom   = regexp.MustCompile(`(?:施行|实施|生效|执行)(?:日期|时间)?\s*(?:为|是|[:：])?\s*(?:自|从)?\s*$`)
	noteSpan   = regexp.MustCompile(`^\s*(?:起)?\s*(?:至|到|—+|-+|－|~|～)\s*$`)
	noteUntil  = regexp.MustCompile(`(?:至|到|截止|截至|—|-|－|~|～|失效日期\s*[:：]?|废止日期\s*[:：]?)\s*$`)
	noteActed  = regexp.MustCompile(`通过|公布|发布|颁布|印发|修正|修订|批准|第\d+号|〔\d{4}〕`)

	inForceWord = regexp.MustCompile(`施行|实施|执行|生效|试行|有效|失效|废止`)

	endOfMonth = regexp.MustCompile(`(至\s*\d{4}\s*年\s*\d{1,2}\s*月)(?:底|末)?(止|失效|[，,。；;）)\s]|$)`)
	endOfYear  = regexp.MustCompile(`(至\s*\d{4}\s*年)(?:年?底|年?末)`)
)

// wholeDays writes the day into an end that names only a month or a year: 至2026年10月 is until its last day.
func wholeDays(s string) string {
	if !strings.Contains(s, "至") {
		return s
	}
	s = endOfYear.ReplaceAllString(s, "${1}12月31日")
	return endOfMonth.ReplaceAllStringFunc(s, func(m string) string {
		part := endOfMonth.FindStringSubmatch(m)
		d := strings.FieldsFunc(strings.TrimPrefix(part[1], "至"), func(r rune) bool { return strings.ContainsRune("年月 ", r) })
		y, _ := Number(d[0])
		mo, _ := Number(d[1])
		if mo < 1 || mo > 12 {
			return m
		}
		last := time.Date(y, time.Month(mo)+1, 0, 0, 0, 0, 0, time.UTC)
		return part[1] + last.Format("2") + "日" + part[2]
	})
}

// notesAmong picks the notes from the paragraphs below a title or below the end of a text.
func notesAmong(lines []string) (notes []string) {
	open := ""
	for i, l := range lines {
		if i == noteLines {
			break
		}
		if open != "" {
			l = open + "，" + l
		}
		open = ""
		switch {
		case !strings.ContainsAny(l, "年-/."):
		case bracketed(l):
			notes = append(notes, strings.Trim(l, "（）()【】[]〔〕"))
		case opensBracket(l) && !strings.ContainsAny(l, "）)】]"):
			open = l
		case utf8.RuneCountInString(l) <= noteRunes && bareNote.MatchString(narrow(l)) && !strings.ContainsAny(l, "《：") && !strings.HasSuffix(l, "。"):
			notes = append(notes, l)
		}
	}
	return notes
}

func opensBracket(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("（(【[〔", r)
}

func bracketed(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return opensBracket(s) && strings.ContainsRune("）)】]〕", r)
}

// readNote takes from a note since when and until when the document is in force, and when it was last acted on where
// nothing later is known. It returns how long it holds, "5年", where the note says that, and the dates that it could
// make nothing of.
func readNote(s string, doc *Document) (period string, unread []string) {
	s = wholeDays(narrow(s))
	at := anyDate.FindAllStringIndex(s, -1)
	acted := ""
	for i, m := range at {
		date := isoDate(s[m[0]:m[1]])
		before, after := s[:m[0]], s[m[1]:]
		if i > 0 {
			before = s[at[i-1][1]:m[0]]
		}
		if i+1 < len(at) {
			after = s[m[1]:at[i+1][0]]
		}
		if cut := strings.LastIndexAny(before, "；;。"); cut >= 0 {
			before = before[cut:]
		}
		clause, _, _ := strings.Cut(after, "；")
		other := strings.Contains(before, "《") && strings.Contains(before, "》") // another document's
		switch {
		case date == "":
			unread = append(unread, s[m[0]:m[1]])
		case other && (noteEnds.MatchString(after) || noteStops.MatchString(after) || noteUntil.MatchString(before)):
		case noteEnds.MatchString(after):
			doc.Expires = first(doc.Expires, shift(date, 0, -1))
		case noteUntil.MatchString(before) || noteStops.MatchString(after):
			doc.Expires = first(doc.Expires, date)
		case noteBegins.MatchString(after), noteFrom.MatchString(before):
			doc.Effective = date // of several the last: a revision's
		case i+1 < len(at) && noteSpan.MatchString(after):
			doc.Effective = first(doc.Effective, date)
		case noteActed.MatchString(clause), noteActed.MatchString(before):
			acted = max(acted, date)
		default:
			unread = append(unread, s[m[0]:m[1]])
		}
	}
	doc.Dated = max(doc.Dated, acted)
	if doc.Effective == "" && beginsIssue.MatchString(s) {
		doc.Effective = first(doc.Dated, doc.Published)
	}
	if m := lasts.FindStringSubmatch(s); m != nil {
		period = m[1] + m[2]
	}
	return period, unread
}

// readNotes reads the title's brackets and the notes beside the text. It returns how long the document holds where one
// says that.
func readNotes(doc *Document, notes []string) (period string) {
	for _, m := range titleNote.FindAllStringSubmatch(doc.Title, -1) {
		if _, mark := splitVersion(m[0]); mark == "" && anyDate.MatchString(narrow(m[1])) && !yearly.MatchString(doc.Title) {
			notes = append([]string{m[1]}, notes...)
		}
	}
	for _, n := range notes {
		if p, _ := readNote(n, doc); period == "" {
			period = p
		}
	}
	return period
}

// unreadDates are dates that seem to say when the document is in force and were not understood, each with the words
// around it.
func unreadDates(d *Document) (quotes []string) {
	known := []string{d.Dated, d.Published, d.Effective, d.Expires, shift(d.Expires, 0, 1)}
	look := func(s string, dates []string) {
		for _, date := range dates {
			if iso := isoDate(date); iso != "" && slices.Contains(known, iso) {
				continue
			}
			quotes = append(quotes, around(s, max(0, strings.Index(s, date))))
		}
	}
	for _, n := range notesAmong(strings.Split(d.Preamble, "\n")) {
		var read Document // what the note says itself is understood, also where something else came first
		_, unread := readNote(n, &read)
		look(wholeDays(narrow(n)), unread)
	}
	for i := range d.Articles {
		for _, s := range sentences(d.Articles[i].Text) {
			if d.Effective == "" && ownBegins.MatchString(s) || d.Expires == "" && ownEnds.MatchString(s) {
				look(s, anyDate.FindAllString(s, -1))
			}
		}
	}
	return quotes
}

// Sentences in which a document gives a date to its own beginning or end.
var (
	ownBegins = regexp.MustCompile(`^` + self + `[^。；《》]{0,20}?` + dateText + `[^。；《》]{0,8}?(?:施行|实施|执行|生效|试行)`)
	ownEnds   = regexp.MustCompile(`^` + self + `[^。；《》]{0,20}?` + dateText + `[^。；《》]{0,8}?(?:失效|废止|为止|有效)|^` + self + `的?(?:有效|试行|施行|执行|实施)[期限时间]{0,2}[为是至到截止：:]{0,2}\s*` + dateText)
)

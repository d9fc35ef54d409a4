package parse

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	dateText = `(?:\d{4}|[一二三四五六七八九〇○Ｏ零]{4})\s*[年\-/.]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[月\-/.]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?`
	// self is how a document speaks of itself: 本办法, 本实施细则, 本通知. Licences and periods that a document
	// rules on have other names.
	self = `本(?:[^，。；、,;\s]{0,8})?(?:法|条例|办法|规定|细则|意见|通知|决定|解释|规则|方案|措施|规划|纲要|安排|规范|标准|公告|指引|指南|目录|政策|计划|章程|制度|批复|文件)`
)

var (
	anyDate  = regexp.MustCompile(dateText)
	dateOnly = regexp.MustCompile(`^` + dateText + `$`)

	begins      = regexp.MustCompile(`[自从于]\s*(` + dateText + `)\s*(?:起|之日起)?\s*(?:正式)?(?:施行|实施|执行|生效|试行)`)
	beginsIssue = regexp.MustCompile(`自(?:本[^，。；]{1,6})?(?:公布|发布|颁布|印发|下发|颁发)之日起(?:开始)?(?:施行|实施|执行|生效|试行)`)
	untilDate   = regexp.MustCompile(`(?:有效期限?|执行期限?|实施期限?|试行期限?|施行期限?)?(?:自[^，。；]{4,24}起)?[，,]?\s*(?:有效期限?至|执行至|实施至|施行至|试行至|延续至|截止(?:到|至)?|有效期限?截至|至)\s*(` + dateText + `)\s*(?:止|终止|失效|废止)?`)
	lasts       = regexp.MustCompile(`(?:有效期限?|试行期限?|暂定|试行|实施期限?|执行期限?)\s*(?:为|暂定|是)?\s*(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(年|个月)`)
	ends        = regexp.MustCompile(`(?:自|从|于)\s*(` + dateText + `)\s*(?:起|之日起)?\s*(?:自行|自动|即行)?(?:失效|废止|停止执行|停止施行|终止执行)`)
	selfBegins  = regexp.MustCompile(self + `[^。；]{0,40}?[自从于]`)
	selfPeriod  = regexp.MustCompile(self + `(?:的|，)?(?:有效期|试行期|试行|实施期限?|执行期限?|执行至|实施至|施行至)`)
	bareBegins  = regexp.MustCompile(`^自[^，。；《]{2,24}起(?:正式)?(?:施行|实施|执行|生效|试行)(?:，|,|$)`)
	selfEnds    = regexp.MustCompile(`^` + self + `[^，。；《》]{0,12}?(?:自|从|于)\s*` + dateText + `\s*(?:起|之日起)?\s*(?:自行|自动|即行)?(?:失效|废止|停止)`)
	headLine    = regexp.MustCompile(`^[【\[]?(发布日期|发布时间|公布日期|公布时间|发文日期|成文日期|印发日期|施行日期|实施日期|生效日期|失效日期|废止日期|终止日期|有效期至|有效期)[】\]]?\s*[:：]\s*(.{0,40})$`)
)

// isoDate reads the first date of s, in digits (full-width ones too) or Chinese numerals, as YYYY-MM-DD. It
// returns "" where there is none or the day does not exist.
func isoDate(s string) string {
	m := anyDate.FindString(narrow(s))
	if m == "" {
		return ""
	}
	part := strings.FieldsFunc(m, func(r rune) bool { return strings.ContainsRune("年月日-/. ", r) })
	if len(part) != 3 {
		return ""
	}
	y := 0
	for _, r := range part[0] {
		d, ok := digit[r]
		switch {
		case r >= '0' && r <= '9':
			d = int(r - '0')
		case r == 'Ｏ':
		case !ok:
			return ""
		}
		y = y*10 + d
	}
	mo, ok1 := Number(part[1])
	d, ok2 := Number(part[2])
	t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)
	if !ok1 || !ok2 || t.Year() != y || int(t.Month()) != mo || t.Day() != d {
		return ""
	}
	return t.Format(time.DateOnly)
}

// narrow turns full-width digits into plain ones.
func narrow(s string) string {
	if !strings.ContainsAny(s, "０１２３４５６７８９") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// headDates takes the dates that a page states in lines of their own above the text. It reports whether the
// line was one.
func headDates(line string, doc *Document) bool {
	m := headLine.FindStringSubmatch(narrow(line))
	if m == nil {
		return false
	}
	into, d := &doc.Published, isoDate(m[2])
	switch m[1] {
	case "施行日期", "实施日期", "生效日期":
		into = &doc.Effective
	case "失效日期", "废止日期", "终止日期", "有效期至":
		into = &doc.Expires
	case "成文日期", "发文日期":
		into = &doc.Dated
	case "有效期":
		all := anyDate.FindAllString(narrow(m[2]), 2) // "2020年1月1日至2022年12月31日", or the end alone
		if into = &doc.Expires; len(all) == 2 {
			if doc.Effective == "" {
				doc.Effective = isoDate(all[0])
			}
			d = isoDate(all[1])
		}
	}
	if *into == "" {
		*into = d
	}
	return true
}

// inForce finds in the text since when and until when the document itself is in force. What it sets already
// is kept: a page's own lines, front matter and notes beside the text come first. period is how long the document
// holds, "5年", where a note says so.
func inForce(doc *Document, period string) {
	texts := make([]string, 0, len(doc.Articles)+1)
	texts = append(texts, doc.Preamble)
	for i := range doc.Articles {
		texts = append(texts, doc.Articles[i].Text)
	}
	for _, t := range texts {
		if !strings.Contains(t, "自") && !strings.Contains(t, "有效") && !strings.Contains(t, "至") && !strings.Contains(t, "起") {
			continue
		}
		for _, s := range sentences(t) {
			if p := sentence(withoutOthers(s), doc); period == "" {
				period = p
			}
		}
	}
	if period == "" || doc.Expires != "" || doc.Effective == "" {
		return
	}
	n, ok := Number(strings.TrimRight(period, "年个月"))
	if !ok {
		return
	}
	if strings.HasSuffix(period, "年") {
		n *= 12
	}
	// Five years from 1 January 2020 end with 31 December 2024.
	doc.Expires = shift(doc.Effective, n, -1)
}

// sentences are those of a text, with plain digits and whole dates.
func sentences(t string) []string {
	list := strings.FieldsFunc(wholeDays(narrow(t)), func(r rune) bool { return r == '。' || r == '\n' || r == '；' || r == ';' })
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// sentence takes from one sentence since when and until when the document is in force; it returns how long,
// "5年", where the sentence says that.
func sentence(s string, doc *Document) (period string) {
	if barePeriod.MatchString(s) {
		period, _ = readNote(s, doc)
		return period
	}
	own := strings.Contains(s, "本")
	starts := own && selfBegins.MatchString(s) || bareBegins.MatchString(s)
	if starts {
		m := begins.FindStringSubmatch(s)
		issue := m == nil && beginsIssue.MatchString(s)
		if m != nil && doc.Effective == "" {
			doc.Effective = isoDate(m[1])
		} else if issue && doc.Effective == "" {
			doc.Effective = first(doc.Dated, doc.Published)
		}
		starts = m != nil || issue
	}
	if starts || own && selfPeriod.MatchString(s) {
		if m := untilDate.FindStringSubmatch(s); m != nil && doc.Expires == "" {
			doc.Expires = isoDate(m[1])
		}
		if m := lasts.FindStringSubmatch(s); m != nil {
			period = m[1] + m[2]
		}
	}
	if own && selfEnds.MatchString(s) && doc.Expires == "" {
		doc.Expires = shift(isoDate(ends.FindStringSubmatch(s)[1]), 0, -1)
	}
	return period
}

// withoutOthers leaves out the parts of a sentence that name another document: 《某办法》执行至2020年12月31日.
func withoutOthers(s string) string {
	if !strings.Contains(s, "《") {
		return s
	}
	var kept []string
	for part := range strings.SplitSeq(s, "，") {
		if !strings.Contains(part, "《") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "，")
}

// shift moves a date by months and then days; "" stays "".
func shift(date string, months, days int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	end := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := end.AddDate(0, 1, -1).Day() // of that month: 31 August and six months is 28 February
	return end.AddDate(0, 0, min(t.Day(), last)-1+days).Format(time.DateOnly)
}

// first returns the first that is not empty.
func first(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}

// versionYear reads the year of a revision mark: "2018修正" -> "2018".
func versionYear(mark string) string {
	if len(mark) >= 4 {
		if _, err := strconv.Atoi(mark[:4]); err == nil {
			return mark[:4]
		}
	}
	return ""
}

package parse

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
)

var (
	// revision is a mark that tells versions of one document apart. （试行）, （一） and spans of years
	// （2018—2020年） belong to the name: they make another document.
	revision = regexp.MustCompile(`[（(]\s*(\d{4}\s*年?\s*(?:第[一二三四五六七八九十]+次)?(?:\d{1,2}月(?:\d{1,2}日)?)?\s*(?:修正|修订|修改|修正本|修订本|修正版|修订版|修正文本|修订文本|版本|版|本|年|最新修订|最新修正)?|修正|修订|修正本|修订本|修订版|修正文本)\s*[）)]$`)
	bareYear = regexp.MustCompile(`^\d{4}年?$`)
	// single acts of a year share their name with those of other years and amend nothing of one another
	yearly = regexp.MustCompile(`(修正案|决定|决议|公告|通告|通知|报告|计划)$`)

	sourceLine = regexp.MustCompile(`^[(（【\[]?(来源|信息来源|文章来源|稿件来源|原文链接|原文地址|原文网址|链接|网址|Source)[】\]]?\s*[:：]\s*(.*?)[)）】\]]?$`)
	webAddress = regexp.MustCompile(`https?://[^\s<>"'，。；、（）()\]】]+`)
	frontKey   = regexp.MustCompile(`^([\p{L}_-]+)\s*[:：]\s*(.*)$`)
)

// splitVersion takes the revision mark off a title: "某条例（2018修正）" is "某条例" and "2018修正".
func splitVersion(title string) (name, mark string) {
	title = strings.TrimSpace(title)
	m := revision.FindStringSubmatchIndex(title)
	if m == nil || m[0] == 0 {
		return title, ""
	}
	name, mark = strings.TrimSpace(title[:m[0]]), title[m[2]:m[3]]
	if bareYear.MatchString(mark) && yearly.MatchString(name) {
		return title, ""
	}
	return name, mark
}

// IdentityMarks are the marks that Identity leaves out, besides spaces.
const IdentityMarks = "《》〈〉“”\"'/\\:*?<>|@"

// Identity makes a document's id from its title: the title without spaces, marks and the mark of a revision, which is
// what people call it by and what all its versions share.
func Identity(title string) string {
	name, _ := splitVersion(title)
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(IdentityMarks, r) {
			return -1
		}
		return r
	}, name)
}

// VersionDate orders the versions of one document: its own date, else that of its publication, else since when
// it is in force, as YYYY-MM-DD; a later year in the title's revision mark goes before an older date. "" for a
// document that states none; it counts as older than any other.
func (d Document) VersionDate() string {
	date := first(d.Dated, d.Published, d.Effective)
	if y := versionYear(d.Version); y > date {
		return y
	}
	return date
}

// SourceURL returns s as a web address a person can open, or an error that says what is wrong.
func SourceURL(s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsFunc(s, unicode.IsControl) {
		return "", fmt.Errorf("source %q is no web address: give one that begins with https://", s)
	}
	return u.String(), nil
}

// sourceOf takes the source from a line that states one: its address, or else its name. It reports whether
// the line was one.
func sourceOf(line string, doc *Document) bool {
	m := sourceLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	if a := webAddress.FindString(m[2]); a != "" {
		if !webAddress.MatchString(doc.Source) {
			doc.Source = a
		}
	} else if doc.Source == "" && m[2] != "" && len([]rune(m[2])) <= 40 {
		doc.Source = m[2]
	}
	return true
}

// frontMatter takes the lines between two "---" at the head of a Markdown file. Without such lines the text
// comes back whole. Keys that are not known are left out; a date that is none is an error.
func frontMatter(s string, doc *Document) (string, error) {
	rest, ok := strings.CutPrefix(strings.ReplaceAll(s, "\r\n", "\n"), "---\n")
	if !ok {
		return s, nil
	}
	head, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		if head, ok = strings.CutSuffix(strings.TrimRight(rest, "\n "), "\n---"); !ok {
			return s, nil
		}
		body = ""
	}
	set := map[string]string{}
	for line := range strings.Lines(head) {
		if trimmed := strings.TrimSpace(line); trimmed == "" || trimmed[0] == '#' {
			continue
		}
		m := frontKey.FindStringSubmatch(strings.TrimRight(line, "\n "))
		if m == nil {
			return s, nil // a rule between paragraphs, no front matter
		}
		set[strings.ToLower(m[1])] = strings.TrimSpace(strings.Trim(strings.TrimSpace(m[2]), `"'`))
	}
	for _, f := range []struct {
		into *string
		date bool
		keys []string
	}{
		{&doc.Title, false, []string{"title", "标题"}},
		{&doc.Issuer, false, []string{"issuer", "发布机关", "发文机关"}},
		{&doc.Source, false, []string{"source", "url", "来源"}},
		{&doc.Dated, true, []string{"dated", "date", "成文日期", "日期"}},
		{&doc.Published, true, []string{"published", "发布日期"}},
		{&doc.Effective, true, []string{"effective", "施行日期"}},
		{&doc.Expires, true, []string{"expires", "失效日期", "有效期至"}},
	} {
		for _, k := range f.keys {
			v := set[k]
			if v == "" {
				continue
			}
			if f.date {
				d := isoDate(v)
				if d == "" {
					return "", fault("front-date", "%s: %q in the lines above the text is no date: write it as %s", k, v, time.DateOnly)
				}
				v = d
			}
			*f.into = clean(v)
			break
		}
	}
	return body, nil
}

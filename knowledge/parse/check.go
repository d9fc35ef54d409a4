package parse

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Finding is something in a document that a person should look at.
type Finding struct {
	Document string `json:"document"`          // id
	Title    string `json:"title"`             // of the document
	Article  string `json:"article,omitempty"` // its heading; "" for the document as a whole
	Kind     string `json:"kind"`              // damaged, missing, doubled, order, empty, date, long or furniture
	What     string `json:"what"`              // what was found
	Mend     string `json:"mend"`              // what to do about it
}

// Limits of what is plausible.
const (
	// longArticle is the length in characters above which an article has probably swallowed others: of 58,530
	// articles of national law three are longer, and each of them has.
	longArticle = 2000
	firstYear   = 1949
)

var (
	// what UTF-8 looks like when it was read as GBK, as Latin-1 or as Windows-1252, and what is left when it
	// was written back; the two words are uninitialised memory of Chinese Windows
	mojibake = regexp.MustCompile(`锟斤拷|锟斤|烫烫烫|屯屯屯|锛[\p{Han}€]|銆[\p{Han}€]|鐨勬|鈥[\p{Han}€]|ï»¿|â€|(?:[\x{00C3}-\x{00EF}][\x{0080}-\x{00BF}\x{0152}-\x{0178}\x{2013}-\x{203A}\x{20AC}]+){2,}`)
	lostMark = regexp.MustCompile(`\p{Han}\?{2,}|\d\?+[\d\p{Han}]|[□■]{3,}|�`)
	leftover = regexp.MustCompile(`(?m)^.{0,20}(分享到|打印本页|打印本文|关闭窗口|关闭本页|上一[条篇]\s*[:：]|下一[条篇]\s*[:：]|版权所有|网站地图|ICP备|公网安备|扫一扫|责任编辑|返回顶部|浏览次数\s*[:：]|点击数\s*[:：]|当前位置\s*[:：]|您(?:现在)?的位置|Copyright|JavaScript|字[体号]\s*[:：]\s*[\[【]?\s*大).{0,60}$|^[—–-]\s?\d{1,4}\s?[—–-]$|^第\s?\d+\s?页[\s,，]{0,3}共\s?\d+\s?页$`)
)

// Check reports what looks wrong in a document, in its order. now decides what lies in the future.
func Check(d Document, now time.Time) []Finding {
	c := checker{doc: &d}
	c.dates(now)
	c.text("", d.Title)
	c.text("", d.Preamble)
	for i := range d.Articles {
		a := &d.Articles[i]
		c.text(a.Heading, a.Text)
		if strings.TrimSpace(a.Text) == "" {
			c.add(a.Heading, "empty", "has no words", "see in the source whether its text is missing, mend the file and import it again")
		}
		if n := utf8.RuneCountInString(a.Text); n > longArticle {
			c.add(a.Heading, "long", fmt.Sprintf("has %d characters", n), "a heading was probably missed: begin each article on a line of its own with 第…条, and import again")
		}
	}
	c.numbers()
	return c.found
}

type checker struct {
	doc   *Document
	found []Finding
}

func (c *checker) add(article, kind, what, mend string) {
	c.found = append(c.found, Finding{c.doc.ID, c.doc.Title, article, kind, what, mend})
}

// text looks for damaged characters and what a page leaves behind.
func (c *checker) text(article, s string) {
	const mend = "compare with the published text; if the source itself is damaged leave it, answers show it as lost"
	if r := strings.IndexFunc(s, damaged); r >= 0 {
		n := 0
		for _, r := range s {
			if damaged(r) {
				n++
			}
		}
		bad, _ := utf8.DecodeRuneInString(s[r:])
		c.add(article, "damaged", fmt.Sprintf("%d damaged character(s), the first U+%04X in “%s”", n, bad, around(s, r)), mend)
	} else if m := lostMark.FindStringIndex(s); m != nil {
		c.add(article, "damaged", fmt.Sprintf("characters that look lost in “%s”", around(s, m[0])), mend)
	}
	if m := mojibake.FindStringIndex(s); m != nil {
		c.add(article, "damaged", fmt.Sprintf("text read in a wrong encoding in “%s”", around(s, m[0])), "save the original file as UTF-8 and import it again")
	}
	if m := leftover.FindString(s); m != "" {
		c.add(article, "furniture", fmt.Sprintf("a piece of the page in “%s”", around(m, 0)), "delete the line from the file and import it again")
	}
}

// damaged reports a character that no text should hold: private use, the replacement mark, not assigned.
func damaged(r rune) bool {
	return r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) || r >= 0xfff0 && r <= 0xffff || r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0
}

// around quotes the place at byte i of s.
func around(s string, i int) string {
	before, after := []rune(s[:i]), []rune(s[i:])
	before, after = before[max(0, len(before)-8):], after[:min(len(after), 12)]
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case damaged(r): // a terminal shows nothing in its place
			return '□'
		}
		return r
	}, string(before)+string(after))
}

// numbers looks for gaps in the numbers of articles. They begin anew with an attachment, and wherever a
// document begins again at one.
func (c *checker) numbers() {
	const look = "look for it in the source: its heading may be missing or joined to another line"
	last, suffix, part := 0, 0, ""
	seen := map[[2]int]bool{}
	for _, a := range c.doc.Articles {
		top, _, _ := strings.Cut(a.Chapter, " / ")
		if !attachmentName.MatchString(top) {
			top = ""
		}
		if a.Number == 0 {
			continue
		}
		if top != part || a.Number == 1 && a.Suffix == 0 && last > 1 {
			if top == part && !seen[[2]int{2, 0}] {
				c.add(a.Heading, "order", "stands after "+article(last, suffix), "put the articles in the order of the source and import again")
			}
			last, suffix, part, seen = 0, 0, top, map[[2]int]bool{}
		}
		at := [2]int{a.Number, a.Suffix}
		switch {
		case seen[at]:
			c.add(a.Heading, "doubled", "stands twice", "see in the source which one is meant, and keep that one")
			continue
		case a.Number < last || a.Number == last && a.Suffix < suffix:
			c.add(a.Heading, "order", "stands after "+article(last, suffix), "put the articles in the order of the source and import again")
			seen[at] = true
			continue
		case a.Number == last+2:
			c.add(article(last+1, 0), "missing", "is missing before "+a.Heading, look)
		case a.Number > last+2:
			c.add(article(last+1, 0)+"—"+article(a.Number-1, 0), "missing", "are missing before "+a.Heading, look)
		}
		if a.Number == last && a.Suffix > suffix+1 {
			c.add(article(last, suffix+1), "missing", "is missing before "+a.Heading, look)
		}
		seen[at] = true
		last, suffix = a.Number, a.Suffix
	}
}

func article(n, suffix int) string {
	s := "第" + Chinese(n) + "条"
	if suffix > 0 {
		s += "之" + Chinese(suffix)
	}
	return s
}

// dates looks for dates that cannot be.
func (c *checker) dates(now time.Time) {
	const mend = "see the source; give the right date in lines above the text (--- dated: 2024-05-01 ---) and import again"
	d := c.doc
	today := now.Format(time.DateOnly)
	for _, f := range []struct {
		name, date string
		past       bool
	}{{"dated", d.Dated, true}, {"published", d.Published, true}, {"in force from", d.Effective, false}, {"in force until", d.Expires, false}} {
		switch {
		case f.date == "":
		case f.date < fmt.Sprintf("%04d", firstYear):
			c.add("", "date", f.name+" "+f.date+", before 1949", mend)
		case f.past && f.date > today:
			c.add("", "date", f.name+" "+f.date+", which is in the future", mend)
		case f.date > now.AddDate(50, 0, 0).Format(time.DateOnly):
			c.add("", "date", f.name+" "+f.date+", more than fifty years ahead", mend)
		}
	}
	for _, quote := range unreadDates(d) {
		c.add("", "date", "a date that was not understood in “"+quote+"”", "say since when and until when it holds in lines above the text (--- effective: 2024-05-01, expires: 2026-05-01, each on its line ---) and import again")
	}
	if d.Effective != "" && d.Expires != "" && d.Effective > d.Expires {
		c.add("", "date", "in force from "+d.Effective+" but only until "+d.Expires, mend)
	}
	if d.Expires != "" && d.Dated != "" && d.Dated > d.Expires && d.Effective <= d.Expires {
		c.add("", "date", "dated "+d.Dated+", after its end on "+d.Expires, mend)
	}
}

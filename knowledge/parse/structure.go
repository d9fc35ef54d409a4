package parse

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const numerals = `[零〇○一二三四五六七八九十百千两\d]+`

var (
	articleStart = regexp.MustCompile(`^第(` + numerals + `)条(?:之(` + numerals + `))?[\s:：]*`)
	chapterStart = regexp.MustCompile(`^第` + numerals + `(分编|编|章|节)(\s|$|[^\s，。,;；])`)
	dashHeading  = regexp.MustCompile(`^([一二三四五六七八九十]+)、\S`)
	dateOnly     = regexp.MustCompile(`^(\d{4}|[二〇○零一九]{4})年(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})日$`)
	anyDate      = regexp.MustCompile(`(\d{4})\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?`)
	published    = regexp.MustCompile(`(发布|公布|发文|成文)(日期|时间)\s*[:：]\s*(\d{4}[年\-/.]\d{1,2}[月\-/.]\d{1,2})`)
	furniture    = regexp.MustCompile(`^(分享到|上一[条篇]|下一[条篇]|相关新闻|相关文章|相关链接|打印(本页|本文|$)|关闭(窗口|本页|\s*CLOSE|$)|版权所有|您的位置|您现在的位置|当前位置|首页($|\s|[>|])|来源\s*[:：]|责任编辑|扫一扫|附件下载|返回顶部|网站地图|主办单位|浏览次数|点击数|字体)|CLOSE|\bPrint\b`)
	titleEnd     = regexp.MustCompile(`(意见|通知|办法|条例|规定|决定|法|细则|方案|规划|纲要|规则|解释|批复|公告|措施|指引|指南|目录|标准|准则|通则|章程|答复|决议|制度|计划)(\(.*\)|（.*）)?$`)
	itemStart    = regexp.MustCompile(`^(——|—|[(（][一二三四五六七八九十\d]+[)）]|\d+[.、．])\s*`)
	itemLabel    = regexp.MustCompile(`^(?:——|—)\s*([^。，,；;：:]{2,24})[。：:]`)
)

// sectionLimit is the length in characters above which a section of a document without article numbers is
// split between paragraphs: a passage much longer than an article answers nothing precisely.
const sectionLimit = 800

// structure finds title, chapters and articles in a file's paragraphs.
func structure(in []block) (Document, error) {
	var blocks []block
	for _, b := range in {
		if b.text != "" {
			blocks = append(blocks, b)
		}
	}
	if len(blocks) == 0 {
		return Document{}, errors.New("no text found in it: give the policy's text")
	}
	var doc Document
	first := -1
	for i, b := range blocks {
		if articleStart.MatchString(b.text) {
			first = i
			break
		}
	}
	end := tail(blocks, max(first, 0), &doc)
	if first < 0 {
		first = end
	}
	start := head(blocks[:first], &doc)
	body := blocks[start:end]
	if hasArticles(body) {
		numbered(body, &doc)
	} else {
		sections(body, &doc)
	}
	if len(doc.Articles) == 0 {
		return Document{}, errors.New("no article and no paragraph found in it: give the policy's text")
	}
	for i := range doc.Articles {
		doc.Articles[i].Passages = passages(doc.Articles[i].Text)
	}
	return doc, nil
}

func hasArticles(blocks []block) bool {
	for _, b := range blocks {
		if articleStart.MatchString(b.text) {
			return true
		}
	}
	return false
}

// head reads what stands above the first article: title, dates, publication. It returns where the body
// (preamble and chapter headings included) begins.
func head(blocks []block, doc *Document) int {
	start := 0
	for i, b := range blocks {
		if m := published.FindStringSubmatch(b.text); m != nil && doc.Published == "" {
			doc.Published = isoDate(m[3])
		}
		if b.text == infoEnd {
			adoption(blocks[:i], doc)
			start = i + 1
		}
	}
	count := map[string]int{}
	for _, b := range blocks {
		count[b.text]++
	}
	title := -1
	for i, b := range blocks { // a heading, or a line a page repeats, or one that ends as titles do
		n := utf8.RuneCountInString(b.text)
		if b.text == infoEnd || furniture.MatchString(b.text) || n < 4 || n > 80 || published.MatchString(b.text) {
			continue
		}
		if b.level == 1 || count[b.text] > 1 || titleEnd.MatchString(b.text) {
			title = i
			break
		}
		if i > 20 {
			break
		}
	}
	if title < 0 {
		return start
	}
	doc.Title = strings.Trim(blocks[title].text, "《》")
	for i := len(blocks) - 1; i >= title; i-- { // below the last repetition of the title
		if blocks[i].text == blocks[title].text {
			return max(start, i+1)
		}
	}
	return max(start, title+1)
}

// adoption reads the lines about when a law was passed, amended and put in force.
func adoption(blocks []block, doc *Document) {
	for _, b := range blocks {
		m := anyDate.FindString(b.text)
		if m == "" {
			continue
		}
		if strings.Contains(b.text, "施行") {
			doc.Effective = isoDate(m)
		} else {
			doc.Dated = isoDate(m)
		}
	}
}

// tail finds where the official text ends: at its date and signature, or where the page's own links begin.
func tail(blocks []block, first int, doc *Document) int {
	end := len(blocks)
	for i := first; i < len(blocks); i++ {
		if furniture.MatchString(blocks[i].text) {
			end = i
			break
		}
	}
	for i := end - 1; i > first && i >= end-4; i-- {
		if !dateOnly.MatchString(strings.ReplaceAll(blocks[i].text, " ", "")) {
			continue
		}
		doc.Dated = isoDate(blocks[i].text)
		end = i
		for end-1 > first && signature(blocks[end-1].text) {
			end--
			doc.Issuer = strings.TrimSpace(blocks[end].text + " " + doc.Issuer)
		}
		break
	}
	return end
}

// signature reports whether a line is the name of an issuing body.
func signature(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 3 && n <= 40 && !strings.ContainsAny(s, "。；;，,：:") && !articleStart.MatchString(s) &&
		regexp.MustCompile(`(政府|委员会|[厅局部委院会署办]|办公室|办公厅|总局|银行|法院|检察院)$`).MatchString(s)
}

func isoDate(s string) string {
	if m := anyDate.FindStringSubmatch(s); m != nil {
		y, _ := strconv.Atoi(m[1]) // the pattern holds digits only
		mo, _ := strconv.Atoi(m[2])
		d, _ := strconv.Atoi(m[3])
		if mo >= 1 && mo <= 12 && d >= 1 && d <= 31 {
			return fmt.Sprintf("%04d-%02d-%02d", y, mo, d)
		}
	}
	return ""
}

// numbered reads a document whose articles carry numbers.
func numbered(blocks []block, doc *Document) {
	var chapters []string
	var levels []int
	var text []string
	flush := func() {
		into := &doc.Preamble
		if len(doc.Articles) > 0 {
			into = &doc.Articles[len(doc.Articles)-1].Text
		}
		if len(text) == 0 {
			return
		}
		*into = strings.TrimPrefix(*into+"\n"+strings.Join(text, "\n"), "\n")
		text = nil
	}
	last := 0
	for _, b := range blocks {
		if b.text == infoEnd || b.text == doc.Title && b.level > 0 {
			continue
		}
		if m := articleStart.FindStringSubmatch(b.text); m != nil && startsArticle(b.text, m[0], m[1], last) {
			flush()
			n, _ := Number(m[1])
			a := Article{Number: n, Heading: "第" + m[1] + "条", Chapter: strings.Join(chapters, " / ")}
			if m[2] != "" {
				a.Suffix, _ = Number(m[2])
				a.Heading += "之" + m[2]
			}
			last = n
			doc.Articles = append(doc.Articles, a)
			if rest := strings.TrimSpace(b.text[len(m[0]):]); rest != "" {
				text = append(text, rest)
			}
			continue
		}
		if rank := headingRank(b); rank > 0 {
			flush()
			for len(levels) > 0 && levels[len(levels)-1] >= rank {
				levels, chapters = levels[:len(levels)-1], chapters[:len(chapters)-1]
			}
			levels, chapters = append(levels, rank), append(chapters, b.text)
			if isAttachment(b.text) {
				doc.Articles = append(doc.Articles, Article{Heading: b.text})
			}
			continue
		}
		text = append(text, b.text)
	}
	flush()
	mergeDetached(doc)
}

func isAttachment(s string) bool {
	return strings.HasPrefix(s, "附件") || strings.HasPrefix(s, "附表") || strings.HasPrefix(s, "附录")
}

// mergeDetached gives articles that begin again from one (the second part of a decision, an attachment with
// its own numbers) headings that stay unique within the document.
func mergeDetached(doc *Document) {
	seen := map[string]int{}
	for i := range doc.Articles {
		h := doc.Articles[i].Heading
		if seen[h]++; seen[h] > 1 && doc.Articles[i].Number == 0 {
			doc.Articles[i].Heading = fmt.Sprintf("%s (%d)", h, seen[h])
		}
	}
}

// startsArticle tells an article's beginning from a sentence that merely begins by naming one: numbers follow
// one another, and a space or the end of the line follows the number.
func startsArticle(line, match, number string, last int) bool {
	if len(line) == len(match) || strings.TrimRight(match, " :：") != match {
		return true
	}
	n, ok := Number(number)
	return ok && (n == last+1 || n == 1)
}

// headingRank returns the rank of a chapter heading (1 the highest), 0 for a paragraph.
func headingRank(b block) int {
	n := utf8.RuneCountInString(b.text)
	if m := chapterStart.FindStringSubmatch(b.text); m != nil && n <= 60 && !strings.HasSuffix(b.text, "。") {
		return map[string]int{"编": 1, "分编": 2, "章": 3, "节": 4}[m[1]]
	}
	if b.level > 1 {
		return 4 + b.level
	}
	if dashHeading.MatchString(b.text) && n <= 30 && !strings.ContainsAny(b.text, "。；;") {
		return 3
	}
	if isAttachment(b.text) && n <= 30 {
		return 2
	}
	return 0
}

// sections reads a document without article numbers: one article for each heading, long ones split.
func sections(blocks []block, doc *Document) {
	heading, text, size, part := "", []string(nil), 0, 1
	flush := func(next string) {
		if len(text) > 0 {
			h := heading
			if h == "" {
				h = "正文"
			}
			if part > 1 {
				h = fmt.Sprintf("%s (%d)", h, part)
			}
			doc.Articles = append(doc.Articles, Article{Heading: h, Chapter: heading, Text: strings.Join(text, "\n")})
		}
		text, size = nil, 0
		if next == heading {
			part++
		} else {
			heading, part = next, 1
		}
	}
	for _, b := range blocks {
		if b.text == infoEnd || b.text == doc.Title {
			continue
		}
		if headingRank(b) > 0 {
			flush(b.text)
			continue
		}
		n := utf8.RuneCountInString(b.text)
		if size > 0 && size+n > sectionLimit {
			flush(heading)
		}
		text = append(text, b.text)
		size += n
	}
	flush("")
	mergeDetached(doc)
}

// passages splits an article's text where it lists items.
func passages(text string) []Passage {
	lines := strings.Split(text, "\n")
	if len(lines) < 2 {
		return nil
	}
	var out []Passage
	for _, l := range lines {
		p := Passage{Text: l}
		if m := itemLabel.FindStringSubmatch(l); m != nil {
			p.Label = m[1]
		} else if len(out) > 0 && !itemStart.MatchString(l) && out[len(out)-1].Label != "" && !strings.HasPrefix(l, "—") {
			out[len(out)-1].Text += "\n" + l
			continue
		}
		out = append(out, p)
	}
	return out
}

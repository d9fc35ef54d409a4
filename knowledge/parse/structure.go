package parse

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const numerals = `[零〇○一二三四五六七八九十百千两\d]+`

var (
	articleStart = regexp.MustCompile(`^第(` + numerals + `)条(?:之(` + numerals + `))?[\s:：]*`)
	chapterStart = regexp.MustCompile(`^第` + numerals + `(分编|编|章|节)(\s|$|[^\s，。,;；])`)
	dashHeading  = regexp.MustCompile(`^([一二三四五六七八九十]+)、\S`)
	published    = regexp.MustCompile(`(发布|公布|发文|成文)(日期|时间)\s*[:：]\s*(\d{4}[年\-/.]\d{1,2}[月\-/.]\d{1,2})`)
	furniture    = regexp.MustCompile(`^(分享到|上一[条篇]|下一[条篇]|相关新闻|相关文章|相关链接|打印(本页|本文|$)|关闭(窗口|本页|\s*CLOSE|$)|版权所有|您的位置|您现在的位置|当前位置|首页($|\s|[>|])|来源\s*[:：]|原文(链接|地址|网址)\s*[:：]|责任编辑|扫一扫|附件下载|返回顶部|网站地图|主办单位|浏览次数|点击数|字体)|CLOSE|\bPrint\b`)
	titleEnd     = regexp.MustCompile(`(意见|通知|办法|条例|规定|决定|法|细则|方案|规划|纲要|规则|解释|批复|公告|措施|指引|指南|目录|标准|准则|通则|章程|答复|决议|制度|计划)(\(.*\)|（.*）)?$`)
	itemStart    = regexp.MustCompile(`^(——|—|[(（][一二三四五六七八九十\d]+[)）]|\d+[.、．])\s*`)
	issuingBody  = regexp.MustCompile(`(政府|委员会|[厅局部委院会署办]|办公室|办公厅|总局|银行|法院|检察院)$`)
	itemLabel    = regexp.MustCompile(`^(?:——|—)\s*([^。，,；;：:]{2,24})[。：:]`)
)

// sectionLimit is the length in characters above which a section of a document without article numbers is
// split between paragraphs: a passage much longer than an article answers nothing precisely.
const sectionLimit = 800

// headRegion is how many paragraphs may stand above the text of a document without article numbers.
const headRegion = 30

// structure finds title, chapters and articles in a file's paragraphs. What doc holds already, from the file's
// own front matter, is kept. It returns the notes beside the text.
func structure(in []block, doc *Document) (notes []string, err error) {
	var blocks []block
	for _, b := range in {
		if b.text != "" {
			blocks = append(blocks, b)
		}
	}
	if len(blocks) == 0 {
		return nil, fault("no-text", "no text found in it: give the policy's text")
	}
	given := *doc
	first := slices.IndexFunc(blocks, func(b block) bool { return articleStart.MatchString(b.text) })
	above := first
	if first < 0 {
		above = min(len(blocks), max(headRegion, slices.IndexFunc(blocks, func(b block) bool { return b.text == infoEnd })+1))
	}
	start := head(blocks[:above], doc)
	if first < 0 {
		above = min(len(blocks), start+8)
	}
	var body []block
	for i, b := range blocks[start:above] {
		if i < 12 && pageLine(b.text, doc) {
			continue
		}
		body = append(body, b)
	}
	notes = notesAmong(texts(body))
	end := tail(blocks, above, doc)
	for _, n := range notesAmong(texts(blocks[max(end-2, above):])) {
		if inForceWord.MatchString(n) { // an annex ends with the day of its own passing
			notes = append(notes, n)
		}
	}
	body = append(body, blocks[above:max(end, above)]...)
	for i, b := range blocks {
		if i < start || i >= end {
			sourceOf(b.text, doc)
			headDates(b.text, doc)
		}
	}
	body = attachments(body, doc)
	if hasArticles(body) {
		numbered(body, doc)
	} else {
		sections(body, doc)
	}
	if len(doc.Articles) == 0 {
		return nil, fault("no-article", "no article and no paragraph found in it: give the policy's text")
	}
	for i := range doc.Articles {
		doc.Articles[i].Passages = passages(doc.Articles[i].Text)
	}
	for _, f := range [][2]*string{
		{&doc.Title, &given.Title}, {&doc.Issuer, &given.Issuer}, {&doc.Dated, &given.Dated}, {&doc.Published, &given.Published},
		{&doc.Effective, &given.Effective}, {&doc.Expires, &given.Expires}, {&doc.Source, &given.Source},
	} {
		if *f[1] != "" {
			*f[0] = *f[1]
		}
	}
	return notes, nil
}

// texts are the paragraphs' words.
func texts(blocks []block) []string {
	list := make([]string, len(blocks))
	for i, b := range blocks {
		list[i] = b.text
	}
	return list
}

// pageLine reports whether a line between title and text belongs to the page: it takes dates and source from it.
func pageLine(line string, doc *Document) bool {
	if utf8.RuneCountInString(line) > 120 || line == infoEnd {
		return false
	}
	if m := published.FindStringSubmatch(line); m != nil {
		if doc.Published == "" {
			doc.Published = isoDate(m[3])
		}
		sourceOf(line, doc)
		return true
	}
	return headDates(line, doc) || sourceOf(line, doc) || furniture.MatchString(line)
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
	if doc.Title != "" { // given above the text: the line that repeats it is no part of the text
		title = slices.IndexFunc(blocks, func(b block) bool { return strings.Trim(b.text, "《》") == doc.Title })
		if title < 0 && len(blocks) > start && blocks[start].level == 1 {
			title = start
		}
		return max(start, title+1)
	}
	for i, b := range blocks { // a heading, or a line a page repeats, or one that ends as titles do
		n := utf8.RuneCountInString(b.text)
		if b.text == infoEnd || furniture.MatchString(b.text) || n < 4 && b.level != 1 || n > 80 || published.MatchString(b.text) {
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
	if title > 0 && strings.HasPrefix(doc.Title, "关于") && signature(blocks[title-1].text) {
		// Documents set in two lines: the body that issues it, then what it is about.
		doc.Issuer = blocks[title-1].text
		doc.Title = doc.Issuer + doc.Title
	}
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
		issuer := ""
		for end-1 > first && signature(blocks[end-1].text) {
			end--
			issuer = strings.TrimSpace(blocks[end].text + " " + issuer)
		}
		doc.Issuer = cmp.Or(issuer, doc.Issuer)
		break
	}
	return end
}

// signature reports whether a line is the name of an issuing body.
func signature(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 3 && n <= 40 && !strings.ContainsAny(s, "。；;，,：:") && !articleStart.MatchString(s) && issuingBody.MatchString(s)
}

package parse

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	// attachmentStart needs something between the number and a title: 附件三所列法律 is a sentence's beginning.
	attachmentStart = regexp.MustCompile(`^附\s?(件|表|录|图)\s*([\d一二三四五六七八九十]{0,3})\s*($|[:：、.．\s]\s*(\S.*)?$)`)
	listedItem      = regexp.MustCompile(`^\d{1,2}\s*[.、．]\s*\S`)
	attachmentName  = regexp.MustCompile(`^附\s?(?:件|表|录|图)\s*[\d一二三四五六七八九十]{0,3}`)
)

// attachments marks the lines that head an attachment, joins them with the title below them, and takes the
// signature that closes the document before its first attachment. A list that only names attachments stays text.
func attachments(blocks []block, doc *Document) []block {
	var out []block
	signed := false
	for i := 0; i < len(blocks); i++ {
		b := blocks[i]
		m := attachmentStart.FindStringSubmatch(b.text)
		if m == nil || utf8.RuneCountInString(b.text) > 60 || onlyNamed(blocks[i:]) {
			out = append(out, b)
			continue
		}
		if !signed {
			out, signed = unsign(out, doc), true
		}
		b.attach = true
		b.text = strings.TrimRight(b.text, ":： ")
		if strings.TrimSpace(m[4]) == "" && i+2 < len(blocks) && attachmentTitle(blocks[i+1]) {
			i++
			b.text += " " + blocks[i].text
		}
		out = append(out, b)
	}
	return out
}

// onlyNamed reports whether the first of the blocks names attachments without bringing them: behind it and
// the numbered names that follow come the signature, another attachment or nothing.
func onlyNamed(blocks []block) bool {
	i := 1
	for i < len(blocks) && listedItem.MatchString(blocks[i].text) && utf8.RuneCountInString(blocks[i].text) <= 60 && !strings.HasSuffix(blocks[i].text, "。") {
		i++
	}
	if i == len(blocks) {
		return true
	}
	next := blocks[i].text
	return dateOnly.MatchString(next) || signature(next) && i+1 < len(blocks) && (dateOnly.MatchString(blocks[i+1].text) || signature(blocks[i+1].text)) ||
		attachmentStart.MatchString(next)
}

// attachmentTitle reports whether the paragraph below "附件1" is its title.
func attachmentTitle(b block) bool {
	n := utf8.RuneCountInString(b.text)
	return n >= 2 && n <= 40 && !strings.ContainsAny(b.text, "。；;，,:：|") && !articleStart.MatchString(b.text) &&
		!itemStart.MatchString(b.text) && !dashHeading.MatchString(b.text) && chapterStart.FindString(b.text) == ""
}

// unsign takes date and issuing bodies off the end of the text before the attachments.
func unsign(blocks []block, doc *Document) []block {
	end := len(blocks)
	for i := end - 1; i > 0 && i >= end-4; i-- {
		if !dateOnly.MatchString(strings.ReplaceAll(blocks[i].text, " ", "")) {
			continue
		}
		doc.Dated = cmp.Or(doc.Dated, isoDate(blocks[i].text))
		cut, issuer := i, ""
		for cut > 0 && signature(blocks[cut-1].text) {
			cut--
			issuer = strings.TrimSpace(blocks[cut].text + " " + issuer)
		}
		doc.Issuer = cmp.Or(doc.Issuer, issuer)
		return append(blocks[:cut:cut], blocks[i+1:]...)
	}
	return blocks
}

// attachmentLabel is the short name of an attachment: "附件2".
func attachmentLabel(heading string) string {
	return strings.ReplaceAll(strings.TrimSpace(attachmentName.FindString(heading)), " ", "")
}

// divideAttachments splits attachments that are longer than a section may be, and leaves out the bare headings
// of those that consist of articles.
func divideAttachments(doc *Document) {
	var out []Article
	for _, a := range doc.Articles {
		if a.Number > 0 || !attachmentName.MatchString(a.Heading) {
			out = append(out, a)
			continue
		}
		for i, t := range divide(strings.Split(a.Text, "\n")) {
			p := a
			if p.Text = t; i > 0 {
				p.Heading = a.Heading + " (" + strconv.Itoa(i+1) + ")"
			}
			out = append(out, p)
		}
	}
	doc.Articles = out
}

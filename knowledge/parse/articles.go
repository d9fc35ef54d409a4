package parse

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

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
	var pending []string // headings inside an attachment: chapters of its articles, or else part of its text
	attached := ""
	seen := map[string]bool{}
	last := 0
	for _, b := range blocks {
		if b.text == infoEnd || b.text == doc.Title && b.level > 0 {
			continue
		}
		if b.attach {
			flush()
			pending, last, attached = nil, 0, b.text
			levels, chapters = []int{2}, []string{b.text}
			doc.Articles = append(doc.Articles, Article{Heading: b.text, Chapter: b.text})
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
			if attached != "" && seen[a.Heading] { // a citation of it must not mean the document's own
				a.Heading = attachmentLabel(attached) + " " + a.Heading
			}
			seen[a.Heading] = true
			last, pending = n, nil
			doc.Articles = append(doc.Articles, a)
			if rest := strings.TrimSpace(b.text[len(m[0]):]); rest != "" {
				text = append(text, rest)
			}
			continue
		}
		if rank := headingRank(b); rank > 0 {
			if k := len(doc.Articles); k > 0 && doc.Articles[k-1].Number == 0 {
				pending = append(pending, b.text)
			} else {
				flush()
			}
			for len(levels) > 0 && levels[len(levels)-1] >= rank {
				levels, chapters = levels[:len(levels)-1], chapters[:len(chapters)-1]
			}
			levels, chapters = append(levels, rank), append(chapters, b.text)
			continue
		}
		text = append(append(text, pending...), b.text)
		pending = nil
	}
	text = append(text, pending...)
	flush()
	divideAttachments(doc)
	mergeDetached(doc)
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
	if b.attach {
		return 2
	}
	if m := chapterStart.FindStringSubmatch(b.text); m != nil && n <= 60 && !strings.HasSuffix(b.text, "。") {
		return map[string]int{"编": 1, "分编": 2, "章": 3, "节": 4}[m[1]]
	}
	if b.level > 1 {
		return 4 + b.level
	}
	if dashHeading.MatchString(b.text) && n <= 30 && !strings.ContainsAny(b.text, "。；;") {
		return 3
	}
	return 0
}

// sections reads a document without article numbers: one article for each heading, long ones split.
func sections(blocks []block, doc *Document) {
	var path []string
	var levels []int
	var text []string
	flush := func() {
		heading := "正文"
		if len(path) > 0 {
			heading = path[len(path)-1]
		}
		for i, t := range divide(text) {
			h := heading
			if i > 0 {
				h = fmt.Sprintf("%s (%d)", heading, i+1)
			}
			doc.Articles = append(doc.Articles, Article{Heading: h, Chapter: strings.Join(path, " / "), Text: t})
		}
		text = nil
	}
	for _, b := range blocks {
		if b.text == infoEnd || b.text == doc.Title {
			continue
		}
		if rank := headingRank(b); rank > 0 {
			flush()
			for len(levels) > 0 && levels[len(levels)-1] >= rank {
				levels, path = levels[:len(levels)-1], path[:len(path)-1]
			}
			levels, path = append(levels, rank), append(slices.Clone(path), b.text)
			continue
		}
		text = append(text, b.text)
	}
	flush()
	mergeDetached(doc)
}

// divide joins paragraphs into parts of at most sectionLimit characters, cutting between paragraphs and, where
// one is longer than that, behind a sentence.
func divide(paragraphs []string) []string {
	var out []string
	var part strings.Builder
	size := 0
	add := func(s, before string) {
		n := utf8.RuneCountInString(s)
		if size > 0 && size+n > sectionLimit {
			out = append(out, part.String())
			part.Reset()
			size = 0
		}
		if size > 0 {
			part.WriteString(before)
		}
		part.WriteString(s)
		size += n
	}
	for _, p := range paragraphs {
		if utf8.RuneCountInString(p) <= sectionLimit {
			add(p, "\n")
			continue
		}
		before := "\n"
		for _, s := range strings.SplitAfter(p, "。") {
			for r := []rune(s); len(r) > 0; before = "" { // text without any full stop is cut where it must be
				n := min(len(r), sectionLimit)
				add(string(r[:n]), before)
				r = r[n:]
			}
		}
	}
	if size > 0 {
		out = append(out, part.String())
	}
	return out
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

package parse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// cellSeparator stands between the cells of a table's row, which is read as one paragraph.
const cellSeparator = " | "

// layoutCell is the length in characters above which a cell is no datum but a part of the page: pages were
// long laid out with tables.
const layoutCell = 400

var lineEnds = strings.NewReplacer("\r", " ", "\n", " ")

// htmlBlocks reads a page as its paragraphs, leaving out what is never text: scripts, styles, navigation. What
// the page's head says of its source and date goes to doc.
func htmlBlocks(s string, doc *Document) ([]block, error) {
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return nil, fault("html", "unreadable HTML (%v): save the page's text as .txt", err)
	}
	w := htmlWalk{doc: doc}
	w.walk(root, 0)
	w.end(0)
	return w.out, nil
}

type htmlWalk struct {
	doc  *Document
	out  []block
	line strings.Builder
	list []int // the next number of each ordered list that is open; -1 for other lists
}

func (w *htmlWalk) end(level int) {
	for part := range strings.SplitSeq(w.line.String(), "\n") {
		w.out = append(w.out, block{text: clean(part), level: level})
	}
	w.line.Reset()
}

func (w *htmlWalk) walk(n *html.Node, level int) {
	if n.Type == html.TextNode {
		// Line ends in the source of a page are mere spaces.
		w.line.WriteString(lineEnds.Replace(n.Data))
		return
	}
	breaks := false
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Head:
			w.head(n)
			return
		case atom.Link, atom.Meta: // misplaced, as old pages do
			w.about(n)
			return
		case atom.Script, atom.Style, atom.Noscript, atom.Nav, atom.Footer, atom.Form, atom.Select, atom.Button, atom.Iframe, atom.Svg, atom.Template, atom.Textarea:
			return
		case atom.Br:
			w.line.WriteByte('\n')
			return
		case atom.Table:
			w.end(0)
			if rows, ok := dataRows(n); ok {
				for _, r := range rows {
					w.out = append(w.out, block{text: r})
				}
				return
			}
			breaks = true
		case atom.Ol:
			start := 1
			if v, err := strconv.Atoi(attr(n, "start")); err == nil && v >= 0 && v < 10000 {
				start = v
			}
			w.list = append(w.list, start)
			defer func() { w.list = w.list[:len(w.list)-1] }()
			breaks = true
		case atom.Ul:
			w.list = append(w.list, -1)
			defer func() { w.list = w.list[:len(w.list)-1] }()
			breaks = true
		case atom.Li:
			w.end(0)
			w.number(n)
			breaks = true
			// The paragraphs inside an item must not part it from its number.
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.DataAtom == atom.P && strings.TrimSpace(w.line.String()) != "" {
					for g := c.FirstChild; g != nil; g = g.NextSibling {
						w.walk(g, level)
					}
					w.end(level)
					continue
				}
				w.walk(c, level)
			}
			w.end(level)
			return
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			breaks, level = true, int(n.Data[1]-'0')
		case atom.P, atom.Div, atom.Tr, atom.Td, atom.Th, atom.Section, atom.Article, atom.Header, atom.Main, atom.Aside, atom.Blockquote, atom.Pre, atom.Dd, atom.Dt, atom.Dl, atom.Center, atom.Hr, atom.Caption, atom.Figure, atom.Figcaption, atom.Fieldset:
			breaks = true
		}
	}
	if breaks {
		w.end(0)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, level)
	}
	if breaks {
		w.end(level)
	}
}

// number writes what a browser shows before an item of an ordered list.
func (w *htmlWalk) number(n *html.Node) {
	if len(w.list) == 0 || w.list[len(w.list)-1] < 0 {
		return
	}
	next := &w.list[len(w.list)-1]
	if v, err := strconv.Atoi(attr(n, "value")); err == nil && v >= 0 && v < 10000 {
		*next = v
	}
	text := clean(textOf(n))
	if !itemStart.MatchString(text) && !articleStart.MatchString(text) { // else the item numbers itself
		w.line.WriteString(strconv.Itoa(*next) + ". ")
	}
	*next++
}

// head reads what a page says about itself.
func (w *htmlWalk) head(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.about(c)
	}
}

func (w *htmlWalk) about(n *html.Node) {
	switch {
	case n.DataAtom == atom.Link && strings.EqualFold(attr(n, "rel"), "canonical"):
		if u, err := SourceURL(attr(n, "href")); err == nil && w.doc.Source == "" {
			w.doc.Source = u
		}
	case n.DataAtom == atom.Meta && strings.EqualFold(attr(n, "name"), "PubDate") && w.doc.Published == "": // the standard of government sites names it so
		w.doc.Published = isoDate(attr(n, "content"))
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns all text below a node, blocks parted by spaces.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style:
			b.WriteString(lineEnds.Replace(d.Data))
		case d.Type == html.ElementNode && (d.DataAtom == atom.P || d.DataAtom == atom.Div || d.DataAtom == atom.Br || d.DataAtom == atom.Li):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// maxSpan bounds rowspan: a page must not make rows without end.
const maxSpan = 200

// dataRows reads a table of data, a row a paragraph; a cell that spans rows is repeated in each, so that each
// row can be understood alone. It reports false for a table that lays out the page.
func dataRows(table *html.Node) ([]string, bool) {
	var rows []string
	spans := map[int]struct {
		text string
		left int
	}{}
	total := 0
	for tr := range table.Descendants() {
		if tr.DataAtom == atom.Table {
			return nil, false
		}
		if tr.DataAtom != atom.Tr {
			continue
		}
		var cells []string
		column := 0
		carry := func() {
			for spans[column].left > 0 {
				s := spans[column]
				s.left--
				spans[column] = s
				cells = append(cells, s.text)
				column++
			}
		}
		for td := tr.FirstChild; td != nil; td = td.NextSibling {
			if td.DataAtom != atom.Td && td.DataAtom != atom.Th {
				continue
			}
			carry()
			text := clean(textOf(td))
			if utf8.RuneCountInString(text) > layoutCell || articleStart.MatchString(text) || hasHeading(td) {
				return nil, false
			}
			if n, err := strconv.Atoi(attr(td, "rowspan")); err == nil && n > 1 && text != "" {
				s := spans[column]
				s.text, s.left = text, min(n, maxSpan)-1
				spans[column] = s
			}
			cells = append(cells, text)
			column++
		}
		carry()
		var kept []string
		for _, c := range cells {
			if c != "" {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 {
			row := strings.Join(kept, cellSeparator)
			rows = append(rows, row)
			total += len(kept)
		}
	}
	// one cell a row is a frame around paragraphs
	return rows, total > len(rows)
}

func hasHeading(n *html.Node) bool {
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
	}
	return false
}

package parse

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlBlocks reads a page as its paragraphs, leaving out what is never text: scripts, styles, navigation.
func htmlBlocks(s string) ([]block, error) {
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return nil, fmt.Errorf("unreadable HTML: %w", err)
	}
	w := htmlWalk{}
	w.walk(root, 0)
	w.end(0)
	return w.out, nil
}

type htmlWalk struct {
	out  []block
	line strings.Builder
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
		w.line.WriteString(strings.NewReplacer("\r", " ", "\n", " ").Replace(n.Data))
		return
	}
	breaks := false
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Noscript, atom.Head, atom.Nav, atom.Footer, atom.Form, atom.Select, atom.Button, atom.Iframe, atom.Svg:
			return
		case atom.Br:
			w.line.WriteByte('\n')
			return
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			breaks, level = true, int(n.Data[1]-'0')
		case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Tr, atom.Table, atom.Td, atom.Th, atom.Section, atom.Article, atom.Header, atom.Main, atom.Aside, atom.Blockquote, atom.Pre, atom.Dd, atom.Dt, atom.Center, atom.Hr:
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

package parse

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Limits of a .docx file, against archives made to fill the memory: counted bytes, never declared ones.
const (
	docxEntries = 2000
	docxRatio   = 100
	docxDepth   = 200
)

// docxBlocks reads the paragraphs of a Word document. Macros, relations and embedded files are never opened,
// and names inside the archive are compared, never used as paths.
func docxBlocks(body []byte) ([]block, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errEmpty
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fault("docx", "not a Word document (.docx): open it in Word or WPS and save it as .docx")
	}
	if len(z.File) > docxEntries {
		return nil, fault("docx-parts", "the document holds %d parts, more than %d: save the text alone", len(z.File), docxEntries)
	}
	limit := min(int64(MaxFile), docxRatio*int64(len(body)))
	text, err := docxPart(z, "word/document.xml", limit)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, fault("docx-text", "the Word document has no text part: open and save it again")
	}
	numbering, err := docxPart(z, "word/numbering.xml", limit)
	if err != nil {
		return nil, err
	}
	lists, err := readNumbering(numbering)
	if err != nil {
		return nil, err
	}
	return docxParagraphs(text, lists)
}

// docxPart unpacks one part of the archive, nil if there is none of that name.
func docxPart(z *zip.Reader, name string, limit int64) ([]byte, error) {
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		return unpack(f, limit, errDocxDamaged, errDocxLarge)
	}
	return nil, nil
}

// docxLine is a paragraph that is open; text boxes put paragraphs inside paragraphs.
type docxLine struct {
	text       strings.Builder
	level      int
	list, deep string // ids of its numbering and the level in it
}

// docxWalk reads a document's parts in order.
type docxWalk struct {
	out   []block
	lists *numbering
	lines []*docxLine
	rows  [][]string // cells of the open row of each open table
	skip  int        // depth inside a part that repeats another
	inT   bool
}

func docxParagraphs(text []byte, lists *numbering) ([]block, error) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	w := docxWalk{lists: lists}
	depth := 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			if depth != 0 {
				return nil, errDocxDamaged
			}
			return w.out, nil
		}
		if err != nil {
			return nil, errDocxDamaged
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, errDocxType
		case xml.StartElement:
			if depth++; depth > docxDepth {
				return nil, errDocxDeep
			}
			if w.skip > 0 || t.Name.Local == "Fallback" { // of AlternateContent: the same words again
				w.skip++
				continue
			}
			w.start(t)
		case xml.EndElement:
			if depth--; depth < 0 {
				return nil, errDocxDamaged
			}
			if w.skip > 0 {
				w.skip--
				continue
			}
			w.end(t.Name.Local)
		case xml.CharData:
			if k := len(w.lines); w.inT && k > 0 && w.skip == 0 {
				w.lines[k-1].text.Write(t)
			}
		}
	}
}

func value(t xml.StartElement) string {
	for _, a := range t.Attr {
		if a.Name.Local == "val" {
			return a.Value
		}
	}
	return ""
}

func (w *docxWalk) start(t xml.StartElement) {
	switch t.Name.Local {
	case "tbl":
		w.rows = append(w.rows, nil)
	case "tr":
		if k := len(w.rows); k > 0 {
			w.rows[k-1] = nil
		}
	case "tc":
		if k := len(w.rows); k > 0 {
			w.rows[k-1] = append(w.rows[k-1], "")
		}
	case "p":
		w.lines = append(w.lines, &docxLine{})
	case "t":
		w.inT = true
	}
	k := len(w.lines)
	if k == 0 {
		return
	}
	l := w.lines[k-1]
	switch t.Name.Local {
	case "br", "cr":
		l.text.WriteByte('\n')
	case "tab":
		l.text.WriteByte(' ')
	case "noBreakHyphen":
		l.text.WriteByte('-')
	case "numId":
		l.list = value(t)
	case "ilvl":
		l.deep = value(t)
	case "pStyle":
		if v := strings.ToLower(value(t)); strings.HasPrefix(v, "heading") && len(v) > 7 && v[7] >= '1' && v[7] <= '6' {
			l.level = int(v[7] - '0')
		} else if len(v) == 1 && v[0] >= '1' && v[0] <= '6' {
			l.level = int(v[0] - '0') // the Chinese Word names its heading styles 1, 2, 3
		}
	}
}

func (w *docxWalk) end(name string) {
	switch name {
	case "t":
		w.inT = false
	case "p":
		if k := len(w.lines); k > 0 {
			l := w.lines[k-1]
			w.lines = w.lines[:k-1]
			w.paragraph(l)
		}
	case "tr":
		if k := len(w.rows); k > 0 {
			w.row(w.rows[k-1])
			w.rows[k-1] = nil
		}
	case "tbl":
		if k := len(w.rows); k > 0 {
			w.rows = w.rows[:k-1]
		}
	}
}

// paragraph puts a finished paragraph into the open cell, or else into the text.
func (w *docxWalk) paragraph(l *docxLine) {
	text := l.text.String()
	if strings.TrimSpace(text) != "" && l.list != "" {
		text = w.lists.next(l.list, l.deep) + text
	}
	if k := len(w.rows); k > 0 && len(w.rows[k-1]) > 0 {
		cell := &w.rows[k-1][len(w.rows[k-1])-1]
		*cell = strings.TrimPrefix(*cell+"\n"+text, "\n")
		return
	}
	for part := range strings.SplitSeq(text, "\n") {
		w.out = append(w.out, block{text: clean(part), level: l.level})
	}
}

// row puts a finished row into the text: one paragraph of its cells, or the paragraphs of its only cell, which
// is a frame. A row of a table within a cell goes into that cell.
func (w *docxWalk) row(cells []string) {
	var kept []string
	for _, c := range cells {
		if clean(c) != "" {
			kept = append(kept, c)
		}
	}
	lines := []string{}
	if len(kept) == 1 {
		lines = strings.Split(kept[0], "\n")
	} else if len(kept) > 1 {
		for i := range kept {
			kept[i] = clean(kept[i])
		}
		lines = []string{strings.Join(kept, cellSeparator)}
	}
	if k := len(w.rows); k > 1 && len(w.rows[k-2]) > 0 {
		cell := &w.rows[k-2][len(w.rows[k-2])-1]
		*cell = strings.TrimPrefix(*cell+"\n"+strings.Join(lines, "\n"), "\n")
		return
	}
	for _, l := range lines {
		w.out = append(w.out, block{text: clean(l)})
	}
}

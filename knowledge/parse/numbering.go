package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// numbering writes the numbers that Word computes and does not store in the text: 第一条 is often one of them.
type numbering struct {
	abstract map[string]string            // numId -> abstract list
	levels   map[string][listDepth]format // of an abstract list
	count    map[string]*[listDepth]int   // of an abstract list, so far
}

const listDepth = 9 // levels of a list in Word

// format is how one level of a list is numbered.
type format struct {
	text  string // "第%1条"
	kind  string // "chineseCounting", "decimal", …
	start int
}

var placeholder = regexp.MustCompile(`%([1-9])`)

// readNumbering reads the part of a Word document that defines its lists; nil gives lists without numbers.
func readNumbering(text []byte) (*numbering, error) {
	n := &numbering{map[string]string{}, map[string][listDepth]format{}, map[string]*[listDepth]int{}}
	if text == nil {
		return n, nil
	}
	dec := xml.NewDecoder(bytes.NewReader(text))
	abstract, num, level, depth := "", "", -1, 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return nil, errDocxDamaged
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, errDocxType
		case xml.EndElement:
			depth--
			if t.Name.Local == "abstractNum" {
				abstract, level = "", -1
			} else if t.Name.Local == "num" {
				num = ""
			}
		case xml.StartElement:
			if depth++; depth > docxDepth {
				return nil, errDocxDeep
			}
			switch t.Name.Local {
			case "abstractNum":
				abstract = "a" + attribute(t, "abstractNumId")
			case "num":
				num = attribute(t, "numId")
			case "abstractNumId":
				if num != "" {
					n.abstract[num] = "a" + value(t)
				}
			case "lvl":
				if level = levelOf(attribute(t, "ilvl")); abstract == "" {
					level = -1 // an override of one list's level: the abstract one is near enough
				}
			case "start", "numFmt", "lvlText":
				if level < 0 {
					break
				}
				l := n.levels[abstract]
				switch t.Name.Local {
				case "start":
					l[level].start, _ = strconv.Atoi(value(t))
				case "numFmt":
					l[level].kind = value(t)
				case "lvlText":
					l[level].text = value(t)
				}
				n.levels[abstract] = l
			}
		}
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func levelOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n >= listDepth {
		return 0
	}
	return n
}

// next returns the number of the next paragraph of a list with the space behind it, "" for bullets and unknown
// lists.
func (n *numbering) next(list, deep string) string {
	abstract, ok := n.abstract[list]
	if !ok {
		return ""
	}
	levels, at := n.levels[abstract], levelOf(deep)
	count := n.count[abstract]
	if count == nil {
		count = new([listDepth]int)
		n.count[abstract] = count
	}
	count[at]++
	for i := at + 1; i < listDepth; i++ {
		count[i] = 0
	}
	f := levels[at]
	if f.kind == "bullet" || f.kind == "none" || !placeholder.MatchString(f.text) || len(f.text) > 60 {
		return ""
	}
	return placeholder.ReplaceAllStringFunc(f.text, func(p string) string {
		i := int(p[1] - '1')
		v := max(count[i], 1) - 1 + min(max(levels[i].start, 0), 9999)
		if levels[i].start == 0 && levels[i].text == "" {
			v++
		}
		if strings.Contains(strings.ToLower(levels[i].kind), "chinese") || levels[i].kind == "japaneseCounting" || levels[i].kind == "ideographDigital" {
			if v >= 1 && v <= 9999 {
				return Chinese(v)
			}
		}
		return strconv.Itoa(v)
	}) + " "
}

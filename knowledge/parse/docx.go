package parse

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of a .docx file, against archives made to fill the memory: counted bytes, never declared ones.
const (
	docxEntries = 2000
	docxRatio   = 100
	docxDepth   = 200
)

// docxBlocks reads the paragraphs of a Word document. Macros, relations and embedded files are never opened.
func docxBlocks(body []byte) ([]block, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("the file is empty: give the policy's text")
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, errors.New("not a Word document (.docx): open it in Word or WPS and save it as .docx")
	}
	if len(z.File) > docxEntries {
		return nil, fmt.Errorf("the document holds %d parts, more than %d: save the text alone", len(z.File), docxEntries)
	}
	for _, f := range z.File {
		if f.Name != "word/document.xml" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, errors.New("damaged Word document: open and save it again")
		}
		defer r.Close()
		limit := min(int64(MaxFile), docxRatio*int64(len(body)))
		text, err := io.ReadAll(io.LimitReader(r, limit+1))
		if err != nil {
			return nil, errors.New("damaged Word document: open and save it again")
		}
		if int64(len(text)) > limit {
			return nil, errors.New("the Word document unpacks to more than it may: save the text alone")
		}
		return docxParagraphs(text)
	}
	return nil, errors.New("the Word document has no text part: open and save it again")
}

func docxParagraphs(text []byte) ([]block, error) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	var (
		out   []block
		line  strings.Builder
		level int
		inT   bool
		depth int
	)
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, errors.New("damaged Word document: open and save it again")
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, errors.New("the Word document declares a document type, which Word never does: refused")
		case xml.StartElement:
			if depth++; depth > docxDepth {
				return nil, errors.New("the Word document is nested too deep: save the text alone")
			}
			switch t.Name.Local {
			case "p":
				line.Reset()
				level = 0
			case "t":
				inT = true
			case "br", "cr":
				line.WriteByte('\n')
			case "tab":
				line.WriteByte(' ')
			case "pStyle":
				for _, a := range t.Attr {
					if v := strings.ToLower(a.Value); strings.HasPrefix(v, "heading") && len(v) > 7 && v[7] >= '1' && v[7] <= '6' {
						level = int(v[7] - '0')
					} else if len(v) == 1 && v[0] >= '1' && v[0] <= '6' {
						level = int(v[0] - '0') // the Chinese Word names its heading styles 1, 2, 3
					}
				}
			}
		case xml.EndElement:
			depth--
			switch t.Name.Local {
			case "t":
				inT = false
			case "p":
				for part := range strings.SplitSeq(line.String(), "\n") {
					out = append(out, block{text: clean(part), level: level})
				}
				line.Reset()
			}
		case xml.CharData:
			if inT {
				line.Write(t)
			}
		}
	}
}

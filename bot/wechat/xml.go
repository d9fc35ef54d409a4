package wechat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a message. The deepest the platform sends is 5 (xml, SendPicsInfo, PicList,
// item, PicMd5Sum).
const maxDepth = 16

// controlFields are the elements that decide what a message is. encoding/xml would let the last of two win and
// drop the inside of a child, so both are refused here: what was checked must be what is used.
var controlFields = map[string]bool{
	"ToUserName": true, "FromUserName": true, "CreateTime": true, "MsgType": true, "MsgId": true, "Content": true,
	"Event": true, "EventKey": true, "Encrypt": true, "Recognition": true, "bizmsgmenuid": true,
}

// fields are the control fields of one message by name. A field that is there but empty is in the map.
type fields map[string]string

// parseXML reads one flat <xml> document strictly: UTF-8 only, no DOCTYPE, no entities but the five of XML, no
// processing instruction but an XML declaration at the very start, no comment, every control field at most once
// and without children, nothing but blanks after the root. Elements it does not know are skipped, so that new
// ones of the platform do no harm. Errors name the rule and hold nothing of the document.
func parseXML(doc []byte) (fields, error) {
	if !utf8.Valid(doc) {
		return nil, errors.New("not UTF-8")
	}
	if bytes.IndexByte(doc, 0) >= 0 {
		return nil, errors.New("NUL in the document")
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	p := xmlReader{found: fields{}}
	for {
		began := d.InputOffset()
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errors.New("not well-formed") // err quotes the document
		}
		if err := p.take(t, began); err != nil {
			return nil, err
		}
	}
	if !p.closed {
		return nil, errors.New("no document")
	}
	return p.found, nil
}

// xmlReader follows the tokens of one document.
type xmlReader struct {
	depth  int
	closed bool   // the root has ended
	field  string // the control field that is open, "" if none
	text   strings.Builder
	found  fields
}

func (p *xmlReader) take(t xml.Token, offset int64) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.start(t.Name)
	case xml.EndElement:
		p.end()
	case xml.CharData:
		if p.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return errors.New("text outside the root")
		}
		if p.field != "" {
			p.text.Write(t)
		}
	case xml.ProcInst:
		if t.Target != "xml" || offset != 0 {
			return errors.New("processing instruction")
		}
	case xml.Directive:
		return errors.New("document type or other directive")
	case xml.Comment:
		return errors.New("comment")
	}
	return nil
}

func (p *xmlReader) start(name xml.Name) error {
	switch p.depth++; {
	case p.closed:
		return errors.New("second document")
	case p.depth > maxDepth:
		return errors.New("nested too deep")
	case name.Space != "":
		return errors.New("name with a prefix or namespace")
	case p.depth == 1 && name.Local != "xml":
		return errors.New("root is not xml")
	case p.field != "":
		return fmt.Errorf("element inside %s", p.field)
	case p.depth == 2 && controlFields[name.Local]:
		if _, twice := p.found[name.Local]; twice {
			return fmt.Errorf("two elements %s", name.Local)
		}
		p.field = name.Local
		p.found[p.field] = ""
	}
	return nil
}

func (p *xmlReader) end() {
	p.depth--
	if p.field != "" {
		p.found[p.field] = p.text.String()
		p.field = ""
		p.text.Reset()
	}
	p.closed = p.depth == 0
}

package parse

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	unicodes "golang.org/x/text/encoding/unicode"
)

// MaxFile is the size in bytes above which a policy file is refused: the longest statute known here has half
// a megabyte, and what is larger is not a policy.
const MaxFile = 50 << 20

// block is one paragraph of a file and, where the format marks headings, its level (1 the highest).
type block struct {
	text   string
	level  int
	attach bool // it heads an attachment
}

// File reads one policy file. The format is chosen by the name's ending: .txt, .md, .html, .htm, .docx.
func File(path string) (Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return Document{}, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return Bytes(filepath.Base(path), body)
}

// Supported reports whether a file name has an ending that Bytes can read.
func Supported(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".txt", ".md", ".markdown", ".html", ".htm", ".docx":
		return true
	}
	return false
}

// Bytes reads a policy from the content of a file with the given name. Errors name the file, what is wrong
// and how to mend it.
func Bytes(name string, body []byte) (Document, error) {
	fail := func(err error) (Document, error) { return Document{}, of(name, err) }
	if len(body) > MaxFile {
		return fail(fault("large", "larger than 50 MiB: split it, or save the text alone"))
	}
	var (
		blocks []block
		doc    Document
		err    error
	)
	ext := strings.ToLower(filepath.Ext(name))
	if ext == ".docx" {
		blocks, err = docxBlocks(body)
	} else {
		var text string
		if text, err = decode(body); err == nil {
			switch ext {
			case ".html", ".htm":
				blocks, err = htmlBlocks(text, &doc)
			case ".md", ".markdown":
				if text, err = frontMatter(text, &doc); err == nil {
					blocks = markdownBlocks(text)
				}
			case ".txt", "":
				if looksHTML(text) {
					blocks, err = htmlBlocks(text, &doc)
				} else {
					blocks = textBlocks(text)
				}
			default:
				err = fault("kind", "unknown kind of file: give .txt, .md, .html or .docx")
			}
		}
	}
	if err != nil {
		return fail(err)
	}
	notes, err := structure(blocks, &doc)
	if err != nil {
		return fail(err)
	}
	if doc.Title == "" {
		doc.Title = clean(strings.TrimSuffix(name, filepath.Ext(name)))
	}
	_, doc.Version = splitVersion(doc.Title)
	inForce(&doc, readNotes(&doc, notes))
	if doc.ID = Identity(doc.Title); doc.ID == "" {
		return fail(fault("no-title", "no title found: put the policy's title on the first line"))
	}
	return doc, nil
}

// charset is what a page says of its own encoding.
var charset = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([\w-]+)`)

// damagedShare is one in how many bytes may be unreadable in a page that names its encoding: the page is read
// all the same, and Check names the places.
const damagedShare = 500

// decode turns the bytes of a text file into a string: UTF-8 with or without a byte order mark, UTF-16 with
// one, else GB18030, which Windows in China still writes, or Big5 where a page says so.
func decode(body []byte) (string, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(body)) == 0 {
		return "", errEmpty
	}
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		out, err := unicodes.UTF16(unicodes.LittleEndian, unicodes.ExpectBOM).NewDecoder().Bytes(body)
		if err == nil && mostlyText(string(out)) && !bytes.ContainsRune(out, utf8.RuneError) {
			return string(out), nil
		}
	}
	if bytes.IndexByte(body, 0) >= 0 || bytes.HasPrefix(body, []byte("%PDF")) || bytes.HasPrefix(body, []byte("PK\x03\x04")) || bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0")) {
		return "", fault("binary", "not a text file (it holds binary data): save it as .docx, .html, .md or .txt in UTF-8")
	}
	if utf8.Valid(body) {
		return string(body), nil
	}
	declared := ""
	if m := charset.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		declared = strings.ToLower(string(m[1]))
	}
	var from encoding.Encoding = simplifiedchinese.GB18030
	allowed := 0
	switch {
	case strings.HasPrefix(declared, "gb"):
		allowed = len(body) / damagedShare
	case strings.HasPrefix(declared, "utf-8"):
		from, allowed = encoding.Replacement, len(body)/damagedShare
	case strings.HasPrefix(declared, "big5"):
		from, allowed = traditionalchinese.Big5, len(body)/damagedShare
	}
	var out []byte
	var err error
	if from == encoding.Replacement {
		out = bytes.ToValidUTF8(body, []byte("\ufffd"))
	} else {
		out, err = from.NewDecoder().Bytes(body)
	}
	if err != nil || bytes.Count(out, []byte("\ufffd")) > allowed || !mostlyText(string(out)) {
		return "", fault("encoding", "neither UTF-8 nor GB18030 text: save it as UTF-8")
	}
	return string(out), nil
}

// mostlyText reports whether at least nine in ten characters are letters, Chinese characters, digits,
// punctuation or space: bytes decoded in the wrong encoding are not.
func mostlyText(s string) bool {
	good, all := 0, 0
	for _, r := range s {
		all++
		if r < 0x7f && (r >= ' ' || r == '\n' || r == '\r' || r == '\t') || unicode.Is(unicode.Han, r) && r < 0x9fff || unicode.IsPunct(r) || r == '\u3000' {
			good++
		}
	}
	return good*10 >= all*9
}

var tagLine = regexp.MustCompile(`(?i)<(html|body|div|p|table|head|!doctype)[\s>]`)

func looksHTML(s string) bool {
	head := s
	if len(head) > 4096 {
		head = head[:4096]
	}
	return strings.HasPrefix(strings.TrimSpace(head), "<") && tagLine.MatchString(head)
}

func textBlocks(s string) []block {
	var out []block
	for line := range strings.Lines(s) {
		out = append(out, block{text: clean(line)})
	}
	return out
}

var (
	mdHeading = regexp.MustCompile(`^(#{1,6})\s*(.*?)\s*#*$`)
	mdComment = regexp.MustCompile(`(?s)<!--(.*?)-->`)
	mdLink    = regexp.MustCompile(`!?\[([^\]\n]*)\]\([^)\n]*\)`)
)

// infoEnd marks, as a block of its own, the end of the lines about a law's adoption that stand below its title
// in collections of statutes.
const infoEnd = "\x00info end"

func markdownBlocks(s string) []block {
	s = mdComment.ReplaceAllStringFunc(s, func(c string) string {
		if strings.Contains(c, "INFO END") {
			return "\n\n" + infoEnd + "\n\n"
		}
		return ""
	})
	var out []block
	for line := range strings.Lines(s) {
		if strings.TrimSpace(line) == infoEnd {
			out = append(out, block{text: infoEnd})
			continue
		}
		b := block{text: clean(line)}
		if m := mdHeading.FindStringSubmatch(b.text); m != nil {
			b.level, b.text = len(m[1]), clean(m[2])
		}
		b.text = mdLink.ReplaceAllString(b.text, "$1")
		if strings.Contains(b.text, "**") {
			b.text = strings.ReplaceAll(b.text, "**", "")
		}
		out = append(out, b)
	}
	return out
}

// clean turns the spaces of web pages (no-break, full-width, zero-width) into plain ones, drops what cannot
// be seen, and trims. Private-use characters stay: they are damage in the source, to be shown as such.
func clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r == '\u200b', r == '\u200c', r == '\u200d', r == '\u2060', r == '\ufeff', r == '\u00ad':
			continue
		case unicode.IsSpace(r), r == '\u3000', r == '\u00a0':
			space = b.Len() > 0
			continue
		case unicode.IsControl(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

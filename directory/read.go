package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	uni "golang.org/x/text/encoding/unicode"

	"smebot/export"
)

// Bounds of a list. A province's worth of organisations is some thousands of lines and a megabyte; what is
// beyond is a mistake or an attack.
const (
	MaxBytes    = 8 << 20
	maxUnzipped = 64 << 20 // a workbook is a zip file: bounds what it may grow to
	maxRows     = 20000
	maxColumns  = 64
	maxCell     = 10000 // bytes
)

// row is a line of a list.
type row struct {
	line  int
	cells []string
}

// rowsOf reads the lines of a CSV or XLSX file; what a file is, its content tells.
func rowsOf(data []byte) ([]row, []Fault) {
	switch {
	case len(data) > MaxBytes:
		return nil, []Fault{{kind: tooLarge, hint: strconv.Itoa(MaxBytes>>20) + " MB"}}
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return workbook(data)
	case bytes.HasPrefix(data, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, []Fault{{kind: oldExcel}}
	}
	text, ok := decode(data)
	if !ok {
		return nil, []Fault{{kind: badCoding}}
	}
	return commaSeparated(text)
}

// decode reads UTF-8, UTF-16 with its mark (Excel's "Unicode text"), or GB18030 (Excel's CSV in China).
func decode(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\ufeff")):
		data = data[3:]
		return string(data), utf8.Valid(data)
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		b, err := uni.UTF16(uni.LittleEndian, uni.UseBOM).NewDecoder().Bytes(data)
		return string(b), err == nil && !bytes.ContainsRune(b, utf8.RuneError)
	case utf8.Valid(data):
		return string(data), !bytes.ContainsRune(data, 0)
	}
	b, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return string(b), err == nil && !bytes.ContainsRune(b, utf8.RuneError) && !bytes.ContainsRune(b, 0)
}

func commaSeparated(text string) ([]row, []Fault) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	first, _, _ := strings.Cut(text, "\n")
	for _, c := range ";\t" {
		if strings.Count(first, string(c)) > strings.Count(first, string(r.Comma)) {
			r.Comma = c
		}
	}
	var rows []row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, []Fault{{Line: bad.StartLine, kind: brokenQuotes, value: bad.Err.Error()}}
		}
		if err != nil {
			return nil, []Fault{{kind: notReadable, value: err.Error()}}
		}
		line, _ := r.FieldPos(0)
		if rows = append(rows, row{line, tidy(cells)}); len(rows) > maxRows {
			return nil, []Fault{{Line: line, kind: tooManyRows, hint: strconv.Itoa(maxRows)}}
		}
	}
}

// workbook reads the first sheet that holds anything.
func workbook(data []byte) (rows []row, faults []Fault) {
	// A file of crafted parts must cost a message, not the server.
	defer func() {
		if recover() != nil {
			rows, faults = nil, []Fault{{kind: notReadable, value: "xlsx"}}
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, []Fault{{kind: notReadable, value: "xlsx"}}
	}
	defer func() { _ = f.Close() }() // read only: nothing can be lost
	for _, sheet := range f.GetSheetList() {
		it, err := f.Rows(sheet)
		if err != nil {
			return nil, []Fault{{kind: notReadable, value: "xlsx"}}
		}
		for line := 1; it.Next(); line++ {
			cells, err := it.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return nil, []Fault{{Line: line, kind: notReadable, value: "xlsx"}}
			}
			if cells = tidy(cells); strings.Join(cells, "") == "" && len(rows) == 0 {
				continue
			}
			if rows = append(rows, row{line, cells}); len(rows) > maxRows {
				return nil, []Fault{{Line: line, kind: tooManyRows, hint: strconv.Itoa(maxRows)}}
			}
		}
		if err := it.Error(); err != nil {
			return nil, []Fault{{kind: notReadable, value: "xlsx"}}
		}
		if len(rows) > 0 {
			return rows, nil
		}
	}
	return nil, nil
}

// tidy makes one line of each cell, without control characters, and keeps a row to its bounds.
func tidy(cells []string) []string {
	if len(cells) > maxColumns {
		cells = cells[:maxColumns]
	}
	out := make([]string, len(cells))
	for i, c := range cells {
		if len(c) > maxCell {
			c = strings.ToValidUTF8(c[:maxCell], "")
		}
		c = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
				return ' '
			}
			return r
		}, c)
		out[i] = export.Plain(strings.Join(strings.Fields(c), " "))
	}
	return out
}

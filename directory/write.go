package directory

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"

	"smebot/store"
)

// Write writes a list as CSV that Parse reads back to the same and Excel opens with Chinese intact. A cell that a
// spreadsheet would take for a formula gets a quote before it (OWASP, CSV injection); Parse takes it off again.
func Write(w io.Writer, list []store.Organisation) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(templateHeads()); err != nil {
		return err
	}
	for _, o := range list {
		row := []string{o.Town, o.Platform, o.Name, o.Contact, o.Address, o.Hours, o.Source, o.Date}
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Encode is Write to memory.
func Encode(list []store.Organisation) []byte {
	var b bytes.Buffer
	if err := Write(&b, list); err != nil { // memory takes everything
		return nil
	}
	return b.Bytes()
}

const formulaStarts = "=+-@＝＋－＠"

func harmless(s string) string {
	if s != "" && strings.ContainsRune(formulaStarts, []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// unquoted undoes harmless.
func unquoted(s string) string {
	if r := []rune(s); len(r) > 1 && r[0] == '\'' && strings.ContainsRune(formulaStarts, r[1]) {
		return s[1:]
	}
	return s
}

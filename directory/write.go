package directory

import (
	"bytes"
	"io"

	"smebot/export"
	"smebot/store"
)

// Write writes a list as CSV that Parse reads back to the same and Excel opens with Chinese intact. A cell that a
// spreadsheet would take for a formula gets a quote before it; Parse takes it off again.
func Write(w io.Writer, list []store.Organisation) error {
	t, err := export.NewTable(w, templateHeads())
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := t.Row([]string{o.Town, o.Platform, o.Name, o.Contact, o.Address, o.Hours, o.Source, o.Date}); err != nil {
			return err
		}
	}
	return t.Flush()
}

// Encode is Write to memory.
func Encode(list []store.Organisation) []byte {
	var b bytes.Buffer
	if err := Write(&b, list); err != nil { // memory takes everything
		return nil
	}
	return b.Bytes()
}

package export

import (
	"encoding/csv"
	"io"

	"smebot/store"
)

// Table writes rows as CSV after RFC 4180 that Excel opens with Chinese intact: a byte order mark first, lines that
// end with CR LF, and no cell that is a formula.
type Table struct{ out *csv.Writer }

// NewTable begins a table with its heads.
func NewTable(w io.Writer, heads []string) (*Table, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	t := &Table{csv.NewWriter(w)}
	t.out.UseCRLF = true
	return t, t.Row(heads)
}

// Row writes a row; its cells are made neutral.
func (t *Table) Row(cells []string) error {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = Neutral(c)
	}
	return t.out.Write(row)
}

// Flush writes what is still held.
func (t *Table) Flush() error {
	t.out.Flush()
	return t.out.Error()
}

// csvFile is a CSV file of leads. What the file says of itself stands at its end, after a row without content: there
// a spreadsheet's filter and sorting, which stop at an empty row, leave it alone, and the heads stay in the first row.
type csvFile struct {
	*Table
	spec Spec
	cols []*field
}

func newCSVFile(w io.Writer, s Spec) (*csvFile, error) {
	heads, cols := s.heads()
	t, err := NewTable(w, heads)
	return &csvFile{t, s, cols}, err
}

// heads are the columns in words, and the columns.
func (s Spec) heads() (heads []string, cols []*field) {
	for _, name := range s.Fields {
		heads = append(heads, s.say("field", name))
		cols = append(cols, fieldNamed(name))
	}
	return heads, cols
}

func (f *csvFile) add(l store.Lead) error {
	row := make([]string, len(f.cols))
	for i, c := range f.cols {
		switch {
		case c.moment == nil:
			row[i] = c.text(f.spec, l)
		case !c.moment(l).IsZero():
			row[i] = c.moment(l).In(zone).Format(minute)
		}
	}
	return f.Row(row)
}

func (f *csvFile) finish(leads int) error {
	last := make([]string, len(f.cols))
	if err := f.Row(last); err != nil {
		return err
	}
	last[0] = f.spec.mark(leads)
	if err := f.Row(last); err != nil {
		return err
	}
	return f.Flush()
}

func (f *csvFile) drop() error { return nil }

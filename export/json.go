package export

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"smebot/store"
)

// jsonFile is a list of objects, one a lead, with the words as they were typed and times in RFC 3339. It carries no
// note: it is for programs, and every field is text.
type jsonFile struct {
	out  *bufio.Writer
	enc  *json.Encoder
	cols []*field
	rows int
}

func newJSONFile(w io.Writer, s Spec) *jsonFile {
	_, cols := s.heads()
	f := &jsonFile{out: bufio.NewWriter(w), cols: cols}
	f.enc = json.NewEncoder(trimmed{f.out})
	f.enc.SetEscapeHTML(false)
	return f
}

func (f *jsonFile) add(l store.Lead) error {
	f.begin("[\n  {", ",\n  {")
	for i, c := range f.cols {
		if i > 0 {
			f.put(",")
		}
		f.put("\n    ")
		f.quote(c.name)
		f.put(": ")
		f.quote(c.raw(l, time.UTC))
	}
	return f.put("\n  }")
}

// begin writes what stands before a row: before the first, or between two.
func (f *jsonFile) begin(first, next string) {
	if f.rows++; f.rows > 1 {
		first = next
	}
	f.put(first)
}

// put keeps its error until finish: the writer goes on failing.
func (f *jsonFile) put(s string) error {
	_, err := f.out.WriteString(s)
	return err
}

func (f *jsonFile) quote(s string) { _ = f.enc.Encode(s) } // as put

// trimmed takes off the line end that an encoder adds.
type trimmed struct{ w io.Writer }

func (t trimmed) Write(b []byte) (int, error) {
	n, err := t.w.Write(b[:len(b)-1])
	return n + 1, err
}

func (f *jsonFile) finish(int) error {
	if f.rows == 0 {
		f.put("[")
	}
	f.put("\n]\n")
	return f.out.Flush()
}

func (f *jsonFile) drop() error { return nil }

package export

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"smebot/store"
)

// xlsxFile is a workbook. The leads are its first sheet, since programs that take a workbook in read that one; what
// the file says of itself is its second sheet, its properties, and the foot of every printed page. Every cell is
// text or a time, never a formula.
//
// While it is written, what goes beyond 16 MB lies in a file of the folder Spec.Temp, and goes with drop.
type xlsxFile struct {
	w     io.Writer
	spec  Spec
	cols  []*field
	book  *excelize.File
	sheet *excelize.StreamWriter
	row   int
	cells []any
}

// maxRows is what a sheet can hold, without its heads.
const maxRows = excelize.TotalRows - 1

func newXLSXFile(w io.Writer, s Spec, leads int) (_ *xlsxFile, err error) {
	if leads > maxRows {
		return nil, errors.New("a sheet holds 1,048,575 rows at most: choose fewer leads, or CSV")
	}
	f := &xlsxFile{w: w, spec: s, book: excelize.NewFile(excelize.Options{TmpDir: s.Temp}), row: 1}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.drop())
		}
	}()
	heads, cols := s.heads()
	f.cols, f.cells = cols, make([]any, len(cols))
	// The quickest level: a large file is written in half the time and is a fifth larger.
	f.book.SetZipWriter(func(w io.Writer) excelize.ZipWriter {
		z := zip.NewWriter(w)
		z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
		return z
	})
	name := s.say("note", "sheet")
	if err := f.book.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	if err := f.dress(name, leads); err != nil {
		return nil, err
	}
	return f, f.begin(name, heads)
}

// dress sets what a sheet needs besides its rows. It goes before the stream begins.
func (f *xlsxFile) dress(name string, leads int) error {
	last, err := excelize.CoordinatesToCellName(len(f.cols), leads+1)
	if err != nil {
		return err
	}
	landscape, wide, high, paper := "landscape", 1, 0, 9 // A4, as wide as the page and as long as it comes
	yes := true
	foot := "&L" + ampersands(cut(f.spec.Note.Actor+" "+f.spec.Note.At.In(zone).Format(minute)+" "+Clean(f.spec.Note.Purpose), 80)) + "&R&P / &N"
	return errors.Join(
		f.book.AutoFilter(name, "A1:"+last, nil),
		f.book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &yes}),
		f.book.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}),
		f.book.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: foot}),
		f.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name}),
	)
}

// ampersands keeps what is typed from commanding a page's foot.
func ampersands(s string) string {
	var b []rune
	for _, r := range s {
		if r == '&' || r == '\n' {
			r = ' '
		}
		b = append(b, r)
	}
	return string(b)
}

// cut leaves the first n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// begin starts the stream of rows and writes the heads.
func (f *xlsxFile) begin(name string, heads []string) (err error) {
	format := "yyyy-mm-dd hh:mm"
	moment, err1 := f.book.NewStyle(&excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}})
	text, err2 := f.book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}) // "@": stays text when edited
	long, err3 := f.book.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	head, err4 := f.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE8EA"}}})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	if f.sheet, err = f.book.NewStreamWriter(name); err != nil {
		return err
	}
	if err := f.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, c := range f.cols {
		style := text
		switch {
		case c.moment != nil:
			style = moment
		case c.width >= 50:
			style = long
		}
		if err := errors.Join(f.sheet.SetColWidth(i+1, i+1, c.width), f.sheet.SetColStyle(i+1, i+1, style)); err != nil {
			return err
		}
	}
	for i, h := range heads {
		f.cells[i] = excelize.Cell{StyleID: head, Value: h}
	}
	return f.write()
}

func (f *xlsxFile) add(l store.Lead) error {
	for i, c := range f.cols {
		f.cells[i] = nil
		if c.moment == nil {
			if v := c.text(f.spec, l); v != "" {
				f.cells[i] = v
			}
		} else if at := c.moment(l); !at.IsZero() {
			f.cells[i] = wall(at)
		}
	}
	return f.write()
}

func (f *xlsxFile) write() error {
	err := f.sheet.SetRow("A"+strconv.Itoa(f.row), f.cells)
	f.row++
	return err
}

func (f *xlsxFile) finish(leads int) error {
	if err := f.sheet.Flush(); err != nil {
		return err
	}
	name, n := f.spec.say("note", "title"), f.spec.Note
	if _, err := f.book.NewSheet(name); err != nil {
		return err
	}
	for i, l := range append(f.spec.lines(leads), [2]string{f.spec.say("note", "keep")}) {
		row := strconv.Itoa(i + 1)
		if err := errors.Join(f.book.SetCellStr(name, "A"+row, l[0]), f.book.SetCellStr(name, "B"+row, Clean(l[1]))); err != nil {
			return err
		}
	}
	err := errors.Join(
		f.book.SetColWidth(name, "A", "A", 16), f.book.SetColWidth(name, "B", "B", 60),
		f.book.SetDocProps(&excelize.DocProperties{Creator: n.Actor, LastModifiedBy: n.Actor, Title: name, Identifier: n.ID, Description: f.spec.mark(leads),
			Created: n.At.UTC().Format("2006-01-02T15:04:05Z"), Modified: n.At.UTC().Format("2006-01-02T15:04:05Z")}),
	)
	if err != nil {
		return err
	}
	return f.book.Write(f.w)
}

// drop removes the file that the stream left in the folder for them.
func (f *xlsxFile) drop() error { return f.book.Close() }

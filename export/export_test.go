package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"smebot/bot"
	"smebot/store"
)

// shelf is leads by number.
type shelf map[string]store.Lead

func (s shelf) LeadsByNumber(_ context.Context, numbers []string) (all []store.Lead, _ error) {
	for _, n := range numbers {
		if l, ok := s[n]; ok {
			all = append(all, l)
		}
	}
	return all, nil
}

func lead(n int) store.Lead {
	return store.Lead{
		Number: fmt.Sprintf("20261123-%06d", n), Created: time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC), Firm: fmt.Sprintf("光明灯饰%d厂", n), Town: "中山市古镇镇",
		Contact: "陈大文", Phone: store.Phone(fmt.Sprintf("+86138001%05d", n)), Platform: "financing", Need: "想买两台压铸机，\n银行说没有抵押贷不了",
		From: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "openid"}, Status: store.New,
		Consent: store.Consent{Version: "2026-11/1a2b", At: time.Date(2026, 11, 22, 16, 29, 0, 0, time.UTC), Receiver: "service-centre"},
	}
}

func shelved(leads ...store.Lead) (shelf, []string) {
	s, numbers := shelf{}, []string{}
	for _, l := range leads {
		s[l.Number] = l
		numbers = append(numbers, l.Number)
	}
	return s, numbers
}

var note = Note{ID: "X7Q", At: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC), Actor: "wu", Receiver: "本单位", Purpose: "季度回访", Filters: "未办结"}

// written writes a file of all fields.
func written(t *testing.T, f Format, leads ...store.Lead) []byte {
	t.Helper()
	from, numbers := shelved(leads...)
	var b bytes.Buffer
	if _, err := Write(t.Context(), &b, from, numbers, Spec{Format: f, Fields: Fields(), Note: note, Temp: t.TempDir()}, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readCSV(t *testing.T, b []byte) [][]string {
	t.Helper()
	body, bom := strings.CutPrefix(string(b), "\ufeff")
	if !bom {
		t.Error("no byte order mark: Excel would garble Chinese")
	}
	if n := strings.Count(body, "\n"); n != strings.Count(body, "\r\n") {
		t.Error("a row does not end as RFC 4180 says")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll() // rows of one length, as RFC 4180 wants them
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readXLSX(t *testing.T, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cell is the value of a field in the row of the first lead.
func cell(t *testing.T, f *excelize.File, field string) (value string, kind excelize.CellType) {
	t.Helper()
	at, err := excelize.CoordinatesToCellName(slices.Index(Fields(), field)+1, 2)
	if err != nil {
		t.Fatal(err)
	}
	sheet := f.GetSheetList()[0]
	if value, err = f.GetCellValue(sheet, at); err == nil {
		kind, err = f.GetCellType(sheet, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value, kind
}

func TestCSVHoldsARowALeadAndSaysWhatItIs(t *testing.T) {
	rows := readCSV(t, written(t, CSV, lead(1), lead(2)))
	if len(rows) != 5 {
		t.Fatalf("%d rows, want heads, two leads, an empty one and the note", len(rows))
	}
	at := func(row int, field string) string { return rows[row][slices.Index(Fields(), field)] }
	for field, want := range map[string]string{
		"number": "20261123-000001", "created": "2026-11-23 00:30", "firm": "光明灯饰1厂", "phone": "'+8613800100001", "need": "想买两台压铸机，\n银行说没有抵押贷不了",
		"status": "new", "contacted": "", "consent_abroad": "no",
	} {
		if got := at(1, field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if strings.Join(rows[3], "") != "" {
		t.Error("the row before the note is not empty: a filter would take the note for a lead")
	}
	for _, want := range []string{"wu", "2026-11-23 10:00", "季度回访", "本单位", "X7Q", "未办结", "2"} {
		if !strings.Contains(rows[4][0], want) {
			t.Errorf("the note %q lacks %q", rows[4][0], want)
		}
	}
}

func TestXLSXHoldsARowALeadAndSaysWhatItIs(t *testing.T) {
	f := readXLSX(t, written(t, XLSX, lead(1), lead(2)))
	sheets := f.GetSheetList()
	if len(sheets) != 2 {
		t.Fatalf("sheets: %v", sheets)
	}
	rows, err := f.GetRows(sheets[0])
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if !slices.Equal(rows[0], Fields()) {
		t.Errorf("heads: %v", rows[0])
	}
	for field, want := range map[string]string{"phone": "+8613800100001", "firm": "光明灯饰1厂", "created": "2026-11-23 00:30", "need": "想买两台压铸机，\n银行说没有抵押贷不了"} {
		if got, _ := cell(t, f, field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if _, kind := cell(t, f, "phone"); kind != excelize.CellTypeInlineString {
		t.Errorf("a phone number is of type %v, no text", kind)
	}
	if _, kind := cell(t, f, "created"); kind == excelize.CellTypeInlineString {
		t.Error("a time is text: it cannot be sorted or filtered by month")
	}
	told, err := f.GetRows(sheets[1])
	if err != nil {
		t.Fatal(err)
	}
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	for where, said := range map[string]string{"the second sheet": fmt.Sprint(told), "the properties": props.Description + props.Creator} {
		for _, want := range []string{"wu", "2026-11-23 10:00", "季度回访", "本单位", "X7Q"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s lacks %q: %q", where, want, said)
			}
		}
	}
	if foot, err := f.GetHeaderFooter(sheets[0]); err != nil || !strings.Contains(foot.OddFooter, "wu 2026-11-23 10:00 季度回访") {
		t.Errorf("the foot of a printed page: %+v, %v", foot, err)
	}
}

func TestJSONHoldsWhatWasTyped(t *testing.T) {
	l := lead(1)
	l.Firm = "=<b>&\u202e\x00"
	var rows []map[string]string
	if err := json.Unmarshal(written(t, JSON, l, lead(2)), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0]["firm"] != l.Firm || rows[0]["phone"] != "+8613800100001" || rows[0]["created"] != "2026-11-22T16:30:00Z" || len(rows[0]) != len(Fields()) {
		t.Errorf("rows: %v", rows)
	}
	if got := strings.TrimSpace(string(written(t, JSON))); got != "[\n]" {
		t.Errorf("of no leads: %q", got)
	}
}

// formulas are what people may type to attack a spreadsheet.
var formulas = []string{
	`=cmd|'/c calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "\x00=1", "\ufeff=1", "\u200b=1", "\u202e=1",
	`","=1+1`, `"=1"`, `=HYPERLINK("http://x","y")`, `a";=1`, "=1+1\"\r\n=2", "_x003D_1", "<f>1</f>", "]]>&amp;", "{{.}}", "%s%n",
}

func TestF086NoCellIsAFormula(t *testing.T) {
	for _, evil := range formulas {
		l := lead(1)
		l.Firm, l.Town, l.Contact, l.Need, l.Organisation, l.Platform, l.From.Channel, l.From.User, l.Assignee = evil, evil, evil, evil, evil, evil, evil, evil, evil
		rows := readCSV(t, written(t, CSV, l))
		for _, row := range rows {
			for _, c := range row {
				if c != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠\x00", []rune(c)[0]) {
					t.Errorf("%q in CSV: a spreadsheet would run %q", evil, c)
				}
				if strings.ContainsAny(c, "\x00\t\ufeff\u200b\u202e") {
					t.Errorf("%q in CSV holds what is not seen: %q", evil, c)
				}
			}
		}
		if len(rows) != 4 {
			t.Errorf("%q makes %d rows of one", evil, len(rows))
		}
		f := readXLSX(t, written(t, XLSX, l))
		sheet := f.GetSheetList()[0]
		for _, field := range []string{"firm", "town", "contact", "need", "channel", "user", "assignee", "organisation", "platform"} {
			got, kind := cell(t, f, field)
			if want := Clean(evil); got != want || kind != excelize.CellTypeInlineString {
				t.Errorf("%q as %s in XLSX: %q of type %v, want the text %q", evil, field, got, kind, want)
			}
		}
		for col := range Fields() {
			at, _ := excelize.CoordinatesToCellName(col+1, 2)
			if formula, err := f.GetCellFormula(sheet, at); formula != "" || err != nil {
				t.Errorf("%q became the formula %q, %v", evil, formula, err)
			}
		}
	}
}

// A purpose is typed too.
func TestTheNoteIsNoFormula(t *testing.T) {
	from, numbers := shelved(lead(1))
	s := Spec{Format: CSV, Fields: []string{"number"}, Note: Note{Actor: "=1", Purpose: "=1+1\r\n=2", At: note.At}, Temp: t.TempDir(),
		Words: func(_, value string) string { return "=" + value }}
	var b bytes.Buffer
	if _, err := Write(t.Context(), &b, from, numbers, s, nil); err != nil {
		t.Fatal(err)
	}
	for _, row := range readCSV(t, b.Bytes()) {
		if row[0] != "" && strings.ContainsRune(formulaStarts, []rune(row[0])[0]) {
			t.Errorf("a spreadsheet would run %q", row[0])
		}
	}
	s.Format, b = XLSX, bytes.Buffer{}
	s.Note.Purpose = "&P&A&[File] " + strings.Repeat("长", 400)
	if _, err := Write(t.Context(), &b, from, numbers, s, nil); err != nil {
		t.Fatal(err)
	}
	f := readXLSX(t, b.Bytes())
	if foot, err := f.GetHeaderFooter(f.GetSheetList()[0]); err != nil || strings.Contains(foot.OddFooter, "&A") || len([]rune(foot.OddFooter)) > 255 {
		t.Errorf("the foot obeys the purpose, or is too long: %+v, %v", foot, err)
	}
}

func TestErasedAndUnknownLeadsStandInNoFile(t *testing.T) {
	gone := lead(2)
	gone.Erased, gone.Firm = true, ""
	from, numbers := shelved(lead(1), gone, lead(3))
	numbers = append(numbers, "20261123-999999")
	for _, f := range Formats() {
		var b bytes.Buffer
		in, err := Write(t.Context(), &b, from, numbers, Spec{Format: f, Fields: []string{"number", "firm"}, Temp: t.TempDir()}, nil)
		if err != nil || !slices.Equal(in, []string{numbers[0], numbers[2]}) {
			t.Errorf("%s: %v, %v", f, in, err)
		}
		if f != XLSX && strings.Contains(b.String(), gone.Number) {
			t.Errorf("%s holds an erased lead", f)
		}
	}
}

// A file is passed on, and of whoever took the consent back nothing is. Programs get what the store holds.
func TestWithdrawnLeadsTellNothingOfTheirPerson(t *testing.T) {
	l := lead(1)
	l.Withdrawn, l.Status, l.Reason = true, store.Closed, store.Withdrawn
	rows := readCSV(t, written(t, CSV, l))
	book := readXLSX(t, written(t, XLSX, l))
	for _, f := range []string{"firm", "contact", "phone", "need", "user"} {
		if got := rows[1][slices.Index(Fields(), f)]; got != "" {
			t.Errorf("%s in CSV: %q", f, got)
		}
		if got, _ := cell(t, book, f); got != "" {
			t.Errorf("%s in XLSX: %q", f, got)
		}
	}
	if got, _ := cell(t, book, "reason"); got != "withdrawn" {
		t.Errorf("the case is not told: %q", got)
	}
	if !strings.Contains(string(written(t, JSON, l)), "+8613800100001") {
		t.Error("JSON holds less than the store")
	}
}

func TestWordsStandForWhatTheyKnow(t *testing.T) {
	from, numbers := shelved(lead(1))
	say := func(kind, value string) string { return kind + ":" + value }
	var b bytes.Buffer
	if _, err := Write(t.Context(), &b, from, numbers, Spec{Format: CSV, Fields: []string{"status", "reason", "platform", "firm"}, Words: say}, nil); err != nil {
		t.Fatal(err)
	}
	rows := readCSV(t, b.Bytes())
	if got := strings.Join(rows[0], " "); got != "field:status field:reason field:platform field:firm" {
		t.Errorf("heads: %q", got)
	}
	if got := strings.Join(rows[1], " "); got != "status:new  platform:financing 光明灯饰1厂" {
		t.Errorf("row: %q", got)
	}
}

func TestSpecsThatCannotBe(t *testing.T) {
	for says, s := range map[string]Spec{
		"xls":       {Format: "xls", Fields: []string{"number"}},
		"no column": {Format: CSV},
		"secret":    {Format: CSV, Fields: []string{"number", "secret"}},
		"twice":     {Format: CSV, Fields: []string{"number", "number"}},
	} {
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v", s, err)
		}
		if _, err := Write(t.Context(), io.Discard, shelf{}, nil, s, nil); err == nil {
			t.Errorf("%+v was written", s)
		}
	}
	if slices.ContainsFunc(DefaultFields(), func(f string) bool { return slices.Contains(Sensitive, f) }) {
		t.Error("a file for which nobody chose holds phone numbers")
	}
}

// many is any number of leads.
type many struct{}

func (many) LeadsByNumber(_ context.Context, numbers []string) ([]store.Lead, error) {
	all := make([]store.Lead, len(numbers))
	for i := range numbers {
		all[i] = lead(i)
		all[i].Number = numbers[i]
	}
	return all, nil
}

func manyNumbers(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("20261123-%06d", i)
	}
	return all
}

// A large workbook needs a file beside it while it is written; whatever happens, none is left.
func TestNothingIsLeftInTheFolder(t *testing.T) {
	const rows = 30_000
	numbers := manyNumbers(rows)
	for _, c := range []struct {
		name   string
		ending func(cancel func(), done int)
		w      io.Writer
		want   error
	}{
		{"whole", func(func(), int) {}, io.Discard, nil},
		{"given up", func(cancel func(), done int) {
			if done > rows*3/4 {
				cancel()
			}
		}, io.Discard, context.Canceled},
		{"nobody takes it", func(func(), int) {}, broken{}, errBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			dir, most := t.TempDir(), 0
			_, err := Write(ctx, c.w, many{}, numbers, Spec{Format: XLSX, Fields: Fields(), Temp: dir}, func(done int) {
				most = max(most, len(list(t, dir)))
				c.ending(cancel, done)
			})
			if !errors.Is(err, c.want) {
				t.Errorf("ended with %v, want %v", err, c.want)
			}
			if most == 0 {
				t.Error("nothing was written beside: the folder is not the one used")
			}
			if left := list(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestCleanShowsWhatIsNotSeen(t *testing.T) {
	for in, want := range map[string]string{
		"古镇光明灯饰厂":      "古镇光明灯饰厂",
		"a\u202eb":     "a⟨U+202E⟩b",
		"a\u200bb\x07": "a⟨U+200B⟩b⟨U+0007⟩",
		"一\r\n二\r三\t四": "一\n二\n三 四",
		"👩\u200d🏭":     "👩\u200d🏭",
		"厂\u200d厂":     "厂⟨U+200D⟩厂",
		"\U000e0041":   "⟨U+E0041⟩",
		"a\xffb":       "a\ufffdb",
		"𠮷·买买提":        "𠮷·买买提",
		"\uffff":       "⟨U+FFFF⟩",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPlainUndoesNeutral(t *testing.T) {
	for _, s := range append(slices.Clone(formulas), "", "'", "'a", "古镇", "o'clock") {
		if got := Plain(Neutral(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	numbers := manyNumbers(50_000)
	for _, f := range Formats() {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				var out bytes.Buffer
				if _, err := Write(b.Context(), &out, many{}, numbers, Spec{Format: f, Fields: DefaultFields(), Temp: b.TempDir()}, nil); err != nil {
					b.Fatal(err)
				}
				size = out.Len()
			}
			b.ReportMetric(float64(size)/1e6, "MB")
		})
	}
}

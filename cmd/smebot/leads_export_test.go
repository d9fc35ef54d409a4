package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"smebot/export"
	"smebot/store"
)

// readCSV reads an export as a spreadsheet does: a byte order mark, then rows of one length.
func readCSV(t *testing.T, out string) [][]string {
	t.Helper()
	body, bom := strings.CutPrefix(out, "\ufeff")
	if !bom {
		t.Error("no byte order mark: a spreadsheet would garble Chinese")
	}
	if n := strings.Count(body, "\n"); n != strings.Count(body, "\r\n") {
		t.Error("a row does not end as RFC 4180 says")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// exportLog reads the lines of the log that tell of exports, the latest first.
func exportLog(t *testing.T, data string) []store.AuditEntry {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), store.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log, err := db.Audit(t.Context(), store.AuditFilter{Action: "export"})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestLeadsExport(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			s, people, numbers := twoLeads(t)
			c := s.config
			if mode == "alone" {
				s.end(t)
			}
			do := func(args ...string) string {
				t.Helper()
				return must(t, "", append([]string{"leads", "export", "--data", c.Data}, args...)...)
			}
			rows := readCSV(t, do("--purpose", "季度回访"))
			if len(rows) != 5 || rows[0][0] != "编号" || rows[1][0] != numbers[0] || rows[2][0] != numbers[1] || !slices.Contains(rows[0], "电话") {
				t.Fatalf("as CSV, oldest first, to telephone by: %v", rows)
			}
			if plain := command(t, "", "leads", "export", "--data", c.Data); plain.code != 0 || len(readCSV(t, plain.out)) != 5 || !strings.Contains(plain.errs, "--purpose") {
				t.Errorf("without a purpose: exit %d, %q", plain.code, plain.errs)
			}
			if note := rows[4][0]; !strings.Contains(note, "operator") || !strings.Contains(note, "季度回访") {
				t.Errorf("the file does not say what it is: %q", note)
			}
			rows = readCSV(t, do("--purpose", "回电", "--columns", "number,phone,platform", "--lang", "en", "--receiver", "检测中心", "--text", people[1].says["firm"]))
			if len(rows) != 4 || strings.Join(rows[0], "|") != "Number|Phone|Platform" || strings.Join(rows[1], "|") != numbers[1]+"|'+86"+people[1].says["phone"]+"|Financing" {
				t.Errorf("chosen columns of one lead: %v", rows)
			}
			book, err := excelize.OpenReader(strings.NewReader(do("--purpose", "回电", "--format", "xlsx", "--columns", "all")))
			if err != nil {
				t.Fatal(err)
			}
			defer book.Close()
			sheet, err := book.GetRows(book.GetSheetList()[0])
			if err != nil || len(sheet) != 3 || len(sheet[0]) != len(export.Fields()) || sheet[1][slices.Index(export.Fields(), "phone")] != "+86"+people[0].says["phone"] {
				t.Errorf("as a workbook: %v, %v", sheet, err)
			}
			if all := exported(t, c.Data); len(all) != 2 || all[0]["phone"] != "+86"+people[0].says["phone"] || all[0]["status"] != "new" || all[0]["created"] == "" {
				t.Errorf("as JSON: %v", all)
			}
			if all := exported(t, c.Data, "--status", "done"); len(all) != 0 {
				t.Errorf("of a status that no lead has: %v", all)
			}
			log := exportLog(t, c.Data)
			var said []string
			for _, l := range log {
				said = append(said, l.Actor+" "+l.Detail)
			}
			for i, want := range []string{
				`operator leads=2 format=json to="本单位" for="not stated" fields=number,created,firm`, `operator leads=2 format=xlsx to="本单位" for="回电"`,
				`operator leads=1 format=csv to="检测中心" for="回电" fields=number,phone,platform where=view=all text=yes`, `operator leads=2 format=csv to="本单位" for="not stated"`,
				`operator leads=2 format=csv to="本单位" for="季度回访"`,
			} {
				if i >= len(said) || !strings.HasPrefix(said[i], want) {
					t.Errorf("line %d of the log should begin %q: %q", i, want, said)
				}
			}
			if len(said) != 5 {
				t.Errorf("%d lines in the log, want one for each file with leads", len(said))
			}
			if strings.Contains(fmt.Sprint(said), people[1].says["firm"]) {
				t.Error("the log says whom somebody looked for")
			}
			if mode == "alone" {
				verify(t, c.Data)
			}
			if left, err := filepath.Glob(filepath.Join(c.Data, "tmp-*")); err != nil || len(left) > 0 {
				t.Errorf("left in the data folder: %v, %v", left, err)
			}
		})
	}
}

func TestLeadsExportRefusals(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	storedLead(t, data, store.Lead{Number: "20261122-AAAAAA", Firm: "光明", Contact: "陈", Phone: "+8613800138000", Platform: "financing"})
	before := files(t, data)
	for says, args := range map[string][]string{
		`no such column as "telefon"`: {"--purpose", "核对", "--columns", "number,telefon"},
		"phone":                       {"--purpose", "核对", "--columns", "telefon"}, // the message lists what there is
		`"number" is named twice`:     {"--purpose", "核对", "--columns", "number,number"},
		`no such view as "mine"`:      {"--purpose", "核对", "--view", "mine"},
		`no such status as "bored"`:   {"--purpose", "核对", "--status", "bored"},
		"--days -1":                   {"--purpose", "核对", "--days=-1"},
		"format":                      {"--purpose", "核对", "--format", "pdf"},
	} {
		r := command(t, "", append([]string{"leads", "export", "--data", data}, args...)...)
		if r.code != 2 || r.out != "" || !strings.Contains(r.errs, says) {
			t.Errorf("%v: exit %d, %q, want %q", args, r.code, r.errs, says)
		}
	}
	if after := files(t, data); !maps.Equal(after, before) {
		t.Error("a refused export changed the data folder")
	}
}

// TestExportIsHarmless stores what people may type to attack a spreadsheet or a terminal.
func TestExportIsHarmless(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for i, evil := range []string{`=cmd|'/c calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", "a\x00=b", `say "=1", x`, "\x1b[31mred", "\u202eevil"} {
		storedLead(t, data, store.Lead{Number: "20261122-AAAAA" + string(rune('A'+i)), Firm: evil, Town: "古镇", Contact: evil, Phone: "+8613800138000", Platform: "financing", Need: evil})
	}
	rows := readCSV(t, must(t, "", "leads", "export", "--purpose", "核对", "--columns", "all", "--data", data))
	if len(rows) != 17 {
		t.Fatalf("%d rows, want 17", len(rows))
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
				t.Errorf("a spreadsheet would run the cell %q", cell)
			}
			if strings.Contains(cell, "\x00") {
				t.Errorf("a NUL in the cell %q", cell)
			}
		}
	}
	// The words themselves are kept: JSON gives them back as they were typed.
	if l := exported(t, data); l[0]["firm"] != `=cmd|'/c calc'!A0` {
		t.Errorf("as JSON: %q", l[0]["firm"])
	}
	for _, out := range []string{must(t, "", "leads", "list", "--data", data), must(t, "", "leads", "show", "20261122-AAAAAM", "--data", data), must(t, "", "leads", "show", "20261122-AAAAAN", "--data", data)} {
		if strings.ContainsAny(out, "\x1b\u202e\r") {
			t.Errorf("what people typed reaches the terminal's controls: %q", brief(out))
		}
	}
}

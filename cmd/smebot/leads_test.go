package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smebot/store"
)

func TestLeadsCommands(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			s := startSite(t, c)
			var people []person
			var numbers []string
			for range 2 {
				who, b := newPerson(), openPage(t, s.url)
				number, _ := refer(t, who, func(u utterance) heard { return b.say(t, u) })
				people, numbers = append(people, who), append(numbers, number)
			}
			if mode == "alone" {
				s.end(t)
				before := files(t, c.Data)
				defer func() {
					for name, content := range files(t, c.Data) {
						if content != before[name] {
							t.Errorf("looking at leads changed %s", name)
						}
					}
				}()
			}
			do := func(args ...string) string {
				t.Helper()
				return must(t, "", append(args, "--data", c.Data)...)
			}
			list := do("leads", "list")
			for i, who := range people {
				if !strings.Contains(list, numbers[i]) || !strings.Contains(list, who.says["firm"]) {
					t.Errorf("the list lacks lead %d: %s", i, list)
				}
				if phone := who.says["phone"]; strings.Contains(list, phone) || !strings.Contains(list, "****"+phone[7:]) {
					t.Errorf("the list shows the phone in clear, or not masked: %s", list)
				}
				show := do("leads", "show", strings.ToLower(numbers[i]))
				for _, want := range []string{numbers[i], who.says["firm"], who.says["contact"], "+86" + who.says["phone"], "financing", "created", "service-centre"} {
					if !strings.Contains(show, want) {
						t.Errorf("show lacks %s: %s", want, show)
					}
				}
			}
			if out := do("leads", "list", "--limit", "1"); strings.Count(out, "\n") != 2 || !strings.Contains(out, numbers[1]) {
				t.Errorf("the newest alone: %s", out)
			}
			for filter, want := range map[string]int{"--status=new": 2, "--status=done": 0, "--platform=financing": 2, "--platform=incubation": 0, "--town=中山市古镇镇": 2, "--town=佛山": 0} {
				if out := do("leads", "list", filter); strings.Count(out, "\n") != want+1 {
					t.Errorf("list %s: %s", filter, out)
				}
			}
			rows := readCSV(t, do("leads", "export"))
			if len(rows) != 3 || rows[1][0] != numbers[0] || rows[2][0] != numbers[1] {
				t.Fatalf("export as CSV, oldest first: %d rows", len(rows))
			}
			if phone := rows[1][5]; phone != "'+86"+people[0].says["phone"] {
				t.Errorf("the phone is no text in the table: %q", phone)
			}
			if len(exported(t, c.Data)) != 2 {
				t.Error("export as JSON differs")
			}
			if r := command(t, "", "leads", "show", "20260101-AAAAAA", "--data", c.Data); r.code != 1 || !strings.Contains(r.errs, "no lead 20260101-AAAAAA") {
				t.Errorf("a number that is not there: exit %d, %s", r.code, r.errs)
			}
		})
	}
}

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

// TestExportIsHarmless stores what people may type to attack a spreadsheet or a terminal.
func TestExportIsHarmless(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for i, evil := range []string{`=cmd|'/c calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", "a\x00=b", `say "=1", x`, "\x1b[31mred", "\u202eevil"} {
		storedLead(t, data, store.Lead{Number: "20261122-AAAAA" + string(rune('A'+i)), Firm: evil, Town: "古镇", Contact: evil, Phone: "+8613800138000", Platform: "financing", Need: evil})
	}
	rows := readCSV(t, must(t, "", "leads", "export", "--data", data))
	if len(rows) != 15 {
		t.Fatalf("%d rows, want 15", len(rows))
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

func TestLeadsWithoutAStore(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	if out := must(t, "", "leads", "list", "--data", data); strings.Count(out, "\n") != 1 {
		t.Errorf("list: %q", out)
	}
	if rows := readCSV(t, must(t, "", "leads", "export", "--data", data)); len(rows) != 1 {
		t.Errorf("export: %v", rows)
	}
	if len(exported(t, data)) != 0 {
		t.Error("export as JSON is not empty")
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("looking for leads made the folder: %v", err)
	}
}

func TestLeadsListNamesTheStatuses(t *testing.T) {
	c := testConfig(t)
	r := command(t, "", "leads", "list", "--status", "nonsense", "--data", c.Data)
	if r.code != 2 || !strings.Contains(r.errs, `"nonsense"`) || !strings.Contains(r.errs, "in_service") || strings.Count(r.errs, "\n") != 1 {
		t.Errorf("exit status %d: %q", r.code, r.errs)
	}
	if out := must(t, "", "leads", "list", "--status", "new", "--data", c.Data); !strings.HasPrefix(out, "NUMBER") {
		t.Errorf("a known status: %q", out)
	}
}

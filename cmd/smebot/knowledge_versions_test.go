package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smebot/knowledge/parse"
	"smebot/store"
)

// edition is a version of one policy: its mark in the title, its reward and its date.
func edition(mark, reward, date string) string {
	return "古镇灯饰展会补贴办法" + mark + "\n第一条 为扶持灯饰产业，制定本办法。\n第二条 对参加翠玉灯光展的企业，每家给予" + reward + "元展位补贴。\n第三条 本办法由古镇镇人民政府解释。\n古镇镇人民政府\n" + date + "\n"
}

const editionID = "古镇灯饰展会补贴办法"

func TestNewerVersionReplacesOlder(t *testing.T) {
	for _, side := range []string{"alone", "beside a server"} {
		t.Run(side, func(t *testing.T) {
			c := testConfig(t)
			if side != "alone" {
				startSite(t, c)
			}
			do := func(args ...string) string {
				t.Helper()
				return must(t, "", append(args, "--data", c.Data)...)
			}
			dir := t.TempDir()
			old := write(t, filepath.Join(dir, "a.txt"), edition("", "1111", "2018年3月1日"))
			middle := write(t, filepath.Join(dir, "b.txt"), edition("（2020修订）", "2222", "2020年3月1日"))
			newest := write(t, filepath.Join(dir, "c.txt"), edition("（2022年修订）", "3333", "2022年3月1日"))
			says := func(out string, words ...string) {
				t.Helper()
				for _, w := range words {
					if !strings.Contains(out, w) {
						t.Errorf("%q is missing in %q", w, out)
					}
				}
			}
			says(do("knowledge", "import", middle), "1 of them new")
			says(do("knowledge", "import", newest), "1 of them new", "replaces the version of 2020-03-01", editionID+"@2020-03-01")
			says(do("knowledge", "import", old), "older than the version of 2022-03-01", "history", editionID+"@2018-03-01")
			for range 2 {
				says(do("knowledge", "import", dir), "0 of them new or changed: all are held already, nothing was changed")
			}
			if out := do("knowledge", "list"); strings.Count(out, editionID+"\t") != 1 || strings.Contains(out, "@") || !strings.Contains(out, "2022-03-01") {
				t.Errorf("list: %q", out)
			}
			if out := do("knowledge", "list", "--all"); strings.Count(out, "older version") != 2 || !strings.Contains(out, editionID+"@2018-03-01\t3 articles\t2018-03-01") {
				t.Errorf("list --all: %q", out)
			}
			says(do("knowledge", "show", editionID, "2"), "3333")
			says(do("knowledge", "show", editionID+"@2018-03-01", "2"), "1111")
			says(do("knowledge", "show", editionID+"@2020"), "2222", "older version")
			if out := do("search", "--top", "10", "翠玉灯光展展位补贴"); strings.Count(out, "翠玉灯光展") != 1 || !strings.Contains(out, "3333") {
				t.Errorf("only the newest is searched: %q", out)
			}
			// A version taken out of the middle stays out; the newest taken out gives its place back.
			do("knowledge", "remove", editionID+"@2020-03-01")
			do("knowledge", "remove", editionID+"@2022-03-01")
			if out := do("search", "--top", "10", "翠玉灯光展展位补贴"); strings.Count(out, "翠玉灯光展") != 1 || !strings.Contains(out, "1111") {
				t.Errorf("after the newer ones were removed: %q", out)
			}
			do("knowledge", "import", dir)
			do("knowledge", "remove", editionID)
			if out := do("knowledge", "list", "--all"); strings.Count(out, "\n") != 1 {
				t.Errorf("a document goes with its history: %q", out)
			}
		})
	}
}

// What is held after an import depends on the files, not on their order or how they were divided.
func TestVersionsInAnyOrder(t *testing.T) {
	dir := t.TempDir()
	files := []string{
		write(t, filepath.Join(dir, "1.txt"), edition("", "1111", "")), // states no date
		write(t, filepath.Join(dir, "2.txt"), edition("", "2222", "2020年3月1日")),
		write(t, filepath.Join(dir, "3.txt"), edition("", "3333", "2022年3月1日")),
	}
	want := ""
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}} {
		data := t.TempDir()
		for _, i := range order {
			must(t, "", "knowledge", "import", files[i], "--data", data)
		}
		got := must(t, "", "knowledge", "list", "--all", "--data", data) + must(t, "", "knowledge", "show", editionID, "2", "--data", data)
		if want == "" {
			want = got
		}
		if got != want || !strings.Contains(got, "3333") || !strings.Contains(got, "@undated") {
			t.Errorf("order %v:\n%s\nwant\n%s", order, got, want)
		}
	}
	data := t.TempDir()
	must(t, "", "knowledge", "import", files[0], "--data", data)
	if out := must(t, "", "knowledge", "import", write(t, filepath.Join(t.TempDir(), "1.txt"), edition("", "1112", "")), "--data", data); !strings.Contains(out, "other words than before: changed") {
		t.Errorf("a correction of the same version: %q", out)
	}
	if out := must(t, "", "knowledge", "show", editionID, "2", "--data", data); !strings.Contains(out, "1112") {
		t.Errorf("after a correction: %q", out)
	}
	if out := must(t, "", "knowledge", "show", editionID+"@undated.1", "2", "--data", data); !strings.Contains(out, "1111") {
		t.Errorf("the words replaced are kept: %q", out)
	}
}

func TestWordsOfOneDateReplaceEachOther(t *testing.T) {
	for _, date := range []string{"", "2020年3月1日"} {
		data, dir := t.TempDir(), t.TempDir()
		do := func(args ...string) string {
			t.Helper()
			return must(t, "", append(args, "--data", data)...)
		}
		file := func(reward string) string {
			return write(t, filepath.Join(dir, "a"+reward+".txt"), edition("", reward, date))
		}
		name := editionID + "@" + map[string]string{"": "undated", "2020年3月1日": "2020-03-01"}[date]
		held := func(want ...string) {
			t.Helper()
			list := do("knowledge", "list", "--all")
			if strings.Count(list, editionID) != 2*len(want) {
				t.Errorf("%d versions: %q", len(want), list)
			}
			for i, w := range want {
				at := editionID
				if i > 0 {
					at = name + "." + strconv.Itoa(i)
				}
				if out := do("knowledge", "show", at, "2"); !strings.Contains(out, w) {
					t.Errorf("%s: %q, want %s", at, out, w)
				}
			}
		}
		do("knowledge", "import", file("1111"))
		if out := do("knowledge", "import", file("2222")); !strings.Contains(out, "kept as "+name+".1") || strings.Contains(out, "no date") != (date == "") {
			t.Errorf("the second: %q", out)
		}
		held("2222", "1111")
		do("knowledge", "import", file("3333"))
		held("3333", "1111", "2222")
		do("knowledge", "import", file("1111")) // it comes back and leaves its place
		held("1111", "3333", "2222")
		do("knowledge", "remove", editionID+"@"+strings.TrimPrefix(name, editionID+"@"))
		held("2222", "3333")
		do("knowledge", "remove", name+".1")
		held("2222")
		do("knowledge", "import", "--dated", "2026-06-01", file("4444"))
		if out := do("knowledge", "list", "--all"); !strings.Contains(out, editionID+"\t3 articles\t2026-06-01") || !strings.Contains(out, name+"\t") {
			t.Errorf("with a date of its own: %q", out)
		}
	}
}

func TestFoldersAndSources(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	outside := write(t, filepath.Join(t.TempDir(), "secret.txt"), edition("（试行）", "9999", "2020年3月1日"))
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Skip("this system makes no links:", err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "folder")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "deep", "a.txt"), edition("", "1111", "2018年3月1日"))
	write(t, filepath.Join(dir, ".hidden", "b.txt"), edition("（暂行）", "8888", "2018年3月1日"))
	write(t, filepath.Join(dir, "~$a.docx"), "lock")
	write(t, filepath.Join(dir, "old.doc"), "\xd0\xcf\x11\xe0")
	r := command(t, "", "knowledge", "import", dir, "--data", data)
	if r.code != 0 || !strings.HasPrefix(r.out, "1 documents") || !strings.Contains(r.errs, "link.txt: left out") || !strings.Contains(r.errs, "old.doc: left out: open it in Word") {
		t.Errorf("exit %d, %q, %q", r.code, r.out, r.errs)
	}
	if r := command(t, "", "knowledge", "import", "--source", "https://example.gov.cn/a", dir, filepath.Join(dir, "link.txt"), "--data", data); r.code != 2 {
		t.Errorf("a source for several files: exit %d, %q", r.code, r.errs)
	}
	if r := command(t, "", "knowledge", "import", "--source", "javascript:alert(1)", outside, "--data", data); r.code != 2 || !strings.Contains(r.errs, "https://") {
		t.Errorf("a source that is no address: exit %d, %q", r.code, r.errs)
	}
	must(t, "", "knowledge", "import", "--source", "https://example.gov.cn/a", outside, "--data", data)
	if out := must(t, "", "knowledge", "show", editionID+"（试行）", "--data", data); !strings.Contains(out, "https://example.gov.cn/a") {
		t.Errorf("the source is not shown: %q", out)
	}
	big := write(t, filepath.Join(t.TempDir(), "big.txt"), "")
	if err := os.Truncate(big, parse.MaxFile+1); err != nil {
		t.Fatal(err)
	}
	if r := command(t, "", "knowledge", "import", big, outside, "--data", data); r.code != 1 || !strings.Contains(r.errs, "big.txt: larger than 50 MiB") || !strings.Contains(r.out, "1 documents") {
		t.Errorf("exit %d, %q %q", r.code, r.errs, r.out)
	}
}

func TestKnowledgeCheck(t *testing.T) {
	data := t.TempDir()
	out := must(t, "", "knowledge", "check", "--data", data)
	if strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "gd-2012-sme-platforms\t第十八条\t") || !strings.Contains(out, "U+E010") {
		t.Errorf("the embedded policy: %q", out)
	}
	gap := write(t, filepath.Join(t.TempDir(), "gap.txt"), strings.Replace(edition("", "1111", "2018年3月1日"), "第三条", "第五条", 1))
	if out := must(t, "", "knowledge", "check", gap, "--data", data); !strings.Contains(out, editionID+"\t第三条—第四条\tare missing before 第五条: look") || strings.Count(out, "\n") != 1 {
		t.Errorf("a file before it is imported: %q", out)
	}
	must(t, "", "knowledge", "import", gap, "--data", data)
	var found []parse.Finding
	if err := json.Unmarshal([]byte(must(t, "", "knowledge", "check", "--json", "--data", data)), &found); err != nil || len(found) != 2 || found[1].Document != editionID || found[1].Kind != "missing" {
		t.Errorf("%v %+v", err, found)
	}
	if out := must(t, "", "knowledge", "check", "--json", write(t, filepath.Join(t.TempDir(), "a.txt"), edition("", "1", "2018年3月1日")), "--data", data); strings.TrimSpace(out) != "[]" {
		t.Errorf("nothing found, for machines: %q", out)
	}
	if r := command(t, "", "knowledge", "check", filepath.Join(data, "none.txt"), "--data", data); r.code != 1 {
		t.Errorf("a check that is not possible: exit %d", r.code)
	}
}

// A version is filed in one transaction: when a part of it is refused nothing of it stays.
func TestReplaceDocumentsIsWhole(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	doc := func(id string) store.Document { return store.Document{ID: id, Hash: id, Body: []byte("{}")} }
	if err := db.ReplaceDocuments(t.Context(), []store.Document{doc("a")}, nil); err != nil {
		t.Fatal(err)
	}
	before, err := db.KnowledgeVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.ReplaceDocuments(t.Context(), []store.Document{doc("b")}, []string{"a", "none"}); err == nil {
		t.Error("an unknown document was removed")
	}
	if err := db.ReplaceDocuments(t.Context(), []store.Document{doc("c"), {ID: "d"}}, nil); err == nil {
		t.Error("a document without a hash was stored")
	}
	all, err := db.Documents(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != "a" {
		t.Errorf("%v %+v", err, all)
	}
	if err := db.ReplaceDocuments(t.Context(), []store.Document{doc("a")}, nil); err != nil {
		t.Error(err)
	}
	if after, err := db.KnowledgeVersion(t.Context()); err != nil || after != before {
		t.Errorf("nothing changed, but the version went from %d to %d (%v)", before, after, err)
	}
}

package main

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"smebot/store"
)

// alterStore changes the database behind the program's back.
func alterStore(t *testing.T, data, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, store.FileName))
	if err == nil {
		_, err = db.Exec(query)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The audit log altered or cut is named by the verify command, beside a running server and without one.
func TestF124VerifyNamesTheFirstBadLine(t *testing.T) {
	for name, c := range map[string]struct{ damage, says string }{
		"altered": {`UPDATE audit SET detail = 'other' WHERE seq = 2`, "audit log: line 2 was changed"},
		"two":     {`UPDATE audit SET actor = 'x' WHERE seq IN (4, 3)`, "audit log: line 3 was changed"},
		"cut":     {`DELETE FROM audit WHERE seq > 2`, "audit log: ends with line 2, but line 5 was written"},
	} {
		for _, side := range []string{"alone", "beside a server"} {
			t.Run(name+", "+side, func(t *testing.T) {
				c2 := testConfig(t)
				emptyStore(t, c2.Data)
				for _, who := range []string{"chen", "liang", "wu", "zhou", "wong"} {
					must(t, "", "staff", "add", who, "--role", "agent", "--data", c2.Data)
				}
				if out := must(t, "", "verify", "--data", c2.Data); !strings.Contains(out, "the store is sound") {
					t.Errorf("a sound store: %q", out)
				}
				alterStore(t, c2.Data, c.damage)
				if side != "alone" {
					alterStore(t, c2.Data, `UPDATE staff SET role = 'admin', once = 0 WHERE name = 'wu'`)
					startSite(t, c2) // finds an admin, and so adds no line
				}
				r := command(t, "", "verify", "--data", c2.Data)
				if r.code != 1 || !strings.Contains(r.errs, c.says) || strings.Contains(r.errs, "line 4") || r.out != "" {
					t.Errorf("exit %d, %q %q", r.code, r.out, r.errs)
				}
			})
		}
	}
}

func TestVerifyNamesOtherBreaks(t *testing.T) {
	c := testConfig(t)
	must(t, `{"id":"1","text":"今天天气怎样"}`+"\n", "ask", "--jsonl", "--data", c.Data)
	alterStore(t, c.Data, `UPDATE questions SET words = zeroblob(60), lesson = 'gone'`)
	r := command(t, "", "verify", "--data", c.Data)
	for _, says := range []string{"questions.words: 1 values do not open with this key", "question settled by a lesson that is not in force: gone"} {
		if r.code != 1 || !strings.Contains(r.errs, says) {
			t.Errorf("exit %d, no %q in %q", r.code, says, r.errs)
		}
	}
	alterStore(t, c.Data, `DELETE FROM goose_db_version WHERE version_id >= 12`)
	if r := command(t, "", "verify", "--data", c.Data); r.code != 1 || !strings.Contains(r.errs, "older version") {
		t.Errorf("a database of an older version: exit %d, %q", r.code, r.errs)
	}
}

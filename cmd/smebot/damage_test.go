package main

import (
	"database/sql"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestBadDatabase spoils the database in each row. The program must refuse, say what is wrong and how to mend
// it, and leave every byte as it is; so must the commands that only read.
func TestBadDatabase(t *testing.T) {
	template := testConfig(t)
	s := startSite(t, template)
	who, b := newPerson(), openPage(t, s.url)
	refer(t, who, func(u utterance) heard { return b.say(t, u) })
	s.end(t)
	sound := files(t, template.Data)
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, db string)
		says  []string
	}{
		{"cut in half", func(t *testing.T, db string) { truncate(t, db, 2) }, []string{"damaged", "restore"}},
		{"empty", func(t *testing.T, db string) { write(t, db, "") }, []string{"damaged", "0 bytes"}},
		{"no database", func(t *testing.T, db string) { write(t, db, strings.Repeat("not a database ", 1000)) }, []string{"not a smebot database"}},
		{"pages overwritten", func(t *testing.T, db string) { overwrite(t, db) }, []string{"damaged", "restore"}},
		{"another program's", func(t *testing.T, db string) {
			if err := os.Remove(db); err != nil {
				t.Fatal(err)
			}
			execSQL(t, db, `CREATE TABLE x (y)`)
		}, []string{"not a smebot database"}},
		{"newer", func(t *testing.T, db string) {
			execSQL(t, db, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		}, []string{"newer than this program", "9999", "install"}},
		{"a folder in its place", func(t *testing.T, db string) {
			if err := os.Remove(db); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(db, "x"), "")
		}, []string{"smebot.db"}},
		{"key gone", func(t *testing.T, db string) {
			if err := os.Remove(filepath.Join(filepath.Dir(db), "secret.key")); err != nil {
				t.Fatal(err)
			}
		}, []string{"secret.key", "missing", "backed up"}},
		{"key of another database", func(t *testing.T, db string) {
			other := testConfig(t)
			startSite(t, other).end(t)
			write(t, filepath.Join(filepath.Dir(db), "secret.key"), files(t, other.Data)["secret.key"])
		}, []string{"secret.key", "not the key"}},
		{"database gone", func(t *testing.T, db string) {
			if err := os.Remove(db); err != nil {
				t.Fatal(err)
			}
		}, []string{"smebot.db", "missing"}},
		{"unreadable", func(t *testing.T, db string) {
			if os.Geteuid() == 0 || runtime.GOOS == "windows" {
				t.Skip("the superuser reads everything")
			}
			if err := os.Chmod(db, 0); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(db, 0o600) })
		}, []string{"cannot be used"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			for name, content := range sound {
				write(t, filepath.Join(data, name), content)
			}
			c.spoil(t, filepath.Join(data, "smebot.db"))
			before := snapshot(t, data)
			said := refusedStart(t, "web_chat: true\n", data)
			for _, w := range c.says {
				if !strings.Contains(said, w) {
					t.Errorf("the message lacks %q: %s", w, said)
				}
			}
			if strings.Count(said, "\n") != 1 {
				t.Errorf("the message is not one line: %s", said)
			}
			for _, args := range [][]string{{"leads", "export", "--purpose", "核对"}, {"ask", "你好"}, {"knowledge", "list"}, {"verify"}} {
				if r := command(t, "", append(args, "--data", data)...); r.code != 1 && !(args[0] != "ask" && args[0] != "verify" && c.name == "database gone") {
					t.Errorf("%v: exit %d, %q", args, r.code, brief(r.out+r.errs))
				}
			}
			if after := snapshot(t, data); !maps.Equal(before, after) {
				for name := range after {
					if before[name] != after[name] {
						t.Errorf("%s was changed", name)
					}
				}
				for name := range before {
					if _, there := after[name]; !there {
						t.Errorf("%s was removed", name)
					}
				}
			}
		})
	}
}

// snapshot reads all of a data folder but its lock and index.
func snapshot(t *testing.T, data string) map[string]string {
	t.Helper()
	all := files(t, data)
	maps.DeleteFunc(all, func(name, _ string) bool {
		return name == "smebot.lock" || strings.HasPrefix(name, "index"+string(filepath.Separator))
	})
	return all
}

func truncate(t *testing.T, path string, by int64) {
	t.Helper()
	st, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, st.Size()/by)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// overwrite spoils the second half of a file and keeps its length.
func overwrite(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b); i++ {
		b[i] = 0xa5
	}
	write(t, path, string(b))
}

func execSQL(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestBadIndex spoils the search index, which is a cache: the program must start and find all the same, the
// imported document included, and the leads be untouched.
func TestBadIndex(t *testing.T) {
	template := testConfig(t)
	s := startSite(t, template)
	must(t, "", "knowledge", "import", write(t, filepath.Join(t.TempDir(), "p.txt"), lampPolicy(1, 3141)), "--data", template.Data)
	who, b := newPerson(), openPage(t, s.url)
	number, _ := refer(t, who, func(u utterance) heard { return b.say(t, u) })
	s.end(t)
	sound := files(t, template.Data)
	every := func(change func(t *testing.T, path string)) func(t *testing.T, index string) {
		return func(t *testing.T, index string) {
			for name := range files(t, index) {
				change(t, filepath.Join(index, name))
			}
		}
	}
	remove := func(t *testing.T, path string) {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	only := func(suffix string, change func(t *testing.T, path string)) func(t *testing.T, index string) {
		return every(func(t *testing.T, path string) {
			if strings.HasSuffix(path, suffix) {
				change(t, path)
			}
		})
	}
	for name, spoil := range map[string]func(t *testing.T, index string){
		"gone":                  remove,
		"all cut in half":       every(func(t *testing.T, path string) { truncate(t, path, 2) }),
		"all empty":             every(func(t *testing.T, path string) { write(t, path, "") }),
		"all overwritten":       every(overwrite),
		"a segment gone":        only(".zap", remove),
		"a segment cut":         only(".zap", func(t *testing.T, path string) { truncate(t, path, 2) }),
		"bolt empty":            only("root.bolt", func(t *testing.T, path string) { write(t, path, "") }),
		"documents overwritten": only("documents.json", overwrite),
		"ranks overwritten":     only("rank.bin", overwrite),
		"a file in its place":   func(t *testing.T, index string) { remove(t, index); write(t, index, "x") },
	} {
		t.Run(name, func(t *testing.T) {
			c := testConfig(t)
			for name, content := range sound {
				write(t, filepath.Join(c.Data, name), content)
			}
			spoil(t, c.indexDir())
			s := startSite(t, c)
			if h := openPage(t, s.url).say(t, utterance{words: "前20家奖励多少钱"}); !strings.Contains(h.text, "100万") {
				t.Errorf("a question is answered %q", brief(h.text))
			}
			if out := must(t, "", "search", "--top", "1", "琥珀灯光展", "--data", c.Data); !strings.Contains(out, "（第1号）》第二条") {
				t.Errorf("the imported document is not found: %q", out)
			}
			holdsWhole(t, c.Data, number, who)
			s.end(t)
			if name != "a file in its place" {
				startSite(t, c) // and the new index serves the next start
			}
		})
	}
}

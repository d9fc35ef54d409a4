package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/store"
)

var chen = bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "openid-of-chen"}

func open(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// filled makes a closed store with turns in it and returns its folder.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	db := open(t, dir)
	for n := range int64(40) {
		if err := db.CommitTurn(t.Context(), benchTurn(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// snapshot reads every file of a folder but the lock.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(name); base != "smebot.lock" {
			all[base] = string(b)
		}
	}
	return all
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNewStoreIsPrivateAndReopens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "data")
	db := open(t, dir)
	if err := db.CommitTurn(t.Context(), benchTurn(1)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, store.FileName: 0o600, store.FileName + "-wal": 0o600, store.KeyName: 0o600, "smebot.lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%q has rights %o, want %o", name, got, want)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	left := snapshot(t, dir)
	if len(left) != 2 || left[store.FileName] == "" || left[store.KeyName] == "" {
		t.Errorf("closing leaves more than database and key: %d files", len(left))
	}
	if _, ok, err := open(t, dir).StoredReply(t.Context(), benchTurn(1).Key); !ok || err != nil {
		t.Errorf("the turn is gone: %v", err)
	}
}

// A folder whose path means something in a connection string.
func TestOddFolderName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "数据 100%?mode=memory#x&y")
	open(t, dir)
	if _, err := os.Stat(filepath.Join(dir, store.FileName)); err != nil {
		t.Error(err)
	}
}

func TestDamageIsRefusedAndLeftAlone(t *testing.T) {
	path := func(dir string) string { return filepath.Join(dir, store.FileName) }
	flip := func(at int) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			b, err := os.ReadFile(path(dir))
			if err != nil {
				t.Fatal(err)
			}
			b[at] ^= 0xff
			write(t, path(dir), b)
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, string)
		want  error
	}{
		{"cut to half", func(t *testing.T, dir string) {
			info, err := os.Stat(path(dir))
			if err == nil {
				err = os.Truncate(path(dir), info.Size()/2)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, store.ErrDamaged},
		{"cut inside a page", func(t *testing.T, dir string) {
			info, err := os.Stat(path(dir))
			if err == nil {
				err = os.Truncate(path(dir), info.Size()-100)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, store.ErrDamaged},
		{"cut inside the header", func(t *testing.T, dir string) {
			if err := os.Truncate(path(dir), 50); err != nil {
				t.Fatal(err)
			}
		}, store.ErrDamaged},
		{"zero length", func(t *testing.T, dir string) { write(t, path(dir), nil) }, store.ErrDamaged},
		{"zero length without key", func(t *testing.T, dir string) {
			write(t, path(dir), nil)
			if err := os.Remove(filepath.Join(dir, store.KeyName)); err != nil {
				t.Fatal(err)
			}
		}, store.ErrDamaged},
		{"flipped magic", flip(3), store.ErrForeign},
		{"flipped page size", flip(16), store.ErrDamaged},
		{"flipped mark", flip(68), store.ErrForeign},
		{"flipped tree of the first page", flip(100), store.ErrDamaged},
		{"flipped page inside", flip(4096*7 + 1), store.ErrDamaged},
		{"another file", func(t *testing.T, dir string) { write(t, path(dir), []byte(strings.Repeat("not a database\n", 999))) }, store.ErrForeign},
		{"another program's database", func(t *testing.T, dir string) {
			if err := os.Remove(path(dir)); err != nil {
				t.Fatal(err)
			}
			alter(t, path(dir), "CREATE TABLE t (x)")
		}, store.ErrForeign},
		{"newer schema", func(t *testing.T, dir string) {
			alter(t, path(dir), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		}, store.ErrNewer},
		{"no key", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, store.KeyName)); err != nil {
				t.Fatal(err)
			}
		}, store.ErrNoKey},
		{"wrong key", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, store.KeyName), []byte(strings.Repeat("ab", 32)))
		}, store.ErrWrongKey},
		{"cut key", func(t *testing.T, dir string) { write(t, filepath.Join(dir, store.KeyName), []byte("abcd")) }, store.ErrUnreadable},
		{"no database beside the key", func(t *testing.T, dir string) {
			if err := os.Remove(path(dir)); err != nil {
				t.Fatal(err)
			}
		}, store.ErrMissing},
		{"no database beside a log", func(t *testing.T, dir string) {
			if err := os.Rename(path(dir), path(dir)+"-wal"); err != nil {
				t.Fatal(err)
			}
			write(t, path(dir)+"-wal", nil)
		}, store.ErrMissing},
		{"a folder", func(t *testing.T, dir string) {
			if err := errors.Join(os.Rename(path(dir), path(dir)+".old"), os.Mkdir(path(dir), 0o700)); err != nil {
				t.Fatal(err)
			}
		}, store.ErrForeign},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filled(t)
			c.spoil(t, dir)
			before := map[string]string{}
			if c.name != "a folder" {
				before = snapshot(t, dir)
			}
			for _, how := range []struct {
				name string
				open func(context.Context, store.Options) (*store.DB, error)
			}{{"Open", store.Open}, {"OpenReadOnly", store.OpenReadOnly}} {
				db, err := how.open(t.Context(), store.Options{Dir: dir})
				if db != nil {
					_ = db.Close()
				}
				var fault *store.OpenError
				if !errors.Is(err, c.want) || !errors.As(err, &fault) {
					t.Fatalf("%s: %v, want %v", how.name, err, c.want)
				}
				if msg := err.Error(); strings.Contains(msg, "\n") || fault.Mend == "" || !strings.Contains(msg, dir) {
					t.Errorf("%s: message %q is not one line with file and mend", how.name, msg)
				}
				if c.name == "a folder" {
					continue
				}
				after := snapshot(t, dir)
				for name, was := range before {
					if after[name] != was {
						t.Errorf("%s changed %s", how.name, name)
					}
				}
				if len(after) != len(before) {
					t.Errorf("%s left %d files of %d", how.name, len(after), len(before))
				}
			}
		})
	}
}

// alter runs a statement on a database file outside the store.
func alter(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.Exec(query)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyOneServes(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if _, err := store.Open(t.Context(), store.Options{Dir: dir}); !errors.Is(err, store.ErrLocked) {
		t.Fatalf("second server: %v, want ErrLocked", err)
	}
	if err := db.CommitTurn(t.Context(), benchTurn(1)); err != nil {
		t.Errorf("the first server after the second tried: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestReadingBesideAServerAndWithout(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	commit := func(n int64) {
		if err := db.CommitTurn(t.Context(), benchTurn(n)); err != nil {
			t.Fatal(err)
		}
	}
	sees := func(r *store.DB, n int64) bool {
		_, ok, err := r.StoredReply(t.Context(), benchTurn(n).Key)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	reader := func() *store.DB {
		r, err := store.OpenReadOnly(t.Context(), store.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		return r
	}
	commit(1)
	beside := reader()
	commit(2)
	if !sees(beside, 1) || !sees(beside, 2) {
		t.Error("a reader beside the server does not see its turns")
	}
	if err := beside.CommitTurn(t.Context(), benchTurn(3)); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing through a reader: %v, want ErrReadOnly", err)
	}
	if err := beside.SetValue(t.Context(), "x", "y"); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing through a reader: %v, want ErrReadOnly", err)
	}
	if err := beside.Scrub(t.Context()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("scrubbing through a reader: %v, want ErrReadOnly", err)
	}
	if err := beside.Close(); err != nil {
		t.Fatal(err)
	}
	commit(3)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	before := snapshot(t, dir)
	without := reader()
	if !sees(without, 3) {
		t.Error("a reader without a server does not see the turns")
	}
	if err := without.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if after := snapshot(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("reading made or changed a file")
	}
	if err := without.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

// A command that reads must not keep the server from starting for longer than it runs.
func TestServerWaitsForReaders(t *testing.T) {
	dir := filled(t)
	r, err := store.OpenReadOnly(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan error)
	go func() {
		db, err := store.Open(context.Background(), store.Options{Dir: dir})
		if err == nil {
			err = db.Close()
		}
		opened <- err
	}()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Errorf("server beside an ending reader: %v", err)
	}
}

func TestReadingMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := store.OpenReadOnly(t.Context(), store.Options{Dir: dir}); !errors.Is(err, store.ErrMissing) {
		t.Errorf("got %v, want ErrMissing", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the folder was made")
	}
}

func TestUnreadableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	for _, dir := range []string{file, filepath.Join(file, "data")} {
		if _, err := store.Open(t.Context(), store.Options{Dir: dir}); !errors.Is(err, store.ErrUnreadable) {
			t.Errorf("%v, want ErrUnreadable", err)
		}
	}
	if os.Getuid() == 0 {
		t.Skip("rights do not bind root")
	}
	dir := filled(t)
	if err := os.Chmod(filepath.Join(dir, store.FileName), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{Dir: dir}); !errors.Is(err, store.ErrUnreadable) {
		t.Errorf("%v, want ErrUnreadable", err)
	}
}

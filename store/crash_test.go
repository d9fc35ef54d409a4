package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smebot/store"
)

// crash copies the files of an open store as a killed process would leave them, and returns the copy's folder.
func crash(t *testing.T, dir string, names ...string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, name), b)
	}
	return to
}

const logName = store.FileName + "-wal"

func TestCommittedTurnStandsInTheFiles(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	for n := range int64(50) {
		turn := benchTurn(n)
		if err := db.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		if n%10 != 9 {
			continue
		}
		left := crash(t, dir, store.FileName, logName, store.KeyName, "smebot.lock")
		copied := open(t, left)
		if _, ok, err := copied.StoredReply(t.Context(), turn.Key); !ok || err != nil {
			t.Fatalf("turn %d is not in the files when CommitTurn returns: %v", n, err)
		}
		if err := copied.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		ro := crash(t, dir, store.FileName, logName, store.KeyName, "smebot.lock")
		reader, err := store.OpenReadOnly(t.Context(), store.Options{Dir: ro})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := reader.StoredReply(t.Context(), turn.Key); !ok || err != nil {
			t.Errorf("reading only does not see turn %d after a crash: %v", n, err)
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestLostOrBrokenLogIsRefused(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if err := db.CommitTurn(t.Context(), benchTurn(1)); err != nil {
		t.Fatal(err)
	}
	lost := crash(t, dir, store.FileName, store.KeyName, "smebot.lock")
	broken := crash(t, dir, store.FileName, logName, store.KeyName, "smebot.lock")
	b, err := os.ReadFile(filepath.Join(broken, logName))
	if err != nil {
		t.Fatal(err)
	}
	b[20] ^= 0xff
	write(t, filepath.Join(broken, logName), b)
	for dir, want := range map[string]error{lost: store.ErrMissing, broken: store.ErrDamaged} {
		before := snapshot(t, dir)
		for range 2 {
			if _, err := store.Open(t.Context(), store.Options{Dir: dir}); !errors.Is(err, want) || !strings.Contains(err.Error(), logName) {
				t.Fatalf("got %v, want %v of the log", err, want)
			}
		}
		if after := snapshot(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Error("refusing changed a file")
		}
	}
	// The way out that the message names.
	if err := os.Remove(filepath.Join(lost, "smebot.lock")); err != nil {
		t.Fatal(err)
	}
	open(t, lost)
}

func TestUnfinishedCreationIsBegunAgain(t *testing.T) {
	for _, key := range []bool{false, true} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, store.FileName+".new"), []byte("half"))
		if key {
			write(t, filepath.Join(dir, store.KeyName), []byte(strings.Repeat("ab", 32)))
		}
		open(t, dir)
		got, err := os.ReadFile(filepath.Join(dir, store.KeyName))
		if err != nil || key && string(got) != strings.Repeat("ab", 32) {
			t.Errorf("key there %v: the key was replaced or is missing, %v", key, err)
		}
	}
}

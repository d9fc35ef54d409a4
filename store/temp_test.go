package store_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTempDirGoesWithTheNextStart(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	kept, _, err := db.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	gone, remove, err := db.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{kept, gone} {
		info, err := os.Stat(d)
		if err != nil || info.Mode().Perm() != 0o700 || filepath.Dir(d) != dir {
			t.Errorf("%s: rights %v, %v", d, info.Mode(), err)
		}
		write(t, filepath.Join(d, "names"), []byte("陈大文"))
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Errorf("a removed folder is there: %v", err)
	}
	if err := db.Close(); err != nil { // as after a crash: nobody removed the other
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("what a crash left is there after a start: %v", err)
	}
}

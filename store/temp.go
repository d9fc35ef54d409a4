package store

import (
	"errors"
	"os"
	"strings"
)

// tempPrefix begins the names of folders that TempDir made.
const tempPrefix = "tmp-"

// TempDir makes a private folder in the data folder for what is written before it is handed out, and a function that
// removes it with all in it. What a crash left is removed when the store is next opened for writing.
func (d *DB) TempDir() (string, func() error, error) {
	dir, err := os.MkdirTemp(d.opt.Dir, tempPrefix)
	return dir, func() error { return os.RemoveAll(dir) }, err
}

// clearTemp removes what TempDir made and nobody removed.
func (d *DB) clearTemp() error {
	all, err := os.ReadDir(d.opt.Dir)
	for _, e := range all {
		if e.IsDir() && strings.HasPrefix(e.Name(), tempPrefix) {
			err = errors.Join(err, os.RemoveAll(d.opt.file(e.Name())))
		}
	}
	return err
}

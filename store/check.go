package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"

	"smebot/store/migrations"
)

// quickCheckLimit is the size in bytes up to which a database is read through before it is opened: about a
// tenth of a second here. Verify reads through one of any size.
const quickCheckLimit = 64 << 20

const sqlSchema = "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version"

// checkHeader looks at the database file's first page as far as SQLite's format fixes it
// (https://www.sqlite.org/fileformat.html, 1.3), and compares its length with the pages it claims.
func checkHeader(path string, logged bool) error {
	damaged := func(detail string) error { return &OpenError{path, ErrDamaged, detail, mendRestore} }
	f, err := os.Open(path)
	if err != nil {
		return &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	if info.IsDir() {
		return &OpenError{path, ErrForeign, "a folder", mendRestore}
	}
	if info.Size() == 0 {
		return damaged("0 bytes")
	}
	h := make([]byte, 100)
	if _, err := io.ReadFull(f, h); errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("cut off in its header")
	} else if err != nil {
		return &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	if string(h[:16]) != "SQLite format 3\x00" {
		return &OpenError{path, ErrForeign, "not a SQLite file, or its header is damaged", mendRestore}
	}
	page := int64(binary.BigEndian.Uint16(h[16:]))
	if page == 1 {
		page = 65536
	}
	if page < 512 || page&(page-1) != 0 {
		return damaged("page size")
	}
	if binary.BigEndian.Uint32(h[68:]) != applicationID {
		return &OpenError{path, ErrForeign, "a SQLite file of another program", mendRestore}
	}
	// With a log in place the file may still wait for pages that the log holds.
	pages := int64(binary.BigEndian.Uint32(h[28:]))
	if !logged && (info.Size()%page != 0 || pages*page > info.Size()) {
		return damaged(fmt.Sprintf("%d bytes of %d", info.Size(), pages*page))
	}
	return nil
}

// checkLog looks at the write-ahead log's header. SQLite takes a log with a broken one for empty, and would
// silently forget the turns in it.
func checkLog(path string) (present bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	defer f.Close()
	h := make([]byte, 32)
	n, err := io.ReadFull(f, h)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return n > 0, nil // too short to hold a turn
	}
	if err != nil {
		return false, &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	if [32]byte(h) == [32]byte{} {
		return true, nil // a power cut before the first turn was safe leaves zeroes
	}
	if !logHeaderSound(h) {
		return true, &OpenError{path, ErrDamaged, "its header; it holds the last turns", "restore a copy of the whole data folder, or move this file away to go on without the last turns"}
	}
	return true, nil
}

// logHeaderSound checks magic and checksum (https://www.sqlite.org/fileformat.html, 4.1 and 4.2).
func logHeaderSound(h []byte) bool {
	var order binary.ByteOrder
	switch binary.BigEndian.Uint32(h) {
	case 0x377f0682:
		order = binary.LittleEndian
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return false
	}
	var a, b uint32
	for i := 0; i < 24; i += 8 {
		a += order.Uint32(h[i:]) + b
		b += order.Uint32(h[i+4:]) + a
	}
	return a == binary.BigEndian.Uint32(h[24:]) && b == binary.BigEndian.Uint32(h[28:])
}

// checkInside opens the database without changing a byte of it and checks what only SQL can see: its pages,
// its schema's version and its key. It returns the version.
func checkInside(ctx context.Context, path, mode string, seal *sealer) (int64, error) {
	db, err := connect(path, mode, readerPragmas)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	fault := func(err error) error {
		if isDamage(err) {
			return &OpenError{path, ErrDamaged, reason(err), mendRestore}
		}
		var open *OpenError
		if errors.As(err, &open) {
			return err
		}
		return &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	if info, err := os.Stat(path); err == nil && info.Size() <= quickCheckLimit {
		var found string
		if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
			return 0, fault(err)
		}
		if found != "ok" {
			return 0, &OpenError{path, ErrDamaged, reason(errors.New(found)), mendRestore}
		}
	}
	var version int64
	if err := db.QueryRowContext(ctx, sqlSchema).Scan(&version); err != nil {
		return 0, fault(err)
	}
	if newest := newestSchema(); version > newest {
		return 0, &OpenError{path, ErrNewer, fmt.Sprintf("schema %d, this program knows %d", version, newest), "install the newer smebot that wrote it"}
	}
	var check string
	if err := db.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = 'key'").Scan(&check); err != nil {
		return 0, fault(err)
	}
	if !seal.sameKey(check) {
		return 0, ErrWrongKey
	}
	return version, nil
}

// newestSchema is the number of the last migration this program holds.
func newestSchema() int64 {
	files, err := fs.Glob(migrations.SQLite, "sqlite/*.sql")
	if err != nil {
		panic(err) // a pattern is wrong only if it is written so
	}
	var newest int64
	for _, f := range files {
		if v, err := goose.NumericComponent(f); err == nil {
			newest = max(newest, v)
		}
	}
	return newest
}

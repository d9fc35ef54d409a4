package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// What is particular to SQLite stands in this file, in check.go, in the first two statements of Verify and in the
// migrations; all other statements are words that PostgreSQL reads as well.

// Statements that a database words its own way.
const (
	sqlBegin   = "BEGIN IMMEDIATE" // a deferred one would fail under another process's write lock instead of waiting
	sqlScrub   = "PRAGMA wal_checkpoint(TRUNCATE)"
	sqlHurry   = "PRAGMA busy_timeout(100)"
	sqlPatient = "PRAGMA busy_timeout(3000)"

	sqlEachText = "json_each($2)" // a row with a value for each text of a JSON list
)

// applicationID marks a SQLite file as ours ("smeb"), in its header at offset 68.
const applicationID = 0x736d6562

// pragma is a setting given in the connection string and read back on every connection.
type pragma struct {
	name, set, want string
}

// busy_timeout stands first: turning WAL on takes a lock already.
var (
	writerPragmas = []pragma{
		{"busy_timeout", "3000", "3000"},
		{"journal_mode", "WAL", "wal"},
		{"synchronous", "FULL", "2"}, // NORMAL would lose acknowledged turns on a power cut
		{"foreign_keys", "1", "1"},
		{"secure_delete", "1", "1"}, // what is erased must be overwritten, not unlinked
		{"temp_store", "MEMORY", "2"},
		{"trusted_schema", "0", "0"},
		{"cache_size", "-32768", "-32768"},
		{"wal_autocheckpoint", "4000", "4000"},
		{"journal_size_limit", "67108864", "67108864"},
	}
	readerPragmas = []pragma{
		{"busy_timeout", "3000", "3000"},
		{"query_only", "1", "1"},
		{"temp_store", "MEMORY", "2"},
		{"trusted_schema", "0", "0"},
		{"cache_size", "-8192", "-8192"},
	}
	// A new database is built beside its place and moved there, which one file allows and three would not.
	builderPragmas = []pragma{
		{"busy_timeout", "3000", "3000"},
		{"journal_mode", "DELETE", "delete"},
		{"synchronous", "FULL", "2"},
		{"foreign_keys", "1", "1"},
	}
)

// ownLocks switches SQLite to locks that belong to an open file: the usual ones vanish when any part of the
// process opens and closes the database file, as inspecting it does. Where the system has none the usual stay.
var ownLocks = sync.OnceFunc(func() { _, _ = sqlite.OFDLocking(true) })

// connect returns a pool whose every connection has its settings proved.
func connect(path, mode string, settings []pragma) (*sql.DB, error) {
	ownLocks()
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive letter
	}
	q := url.Values{}
	for k, v := range map[string]string{"mode": mode, "_error_rc": "1", "_dqs": "0", "_defensive": "1"} {
		q.Set(k, v)
	}
	if mode == "immutable" {
		q.Set("mode", "ro")
		q.Set("immutable", "1")
	}
	for _, p := range settings {
		q.Add("_pragma", p.name+"("+p.set+")")
	}
	dsn := url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}
	base, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(provedConnector{base, path, settings}), nil
}

// provedConnector refuses a connection on which a setting did not take: a pool opens them at any time.
type provedConnector struct {
	driver.Connector
	path     string
	settings []pragma
}

func (p provedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range p.settings {
		got, err := readPragma(ctx, c, s.name)
		if err != nil {
			c.Close()
			return nil, err
		}
		if got != s.want {
			c.Close()
			return nil, &OpenError{p.path, ErrSettings, s.name + " is " + got + " instead of " + s.want, "keep the data folder on a local disk"}
		}
	}
	return c, nil
}

func readPragma(ctx context.Context, c driver.Conn, name string) (string, error) {
	q, ok := c.(driver.QueryerContext)
	if !ok {
		return "", errors.New("driver cannot query")
	}
	rows, err := q.QueryContext(ctx, "PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, len(rows.Columns()))
	switch err := rows.Next(row); {
	case errors.Is(err, io.EOF):
		return "nothing", nil
	case err != nil:
		return "", err
	}
	return fmt.Sprint(row[0]), nil
}

// Result codes of SQLite that mean a broken file: SQLITE_CORRUPT and SQLITE_NOTADB.
const (
	codeCorrupt = 11
	codeNotADB  = 26
)

// isDamage reports whether an error says that the file itself is broken.
func isDamage(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff // the low byte is the primary code
	return code == codeCorrupt || code == codeNotADB
}

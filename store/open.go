package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/pressly/goose/v3"

	"smebot/bot"
	"smebot/store/migrations"
)

// Names of the files in the data folder. SQLite adds "-wal" and "-shm" to the database's.
const (
	FileName = "smebot.db"
	KeyName  = "secret.key"
	lockName = "smebot.lock"
)

// Options configure a store.
type Options struct {
	Dir   string           // the data folder; made with the rights 0700 if it is not there
	Log   *slog.Logger     // default slog.Default()
	Clock func() time.Time // default time.Now

	// ContactDue says by when somebody must have contacted the person of a lead that was made at a time. The default
	// is three days from Monday to Friday.
	ContactDue func(made time.Time) time.Time

	// Promised says on which day that person must be contacted for what they were told to be true, which is before
	// ContactDue. The default is two such days.
	Promised func(made time.Time) time.Time
}

func (o Options) filled() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("store: no data folder given")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.ContactDue == nil {
		o.ContactDue = func(made time.Time) time.Time { return workingDaysAfter(made, NewStep) }
	}
	if o.Promised == nil {
		o.Promised = func(made time.Time) time.Time { return workingDaysAfter(made, NewStep-1).Add(-1) }
	}
	abs, err := filepath.Abs(o.Dir)
	o.Dir = abs
	return o, err
}

func (o Options) file(name string) string { return filepath.Join(o.Dir, name) }

// DB is an open store. Its methods may be called from any number of goroutines.
type DB struct {
	opt     Options
	seal    *sealer
	lock    *dirLock
	writers *sql.DB // one connection, the writer's
	w       *writer // nil if opened for reading
	read    *sql.DB

	conversation, storedReply *sql.Stmt // the two reads of every turn

	signalMu sync.Mutex
	signals  map[string]chan struct{}

	desk desk // the work list's index, and those who watch leads

	retaining sync.Mutex // held by a run of Retain

	closing sync.Once
	closed  error // what closing found
}

var (
	_ bot.Store       = (*DB)(nil)
	_ bot.OutboxStore = (*DB)(nil)
)

// Open opens the store in a folder for reading and writing, makes it there if the folder holds none, and brings
// its schema up to date. Only one process can have it open so. A file that is damaged, foreign or of a newer
// program, and a key that is missing or wrong, is an *OpenError and stays byte for byte as it is.
func Open(ctx context.Context, o Options) (_ *DB, err error) {
	if o, err = o.filled(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, &OpenError{o.Dir, ErrUnreadable, reason(err), mendRights}
	}
	lock, err := lockDir(o.file(lockName))
	if err != nil {
		return nil, err
	}
	d := &DB{opt: o, lock: lock, signals: map[string]chan struct{}{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.release())
		}
	}()
	if err := d.clearTemp(); err != nil {
		return nil, &OpenError{o.Dir, ErrUnreadable, reason(err), mendRights}
	}
	version, err := d.prepare(ctx, true)
	if err != nil {
		return nil, err
	}
	if d.writers, err = connect(o.file(FileName), "rw", writerPragmas); err != nil {
		return nil, err
	}
	d.writers.SetMaxOpenConns(1)
	if version < newestSchema() {
		if err := migrate(ctx, d.writers); err != nil {
			return nil, fmt.Errorf("bring %s up to date: %w", o.file(FileName), err)
		}
	}
	// A first write: it proves that the disk takes one and that the log exists before the lock file says so.
	if _, err := d.writers.ExecContext(ctx, "UPDATE settings SET value = $1 WHERE name = 'opened'", o.Clock().UTC().Format(time.RFC3339)); err != nil {
		return nil, &OpenError{o.file(FileName), ErrUnreadable, reason(err), "make room on the disk and check the rights of the data folder"}
	}
	if err := lock.markServing(); err != nil {
		return nil, &OpenError{o.file(lockName), ErrUnreadable, reason(err), mendRights}
	}
	if err := d.openReaders(ctx, "ro"); err != nil {
		return nil, err
	}
	conn, err := d.writers.Conn(ctx)
	if err != nil {
		return nil, err
	}
	d.w = newWriter(conn, o.Log, d.signal, d.desk.touch)
	if err := d.redoErasures(ctx); err != nil {
		d.w.close()
		return nil, err
	}
	return d, nil
}

// OpenReadOnly opens the store in a folder for reading, beside a running server or without one. It makes no
// folder, database, key or lock file; methods that write answer ErrReadOnly.
func OpenReadOnly(ctx context.Context, o Options) (_ *DB, err error) {
	if o, err = o.filled(); err != nil {
		return nil, err
	}
	d := &DB{opt: o, signals: map[string]chan struct{}{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.release())
		}
	}()
	lock, served, err := shareDir(o.file(lockName))
	if err != nil {
		return nil, err
	}
	d.lock = lock
	mode := "ro"
	if !served {
		if _, err := d.prepare(ctx, false); err != nil {
			return nil, err
		}
		// Without a server and its log nothing changes the file, and SQLite needs no files of its own to read it.
		if size(o.file(FileName)+"-wal") == 0 {
			mode = "immutable"
		}
	} else if d.seal, err = d.loadKey(); err != nil {
		return nil, err
	}
	return d, d.openReaders(ctx, mode)
}

// prepare checks what lies in the folder and loads the key. It makes a database if there is none and it may.
// It returns the schema's version.
func (d *DB) prepare(ctx context.Context, create bool) (int64, error) {
	file, logFile := d.opt.file(FileName), d.opt.file(FileName)+"-wal"
	logged, err := checkLog(logFile)
	if err != nil {
		return 0, err
	}
	_, err = os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && logged:
		return 0, &OpenError{file, ErrMissing, "its log is there", mendRestore}
	case errors.Is(err, fs.ErrNotExist) && create:
		return newestSchema(), d.create(ctx)
	case errors.Is(err, fs.ErrNotExist):
		return 0, &OpenError{file, ErrMissing, "", "start 'smebot serve' once, or name the right folder with --data"}
	case err != nil:
		return 0, &OpenError{file, ErrUnreadable, reason(err), mendRights}
	}
	if err := checkHeader(file, logged && size(logFile) > 0); err != nil {
		return 0, err
	}
	if d.lock != nil && !logged {
		crashed, err := d.lock.wasServing()
		if err != nil {
			return 0, &OpenError{d.opt.file(lockName), ErrUnreadable, reason(err), mendRights}
		}
		if crashed {
			return 0, &OpenError{logFile, ErrMissing, "the last run ended without closing, so it holds the last turns",
				"put the file back, or delete " + lockName + " to go on without the last turns"}
		}
	}
	if d.seal, err = d.loadKey(); err != nil {
		return 0, err
	}
	mode := "ro"
	if size(logFile) == 0 {
		mode = "immutable"
	}
	version, err := checkInside(ctx, file, mode, d.seal)
	if errors.Is(err, ErrWrongKey) {
		err = &OpenError{d.opt.file(KeyName), ErrWrongKey, "", "put back the key that was backed up with this database"}
	}
	return version, err
}

func (d *DB) loadKey() (*sealer, error) {
	path := d.opt.file(KeyName)
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &OpenError{path, ErrNoKey, "", "put back the key that was backed up with this database"}
	}
	if err != nil {
		return nil, &OpenError{path, ErrUnreadable, reason(err), "put back the key from its backup and let smebot read it"}
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		d.opt.Log.Warn("key file can be read by other users; set its rights to 0600", "file", KeyName)
	}
	return newSealer(key)
}

// create makes key and database. The database is built beside its place and moved there last, so a crash
// leaves either none or a whole one; a key found beside such an unfinished one is that attempt's and is used.
func (d *DB) create(ctx context.Context) error {
	file, keyFile := d.opt.file(FileName), d.opt.file(KeyName)
	aside := file + ".new"
	_, err := os.Stat(aside)
	unfinished := err == nil
	key, err := readKey(keyFile)
	switch {
	case err == nil && !unfinished:
		return &OpenError{file, ErrMissing, "its key is there", "restore a copy of the whole data folder, or move " + KeyName + " away to start anew"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return &OpenError{keyFile, ErrUnreadable, reason(err), "put back the key from its backup, or move it away to start anew"}
	}
	for _, tail := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(aside + tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &OpenError{aside, ErrUnreadable, reason(err), mendRights}
		}
	}
	f, err := os.OpenFile(aside, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &OpenError{aside, ErrUnreadable, reason(err), mendRights}
	}
	f.Close()
	if key == nil {
		if key, err = createKey(keyFile); err != nil {
			return &OpenError{keyFile, ErrUnreadable, reason(err), mendRights}
		}
	}
	if d.seal, err = newSealer(key); err != nil {
		return err
	}
	if err := build(ctx, aside, d.seal.check); err != nil {
		return fmt.Errorf("make %s: %w", file, err)
	}
	if err := os.Rename(aside, file); err != nil {
		return &OpenError{file, ErrUnreadable, reason(err), mendRights}
	}
	return syncDir(d.opt.Dir)
}

// build fills an empty file with the schema.
func build(ctx context.Context, path, check string) (err error) {
	db, err := connect(path, "rw", builderPragmas)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "INSERT INTO settings (name, value) VALUES ('key', $1), ('opened', '')", check)
	return err
}

// migrate applies the steps that the database lacks, each in a transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

func (d *DB) openReaders(ctx context.Context, mode string) (err error) {
	if d.read, err = connect(d.opt.file(FileName), mode, readerPragmas); err != nil {
		return err
	}
	n := max(4, runtime.GOMAXPROCS(0))
	d.read.SetMaxOpenConns(n)
	d.read.SetMaxIdleConns(n)
	if d.conversation, err = d.read.PrepareContext(ctx, sqlConversation); err == nil {
		d.storedReply, err = d.read.PrepareContext(ctx, sqlStoredReply)
	}
	if err != nil && isDamage(err) {
		return &OpenError{d.opt.file(FileName), ErrDamaged, reason(err), mendRestore}
	}
	return err
}

// write runs a job on the writer.
func (d *DB) write(ctx context.Context, do func(*tx) error) error {
	if d.w == nil {
		return ErrReadOnly
	}
	return d.w.write(ctx, do)
}

func (d *DB) now() int64 { return d.opt.Clock().UnixMicro() }

// Close finishes the writes taken so far, folds the log into the database and lets the folder go. Further calls
// do nothing.
func (d *DB) Close() error {
	d.closing.Do(func() {
		if d.w != nil {
			d.w.close()
			_ = d.w.scrub() // if a reader is in the way, the next opening folds the log
		}
		d.closed = d.release()
	})
	return d.closed
}

// release closes what is open. The lock goes last; it is cleared before the log can vanish.
func (d *DB) release() error {
	var err error
	if d.read != nil {
		err = d.read.Close()
	}
	if d.writers != nil {
		err = errors.Join(err, d.lock.clear())
		if d.w != nil {
			err = errors.Join(err, d.w.tx.close())
		}
		err = errors.Join(err, d.writers.Close())
	}
	return errors.Join(err, d.lock.release())
}

func size(path string) int64 {
	if info, err := os.Stat(path); err == nil {
		return info.Size()
	}
	return 0
}

// at turns a stored time back; 0 is none.
func at(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// micros is how a time is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// lockWait is how long opening for writing waits for readers (a command that lists leads) to end.
const lockWait = 3 * time.Second

// serving is what the lock file says while a process writes: the write-ahead log must then exist, since only
// closing in order folds it into the database.
const serving = "serving\n"

// dirLock is the lock file of a data folder. The server holds it alone; commands that read while no server
// runs share it.
type dirLock struct{ f *os.File }

// lockDir takes the lock for writing, creating the file if need be. It waits for readers, not for a writer.
func lockDir(path string) (*dirLock, error) {
	for end := time.Now().Add(lockWait); ; time.Sleep(20 * time.Millisecond) {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, &OpenError{path, ErrUnreadable, reason(err), mendRights}
		}
		had, err := tryLock(f, true)
		if had {
			return &dirLock{f}, nil
		}
		// A shared lock can be had beside readers but not beside a server, which does not go away soon.
		shared := false
		if err == nil {
			shared, err = tryLock(f, false)
		}
		f.Close()
		switch {
		case err != nil:
			return nil, &OpenError{path, ErrUnreadable, reason(err), "keep the data folder on a local disk"}
		case !shared || time.Now().After(end):
			return nil, &OpenError{path, ErrLocked, "", "stop the other smebot, or give this one its own folder with --data"}
		}
	}
}

// shareDir takes the lock for reading, which keeps a server from starting. There is none if there is no lock
// file, or if a server holds it, which the second result tells. It creates nothing.
func shareDir(path string) (*dirLock, bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, &OpenError{path, ErrUnreadable, reason(err), mendRights}
	}
	had, err := tryLock(f, false)
	if err != nil {
		f.Close()
		return nil, false, &OpenError{path, ErrUnreadable, reason(err), "keep the data folder on a local disk"}
	}
	if !had {
		return nil, true, f.Close()
	}
	return &dirLock{f}, false, nil
}

// wasServing reports whether the last process that wrote ended without closing.
func (l *dirLock) wasServing() (bool, error) {
	b := make([]byte, len(serving))
	n, err := l.f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return string(b[:n]) == serving, nil
}

func (l *dirLock) markServing() error {
	if _, err := l.f.WriteAt([]byte(serving), 0); err != nil {
		return err
	}
	return l.f.Sync()
}

func (l *dirLock) clear() error { return l.f.Truncate(0) }

func (l *dirLock) release() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}

// reason gives the cause of a file error without the path, which the message names already.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return strings.ReplaceAll(fmt.Sprint(err), "\n", " ")
}

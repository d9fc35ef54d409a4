package store

import (
	"errors"
	"fmt"
)

// Faults that Open and OpenReadOnly report, inside an *OpenError.
var (
	ErrNewer      = errors.New("is newer than this program")
	ErrDamaged    = errors.New("is damaged")
	ErrForeign    = errors.New("is not a smebot database")
	ErrMissing    = errors.New("is missing")
	ErrLocked     = errors.New("is in use by another process")
	ErrNoKey      = errors.New("is missing, but the database needs it")
	ErrWrongKey   = errors.New("is not the key of this database")
	ErrUnreadable = errors.New("cannot be used")
	ErrSettings   = errors.New("refuses the settings that make it safe")
)

// OpenError says which file stops the store from opening, why, and what to do. It prints as one line.
type OpenError struct {
	Path   string
	Kind   error  // one of the faults above
	Detail string // "" if Kind says all
	Mend   string // what the operator can do
}

// Error implements error.
func (e *OpenError) Error() string {
	s := e.Path + " " + e.Kind.Error()
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	return s + "; " + e.Mend
}

// Unwrap gives the kind of fault.
func (e *OpenError) Unwrap() error { return e.Kind }

const (
	mendRestore = "restore a copy of the whole data folder, or move the file away to start anew"
	mendRights  = "give the user that runs smebot the right to read and write it"
)

// Faults of single operations.
var (
	// ErrClosed: the store is closing or closed; nothing was stored.
	ErrClosed = errors.New("store is closed")
	// ErrUnknown: the caller stopped waiting while the write was in work; it may or may not be stored. A turn may
	// be committed again: its key decides.
	ErrUnknown = errors.New("outcome of the write is unknown")
	// ErrNoConsent: a lead came without the consent that must come before it.
	ErrNoConsent = errors.New("lead without consent")
	// ErrIncomplete: a lead, an organisation or a count lacks a field that it cannot be worked on without.
	ErrIncomplete = errors.New("a field that is needed is missing")
	// ErrSecondLead: the draft has already become a lead.
	ErrSecondLead = errors.New("draft already became a lead")
	// ErrEffect: a turn carries an effect that the store does not know.
	ErrEffect = errors.New("effect unknown to the store")
	// ErrNotFound: there is no such lead, document or message.
	ErrNotFound = errors.New("not found")
	// ErrStale: the lead has changed since the version given.
	ErrStale = errors.New("lead changed meanwhile")
	// ErrMove: the table of moves does not allow the change.
	ErrMove = errors.New("move not allowed")
	// ErrTaken: another account answers this person already.
	ErrTaken = errors.New("somebody else answers this person")
	// ErrReleased: the person's thread is not, or no longer, in the hands of who writes.
	ErrReleased = errors.New("thread is not taken over")
	// ErrReadOnly: the store was opened for reading.
	ErrReadOnly = errors.New("store is open for reading only")
)

// caught turns a recovered panic into an error without its value, which may hold personal data.
func caught(p any) error { return fmt.Errorf("panic in a write: %T", p) }

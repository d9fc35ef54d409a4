package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	sqlStartSession = `INSERT INTO sessions (token, staff, created, used) VALUES ($1, $2, $3, $3)`
	sqlSession      = `SELECT s.created, s.used, a.name, a.role, a.once, a.totp, a.disabled, a.created, a.seen
		FROM sessions s JOIN staff a ON a.name = s.staff WHERE s.token = $1`
	sqlTouchSession  = `UPDATE sessions SET used = $1 WHERE token = $2`
	sqlEndSession    = `DELETE FROM sessions WHERE token = $1`
	sqlEndSessions   = `DELETE FROM sessions WHERE staff = $1`
	sqlEndOthers     = `DELETE FROM sessions WHERE staff = $1 AND token <> $2`
	sqlSessionsOf    = `SELECT token, created, used FROM sessions WHERE staff = $1 ORDER BY used DESC, created DESC`
	sqlPurgeSessions = `DELETE FROM sessions WHERE used < $1 OR created < $2`
)

// Session is a signed-in browser.
type Session struct {
	Account Account
	Created time.Time
	Used    time.Time // as last noted with TouchSession
}

// tokenHash is what is kept of a session's token: the database alone opens no session.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// StartSession opens a session for an account under a token of at least 128 random bits, and notes the sign-in.
func (d *DB) StartSession(ctx context.Context, name, token string) error {
	if len(token) < 22 {
		return fmt.Errorf("session token of %d characters: %w", len(token), ErrIncomplete)
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlStaffSeen, now, name)
		if err := missing(n, err, name); err != nil {
			return err
		}
		if _, err := t.exec(sqlStartSession, tokenHash(token), name, now); err != nil {
			return err
		}
		return d.append(t, AuditEntry{Actor: name, Action: "signin", Subject: name})
	})
}

// Session returns the session of a token with its account as it is now; ErrNotFound if there is none, or if the
// account was disabled.
func (d *DB) Session(ctx context.Context, token string) (Session, error) {
	var s Session
	var created, used, once, disabled, made, seen int64
	var totp []byte
	err := d.read.QueryRowContext(ctx, sqlSession, tokenHash(token)).
		Scan(&created, &used, &s.Account.Name, &s.Account.Role, &once, &totp, &disabled, &made, &seen)
	if errors.Is(err, sql.ErrNoRows) || err == nil && disabled != 0 {
		return Session{}, fmt.Errorf("session: %w", ErrNotFound)
	}
	if err != nil {
		return Session{}, err
	}
	secret, err := d.seal.open(colTOTP, []byte(s.Account.Name), totp)
	s.Created, s.Used = at(created), at(used)
	s.Account.Once, s.Account.Created, s.Account.Seen, s.Account.TOTP = at(once), at(made), at(seen), len(secret) > 0
	return s, err
}

// TouchSession notes that a session was used now.
func (d *DB) TouchSession(ctx context.Context, token string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(sqlTouchSession, now, tokenHash(token))
		return err
	})
}

// EndSession ends one session; there need not be one.
func (d *DB) EndSession(ctx context.Context, token string) error {
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(sqlEndSession, tokenHash(token))
		return err
	})
}

// SignedIn is a session as its owner sees it.
type SignedIn struct {
	Created, Used time.Time
	This          bool // it is the one that asks
}

// SessionsOf returns the sessions of an account, last used first, those that are over but not yet purged included.
// token is the session that asks.
func (d *DB) SessionsOf(ctx context.Context, name, token string) ([]SignedIn, error) {
	rows, err := d.read.QueryContext(ctx, sqlSessionsOf, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	this := tokenHash(token)
	var all []SignedIn
	for rows.Next() {
		var hash []byte
		var created, used int64
		if err := rows.Scan(&hash, &created, &used); err != nil {
			return nil, err
		}
		all = append(all, SignedIn{at(created), at(used), bytes.Equal(hash, this)})
	}
	return all, rows.Err()
}

// EndOtherSessions ends the sessions of an account but for the one that asks.
func (d *DB) EndOtherSessions(ctx context.Context, name, token string) error {
	this := tokenHash(token)
	return d.write(ctx, func(t *tx) error {
		if _, err := t.exec(sqlEndOthers, name, this); err != nil {
			return err
		}
		return d.append(t, AuditEntry{Actor: name, Action: "account.sessions", Subject: name})
	})
}

// PurgeSessions removes sessions last used before idle or started before oldest.
func (d *DB) PurgeSessions(ctx context.Context, idle, oldest time.Time) error {
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(sqlPurgeSessions, micros(idle), micros(oldest))
		return err
	})
}

// MAC returns a keyed hash for a use outside the store, 16 bytes: tokens of forms, marks of known devices, signed
// links. Uses never share a key with the store's own.
func (d *DB) MAC(use string, parts ...string) []byte {
	return d.seal.hash("outside "+use, parts...)
}

package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	sqlAuditLast   = `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`
	sqlAuditAppend = `INSERT INTO audit (seq, at, actor, action, subject, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlAuditCount  = `UPDATE counters SET value = value + 1 WHERE name = 'audit'`
	sqlAuditKnown  = `SELECT value FROM counters WHERE name = 'audit'`
	sqlAuditAll    = `SELECT seq, at, actor, action, subject, detail, hash FROM audit ORDER BY seq`
	sqlAuditPage   = `SELECT seq, at, actor, action, subject, detail FROM audit
		WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR action LIKE $3) AND at >= $4 AND at < $5 AND seq < $6 ORDER BY seq DESC LIMIT $7`
)

// AuditEntry is one line of the log of what staff did: who, what, to which thing, and why. It never holds contact
// data: a lead is named by its number.
type AuditEntry struct {
	Seq     int64 // from 1, without gaps; set by the store
	At      time.Time
	Actor   string // an account's name; "operator" for commands on the machine, "system" for the program itself
	Action  string // "signin", "lead.reveal", "export"
	Subject string // the thing it was done to: an account, a lead's number
	Detail  string // the reason given, the new value
}

// Append adds a line to the audit log.
func (d *DB) Append(ctx context.Context, e AuditEntry) error {
	return d.write(ctx, func(t *tx) error { return d.append(t, e) })
}

// append adds a line within a transaction, so that a deed and its line are stored together.
func (d *DB) append(t *tx, e AuditEntry) error {
	if e.Actor == "" || e.Action == "" {
		return fmt.Errorf("audit line without actor or action: %w", ErrIncomplete)
	}
	var before []byte
	switch err := t.row(sqlAuditLast).Scan(&e.Seq, &before); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	}
	e.Seq++
	e.At = at(d.now())
	if _, err := t.exec(sqlAuditAppend, e.Seq, micros(e.At), e.Actor, e.Action, e.Subject, e.Detail, d.chain(before, e)); err != nil {
		return err
	}
	_, err := t.exec(sqlAuditCount)
	return err
}

// chain is the hash of a line and of the line before it. It is keyed, so that nobody can forge one with the
// database alone.
func (d *DB) chain(before []byte, e AuditEntry) []byte {
	return d.seal.hash("audit", string(before), strconv.FormatInt(e.Seq, 10), strconv.FormatInt(micros(e.At), 10), e.Actor, e.Action, e.Subject, e.Detail)
}

// AuditFilter chooses lines of the audit log; zero fields choose all.
type AuditFilter struct {
	Actor  string
	Action string // an action, or its beginning: "lead" also finds "lead.reveal"
	Since  time.Time
	Until  time.Time // exclusive
	Before int64     // only lines with a smaller number: the next page
	Limit  int       // default 50
}

// Audit returns lines of the audit log, the latest first.
func (d *DB) Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	until, before := int64(1<<62), int64(1<<62)
	if !f.Until.IsZero() {
		until = micros(f.Until)
	}
	if f.Before > 0 {
		before = f.Before
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	action := strings.NewReplacer("%", "", "_", "").Replace(f.Action)
	rows, err := d.read.QueryContext(ctx, sqlAuditPage, f.Actor, action, action+"%", micros(f.Since), until, before, f.Limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []AuditEntry
	for rows.Next() {
		var e AuditEntry
		var when int64
		if err := rows.Scan(&e.Seq, &when, &e.Actor, &e.Action, &e.Subject, &e.Detail); err != nil {
			return nil, err
		}
		e.At = at(when)
		all = append(all, e)
	}
	return all, rows.Err()
}

// VerifyAudit walks the audit log from its first line. The error names the first line that was changed, is
// missing, or does not follow from the one before; nil means that none was.
func (d *DB) VerifyAudit(ctx context.Context) error {
	read, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = read.Rollback() }()
	at, err := d.verifyAudit(ctx, read)
	if err == nil && at != "" {
		err = errors.New("audit log: " + at)
	}
	return err
}

// verifyAudit says where the log is broken first, "" if nowhere.
func (d *DB) verifyAudit(ctx context.Context, read *sql.Tx) (broken string, err error) {
	rows, err := read.QueryContext(ctx, sqlAuditAll)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var before []byte
	var n int64
	for rows.Next() {
		var e AuditEntry
		var when int64
		var hash []byte
		if err := rows.Scan(&e.Seq, &when, &e.Actor, &e.Action, &e.Subject, &e.Detail, &hash); err != nil {
			return "", err
		}
		e.At = at(when)
		n++
		if e.Seq != n {
			return fmt.Sprintf("line %d is missing", n), nil
		}
		if !hmac.Equal(hash, d.chain(before, e)) {
			return fmt.Sprintf("line %d was changed, or the one before it", n), nil
		}
		before = hash
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	var known int64
	if err := read.QueryRowContext(ctx, sqlAuditKnown).Scan(&known); err != nil {
		return "", err
	}
	if known != n {
		return fmt.Sprintf("ends with line %d, but line %d was written", n, known), nil
	}
	return "", nil
}

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"smebot/bot"
)

const (
	sqlDeadLetters = `SELECT o.id, o.payload, o.attempts, o.cause, o.given_up, COALESCE(NULLIF(o.lead, ''), m.lead, '') FROM outbox o LEFT JOIN messages m ON m.seq = o.message
		WHERE o.given_up > 0 ORDER BY o.given_up DESC, o.seq DESC LIMIT $1`
	sqlDeadCount  = `SELECT COUNT(*) FROM outbox WHERE given_up > 0`
	sqlRevive     = `UPDATE outbox SET given_up = 0, attempts = 0, not_before = $1 WHERE id = $2 AND given_up > 0 RETURNING channel`
	sqlDiscard    = `DELETE FROM outbox WHERE id = $1 AND given_up > 0 RETURNING channel`
	sqlWaitsAgain = `UPDATE messages SET state = $1, cause = '' WHERE state = $2 AND seq = (SELECT message FROM outbox WHERE id = $3)`
)

// DeadLetter is a message that was given up. Retain removes it after its time.
type DeadLetter struct {
	bot.OutboxItem
	Handle string // names it in forms; tells nothing of whom it was for
	Lead   string // number of the lead that a message of staff belongs to
	Cause  string
	At     time.Time // when it was given up
}

// Revive puts a dead letter back to be sent at once, with its attempts forgotten, and Discard removes it; both with a
// line in the audit log. ErrNotFound if there is none of that handle.
func (d *DB) Revive(ctx context.Context, handle, actor string) error {
	now := d.now()
	return d.letter(ctx, handle, AuditEntry{Actor: actor, Action: "letter.again"}, func(t *tx, id []byte) (channel string, err error) {
		if err := t.row(sqlRevive, now, id).Scan(&channel); err != nil {
			return "", err
		}
		t.after.channels = append(t.after.channels, channel)
		_, err = t.exec(sqlWaitsAgain, string(MessageWaiting), string(MessageFailed), id)
		return channel, err
	})
}

// Discard removes a dead letter: see Revive.
func (d *DB) Discard(ctx context.Context, handle, actor string) error {
	return d.letter(ctx, handle, AuditEntry{Actor: actor, Action: "letter.discard"}, func(t *tx, id []byte) (channel string, err error) {
		err = t.row(sqlDiscard, id).Scan(&channel)
		return channel, err
	})
}

// letter does something to a dead letter; do returns its channel. The line names no more of the letter than that.
func (d *DB) letter(ctx context.Context, handle string, line AuditEntry, do func(*tx, []byte) (string, error)) error {
	id, err := hex.DecodeString(handle)
	if err != nil {
		return fmt.Errorf("dead letter: %w", ErrNotFound)
	}
	return d.write(ctx, func(t *tx) error {
		if line.Subject, err = do(t, id); errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("dead letter: %w", ErrNotFound)
		} else if err != nil {
			return err
		}
		return d.append(t, line)
	})
}

// DeadLetterCount returns how many messages were given up.
func (d *DB) DeadLetterCount(ctx context.Context) (int, error) {
	n := 0
	err := d.read.QueryRowContext(ctx, sqlDeadCount).Scan(&n)
	return n, err
}

// DeadLetters returns up to limit messages that were given up, the latest first.
func (d *DB) DeadLetters(ctx context.Context, limit int) ([]DeadLetter, error) {
	return collect(ctx, d, func(rows *sql.Rows) (l DeadLetter, err error) {
		var id, payload []byte
		var gone int64
		if err := rows.Scan(&id, &payload, &l.Attempts, &l.Cause, &gone, &l.Lead); err != nil {
			return l, err
		}
		l.At, l.Handle = at(gone), hex.EncodeToString(id)
		return l, d.openJSON(colPayload, id, payload, &l.Outgoing)
	}, sqlDeadLetters, limit)
}

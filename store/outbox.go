package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"smebot/bot"
)

const (
	// Of each person the oldest message whose time has come; one that is scheduled for later holds up nobody, one
	// that waits for another try holds up those behind it.
	sqlNextOutgoing = `SELECT o.id, o.payload, o.attempts FROM outbox o
		WHERE o.channel = $1 AND o.given_up = 0 AND o.not_before <= $2 AND o.due <= $2
		AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.person = o.person AND p.given_up = 0 AND p.seq < o.seq AND p.due <= $2)
		ORDER BY o.seq LIMIT $3`
	sqlSent       = `DELETE FROM outbox WHERE id = $1 AND given_up = 0`
	sqlReached    = `UPDATE conversations SET reach_left = reach_left - 1 WHERE person = (SELECT person FROM outbox WHERE id = $1 AND given_up = 0) AND reach_left > 0`
	sqlReach      = `SELECT reach_until, reach_left FROM conversations WHERE person = $1`
	sqlWaitingFor = `SELECT id, payload, attempts FROM outbox WHERE person = $1 AND given_up = 0 AND due <= $2 ORDER BY seq LIMIT $3`
	sqlRetry      = `UPDATE outbox SET attempts = attempts + 1, not_before = $1, cause = $2 WHERE id = $3 AND given_up = 0`
	sqlGiveUp     = `UPDATE outbox SET attempts = attempts + 1, given_up = $1, cause = $2 WHERE id = $3 AND given_up = 0`
	sqlWaiting    = `SELECT channel, COUNT(*), MIN(created) FROM outbox WHERE given_up = 0 GROUP BY channel`
)

// Backlog says how much of a channel waits to be sent.
type Backlog struct {
	Channel string
	Waiting int
	Oldest  time.Time // when the oldest of it was stored
}

func (d *DB) sealOutgoing(o bot.Outgoing) (outgoingWrite, error) {
	if o.ID == "" || o.To.Channel == "" || o.To.User == "" {
		return outgoingWrite{}, errors.New("outgoing message without id, channel or person")
	}
	plain, err := json.Marshal(o)
	if err != nil {
		return outgoingWrite{}, err
	}
	id := d.outgoingKey(o.ID)
	return outgoingWrite{
		id: id, person: d.seal.person(o.To), payload: d.seal.seal(colPayload, id, plain), channel: o.To.Channel, due: micros(o.Due),
	}, nil
}

func (o outgoingWrite) store(t *tx, now, message int64) error {
	_, err := t.exec(sqlAddOutgoing, o.id, o.channel, o.person, o.payload, o.due, o.due, now, message, o.kind, o.lead)
	t.after.channels = append(t.after.channels, o.channel)
	return err
}

// outgoingKey hides the id, which is often made from a delivery's key and so from a person's.
func (d *DB) outgoingKey(id string) []byte { return d.seal.hash("outgoing", id) }

// NextOutgoing implements bot.OutboxStore.
func (d *DB) NextOutgoing(ctx context.Context, channel string, now time.Time, limit int) ([]bot.OutboxItem, error) {
	return d.outgoing(ctx, sqlNextOutgoing, channel, now.UnixMicro(), limit)
}

// WaitingFor returns up to limit messages that wait for a person, the oldest first, where they are fetched and not
// sent: MarkSent ends each.
func (d *DB) WaitingFor(ctx context.Context, who bot.Address, limit int) ([]bot.OutboxItem, error) {
	return d.outgoing(ctx, sqlWaitingFor, d.seal.person(who), d.now(), limit)
}

func (d *DB) outgoing(ctx context.Context, query string, args ...any) ([]bot.OutboxItem, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []bot.OutboxItem
	for rows.Next() {
		var id, payload []byte
		var it bot.OutboxItem
		if err := rows.Scan(&id, &payload, &it.Attempts); err != nil {
			return nil, err
		}
		if err := d.openJSON(colPayload, id, payload, &it.Outgoing); err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, rows.Err()
}

// MarkSent implements bot.OutboxStore. The message is removed: nothing of it is needed any more. One that is
// gone already, sent or erased, is no error.
func (d *DB) MarkSent(ctx context.Context, id string) error {
	key := d.outgoingKey(id)
	return d.write(ctx, func(t *tx) error {
		if err := tellMessage(t, key, MessageSent, ""); err != nil {
			return err
		}
		if _, err := t.exec(sqlReached, key); err != nil {
			return err
		}
		_, err := t.exec(sqlSent, key)
		return err
	})
}

// Retry implements bot.OutboxStore. A message that was erased meanwhile is no error.
func (d *DB) Retry(ctx context.Context, id string, notBefore time.Time, cause string) error {
	key := d.outgoingKey(id)
	return d.write(ctx, func(t *tx) error {
		if err := tellMessage(t, key, MessageUnknown, cause); err != nil {
			return err
		}
		_, err := t.exec(sqlRetry, micros(notBefore), cause, key)
		return err
	})
}

// Reach says until when, and how many times more, the platform lets us write to a person by ourselves, where it
// sets a limit. Both are zero for a person who never wrote, and where there is no limit.
func (d *DB) Reach(ctx context.Context, who bot.Address) (until time.Time, left int, err error) {
	var when int64
	err = d.read.QueryRowContext(ctx, sqlReach, d.seal.person(who)).Scan(&when, &left)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return at(when), left, err
}

// GiveUp implements bot.OutboxStore. The message moves to the dead letters, where Retain finds it after a week. If
// it brought news of a lead, staff are to telephone, unless the news is that they did.
func (d *DB) GiveUp(ctx context.Context, id string, cause string) error {
	key, now := d.outgoingKey(id), d.now()
	return d.write(ctx, func(t *tx) error {
		if err := tellMessage(t, key, MessageFailed, cause); err != nil {
			return err
		}
		if err := newsFailed(t, key, now); err != nil {
			return err
		}
		_, err := t.exec(sqlGiveUp, now, cause, key)
		return err
	})
}

// Backlogs says of each channel with unsent messages how many wait, those scheduled for later included.
func (d *DB) Backlogs(ctx context.Context) ([]Backlog, error) {
	rows, err := d.read.QueryContext(ctx, sqlWaiting)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Backlog
	for rows.Next() {
		var b Backlog
		var oldest int64
		if err := rows.Scan(&b.Channel, &b.Waiting, &oldest); err != nil {
			return nil, err
		}
		b.Oldest = at(oldest)
		all = append(all, b)
	}
	return all, rows.Err()
}

// OutboxSignal implements bot.OutboxStore. All callers for a channel share one Go channel.
func (d *DB) OutboxSignal(channel string) <-chan struct{} { return d.signalOf(channel) }

func (d *DB) signalOf(channel string) chan struct{} {
	d.signalMu.Lock()
	defer d.signalMu.Unlock()
	c := d.signals[channel]
	if c == nil {
		c = make(chan struct{}, 1)
		d.signals[channel] = c
	}
	return c
}

func (d *DB) signal(channel string) {
	select {
	case d.signalOf(channel) <- struct{}{}:
	default: // one is waiting: the sender will look anyway
	}
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	sqlSetCall = `UPDATE leads SET needs_call = $1 WHERE number = $2 AND needs_call <> $1`
	sqlAssign  = `UPDATE leads SET assignee = $1, version = version + 1, changed = $2 WHERE number = $3 AND version = $4`
)

// MarkCall notes that a lead's person must be telephoned, since no message reaches them, or no longer need be.
// Marking what is marked already changes nothing. ErrNotFound if there is no such lead.
func (d *DB) MarkCall(ctx context.Context, number string, on bool) error {
	return d.markCall(ctx, number, on, systemActor)
}

// CallDone notes that an account telephoned, so that the lead waits for no call any more. ErrNotFound as above.
func (d *DB) CallDone(ctx context.Context, number, actor string) error {
	return d.markCall(ctx, number, false, actor)
}

func (d *DB) markCall(ctx context.Context, number string, on bool, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error { return setCall(t, number, on, now, actor) })
}

func setCall(t *tx, number string, on bool, now int64, actor string) error {
	action := actNoCall
	if on {
		action = actCall
	}
	l, err := leadNow(t, number)
	if err != nil {
		return err
	}
	if n, err := t.exec(sqlSetCall, flag(on), number); err != nil || n == 0 {
		return err
	}
	return l.note(t, now, actor, action, "")
}

// leadNow reads a lead's state inside the writer, where nothing can change it.
func leadNow(t *tx, number string) (leadRow, error) {
	l := leadRow{number: number}
	err := t.row(sqlLeadState, number).Scan(&l.status, &l.version)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("lead: %w", ErrNotFound)
	}
	return l, err
}

// Pick is a lead as it was seen.
type Pick struct {
	Number  string
	Version int64
}

// AssignLeads hands leads to an account, "" for nobody, as one change. Those that have changed since they were seen
// stay as they are and are returned. A thread that another account holds from such a lead goes back to the bot: its holder
// may no longer see the lead, and the new assignee can take it over.
func (d *DB) AssignLeads(ctx context.Context, picks []Pick, assignee, actor string) (stale []string, err error) {
	now := d.now()
	err = d.write(ctx, func(t *tx) error {
		stale = nil
		for _, p := range picks {
			n, err := t.exec(sqlAssign, assignee, now, p.Number, p.Version)
			if err != nil {
				return err
			}
			if n == 0 {
				stale = append(stale, p.Number)
				continue
			}
			if _, err := t.exec(sqlAddEvent, p.Number, p.Version+1, now, actor, actAssigned, assignee); err != nil {
				return err
			}
			t.touch(p.Number)
			if err := endTakeover(t, p.Number, assignee, actor, now); err != nil {
				return err
			}
		}
		return nil
	})
	return stale, err
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"smebot/bot"
)

const (
	sqlAddConsent = `INSERT INTO consents (lead, version, at, receiver, abroad) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (lead) DO NOTHING`
	sqlAddLead    = `INSERT INTO leads (number, draft, person, phone, details, channel, messenger, town, platform, status,
		assignee, organisation, version, created, changed, moved)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'new', $10, $11, 1, $12, $13, $12) ON CONFLICT (draft) DO NOTHING`
	sqlAddEvent = `INSERT INTO lead_events (lead, version, at, actor, action, detail) VALUES ($1, $2, $3, $4, $5, $6)`

	sqlLeadsOfPerson = `SELECT number, status, version FROM leads WHERE person = $1 AND erased = 0`
	sqlLeadState     = `SELECT status, version FROM leads WHERE number = $1`
	sqlWithdrawn     = `UPDATE consents SET withdrawn = $1 WHERE lead = $2 AND withdrawn = 0`
	// A lead counts as contacted with its first move to that state, or when it is closed as helped without one.
	sqlSetStatus = `UPDATE leads SET status = $1, reason = $2, answer = '', version = version + 1, changed = $3, moved = $3,
		contacted = CASE WHEN contacted = 0 AND ($1 = 'contacted' OR $2 = 'helped') THEN $3 ELSE contacted END WHERE number = $4 AND version = $5`
	sqlSetHands    = `UPDATE leads SET assignee = $1, organisation = $2, answer = CASE WHEN $2 = '' THEN answer ELSE '' END, version = version + 1, changed = $3 WHERE number = $4 AND version = $5`
	sqlBlankLead   = `UPDATE leads SET person = $1, phone = $1, details = $1, erased = $2 WHERE number = $3`
	sqlBlankEvents = `UPDATE lead_events SET detail = '' WHERE lead = $1 AND actor <> 'person' AND action NOT LIKE 'moved to %'`
)

// saveLead makes a lead ready. The consent is stored first; its key is the lead's number, so a taken number
// shows there and a taken draft at the lead itself.
func (d *DB) saveLead(w *turnWrite, t bot.Turn, l Lead) (func(*tx) error, error) {
	if err := checkLead(l); err != nil {
		return nil, err
	}
	if l.Created.IsZero() {
		l.Created = t.At
	}
	if l.Created.IsZero() {
		l.Created = at(w.now)
	}
	number := l.Phone.Reveal() // to hash it
	plain, err := json.Marshal(personalOf(l))
	if err != nil {
		return nil, err
	}
	details := d.seal.seal(colDetails, []byte(l.Number), plain)
	draft, person, phone := d.seal.hash("draft", l.Draft), d.seal.person(l.From), d.phoneKey(number)
	var said []string // what the person answered while filling in, kept with the first event
	for _, h := range l.History {
		said = append(said, h.Action+": "+h.Detail)
	}
	told := strings.Join(said, "; ")
	return func(t *tx) error {
		c := l.Consent
		if n, err := t.exec(sqlAddConsent, l.Number, c.Version, micros(c.At), c.Receiver, flag(c.Abroad)); err != nil {
			return err
		} else if n == 0 {
			return bot.ErrClash
		}
		n, err := t.exec(sqlAddLead, l.Number, draft, person, phone, details, l.From.Channel, string(l.From.Platform), l.Town, l.Platform,
			l.Assignee, l.Organisation, micros(l.Created), w.now)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrSecondLead
		}
		t.touch(l.Number)
		if _, err := t.exec(sqlAddEvent, l.Number, 1, micros(l.Created), personActor, actCreated, told); err != nil {
			return err
		}
		return planNew(t, l.Number, w.now)
	}, nil
}

// leadRow is what a change needs to know of a lead.
type leadRow struct {
	number  string
	status  Status
	version int64
}

func leadRows(t *tx, query string, args ...any) ([]leadRow, error) {
	rows, err := t.rows(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []leadRow
	for rows.Next() {
		var r leadRow
		if err := rows.Scan(&r.number, &r.status, &r.version); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// move writes a change of state and its event, and plans what follows from it. The version decides whether the lead
// is still as it was read.
func (r leadRow) move(t *tx, to Status, reason CloseReason, now int64, actor, action string) error {
	n, err := t.exec(sqlSetStatus, string(to), string(reason), now, r.number, r.version)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrStale
	}
	t.touch(r.number)
	if _, err := t.exec(sqlAddEvent, r.number, r.version+1, now, actor, action, string(reason)); err != nil {
		return err
	}
	return planMove(t, r.number, to, reason, now)
}

// takeBack notes that a person took back the consent for a lead. Staff hear of it once.
func (r leadRow) takeBack(t *tx, now int64) error {
	n, err := t.exec(sqlWithdrawn, now, r.number)
	if err != nil || n == 0 {
		return err
	}
	t.touch(r.number)
	return planWithdrawn(t, r.number, now)
}

// withdraw ends the consents of a person's leads and closes those still open.
func withdraw(t *tx, person []byte, now int64) error {
	leads, err := leadRows(t, sqlLeadsOfPerson, person)
	if err != nil {
		return err
	}
	for _, l := range leads {
		if isOpen(l.status) {
			if err := l.move(t, Closed, Withdrawn, now, personActor, actWithdrawn); err != nil {
				return err
			}
		}
		if err := l.takeBack(t, now); err != nil {
			return err
		}
	}
	return nil
}

// blankLeads removes every personal field of leads. Number, platform, town, dates and state stay for statistics;
// open ones are closed as withdrawn.
func blankLeads(t *tx, leads []leadRow, now int64, actor string) error {
	for _, l := range leads {
		if isOpen(l.status) {
			if err := l.move(t, Closed, Withdrawn, now, actor, actErased); err != nil {
				return err
			}
		} else if err := l.note(t, now, actor, actErased, ""); err != nil {
			return err
		}
		if _, err := t.exec(sqlBlankLead, blank, now, l.number); err != nil {
			return err
		}
		if _, err := t.exec(sqlBlankEvents, l.number); err != nil {
			return err
		}
		if _, err := t.exec(sqlForgetNotes, l.number); err != nil {
			return err
		}
		if actor != personActor {
			if _, err := t.exec(sqlUnplanAll, l.number); err != nil {
				return err
			}
		} else if err := l.takeBack(t, now); err != nil {
			return err
		}
	}
	return nil
}

const sqlTouch = `UPDATE leads SET version = version + 1, changed = $1 WHERE number = $2 AND version = $3`

// note writes an event that leaves the state as it is.
func (r leadRow) note(t *tx, now int64, actor, action, detail string) error {
	n, err := t.exec(sqlTouch, now, r.number, r.version)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrStale
	}
	t.touch(r.number)
	_, err = t.exec(sqlAddEvent, r.number, r.version+1, now, actor, action, detail)
	return err
}

// MoveLead changes a lead's state as the table Moves allows. version is the one the decision was made on: if
// the lead has changed since, nothing is done and the answer is ErrStale. reason is given with Closed only.
func (d *DB) MoveLead(ctx context.Context, number string, version int64, to Status, reason CloseReason, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		l, err := leadAt(t, number, version)
		if err != nil {
			return err
		}
		if !MayMove(l.status, to, reason) {
			return fmt.Errorf("%w: from %q to %q with reason %q", ErrMove, l.status, to, reason)
		}
		return l.move(t, to, reason, now, actor, actMoved+string(to))
	})
}

// HandLead says who works on a lead and which organisation it was passed to; version as in MoveLead. A lead that has
// ended is passed on to nobody: ErrMove.
func (d *DB) HandLead(ctx context.Context, number string, version int64, assignee, organisation, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		l, err := leadAt(t, number, version)
		if err != nil {
			return err
		}
		if organisation != "" && !isOpen(l.status) {
			return fmt.Errorf("%w: a lead that is %q is not passed on", ErrMove, l.status)
		}
		if n, err := t.exec(sqlSetHands, assignee, organisation, now, number, version); err != nil {
			return err
		} else if n == 0 {
			return ErrStale
		}
		action, detail := actAssigned, assignee
		if organisation != "" {
			action, detail = actPassed, organisation
		}
		t.touch(number)
		_, err = t.exec(sqlAddEvent, number, l.version+1, now, actor, action, detail)
		return err
	})
}

func leadAt(t *tx, number string, version int64) (leadRow, error) {
	l := leadRow{number: number}
	err := t.row(sqlLeadState, number).Scan(&l.status, &l.version)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("lead: %w", ErrNotFound)
	}
	if err == nil && l.version != version {
		err = ErrStale
	}
	return l, err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

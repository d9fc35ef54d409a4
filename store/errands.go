package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"smebot/bot"
)

// ErrandKind says what is to be done about a lead by itself.
type ErrandKind string

// The kinds of errands.
const (
	ErrandNew       ErrandKind = "new"       // tell staff that it was made
	ErrandLate      ErrandKind = "late"      // see whether it is late, tell staff, come back
	ErrandWithdrawn ErrandKind = "withdrawn" // tell staff that it must not be passed on any more
	ErrandNews      ErrandKind = "news"      // tell the person where it stands
	ErrandAsk       ErrandKind = "ask"       // ask the person whether it helped
)

// When errands come due.
const (
	firstLook = 3 * 24 * time.Hour  // three working days are never over before
	newsPause = time.Minute         // a move that another follows within it is not told
	askAfter  = 10 * 24 * time.Hour // from the end of a lead
)

const (
	sqlPlan = `INSERT INTO errands (lead, kind, due) VALUES ($1, $2, $3) ON CONFLICT (lead, kind) DO UPDATE SET due = excluded.due`
	// Asked once, and of nobody who is gone.
	sqlPlanAsk    = `INSERT INTO errands (lead, kind, due) SELECT number, 'ask', $2 FROM leads WHERE number = $1 AND asked = 0 AND erased = 0 ON CONFLICT (lead, kind) DO UPDATE SET due = excluded.due`
	sqlUnplan     = `DELETE FROM errands WHERE lead = $1 AND kind = $2`
	sqlUnplanAll  = `DELETE FROM errands WHERE lead = $1`
	sqlEndErrand  = `DELETE FROM errands WHERE lead = $1 AND kind = $2 AND due = $3`
	sqlPutOff     = `UPDATE errands SET due = $1, step = $2 WHERE lead = $3 AND kind = $4 AND due = $5`
	sqlErrands    = `SELECT lead, kind, step, due FROM errands WHERE due <= $1 ORDER BY due, lead LIMIT $2`
	sqlDropNews   = `DELETE FROM outbox WHERE lead = $1 AND given_up = 0`
	sqlDropUnsent = `DELETE FROM outbox WHERE person = $1 AND kind <> '' AND given_up = 0`
	sqlLeadAsked  = `UPDATE leads SET asked = $1 WHERE number = $2`
	sqlHelped     = `UPDATE leads SET helped = $1 WHERE number = $2 AND person = $3 AND asked > 0`
	sqlLeadOfNews = `SELECT lead FROM outbox WHERE id = $1 AND given_up = 0 AND lead <> ''`
)

// Errand is something to be done about a lead. It is named by its due time: put off, it is another.
type Errand struct {
	Lead Lead // without its history
	Kind ErrandKind
	Step int // with ErrandLate the last step that staff were told of
	Due  time.Time
}

// Seen is an errand that was seen to: it ends or, with Again, comes back then with Step.
type Seen struct {
	Errand
	Again time.Time
	Step  int
}

// Verdict is what a person said about whether the service helped.
type Verdict string

// Verdicts are all verdicts, the best first.
var Verdicts = []Verdict{HelpedYes, HelpedPartly, HelpedNo}

// The verdicts.
const (
	HelpedYes    Verdict = "yes"
	HelpedPartly Verdict = "partly"
	HelpedNo     Verdict = "no"
)

// Rate keeps a verdict with a lead whose person was asked for it; a later one replaces it. It stays when the lead
// loses its person: it tells nothing of them.
type Rate struct {
	Who     bot.Address
	Number  string
	Verdict Verdict
}

// EffectName implements bot.Effect.
func (Rate) EffectName() string { return "rate" }

func (d *DB) rate(r Rate) (func(*tx) error, error) {
	if !slices.Contains(Verdicts, r.Verdict) {
		return nil, ErrIncomplete
	}
	person := d.seal.person(r.Who)
	return func(t *tx) error {
		n, err := t.exec(sqlHelped, string(r.Verdict), r.Number, person)
		if n > 0 {
			t.touch(r.Number)
		}
		return err
	}, nil
}

// planNew plans what follows from a lead's making.
func planNew(t *tx, number string, now int64) error {
	if _, err := t.exec(sqlPlan, number, string(ErrandNew), now); err != nil {
		return err
	}
	_, err := t.exec(sqlPlan, number, string(ErrandLate), now+firstLook.Microseconds())
	return err
}

// planMove plans what follows from a move that the person did not make.
func planMove(t *tx, number string, to Status, reason CloseReason, now int64) error {
	if !isOpen(to) {
		if _, err := t.exec(sqlUnplan, number, string(ErrandLate)); err != nil {
			return err
		}
		query, args := sqlPlanAsk, []any{number, now + askAfter.Microseconds()}
		if reason == Withdrawn || reason == Duplicate {
			query, args = sqlUnplan, []any{number, string(ErrandAsk)}
		}
		if _, err := t.exec(query, args...); err != nil {
			return err
		}
	}
	if reason == Withdrawn { // the person said so and needs no news of it
		return silence(t, number)
	}
	_, err := t.exec(sqlPlan, number, string(ErrandNews), now+newsPause.Microseconds())
	return err
}

// silence takes back what the person of a lead was to be told.
func silence(t *tx, number string) error {
	if _, err := t.exec(sqlUnplan, number, string(ErrandNews)); err != nil {
		return err
	}
	_, err := t.exec(sqlDropNews, number)
	return err
}

// planWithdrawn plans that staff hear of a withdrawal; nothing else is due for the lead then.
func planWithdrawn(t *tx, number string, now int64) error {
	if _, err := t.exec(sqlUnplanAll, number); err != nil {
		return err
	}
	if _, err := t.exec(sqlDropNews, number); err != nil {
		return err
	}
	_, err := t.exec(sqlPlan, number, string(ErrandWithdrawn), now)
	return err
}

// Errands returns up to limit errands whose time has come, the oldest first. Those whose lead can be read come beside
// the error about the others.
func (d *DB) Errands(ctx context.Context, limit int) ([]Errand, error) {
	rows, err := d.read.QueryContext(ctx, sqlErrands, d.now(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var due []Errand
	for rows.Next() {
		var e Errand
		var when int64
		if err := rows.Scan(&e.Lead.Number, &e.Kind, &e.Step, &when); err != nil {
			return nil, err
		}
		e.Due = at(when)
		due = append(due, e)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	whole := due[:0]
	for _, e := range due {
		lead, fault := d.scanLead(d.read.QueryRowContext(ctx, sqlLeadByNumber, e.Lead.Number))
		if err = errors.Join(err, fault); fault == nil {
			e.Lead = lead
			whole = append(whole, e)
		}
	}
	return whole, err
}

// see ends an errand or brings it back later. ErrStale if it is not there any more as it was read.
func (s Seen) see(t *tx) error {
	due := micros(s.Due)
	n, err := int64(0), error(nil)
	if s.Again.IsZero() {
		n, err = t.exec(sqlEndErrand, s.Lead.Number, string(s.Kind), due)
	} else {
		n, err = t.exec(sqlPutOff, micros(s.Again), s.Step, s.Lead.Number, string(s.Kind), due)
	}
	if err == nil && n == 0 {
		err = ErrStale
	}
	return err
}

// SeeErrands notes that errands were seen to and stores the messages that came of it, as one change. If one of the
// errands is not as it was read, nothing is done and the answer is ErrStale: somebody else saw to it, or the lead
// went on.
func (d *DB) SeeErrands(ctx context.Context, seen []Seen, messages []bot.Outgoing) error {
	out := make([]outgoingWrite, len(messages))
	for i, m := range messages {
		var err error
		if out[i], err = d.sealOutgoing(m); err != nil {
			return err
		}
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		for _, s := range seen {
			if err := s.see(t); err != nil {
				return err
			}
		}
		for _, o := range out {
			if err := o.store(t, now, 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tell sees to an errand by a message to the lead's person, which takes the place of older news of the lead that
// was not sent yet, and stands in their thread. Who wants no news gets none. ErrStale as in SeeErrands.
func (d *DB) Tell(ctx context.Context, e Errand, id string, reply bot.Reply) error {
	out, err := d.sealOutgoing(bot.Outgoing{ID: id, To: e.Lead.From, Reply: reply})
	if err != nil {
		return err
	}
	out.kind = string(e.Kind)
	if e.Kind == ErrandNews {
		out.lead = e.Lead.Number
	}
	words, err := d.sealTalk(out.id, bot.Talk{Replied: reply.Numbered()})
	if err != nil {
		return err
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		if err := (Seen{Errand: e}).see(t); err != nil {
			return err
		}
		person, err := listener(t, e.Lead.Number)
		if err != nil || person == nil {
			return err
		}
		if e.Kind == ErrandAsk {
			_, err = t.exec(sqlLeadAsked, now, e.Lead.Number)
		} else {
			_, err = t.exec(sqlDropNews, e.Lead.Number)
		}
		if err != nil {
			return err
		}
		seq, err := addToTalk(t, words, person, now, kindTurn, "", "", "")
		if err != nil {
			return err
		}
		t.touch(e.Lead.Number)
		return out.store(t, now, seq)
	})
}

// CannotTell sees to an errand whose message would reach nobody: with news staff are to telephone, unless the person
// wants none or it is that staff contacted them. ErrStale as in SeeErrands.
func (d *DB) CannotTell(ctx context.Context, e Errand) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		if err := (Seen{Errand: e}).see(t); err != nil || e.Kind != ErrandNews {
			return err
		}
		if person, err := listener(t, e.Lead.Number); err != nil || person == nil {
			return err
		}
		return callFor(t, e.Lead.Number, now)
	})
}

// listener returns the person of a lead, nil if they were erased since or want no news.
func listener(t *tx, number string) ([]byte, error) {
	_, person, err := leadOfPerson(t, number)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	quiet := 0
	if err == nil {
		err = t.row(sqlIsQuiet, person).Scan(&quiet)
	}
	if quiet > 0 {
		person = nil
	}
	return person, err
}

// newsFailed asks staff to telephone where news that is given up was to reach a lead's person.
func newsFailed(t *tx, outgoing []byte, now int64) error {
	var lead string
	switch err := t.row(sqlLeadOfNews, outgoing).Scan(&lead); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return callFor(t, lead, now)
}

// callFor asks staff to telephone the person of a lead, whom news of it did not reach. Of a contact they know.
func callFor(t *tx, number string, now int64) error {
	l, err := leadNow(t, number)
	if err != nil || l.status == Contacted {
		return err
	}
	return setCall(t, number, true, now, systemActor)
}

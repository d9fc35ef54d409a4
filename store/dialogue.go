package store

import (
	"context"
	"encoding/json"
	"strings"

	"smebot/bot"
)

const (
	sqlCorrectLead = `UPDATE leads SET phone = $1, details = $2, town = $3, platform = $4, version = version + 1, changed = $5
		WHERE number = $6 AND person = $7 AND erased = 0 AND status IN ('new', 'contacted', 'referred', 'in_service')`
	sqlQuiet      = `INSERT INTO quiet (person, since) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING`
	sqlUnquiet    = `DELETE FROM quiet WHERE person = $1`
	sqlIsQuiet    = `SELECT COUNT(*) FROM quiet WHERE person = $1`
	sqlAddUseful  = `INSERT INTO feedback (day, subject, useful) VALUES ($1, $2, 1) ON CONFLICT (day, subject) DO UPDATE SET useful = feedback.useful + 1`
	sqlAddUseless = `INSERT INTO feedback (day, subject, useless) VALUES ($1, $2, 1) ON CONFLICT (day, subject) DO UPDATE SET useless = feedback.useless + 1`
	sqlFeedback   = `SELECT subject, SUM(useful), SUM(useless) FROM feedback WHERE day >= $1 AND day <= $2 GROUP BY subject ORDER BY SUM(useful) + SUM(useless) DESC, subject`
)

// actCorrected is Event.Action of a correction by the person; the detail names the fields.
const actCorrected = "corrected"

// CorrectLead puts new values into an open lead of its own person: firm, town, contact, phone, platform and need of
// Lead, which is otherwise as it was read. Fields names those that changed. The old values are not kept. A lead
// that was closed or erased meanwhile is bot.ErrConflict, so that the turn is routed again on what is there now.
type CorrectLead struct {
	Lead   Lead
	Fields []string
}

// EffectName implements bot.Effect.
func (CorrectLead) EffectName() string { return "correct-lead" }

// News notes whether a person wants to hear of their requests by themselves. It says nothing of replies.
type News struct {
	Who    bot.Address
	Wanted bool
}

// EffectName implements bot.Effect.
func (News) EffectName() string { return "news" }

// Feedback counts one voice on an answer. Subject is what the answer was about, "policy/24" or
// "platform/financing"; Day is the office's date, "2026-11-23". Who said it is not kept.
type Feedback struct {
	Day, Subject string
	Useful       bool
}

// EffectName implements bot.Effect.
func (Feedback) EffectName() string { return "feedback" }

func (d *DB) correctLead(w *turnWrite, c CorrectLead) (func(*tx) error, error) {
	l := c.Lead
	if l.Number == "" || l.Phone == "" || l.Draft == "" || l.From.User == "" {
		return nil, ErrIncomplete
	}
	number := l.Phone.Reveal() // to hash it
	plain, err := json.Marshal(personalOf(l))
	if err != nil {
		return nil, err
	}
	details := d.seal.seal(colDetails, []byte(l.Number), plain)
	person, phone, fields := d.seal.person(l.From), d.phoneKey(number), strings.Join(c.Fields, ", ")
	return func(t *tx) error {
		n, err := t.exec(sqlCorrectLead, phone, details, l.Town, l.Platform, w.now, l.Number, person)
		if err != nil {
			return err
		}
		if n == 0 {
			return bot.ErrConflict
		}
		t.after.scrub = true // the old values must not stand in the write-ahead log
		row := leadRow{number: l.Number}
		if err := t.row(sqlLeadState, l.Number).Scan(&row.status, &row.version); err != nil {
			return err
		}
		t.touch(l.Number)
		_, err = t.exec(sqlAddEvent, l.Number, row.version, w.now, personActor, actCorrected, fields)
		return err
	}, nil
}

func (d *DB) news(w *turnWrite, n News) func(*tx) error {
	person := d.seal.person(n.Who)
	return func(t *tx) (err error) {
		if n.Wanted {
			_, err = t.exec(sqlUnquiet, person)
		} else {
			_, err = t.exec(sqlQuiet, person, w.now)
		}
		if err == nil && !n.Wanted {
			_, err = t.exec(sqlDropUnsent, person)
		}
		return err
	}
}

func (d *DB) feedback(f Feedback) func(*tx) error {
	query := sqlAddUseless
	if f.Useful {
		query = sqlAddUseful
	}
	return func(t *tx) error {
		_, err := t.exec(query, f.Day, f.Subject)
		return err
	}
}

// IsQuiet reports whether a person asked for no news. Tell asks it, and what waited to be sent goes with the asking.
func (d *DB) IsQuiet(ctx context.Context, who bot.Address) (bool, error) {
	n := 0
	err := d.read.QueryRowContext(ctx, sqlIsQuiet, d.seal.person(who)).Scan(&n)
	return n > 0, err
}

// FeedbackCount is how often answers on a subject were called useful and useless.
type FeedbackCount struct {
	Subject         string
	Useful, Useless int
}

// FeedbackCounts sums the voices of the days from and to, both included and written "2026-11-23", the subject with
// most voices first.
func (d *DB) FeedbackCounts(ctx context.Context, from, to string) ([]FeedbackCount, error) {
	rows, err := d.read.QueryContext(ctx, sqlFeedback, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []FeedbackCount
	for rows.Next() {
		var c FeedbackCount
		if err := rows.Scan(&c.Subject, &c.Useful, &c.Useless); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

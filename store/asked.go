package store

import (
	"context"
	"slices"

	"smebot/bot"
)

const (
	sqlCountAsked = `INSERT INTO asked (day, channel, intent, outcome, turns) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (day, channel, intent, outcome) DO UPDATE SET turns = asked.turns + excluded.turns`
	sqlAsked = `SELECT channel, intent, outcome, SUM(turns) FROM asked WHERE day >= $1 AND day <= $2
		GROUP BY channel, intent, outcome ORDER BY SUM(turns) DESC, channel, intent, outcome`
)

// askedKey is what turns are counted by. The writer adds up the turns of a batch and writes each count once.
type askedKey struct{ day, channel, intent, outcome string }

// AskedCount is how many turns of a channel the bot took for an intent. Outcome is that of the Question which the
// turn left for staff, "" for one that was answered.
type AskedCount struct {
	Channel, Intent, Outcome string
	Turns                    int
}

// askedOf says what a turn counts as; one that got no answer at all counts as nothing.
func (w *turnWrite) askedOf(t bot.Turn) askedKey {
	k := askedKey{at(w.now).In(province).Format("2006-01-02"), t.From.Channel, t.Reply.Intent, ""}
	for _, e := range t.Effects {
		if q, ok := e.(Question); ok && q.Outcome != OutcomeUseless {
			k.outcome = q.Outcome
		}
	}
	return k
}

// countAsked writes the counts of the jobs that succeeded, within their transaction.
func (t *tx) countAsked(jobs []*job) error {
	counts := map[askedKey]int{}
	var order []askedKey
	for _, j := range jobs {
		k := j.after.asked
		if j.err != nil || k.intent == "" {
			continue
		}
		if counts[k]++; counts[k] == 1 {
			order = append(order, k)
		}
	}
	for _, k := range order {
		if _, err := t.exec(sqlCountAsked, k.day, k.channel, k.intent, k.outcome, counts[k]); err != nil {
			return err
		}
	}
	return nil
}

// AskedCounts adds up the turns of the days from and to, both included and written "2026-11-23", without those of
// the channels named; most first.
func (d *DB) AskedCounts(ctx context.Context, from, to string, without ...string) ([]AskedCount, error) {
	rows, err := d.read.QueryContext(ctx, sqlAsked, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []AskedCount
	for rows.Next() {
		var c AskedCount
		if err := rows.Scan(&c.Channel, &c.Intent, &c.Outcome, &c.Turns); err != nil {
			return nil, err
		}
		if !slices.Contains(without, c.Channel) {
			all = append(all, c)
		}
	}
	return all, rows.Err()
}

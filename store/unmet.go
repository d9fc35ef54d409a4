package store

import (
	"context"
	"time"

	"smebot/bot"
)

const (
	sqlCountUnmet = `INSERT INTO unmet (month, town, platform, asked, elsewhere) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (month, town, platform) DO UPDATE SET asked = unmet.asked + 1, elsewhere = unmet.elsewhere + excluded.elsewhere`
	sqlUnmet = `SELECT month, town, platform, asked, elsewhere FROM unmet WHERE month >= $1 ORDER BY month DESC, asked DESC, town, platform`
)

// Unmet counts that somebody of a town looked for a kind of platform and the directory has none in that town.
// It says nothing of who asked.
type Unmet struct {
	Town      string // a known place's full name; "" for a town that is not known
	Platform  string // slug
	Elsewhere bool   // one was named at the level of the city or in a neighbouring place
}

// EffectName implements bot.Effect.
func (Unmet) EffectName() string { return "count-unmet" }

var _ bot.Effect = Unmet{}

// UnmetCount is how often a kind of platform was missing in a town in a month.
type UnmetCount struct {
	Month     string `json:"month"` // "2026-11", by the clock of the province
	Town      string `json:"town"`
	Platform  string `json:"platform"`
	Asked     int    `json:"asked"`
	Elsewhere int    `json:"elsewhere"` // of these, so many were shown one further away
}

// province is the clock by which months are counted; it has no summer time.
var province = time.FixedZone("UTC+8", 8*3600)

// countUnmet makes a count ready.
func (d *DB) countUnmet(w *turnWrite, u Unmet) (func(*tx) error, error) {
	if u.Platform == "" {
		return nil, ErrIncomplete
	}
	elsewhere := 0
	if u.Elsewhere {
		elsewhere = 1
	}
	month := at(w.now).In(province).Format("2006-01")
	return func(t *tx) error {
		_, err := t.exec(sqlCountUnmet, month, u.Town, u.Platform, elsewhere)
		return err
	}, nil
}

// UnmetDemand returns the counts from a month ("2026-01", "" for all) on, newest month first and the most wanted
// first within it.
func (d *DB) UnmetDemand(ctx context.Context, from string) ([]UnmetCount, error) {
	rows, err := d.read.QueryContext(ctx, sqlUnmet, from)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []UnmetCount
	for rows.Next() {
		var u UnmetCount
		if err := rows.Scan(&u.Month, &u.Town, &u.Platform, &u.Asked, &u.Elsewhere); err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, rows.Err()
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	sqlAddDisclosure = `INSERT INTO disclosures (id, at, actor, receiver, purpose, format, fields, filters, leads) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	sqlAddDisclosed  = `INSERT INTO disclosed (disclosure, lead) SELECT $1, value FROM ` + sqlEachText
	sqlDisclosures   = `SELECT d.id, d.at, d.actor, d.receiver, d.purpose, d.format, d.fields, d.filters, d.leads
		FROM disclosures d WHERE EXISTS (SELECT 1 FROM disclosed l WHERE l.disclosure = d.id AND l.lead = $1) ORDER BY d.at DESC, d.id`
)

// Disclosure records that leads were given out as a file. It holds no value of a lead and outlives erasing: whoever
// asks where their data went must get an answer.
type Disclosure struct {
	ID       string // names the file
	At       time.Time
	Actor    string // an account, or "operator" for a command on the machine
	Receiver string // whom the file is for
	Purpose  string
	Format   string   // "csv", "xlsx", "json"; "page" for the page on which an organisation reads a lead that it took
	Fields   []string // names of the columns
	Filters  string   // how the leads were chosen; words that were looked for do not stand there
	Leads    int      // how many; set by the store
}

// Disclose records the giving out of leads by number, and the line of the audit log that tells of it, before the
// file leaves. At is the store's own time.
func (d *DB) Disclose(ctx context.Context, g Disclosure, numbers []string) error {
	if g.ID == "" || g.Actor == "" || g.Purpose == "" || len(g.Fields) == 0 {
		return fmt.Errorf("disclosure: %w", ErrIncomplete)
	}
	return d.write(ctx, func(t *tx) error { return d.disclose(t, g, numbers) })
}

// disclose records a giving within a transaction.
func (d *DB) disclose(t *tx, g Disclosure, numbers []string) error {
	sorted := slices.Sorted(slices.Values(numbers)) // rows go in side by side
	list, err := json.Marshal(sorted)
	if err != nil {
		return err
	}
	fields := strings.Join(g.Fields, ",")
	if _, err := t.exec(sqlAddDisclosure, g.ID, d.now(), g.Actor, g.Receiver, g.Purpose, g.Format, fields, g.Filters, len(sorted)); err != nil {
		return err
	}
	if _, err := t.exec(sqlAddDisclosed, g.ID, string(list)); err != nil {
		return err
	}
	detail := fmt.Sprintf("leads=%d format=%s to=%q for=%q fields=%s where=%s", len(sorted), g.Format, g.Receiver, g.Purpose, fields, g.Filters)
	return d.append(t, AuditEntry{Actor: g.Actor, Action: "export", Subject: g.ID, Detail: detail})
}

// Disclosures lists the files that a lead stood in, the latest first.
func (d *DB) Disclosures(ctx context.Context, lead string) ([]Disclosure, error) {
	rows, err := d.read.QueryContext(ctx, sqlDisclosures, lead)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Disclosure
	for rows.Next() {
		var g Disclosure
		var when int64
		var fields string
		if err := rows.Scan(&g.ID, &when, &g.Actor, &g.Receiver, &g.Purpose, &g.Format, &fields, &g.Filters, &g.Leads); err != nil {
			return nil, err
		}
		g.At, g.Fields = at(when), strings.Split(fields, ",")
		all = append(all, g)
	}
	return all, rows.Err()
}

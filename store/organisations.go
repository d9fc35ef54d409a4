package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	sqlOrganisationColumns = `SELECT id, town, platform, name, contact, address, hours, source, dated, batch, imported FROM organisations `
	sqlOrganisations       = sqlOrganisationColumns + `WHERE ($1 = '' OR town = $1) AND ($2 = '' OR platform = $2) ORDER BY town, platform, name`
	sqlOrganisation        = sqlOrganisationColumns + `WHERE id = $1`
	sqlSaveOrganisation    = `INSERT INTO organisations (id, town, platform, name, contact, address, hours, source, dated, batch, imported)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET contact = excluded.contact, address = excluded.address, hours = excluded.hours, source = excluded.source,
		dated = excluded.dated, batch = excluded.batch, imported = excluded.imported`
	sqlRemoveOrganisation = `DELETE FROM organisations WHERE id = $1`
	sqlBumpDirectory      = `UPDATE counters SET value = value + 1 WHERE name = 'directory'`
	sqlDirectory          = `SELECT value FROM counters WHERE name = 'directory'`
)

// Organisation offers one kind of platform in one town, as an imported list says. What several lists say of the
// same name, town and kind is one organisation: the last import counts.
type Organisation struct {
	ID       string    `json:"id"`       // from town, platform and name; set by the store
	Town     string    `json:"town"`     // a known place's full name: "中山市古镇镇", or a whole city's
	Platform string    `json:"platform"` // slug
	Name     string    `json:"name"`
	Contact  string    `json:"contact"` // how it is reached, as it publishes it: a number, a desk
	Address  string    `json:"address"`
	Hours    string    `json:"hours"`
	Source   string    `json:"source"` // where this was read
	Date     string    `json:"date"`   // when it was true: "2026-10-31"; "" if the list does not say
	Batch    string    `json:"batch"`  // the import that brought it, or changed it last
	Imported time.Time `json:"imported"`
}

// key is the id of an organisation.
func (o Organisation) key() string {
	sum := sha256.Sum256([]byte(o.Town + "\x00" + o.Platform + "\x00" + o.Name))
	return hex.EncodeToString(sum[:8])
}

// same reports whether an import would change nothing.
func (o Organisation) same(p Organisation) bool {
	return o.Contact == p.Contact && o.Address == p.Address && o.Hours == p.Hours && o.Source == p.Source && o.Date == p.Date
}

// Saved says what an import did.
type Saved struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Same    int `json:"same"` // were there already, word for word
}

// SaveOrganisations stores organisations, all or none, each in place of the one of the same town, platform and
// name. One that is there word for word stays as it is, its batch included. DirectoryVersion grows if anything changed.
func (d *DB) SaveOrganisations(ctx context.Context, list []Organisation) (Saved, error) {
	for i, o := range list {
		if o.Town == "" || o.Platform == "" || strings.TrimSpace(o.Name) == "" || o.Source == "" {
			return Saved{}, fmt.Errorf("organisation %d: %w", i+1, ErrIncomplete)
		}
	}
	now := d.now()
	var s Saved
	err := d.write(ctx, func(t *tx) error {
		s = Saved{}
		for _, o := range list {
			id := o.key()
			old, err := scanOrganisation(t.row(sqlOrganisation, id))
			switch {
			case errors.Is(err, sql.ErrNoRows):
				s.Added++
			case err != nil:
				return err
			case old.same(o):
				s.Same++
				continue
			default:
				s.Changed++
			}
			if _, err := t.exec(sqlSaveOrganisation, id, o.Town, o.Platform, o.Name, o.Contact, o.Address, o.Hours, o.Source, o.Date, o.Batch, now); err != nil {
				return err
			}
		}
		if s.Added+s.Changed == 0 {
			return nil
		}
		_, err := t.exec(sqlBumpDirectory)
		return err
	})
	if err != nil {
		return Saved{}, err
	}
	return s, nil
}

// RemoveOrganisations removes organisations by their ids, all or none; ErrNotFound if one is not there.
func (d *DB) RemoveOrganisations(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return d.write(ctx, func(t *tx) error {
		for _, id := range ids {
			n, err := t.exec(sqlRemoveOrganisation, id)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("organisation: %w", ErrNotFound)
			}
		}
		_, err := t.exec(sqlBumpDirectory)
		return err
	})
}

// Organisations returns the organisations of a town and a platform, "" for all, by town, platform and name.
func (d *DB) Organisations(ctx context.Context, town, platform string) ([]Organisation, error) {
	rows, err := d.read.QueryContext(ctx, sqlOrganisations, town, platform)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Organisation
	for rows.Next() {
		o, err := scanOrganisation(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// Organisation returns one organisation; ErrNotFound if there is none of that id.
func (d *DB) Organisation(ctx context.Context, id string) (Organisation, error) {
	o, err := scanOrganisation(d.read.QueryRowContext(ctx, sqlOrganisation, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("organisation: %w", ErrNotFound)
	}
	return o, err
}

// DirectoryVersion counts the changes of the directory: what was read at one number is current until it grows.
func (d *DB) DirectoryVersion(ctx context.Context) (int64, error) {
	var v int64
	err := d.read.QueryRowContext(ctx, sqlDirectory).Scan(&v)
	return v, err
}

func scanOrganisation(row scanner) (Organisation, error) {
	var o Organisation
	var imported int64
	err := row.Scan(&o.ID, &o.Town, &o.Platform, &o.Name, &o.Contact, &o.Address, &o.Hours, &o.Source, &o.Date, &o.Batch, &imported)
	o.Imported = at(imported)
	return o, err
}

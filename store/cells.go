package store

import (
	"context"
	"database/sql"
	"errors"
)

const (
	sqlGetCell = `SELECT value FROM cells WHERE name = $1`
	sqlSetCell = `INSERT INTO cells (name, value, updated) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = excluded.updated`
)

// GetValue returns what a channel keeps under a name (an access token, an offset), "" if there is nothing.
func (d *DB) GetValue(ctx context.Context, key string) (string, error) {
	var sealed []byte
	switch err := d.read.QueryRowContext(ctx, sqlGetCell, key).Scan(&sealed); {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	}
	plain, err := d.seal.open(colCell, []byte(key), sealed)
	return string(plain), err
}

// SetValue keeps a value under a name, encrypted, durable when it returns. The name stays in clear.
func (d *DB) SetValue(ctx context.Context, key, value string) error {
	if d.w == nil {
		return ErrReadOnly
	}
	sealed, now := d.seal.seal(colCell, []byte(key), []byte(value)), d.now()
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(sqlSetCell, key, sealed, now)
		return err
	})
}

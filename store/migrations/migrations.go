// Package migrations holds the numbered steps that build the store's schema, one folder for each database. A
// step is final once released: what is wrong in it is mended by a later one. It holds no code and no data.
package migrations

import "embed"

// SQLite holds the steps for SQLite in the folder "sqlite", named NNNN_what.sql.
//
//go:embed sqlite/*.sql
var SQLite embed.FS

package store_test

import (
	"testing"

	"smebot/store"
	"smebot/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, o store.Options) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}

package store_test

import (
	"fmt"
	"testing"

	"smebot/store"
	"smebot/store/storetest"
)

// BenchmarkDisclose measures the one write of an export of 50,000 leads: no turn is stored meanwhile.
func BenchmarkDisclose(b *testing.B) {
	db := benchLeads(b, storetest.Year{Leads: 50_000, Days: 1})
	numbers, err := db.Chosen(b.Context(), store.Work{})
	if err != nil || len(numbers) != 50_000 {
		b.Fatal(len(numbers), err)
	}
	n := 0
	for b.Loop() {
		n++
		g := store.Disclosure{ID: fmt.Sprint("X", n), Actor: "wu", Receiver: "本单位", Purpose: "季度回访", Format: "xlsx", Fields: []string{"number"}}
		if err := db.Disclose(b.Context(), g, numbers); err != nil {
			b.Fatal(err)
		}
	}
}

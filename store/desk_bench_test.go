package store_test

import (
	"slices"
	"testing"
	"time"

	"smebot/store"
	"smebot/store/storetest"
)

// benchLeads is a store with many leads, up to now.
func benchLeads(b *testing.B, y storetest.Year) *store.DB {
	b.Helper()
	if testing.Short() {
		b.Skip("makes many leads")
	}
	db := openBench(b)
	y.End = time.Now()
	if err := y.Fill(b.Context(), db, func(time.Time) {}); err != nil {
		b.Fatal(err)
	}
	return db
}

// BenchmarkWork measures the work list over 100,000 leads: pages, filters and free text. p95-ms is what staff feel.
func BenchmarkWork(b *testing.B) {
	db := benchLeads(b, storetest.Year{Leads: 100_000, Days: 70})
	began := time.Now()
	if _, err := db.Work(b.Context(), store.Work{}); err != nil {
		b.Fatal(err)
	}
	first := time.Since(began)
	for name, w := range map[string]store.Work{
		"new": {View: store.ViewNew}, "late": {View: store.ViewLate, Offset: 5000}, "town": {Town: "东莞市大朗镇", View: store.ViewOpen},
		"text": {Text: "五金99998"}, "nothing": {Text: "没有这样的词"}, "phone": {Text: "13800099998"},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := db.Work(b.Context(), w); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
	b.Logf("the first look took %v", first)
}

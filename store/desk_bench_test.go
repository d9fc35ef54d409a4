package store_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// BenchmarkWork measures the work list over 100,000 leads: pages, filters and free text. p95-ms is what staff feel.
func BenchmarkWork(b *testing.B) {
	if testing.Short() {
		b.Skip("makes 100,000 leads")
	}
	db := openBench(b)
	const leads, callers = 100_000, 256
	towns := []string{"中山市古镇镇", "佛山市乐从镇", "东莞市大朗镇", "汕头市澄海区", "佛山市南庄镇"}
	next := make(chan int)
	failed := make(chan error, callers)
	for range callers {
		go func() {
			var err error
			for n := range next {
				turn, at := benchTurn(int64(n)), time.Now().Add(-time.Duration(n)*time.Minute)
				turn.Effects = []bot.Effect{store.SaveLead{Lead: store.Lead{
					Number: fmt.Sprintf("20261122-%06d", n), Created: at, Firm: fmt.Sprintf("第%d五金灯饰有限公司", n), Town: towns[n%len(towns)],
					Contact: "陈先生", Phone: store.Phone(fmt.Sprintf("+861380%07d", n)), Platform: "financing", From: turn.From, Draft: fmt.Sprint(n),
					Need: "想买两台压铸机，银行说没有抵押贷不了，看看有没有别的办法，最好年底之前", Consent: store.Consent{Version: "1/a", At: at, Receiver: "service-centre"},
				}}}
				err = cmp.Or(err, db.CommitTurn(context.Background(), turn))
			}
			failed <- err
		}()
	}
	for n := range leads {
		next <- n
	}
	close(next)
	for range callers {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	began := time.Now()
	if _, err := db.Work(b.Context(), store.Work{}); err != nil {
		b.Fatal(err)
	}
	first := time.Since(began)
	for name, w := range map[string]store.Work{
		"new": {View: store.ViewNew}, "late": {View: store.ViewLate, Offset: 5000}, "town": {Town: towns[2], View: store.ViewOpen},
		"text": {Text: "第99999五金"}, "nothing": {Text: "没有这样的词"}, "phone": {Text: "13800099998"},
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

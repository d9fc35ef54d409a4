package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"smebot/bot"
	"smebot/store"
)

func benchTurn(n int64) bot.Turn {
	return bot.Turn{
		Key: fmt.Sprint("delivery ", n), From: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: fmt.Sprint("person ", n)},
		State: make([]byte, 300), Reply: bot.Reply{Text: "根据《意见》第二十四条，对公共技术服务平台给予资助。", Intent: "policy", Choices: []bot.Choice{{Label: "全文", Value: "第24条全文"}}},
		Talk: bot.Talk{Said: "考核优秀的平台奖励多少钱", Replied: "根据《意见》第二十四条，对公共技术服务平台给予资助。\n1. 全文"},
	}
}

func openBench(b *testing.B) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

func BenchmarkCommitAlone(b *testing.B) {
	db := openBench(b)
	n := int64(0)
	for b.Loop() {
		n++
		if err := db.CommitTurn(context.Background(), benchTurn(n)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "turns/s")
}

func BenchmarkCommitGrouped(b *testing.B) {
	for _, callers := range []int{64, 256} {
		b.Run(fmt.Sprint(callers, "callers"), func(b *testing.B) {
			db := openBench(b)
			var n atomic.Int64
			b.SetParallelism(callers / 2) // times the two processors of the machine aimed at
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				ctx, cancel := context.WithCancel(context.Background()) // as the dispatcher's, it can end
				defer cancel()
				for pb.Next() {
					if err := db.CommitTurn(ctx, benchTurn(n.Add(1))); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "turns/s")
		})
	}
}

func BenchmarkConversation(b *testing.B) {
	db := openBench(b)
	const persons = 1000
	for n := range int64(persons) {
		if err := db.CommitTurn(context.Background(), benchTurn(n)); err != nil {
			b.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := int64(0)
	for b.Loop() {
		n++
		if _, err := db.Conversation(ctx, benchTurn(n%persons).From); err != nil {
			b.Fatal(err)
		}
	}
}

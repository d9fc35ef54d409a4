package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"smebot/bot"
)

// fleeting is a store that keeps everything in memory: what it takes of a turn is next to nothing.
type fleeting struct {
	mu      sync.Mutex
	people  map[bot.Address]bot.Conversation
	replies map[string]bot.Reply
}

func (f *fleeting) StoredReply(_ context.Context, key string) (bot.Reply, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.replies[key]
	return r, ok, nil
}

func (f *fleeting) Conversation(_ context.Context, who bot.Address) (bot.Conversation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.people[who], nil
}

func (f *fleeting) CommitTurn(_ context.Context, t bot.Turn) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, again := f.replies[t.Key]; again {
		return bot.ErrDuplicate
	}
	if f.people[t.From].Version != t.Version {
		return bot.ErrConflict
	}
	f.replies[t.Key] = t.Reply
	f.people[t.From] = bot.Conversation{State: t.State, Version: t.Version + 1}
	return nil
}

func quietEngine(b *testing.B) *engine {
	b.Helper()
	e, err := openEngine(b.Context(), testConfig(b), slog.New(slog.DiscardHandler), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := e.close(); err != nil {
			b.Error(err)
		}
	})
	return e
}

func question(user, n int64, asked []string) bot.Message {
	return bot.Message{
		Key:  fmt.Sprintf("web:%d:%d", user, n),
		From: bot.Address{Channel: "web", Platform: bot.Web, User: strconv.FormatInt(user, 10)},
		Kind: bot.KindText, Text: asked[int(n)%len(asked)], Leads: true, At: time.Now(),
	}
}

// report shows two quantiles of the times in milliseconds.
func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for name, q := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99} {
		b.ReportMetric(float64(took[int(q*float64(len(took)-1))].Microseconds())/1000, name)
	}
}

// BenchmarkTurn is one turn through the dispatcher without its commit, each by a newcomer.
func BenchmarkTurn(b *testing.B) {
	e, asked := quietEngine(b), questions(b)
	d := bot.NewDispatcher(&fleeting{people: map[bot.Address]bot.Conversation{}, replies: map[string]bot.Reply{}}, &e.live, bot.Options{Log: e.log})
	var took []time.Duration
	n := int64(0)
	for b.Loop() {
		n++
		began := time.Now()
		if _, err := d.Handle(b.Context(), question(n, n, asked)); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	report(b, took)
}

// BenchmarkStoredTurn is one turn stored on the disk, while 64 people write at the same time.
func BenchmarkStoredTurn(b *testing.B) {
	const people = 64
	e, asked := quietEngine(b), questions(b)
	d := bot.NewDispatcher(e.db, &e.live, bot.Options{Log: e.log})
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for user := range int64(people) {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				began := time.Now()
				if _, err := d.Handle(b.Context(), question(user, n, asked)); err != nil {
					b.Error(err)
					return
				}
				took[n-1] = time.Since(began)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	report(b, took)
}

// BenchmarkStart is the time from nothing to ready, in this process.
func BenchmarkStart(b *testing.B) {
	log := slog.New(slog.DiscardHandler)
	once := func(b *testing.B, c Config) {
		p, err := start(b.Context(), c, log)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		if err := p.stop(ctx); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.Run("fresh", func(b *testing.B) {
		n := 0
		dir := b.TempDir()
		for b.Loop() {
			n++
			c := testConfig(b)
			c.Data = filepath.Join(dir, strconv.Itoa(n))
			once(b, c)
		}
	})
	b.Run("existing", func(b *testing.B) {
		c := testConfig(b)
		once(b, c)
		for b.Loop() {
			once(b, c)
		}
	})
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// BenchmarkResident is the memory of the program in a process of its own, after its start and after 200
// questions of 20 people over HTTP.
func BenchmarkResident(b *testing.B) {
	resident := func(p *process) float64 {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
		if err != nil {
			b.Skipf("the memory of a process is read from /proc: %v", err)
		}
		kib, err := strconv.ParseFloat(residentLine.FindStringSubmatch(string(status))[1], 64)
		if err != nil {
			b.Fatal(err)
		}
		return kib / 1024
	}
	asked := questions(b)
	var before, after []float64
	for b.Loop() {
		p := startProcess(b, filepath.Join(b.TempDir(), "data"))
		before = append(before, resident(p))
		for user := range 20 {
			page := openPage(b, p.url)
			for n := range 10 {
				page.say(b, utterance{words: asked[(user*10+n)%len(asked)]})
			}
		}
		after = append(after, resident(p))
		p.kill()
	}
	slices.Sort(before)
	slices.Sort(after)
	b.ReportMetric(before[len(before)/2], "ready-MiB")
	b.ReportMetric(after[len(after)/2], "MiB")
}

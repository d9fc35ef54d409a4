package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// memoryOutbox is an OutboxStore that keeps its promises in memory.
type memoryOutbox struct {
	mu       sync.Mutex
	items    []*memoryItem
	signal   chan struct{}
	readFail error // returned by NextOutgoing while set
	markFail int   // how many calls of MarkSent fail
}

type memoryItem struct {
	OutboxItem
	notBefore time.Time
	end       string // "", "sent" or the cause of giving up
}

func newMemoryOutbox() *memoryOutbox { return &memoryOutbox{signal: make(chan struct{}, 1)} }

func (m *memoryOutbox) add(user, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	it := &memoryItem{}
	it.ID, it.To, it.Reply.Text = id, Address{Channel: "c", User: user}, id
	m.items = append(m.items, it)
	select {
	case m.signal <- struct{}{}:
	default:
	}
}

func (m *memoryOutbox) NextOutgoing(_ context.Context, _ string, now time.Time, limit int) ([]OutboxItem, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.readFail != nil {
		return nil, m.readFail
	}
	var out []OutboxItem
	seen := map[Address]bool{}
	for _, it := range m.items {
		if it.end != "" || seen[it.To] {
			continue
		}
		seen[it.To] = true
		if !it.notBefore.After(now) && len(out) < limit {
			out = append(out, it.OutboxItem)
		}
	}
	return out, nil
}

func (m *memoryOutbox) change(id string, f func(*memoryItem)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, it := range m.items {
		if it.ID == id {
			f(it)
			return nil
		}
	}
	return errors.New("no such item")
}

func (m *memoryOutbox) MarkSent(_ context.Context, id string) error {
	m.mu.Lock()
	if m.markFail > 0 {
		m.markFail--
		m.mu.Unlock()
		return errors.New("disk full")
	}
	m.mu.Unlock()
	return m.change(id, func(it *memoryItem) { it.end = "sent" })
}

func (m *memoryOutbox) Retry(_ context.Context, id string, notBefore time.Time, _ string) error {
	return m.change(id, func(it *memoryItem) { it.notBefore = notBefore; it.Attempts++ })
}

func (m *memoryOutbox) GiveUp(_ context.Context, id string, cause string) error {
	return m.change(id, func(it *memoryItem) { it.end = cause })
}

func (m *memoryOutbox) OutboxSignal(string) <-chan struct{} { return m.signal }

// end returns how an item ended: "" still waiting, "sent", or the cause of giving up.
func (m *memoryOutbox) end(id string) (end string) {
	_ = m.change(id, func(it *memoryItem) { end = it.end })
	return end
}

// script is a Sender that notes each try and lets a function decide its outcome.
type script struct {
	mu    sync.Mutex
	tries []try
	say   func(ctx context.Context, id string, n int) error // n counts the tries of this id from 1
}

type try struct {
	id string
	at time.Time
}

func (s *script) Send(ctx context.Context, o Outgoing) error {
	s.mu.Lock()
	s.tries = append(s.tries, try{o.ID, time.Now()})
	n := 0
	for _, t := range s.tries {
		if t.id == o.ID {
			n++
		}
	}
	s.mu.Unlock()
	if s.say == nil {
		return nil
	}
	return s.say(ctx, o.ID, n)
}

// of are the times of an item's tries, of all items with "".
func (s *script) of(id string) (at []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tries {
		if t.id == id || id == "" {
			at = append(at, t.at)
		}
	}
	return at
}

// outboxTest runs f in a bubble beside a running loop and stops the loop after it.
func outboxTest(t *testing.T, o OutboxOptions, say func(ctx context.Context, id string, n int) error, f func(*memoryOutbox, *script)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		store, sender := newMemoryOutbox(), &script{say: say}
		if o.Log == nil {
			o.Log = slog.New(slog.DiscardHandler)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- NewOutbox("c", store, sender, o).Run(ctx) }()
		f(store, sender)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func fails(class SendClass, after time.Duration) error {
	return &SendError{Class: class, After: after, Cause: "because"}
}

func TestOutboxKeepsOrderWhileOthersGoOn(t *testing.T) {
	open := make(chan struct{})
	outboxTest(t, OutboxOptions{}, func(_ context.Context, id string, _ int) error {
		if id == "a1" {
			<-open
		}
		return nil
	}, func(m *memoryOutbox, s *script) {
		open = make(chan struct{}) // of this bubble
		m.add("a", "a1")
		m.add("a", "a2")
		m.add("b", "b1")
		m.add("b", "b2")
		time.Sleep(3 * time.Second)
		if m.end("b2") != "sent" {
			t.Error("another person waits behind a slow send")
		}
		if len(s.of("a2")) != 0 {
			t.Error("a person's second message went out before the first")
		}
		if n := len(s.of("a1")); n != 1 {
			t.Errorf("message in flight was taken %d times", n)
		}
		close(open)
		synctest.Wait()
		if m.end("a2") != "sent" {
			t.Error("the second message did not follow at once")
		}
	})
}

func TestOutboxWaitsAsAsked(t *testing.T) {
	outboxTest(t, OutboxOptions{}, func(_ context.Context, id string, n int) error {
		if id == "a1" && n == 1 {
			return fails(Wait, 35*time.Second)
		}
		return nil
	}, func(m *memoryOutbox, s *script) {
		m.add("a", "a1")
		m.add("a", "a2")
		synctest.Wait()
		m.add("b", "b1")
		time.Sleep(time.Second)
		if m.end("b1") != "sent" {
			t.Error("one person's wait holds another")
		}
		time.Sleep(40 * time.Second)
		at := s.of("a1")
		if len(at) != 2 {
			t.Fatalf("%d tries", len(at))
		}
		if d := at[1].Sub(at[0]); d < 35*time.Second || d > 38*time.Second {
			t.Errorf("waited %v of 35s", d)
		}
		if next := s.of("a2"); len(next) != 1 || next[0].Before(at[1]) {
			t.Error("the person's next message did not wait its turn")
		}
	})
}

func TestOutboxBacksOff(t *testing.T) {
	outboxTest(t, OutboxOptions{MaxAttempts: 12, MaxPause: time.Minute}, func(context.Context, string, int) error {
		return errors.New("unclassified")
	}, func(m *memoryOutbox, s *script) {
		m.add("a", "a1")
		time.Sleep(time.Hour)
		at := s.of("a1")
		if len(at) != 12 {
			t.Fatalf("%d tries, want 12", len(at))
		}
		for i := 1; i < len(at); i++ {
			most := min(time.Minute, time.Second<<(i-1))
			// Look adds up to a second to what another replica's clock would allow.
			if d := at[i].Sub(at[i-1]); d < most/2 || d > most+time.Second {
				t.Errorf("pause %d is %v, want %v to %v", i, d, most/2, most)
			}
		}
		if got := m.end("a1"); got != "after 12 attempts: unclassified" {
			t.Errorf("ended as %q", got)
		}
	})
}

func TestOutboxGivesUp(t *testing.T) {
	for class, cause := range map[SendClass]string{Drop: "because", Park: "parked: because"} {
		outboxTest(t, OutboxOptions{}, func(_ context.Context, id string, _ int) error {
			if id == "a1" {
				return fails(class, 0)
			}
			return nil
		}, func(m *memoryOutbox, s *script) {
			m.add("a", "a1")
			m.add("a", "a2")
			time.Sleep(time.Minute)
			if m.end("a1") != cause || len(s.of("a1")) != 1 {
				t.Errorf("%s: ended as %q after %d tries", class, m.end("a1"), len(s.of("a1")))
			}
			if m.end("a2") != "sent" {
				t.Errorf("%s: the next message is %q", class, m.end("a2"))
			}
		})
	}
}

func TestOutboxContainsPanic(t *testing.T) {
	var log bytes.Buffer
	outboxTest(t, OutboxOptions{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(_ context.Context, id string, n int) error {
		if n == 1 {
			panic("13800138000")
		}
		return nil
	}, func(m *memoryOutbox, s *script) {
		m.add("a", "a1")
		time.Sleep(time.Minute)
		if m.end("a1") != "sent" {
			t.Error("not sent after a panic")
		}
	})
	if strings.Contains(log.String(), "13800138000") {
		t.Error("the panic's value is in the log")
	}
}

func TestOutboxFinishesWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemoryOutbox()
		s := &script{say: func(ctx context.Context, id string, _ int) error {
			if id == "slow" {
				time.Sleep(2 * time.Second)
				return ctx.Err()
			}
			<-ctx.Done() // never comes back by itself
			return ctx.Err()
		}}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			done <- NewOutbox("c", m, s, OutboxOptions{Log: slog.New(slog.DiscardHandler), Grace: 5 * time.Second}).Run(ctx)
		}()
		m.add("a", "slow")
		m.add("b", "stuck")
		synctest.Wait()
		cancel()
		synctest.Wait()
		m.add("c", "late")
		began := time.Now()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d := time.Since(began); d != 5*time.Second {
			t.Errorf("ended after %v, want the grace", d)
		}
		if m.end("slow") != "sent" {
			t.Error("a send in flight was not finished")
		}
		if it := m.items[1]; it.end != "" || it.Attempts != 0 {
			t.Errorf("a send cut off by the end was booked: %q, %d attempts", it.end, it.Attempts)
		}
		if len(s.of("late")) != 0 {
			t.Error("a message was taken after the end")
		}
	})
}

func TestOutboxMarksAgainRatherThanSendAgain(t *testing.T) {
	outboxTest(t, OutboxOptions{}, nil, func(m *memoryOutbox, s *script) {
		m.markFail = 5
		m.add("a", "a1")
		time.Sleep(time.Minute)
		if n := len(s.of("a1")); n != 1 || m.end("a1") != "sent" {
			t.Errorf("sent %d times, ended as %q", n, m.end("a1"))
		}
	})
}

func TestOutboxOutlivesTheStoresFaults(t *testing.T) {
	outboxTest(t, OutboxOptions{}, nil, func(m *memoryOutbox, s *script) {
		m.mu.Lock()
		m.readFail = errors.New("locked")
		m.mu.Unlock()
		m.add("a", "a1")
		time.Sleep(time.Minute)
		m.mu.Lock()
		m.readFail = nil
		m.mu.Unlock()
		time.Sleep(31 * time.Second)
		if m.end("a1") != "sent" {
			t.Error("not sent after the store came back")
		}
	})
}

func TestOutboxKeepsTheRate(t *testing.T) {
	outboxTest(t, OutboxOptions{Rate: 30, Burst: 5}, nil, func(m *memoryOutbox, s *script) {
		began := time.Now()
		for i := range 95 {
			m.add(fmt.Sprint("u", i), fmt.Sprint("m", i))
		}
		time.Sleep(10 * time.Second)
		at := s.of("")
		if len(at) != 95 {
			t.Fatalf("%d sent", len(at))
		}
		if burst := at[4].Sub(began); burst > 0 {
			t.Errorf("the first five took %v", burst)
		}
		if d := at[94].Sub(began); d < 2900*time.Millisecond || d > 3300*time.Millisecond {
			t.Errorf("95 sends at 30/s with a burst of 5 took %v, want 3s", d)
		}
	})
}

func TestOutboxPausesWhenCredentialsAreRefused(t *testing.T) {
	var mended atomic.Bool
	outboxTest(t, OutboxOptions{MaxAttempts: 2}, func(context.Context, string, int) error {
		if !mended.Load() {
			return fails(Config, 0)
		}
		return nil
	}, func(m *memoryOutbox, s *script) {
		m.add("a", "a1")
		synctest.Wait()
		for i := range 50 {
			m.add(fmt.Sprint("u", i), fmt.Sprint("m", i))
		}
		time.Sleep(4 * time.Second)
		if n := len(s.of("")); n != 1 {
			t.Errorf("%d tries in the first pause, want 1", n)
		}
		time.Sleep(10 * time.Minute)
		mended.Store(true)
		time.Sleep(6 * time.Minute)
		if m.end("a1") != "sent" || m.end("m49") != "sent" {
			t.Errorf("after the mend: %q, %q", m.end("a1"), m.end("m49"))
		}
	})
}

// TestOutboxAgainstModel sends to many people with random faults: whatever happens, each person gets every
// message once and in order.
func TestOutboxAgainstModel(t *testing.T) {
	var mu sync.Mutex
	got := map[string][]string{}
	flying := map[string]bool{}
	rnd := rand.New(rand.NewPCG(1, 2))
	outboxTest(t, OutboxOptions{Workers: 8}, func(_ context.Context, id string, n int) error {
		user, _, _ := strings.Cut(id, ".")
		mu.Lock()
		if flying[user] {
			t.Errorf("two messages to %s at once", user)
		}
		flying[user] = true
		dice, pause := rnd.IntN(6), time.Duration(rnd.IntN(900))*time.Millisecond
		mu.Unlock()
		time.Sleep(pause)
		mu.Lock()
		defer mu.Unlock()
		flying[user] = false
		switch dice {
		case 0:
			return fails(Retry, 0)
		case 1:
			return fails(Wait, 3*time.Second)
		}
		got[user] = append(got[user], id)
		return nil
	}, func(m *memoryOutbox, s *script) {
		want := map[string][]string{}
		pick := rand.New(rand.NewPCG(3, 4))
		for i := range 300 {
			user := fmt.Sprint("u", pick.IntN(30))
			id := fmt.Sprintf("%s.%d", user, i)
			want[user] = append(want[user], id)
			m.add(user, id)
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(30 * time.Minute)
		for user, ids := range want {
			if !slices.Equal(got[user], ids) {
				t.Errorf("%s got %v, want %v", user, got[user], ids)
			}
		}
	})
}

package bot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

// memory is a working store: it keeps, and refuses by unique keys and versions as the real one does.
type memory struct {
	mu      sync.Mutex
	replies map[string]bot.Reply
	talks   map[bot.Address]bot.Conversation
	turns   []bot.Turn
	refuse  []error         // what the next commits answer
	before  func(*bot.Turn) // called without the lock, at each commit
}

func newMemory() *memory {
	return &memory{replies: map[string]bot.Reply{}, talks: map[bot.Address]bot.Conversation{}}
}

func (m *memory) StoredReply(_ context.Context, key string) (bot.Reply, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.replies[key]
	return r, ok, nil
}

func (m *memory) Conversation(_ context.Context, who bot.Address) (bot.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.talks[who], nil
}

func (m *memory) CommitTurn(_ context.Context, t bot.Turn) error {
	if m.before != nil {
		m.before(&t)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.refuse) > 0 {
		err := m.refuse[0]
		m.refuse = m.refuse[1:]
		return err
	}
	if _, ok := m.replies[t.Key]; ok {
		return bot.ErrDuplicate
	}
	if m.talks[t.From].Version != t.Version {
		return bot.ErrConflict
	}
	m.replies[t.Key] = t.Reply
	m.talks[t.From] = bot.Conversation{State: t.State, Version: t.Version + 1}
	m.turns = append(m.turns, t)
	return nil
}

// routerFunc is a router that is one function.
type routerFunc func(context.Context, bot.Input) (bot.Outcome, error)

func (f routerFunc) Route(ctx context.Context, in bot.Input) (bot.Outcome, error) { return f(ctx, in) }

// counting answers with the number of the person's turn, and keeps it as state.
func counting(_ context.Context, in bot.Input) (bot.Outcome, error) {
	state := append(append([]byte{}, in.State...), 'x')
	return bot.Outcome{Reply: bot.Reply{Text: fmt.Sprintf("%s is turn %d", in.Message.Text, len(state))}, State: state}, nil
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func message(user, key, text string) bot.Message {
	return bot.Message{Key: key, From: bot.Address{Channel: "web", Platform: bot.Web, User: user}, Kind: bot.KindText, Text: text}
}

func TestRepeatsGetTheSameReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		routed := 0
		d := bot.NewDispatcher(m, routerFunc(func(ctx context.Context, in bot.Input) (bot.Outcome, error) {
			routed++
			time.Sleep(time.Second) // the repeats arrive while it works
			return counting(ctx, in)
		}), bot.Options{Log: quiet})
		var wg sync.WaitGroup
		replies := make([]bot.Reply, 100)
		for i := range replies {
			wg.Go(func() {
				var err error
				if replies[i], err = d.Handle(t.Context(), message("a", "k1", "hello")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		late, err := d.Handle(t.Context(), message("a", "k1", "hello"))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range append(replies, late) {
			if r.Text != "hello is turn 1" {
				t.Fatalf("a repeat got %q", r.Text)
			}
		}
		if routed != 1 || len(m.turns) != 1 {
			t.Errorf("routed %d times, %d turns stored", routed, len(m.turns))
		}
	})
}

func TestTurnsOfOnePersonRunInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var mu sync.Mutex
		var order []string
		working := map[string]int{}
		d := bot.NewDispatcher(m, routerFunc(func(ctx context.Context, in bot.Input) (bot.Outcome, error) {
			u := in.Message.From.User
			mu.Lock()
			if working[u]++; working[u] > 1 {
				t.Error("two turns of one person at once")
			}
			order = append(order, u+in.Message.Text)
			mu.Unlock()
			time.Sleep(10 * time.Millisecond)
			mu.Lock()
			working[u]--
			mu.Unlock()
			return counting(ctx, in)
		}), bot.Options{Log: quiet})
		var wg sync.WaitGroup
		for i := range 20 {
			for _, u := range []string{"a", "b"} {
				wg.Go(func() {
					if _, err := d.Handle(t.Context(), message(u, fmt.Sprint(u, i), fmt.Sprintf("%02d", i))); err != nil {
						t.Error(err)
					}
				})
			}
			synctest.Wait() // taken in this order
		}
		wg.Wait()
		for _, u := range []string{"a", "b"} {
			last := ""
			for _, o := range order {
				if strings.HasPrefix(o, u) {
					if o < last {
						t.Errorf("%s ran after %s", o, last)
					}
					last = o
				}
			}
		}
		if len(m.turns) != 40 {
			t.Errorf("%d turns stored", len(m.turns))
		}
	})
}

func TestConflictAndClashAreRoutedAgain(t *testing.T) {
	m := newMemory()
	m.refuse = []error{bot.ErrClash, bot.ErrConflict, bot.ErrClash}
	nonces := map[[16]byte]bool{}
	d := bot.NewDispatcher(m, routerFunc(func(ctx context.Context, in bot.Input) (bot.Outcome, error) {
		nonces[in.Nonce] = true
		return counting(ctx, in)
	}), bot.Options{Log: quiet})
	if _, err := d.Handle(t.Context(), message("a", "k", "x")); err != nil {
		t.Fatal(err)
	}
	if len(nonces) != 4 {
		t.Errorf("%d draws of randomness in 4 attempts", len(nonces))
	}
	m.refuse = make([]error, 100)
	for i := range m.refuse {
		m.refuse[i] = bot.ErrConflict
	}
	if _, err := d.Handle(t.Context(), message("a", "k2", "x")); !errors.Is(err, bot.ErrConflict) || len(m.refuse) < 80 {
		t.Errorf("endless conflict: %v, %d left", err, len(m.refuse))
	}
}

// Another replica stored the same delivery between our look and our commit.
func TestDuplicateAtCommitGivesTheStoredReply(t *testing.T) {
	m := newMemory()
	d := bot.NewDispatcher(m, routerFunc(counting), bot.Options{Log: quiet})
	m.before = func(turn *bot.Turn) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.replies[turn.Key] = bot.Reply{Text: "from the other one"}
	}
	r, err := d.Handle(t.Context(), message("a", "k", "x"))
	if err != nil || r.Text != "from the other one" || len(m.turns) != 0 {
		t.Errorf("%q %v, %d turns", r.Text, err, len(m.turns))
	}
}

func TestWorkOutlivesTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := bot.NewDispatcher(m, routerFunc(func(ctx context.Context, in bot.Input) (bot.Outcome, error) {
			time.Sleep(3 * time.Second)
			return counting(ctx, in)
		}), bot.Options{Log: quiet})
		ctx, hangUp := context.WithTimeout(t.Context(), time.Second)
		defer hangUp()
		if _, err := d.Handle(ctx, message("a", "k", "x")); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("who hung up got %v", err)
		}
		if err := d.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, err := d.Handle(t.Context(), message("a", "k", "x")); err != nil || r.Text != "x is turn 1" {
			t.Errorf("the repeat got %q %v", r.Text, err)
		}
	})
}

func TestPanicStaysInItsTurn(t *testing.T) {
	m := newMemory()
	d := bot.NewDispatcher(m, routerFunc(func(ctx context.Context, in bot.Input) (bot.Outcome, error) {
		if in.Message.Text == "bad" {
			panic("a person's secret")
		}
		return counting(ctx, in)
	}), bot.Options{Log: quiet})
	if _, err := d.Handle(t.Context(), message("a", "k", "bad")); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("panic gave %v", err)
	}
	if _, err := d.Handle(t.Context(), message("a", "k2", "good")); err != nil {
		t.Errorf("the next turn: %v", err)
	}
}

func TestAsyncRepliesGoThroughTheOutbox(t *testing.T) {
	m := newMemory()
	d := bot.NewDispatcher(m, routerFunc(counting), bot.Options{Log: quiet})
	in := message("a", "k", "x")
	in.Async = true
	if _, err := d.Handle(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if out := m.turns[0].Outgoing; len(out) != 1 || out[0].To != in.From || out[0].Reply.Text != "x is turn 1" || out[0].ID == "" {
		t.Errorf("outgoing %+v", out)
	}
}

func TestMessageWithoutKeyIsRefused(t *testing.T) {
	d := bot.NewDispatcher(newMemory(), routerFunc(counting), bot.Options{Log: quiet})
	if _, err := d.Handle(t.Context(), message("a", "", "x")); err == nil {
		t.Error("taken without a key")
	}
	if _, err := d.Handle(t.Context(), message("", "k", "x")); err == nil {
		t.Error("taken without a sender")
	}
}

func TestNumbered(t *testing.T) {
	r := bot.Reply{Text: "选一个", Choices: []bot.Choice{{Label: "甲"}, {Label: "乙"}}}
	if got, want := r.Numbered(), "选一个\n\n1. 甲\n2. 乙"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if r.Empty() || !(bot.Reply{}).Empty() {
		t.Error("Empty is wrong")
	}
}

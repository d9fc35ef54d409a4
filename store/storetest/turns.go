package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"smebot/bot"
	"smebot/store"
)

var turnTests = []contract{
	{"a newcomer has nothing", func(e *env) {
		if c := e.state(chen); c.State != nil || c.Version != 0 {
			e.Errorf("conversation %+v, want none", c)
		}
		if _, ok, err := e.StoredReply(ctx, "k1"); ok || err != nil {
			e.Errorf("stored reply %v %v, want none", ok, err)
		}
	}},
	{"a turn is stored whole", func(e *env) {
		t := turn("k1", chen)
		t.Reply = bot.Reply{Text: "第二十四条", Choices: []bot.Choice{{Label: "全文", Value: "第24条全文"}}, Menu: 7, Intent: "policy",
			Articles: []bot.Article{{Document: "gd-2012-sme-platforms", Article: 24, Heading: "第二十四条"}}, Platforms: []string{"financing"}}
		e.commit(t)
		got, ok, err := e.StoredReply(ctx, "k1")
		if err != nil || !ok || !reflect.DeepEqual(got, t.Reply) {
			e.Errorf("stored reply %+v %v %v, want %+v", got, ok, err, t.Reply)
		}
		if c := e.state(chen); string(c.State) != "state after k1" || c.Version != 1 {
			e.Errorf("conversation %q version %d", c.State, c.Version)
		}
		if c := e.state(liang); c.Version != 0 {
			e.Errorf("another person's conversation has version %d", c.Version)
		}
	}},
	{"turns outlive closing", func(e *env) {
		e.commit(turn("k1", chen))
		e.must(e.Close())
		e.DB = e.reopen()
		if c := e.state(chen); string(c.State) != "state after k1" {
			e.Errorf("state %q", c.State)
		}
		if err := e.tryCommit(turn("k1", chen)); !errors.Is(err, bot.ErrDuplicate) {
			e.Errorf("repeat: %v, want ErrDuplicate", err)
		}
	}},
	{"a repeated key changes nothing", func(e *env) {
		e.commit(turn("k1", chen))
		again := turn("k1", liang)
		again.Effects = []bot.Effect{store.SaveLead{Lead: lead(1, liang)}}
		again.Outgoing = []bot.Outgoing{message("m1", liang)}
		if err := e.tryCommit(again); !errors.Is(err, bot.ErrDuplicate) {
			e.Fatalf("repeat: %v, want ErrDuplicate", err)
		}
		if c := e.state(liang); c.Version != 0 {
			e.Error("the repeat left a conversation")
		}
		if leads, err := e.Leads(ctx, store.LeadFilter{}); err != nil || len(leads) != 0 {
			e.Errorf("leads %v %v", leads, err)
		}
		if ids := e.due("guzhen"); len(ids) != 0 {
			e.Errorf("outbox %v", ids)
		}
	}},
	{"a repeated key is a duplicate whatever else is wrong", func(e *env) {
		e.commit(turn("k1", chen))
		again := turn("k1", chen)
		again.Version, again.Effects, again.Outgoing = 40, []bot.Effect{unknownEffect{}}, []bot.Outgoing{{}}
		if err := e.CommitTurn(ctx, again); !errors.Is(err, bot.ErrDuplicate) {
			e.Errorf("got %v, want ErrDuplicate", err)
		}
	}},
	{"the version decides", func(e *env) {
		late := turn("k0", chen)
		late.Version = 3
		if err := e.CommitTurn(ctx, late); !errors.Is(err, bot.ErrConflict) {
			e.Errorf("version of a newcomer: %v, want ErrConflict", err)
		}
		e.commit(turn("k1", chen))
		e.commit(turn("k2", chen))
		for _, v := range []int64{0, 1, 3} {
			t := turn("k3", chen)
			t.Version = v
			if err := e.CommitTurn(ctx, t); !errors.Is(err, bot.ErrConflict) {
				e.Errorf("version %d of 2: %v, want ErrConflict", v, err)
			}
		}
		if _, ok, _ := e.StoredReply(ctx, "k3"); ok {
			e.Error("a refused turn left its key: it could never be tried again")
		}
		e.commit(turn("k3", chen))
		if c := e.state(chen); c.Version != 3 {
			e.Errorf("version %d, want 3", c.Version)
		}
	}},
	{"an empty state is no state", func(e *env) {
		t := turn("k1", chen)
		t.State = nil
		e.commit(t)
		if c := e.state(chen); len(c.State) != 0 || c.Version != 1 {
			e.Errorf("conversation %q version %d", c.State, c.Version)
		}
		e.commit(turn("k2", chen))
		if c := e.state(chen); string(c.State) != "state after k2" {
			e.Errorf("state %q", c.State)
		}
	}},
	{"a turn without key or person is refused", func(e *env) {
		if e.CommitTurn(ctx, turn("", chen)) == nil {
			e.Error("no key was taken")
		}
		if e.CommitTurn(ctx, turn("k", bot.Address{Channel: "guzhen"})) == nil {
			e.Error("no person was taken")
		}
	}},
	{"one of 64 callers with the same key wins", func(e *env) {
		errs := race(64, func(i int) error {
			l := lead(i, chen)
			l.Draft = "one draft"
			return e.CommitTurn(ctx, withLead("k1", l))
		})
		if n := count(errs, nil); n != 1 {
			e.Errorf("%d turns stored, want 1", n)
		}
		if n := count(errs, bot.ErrDuplicate); n != 63 {
			e.Errorf("%d duplicates, want 63", n)
		}
		if leads, err := e.Leads(ctx, store.LeadFilter{}); err != nil || len(leads) != 1 {
			e.Errorf("%d leads, %v", len(leads), err)
		}
		if c := e.state(chen); c.Version != 1 {
			e.Errorf("version %d, want 1", c.Version)
		}
	}},
	{"one of 64 turns from the same version wins", func(e *env) {
		e.commit(turn("k", chen))
		errs := race(64, func(i int) error {
			t := turn(fmt.Sprint("k", i), chen)
			t.Version = 1
			return e.CommitTurn(ctx, t)
		})
		if ok, no := count(errs, nil), count(errs, bot.ErrConflict); ok != 1 || no != 63 {
			e.Errorf("%d stored and %d conflicts, want 1 and 63", ok, no)
		}
	}},
	{"different persons do not meet", func(e *env) {
		who := func(i int) bot.Address { return bot.Address{Channel: "guzhen", User: fmt.Sprint("person", i)} }
		const turns = 5
		for v := range turns {
			for i, err := range race(64, func(i int) error {
				t := turn(fmt.Sprint("k", i, "-", v), who(i))
				t.Version = int64(v)
				return e.CommitTurn(ctx, t)
			}) {
				if err != nil {
					e.Fatalf("person %d, turn %d: %v", i, v, err)
				}
			}
		}
		for i := range 64 {
			if c := e.state(who(i)); c.Version != turns || string(c.State) != fmt.Sprint("state after k", i, "-", turns-1) {
				e.Errorf("person %d: version %d, state %q", i, c.Version, c.State)
			}
		}
	}},
	{"a bad turn does not fail those beside it", func(e *env) {
		errs := race(64, func(i int) error {
			t := turn(fmt.Sprint("k", i), bot.Address{Channel: "guzhen", User: fmt.Sprint("person", i)})
			if i%4 == 0 {
				t.Effects = []bot.Effect{unknownEffect{}}
			}
			return e.CommitTurn(ctx, t)
		})
		for i, err := range errs {
			if bad := i%4 == 0; bad != errors.Is(err, store.ErrEffect) || !bad && err != nil {
				e.Errorf("turn %d: %v", i, err)
			}
			if _, ok, _ := e.StoredReply(ctx, fmt.Sprint("k", i)); ok == (i%4 == 0) {
				e.Errorf("turn %d stored: %v", i, ok)
			}
		}
	}},
	{"a caller who leaves loses and doubles nothing", func(e *env) {
		errs := race(64, func(i int) error {
			leaving, leave := context.WithCancel(ctx)
			if i%2 == 0 {
				leave() // before
			} else {
				go leave() // at any moment
			}
			t := turn(fmt.Sprint("k", i), bot.Address{Channel: "guzhen", User: fmt.Sprint("person", i)})
			err := e.CommitTurn(leaving, t)
			leave()
			return err
		})
		for i, err := range errs {
			t := turn(fmt.Sprint("k", i), bot.Address{Channel: "guzhen", User: fmt.Sprint("person", i)})
			again := e.CommitTurn(ctx, t)
			switch {
			case err == nil && !errors.Is(again, bot.ErrDuplicate):
				e.Errorf("turn %d was stored, its repeat gives %v", i, again)
			case err != nil && !errors.Is(err, context.Canceled):
				e.Errorf("turn %d: %v", i, err)
			case err != nil && !errors.Is(err, store.ErrUnknown) && again != nil:
				e.Errorf("turn %d was said not to be stored, its repeat gives %v", i, again)
			case again != nil && !errors.Is(again, bot.ErrDuplicate):
				e.Errorf("repeat of turn %d: %v", i, again)
			}
			if c := e.state(t.From); c.Version != 1 {
				e.Errorf("person %d has %d turns, want 1", i, c.Version)
			}
		}
	}},
	{"closing finishes what was taken and takes no more", func(e *env) {
		var closing sync.WaitGroup
		errs := race(64, func(i int) error {
			if i == 32 {
				closing.Go(func() { _ = e.Close() })
			}
			return e.CommitTurn(ctx, turn(fmt.Sprint("k", i), bot.Address{Channel: "guzhen", User: fmt.Sprint("person", i)}))
		})
		closing.Wait()
		if err := e.CommitTurn(ctx, turn("late", chen)); !errors.Is(err, store.ErrClosed) {
			e.Errorf("after closing: %v, want ErrClosed", err)
		}
		e.DB = e.reopen()
		for i, err := range errs {
			_, ok, look := e.StoredReply(ctx, fmt.Sprint("k", i))
			if look != nil || ok != (err == nil) || err != nil && !errors.Is(err, store.ErrClosed) {
				e.Errorf("turn %d: answered %v, stored %v %v", i, err, ok, look)
			}
		}
	}},
}

type unknownEffect struct{}

func (unknownEffect) EffectName() string { return "unknown" }

// race runs n calls at the same time and returns their errors.
func race(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	gun := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gun
			errs[i] = do(i)
		})
	}
	close(gun)
	wg.Wait()
	return errs
}

func count(errs []error, want error) (n int) {
	for _, err := range errs {
		if err == want || want != nil && errors.Is(err, want) {
			n++
		}
	}
	return n
}

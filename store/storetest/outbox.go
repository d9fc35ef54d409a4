package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"smebot/bot"
	"smebot/store"
)

var outboxTests = []contract{
	{"of each person the oldest", func(e *env) {
		post(e, "a", message("c1", chen), message("c2", chen), message("w1", wong))
		post(e, "b", message("l1", liang), message("l2", liang))
		e.wantDue("guzhen", "c1", "l1")
		e.wantDue("tg", "w1")
		e.must(e.MarkSent(ctx, "c1"))
		e.wantDue("guzhen", "c2", "l1")
		e.must(e.MarkSent(ctx, "c1")) // again does no harm
		e.must(e.MarkSent(ctx, "c2"))
		e.must(e.MarkSent(ctx, "l1"))
		e.must(e.MarkSent(ctx, "l2"))
		e.wantDue("guzhen")
	}},
	{"a message comes back as it went in", func(e *env) {
		want := message("c1", chen)
		want.Reply.Choices, want.Reply.Menu = []bot.Choice{{Label: "是", Value: "是"}}, 9
		want.Due = start.Add(-time.Minute)
		post(e, "a", want)
		items, err := e.NextOutgoing(ctx, "guzhen", e.clock.now(), 1)
		e.must(err)
		if len(items) != 1 || !reflect.DeepEqual(items[0].Outgoing, want) || items[0].Attempts != 0 {
			e.Errorf("got %+v, want %+v", items, want)
		}
	}},
	{"a retry holds up its person and nobody else", func(e *env) {
		post(e, "a", message("c1", chen), message("c2", chen), message("l1", liang))
		e.must(e.Retry(ctx, "c1", e.clock.now().Add(time.Minute), "timeout"))
		e.wantDue("guzhen", "l1")
		e.clock.pass(time.Minute)
		e.wantDue("guzhen", "c1", "l1")
		e.must(e.Retry(ctx, "c1", e.clock.now(), "timeout"))
		items, err := e.NextOutgoing(ctx, "guzhen", e.clock.now(), 1)
		if err != nil || len(items) != 1 || items[0].ID != "c1" || items[0].Attempts != 2 {
			e.Errorf("got %+v %v, want c1 after 2 attempts", items, err)
		}
	}},
	{"a message for later holds up nobody", func(e *env) {
		later := message("c1", chen)
		later.Due = start.Add(24 * time.Hour)
		post(e, "a", later, message("c2", chen))
		e.wantDue("guzhen", "c2")
		e.must(e.MarkSent(ctx, "c2"))
		e.wantDue("guzhen")
		e.clock.pass(24 * time.Hour)
		e.wantDue("guzhen", "c1")
	}},
	{"what is given up waits for staff", func(e *env) {
		post(e, "a", message("c1", chen), message("c2", chen))
		e.must(e.GiveUp(ctx, "c1", "blocked by the person"))
		e.wantDue("guzhen", "c2")
		dead, err := e.DeadLetters(ctx, 10)
		e.must(err)
		if len(dead) != 1 || dead[0].ID != "c1" || dead[0].Cause != "blocked by the person" || dead[0].Attempts != 1 || !dead[0].At.Equal(start) {
			e.Fatalf("dead letters %+v", dead)
		}
		e.must(e.MarkSent(ctx, "c1"))
		if again, _ := e.DeadLetters(ctx, 10); len(again) != 1 {
			e.Error("marking a dead letter as sent removed it")
		}
		e.must(e.Revive(ctx, dead[0].Handle, "admin"))
		e.wantDue("guzhen", "c1")
		if err := e.Revive(ctx, dead[0].Handle, "admin"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("reviving twice: %v, want ErrNotFound", err)
		}
	}},
	{"an id is kept once", func(e *env) {
		post(e, "a", message("c1", chen))
		post(e, "b", message("c1", chen))
		e.must(e.MarkSent(ctx, "c1"))
		e.wantDue("guzhen")
	}},
	{"a message without id or person refuses its turn", func(e *env) {
		for _, o := range []bot.Outgoing{message("", chen), message("m", bot.Address{Channel: "tg"}), message("m", bot.Address{User: "1"})} {
			t := turn("k", chen)
			t.Outgoing = []bot.Outgoing{o}
			if err := e.tryCommit(t); err == nil {
				e.Errorf("%+v was taken", o)
			}
		}
	}},
	{"a signal comes with each commit", func(e *env) {
		tg, guzhen := e.OutboxSignal("tg"), e.OutboxSignal("guzhen")
		for i := range 3 {
			post(e, fmt.Sprint("k", i), message(fmt.Sprint("w", i), wong))
		}
		select {
		case <-tg:
		case <-time.After(hang):
			e.Fatal("no signal")
		}
		select {
		case <-tg:
			e.Error("signals were not joined")
		case <-guzhen:
			e.Error("a signal for the wrong channel")
		default:
		}
		t := turn("k0", chen) // a repeat: refused
		t.Outgoing = []bot.Outgoing{message("x", wong)}
		_ = e.tryCommit(t)
		select {
		case <-tg:
			e.Error("a refused turn gave a signal")
		default:
		}
	}},
	{"backlogs are counted", func(e *env) {
		post(e, "a", message("c1", chen), message("c2", chen), message("w1", wong))
		e.must(e.GiveUp(ctx, "c2", "x"))
		got, err := e.Backlogs(ctx)
		e.must(err)
		n := map[string]int{}
		for _, b := range got {
			n[b.Channel] = b.Waiting
			if !b.Oldest.Equal(start) {
				e.Errorf("oldest of %s at %v", b.Channel, b.Oldest)
			}
		}
		if !reflect.DeepEqual(n, map[string]int{"guzhen": 1, "tg": 1}) {
			e.Errorf("backlogs %v", n)
		}
	}},
}

// hang bounds waiting for what must come; it is never reached unless something is broken.
const hang = 30 * time.Second

func post(e *env, key string, out ...bot.Outgoing) {
	e.Helper()
	t := turn(key, chen)
	t.Outgoing = out
	e.commit(t)
}

func (e *env) wantDue(channel string, want ...string) {
	e.Helper()
	if got := e.due(channel); len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		e.Errorf("due on %s: %v, want %v", channel, got, want)
	}
}

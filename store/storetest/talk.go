package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"smebot/bot"
	"smebot/store"
)

// says is a turn whose words are kept.
func says(key string, who bot.Address, said, replied string) bot.Turn {
	t := turn(key, who)
	t.Talk = bot.Talk{Said: said, Replied: replied}
	return t
}

// thread writes a person's thread in one line: who, what, state.
func (e *env) thread(who bot.Address) string {
	e.Helper()
	all, err := e.Transcript(ctx, who, 100)
	e.must(err)
	parts := []string{}
	for _, u := range all {
		s := string(u.By) + ":" + u.Text
		if u.State != "" {
			s += "(" + string(u.State) + ")"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// held stores a lead of chen and takes the thread over.
func (e *env) held(actor string) string {
	e.Helper()
	t := withLead("lead", lead(1, chen))
	t.Talk = bot.Talk{Said: "确认", Replied: "已提交"}
	e.commit(t)
	number := lead(1, chen).Number
	e.must(e.TakeOver(ctx, number, actor))
	return number
}

var talkTests = []contract{
	{"a thread goes back to the bot when its lead goes to another", func(e *env) {
		number := e.held("li")
		for _, to := range []string{"li", ""} { // to the holder, and to nobody: the holder still sees it
			_, err := e.AssignLeads(ctx, []store.Pick{{Number: number, Version: e.version(number)}}, to, "wu")
			e.must(err)
			if h, on, err := e.TakeoverOf(ctx, chen); err != nil || !on || h.Actor != "li" {
				e.Errorf("given to %q: held %v, %v", to, on, err)
			}
		}
		stale, err := e.AssignLeads(ctx, []store.Pick{{Number: number, Version: e.version(number)}}, "zhao", "wu")
		e.must(err)
		if h, on, err := e.TakeoverOf(ctx, chen); err != nil || on || len(stale) > 0 {
			e.Errorf("given to another: still held by %q, %v", h.Actor, err)
		}
		l, err := e.Lead(ctx, number)
		e.must(err)
		if last := l.History[len(l.History)-1]; last.Action != "released" || last.Actor != "wu" || l.Version != int64(len(l.History)) {
			e.Errorf("the history ends with %+v, version %d", last, l.Version)
		}
		e.must(e.TakeOver(ctx, number, "zhao"))
		e.wantErr(e.Reply(ctx, number, "li", "form", "还在吗"), store.ErrReleased)
	}},
	{"what was said is kept by person, in order", func(e *env) {
		e.commit(says("k1", chen, "你好", "您好"))
		e.commit(says("k2", liang, "别人", "的话"))
		e.commit(turn("k3", chen)) // nothing is kept of it
		e.commit(says("k4", chen, "奖励多少", ""))
		if got := e.thread(chen); got != "person:你好 bot:您好 person:奖励多少" {
			e.Errorf("thread: %q", got)
		}
		last, err := e.Transcript(ctx, chen, 1)
		e.must(err)
		if len(last) != 1 || last[0].Text != "奖励多少" {
			e.Errorf("the last turn: %+v", last)
		}
		if err := e.tryCommit(says("k4", chen, "奖励多少", "")); !errors.Is(err, bot.ErrDuplicate) {
			e.Errorf("a repeat: %v", err)
		}
		if got := e.thread(chen); strings.Count(got, "奖励") != 1 {
			e.Errorf("a repeat is kept twice: %q", got)
		}
	}},
	{"erasing removes the thread, its last turn too", func(e *env) {
		number := e.held("li")
		e.must(e.Reply(ctx, number, "li", "f1", "您好"))
		e.commit(says("k2", liang, "别人", "的话"))
		t := says("erase", chen, "删除我的信息", "已删除")
		t.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		e.commit(t)
		if got := e.thread(chen); got != "" {
			e.Errorf("after erasing: %q", got)
		}
		if got := e.thread(liang); got != "person:别人 bot:的话" {
			e.Errorf("somebody else's: %q", got)
		}
		if _, on, err := e.TakeoverOf(ctx, chen); on || err != nil {
			e.Errorf("still taken over: %v", err)
		}
		if got := e.due("guzhen"); len(got) != 0 {
			e.Errorf("still to be sent: %v", got)
		}
		if err := e.Reply(ctx, number, "li", "f2", "在吗"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("a message to an erased person: %v", err)
		}
	}},
	{"words go after their time, and never later than what finds them", func(e *env) {
		number := e.held("li")
		e.clock.pass(80 * 24 * time.Hour)
		e.must(e.TakeOver(ctx, number, "li"))
		e.must(e.Reply(ctx, number, "li", "f1", "请问还需要吗"))
		e.clock.pass(20 * 24 * time.Hour)
		e.retain(periods, true)
		if got := e.thread(chen); got != "staff:请问还需要吗(waiting)" {
			e.Errorf("after 100 days: %q", got)
		}
		e.clock.pass(80 * 24 * time.Hour)
		e.retain(periods, true)
		if got := e.thread(chen); got != "" {
			e.Errorf("after 180 days: %q", got)
		}
		if c := e.state(chen); c.Version != 0 {
			e.Error("the conversation outlived its words")
		}
	}},
	{"a thread is in one pair of hands, for half an hour", func(e *env) {
		number := e.held("li")
		if c := e.state(chen); !c.Held.On || c.Held.Told {
			e.Errorf("taken over: %+v", c.Held)
		}
		if err := e.TakeOver(ctx, number, "wu"); !errors.Is(err, store.ErrTaken) {
			e.Errorf("a second account: %v", err)
		}
		if err := e.Reply(ctx, number, "wu", "f1", "您好"); !errors.Is(err, store.ErrReleased) {
			e.Errorf("a reply of who does not hold it: %v", err)
		}
		t := says("k2", chen, "在吗", "同事正在回复")
		t.Effects = []bot.Effect{store.HeldTurn{Who: chen}}
		e.commit(t)
		if c := e.state(chen); !c.Held.On || !c.Held.Told {
			e.Errorf("after the first turn: %+v", c.Held)
		}
		e.clock.pass(29 * time.Minute)
		e.must(e.Reply(ctx, number, "li", "f1", "您好"))
		e.clock.pass(29 * time.Minute)
		if c := e.state(chen); !c.Held.On {
			e.Error("let go though its holder wrote")
		}
		e.clock.pass(time.Minute)
		if c := e.state(chen); c.Held.On {
			e.Error("still held after half an hour")
		}
		if err := e.Reply(ctx, number, "li", "f2", "您好"); !errors.Is(err, store.ErrReleased) {
			e.Errorf("a reply after half an hour: %v", err)
		}
		e.must(e.TakeOver(ctx, number, "wu"))
		if c := e.state(chen); !c.Held.On || c.Held.Told {
			e.Errorf("taken over anew: %+v", c.Held)
		}
		h, on, err := e.TakeoverOf(ctx, chen)
		if err != nil || !on || h.Actor != "wu" || !h.Until.Equal(e.clock.now().Add(30*time.Minute)) {
			e.Errorf("holder: %+v, %v, %v", h, on, err)
		}
		e.must(e.Release(ctx, number, "wu"))
		e.must(e.Release(ctx, number, "wu"))
		if c := e.state(chen); c.Held.On {
			e.Error("held after the release")
		}
	}},
	{"a turn in work when staff take over is routed again", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		c := e.state(chen)
		e.must(e.TakeOver(ctx, lead(1, chen).Number, "li"))
		t := turn("k2", chen)
		t.Version = c.Version
		if err := e.CommitTurn(ctx, t); !errors.Is(err, bot.ErrConflict) {
			e.Errorf("got %v, want ErrConflict", err)
		}
	}},
	{"a message of staff is never shown better than it fared", func(e *env) {
		number := e.held("li")
		id := func(token string) string { return fmt.Sprint("staff:", number, ":", token) }
		want := func(when, state string) {
			e.Helper()
			if got := e.thread(chen); !strings.HasSuffix(got, "("+state+")") {
				e.Errorf("%s: %q, want %q", when, got, state)
			}
		}
		e.must(e.Reply(ctx, number, "li", "f1", "一"))
		e.must(e.Reply(ctx, number, "li", "f1", "一"))
		want("stored", "waiting")
		if got := e.due("guzhen"); len(got) != 1 {
			e.Fatalf("one form sent twice waits as %v", got)
		}
		e.must(e.MarkSent(ctx, id("f1")))
		want("taken by the platform", "sent")
		e.must(e.Reply(ctx, number, "li", "f2", "二"))
		e.must(e.GiveUp(ctx, id("f2"), "parked: window closed"))
		want("refused", "failed")
		e.must(e.Reply(ctx, number, "li", "f3", "三"))
		e.must(e.Retry(ctx, id("f3"), e.clock.now(), "timeout"))
		want("no answer", "unknown")
		e.must(e.GiveUp(ctx, id("f3"), "after 300 attempts"))
		want("given up without an answer", "unknown")
		e.must(e.Reply(ctx, number, "li", "f4", "四"))
		e.must(e.Retry(ctx, id("f4"), e.clock.now(), "timeout"))
		e.must(e.MarkSent(ctx, id("f4")))
		want("taken at the second try", "sent")
	}},
	{"a reply of the bot that was refused shows so", func(e *env) {
		t := says("k1", wong, "你好", "您好")
		t.Outgoing = []bot.Outgoing{{ID: bot.ReplyID("k1"), To: wong, Reply: bot.Reply{Text: "您好"}}}
		e.commit(t)
		if got := e.thread(wong); got != "person:你好 bot:您好" {
			e.Errorf("waiting: %q", got)
		}
		e.must(e.GiveUp(ctx, bot.ReplyID("k1"), "blocked"))
		if got := e.thread(wong); got != "person:你好 bot:您好(failed)" {
			e.Errorf("refused: %q", got)
		}
	}},
}

// Package storetest is the contract of the store as tests: what every database behind it must do. It opens no
// database itself and keeps nothing; a test of each implementation calls Run with a way to open one.
package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// Opener opens a store over a new or, if the folder was used before, the same database. The test closes it.
type Opener func(t *testing.T, o store.Options) *store.DB

// Run runs the whole contract against one implementation.
func Run(t *testing.T, open Opener) {
	for _, group := range []struct {
		name  string
		tests []contract
	}{
		{"turns", turnTests},
		{"effects", effectTests},
		{"leads", leadTests},
		{"outbox", outboxTests},
		{"keeping", keepTests},
		{"retention", retentionTests},
		{"errands", errandTests},
		{"directory", directoryTests},
		{"desk", deskTests},
		{"talk", talkTests},
		{"staff", staffTests},
		{"answers", answerTests},
		{"overview", overviewTests},
		{"teaching", teachingTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.tests {
				t.Run(c.name, func(t *testing.T) {
					e := &env{T: t, dir: t.TempDir(), open: open, clock: &clock{at: start}}
					e.DB = e.reopen()
					c.run(e)
					if err := e.Verify(ctx); err != nil {
						t.Errorf("verify: %v", err)
					}
				})
			}
		})
	}
}

type contract struct {
	name string
	run  func(*env)
}

// env is what a test of the contract works with.
type env struct {
	*testing.T
	*store.DB
	dir   string
	open  Opener
	clock *clock
}

// reopen opens the store again; the one open before must be closed.
func (e *env) reopen() *store.DB {
	e.Helper()
	db := e.open(e.T, store.Options{Dir: e.dir, Clock: e.clock.now})
	e.T.Cleanup(func() {
		if err := db.Close(); err != nil {
			e.Errorf("close: %v", err)
		}
	})
	return db
}

func (e *env) must(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

// state returns a person's conversation.
func (e *env) state(who bot.Address) bot.Conversation {
	e.Helper()
	c, err := e.Conversation(ctx, who)
	e.must(err)
	return c
}

// commit stores a turn that follows the person's last, and must succeed.
func (e *env) commit(t bot.Turn) {
	e.Helper()
	e.must(e.tryCommit(t))
}

func (e *env) tryCommit(t bot.Turn) error {
	e.Helper()
	t.Version = e.state(t.From).Version
	return e.CommitTurn(ctx, t)
}

// due returns the ids of what a channel may send now.
func (e *env) due(channel string) []string {
	e.Helper()
	items, err := e.NextOutgoing(ctx, channel, e.clock.now(), 100)
	e.must(err)
	ids := []string{}
	for _, it := range items {
		ids = append(ids, it.ID)
	}
	return ids
}

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var (
	ctx   = context.Background()
	start = time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	chen  = bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "openid-of-chen"}
	liang = bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "openid-of-liang"}
	wong  = bot.Address{Channel: "tg", Platform: bot.Telegram, User: "700100200"}
)

func turn(key string, who bot.Address) bot.Turn {
	return bot.Turn{Key: key, From: who, At: start, State: []byte("state after " + key), Reply: bot.Reply{Text: "reply to " + key, Intent: "policy"}}
}

// lead returns a lead that can be stored.
func lead(n int, who bot.Address) store.Lead {
	return store.Lead{
		Number: fmt.Sprintf("20261122-%06d", n), Created: start.Add(time.Duration(n) * time.Minute),
		Firm: "古镇光明灯饰厂", Town: "中山市古镇镇", Contact: "陈先生", Phone: store.Phone(fmt.Sprintf("+86138001%05d", n)), Extension: "808",
		Platform: "financing", Need: "想贷款买设备", From: who, Draft: fmt.Sprintf("draft-%d", n),
		Consent: store.Consent{Version: "2026-11/1a2b3c4d", At: start, Receiver: "service-centre", Abroad: who.Platform == bot.Telegram},
	}
}

// withLead is a turn that stores a lead.
func withLead(key string, l store.Lead) bot.Turn {
	t := turn(key, l.From)
	t.Effects = []bot.Effect{store.SaveLead{Lead: l}}
	return t
}

// message is an outgoing message.
func message(id string, to bot.Address) bot.Outgoing {
	return bot.Outgoing{ID: id, To: to, Reply: bot.Reply{Text: "words of " + id}}
}

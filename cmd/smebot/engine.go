package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"smebot/bot"
	"smebot/bot/wechat"
	"smebot/directory"
	"smebot/intents"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/script"
	"smebot/store"
	"smebot/teach"
)

// engine is the bot without its channels: store, knowledge, router. Every command that answers uses one.
type engine struct {
	db    *store.DB
	base  *knowledge.Base
	live  operating // the router in force
	mind  *understand.Understander
	shelf *teach.Shelf
	log   *slog.Logger

	offices   *directory.Directory
	officesAt atomic.Int64 // the directory's version that was loaded

	progress  func(done, all int) // of indexing; may be nil
	importing sync.Mutex          // held while documents and their index change
}

// openEngine opens the store and the knowledge under the configured data folder.
func openEngine(ctx context.Context, c Config, log *slog.Logger, progress func(done, all int)) (*engine, error) {
	return openEngineAt(ctx, c, log, progress, time.Now)
}

func openEngineAt(ctx context.Context, c Config, log *slog.Logger, progress func(done, all int), clock func() time.Time) (_ *engine, err error) {
	// What needs no data is made ready while the store opens; the script dictionaries only before a first message.
	understanding := make(chan understood, 1)
	go func() {
		u, err := understand.New()
		understanding <- understood{u, err}
		script.Warm()
	}()
	hours, err := c.atWork()
	if err != nil {
		return nil, err
	}
	e := &engine{log: log, offices: &directory.Directory{}}
	e.live.hours.Store(&hours)
	contactDue := func(made time.Time) time.Time { return e.live.atWork().After(made.In(intents.Zone), intents.LateDays) }
	promised := func(made time.Time) time.Time {
		h := e.live.atWork()
		return h.Day(h.After(made.In(intents.Zone), intents.PromisedDays))
	}
	db, err := store.Open(ctx, store.Options{Dir: c.Data, Log: log, Clock: clock, ContactDue: contactDue, Promised: promised})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	docs, err := storedDocuments(ctx, db)
	if err != nil {
		return nil, err
	}
	base, err := knowledge.Open(knowledge.Options{Dir: c.indexDir(), Documents: docs, Log: log, Progress: progress})
	if err != nil {
		return nil, err
	}
	u := <-understanding
	if u.err != nil {
		return nil, errors.Join(u.err, base.Close())
	}
	e.db, e.base, e.mind, e.live.file = db, base, u.Understander, c
	e.shelf = teach.New(teach.Config{Store: db, Base: base, Mind: e.mind, Router: e.newRouter, Log: log})
	err = routerOptions(c).Check()
	if err != nil {
		err = fmt.Errorf("configuration: centre: %w", err)
	} else {
		err = errors.Join(e.operate(ctx, "file"), e.loadDirectory(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, base.Close())
	}
	return e, nil
}

type understood struct {
	*understand.Understander
	err error
}

func (e *engine) close() error { return errors.Join(e.base.Close(), e.db.Close()) }

// storedDocuments reads the imported documents.
func storedDocuments(ctx context.Context, db *store.DB) ([]knowledge.Document, error) {
	var docs []knowledge.Document
	err := db.EachDocument(ctx, func(r store.Document) error {
		d, err := decode(r)
		docs = append(docs, d)
		return err
	})
	return docs, err
}

// decode reads a stored document.
func decode(r store.Document) (d knowledge.Document, err error) {
	if err := json.Unmarshal(r.Body, &d); err != nil {
		return d, fmt.Errorf("document %s in the store is unreadable: remove it and import it again: %w", r.ID, err)
	}
	return d, nil
}

// askLine is one line of `ask --jsonl`.
type askLine struct {
	ID      string    `json:"id"`
	Text    string    `json:"text"`
	User    string    `json:"user,omitempty"`
	Channel string    `json:"channel,omitempty"`
	At      time.Time `json:"at,omitzero"`

	untraced bool // the answer alone is wanted: nothing is kept, so that trying a question leaves none for staff
}

// askAnswer is what `ask --jsonl` writes for a line.
type askAnswer struct {
	ID        string        `json:"id"`
	Intent    string        `json:"intent"`
	Text      string        `json:"text"`
	Articles  []bot.Article `json:"articles"`
	Platforms []string      `json:"platforms"`
	Choices   []bot.Choice  `json:"choices"`
	Lead      string        `json:"lead"`

	numbered string // for a person at a terminal
}

// ask runs one turn of the conversation that run and the line's user name, as of the line's own clock.
func (e *engine) ask(ctx context.Context, run string, line askLine) (askAnswer, error) {
	platform := bot.Platform(line.Channel)
	switch platform {
	case "":
		platform = bot.Web
	case bot.Web, bot.WeChat, bot.Telegram, bot.Terminal:
	default:
		return askAnswer{}, fmt.Errorf("line %q: channel must be web, wechat or telegram", line.ID)
	}
	clock := time.Now
	if !line.At.IsZero() {
		clock = func() time.Time { return line.At }
	}
	m := bot.Message{
		Key:  "ask:" + run + ":" + line.ID,
		From: bot.Address{Channel: askChannel, Platform: platform, User: run + ":" + line.User},
		Kind: bot.KindText, Text: line.Text, Leads: true, At: clock(),
	}
	r, err := e.reply(ctx, m, clock, line.untraced)
	if err != nil {
		return askAnswer{}, err
	}
	a := askAnswer{ID: line.ID, Intent: r.Intent, Text: r.Text, Articles: r.Articles, Platforms: r.Platforms, Choices: r.Choices, Lead: r.Lead, numbered: r.Numbered()}
	if platform == bot.WeChat {
		a.Text = wechat.Render(r)
	}
	// Empty lists are lists, not null: readers of the lines rely on it.
	if a.Articles == nil {
		a.Articles = []bot.Article{}
	}
	if a.Platforms == nil {
		a.Platforms = []string{}
	}
	if a.Choices == nil {
		a.Choices = []bot.Choice{}
	}
	return a, nil
}

// reply makes a turn of a message; untraced, the router alone says what it would answer.
func (e *engine) reply(ctx context.Context, m bot.Message, clock func() time.Time, untraced bool) (bot.Reply, error) {
	if untraced {
		out, err := e.live.Route(ctx, bot.Input{Message: m, Now: m.At})
		return out.Reply, err
	}
	d := bot.NewDispatcher(e.db, &e.live, bot.Options{Clock: clock, Limit: 30 * time.Second, Log: e.log, Context: ctx})
	return d.Handle(ctx, m)
}

// searchHit is one hit of `search --jsonl`.
type searchHit struct {
	Document string  `json:"document"`
	Heading  string  `json:"heading"`
	Score    float64 `json:"score"`

	text string
}

// search ranks articles; it touches no store.
func search(ctx context.Context, base *knowledge.Base, text string, top int) ([]searchHit, error) {
	hits, err := base.Search(ctx, text, top)
	if err != nil {
		return nil, err
	}
	out := make([]searchHit, len(hits))
	for i, h := range hits {
		out[i] = searchHit{Document: h.Title, Heading: h.Heading, Score: h.Score, text: h.Text}
	}
	return out, nil
}

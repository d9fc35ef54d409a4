package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	holdSeconds = 25 // how long Telegram may hold an empty getUpdates open; it allows 50, proxies often cut at 30
	holdLimit   = (holdSeconds + 10) * time.Second
	handleLimit = 30 * time.Second // of one update; the dispatcher's own limit is shorter
	cellLimit   = 5 * time.Second
	// silence after which Telegram may go on with ids below those we know ("chosen randomly" after a week):
	// then we ask without an offset, which confirms nothing, and the inbox turns repeats away.
	silence = 6 * 24 * time.Hour
	// poisoned is how often one update may fail while others are stored before it is confirmed all the same.
	poisoned = 6
)

// wantedUpdates is what we ask Telegram for; the list is sticky on its side when left out.
var wantedUpdates = []string{"message", "callback_query", "my_chat_member"}

// position is the polling offset as it lies in the store's cell.
type position struct {
	Bot  int64 `json:"bot"`  // another bot's numbers would hide this one's updates
	Next int64 `json:"next"` // the update_id to ask from; 0 for the oldest unconfirmed one
	At   int64 `json:"at"`   // when it was moved, seconds since 1970
}

// poller is the state of the polling loop.
type poller struct {
	*Channel
	pos    position
	done   map[int64]struct{} // handled already, at or above pos.Next: an earlier one failed
	failed map[int64]*failure
	stored int // updates handled in all
}

type failure struct {
	tries int
	since int // poller.stored when it first failed
}

// poll runs until ctx ends. An update is confirmed, by asking with an offset beyond it, only after it and all
// before it were handled.
func (c *Channel) poll(ctx context.Context) {
	p := &poller{Channel: c, pos: c.loadPosition(ctx), done: map[int64]struct{}{}, failed: map[int64]*failure{}}
	pause := backOff{first: time.Second, most: 30 * time.Second}
	proven := false // getUpdates has worked, so no webhook stands in the way
	for ctx.Err() == nil {
		if !proven {
			c.clearWebhook(ctx)
		}
		began := time.Now()
		batch, err := p.fetch(ctx)
		if ctx.Err() != nil && err != nil {
			return
		}
		if err != nil {
			var e *apiError
			var least time.Duration
			if errors.As(err, &e) {
				least = e.retryAfter
			}
			c.log.Error("updates not fetched", "err", err, "mend", mend(c.cfg.Name, err), "again_in", max(pause.next(), least))
			pause.wait(ctx, least)
			continue
		}
		proven = true
		if len(batch) == 0 {
			pause.reset()
			// A server that does not hold the call open must not be asked in a tight loop.
			if time.Since(began) < 100*time.Millisecond {
				sleep(ctx, 250*time.Millisecond)
			}
			continue
		}
		if !p.take(ctx, batch) && ctx.Err() == nil {
			c.log.Error("updates not stored; they are kept at Telegram", "again_in", pause.next())
			pause.wait(ctx, 0)
			continue
		}
		pause.reset()
	}
}

func (p *poller) fetch(ctx context.Context) ([]json.RawMessage, error) {
	params := map[string]any{"limit": 100, "timeout": holdSeconds, "allowed_updates": wantedUpdates}
	if p.pos.Next != 0 && time.Since(time.Unix(p.pos.At, 0)) < silence {
		params["offset"] = p.pos.Next
	}
	ctx, cancel := context.WithTimeout(ctx, holdLimit)
	defer cancel()
	var batch []json.RawMessage
	err := p.api.do(ctx, "getUpdates", params, &batch, updatesSize)
	return batch, err
}

// take handles a batch, different people at the same time and each one's updates in order, and moves the
// position behind the last update before which nothing is open. It reports whether nothing stayed open.
func (p *poller) take(ctx context.Context, batch []json.RawMessage) bool {
	lines := map[string][]incoming{}
	var ids []int64
	for _, raw := range batch {
		in, err := p.read(raw)
		if err != nil {
			p.log.Warn("update left out", "err", err)
			continue
		}
		ids = append(ids, in.id)
		if _, done := p.done[in.id]; done {
			continue
		}
		if p.failed[in.id] == nil {
			p.answer(in.query)
		}
		if !in.wanted {
			p.done[in.id] = struct{}{}
			continue
		}
		lines[in.message.From.User] = append(lines[in.message.From.User], in)
	}
	if len(ids) == 0 {
		return false // nothing to confirm by; Telegram would send the same again at once
	}
	p.run(ctx, lines)
	next, open := ids[0], false
	for _, id := range ids {
		next = max(next, id+1)
	}
	for _, id := range ids {
		if _, done := p.done[id]; !done {
			next, open = min(next, id), true
		}
	}
	p.move(ctx, next)
	return !open
}

// run handles the lines and notes each update as done or failed. A failure stops its line: what the person sent
// later must not overtake it.
func (p *poller) run(ctx context.Context, lines map[string][]incoming) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, line := range lines {
		all.Go(func() {
			for _, in := range line {
				if ctx.Err() != nil {
					return
				}
				err := p.process(ctx, in)
				mu.Lock()
				ok := p.noted(in.id, err)
				mu.Unlock()
				if !ok {
					return
				}
			}
		})
	}
	all.Wait()
}

// noted books the outcome of an update and reports whether it may be confirmed.
func (p *poller) noted(id int64, err error) bool {
	if err == nil {
		p.stored++
		p.done[id] = struct{}{}
		delete(p.failed, id)
		return true
	}
	f := p.failed[id]
	if f == nil {
		f = &failure{since: p.stored}
		p.failed[id] = f
	}
	f.tries++
	// While nothing at all can be stored we wait for ever. One that fails alone would hold up everybody.
	if f.tries < poisoned || p.stored == f.since {
		return false
	}
	p.log.Error("update given up: it fails again and again while others are stored", "update", id, "tries", f.tries, "err", err)
	p.done[id] = struct{}{}
	delete(p.failed, id)
	return true
}

// process hands one update to the handler. The work is not cut off by the end of the program, so that what was
// begun is stored and confirmed.
func (c *Channel) process(ctx context.Context, in incoming) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleLimit)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic while handling an update: %T", v)
			c.log.Error("update failed", "panic", fmt.Sprintf("%T", v))
		}
	}()
	_, err = c.handle(ctx, in.message) // the reply goes through the outbox
	return err
}

func (p *poller) move(ctx context.Context, next int64) {
	if next == p.pos.Next {
		return
	}
	p.pos = position{Bot: p.botID, Next: next, At: time.Now().Unix()}
	for id := range p.done {
		if id < next {
			delete(p.done, id)
		}
	}
	p.savePosition(ctx)
}

func (c *Channel) cell() string { return "telegram:" + c.cfg.Name + ":offset" }

func (c *Channel) loadPosition(ctx context.Context) position {
	if c.cells == nil {
		return position{}
	}
	ctx, cancel := context.WithTimeout(ctx, cellLimit)
	defer cancel()
	raw, err := c.cells.GetValue(ctx, c.cell())
	if err != nil {
		c.log.Warn("polling offset not read; asking for all unconfirmed updates", "err", err)
		return position{}
	}
	var pos position
	if raw == "" || json.Unmarshal([]byte(raw), &pos) != nil || pos.Bot != c.botID {
		return position{}
	}
	return pos
}

// savePosition may fail without harm: an old offset only makes Telegram send what it holds unconfirmed.
func (p *poller) savePosition(ctx context.Context) {
	if p.cells == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cellLimit)
	defer cancel()
	raw, _ := json.Marshal(p.pos) // three numbers
	if err := p.cells.SetValue(ctx, p.cell(), string(raw)); err != nil {
		p.log.Warn("polling offset not stored", "err", err)
	}
}

// clearWebhook takes away a webhook that stands in the way of polling. It asks first: deleteWebhook on every
// start would hide that another program uses the same bot.
func (c *Channel) clearWebhook(ctx context.Context) {
	info, err := c.WebhookInfo(ctx)
	if err != nil {
		var e *apiError
		if ctx.Err() == nil && !(errors.As(err, &e) && e.code == http.StatusNotFound) {
			c.log.Warn("webhook not looked up", "err", err)
		}
		return
	}
	if info.URL == "" {
		return
	}
	if err := c.api.call(ctx, "deleteWebhook", map[string]any{"drop_pending_updates": false}, nil); err != nil {
		c.log.Error("webhook not deleted; polling cannot work beside it", "err", err)
		return
	}
	c.log.Warn("a webhook was set for this bot and is deleted, since channels["+c.cfg.Name+"].mode is polling", "pending", info.PendingUpdateCount)
}

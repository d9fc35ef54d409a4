package followup

import (
	"context"
	"fmt"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/store"
)

// tell brings a person news of their lead, or asks staff to telephone where no message reaches them.
func (c *Clerk) tell(ctx context.Context, e store.Errand) error {
	state, reached, err := c.person(ctx, e.Lead.From)
	if err != nil {
		return err
	}
	reply := c.Words.News(state, e.Lead, c.Clock())
	switch {
	case e.Lead.From.User == "" || reply.Empty(): // erased, or nothing to tell
		return c.Store.SeeErrands(ctx, []store.Seen{{Errand: e}}, nil)
	case !reached:
		return c.Store.CannotTell(ctx, e)
	}
	return c.Store.Tell(ctx, e, fmt.Sprintf("news:%s:%d", e.Lead.Number, e.Lead.Version), reply)
}

// ask asks a person whether their lead helped: while staff are at work, and not in the middle of something. Where no
// message reaches them they are not asked.
func (c *Clerk) ask(ctx context.Context, e store.Errand) error {
	now := c.Clock()
	state, reached, err := c.person(ctx, e.Lead.From)
	if err != nil {
		return err
	}
	at := c.Hours().Next(now.In(intents.Zone))
	switch {
	case !reached || !e.Lead.Asked.IsZero() || !ended(e.Lead):
		return c.Store.CannotTell(ctx, e)
	case at.After(now):
	case intents.Busy(state, now):
		at = now.Add(busyPause)
	default:
		return c.Store.Tell(ctx, e, "ask:"+e.Lead.Number, c.Words.AskHelped(state, e.Lead, now))
	}
	return c.Store.SeeErrands(ctx, []store.Seen{{Errand: e, Again: at}}, nil)
}

// busyPause is how long a question waits for somebody who is in the middle of something.
const busyPause = time.Hour

// ended reports whether a lead came to an end that can be asked about.
func ended(l store.Lead) bool {
	return l.Status == store.Done || l.Status == store.Closed && l.Reason != store.Withdrawn && l.Reason != store.Duplicate
}

// person returns the state of a person's conversation and whether a message reaches them: WeChat takes messages in
// the 48 hours after the person wrote, five of them, and a channel must be served at all.
func (c *Clerk) person(ctx context.Context, who bot.Address) (state []byte, reached bool, err error) {
	if who.User == "" {
		return nil, false, nil
	}
	talk, err := c.Store.Conversation(ctx, who)
	if err != nil || !c.Serves(who.Channel) {
		return talk.State, false, err
	}
	if who.Platform != bot.WeChat {
		return talk.State, true, nil
	}
	until, left, err := c.Store.Reach(ctx, who)
	return talk.State, left > 0 && c.Clock().Before(until), err
}

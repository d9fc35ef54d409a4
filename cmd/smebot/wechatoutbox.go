package main

import (
	"context"
	"time"

	"smebot/bot"
	"smebot/bot/wechat"
	"smebot/store"
)

// sendWeChat sends what the outbox holds for an official account: staff's messages and news. Replies to deliveries
// do not pass here; they ride on the delivery's own answer.
func (p *program) sendWeChat(ch ChannelConfig) error {
	client, err := wechat.NewClient(ch.wechat(), p.engine.db, wechat.Options{Log: p.log})
	if err != nil {
		return err
	}
	p.send(ch.Name, windowed{client, p.engine.db, time.Now}, bot.OutboxOptions{})
	return nil
}

// windowed sends only where the platform lets an account speak first, by what the store knows: a message may have
// waited until the 48 hours were over, and calls that must fail count against the account.
type windowed struct {
	bot.Sender
	db    *store.DB
	clock func() time.Time
}

// Send implements bot.Sender.
func (w windowed) Send(ctx context.Context, o bot.Outgoing) error {
	until, left, err := w.db.Reach(ctx, o.To)
	switch {
	case err != nil:
		return &bot.SendError{Class: bot.Retry, Cause: "the store does not say whether the person can be reached"}
	case !w.clock().Before(until):
		return &bot.SendError{Class: bot.Park, Cause: "the person has not written for 48 hours, or tapped a menu more than a minute ago"}
	case left <= 0:
		return &bot.SendError{Class: bot.Park, Cause: "as many messages were sent as WeChat allows until the person writes again"}
	}
	return w.Sender.Send(ctx, o)
}

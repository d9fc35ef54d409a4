package main

import (
	"smebot/bot"
	"smebot/bot/wechat"
)

// sendWeChat sends what the outbox holds for an official account: staff's messages and news. Replies to deliveries
// do not pass here; they ride on the delivery's own answer.
func (p *program) sendWeChat(ch ChannelConfig) error {
	client, err := wechat.NewClient(ch.wechat(), p.engine.db, wechat.Options{Log: p.log})
	if err != nil {
		return err
	}
	out := bot.NewOutbox(ch.Name, p.engine.db, client, bot.OutboxOptions{Log: p.log})
	p.work.Go(func() { out.Run(p.ctx) })
	return nil
}

package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"smebot/bot"
	"smebot/followup"
	"smebot/notify"
)

// send runs the outbox of a channel until the program has drained its work, and counts what becomes of its messages.
func (p *program) send(channel string, s bot.Sender, o bot.OutboxOptions) {
	o.Log, o.Observe = p.log, func(result bot.SendClass) { p.meter.sent(channel, result) }
	out := bot.NewOutbox(channel, p.engine.db, s, o)
	p.work.Go(func() { out.Run(p.ctx) })
}

// lookEvery is how often the clerk looks for what is due; tests do not wait so long.
var lookEvery = followup.Pace

// followUp starts what keeps the promises about leads: the places where staff hear of them, and the clerk.
func (p *program) followUp() error {
	served := map[string]bool{}
	for _, ch := range p.config.Channels {
		served[ch.Name] = true
	}
	if p.config.webChat() {
		served["web"] = true
	}
	c := followup.Config{
		Store: p.engine.db, Words: &p.engine.live, Hours: p.engine.live.atWork, Every: lookEvery, Log: p.log, Leads: p.base() + "/console/leads",
		Serves: func(channel string) bool { return served[channel] },
	}
	for _, n := range p.config.Notify {
		s, err := p.place(n)
		if err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
		p.send(n.outbox(), s, bot.OutboxOptions{Workers: 1})
		c.Targets = append(c.Targets, followup.Target{Channel: n.outbox(), Language: n.language()})
	}
	if err := p.dropGonePlaces(); err != nil {
		return err
	}
	clerk := followup.New(c)
	p.work.Go(func() { clerk.Run(p.ctx) })
	return nil
}

// place is the sender of a place.
func (p *program) place(n NotifyConfig) (bot.Sender, error) {
	if n.Type != typeTelegram {
		return notify.New(n.place(), notify.Options{Log: p.log})
	}
	return chat{p.bots[n.Channel], n.ChatID}, nil
}

// chat lets a Telegram bot of the service write announcements into one chat.
type chat struct {
	bot bot.Sender
	id  int64
}

// Send implements bot.Sender.
func (c chat) Send(ctx context.Context, o bot.Outgoing) error {
	o.To = bot.Address{Platform: bot.Telegram, User: fmt.Sprint(c.id)}
	return c.bot.Send(ctx, o)
}

// dropGonePlaces gives up what waits for places that are not in the configuration any more: nobody would ever send it.
func (p *program) dropGonePlaces() error {
	known := map[string]bool{}
	for _, n := range p.config.Notify {
		known[n.outbox()] = true
	}
	waiting, err := p.engine.db.Backlogs(p.ctx)
	if err != nil {
		return err
	}
	for _, b := range waiting {
		if !strings.HasPrefix(b.Channel, "notify:") || known[b.Channel] {
			continue
		}
		p.log.Warn("announcements wait for a place that is not in the configuration any more: they are given up", "place", b.Channel, "announcements", b.Waiting)
		for {
			items, err := p.engine.db.NextOutgoing(p.ctx, b.Channel, time.Now().Add(24*time.Hour), 100)
			if err != nil {
				return err
			}
			if len(items) == 0 {
				break
			}
			for _, i := range items {
				if err := p.engine.db.GiveUp(p.ctx, i.ID, "this place is not in the configuration any more"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// base is the service's address as others reach it.
func (p *program) base() string {
	if u := strings.TrimSuffix(p.config.PublicURL, "/"); u != "" {
		return u
	}
	return "http://" + p.addr
}

// news gives the chat page what waits for a person, and ends what the page has shown.
func (p *program) news(ctx context.Context, who bot.Address, shown []string) ([]bot.Outgoing, error) {
	waiting, err := p.engine.db.WaitingFor(ctx, who, maxNews)
	if err != nil {
		return nil, err
	}
	var left []bot.Outgoing
	for _, w := range waiting {
		seen := false
		for _, id := range shown {
			seen = seen || id == w.ID
		}
		if !seen {
			left = append(left, w.Outgoing)
		} else if err := p.engine.db.MarkSent(ctx, w.ID); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// maxNews is how many messages a page fetches at once.
const maxNews = 20

type notifyCmd struct {
	Test notifyTestCmd `cmd:"" help:"Send each place a trial and say what became of it."`
}

type notifyTestCmd struct {
	Name string `arg:"" optional:"" help:"Only the place of this name."`
}

// Run tries the places of the configuration, without the store and beside a running server.
func (c *notifyTestCmd) Run(e *env) error {
	tried, failed := 0, 0
	for _, n := range e.config.Notify {
		if c.Name != "" && c.Name != n.Name {
			continue
		}
		tried++
		if err := tryPlace(e, n); err != nil {
			failed++
			fmt.Fprintf(e.out, "%s: %v\n", n.Name, err)
			continue
		}
		fmt.Fprintf(e.out, "%s: sent\n", n.Name)
	}
	switch {
	case tried == 0 && c.Name != "":
		return fmt.Errorf("no place %s: the configuration names %d under notify", c.Name, len(e.config.Notify))
	case tried == 0:
		return fmt.Errorf("no places: name some under notify in the configuration, as config.example.yaml shows")
	case failed > 0:
		return fmt.Errorf("%d of %d places did not take the trial", failed, tried)
	}
	return nil
}

func tryPlace(e *env, n NotifyConfig) error {
	p := &program{config: e.config, log: e.log, bots: map[string]bot.Sender{}}
	for _, ch := range e.config.Channels {
		if ch.Type != typeTelegram {
			continue
		}
		b, err := p.telegram(ch, func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{}, nil }, nil)
		if err != nil {
			return err
		}
		p.bots[ch.Name] = b
	}
	s, err := p.place(n)
	if err != nil {
		return err
	}
	now := time.Now()
	reply, data, err := followup.Test(n.language(), now)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(e.ctx, 30*time.Second)
	defer cancel()
	return s.Send(ctx, bot.Outgoing{ID: "test:" + now.Format(time.RFC3339Nano), Reply: reply, Data: data})
}

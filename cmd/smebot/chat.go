package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"time"

	"smebot/bot"
	"smebot/intents"
)

type chatCmd struct{}

func terminalMessage(in controlChat) bot.Message {
	m := bot.Message{
		Key:  "terminal:" + in.Key,
		From: bot.Address{Channel: terminalChannel, Platform: bot.Terminal, User: in.User},
		Kind: bot.KindText, Text: in.Text, Leads: true, At: time.Now(),
	}
	if in.Text == "" {
		m.Kind = bot.KindSubscribe
	}
	return m
}

// Run holds a conversation line by line until the input ends. The conversation is kept: it goes on at the next
// start.
func (chatCmd) Run(e *env) error {
	who := "someone"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	var say func(context.Context, bot.Message) (bot.Reply, error)
	done := func() error { return nil }
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		say = func(ctx context.Context, m bot.Message) (bot.Reply, error) {
			var r bot.Reply
			err := s.call(ctx, "/chat", controlChat{strings.TrimPrefix(m.Key, "terminal:"), m.From.User, m.Text}, &r)
			return r, err
		}
	} else {
		g, err := openEngine(e.ctx, e.config, e.log, nil)
		if err != nil {
			return err
		}
		d := bot.NewDispatcher(g.db, &g.live, bot.Options{Log: e.log, Context: e.ctx, Talk: intents.Talk})
		say, done = d.Handle, g.close
	}
	return errors.Join(converse(e, who, say), done())
}

func converse(e *env, who string, say func(context.Context, bot.Message) (bot.Reply, error)) error {
	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(e.in)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			lines <- in.Text()
		}
	}()
	text := "" // the first turn greets
	for {
		var b [8]byte
		rand.Read(b[:])
		r, err := say(e.ctx, terminalMessage(controlChat{hex.EncodeToString(b[:]), who, text}))
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%s\n\n> ", r.Numbered())
		for text = ""; strings.TrimSpace(text) == ""; {
			var ok bool
			select {
			case text, ok = <-lines:
			case <-e.ctx.Done():
			}
			if !ok {
				fmt.Fprintln(e.out)
				return nil
			}
		}
	}
}

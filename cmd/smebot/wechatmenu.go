package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"smebot/bot/wechat"
	"smebot/store"
)

type wechatCmd struct {
	Menu struct {
		Push menuPushCmd `cmd:"" help:"Put our menu on the official account."`
		Show menuShowCmd `cmd:"" help:"Show the menu that the account has."`
	} `cmd:"" help:"The official account's menu."`
}

type menuPushCmd struct {
	Channel string `help:"Which channel; needed when there are several WeChat accounts."`
}

// Run pushes the menu. Followers see it within five minutes of opening the account again.
func (c *menuPushCmd) Run(e *env) error {
	client, done, err := wechatClient(e, c.Channel)
	if err != nil {
		return err
	}
	if err := client.PushMenu(e.ctx, wechat.DefaultMenu()); err != nil {
		return errors.Join(err, done())
	}
	fmt.Fprintln(e.out, "menu pushed")
	return done()
}

type menuShowCmd struct {
	Channel string `help:"Which channel; needed when there are several WeChat accounts."`
}

// Run prints the account's menu as JSON.
func (c *menuShowCmd) Run(e *env) error {
	client, done, err := wechatClient(e, c.Channel)
	if err != nil {
		return err
	}
	m, err := client.Menu(e.ctx)
	if err == nil {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err = enc.Encode(m)
	}
	return errors.Join(err, done())
}

// wechatClient returns the API client of a WeChat channel. The token is shared with a running server's through
// the store when this command can open it; else it is fetched for this call alone.
func wechatClient(e *env, name string) (*wechat.Client, func() error, error) {
	var found []ChannelConfig
	for _, ch := range e.config.Channels {
		if ch.Type == "wechat" && (name == "" || ch.Name == name) {
			found = append(found, ch)
		}
	}
	switch {
	case len(found) == 0 && name != "":
		return nil, nil, fmt.Errorf("no WeChat channel %q in the configuration", name)
	case len(found) == 0:
		return nil, nil, errors.New("no WeChat channel in the configuration: add one under channels")
	case len(found) > 1:
		return nil, nil, usageError{errors.New("several WeChat channels: name one with --channel")}
	}
	var cells wechat.Cells = memoryCells{}
	done := func() error { return nil }
	if db, err := store.Open(e.ctx, store.Options{Dir: e.config.Data, Log: e.log}); err == nil {
		cells, done = db, db.Close
	} else if !errors.Is(err, store.ErrLocked) {
		return nil, nil, err
	}
	client, err := wechat.NewClient(found[0].wechat(), cells, wechat.Options{Log: e.log})
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return client, done, nil
}

// memoryCells keeps a token for one command.
type memoryCells map[string]string

func (m memoryCells) GetValue(_ context.Context, key string) (string, error) { return m[key], nil }

func (m memoryCells) SetValue(_ context.Context, key, value string) error {
	m[key] = value
	return nil
}

package main

import (
	"cmp"
	"fmt"
	"strings"

	"smebot/knowledge"
	"smebot/notify"
)

// NotifyConfig is a place where new, late and withdrawn leads are announced.
type NotifyConfig struct {
	Name     string `yaml:"name"` // the type unless given: needed where two are of one type
	Type     string `yaml:"type"`
	Language string `yaml:"language"` // zh or en

	Channel string `yaml:"channel"` // telegram: the bot that writes, one of channels
	ChatID  int64  `yaml:"chat_id"` // telegram: negative for a group

	URL        string `yaml:"url"`
	URLFile    string `yaml:"url_file"`
	Secret     string `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`

	Server       string `yaml:"server"` // email
	User         string `yaml:"user"`
	Password     string `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	From         string `yaml:"from"`
	To           string `yaml:"to"` // addresses with commas between them
}

// typeTelegram is the one type whose messages a channel of the bot carries.
const typeTelegram = "telegram"

// nameTargets gives places without a name that of their type.
func (c *Config) nameTargets() {
	for i := range c.Notify {
		c.Notify[i].Name = cmp.Or(c.Notify[i].Name, c.Notify[i].Type)
	}
}

// checkNotify says what is wrong with a place, and how to mend it.
func (c *Config) checkNotify() error {
	taken := map[string]bool{}
	for i, n := range c.Notify {
		switch n.Type {
		case typeTelegram, notify.WeCom, notify.DingTalk, notify.Feishu, notify.Webhook, notify.Email:
		default:
			return fmt.Errorf("configuration: notify[%d].type: want telegram, wecom, dingtalk, feishu, webhook or email", i)
		}
		if !channelName.MatchString(n.Name) {
			return fmt.Errorf("configuration: notify[%d].name: want up to 32 of a-z, 0-9, - and _, as in wecom-office", i)
		}
		if taken[n.Name] {
			return fmt.Errorf("configuration: notify[%d].name: two places are called %s: give each a name of its own", i, n.Name)
		}
		taken[n.Name] = true
		if n.Language != "" && n.Language != "zh" && n.Language != "en" {
			return fmt.Errorf("configuration: notify[%s].language: want zh or en", n.Name)
		}
		if err := n.check(c.Channels); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	return nil
}

func (n NotifyConfig) check(channels []ChannelConfig) error {
	at := func(key, what string) error { return fmt.Errorf("notify[%s].%s: %s", n.Name, key, what) }
	if n.Type != typeTelegram {
		switch {
		case n.Channel != "":
			return at("channel", "means nothing for this type: remove it")
		case n.ChatID != 0:
			return at("chat_id", "means nothing for this type: remove it")
		}
		return n.place().Validate()
	}
	known := false
	for _, ch := range channels {
		known = known || ch.Type == typeTelegram && ch.Name == n.Channel
	}
	switch {
	case n.Channel == "":
		return at("channel", "is missing: name the Telegram bot of channels that is to write")
	case !known:
		return at("channel", "names no Telegram bot of channels")
	case n.ChatID == 0:
		return at("chat_id", "is missing: write to the bot from that chat; its id stands in what getUpdates of the Bot API shows")
	case n.URL+n.Secret+n.Server+n.User+n.Password+n.From+n.To != "":
		return at("type", "a Telegram chat needs channel and chat_id and nothing else: remove the other keys")
	}
	return nil
}

// place is what package notify needs of it.
func (n NotifyConfig) place() notify.Config {
	var to []string
	for a := range strings.SplitSeq(n.To, ",") {
		if a = strings.TrimSpace(a); a != "" {
			to = append(to, a)
		}
	}
	return notify.Config{Name: n.Name, Type: n.Type, URL: n.URL, Secret: n.Secret, Server: n.Server, User: n.User, Password: n.Password, From: n.From, To: to}
}

// outbox is the channel under which a place's announcements wait; no channel of people can have such a name.
func (n NotifyConfig) outbox() string { return "notify:" + n.Name }

func (n NotifyConfig) language() knowledge.Language {
	if n.Language == "en" {
		return knowledge.English
	}
	return knowledge.Simplified
}

// Package notify carries announcements to where staff hear of them: robots of WeCom, DingTalk and Feishu groups, a
// webhook, e-mail. Each place is a bot.Sender behind an outbox of its own, which keeps the announcements and tries
// again; a place keeps nothing but, for a while, which addresses of a message were served. It never decides what is
// announced, follows no redirect, and never lets an address with its key, a secret or a password into an error or a
// log line.
package notify

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"smebot/bot"
)

// Types of places, as the configuration names them.
const (
	WeCom    = "wecom"
	DingTalk = "dingtalk"
	Feishu   = "feishu"
	Webhook  = "webhook"
	Email    = "email"
)

// Config is one place. It prints as its name and type only, with every verb of fmt and in slog.
type Config struct {
	Name string // of the place, for errors: "wecom"
	Type string // one of the constants above

	URL    string // of a robot or webhook: https, or anything on this machine
	Secret string // signs what is sent: dingtalk and feishu where the robot has one, webhook always

	Server   string   // email: host:port; port 465 speaks TLS from the start, others turn it on
	User     string   // email: "" for a server that wants no sign-in
	Password string   // email
	From     string   // email: "服务助手 <bot@example.gov.cn>" or the bare address
	To       []string // email
}

// Format hides everything but the name and the type, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "notify %s (%s)", c.Name, c.Type) }

// Options are what a place works with. The zero value of each field has a usable default.
type Options struct {
	Client *http.Client     // default our own, with time limits and the proxy of the environment; redirects are off in any case
	Clock  func() time.Time // default time.Now; signatures carry it
	TLS    *tls.Config      // for e-mail; default the system's authorities
	Log    *slog.Logger     // default slog.Default()
}

// New returns the sender of a place, or the faults of its configuration. Nothing is called yet.
func New(c Config, o Options) (bot.Sender, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	switch c.Type {
	case WeCom, DingTalk, Feishu:
		return &robot{kind: robots[c.Type], cfg: c, post: newPoster(c, o), clock: o.Clock}, nil
	case Webhook:
		return &webhook{key: webhookKey(c.Secret), post: newPoster(c, o), clock: o.Clock}, nil
	case Email:
		return newMailer(c, o)
	}
	return nil, errors.New("notify: unknown type") // Validate refuses it
}

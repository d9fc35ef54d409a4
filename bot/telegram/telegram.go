// Package telegram is the only place that knows Telegram: it takes updates by long polling or by webhook, turns
// them into bot.Message, and sends bot.Outgoing as plain text with an inline keyboard. It keeps one thing, the
// polling offset, in the store's cells; everything else that must last goes through the dispatcher, and an
// update is confirmed to Telegram only after its turn is stored. It never decides what to say, never sends
// marked-up text, and never lets the bot token or the webhook secret into an error, a log line or a file.
package telegram

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"smebot/bot"
)

// Handle takes one message and returns once its turn is stored: bot.Dispatcher.Handle.
type Handle func(ctx context.Context, m bot.Message) (bot.Reply, error)

// Cells is a small durable store of named values.
type Cells interface {
	// GetValue returns a value, "" if there is none.
	GetValue(ctx context.Context, key string) (string, error)
	// SetValue stores a value, durable when it returns.
	SetValue(ctx context.Context, key, value string) error
}

// Command is an entry of the list of commands that Telegram shows beside the input field.
type Command struct {
	Name        string `json:"command"`     // without the slash
	Description string `json:"description"` // in the users' language, at most 256 characters
}

// Options are what a channel works with. The zero value of each field has a usable default.
type Options struct {
	Log      *slog.Logger // default slog.Default()
	Client   *http.Client // default our own, with time limits and no redirects
	Cells    Cells        // default none: after a restart Telegram sends again what was not confirmed
	Commands []Command    // registered at start, best effort; nil leaves the bot's list alone
}

// Channel is one Telegram bot. Its methods may be called at the same time.
type Channel struct {
	cfg      Config
	handle   Handle
	log      *slog.Logger
	cells    Cells
	commands []Command
	api      *api
	botID    int64                  // the part of the token before the colon, which is public
	username atomic.Pointer[string] // nil until getMe answered
	answers  chan struct{}          // one value for each answerCallbackQuery call in flight, which bounds them

	mu       sync.Mutex
	unsettle map[string]*progress // by Outgoing.ID: messages that were sent in part or perhaps
}

// New returns a channel. It does not talk to Telegram; Run does.
func New(cfg Config, handle Handle, o Options) (*Channel, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if handle == nil {
		return nil, errors.New("telegram channel without a handler")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Channel{
		cfg: cfg, handle: handle, cells: o.Cells, commands: o.Commands,
		log:      o.Log.With("channel", cfg.Name),
		api:      newAPI(cfg, o.Client),
		botID:    cfg.botID(),
		answers:  make(chan struct{}, 32),
		unsettle: map[string]*progress{},
	}, nil
}

// Name returns the channel's name in the configuration.
func (c *Channel) Name() string { return c.cfg.Name }

// Run takes updates until ctx ends, then finishes those it has begun and returns nil. In webhook mode it
// registers the webhook and watches over it, while ServeHTTP takes the updates.
func (c *Channel) Run(ctx context.Context) error {
	var side sync.WaitGroup
	side.Go(func() { c.introduce(ctx) })
	if c.cfg.Mode == ModeWebhook {
		c.keepWebhook(ctx)
	} else {
		c.poll(ctx)
	}
	side.Wait()
	for range cap(c.answers) { // each slot taken back is a call ended
		c.answers <- struct{}{}
	}
	for range cap(c.answers) {
		<-c.answers
	}
	return nil
}

// introduce learns the bot's user name, which mentions in groups carry, and registers the commands.
func (c *Channel) introduce(ctx context.Context) {
	pause := backOff{first: 2 * time.Second, most: 5 * time.Minute}
	for {
		me, err := c.GetMe(ctx)
		if err == nil {
			c.username.Store(&me.Username)
			if len(c.commands) > 0 {
				if err := c.api.call(ctx, "setMyCommands", map[string]any{"commands": c.commands}, nil); err != nil && ctx.Err() == nil {
					c.log.Warn("list of commands not registered", "err", err)
				}
			}
			return
		}
		if ctx.Err() != nil {
			return
		}
		c.log.Warn("bot's own name not learned yet", "err", err, "mend", mend(c.cfg.Name, err))
		if !pause.wait(ctx, 0) {
			return
		}
	}
}

// answer tells Telegram that a button press arrived, so that the button stops spinning. It must go out within
// seconds and its failure changes nothing ("query is too old" is normal after an outage), so it runs beside the
// turn and gives way when too many are in flight.
func (c *Channel) answer(queryID string) {
	if queryID == "" {
		return
	}
	select {
	case c.answers <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-c.answers }()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = c.api.call(ctx, "answerCallbackQuery", map[string]any{"callback_query_id": queryID}, nil)
	}()
}

// mend says what the operator can do about an error of the API, "" if there is nothing but to wait.
func mend(name string, err error) string {
	var e *apiError
	if !errors.As(err, &e) {
		return ""
	}
	switch {
	case e.code == http.StatusUnauthorized || e.code == http.StatusNotFound:
		return "the token is refused: take the current one from @BotFather and set channels[" + name + "].token"
	case e.code == http.StatusConflict && strings.Contains(e.text, "webhook"):
		return "409 Conflict: another program set a webhook for this bot; stop it, or set channels[" + name + "].mode: webhook here, then restart"
	case e.code == http.StatusConflict:
		return "409 Conflict: another program polls this bot; run only one, or give this one its own bot token"
	}
	return ""
}

package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"smebot/bot"
)

// progress is what is known of a message that is not through yet.
type progress struct {
	parts    int // how many parts Telegram has taken
	doubtful int // how many answers said neither yes nor no
}

// maxDoubtful bounds how often a person may see the same message because something between Telegram and us
// spoils its answers.
const maxDoubtful = 5

// Send implements bot.Sender: plain text, its choices as an inline keyboard below the last part. A message that
// failed half way goes on with its next part when it is sent again by the same process.
func (c *Channel) Send(ctx context.Context, o bot.Outgoing) error {
	chat, err := strconv.ParseInt(o.To.User, 10, 64)
	if err != nil || chat == 0 {
		return &bot.SendError{Class: bot.Drop, Cause: "address is not a chat id"}
	}
	if o.Reply.Empty() {
		return nil
	}
	text, keys := o.Reply.Text, drawKeyboard(o.Reply)
	if chat < 0 || strings.TrimSpace(tidy(text)) == "" {
		// In a group anybody could press. A keyboard needs some text above it.
		text = strings.TrimSpace(o.Reply.Numbered())
		if chat < 0 {
			keys = nil
		}
	}
	parts := split(text, maxUnits)
	p := c.recall(o.ID)
	for p.parts < len(parts) {
		k := keys
		if p.parts < len(parts)-1 {
			k = nil
		}
		if err := c.sendPart(ctx, chat, parts[p.parts], k, o.Reply); err != nil {
			fail := classify(err)
			var e *apiError
			if errors.As(err, &e) && e.doubtful {
				if p.doubtful++; p.doubtful >= maxDoubtful {
					fail = &bot.SendError{Class: bot.Drop, Cause: "perhaps sent, never confirmed: " + fail.Cause}
				}
			}
			if fail.Class == bot.Drop {
				p = progress{}
			}
			c.remember(o.ID, p)
			return fail
		}
		p.parts++
	}
	c.remember(o.ID, progress{})
	return nil
}

// sendPart sends one message. What Telegram refuses for its form goes out once more in the plainest one.
func (c *Channel) sendPart(ctx context.Context, chat int64, text string, k *keyboard, r bot.Reply) error {
	params := map[string]any{"chat_id": chat, "text": text, "link_preview_options": map[string]bool{"is_disabled": true}}
	if k != nil {
		params["reply_markup"] = k
	}
	err := c.api.call(ctx, "sendMessage", params, nil)
	var e *apiError
	if !errors.As(err, &e) || e.code != http.StatusBadRequest || e.migrated {
		return err
	}
	low := strings.ToLower(e.text)
	switch {
	case strings.Contains(low, "parse entities"):
		// We ask for no parsing, but a stand-in or a proxy of the API may. Bare text gives it nothing to parse by.
		delete(params, "link_preview_options")
	case k != nil && (strings.Contains(low, "button") || strings.Contains(low, "reply markup") || strings.Contains(low, "keyboard")):
		delete(params, "reply_markup")
		if plain := strings.TrimSpace(text + strings.TrimPrefix(r.Numbered(), r.Text)); len(split(plain, maxUnits)) == 1 {
			params["text"] = plain
		}
	default:
		return err
	}
	return c.api.call(ctx, "sendMessage", params, nil)
}

// classify says what becomes of a message after an error of the API.
func classify(err error) *bot.SendError {
	fail := &bot.SendError{Class: bot.Retry, Cause: err.Error()}
	var e *apiError
	if !errors.As(err, &e) {
		return fail
	}
	fail.After = e.retryAfter
	switch {
	case e.code == http.StatusTooManyRequests:
		fail.Class = bot.Wait // without retry_after the outbox keeps its own growing pace
	case e.code == http.StatusUnauthorized || e.code == http.StatusNotFound:
		fail.Class = bot.Config // the API answers 404 to a token it cannot read
	case e.migrated:
		fail.Class, fail.Cause = bot.Drop, "group became a supergroup with another id; put the new id into the configuration"
	case e.code == http.StatusForbidden || e.code == http.StatusBadRequest || e.code == http.StatusRequestEntityTooLarge:
		fail.Class = bot.Drop
	}
	return fail
}

func (c *Channel) recall(id string) progress {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.unsettle[id]; p != nil {
		return *p
	}
	return progress{}
}

// remember keeps progress for the next try; the zero progress forgets.
func (c *Channel) remember(id string, p progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p == (progress{}) {
		delete(c.unsettle, id)
		return
	}
	if len(c.unsettle) > 10_000 {
		clear(c.unsettle) // entries of messages the outbox gave up; a repeat does less harm than growth without end
	}
	c.unsettle[id] = &p
}

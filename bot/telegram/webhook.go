package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	secretHeader   = "X-Telegram-Bot-Api-Secret-Token"
	maxBody        = 1 << 20 // of a webhook request; an update with its keyboards and a replied-to message is under 100 KiB
	maxConnections = 40      // that Telegram opens at once, its own default
	watchEvery     = time.Minute
	manyPending    = 50 // from here on Telegram's own server warns about a webhook
)

// ServeHTTP takes an update in webhook mode. Any 2xx tells Telegram that the update is done, and a body would be
// carried out as a call of the API, so it answers 200 with no body, and only after the turn is stored; 500
// makes Telegram send the update again. It never answers 410, which closes the webhook.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.cfg.Mode != ModeWebhook {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if !c.genuine(r.Header.Values(secretHeader)) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
			status = http.StatusRequestEntityTooLarge
		}
		w.WriteHeader(status)
		return
	}
	if err := checkJSON(body); err != nil {
		c.log.Warn("webhook request refused", "err", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	in, err := c.read(body)
	if err != nil {
		c.log.Warn("webhook request refused", "err", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.answer(in.query)
	if in.wanted {
		if err := c.process(r.Context(), in); err != nil {
			c.log.Error("update not stored; Telegram will send it again", "err", err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	}
	w.WriteHeader(http.StatusOK)
}

// genuine reports whether the secret header came exactly once and is ours. Hashes are compared, so that neither
// the contents nor the length of what was sent changes the time it takes.
func (c *Channel) genuine(sent []string) bool {
	if len(sent) != 1 || c.cfg.Secret == "" {
		return false
	}
	theirs, ours := sha256.Sum256([]byte(sent[0])), sha256.Sum256([]byte(c.cfg.Secret))
	return subtle.ConstantTimeCompare(theirs[:], ours[:]) == 1
}

func (c *Channel) webhookURL() string { return c.cfg.PublicURL + "/telegram/" + c.cfg.Name }

// keepWebhook registers the webhook, trying until it succeeds, and then looks after it until ctx ends.
func (c *Channel) keepWebhook(ctx context.Context) {
	if !c.setWebhook(ctx) {
		return
	}
	var w watch
	for sleep(ctx, watchEvery) {
		if c.inspect(ctx, &w) && !c.setWebhook(ctx) {
			return
		}
	}
}

// setWebhook reports false only when ctx ended first.
func (c *Channel) setWebhook(ctx context.Context) bool {
	pause := backOff{first: time.Second, most: 30 * time.Second}
	for {
		err := c.api.call(ctx, "setWebhook", map[string]any{
			"url": c.webhookURL(), "secret_token": c.cfg.Secret,
			"allowed_updates": wantedUpdates, "max_connections": maxConnections,
		}, nil)
		if err == nil {
			c.log.Info("webhook registered")
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		var e *apiError
		var least time.Duration
		if errors.As(err, &e) {
			least = e.retryAfter
		}
		c.log.Error("webhook not registered", "err", err, "mend", mend(c.cfg.Name, err), "again_in", max(pause.next(), least))
		if !pause.wait(ctx, least) {
			return false
		}
	}
}

// watch is what earlier inspections found, so that one trouble is told once.
type watch struct {
	foreign   bool
	pending   bool
	lastError int
}

// inspect asks Telegram how the webhook fares, logs what an operator must know, and reports whether the webhook
// is gone and has to be registered again.
func (c *Channel) inspect(ctx context.Context, w *watch) (gone bool) {
	info, err := c.WebhookInfo(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.log.Warn("webhook not looked up", "err", err, "mend", mend(c.cfg.Name, err))
		}
		return false
	}
	foreign := info.URL != "" && info.URL != c.webhookURL()
	if foreign && !w.foreign {
		// Taking it back would start a quarrel with the other program; the operator decides.
		c.log.Error("another program set this bot's webhook to another address; no updates reach this one", "mend", "stop the other program and restart, or use another bot token in channels["+c.cfg.Name+"].token")
	}
	w.foreign = foreign
	if info.URL == "" {
		c.log.Error("another program deleted this bot's webhook; registering it again", "mend", "run only one program for channels["+c.cfg.Name+"].token")
		return true
	}
	pending := info.PendingUpdateCount >= manyPending
	if pending && !w.pending {
		c.log.Warn("many updates wait at Telegram", "pending", info.PendingUpdateCount)
	}
	w.pending = pending
	if info.LastErrorDate > w.lastError {
		if w.lastError = info.LastErrorDate; time.Since(time.Unix(int64(info.LastErrorDate), 0)) < 10*watchEvery {
			c.log.Warn("Telegram could not deliver to the webhook", "said", info.LastErrorMessage, "pending", info.PendingUpdateCount)
		}
	}
	return false
}

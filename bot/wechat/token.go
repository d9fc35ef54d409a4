package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"smebot/bot"
)

// tokens hands out the account's access token. It lives in a cell that all replicas share; the platform's
// stable_token gives replicas that ask at the same time the same token, so they need no lock between them.
type tokens struct {
	client *Client
	cells  Cells
	clock  func() time.Time
	log    *slog.Logger
	busy   chan struct{} // holds one value while a goroutine looks up or fetches: others wait, and find it done
}

// tokenCell is what the cell holds.
type tokenCell struct {
	Token string    `json:"token"`
	Until time.Time `json:"until"` // when it is to be renewed
}

// get returns a token other than refused, which is one that the platform did not take, or "".
func (t *tokens) get(ctx context.Context, refused string) (string, error) {
	select {
	case t.busy <- struct{}{}:
		defer func() { <-t.busy }()
	case <-ctx.Done():
		return "", &Error{Op: "stable_token", Class: bot.Retry, Err: ctx.Err()}
	}
	if kept := t.kept(ctx); kept.Token != "" && kept.Token != refused && t.clock().Before(kept.Until) {
		return kept.Token, nil
	}
	if t.client.cfg.AppSecret == "" {
		return "", newError("stable_token", 41004)
	}
	fresh, err := t.fetch(ctx, false)
	if err == nil && fresh.Token == refused {
		// The platform hands out the token it refuses. Forcing a new one is allowed 20 times a day and ends the
		// old one for all, hence only now.
		fresh, err = t.fetch(ctx, true)
	}
	if err != nil {
		return "", err
	}
	t.keep(ctx, fresh)
	return fresh.Token, nil
}

func (t *tokens) cell() string { return "wechat.token." + t.client.cfg.AppID }

// kept returns the stored token. A store that cannot be read costs a call, not the message.
func (t *tokens) kept(ctx context.Context) tokenCell {
	raw, err := t.cells.GetValue(ctx, t.cell())
	if err != nil {
		t.log.Warn("stored access token cannot be read", "err", err)
		return tokenCell{}
	}
	var kept tokenCell
	if raw != "" && json.Unmarshal([]byte(raw), &kept) != nil {
		t.log.Warn("stored access token is damaged; a new one is fetched")
	}
	return kept
}

func (t *tokens) keep(ctx context.Context, fresh tokenCell) {
	raw, err := json.Marshal(fresh)
	if err == nil {
		err = t.cells.SetValue(ctx, t.cell(), string(raw))
	}
	if err != nil {
		t.log.Warn("access token cannot be stored", "err", err)
	}
}

// fetch asks the platform for the account's token. It lasts up to 7,200 s; the platform changes it 5 minutes
// early and takes the old one meanwhile, so that is when we ask again.
func (t *tokens) fetch(ctx context.Context, force bool) (tokenCell, error) {
	in := map[string]any{"grant_type": "client_credential", "appid": t.client.cfg.AppID, "secret": t.client.cfg.AppSecret}
	if force {
		in["force_refresh"] = true
	}
	var got struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"`
	}
	asked := t.clock()
	if err := t.client.do(ctx, http.MethodPost, "/cgi-bin/stable_token", "", in, &got); err != nil {
		return tokenCell{}, err
	}
	if got.Token == "" || got.Expires <= 0 {
		return tokenCell{}, &Error{Op: "stable_token", Class: bot.Retry, Err: errors.New("answer holds no token")}
	}
	life := time.Duration(min(got.Expires, 7200)) * time.Second
	return tokenCell{got.Token, asked.Add(life - min(5*time.Minute, life/2))}, nil
}

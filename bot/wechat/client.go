package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"smebot/bot"
)

const (
	callLimit   = 5 * time.Second // for one call of the API
	maxResponse = 1 << 20         // of the API; a menu is a few KiB
)

// Cells keeps small values for all replicas of the program: here the access token. It is a secret, and the
// store keeps it as one.
type Cells interface {
	// GetValue returns a value, "" if there is none.
	GetValue(ctx context.Context, key string) (string, error)
	// SetValue replaces a value.
	SetValue(ctx context.Context, key, value string) error
}

// Client calls the platform's API for one account. It is safe for use by many goroutines. Every fault is an
// *Error, except from Send.
type Client struct {
	cfg   Config
	http  *http.Client
	token tokens
}

var _ bot.Sender = (*Client)(nil)

// NewClient returns the API client of an account, or the faults of its configuration. Nothing is called yet.
func NewClient(cfg Config, cells Cells, o Options) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	if client.Timeout == 0 {
		client.Timeout = callLimit
	}
	// A redirect would carry the token, and on 307 the body, to another host.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{cfg: cfg, http: &client}
	c.token = tokens{client: c, cells: cells, clock: o.Clock, log: o.Log.With("channel", cfg.Name), busy: make(chan struct{}, 1)}
	return c, nil
}

// Send sends a reply as a customer message and reports a fault as a *bot.SendError. The person must have
// written within 48 hours (5 messages) or tapped a menu within a minute (3): otherwise the class is bot.Park.
func (c *Client) Send(ctx context.Context, o bot.Outgoing) error {
	err := c.SendText(ctx, o.To.User, Render(o.Reply))
	var fault *Error
	if errors.As(err, &fault) {
		return &bot.SendError{Class: fault.Class, Cause: fault.Error()}
	}
	return err
}

// SendText sends a customer message of text that is fit to be shown: Render made it. The platform has no key
// against sending twice, so a message whose answer was lost may come twice when it is tried again.
func (c *Client) SendText(ctx context.Context, openid, text string) error {
	if text == "" {
		return nil
	}
	m := map[string]any{"touser": openid, "msgtype": "text", "text": map[string]string{"content": text}}
	return c.call(ctx, http.MethodPost, "/cgi-bin/message/custom/send", m, nil)
}

// PushMenu makes m the account's menu. Clients show it within five minutes, or when the person opens the
// account again.
func (c *Client) PushMenu(ctx context.Context, m Menu) error {
	if err := m.Validate(); err != nil {
		return &Error{Op: "menu/create", Class: bot.Drop, Err: err}
	}
	return c.call(ctx, http.MethodPost, "/cgi-bin/menu/create", m, nil)
}

// Menu returns the menu the platform holds; without any, the one with no buttons.
func (c *Client) Menu(ctx context.Context) (Menu, error) {
	var got struct {
		Menu Menu `json:"menu"`
	}
	err := c.call(ctx, http.MethodGet, "/cgi-bin/menu/get", nil, &got)
	var fault *Error
	if errors.As(err, &fault) && fault.Code == codeNoMenu {
		return Menu{}, nil
	}
	return got.Menu, err
}

// Check proves that the account's app id, secret and address list let us call the API.
func (c *Client) Check(ctx context.Context) error {
	return c.call(ctx, http.MethodGet, "/cgi-bin/get_api_domain_ip", nil, nil)
}

// call makes one API call with the access token. If the platform does not know the token, it is renewed once
// and the call made once more.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	token, err := c.token.get(ctx, "")
	if err != nil {
		return err
	}
	err = c.do(ctx, method, path, token, in, out)
	var fault *Error
	if !errors.As(err, &fault) || !staleToken[fault.Code] {
		return err
	}
	if token, err = c.token.get(ctx, token); err != nil {
		return err
	}
	return c.do(ctx, method, path, token, in, out)
}

// do makes one request and reads the errcode, which comes with status 200. Neither the address nor the body of
// a request gets into an error: both hold secrets.
func (c *Client) do(ctx context.Context, method, path, token string, in, out any) error {
	op := path[len("/cgi-bin/"):]
	fail := func(class bot.SendClass, err error) error { return &Error{Op: op, Class: class, Err: err} }
	var body io.Reader
	if in != nil {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false) // links in a text must arrive as they are
		if err := enc.Encode(in); err != nil {
			return fail(bot.Drop, errors.New("request cannot be written as JSON"))
		}
		body = &b
	}
	address := c.cfg.apiBase() + path
	if token != "" {
		address += "?access_token=" + url.QueryEscape(token)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return fail(bot.Config, errors.New("api_base makes no usable address"))
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // u itself prints the address, and with it the token
		}
		return fail(bot.Retry, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return fail(bot.Retry, fmt.Errorf("HTTP status %d", resp.StatusCode))
	case resp.StatusCode != http.StatusOK:
		return fail(bot.Config, fmt.Errorf("HTTP status %d: api_base is not the platform's API", resp.StatusCode))
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse))
	if err != nil {
		return fail(bot.Retry, errors.New("answer broke off"))
	}
	return readAnswer(op, raw, out)
}

// readAnswer turns an errcode into an error, and otherwise fills out.
func readAnswer(op string, raw []byte, out any) error {
	var status struct {
		Code int `json:"errcode"`
	}
	if err := json.Unmarshal(raw, &status); err != nil {
		return &Error{Op: op, Class: bot.Retry, Err: errors.New("answer is not JSON")}
	}
	if status.Code != 0 {
		return newError(op, status.Code)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return &Error{Op: op, Class: bot.Retry, Err: errors.New("answer has an unknown form")}
	}
	return nil
}

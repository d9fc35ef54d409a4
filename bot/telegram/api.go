package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/go-telegram/bot/models"
)

// api calls methods of the Bot API with JSON bodies. The library's own client is not used for it: that one
// sends a copy_text on every button, reads answers without a limit and puts whole pages into its errors.
type api struct {
	base   string // up to and without the method's name; holds the token
	client *http.Client
	hide   *strings.Replacer // takes token and secret out of texts
}

// apiError is an answer of the platform that is not a success, or not an answer at all. Its text is short and
// free of secrets.
type apiError struct {
	method     string
	code       int           // error_code, or the HTTP status where the body holds none; 0: no answer came
	text       string        // description, cleaned
	retryAfter time.Duration // parameters.retry_after, 0 if absent
	migrated   bool          // parameters.migrate_to_chat_id is set
	doubtful   bool          // status 200 with a body that is not the API's: the call may have been carried out
}

// Error implements error.
func (e *apiError) Error() string {
	if e.code == 0 {
		return e.method + ": " + e.text
	}
	return fmt.Sprintf("%s: %d %s", e.method, e.code, e.text)
}

const (
	callLimit  = 15 * time.Second // of one call but getUpdates
	answerSize = 1 << 20          // bytes read of an answer; updatesSize for getUpdates, whose 100 updates may be long
	// updatesSize leaves 160 KiB for each of 100 updates.
	updatesSize = 16 << 20
)

func newAPI(cfg Config, client *http.Client) *api {
	own := http.Client{}
	if client != nil {
		own = *client
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext
		t.TLSHandshakeTimeout = 5 * time.Second
		t.MaxIdleConnsPerHost = 32 // the default of 2 would dial anew for most parallel sends
		own.Transport = t
	}
	// A redirect would carry the token, which is in the path, to wherever it points.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	hide := []string{cfg.Token, "***", url.QueryEscape(cfg.Token), "***", url.PathEscape(cfg.Token), "***"}
	if cfg.Secret != "" {
		hide = append(hide, cfg.Secret, "***")
	}
	return &api{base: cfg.APIBase + "/bot" + cfg.Token + "/", client: &own, hide: strings.NewReplacer(hide...)}
}

// call runs one method. result may be nil. Every error is an *apiError.
func (a *api) call(ctx context.Context, method string, params, result any) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return a.do(ctx, method, params, result, answerSize)
}

func (a *api) do(ctx context.Context, method string, params, result any, limit int64) error {
	fail := func(text string) *apiError { return &apiError{method: method, text: a.clean(text)} }
	body, err := json.Marshal(params)
	if err != nil {
		return fail(err.Error())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.base+method, bytes.NewReader(body))
	if err != nil {
		return fail("the address of the API cannot be used") // the error's text holds the URL
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.client.Do(req)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err // without the URL, which holds the token
		}
		return fail(err.Error())
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		e := fail("answer broke off: " + err.Error())
		e.doubtful = resp.StatusCode == http.StatusOK
		return e
	}
	return a.read(method, resp.StatusCode, data, limit, result)
}

// read takes an answer apart.
func (a *api) read(method string, status int, data []byte, limit int64, result any) error {
	var answer struct {
		OK          bool            `json:"ok"`
		Result      json.RawMessage `json:"result"`
		ErrorCode   int             `json:"error_code"`
		Description string          `json:"description"`
		Parameters  struct {
			RetryAfter int64 `json:"retry_after"`
			MigrateTo  int64 `json:"migrate_to_chat_id"`
		} `json:"parameters"`
	}
	e := &apiError{method: method, code: status}
	err := json.Unmarshal(data, &answer)
	switch {
	case int64(len(data)) > limit:
		e.text = "answer is too long"
		e.doubtful = status == http.StatusOK
		return e
	case err != nil:
		e.text = a.clean("answer is not the API's: " + string(data))
		e.doubtful = status == http.StatusOK
		return e
	case !answer.OK:
		if answer.ErrorCode != 0 {
			e.code = answer.ErrorCode
		}
		e.text = a.clean(answer.Description)
		if i := strings.Index(e.text, "can't parse entities"); i >= 0 {
			e.text = e.text[:i] + "can't parse entities" // what follows quotes the message
		}
		// A figure below zero or beyond a day is nobody's honest wish.
		e.retryAfter = time.Duration(min(max(answer.Parameters.RetryAfter, 0), 24*60*60)) * time.Second
		e.migrated = answer.Parameters.MigrateTo != 0
		return e
	case status != http.StatusOK:
		e.text = "success under a strange status"
		return e
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Result, result); err != nil {
		e.text = "result has an unknown form"
		e.doubtful = true
		return e
	}
	return nil
}

// clean makes a foreign text fit for a log: without our secrets, control characters and line ends, at most 200
// bytes.
func (a *api) clean(s string) string {
	s = a.hide.Replace(s) // before any cut, which could leave half a token
	s = strings.ToValidUTF8(s[:min(len(s), 1000)], "")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:197], "") + "…"
	}
	return s
}

// GetMe asks Telegram who the bot is. It is the cheapest proof that address and token work.
func (c *Channel) GetMe(ctx context.Context) (models.User, error) {
	var me models.User
	err := c.api.call(ctx, "getMe", struct{}{}, &me)
	return me, err
}

// WebhookInfo asks Telegram what it knows of the bot's webhook; its URL is empty if there is none.
func (c *Channel) WebhookInfo(ctx context.Context) (models.WebhookInfo, error) {
	var raw json.RawMessage
	var info models.WebhookInfo
	if err := c.api.call(ctx, "getWebhookInfo", struct{}{}, &raw); err != nil {
		return info, err
	}
	// Stand-ins of the API that do not know the method answer true: that is no webhook.
	if err := json.Unmarshal(raw, &info); err != nil && string(raw) != "true" {
		return info, &apiError{method: "getWebhookInfo", code: http.StatusOK, text: "result has an unknown form"}
	}
	info.LastErrorMessage = c.api.clean(info.LastErrorMessage)
	return info, nil
}

// backOff gives growing pauses from first to most.
type backOff struct {
	first, most time.Duration
	last        time.Duration
}

// wait sleeps for the next pause, at least for least, and reports whether ctx still lives.
func (b *backOff) wait(ctx context.Context, least time.Duration) bool {
	b.last = min(max(2*b.last, b.first), b.most)
	return sleep(ctx, max(b.last+rand.N(b.last/10+1), least))
}

// next returns the pause that wait will take, without its random tenth.
func (b *backOff) next() time.Duration { return min(max(2*b.last, b.first), b.most) }

func (b *backOff) reset() { b.last = 0 }

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"smebot/bot"
)

const (
	callLimit  = 10 * time.Second // for one announcement
	answerSize = 64 << 10         // bytes read of an answer; a robot's is under 200
)

// poster posts JSON to an address that is a secret.
type poster struct {
	name string // of the place, for what to mend
	url  string
	http *http.Client
}

func newPoster(c Config, o Options) poster {
	own := http.Client{}
	if o.Client != nil {
		own = *o.Client
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone() // with the proxy of the environment
		t.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext
		t.TLSHandshakeTimeout = 5 * time.Second
		own.Transport = t
	}
	if own.Timeout == 0 {
		own.Timeout = callLimit
	}
	// A redirect would carry the announcement, and on 307 the signature, to another host.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return poster{c.Name, c.URL, &own}
}

// send posts a body and returns the answer of status 2xx. Any other end is a *bot.SendError without the address.
func (p poster) send(ctx context.Context, address string, body []byte, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, p.fail(bot.Config, "the address cannot be used: check %s", "url") // the error's own text holds it
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "smebot")
	resp, err := p.http.Do(req)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err // without the address
		}
		return nil, &bot.SendError{Class: bot.Retry, Cause: "no answer: " + short(err.Error())}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerSize))
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests:
		return nil, &bot.SendError{Class: bot.Wait, After: retryAfter(resp.Header), Cause: "HTTP status 429: too many messages"}
	case s >= 500 || s == http.StatusRequestTimeout:
		return nil, &bot.SendError{Class: bot.Retry, After: retryAfter(resp.Header), Cause: fmt.Sprintf("HTTP status %d", s)}
	case s >= 300 && s < 400:
		return nil, p.fail(bot.Config, "HTTP status %d: the address points elsewhere; put the final one into %s", s, "url")
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return nil, p.fail(bot.Config, "HTTP status %d: check %s and %s", s, "url", "secret")
	case s == http.StatusNotFound || s == http.StatusGone || s == http.StatusMethodNotAllowed:
		return nil, p.fail(bot.Config, "HTTP status %d: check %s", s, "url")
	case s >= 400:
		return nil, &bot.SendError{Class: bot.Drop, Cause: fmt.Sprintf("HTTP status %d: the announcement is refused", s)}
	case err != nil:
		return nil, &bot.SendError{Class: bot.Retry, Cause: "answer broke off"}
	}
	return answer, nil
}

// fail makes an error whose string arguments are the names of settings.
func (p poster) fail(class bot.SendClass, format string, args ...any) *bot.SendError {
	for i, a := range args {
		if setting, ok := a.(string); ok {
			args[i] = "notify[" + p.name + "]." + setting
		}
	}
	return &bot.SendError{Class: class, Cause: fmt.Sprintf(format, args...)}
}

// retryAfter reads the header of that name as seconds; 0 if it is absent or absurd.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 || n > 3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// short bounds what a system says.
func short(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return s
}

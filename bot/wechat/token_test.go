package wechat

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

func TestTokenIsSharedAndRenewedInTime(t *testing.T) {
	r := newRig(t)
	must := func(c *Client) {
		t.Helper()
		if err := c.SendText(t.Context(), user, "x"); err != nil {
			t.Fatal(err)
		}
	}
	must(r.Client)
	must(r.Client)
	other := r.another(t)
	must(other)
	if n := r.api.count(tokenPath); n != 1 {
		t.Errorf("%d token calls of two replicas", n)
	}
	r.now = noon.Add(7200*time.Second - 5*time.Minute - time.Second)
	must(r.Client)
	if n := r.api.count(tokenPath); n != 1 {
		t.Errorf("renewed before its time: %d calls", n)
	}
	r.now = noon.Add(7200*time.Second - 5*time.Minute)
	must(r.Client)
	must(other)
	if n := r.api.count(tokenPath); n != 2 {
		t.Errorf("%d token calls after its time", n)
	}
	// A life of 5 minutes must not mean a token call for every message.
	r.api.life = 300
	r.now = r.now.Add(2 * time.Hour)
	before := r.api.count(tokenPath)
	must(r.Client)
	must(r.Client)
	if n := r.api.count(tokenPath) - before; n != 1 {
		t.Errorf("%d token calls for a short-lived token", n)
	}
}

func TestManyCallsFetchOneToken(t *testing.T) {
	r := newRig(t)
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if err := r.SendText(t.Context(), user, "x"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := r.api.count(tokenPath); n != 1 {
		t.Errorf("%d token calls", n)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	for _, code := range []int{40001, 40014, 42001} {
		r := newRig(t)
		r.SendText(t.Context(), user, "x")
		r.api.script[sendPath] = []int{code}
		if err := r.SendText(t.Context(), user, "y"); err != nil || len(r.api.sent) != 2 || r.api.count(tokenPath) != 2 || r.api.forced != 0 {
			t.Errorf("%d: %v, %d sent, %d token calls, %d forced", code, err, len(r.api.sent), r.api.count(tokenPath), r.api.forced)
		}
		r.api.script[sendPath] = []int{code, code, code, code}
		before := r.api.count(sendPath)
		err := r.SendText(t.Context(), user, "z")
		var fault *Error
		if !errors.As(err, &fault) || fault.Code != code || fault.Class != bot.Config || r.api.count(sendPath)-before != 2 {
			t.Errorf("%d for good: %v after %d calls", code, err, r.api.count(sendPath)-before)
		}
	}
}

// The platform may hand out the very token it refuses; only then a new one is forced.
func TestSameTokenAgainIsForced(t *testing.T) {
	r := newRig(t)
	r.cells.values["wechat.token."+goodConfig.AppID] = `{"token":"STALE","until":"2026-11-22T13:00:00Z"}`
	r.api.token = "STALE"
	r.api.script[sendPath] = []int{48001} // proves that the stored token is used
	if err := r.SendText(t.Context(), user, "x"); err == nil || r.api.count(tokenPath) != 0 {
		t.Fatalf("%v, %d token calls", err, r.api.count(tokenPath))
	}
	saying := *r.Client
	var n int
	saying.http = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		n++
		if n == 1 { // the send: refused, though the token stays what stable_token gives
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"errcode":40001}`))}, nil
		}
		return http.DefaultTransport.RoundTrip(req)
	})}
	saying.token.client = &saying
	if err := saying.SendText(t.Context(), user, "x"); err != nil || r.api.forced != 1 || r.api.count(tokenPath) != 2 {
		t.Errorf("%v, %d forced of %d token calls", err, r.api.forced, r.api.count(tokenPath))
	}
}

// A store that fails costs token calls, not messages; a damaged cell is replaced.
func TestTokenWithoutItsCell(t *testing.T) {
	r := newRig(t)
	r.cells.broken = errors.New("store is gone")
	if err := r.SendText(t.Context(), user, "x"); err != nil {
		t.Error(err)
	}
	r.cells.broken = nil
	r.cells.values["wechat.token."+goodConfig.AppID] = "{"
	if err := r.SendText(t.Context(), user, "x"); err != nil || !strings.Contains(r.cells.values["wechat.token."+goodConfig.AppID], "TOKEN") {
		t.Errorf("%v, cell %q", err, r.cells.values)
	}
	if strings.Contains(r.log.String(), "TOKEN-CANARY") {
		t.Error("the log holds a token")
	}
}

// One slow call must not hold up another that has given up waiting for the token.
func TestWaitingForATokenHeedsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		slow := &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
			select {
			case <-release:
			case <-req.Context().Done():
			}
			return nil, errors.New("CANARY")
		})}
		c, err := NewClient(goodConfig, &cells{values: map[string]string{}}, Options{Client: slow, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		first := make(chan error, 1)
		go func() { first <- c.Check(context.Background()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		var fault *Error
		if err := c.Check(ctx); !errors.As(err, &fault) || !fault.Retryable() || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		// The first gives up by the client's own limit.
		if err := <-first; !errors.As(err, &fault) || !fault.Retryable() || time.Since(began) != callLimit {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		close(release)
	})
}

package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smebot/bot"
)

func TestPollingConfirmsOnlyWhatWasStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box, cell := newFakeAPI(), &inbox{}, &cells{}
		open := make(chan struct{})
		box.fail = func(bot.Message) error { <-open; return nil }
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Cells: cell}))
		api.text(1, "第一")
		api.text(2, "第二")
		synctest.Wait()
		time.Sleep(10 * time.Second)
		if api.pending() != 2 || cell.get() != "" {
			t.Error("confirmed before the handler returned")
		}
		if n := len(api.of("getUpdates")); n != 1 {
			t.Errorf("asked %d times meanwhile", n)
		}
		close(open)
		synctest.Wait()
		if api.pending() != 0 {
			t.Error("not confirmed after the handler returned")
		}
		if !strings.Contains(cell.get(), `"next":1002`) {
			t.Errorf("offset kept as %s", cell.get())
		}
		stop()
	})
}

func TestPollingTakesUpWhatAKillLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box, cell := newFakeAPI(), &inbox{}, &cells{}
		// The first life stores nothing before it is ended, as a kill would end it.
		box.fail = func(bot.Message) error { return errors.New("killed") }
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Cells: cell}))
		api.text(1, "问")
		synctest.Wait()
		stop()
		box.failWith(nil)
		stop = running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Cells: cell}))
		synctest.Wait()
		if got := box.texts(""); !slices.Equal(got, []string{"问"}) {
			t.Errorf("stored %q", got)
		}
		api.text(1, "又问")
		synctest.Wait()
		stop()
		// The third finds the offset and asks from there: nothing comes twice.
		before := len(box.tried())
		stop = running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Cells: cell}))
		synctest.Wait()
		if len(box.tried()) != before {
			t.Error("a confirmed update came again")
		}
		calls := api.of("getUpdates")
		if got := calls[len(calls)-1].params["offset"]; got != 1002.0 {
			t.Errorf("asked from %v", got)
		}
		stop()
	})
}

func TestPollingOrderAndConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box := newFakeAPI(), &inbox{}
		open := make(chan struct{})
		box.fail = func(m bot.Message) error {
			if m.From.User == "1" && m.Text == "0" {
				<-open
			}
			return nil
		}
		var want []string
		for i := range 30 {
			want = append(want, fmt.Sprint(i))
			for chat := range int64(3) {
				api.text(chat+1, fmt.Sprint(i))
			}
		}
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{}))
		synctest.Wait()
		if got := box.texts("2"); !slices.Equal(got, want) {
			t.Errorf("another chat waits, or is out of order: %q", got)
		}
		if got := box.texts("1"); len(got) != 0 {
			t.Errorf("chat 1 went past its first update: %q", got)
		}
		close(open)
		synctest.Wait()
		if got := box.texts("1"); !slices.Equal(got, want) {
			t.Errorf("chat 1 out of order: %q", got)
		}
		stop()
	})
}

func TestPollingKeepsWhatCouldNotBeStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box := newFakeAPI(), &inbox{}
		box.fail = func(bot.Message) error { return errors.New("disk full") }
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{}))
		api.text(1, "甲")
		api.text(1, "乙")
		api.text(2, "丙")
		time.Sleep(time.Hour)
		if api.pending() != 3 {
			t.Fatalf("%d of 3 updates are left while nothing can be stored", api.pending())
		}
		if n := len(api.of("getUpdates")); n > 150 {
			t.Errorf("asked %d times in an hour without success", n)
		}
		for _, m := range box.tried() {
			if m.Text == "乙" {
				t.Fatal("the second update of a chat overtook the first")
			}
		}
		box.failWith(nil)
		time.Sleep(time.Minute)
		if got := box.texts("1"); !slices.Equal(got, []string{"甲", "乙"}) || api.pending() != 0 {
			t.Errorf("stored %q, %d pending", got, api.pending())
		}
		stop()
	})
}

func TestPollingGivesUpAPoisonedUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box, log := newFakeAPI(), &inbox{}, &logBuffer{}
		box.fail = func(m bot.Message) error {
			if m.Text == "poison" {
				panic("words of a person")
			}
			return nil
		}
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Log: log.logger()}))
		api.text(1, "poison")
		time.Sleep(10 * time.Minute)
		if api.pending() != 1 {
			t.Error("given up although nothing else showed that the store works")
		}
		for i := range 5 {
			api.text(2, fmt.Sprint(i))
			time.Sleep(time.Minute)
		}
		if api.pending() != 0 {
			t.Errorf("%d pending: the poisoned update holds up the rest", api.pending())
		}
		if got := box.texts("2"); len(got) != 5 {
			t.Errorf("others were served %d of 5 times", len(got))
		}
		if !strings.Contains(log.String(), "given up") || strings.Contains(log.String(), "words of a person") {
			t.Error("the log must tell of it, without the panic's words")
		}
		stop()
	})
}

func TestPollingBacksOff(t *testing.T) {
	for name, c := range map[string]struct {
		answer *fakeAnswer
		says   string        // in the log
		least  time.Duration // between two calls
	}{
		"another poller": {fault(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", ""), "409 Conflict: another program polls", 0},
		"webhook set":    {fault(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook", ""), "409 Conflict: another program set a webhook", 0},
		"token refused":  {fault(401, "Unauthorized", ""), "channels[tg].token", 0},
		"wait":           {fault(429, "Too Many Requests: retry after 45", `{"retry_after":45}`), "429", 45 * time.Second},
		"wait, negative": {fault(429, "Too Many Requests", `{"retry_after":-45}`), "429", 0},
		"page":           {&fakeAnswer{status: 502, body: "<html>Bad Gateway</html>"}, "502", 0},
		"half":           {&fakeAnswer{status: 200, body: `{"ok":tr`}, "not the API's", 0},
		"not a list":     {&fakeAnswer{status: 200, body: `{"ok":true,"result":true}`}, "unknown form", 0},
		"redirect":       {&fakeAnswer{status: 302, header: http.Header{"Location": {"https://elsewhere.example/"}}}, "302", 0},
		"no id":          {&fakeAnswer{status: 200, body: `{"ok":true,"result":[{"message":{}}]}`}, "update_id", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api, box, log := newFakeAPI(), &inbox{}, &logBuffer{}
				api.script("getUpdates", func(apiCall, int) *fakeAnswer { return c.answer })
				stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Log: log.logger()}))
				time.Sleep(10 * time.Minute)
				calls := api.of("getUpdates")
				if len(calls) < 5 || len(calls) > 30 {
					t.Errorf("%d calls in ten minutes", len(calls))
				}
				for i := 1; i < len(calls); i++ {
					want := max(c.least, min(time.Second<<min(i-1, 10), 30*time.Second))
					if d := calls[i].at.Sub(calls[i-1].at); d < want || d > want+want/5+time.Second {
						t.Errorf("pause %d is %v, want about %v", i, d, want)
					}
				}
				if !strings.Contains(log.String(), c.says) {
					t.Errorf("log does not say %q:\n%s", c.says, log)
				}
				api.script("getUpdates", nil)
				api.text(1, "问")
				time.Sleep(time.Minute)
				if len(box.texts("1")) != 1 {
					t.Error("did not recover")
				}
				stop()
			})
		})
	}
}

func TestPollingClearsAWebhookOnlyIfThereIsOne(t *testing.T) {
	for url, want := range map[string]int{"": 0, "https://old.example/hook": 1} {
		synctest.Test(t, func(t *testing.T) {
			api, box := newFakeAPI(), &inbox{}
			api.script("getWebhookInfo", func(apiCall, int) *fakeAnswer {
				return &fakeAnswer{status: 200, body: fmt.Sprintf(`{"ok":true,"result":{"url":%q}}`, url)}
			})
			stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{}))
			time.Sleep(time.Minute)
			stop()
			if got := len(api.of("deleteWebhook")); got != want {
				t.Errorf("webhook %q: %d deletions", url, got)
			}
		})
	}
	// A stand-in that answers true to methods it does not know has no webhook.
	synctest.Test(t, func(t *testing.T) {
		api := newFakeAPI()
		api.script("getWebhookInfo", func(apiCall, int) *fakeAnswer {
			return &fakeAnswer{status: 200, body: `{"ok":true,"result":true}`}
		})
		info, err := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{}).WebhookInfo(t.Context())
		if err != nil || info.URL != "" {
			t.Errorf("%+v, %v", info, err)
		}
	})
}

func TestPollingOffset(t *testing.T) {
	ask := func(t *testing.T, value string) any {
		api := newFakeAPI()
		stop := running(t, mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{Cells: &cells{values: map[string]string{"telegram:tg:offset": value}}}))
		synctest.Wait()
		stop()
		return api.of("getUpdates")[0].params["offset"]
	}
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().Unix()
		for _, c := range []struct {
			name, value string
			want        any
		}{
			{"fresh", fmt.Sprintf(`{"bot":4242424242,"next":500,"at":%d}`, now-3600), 500.0},
			{"of another bot", fmt.Sprintf(`{"bot":1,"next":500,"at":%d}`, now-3600), nil},
			{"after a week of silence", fmt.Sprintf(`{"bot":4242424242,"next":500,"at":%d}`, now-7*24*3600), nil},
			{"damaged", `{"bot":`, nil},
			{"none", "", nil},
		} {
			if got := ask(t, c.value); got != c.want {
				t.Errorf("%s: asked from %v, want %v", c.name, got, c.want)
			}
		}
	})
}

func TestPollingFollowsIdsThatStartAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box := newFakeAPI(), &inbox{}
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{}))
		api.text(1, "旧")
		time.Sleep(8 * 24 * time.Hour)
		api.mu.Lock()
		api.first = 17 // lower than all before
		api.mu.Unlock()
		api.text(1, "新")
		time.Sleep(time.Minute)
		if got := box.texts("1"); !slices.Equal(got, []string{"旧", "新"}) || api.pending() != 0 {
			t.Errorf("stored %q, %d pending", got, api.pending())
		}
		stop()
	})
}

func TestPollingDoesNotSpinOnAServerThatDoesNotHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newFakeAPI()
		api.script("getUpdates", func(apiCall, int) *fakeAnswer { return &fakeAnswer{status: 200, body: `{"ok":true,"result":[]}`} })
		stop := running(t, mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{}))
		time.Sleep(time.Minute)
		stop()
		if n := len(api.of("getUpdates")); n > 245 {
			t.Errorf("%d calls in a minute", n)
		}
	})
}

func TestPollingSurvivesFailingCells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box := newFakeAPI(), &inbox{}
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{Cells: &cells{fail: errors.New("locked")}}))
		api.text(1, "问")
		synctest.Wait()
		if len(box.texts("1")) != 1 || api.pending() != 0 {
			t.Error("an unreadable cell stops the polling")
		}
		stop()
	})
}

func TestPressIsAnsweredBeforeTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, box := newFakeAPI(), &inbox{}
		open := make(chan struct{})
		box.fail = func(bot.Message) error {
			<-open
			if len(box.tried()) < 3 {
				return errors.New("disk full")
			}
			return nil
		}
		// "too old" is what Telegram says after an outage; it must change nothing.
		api.script("answerCallbackQuery", func(apiCall, int) *fakeAnswer {
			return fault(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "")
		})
		stop := running(t, mustNew(t, testConfig(ModePolling), api, box.handle, Options{}))
		api.push(`{"callback_query":{"id":"77","from":{"id":5,"is_bot":false},"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"}},"data":"m2s.1"}}`)
		synctest.Wait()
		if got := api.of("answerCallbackQuery"); len(got) != 1 || got[0].params["callback_query_id"] != "77" {
			t.Errorf("answered as %v while the turn is in work", got)
		}
		close(open)
		time.Sleep(time.Minute)
		if len(box.texts("")) != 1 || api.pending() != 0 {
			t.Error("the press was not handled")
		}
		if n := len(api.of("answerCallbackQuery")); n != 1 {
			t.Errorf("answered %d times for one press that was tried again", n)
		}
		stop()
	})
}

// TestPollingOverLoopback runs the real client against the fake on a socket.
func TestPollingOverLoopback(t *testing.T) {
	api := newFakeAPI()
	srv := httptest.NewServer(api)
	defer srv.Close()
	cfg := testConfig(ModePolling)
	cfg.APIBase = srv.URL
	arrived := make(chan bot.Message, 10)
	box := &inbox{fail: func(m bot.Message) error { arrived <- m; return nil }}
	c, err := New(cfg, box.handle, Options{Log: (&logBuffer{}).logger()})
	if err != nil {
		t.Fatal(err)
	}
	stop := running(t, c)
	api.text(4503599627370497, "你好")
	select {
	case m := <-arrived:
		if m.From.User != "4503599627370497" || m.Text != "你好" || m.Key != "telegram:tg:1000" || !m.Async || !m.Leads || m.Town == "" {
			t.Errorf("got %+v", m)
		}
	case <-time.After(20 * time.Second):
		t.Error("nothing arrived")
	}
	stop() // must not wait for the held call to run out
}

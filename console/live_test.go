package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"smebot/bot"
	"smebot/store"
)

// TestPageKeepsItselfCurrent opens a lead in a real browser, types a note, and lets a colleague move the lead.
func TestPageKeepsItselfCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("needs chromium: apt-get install chromium")
	}
	w := openDesk(t)
	l := w.lead(1, bot.Telegram)
	li := w.signed("li", store.RoleAgent)
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "smebot-session", Value: li.token})
		w.server.ServeHTTP(rw, r)
	}))
	t.Cleanup(func() { w.server.Close(); front.CloseClientConnections(); front.Close() })
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)...)
	defer stop()
	ctx, cancel := chromedp.NewContext(alloc)
	defer cancel()
	ctx, cancelTime := context.WithTimeout(ctx, 90*time.Second) // a guard against hanging
	defer cancelTime()
	var typed, history string
	err := chromedp.Run(ctx,
		chromedp.EmulateViewport(360, 800),
		chromedp.Navigate(front.URL+"/console/leads/"+l.Number),
		chromedp.SendKeys(`textarea[name=note]`, "half a sentence"),
		chromedp.Poll(`performance.getEntriesByType("resource").length > 0`, nil),
		chromedp.ActionFunc(func(ctx context.Context) error {
			for w.streamsOpen() == 0 { // the browser connects when it likes
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(10 * time.Millisecond):
				}
			}
			return w.db.MoveLead(ctx, l.Number, 1, store.Contacted, "", "wu")
		}),
		chromedp.Poll(`document.getElementById("live-history").innerText.includes("wu")`, nil),
		chromedp.Value(`textarea[name=note]`, &typed),
		chromedp.Text(`#live-history`, &history),
	)
	w.must(err)
	if typed != "half a sentence" {
		t.Errorf("what was being typed is now %q", typed)
	}
	if !strings.Contains(history, "已联系") {
		t.Errorf("the history reads %q", history)
	}
}

// streamsOpen counts the pages that wait for news.
func (w *deskWorld) streamsOpen() int {
	w.server.streams.mu.Lock()
	defer w.server.streams.mu.Unlock()
	return w.server.streams.all
}

package main

import (
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// aged makes a data folder in which so many people wrote so long ago.
func aged(t *testing.T, c Config, people int, ago time.Duration) {
	t.Helper()
	then := time.Now().Add(-ago)
	db, err := store.Open(t.Context(), store.Options{Dir: c.Data, Clock: func() time.Time { return then }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		who := bot.Address{Channel: "web", Platform: bot.Web, User: newOpenID()}
		if err := db.CommitTurn(t.Context(), bot.Turn{Key: who.User, From: who, At: then, State: []byte("{}"), Talk: bot.Talk{Said: "在吗"}}); err != nil {
			t.Fatal(i, err)
		}
	}
	if _, err := db.Retain(t.Context(), c.periods(), false); err != nil { // a run by the clock of then
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// row is what the table says of a kind.
func row(out, kind string) string {
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, kind); ok {
			return strings.Join(strings.Fields(rest), " ")
		}
	}
	return ""
}

// TestRetentionCommands says yes, alone and beside a server.
func TestRetentionCommands(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			aged(t, c, 40, 100*24*time.Hour)
			if mode == "beside a server" {
				startSite(t, c)
			}
			do := func(args ...string) string {
				t.Helper()
				return must(t, "", append(append([]string{"retention"}, args...), "--data", c.Data)...)
			}
			if out := do("show"); row(out, "conversations") != "40 40 0" || !strings.Contains(out, "retention run --yes") {
				t.Errorf("show: %s", out)
			}
			if out := do("run"); row(out, "conversations") != "40 40 0" || !strings.Contains(out, "nothing was removed") || !strings.Contains(out, "more than a month") {
				t.Errorf("run after 100 days: %s", out)
			}
			if out := do("run", "--yes"); row(out, "conversations") != "40 40 40" || row(out, "words") != "40 40 40" || strings.Contains(out, "--yes") {
				t.Errorf("run with a yes: %s", out)
			}
			if out := do("show"); strings.Contains(out, "40") || strings.Contains(out, "--yes") {
				t.Errorf("show afterwards: %s", out)
			}
			db, err := store.OpenReadOnly(t.Context(), store.Options{Dir: c.Data})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			log, err := db.Audit(t.Context(), store.AuditFilter{Action: "retention"})
			if err != nil || len(log) != 1 || log[0].Actor != "operator" || !strings.Contains(log[0].Detail, "conversations: 40") {
				t.Errorf("audit: %+v, %v", log, err)
			}
		})
	}
}

// TestRetentionWaits holds a start after a long time off to the hour in which nothing may go.
func TestRetentionWaits(t *testing.T) {
	c := testConfig(t)
	aged(t, c, 40, 10*24*time.Hour)
	s := startSite(t, c)
	if err := s.retain(time.Now()); err != nil {
		t.Fatal(err)
	}
	if said := s.log.String(); !strings.Contains(said, "a run an hour from now must find the same") {
		t.Errorf("the log does not say what waits")
	}
	if out := must(t, "", "retention", "show", "--data", c.Data); row(out, "deliveries") != "40 40 0" {
		t.Errorf("something went: %s", out)
	}
}

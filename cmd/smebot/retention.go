package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"smebot/store"
)

// keepInbox is how long a delivery's key and reply, and messages that were given up, are kept: WeChat repeats within
// seconds, Telegram within a day; a week leaves room for an outage.
const keepInbox = 7 * 24 * time.Hour

// periods are how long what is kept, as the notice says.
func (c Config) periods() store.Periods {
	return store.Periods{Deliveries: keepInbox, Messages: c.Privacy.RetainMessages.Duration(), Leads: c.Privacy.RetainLeads.Duration()}
}

type retentionCmd struct {
	Show retentionShowCmd `cmd:"" help:"Say what is kept past its time. Removes nothing."`
	Run  retentionRunCmd  `cmd:"" help:"Remove now what is past its time; a running server does it every hour."`
}

type retentionShowCmd struct{}

// Run counts what is past its time.
func (retentionShowCmd) Run(e *env) error {
	return withStore(e, func(db *store.DB) error {
		kinds, err := db.Overdue(e.ctx, e.config.periods())
		if err != nil {
			return err
		}
		return printRetention(e.out, store.Retention{Kinds: kinds})
	})
}

type retentionRunCmd struct {
	Yes bool `help:"Remove all of it, also where more than one row in twenty goes or the clock has jumped. Look at 'retention show' first."`
}

// Run removes what is past its time, through the running server if there is one.
func (c *retentionRunCmd) Run(e *env) error {
	var r store.Retention
	err := withTeacher(e, func(s *remote) error { return s.call(e.ctx, "/retention/run", c.Yes, &r) },
		func(g *engine) (err error) { r, err = g.retain(e.ctx, e.config.periods(), c.Yes); return err })
	if err != nil {
		return err
	}
	return printRetention(e.out, r)
}

// retain runs the job once. What an operator said yes to stands in the audit log.
func (g *engine) retain(ctx context.Context, p store.Periods, yes bool) (store.Retention, error) {
	r, err := g.db.Retain(ctx, p, yes)
	if !yes {
		return r, err
	}
	var gone []string
	for _, k := range r.Kinds {
		if k.Gone > 0 {
			gone = append(gone, fmt.Sprintf("%s: %d", k.Kind, k.Gone))
		}
	}
	return r, errors.Join(err, g.db.Append(ctx, store.AuditEntry{Actor: "operator", Action: "retention.run", Detail: strings.Join(gone, ", ")}))
}

// printRetention says what was found and done, and what the operator can do about the rest.
func printRetention(out io.Writer, r store.Retention) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tROWS\tPAST THEIR TIME\tREMOVED")
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", k.Kind, k.All, k.Due, k.Gone)
	}
	err := w.Flush()
	if says := waits(r, time.Now()); says != "" {
		fmt.Fprintln(out, says)
	}
	return err
}

// waits says in one sentence why something past its time is still there, "" if nothing is.
func waits(r store.Retention, now time.Time) string {
	left := 0
	for _, k := range r.Kinds {
		left += k.Due - k.Gone
	}
	clock := now.Format("2006-01-02 15:04")
	switch {
	case left == 0:
		return ""
	case r.Held == store.HoldYes:
		return fmt.Sprintf("nothing was removed: by this machine's clock (%s) more than a month has passed since the last run; if the clock is right, say so with 'smebot retention run --yes', else set it", clock)
	case r.Held == store.HoldBack:
		return fmt.Sprintf("nothing was removed: this machine's clock (%s) went back; removing goes on after a day, or with 'smebot retention run --yes'", clock)
	case r.Held == store.HoldAgree:
		return fmt.Sprintf("nothing was removed: the service was off or this machine's clock (%s) jumped, so a run an hour from now must find the same; 'smebot retention run --yes' does not wait", clock)
	}
	return fmt.Sprintf("%d rows past their time are still there: of each kind one row in twenty goes in a run every hour; 'smebot retention run --yes' removes all of them now", left)
}

// retain removes what is past its time and tells the log what waits.
func (p *program) retain(now time.Time) error {
	r, err := p.engine.retain(p.ctx, p.config.periods(), false)
	if err != nil {
		return err
	}
	for _, k := range r.Kinds {
		if k.Gone > 0 {
			p.log.Info("removed what is past its time", "kind", k.Kind, "rows", k.Gone, "left", k.Due-k.Gone)
		}
	}
	if says := waits(r, now); says != "" {
		p.log.Warn("retention: " + says)
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"smebot/export"
	"smebot/store"
)

type leadsCmd struct {
	List   leadsListCmd   `cmd:"" help:"List leads, phones masked."`
	Show   leadsShowCmd   `cmd:"" help:"Show one lead whole, with its history."`
	Export leadsExportCmd `cmd:"" help:"Write leads as a file, one row a lead; it is logged."`
}

// withStore opens the store for reading, beside a running server too. A folder without a store is an error: a mistyped
// --data must not look like a service that nobody wrote to.
func withStore(e *env, f func(*store.DB) error) error {
	db, err := store.OpenReadOnly(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

// hasStore is an error when nothing serves the data folder and no store is in it, for commands that would make one.
func hasStore(e *env) error {
	if dialServer(e.ctx, e.config.Data) != nil {
		return nil
	}
	if err := withStore(e, func(*store.DB) error { return nil }); errors.Is(err, store.ErrMissing) {
		return err
	}
	return nil // opening it for writing says what is wrong
}

type leadsListCmd struct {
	Status   string `help:"Only leads in this status."`
	Platform string `help:"Only leads for this platform type."`
	Town     string `help:"Only leads of this town."`
	Limit    int    `help:"At most so many, newest first." default:"50" placeholder:"N"`
}

// Run lists leads, newest first.
func (c *leadsListCmd) Run(e *env) error {
	if c.Limit < 1 {
		return usageError{fmt.Errorf("--limit %d: want 1 or more", c.Limit)}
	}
	return withStore(e, func(db *store.DB) error {
		if err := (&filters{Status: &c.Status, Platform: &c.Platform, Town: &c.Town}).check(e, db); err != nil {
			return err
		}
		leads, err := db.Leads(e.ctx, store.LeadFilter{Status: store.Status(c.Status), Platform: c.Platform, Town: c.Town, Limit: c.Limit})
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tCREATED\tSTATUS\tPLATFORM\tTOWN\tFIRM\tCONTACT\tPHONE\tCHANNEL")
		for _, l := range leads {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Number, clock(l.Created), l.Status, l.Platform, oneLine(l.Town), oneLine(l.Firm), oneLine(l.Contact), l.Phone.Masked(), l.From.Channel)
		}
		return w.Flush()
	})
}

// clock writes a time for people: Beijing's, as in numbers, exports and the console, whatever this machine's zone.
func clock(t time.Time) string { return t.In(officeZone).Format("2006-01-02 15:04") }

// oneLine keeps what people typed from disturbing a terminal: control characters are shown as blanks.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
}

type leadsShowCmd struct {
	Number string `arg:"" help:"The lead's number, as in 20261122-7K3QWM."`
}

// Run shows one lead with its phone in clear.
func (c *leadsShowCmd) Run(e *env) error {
	return withStore(e, func(db *store.DB) error {
		l, err := db.Lead(e.ctx, strings.ToUpper(c.Number))
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("no lead %s: `smebot leads list` shows all numbers", c.Number)
		}
		if err != nil {
			return err
		}
		for _, f := range export.Values(l, officeZone) {
			fmt.Fprintf(e.out, "%-20s %s\n", f[0], oneLine(f[1]))
		}
		for _, h := range l.History {
			fmt.Fprintf(e.out, "%s  %s  %s %s\n", clock(h.At), h.Actor, h.Action, oneLine(h.Detail))
		}
		return nil
	})
}

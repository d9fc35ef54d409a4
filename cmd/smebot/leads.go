package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"smebot/store"
)

type leadsCmd struct {
	List   leadsListCmd   `cmd:"" help:"List leads, phones masked."`
	Show   leadsShowCmd   `cmd:"" help:"Show one lead whole, with its history."`
	Export leadsExportCmd `cmd:"" help:"Write all leads, phones in clear."`
}

// withLeads opens the store for reading, beside a running server too. A folder without a store holds no leads.
func withLeads(e *env, f func(*store.DB) error) error {
	db, err := store.OpenReadOnly(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if errors.Is(err, store.ErrMissing) {
		return f(nil)
	}
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

func allLeads(e *env, db *store.DB, f store.LeadFilter) ([]store.Lead, error) {
	if db == nil {
		return nil, nil
	}
	return db.Leads(e.ctx, f)
}

type leadsListCmd struct {
	Status   string `help:"Only leads in this status."`
	Platform string `help:"Only leads for this platform type."`
	Town     string `help:"Only leads of this town."`
	Limit    int    `help:"At most so many, newest first." default:"50"`
}

// Run lists leads, newest first.
func (c *leadsListCmd) Run(e *env) error {
	if c.Status != "" && !slices.Contains(store.Statuses(), store.Status(c.Status)) {
		return usageError{fmt.Errorf("no such status as %q: use one of %v", c.Status, store.Statuses())}
	}
	return withLeads(e, func(db *store.DB) error {
		leads, err := allLeads(e, db, store.LeadFilter{Status: store.Status(c.Status), Platform: c.Platform, Town: c.Town, Limit: c.Limit})
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tCREATED\tSTATUS\tPLATFORM\tTOWN\tFIRM\tCONTACT\tPHONE\tCHANNEL")
		for _, l := range leads {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Number, local(l.Created), l.Status, l.Platform, oneLine(l.Town), oneLine(l.Firm), oneLine(l.Contact), l.Phone.Masked(), l.From.Channel)
		}
		return w.Flush()
	})
}

func local(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

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
	return withLeads(e, func(db *store.DB) error {
		err := store.ErrNotFound
		var l store.Lead
		if db != nil {
			l, err = db.Lead(e.ctx, strings.ToUpper(c.Number))
		}
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("no lead %s: `smebot leads list` shows all numbers", c.Number)
		}
		if err != nil {
			return err
		}
		for _, f := range leadFields(l) {
			fmt.Fprintf(e.out, "%-20s %s\n", f[0], oneLine(f[1]))
		}
		for _, h := range l.History {
			fmt.Fprintf(e.out, "%s  %s  %s %s\n", local(h.At), h.Actor, h.Action, oneLine(h.Detail))
		}
		return nil
	})
}

// leadFields lists what a lead holds, in the order of the exports.
func leadFields(l store.Lead) [][2]string {
	abroad := "no"
	if l.Consent.Abroad {
		abroad = "yes"
	}
	return [][2]string{
		{"number", l.Number}, {"created", l.Created.UTC().Format(time.RFC3339)}, {"firm", l.Firm}, {"town", l.Town},
		{"contact", l.Contact}, {"phone", l.Phone.Reveal()}, {"platform", l.Platform}, {"need", l.Need},
		{"channel", l.From.Channel}, {"user", l.From.User}, {"consent_version", l.Consent.Version},
		{"consent_at", l.Consent.At.UTC().Format(time.RFC3339)}, {"consent_receiver", l.Consent.Receiver}, {"consent_abroad", abroad},
		{"status", string(l.Status)}, {"reason", string(l.Reason)}, {"assignee", l.Assignee}, {"organisation", l.Organisation},
		{"helped", string(l.Helped)},
	}
}

type leadsExportCmd struct {
	Format string `help:"json or csv." enum:"json,csv" default:"csv"`
}

// Run writes all leads, oldest first, to standard output.
func (c *leadsExportCmd) Run(e *env) error {
	return withLeads(e, func(db *store.DB) error {
		leads, err := allLeads(e, db, store.LeadFilter{})
		if err != nil {
			return err
		}
		for i, j := 0, len(leads)-1; i < j; i, j = i+1, j-1 {
			leads[i], leads[j] = leads[j], leads[i]
		}
		if c.Format == "json" {
			return exportJSON(e.out, leads)
		}
		return exportCSV(e.out, leads)
	})
}

func exportJSON(w io.Writer, leads []store.Lead) error {
	rows := make([]map[string]string, len(leads))
	for i, l := range leads {
		rows[i] = map[string]string{}
		for _, f := range leadFields(l) {
			rows[i][f[0]] = f[1]
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(rows)
}

// exportCSV writes what Excel opens with Chinese intact: a byte order mark first, and no cell that it would
// take for a formula.
func exportCSV(w io.Writer, leads []store.Lead) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var head []string
	for _, f := range leadFields(store.Lead{}) {
		head = append(head, f[0])
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, l := range leads {
		var row []string
		for _, f := range leadFields(l) {
			row = append(row, harmless(f[1]))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless puts a quote before what a spreadsheet would run as a formula (OWASP, CSV injection). A phone in
// E.164 begins with a plus and is kept as text by the same quote.
func harmless(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/export"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/knowledge/places"
	"smebot/store"
)

// incidentCmd makes what an operator needs when personal data got out of hand: who is concerned and how to reach
// them, and drafts of the words to them and to the authority.
type incidentCmd struct {
	Dir     string `arg:"" help:"New folder for the pack. It holds contact data: keep it as you keep the data folder."`
	Since   moment `help:"When it began: a day of Beijing's, or a time with its zone, 2026-11-25T08:00:00+08:00." required:"" placeholder:"TIME"`
	Until   moment `help:"When it ended, written alike, a day to its end; default now." placeholder:"TIME"`
	Held    bool   `help:"Everything held at the end was exposed, older leads too (a copied database)."`
	Account string `help:"Only leads that this console account had to do with in that time (a misused account)."`
	Channel string `help:"Only leads of this channel."`
	Town    string `help:"Only leads of this town, city or district, and what lies in it."`
	What    string `help:"The cause, in a sentence, for the drafts."`

	since, until time.Time
}

// Run writes the pack. The audit log says so first.
func (c *incidentCmd) Run(e *env) error {
	c.since, c.until = c.Since.begin, c.Until.end
	if c.until.IsZero() {
		c.until = time.Now()
	}
	if !c.since.Before(c.until) {
		return usageError{errors.New("incident: --since must be before --until")}
	}
	found, err := c.gather(e)
	if err != nil {
		return err
	}
	if err := os.Mkdir(c.Dir, 0o700); err != nil {
		return fmt.Errorf("the pack wants a new folder: %w", err)
	}
	if err := c.record(e, found.leads); err != nil {
		return errors.Join(err, os.Remove(c.Dir))
	}
	return c.write(e, found)
}

// record notes in the store that contact data of leads stand in the pack.
func (c *incidentCmd) record(e *env, leads []store.Lead) error {
	var numbers []string
	for _, l := range leads {
		numbers = append(numbers, l.Number)
	}
	if len(numbers) == 0 {
		return nil
	}
	return disclose(e, store.Disclosure{
		ID: rand.Text()[:10], Actor: "operator", Receiver: "当事人", Purpose: "信息安全事件通知", Format: string(export.CSV), Fields: affectedFields,
		Filters: c.since.In(officeZone).Format(time.RFC3339) + "/" + c.until.In(officeZone).Format(time.RFC3339),
	}, numbers)
}

// exposed is what an incident concerns.
type exposed struct {
	leads          []store.Lead // with data, oldest first
	erased, others int
	options        intents.Options // with what staff set in the console
}

func (c *incidentCmd) gather(e *env) (x exposed, err error) {
	err = withStore(e, func(db *store.DB) error {
		known := filters{Town: &c.Town, Channel: &c.Channel, Account: &c.Account, account: "--account"}
		if err := known.check(e, db); err != nil {
			return err
		}
		in, _ := places.ByName(c.Town)
		choices, err := db.Choices(e.ctx)
		if err != nil {
			return err
		}
		inForce, err := e.config.chosen(choices)
		if err != nil {
			e.log.Error(notChosen, "err", err)
		}
		x.options = routerOptions(inForce)
		f := store.LeadFilter{Since: c.since, Until: c.until}
		if c.Held || c.Account != "" {
			f.Since = time.Time{}
		}
		all, err := db.Leads(e.ctx, f)
		if err != nil {
			return err
		}
		touched, err := c.touched(e.ctx, db)
		if err != nil {
			return err
		}
		for _, l := range slices.Backward(all) {
			switch {
			case c.Town != "" && !lies(l.Town, c.Town, in), c.Channel != "" && l.From.Channel != c.Channel, c.Account != "" && !touched[l.Number]:
			case l.From.User == "":
				x.erased++
			default:
				x.leads = append(x.leads, l)
			}
		}
		if c.Account == "" && c.Town == "" && c.Channel == "" { // a conversation tells none of these
			x.others, err = db.OnlyTalked(e.ctx, f.Since)
		}
		return err
	})
	return x, err
}

// lies reports whether a lead's town is the one asked for, or lies in it.
func lies(town, asked string, in places.Place) bool {
	at, known := places.ByName(town)
	return town == asked || known && in != (places.Place{}) && at.Within(in)
}

// touched are the numbers of the leads that the account had to do with, by the audit log.
func (c *incidentCmd) touched(ctx context.Context, db *store.DB) (map[string]bool, error) {
	numbers := map[string]bool{}
	if c.Account == "" {
		return numbers, nil
	}
	f := store.AuditFilter{Actor: c.Account, Since: c.since, Until: c.until, Limit: 500}
	for {
		page, err := db.Audit(ctx, f)
		if err != nil || len(page) == 0 {
			return numbers, err
		}
		for _, a := range page {
			numbers[a.Subject], numbers[a.Detail] = true, true
		}
		f.Before = page[len(page)-1].Seq
	}
}

func (c *incidentCmd) write(e *env, x exposed) error {
	opt := x.options
	people, channels, towns := map[bot.Address]bool{}, map[string]int{}, map[string]int{}
	for _, l := range x.leads {
		people[l.From] = true
		channels[l.From.Channel]++
		towns[l.Town]++
	}
	about := intents.Incident{Period: clock(c.since) + " — " + clock(c.until), What: c.What, Leads: len(x.leads), People: len(people), Erased: x.erased, Others: x.others,
		Split: counted("渠道", channels) + counted("镇街", towns)}
	for name, words := range map[string]string{
		"report.md": opt.IncidentReport(knowledge.Simplified, about), "notice-zh.txt": opt.IncidentNotice(knowledge.Simplified, about), "notice-en.txt": opt.IncidentNotice(knowledge.English, about),
	} {
		if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(words), 0o600); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(c.Dir, "affected.csv"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(affectedCSV(f, x.leads), f.Close()); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%d leads of %d people, %d erased before, %d people with a conversation only: %s\n", about.Leads, about.People, about.Erased, about.Others, c.Dir)
	return nil
}

func counted(name string, n map[string]int) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintf(&b, "- %s %s：%d\n", name, oneLine(k), n[k])
	}
	return b.String()
}

// affectedFields are the columns of affected.csv, besides the kinds of data that each lead holds.
var affectedFields = []string{"number", "created", "town", "platform", "firm", "contact", "phone", "extension", "channel"}

// affectedCSV lists the leads concerned, what each holds, and how its person is reached.
func affectedCSV(w io.Writer, leads []store.Lead) error {
	table, err := export.NewTable(w, append(slices.Clone(affectedFields), "kinds"))
	if err != nil {
		return err
	}
	for _, l := range leads {
		kinds := []string{"phone"}
		for name, v := range map[string]string{"firm": l.Firm, "contact": l.Contact, "need": l.Need, "account": l.From.User} {
			if v != "" {
				kinds = append(kinds, name)
			}
		}
		slices.Sort(kinds)
		row := []string{l.Number, clock(l.Created), l.Town, l.Platform, l.Firm, l.Contact, l.Phone.Reveal(), l.Extension, l.From.Channel, strings.Join(kinds, " ")} // to tell its owner
		if err := table.Row(row); err != nil {
			return err
		}
	}
	return table.Flush()
}

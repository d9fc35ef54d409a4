package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"smebot/console"
	"smebot/export"
	"smebot/store"
)

type leadsExportCmd struct {
	Format   string `help:"csv or xlsx for people, json for programs." enum:"json,csv,xlsx" default:"csv"`
	Columns  string `help:"Names of the columns with commas between them, or all. Default: for csv and xlsx what a list needs, for json all." placeholder:"NAMES"`
	Purpose  string `help:"What the file is for. It stands in the file and in the log." placeholder:"WORDS"`
	Receiver string `help:"Whom the file is for." default:"本单位" placeholder:"WORDS"`
	Lang     string `help:"Language of heads and values in csv and xlsx." enum:"zh,en" default:"zh"`

	View     string `help:"Only leads of one of the work list's views: new, due, late, call or open."`
	Status   string `help:"Only leads in this status."`
	Platform string `help:"Only leads for this platform type."`
	Town     string `help:"Only leads of this town."`
	Channel  string `help:"Only leads of this channel."`
	Assignee string `help:"Only leads of this account; - for those of nobody."`
	Days     int    `help:"Only leads made at least so many days ago."`
	Text     string `help:"Only leads that hold these words, or this whole phone number."`
}

// notStated stands for the purpose of an export that none was given for.
const notStated = "not stated"

// work is what the flags choose.
func (c *leadsExportCmd) work(e *env) (store.Work, error) {
	views := []store.View{store.ViewNew, store.ViewDue, store.ViewLate, store.ViewCall, store.ViewAnswered, store.ViewOpen}
	switch {
	case c.View != "" && !slices.Contains(views, store.View(c.View)):
		return store.Work{}, usageError{fmt.Errorf("no such view as %q: use one of %v", c.View, views)}
	case c.Days < 0:
		return store.Work{}, usageError{fmt.Errorf("--days %d: want 0 or more", c.Days)}
	}
	err := withStore(e, func(db *store.DB) error {
		f := filters{Status: &c.Status, Platform: &c.Platform, Town: &c.Town, Channel: &c.Channel, Account: &c.Assignee, account: "--assignee"}
		return f.check(e, db)
	})
	return store.Work{View: store.View(c.View), Status: store.Status(c.Status), Platform: c.Platform, Town: c.Town, Channel: c.Channel,
		Assignee: c.Assignee, Days: c.Days, Text: c.Text}, err
}

// spec is what the file holds.
func (c *leadsExportCmd) spec() (export.Spec, error) {
	// Whoever may run this holds the data folder; a list to telephone by is what the command is used for.
	s := export.Spec{Format: export.Format(c.Format), Fields: slices.DeleteFunc(export.Fields(), func(f string) bool {
		return f != "phone" && !slices.Contains(export.DefaultFields(), f)
	})}
	switch {
	case c.Columns == "" && s.Format == export.JSON, c.Columns == "all":
		s.Fields = export.Fields()
	case c.Columns != "":
		s.Fields = strings.FieldsFunc(c.Columns, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if err := s.Check(); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// Run writes leads, oldest first, to standard output. What is given out is recorded before.
func (c *leadsExportCmd) Run(e *env) error {
	w, err := c.work(e)
	if err != nil {
		return err
	}
	s, err := c.spec()
	if err != nil {
		return err
	}
	if f, ok := e.out.(*os.File); ok && s.Format == export.XLSX {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
			return usageError{errors.New("a workbook cannot be shown here: write it to a file, as in > leads.xlsx")}
		}
	}
	if s.Format != export.JSON {
		s.Words = console.ExportWords(c.Lang)
	}
	purpose := strings.TrimSpace(c.Purpose)
	if purpose == "" {
		purpose = notStated
		if s.Format != export.JSON {
			fmt.Fprintln(e.errs, `the purpose is logged as "not stated": say what the file is for with --purpose "…"`)
		}
	}
	s.Note = export.Note{ID: rand.Text()[:10], At: time.Now(), Actor: "operator", Receiver: c.Receiver, Purpose: purpose, Filters: export.Filters(w, s.Words)}
	var numbers []string
	if err := withStore(e, func(db *store.DB) (err error) {
		numbers, err = chosenLeads(e, db, w)
		return err
	}); err != nil {
		return err
	}
	g := store.Disclosure{ID: s.Note.ID, Actor: s.Note.Actor, Receiver: c.Receiver, Purpose: purpose, Format: c.Format, Fields: s.Fields, Filters: export.Filters(w, nil)}
	if len(numbers) > 0 {
		if err := disclose(e, g, numbers); err != nil {
			return fmt.Errorf("the export cannot be recorded, so nothing was written: %w", err)
		}
	}
	return withStore(e, func(db *store.DB) error { return exportLeads(e, db, numbers, s) })
}

// chosenLeads are the numbers that a filter chooses, oldest first.
func chosenLeads(e *env, db *store.DB, w store.Work) ([]string, error) {
	numbers, err := db.Chosen(e.ctx, w)
	slices.Reverse(numbers)
	return numbers, err
}

// exportLeads writes the file to standard output as it goes.
func exportLeads(e *env, db *store.DB, numbers []string, s export.Spec) (err error) {
	if s.Format == export.XLSX {
		var remove func() error
		if s.Temp, remove, err = db.TempDir(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remove()) }()
	}
	_, err = export.Write(e.ctx, e.out, db, numbers, s, func(done int) { progress(e, "leads", done, len(numbers)) })
	return err
}

// disclose records an export: through the running server, or in the store that none holds.
func disclose(e *env, g store.Disclosure, numbers []string) error {
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		var n int
		return s.call(e.ctx, "/leads/disclose", controlDisclosure{g, numbers}, &n)
	}
	db, err := store.Open(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if err != nil {
		return err
	}
	return errors.Join(db.Disclose(e.ctx, g, numbers), db.Close())
}

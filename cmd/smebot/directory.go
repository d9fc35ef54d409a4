package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"smebot/directory"
	"smebot/knowledge/places"
	"smebot/store"
)

type directoryCmd struct {
	Import   directoryImportCmd   `cmd:"" help:"Import lists of organisations (.csv .xlsx), all or nothing."`
	List     directoryListCmd     `cmd:"" help:"List the organisations."`
	Check    directoryCheckCmd    `cmd:"" help:"Look for faults in files, or for old and missing entries in the directory."`
	Remove   directoryRemoveCmd   `cmd:"" help:"Remove organisations."`
	Template directoryTemplateCmd `cmd:"" help:"Print the head of a list, as CSV."`
	Unmet    directoryUnmetCmd    `cmd:"" help:"What was looked for and is not in the directory, by town and platform."`
}

// loadDirectory puts the stored organisations to use.
func (g *engine) loadDirectory(ctx context.Context) error {
	version, err := g.db.DirectoryVersion(ctx)
	if err != nil {
		return err
	}
	list, err := g.db.Organisations(ctx, "", "")
	if err != nil {
		return err
	}
	if n := g.offices.Load(list); n > 0 {
		g.log.Warn("organisations are left out: their town or platform is not known any more; see `smebot directory check`", "count", n)
	}
	g.officesAt.Store(version)
	return nil
}

// refreshDirectory reads the organisations again if another replica changed them.
func (g *engine) refreshDirectory(ctx context.Context) error {
	version, err := g.db.DirectoryVersion(ctx)
	if err != nil || version == g.officesAt.Load() {
		return err
	}
	return g.loadDirectory(ctx)
}

// saveOrganisations stores an import and puts it to use at once.
func (g *engine) saveOrganisations(ctx context.Context, list []store.Organisation) (store.Saved, error) {
	done, err := g.db.SaveOrganisations(ctx, list)
	if err == nil {
		err = g.loadDirectory(ctx)
	}
	return done, err
}

func (g *engine) removeOrganisations(ctx context.Context, ids []string) error {
	if err := g.db.RemoveOrganisations(ctx, ids); err != nil {
		return err
	}
	return g.loadDirectory(ctx)
}

// warnTowns tells of channels whose default town the directory cannot be asked about.
func warnTowns(c Config, log *slog.Logger) {
	for _, ch := range c.Channels {
		if _, ok := places.Known(ch.Town); ch.Town != "" && !ok {
			log.Warn("the channel's town is no known place, so the bot cannot say who is near: write it whole, as 中山市古镇镇", "channel", ch.Name, "town", ch.Town)
		}
	}
}

// changeDirectory asks the running server, or opens the store when none runs.
func changeDirectory(e *env, there func(*remote) error, here func(*store.DB) error) error {
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		return there(s)
	}
	db, err := store.Open(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if err != nil {
		return err
	}
	return errors.Join(here(db), db.Close())
}

type directoryImportCmd struct {
	Files []string `arg:"" help:"Lists, .csv or .xlsx; a single - reads standard input."`
	listDefaults
}

// listDefaults are for lines that do not say them. Checking takes the same as importing, so that both find the same.
type listDefaults struct {
	Source string `help:"Where the lists come from, for lines that do not say." placeholder:"WORDS"`
	Date   string `help:"When the lists were true, for lines that do not say." placeholder:"2026-10-31"`
}

// Run reads all files first and reports every fault in them; with any, nothing is imported.
func (c *directoryImportCmd) Run(e *env) error {
	list, err := c.read(e, c.Files)
	if err != nil {
		return err
	}
	var done store.Saved
	err = changeDirectory(e, func(s *remote) error { return s.call(e.ctx, "/directory/save", list, &done) },
		func(db *store.DB) (err error) { done, err = db.SaveOrganisations(e.ctx, list); return err })
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%d added, %d changed, %d as they were\n", done.Added, done.Changed, done.Same)
	return nil
}

func (c *listDefaults) read(e *env, files []string) ([]store.Organisation, error) {
	if c.Date != "" {
		if _, err := time.Parse("2006-01-02", c.Date); err != nil {
			return nil, usageError{fmt.Errorf("--date %s is no date: write it as 2026-10-31", c.Date)}
		}
	}
	now := time.Now()
	d := directory.Defaults{Source: c.Source, Date: c.Date, Batch: batchName(now), Now: now}
	return readLists(e, files, d)
}

// batchName names an import by its time, to the second.
func batchName(now time.Time) string { return now.UTC().Format("20060102T150405Z") }

// maxFaultLines is how many faults of one file are printed; more are counted.
const maxFaultLines = 100

// readLists reads files; the error holds a line for every fault.
func readLists(e *env, files []string, d directory.Defaults) ([]store.Organisation, error) {
	var all []store.Organisation
	var faults []error
	for _, f := range files {
		data, name, err := readList(e, f)
		if err != nil {
			return nil, err
		}
		list, bad := directory.Parse(data, d)
		for i, b := range bad {
			if i == maxFaultLines {
				faults = append(faults, fmt.Errorf("%s: and %d more", name, len(bad)-i))
				break
			}
			faults = append(faults, errors.New(name+": "+oneLine(b.Words(false))))
		}
		all = append(all, list...)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("nothing was imported:\n%w", errors.Join(faults...))
	}
	return all, nil
}

// readList reads one file, no further than a list may be long.
func readList(e *env, path string) ([]byte, string, error) {
	if path == "-" {
		b, err := io.ReadAll(io.LimitReader(e.in, directory.MaxBytes+1))
		return b, "standard input", err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	b, err := io.ReadAll(io.LimitReader(f, directory.MaxBytes+1))
	return b, filepath.Base(path), errors.Join(err, f.Close())
}

type directoryListCmd struct {
	Town     string `help:"Only those of this town, city or district, and what lies in it."`
	Platform string `help:"Only those of this platform type." placeholder:"SLUG"`
	Format   string `help:"table, or csv to edit and import again." enum:"table,csv" default:"table"`
}

// Run lists organisations by town, platform and name.
func (c *directoryListCmd) Run(e *env) error {
	in, err := placeFlag(c.Town)
	if err != nil {
		return err
	}
	return withStore(e, func(db *store.DB) error {
		list, err := organisationsIn(e, db, in, c.Platform)
		if err != nil {
			return err
		}
		if c.Format == "csv" {
			return directory.Write(e.out, list)
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tTOWN\tPLATFORM\tNAME\tCONTACT\tADDRESS\tHOURS\tDATE\tSOURCE")
		for _, o := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.Town, o.Platform, oneLine(o.Name), oneLine(o.Contact), oneLine(o.Address), oneLine(o.Hours), o.Date, oneLine(o.Source))
		}
		return w.Flush()
	})
}

// placeFlag reads the value of --town: the zero Place for none.
func placeFlag(said string) (places.Place, error) {
	if said == "" {
		return places.Place{}, nil
	}
	switch found := places.Find(said); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return places.Place{}, usageError{fmt.Errorf("--town %s is no known place of Guangdong: write it whole, as 中山市古镇镇", said)}
	default:
		var names []string
		for _, p := range found {
			names = append(names, p.Full())
		}
		return places.Place{}, usageError{fmt.Errorf("--town %s may be any of %s: write it whole", said, strings.Join(names, " "))}
	}
}

// organisationsIn returns the organisations of a place and what lies in it; the zero Place is everywhere.
func organisationsIn(e *env, db *store.DB, in places.Place, platform string) ([]store.Organisation, error) {
	if slugs, _ := directory.Platforms(); platform != "" && !slices.Contains(slugs, platform) {
		return nil, usageError{fmt.Errorf("no platform type %s: use one of %s", platform, strings.Join(slugs, " "))}
	}
	list, err := db.Organisations(e.ctx, "", platform)
	if in == (places.Place{}) {
		return list, err
	}
	return slices.DeleteFunc(list, func(o store.Organisation) bool {
		at, ok := places.ByName(o.Town)
		return !ok || !at.Within(in)
	}), err
}

type directoryCheckCmd struct {
	Files []string `arg:"" optional:"" help:"Lists to check without importing them; none checks the directory."`
	listDefaults
}

// oldAfter is how long an entry is trusted after its date: telephone numbers and offices move within a year or two.
const oldAfter = 365 * 24 * time.Hour

// Run reports faults and exits with 1 if there are any; gaps and old entries are told and are no fault.
func (c *directoryCheckCmd) Run(e *env) error {
	if len(c.Files) > 0 {
		list, err := c.read(e, c.Files)
		if err == nil {
			fmt.Fprintf(e.out, "%d organisations, no fault\n", len(list))
		}
		return err
	}
	return withStore(e, func(db *store.DB) error {
		list, err := organisationsIn(e, db, places.Place{}, "")
		if err != nil {
			return err
		}
		return checkDirectory(e, list)
	})
}

func checkDirectory(e *env, list []store.Organisation) error {
	now, faults, old := time.Now(), 0, 0
	per := map[string]int{}
	slugs, _ := directory.Platforms()
	for _, o := range list {
		per[o.Platform]++
		if _, ok := places.ByName(o.Town); !ok || !slices.Contains(slugs, o.Platform) {
			faults++
			fmt.Fprintf(e.out, "%s %s: the town %s or the platform %s is not known any more, so nobody is sent there: remove it and import it anew\n", o.ID, oneLine(o.Name), oneLine(o.Town), o.Platform)
		}
		if at, err := time.Parse("2006-01-02", o.Date); err != nil || now.Sub(at) > oldAfter {
			old++
			fmt.Fprintf(e.out, "%s %s: its date is %s: ask whether it still holds\n", o.ID, oneLine(o.Name), orNone(o.Date))
		}
	}
	for _, s := range slugs {
		if per[s] == 0 {
			fmt.Fprintf(e.out, "nobody offers %s anywhere\n", s)
		}
	}
	fmt.Fprintf(e.out, "%d organisations, %d old or without a date, %d faults\n", len(list), old, faults)
	if faults > 0 {
		return fmt.Errorf("%d organisations cannot be used", faults)
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "not given"
	}
	return s
}

type directoryRemoveCmd struct {
	IDs      []string `arg:"" optional:"" name:"id" help:"Ids, as list prints them."`
	Town     string   `help:"All of this place and what lies in it."`
	Platform string   `help:"All of this platform type; with --town, of both." placeholder:"SLUG"`
	All      bool     `help:"All of them."`
}

// Run removes organisations, all that are named or none.
func (c *directoryRemoveCmd) Run(e *env) error {
	if len(c.IDs) == 0 && c.Town == "" && c.Platform == "" && !c.All {
		return usageError{errors.New("say which: ids, --town, --platform or --all")}
	}
	if len(c.IDs) > 0 && (c.Town != "" || c.Platform != "" || c.All) {
		return usageError{errors.New("give ids or a filter, not both")}
	}
	for _, id := range c.IDs {
		if _, err := hex.DecodeString(id); err != nil {
			return usageError{fmt.Errorf("%s is no id: `smebot directory list` shows them", oneLine(id))}
		}
	}
	in, err := placeFlag(c.Town)
	if err != nil {
		return err
	}
	if err := hasStore(e); err != nil {
		return err
	}
	ids := c.IDs
	if len(ids) == 0 {
		if err := withStore(e, func(db *store.DB) error {
			list, err := organisationsIn(e, db, in, c.Platform)
			for _, o := range list {
				ids = append(ids, o.ID)
			}
			return err
		}); err != nil {
			return err
		}
	}
	if len(ids) > 0 {
		n := 0
		err = changeDirectory(e, func(s *remote) error { return s.call(e.ctx, "/directory/remove", ids, &n) },
			func(db *store.DB) error { return db.RemoveOrganisations(e.ctx, ids) })
	}
	if err != nil {
		return fmt.Errorf("nothing was removed: %w", err)
	}
	fmt.Fprintf(e.out, "%d removed\n", len(ids))
	return nil
}

type directoryTemplateCmd struct{}

// Run prints the columns' names and no organisation.
func (directoryTemplateCmd) Run(e *env) error {
	_, err := e.out.Write(directory.Template())
	return err
}

type directoryUnmetCmd struct {
	Since string `help:"From this month on." placeholder:"2026-01"`
}

// Run lists counts, newest month first; they say nothing of who asked.
func (c *directoryUnmetCmd) Run(e *env) error {
	if _, err := time.Parse("2006-01", c.Since); c.Since != "" && err != nil {
		return usageError{fmt.Errorf("--since %s is no month: write it as 2026-01", c.Since)}
	}
	return withStore(e, func(db *store.DB) error {
		list, err := db.UnmetDemand(e.ctx, c.Since)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "MONTH\tTOWN\tPLATFORM\tASKED\tSHOWN ONE FURTHER AWAY")
		for _, u := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", u.Month, orNone(u.Town), u.Platform, u.Asked, u.Elsewhere)
		}
		return w.Flush()
	})
}

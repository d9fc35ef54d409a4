package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smebot/directory"
	"smebot/store"
)

// filters are flags that choose leads. What is misspelt must not look like a choice of which there are none.
type filters struct {
	Status, Platform, Town, Channel, Account *string // nil: the command has no such flag
	account                                  string  // the flag's name
}

// check refuses a value that is known neither to the program nor to any lead. A town may be written short; it is
// written out.
func (f *filters) check(e *env, db *store.DB) error {
	if s := f.Status; s != nil && *s != "" && !slices.Contains(store.Statuses(), store.Status(*s)) {
		return usageError{fmt.Errorf("no such status as %q: use one of %v", *s, store.Statuses())}
	}
	if p := f.Platform; p != nil && *p != "" {
		if slugs, _ := directory.Platforms(); !slices.Contains(slugs, *p) {
			return usageError{fmt.Errorf("no platform type %q: use one of %s", *p, strings.Join(slugs, " "))}
		}
	}
	if f.Account != nil && *f.Account != "" && *f.Account != "-" {
		if err := f.knownAccount(e, db); err != nil {
			return err
		}
	}
	if !set(f.Town) && !set(f.Channel) {
		return nil
	}
	of, err := db.Work(e.ctx, store.Work{Limit: 1})
	if err != nil {
		return err
	}
	channels := append(of.Channels, webChannel, askChannel, terminalChannel)
	for _, ch := range e.config.Channels {
		channels = append(channels, ch.Name)
	}
	slices.Sort(channels)
	if set(f.Channel) && !slices.Contains(channels, *f.Channel) {
		return usageError{fmt.Errorf("no channel %q: it is none of %s", *f.Channel, strings.Join(slices.Compact(channels), " "))}
	}
	if set(f.Town) && !slices.Contains(of.Towns, *f.Town) {
		in, err := placeFlag(*f.Town)
		if err != nil {
			return err
		}
		*f.Town = in.Full()
	}
	return nil
}

func set(s *string) bool { return s != nil && *s != "" }

// knownAccount looks for a name among the accounts, and among those who stand in the log.
func (f *filters) knownAccount(e *env, db *store.DB) error {
	accounts, err := db.Accounts(e.ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, a := range accounts {
		names = append(names, a.Name)
	}
	if slices.Contains(names, *f.Account) {
		return nil
	}
	if lines, err := db.Audit(e.ctx, store.AuditFilter{Actor: *f.Account, Limit: 1}); err != nil || len(lines) > 0 {
		return err
	}
	return usageError{fmt.Errorf("%s: no account %q: it is none of %s", f.account, *f.Account, cmp.Or(strings.Join(names, " "), "the accounts, of which there are none"))}
}

package main

import (
	"errors"
	"fmt"

	"smebot/store"
)

type verifyCmd struct{}

// Run checks every invariant of the store, beside a running server or without one. What is broken goes to standard
// error, a line each, and the exit status is 1.
func (verifyCmd) Run(e *env) error {
	db, err := store.OpenReadOnly(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if err != nil {
		return err
	}
	checks := 0
	err = db.VerifyTelling(e.ctx, func(done, all int) {
		checks = all
		progress(e, "checking", done, all)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("the store is not sound:\n%w", err)
	}
	fmt.Fprintf(e.out, "the store is sound: %d checks\n", checks)
	return nil
}

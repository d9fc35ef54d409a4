package console

import (
	"context"
	"errors"
	"time"

	"smebot/store"
)

// FirstAdmin is the account that the program makes by itself.
const FirstAdmin = "admin"

// firstLimit is how long the first password can be used.
const firstLimit = 15 * time.Minute

// FirstPassword makes the account admin with a password for one use if the store has no account yet, and returns
// the password; it is kept nowhere else. When that password ran out unused and nobody else can manage accounts, it
// draws another. In all other cases it returns "".
func FirstPassword(ctx context.Context, db *store.DB, now time.Time) (string, error) {
	all, err := db.Accounts(ctx)
	if err != nil {
		return "", err
	}
	var there bool
	for _, a := range all {
		there = there || a.Name == FirstAdmin
		if a.Role != store.RoleAdmin || !a.Disabled.IsZero() {
			continue
		}
		if a.Once.IsZero() || now.Before(a.Once) {
			return "", nil // somebody can sign in
		}
	}
	password := DrawPassword()
	hash, err := HashPassword(ctx, password)
	if err != nil {
		return "", err
	}
	if there {
		err = db.SetPassword(ctx, "system", FirstAdmin, hash, now.Add(firstLimit))
	} else {
		err = db.AddAccount(ctx, "system", FirstAdmin, store.RoleAdmin, hash, now.Add(firstLimit))
	}
	if errors.Is(err, store.ErrExists) {
		return "", nil
	}
	return password, err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"smebot/console"
	"smebot/store"
)

type staffCmd struct {
	Add     staffAddCmd     `cmd:"" help:"Add an account of the console; prints a password for its first sign-in."`
	Passwd  staffPasswdCmd  `cmd:"" help:"Give an account another password for one sign-in, and end its sessions."`
	List    staffListCmd    `cmd:"" help:"List the accounts."`
	Disable staffDisableCmd `cmd:"" help:"Shut an account out."`
	Enable  staffEnableCmd  `cmd:"" help:"Let an account in again."`
}

// staffChange is a change of one account. It carries the hash of a password, never the password.
type staffChange struct {
	What string     `json:"what"` // "add", "passwd", "disable", "enable"
	Name string     `json:"name"`
	Role store.Role `json:"role,omitempty"`
	Hash string     `json:"hash,omitempty"`
	Once time.Time  `json:"once,omitzero"`
}

// operator stands in the audit log for commands on the machine.
const operator = "operator"

// changeAccount makes a change; its errors say how to mend it.
func changeAccount(ctx context.Context, db *store.DB, c staffChange) (err error) {
	switch c.What {
	case "add":
		err = db.AddAccount(ctx, operator, c.Name, c.Role, c.Hash, c.Once)
	case "passwd":
		err = db.SetPassword(ctx, operator, c.Name, c.Hash, c.Once)
	case "disable", "enable":
		err = db.SetDisabled(ctx, operator, c.Name, c.What == "disable")
	default:
		err = fmt.Errorf("no such change as %q", c.What)
	}
	switch {
	case errors.Is(err, store.ErrExists):
		return fmt.Errorf("there is an account %q already: give it another password with smebot staff passwd %s", c.Name, c.Name)
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("no account %q: see smebot staff list", c.Name)
	case errors.Is(err, store.ErrLastAdmin):
		return fmt.Errorf("%q is the last admin who has signed in, and without one nobody could manage accounts: let another sign in first", c.Name)
	}
	return err
}

// change asks the running server, or opens the store when none runs.
func (c staffChange) change(e *env) error {
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		var n int
		return s.call(e.ctx, "/staff", c, &n)
	}
	if err := hasStore(e); err != nil {
		return err
	}
	db, err := store.Open(e.ctx, store.Options{Dir: e.config.Data, Log: e.log})
	if err != nil {
		return err
	}
	return errors.Join(changeAccount(e.ctx, db, c), db.Close())
}

// withPassword draws a password for one sign-in, makes the change and prints the password: it is kept nowhere else.
func (c staffChange) withPassword(e *env) error {
	password := console.DrawPassword()
	if err := hasStore(e); err != nil { // before a password is hashed in vain
		return err
	}
	hash, err := console.HashPassword(e.ctx, password)
	if err != nil {
		return err
	}
	c.Hash, c.Once = hash, time.Now().Add(console.OnceLimit)
	if err := c.change(e); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "account %s, password for one sign-in until %s: %s\n", c.Name, clock(c.Once), password)
	return nil
}

// officeZone is what staff read times in.
var officeZone = time.FixedZone("UTC+8", 8*3600)

type staffAddCmd struct {
	Name string `arg:"" help:"2 to 32 lower-case letters, digits, dots, dashes or underscores, beginning with a letter."`
	Role string `help:"viewer, agent, supervisor, admin or auditor." required:"" enum:"viewer,agent,supervisor,admin,auditor" placeholder:"ROLE"`
}

// Run adds an account.
func (c *staffAddCmd) Run(e *env) error {
	return staffChange{What: "add", Name: c.Name, Role: store.Role(c.Role)}.withPassword(e)
}

type staffPasswdCmd struct {
	Name string `arg:"" help:"The account."`
}

// Run gives an account another password.
func (c *staffPasswdCmd) Run(e *env) error {
	return staffChange{What: "passwd", Name: c.Name}.withPassword(e)
}

type staffDisableCmd struct {
	Name string `arg:"" help:"The account."`
}

// Run shuts an account out.
func (c *staffDisableCmd) Run(e *env) error {
	return staffChange{What: "disable", Name: c.Name}.tell(e, "shut out")
}

type staffEnableCmd struct {
	Name string `arg:"" help:"The account."`
}

// Run lets an account in again.
func (c *staffEnableCmd) Run(e *env) error {
	return staffChange{What: "enable", Name: c.Name}.tell(e, "let in again")
}

func (c staffChange) tell(e *env, done string) error {
	err := c.change(e)
	if err == nil {
		fmt.Fprintf(e.out, "account %s %s\n", c.Name, done)
	}
	return err
}

type staffListCmd struct{}

// Run lists name, role, state, second factor and last sign-in.
func (staffListCmd) Run(e *env) error {
	return withStore(e, func(db *store.DB) error { return listAccounts(e, db) })
}

func listAccounts(e *env, db *store.DB) error {
	all, err := db.Accounts(e.ctx)
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	if len(all) > 0 {
		fmt.Fprintln(w, "NAME\tROLE\tSTATE\tSECOND FACTOR\tLAST SIGN-IN")
	}
	for _, a := range all {
		state, factor, seen := "active", "no", "never"
		switch {
		case !a.Disabled.IsZero():
			state = "disabled"
		case !a.Once.IsZero():
			state = "waiting for first sign-in"
		}
		if a.TOTP {
			factor = "yes"
		}
		if !a.Seen.IsZero() {
			seen = clock(a.Seen)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role, state, factor, seen)
	}
	return errors.Join(err, w.Flush())
}

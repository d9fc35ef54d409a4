package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

const (
	sqlStaffColumns = `SELECT name, role, hash, once, totp, step, disabled, created, seen FROM staff `
	sqlStaff        = sqlStaffColumns + `ORDER BY name`
	sqlStaffOne     = sqlStaffColumns + `WHERE name = $1`
	sqlAddStaff     = `INSERT INTO staff (name, role, hash, once, totp, step, disabled, created, seen) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, 0) ON CONFLICT (name) DO NOTHING`
	sqlSetHash      = `UPDATE staff SET hash = $1, once = $2 WHERE name = $3`
	sqlSetRole      = `UPDATE staff SET role = $1 WHERE name = $2`
	sqlSetDisabled  = `UPDATE staff SET disabled = $1 WHERE name = $2`
	sqlSetTOTP      = `UPDATE staff SET totp = $1, step = 0 WHERE name = $2`
	sqlUseCode      = `UPDATE staff SET step = $1 WHERE name = $2 AND step < $1`
	sqlStaffSeen    = `UPDATE staff SET seen = $1 WHERE name = $2`
	sqlSpendOnce    = `UPDATE staff SET once = 1 WHERE name = $1 AND once > $2`
	sqlOtherAdmins  = `SELECT COUNT(*) FROM staff WHERE role = 'admin' AND disabled = 0 AND once = 0 AND name <> $1`
)

// Role says what an account of the console may do.
type Role string

// The roles. What each may do is decided in package console.
const (
	RoleViewer     Role = "viewer"     // reads leads, contact data masked
	RoleAgent      Role = "agent"      // works on own and unassigned leads
	RoleSupervisor Role = "supervisor" // works on all leads, exports, teaches
	RoleAdmin      Role = "admin"      // accounts and settings; no contact data
	RoleAuditor    Role = "auditor"    // reads the audit log
)

// Roles lists all roles.
func Roles() []Role {
	return []Role{RoleViewer, RoleAgent, RoleSupervisor, RoleAdmin, RoleAuditor}
}

// Account is somebody of the staff.
type Account struct {
	Name     string // signs in with it: 2 to 32 letters, digits, "-", "_", "."; lower case
	Role     Role
	Once     time.Time // not zero: the password is for one use until then, and must be changed
	TOTP     bool      // a second factor is asked for
	Disabled time.Time // not zero: may not sign in since then
	Created  time.Time
	Seen     time.Time // last sign-in
}

// Credentials are what a sign-in is checked against. They leave the store for that only.
type Credentials struct {
	Account
	Hash   string // argon2id in PHC form
	Secret string // of the second factor, base32; "" without
	Step   int64  // the last time step whose code was used
}

// Faults of accounts.
var (
	// ErrExists: there is an account of this name.
	ErrExists = errors.New("there is one of this name")
	// ErrLastAdmin: without this admin nobody could manage accounts; one who has not signed in yet does not count.
	ErrLastAdmin = errors.New("this is the last admin")
	// ErrName: the name cannot be an account's.
	ErrName = errors.New("a name has 2 to 32 lower-case letters, digits, dots, dashes or underscores, and begins with a letter")
	// ErrRole: there is no such role.
	ErrRole = errors.New("roles are viewer, agent, supervisor, admin and auditor")
)

var staffName = regexp.MustCompile(`^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{Nd}._-]{1,31}$`)

// reservedNames stand in the audit log and in histories for others than staff.
var reservedNames = []string{"operator", "system", "person", "organisation"}

// AddAccount makes an account. hash is its password's; once, if not zero, is until when that password can be used,
// for one sign-in.
func (d *DB) AddAccount(ctx context.Context, by, name string, role Role, hash string, once time.Time) error {
	if !staffName.MatchString(name) || slices.Contains(reservedNames, name) {
		return fmt.Errorf("account %q: %w", name, ErrName)
	}
	if !slices.Contains(Roles(), role) {
		return fmt.Errorf("role %q: %w", role, ErrRole)
	}
	if hash == "" {
		return fmt.Errorf("account %q: %w", name, ErrIncomplete)
	}
	now := d.now()
	none := d.seal.seal(colTOTP, []byte(name), nil)
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlAddStaff, name, string(role), hash, micros(once), none, now)
		if err == nil && n == 0 {
			err = fmt.Errorf("account %q: %w", name, ErrExists)
		}
		if err != nil {
			return err
		}
		return d.append(t, AuditEntry{Actor: by, Action: "account.add", Subject: name, Detail: string(role)})
	})
}

// SetPassword changes an account's password and ends its sessions. once is as for AddAccount.
func (d *DB) SetPassword(ctx context.Context, by, name, hash string, once time.Time) error {
	if hash == "" {
		return fmt.Errorf("account %q: %w", name, ErrIncomplete)
	}
	return d.changeStaff(ctx, name, AuditEntry{Actor: by, Action: "account.password", Subject: name}, func(t *tx) (int64, error) {
		return t.exec(sqlSetHash, hash, micros(once), name)
	})
}

// SetRole changes what an account may do and ends its sessions. ErrLastAdmin if no admin would be left.
func (d *DB) SetRole(ctx context.Context, by, name string, role Role) error {
	if !slices.Contains(Roles(), role) {
		return fmt.Errorf("role %q: %w", role, ErrRole)
	}
	return d.changeStaff(ctx, name, AuditEntry{Actor: by, Action: "account.role", Subject: name, Detail: string(role)}, func(t *tx) (int64, error) {
		if role != RoleAdmin {
			if err := keepAdmin(t, name); err != nil {
				return 0, err
			}
		}
		return t.exec(sqlSetRole, string(role), name)
	})
}

// SetDisabled shuts an account out and ends its sessions, or lets it in again. ErrLastAdmin if no admin would be
// left.
func (d *DB) SetDisabled(ctx context.Context, by, name string, disabled bool) error {
	action, since := "account.enable", int64(0)
	if disabled {
		action, since = "account.disable", d.now()
	}
	return d.changeStaff(ctx, name, AuditEntry{Actor: by, Action: action, Subject: name}, func(t *tx) (int64, error) {
		if disabled {
			if err := keepAdmin(t, name); err != nil {
				return 0, err
			}
		}
		return t.exec(sqlSetDisabled, since, name)
	})
}

// SetTOTP sets the secret of an account's second factor (base32), or removes it with "", and ends its sessions.
func (d *DB) SetTOTP(ctx context.Context, by, name, secret string) error {
	action := "account.totp"
	if secret == "" {
		action = "account.totp.off"
	}
	sealed := d.seal.seal(colTOTP, []byte(name), []byte(secret))
	return d.changeStaff(ctx, name, AuditEntry{Actor: by, Action: action, Subject: name}, func(t *tx) (int64, error) {
		return t.exec(sqlSetTOTP, sealed, name)
	})
}

// UseCode marks the time step of a second factor's code as used. It reports whether it was not used before: a code
// opens once.
func (d *DB) UseCode(ctx context.Context, name string, step int64) (fresh bool, err error) {
	err = d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlUseCode, step, name)
		fresh = n > 0
		return err
	})
	return fresh && err == nil, err
}

// changeStaff runs a change of one account, writes its audit line and ends the account's sessions.
func (d *DB) changeStaff(ctx context.Context, name string, line AuditEntry, change func(*tx) (int64, error)) error {
	return d.write(ctx, func(t *tx) error {
		n, err := change(t)
		if err := missing(n, err, name); err != nil {
			return err
		}
		if _, err := t.exec(sqlEndSessions, name); err != nil {
			return err
		}
		return d.append(t, line)
	})
}

func missing(n int64, err error, name string) error {
	if err == nil && n == 0 {
		err = fmt.Errorf("account %q: %w", name, ErrNotFound)
	}
	return err
}

// keepAdmin fails if the named account is the only one that can manage accounts.
func keepAdmin(t *tx, name string) error {
	c, err := scanStaff(t.row(sqlStaffOne, name))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (c.Role != RoleAdmin || !c.Disabled.IsZero()) {
		return nil
	}
	if err != nil {
		return err
	}
	var others int
	if err := t.row(sqlOtherAdmins, name).Scan(&others); err != nil {
		return err
	}
	if others == 0 {
		return fmt.Errorf("account %q: %w", name, ErrLastAdmin)
	}
	return nil
}

// staffRow is an account with its second factor still sealed.
type staffRow struct {
	Credentials
	sealed []byte
}

func scanStaff(row scanner) (staffRow, error) {
	var r staffRow
	var once, disabled, created, seen int64
	err := row.Scan(&r.Name, &r.Role, &r.Hash, &once, &r.sealed, &r.Step, &disabled, &created, &seen)
	r.Once, r.Disabled, r.Created, r.Seen = at(once), at(disabled), at(created), at(seen)
	return r, err
}

func (d *DB) opened(r staffRow) (Credentials, error) {
	secret, err := d.seal.open(colTOTP, []byte(r.Name), r.sealed)
	r.Secret, r.TOTP = string(secret), len(secret) > 0
	return r.Credentials, err
}

// Credentials returns what the sign-in of an account is checked against; ErrNotFound if there is none.
func (d *DB) Credentials(ctx context.Context, name string) (Credentials, error) {
	r, err := scanStaff(d.read.QueryRowContext(ctx, sqlStaffOne, name))
	if errors.Is(err, sql.ErrNoRows) {
		return Credentials{}, fmt.Errorf("account: %w", ErrNotFound)
	}
	if err != nil {
		return Credentials{}, err
	}
	return d.opened(r)
}

// Accounts returns all accounts by name.
func (d *DB) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := d.read.QueryContext(ctx, sqlStaff)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Account
	for rows.Next() {
		r, err := scanStaff(rows)
		if err != nil {
			return nil, err
		}
		c, err := d.opened(r)
		if err != nil {
			return nil, err
		}
		all = append(all, c.Account)
	}
	return all, rows.Err()
}

// SpendOnce uses up a password for one use. It reports whether that was still to be done and in time: of two at the
// same moment one gets true.
func (d *DB) SpendOnce(ctx context.Context, name string) (spent bool, err error) {
	now := d.now()
	err = d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlSpendOnce, name, now)
		spent = n > 0
		return err
	})
	return spent && err == nil, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Each of these finds rows that must not exist; the first column names one.
var mustBeEmpty = []struct{ query, says string }{
	{`SELECT l.number FROM leads l LEFT JOIN consents c ON c.lead = l.number
		WHERE c.lead IS NULL OR c.at <= 0 OR c.version = '' OR c.receiver = ''`, "lead without consent"},
	{`SELECT l.number FROM leads l JOIN consents c ON c.lead = l.number
		WHERE l.messenger = 'telegram' AND c.abroad = 0`, "lead without consent to the transfer abroad"},
	{`SELECT MIN(number) FROM leads GROUP BY draft HAVING COUNT(*) > 1`, "two leads of one draft"},
	{`SELECT c.lead FROM consents c LEFT JOIN leads l ON l.number = c.lead WHERE l.number IS NULL`, "consent without lead"},
	{`SELECT l.number FROM leads l WHERE NOT EXISTS (SELECT 1 FROM lead_events e WHERE e.lead = l.number AND e.action = 'created')`, "lead without the event of its making"},
	{`SELECT l.number FROM leads l JOIN lead_events e ON e.lead = l.number GROUP BY l.number, l.version HAVING MAX(e.version) <> l.version OR COUNT(*) <> l.version`, "lead whose history lacks a change"},
	{`SELECT number FROM leads WHERE erased > 0 AND (length(details) > 0 OR length(phone) > 0 OR length(person) > 0 OR status NOT IN ('done', 'closed'))`, "erased lead that still holds something"},
	{`SELECT l.number FROM leads l JOIN consents c ON c.lead = l.number
		WHERE c.withdrawn > 0 AND l.status IN ('new', 'contacted', 'referred', 'in_service')`, "open lead whose consent was withdrawn"},
	{`SELECT number FROM leads WHERE status = 'new' AND contacted > 0`, "new lead with a first contact"},
	{`SELECT d.id FROM disclosures d WHERE d.leads <> (SELECT COUNT(*) FROM disclosed l WHERE l.disclosure = d.id)`, "disclosure that lacks a lead"},
	{`SELECT 'of ' || m.at FROM messages m WHERE NOT EXISTS (SELECT 1 FROM messages n WHERE n.before = m.seq)
		AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.talk = m.seq)`, "message that erasing would not find"},
	{`SELECT e.lesson FROM examples e LEFT JOIN lessons l ON l.id = e.lesson WHERE e.lesson <> '' AND (l.id IS NULL OR l.undone > 0)`, "example of a lesson that is not in force"},
	{`SELECT q.lesson FROM questions q LEFT JOIN lessons l ON l.id = q.lesson WHERE q.lesson <> '' AND (l.id IS NULL OR l.undone > 0)`, "question settled by a lesson that is not in force"},
}

// maxFindings bounds how many breaks of one kind Verify lists.
const maxFindings = 20

// Verify reads the whole store and checks what must always hold: the file is sound, references point at rows,
// every lead has its consent and its history, no draft became two leads, no line of the audit log was changed, and
// every sealed value opens. The error joins a line for each break; nil means that all is well. It holds up no turn.
func (d *DB) Verify(ctx context.Context) error { return d.VerifyTelling(ctx, func(int, int) {}) }

// VerifyTelling is Verify that tells how many of its checks are done.
func (d *DB) VerifyTelling(ctx context.Context, tell func(done, all int)) error {
	// One transaction, so that all checks see the same moment.
	read, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = read.Rollback() }()
	var version int64
	if err := read.QueryRowContext(ctx, sqlSchema).Scan(&version); err != nil {
		return err
	}
	if newest := newestSchema(); version < newest {
		return fmt.Errorf("the database is of an older version (schema %d, this program knows %d): start 'smebot serve' once to bring it up to date, then verify", version, newest)
	}
	var breaks []error
	checks := d.checks(ctx, read, func(says, what string) { breaks = append(breaks, errors.New(says+": "+what)) })
	for i, check := range checks {
		tell(i, len(checks))
		if err := check(); err != nil {
			return err
		}
	}
	tell(len(checks), len(checks))
	return errors.Join(breaks...)
}

// checks are what Verify does, one after another; each names what it finds broken.
func (d *DB) checks(ctx context.Context, read *sql.Tx, broken func(says, what string)) []func() error {
	add := func(says string) func(string) { return func(what string) { broken(says, what) } }
	list := []func() error{
		func() error {
			return each(ctx, read, "PRAGMA integrity_check(20)", func(found string) {
				if found != "ok" {
					broken("database file", found)
				}
			})
		},
		func() error {
			return each(ctx, read, `SELECT "table" || ' row ' || rowid || ' lacks its ' || parent FROM pragma_foreign_key_check`, add("reference"))
		},
		func() error {
			at, err := d.verifyAudit(ctx, read)
			if at != "" {
				broken("audit log", at)
			}
			return err
		},
	}
	for _, m := range mustBeEmpty {
		list = append(list, func() error {
			return each(ctx, read, fmt.Sprintf("SELECT * FROM (%s) found LIMIT %d", m.query, maxFindings), add(m.says))
		})
	}
	for _, s := range sealedColumns {
		list = append(list, func() error {
			n, err := d.unopened(ctx, read, s)
			if n > 0 {
				broken(s.column, fmt.Sprintf("%d values do not open with this key", n))
			}
			return err
		})
	}
	return list
}

func each(ctx context.Context, read *sql.Tx, query string, found func(string)) error {
	rows, err := read.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return err
		}
		found(what)
	}
	return rows.Err()
}

// sealedColumns are all columns that hold sealed values, with the key of the row each is sealed to.
var sealedColumns = []struct{ column, query string }{
	{colState, `SELECT person, state FROM conversations WHERE length(state) > 0`},
	{colReply, `SELECT delivery, reply FROM inbox WHERE length(reply) > 0`},
	{colPayload, `SELECT id, payload FROM outbox`},
	{colDetails, `SELECT number, details FROM leads WHERE length(details) > 0`},
	{colWords, `SELECT id, words FROM questions`},
	{colAsker, `SELECT question, address FROM askers`},
	{colCell, `SELECT name, value FROM cells`},
	{colTalk, `SELECT id, words FROM messages`},
	{colNote, `SELECT lead || '/' || version, words FROM notes`},
	{colTOTP, `SELECT name, totp FROM staff`},
}

func (d *DB) unopened(ctx context.Context, read *sql.Tx, s struct{ column, query string }) (bad int, err error) {
	rows, err := read.QueryContext(ctx, s.query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var key, sealed sql.RawBytes
		if err := rows.Scan(&key, &sealed); err != nil {
			return 0, err
		}
		if _, err := d.seal.open(s.column, key, sealed); err != nil {
			bad++
		}
	}
	return bad, rows.Err()
}

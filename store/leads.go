package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
)

const (
	sqlLeadColumns = `SELECT l.number, l.created, l.details, l.channel, l.messenger, l.town, l.platform, l.status, l.reason,
		l.assignee, l.organisation, l.version, l.needs_call, l.answer, l.moved, l.contacted, l.asked, l.helped, c.version, c.at, c.receiver, c.abroad, c.withdrawn
		FROM leads l JOIN consents c ON c.lead = l.number `
	sqlLeadByNumber = sqlLeadColumns + `WHERE l.number = $1`
	// A filter that is not set is passed as empty and holds for every row.
	sqlLeads = sqlLeadColumns + `WHERE ($1 = '' OR l.status = $1) AND ($2 = '' OR l.platform = $2) AND ($3 = '' OR l.town = $3)
		AND ($4 = 0 OR l.person = $5) AND ($6 = 0 OR l.phone = $7) AND ($8 = '' OR l.assignee = $8)
		AND l.created >= $9 AND l.created < $10
		ORDER BY l.created DESC, l.number DESC LIMIT $11 OFFSET $12`
	sqlEvents = `SELECT at, actor, action, detail FROM lead_events WHERE lead = $1 ORDER BY version`
)

// LeadFilter chooses leads. The zero value of a field chooses all.
type LeadFilter struct {
	Status   Status
	Platform string // slug
	Town     string
	From     bot.Address // one person's, by channel and user
	Phone    Phone
	Assignee string
	Since    time.Time // created then or later
	Until    time.Time // created before
	Limit    int       // at most so many; 0 for all
	Offset   int
}

// personal is what a lead holds about its person. It is sealed as one value.
type personal struct {
	Firm    string `json:"firm,omitempty"`
	Contact string `json:"contact,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Need    string `json:"need,omitempty"`
	User    string `json:"user,omitempty"`
	Draft   string `json:"draft,omitempty"`
	Ext     string `json:"ext,omitempty"`
}

// personalOf gathers what a lead holds about its person, to be sealed.
func personalOf(l Lead) personal {
	return personal{l.Firm, l.Contact, l.Phone.Reveal(), l.Need, l.From.User, l.Draft, l.Extension}
}

// Leads returns the leads that a filter chooses, newest first, without their histories.
func (d *DB) Leads(ctx context.Context, f LeadFilter) ([]Lead, error) {
	limit, until := int64(f.Limit), int64(math.MaxInt64)
	if limit <= 0 {
		limit = math.MaxInt64
	}
	if !f.Until.IsZero() {
		until = f.Until.UnixMicro()
	}
	since := int64(math.MinInt64)
	if !f.Since.IsZero() {
		since = f.Since.UnixMicro()
	}
	person, byPerson := blank, 0
	if f.From.Channel != "" || f.From.User != "" {
		person, byPerson = d.seal.person(f.From), 1
	}
	phone, byPhone := blank, 0
	if f.Phone != "" {
		phone, byPhone = d.phoneKey(f.Phone.Reveal()), 1 // to hash it
	}
	rows, err := d.read.QueryContext(ctx, sqlLeads, string(f.Status), f.Platform, f.Town, byPerson, person, byPhone, phone,
		f.Assignee, since, until, limit, f.Offset)
	if err != nil {
		return nil, err
	}
	return d.scanLeads(rows)
}

// scanLeads reads all rows and closes them.
func (d *DB) scanLeads(rows *sql.Rows) ([]Lead, error) {
	defer rows.Close()
	var leads []Lead
	for rows.Next() {
		l, err := d.scanLead(rows)
		if err != nil {
			return nil, err
		}
		leads = append(leads, l)
	}
	return leads, rows.Err()
}

// LeadsOf returns a person's leads, newest first, without their histories. Erased ones belong to nobody.
func (d *DB) LeadsOf(ctx context.Context, who bot.Address) ([]Lead, error) {
	if who.User == "" {
		return nil, nil
	}
	return d.Leads(ctx, LeadFilter{From: who})
}

// numbersAtOnce is how many leads one statement asks for by number.
const numbersAtOnce = 100

var sqlLeadsByNumber = func() string {
	marks := make([]string, numbersAtOnce)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	return sqlLeadColumns + `WHERE l.number IN (` + strings.Join(marks, ", ") + `)`
}()

// LeadsByNumber returns leads in the order of their numbers as given, without their histories. A number of no lead
// is passed over.
func (d *DB) LeadsByNumber(ctx context.Context, numbers []string) ([]Lead, error) {
	leads, at := make([]Lead, 0, len(numbers)), map[string]int{}
	for part := range slices.Chunk(numbers, numbersAtOnce) {
		args := make([]any, numbersAtOnce)
		for i := range args {
			args[i] = ""
			if i < len(part) {
				args[i] = part[i]
			}
		}
		rows, err := d.read.QueryContext(ctx, sqlLeadsByNumber, args...)
		if err != nil {
			return nil, err
		}
		found, err := d.scanLeads(rows)
		if err != nil {
			return nil, err
		}
		clear(at)
		for i, l := range found {
			at[l.Number] = i
		}
		for _, n := range part {
			if i, ok := at[n]; ok {
				leads = append(leads, found[i])
			}
		}
	}
	return leads, nil
}

// Lead returns one lead with its history, oldest event first; ErrNotFound if there is none of that number.
func (d *DB) Lead(ctx context.Context, number string) (Lead, error) {
	// One transaction, so that lead and history are of the same moment.
	read, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Lead{}, err
	}
	defer func() { _ = read.Rollback() }()
	l, err := d.scanLead(read.QueryRowContext(ctx, sqlLeadByNumber, number))
	if errors.Is(err, sql.ErrNoRows) {
		return Lead{}, fmt.Errorf("lead: %w", ErrNotFound)
	}
	if err != nil {
		return Lead{}, err
	}
	rows, err := read.QueryContext(ctx, sqlEvents, number)
	if err != nil {
		return Lead{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Event
		var when int64
		if err := rows.Scan(&when, &e.Actor, &e.Action, &e.Detail); err != nil {
			return Lead{}, err
		}
		e.At = at(when)
		l.History = append(l.History, e)
	}
	return l, rows.Err()
}

// sqlOnlyTalk counts those who talked since then, of whom no lead is held.
const sqlOnlyTalk = `SELECT COUNT(*) FROM conversations c WHERE c.updated >= $1 AND length(c.state) > 0
	AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.person = c.person AND l.erased = 0)`

// OnlyTalked counts the people who talked at a time or later and of whom a conversation is held, but no lead.
func (d *DB) OnlyTalked(ctx context.Context, since time.Time) (n int, err error) {
	err = d.read.QueryRowContext(ctx, sqlOnlyTalk, since.UnixMicro()).Scan(&n)
	return n, err
}

func (d *DB) scanLead(row scanner) (Lead, error) {
	var l Lead
	var details []byte
	var created, consented, moved, contacted, asked, withdrawn int64
	var abroad, call int
	err := row.Scan(&l.Number, &created, &details, &l.From.Channel, &l.From.Platform, &l.Town, &l.Platform, &l.Status, &l.Reason,
		&l.Assignee, &l.Organisation, &l.Version, &call, &l.Answer, &moved, &contacted, &asked, &l.Helped, &l.Consent.Version, &consented, &l.Consent.Receiver, &abroad, &withdrawn)
	if err != nil {
		return Lead{}, err
	}
	l.Created, l.Consent.At, l.Consent.Abroad, l.Withdrawn = at(created), at(consented), abroad == 1, withdrawn > 0
	l.NeedsCall, l.Moved, l.Contacted, l.Asked = call == 1, at(moved), at(contacted), at(asked)
	if l.Erased = len(details) == 0; l.Erased {
		return l, nil
	}
	var p personal
	if err := d.openJSON(colDetails, []byte(l.Number), details, &p); err != nil {
		return Lead{}, fmt.Errorf("lead %s: %w", l.Number, err)
	}
	l.Firm, l.Contact, l.Phone, l.Extension, l.Need, l.From.User, l.Draft = p.Firm, p.Contact, Phone(p.Phone), p.Ext, p.Need, p.User, p.Draft
	return l, nil
}

func (d *DB) phoneKey(number string) []byte { return d.seal.hash("phone", number) }

// checkLead says what keeps a lead from being stored.
func checkLead(l Lead) error {
	switch {
	case l.Consent.At.IsZero() || l.Consent.Version == "" || l.Consent.Receiver == "":
		return ErrNoConsent
	case l.From.Platform == bot.Telegram && !l.Consent.Abroad:
		return fmt.Errorf("%w to the transfer abroad", ErrNoConsent)
	case l.Number == "" || l.Draft == "" || l.Phone == "" || l.From.Channel == "" || l.From.User == "":
		return fmt.Errorf("%w: number, draft, phone and address are needed", ErrIncomplete)
	case l.Status != "" && l.Status != New:
		return fmt.Errorf("%w: a lead begins as %q", ErrMove, New)
	}
	return nil
}

// Event.Actor for what the person did, and for what happened by itself.
const (
	personActor = "person"
	systemActor = "system"
)

// leadActions are the words of Event.Action.
const (
	actCreated   = "created"
	actWithdrawn = "consent withdrawn"
	actErased    = "erased"
	actMoved     = "moved to " // and the state
	actAssigned  = "assigned"
	actPassed    = "passed on"
	actCall      = "needs a call"
	actNoCall    = "needs no call"
	actNote      = "note"
	actHeard     = "answer heard"
)

// openStates are those in which a lead still awaits something.
var openStates = []Status{New, Contacted, Referred, InService}

func isOpen(s Status) bool { return slices.Contains(openStates, s) }

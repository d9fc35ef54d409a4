// Package store keeps what must last: conversations, the inbox of deliveries with their replies, the outbox,
// referral leads with their consents and history, and the imported documents. It promises that a turn is
// stored whole or not at all and is durable when CommitTurn returns. Phone numbers, dialogue states and replies
// are encrypted with a key kept in a file outside the database. It never decides what to say, and no other
// package links a database driver.
package store

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"smebot/bot"
)

// Status is where a lead stands.
type Status string

// The states of a lead. Moves allowed are in Moves.
const (
	New       Status = "new"
	Contacted Status = "contacted"
	Referred  Status = "referred"
	InService Status = "in_service"
	Done      Status = "done"
	Closed    Status = "closed" // with a CloseReason
)

// Statuses lists all states, in the order a lead passes them.
func Statuses() []Status { return []Status{New, Contacted, Referred, InService, Done, Closed} }

// CloseReason says why a lead was closed.
type CloseReason string

// The reasons for closing a lead.
const (
	Helped          CloseReason = "helped"
	NoHelpAvailable CloseReason = "no_help_available"
	Unreachable     CloseReason = "unreachable"
	NotForUs        CloseReason = "not_for_us"
	Duplicate       CloseReason = "duplicate"
	Withdrawn       CloseReason = "withdrawn"
)

// Phone is a number in E.164 ("+8613800138000"). It masks itself whenever it is printed or logged; Reveal
// gives the digits, and every call of Reveal is a place to justify.
type Phone string

// Reveal returns the number in clear.
func (p Phone) Reveal() string { return string(p) }

// Masked returns the number with its middle hidden, as staff without cause and logs may see it.
func (p Phone) Masked() string {
	r := []rune(string(p))
	if len(r) < 8 {
		return "****"
	}
	masked := string(r[:len(r)-8]) + "****" + string(r[len(r)-4:])
	// A number of the mainland stands as people there read one: 138****8000, 0760****0000.
	rest, mainland := strings.CutPrefix(masked, "+86")
	switch {
	case !mainland:
		return masked
	case rest[0] == '1' && len(rest) == len("138****8000"):
		return rest
	}
	return "0" + rest
}

// String masks.
func (p Phone) String() string { return p.Masked() }

// Format masks for every verb of fmt.
func (p Phone) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.Masked()) }

// LogValue masks.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.Masked()) }

// Consent is the evidence that a person agreed before a contact detail was kept.
type Consent struct {
	Version  string    `json:"version"`  // version of the notice shown, with a hash of its words: "2026-11/1a2b3c4d"
	At       time.Time `json:"at"`       // when the yes was given
	Receiver string    `json:"receiver"` // kind of receiver named in the notice: "service-centre"
	Abroad   bool      `json:"abroad"`   // the notice named a transfer outside the mainland (Telegram), and the yes covers it
}

// Lead is a firm's request to be put in touch.
type Lead struct {
	Number       string      `json:"number"` // "20261122-7K3QWM"
	Created      time.Time   `json:"created"`
	Firm         string      `json:"firm"`
	Town         string      `json:"town"`
	Contact      string      `json:"contact"`
	Phone        Phone       `json:"-"`        // exported as "phone" in clear by those who may
	Extension    string      `json:"-"`        // of Phone behind a switchboard, figures; "" for none
	Platform     string      `json:"platform"` // slug
	Need         string      `json:"need"`     // in the person's own words
	From         bot.Address `json:"from"`
	Consent      Consent     `json:"consent"`
	Status       Status      `json:"status"`
	Reason       CloseReason `json:"reason,omitempty"` // with Closed only
	Assignee     string      `json:"assignee,omitempty"`
	Organisation string      `json:"organisation,omitempty"`
	NeedsCall    bool        `json:"needs_call,omitempty"` // no message reaches the person: staff should telephone
	Answer       OrgAnswer   `json:"-"`                    // of an organisation, that staff have yet to act on; "" for none
	Moved        time.Time   `json:"-"`                    // when it came into its present state
	Asked        time.Time   `json:"-"`                    // when the person was asked whether it helped; zero if not
	Helped       Verdict     `json:"helped,omitempty"`     // what they said
	Contacted    time.Time   `json:"-"`                    // when staff first reached the person; zero until then
	Withdrawn    bool        `json:"-"`                    // the person took the consent back: nothing of them is passed on any more
	Erased       bool        `json:"-"`                    // nothing is kept of its person any more
	Version      int64       `json:"version"`
	Draft        string      `json:"draft"` // id of the draft it came from; unique, so one draft gives one lead
	History      []Event     `json:"history,omitempty"`
}

// Dial returns the number in clear with its extension, for who is about to telephone.
func (l Lead) Dial() string {
	if l.Extension == "" {
		return l.Phone.Reveal()
	}
	return l.Phone.Reveal() + " 转" + l.Extension
}

// Tel is the number as a link dials it (RFC 3966).
func (l Lead) Tel() string {
	if l.Extension == "" {
		return l.Phone.Reveal()
	}
	return l.Phone.Reveal() + ";ext=" + l.Extension
}

// Event is one change in a lead's life.
type Event struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"` // "person", "system", or a staff name
	Action string    `json:"action"`
	Detail string    `json:"detail,omitempty"` // no contact values
}

// SaveLead stores a new lead. Events in its History say what the person answered besides the fields; they are
// kept with the event of its creation and hold no contact values. A taken number is bot.ErrClash; a second lead of one draft is refused.
type SaveLead struct{ Lead Lead }

// EffectName implements bot.Effect.
func (SaveLead) EffectName() string { return "save-lead" }

// WithdrawConsent closes the person's open leads with reason withdrawn; nothing of them is passed on any more.
type WithdrawConsent struct{ Who bot.Address }

// EffectName implements bot.Effect.
func (WithdrawConsent) EffectName() string { return "withdraw-consent" }

// ErasePerson removes what is kept about a person: leads lose every personal field, drafts, stored replies and
// unsent messages go. The turn that carries it keeps its own inbox row and an empty conversation.
type ErasePerson struct{ Who bot.Address }

// EffectName implements bot.Effect.
func (ErasePerson) EffectName() string { return "erase-person" }

// Outcomes of a Question: why staff see it.
const (
	OutcomeNoAnswer  = "no_answer"  // the documents held do not say it
	OutcomeWithheld  = "withheld"   // the answer held a figure that its article does not
	OutcomeAskedBack = "asked back" // several articles might be meant
	OutcomeUseless   = "useless"    // it was answered, and the answer called useless
)

// Question notes a question that could not be answered, or one marked useless, for staff. Text has contact
// details masked before it comes here.
type Question struct {
	ID                    string // drawn by the router, for a WantAnswer that may follow; "" if nobody can want one
	Text, Intent, Outcome string
	Platform, Town        string
}

// EffectName implements bot.Effect.
func (Question) EffectName() string { return "note-question" }

// Document is an imported policy as the store keeps it: the truth the index is built from.
type Document struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Hash     string    `json:"hash"` // of Body
	Body     []byte    `json:"-"`    // the knowledge package's own encoding
	Source   string    `json:"source,omitempty"`
	Imported time.Time `json:"imported"`
}

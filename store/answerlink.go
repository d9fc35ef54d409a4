package store

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AnswerLife is how long an organisation may answer by a link.
const AnswerLife = 14 * 24 * time.Hour

// OrganisationAnswer is what an organisation says about a lead that was passed on to it.
type OrganisationAnswer string

// The answers of an organisation.
const (
	AnswerSeen       OrganisationAnswer = "seen"
	AnswerAccepted   OrganisationAnswer = "accepted"
	AnswerCannotHelp OrganisationAnswer = "cannot help"
	AnswerNobody     OrganisationAnswer = "reached nobody"
)

// OrganisationAnswers are all answers, in the order they are offered.
var OrganisationAnswers = []OrganisationAnswer{AnswerSeen, AnswerAccepted, AnswerCannotHelp, AnswerNobody}

// OrgAnswer is an organisation's answer that staff have yet to act on. It lasts until the lead moves on, is passed on, or
// somebody says that they heard it.
type OrgAnswer string

// The answers that ask staff to act.
const (
	OrgCannotHelp OrgAnswer = OrgAnswer(AnswerCannotHelp)
	OrgNobody     OrgAnswer = OrgAnswer(AnswerNobody)
	OrgOffers     OrgAnswer = "offer" // one that does not have the lead would take it
)

const sqlSetAnswer = `UPDATE leads SET answer = $1 WHERE number = $2`

// Faults of answer links.
var (
	// ErrLink: the link was not made by this service, or was altered.
	ErrLink = errors.New("link is not valid")
	// ErrLinkEnded: the link's time is over, or the lead is done, closed or erased.
	ErrLinkEnded = errors.New("link has ended")
)

// organisationActor is Event.Actor for answers by a link; Action begins with it too, and Detail is the name.
const organisationActor = "organisation"

// answerLink is what a link says. It names no person.
type answerLink struct {
	Number       string `json:"n"`
	Organisation string `json:"o"`
	Until        int64  `json:"e"` // seconds
}

// Asked is a lead as an organisation sees it by a link.
type Asked struct {
	Lead         Lead // with its history; what of it the organisation may see is the page's to decide
	Organisation string
	Until        time.Time
	Answer       OrganisationAnswer // its own last one, "" for none
	Before       OrganisationAnswer // the one that it had given when the lead was passed on to another
	Elsewhere    bool               // another organisation has the lead now; help is wanted as long as it is open
}

// AnswerLink makes the token of a link by which an organisation answers for a lead until a time. Who holds it needs
// no account. It ends before its time when the lead does.
func (d *DB) AnswerLink(number, organisation string, until time.Time) (string, error) {
	if number == "" || organisation == "" {
		return "", ErrIncomplete
	}
	plain, err := json.Marshal(answerLink{number, organisation, until.Unix()})
	if err != nil {
		return "", err
	}
	body := base64.RawURLEncoding.EncodeToString(plain)
	return body + "." + d.signLink(body), nil
}

func (d *DB) signLink(body string) string {
	return base64.RawURLEncoding.EncodeToString(d.seal.hash("answer link", body))
}

func (d *DB) readLink(token string) (answerLink, error) {
	var l answerLink
	body, mark, ok := strings.Cut(token, ".")
	if !ok || subtle.ConstantTimeCompare([]byte(mark), []byte(d.signLink(body))) != 1 {
		return l, ErrLink
	}
	plain, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(plain, &l) != nil {
		return l, ErrLink
	}
	if d.opt.Clock().Unix() >= l.Until {
		return l, ErrLinkEnded
	}
	return l, nil
}

// Asked reads what a link is about and changes nothing.
func (d *DB) Asked(ctx context.Context, token string) (Asked, error) {
	l, err := d.readLink(token)
	if err != nil {
		return Asked{}, err
	}
	lead, err := d.Lead(ctx, l.Number)
	if errors.Is(err, ErrNotFound) || err == nil && (!isOpen(lead.Status) || lead.From.User == "") {
		return Asked{}, ErrLinkEnded
	}
	if err != nil {
		return Asked{}, err
	}
	a := Asked{Lead: lead, Organisation: l.Organisation, Until: time.Unix(l.Until, 0), Elsewhere: lead.Organisation != l.Organisation}
	for _, e := range lead.History {
		if e.Action == actPassed && e.Detail != l.Organisation && a.Answer != "" {
			a.Before, a.Answer = a.Answer, ""
		}
		if e.Actor == organisationActor && e.Detail == l.Organisation {
			a.Answer = OrganisationAnswer(strings.TrimPrefix(e.Action, organisationActor+" "))
		}
	}
	return a, nil
}

// AnswerByLink notes an organisation's answer in the lead's history. Accepting a lead that was passed on to this
// organisation puts it in service. An answer that asks staff to act marks the lead. The same answer twice is noted once,
// unless the lead was passed on to another organisation in between.
func (d *DB) AnswerByLink(ctx context.Context, token string, answer OrganisationAnswer) error {
	if !slices.Contains(OrganisationAnswers, answer) {
		return ErrIncomplete
	}
	asked, err := d.Asked(ctx, token)
	if err != nil || asked.Answer == answer {
		return err
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		l, err := leadNow(t, asked.Lead.Number)
		switch {
		case err != nil:
			return err
		case l.version != asked.Lead.Version:
			return ErrStale
		}
		if err := l.note(t, now, organisationActor, organisationActor+" "+string(answer), asked.Organisation); err != nil {
			return err
		}
		if mark, set := markOf(answer, asked.Elsewhere); set {
			if _, err := t.exec(sqlSetAnswer, string(mark), asked.Lead.Number); err != nil {
				return err
			}
		}
		if answer != AnswerAccepted || asked.Elsewhere || l.status != Referred && l.status != InService {
			return nil
		}
		l.version++
		if l.status == Referred {
			if err := l.move(t, InService, "", now, organisationActor, actMoved+string(InService)); err != nil {
				return err
			}
		}
		g := Disclosure{
			ID: asked.Lead.Number + "/" + strconv.FormatInt(l.version, 10), Actor: organisationActor, Receiver: asked.Organisation, Purpose: "办理登记的需求",
			Format: "page", Fields: []string{"town", "platform", "need", "firm", "contact", "phone"},
		}
		return d.disclose(t, g, []string{asked.Lead.Number})
	})
}

// markOf is the mark that an answer leaves on its lead, if it changes it.
func markOf(answer OrganisationAnswer, elsewhere bool) (mark OrgAnswer, set bool) {
	switch {
	case elsewhere:
		return OrgOffers, answer == AnswerAccepted
	case answer == AnswerCannotHelp || answer == AnswerNobody:
		return OrgAnswer(answer), true
	}
	return "", true
}

// AnswerHeard takes the mark of an organisation's answer off a lead: an account saw it and needs do no more. ErrNotFound
// if there is no such lead.
func (d *DB) AnswerHeard(ctx context.Context, number string, version int64, actor string) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		l, err := leadAt(t, number, version)
		if err != nil {
			return err
		}
		if _, err := t.exec(sqlSetAnswer, "", number); err != nil {
			return err
		}
		return l.note(t, now, actor, actHeard, "")
	})
}

package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"smebot/store"
)

func (s *Server) leadPageRoutes() []route {
	return []route{
		{http.MethodGet, "/console/leads/{number}", permLeadsView, s.leadPage},
		{http.MethodGet, "/console/leads/{number}/sheet", permLeadsWork, s.leadSheet},
		{http.MethodPost, "/console/leads/{number}/move", permLeadsWork, s.moveLead},
		{http.MethodPost, "/console/leads/{number}/note", permLeadsWork, s.noteLead},
		{http.MethodPost, "/console/leads/{number}/take", permLeadsWork, s.takeLead},
		{http.MethodPost, "/console/leads/{number}/pass", permLeadsWork, s.passLead},
		{http.MethodPost, "/console/leads/{number}/called", permLeadsWork, s.calledLead},
		{http.MethodPost, "/console/leads/{number}/heard", permLeadsWork, s.heardLead},
		{http.MethodPost, "/console/leads/{number}/phone", permLeadsWork, s.revealPhone},
		{http.MethodPost, "/console/leads/{number}/link", permLeadsWork, s.linkLead},
	}
}

// maxNote bounds a note, in characters.
const maxNote = 2000

// revealReasons are why a phone number may be shown; the log keeps which.
var revealReasons = []string{"call", "check", "pass", "person"}

// leadData is what the page of a lead sees.
type leadData struct {
	store.Lead
	Firm, Contact, Need string // masked as the account must see them
	Masked              bool
	Late                int
	Moves               []store.Status // allowed now, without Closed
	MayClose            bool
	MayCall             bool // the number may be shown
	MayLink             bool
	Reasons             []store.CloseReason
	Notes               []store.Note
	Talk                []store.Utterance
	Held                *store.Takeover
	Workers             []string            // whom it can be given to
	Offices             []officeGroup       // whom it can be passed to
	Office              *store.Organisation // whom it was passed to, as the directory has it
	Other               string              // whom it was passed to, if the directory has it not
	Picked              string              // what the list of the directory stands at
	RevealReasons       []string
	Given               []store.Disclosure // files it stood in
	Notice              string             // the words that the person agreed to; "" if they are not kept

	Revealed   string // the phone number in clear, on the answer to the form that asks for it alone
	Link       string // an answer link, likewise
	LinkInside bool   // and only this machine can open it
	Conflict   string // that the lead changed meanwhile, and by whom
	Own        bool   // it was the account itself
	Problem    string // why something was not saved
	Draft      string // a note that was not saved
}

// lead reads the lead of an address. One that the account may not see looks like one that is not there, unless it was
// open to the account when the form was made.
func (v *visit) lead() (store.Lead, error) {
	l, err := v.s.Store.Lead(v.R.Context(), v.R.PathValue("number"))
	switch {
	case err == nil && mayLead(v.Account, l.Assignee):
		return l, nil
	case err == nil && mutating(v.R.Method) && v.hadLead(l):
		return l, v.fail(http.StatusConflict, "leads.taken")
	case err == nil || errors.Is(err, store.ErrNotFound):
		return l, v.fail(http.StatusNotFound, "error.notfound")
	}
	return l, err
}

// hadLead reports whether an account that may not open a lead could do so before: it acted on it, or might at the
// version that its form was made from.
func (v *visit) hadLead(l store.Lead) bool {
	made, assignee := v.version(), ""
	for i, e := range l.History {
		if e.Actor == v.Account.Name {
			return true
		}
		if e.Action == "assigned" && int64(i) < made {
			assignee = e.Detail
		}
	}
	return made > 0 && made < l.Version && mayLead(v.Account, assignee)
}

func leadPath(number string) string { return "/console/leads/" + number }

func (s *Server) leadPage(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if err := v.looked("lead.view", l.Number); err != nil {
		return err
	}
	return s.showLead(v, http.StatusOK, l, func(*leadData) {})
}

// transcriptTurns is how much of a thread a page shows.
const transcriptTurns = 200

// showLead draws the page of a lead as it is; change adds what only this answer shows.
func (s *Server) showLead(v *visit, status int, l store.Lead, change func(*leadData)) error {
	ctx, a := v.R.Context(), v.Account
	d := leadData{Lead: l, Masked: masked(a), Firm: shownFirm(a, l.Firm), Contact: l.Contact, Need: l.Need, Late: s.Store.Ageing(l),
		Reasons: store.CloseReasons, RevealReasons: revealReasons, MayCall: mayCall(l), MayLink: mayLink(l)}
	notice, err := s.Store.Notice(ctx, l.Consent.Version)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	d.Notice = notice.Words
	if d.Masked {
		d.Contact, d.Need = maskWord(l.Contact), "" // a need may tell who it is
	} else {
		for _, to := range store.Moves[l.Status] {
			if to == store.Closed {
				d.MayClose = true
			} else {
				d.Moves = append(d.Moves, to)
			}
		}
		if d.Notes, err = s.Store.Notes(ctx, l.Number); err != nil {
			return err
		}
		if d.Talk, err = s.Store.Transcript(ctx, l.From, transcriptTurns); err != nil {
			return err
		}
		if h, on, err := s.Store.TakeoverOf(ctx, l.From); err != nil {
			return err
		} else if on {
			d.Held = &h
		}
		if d.Offices, err = s.offices(ctx, l); err != nil {
			return err
		}
		if d.Office = officeOf(l.Organisation, d.Offices); d.Office == nil {
			d.Other = l.Organisation
		}
		d.Picked = l.Organisation
		if d.Workers, err = s.workers(v); err != nil {
			return err
		}
		if d.Given, err = s.Store.Disclosures(ctx, l.Number); err != nil {
			return err
		}
	}
	change(&d)
	return s.render(v, status, "leads_one", d)
}

// leadSheet is a page to print: one lead with room to write. The number stays masked on paper.
func (s *Server) leadSheet(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if err := v.audit("lead.sheet", l.Number, ""); err != nil {
		return err
	}
	notes, err := s.Store.Notes(v.R.Context(), l.Number)
	if err != nil {
		return err
	}
	return v.render("leads_sheet", map[string]any{"Lead": l, "Notes": notes, "Printed": v.now()})
}

// version is the version of a lead that a form was made from.
func (v *visit) version() int64 {
	n, err := strconv.ParseInt(v.form("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// changed answers a POST that changed a lead, or could not. A conflict shows the lead as it is now, who changed it
// and, by keep, what was not saved; nothing is overwritten.
func (v *visit) changed(l store.Lead, err error, keep ...func(*leadData)) error {
	switch {
	case err == nil:
		return v.redirect(leadPath(l.Number), "leads.saved")
	case errors.Is(err, store.ErrMove):
		return v.refuse(leadPath(l.Number), "leads.move.refused")
	case !errors.Is(err, store.ErrStale):
		return err
	}
	now, err := v.lead()
	if err != nil {
		return err
	}
	by := "system"
	if n := len(now.History); n > 0 {
		by = now.History[n-1].Actor
	}
	return v.s.showLead(v, http.StatusConflict, now, func(d *leadData) {
		d.Conflict, d.Own = v.T("leads.conflict", v.actor(by)), by == v.Account.Name
		if d.Own {
			d.Conflict = v.T("leads.conflict.own") // two windows, or a click too many
		}
		for _, k := range keep {
			k(d)
		}
	})
}

// actor names who did something.
func (v *visit) actor(name string) string {
	if key := "leads.actor." + name; name == "person" || name == "system" || name == "organisation" || name == "operator" {
		return v.T(key)
	}
	return name
}

func (s *Server) moveLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	to, reason := store.Status(v.form("to")), store.CloseReason(v.form("reason"))
	if to != store.Closed {
		reason = ""
	} else if reason == "" {
		return v.refuse(leadPath(l.Number), "leads.close.reason")
	}
	err = s.Store.MoveLead(v.R.Context(), l.Number, v.version(), to, reason, v.Account.Name)
	if err == nil {
		err = v.audit("lead.move", l.Number, strings.TrimSpace(string(to)+" "+string(reason)))
	}
	return v.changed(l, err)
}

func (s *Server) noteLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	text := v.form("note")
	if text == "" || utf8.RuneCountInString(text) > maxNote {
		return s.showLead(v, http.StatusUnprocessableEntity, l, func(d *leadData) {
			d.Problem, d.Draft = v.T("leads.note.length", maxNote), text
		})
	}
	err = s.Store.AddNote(v.R.Context(), l.Number, v.version(), text, v.Account.Name)
	if err == nil {
		err = v.audit("lead.note", l.Number, "")
	}
	return v.changed(l, err, func(d *leadData) { d.Draft = text })
}

// takeLead gives a lead to the account itself, or lets it go; a supervisor may give it to anybody.
func (s *Server) takeLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	assignee := v.form("assignee")
	if !v.Can(string(permLeadsAssign)) && assignee != "" && assignee != v.Account.Name {
		return v.fail(http.StatusForbidden, "error.forbidden")
	}
	names, err := s.workers(v)
	if err != nil {
		return err
	}
	if assignee != "" && !slices.Contains(names, assignee) {
		return v.refuse(leadPath(l.Number), "leads.noassignee")
	}
	stale, err := s.Store.AssignLeads(v.R.Context(), []store.Pick{{Number: l.Number, Version: v.version()}}, assignee, v.Account.Name)
	if err == nil && len(stale) > 0 {
		err = store.ErrStale
	}
	if err == nil {
		err = v.audit("leads.assign", assignee, l.Number)
	}
	return v.changed(l, err)
}

// calledLead notes that the person was telephoned.
func (s *Server) calledLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if err = s.Store.CallDone(v.R.Context(), l.Number, v.Account.Name); err == nil {
		err = v.audit("lead.called", l.Number, "")
	}
	return v.changed(l, err)
}

// heardLead takes the mark of an organisation's answer off a lead: somebody saw it.
func (s *Server) heardLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if err = s.Store.AnswerHeard(v.R.Context(), l.Number, v.version(), v.Account.Name); err == nil {
		err = v.audit("lead.heard", l.Number, "")
	}
	return v.changed(l, err)
}

// mayCall reports whether a lead's number may be shown: not once the person took the consent back or had it erased.
func mayCall(l store.Lead) bool { return l.From.User != "" && l.Reason != store.Withdrawn }

// revealPhone shows a phone number in clear on this one answer, once the log says who wanted it and why.
func (s *Server) revealPhone(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	reason := v.form("reason")
	if !mayCall(l) {
		return v.refuse(leadPath(l.Number), "leads.withdrawn")
	}
	if !slices.Contains(revealReasons, reason) {
		return v.refuse(leadPath(l.Number), "leads.phone.why")
	}
	if err := v.audit("lead.phone", l.Number, reason); err != nil {
		return err
	}
	return s.showLead(v, http.StatusOK, l, func(d *leadData) { d.Revealed = l.Dial() }) // asked for, with a reason, and logged
}

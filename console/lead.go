package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
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
		{http.MethodPost, "/console/leads/{number}/phone", permLeadsWork, s.revealPhone},
		{http.MethodPost, "/console/leads/{number}/link", permLeadsWork, s.linkLead},
	}
}

// Bounds of what staff write, in characters.
const (
	maxNote         = 2000
	maxOrganisation = 120
)

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
	Reasons             []store.CloseReason
	Notes               []store.Note
	Talk                []store.Utterance
	Held                *store.Takeover
	Organisations       []store.Organisation
	RevealReasons       []string
	Given               []store.Disclosure // files it stood in

	Revealed string // the phone number in clear, on the answer to the form that asks for it alone
	Link     string // an answer link, likewise
	Conflict string // who changed the lead meanwhile
	Draft    string // a note that was not saved because of that
}

// lead reads the lead of an address. One that the account may not see looks like one that is not there.
func (v *visit) lead() (store.Lead, error) {
	l, err := v.s.Store.Lead(v.R.Context(), v.R.PathValue("number"))
	if errors.Is(err, store.ErrNotFound) || err == nil && !mayLead(v.Account, l.Assignee) {
		return l, v.fail(http.StatusNotFound, "error.notfound")
	}
	return l, err
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
		Reasons: store.CloseReasons, RevealReasons: revealReasons}
	var err error
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
		if d.Organisations, err = s.Store.Organisations(ctx, l.Town, l.Platform); err != nil {
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
// and what was not saved; nothing is overwritten.
func (v *visit) changed(l store.Lead, err error, done, draft string) error {
	switch {
	case err == nil:
		return v.redirect(leadPath(l.Number), done)
	case errors.Is(err, store.ErrMove):
		return v.redirect(leadPath(l.Number), "leads.move.refused")
	case !errors.Is(err, store.ErrStale):
		return err
	}
	now, err := v.lead()
	if err != nil {
		return err
	}
	return v.s.showLead(v, http.StatusConflict, now, func(d *leadData) {
		d.Conflict, d.Draft = v.T("leads.actor.system"), draft
		if n := len(now.History); n > 0 {
			d.Conflict = v.actor(now.History[n-1].Actor)
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
		return v.redirect(leadPath(l.Number), "leads.close.reason")
	}
	err = s.Store.MoveLead(v.R.Context(), l.Number, v.version(), to, reason, v.Account.Name)
	if err == nil {
		err = v.audit("lead.move", l.Number, string(to)+" "+string(reason))
	}
	return v.changed(l, err, "leads.saved", "")
}

func (s *Server) noteLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	text := v.form("note")
	if text == "" || utf8.RuneCountInString(text) > maxNote {
		return v.redirect(leadPath(l.Number), "leads.note.length", strconv.Itoa(maxNote))
	}
	err = s.Store.AddNote(v.R.Context(), l.Number, v.version(), text, v.Account.Name)
	return v.changed(l, err, "leads.saved", text)
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
		return v.redirect(leadPath(l.Number), "leads.noassignee")
	}
	stale, err := s.Store.AssignLeads(v.R.Context(), []store.Pick{{Number: l.Number, Version: v.version()}}, assignee, v.Account.Name)
	if err == nil && len(stale) > 0 {
		err = store.ErrStale
	}
	if err == nil {
		err = v.audit("leads.assign", assignee, l.Number)
	}
	return v.changed(l, err, "leads.saved", "")
}

// passLead notes the organisation that a lead is passed on to.
func (s *Server) passLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	name := v.form("organisation")
	if name == "" || utf8.RuneCountInString(name) > maxOrganisation {
		return v.redirect(leadPath(l.Number), "leads.pass.name")
	}
	err = s.Store.HandLead(v.R.Context(), l.Number, v.version(), l.Assignee, name, v.Account.Name)
	if err == nil {
		err = v.audit("lead.pass", l.Number, name)
	}
	return v.changed(l, err, "leads.saved", "")
}

// calledLead notes that the person was telephoned.
func (s *Server) calledLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	return v.changed(l, s.Store.CallDone(v.R.Context(), l.Number, v.Account.Name), "leads.saved", "")
}

// revealPhone shows a phone number in clear on this one answer, once the log says who wanted it and why.
func (s *Server) revealPhone(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	reason := v.form("reason")
	if !slices.Contains(revealReasons, reason) {
		return v.redirect(leadPath(l.Number), "leads.phone.why")
	}
	if err := v.audit("lead.phone", l.Number, reason); err != nil {
		return err
	}
	return s.showLead(v, http.StatusOK, l, func(d *leadData) { d.Revealed = l.Dial() }) // asked for, with a reason, and logged
}

// linkLead makes a link by which the organisation that has the lead answers without an account.
func (s *Server) linkLead(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if l.Organisation == "" || l.Status != store.Referred && l.Status != store.InService {
		return v.redirect(leadPath(l.Number), "leads.link.first")
	}
	token, err := s.Store.AnswerLink(l.Number, l.Organisation, v.now().Add(store.AnswerLife))
	if err != nil {
		return err
	}
	if err := v.audit("lead.link", l.Number, l.Organisation); err != nil {
		return err
	}
	return s.showLead(v, http.StatusOK, l, func(d *leadData) { d.Link = s.outside(v) + "/console/answer/" + token })
}

// outside is the service's address as others reach it.
func (s *Server) outside(v *visit) string {
	if s.PublicURL != "" {
		return trimSlash(s.PublicURL)
	}
	return "http://" + v.R.Host
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}

// replyWindow is how long after a person's last message WeChat lets an account write to them.
// https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
const replyWindow = 48 * time.Hour

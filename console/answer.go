package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"smebot/store"
)

func (s *Server) answerRoutes() []route {
	return []route{
		{http.MethodGet, "/console/answer/{token}", permPublic, s.answerPage},
		{http.MethodPost, "/console/answer/{token}", permPublic, s.answer},
	}
}

// answerData is what an organisation sees of a lead. Whom to call is told only to the one that has the lead, and
// only after it accepted, which the lead's history then says.
type answerData struct {
	store.Asked
	Answers []store.OrganisationAnswer
	Phone   string
	Path    string
}

func (s *Server) answerPage(v *visit) error {
	asked, err := s.asked(v)
	if err != nil {
		return err
	}
	d := answerData{Asked: asked, Answers: store.OrganisationAnswers, Path: v.R.URL.Path}
	l := asked.Lead
	if asked.Answer == store.AnswerAccepted && !asked.Elsewhere && (l.Status == store.Referred || l.Status == store.InService) {
		d.Phone = l.Dial() // the person agreed to be passed on to the organisation that takes the lead
	} else {
		d.Lead.Contact = ""
	}
	return v.render("answer", d)
}

func (s *Server) asked(v *visit) (store.Asked, error) {
	asked, err := s.Store.Asked(v.R.Context(), v.R.PathValue("token"))
	if errors.Is(err, store.ErrLink) || errors.Is(err, store.ErrLinkEnded) {
		return asked, v.fail(http.StatusGone, "answer.ended")
	}
	return asked, err
}

// answer takes an organisation's answer. Asking for the page changes nothing: link previews and mail scanners
// open links too.
func (s *Server) answer(v *visit) error {
	answer := store.OrganisationAnswer(v.form("answer"))
	if !slices.Contains(store.OrganisationAnswers, answer) {
		return v.fail(http.StatusBadRequest, "error.form")
	}
	asked, err := s.asked(v)
	if err != nil {
		return err
	}
	ctx, token := v.R.Context(), v.R.PathValue("token")
	if err = s.Store.AnswerByLink(ctx, token, answer); err == nil && asked.Answer != answer {
		err = s.Store.Append(ctx, store.AuditEntry{Actor: "organisation", Action: "lead.answer", Subject: asked.Lead.Number, Detail: string(answer)})
	}
	switch {
	case errors.Is(err, store.ErrLink), errors.Is(err, store.ErrLinkEnded):
		return v.fail(http.StatusGone, "answer.ended")
	case errors.Is(err, store.ErrStale):
		return v.refuse("/console/answer/"+token, "answer.again")
	case err != nil:
		return err
	}
	return v.redirect("/console/answer/"+token, "answer.thanks")
}

// answerKey is the part of a catalogue key that stands for an answer.
func answerKey(a store.OrganisationAnswer) string { return strings.ReplaceAll(string(a), " ", "_") }

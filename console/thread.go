package console

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"time"

	"smebot/bot"
	"smebot/store"
)

func (s *Server) threadRoutes() []route {
	return []route{
		{http.MethodGet, "/console/leads/{number}/thread", permLeadsWork, s.thread},
		{http.MethodPost, "/console/leads/{number}/thread/take", permLeadsWork, s.takeThread},
		{http.MethodPost, "/console/leads/{number}/thread/release", permLeadsWork, s.releaseThread},
		{http.MethodPost, "/console/leads/{number}/thread/reply", permLeadsWork, s.replyThread},
		{http.MethodGet, "/console/canned", permLeadsAssign, s.cannedPage},
		{http.MethodPost, "/console/canned", permLeadsAssign, s.saveCanned},
	}
}

// threadData is what the page of a thread sees.
type threadData struct {
	Lead   store.Lead
	Talk   []store.Utterance
	Held   *store.Takeover
	Mine   bool      // the account holds the thread
	Way    string    // why no message can be sent: "none" (the channel cannot), "closed" (its window), "" if one can
	Until  time.Time // when the window closes; zero if it does not
	Canned []store.Canned
	Form   string // names this form: sent twice, it sends once
	Draft  string // what was not sent
	Error  string // why
}

// window says whether a message reaches the person of a thread now, and until when.
func window(l store.Lead, talk []store.Utterance, now time.Time) (way string, until time.Time) {
	switch l.From.Platform {
	case bot.Telegram:
		return "", time.Time{}
	case bot.WeChat:
	default:
		return "none", time.Time{} // a page in a browser, or a terminal: nobody may be sitting there
	}
	for _, u := range talk {
		if u.By == store.ByPerson {
			until = u.At.Add(replyWindow)
		}
	}
	if !now.Before(until) {
		return "closed", time.Time{}
	}
	return "", until
}

func (s *Server) thread(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if err := v.looked("lead.thread", l.Number); err != nil {
		return err
	}
	return s.showThread(v, http.StatusOK, l, "", "")
}

func (s *Server) readThread(v *visit, l store.Lead) (threadData, error) {
	ctx := v.R.Context()
	d := threadData{Lead: l, Form: rand.Text()}
	var err error
	if d.Talk, err = s.Store.Transcript(ctx, l.From, transcriptTurns); err != nil {
		return d, err
	}
	if h, on, err := s.Store.TakeoverOf(ctx, l.From); err != nil {
		return d, err
	} else if on {
		d.Held, d.Mine = &h, h.Actor == v.Account.Name
	}
	if d.Canned, err = s.Store.CannedAnswers(ctx); err != nil {
		return d, err
	}
	d.Way, d.Until = window(l, d.Talk, v.now())
	return d, nil
}

func (s *Server) showThread(v *visit, status int, l store.Lead, draft, fault string) error {
	d, err := s.readThread(v, l)
	if err != nil {
		return err
	}
	d.Draft, d.Error = draft, fault
	return s.render(v, status, "leads_thread", d)
}

func threadPath(number string) string { return leadPath(number) + "/thread" }

func (s *Server) takeThread(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	if way, _ := window(l, nil, v.now()); way == "none" {
		return v.redirect(threadPath(l.Number), "thread.none")
	}
	err = s.Store.TakeOver(v.R.Context(), l.Number, v.Account.Name)
	switch {
	case errors.Is(err, store.ErrTaken):
		return v.redirect(threadPath(l.Number), "thread.taken")
	case errors.Is(err, store.ErrNotFound):
		return v.redirect(leadPath(l.Number), "leads.erased")
	case err != nil:
		return err
	}
	if err := v.audit("thread.take", l.Number, ""); err != nil {
		return err
	}
	return v.redirect(threadPath(l.Number))
}

// releaseThread gives the thread back to the bot: its holder may, and a supervisor.
func (s *Server) releaseThread(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	h, on, err := s.Store.TakeoverOf(v.R.Context(), l.From)
	if err != nil {
		return err
	}
	if on && h.Actor != v.Account.Name && !v.Can(string(permLeadsAssign)) {
		return v.fail(http.StatusForbidden, "error.forbidden")
	}
	if on {
		if err := s.Store.Release(v.R.Context(), l.Number, v.Account.Name); err != nil {
			return err
		}
		if err := v.audit("thread.release", l.Number, ""); err != nil {
			return err
		}
	}
	return v.redirect(threadPath(l.Number), "thread.released")
}

// maxReply leaves room for what a channel may add to the bytes of bot.MaxReplyBytes.
const maxReply = bot.MaxReplyBytes - 47

// replyThread writes to the person. What cannot be sent is shown again with the reason, never lost.
func (s *Server) replyThread(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	text := v.form("text")
	if text == "" || len(text) > maxReply {
		return s.showThread(v, http.StatusUnprocessableEntity, l, text, v.T("thread.length", maxReply/3))
	}
	d, err := s.readThread(v, l)
	if err != nil {
		return err
	}
	if d.Way != "" {
		return s.showThread(v, http.StatusConflict, l, text, v.T("thread."+d.Way))
	}
	err = s.Store.Reply(v.R.Context(), l.Number, v.Account.Name, v.form("form"), text)
	switch {
	case errors.Is(err, store.ErrReleased):
		return s.showThread(v, http.StatusConflict, l, text, v.T("thread.lost"))
	case errors.Is(err, store.ErrNotFound):
		return v.redirect(leadPath(l.Number), "leads.erased")
	case errors.Is(err, store.ErrIncomplete):
		return v.fail(http.StatusBadRequest, "error.form")
	case err != nil:
		return err
	}
	if err := v.audit("thread.reply", l.Number, ""); err != nil {
		return err
	}
	return v.redirect(threadPath(l.Number))
}

// Bounds of prepared answers, in bytes.
const maxCannedTitle = 60

func (s *Server) cannedPage(v *visit) error {
	all, err := s.Store.CannedAnswers(v.R.Context())
	if err != nil {
		return err
	}
	return v.render("leads_canned", map[string]any{"All": all, "Max": maxReply})
}

func (s *Server) saveCanned(v *visit) error {
	title, text := v.form("title"), v.form("text")
	if title == "" || len(title) > maxCannedTitle || len(text) > maxReply {
		return v.redirect("/console/canned", "canned.length", strconv.Itoa(maxCannedTitle/3), strconv.Itoa(maxReply/3))
	}
	if err := s.Store.SaveCanned(v.R.Context(), title, text, v.Account.Name); err != nil {
		return err
	}
	if err := v.audit("canned.save", title, ""); err != nil {
		return err
	}
	return v.redirect("/console/canned", "leads.saved")
}

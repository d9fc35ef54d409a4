package console

import (
	"crypto/rand"
	"errors"
	"net/http"
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
	Way    string    // why no message can be sent: "none" (the channel cannot), "closed" and "used" (its window), "" if one can
	Until  time.Time // when the window closes; zero if it does not
	Left   int       // how many messages may still go until then
	Canned []store.Canned
	Form   string // names this form: sent twice, it sends once
	Draft  string // what was not sent
	Error  string // why
	Max    int    // characters that the browser takes
}

// window says whether a message reaches the person of a thread now, until when, and how many may still go; no time and
// no count where the channel sets no limit.
func (s *Server) window(v *visit, l store.Lead) (way string, until time.Time, left int, err error) {
	switch l.From.Platform {
	case bot.Telegram, bot.Web: // a page in a browser fetches what waits for it, while it is open
		return "", time.Time{}, 0, nil
	case bot.WeChat:
	default:
		return "none", time.Time{}, 0, nil // nobody may be sitting at the terminal
	}
	until, left, err = s.Store.Reach(v.R.Context(), l.From)
	switch {
	case err != nil:
		return "", time.Time{}, 0, err
	case !v.now().Before(until):
		return "closed", time.Time{}, 0, nil
	case left <= 0:
		return "used", time.Time{}, 0, nil
	}
	return "", until, left, nil
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
	d := threadData{Lead: l, Form: rand.Text(), Max: maxReply}
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
	d.Way, d.Until, d.Left, err = s.window(v, l)
	return d, err
}

func (s *Server) showThread(v *visit, status int, l store.Lead, draft, fault string) error {
	d, err := s.readThread(v, l)
	if err != nil {
		return err
	}
	d.Draft, d.Error = draft, fault
	return s.render(v, status, "leads_thread", d)
}

// OnPage reports whether messages of staff are shown by the person's own page.
func (d threadData) OnPage() bool { return d.Lead.From.Platform == bot.Web }

// Erased reports whether nothing is kept of the person.
func (d threadData) Erased() bool { return d.Lead.Erased }

// OnPage is as for a thread.
func (d leadData) OnPage() bool { return d.From.Platform == bot.Web }

func threadPath(number string) string { return leadPath(number) + "/thread" }

func (s *Server) takeThread(v *visit) error {
	l, err := v.lead()
	if err != nil {
		return err
	}
	switch way, _, _, err := s.window(v, l); {
	case err != nil:
		return err
	case way == "none":
		return v.refuse(threadPath(l.Number), "thread.none")
	}
	err = s.Store.TakeOver(v.R.Context(), l.Number, v.Account.Name)
	switch {
	case errors.Is(err, store.ErrTaken):
		return v.refuse(threadPath(l.Number), "thread.taken")
	case errors.Is(err, store.ErrNotFound):
		return v.refuse(leadPath(l.Number), "leads.erased")
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
		return v.refuse(leadPath(l.Number), "leads.erased")
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

// maxCannedTitle bounds the title of a prepared answer, in bytes.
const maxCannedTitle = 60

type cannedData struct {
	All         []store.Canned
	Max         int
	Title, Text string // what was not saved
	New         bool   // it was to be a new one
	Problem     string // why
}

func (s *Server) cannedPage(v *visit) error { return s.showCanned(v, http.StatusOK, cannedData{}) }

func (s *Server) showCanned(v *visit, status int, d cannedData) error {
	all, err := s.Store.CannedAnswers(v.R.Context())
	if err != nil {
		return err
	}
	d.All, d.Max = all, maxReply
	return s.render(v, status, "leads_canned", d)
}

func (s *Server) saveCanned(v *visit) error {
	title, text := v.form("title"), v.form("text")
	if title == "" || len(title) > maxCannedTitle || len(text) > maxReply {
		return s.showCanned(v, http.StatusUnprocessableEntity, cannedData{Title: title, Text: text, New: v.form("new") == "yes", Problem: v.T("canned.length", maxCannedTitle/3, maxReply/3)})
	}
	var err error
	if v.form("new") != "yes" {
		err = s.Store.SaveCanned(v.R.Context(), title, text, v.Account.Name)
	} else if err = s.Store.AddCanned(v.R.Context(), title, text, v.Account.Name); errors.Is(err, store.ErrExists) {
		return s.showCanned(v, http.StatusConflict, cannedData{Title: title, Text: text, New: true, Problem: v.T("canned.exists", title)})
	} else if errors.Is(err, store.ErrIncomplete) {
		return s.showCanned(v, http.StatusUnprocessableEntity, cannedData{Title: title, New: true, Problem: v.T("canned.empty")})
	}
	if err != nil {
		return err
	}
	if err := v.audit("canned.save", title, ""); err != nil {
		return err
	}
	return v.redirect("/console/canned", "leads.saved")
}

package console

import (
	"errors"
	"net/http"
	"time"

	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
	"smebot/teach"
)

// lessonView is a lesson as the list shows it.
type lessonView struct {
	store.Lesson
	Says            string // what it makes of its questions
	Basis           string // what an answer of staff's own rests on
	Trouble         string // why it is in force but of no use
	Ending          bool   // its day of review is near
	Useful, Useless int
}

type lessonsView struct {
	Lessons    []lessonView
	All, From  int
	Prev, Next int
}

// reviewNear is how long before its day of review a lesson is marked.
const reviewNear = 30 * 24 * time.Hour

// voicesFrom is the day from which voices on answers are counted.
const voicesFrom, voicesTo = "2000-01-01", "9999-12-31"

func (s *Server) lessonsList(v *visit) error {
	ctx := v.R.Context()
	all, err := s.Store.Lessons(ctx)
	if err != nil {
		return err
	}
	votes, err := s.Store.FeedbackCounts(ctx, voicesFrom, voicesTo)
	if err != nil {
		return err
	}
	voices := map[string]store.FeedbackCount{}
	for _, c := range votes {
		voices[c.Subject] = c
	}
	d := lessonsView{All: len(all)}
	d.From, d.Prev, d.Next = pageOf(v.query("from"), len(all), lessonsPage)
	for _, l := range all[d.From:min(len(all), d.From+lessonsPage)] {
		row := lessonView{Lesson: l, Says: s.lessonSays(v, l), Basis: s.basisWords(l.Basis)}
		if l.Undone.IsZero() {
			if f := s.Shelf.Trouble(l, v.now()); f.Code != "" {
				row.Trouble = v.fault(f)
			}
			if at, err := time.ParseInLocation(time.DateOnly, l.Review, china); err == nil {
				row.Ending = row.Trouble == "" && at.Sub(v.now()) < reviewNear
			}
		}
		c := voices["answer/"+l.ID]
		row.Useful, row.Useless = c.Useful, c.Useless
		d.Lessons = append(d.Lessons, row)
	}
	return v.render("lessons_list", d)
}

// lessonSays puts into words what a lesson makes of its questions.
func (s *Server) lessonSays(v *visit, l store.Lesson) string {
	label := understand.Label(l.Label)
	ref, ok := label.Ref()
	if n := label.Article(); n > 0 && !ok {
		ref, ok = knowledge.PolicyRef(n), true
	}
	switch {
	case l.Words != "":
		return v.T("teach.says.answer")
	case ok:
		title := ref.Document
		if doc, art, held := s.Base.Article(ref); held {
			title = doc.Title
			ref.Heading = art.Heading
		}
		return v.T("teach.says.article", title, ref.Heading)
	case label.Slug() != "":
		return v.T("teach.says.platform", platformsIn(v.Lang).Type(label.Slug()))
	}
	return v.T("teach.says.scope")
}

// basisWords names what an answer rests on.
func (s *Server) basisWords(b store.Basis) string {
	if b.Document != "" {
		title := b.Document
		if doc, _, ok := s.Base.Article(knowledge.Ref{Document: b.Document, Heading: b.Heading}); ok {
			title = doc.Title
		}
		return "《" + title + "》" + b.Heading
	}
	if b.Title == "" {
		return ""
	}
	words := "《" + b.Title + "》"
	for _, part := range []string{b.Number, b.Date} {
		if part != "" {
			words += " " + part
		}
	}
	return words
}

// undoLesson takes a lesson back; its questions are open again.
func (s *Server) undoLesson(v *visit) error {
	err := s.Store.UndoLesson(v.R.Context(), v.R.PathValue("id"), v.Account.Name)
	if errors.Is(err, store.ErrNotFound) {
		return v.fail(http.StatusNotFound, "lessons.gone")
	}
	if err != nil {
		return err
	}
	if err := s.Office.Reload(v.R.Context(), v.Account.Name); err != nil {
		return err
	}
	return v.redirect("/console/questions/taught", "lessons.undone")
}

// Rests names what an answer of a rehearsal rests on; for templates.
func (v *visit) Rests(a teach.Said) string {
	words := v.T("intent." + a.Intent)
	if a.Own {
		return v.T("teach.says.answer")
	}
	switch understand.Intent(a.Intent) {
	case understand.Policy, understand.Platform, understand.Clarify:
	default:
		return words
	}
	for _, p := range platformsIn(v.Lang) {
		if p.Slug == a.Rests {
			return words + " · " + p.Name
		}
	}
	if a.Rests == "" {
		return words
	}
	return words + " · " + a.Rests
}

// Meaning puts the label of a built-in example into words; for templates.
func (v *visit) Meaning(l understand.Label) string {
	if l == "" {
		return "—"
	}
	words := v.T("intent." + string(l.Intent()))
	switch {
	case l.Article() > 0 && l.Intent() == understand.Policy:
		return words + " · " + knowledge.PolicyRef(l.Article()).Heading
	case l.Slug() != "":
		return words + " · " + platformsIn(v.Lang).Type(l.Slug())
	}
	return words
}

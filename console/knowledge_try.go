package console

import (
	"fmt"
	"net/url"

	"smebot/intents/understand"
	"smebot/teach"
)

// whyView is how the bot came to an answer, for the page.
type whyView struct {
	teach.Why
	Intent   string
	Language string
	Sure     string // how sure, in hundredths
	First    string // how sure that the first imported article answers, and that one of the first three does
	Among    string
	Labels   []weighed
	Near     *nearView // the taught example that was nearest
	Asked    []string  // kinds of facts asked for
	Withheld string    // why nothing was answered; "" if something was
}

type weighed struct{ Meaning, P string }

type nearView struct {
	Words, Meaning, Likeness string
	Sure, Maybe              bool
}

// why prepares an explanation for its page.
func (s *Server) why(v *visit, w teach.Why) *whyView {
	d := &whyView{Why: w, Intent: v.T("intent." + string(w.Trace.Intent)), Language: v.T("language." + string(w.Trace.Language)), Sure: percent(w.Trace.Confidence), First: percent(w.First), Among: percent(w.Among)}
	for _, l := range w.Trace.Labels {
		d.Labels = append(d.Labels, weighed{v.labelWords(l.Label), percent(l.P)})
	}
	if n := w.Trace.Nearest; n.Maybe() {
		d.Near = &nearView{n.Text, s.taughtWords(v, n.Label), percent(n.Likeness), n.Sure(), n.Maybe()}
	}
	for _, kind := range w.Trace.Asked {
		d.Asked = append(d.Asked, v.T("slot."+kind))
	}
	switch {
	case w.Figure != "":
		d.Withheld = v.T("why.figure", w.Figure)
	case w.Trace.Miss.Kind == understand.MissYear:
		d.Withheld = v.T("why.year", w.Trace.Miss.Word)
	case w.Trace.Miss.Kind == understand.MissPlace:
		d.Withheld = v.T("why.place", w.Trace.Miss.Word)
	case w.Lacks:
		d.Withheld = v.T("why.lacks", w.Articles[0].Heading)
	case w.Trace.Unsure:
		d.Withheld = v.T("why.unsure")
	case w.Reply.Intent == string(understand.NoAnswer):
		d.Withheld = v.T("why.none")
	}
	return d
}

// labelWords puts a label of the model into words; a near miss is named as one.
func (v *visit) labelWords(l understand.Label) string {
	if l.Article() > 0 && l.Intent() == understand.NoAnswer {
		return v.T("why.miss", l.Article())
	}
	return v.Meaning(l)
}

// taughtWords puts what an example was taught as into words.
func (s *Server) taughtWords(v *visit, l understand.Label) string {
	if ref, ok := l.Ref(); ok {
		return v.T("teach.says.article", ref.Document, ref.Heading)
	}
	if l.Answer() != "" {
		return v.T("teach.says.answer")
	}
	return v.labelWords(l)
}

// Score writes a score; for templates.
func (v *visit) Score(f float64) string { return fmt.Sprintf("%.2f", f) }

// documentPath is the page of a document.
func documentPath(id string) string { return "/console/knowledge/documents/" + url.PathEscape(id) }

// DocumentPath is the page of a document; for templates.
func (v *visit) DocumentPath(id string) string { return documentPath(id) }

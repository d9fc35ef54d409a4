package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"smebot/knowledge"
	"smebot/knowledge/parse"
	"smebot/store"
)

// Bounds of the knowledge's pages.
const (
	documentsPage = 60  // documents on a page
	articlesPage  = 120 // articles of a document on a page
	findingsShown = 300
	maxComment    = 200 // characters
	maxAsked      = 300 // characters of a question that is tried
)

func (s *Server) knowledgeRoutes() []route {
	return []route{
		{"GET", "/console/knowledge", permKnowledge, s.withShelf(s.documentsList)},
		{"GET", "/console/knowledge/documents/{id}", permKnowledge, s.withShelf(s.documentPage)},
		{"POST", "/console/knowledge/documents/{id}/switch", permKnowledge, s.withShelf(s.switchDocument)},
		{"GET", "/console/knowledge/check", permKnowledge, s.withShelf(s.checkPage)},
		{"GET", "/console/knowledge/try", permKnowledge, s.withShelf(s.tryPage)},
		{"GET", "/console/knowledge/import", permKnowledge, s.withShelf(s.importForm)},
		{"POST", "/console/knowledge/preview", permKnowledge, s.withShelf(s.importPreview)},
		{"POST", "/console/knowledge/import", permKnowledge, s.withShelf(s.importConfirmed)},
	}
}

// heldDocument is a document as the pages show it.
type heldDocument struct {
	knowledge.Document
	Embedded bool
	Imported time.Time
	State    string // "in", "over", "ahead", "undated": whether it is in force today
	Off      *store.Switch
	Older    []store.Document // earlier versions, newest first
}

type documentsView struct {
	Documents  []heldDocument
	Find       string
	All, From  int
	Prev, Next int
}

// force says whether a document is in force on a day.
func force(d knowledge.Document, now time.Time) string {
	today := now.In(china).Format(time.DateOnly)
	switch {
	case d.Expires != "" && today > d.Expires:
		return "over"
	case d.Effective != "" && today < d.Effective:
		return "ahead"
	case d.Expires == "" && d.Effective == "":
		return "undated"
	}
	return "in"
}

// held reads what the store knows of the documents that the base holds.
func (s *Server) held(v *visit) ([]heldDocument, error) {
	heads, err := s.Store.DocumentHeads(v.R.Context())
	if err != nil {
		return nil, err
	}
	off, err := s.switches(v, store.DocumentSwitch)
	if err != nil {
		return nil, err
	}
	imported, older := map[string]time.Time{}, map[string][]store.Document{}
	for _, h := range heads {
		if base, _, version := strings.Cut(h.ID, "@"); version {
			older[base] = append(older[base], h)
		} else {
			imported[h.ID] = h.Imported
		}
	}
	var list []heldDocument
	for i, d := range s.Base.Documents() {
		h := heldDocument{Document: d, Embedded: i == 0, Imported: imported[d.ID], State: force(d, v.now()), Older: older[d.ID]}
		slices.Reverse(h.Older)
		if sw, ok := off[d.ID]; ok {
			h.Off = &sw
		}
		list = append(list, h)
	}
	return list, nil
}

// switches reads what is off of one kind, by name.
func (s *Server) switches(v *visit, kind store.SwitchKind) (map[string]store.Switch, error) {
	all, err := s.Store.Switches(v.R.Context())
	if err != nil {
		return nil, err
	}
	off := map[string]store.Switch{}
	for _, sw := range all {
		if sw.Kind == kind {
			off[sw.Name] = sw
		}
	}
	return off, nil
}

func (s *Server) documentsList(v *visit) error {
	all, err := s.held(v)
	if err != nil {
		return err
	}
	d := documentsView{Find: clip(v.query("q"), 60)}
	all = slices.DeleteFunc(all, func(h heldDocument) bool { return !strings.Contains(h.Title, d.Find) })
	d.All = len(all)
	d.From, d.Prev, d.Next = pageOf(v.query("from"), len(all), documentsPage)
	d.Documents = all[d.From:min(len(all), d.From+documentsPage)]
	return v.render("knowledge_list", d)
}

// documentView is one document with its articles.
type documentView struct {
	heldDocument
	Shown      []shownArticle
	From       int
	Prev, Next int
	Findings   []parse.Finding
	Problem    string
}

type shownArticle struct {
	knowledge.Article
	Words string // damaged places marked
	Card  *knowledge.Card
}

// document reads the document of an address, an older version too.
func (s *Server) document(v *visit) (heldDocument, error) {
	id := v.R.PathValue("id")
	all, err := s.held(v)
	if err != nil {
		return heldDocument{}, err
	}
	for _, h := range all {
		if h.ID == id {
			return h, nil
		}
	}
	row, err := s.Store.Document(v.R.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return heldDocument{}, v.fail(http.StatusNotFound, "knowledge.gone")
	}
	if err != nil {
		return heldDocument{}, err
	}
	h := heldDocument{Imported: row.Imported}
	if err := json.Unmarshal(row.Body, &h.Document); err != nil {
		return h, err
	}
	h.State = force(h.Document, v.now())
	return h, nil
}

func (s *Server) documentPage(v *visit) error {
	h, err := s.document(v)
	if err != nil {
		return err
	}
	return s.showDocument(v, http.StatusOK, h, "")
}

func (s *Server) showDocument(v *visit, status int, h heldDocument, problem string) error {
	d := documentView{heldDocument: h, Problem: problem, Findings: parse.Check(h.Document, v.now())}
	d.From, d.Prev, d.Next = pageOf(v.query("from"), len(h.Articles), articlesPage)
	for _, a := range h.Articles[d.From:min(len(h.Articles), d.From+articlesPage)] {
		shown := shownArticle{Article: a, Words: knowledge.Display(a.Text)}
		if c, ok := s.Base.Card(knowledge.Ref{Document: h.ID, Article: a.Number}); ok {
			shown.Card = &c
		}
		d.Shown = append(d.Shown, shown)
	}
	return s.render(v, status, "knowledge_one", d)
}

// switchDocument switches a document off, with a reason, or on again.
func (s *Server) switchDocument(v *visit) error {
	h, err := s.document(v)
	if err != nil {
		return err
	}
	if h.History {
		return v.fail(http.StatusNotFound, "knowledge.gone")
	}
	comment, done := v.form("comment"), "knowledge.on.done"
	sw := store.Switch{Kind: store.DocumentSwitch, Name: h.ID, Actor: v.Account.Name, Comment: comment}
	if v.form("to") == "on" {
		err = s.Store.SwitchOn(v.R.Context(), sw)
	} else {
		if comment == "" || utf8.RuneCountInString(comment) > maxComment {
			return s.showDocument(v, http.StatusUnprocessableEntity, h, v.T("settings.comment.length", maxComment))
		}
		done = "knowledge.off.done"
		err = s.Store.SwitchOff(v.R.Context(), sw)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) { // on already: nothing to do
		return err
	}
	if err := s.Office.Reload(v.R.Context(), v.Account.Name); err != nil {
		return err
	}
	return v.redirect(documentPath(h.ID), done)
}

// Card is a card's words in the visit's language; for templates.
func (v *visit) Card(w knowledge.Words) string { return w.In(knowledge.Language(v.Lang)) }

// Cards is a card's list in the visit's language; for templates.
func (v *visit) Cards(l knowledge.List) []string { return l.In(knowledge.Language(v.Lang)) }

// Finding is what kind of thing was found, in words; for templates.
func (v *visit) Finding(f parse.Finding) string { return v.T("finding." + f.Kind) }

// what of a finding's sentence, which is English, reads in any language: the place that is quoted, and dates.
var foundPlace = regexp.MustCompile(`“[^”]*”|\d{4}-\d\d-\d\d`)

// Found is where and what exactly, for templates.
func (v *visit) Found(f parse.Finding) string {
	if v.Lang == "en" {
		return f.What
	}
	return strings.Join(foundPlace.FindAllString(f.What, -1), " ")
}

type checkView struct {
	Findings []parse.Finding
	More     int
	Checked  int // documents
}

// checkPage looks through all documents that are held. It is worked out once for each state of them.
func (s *Server) checkPage(v *visit) error {
	version, err := s.Store.KnowledgeVersion(v.R.Context())
	if err != nil {
		return err
	}
	docs := s.Base.Documents()
	s.findings.mu.Lock()
	defer s.findings.mu.Unlock()
	if c := &s.findings; !c.done || c.version != version || c.documents != len(docs) {
		c.list = nil
		for _, d := range docs {
			c.list = append(c.list, parse.Check(d, v.now())...)
		}
		c.done, c.version, c.documents = true, version, len(docs)
	}
	d := checkView{Checked: len(docs), Findings: s.findings.list[:min(len(s.findings.list), findingsShown)]}
	d.More = len(s.findings.list) - len(d.Findings)
	return v.render("knowledge_check", d)
}

// tryView is a question that was tried.
type tryView struct {
	Asked string
	Why   *whyView
}

func (s *Server) tryPage(v *visit) error {
	d := tryView{Asked: clip(v.query("q"), maxAsked)}
	if d.Asked != "" {
		why, err := s.Shelf.Explain(v.R.Context(), d.Asked)
		if err != nil {
			return err
		}
		d.Why = s.why(v, why)
	}
	return v.render("knowledge_try", d)
}

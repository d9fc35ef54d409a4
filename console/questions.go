package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/knowledge"
	"smebot/store"
	"smebot/teach"
)

// Bounds of the pages about questions.
const (
	questionsPage  = 40  // groups on a page
	wordingsShown  = 40  // of one group
	wordingsTaught = 6   // of them stand in the form as ways of asking
	articlesFound  = 8   // that a search proposes
	lessonsPage    = 60  // lessons on a page
	changesShown   = 120 // of a rehearsal
	maxDraft       = 16 << 10
)

func (s *Server) questionRoutes() []route {
	return []route{
		{"GET", "/console/questions", permTeach, s.withShelf(s.questionsList)},
		{"GET", "/console/questions/{id}", permTeach, s.withShelf(s.questionsGroup)},
		{"POST", "/console/questions/{id}/rehearse", permTeach, s.withShelf(s.rehearse)},
		{"POST", "/console/questions/{id}/teach", permTeach, s.withShelf(s.teach)},
		{"GET", "/console/questions/taught", permTeach, s.withShelf(s.lessonsList)},
		{"POST", "/console/questions/taught/{id}/undo", permTeach, s.withShelf(s.undoLesson)},
	}
}

// withShelf answers as if there were no such page where the program lends no shelf.
func (s *Server) withShelf(serve func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		if s.Shelf == nil || s.Base == nil || s.Office == nil {
			return v.fail(http.StatusNotFound, "error.notfound")
		}
		return serve(v)
	}
}

// questionsView is what the list shows.
type questionsView struct {
	Groups         []teach.Group
	All, Questions int // how many groups and questions there are
	Known          int // questions like ones out of scope, left out
	New            bool
	From           int // the first group shown
	Prev, Next     int // where the pages beside begin, -1 for none
}

func (s *Server) questionsList(v *visit) error {
	d := questionsView{New: v.query("sort") == "new", Prev: -1, Next: -1}
	groups, known, err := s.Shelf.Groups(v.R.Context())
	if err != nil {
		return err
	}
	if d.New {
		slices.SortStableFunc(groups, func(a, b teach.Group) int { return b.Newest.Compare(a.Newest) })
	}
	d.All, d.Known = len(groups), known
	for _, g := range groups {
		d.Questions += len(g.Questions)
	}
	d.From, d.Prev, d.Next = pageOf(v.query("from"), len(groups), questionsPage)
	d.Groups = groups[d.From:min(len(groups), d.From+questionsPage)]
	return v.render("questions_list", d)
}

// pageOf reads where a page begins, and says where the pages beside it do; -1 for none.
func pageOf(from string, all, size int) (at, prev, next int) {
	at, _ = strconv.Atoi(from)
	if at < 0 || at >= all {
		at = 0
	}
	prev, next = -1, -1
	if at > 0 {
		prev = max(0, at-size)
	}
	if at+size < all {
		next = at + size
	}
	return at, prev, next
}

// groupView is one group with the form that teaches it.
type groupView struct {
	Group     teach.Group
	Wordings  []teach.Count
	More      int // wordings not shown
	Find      string
	Articles  []teach.Candidate // proposed by a search
	Platforms platformNames
	Draft     teach.Draft
	Examples  string // one a line
	Tomorrow  string
	LastDay   string
	Problem   string

	Report  *reportView
	Checked string // the draft that was rehearsed
	Proof   string // that it was
}

// reportView is a rehearsal as the page shows it.
type reportView struct {
	teach.Report
	Shown        []teach.Difference
	More         int
	Broken, Idle int    // how many of those verdicts
	Scope        bool   // nothing is meant to change: the wordings are out of scope
	Says         string // what the lesson makes of its questions
}

// group reads the group of an address.
func (s *Server) group(v *visit) (teach.Group, error) {
	g, ok, err := s.Shelf.Group(v.R.Context(), v.R.PathValue("id"))
	if err == nil && !ok {
		err = v.fail(http.StatusNotFound, "questions.gone")
	}
	return g, err
}

func (s *Server) questionsGroup(v *visit) error {
	g, err := s.group(v)
	if err != nil {
		return err
	}
	var lines []string
	for _, w := range g.Wordings[:min(len(g.Wordings), wordingsTaught)] {
		lines = append(lines, w.Name)
	}
	return s.showGroup(v, http.StatusOK, g, groupView{Find: clip(v.query("find"), 60), Examples: strings.Join(lines, "\n")})
}

// showGroup draws the page of a group; d holds what was filled in and found.
func (s *Server) showGroup(v *visit, status int, g teach.Group, d groupView) error {
	d.Group, d.Platforms = g, platformsIn(v.Lang)
	d.Wordings = g.Wordings[:min(len(g.Wordings), wordingsShown)]
	d.More = len(g.Wordings) - len(d.Wordings)
	now := v.now().In(china)
	d.Tomorrow, d.LastDay = now.AddDate(0, 0, 1).Format(time.DateOnly), now.AddDate(2, 0, 0).Format(time.DateOnly)
	if d.Draft.Review == "" {
		d.Draft.Review = now.AddDate(0, 6, 0).Format(time.DateOnly)
	}
	find := d.Find
	if find == "" {
		find = g.Wordings[0].Name
	}
	hits, err := s.Base.Search(v.R.Context(), find, articlesFound)
	if err != nil {
		return err
	}
	for _, h := range hits {
		d.Articles = append(d.Articles, teach.Candidate{Ref: h.Ref, Title: h.Title, Passage: clip(knowledge.Display(h.Text), 90)})
	}
	if d.Draft.Heading != "" && !slices.ContainsFunc(d.Articles, func(c teach.Candidate) bool {
		return c.Document == d.Draft.Document && c.Heading == d.Draft.Heading
	}) {
		if doc, art, ok := s.Base.Article(knowledge.Ref{Document: d.Draft.Document, Heading: d.Draft.Heading}); ok {
			c := teach.Candidate{Ref: knowledge.Ref{Document: doc.ID, Heading: art.Heading}, Title: doc.Title, Passage: clip(knowledge.Display(art.Text), 90)}
			d.Articles = slices.Insert(d.Articles, 0, c)
		}
	}
	return s.render(v, status, "questions_one", d)
}

// readDraft reads the form that teaches.
func readDraft(v *visit) (teach.Draft, string) {
	d := teach.Draft{
		Kind: teach.Kind(v.form("kind")), Platform: v.form("platform"), Words: strings.ReplaceAll(v.form("words"), "\r\n", "\n"),
		Title: v.form("title"), Link: v.form("link"), Number: v.form("number"), Date: v.form("date"), Review: v.form("review"),
	}
	chosen, basis := v.form("article"), v.form("basis") // the form sends both, whatever kind is chosen
	if d.Kind == teach.OwnWords {
		chosen = basis
	}
	d.Document, d.Heading, _ = strings.Cut(chosen, "|")
	examples := strings.ReplaceAll(v.form("examples"), "\r\n", "\n")
	d.Examples = strings.Split(examples, "\n")
	return d, examples
}

// rehearseLimit bounds a rehearsal.
const rehearseLimit = 2 * time.Minute

// rehearse shows what a draft would change. It stores nothing.
func (s *Server) rehearse(v *visit) error {
	g, err := s.group(v)
	if err != nil {
		return err
	}
	draft, examples := readDraft(v)
	d := groupView{Draft: draft, Examples: examples, Find: clip(v.form("find"), 60)}
	if v.form("do") == "find" { // looks for articles, and keeps what is filled in
		return s.showGroup(v, http.StatusOK, g, d)
	}
	lesson, fault := s.Shelf.Lesson(draft, v.Account.Name)
	if fault != nil {
		d.Problem = v.fault(*fault)
		return s.showGroup(v, http.StatusUnprocessableEntity, g, d)
	}
	// On a busy machine thousands of checks take longer than a page may.
	_ = http.NewResponseController(v.W).SetWriteDeadline(time.Now().Add(rehearseLimit)) // some writers of tests know no deadline
	report, err := s.Shelf.Rehearse(v.R.Context(), lesson)
	if err != nil {
		return err
	}
	checked, err := json.Marshal(draft)
	if err != nil {
		return err
	}
	d.Report = &reportView{Report: report, Says: s.lessonSays(v, lesson), Broken: report.Counts[teach.Broken], Idle: report.Counts[teach.Idle], Scope: draft.Kind == teach.OutOfScope}
	d.Report.Shown = report.Differences[:min(len(report.Differences), changesShown)]
	d.Report.More = len(report.Differences) - len(d.Report.Shown)
	d.Checked, d.Proof = string(checked), s.proof(v, g.Handle, string(checked))
	return s.showGroup(v, http.StatusOK, g, d)
}

// proof shows that an account saw the rehearsal of a draft.
func (s *Server) proof(v *visit, group, draft string) string {
	return s.token("rehearsed", v.Account.Name, group, draft)
}

// fault puts a fault of a lesson into words.
func (v *visit) fault(f teach.Fault) string {
	words := v.T("teach.fault." + f.Code)
	if !strings.Contains(words, "%s") {
		return words
	}
	return strings.TrimRight(fmt.Sprintf(words, f.Arg), "：: ")
}

// teach puts a draft into force whose rehearsal was seen.
func (s *Server) teach(v *visit) error {
	g, err := s.group(v)
	if err != nil {
		return err
	}
	checked := v.raw("checked")
	var draft teach.Draft
	if len(checked) > maxDraft || !sameText(v.form("proof"), s.proof(v, g.Handle, checked)) || json.Unmarshal([]byte(checked), &draft) != nil {
		return v.fail(http.StatusBadRequest, "teach.unseen")
	}
	lesson, fault := s.Shelf.Lesson(draft, v.Account.Name)
	if fault == nil {
		err := s.Store.SaveLesson(v.R.Context(), lesson, g.Handles())
		if errors.Is(err, store.ErrTaught) {
			fault = &teach.Fault{Code: teach.FaultTaught}
		} else if err != nil {
			return err
		}
	}
	if fault != nil { // something changed since it was rehearsed
		d := groupView{Draft: draft, Examples: strings.Join(draft.Examples, "\n"), Problem: v.fault(*fault)}
		return s.showGroup(v, http.StatusConflict, g, d)
	}
	if err := s.Office.Reload(v.R.Context(), v.Account.Name); err != nil {
		return err
	}
	return v.redirect("/console/questions/taught", "teach.done", strconv.Itoa(len(g.Questions)))
}

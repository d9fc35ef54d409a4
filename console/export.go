package console

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"smebot/export"
	"smebot/store"
)

func (s *Server) exportRoutes() []route {
	return []route{
		{http.MethodGet, "/console/export", permExport, s.exportPage},
		{http.MethodPost, "/console/export", permExport, s.startExport},
		{http.MethodGet, "/console/export/files", permExport, s.exportFiles},
		{http.MethodGet, "/console/export/files/{id}", permExport, s.fetchExport},
		{http.MethodPost, "/console/export/files/{id}/drop", permExport, s.dropExport},
	}
}

// Bounds of what is said of an export, in characters.
const (
	minPurpose  = 2
	maxPurpose  = 100
	maxReceiver = 60
)

// purposes are what exports are usually for, offered as keys of sentences.
var purposes = []string{"visit", "pass", "report", "check"}

// offeredFields are the columns of the form: all but the messenger's own id of a person, which tells staff nothing.
func offeredFields() []string {
	return slices.DeleteFunc(export.Fields(), func(f string) bool { return f == "user" })
}

// exportData is what the page of exports sees.
type exportData struct {
	Filter            filterData
	Views             []store.View
	Count             int // leads that the filter chooses
	Fields            []exportField
	Formats           []export.Format
	Format            export.Format
	Purpose, Receiver string
	Purposes          []string
	Problem           string
	Jobs              []exportJob
}

type exportField struct {
	Name              string
	Chosen, Sensitive bool
}

// exportPath is the address of the export of what a filter chooses.
func exportPath(w store.Work) string {
	q := url.Values{"view": {string(w.View)}}
	for name, value := range map[string]string{"town": w.Town, "platform": w.Platform, "channel": w.Channel, "status": string(w.Status), "assignee": w.Assignee, "q": w.Text} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if w.Days > 0 {
		q.Set("days", strconv.Itoa(w.Days))
	}
	return "/console/export?" + q.Encode()
}

func (s *Server) exportPage(v *visit) error {
	d, err := s.exportForm(v, v.readWork(v.R.URL.Query()), export.DefaultFields())
	if err != nil {
		return err
	}
	d.Format, d.Receiver = export.XLSX, v.T("export.receiver.own")
	return v.render("export", d)
}

// exportForm makes the form ready, with the columns that are chosen.
func (s *Server) exportForm(v *visit, w store.Work, chosen []string) (exportData, error) {
	d := exportData{Views: append(slices.Clone(store.Views), ""), Formats: []export.Format{export.XLSX, export.CSV}, Purposes: purposes, Jobs: s.exports.of(v.Account.Name)}
	for _, f := range offeredFields() {
		d.Fields = append(d.Fields, exportField{f, slices.Contains(chosen, f), slices.Contains(export.Sensitive, f)})
	}
	w.Limit, w.Offset = 1, 0
	page, err := s.Store.Work(v.R.Context(), w)
	if err != nil {
		return d, err
	}
	numbers, err := s.Store.Chosen(v.R.Context(), w)
	if err != nil {
		return d, err
	}
	d.Count = len(numbers)
	d.Filter, err = s.filter(v, w, page)
	return d, err
}

// tooManyDigits finds what looks like a telephone or identity number.
var tooManyDigits = regexp.MustCompile(`(?:[0-9０-９][ -]?){7,}`)

// startExport begins to make a file, or counts anew when the form asks for that.
func (s *Server) startExport(v *visit) error {
	w := v.readWork(v.whole())
	var chosen []string
	for _, f := range offeredFields() {
		if slices.Contains(v.all("field"), f) {
			chosen = append(chosen, f)
		}
	}
	format, purpose, receiver := export.Format(v.form("format")), v.form("purpose"), v.form("receiver")
	problem := s.exportProblem(v, format, purpose, receiver, chosen)
	if v.form("do") != "count" && problem == "" {
		var err error
		if problem, err = s.beginExport(v, w, export.Spec{Format: format, Fields: chosen}, purpose, receiver); err != nil {
			return err
		}
		if problem == "" {
			return v.redirect(exportPath(w))
		}
	}
	d, err := s.exportForm(v, w, chosen)
	if err != nil {
		return err
	}
	d.Format, d.Purpose, d.Receiver = format, purpose, receiver
	if v.form("do") == "count" {
		return v.render("export", d)
	}
	d.Problem = problem
	return s.render(v, http.StatusUnprocessableEntity, "export", d)
}

// exportProblem says in words what is wrong with a form, "" if nothing is.
func (s *Server) exportProblem(v *visit, format export.Format, purpose, receiver string, chosen []string) string {
	length := utf8.RuneCountInString(purpose)
	switch {
	case length < minPurpose || length > maxPurpose:
		return v.T("export.purpose.needed", maxPurpose)
	case tooManyDigits.MatchString(purpose + "\n" + receiver):
		return v.T("export.purpose.number")
	case receiver == "" || utf8.RuneCountInString(receiver) > maxReceiver:
		return v.T("export.receiver.needed", maxReceiver)
	case len(chosen) == 0:
		return v.T("export.fields.needed")
	case format != export.CSV && format != export.XLSX:
		return v.T("export.format.needed")
	}
	return ""
}

// beginExport chooses the leads and begins their file. It returns in words what keeps it from that.
func (s *Server) beginExport(v *visit, w store.Work, spec export.Spec, purpose, receiver string) (problem string, err error) {
	numbers, err := s.Store.Chosen(v.R.Context(), w)
	if err != nil {
		return "", err
	}
	if len(numbers) == 0 {
		return v.T("export.nothing"), nil
	}
	now, id := v.now(), rand.Text()[:10]
	spec.Words = ExportWords(v.Lang)
	spec.Note = export.Note{ID: id, At: now, Actor: v.Account.Name, Receiver: receiver, Purpose: purpose, Filters: export.Filters(w, spec.Words)}
	g := store.Disclosure{ID: id, Actor: v.Account.Name, Receiver: receiver, Purpose: purpose, Format: string(spec.Format), Fields: spec.Fields, Filters: export.Filters(w, nil)}
	name := now.In(china).Format("2006-01-02") + "-" + id + "." + string(spec.Format)
	switch err := s.exports.start(g, "leads-"+name, v.T("export.file")+"-"+name, numbers, spec); {
	case errors.Is(err, errExportBusy):
		return v.T("export.busy"), nil
	case errors.Is(err, errExportFull):
		return v.T("export.full", maxExportsEach), nil
	default:
		return "", err
	}
}

// ExportWords says in a language, "zh" or "en", what stands in a file.
func ExportWords(lang string) export.Words {
	kinds := map[string]string{
		"field": "leads.field.", "status": "leads.status.", "reason": "leads.reason.", "platform": "leads.platform.", "receiver": "leads.receiver.",
		"helped": "leads.helped.", "channel": "leads.channel.",
		"view": "leads.view.", "note": "export.note.", "word": "app.",
	}
	return func(kind, value string) string {
		switch kind {
		case "assignee":
			if value == store.NoAssignee {
				return say(lang, "leads.nobody")
			}
			return value
		case "age":
			return say(lang, "leads.older", atoi(value))
		}
		key := kinds[kind] + value
		if _, known := catalogue[key]; kinds[kind] == "" || !known {
			return value
		}
		return say(lang, key)
	}
}

// Given tells of a file that a lead stood in; for templates.
func (v *visit) Given(g store.Disclosure) string {
	words, fields := ExportWords(v.Lang), []string{}
	for _, f := range g.Fields {
		fields = append(fields, words("field", f))
	}
	return v.T("leads.given.line", v.actor(g.Actor), g.Purpose, g.Receiver, strings.Join(fields, v.T("leads.given.and")))
}

// exportFiles lists the account's files alone: the page asks for it while one is being made.
func (s *Server) exportFiles(v *visit) error {
	return v.render("export_files", exportData{Jobs: s.exports.of(v.Account.Name)})
}

// fetchExport hands a finished file to the account that made it.
func (s *Server) fetchExport(v *visit) error {
	j, err := s.exports.fetch(v.R.Context(), v.Account.Name, v.R.PathValue("id"))
	switch {
	case err != nil:
		return err
	case j.State == exportStale && j.ID != "":
		return v.fail(http.StatusGone, "export.stale")
	case j.State != exportReady:
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	if err := v.audit("export.fetch", j.ID, "leads="+strconv.Itoa(j.Leads)); err != nil {
		return err
	}
	return v.download(j.Name, j.Full, export.Format(j.Format).Type(), j.file)
}

// dropExport gives up a file that is being made, or drops a finished one.
func (s *Server) dropExport(v *visit) error {
	if !s.exports.remove(v.Account.Name, v.R.PathValue("id")) {
		return v.redirect("/console/export", "export.gone")
	}
	return v.redirect("/console/export", "export.dropped")
}

package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/directory"
	"smebot/export"
	"smebot/knowledge/places"
	"smebot/store"
)

// DirectoryKeeper changes the directory and puts the change to use at once.
type DirectoryKeeper interface {
	SaveOrganisations(ctx context.Context, list []store.Organisation) (store.Saved, error)
	RemoveOrganisations(ctx context.Context, ids []string) error
}

// Bounds of the directory's pages.
const (
	directoryPage   = 100     // organisations on a page
	directoryUpload = 1 << 20 // bytes of an uploaded list; a larger one is imported by the command
	directoryFaults = 200     // faults shown
	directoryShown  = 500     // organisations of a preview shown
)

func (s *Server) directoryRoutes() []route {
	return []route{
		{"GET", "/console/directory", permDirectory, s.directoryList},
		{"GET", "/console/directory/import", permDirectory, s.directoryForm},
		{"GET", "/console/directory/template", permDirectory, s.directoryTemplate},
		{"GET", "/console/directory/unmet", permDirectory, s.directoryUnmet},
		{"POST", "/console/directory/preview", permDirectory, s.directoryPreview},
		{"POST", "/console/directory/import", permDirectory, s.directoryImport},
		{"POST", "/console/directory/remove", permDirectory, s.directoryRemove},
	}
}

// directoryView is what the list shows.
type directoryView struct {
	Town, Platform, Words string // the filters as they were typed
	TownUnknown           bool
	Towns                 []string // which of several towns is meant
	Platforms             platformNames
	List                  []store.Organisation
	All, From, Prev, Next int // how many match; the first shown; where the pages beside begin, -1 for none
}

type platformName struct{ Slug, Name string }

// platformNames are the types in the language of the page.
type platformNames []platformName

// Type is the name of a slug.
func (l platformNames) Type(slug string) string {
	for _, p := range l {
		if p.Slug == slug {
			return p.Name
		}
	}
	return slug
}

func platformsIn(lang string) platformNames {
	list := make(platformNames, len(platformSlugs))
	for i, slug := range platformSlugs {
		list[i] = platformName{slug, say(lang, "leads.platform."+slug)}
	}
	return list
}

func (s *Server) directoryList(v *visit) error {
	q := v.R.URL.Query()
	d := directoryView{Town: clip(q.Get("town"), 40), Platform: q.Get("platform"), Words: clip(q.Get("q"), 40), Platforms: platformsIn(v.Lang), Prev: -1, Next: -1}
	if slugs, _ := directory.Platforms(); !slices.Contains(slugs, d.Platform) {
		d.Platform = ""
	}
	list, err := s.Store.Organisations(v.R.Context(), "", d.Platform)
	if err != nil {
		return err
	}
	list = d.filter(list)
	d.All = len(list)
	d.From, _ = strconv.Atoi(q.Get("from"))
	if d.From < 0 || d.From >= len(list) {
		d.From = 0
	}
	end := min(len(list), d.From+directoryPage)
	d.List = list[d.From:end]
	if d.From > 0 {
		d.Prev = max(0, d.From-directoryPage)
	}
	if end < d.All {
		d.Next = end
	}
	return v.render("directory_list", d)
}

// filter keeps what lies in the town and holds the words.
func (d *directoryView) filter(list []store.Organisation) []store.Organisation {
	var in places.Place
	if d.Town != "" {
		found := places.Find(d.Town)
		if whole, ok := places.ByName(d.Town); ok {
			found = []places.Place{whole}
		}
		d.TownUnknown = len(found) != 1
		for _, p := range found {
			if len(found) > 1 {
				d.Towns = append(d.Towns, p.Full())
			}
			in = p
		}
	}
	words := strings.ToLower(d.Words)
	return slices.DeleteFunc(list, func(o store.Organisation) bool {
		at, known := places.ByName(o.Town)
		return d.Town != "" && (d.TownUnknown || !known || !at.Within(in)) ||
			words != "" && !strings.Contains(strings.ToLower(o.Name+"\n"+o.Contact+"\n"+o.Address+"\n"+o.Source), words)
	})
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// directoryImportView is the upload's form, and what is found in an uploaded list.
type directoryImportView struct {
	Platforms    platformNames
	Source, Date string
	Problem      string // key of what is wrong with the upload itself
	Faults       []string
	MoreFaults   int
	List         []store.Organisation
	More         int
	Count        int
	Checked      string // the list as CSV, to be confirmed; "" while there are faults
}

func (s *Server) directoryForm(v *visit) error {
	return v.render("directory_import", directoryImportView{Platforms: platformsIn(v.Lang)})
}

func (s *Server) directoryTemplate(v *visit) error {
	return v.download("directory-template.csv", "名录模板.csv", export.CSV.Type(), directory.Template())
}

// directoryPreview reads an uploaded list and shows what it says and every fault in it. It stores nothing.
func (s *Server) directoryPreview(v *visit) error {
	d := directoryImportView{Platforms: platformsIn(v.Lang), Source: clip(v.form("source"), 100), Date: v.form("date")}
	data, problem := uploaded(v.R)
	d.Problem = problem
	if _, err := time.Parse("2006-01-02", d.Date); err != nil && d.Date != "" {
		d.Problem, d.Date = "directory.bad-date", ""
	}
	if d.Problem != "" {
		return s.render(v, http.StatusUnprocessableEntity, "directory_import", d)
	}
	list, faults := directory.Parse(data, directoryDefaults(v, d.Source, d.Date))
	d.show(list, faults, v.Lang != "en")
	if len(faults) == 0 {
		d.Checked = string(directory.Encode(list))
		return v.render("directory_import", d)
	}
	return s.render(v, http.StatusUnprocessableEntity, "directory_import", d)
}

func directoryDefaults(v *visit, source, date string) directory.Defaults {
	now := v.now()
	return directory.Defaults{Source: source, Date: date, Batch: now.UTC().Format("20060102T150405Z"), Now: now}
}

func (d *directoryImportView) show(list []store.Organisation, faults []directory.Fault, chinese bool) {
	for _, f := range faults[:min(len(faults), directoryFaults)] {
		d.Faults = append(d.Faults, f.Words(chinese))
	}
	d.MoreFaults = len(faults) - len(d.Faults)
	d.Count = len(list)
	d.List = list[:min(len(list), directoryShown)]
	d.More = d.Count - len(d.List)
}

// uploaded returns the file of a form, and what is wrong with the upload, as a key.
func uploaded(r *http.Request) (data []byte, problem string) {
	f, _, err := r.FormFile("file")
	if err != nil {
		return nil, "directory.no-file"
	}
	data, err = io.ReadAll(io.LimitReader(f, directoryUpload+1))
	switch err = errors.Join(err, f.Close()); {
	case err != nil:
		return nil, "directory.no-file"
	case len(data) > directoryUpload:
		return nil, "directory.too-large"
	case len(data) == 0:
		return nil, "directory.no-file"
	}
	return data, ""
}

// directoryImport stores a list that was shown before. It is read anew: what comes from a browser proves nothing.
func (s *Server) directoryImport(v *visit) error {
	data := v.raw("checked")
	list, faults := directory.Parse([]byte(strings.ReplaceAll(data, "\r\n", "\n")), directoryDefaults(v, "", ""))
	if len(faults) > 0 {
		d := directoryImportView{Platforms: platformsIn(v.Lang)}
		d.show(list, faults, v.Lang != "en")
		return s.render(v, http.StatusUnprocessableEntity, "directory_import", d)
	}
	done, err := s.Directory.SaveOrganisations(v.R.Context(), list)
	if err != nil {
		return err
	}
	if err := v.audit("directory.import", list[0].Batch, fmt.Sprintf("added=%d changed=%d same=%d", done.Added, done.Changed, done.Same)); err != nil {
		return err
	}
	return v.redirect("/console/directory", "directory.imported")
}

// directoryRemoval asks once more before organisations are removed.
type directoryRemoval struct {
	Platforms platformNames
	List      []store.Organisation
}

// directoryRemove removes the organisations marked, after a page that names them.
func (s *Server) directoryRemove(v *visit) error {
	ids := v.all("id")
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 || len(ids) > directoryPage {
		return v.fail(http.StatusBadRequest, "directory.none-marked")
	}
	d := directoryRemoval{Platforms: platformsIn(v.Lang)}
	for _, id := range ids {
		o, err := s.Store.Organisation(v.R.Context(), id)
		if errors.Is(err, store.ErrNotFound) {
			return v.fail(http.StatusNotFound, "directory.gone")
		}
		if err != nil {
			return err
		}
		d.List = append(d.List, o)
	}
	if v.raw("sure") != "yes" {
		return v.render("directory_remove", d)
	}
	err := s.Directory.RemoveOrganisations(v.R.Context(), ids)
	if errors.Is(err, store.ErrNotFound) {
		return v.fail(http.StatusNotFound, "directory.gone")
	}
	if err != nil {
		return err
	}
	if err := v.audit("directory.remove", strings.Join(ids, " "), strconv.Itoa(len(ids))); err != nil {
		return err
	}
	return v.redirect("/console/directory", "directory.removed")
}

// unmetView is the table of what was looked for in vain: a row a town, a column a platform type.
type unmetView struct {
	Since     string
	Months    []string
	Platforms platformNames
	Rows      []unmetRow
	Totals    []int
	All       int
}

type unmetRow struct {
	Town   string
	Counts []int
	All    int
}

func (s *Server) directoryUnmet(v *visit) error {
	d := unmetView{Since: v.R.URL.Query().Get("since"), Platforms: platformsIn(v.Lang)}
	if _, err := time.Parse("2006-01", d.Since); err != nil {
		d.Since = ""
	}
	all, err := s.Store.UnmetDemand(v.R.Context(), "")
	if err != nil {
		return err
	}
	d.fill(all)
	return v.render("directory_unmet", d)
}

// fill adds up the counts, the most wanted town first.
func (d *unmetView) fill(all []store.UnmetCount) {
	d.Totals = make([]int, len(d.Platforms))
	rows := map[string]*unmetRow{}
	for _, u := range all {
		if !slices.Contains(d.Months, u.Month) {
			d.Months = append(d.Months, u.Month)
		}
		i := slices.IndexFunc(d.Platforms, func(p platformName) bool { return p.Slug == u.Platform })
		if u.Month < d.Since || i < 0 {
			continue
		}
		r := rows[u.Town]
		if r == nil {
			r = &unmetRow{Town: u.Town, Counts: make([]int, len(d.Platforms))}
			rows[u.Town] = r
		}
		r.Counts[i] += u.Asked
		r.All += u.Asked
		d.Totals[i] += u.Asked
		d.All += u.Asked
	}
	for _, r := range rows {
		d.Rows = append(d.Rows, *r)
	}
	slices.SortFunc(d.Rows, func(a, b unmetRow) int {
		if a.All != b.All {
			return b.All - a.All
		}
		return strings.Compare(a.Town, b.Town)
	})
}

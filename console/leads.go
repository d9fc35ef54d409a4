package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/directory"
	"smebot/store"
)

// leadRoutes are the leads desk: the work list, one lead, its thread.
func (s *Server) leadRoutes() []route {
	return slices.Concat([]route{
		{http.MethodGet, "/console/leads", permLeadsView, s.workList},
		{http.MethodPost, "/console/leads/assign", permLeadsAssign, s.assignLeads},
		{http.MethodGet, "/console/leads/late", permLeadsView, s.lateHands},
		{http.MethodGet, "/console/leads/events", permLeadsView, s.leadEvents},
	}, s.leadPageRoutes(), s.threadRoutes(), s.answerRoutes())
}

// pageSize is how many leads a page of the list holds.
const pageSize = 50

// platformSlugs are the kinds of platforms, as leads name them.
var platformSlugs, _ = directory.Platforms()

// leadStates are the states in the order in which a lead goes through them.
var leadStates = []store.Status{store.New, store.Contacted, store.Referred, store.InService, store.Done, store.Closed}

// ages are what the list may be narrowed to, in days since a lead was made.
var ages = []int{3, 9, 21, 45}

// only is store.Work.Only for an account.
func only(a store.Account) string {
	if a.Role == store.RoleAgent {
		return a.Name
	}
	return ""
}

// filterData is what the fields of a filter see.
type filterData struct {
	Work            store.Work
	Towns, Channels []string // that leads come from
	States          []store.Status
	Platforms       []string
	Ages            []int
	Assignees       []string // whom leads can be given to
	Gone            []string // who has leads and cannot be given any
}

// Narrowed reports whether more than words and the list choose.
func (f filterData) Narrowed() bool {
	w := f.Work
	return w.Town+w.Platform+w.Channel+string(w.Status)+w.Assignee != "" || w.Days > 0
}

// filter makes the fields of a filter ready.
func (s *Server) filter(v *visit, w store.Work, page store.WorkPage) (filterData, error) {
	names, err := s.workers(v)
	gone := slices.DeleteFunc(page.Holders, func(name string) bool { return slices.Contains(names, name) })
	return filterData{w, page.Towns, page.Channels, leadStates, platformSlugs, ages, names, gone}, err
}

// workData is what the list's template sees.
type workData struct {
	Filter   filterData
	Page     store.WorkPage
	Rows     []workRow
	Tabs     []workTab
	From, To int
	Prev     string // address of the page before, "" if there is none
	Next     string
	Query    string // the address's query, to come back to
	Wider    string // address of the same search in all leads, "" if it is in all
	Export   string // address of the export of what the filter chooses
	Refused  string // words that the account may not look for; nothing was looked for
}

type workTab struct {
	Key   string
	Link  string
	Count int
	Here  bool
}

// workRow is a lead as the account may see it.
type workRow struct {
	store.WorkItem
	Firm, Phone string // masked as the account must see them
	Age         int    // days since it was made
}

var numberForm = regexp.MustCompile(`^20\d{6}-[0-9A-Z]{4,8}$`)

// readWork reads the list's filter from an address or a form.
func (v *visit) readWork(q url.Values) store.Work {
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	w := store.Work{
		View: store.View(get("view")), Me: v.Account.Name, Only: only(v.Account), Town: get("town"), Platform: get("platform"),
		Channel: get("channel"), Status: store.Status(get("status")), Assignee: get("assignee"), Text: get("q"), Limit: pageSize,
	}
	if w.Status == store.Done || w.Status == store.Closed || numberForm.MatchString(w.Text) {
		w.View = "" // what is asked for stands in no other list, or may stand in any
	}
	if !v.mayLookFor(w.Text) {
		w.Text = ""
	}
	w.Days = max(0, atoi(get("days")))
	w.Offset = max(0, atoi(get("page"))) * pageSize
	return w
}

// mayLookFor reports whether an account may look for words: who may not see a name must not find out by looking for it.
func (v *visit) mayLookFor(words string) bool {
	return !masked(v.Account) || words == "" || numberForm.MatchString(words)
}

// warm reads the work list's index when the first colleague signs in after a start: a list of many leads is then there
// at once. It takes a second for a hundred thousand, and is given up when the console ends.
func (s *Server) warm() {
	s.warmed.Do(func() {
		s.exports.behind(func(ctx context.Context) { _, _ = s.Store.Chosen(ctx, store.Work{}) }) // the list itself tells what is wrong
	})
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n > 1e6 {
		return 0
	}
	return n
}

func (s *Server) workList(v *visit) error {
	w := v.readWork(v.R.URL.Query())
	if v.R.URL.RawQuery == "" {
		w.View = store.ViewOpen
	}
	page, err := s.Store.Work(v.R.Context(), w)
	if err != nil {
		return err
	}
	d := workData{Page: page, Query: v.R.URL.RawQuery}
	if words := v.query("q"); !v.mayLookFor(words) {
		d.Refused, d.Page.Items, d.Page.Total = words, nil, 0
	}
	if d.Filter, err = s.filter(v, w, page); err != nil {
		return err
	}
	d.Tabs = v.tabs(page.Counts, w.View)
	for _, it := range d.Page.Items {
		d.Rows = append(d.Rows, workRow{it, shownFirm(v.Account, it.Firm), it.Phone.Masked(), int(v.now().Sub(it.Created) / (24 * time.Hour))})
	}
	if n := len(d.Rows); n > 0 {
		d.From, d.To = w.Offset+1, w.Offset+n
	}
	at := func(view store.View, n int) string {
		q := v.R.URL.Query()
		q.Set("view", string(view))
		q.Set("page", strconv.Itoa(n))
		return "/console/leads?" + q.Encode()
	}
	d.Export = exportPath(w)
	if w.Offset > 0 && d.Refused == "" {
		d.Prev = at(w.View, w.Offset/pageSize-1)
	}
	if w.Offset+pageSize < d.Page.Total {
		d.Next = at(w.View, w.Offset/pageSize+1)
	}
	if w.View != "" && (d.Filter.Narrowed() || w.Text != "") && d.Refused == "" {
		d.Wider = at("", 0)
	}
	return v.render("leads_list", d)
}

// tabs are the lists that an account works from, with how many leads each holds.
func (v *visit) tabs(counts map[store.View]int, here store.View) (all []workTab) {
	for _, view := range append(slices.Clone(store.Views), "") {
		if view == store.ViewMine && masked(v.Account) {
			continue
		}
		tab := workTab{Key: "leads.view." + string(view), Link: "/console/leads?view=" + string(view), Count: counts[view], Here: view == here}
		if view == "" {
			tab.Key, tab.Count = "leads.view.all", -1
		}
		all = append(all, tab)
	}
	return all
}

// workers are the accounts that leads can be given to, by name.
func (s *Server) workers(v *visit) ([]string, error) {
	all, err := s.Store.Accounts(v.R.Context())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, a := range all {
		if a.Disabled.IsZero() && may(a, permLeadsWork) {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// assignLeads gives the leads that were ticked to an account.
func (s *Server) assignLeads(v *visit) error {
	assignee := v.form("assignee")
	back := "/console/leads"
	if q, err := url.ParseQuery(v.form("back")); err == nil && len(q) > 0 {
		back += "?" + q.Encode()
	}
	names, err := s.workers(v)
	if err != nil {
		return err
	}
	if assignee == store.NoAssignee {
		assignee = ""
	} else if !slices.Contains(names, assignee) {
		return v.refuse(back, "leads.noassignee")
	}
	var picks []store.Pick
	for _, p := range v.all("pick") {
		number, version, ok := strings.Cut(p, ":")
		n, err := strconv.ParseInt(version, 10, 64)
		if !ok || err != nil {
			return v.fail(http.StatusBadRequest, "error.form")
		}
		picks = append(picks, store.Pick{Number: number, Version: n})
	}
	if len(picks) == 0 {
		return v.refuse(back, "leads.nopick")
	}
	stale, err := s.Store.AssignLeads(v.R.Context(), picks, assignee, v.Account.Name)
	if err != nil {
		return err
	}
	done := len(picks) - len(stale)
	if err := v.audit("leads.assign", assignee, strconv.Itoa(done)); err != nil {
		return err
	}
	if len(stale) > 0 {
		return v.refuse(back, "leads.assigned.some", strconv.Itoa(done), strings.Join(stale, " "))
	}
	return v.redirect(back, "leads.assigned", strconv.Itoa(done))
}

// lateHands lists who is late, by person and not by case.
func (s *Server) lateHands(v *visit) error {
	hands, err := s.Store.LateHands(v.R.Context(), only(v.Account))
	if err != nil {
		return err
	}
	return v.render("leads_late", hands)
}

// shownFirm is a firm's name as an account may see it.
func shownFirm(a store.Account, firm string) string {
	if masked(a) {
		return maskWord(firm)
	}
	return firm
}

// maskWord leaves the first character of a name.
func maskWord(s string) string {
	for _, r := range s {
		return string(r) + "**"
	}
	return ""
}

package console

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"smebot/export"
	"smebot/store"
)

func (s *Server) overviewRoutes() []route {
	return []route{
		{http.MethodGet, "/console/overview", permOverview, s.overview},
		{http.MethodGet, "/console/overview/csv", permOverview, s.overviewCSV},
	}
}

// Spans that the overview offers, in days, and the longest it takes.
var spans = []int{30, 90, 180, 365}

const (
	usualSpan   = 90
	longestSpan = 5 * 366
	manyWeeks   = 60 // beyond it leads are counted by month
)

// ownTalk are the channels on which the operator tries the bot: not people's questions.
var ownTalk = []string{"ask", "terminal"}

// overviewData is what the overview's page sees.
type overviewData struct {
	From, To string // days
	Days     int    // which of spans it is; 0 for another
	Spans    []int
	Problem  string
	Open     bool // with all tables open, to print
	Query    string
	At       time.Time
	Figures  []figure
	Charts   []*chart
}

// figure is a number that is told at the top.
type figure struct{ Key, Value, More string }

// readSpan reads which days the overview is asked for.
func (v *visit) readSpan() (p span, days int, problem string) {
	today := dayOf(v.now())
	from, to := v.query("from"), v.query("to")
	if from != "" || to != "" {
		since, err1 := parseDay(from)
		until, err2 := parseDay(to)
		if err1 == nil && err2 == nil && from != "" {
			if p = (span{dayOf(since), today}); to != "" {
				p.to = dayOf(until)
			}
			if p.from <= p.to && p.to-p.from < longestSpan && since.Year() >= 2000 {
				return p, 0, ""
			}
		}
		problem = v.T("overview.badspan")
	}
	days = atoi(v.query("days"))
	if !slices.Contains(spans, days) {
		days = usualSpan
	}
	return span{today - day(days) + 1, today}, days, problem
}

func (s *Server) overview(v *visit) error {
	p, days, problem := v.readSpan()
	d, err := s.overviewOf(v, p)
	if err != nil {
		return err
	}
	d.Days, d.Problem, d.Spans, d.Open = days, problem, spans, v.query("tables") == "open"
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	return s.render(v, status, "overview", d)
}

// overviewCSV gives the numbers behind one chart.
func (s *Server) overviewCSV(v *visit) error {
	p, _, problem := v.readSpan()
	if problem != "" {
		return v.fail(http.StatusUnprocessableEntity, "overview.badspan")
	}
	d, err := s.overviewOf(v, p)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Charts, func(c *chart) bool { return c.Key == v.query("chart") })
	if i < 0 {
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	c := d.Charts[i]
	var b bytes.Buffer
	t, err := export.NewTable(&b, c.Heads)
	if err != nil {
		return err
	}
	for _, r := range c.Rows {
		row := slices.Clone(r.Labels)
		for _, n := range r.Numbers {
			row = append(row, strconv.Itoa(n))
		}
		if err := t.Row(row); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	name := "-" + d.From + "-" + d.To + ".csv"
	return v.download(c.Key+name, v.T("overview.chart."+c.Key)+name, export.CSV.Type(), b.Bytes())
}

// overviewOf counts everything of a span.
func (s *Server) overviewOf(v *visit, p span) (overviewData, error) {
	q := url.Values{"from": {p.from.String()}, "to": {p.to.String()}}
	d := overviewData{From: p.from.String(), To: p.to.String(), Query: q.Encode(), At: v.now()}
	t, err := s.count(v.R.Context(), p)
	if err != nil {
		return d, err
	}
	d.Charts = append(v.leadCharts(t, p), v.waitChart(t), v.helpedChart(t))
	for _, more := range []func(*visit, span) ([]*chart, error){s.lateChart, s.feedbackChart, s.askedCharts, s.unmetChart} {
		charts, err := more(v, p)
		if err != nil {
			return d, err
		}
		d.Charts = append(d.Charts, charts...)
	}
	d.Figures = v.figures(t, d.Charts)
	return d, nil
}

// figures are the numbers at the top.
func (v *visit) figures(t *tally, charts []*chart) []figure {
	by := map[string]*chart{}
	for _, c := range charts {
		by[c.Key] = c
	}
	wait := func(q float64) string {
		if d, ok := t.quantile(q); ok {
			return v.Wait(d)
		}
		return "—"
	}
	all := []figure{
		{"leads", thousands(t.all), ""},
		{"median", wait(.5), v.T("overview.median.more", wait(.9))},
		{"goal", "—", v.T("overview.goal.more", t.due(), t.overdue)},
		{"late", thousands(by["late"].Total()), ""},
		{"questions", thousands(by["intents"].Total()), ""},
		{"refusals", thousands(by["refusals"].Total()), ""},
		{"useful", "—", ""},
		{"helped", "—", ""},
	}
	if share, ok := t.share(); ok {
		all[2].Value = percent(share)
	}
	useful, useless := 0, 0
	for _, r := range by["feedback"].Rows {
		useful, useless = useful+r.Numbers[0], useless+r.Numbers[1]
	}
	if n := useful + useless; n > 0 {
		all[6].Value, all[6].More = percent(float64(useful)/float64(n)), v.T("overview.useful.more", useful, useless)
	}
	if said := t.helped[store.HelpedYes] + t.helped[store.HelpedPartly] + t.helped[store.HelpedNo]; said > 0 {
		all[7].Value, all[7].More = percent(float64(t.helped[store.HelpedYes])/float64(said)), v.T("overview.helped.more", said)
	}
	return all
}

// Wait says how long a time is, in words; for templates.
func (v *visit) Wait(d time.Duration) string {
	switch {
	case d < time.Hour:
		return v.T("overview.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return v.T("overview.hours", strconv.FormatFloat(d.Hours(), 'f', 1, 64))
	}
	return v.T("overview.days", strconv.FormatFloat(d.Hours()/24, 'f', 1, 64))
}

// Bars is how many rows a picture of bars shows; for templates.
func (overviewData) Bars() int { return maxBars }

// Link is the address of the same span with the tables "open" or not; for templates.
func (d overviewData) Link(tables string) string {
	to := "/console/overview?" + d.Query
	if tables != "" {
		to += "&tables=" + tables
	}
	return to
}

package directory

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xuri/excelize/v2"

	"smebot/knowledge/places"
	"smebot/store"
)

// Defaults fill what a list leaves out.
type Defaults struct {
	Source string // where the list comes from: "古镇镇经济发展局 2026 年名录"
	Date   string // when it was true: "2026-10-31"
	Batch  string // names the import
	Now    time.Time
}

// Parse reads a list and finds every fault in it, by line. Organisations are to be stored only if there is no
// fault; of a list with faults they are what the other lines say, for a preview. One line that names several
// platform types gives as many organisations.
func Parse(data []byte, d Defaults) ([]store.Organisation, []Fault) {
	rows, faults := rowsOf(data)
	if len(faults) > 0 {
		return nil, faults
	}
	if len(rows) == 0 {
		return nil, []Fault{{kind: emptyList}}
	}
	p := parser{Defaults: d, seen: map[string]int{}}
	p.head(rows[0])
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	for _, r := range rows[1:] {
		if strings.Join(r.cells, "") != "" {
			p.line(r)
		}
	}
	if len(p.list) == 0 && len(p.faults) == 0 {
		p.faults = []Fault{{kind: emptyList}}
	}
	return p.list, p.faults
}

type parser struct {
	Defaults
	at     [columns]int // where each column stands, -1 if nowhere
	called [columns]string
	seen   map[string]int // line of each organisation
	list   []store.Organisation
	faults []Fault
}

func (p *parser) head(r row) {
	for c := range p.at {
		p.at[c] = -1
	}
	for i, cell := range r.cells {
		c, ok := columnOf(cell)
		switch {
		case cell == "":
		case !ok:
			p.faults = append(p.faults, Fault{Line: r.line, kind: unknownColumn, value: cell, hint: strings.Join(templateHeads(), "、")})
		case c == colIgnored:
		case p.at[c] >= 0:
			p.faults = append(p.faults, Fault{Line: r.line, kind: twoColumns, value: cell})
		default:
			p.at[c], p.called[c] = i, cell
		}
	}
	need := slices.Clone(needed)
	if p.Source == "" {
		need = append(need, colSource)
	}
	for _, c := range need {
		if p.at[c] < 0 {
			p.faults = append(p.faults, Fault{Line: r.line, kind: noColumn, hint: heads[c].names[0]})
		}
	}
}

func (p *parser) fault(r row, c column, k faultKind, value, hint string) {
	p.faults = append(p.faults, Fault{Line: r.line, Column: cmp.Or(p.called[c], heads[c].names[0]), kind: k, value: value, hint: hint})
}

// cell returns a column's value, within its length.
func (p *parser) cell(r row, c column) string {
	i := p.at[c]
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	v := r.cells[i]
	if utf8.RuneCountInString(v) > heads[c].most {
		p.fault(r, c, tooLong, "", strconv.Itoa(heads[c].most))
		return string([]rune(v)[:heads[c].most])
	}
	return v
}

func (p *parser) line(r row) {
	before := len(p.faults)
	o := store.Organisation{
		Name: p.cell(r, colName), Contact: p.cell(r, colContact), Address: p.cell(r, colAddress), Hours: p.cell(r, colHours),
		Source: cmp.Or(p.cell(r, colSource), p.Source), Batch: p.Batch,
	}
	if o.Name == "" {
		p.fault(r, colName, missing, "", "")
	}
	if o.Source == "" {
		p.fault(r, colSource, missing, "", "")
	}
	if o.Contact == "" && o.Address == "" {
		p.faults = append(p.faults, Fault{Line: r.line, kind: noWayIn})
	}
	o.Town = p.town(r)
	types := p.types(r)
	o.Date = cmp.Or(p.date(r), p.Date)
	if len(p.faults) > before {
		return
	}
	for _, slug := range types {
		o.Platform = slug
		k := o.Town + "\x00" + slug + "\x00" + o.Name
		if first, twice := p.seen[k]; twice {
			p.faults = append(p.faults, Fault{Line: r.line, kind: repeated, hint: strconv.Itoa(first)})
			continue
		}
		p.seen[k] = r.line
		p.list = append(p.list, o)
	}
}

// town reads the place of a line.
func (p *parser) town(r row) string {
	said := p.cell(r, colCity) + p.cell(r, colTown)
	if said == "" {
		p.fault(r, colTown, missing, "", "")
		return ""
	}
	found := places.Find(said)
	if whole, ok := places.ByName(said); ok {
		found = []places.Place{whole}
	}
	switch {
	case len(found) == 1 && !hidesTown(said, found[0]):
		return found[0].Full()
	case len(found) > 1:
		var names []string
		for _, f := range found {
			names = append(names, f.Full())
		}
		p.fault(r, colTown, sharedTown, said, strings.Join(names, "、"))
	default:
		near, _ := places.Nearest(said)
		p.fault(r, colTown, unknownTown, said, near.Full())
	}
	return ""
}

var townTail = regexp.MustCompile(`(镇|街道|乡)$`)

// hidesTown reports whether a text names a town that is not known beside a place that is: "东莞市某某镇" must
// not become the whole city.
func hidesTown(said string, p places.Place) bool {
	return p.Level != places.Town && p.Level != places.Zone && townTail.MatchString(said)
}

var typeCut = regexp.MustCompile(`\s*[、,，;；/|]\s*`)

func (p *parser) types(r row) []string {
	said := p.cell(r, colPlatform)
	if said == "" {
		p.fault(r, colPlatform, missing, "", "")
		return nil
	}
	var list []string
	for _, t := range typeCut.Split(said, -1) {
		if t == "" {
			continue
		}
		slug, ok := platformOf(t)
		if !ok {
			p.fault(r, colPlatform, unknownPlatform, t, nearestPlatform(t))
		} else if !slices.Contains(list, slug) {
			list = append(list, slug)
		}
	}
	return list
}

var dateForm = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(?:(\d{1,2})\s*日?)?)?(?:\s+\d{1,2}:.*|T.*)?$`)

// date reads a day, or a month, which then stands for its first day. Workbooks hold days as numbers.
func (p *parser) date(r row) string {
	said := norm.NFKC.String(p.cell(r, colDate))
	if said == "" {
		return ""
	}
	var at time.Time
	if n, err := strconv.ParseFloat(said, 64); err == nil && n > 30000 && n < 80000 { // 1982 to 2119
		at, _ = excelize.ExcelDateToTime(n, false)
	} else if m := dateForm.FindStringSubmatch(said); m != nil {
		day := cmp.Or(m[3], "1")
		at, _ = time.Parse("2006-1-2", m[1]+"-"+m[2]+"-"+day)
	}
	switch {
	case at.IsZero():
		p.fault(r, colDate, badDate, said, "")
		return ""
	case !p.Now.IsZero() && at.After(p.Now.Add(24*time.Hour)):
		p.fault(r, colDate, futureDate, said, "")
		return ""
	}
	return at.Format("2006-01-02")
}

// Package places knows the towns of Guangdong: which words name which town, what it belongs to, and what lies
// near it. Its knowledge is a file that a colleague can edit. It keeps nothing of what it is asked, does no I/O,
// and never guesses: a name that several towns bear gives them all, an unknown one gives none.
package places

import (
	"cmp"
	"slices"
	"strings"
)

// Level says what sort of place a Place is.
type Level int

// The levels, from wide to narrow.
const (
	City     Level = iota + 1 // prefecture city: 中山市
	District                  // district, county, county-level city: 佛山市顺德区
	Zone                      // a zone people name that is none of the former: 松山湖高新区
	Town                      // town or street office: 中山市古镇镇
)

// Place is one known place. Places are comparable; the zero Place is none.
type Place struct {
	Level    Level
	Name     string // its own name: "古镇镇"
	District string // the district it is or lies in, "" for cities and for towns right below one
	City     string // the prefecture city it is or lies in: "中山市"
}

// Full is the whole name, unique among places: "佛山市顺德区乐从镇".
func (p Place) Full() string {
	switch {
	case p.Level == City:
		return p.City
	case p.District == "" || p.District == p.Name:
		return p.City + p.Name
	}
	return p.City + p.District + p.Name
}

// Within reports whether p is q or lies in it.
func (p Place) Within(q Place) bool {
	switch q.Level {
	case City:
		return p.City == q.City
	case District, Zone:
		return p.City == q.City && p.District == q.Name
	}
	return p == q
}

// Up is the next wider place: the district of a town, else its city. A city has none.
func (p Place) Up() (Place, bool) {
	switch {
	case p.Level == City || p == (Place{}):
		return Place{}, false
	case p.District != "" && p.District != p.Name:
		return load().byFull[p.City+p.District], true
	}
	return load().byFull[p.City], true
}

// Closeness says how near two places are; smaller is nearer.
type Closeness int

// How near two places may be.
const (
	Here         Closeness = iota // the same place; a town is not its whole district or city
	Beside                        // known to lie side by side
	SameDistrict                  // in one district
	SameCity                      // in one city
	NextCity                      // in cities that touch
	Far                           // anything else
)

// Distance tells how near two places are.
func Distance(p, q Place) Closeness {
	g := load()
	switch {
	case p == (Place{}) || q == (Place{}):
		return Far
	case p == q:
		return Here
	case g.beside[p][q]:
		return Beside
	case p.City == q.City && p.District != "" && p.District == q.District:
		return SameDistrict
	case p.City == q.City:
		return SameCity
	}
	if slices.Contains(g.near[p.City], q.City) {
		return NextCity
	}
	return Far
}

// Cities returns the names of the prefecture cities, in the file's order.
func Cities() []string { return slices.Clone(load().cities) }

// All returns every known place, in the file's order.
func All() []Place { return slices.Clone(load().all) }

// ByName returns the place of a full name.
func ByName(full string) (Place, bool) {
	p, ok := load().byFull[full]
	return p, ok
}

// Known returns the one place that a text as a whole names, written in any way; ok is false for none and for
// several.
func Known(text string) (Place, bool) {
	if p, ok := ByName(strings.TrimSpace(text)); ok {
		return p, true
	}
	if found := Find(text); len(found) == 1 {
		return found[0], true
	}
	return Place{}, false
}

// Nearest returns the known place whose name is most like a text that names none, for a message about a slip of
// the pen; ok is false where nothing is alike.
func Nearest(text string) (Place, bool) {
	said := []rune(normal(text))
	if len(said) < 2 {
		return Place{}, false
	}
	best, least := Place{}, 0
	for _, p := range load().all {
		for _, form := range []string{p.Full(), p.Name, p.City + p.Name} {
			r := []rune(form)
			d := edits(said, r)
			if d > max(1, len(said)/8) {
				continue
			}
			d = d*100 + edits([]rune(latin(string(said))), []rune(latin(form))) // of two, the one that sounds alike
			if (best == Place{}) || d < least {
				best, least = p, d
			}
		}
	}
	return best, best != Place{}
}

// edits counts the characters to change, add or drop to make a of b.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		last := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := last
			if x != y {
				change++
			}
			last = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Sort orders places from near to far of one, then by name.
func Sort(list []Place, from Place) {
	slices.SortStableFunc(list, func(a, b Place) int {
		return cmp.Or(cmp.Compare(Distance(from, a), Distance(from, b)), strings.Compare(a.Full(), b.Full()))
	})
}

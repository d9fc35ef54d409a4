// Package directory reads lists of organisations and knows who offers a kind of platform near a town. It reads
// files that staff bring (CSV, XLSX), finds every fault in them and makes nothing up; of what is stored it keeps
// one snapshot in memory, so that asking it does no I/O. It ships no organisation of its own, stores nothing, and
// never decides what is said to a person.
package directory

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"smebot/knowledge/places"
	"smebot/store"
)

// Directory answers from the snapshot it was given last. It is safe for use by many goroutines; the zero value
// holds nobody.
type Directory struct {
	now atomic.Pointer[map[string][]entry] // by slug
}

type entry struct {
	at  places.Place
	org store.Organisation
}

// Load replaces what the directory holds. Organisations of unknown towns or platforms are left out; their number
// is returned.
func (d *Directory) Load(list []store.Organisation) (leftOut int) {
	m := map[string][]entry{}
	for _, o := range list {
		at, ok := places.ByName(o.Town)
		if _, known := typeNames[o.Platform]; !ok || !known {
			leftOut++
			continue
		}
		m[o.Platform] = append(m[o.Platform], entry{at, o})
	}
	d.now.Store(&m)
	return leftOut
}

// Empty reports whether the directory holds nobody at all.
func (d *Directory) Empty() bool {
	m := d.now.Load()
	return m == nil || len(*m) == 0
}

// Offers reports whether anybody offers a kind of platform.
func (d *Directory) Offers(slug string) bool {
	m := d.now.Load()
	return m != nil && len((*m)[slug]) > 0
}

// Near returns up to limit organisations that offer a kind of platform as near to a place as any, how near that
// is, and how many there are in all at that distance. None within the neighbouring cities: Far.
// An organisation of a whole city or district stands before one of another town there.
func (d *Directory) Near(slug string, at places.Place, limit int) (found []store.Organisation, how places.Closeness, all int) {
	m := d.now.Load()
	if m == nil {
		return nil, places.Far, 0
	}
	how = places.Far
	var best []entry
	for _, e := range (*m)[slug] {
		switch c := places.Distance(at, e.at); {
		case c < how:
			how, best = c, []entry{e}
		case c == how && c != places.Far:
			best = append(best, e)
		}
	}
	slices.SortStableFunc(best, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at.Level, b.at.Level), strings.Compare(a.org.Town, b.org.Town), strings.Compare(a.org.Name, b.org.Name))
	})
	for _, e := range best[:min(limit, len(best))] {
		found = append(found, e.org)
	}
	return found, how, len(best)
}

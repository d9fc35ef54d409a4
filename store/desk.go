package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

const (
	sqlDeskColumns = `SELECT number, created, moved, contacted, asked, helped, details, phone, channel, town, platform, status, reason, assignee, organisation, needs_call, answer FROM leads `
	sqlDeskAll     = sqlDeskColumns + `ORDER BY created DESC, number DESC`
	sqlDeskOne     = sqlDeskColumns + `WHERE number = $1`
)

// desk keeps what the work list is chosen by in memory: the sealed fields cannot be searched in the database. It
// is read when it is first asked for, about a third of a kilobyte a lead, and only changed leads are read again.
type desk struct {
	mu      sync.RWMutex
	loaded  bool
	entries []*entry // newest first

	dirtyMu sync.Mutex
	dirty   map[string]struct{} // numbers whose entry is out of date
	changes int64               // how often leads changed since the store was opened
	opened  string              // tells this opening of the store from others; drawn when first asked for
	watches map[*Watch]struct{}
}

// entry is a lead as the work list chooses it. It is replaced, never changed.
type entry struct {
	number, channel, town, platform, assignee, organisation string
	status                                                  Status
	reason                                                  CloseReason
	helped                                                  Verdict
	answer                                                  OrgAnswer
	created, moved, contacted, asked                        int64
	phone                                                   string // its keyed hash
	text                                                    string // what free text is looked for in, folded; "" once erased
	call                                                    bool
}

// newer orders entries as the list shows them.
func newer(a, b *entry) int {
	switch {
	case a.created > b.created:
		return -1
	case a.created < b.created:
		return 1
	}
	return strings.Compare(b.number, a.number)
}

// fold makes texts comparable: full-width forms and capitals become plain ones.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// touch is called by the writer after a commit. It blocks for nobody.
func (k *desk) touch(leads []string) {
	k.dirtyMu.Lock()
	defer k.dirtyMu.Unlock()
	if k.dirty == nil {
		k.dirty = map[string]struct{}{}
	}
	k.changes++
	for _, n := range leads {
		k.dirty[n] = struct{}{}
		for w := range k.watches {
			w.put(n)
		}
	}
}

func (k *desk) takeDirty() []string {
	k.dirtyMu.Lock()
	defer k.dirtyMu.Unlock()
	if len(k.dirty) == 0 {
		return nil
	}
	all := make([]string, 0, len(k.dirty))
	for n := range k.dirty {
		all = append(all, n)
	}
	k.dirty = nil
	return all
}

// current brings the index up to date and returns its entries, which nobody may change.
func (d *DB) current(ctx context.Context) ([]*entry, error) {
	k := &d.desk
	k.mu.Lock()
	defer k.mu.Unlock()
	// Another process writes to a store that is open for reading only: nothing tells of its changes.
	dirty := k.takeDirty()
	if !k.loaded || d.w == nil {
		all, err := d.readDesk(ctx, sqlDeskAll)
		if err != nil {
			return nil, err
		}
		k.entries, k.loaded = all, true
		return all, nil
	}
	if len(dirty) == 0 {
		return k.entries, nil
	}
	entries := slices.Clone(k.entries) // readers still hold the old list
	for _, n := range dirty {
		found, err := d.readDesk(ctx, sqlDeskOne, n)
		if err != nil {
			k.touch(dirty) // all of them, for the next who asks
			return nil, err
		}
		for _, e := range found {
			if i, known := slices.BinarySearchFunc(entries, e, newer); known {
				entries[i] = e
			} else {
				entries = slices.Insert(entries, i, e)
			}
		}
	}
	k.entries = entries
	return entries, nil
}

func (d *DB) readDesk(ctx context.Context, query string, args ...any) ([]*entry, error) {
	rows, err := d.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*entry
	same := map[string]string{} // one copy of the words that many leads share
	for rows.Next() {
		e := &entry{}
		var details, phone []byte
		var call int
		if err := rows.Scan(&e.number, &e.created, &e.moved, &e.contacted, &e.asked, &e.helped, &details, &phone, &e.channel, &e.town, &e.platform, &e.status,
			&e.reason, &e.assignee, &e.organisation, &call, &e.answer); err != nil {
			return nil, err
		}
		for _, s := range []*string{&e.channel, &e.town, &e.platform, &e.assignee, &e.organisation, (*string)(&e.status), (*string)(&e.reason), (*string)(&e.helped)} {
			if kept, ok := same[*s]; ok {
				*s = kept
			} else {
				same[*s] = *s
			}
		}
		e.call, e.phone = call == 1, string(phone)
		if len(details) > 0 {
			var p personal
			if err := d.openJSON(colDetails, []byte(e.number), details, &p); err != nil {
				return nil, err
			}
			e.text = fold(strings.Join([]string{e.number, p.Firm, p.Contact, p.Need, e.town, e.organisation}, "\n"))
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// Watch tells of leads that change. It holds at most the numbers that changed since it was last read.
type Watch struct {
	C    <-chan struct{} // gives a value when Numbers has something
	c    chan struct{}
	desk *desk

	mu      sync.Mutex
	numbers map[string]struct{}
}

// WatchLeads begins to watch all leads: their making, every change, and what is said in threads that staff took
// over. Close ends it.
func (d *DB) WatchLeads() *Watch {
	c := make(chan struct{}, 1)
	w := &Watch{C: c, c: c, desk: &d.desk, numbers: map[string]struct{}{}}
	d.desk.dirtyMu.Lock()
	defer d.desk.dirtyMu.Unlock()
	if d.desk.watches == nil {
		d.desk.watches = map[*Watch]struct{}{}
	}
	d.desk.watches[w] = struct{}{}
	return w
}

// LeadsMark stands for all that happened to leads until now: it differs once anything has, in the same sense as for
// WatchLeads. A store that was opened again has other marks.
func (d *DB) LeadsMark() string {
	d.desk.dirtyMu.Lock()
	defer d.desk.dirtyMu.Unlock()
	if d.desk.opened == "" {
		d.desk.opened = rand.Text()[:8]
	}
	return fmt.Sprintf("%s.%d", d.desk.opened, d.desk.changes)
}

// Numbers takes the numbers of the leads that changed since it was last called, in order.
func (w *Watch) Numbers() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]string, 0, len(w.numbers))
	for n := range w.numbers {
		all = append(all, n)
	}
	clear(w.numbers)
	slices.Sort(all)
	return all
}

// Close ends the watch.
func (w *Watch) Close() {
	w.desk.dirtyMu.Lock()
	defer w.desk.dirtyMu.Unlock()
	delete(w.desk.watches, w)
}

func (w *Watch) put(number string) {
	w.mu.Lock()
	w.numbers[number] = struct{}{}
	w.mu.Unlock()
	select {
	case w.c <- struct{}{}:
	default: // one is waiting: its reader takes this number too
	}
}

package store

import (
	"context"
	"sort"
	"time"
)

// Fact is what statistics may know of a lead: nothing about its person.
type Fact struct {
	Created, Moved, Contacted time.Time // in UTC; Contacted is zero for a person whom staff did not reach
	Town, Platform, Channel   string
	Status                    Status
	Reason                    CloseReason // with Closed
	Assignee                  string
	Asked                     time.Time // when the person was asked whether it helped; zero if not
	Helped                    Verdict   // what they said, "" if nothing yet
}

// EachFact passes the leads that were made from one time on and before another, newest first.
func (d *DB) EachFact(ctx context.Context, from, until time.Time, each func(Fact)) error {
	entries, err := d.current(ctx)
	if err != nil {
		return err
	}
	first, end := from.UnixMicro(), until.UnixMicro()
	for _, e := range entries[sort.Search(len(entries), func(i int) bool { return entries[i].created < end }):] {
		if e.created < first {
			break
		}
		each(Fact{at(e.created), at(e.moved), at(e.contacted), e.town, e.platform, e.channel, e.status, e.reason, e.assignee, at(e.asked), e.helped})
	}
	return nil
}

package store

import "slices"

// Moves says to which states a lead may go from each. Closed is final; a new request is a new lead.
var Moves = map[Status][]Status{
	New:       {Contacted, Closed},
	Contacted: {Referred, Closed},
	Referred:  {InService, Closed},
	InService: {Done, Closed},
	Done:      {Closed},
	Closed:    {},
}

// CloseReasons are the reasons a lead may be closed with.
var CloseReasons = []CloseReason{Helped, NoHelpAvailable, Unreachable, NotForUs, Duplicate, Withdrawn}

// MayMove reports whether a lead may go from one state to another, with a reason for Closed and without one
// for any other.
func MayMove(from, to Status, reason CloseReason) bool {
	if to == Closed != (reason != "") || to == Closed && !slices.Contains(CloseReasons, reason) {
		return false
	}
	return slices.Contains(Moves[from], to)
}

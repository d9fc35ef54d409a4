package export

import (
	"slices"
	"time"

	"smebot/store"
)

// field is a column. exactly is its value for programs; shown, if there is one, is the kind of thing that Words
// says it as for people; moment is set for times.
type field struct {
	name    string
	person  bool // tells of the person, or how to reach them
	exactly func(store.Lead) string
	shown   string
	moment  func(store.Lead) time.Time
	width   float64 // of the column, in characters of a spreadsheet
}

// fields are all columns in their order.
var fields = []field{
	{name: "number", width: 18, exactly: func(l store.Lead) string { return l.Number }},
	{name: "created", width: 17, moment: func(l store.Lead) time.Time { return l.Created }},
	{name: "firm", person: true, width: 30, exactly: func(l store.Lead) string { return l.Firm }},
	{name: "town", width: 18, exactly: func(l store.Lead) string { return l.Town }},
	{name: "contact", person: true, width: 12, exactly: func(l store.Lead) string { return l.Contact }},
	{name: "phone", person: true, width: 18, exactly: func(l store.Lead) string { return l.Phone.Reveal() }}, // a file with numbers is what was asked for
	{name: "extension", person: true, width: 10, exactly: func(l store.Lead) string { return l.Extension }},
	{name: "platform", width: 12, shown: "platform", exactly: func(l store.Lead) string { return l.Platform }},
	{name: "need", person: true, width: 50, exactly: func(l store.Lead) string { return l.Need }},
	{name: "channel", width: 12, shown: "channel", exactly: func(l store.Lead) string { return l.From.Channel }},
	{name: "user", person: true, width: 30, exactly: func(l store.Lead) string { return l.From.User }},
	{name: "consent_version", width: 20, exactly: func(l store.Lead) string { return l.Consent.Version }},
	{name: "consent_at", width: 17, moment: func(l store.Lead) time.Time { return l.Consent.At }},
	{name: "consent_receiver", width: 24, shown: "receiver", exactly: func(l store.Lead) string { return l.Consent.Receiver }},
	{name: "consent_abroad", width: 10, shown: "word", exactly: func(l store.Lead) string { return yes(l.Consent.Abroad) }},
	{name: "status", width: 10, shown: "status", exactly: func(l store.Lead) string { return string(l.Status) }},
	{name: "reason", width: 16, shown: "reason", exactly: func(l store.Lead) string { return string(l.Reason) }},
	{name: "assignee", width: 12, exactly: func(l store.Lead) string { return l.Assignee }},
	{name: "organisation", width: 30, exactly: func(l store.Lead) string { return l.Organisation }},
	{name: "helped", width: 12, shown: "helped", exactly: func(l store.Lead) string { return string(l.Helped) }},
	{name: "contacted", width: 17, moment: func(l store.Lead) time.Time { return l.Contacted }},
	{name: "moved", width: 17, moment: func(l store.Lead) time.Time { return l.Moved }},
	{name: "needs_call", width: 10, shown: "word", exactly: func(l store.Lead) string { return yes(l.NeedsCall) }},
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Fields names all columns in their order.
func Fields() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// Sensitive columns are left out unless they are asked for: by them a person is reached.
var Sensitive = []string{"phone", "extension", "user"}

// DefaultFields are the columns of a file for which nobody chose any: what a list of leads needs.
func DefaultFields() []string {
	return slices.DeleteFunc(Fields(), func(f string) bool {
		return slices.Contains(Sensitive, f) || slices.Contains([]string{"consent_version", "consent_at", "consent_receiver", "consent_abroad", "needs_call"}, f)
	})
}

func fieldNamed(name string) *field {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

// raw is a field's value for programs.
func (f *field) raw(l store.Lead, zone *time.Location) string {
	if f.moment == nil {
		return f.exactly(l)
	}
	if t := f.moment(l); !t.IsZero() {
		return t.In(zone).Format(time.RFC3339)
	}
	return ""
}

// text is a field's value for people; times are not asked for here. A file for people is passed on, so of somebody who
// took the consent back it holds no more than that.
func (f *field) text(s Spec, l store.Lead) string {
	if f.person && l.Withdrawn {
		return ""
	}
	v := f.exactly(l)
	if f.shown != "" {
		v = s.say(f.shown, v)
	}
	return Clean(v)
}

// Values are all that a lead holds, as a name and a value for programs each, times in a zone.
func Values(l store.Lead, zone *time.Location) [][2]string {
	all := make([][2]string, len(fields))
	for i := range fields {
		all[i] = [2]string{fields[i].name, fields[i].raw(l, zone)}
	}
	return all
}

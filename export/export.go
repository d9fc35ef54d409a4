// Package export writes leads as files: CSV and XLSX for people, who open them in a spreadsheet, JSON for programs.
//
// It keeps nothing but the file it is writing. A cell is never a formula, whatever somebody typed; a file for people
// says who made it, when and what for; people who were erased stand in none, and of people who took their consent back
// a file for people holds the case alone. It never decides who may have a file,
// and writes no log: whoever calls it records the giving out before the file leaves.
package export

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"smebot/store"
)

// Format is a kind of file.
type Format string

// The kinds of files.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	JSON Format = "json"
)

// Formats are all kinds.
func Formats() []Format { return []Format{CSV, XLSX, JSON} }

// Type is the kind's media type.
func (f Format) Type() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/json"
}

// Words says a thing in the reader's language: kind is "field", "status", "reason", "platform", "receiver" (of a
// consent), "word" (yes, no) or "note", value the thing itself. What it does not know it gives back as it is.
type Words func(kind, value string) string

// Note is what a file says of itself.
type Note struct {
	ID       string // names the file
	At       time.Time
	Actor    string // who made it
	Receiver string // whom it is for
	Purpose  string
	Filters  string // how the leads were chosen, in words
}

// Spec says what a file holds.
type Spec struct {
	Format Format
	Fields []string // names out of Fields(), in their order
	Words  Words
	Note   Note
	Temp   string // a folder for what a large XLSX needs while it is written; it must be there
}

// Check says what is wrong with a spec: a field or format that there is not.
func (s Spec) Check() error {
	if !slices.Contains(Formats(), s.Format) {
		return fmt.Errorf("no such format as %q: use csv, xlsx or json", s.Format)
	}
	if len(s.Fields) == 0 {
		return fmt.Errorf("no columns: choose some of %s", strings.Join(Fields(), ", "))
	}
	for i, f := range s.Fields {
		if fieldNamed(f) == nil {
			return fmt.Errorf("no such column as %q: use some of %s", f, strings.Join(Fields(), ", "))
		}
		if slices.Contains(s.Fields[:i], f) {
			return fmt.Errorf("column %q is named twice", f)
		}
	}
	return nil
}

// Source is where leads are read.
type Source interface {
	// LeadsByNumber returns leads in the order of their numbers; one that is not there is passed over.
	LeadsByNumber(ctx context.Context, numbers []string) ([]store.Lead, error)
}

// readAtOnce is how many leads are read before they are written: enough to be quick, little enough for memory and
// for a reader's transaction to be short.
const readAtOnce = 500

// Write writes a file of the leads with these numbers and returns the numbers of those that stand in it: who was
// erased meanwhile does not. told, if given, hears from time to time how many were seen. An error leaves half a file.
func Write(ctx context.Context, w io.Writer, from Source, numbers []string, s Spec, told func(done int)) (written []string, err error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	f, err := s.open(w, len(numbers))
	if err != nil {
		return nil, err
	}
	defer func() {
		if end := f.drop(); err == nil {
			err = end
		}
	}()
	written = make([]string, 0, len(numbers))
	done := 0
	for part := range slices.Chunk(numbers, readAtOnce) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		leads, err := from.LeadsByNumber(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, l := range leads {
			if l.Erased {
				continue
			}
			if err := f.add(l); err != nil {
				return nil, err
			}
			written = append(written, l.Number)
		}
		if done += len(part); told != nil {
			told(done)
		}
	}
	return written, f.finish(len(written))
}

// file is a file that is being written.
type file interface {
	add(store.Lead) error
	finish(leads int) error
	drop() error // lets go of what finish did not; called in any case
}

func (s Spec) open(w io.Writer, leads int) (file, error) {
	switch s.Format {
	case CSV:
		return newCSVFile(w, s)
	case XLSX:
		return newXLSXFile(w, s, leads)
	}
	return newJSONFile(w, s), nil
}

// say asks Words; without it, things stand for themselves.
func (s Spec) say(kind, value string) string {
	if s.Words == nil || value == "" {
		return value
	}
	return s.Words(kind, value)
}

// lines are the note in words: a label and a value each.
func (s Spec) lines(leads int) [][2]string {
	n := s.Note
	return [][2]string{
		{s.say("note", "actor"), n.Actor},
		{s.say("note", "at"), n.At.In(zone).Format(minute)},
		{s.say("note", "purpose"), n.Purpose},
		{s.say("note", "receiver"), n.Receiver},
		{s.say("note", "filters"), n.Filters},
		{s.say("note", "leads"), fmt.Sprint(leads)},
		{s.say("note", "id"), n.ID},
	}
}

// mark is the note in one line.
func (s Spec) mark(leads int) string {
	var parts []string
	for _, l := range s.lines(leads) {
		if l[1] != "" {
			parts = append(parts, l[0]+" "+Clean(l[1]))
		}
	}
	return s.say("note", "title") + " | " + strings.Join(parts, " | ") + " | " + s.say("note", "keep")
}

// zone is the clock that people read times by: China's, which has no summer time.
var zone = time.FixedZone("UTC+8", 8*3600)

const minute = "2006-01-02 15:04"

// wall gives a time the figures that a clock in China shows: a spreadsheet knows no zones.
func wall(t time.Time) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, t.In(zone).Hour(), t.In(zone).Minute(), 0, 0, time.UTC)
}

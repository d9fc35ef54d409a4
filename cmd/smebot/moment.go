package main

import (
	"errors"
	"time"
)

// moment is a time as an operator writes it: a day of Beijing's, or a time with its zone. A day is all of it.
type moment struct{ begin, end time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *moment) UnmarshalText(b []byte) error {
	if t, err := time.Parse(time.RFC3339, string(b)); err == nil {
		*m = moment{t, t}
		return nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(form, string(b), officeZone); err == nil {
			*m = moment{t, t}
			return nil
		}
	}
	t, err := time.ParseInLocation(time.DateOnly, string(b), officeZone)
	if err != nil {
		return errors.New("want a day or a time, as in 2026-11-25, \"2026-11-25 08:00\" (Beijing) or 2026-11-25T08:00:00+08:00")
	}
	*m = moment{t, t.AddDate(0, 0, 1)}
	return nil
}

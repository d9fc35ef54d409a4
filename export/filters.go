package export

import (
	"strconv"
	"strings"

	"smebot/store"
)

// Filters tells how leads were chosen, without the words or the number that were looked for: those may be somebody's
// name. In words for a file's note, as "field=value" for the log when say is nil.
func Filters(w store.Work, say Words) string {
	var parts []string
	add := func(field, kind, value string) {
		switch {
		case value == "":
		case say == nil:
			parts = append(parts, field+"="+Clean(value))
		case kind == "view":
			parts = append(parts, say(kind, value))
		case kind == "":
			parts = append(parts, say("field", field)+" "+value)
		default:
			parts = append(parts, say("field", field)+" "+say(kind, value))
		}
	}
	view := string(w.View)
	if view == "" {
		view = "all"
	}
	add("view", "view", view)
	add("town", "", w.Town)
	add("platform", "platform", w.Platform)
	add("channel", "channel", w.Channel)
	add("status", "status", string(w.Status))
	add("assignee", "assignee", w.Assignee)
	if w.Days > 0 {
		add("age", "age", strconv.Itoa(w.Days))
	}
	if w.Text != "" {
		add("text", "word", "yes")
	}
	if say == nil {
		return strings.Join(parts, " ")
	}
	return strings.Join(parts, " · ")
}

package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"smebot/store"
)

// lettersShown is how many dead letters the page lists.
const lettersShown = 200

func (s *Server) letterRoutes() []route {
	return []route{
		{"GET", "/console/letters", permDeadLetters, s.lettersPage},
		{"POST", "/console/letters/{id}/{change}", permDeadLetters, s.changeLetter},
	}
}

// letterView is a dead letter without what it says and to whom.
type letterView struct {
	Handle, Channel string
	Kind            string // of letterKinds, or "other"
	Lead            string
	Cause           string
	Parked          bool // the person must write first
	Attempts        int
	At              time.Time
	Age             int // hours since it was given up
}

type lettersView struct {
	Letters  []letterView
	All      int
	Backlogs []store.Backlog
}

// letterKinds are what messages are for, by the beginning of their ids.
var letterKinds = map[string]string{"reply:": "reply", "staff:": "staff", "answer:": "answer", "news:": "news", "ask:": "ask", "announce:": "announce"}

// outboxName is a channel as staff know it; places where they hear of leads have outboxes as well.
func (v *visit) outboxName(channel string) string {
	if place, ok := strings.CutPrefix(channel, "notify:"); ok {
		return v.T("letters.place", place)
	}
	return v.Channel(channel)
}

func (s *Server) lettersPage(v *visit) error {
	ctx := v.R.Context()
	list, err := s.Store.DeadLetters(ctx, lettersShown)
	if err != nil {
		return err
	}
	d := lettersView{}
	if d.All, err = s.Store.DeadLetterCount(ctx); err != nil {
		return err
	}
	if d.Backlogs, err = s.Store.Backlogs(ctx); err != nil {
		return err
	}
	for i, b := range d.Backlogs {
		d.Backlogs[i].Channel = v.outboxName(b.Channel)
	}
	for _, l := range list {
		row := letterView{Handle: l.Handle, Channel: v.outboxName(l.To.Channel), Kind: "other", Lead: l.Lead, Attempts: l.Attempts, At: l.At, Age: int(v.now().Sub(l.At) / time.Hour)}
		row.Cause, row.Parked = strings.CutPrefix(l.Cause, "parked: ")
		for begin, kind := range letterKinds {
			if strings.HasPrefix(l.ID, begin) {
				row.Kind = kind
			}
		}
		d.Letters = append(d.Letters, row)
	}
	return v.render("letters_list", d)
}

// changeLetter sends a dead letter again or discards it.
func (s *Server) changeLetter(v *visit) error {
	id, ctx := v.R.PathValue("id"), v.R.Context()
	var err error
	done := "letters.again.done"
	switch v.R.PathValue("change") {
	case "again":
		err = s.Store.Revive(ctx, id, v.Account.Name)
	case "discard":
		done = "letters.discard.done"
		err = s.Store.Discard(ctx, id, v.Account.Name)
	default:
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	if errors.Is(err, store.ErrNotFound) {
		return v.fail(http.StatusNotFound, "letters.gone")
	}
	if err != nil {
		return err
	}
	return v.redirect("/console/letters", done)
}

package console

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Bounds of connections that wait for news: each costs a goroutine, and a browser opens one for each page.
const (
	maxStreams     = 200
	maxStreamsEach = 6 // of one account
	streamBeat     = 20 * time.Second
)

// streams counts the connections that wait for news.
type streams struct {
	mu   sync.Mutex
	all  int
	each map[string]int
	seen map[string]time.Time // when an account's look at a lead was last written down
	end  chan struct{}        // closed when the console ends
	once sync.Once
}

func newStreams() *streams {
	return &streams{each: map[string]int{}, seen: map[string]time.Time{}, end: make(chan struct{})}
}

func (s *streams) open(account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= maxStreams || s.each[account] >= maxStreamsEach {
		return false
	}
	s.all++
	s.each[account]++
	return true
}

func (s *streams) close(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.each[account]--; s.each[account] == 0 {
		delete(s.each, account)
	}
}

// lookAgain is how long a page that keeps itself current counts as one look.
const lookAgain = 10 * time.Minute

// fresh reports whether a look at a lead is to be written down, and counts it as written.
func (s *streams) fresh(account, number string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, at := range s.seen {
		if now.Sub(at) >= lookAgain {
			delete(s.seen, k)
		}
	}
	k := account + "\x00" + number
	if _, lately := s.seen[k]; lately {
		return false
	}
	s.seen[k] = now
	return true
}

// looked writes down that an account looked at a lead.
func (v *visit) looked(action, number string) error {
	if !v.s.streams.fresh(v.Account.Name, action+" "+number, v.now()) {
		return nil
	}
	return v.audit(action, number, "")
}

// Close ends the connections that wait for news, so that a server can shut down, and drops the files that are being
// made or wait to be fetched. Other requests are not touched.
func (s *Server) Close() {
	s.streams.once.Do(func() { close(s.streams.end) })
	s.exports.close()
}

// changedEvent tells a page to look again.
const changedEvent = "event: changed\ndata: 1\n\n"

// leadEvents tells a page that leads changed, by server-sent events. It says that, not what: the page asks for
// what it shows by the ordinary way, which checks what the account may see. With lead it tells of one lead only;
// with since, it tells at once of what happened since that mark, before the page had connected or while it could not.
// It ends with the session.
func (s *Server) leadEvents(v *visit) error {
	number := v.query("lead")
	if number != "" {
		l, err := s.Store.Lead(v.R.Context(), number)
		if err != nil || !mayLead(v.Account, l.Assignee) {
			return v.fail(http.StatusNotFound, "error.notfound")
		}
	}
	if !s.streams.open(v.Account.Name) {
		return v.fail(http.StatusTooManyRequests, "leads.streams")
	}
	defer s.streams.close(v.Account.Name)
	watch := s.Store.WatchLeads()
	defer watch.Close()
	v.W.Header().Set("Content-Type", "text/event-stream")
	v.W.Header().Set("X-Accel-Buffering", "no") // a proxy in front must not hold it back
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	first := ": open\n\n"
	if since := v.query("since"); since != "" && since != s.Store.LeadsMark() {
		first = changedEvent
	}
	if !v.send(first) {
		return errDone
	}
	for {
		text := ": still here\n\n"
		select {
		case <-v.R.Context().Done():
			return errDone
		case <-s.streams.end:
			return errDone
		case <-beat.C:
		case <-watch.C:
			changed := watch.Numbers()
			if number != "" && !slices.Contains(changed, number) {
				continue
			}
			text = changedEvent
		}
		if !v.alive() {
			v.send("event: ended\ndata: 1\n\n")
			return errDone
		}
		if !v.send(text) {
			return errDone
		}
	}
}

// alive reports whether the session still is.
func (v *visit) alive() bool {
	sess, err := v.s.Store.Session(v.R.Context(), v.token)
	if err != nil {
		return false
	}
	return !over(sess.Created, sess.Used, v.now()) && sess.Account.Role == v.Account.Role
}

// send writes a piece of a stream. The server's limit for writing an answer holds for each piece.
func (v *visit) send(text string) bool {
	c := http.NewResponseController(v.W)
	_ = c.SetWriteDeadline(time.Now().Add(streamBeat)) // some writers of tests know no deadline
	if _, err := fmt.Fprint(v.W, text); err != nil {
		return false
	}
	return c.Flush() == nil
}

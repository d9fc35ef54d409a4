package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// clocked opens a store whose clock the test moves.
func clocked(t *testing.T, dir string, now *time.Time) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir, Clock: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (t2 tester) erase(db *store.DB, who bot.Address) {
	t2.Helper()
	t2.commit(db, bot.Turn{Key: "erase " + who.User + fmt.Sprint(t2.serial()), From: who, Effects: []bot.Effect{store.ErasePerson{Who: who}}})
}

// tester commits turns that follow a person's last.
type tester struct {
	*testing.T
	n *int
}

func (t2 tester) serial() int { *t2.n++; return *t2.n }

func (t2 tester) commit(db *store.DB, turn bot.Turn) {
	t2.Helper()
	c, err := db.Conversation(t2.Context(), turn.From)
	if err != nil {
		t2.Fatal(err)
	}
	turn.Version = c.Version
	if err := db.CommitTurn(t2.Context(), turn); err != nil {
		t2.Fatal(err)
	}
}

// TestPD13_ErasuresAreRedoneAfterRestoring puts an older database back in the place of one in which people were erased.
func TestPD13_ErasuresAreRedoneAfterRestoring(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	t2 := tester{t, new(int)}
	person := func(n int) bot.Address {
		return bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: fmt.Sprint("openid-", n)}
	}
	refer := func(db *store.DB, n int, who bot.Address) {
		turn := personalTurn(n, who, fmt.Sprintf("+86138%08d", n))
		turn.At, turn.Talk = now, bot.Talk{Said: "想贷款", Replied: "好的"}
		l := turn.Effects[0].(store.SaveLead)
		l.Lead.Created, l.Lead.Consent.At = now, now
		turn.Effects[0] = l
		t2.commit(db, turn)
	}
	db := clocked(t, dir, &now)
	for n := range 3 {
		refer(db, n, person(n))
	}
	t2.commit(db, bot.Turn{Key: "quiet", From: person(0), State: []byte(`{"l":"en"}`), Reply: bot.Reply{Text: "好的"}, Effects: []bot.Effect{store.News{Who: person(0)}}})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	backup := snapshot(t, dir)

	now = now.Add(24 * time.Hour)
	db = clocked(t, dir, &now)
	t2.erase(db, person(0))
	t2.erase(db, person(1))
	now = now.Add(time.Hour)
	refer(db, 10, person(1)) // comes back
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	journal := snapshot(t, dir)[store.JournalName]
	if strings.Count(journal, "\n") < 2 || strings.Contains(journal, "openid") {
		t.Fatalf("the journal: %q", journal)
	}
	if info, err := os.Stat(filepath.Join(dir, store.JournalName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// What a crash left half written, and lines of another key, are passed over; the next one stands for itself.
	write(t, filepath.Join(dir, store.JournalName), []byte("garbage\n0000 "+strings.Repeat("ab", 16)+" 5\n"+journal+"torn 12"))

	restore := func() {
		for _, name := range []string{store.FileName, store.KeyName} {
			write(t, filepath.Join(dir, name), []byte(backup[name]))
		}
	}
	restore()
	now = now.Add(time.Hour)
	db = clocked(t, dir, &now)
	for n, want := range []int{0, 0, 1} {
		leads, err := db.LeadsOf(t.Context(), person(n))
		if err != nil || len(leads) != want {
			t.Errorf("person %d has %d leads, want %d, %v", n, len(leads), want, err)
		}
		talk, err := db.Transcript(t.Context(), person(n), 10)
		if err != nil || len(talk) != 2*want {
			t.Errorf("person %d: %d utterances, %v", n, len(talk), err)
		}
		if c, err := db.Conversation(t.Context(), person(n)); err != nil || len(c.State) > 0 != (want > 0) {
			t.Errorf("person %d: a state of %d bytes, %v", n, len(c.State), err)
		}
		if out, err := db.WaitingFor(t.Context(), person(n), 10); err != nil || len(out) != want {
			t.Errorf("person %d: %d messages wait, %v", n, len(out), err)
		}
	}
	if quiet, err := db.IsQuiet(t.Context(), person(0)); err != nil || quiet {
		t.Errorf("quiet %v, %v", quiet, err)
	}
	if l, err := db.Lead(t.Context(), "20261122-000000"); err != nil || l.Phone != "" || l.Firm != "" || l.Status != store.Closed || l.Reason != store.Withdrawn {
		t.Errorf("the lead of who was erased: %+v, %v", l, err)
	}
	if err := db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	// Whoever comes back afterwards stays, over any number of starts, and a further erasure is noted.
	now = now.Add(time.Hour)
	refer(db, 11, person(1))
	t2.erase(db, person(2))
	for range 2 {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
		db = clocked(t, dir, &now)
		if leads, err := db.LeadsOf(t.Context(), person(1)); err != nil || len(leads) != 1 {
			t.Fatalf("who came back has %d leads, %v", len(leads), err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	restore()
	db = clocked(t, dir, &now)
	if leads, err := db.LeadsOf(t.Context(), person(2)); err != nil || len(leads) != 0 {
		t.Errorf("erased after a torn line, and %d leads are back, %v", len(leads), err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantAbsent(t, dir, "after restoring", sealedIn(t, backup))
}

// sealedIn collects pieces of the sealed values of a backup's people, all of whom are erased by now.
func sealedIn(t *testing.T, backup map[string]string) [][]byte {
	t.Helper()
	dir := t.TempDir()
	for name, content := range backup {
		write(t, filepath.Join(dir, name), []byte(content))
	}
	found := sealedOf(t, dir)
	if len(found) == 0 {
		t.Fatal("nothing to look for")
	}
	return found
}

// TestNoErasureWithoutItsJournal keeps the journal from being written: the person must not be told that they are
// erased, since an older copy would bring them back.
func TestNoErasureWithoutItsJournal(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if err := db.CommitTurn(t.Context(), personalTurn(1, chen, "+8613800138000")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, store.JournalName), 0o700); err != nil {
		t.Fatal(err)
	}
	erase := bot.Turn{Key: "erase", From: chen, Version: 1, Effects: []bot.Effect{store.ErasePerson{Who: chen}}}
	if err := db.CommitTurn(t.Context(), erase); err == nil || strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
	if leads, err := db.LeadsOf(t.Context(), chen); err != nil || len(leads) != 1 {
		t.Errorf("%d leads, %v", len(leads), err)
	}
	if err := os.Remove(filepath.Join(dir, store.JournalName)); err != nil {
		t.Fatal(err)
	}
	if err := db.CommitTurn(t.Context(), erase); err != nil {
		t.Error(err)
	}
}

// TestPD14_EachPeriodEnds moves the clock past each period: a minute before nothing of the kind goes, a minute after
// all of it does, and an older copy's erasures are no part of it.
func TestPD14_EachPeriodEnds(t *testing.T) {
	const day = 24 * time.Hour
	keep := store.Periods{Deliveries: 7 * day, Messages: 90 * day, Leads: 1095 * day}
	for kind, period := range map[string]time.Duration{
		"deliveries": keep.Deliveries, "messages given up": keep.Deliveries, "messages not sent": keep.Messages, "words": keep.Messages,
		"conversations": keep.Messages, "questions": keep.Messages,
		"people waiting for an answer": 30 * day, "leads": keep.Leads,
	} {
		dir, now := t.TempDir(), time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
		db := clocked(t, dir, &now)
		turn := personalTurn(1, chen, "+8613800138000")
		turn.Talk = bot.Talk{Said: "想贷款", Replied: "好的"}
		turn.Outgoing = append(turn.Outgoing, bot.Outgoing{ID: "dead", To: chen, Reply: bot.Reply{Text: "陈大文"}})
		if err := db.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		if err := db.GiveUp(t.Context(), "dead", "blocked"); err != nil {
			t.Fatal(err)
		}
		if err := db.MoveLead(t.Context(), "20261122-000001", 1, store.Closed, store.Helped, "li"); err != nil {
			t.Fatal(err)
		}
		left := func() (all, gone int) {
			r, err := db.Retain(t.Context(), keep, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range r.Kinds {
				if k.Kind == kind {
					return k.All, k.Gone
				}
			}
			t.Fatalf("no kind %s", kind)
			return 0, 0
		}
		now = now.Add(period - time.Minute)
		if all, gone := left(); all != 1 || gone != 0 {
			t.Errorf("%s: a minute early %d of %d went", kind, gone, all)
		}
		now = now.Add(2 * time.Minute)
		if all, gone := left(); all != 1 || gone != 1 {
			t.Errorf("%s: a minute late %d of %d went", kind, gone, all)
		}
	}
}

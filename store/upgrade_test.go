package store_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"smebot/bot"
	"smebot/store"
	"smebot/store/migrations"
)

// A store from before first contacts were kept gets them from its histories.
func TestUpgradeReadsFirstContacts(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	number := func(n int) string { return fmt.Sprintf("20261122-%06d", n) }
	for n := 1; n <= 4; n++ {
		turn := benchTurn(int64(n))
		turn.Effects = []bot.Effect{store.SaveLead{Lead: store.Lead{
			Number: number(n), Firm: "光明灯饰厂", Phone: "+8613800138000", Platform: "financing", From: turn.From, Draft: fmt.Sprint(n),
			Consent: store.Consent{Version: "1/a", At: time.Now(), Receiver: "service-centre"},
		}}}
		if err := db.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range []struct {
		n      int
		to     store.Status
		reason store.CloseReason
	}{{1, store.Contacted, ""}, {1, store.Closed, store.Helped}, {2, store.Closed, store.Helped}, {3, store.Closed, store.Unreachable}} {
		if err := db.MoveLead(t.Context(), number(m.n), []int64{1, 2, 1, 1}[i], m.to, m.reason, "li"); err != nil {
			t.Fatal(err)
		}
	}
	want := map[int]time.Time{}
	for n := 1; n <= 4; n++ {
		l, err := db.Lead(t.Context(), number(n))
		if err != nil {
			t.Fatal(err)
		}
		want[n] = l.Contacted
	}
	if want[1].IsZero() || want[2].IsZero() || !want[3].IsZero() || !want[4].IsZero() {
		t.Fatalf("first contacts: %v", want)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	downTo(t, filepath.Join(dir, store.FileName), 9)
	db = open(t, dir)
	for n, at := range want {
		if l, err := db.Lead(t.Context(), number(n)); err != nil || !l.Contacted.Equal(at) {
			t.Errorf("lead %d after the upgrade: %v, %v, want %v", n, l.Contacted, err, at)
		}
	}
}

// A lead that was given back before answers were marked is marked by its history, until somebody acted.
func TestUpgradeReadsAnswers(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	answers := []store.OrganisationAnswer{store.AnswerCannotHelp, store.AnswerNobody, store.AnswerAccepted, store.AnswerCannotHelp}
	number := func(i int) string { return fmt.Sprintf("20261122-%06d", i) }
	for i, answer := range answers {
		turn := benchTurn(int64(i))
		turn.Effects = []bot.Effect{store.SaveLead{Lead: store.Lead{
			Number: number(i), Phone: "+8613800138000", Platform: "financing", From: turn.From, Draft: fmt.Sprint(i),
			Consent: store.Consent{Version: "1/a", At: time.Now(), Receiver: "service-centre"},
		}}}
		must(db.CommitTurn(t.Context(), turn))
		must(db.MoveLead(t.Context(), number(i), 1, store.Contacted, "", "li"))
		must(db.HandLead(t.Context(), number(i), 2, "li", "检测中心", "li"))
		must(db.MoveLead(t.Context(), number(i), 3, store.Referred, "", "li"))
		token, err := db.AnswerLink(number(i), "检测中心", time.Now().Add(time.Hour))
		must(err)
		must(db.AnswerByLink(t.Context(), token, answer))
	}
	must(db.HandLead(t.Context(), number(3), 5, "li", "石湾检测所", "li"))
	must(db.Close())
	downTo(t, filepath.Join(dir, store.FileName), 16)
	db = open(t, dir)
	for i, want := range []store.OrgAnswer{store.OrgCannotHelp, store.OrgNobody, "", ""} {
		if l, err := db.Lead(t.Context(), number(i)); err != nil || l.Answer != want {
			t.Errorf("lead %d after the upgrade: %q, %v, want %q", i, l.Answer, err, want)
		}
	}
}

// downTo takes a closed store back to an earlier schema.
func downTo(t *testing.T, path string, version int64) {
	t.Helper()
	steps, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

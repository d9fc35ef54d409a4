package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// personalTurn says something personal in every place that can hold it.
func personalTurn(n int, who bot.Address, phone string) bot.Turn {
	return bot.Turn{
		Key: "guzhen/" + who.User + fmt.Sprint("/", n), From: who, At: time.Now(),
		State: []byte(`{"draft":{"contact":"陈大文","phone":"` + phone + `"}}`), Reply: bot.Reply{Text: "陈大文, " + phone + ", 对吗?"},
		Effects: []bot.Effect{
			store.SaveLead{Lead: store.Lead{
				Number: fmt.Sprintf("20261122-%06d", n), Created: time.Now(), Firm: "光明灯饰厂", Town: "中山市古镇镇", Contact: "陈大文",
				Phone: store.Phone(phone), Platform: "financing", Need: "请打 " + phone, From: who, Draft: fmt.Sprint("draft of ", who.User, n),
				Consent: store.Consent{Version: "1/abc", At: time.Now(), Receiver: "service-centre"},
			}},
			store.Question{ID: fmt.Sprint(who.User, n), Text: "陈大文问的问题"},
			store.WantAnswer{Who: who, Question: fmt.Sprint(who.User, n), Language: "zh"},
		},
		Outgoing: []bot.Outgoing{{ID: "reply:" + who.User + fmt.Sprint(n), To: who, Reply: bot.Reply{Text: "陈大文 " + phone}}},
	}
}

// traces are the ways in which a text could stand in a file.
func traces(words ...string) (all [][]byte) {
	for _, w := range words {
		all = append(all, []byte(w), []byte(strings.TrimPrefix(w, "+86")), fmt.Appendf(nil, "%x", w))
	}
	return all
}

// wantAbsent searches every file of a folder.
func wantAbsent(t *testing.T, dir, when string, words [][]byte) {
	t.Helper()
	for name, content := range snapshot(t, dir) {
		for i, w := range words {
			if bytes.Contains([]byte(content), w) {
				t.Errorf("%s: %s holds trace %d", when, name, i)
			}
		}
	}
}

func TestNothingPersonalInClear(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	words := traces("陈大文", "光明灯饰厂", "secret-token", "oABC-openid-")
	for n := range 40 {
		who, phone := bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: fmt.Sprint("oABC-openid-", n)}, fmt.Sprintf("+86138%08d", 12345678+123456*n)
		if err := db.CommitTurn(t.Context(), personalTurn(n, who, phone)); err != nil {
			t.Fatal(err)
		}
		words = append(words, traces(phone)...)
	}
	if err := db.SetValue(t.Context(), "wechat/guzhen/token", "secret-token"); err != nil {
		t.Fatal(err)
	}
	wantAbsent(t, dir, "while serving", words)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantAbsent(t, dir, "after closing", words)
}

func TestErasedBytesAreGone(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	for n := range 30 {
		who := chen
		if n%3 > 0 {
			who = bot.Address{Channel: "guzhen", User: fmt.Sprint("other", n%3)}
		}
		turn := personalTurn(n, who, "+8613800138000")
		turn.Reply.Text += strings.Repeat("长", n*100) // some beyond one page
		c, err := db.Conversation(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		turn.Version = c.Version
		if err := db.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	sealed := sealedOf(t, dir)
	if len(sealed) < 30 {
		t.Fatalf("only %d sealed values to look for", len(sealed))
	}
	files := snapshot(t, dir)
	for i, s := range sealed {
		if !strings.Contains(files[store.FileName]+files[logName], string(s)) {
			t.Fatalf("the search would not find value %d before erasing", i)
		}
	}
	erase := bot.Turn{Key: "erase", From: chen, Version: 10, Reply: bot.Reply{Text: "已删除"}, Effects: []bot.Effect{store.ErasePerson{Who: chen}}}
	if err := db.CommitTurn(t.Context(), erase); err != nil {
		t.Fatal(err)
	}
	wantAbsent(t, dir, "after erasing", sealed)
	if err := db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantAbsent(t, dir, "after closing", sealed)
}

// sealedOf collects pieces of the sealed values that stand for chen: leads 0, 3, 6 … with their replies, messages
// and the conversation. They are told from others' by their numbers, since every third turn is chen's.
func sealedOf(t *testing.T, dir string) [][]byte {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.FileName)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all [][]byte
	for _, q := range []string{
		`SELECT substr(details, 1, 64) FROM leads WHERE CAST(substr(number, 10) AS INTEGER) % 3 = 0`,
		`SELECT substr(reply, 1, 64) FROM inbox WHERE rowid % 3 = 1`,
		`SELECT substr(reply, length(reply) - 63) FROM inbox WHERE rowid % 3 = 1`,
		`SELECT substr(payload, 1, 64) FROM outbox WHERE seq % 3 = 1`,
		`SELECT substr(state, 1, 64) FROM conversations WHERE rowid = 1`,
	} {
		rows, err := db.Query(q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// With a reader in the way the log cannot be emptied at once; it is as soon as the reader has gone.
func TestScrubTellsOfReaders(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if err := db.CommitTurn(t.Context(), benchTurn(1)); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.FileName)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	read, err := other.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := read.QueryRow("SELECT COUNT(*) FROM inbox").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := db.CommitTurn(t.Context(), benchTurn(2)); err != nil {
		t.Fatal(err)
	}
	if db.Scrub(t.Context()) == nil {
		t.Error("scrubbing beside a reader of old pages reported success")
	}
	if err := db.CommitTurn(t.Context(), benchTurn(3)); err != nil {
		t.Errorf("turn after a scrub in vain: %v", err)
	}
	if err := read.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := db.Scrub(t.Context()); err != nil {
		t.Errorf("scrub after the reader left: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, logName)); err != nil || info.Size() != 0 {
		t.Errorf("the log still has %d bytes, %v", info.Size(), err)
	}
}

// A sealed value moved to another row must not open there.
func TestMovedValueDoesNotOpen(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	for n := range 2 {
		if err := db.CommitTurn(t.Context(), personalTurn(n, bot.Address{Channel: "c", User: fmt.Sprint(n)}, "+8613800138000")); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, filepath.Join(dir, store.FileName), `UPDATE leads SET details = (SELECT details FROM leads WHERE number = '20261122-000001') WHERE number = '20261122-000000'`)
	db = open(t, dir)
	if _, err := db.Lead(t.Context(), "20261122-000000"); err == nil {
		t.Error("another lead's details opened")
	}
	if err := db.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "leads.details: 1 values") {
		t.Errorf("verify: %v", err)
	}
}

func TestVerifyNamesBreaks(t *testing.T) {
	for says, query := range map[string]string{
		"lead without consent":                        `PRAGMA foreign_keys = 0; DELETE FROM consents`,
		"reference: leads row 1 lacks its consents":   `PRAGMA foreign_keys = 0; DELETE FROM consents`,
		"consent without lead":                        `INSERT INTO consents (lead, version, at, receiver, abroad) VALUES ('x', '1', 1, 'r', 0)`,
		"lead whose history lacks a change":           `UPDATE leads SET version = 2`,
		"lead without the event of its making":        `DELETE FROM lead_events`,
		"open lead whose consent was withdrawn":       `UPDATE consents SET withdrawn = 1`,
		"erased lead that still holds something":      `UPDATE leads SET erased = 1`,
		"lead without consent to the transfer abroad": `UPDATE leads SET messenger = 'telegram'`,
	} {
		t.Run(says, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, dir)
			if err := db.CommitTurn(t.Context(), personalTurn(1, chen, "+8613800138000")); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			alter(t, filepath.Join(dir, store.FileName), query)
			if err := open(t, dir).Verify(context.Background()); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

// The database refuses by itself what the code refuses before.
func TestSchemaRefusesLeadWithoutConsent(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.FileName)+"?_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		`INSERT INTO leads (number, draft, person, phone, details, channel, messenger, town, platform, status, version, created, changed)
			VALUES ('n', x'01', x'', x'', x'', 'c', 'wechat', '', '', 'new', 1, 1, 1)`,
		`INSERT INTO consents (lead, version, at, receiver, abroad) VALUES ('n', '', 1, 'r', 0)`,
		`INSERT INTO consents (lead, version, at, receiver, abroad) VALUES ('n', '1', 0, 'r', 0)`,
		`INSERT INTO consents (lead, version, at, receiver, abroad) VALUES ('n', '1', NULL, 'r', 0)`,
		`INSERT INTO consents (lead, version, at, receiver, abroad) VALUES ('n', '1', 1, '', 0)`,
	} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("taken: %s", q)
		}
	}
}

func TestEveryColumnHasAClass(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := map[string]bool{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		seen[table+"."+column] = true
		switch store.Classes[table][column] {
		case store.Secret, store.PersonalData, store.Business, store.Public:
		default:
			t.Errorf("%s.%s has no class", table, column)
		}
	}
	for table, columns := range store.Classes {
		for column := range columns {
			if !seen[table+"."+column] {
				t.Errorf("%s.%s is classed but not in the schema", table, column)
			}
		}
	}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"modernc.org/sqlite"

	"smebot/bot"
)

func openHere(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func setCell(name string) func(*tx) error {
	return func(t *tx) error {
		_, err := t.exec(sqlSetCell, name, []byte(name), 1)
		return err
	}
}

func (d *DB) hasCell(t *testing.T, name string) bool {
	t.Helper()
	var n int
	if err := d.read.QueryRow("SELECT COUNT(*) FROM cells WHERE name = $1", name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n > 0
}

// batch hands jobs to the writer as one batch, whatever the scheduler does.
func (d *DB) batch(t *testing.T, dos ...func(*tx) error) []error {
	t.Helper()
	entered, leave := make(chan struct{}), make(chan struct{})
	blocker := &job{alone: true, done: make(chan struct{}), do: func(*tx) error { close(entered); <-leave; return nil }}
	if err := d.w.enqueue(bg, blocker); err != nil {
		t.Fatal(err)
	}
	<-entered // the writer is busy: what is queued now goes together
	jobs := make([]*job, len(dos))
	for i, do := range dos {
		jobs[i] = &job{do: do, done: make(chan struct{})}
		if err := d.w.enqueue(bg, jobs[i]); err != nil {
			t.Fatal(err)
		}
	}
	close(leave)
	errs := make([]error, len(dos))
	for i, j := range jobs {
		<-j.done
		errs[i] = j.err
	}
	return errs
}

func TestBadJobsAreUndoneAlone(t *testing.T) {
	d := openHere(t)
	bad := errors.New("bad")
	errs := d.batch(t,
		setCell("one"),
		func(t *tx) error { return errors.Join(setCell("two")(t), bad) },
		func(t *tx) error { _ = setCell("three")(t); panic("a phone number") },
		func(t *tx) error { _, err := t.exec("INSERT INTO nowhere VALUES (1)"); return err },
		setCell("four"),
	)
	if errs[0] != nil || !errors.Is(errs[1], bad) || errs[2] == nil || errs[3] == nil || errs[4] != nil {
		t.Errorf("errors %v", errs)
	}
	if strings.Contains(errs[2].Error(), "phone") {
		t.Error("the panic's value is in the error")
	}
	for name, want := range map[string]bool{"one": true, "two": false, "three": false, "four": true} {
		if d.hasCell(t, name) != want {
			t.Errorf("cell %s stored: %v", name, !want)
		}
	}
}

// If the whole transaction goes, so does every verdict given inside it.
func TestLostTransactionFailsItsWholeBatch(t *testing.T) {
	d := openHere(t)
	errs := d.batch(t,
		setCell("one"),
		func(t *tx) error { return bot.ErrDuplicate },
		func(t *tx) error {
			_, err := t.conn.ExecContext(bg, "ROLLBACK")
			return errors.Join(err, errors.New("disk full"))
		},
		setCell("two"),
	)
	for i, err := range errs {
		if err == nil || errors.Is(err, bot.ErrDuplicate) {
			t.Errorf("job %d: %v, want the failure of the batch", i, err)
		}
	}
	if d.hasCell(t, "one") || d.hasCell(t, "two") {
		t.Error("something of the batch was stored")
	}
	if err := d.write(bg, setCell("after")); err != nil || !d.hasCell(t, "after") {
		t.Errorf("the writer does not go on: %v", err)
	}
}

// A full disk refuses turns, keeps what is stored, and is no reason to restart once there is room.
func TestFullDisk(t *testing.T) {
	d := openHere(t)
	pages := func(n int) {
		if err := d.write(bg, func(t *tx) error {
			var got int
			return t.conn.QueryRowContext(bg, fmt.Sprintf("PRAGMA max_page_count(%d)", n)).Scan(&got)
		}); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // as few as there are
	big := func(n int) bot.Turn {
		return bot.Turn{Key: fmt.Sprint("k", n), From: bot.Address{Channel: "c", User: fmt.Sprint(n)}, State: make([]byte, 40_000)}
	}
	var full *sqlite.Error
	if err := d.CommitTurn(bg, big(1)); !errors.As(err, &full) || full.Code() != codeFull {
		t.Fatalf("got %v, want SQLITE_FULL", err)
	}
	if _, ok, err := d.StoredReply(bg, "k1"); ok || err != nil {
		t.Errorf("the refused turn is stored: %v, %v", ok, err)
	}
	pages(1 << 20)
	if err := d.CommitTurn(bg, big(1)); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := d.Verify(bg); err != nil {
		t.Error(err)
	}
}

const codeFull = 13

func TestCallerWhoLeaves(t *testing.T) {
	d := openHere(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	taken, stop := context.WithCancel(bg)
	result := make(chan error)
	go func() {
		result <- d.write(taken, func(t *tx) error { close(entered); <-leave; return setCell("taken")(t) })
	}()
	<-entered
	queued, stopQueued := context.WithCancel(bg)
	go func() { result <- d.write(queued, setCell("queued")) }()
	for len(d.w.queue) == 0 { // until it is queued behind the first
		select {
		case err := <-result:
			t.Fatal(err)
		default:
		}
	}
	stopQueued()
	if err := <-result; !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnknown) {
		t.Errorf("leaving before: %v, want a plain cancellation", err)
	}
	stop()
	if err := <-result; !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnknown) {
		t.Errorf("leaving during: %v, want ErrUnknown", err)
	}
	close(leave)
	if err := d.write(bg, setCell("last")); err != nil {
		t.Fatal(err)
	}
	if !d.hasCell(t, "taken") || d.hasCell(t, "queued") {
		t.Errorf("taken stored: %v, queued stored: %v", d.hasCell(t, "taken"), d.hasCell(t, "queued"))
	}
}

func TestSettingsAreReadBack(t *testing.T) {
	d := openHere(t)
	for _, c := range []struct {
		name, want string
		reader     bool
	}{
		{"journal_mode", "wal", false}, {"synchronous", "2", false}, {"foreign_keys", "1", false}, {"secure_delete", "1", false},
		{"busy_timeout", "3000", false}, {"temp_store", "2", false}, {"query_only", "1", true}, {"busy_timeout", "3000", true},
	} {
		var got string
		err := d.read.QueryRow("PRAGMA " + c.name).Scan(&got)
		if !c.reader {
			err = d.write(bg, func(t *tx) error { return t.conn.QueryRowContext(bg, "PRAGMA "+c.name).Scan(&got) })
		}
		if err != nil || got != c.want {
			t.Errorf("%s is %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	wrong := []pragma{{"synchronous", "OFF", "2"}}
	db, err := connect(d.opt.file(FileName), "rw", wrong)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(); !errors.Is(err, ErrSettings) {
		t.Errorf("a setting that did not take: %v, want ErrSettings", err)
	}
	if _, err := d.read.Exec("DELETE FROM inbox"); err == nil {
		t.Error("a reader can write")
	}
}

func TestSealBindsColumnRowAndKey(t *testing.T) {
	one, err := newSealer(make([]byte, keySize))
	if err != nil {
		t.Fatal(err)
	}
	other, err := newSealer([]byte(strings.Repeat("k", keySize)))
	if err != nil {
		t.Fatal(err)
	}
	sealed := one.seal(colDetails, []byte("row"), []byte("words"))
	if plain, err := one.open(colDetails, []byte("row"), sealed); err != nil || string(plain) != "words" {
		t.Errorf("opened %q %v", plain, err)
	}
	cut := append([]byte{}, sealed[:len(sealed)-1]...)
	bent := append([]byte{}, sealed...)
	bent[30] ^= 1
	for name, err := range map[string]error{
		"column": second(one.open(colState, []byte("row"), sealed)),
		"row":    second(one.open(colDetails, []byte("other"), sealed)),
		"key":    second(other.open(colDetails, []byte("row"), sealed)),
		"cut":    second(one.open(colDetails, []byte("row"), cut)),
		"bent":   second(one.open(colDetails, []byte("row"), bent)),
		"empty":  second(one.open(colDetails, []byte("row"), nil)),
	} {
		if !errors.Is(err, errSealed) {
			t.Errorf("another %s: %v, want errSealed", name, err)
		}
	}
	if first, again := one.seal(colDetails, nil, nil), one.seal(colDetails, nil, nil); string(first) == string(again) {
		t.Error("the same value sealed twice looks the same")
	}
	if string(one.hash("phone", "a", "b")) == string(one.hash("phone", "ab")) || string(one.hash("phone", "a")) == string(other.hash("phone", "a")) ||
		string(one.hash("phone", "a")) == string(one.hash("person", "a")) {
		t.Error("hashes of different things meet")
	}
}

func second(_ []byte, err error) error { return err }

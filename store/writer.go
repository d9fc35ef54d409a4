package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxBatch   = 256 // jobs in one transaction: bounds how long the first of them waits for the last
	queueLen   = 1024
	scrubAgain = time.Second // after a scrub that a reader stood in the way of
)

// tx is what a job may do: run statements inside the batch's transaction. Statements are prepared once and kept.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	after effects // what the running job wants once its batch is stored
}

// effects are consequences of a job outside its own statements. They happen for jobs that succeed: asked within the
// transaction, all else after the commit only.
type effects struct {
	channels []string // with new messages in the outbox
	scrub    bool     // something was erased: its bytes must leave the write-ahead log
	leads    []string // numbers of leads that changed
	asked    askedKey // what the turn counts as; a zero intent counts as nothing
}

// touch notes that a lead changed, for the work list's index and those who watch.
func (t *tx) touch(number string) { t.after.leads = append(t.after.leads, number) }

// bg is used for statements: a context that cannot end costs the driver no watcher, and cutting a job off in its
// middle would gain nothing, since its batch waits for the disk anyway.
var bg = context.Background()

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.conn.PrepareContext(bg, query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

// close gives the connection back. Statements of a single connection are not closed with it, and one left open
// would keep the database file open.
func (t *tx) close() error {
	var err error
	for _, s := range t.stmts {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, t.conn.Close())
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(bg, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) row(query string, args ...any) scanner {
	s, err := t.stmt(query)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(bg, args...)
}

func (t *tx) rows(query string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(bg, args...)
}

type scanner interface{ Scan(...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// job is one caller's write.
type job struct {
	do    func(*tx) error
	alone bool         // runs outside any transaction: scrubbing
	state atomic.Int32 // jobWaiting, then once either jobTaken or jobDropped
	err   error
	done  chan struct{}
	after effects
}

const (
	jobWaiting int32 = iota
	jobTaken         // the writer has it: it runs whatever its caller does
	jobDropped       // its caller left before: it never runs
)

// writer owns the only connection that writes. It drains its queue into one transaction with a savepoint for
// each job and one commit, hence one fsync, for all: grouped turns are many times faster than single ones.
type writer struct {
	tx     tx
	log    *slog.Logger
	signal func(channel string)
	moved  func(leads []string) // told of leads that changed, before their callers hear of it

	mu     sync.RWMutex // held for reading while a job is queued, so that closing loses none
	closed bool
	queue  chan *job
	ended  chan struct{}

	scrubDue bool
}

func newWriter(conn *sql.Conn, log *slog.Logger, signal func(string), moved func([]string)) *writer {
	w := &writer{
		tx: tx{conn: conn, stmts: map[string]*sql.Stmt{}}, log: log, signal: signal, moved: moved,
		queue: make(chan *job, queueLen), ended: make(chan struct{}),
	}
	go w.run()
	return w
}

// write runs do in a transaction, durable when it returns nil. An error of do undoes what do did and nothing
// else. If ctx ends before the writer took the job, it never runs; if it ends later, the answer is ErrUnknown.
func (w *writer) write(ctx context.Context, do func(*tx) error) error {
	return w.submit(ctx, &job{do: do, done: make(chan struct{})})
}

func (w *writer) submit(ctx context.Context, j *job) error {
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
	}
	if j.state.CompareAndSwap(jobWaiting, jobDropped) {
		return ctx.Err()
	}
	select {
	case <-j.done: // it came to an end at the same moment
		return j.err
	default:
		return fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
	}
}

func (w *writer) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.queue <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close takes no more jobs, finishes those taken, and returns when the connection is free.
func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
}

func (w *writer) run() {
	defer close(w.ended)
	batch := make([]*job, 0, maxBatch)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var again <-chan time.Time
		if w.scrubDue {
			timer.Reset(scrubAgain)
			again = timer.C
		}
		select {
		case j, open := <-w.queue:
			if !open {
				w.rescrub()
				return
			}
			batch = w.gather(batch[:0], j)
			w.serve(batch)
			clear(batch)
		case <-again:
			w.rescrub()
		}
	}
}

// rescrub scrubs if that is due.
func (w *writer) rescrub() {
	if w.scrubDue {
		w.scrubDue = w.scrub() != nil
	}
}

// gather takes what is queued now. Yielding first lets the callers whom the last commit woke queue their next
// job; it waits for nobody.
func (w *writer) gather(batch []*job, first *job) []*job {
	batch = append(batch, first)
	runtime.Gosched()
	for len(batch) < maxBatch {
		select {
		case j, open := <-w.queue:
			if !open {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// serve runs a batch and answers its callers.
func (w *writer) serve(batch []*job) {
	live := batch[:0]
	for _, j := range batch {
		if j.state.CompareAndSwap(jobWaiting, jobTaken) {
			live = append(live, j)
		}
	}
	for len(live) > 0 {
		n := 0
		for n < len(live) && !live[n].alone {
			n++
		}
		if n == 0 {
			live[0].err = w.protect(live[0])
			close(live[0].done)
			live = live[1:]
			continue
		}
		w.commit(live[:n])
		live = live[n:]
	}
}

// commit runs jobs in one transaction. If the transaction as a whole fails, all of them get its error: a
// verdict such as "duplicate" may rest on a row that went with it.
func (w *writer) commit(jobs []*job) {
	if err := w.transact(jobs); err != nil {
		w.log.Error("store cannot write", "jobs", len(jobs), "err", err)
		for _, j := range jobs {
			j.err = fmt.Errorf("write: %w", err)
			close(j.done)
		}
		return
	}
	scrub := false
	for _, j := range jobs {
		if j.err == nil {
			scrub = scrub || j.after.scrub
			for _, c := range j.after.channels {
				w.signal(c)
			}
			if len(j.after.leads) > 0 {
				w.moved(j.after.leads)
			}
		}
	}
	if scrub {
		w.scrubDue = true
		w.rescrub() // before the callers hear of it: erased means erased
	}
	for _, j := range jobs {
		close(j.done)
	}
}

func (w *writer) transact(jobs []*job) (err error) {
	if _, err := w.tx.exec(sqlBegin); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// The database may have rolled back on its own (a full disk); then this says so and does no harm.
			_, _ = w.tx.exec("ROLLBACK")
		}
	}()
	for _, j := range jobs {
		if _, err := w.tx.exec("SAVEPOINT job"); err != nil {
			return err
		}
		j.err = w.protect(j)
		if j.err != nil {
			if _, err := w.tx.exec("ROLLBACK TO SAVEPOINT job"); err != nil {
				return errors.Join(j.err, err)
			}
		}
		if _, err := w.tx.exec("RELEASE SAVEPOINT job"); err != nil {
			return errors.Join(j.err, err)
		}
	}
	if err := w.tx.countAsked(jobs); err != nil {
		return err
	}
	_, err = w.tx.exec("COMMIT")
	return err
}

// protect runs a job and turns a panic into its error.
func (w *writer) protect(j *job) (err error) {
	w.tx.after = effects{}
	defer func() {
		if p := recover(); p != nil {
			err = caught(p)
			w.log.Error("write panicked", "panic", fmt.Sprintf("%T", p))
		}
		j.after = w.tx.after
	}()
	return j.do(&w.tx)
}

// scrub folds the write-ahead log into the database and empties it, so that old pages are gone from the disk's
// files. It fails while a reader still looks at them.
func (w *writer) scrub() error {
	if _, err := w.tx.conn.ExecContext(bg, sqlHurry); err != nil {
		return err
	}
	var busy, logged, moved int64
	err := w.tx.conn.QueryRowContext(bg, sqlScrub).Scan(&busy, &logged, &moved)
	if _, back := w.tx.conn.ExecContext(bg, sqlPatient); back != nil {
		return errors.Join(err, back)
	}
	if err == nil && busy != 0 {
		err = errScrubBusy
	}
	return err
}

var errScrubBusy = errors.New("a reader keeps old pages in use")

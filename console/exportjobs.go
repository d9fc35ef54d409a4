package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"smebot/export"
	"smebot/store"
)

// Bounds of exports. A file lies in memory until it is fetched or its time is over; a hundred thousand leads make 5 MB
// as XLSX and 17 MB as CSV.
const (
	exportLife     = 15 * time.Minute
	maxExportsEach = 3        // files of one account, the one being made included
	maxExportsRun  = 2        // being made at the same time, of all accounts
	maxExportsHeld = 96 << 20 // bytes of finished files; beyond it the oldest goes
)

type exportState string

const (
	exportRuns   exportState = "running"
	exportReady  exportState = "ready"
	exportFailed exportState = "failed"
	exportStale  exportState = "stale" // somebody in it was erased since, or took the consent back: it is gone
)

// exportJob is a file that is being made, or lies ready for its owner. What changes is guarded by the desk.
type exportJob struct {
	store.Disclosure
	Name, Full string // of the file
	All        int
	cancel     context.CancelFunc
	watch      *store.Watch

	Done    int
	State   exportState
	Until   time.Time // when a finished one goes
	written []string  // numbers in it, sorted
	file    []byte
}

// exportDesk makes files in the background and keeps them for their owners.
type exportDesk struct {
	db    *store.DB
	log   *slog.Logger
	clock func() time.Time
	ctx   context.Context
	end   context.CancelFunc
	work  sync.WaitGroup

	mu   sync.Mutex
	jobs []*exportJob // oldest first
}

func newExportDesk(db *store.DB, log *slog.Logger, clock func() time.Time) *exportDesk {
	ctx, end := context.WithCancel(context.Background())
	return &exportDesk{db: db, log: log, clock: clock, ctx: ctx, end: end}
}

// close gives up what is being made, drops every file and waits.
func (d *exportDesk) close() {
	d.mu.Lock()
	d.end() // nothing begins after this
	d.mu.Unlock()
	d.work.Wait()
}

// behind does something in the background, unless the console has ended.
func (d *exportDesk) behind(do func(context.Context)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx.Err() == nil {
		d.work.Go(func() { do(d.ctx) })
	}
}

// Why an export does not begin.
var (
	errExportBusy = errors.New("another export of this account is being made, or too many of others")
	errExportFull = errors.New("this account has as many files as it may")
)

// start begins to make a file of leads. The record's ID names it.
func (d *exportDesk) start(g store.Disclosure, name, full string, numbers []string, s export.Spec) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	mine, running := 0, 0
	for _, j := range d.jobs {
		if j.State == exportRuns {
			if running++; j.Actor == g.Actor {
				return errExportBusy
			}
		}
		if j.Actor == g.Actor {
			mine++
		}
	}
	if running >= maxExportsRun || d.ctx.Err() != nil {
		return errExportBusy
	}
	if mine >= maxExportsEach {
		return errExportFull
	}
	ctx, cancel := context.WithCancel(d.ctx)
	// Watched before anything is read: who is erased from now on is noticed.
	j := &exportJob{Disclosure: g, Name: name, Full: full, All: len(numbers), cancel: cancel, State: exportRuns, watch: d.db.WatchLeads()}
	d.jobs = append(d.jobs, j)
	d.work.Go(func() {
		defer j.watch.Close()
		defer d.remove(j.Actor, j.ID)
		d.make(ctx, j, numbers, s)
		d.guard(ctx, j)
	})
	return nil
}

// make writes the file, and the record before anybody can fetch it.
func (d *exportDesk) make(ctx context.Context, j *exportJob, numbers []string, s export.Spec) {
	var file bytes.Buffer
	written, err := d.write(ctx, &file, j, numbers, s)
	if err == nil {
		slices.Sort(written)
		err = d.db.Disclose(ctx, j.Disclosure, written)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	j.Until = d.clock().Add(exportLife)
	switch {
	case ctx.Err() != nil: // nobody waits for it
	case err != nil:
		d.log.Error("an export failed", "id", j.ID, "err", err)
		j.State = exportFailed
	default:
		j.State, j.Done, j.written, j.file, j.Leads = exportReady, j.All, written, file.Bytes(), len(written)
		d.shed()
	}
}

func (d *exportDesk) write(ctx context.Context, file *bytes.Buffer, j *exportJob, numbers []string, s export.Spec) (_ []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	dir, remove, err := d.db.TempDir()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	s.Temp = dir
	return export.Write(ctx, file, d.db, numbers, s, func(done int) {
		d.mu.Lock()
		j.Done = done
		d.mu.Unlock()
	})
}

// guard waits until a file's time is over, and takes it back when somebody in it is erased or takes the consent back.
func (d *exportDesk) guard(ctx context.Context, j *exportJob) {
	end := time.NewTimer(exportLife)
	defer end.Stop()
	for {
		if err := d.recheck(ctx, j); err != nil && ctx.Err() == nil {
			d.log.Error("a finished export could not be checked and is dropped", "id", j.ID, "err", err)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-j.watch.C:
		}
	}
}

// recheck takes a finished file back if somebody in it was erased, or took the consent back, since it was begun.
func (d *exportDesk) recheck(ctx context.Context, j *exportJob) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if j.State != exportReady {
		return nil
	}
	touched := slices.DeleteFunc(j.watch.Numbers(), func(n string) bool {
		_, in := slices.BinarySearch(j.written, n)
		return !in
	})
	leads, err := d.db.LeadsByNumber(ctx, touched)
	if err != nil || slices.ContainsFunc(leads, func(l store.Lead) bool { return l.Erased || l.Withdrawn }) {
		j.State, j.file, j.written = exportStale, nil, nil
	}
	return err
}

// shed lets the oldest files go when all together are too large.
func (d *exportDesk) shed() {
	held := 0
	for i := len(d.jobs) - 1; i >= 0; i-- {
		if held += len(d.jobs[i].file); held > maxExportsHeld && i < len(d.jobs)-1 {
			d.jobs[i].cancel()
		}
	}
}

// expire lets go of what is past its time. Files go by themselves too; a machine that slept notices late.
func (d *exportDesk) expire() {
	d.jobs = slices.DeleteFunc(d.jobs, func(j *exportJob) bool {
		over := !j.Until.IsZero() && !d.clock().Before(j.Until)
		if over {
			j.cancel()
		}
		return over
	})
}

// of lists an account's files, the latest first.
func (d *exportDesk) of(account string) []exportJob {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	var all []exportJob
	for _, j := range d.jobs {
		if j.Actor == account {
			all = append(all, *j)
		}
	}
	slices.Reverse(all)
	return all
}

// find returns an account's own job, or nil.
func (d *exportDesk) find(account, id string) *exportJob {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.expire()
	for _, j := range d.jobs {
		if j.Actor == account && j.ID == id {
			return j
		}
	}
	return nil
}

// fetch returns a finished file of an account; nil if there is none.
func (d *exportDesk) fetch(ctx context.Context, account, id string) (exportJob, error) {
	j := d.find(account, id)
	if j == nil {
		return exportJob{}, nil
	}
	if err := d.recheck(ctx, j); err != nil {
		return exportJob{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return *j, nil
}

// remove gives up or drops an account's file. It reports whether there was one.
func (d *exportDesk) remove(account, id string) bool {
	j := d.find(account, id)
	if j == nil {
		return false
	}
	j.cancel()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.jobs = slices.DeleteFunc(d.jobs, func(other *exportJob) bool { return other == j })
	j.State, j.file, j.written = exportStale, nil, nil
	return true
}

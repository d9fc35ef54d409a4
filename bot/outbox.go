package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"
)

// OutboxItem is an Outgoing as it waits in the store.
type OutboxItem struct {
	Outgoing
	Attempts int // how often sending it was tried before; 0 for a fresh one
}

// OutboxStore is what the sender loop needs of the database.
type OutboxStore interface {
	// NextOutgoing returns up to limit messages of a channel that are due at now: of each person only the
	// oldest one not sent yet, and not that one either while its notBefore lies ahead.
	NextOutgoing(ctx context.Context, channel string, now time.Time, limit int) ([]OutboxItem, error)
	// MarkSent ends a message that the platform took.
	MarkSent(ctx context.Context, id string) error
	// Retry keeps a message for another try at notBefore and counts the attempt.
	Retry(ctx context.Context, id string, notBefore time.Time, cause string) error
	// GiveUp ends a message that will not be sent. The cause stays with it for staff.
	GiveUp(ctx context.Context, id string, cause string) error
	// OutboxSignal gives a value when a message for the channel was stored by this process. Signals may be
	// joined; the channel is never closed.
	OutboxSignal(channel string) <-chan struct{}
}

// Sender hands one message to a platform. A nil error means that the platform took it. Any other error is a
// *SendError, or counts as one of class Retry.
type Sender interface {
	Send(ctx context.Context, o Outgoing) error
}

// SendClass says what becomes of a message that could not be sent.
type SendClass string

// The classes of send errors.
const (
	Retry  SendClass = "retry"  // the platform or the way to it failed: try again with growing pauses
	Wait   SendClass = "wait"   // the platform asked this person's messages to wait for SendError.After
	Drop   SendClass = "drop"   // no later try can succeed: the person blocked us, the message is refused
	Park   SendClass = "park"   // the person must write first (WeChat's closed window): given up, marked "parked"
	Config SendClass = "config" // our credentials are refused: the whole channel pauses, nothing is given up
)

// SendError is a failed Send with what to do about it. Cause is kept in the store and logged: it holds no
// secret, no text of a message and no user id.
type SendError struct {
	Class SendClass
	After time.Duration // not before; with Wait what the platform asked for, otherwise 0 for the loop's own pace
	Cause string
}

// Error implements error.
func (e *SendError) Error() string { return string(e.Class) + ": " + e.Cause }

// OutboxOptions configure an Outbox. The zero value of each field has a usable default.
type OutboxOptions struct {
	Log         *slog.Logger           // default slog.Default()
	Workers     int                    // sends at the same time; default 16
	Rate        float64                // sends in a second over all persons; 0 for no limit
	Burst       int                    // sends that may go at once after a quiet time; default 1; used with Rate only
	MaxAttempts int                    // tries of one message before it is given up; default 300, about a day at MaxPause
	FirstPause  time.Duration          // after the first failure, doubled after each further one; default 1 s
	MaxPause    time.Duration          // upper bound of the pause; default 5 min
	SendLimit   time.Duration          // for one Send; default 30 s
	Grace       time.Duration          // for sends in flight when the program stops; default 5 s
	Look        time.Duration          // how often the store is asked without a signal, for other replicas' messages; default 1 s
	Observe     func(result SendClass) // told each outcome, for metrics; "" means sent
}

// Outbox sends what the store holds for one channel: different persons at the same time, one person's
// messages one after another. A message is sent at least once; twice only when the process dies, or the
// platform's answer is lost, between sending and marking it.
type Outbox struct {
	channel string
	store   OutboxStore
	sender  Sender
	opt     OutboxOptions
}

// NewOutbox returns the sender loop of a channel.
func NewOutbox(channel string, store OutboxStore, sender Sender, o OutboxOptions) *Outbox {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Workers <= 0 {
		o.Workers = 16
	}
	if o.Burst <= 0 {
		o.Burst = 1
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = 300
	}
	if o.Observe == nil {
		o.Observe = func(SendClass) {}
	}
	for _, d := range []struct {
		at   *time.Duration
		unit time.Duration
	}{
		{&o.FirstPause, time.Second}, {&o.MaxPause, 5 * time.Minute}, {&o.SendLimit, 30 * time.Second},
		{&o.Grace, 5 * time.Second}, {&o.Look, time.Second},
	} {
		if *d.at <= 0 {
			*d.at = d.unit
		}
	}
	return &Outbox{channel: channel, store: store, sender: sender, opt: o}
}

// outboxRun is the state of one Run. Only the loop's goroutine touches it; workers report through settled.
type outboxRun struct {
	*Outbox
	work    context.Context      // of sends: ends Grace after the program's own
	leased  map[Address]struct{} // persons with a message in flight
	settled chan outboxResult
	pace    pacer
	wake    time.Time     // the nearest retry known, zero if none
	paused  time.Time     // nothing is sent before; set by Config
	pause   time.Duration // the last pause of the channel
	sick    time.Duration // the last pause after a fault of the store
}

type outboxResult struct {
	to    Address
	class SendClass // "" if sent
	next  time.Time // of the next try, zero if there is none
}

// noteLimit bounds one write of an outcome to the store.
const noteLimit = 5 * time.Second

// Run sends until ctx ends, then waits for what is in flight: Grace for the sends and a little for writing the
// outcomes. An error means that some never ended; the store still has their messages.
func (o *Outbox) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	r := &outboxRun{
		Outbox: o, work: work, leased: map[Address]struct{}{}, settled: make(chan outboxResult, o.opt.Workers),
		pace: newPacer(o.opt.Rate, o.opt.Burst),
	}
	signal := o.store.OutboxSignal(o.channel)
	for ctx.Err() == nil {
		timer := time.NewTimer(r.fill(ctx))
		select {
		case <-ctx.Done():
		case <-signal:
		case <-timer.C:
		case done := <-r.settled:
			r.settle(done)
		}
		timer.Stop()
		r.settleReady()
	}
	last := time.AfterFunc(o.opt.Grace, cancel)
	defer last.Stop()
	hung := time.NewTimer(o.opt.Grace + noteLimit + time.Second)
	defer hung.Stop()
	for len(r.leased) > 0 {
		select {
		case done := <-r.settled:
			r.settle(done)
		case <-hung.C:
			return fmt.Errorf("outbox of channel %s: %d sends did not end", o.channel, len(r.leased))
		}
	}
	return nil
}

// settleReady takes every result that waits, so that one look at the store serves them all.
func (r *outboxRun) settleReady() {
	for {
		select {
		case done := <-r.settled:
			r.settle(done)
		default:
			return
		}
	}
}

func (r *outboxRun) settle(done outboxResult) {
	delete(r.leased, done.to)
	if !done.next.IsZero() && (r.wake.IsZero() || done.next.Before(r.wake)) {
		r.wake = done.next
	}
	switch done.class {
	case Config:
		// Every message would meet the same refusal, and platforms count refusals against the address.
		r.pause = min(max(2*r.pause, 5*time.Second), r.opt.MaxPause)
		r.paused = time.Now().Add(r.pause)
		r.opt.Log.Error("channel refuses our credentials; sending pauses", "channel", r.channel, "for", r.pause)
	case "":
		r.pause = 0
	}
}

// fill starts as many sends as may go now and returns how long the loop may sleep if nothing happens.
func (r *outboxRun) fill(ctx context.Context) time.Duration {
	now := time.Now()
	sleep := r.opt.Look
	if !r.wake.IsZero() {
		if !r.wake.After(now) {
			r.wake = time.Time{}
		} else {
			sleep = min(sleep, r.wake.Sub(now))
		}
	}
	if r.paused.After(now) {
		return min(r.opt.Look, r.paused.Sub(now))
	}
	free := r.opt.Workers - len(r.leased)
	if free <= 0 {
		return sleep
	}
	if d := r.pace.ahead(now); d > 0 {
		return d
	}
	// The list may name persons whose message is in flight, so ask for that many more.
	items, err := r.store.NextOutgoing(ctx, r.channel, now, free+len(r.leased))
	if err != nil {
		if ctx.Err() == nil {
			r.sick = min(max(2*r.sick, time.Second), 30*time.Second)
			r.opt.Log.Error("outbox cannot be read", "channel", r.channel, "again_in", r.sick, "err", err)
			return r.sick
		}
		return sleep
	}
	r.sick = 0
	for _, it := range items {
		if free == 0 || ctx.Err() != nil {
			break
		}
		if _, held := r.leased[it.To]; held {
			continue
		}
		if d := r.pace.ahead(now); d > 0 {
			return d
		}
		r.pace.take(now)
		r.leased[it.To] = struct{}{}
		free--
		go r.deliver(ctx, it)
	}
	return sleep
}

// deliver sends one message and notes the outcome in the store before the person's next may go.
func (r *outboxRun) deliver(ctx context.Context, it OutboxItem) {
	done := outboxResult{to: it.To}
	defer func() { r.settled <- done }()
	err := r.send(it)
	if err != nil && r.work.Err() != nil {
		return // cut off by the end of the program: the message stays as it was
	}
	var fail *SendError
	if err != nil && !errors.As(err, &fail) {
		fail = &SendError{Class: Retry, Cause: err.Error()}
	}
	note := func(ctx context.Context) error { return r.store.MarkSent(ctx, it.ID) }
	if fail != nil {
		done.class = fail.Class
		note, done.next = r.verdict(it, fail)
	}
	r.opt.Observe(done.class)
	r.note(ctx, note)
}

// verdict says what is to be written about a failed send, and when the message is tried again.
func (r *outboxRun) verdict(it OutboxItem, fail *SendError) (func(context.Context) error, time.Time) {
	giveUp := func(cause string) (func(context.Context) error, time.Time) {
		r.opt.Log.Warn("message given up", "channel", r.channel, "class", fail.Class, "attempt", it.Attempts+1, "cause", cause)
		return func(ctx context.Context) error { return r.store.GiveUp(ctx, it.ID, cause) }, time.Time{}
	}
	pause := r.backOff(it.Attempts)
	switch fail.Class {
	case Drop:
		return giveUp(fail.Cause)
	case Park:
		return giveUp("parked: " + fail.Cause)
	case Wait:
		// The platform's figure is a lower bound; a little more keeps held-back persons from returning at once.
		if fail.After > 0 {
			pause = fail.After + rand.N(fail.After/20+50*time.Millisecond)
		}
	case Config:
		pause = max(fail.After, 0)
	default:
		if it.Attempts+1 >= r.opt.MaxAttempts {
			return giveUp(fmt.Sprintf("after %d attempts: %s", it.Attempts+1, fail.Cause))
		}
		pause = max(pause, fail.After)
	}
	next := time.Now().Add(pause)
	r.opt.Log.Warn("message not sent yet", "channel", r.channel, "class", fail.Class, "attempt", it.Attempts+1, "again_in", pause, "cause", fail.Cause)
	return func(ctx context.Context) error { return r.store.Retry(ctx, it.ID, next, fail.Cause) }, next
}

// backOff is the pause after a failure: it doubles with each, up to MaxPause, and the upper half is random so
// that messages held up together do not come back together.
func (r *outboxRun) backOff(attempts int) time.Duration {
	d := r.opt.MaxPause
	if attempts < 30 {
		d = min(d, r.opt.FirstPause<<attempts)
	}
	if d <= 0 {
		d = r.opt.MaxPause
	}
	return d/2 + rand.N(d/2+1)
}

func (r *outboxRun) send(it OutboxItem) (err error) {
	ctx, cancel := context.WithTimeout(r.work, r.opt.SendLimit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			r.opt.Log.Error("panic while sending", "channel", r.channel, "panic", fmt.Sprintf("%T", p))
			err = &SendError{Class: Retry, Cause: fmt.Sprintf("panic while sending: %T", p)}
		}
	}()
	return r.sender.Send(ctx, it.Outgoing)
}

// note writes an outcome, again and again while the store fails: a message that was sent but not marked would
// go out twice. It gives in when the program ends, after one last try.
func (r *outboxRun) note(ctx context.Context, write func(context.Context) error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		last := ctx.Err() != nil
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteLimit)
		err := r.write(limit, write)
		cancel()
		if err == nil {
			return
		}
		r.opt.Log.Error("outcome of a message not stored", "channel", r.channel, "err", err)
		if last {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

func (r *outboxRun) write(ctx context.Context, write func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in the store: %T", p)
		}
	}()
	return write(ctx)
}

// pacer spaces sends evenly at a rate with a small burst (the generic cell rate algorithm). The zero value
// does not limit.
type pacer struct {
	gap   time.Duration // between sends
	slack time.Duration // how far the plan may run ahead of the clock
	plan  time.Time     // when the next send would be due at the even rate
}

func newPacer(rate float64, burst int) pacer {
	if rate <= 0 {
		return pacer{}
	}
	gap := time.Duration(float64(time.Second) / rate)
	return pacer{gap: gap, slack: gap * time.Duration(burst-1)}
}

// ahead returns how long the next send must wait, 0 or less if it may go.
func (p *pacer) ahead(now time.Time) time.Duration {
	if p.gap == 0 {
		return 0
	}
	return p.plan.Add(-p.slack).Sub(now)
}

func (p *pacer) take(now time.Time) {
	if p.plan.Before(now) {
		p.plan = now
	}
	p.plan = p.plan.Add(p.gap)
}

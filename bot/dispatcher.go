package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Faults a Store reports from CommitTurn. The dispatcher knows how to go on from each.
var (
	// ErrDuplicate: a turn with this key is already stored. Its stored reply is the answer.
	ErrDuplicate = errors.New("turn already stored")
	// ErrConflict: the conversation has moved since it was read (another replica). Read and route again.
	ErrConflict = errors.New("conversation changed meanwhile")
	// ErrClash: a number drawn at random is taken. Route again with fresh randomness.
	ErrClash = errors.New("drawn number is taken")
)

// Conversation is what the store keeps of one person's dialogue.
type Conversation struct {
	State   []byte // the router's own, opaque here; nil for a newcomer
	Version int64  // counts turns; 0 for a newcomer
	Held    Held
}

// Held says whether staff answer a person in place of the bot.
type Held struct {
	On   bool
	Told bool // the person has been told so
}

// Talk is what is kept of a turn's words for staff: contact details masked.
type Talk struct {
	Said    string `json:"said,omitempty"`    // by the person
	Replied string `json:"replied,omitempty"` // by the bot, as plain text
}

// Turn is everything one message changes. It is stored whole or not at all.
type Turn struct {
	Key      string
	From     Address
	At       time.Time
	State    []byte
	Version  int64 // the version that was read; the store writes Version+1 or answers ErrConflict
	Reply    Reply
	Effects  []Effect
	Outgoing []Outgoing
	Talk     Talk // nothing is kept of the zero value
	Reach    Reach
}

// Store is what the dispatcher needs of the database.
type Store interface {
	// StoredReply returns the reply stored under a delivery key, and whether there is one.
	StoredReply(ctx context.Context, key string) (Reply, bool, error)
	// Conversation returns the conversation with a person; a newcomer's is the zero value.
	Conversation(ctx context.Context, who Address) (Conversation, error)
	// CommitTurn stores a turn in one transaction, durable when it returns. A repeated key is refused by
	// a unique key with ErrDuplicate, whatever else the turn holds.
	CommitTurn(ctx context.Context, t Turn) error
}

// Input is all a router may look at besides its knowledge.
type Input struct {
	State   []byte
	Message Message
	Now     time.Time
	Held    Held     // staff answer this person: the bot stays silent but for what only it can do
	Nonce   [16]byte // randomness for this attempt: lead numbers and the like are made from it
}

// Outcome is what a router decided.
type Outcome struct {
	Reply    Reply
	State    []byte
	Effects  []Effect
	Outgoing []Outgoing
}

// Router decides what to say. It must not write anything: the same input gives the same outcome, so a turn
// can be tried again.
type Router interface {
	Route(ctx context.Context, in Input) (Outcome, error)
}

// Options configure a Dispatcher. The zero value of each field has a usable default.
type Options struct {
	Clock   func() time.Time // default time.Now
	Limit   time.Duration    // the work of one turn, waiting included; default 4.5 s, since WeChat hangs up after 5
	Log     *slog.Logger     // default slog.Default()
	Context context.Context  // the program's life; default context.Background()
	Routed  func(in Input, out Outcome, took time.Duration)
	Talk    func(in Input, out Outcome) Talk // what is kept of a turn's words; default nothing
}

// Dispatcher is the one path of every message: it joins repeats of a delivery, lets the turns of one person
// run one after another, and stores each turn in one transaction before its reply is handed back.
type Dispatcher struct {
	store  Store
	router Router
	opt    Options

	mu     sync.Mutex
	flight map[string]*call          // by delivery key: work that repeats of the delivery join
	lines  map[Address]chan struct{} // by person: closed when the last turn taken has ended
	busy   sync.WaitGroup            // turns in work, for Drain
}

type call struct {
	done  chan struct{}
	reply Reply
	err   error
}

// NewDispatcher returns a dispatcher over a store and a router.
func NewDispatcher(s Store, r Router, o Options) *Dispatcher {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Limit == 0 {
		o.Limit = 4500 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	return &Dispatcher{store: s, router: r, opt: o, flight: map[string]*call{}, lines: map[Address]chan struct{}{}}
}

// Handle takes one delivery and returns its reply once the turn is stored. A repeat of a delivery, at the
// same time or later, gets the same reply and changes nothing. ctx bounds only the waiting: the work goes on
// under the program's context and its own limit, so that a repeat finds it done.
func (d *Dispatcher) Handle(ctx context.Context, m Message) (Reply, error) {
	if m.Key == "" || m.From.User == "" {
		return Reply{}, errors.New("message without key or sender")
	}
	d.mu.Lock()
	c, joined := d.flight[m.Key]
	if !joined {
		c = &call{done: make(chan struct{})}
		d.flight[m.Key] = c
		before, mine := d.lines[m.From], make(chan struct{})
		d.lines[m.From] = mine
		d.busy.Add(1)
		go d.work(c, m, before, mine)
	}
	d.mu.Unlock()
	select {
	case <-c.done:
		return c.reply, c.err
	case <-ctx.Done():
		return Reply{}, ctx.Err()
	}
}

// Drain waits until the turns taken so far are stored, or ctx ends.
func (d *Dispatcher) Drain(ctx context.Context) error {
	idle := make(chan struct{})
	go func() { d.busy.Wait(); close(idle) }()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// work runs one turn. before is closed when the person's previous turn has ended (nil: there is none), mine is
// closed when this one has, so turns run in the order in which Handle took them.
func (d *Dispatcher) work(c *call, m Message, before <-chan struct{}, mine chan struct{}) {
	defer d.busy.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.opt.Context), d.opt.Limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			c.err = fmt.Errorf("panic in a turn: %T", p)
			d.opt.Log.Error("turn failed", "channel", m.From.Channel, "panic", fmt.Sprintf("%T", p))
		}
		d.mu.Lock()
		delete(d.flight, m.Key)
		if d.lines[m.From] == mine {
			delete(d.lines, m.From)
		}
		d.mu.Unlock()
		close(mine)
		close(c.done)
	}()
	if before != nil {
		select {
		case <-before:
		case <-ctx.Done():
			c.err = fmt.Errorf("waiting for the person's earlier turn: %w", ctx.Err())
			<-before // those behind us wait for mine; it must not open before theirs may start
			return
		}
	}
	c.reply, c.err = d.turn(ctx, m)
	if c.err != nil {
		d.opt.Log.Error("turn failed", "channel", m.From.Channel, "kind", m.Kind, "err", c.err)
	}
}

// ReplyID is the outgoing id of a turn's own reply, where the delivery itself cannot carry it.
func ReplyID(key string) string { return "reply:" + key }

// attempts bounds how often a turn is routed again after a conflict or a clash.
const attempts = 8

func (d *Dispatcher) turn(ctx context.Context, m Message) (Reply, error) {
	// A fast way out for late repeats; the unique key decides, not this look.
	if r, ok, err := d.store.StoredReply(ctx, m.Key); err != nil {
		return Reply{}, fmt.Errorf("look up delivery: %w", err)
	} else if ok {
		return r, nil
	}
	var last error
	for range attempts {
		conv, err := d.store.Conversation(ctx, m.From)
		if err != nil {
			return Reply{}, fmt.Errorf("load conversation: %w", err)
		}
		in := Input{State: conv.State, Message: m, Now: d.opt.Clock(), Held: conv.Held}
		rand.Read(in.Nonce[:])
		began := time.Now()
		out, err := d.router.Route(ctx, in)
		if err != nil {
			return Reply{}, fmt.Errorf("route: %w", err)
		}
		if d.opt.Routed != nil {
			d.opt.Routed(in, out, time.Since(began))
		}
		t := Turn{Key: m.Key, From: m.From, At: in.Now, State: out.State, Version: conv.Version, Reply: out.Reply, Effects: out.Effects, Outgoing: out.Outgoing, Reach: m.Reach}
		if d.opt.Talk != nil {
			t.Talk = d.opt.Talk(in, out)
		}
		if m.Async && !out.Reply.Empty() {
			t.Outgoing = append([]Outgoing{{ID: ReplyID(m.Key), To: m.From, Reply: out.Reply}}, t.Outgoing...)
		}
		switch err := d.store.CommitTurn(ctx, t); {
		case err == nil:
			return out.Reply, nil
		case errors.Is(err, ErrDuplicate):
			r, ok, err := d.store.StoredReply(ctx, m.Key)
			if err == nil && !ok {
				err = errors.New("reply of a stored turn is gone")
			}
			return r, err
		case errors.Is(err, ErrConflict), errors.Is(err, ErrClash):
			last = err
		default:
			return Reply{}, fmt.Errorf("store turn: %w", err)
		}
	}
	return Reply{}, fmt.Errorf("store turn after %d attempts: %w", attempts, last)
}

// Package followup keeps the promises about leads that time brings due: it announces new, late and withdrawn leads to
// staff, tells people where their lead stands, and asks them whether it helped. What is due is an errand of the
// store; an errand ends in one transaction with the messages that come of it, so nothing is told twice or forgotten,
// whatever dies in between. It sends nothing itself, keeps nothing, and puts no contact detail into an announcement.
package followup

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/store"
)

// Words are what is said to people: the router's.
type Words interface {
	// News tells where a lead stands; it is empty where there is nothing to tell.
	News(state []byte, l store.Lead, now time.Time) bot.Reply
	// AskHelped asks whether a lead helped.
	AskHelped(state []byte, l store.Lead, now time.Time) bot.Reply
}

// Target is a place where staff hear of leads.
type Target struct {
	Channel  string             // of the outbox that serves it
	Language knowledge.Language // of the words; simplified Chinese or English
}

// Config is what a Clerk needs.
type Config struct {
	Store   *store.DB
	Words   Words
	Hours   func() intents.Hours // when staff are at work, as it is set now: late leads are told when they begin
	Targets []Target
	Serves  func(channel string) bool // whether messages to people of a channel are sent or fetched
	Leads   string                    // address of the console's work list, below which each lead has its own
	Every   time.Duration             // between two looks for errands; default Pace
	Clock   func() time.Time          // default time.Now
	Log     *slog.Logger              // default slog.Default()
}

// Clerk sees to errands.
type Clerk struct{ Config }

// New returns a clerk.
func New(c Config) *Clerk {
	if c.Every <= 0 {
		c.Every = Pace
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Clerk{c}
}

// Pace is how often a clerk looks for errands. Leads made between two looks are announced together, which keeps
// below the 20 messages a minute that robots of work messengers may send.
const Pace = 5 * time.Second

// Run sees to errands until ctx ends.
func (c *Clerk) Run(ctx context.Context) {
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	sick := time.Duration(0)
	for {
		if err := c.See(ctx); err != nil && ctx.Err() == nil {
			sick = min(max(2*sick, c.Every), 5*time.Minute)
			c.Log.Error("what is due for leads could not all be seen to", "again_in", sick, "err", err)
			select {
			case <-time.After(sick):
				continue
			case <-ctx.Done():
				return
			}
		}
		sick = 0
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// most is how many errands are seen to in one go.
const most = 500

// See sees to what is due now. An errand that cannot be seen to holds up no other.
func (c *Clerk) See(ctx context.Context) error {
	due, err := c.Store.Errands(ctx, most)
	errs := []error{err, fresh(c.announceNew(ctx, due)), fresh(c.announceWithdrawn(ctx, due)), fresh(c.announceLate(ctx, due))}
	for _, e := range due {
		switch e.Kind {
		case store.ErrandNews:
			errs = append(errs, fresh(c.tell(ctx, e)))
		case store.ErrandAsk:
			errs = append(errs, fresh(c.ask(ctx, e)))
		}
	}
	return errors.Join(errs...)
}

// fresh takes an errand that changed while it was seen to for what it is: the next look finds it as it is then.
func fresh(err error) error {
	if errors.Is(err, store.ErrStale) {
		return nil
	}
	return err
}

package main

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"smebot/bot"
	"smebot/console"
	"smebot/followup"
	"smebot/intents"
	"smebot/store"
)

// operating is how the bot works as staff set it in the console, beside the configuration file: the router with the
// values in force, and the channels that are stopped. It changes while the bot serves.
type operating struct {
	file    Config // as it was read
	router  atomic.Pointer[intents.Router]
	values  atomic.Pointer[Config] // the file's with the console's laid over
	hours   atomic.Pointer[intents.Hours]
	stopped atomic.Pointer[map[string]bool]
	at      atomic.Int64 // the store's version that was loaded
	loading sync.Mutex
}

// Route implements bot.Router with the router in force.
func (o *operating) Route(ctx context.Context, in bot.Input) (bot.Outcome, error) {
	return o.router.Load().Route(ctx, in)
}

// News and AskHelped implement followup.Words with the router in force.
func (o *operating) News(state []byte, l store.Lead, now time.Time) bot.Reply {
	return o.router.Load().News(state, l, now)
}

// AskHelped implements followup.Words.
func (o *operating) AskHelped(state []byte, l store.Lead, now time.Time) bot.Reply {
	return o.router.Load().AskHelped(state, l, now)
}

// atWork says when staff are at work.
func (o *operating) atWork() intents.Hours { return *o.hours.Load() }

// isStopped reports whether staff have stopped a channel.
func (o *operating) isStopped(channel string) bool { return (*o.stopped.Load())[channel] }

// about is what the chat page says at its top.
func (o *operating) about() (title, notice string) {
	c := o.values.Load()
	return cmp.Or(c.Centre.Name, "中小微企业服务助手"), c.Privacy.NoticeURL
}

// newRouter returns a router over the values in force.
func (e *engine) newRouter(mind intents.Understander, answers intents.Answers) *intents.Router {
	return intents.New(intents.Config{Understand: mind, Knowledge: e.base, Answers: answers, Options: routerOptions(*e.live.values.Load())})
}

// setting points at the value of a configuration that the console may set in the file's place.
func setting(c *Config, name string) *string {
	switch name {
	case console.SetName:
		return &c.Centre.Name
	case console.SetContact:
		return &c.Centre.Contact
	case console.SetHoursWords:
		return &c.Centre.Hours
	case console.SetHours:
		return &c.Hours
	case console.SetNotice:
		return &c.Privacy.NoticeURL
	}
	return nil
}

// with lays values over a configuration. A name that is not known any more is left out.
func (c Config) with(values map[string]string) Config {
	for name, v := range values {
		if p := setting(&c, name); p != nil {
			*p = v
		}
	}
	return c
}

// notChosen says that the values of the console are not in force. They were sound when they were set: the file has
// changed since.
const notChosen = "values set in the console do not go with the configuration file, which is used alone: set them again"

// chosen lays the console's values over a configuration; with an error the file's hold alone.
func (c Config) chosen(choices []store.Choice) (Config, error) {
	values := map[string]string{}
	for _, ch := range choices {
		values[ch.Name] = ch.Value
	}
	inForce := c.with(values)
	if err := routerOptions(inForce).Check(); err != nil {
		return c, err
	}
	return inForce, nil
}

// operate reads what staff set and taught and puts it to use at once. actor is who changed it, for the record of
// notices.
func (e *engine) operate(ctx context.Context, actor string) error {
	o := &e.live
	o.loading.Lock()
	defer o.loading.Unlock()
	version, err := e.db.OperatingVersion(ctx)
	if err != nil {
		return err
	}
	choices, err := e.db.Choices(ctx)
	if err != nil {
		return err
	}
	switches, err := e.db.Switches(ctx)
	if err != nil {
		return err
	}
	c, err := o.file.chosen(choices)
	if err != nil {
		e.log.Error(notChosen, "err", err)
	}
	hours, err := routerOptions(c).AtWork()
	if err != nil {
		return err
	}
	stopped, off := map[string]bool{}, []string{}
	for _, s := range switches {
		switch s.Kind {
		case store.ChannelSwitch:
			stopped[s.Name] = true
		case store.DocumentSwitch:
			off = append(off, s.Name)
		}
	}
	notices := routerOptions(c).Notices()
	for i := range notices {
		notices[i].Actor = actor
	}
	if err := e.db.NoteNotices(ctx, notices); err != nil {
		return err
	}
	o.values.Store(&c)
	o.hours.Store(&hours)
	o.stopped.Store(&stopped)
	e.base.SwitchOff(off)
	o.router.Store(intents.New(intents.Config{
		Understand: e.mind, Knowledge: e.base, Leads: e.db.LeadsOf, Given: e.db.Disclosures, Waiting: e.db.WaitingAnswers, Answers: e.shelf, Directory: e.offices, Options: routerOptions(c),
	}))
	if err := e.shelf.Load(ctx); err != nil {
		return err
	}
	o.at.Store(version)
	return nil
}

// refreshOperating looks whether another replica changed what staff set and taught.
func (e *engine) refreshOperating(ctx context.Context) error {
	version, err := e.db.OperatingVersion(ctx)
	if err != nil || version == e.live.at.Load() {
		return err
	}
	return e.operate(ctx, "system")
}

// tellAskers writes to people who wait for an answer that there is now.
func (e *engine) tellAskers(ctx context.Context) error {
	n, err := e.shelf.Tell(ctx, e.db)
	if n > 0 {
		e.log.Info("people were told an answer they waited for", "count", n)
	}
	return err
}

// routerOptions are the router's, of a configuration.
func routerOptions(c Config) intents.Options {
	opt := intents.Options{Centre: c.Centre.Name, Contact: c.Centre.Contact, Hours: c.Centre.Hours, Open: c.Hours, Holidays: c.Holidays, Workdays: c.Workdays, KeepLeads: int(c.Privacy.RetainLeads)}
	opt.Notice.Contact = c.Centre.Contact
	return opt
}

var (
	_ bot.Router     = (*operating)(nil)
	_ followup.Words = (*operating)(nil)
)

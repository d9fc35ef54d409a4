package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"smebot/bot"
	"smebot/bot/telegram"
	"smebot/bot/web"
	"smebot/bot/wechat"
	"smebot/console"
	"smebot/intents"
)

// program is the running service as a value: tests start it on port 0, the command on the configured one.
type program struct {
	config     Config
	log        *slog.Logger
	clock      func() time.Time
	engine     *engine
	dispatcher *bot.Dispatcher
	meter      *meter
	bots       map[string]bot.Sender // Telegram channels, by name
	addr       string                // where the public listener is
	endNews    func()                // ends the console's pages that wait for news
	password   string                // of the console's first account, to be shown once

	ctx    context.Context // ends when stop has drained the work; not the caller's
	cancel context.CancelFunc
	ready  atomic.Bool
	work   sync.WaitGroup
	failed chan error // a listener that died

	closers []closer // in the order of start; stop runs them backwards
}

type closer struct {
	name string
	f    func(context.Context) error
}

// webChat reports whether the chat page is served; it is unless switched off.
func (c Config) webChat() bool { return c.WebChat == nil || *c.WebChat }

// start opens everything in the configuration. When a step fails, what was opened is closed again.
func start(ctx context.Context, c Config, log *slog.Logger) (*program, error) {
	return startAt(ctx, c, log, time.Now)
}

// startAt starts by a clock of the caller's.
func startAt(ctx context.Context, c Config, log *slog.Logger, clock func() time.Time) (_ *program, err error) {
	p := &program{config: c, log: log, clock: clock, meter: newMeter(), bots: map[string]bot.Sender{}, failed: make(chan error, 4)}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
			defer cancel()
			err = errors.Join(err, p.stop(ctx))
		}
	}()
	// The port first: a second start must fail on it before it touches anything.
	public, err := listen("listen", c.Listen)
	if err != nil {
		return nil, err
	}
	p.addr = public.Addr().String()
	p.onStop("listener", func(context.Context) error { return closeListener(public) })

	if p.engine, err = openEngineAt(ctx, c, log, nil, clock); err != nil {
		return nil, err
	}
	warnTowns(c, log)
	p.onStop("store and knowledge", func(context.Context) error { return p.engine.close() })
	p.dispatcher = bot.NewDispatcher(p.engine.db, &p.engine.live, bot.Options{Log: log, Clock: clock, Context: p.ctx, Routed: p.meter.routed, Talk: intents.Talk})
	p.onStop("work in hand", p.drain)

	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", p.health)
	mux.HandleFunc("GET /readyz", p.readiness)
	if c.webChat() {
		chat, err := web.New(p.webHandler, web.Options{About: p.engine.live.about, Leads: true, Log: log, News: p.news, Secure: strings.HasPrefix(c.PublicURL, "https://")})
		if err != nil {
			return nil, err
		}
		for _, route := range []string{"GET /{$}", "/chat", "/chat/", "GET /favicon.ico"} {
			mux.Handle(route, chat)
		}
	}
	if err := p.console(mux); err != nil {
		return nil, err
	}
	var pollers []func(context.Context) error
	for _, ch := range c.Channels {
		run, err := p.channel(mux, ch)
		if err != nil {
			return nil, err
		}
		if run != nil {
			pollers = append(pollers, run)
		}
	}
	if err := p.followUp(); err != nil {
		return nil, err
	}
	if err := p.control(); err != nil {
		return nil, err
	}
	if c.Metrics.Listen != "" {
		l, err := listen("metrics.listen", c.Metrics.Listen)
		if err != nil {
			return nil, err
		}
		if at, ok := l.Addr().(*net.TCPAddr); ok && !at.IP.IsLoopback() {
			log.Warn("metrics.listen can be reached from other machines, and asks nobody who they are: use 127.0.0.1, or see that a firewall keeps others out", "listen", c.Metrics.Listen)
		}
		p.serve("metrics", l, &http.Server{Handler: p.meter.handler(), ReadHeaderTimeout: 5 * time.Second})
	}
	p.serve("public", public, &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: 75 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	})
	p.onStop("pages that wait for news", func(context.Context) error { p.endNews(); return nil })
	// Pollers last to start and first to stop: nothing new is taken while the rest finishes.
	polling, stopPolling := context.WithCancel(p.ctx)
	var pollWork sync.WaitGroup
	for _, run := range pollers {
		pollWork.Go(func() {
			if err := run(polling); err != nil && polling.Err() == nil {
				log.Error("a channel ended", "err", err)
			}
		})
	}
	p.onStop("pollers", func(ctx context.Context) error { stopPolling(); return waitFor(ctx, &pollWork) })
	p.work.Go(p.housekeeping)
	p.ready.Store(true)
	return p, nil
}

// channel connects one WeChat account or Telegram bot. It returns what must run beside the callbacks, if any.
func (p *program) channel(mux *http.ServeMux, ch ChannelConfig) (func(context.Context) error, error) {
	log := p.log // each adapter names its channel itself
	if ch.Type == "wechat" {
		c, err := wechat.New(ch.wechat(), p.handler(ch), wechat.Options{Log: log, Refused: func(reason string) { p.meter.refused(ch.Name, reason) }})
		if err != nil {
			return nil, err
		}
		mux.Handle("/wechat/"+ch.Name, c)
		return nil, p.sendWeChat(ch)
	}
	c, err := p.telegram(ch, p.handler(ch), p.engine.db)
	if err != nil {
		return nil, err
	}
	p.bots[ch.Name] = c
	if ch.Mode == "webhook" {
		mux.Handle("/telegram/"+ch.Name, c)
	}
	p.send(ch.Name, c, bot.OutboxOptions{Rate: telegramPerSecond, Burst: 5})
	return c.Run, nil
}

func (p *program) telegram(ch ChannelConfig, handle telegram.Handle, cells telegram.Cells) (*telegram.Channel, error) {
	return telegram.New(ch.telegram(p.config.PublicURL), handle, telegram.Options{Log: p.log, Cells: cells})
}

// telegramPerSecond keeps below the 30 messages a second that Telegram takes over all chats.
const telegramPerSecond = 25

// handler is the dispatcher with what a channel's configuration adds to each message.
func (p *program) handler(ch ChannelConfig) func(context.Context, bot.Message) (bot.Reply, error) {
	return func(ctx context.Context, m bot.Message) (bot.Reply, error) {
		m.Leads, m.Later, m.Stopped = ch.leads(), true, p.engine.live.isStopped(ch.Name)
		if m.Town == "" {
			m.Town = ch.Town
		}
		return p.dispatcher.Handle(ctx, m)
	}
}

// The built-in channels: the chat page, the terminal's conversation, and the lines of ask.
const (
	webChannel      = "web"
	terminalChannel = "terminal"
	askChannel      = "ask"
)

// webHandler is the dispatcher for the chat page, which fetches what is sent later.
func (p *program) webHandler(ctx context.Context, m bot.Message) (bot.Reply, error) {
	m.Later, m.Stopped = true, p.engine.live.isStopped(webChannel)
	return p.dispatcher.Handle(ctx, m)
}

// callback says where a channel is reached, for the operator.
func (p *program) callback(ch ChannelConfig) string {
	if ch.Type == "telegram" && ch.Mode != "webhook" {
		return ", polling"
	}
	return ", callback " + p.base() + "/" + ch.Type + "/" + ch.Name
}

func (p *program) onStop(name string, f func(context.Context) error) {
	p.closers = append(p.closers, closer{name, f})
}

// serve runs a server on a listener until stop.
func (p *program) serve(name string, l net.Listener, s *http.Server) {
	p.work.Go(func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("the %s listener ended: %w", name, err)
		}
	})
	p.onStop(name+" server", func(ctx context.Context) error {
		if err := s.Shutdown(ctx); err != nil {
			return errors.Join(err, s.Close())
		}
		return nil
	})
}

// control opens the socket for commands of this machine.
func (p *program) control() error {
	path := socketPath(p.config.Data)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a killed process; the store's lock tells that none lives
		return err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("open the socket for commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(err, l.Close())
	}
	p.serve("control", l, controlServer(p))
	return nil
}

// drain waits for the turns in hand, then ends what runs beside them.
func (p *program) drain(ctx context.Context) error {
	err := p.dispatcher.Drain(ctx)
	p.cancel()
	return errors.Join(err, waitFor(ctx, &p.work))
}

func waitFor(ctx context.Context, w *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() { w.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.New("work was still running when the time to stop was over")
	}
}

// stop ends everything in the reverse order of start.
func (p *program) stop(ctx context.Context) error {
	p.ready.Store(false)
	var errs []error
	for i := len(p.closers) - 1; i >= 0; i-- {
		if err := p.closers[i].f(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.closers[i].name, err))
		}
	}
	p.closers = nil
	p.cancel()
	return errors.Join(errs...)
}

// housekeeping removes what need not be kept any longer: every few minutes what unfinished forms hold, every
// hour what is past its days, the first time when the start is well over.
func (p *program) housekeeping() {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	hourly := p.clock().Add(tidyEvery - time.Hour)
	for {
		now := p.clock()
		err := errors.Join(p.tidy(now), p.engine.refreshDirectory(p.ctx), p.engine.refreshOperating(p.ctx), p.engine.tellAskers(p.ctx))
		if err == nil && now.Sub(hourly) >= time.Hour {
			hourly = now
			err = errors.Join(p.retain(now), console.PurgeSessions(p.ctx, p.engine.db, now))
		}
		if err != nil && p.ctx.Err() == nil {
			p.log.Error("what is past its time could not all be removed", "err", err)
		}
		select {
		case <-tick.C:
		case <-p.ctx.Done():
			return
		}
	}
}

// tidyEvery is the pause between two looks for unfinished forms; the notice promises half an hour and a day.
const tidyEvery = 5 * time.Minute

// tidy clears unfinished forms: contact details told before the consent after half an hour, the form after a day.
func (p *program) tidy(now time.Time) error {
	prune := func(state []byte) []byte {
		left, _ := intents.Prune(state, now)
		return left
	}
	_, err := p.engine.db.TidyConversations(p.ctx, now.Add(-30*time.Minute), 1, prune)
	if err == nil {
		_, err = p.engine.db.TidyConversations(p.ctx, now.Add(-24*time.Hour), 2, prune)
	}
	return err
}

func (p *program) health(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

func (p *program) readiness(w http.ResponseWriter, r *http.Request) {
	if !p.ready.Load() {
		plain(w, http.StatusServiceUnavailable, "starting or stopping")
		return
	}
	if _, err := p.engine.db.KnowledgeVersion(r.Context()); err != nil {
		p.log.Error("not ready", "err", err)
		plain(w, http.StatusServiceUnavailable, "the store does not answer")
		return
	}
	plain(w, http.StatusOK, "ready")
}

func plain(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	fmt.Fprintln(w, words)
}

// listen opens a port; the error names the key and the mend.
func listen(key, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, fmt.Errorf("configuration: %s: cannot use %s (%w): stop the program that holds it, or choose another port", key, addr, err)
	}
	return l, nil
}

func closeListener(l net.Listener) error {
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

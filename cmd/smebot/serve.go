package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

type serveCmd struct{}

// stopLimit is how long the program may take to finish what it has taken.
const stopLimit = 10 * time.Second

// gcPercent trades a little work for memory: the small machines of a county keep the bot under 80 MB, and import a
// province's laws with 500.
const gcPercent = 50

// spareMemory collects garbage earlier than Go does by itself, unless the operator chose how.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// Run serves until a signal, then finishes what was taken.
func (serveCmd) Run(e *env) error {
	spareMemory()
	p, err := start(e.ctx, e.config, e.log)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "smebot %s\n", version)
	if e.config.webChat() {
		fmt.Fprintf(e.out, "chat page: http://%s/\n", p.addr)
	}
	p.announceConsole(e.out)
	for _, c := range e.config.Channels {
		fmt.Fprintf(e.out, "channel %s: %s%s\n", c.Name, c.Type, p.callback(c))
	}
	var failed error
	select {
	case <-e.ctx.Done():
	case failed = <-p.failed:
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	return errors.Join(failed, p.stop(ctx))
}

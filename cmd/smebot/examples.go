package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"

	"smebot/intents/understand"
	"smebot/store"
)

type examplesCmd struct {
	Add    exampleAddCmd    `cmd:"" help:"Teach a way of asking."`
	List   exampleListCmd   `cmd:"" help:"List what was taught."`
	Remove exampleRemoveCmd `cmd:"" help:"Forget a way of asking."`
}

// teach stores an example and puts it to use at once.
func (g *engine) teach(ctx context.Context, e store.Example) error {
	if !slices.Contains(g.mind.Labels(), understand.Label(e.Label)) { // others are made by lessons
		return fmt.Errorf("no such label as %q: use policy/01 to policy/25, policy/01.miss, platform/financing, clarify, no_answer and so on", e.Label)
	}
	err := g.db.SaveExample(ctx, e)
	if errors.Is(err, store.ErrTaught) {
		return ofLesson(e.Words)
	}
	if err != nil {
		return err
	}
	return g.shelf.Load(ctx)
}

// ofLesson refuses to change one example of a lesson: the rest of it would stay in force.
func ofLesson(words string) error {
	return fmt.Errorf("%q belongs to a lesson taught in the console, which is taken back as one: take it back there, under 教过的 (What was taught)", words)
}

func (g *engine) forget(ctx context.Context, words string) error {
	err := g.db.RemoveExample(ctx, words)
	switch {
	case errors.Is(err, store.ErrTaught):
		return ofLesson(words)
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%q was not taught: see smebot examples list", words)
	case err != nil:
		return err
	}
	return g.shelf.Load(ctx)
}

type exampleAddCmd struct {
	Label string   `arg:"" help:"What it means: policy/24, policy/24.miss, platform/financing, clarify, no_answer, referral and so on."`
	Words []string `arg:"" help:"How somebody asks."`
}

// Run teaches the running server, or the store when none runs.
func (c *exampleAddCmd) Run(e *env) error {
	who := "operator"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	x := store.Example{Words: strings.Join(c.Words, " "), Label: c.Label, Actor: who}
	err := withTeacher(e, func(s *remote) error {
		var n int
		return s.call(e.ctx, "/examples/save", x, &n)
	}, func(g *engine) error { return g.teach(e.ctx, x) })
	if err == nil {
		fmt.Fprintln(e.out, "taught")
	}
	return err
}

type exampleRemoveCmd struct {
	Words []string `arg:"" help:"The words as they were taught."`
}

// Run forgets an example.
func (c *exampleRemoveCmd) Run(e *env) error {
	words := strings.Join(c.Words, " ")
	err := withTeacher(e, func(s *remote) error {
		var n int
		return s.call(e.ctx, "/examples/remove", words, &n)
	}, func(g *engine) error { return g.forget(e.ctx, words) })
	if err == nil {
		fmt.Fprintln(e.out, "forgotten")
	}
	return err
}

func withTeacher(e *env, there func(*remote) error, here func(*engine) error) error {
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		return there(s)
	}
	if err := hasStore(e); err != nil {
		return err
	}
	g, err := openEngine(e.ctx, e.config, e.log, nil)
	if err != nil {
		return err
	}
	return errors.Join(here(g), g.close())
}

type exampleListCmd struct{}

// Run lists label and words, oldest first.
func (exampleListCmd) Run(e *env) error {
	return withStore(e, func(db *store.DB) error {
		rows, err := db.Examples(e.ctx)
		for _, r := range rows {
			lesson := ""
			if r.Lesson != "" {
				lesson = "\tof a lesson"
			}
			fmt.Fprintf(e.out, "%s\t%s%s\n", r.Label, oneLine(r.Words), lesson)
		}
		return err
	})
}

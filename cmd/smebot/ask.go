package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
	"smebot/store"
)

type askCmd struct {
	JSONL bool     `help:"Read JSON lines from standard input, write one for each." name:"jsonl"`
	Text  []string `arg:"" optional:"" help:"The question."`
}

// Run answers one question, or a stream of lines.
func (c *askCmd) Run(e *env) error {
	if c.JSONL == (len(c.Text) > 0) {
		return usageError{errors.New("give a question, or --jsonl and lines on standard input")}
	}
	ask, done, err := asker(e)
	if err != nil {
		return err
	}
	if !c.JSONL {
		a, err := ask(askLine{ID: "1", User: "1", Text: strings.Join(c.Text, " "), Channel: string(bot.Terminal), untraced: true})
		if err == nil {
			_, err = fmt.Fprintln(e.out, a.numbered)
		}
		return errors.Join(err, done())
	}
	return errors.Join(eachJSONLine(e, func(n int, line askLine) (any, error) {
		if line.User == "" {
			line.User = "line " + strconv.Itoa(n) // a conversation of its own
		} else {
			line.User = "user " + line.User
		}
		id := line.ID
		line.ID = strconv.Itoa(n) // the same id twice is two lines all the same
		a, err := ask(line)
		a.ID = id
		return a, err
	}), done())
}

// asker returns a function that answers lines as one run: through the server when one is running, else with a
// store of its own.
func asker(e *env) (ask func(askLine) (askAnswer, error), done func() error, err error) {
	var b [8]byte
	rand.Read(b[:])
	run := hex.EncodeToString(b[:])
	if s := dialServer(e.ctx, e.config.Data); s != nil {
		return func(l askLine) (askAnswer, error) {
			var a controlAskAnswer
			err := s.call(e.ctx, "/ask", controlAsk{run, l, l.untraced}, &a)
			a.askAnswer.numbered = a.Numbered
			return a.askAnswer, err
		}, func() error { return nil }, nil
	}
	g, clean, err := ownEngine(e)
	if err != nil {
		return nil, nil, err
	}
	return func(l askLine) (askAnswer, error) { return g.ask(e.ctx, run, l) },
		func() error { return errors.Join(g.close(), clean()) }, nil
}

// ownEngine opens an engine on the data folder. While another command holds the folder, a question is still
// answered, from a throw-away store.
func ownEngine(e *env) (*engine, func() error, error) {
	g, err := openEngine(e.ctx, e.config, e.log, nil)
	if err == nil || !errors.Is(err, store.ErrLocked) {
		return g, func() error { return nil }, err
	}
	dir, err := os.MkdirTemp("", "smebot-ask-")
	if err != nil {
		return nil, nil, err
	}
	fmt.Fprintln(e.errs, "smebot: another command holds the data folder: answering from a throw-away store, with the embedded policy only")
	c := e.config
	c.Data = dir
	g, err = openEngine(e.ctx, c, e.log, nil)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return g, func() error { return os.RemoveAll(dir) }, nil
}

// jsonFault says what is wrong with a line, in the words of its keys.
func jsonFault(err error) string {
	var wrong *json.UnmarshalTypeError
	var when *time.ParseError
	switch {
	case errors.As(err, &when):
		return `"at" is no time: write it as "2026-11-25T08:00:00+08:00"`
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Sprintf(`%q must be a %s in quotes, and it is a %s`, wrong.Field, wrong.Type.Kind(), wrong.Value)
	case errors.As(err, &wrong):
		return `is not JSON as expected: write one object a line, as in {"id":"1","text":"…"}`
	}
	return `is not JSON as expected (` + err.Error() + `): write one object a line, as in {"id":"1","text":"…"}`
}

// eachJSONLine reads JSON lines and writes what f makes of each, in order. A line that cannot be read ends the
// work with an error that names it; what was written before stays.
func eachJSONLine[Line any](e *env, f func(n int, line Line) (any, error)) error {
	in := bufio.NewReaderSize(e.in, 1<<20)
	out := bufio.NewWriter(e.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for n := 1; ; n++ {
		raw, readErr := in.ReadBytes('\n')
		if len(strings.TrimSpace(string(raw))) > 0 {
			var line Line
			if err := json.Unmarshal(raw, &line); err != nil {
				return errors.Join(out.Flush(), fmt.Errorf("line %d: %s", n, jsonFault(err)))
			}
			v, err := f(n, line)
			if err == nil {
				err = enc.Encode(v)
			}
			if err == nil && in.Buffered() == 0 {
				err = out.Flush() // whoever waits for the answer before the next line gets it
			}
			if err != nil {
				return errors.Join(out.Flush(), fmt.Errorf("line %d: %w", n, err))
			}
		}
		if readErr != nil {
			return out.Flush()
		}
		if err := e.ctx.Err(); err != nil {
			return errors.Join(out.Flush(), context.Cause(e.ctx))
		}
	}
}

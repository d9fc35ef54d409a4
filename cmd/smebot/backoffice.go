package main

import (
	"context"
	"time"

	"smebot/console"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/store"
)

// backOffice is what the console changes of a running bot.
type backOffice struct{ p *program }

var _ console.Office = backOffice{}

// Reload implements console.Office.
func (b backOffice) Reload(ctx context.Context, actor string) error {
	if err := b.p.engine.operate(ctx, actor); err != nil {
		return err
	}
	return b.p.engine.tellAskers(ctx)
}

// FileValues implements console.Office.
func (b backOffice) FileValues() map[string]string {
	c := b.p.engine.live.file
	values := map[string]string{}
	for _, name := range console.Settings {
		values[name] = *setting(&c, name)
	}
	return values
}

// Options implements console.Office.
func (b backOffice) Options(values map[string]string) intents.Options {
	return routerOptions(b.p.engine.live.file.with(values))
}

// Plan implements console.Office.
func (b backOffice) Plan(ctx context.Context, docs []knowledge.Document) ([]console.Filed, error) {
	plan, err := b.p.engine.plan(ctx, docs)
	list := make([]console.Filed, len(plan))
	for i, p := range plan {
		list[i] = p.filed
	}
	return list, err
}

// indexingWait is how long an import waits for its index: a page must be answered, and a province's laws take longer.
const indexingWait = 8 * time.Second

// Import implements console.Office.
func (b backOffice) Import(ctx context.Context, docs []knowledge.Document) (done []console.Filed, indexing bool, err error) {
	g := b.p.engine
	if !g.importing.TryLock() {
		return nil, false, console.ErrImporting
	}
	unlock := g.importing.Unlock
	defer func() {
		if unlock != nil {
			unlock()
		}
	}()
	plan, err := g.plan(ctx, docs)
	if err != nil {
		return nil, false, err
	}
	var rows []store.Document
	changed := false
	for _, p := range plan {
		done = append(done, p.filed)
		if p.What == console.FiledRefused {
			return done, false, console.ErrRefused
		}
		rows = append(rows, p.save...)
		changed = changed || changes(p.filed)
	}
	if !changed {
		return done, false, nil
	}
	if err := g.db.ReplaceDocuments(ctx, rows, nil); err != nil {
		return nil, false, err
	}
	indexed := make(chan error, 1)
	end := unlock
	unlock = nil
	b.p.work.Go(func() {
		defer end()
		err := g.reindex(b.p.ctx)
		if err != nil {
			b.p.log.Error("the index could not be built after an import; it is built at the next start", "err", err)
		}
		indexed <- err
	})
	select {
	case err = <-indexed:
		return done, false, err
	case <-time.After(indexingWait):
		return done, true, nil
	}
}

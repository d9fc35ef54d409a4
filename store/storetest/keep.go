package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"time"

	"smebot/bot"
	"smebot/store"
)

var keepTests = []contract{
	{"values are kept and replaced", func(e *env) {
		if v, err := e.GetValue(ctx, "telegram/tg/offset"); v != "" || err != nil {
			e.Errorf("nothing kept gives %q %v", v, err)
		}
		for _, v := range []string{"41", "42", ""} {
			e.must(e.SetValue(ctx, "telegram/tg/offset", v))
			if got, err := e.GetValue(ctx, "telegram/tg/offset"); got != v || err != nil {
				e.Errorf("got %q %v, want %q", got, err, v)
			}
		}
	}},
	{"taught examples", func(e *env) {
		for _, x := range []store.Example{{Words: "甲", Label: "help", Actor: "li"}, {Words: " 乙 ", Label: "human"}, {Words: "甲", Label: "policy/24", Actor: "wu"}} {
			if err := e.SaveExample(ctx, x); err != nil {
				e.Fatal(err)
			}
			e.clock.pass(time.Second)
		}
		all, err := e.Examples(ctx)
		if err != nil || len(all) != 2 || all[0].Words != "乙" || all[1].Label != "policy/24" || all[1].Actor != "wu" {
			e.Errorf("examples %+v %v", all, err)
		}
		if err := e.RemoveExample(ctx, "乙"); err != nil {
			e.Error(err)
		}
		if err := e.RemoveExample(ctx, "乙"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("removed twice: %v", err)
		}
		if err := e.SaveExample(ctx, store.Example{Words: " ", Label: "help"}); err == nil {
			e.Error("an example without words was stored")
		}
	}},
	{"documents and the version of the knowledge", func(e *env) {
		version := func() int64 { v, err := e.KnowledgeVersion(ctx); e.must(err); return v }
		doc := store.Document{ID: "b", Title: "关于扶持", Hash: "h1", Body: []byte("{}"), Source: "b.txt", Imported: start}
		e.must(e.SaveDocument(ctx, doc))
		if got, err := e.Document(ctx, "b"); err != nil || !reflect.DeepEqual(got, doc) {
			e.Errorf("got %+v %v, want %+v", got, err, doc)
		}
		v := version()
		e.must(e.SaveDocument(ctx, doc))
		if version() != v {
			e.Error("saving the same again moved the version")
		}
		doc.Hash, doc.Body = "h2", []byte("{2}")
		e.must(e.SaveDocument(ctx, doc))
		if version() == v {
			e.Error("a changed document did not move the version")
		}
		e.must(e.SaveDocument(ctx, store.Document{ID: "a", Hash: "h"}))
		all, err := e.Documents(ctx)
		if err != nil || len(all) != 2 || all[0].ID != "a" || !reflect.DeepEqual(all[1], doc) {
			e.Errorf("documents %+v %v", all, err)
		}
		v = version()
		e.must(e.RemoveDocument(ctx, "b"))
		if version() == v {
			e.Error("removing did not move the version")
		}
		if _, err := e.Document(ctx, "b"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("removed document: %v, want ErrNotFound", err)
		}
		if err := e.RemoveDocument(ctx, "b"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("removing twice: %v, want ErrNotFound", err)
		}
	}},
	{"idle conversations are tidied once", func(e *env) {
		for i := range 600 { // more than one page
			e.commit(turn(fmt.Sprint("k", i), bot.Address{Channel: "web", User: fmt.Sprint(i)}))
		}
		e.clock.pass(31 * time.Minute)
		e.commit(turn("fresh", chen))
		calls := 0
		tidy := func(state []byte) []byte {
			calls++
			if bytes.HasSuffix(state, []byte("7")) {
				return nil
			}
			return state
		}
		n, err := e.TidyConversations(ctx, e.clock.now().Add(-30*time.Minute), 1, tidy)
		if err != nil || n != 60 || calls != 600 {
			e.Errorf("tidied %d in %d calls, %v; want 60 in 600", n, calls, err)
		}
		if c := e.state(bot.Address{Channel: "web", User: "7"}); len(c.State) != 0 || c.Version != 2 {
			e.Errorf("tidied conversation %q version %d", c.State, c.Version)
		}
		if c := e.state(bot.Address{Channel: "web", User: "8"}); string(c.State) != "state after k8" || c.Version != 1 {
			e.Errorf("conversation left alone %q version %d", c.State, c.Version)
		}
		if n, _ := e.TidyConversations(ctx, e.clock.now().Add(-30*time.Minute), 1, tidy); n != 0 || calls != 600 {
			e.Errorf("tidied %d again, %d calls", n, calls)
		}
		e.commit(turn("back", bot.Address{Channel: "web", User: "17"}))
		e.clock.pass(time.Hour)
		if _, err := e.TidyConversations(ctx, e.clock.now().Add(-30*time.Minute), 1, tidy); err != nil || calls != 602 {
			e.Errorf("%d calls, %v; want 602: the one who came back and the fresh one", calls, err)
		}
		if _, err := e.TidyConversations(ctx, e.clock.now().Add(-time.Hour), 2, tidy); err != nil || calls != 602+599 {
			e.Errorf("%d calls, %v; want %d: all idle for an hour once more, at the second stage", calls, err, 602+599)
		}
	}},
	{"scrubbing works beside turns", func(e *env) {
		for i, err := range race(32, func(i int) error {
			if i%8 == 0 {
				return e.Scrub(ctx)
			}
			return e.CommitTurn(ctx, turn(fmt.Sprint("k", i), bot.Address{Channel: "web", User: fmt.Sprint(i)}))
		}) {
			if err != nil {
				e.Errorf("%d: %v", i, err)
			}
		}
	}},
}

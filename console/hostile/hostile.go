// Package hostile fills a store with what hostile people write, wherever they can write something, and finds
// what of it became a part of a page. It is for tests of the console's pages: of the handlers, and in a browser. It
// draws nothing itself and knows no page by name.
package hostile

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"smebot/bot"
	"smebot/knowledge"
	"smebot/store"
)

//go:embed payloads.txt
var payloads []byte

// Payloads are 200 ways and more to make a page do what its author did not mean. Whatever one makes carries "x7".
func Payloads() []string {
	plain := strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n", `\x00`, "\x00", `\x01`, "\x01")
	var all []string
	for lines := bufio.NewScanner(bytes.NewReader(payloads)); lines.Scan(); {
		if line := lines.Text(); !strings.HasPrefix(line, "# ") {
			all = append(all, plain.Replace(line))
		}
	}
	return all
}

// Actor is the account in whose name Fill writes; it need not be there.
const Actor = "supervisor"

// Filled says what Fill made.
type Filled struct {
	Leads []string // numbers; the first has many notes and messages
	Token string   // of a link by which an organisation answers for the first
}

// crowd is how many payloads stand on the page of the first lead.
const crowd = 60

// Fill stores every payload in every field that a person, an organisation, staff or a file may fill.
func Fill(ctx context.Context, db *store.DB, now time.Time) (Filled, error) {
	f := filler{ctx: ctx, db: db, now: now}
	all := Payloads()
	for i, p := range all {
		f.go1(func() error { return f.lead(i, p) })
		f.go1(func() error { return f.list(i, p) })
	}
	f.go1(func() error { return f.documents(all) })
	f.wait.Wait()
	done := Filled{}
	for i := range all {
		done.Leads = append(done.Leads, numberOf(i))
	}
	if err := f.crowd(all[:crowd]); err != nil {
		return done, err
	}
	var err error
	done.Token, err = db.AnswerLink(done.Leads[0], all[0], now.Add(store.AnswerLife))
	return done, errors.Join(append(f.errs, err)...)
}

type filler struct {
	ctx  context.Context
	db   *store.DB
	now  time.Time
	wait sync.WaitGroup

	mu   sync.Mutex
	errs []error
}

// go1 runs a part of the work beside the others: the store commits together what comes together.
func (f *filler) go1(part func() error) {
	f.wait.Go(func() {
		if err := part(); err != nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.errs = append(f.errs, err)
		}
	})
}

func numberOf(i int) string { return fmt.Sprintf("20261123-X%05d", i) }

// slugs are kinds of platforms, for fields that take no other.
var slugs = []string{"financing", "quality-testing", "e-commerce"}

func (f *filler) lead(i int, p string) error {
	at := f.now.Add(-time.Duration(i) * time.Hour)
	l := store.Lead{
		Number: numberOf(i), Created: at, Firm: p, Town: p, Contact: p, Need: p, Platform: slugs[i%len(slugs)], Phone: "+8613800100001",
		From: bot.Address{Channel: p, Platform: bot.Telegram, User: p}, Draft: fmt.Sprint("draft", i), History: []store.Event{{Action: p, Detail: p}},
		Consent: store.Consent{Version: p, At: at, Receiver: p, Abroad: true},
	}
	if i%2 == 1 {
		l.Platform = p
	}
	turn := bot.Turn{
		Key: l.Number, From: l.From, At: at, Talk: bot.Talk{Said: p, Replied: p}, Reply: bot.Reply{Text: p},
		Effects: []bot.Effect{store.SaveLead{Lead: l}, store.Question{Text: p, Intent: "no_answer", Outcome: "refused", Platform: slugs[i%len(slugs)], Town: p}, store.Unmet{Town: p, Platform: slugs[i%len(slugs)]}},
	}
	if err := f.db.CommitTurn(f.ctx, turn); err != nil {
		return err
	}
	if err := f.db.HandLead(f.ctx, l.Number, 1, "", p, Actor); err != nil {
		return err
	}
	return f.db.AddNote(f.ctx, l.Number, 2, p, Actor)
}

// list puts a payload into what lists hold.
func (f *filler) list(i int, p string) error {
	title := p
	if len(title) > 60 {
		title = title[:60]
	}
	_, err := f.db.SaveOrganisations(f.ctx, []store.Organisation{{
		Town: "中山市古镇镇", Platform: slugs[i%len(slugs)], Name: p, Contact: p, Address: p, Hours: p, Source: p, Date: p, Batch: p,
	}})
	return errors.Join(err,
		f.db.SaveCanned(f.ctx, title, p, p),
		f.db.SaveExample(f.ctx, store.Example{Words: p, Label: "policy/24", Actor: p}),
		f.db.Append(f.ctx, store.AuditEntry{Actor: p, Action: p, Subject: p, Detail: p}))
}

// documents stores a few policies whose every word is a payload.
func (f *filler) documents(all []string) error {
	const each = 20
	for i := 0; i+each <= len(all); i += each {
		p := all[i]
		doc := knowledge.Document{ID: fmt.Sprint("hostile-", i/each), Title: p, Issuer: p, Dated: "2026-11-23", Source: p, Version: p, Preamble: p}
		for n, q := range all[i : i+each] {
			doc.Articles = append(doc.Articles, knowledge.Article{Number: n + 1, Heading: q, Chapter: q, Text: q})
		}
		body, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		if err := f.db.SaveDocument(f.ctx, store.Document{ID: doc.ID, Title: p, Hash: fmt.Sprint("hash", i), Body: body, Source: p, Imported: f.now}); err != nil {
			return err
		}
	}
	return nil
}

// crowd puts many payloads on the page of the first lead: notes, and messages of staff, some of which were given up.
func (f *filler) crowd(some []string) error {
	l, err := f.db.Lead(f.ctx, numberOf(0))
	if err != nil {
		return err
	}
	for i, p := range some {
		if err := f.db.AddNote(f.ctx, l.Number, l.Version+int64(i), p, Actor); err != nil {
			return err
		}
	}
	if err := f.db.TakeOver(f.ctx, l.Number, Actor); err != nil {
		return err
	}
	for i, p := range some {
		token := fmt.Sprint("form", i)
		if err := f.db.Reply(f.ctx, l.Number, Actor, token, p); err != nil {
			return err
		}
		if i%2 == 0 {
			if err := f.db.GiveUp(f.ctx, "staff:"+l.Number+":"+token, p); err != nil {
				return err
			}
		}
	}
	return nil
}

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"smebot/console"
	"smebot/store"
	"smebot/store/storetest"
)

// This file drives the console's overview and exports in a real browser, over some months of a service centre's work.

const deskPassword = "lychee season in june"

// deskOfMonths starts browser and program over a store with leads, and a supervisor named wu.
func deskOfMonths(t *testing.T, leads int) (context.Context, *program) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	return startBrowserOn(t, data, func() {
		now := time.Now()
		end := now
		db, err := store.Open(t.Context(), store.Options{Dir: data, Clock: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		if err := (storetest.Year{Leads: leads, Days: 150, End: end}).Fill(t.Context(), db, func(at time.Time) { now = at }); err != nil {
			t.Fatal(err)
		}
		hash, err := console.HashPassword(t.Context(), deskPassword)
		if err == nil {
			err = db.AddAccount(t.Context(), "operator", "wu", store.RoleSupervisor, hash, time.Time{})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// goTo opens a page of the console.
func (b *tab) goTo(p *program, path string) {
	b.Helper()
	b.run(chromedp.Navigate("http://"+p.addr+path), chromedp.WaitReady("#main", chromedp.ByQuery))
}

// signInAs signs an account in by its form.
func (b *tab) signInAs(p *program, name string) {
	b.Helper()
	b.goTo(p, "/console/signin")
	b.run(chromedp.SendKeys(`input[name=name]`, name, chromedp.ByQuery), chromedp.SendKeys(`input[name=password]`, deskPassword, chromedp.ByQuery),
		chromedp.Submit(`input[name=password]`, chromedp.ByQuery), chromedp.WaitVisible(`nav.menu`, chromedp.ByQuery))
}

// whole writes a picture of the page from top to bottom, as shot does.
func (b *tab) whole(what string) {
	b.Helper()
	var png []byte
	b.run(chromedp.FullScreenshot(&png, 100))
	dir := os.Getenv("SMEBOT_SCREENSHOTS")
	if dir == "" {
		dir = b.TempDir()
	}
	if err := os.WriteFile(filepath.Join(dir, b.name+"-"+what+".png"), png, 0o644); err != nil {
		b.Fatal(err)
	}
}

// sound checks what holds of every page of the console: nothing sticks out at the side, no letters are too small, what
// is tapped is large enough.
func (b *tab) sound(page string) {
	b.Helper()
	for what, holds := range map[string]string{
		"nothing sticks out": `document.documentElement.scrollWidth <= innerWidth`,
		"letters can be read": `[...document.querySelectorAll("main p, main td, main th, main label, main text, main dt")].filter(e => e.getClientRects().length)
			.every(e => parseFloat(getComputedStyle(e).fontSize) >= 12)`,
		"buttons fit a finger": `[...document.querySelectorAll("main button, main a.button, main select, main input:not([type=hidden]):not([type=checkbox]):not([type=radio])")].filter(e => e.getClientRects().length)
			.every(e => e.getBoundingClientRect().height >= 36)`,
		"every field has a name": `[...document.querySelectorAll("main select, main input:not([type=hidden]), main textarea")].every(e => e.labels.length || e.getAttribute("aria-label"))`,
	} {
		if !eval[bool](b, holds) {
			b.Errorf("%s, %s: not so: %s", b.name, page, what)
		}
	}
}

var sizes = []struct {
	name          string
	width, height int64
	mobile        bool
}{{"phone", 390, 844, true}, {"desktop", 1280, 800, false}}

func TestBrowserOverview(t *testing.T) {
	browserCtx, p := deskOfMonths(t, 1200)
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			b := openTab(t, browserCtx, "overview-"+size.name, size.width, size.height, size.mobile)
			b.signInAs(p, "wu")
			b.goTo(p, "/console/overview")
			b.sound("overview")
			b.whole("1")
			if n := eval[int](b, `document.querySelectorAll(".chart svg.plot").length`); n < 11 {
				t.Errorf("%d charts are drawn", n)
			}
			for what, holds := range map[string]string{
				"bars are seen":             `[...document.querySelectorAll(".plot rect")].every(e => e.getBoundingClientRect().width >= 1 && e.getBoundingClientRect().height >= 1)`,
				"bars have a colour":        `[...document.querySelectorAll(".plot rect")].every(e => !["rgb(0, 0, 0)", "none"].includes(getComputedStyle(e).fill))`,
				"words stay in the picture": `[...document.querySelectorAll(".plot text")].filter(e => e.getClientRects().length).every(e => { const t = e.getBoundingClientRect(), s = e.closest("figure").getBoundingClientRect(); return t.left >= s.left - 1 && t.right <= s.right + 1; })`,
				"no word covers another": `[...document.querySelectorAll(".plot")].every(p => { const r = [...p.querySelectorAll("text")].filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect());
					return r.every((a, i) => r.every((c, j) => i === j || a.right <= c.left + 1 || c.right <= a.left + 1 || a.bottom <= c.top + 4 || c.bottom <= a.top + 4)); })`,
				"no picture is cut": `[...document.querySelectorAll(".plot")].every(e => e.getBoundingClientRect().right <= e.closest("figure").getBoundingClientRect().right)`,
				"figures are filled in, but satisfaction, for which nobody was asked": `[...document.querySelectorAll(".figures dd")].filter(e => /[0-9]/.test(e.textContent)).length === 7`,
			} {
				if !eval[bool](b, holds) {
					t.Errorf("not so: %s", what)
				}
			}
			// The picture of towns says what its table says.
			table := eval[[]string](b, `[...document.querySelectorAll("#town table tbody tr")].slice(0, 3).map(r => r.cells[0].textContent + " " + r.cells[1].textContent)`)
			if told := eval[string](b, `document.querySelector("#town svg").getAttribute("aria-label").replaceAll(",", "")`); len(table) < 3 || !strings.HasSuffix(told, strings.Join(table, " ")) {
				t.Errorf("the picture tells %q, the table %q", told, table)
			}
			b.run(chromedp.Click(`.spans a[href$="days=30"]`, chromedp.ByQuery), chromedp.WaitReady(`.spans a[href$="days=30"][aria-current]`, chromedp.ByQuery))
			b.goTo(p, "/console/overview?days=180&tables=open")
			b.sound("overview with tables")
			b.whole("2-tables")
			b.run(emulation.SetEmulatedMedia().WithMedia("print"))
			b.whole("3-print")
			var pdf []byte
			b.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
				pdf, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.69).WithPrintBackground(false).Do(ctx)
				return err
			}))
			if len(pdf) < 10_000 {
				t.Errorf("printed: %d bytes", len(pdf))
			}
			if dir := os.Getenv("SMEBOT_SCREENSHOTS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, b.name+".pdf"), pdf, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			b.run(emulation.SetEmulatedMedia().WithMedia(""))
			b.run(chromedp.Submit(`form[action="/console/language"] button`, chromedp.ByQuery), chromedp.WaitReady(`html[lang=en]`, chromedp.ByQuery))
			b.sound("overview in English")
			b.whole("4-english")
			b.quiet()
		})
	}
}

func TestBrowserExport(t *testing.T) {
	browserCtx, p := deskOfMonths(t, 1200)
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			b := openTab(t, browserCtx, "export-"+size.name, size.width, size.height, size.mobile)
			b.signInAs(p, "wu")
			b.goTo(p, "/console/leads?view=open&platform=financing")
			chosen := eval[string](b, `document.querySelector("#live-list p.small").textContent.match(/共 (\d+)/)[1]`)
			b.run(chromedp.Click(`a[href^="/console/export?"]`, chromedp.ByQuery), chromedp.WaitReady("form.export", chromedp.ByQuery))
			b.sound("export")
			b.whole("1-form")
			if count := eval[string](b, `document.getElementById("count").textContent`); !strings.Contains(count, chosen) {
				t.Errorf("the list shows %s, the form counts %q", chosen, count)
			}
			if eval[bool](b, `document.querySelector("input[value=phone]").checked`) {
				t.Error("the phone is chosen by itself")
			}
			start := `button[value=start]`
			b.run(chromedp.Click(start, chromedp.ByQuery))
			if eval[bool](b, `document.querySelector("input[name=purpose]").checkValidity()`) {
				t.Error("the form goes without a purpose")
			}
			b.run(chromedp.SendKeys(`input[name=purpose]`, "季度回访", chromedp.ByQuery), chromedp.Click(`input[value=phone]`, chromedp.ByQuery), chromedp.Click(start, chromedp.ByQuery), chromedp.WaitReady("#files .file", chromedp.ByQuery))
			b.until(`document.querySelector("#files .s-ready a")`) // shown without a reload
			b.sound("export that is ready")
			b.whole("2-ready")
			b.run(chromedp.Reload(), chromedp.WaitReady("#files .s-ready", chromedp.ByQuery))

			rows := b.sheet(`#files .s-ready a`)
			if got := fmt.Sprint(len(rows) - 1); got != chosen {
				t.Errorf("%s rows in the sheet, want %s", got, chosen)
			}
			if heads := strings.Join(rows[0], " "); !strings.Contains(heads, "编号 登记时间 企业 镇街 联系人 电话") {
				t.Errorf("heads: %s", heads)
			}
			for _, r := range rows[1:] {
				if !strings.HasPrefix(r[5], "+86138") || r[6] != "企业融资" {
					t.Fatalf("a row holds %v", r)
				}
			}
			b.run(chromedp.Click(`#files form button`, chromedp.ByQuery), chromedp.WaitReady(".note.good", chromedp.ByQuery))
			if eval[bool](b, `!!document.querySelector("#files .file")`) {
				t.Error("the file is still there after it was deleted")
			}
			b.quiet()
		})
	}
}

// sheet downloads a workbook by a click and reads its first sheet.
func (b *tab) sheet(link string) [][]string {
	b.Helper()
	dir := b.TempDir()
	done := make(chan string, 4)
	chromedp.ListenTarget(b.ctx, func(event any) {
		if e, ok := event.(*cdpbrowser.EventDownloadProgress); ok && e.State == cdpbrowser.DownloadProgressStateCompleted {
			done <- e.GUID
		}
	})
	b.run(cdpbrowser.SetDownloadBehavior(cdpbrowser.SetDownloadBehaviorBehaviorAllowAndName).WithDownloadPath(dir).WithEventsEnabled(true), chromedp.Click(link, chromedp.ByQuery))
	select {
	case name := <-done:
		f, err := excelize.OpenFile(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetList()[0])
		if err != nil {
			b.Fatal(err)
		}
		return rows
	case <-time.After(pageGuard):
		b.Fatal("nothing was downloaded")
	}
	return nil
}

package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// chart is one picture of the overview with the numbers behind it. The picture is drawn here and not by a library: it
// must keep its letters readable on a phone and on paper, and the page's policy forbids styles inside it.
type chart struct {
	Key     string   // "platform"; names its sentences and its file
	Heads   []string // of the table: what the rows are, then what the numbers are
	Rows    []chartRow
	Series  []string // what each part of a bar is; a legend is drawn for more than one
	First   int      // which of a row's numbers is the first part; those before are not drawn
	Upright bool     // columns along time, not bars
	Shares  bool     // the table tells each row's part of the whole
	Note    string
	Empty   string // said in place of the picture if there is nothing to draw; "" for the usual
	Width   int    // of the heads, how many label a row
}

// chartRow is a bar, and a line of the table.
type chartRow struct {
	Labels  []string
	Numbers []int
}

// label is what stands at the row's bar.
func (r chartRow) label() string { return strings.Join(r.Labels, " · ") }

// parts are the numbers that are drawn.
func (c *chart) parts(r chartRow) []int { return r.Numbers[c.First : c.First+len(c.Series)] }

func (c *chart) sum(r chartRow) (n int) {
	for _, p := range c.parts(r) {
		n += p
	}
	return n
}

// Total adds up what is drawn.
func (c *chart) Total() (n int) {
	for _, r := range c.Rows {
		n += c.sum(r)
	}
	return n
}

// Share is a row's part of the whole, in words.
func (c *chart) Share(r chartRow) string {
	return percent(float64(c.sum(r)) / float64(max(1, c.Total())))
}

func percent(part float64) string { return strconv.FormatFloat(part*100, 'f', 1, 64) + "%" }

// Bounds of a picture.
const (
	maxBars   = 15
	barStep   = 44 // height of a bar with its label above it, in CSS pixels
	barHeight = 13
	barWidest = 84.0 // percent of the width; the number stands beside it
	maxLabel  = 48   // of a label, in halves of a Chinese character's width; the table holds the whole

	plotTop    = 22.0 // room for the number above a column
	plotHeight = 170.0
	plotLeft   = 8.0 // percent of the width, for the numbers of the lines
	maxTold    = 14  // columns that carry their number
	maxDates   = 6   // dates below the columns
)

// drawing is a picture in a coordinate system that is as wide as the page (percent) and high in CSS pixels, so that
// letters keep their size.
type drawing struct {
	Height int
	Boxes  []box
	Lines  []float64 // heights of lines across
	Texts  []label
}

type box struct {
	X, W  string // percent
	Y, H  float64
	Part  int // which of the chart's series
	Title string
}

type label struct {
	X, Anchor string
	Dx        int
	Y         float64
	Text      string
	Class     string
}

func pct(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) + "%" }

// Draw draws the chart; for templates.
func (c *chart) Draw() drawing {
	if c.Upright {
		return c.columns()
	}
	return c.bars()
}

func (c *chart) bars() drawing {
	rows := c.Rows[:min(len(c.Rows), maxBars)]
	most := 1
	for _, r := range rows {
		most = max(most, c.sum(r))
	}
	d := drawing{Height: len(rows)*barStep + 4}
	for i, r := range rows {
		y, x := float64(i*barStep), 0.0
		d.Texts = append(d.Texts, label{X: "0", Y: y + 15, Text: shortened(r.label())})
		var told []string
		for p, n := range c.parts(r) {
			w := float64(n) / float64(most) * barWidest
			if n > 0 {
				w = max(w, 0.4) // one of thousands is seen too
				d.Boxes = append(d.Boxes, box{pct(x), pct(w), y + 20, barHeight, p, fmt.Sprintf("%s: %s %d", r.label(), c.Series[p], n)})
			}
			x += w
			told = append(told, thousands(n))
		}
		if c.First > 0 { // the parts are the legend's; their sum is what counts
			told = []string{thousands(r.Numbers[0])}
		}
		d.Texts = append(d.Texts, label{X: pct(x), Dx: 6, Y: y + 31, Text: strings.Join(told, " / ")})
	}
	return d
}

func (c *chart) columns() drawing {
	most := 1
	for _, r := range c.Rows {
		most = max(most, c.sum(r))
	}
	step := niceStep(most)
	top := float64((most + step - 1) / step * step)
	at := func(n float64) float64 { return plotTop + plotHeight*(1-n/top) }
	d := drawing{Height: int(plotTop+plotHeight) + 24}
	for n := 0; float64(n) <= top; n += step {
		d.Lines = append(d.Lines, at(float64(n)))
		d.Texts = append(d.Texts, label{X: "0", Y: at(float64(n)) - 3, Text: thousands(n), Class: "quiet"})
	}
	each := (100 - plotLeft) / float64(max(1, len(c.Rows)))
	every := (len(c.Rows) + maxDates - 1) / maxDates
	for i, r := range c.Rows {
		n, x := c.sum(r), plotLeft+float64(i)*each
		middle := pct(x + each/2)
		if n > 0 {
			y := at(float64(n))
			d.Boxes = append(d.Boxes, box{pct(x + each*.14), pct(each * .72), y, plotTop + plotHeight - y, 0, fmt.Sprintf("%s: %d", r.label(), n)})
		}
		if len(c.Rows) <= maxTold {
			told := label{X: middle, Anchor: "middle", Y: at(float64(n)) - 5, Text: thousands(n)}
			if len(c.Rows) > maxTold/2 {
				told.Class = "roomy"
			}
			d.Texts = append(d.Texts, told)
		}
		if i%every == 0 {
			d.Texts = append(d.Texts, label{X: middle, Anchor: "middle", Y: plotTop + plotHeight + 17, Text: short(r.Labels[0]), Class: "quiet"})
		}
	}
	return d
}

// niceStep is a round number, of which four or five reach up to n.
func niceStep(n int) int {
	rough := math.Max(1, float64(n)/4)
	size := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*size >= rough {
			return int(math.Max(1, f*size))
		}
	}
	return n
}

// shortened is a label that a phone has room for.
func shortened(s string) string {
	width := 0
	for i, r := range s {
		if width += runeWidth(r); width > maxLabel {
			return s[:i] + "…"
		}
	}
	return s
}

// runeWidth is how wide a character is drawn, in halves of a Chinese one's width.
func runeWidth(r rune) int {
	if r >= 0x2E80 { // from here on: radicals, kana, Chinese characters, their punctuation and full-width forms
		return 2
	}
	return 1
}

// short is a date without its year.
func short(date string) string {
	if len(date) == len("2026-11-23") {
		return date[5:]
	}
	return date
}

// thousands writes a number as people read it.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// More is how many rows only the table shows; for templates.
func (c *chart) More() int { return max(0, len(c.Rows)-maxBars) }

// Told is the picture in words, for those who cannot see it: its greatest rows, or the last of a time.
func (c *chart) Told() string {
	rows := c.Rows
	if c.Upright {
		rows = rows[max(0, len(rows)-3):]
	}
	var parts []string
	for _, r := range rows[:min(len(rows), 3)] {
		parts = append(parts, r.label()+" "+thousands(c.sum(r)))
	}
	return strings.Join(parts, ", ")
}

package web

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func fileText(t *testing.T, name string) string {
	t.Helper()
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPageEscapesItsOptions(t *testing.T) {
	for _, o := range []Options{
		{Title: `古镇<script>alert(1)</script>`, Notice: `javascript:alert(1)`},
		{Title: `"onload="x`, Notice: `" onclick="x`},
	} {
		c, err := New(nil, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script>alert", "javascript:", ` onclick="`, `"onload="`} {
			if strings.Contains(drawn(t, c), bad) {
				t.Errorf("%+v: the page holds %s", o, bad)
			}
		}
	}
	with, _ := New(nil, Options{Notice: "https://a.example/notice"})
	without, _ := New(nil, Options{})
	if !strings.Contains(drawn(t, with), `href="https://a.example/notice"`) || strings.Contains(drawn(t, without), "data-say=\"notice\"") {
		t.Error("the notice is linked when there is none, or not when there is one")
	}
	name := "甲"
	changing, _ := New(nil, Options{Title: "乙", About: func() (string, string) { return name, "" }})
	name = "丙<b>"
	if page := drawn(t, changing); !strings.Contains(page, "<h1 lang=\"zh-CN\">丙&lt;b&gt;</h1>") || strings.Contains(page, "乙") {
		t.Error("the page does not say what holds now")
	}
}

func drawn(t *testing.T, c *Chat) string {
	t.Helper()
	page, err := c.draw()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// The policy of the page refuses these; the browser would drop them without a word to the person.
func TestNothingInlineNothingFromOutside(t *testing.T) {
	page := fileText(t, "page.html")
	for what, pattern := range map[string]string{
		"inline script": `<script(?:\s+defer)?>`, "inline style": `<style|\sstyle=`, "handler": `\son[a-z]+=`, "outside resource": `(?:src|href)="(?:https?:)?//`,
	} {
		if found := regexp.MustCompile(pattern).FindString(page); found != "" {
			t.Errorf("%s: %s", what, found)
		}
	}
	for _, name := range []string{"app.js", "style.css"} {
		if found := regexp.MustCompile(`https?://|@import|url\(|\beval\(|innerHTML|insertAdjacentHTML|document\.write`).FindString(fileText(t, name)); found != "" {
			t.Errorf("%s holds %s", name, found)
		}
	}
}

// Without its script the form must not put a person's words into an address.
func TestFormNeverSendsWordsInTheAddress(t *testing.T) {
	if !regexp.MustCompile(`<form [^>]*method="post"`).MatchString(fileText(t, "page.html")) {
		t.Error("the form is not sent by POST")
	}
}

func TestEveryLanguageHasEveryWord(t *testing.T) {
	script := fileText(t, "app.js")
	tables := map[string]map[string]bool{}
	for _, lang := range []string{`"zh-CN"`, `"zh-Hant"`, `en`} {
		_, rest, ok := strings.Cut(script, "\n    "+lang+": {")
		body, _, _ := strings.Cut(rest, "\n    },")
		if !ok {
			t.Fatalf("no words in %s", lang)
		}
		tables[lang] = map[string]bool{}
		for _, m := range regexp.MustCompile(`([a-z]+): "[^"]+"`).FindAllStringSubmatch(body, -1) {
			tables[lang][m[1]] = true
		}
	}
	used := map[string]bool{"me": true, "bot": true, "net": true} // by the kind of a bubble or fault
	for _, m := range regexp.MustCompile(`words\.([a-z]+)`).FindAllStringSubmatch(script, -1) {
		used[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`data-say="([a-z]+)"`).FindAllStringSubmatch(fileText(t, "page.html"), -1) {
		used[m[1]] = true
	}
	for _, f := range []fault{faultLong, faultBad, faultType, faultSession, faultForeign, faultBusy} {
		used[f.code] = true
	}
	for lang, words := range tables {
		for w := range used {
			if !words[w] {
				t.Errorf("%s lacks %s", lang, w)
			}
		}
		for w := range words {
			if !used[w] {
				t.Errorf("%s has %s, which nothing shows", lang, w)
			}
		}
	}
}

// TestContrast holds the colours to WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for the edges of controls (1.4.11).
func TestContrast(t *testing.T) {
	css := fileText(t, "style.css")
	light, rest, _ := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "\n* {")
	for name, text := range map[string]string{"light": light, "dark": dark} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6})`).FindAllStringSubmatch(text, -1) {
			colour[m[1]] = m[2]
		}
		for pair, least := range map[[2]string]float64{
			{"ink", "card"}: 4.5, {"ink", "paper"}: 4.5, {"soft", "card"}: 4.5, {"soft", "paper"}: 4.5, {"on-mine", "mine"}: 4.5,
			{"link", "card"}: 4.5, {"fault", "fault-card"}: 4.5,
			{"edge", "card"}: 3, {"edge", "paper"}: 3, {"link", "paper"}: 3, {"focus", "card"}: 3, {"focus", "paper"}: 3, {"fault-line", "paper"}: 3,
		} {
			if got := contrast(t, colour[pair[0]], colour[pair[1]]); got < least {
				t.Errorf("%s: %s on %s has %.2f, want %.1f", name, pair[0], pair[1], got, least)
			}
		}
	}
}

// contrast is the ratio of two colours as WCAG defines it, 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = fmt.Sprintf("%c%c%c%c%c%c", hex[0], hex[0], hex[1], hex[1], hex[2], hex[2])
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("%q is no colour", hex)
	}
	part := func(v uint64) float64 {
		s := float64(v&0xff) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*part(n>>16) + .7152*part(n>>8) + .0722*part(n)
}

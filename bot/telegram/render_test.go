package telegram

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"smebot/bot"
)

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func TestSplitProperties(t *testing.T) {
	pieces := []string{"符", "合条件。", "Yes. ", " ", "\n", "！", "😀", "👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "e\u0301", "中山市古镇镇", "a", "<b>", "&amp;", "\u200d", "\ufe0f", "\x00", "\xff"}
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 3000 {
		var b strings.Builder
		for range rnd.IntN(60) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		limit := 20 + rnd.IntN(40)
		parts := split(b.String(), limit)
		if len(parts) > maxParts {
			t.Fatalf("%d parts", len(parts))
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		whole := bare(tidy(b.String()))
		joined := bare(strings.Join(parts, ""))
		if strings.HasSuffix(joined, "…") {
			joined = strings.TrimSuffix(joined, "…")
			if !strings.HasPrefix(whole, joined) {
				t.Fatalf("%q cut to %q", whole, joined)
			}
		} else if joined != whole {
			t.Fatalf("%q became %q", whole, joined)
		}
		for _, p := range parts {
			if n := units(p); n == 0 || n > limit || !utf8.ValidString(p) || strings.TrimSpace(p) != p {
				t.Fatalf("part of %d units with limit %d: %q", n, limit, p)
			}
		}
	}
}

func TestSplitKeepsCharactersWhole(t *testing.T) {
	for _, cluster := range []string{"👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "e\u0301", "❤\ufe0f"} {
		for pad := range 12 {
			for i, p := range split(strings.Repeat("字", pad)+strings.Repeat(cluster, 6), 24) {
				rest := strings.ReplaceAll(strings.TrimLeft(p, "字"), cluster, "")
				if rest != "" {
					t.Errorf("pad %d, part %d of %q leaves %q", pad, i, cluster, rest)
				}
			}
		}
	}
}

func TestSplitAtSentences(t *testing.T) {
	got := split(strings.Repeat("一二三四五六七。", 5), 20)
	if len(got) != 3 || got[0] != "一二三四五六七。一二三四五六七。" {
		t.Errorf("%q", got)
	}
	if got := split("短", 4096); len(got) != 1 || got[0] != "短" {
		t.Errorf("%q", got)
	}
	if got := split(strings.Repeat("字", 4096), 4096); len(got) != 1 {
		t.Errorf("%d parts of a text of just the limit", len(got))
	}
	if got := split(strings.Repeat("😀", 2049), 4096); len(got) != 2 || units(got[0]) != 4096 {
		t.Errorf("emoji are counted wrongly: %d parts", len(got))
	}
	if got := split(" \n ", 4096); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestLabels(t *testing.T) {
	for in, want := range map[bot.Choice]string{
		{Label: "融资"}:                    "融资",
		{Label: " a\n b "}:               "a b",
		{Label: "\x00", Value: "x"}:      "x",
		{}:                               "…",
		{Label: strings.Repeat("字", 65)}: strings.Repeat("字", 63) + "…",
	} {
		if got := label(in); got != want {
			t.Errorf("%q became %q", in.Label, got)
		}
	}
}

func TestTextWithoutWordsDrawsTheChoices(t *testing.T) {
	api := newFakeAPI()
	c := mustNew(t, testConfig(ModePolling), api, (&inbox{}).handle, Options{})
	if err := c.Send(t.Context(), outgoing("1", 5, bot.Reply{Menu: 1, Choices: []bot.Choice{{Label: "甲"}}})); err != nil {
		t.Fatal(err)
	}
	p := api.of("sendMessage")[0].params
	if _, has := p["reply_markup"]; !has || p["text"] != "1. 甲" {
		t.Errorf("sent %v", p)
	}
}

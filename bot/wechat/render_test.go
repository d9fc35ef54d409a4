package wechat

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"smebot/bot"
)

func choices(labels ...string) []bot.Choice {
	var out []bot.Choice
	for _, l := range labels {
		out = append(out, bot.Choice{Label: l, Value: l})
	}
	return out
}

func TestRender(t *testing.T) {
	for _, c := range []struct {
		name string
		in   bot.Reply
		want string
	}{
		{"nothing", bot.Reply{}, ""},
		{"words", bot.Reply{Text: "你好\n再见\n"}, "你好\n再见"},
		{"choices", bot.Reply{Text: "请选：", Choices: choices("融资", "培训"), Menu: 2}, "请选：\n\n" +
			`<a href="weixin://bizmsgmenu?msgmenucontent=融资&msgmenuid=32">1. 融资</a>` + "\n" +
			`<a href="weixin://bizmsgmenu?msgmenucontent=培训&msgmenuid=33">2. 培训</a>`},
		{"choices only", bot.Reply{Choices: choices("融资"), Menu: 1}, `<a href="weixin://bizmsgmenu?msgmenucontent=融资&msgmenuid=16">1. 融资</a>`},
		{"choices without a menu", bot.Reply{Text: "请选：", Choices: choices("融资", "培训")}, "请选：\n\n1. 融资\n2. 培训"},
		{"label with marks", bot.Reply{Choices: choices(`A&B "x" <y> 100%`), Menu: 1},
			`<a href="weixin://bizmsgmenu?msgmenucontent=A＆B　＂x＂　＜y＞　100％&msgmenuid=16">1. A&B "x" ＜y＞ 100%</a>`},
		{"label of lines", bot.Reply{Choices: choices("一\n2. 二"), Menu: 0}, "1. 一 2. 二"},
		{"a link in the words", bot.Reply{Text: `公司：<a href="http://x/">领奖</a>`}, `公司：＜a href="http://x/"＞领奖＜/a＞`},
		{"an escaped link", bot.Reply{Text: "&lt;a&gt; &#60;a &LT A&B R&D; AT&T"}, "＆lt;a＆gt; ＆#60;a ＆LT A&B R＆D; AT&T"},
		{"control characters", bot.Reply{Text: "a\x00b\x01c\x1bd\u0085e\ufffff\r\ng\th"}, "abcdef\ng\th"},
		{"broken UTF-8", bot.Reply{Text: "a\xff\xfeb"}, "a\ufffdb"},
	} {
		if got := Render(c.in); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestRenderMoreChoicesThanIDs(t *testing.T) {
	var labels []string
	for i := range 18 {
		labels = append(labels, fmt.Sprint("甲", i))
	}
	got := Render(bot.Reply{Text: "选", Choices: choices(labels...), Menu: 1})
	if strings.Count(got, "<a ") != 16 || !strings.Contains(got, "\n17. 甲16\n18. 甲17") || strings.Contains(got, "msgmenuid=32") {
		t.Errorf("%s", got)
	}
}

// At the limit: links give way to numbers, then words to the choices.
func TestRenderAtTheLimit(t *testing.T) {
	for extra := range 8 {
		r := bot.Reply{Text: strings.Repeat("a", bot.MaxReplyBytes-3+extra)}
		got := Render(r)
		if fits := extra <= 3; fits && got != r.Text || !fits && (len(got) > bot.MaxReplyBytes || !strings.HasSuffix(got, "a…")) {
			t.Errorf("%d bytes became %d", len(r.Text), len(got))
		}
	}
	numbered := bot.Reply{Text: strings.Repeat("x", 1900), Choices: choices("融资", "培训"), Menu: 9}
	if got := Render(numbered); got != numbered.Numbered() {
		t.Errorf("numbers alone: %q", got[1890:])
	}
	long := bot.Reply{Text: strings.Repeat("前二十家奖励100万元。", 100), Choices: choices("融资", "培训"), Menu: 9}
	got := Render(long)
	if len(got) > bot.MaxReplyBytes || !strings.HasSuffix(got, "万元。…\n\n1. 融资\n2. 培训") {
		t.Errorf("%d bytes, %q", len(got), got[len(got)-60:])
	}
	sentences := strings.Repeat("Ask at 3.5 per cent. ", 150)
	if got := Render(bot.Reply{Text: sentences}); !strings.HasSuffix(got, "per cent.…") {
		t.Errorf("English cut: %q", got[len(got)-30:])
	}
	wide := bot.Reply{Text: "选", Choices: choices(strings.Repeat("大", 500), strings.Repeat("中", 500)), Menu: 1}
	if got := Render(wide); len(got) > bot.MaxReplyBytes || got != "选\n\n1. "+strings.Repeat("大", 500)+"…" {
		t.Errorf("choices over the limit: %d bytes", len(got))
	}
}

func TestCutKeepsWhatIsSeenAsOneCharacter(t *testing.T) {
	for _, unit := range []string{"汉", "👨‍👩‍👧", "👍🏽", "🇨🇳", "e\u0301", "☎️"} {
		s := strings.Repeat(unit, 40)
		for limit := 40; limit < 100; limit++ {
			got := strings.TrimSuffix(cut(s, limit), "…")
			// Flags come in pairs; the run of them has no other boundary, so a cut before it is right too.
			if len(got) > limit-3 || strings.ReplaceAll(got, unit, "") != "" {
				t.Fatalf("%s at %d: %q", unit, limit, got)
			}
		}
	}
}

var ownLink = regexp.MustCompile(`<a href="weixin://bizmsgmenu\?msgmenucontent=[^"<>&]*&msgmenuid=[0-9]+">[0-9]+\. [^<>]*</a>`)

// checkRendered holds what must be true of every Content, whatever the words.
func checkRendered(t *testing.T, r bot.Reply) {
	t.Helper()
	got := Render(r)
	if len(got) > bot.MaxReplyBytes || !utf8.ValidString(got) {
		t.Fatalf("%d bytes for %+v", len(got), r)
	}
	if i := strings.IndexFunc(got, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }); i >= 0 {
		t.Fatalf("control character in %q", got)
	}
	links := ownLink.FindAllString(got, -1)
	if n := len(links); n > len(r.Choices) || n > 0 && r.Menu == 0 {
		t.Fatalf("%d links for %d choices in %q", n, len(r.Choices), got)
	}
	if strings.ContainsAny(ownLink.ReplaceAllString(got, ""), "<>") {
		t.Fatalf("a bracket that is not ours in %q", got)
	}
	for _, l := range links {
		_, id, _ := strings.Cut(l, "&msgmenuid=") // the content before it holds no & of its own
		id, after, _ := strings.Cut(id, `">`)
		p, ok := pressOf(id)
		if !ok || p.Menu != r.Menu || !strings.HasPrefix(after, fmt.Sprintf("%d. ", p.Index+1)) {
			t.Fatalf("link %q of menu %d", l, r.Menu)
		}
	}
}

func TestRenderProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{
		"汉", "。", "a", " ", "\n", "<", ">", "<a href=\"http://x\">", "</a>", "&", "&lt;", "\"", "'", "]]>", "\x00", "\x1f", "\xff", "\u200d", "👨‍👩‍👧", "🇨🇳",
		"\u0301", "weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1", "%3C", "\u202e", "\ufffe", "100万元", "\r\n", "\u2028", strings.Repeat("长", 300),
	}
	words := func(most int) string {
		var b strings.Builder
		for range random.IntN(most + 1) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 3000 {
		r := bot.Reply{Text: words(60), Menu: random.Uint32() >> random.IntN(33)}
		for range random.IntN(20) {
			r.Choices = append(r.Choices, bot.Choice{Label: words(6)})
		}
		checkRendered(t, r)
	}
}

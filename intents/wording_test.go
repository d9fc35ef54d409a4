package intents

import (
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/knowledge"
	"smebot/knowledge/script"
)

func TestCaptionsAreNotCutInAWord(t *testing.T) {
	for said, want := range map[string]string{
		"Who assesses the platforms?":                               "Who assesses the platforms?",
		"Which of the nine kinds of platform offers quality tests?": "Which of the nine kinds of platform offers…",
		"考核由谁牵头？":                                                   "考核由谁牵头？",
		"考核优秀的前二十家中小微企业服务平台能得到多少钱的奖励和扶持？":                              "考核优秀的前二十家中小微企业服务平台能得到多少…",
		"Supercalifragilisticexpialidocious-and-even-longer-than-that": "Supercalifragilisticexpialidocious-and-even-lon…",
		"": "",
	} {
		if got := caption(said, 48); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestArticlesAreNamedInTheLanguageOfTheTalk(t *testing.T) {
	for lang, c := range map[knowledge.Language]struct{ ask, full, near string }{
		knowledge.English:     {"what is the award?", "Full text of Article 24", "Article 17 ("},
		knowledge.Traditional: {"前20家獎勵幾多錢", "看第二十四條全文", "第十七條（"},
		knowledge.Simplified:  {"前20家奖励多少钱", "看第二十四条全文", "第十七条（"},
	} {
		w := newWorld(t, Options{})
		r := w.text(c.ask)
		if r.Choices[0].Label != c.full {
			t.Errorf("%s: the choice is %q, want %q", lang, r.Choices[0].Label, c.full)
		}
		if r = w.text(c.full); r.Intent != "policy" || !strings.Contains(r.Text, "全文在此") {
			t.Errorf("%s: typing %q gives %s", lang, c.full, r.Text)
		}
		near := (&turn{r: w.router, lang: lang}).nearest(ref(17))
		if !strings.HasPrefix(near.Label, c.near) {
			t.Errorf("%s: the nearest article is %q", lang, near.Label)
		}
	}
}

// TestTraditionalReads holds the conversion to what people write.
func TestTraditionalReads(t *testing.T) {
	for said, want := range map[string]string{"考核优秀": "考核優秀", "核对一下": "核對一下", "刚才那条": "剛才那條", "请回复「确认」": "請回覆「確認」", "1—3个": "1—3個", "看第二十四条全文": "看第二十四條全文"} {
		if got := script.Traditional(said); got != want {
			t.Errorf("%s: %s, want %s", said, got, want)
		}
	}
	for k := range simplified {
		if got := say(knowledge.Traditional, k); strings.ContainsAny(got, "覈纔箇爲") || strings.Contains(got, "回復") {
			t.Errorf("%s holds a form nobody writes: %s", k, got)
		}
	}
}

func TestGreetingInTheClientsLanguage(t *testing.T) {
	for tag, want := range map[string]string{"": "您好", "zh-CN": "您好", "en": "Hello", "en-GB": "Hello", "zh-TW": "服務助手", "zh-Hant-HK": "服務助手", "de": "您好", "zh": "您好", "engels": "您好"} {
		w := newWorld(t, Options{})
		if r := w.send(bot.Message{Kind: bot.KindSubscribe, Lang: tag}); !strings.Contains(r.Text, want) {
			t.Errorf("%q is greeted with %s", tag, r.Text)
		}
		if r := w.text("前20家奖励多少钱"); !strings.Contains(r.Text, "100万元") || strings.Contains(r.Text, "Source") {
			t.Errorf("%q: Chinese is answered with %s", tag, r.Text)
		}
	}
}

func TestRequestNumberTellsNoLanguage(t *testing.T) {
	for said, want := range map[string]knowledge.Language{"20261122-7K3QWM": knowledge.Simplified, "status of 20261122-7K3QWM please": knowledge.English} {
		if got := languageOf(said, knowledge.Simplified, knowledge.English); got != want {
			t.Errorf("%q: %s, want %s", said, got, want)
		}
	}
}

func TestHours(t *testing.T) {
	for s, want := range map[string][2]string{
		DefaultHours:                           {"周一至周五 9:00—12:00、14:00—17:30", "Monday to Friday 9:00—12:00, 14:00—17:30"},
		"Mon-Sat 8:30-17:00":                   {"周一至周六 8:30—17:00", "Monday to Saturday 8:30—17:00"},
		"mon-fri 09:00-17:00; sat 09:00-12:00": {"周一至周五 9:00—17:00；周六 9:00—12:00", "Monday to Friday 9:00—17:00; Saturday 9:00—12:00"},
		"Sat-Sun 10:00-24:00":                  {"周六至周日 10:00—24:00", "Saturday to Sunday 10:00—24:00"},
		"Tue,Thu 09:00-11:00":                  {"周二 9:00—11:00；周四 9:00—11:00", "Tuesday 9:00—11:00; Thursday 9:00—11:00"},
	} {
		h, err := ParseHours(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if got := [2]string{h.words(knowledge.Simplified), h.words(knowledge.English)}; got != want {
			t.Errorf("%s reads %q, want %q", s, got, want)
		}
	}
	for _, s := range []string{"", "always", "Mon", "09:00-12:00", "Mon 9-12", "Mon 12:00-09:00", "Mon 09:00-25:00", "Mon 09:60-10:00", "Mon 09:00-12:00 11:00-13:00", "Mon 09:00-12:00; Tue"} {
		if _, err := ParseHours(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
	h, _ := ParseHours(DefaultHours)
	zone := time.FixedZone("UTC+8", 8*3600)
	for at, want := range map[string]string{ // "" is open
		"2026-11-23 08:59": "2026-11-23 09:00", "2026-11-23 09:00": "", "2026-11-23 11:59": "", "2026-11-23 12:00": "2026-11-23 14:00", "2026-11-23 17:30": "2026-11-24 09:00",
		"2026-11-27 18:00": "2026-11-30 09:00", "2026-11-28 10:00": "2026-11-30 09:00",
	} {
		now, _ := time.ParseInLocation("2006-01-02 15:04", at, zone)
		open, next := h.Open(now)
		got := ""
		if !open {
			got = next.Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("%s: next at %q, want %q", at, got, want)
		}
	}
	h, err := h.With([]string{"2027-01-01", "2027-02-05..2027-02-11"}, []string{"2027-02-13"})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{ // three working days on
		"2026-11-23 16:00": "2026-11-26 16:00", "2026-11-22 10:00": "2026-11-26 09:00", "2026-11-23 20:00": "2026-11-27 09:00", "2026-11-26 12:30": "2026-12-01 14:00",
		"2026-12-31 10:00": "2027-01-06 10:00", // a day off and a weekend
		"2027-02-04 18:00": "2027-02-16 09:00", // the Spring Festival, and a Saturday that is worked
		"2027-02-12 11:00": "2027-02-16 11:00",
	} {
		from, _ := time.ParseInLocation("2006-01-02 15:04", at, zone)
		if got := h.After(from, 3).Format("2006-01-02 15:04"); got != want {
			t.Errorf("three working days after %s: %s, want %s", at, got, want)
		}
	}
	saturday := time.Date(2027, 2, 13, 10, 0, 0, 0, zone)
	if open, _ := h.Open(saturday); !open || !h.Next(saturday).Equal(saturday) {
		t.Error("the Saturday that is worked is not open")
	}
	for day, want := range map[string]bool{"2027-02-13": true, "2027-02-14": false, "2027-02-15": true, "2027-02-05": false, "2027-01-01": false, "2027-01-04": true} {
		at, _ := time.ParseInLocation(time.DateOnly, day, zone)
		if got := h.Works(at); got != want {
			t.Errorf("%s: at work %v, want %v", day, got, want)
		}
	}
	for _, days := range []string{"", "soon", "2027-02-30", "2027-02-11..2027-02-05", "2027-02-05..2028-02-11", "2027-2-5"} {
		if _, err := h.With([]string{days}, nil); err == nil || !strings.Contains(err.Error(), "holidays") {
			t.Errorf("holidays %q: %v", days, err)
		}
		if _, err := h.With(nil, []string{days}); err == nil || !strings.Contains(err.Error(), "workdays") {
			t.Errorf("workdays %q: %v", days, err)
		}
	}
	if err := (Options{Open: "whenever"}).Check(); err == nil || !strings.Contains(err.Error(), "hours") {
		t.Errorf("hours that cannot be read: %v", err)
	}
}

// The day on which a promise of two working days must be kept: staff cannot keep it before they open on the third.
func TestPromisedDay(t *testing.T) {
	h, err := Options{Open: "Mon-Fri 09:00-12:00 14:00-17:30", Holidays: []string{"2026-11-25"}}.AtWork()
	if err != nil {
		t.Fatal(err)
	}
	for made, want := range map[string]string{
		"2026-11-16 09:30": "2026-11-18", // Monday at work: on Wednesday
		"2026-11-15 20:00": "2026-11-17", // Sunday: on Monday or Tuesday
		"2026-11-16 20:00": "2026-11-18", // Monday night: on Tuesday or Wednesday
		"2026-11-20 16:00": "2026-11-24", // Friday: on Tuesday
		"2026-11-23 15:00": "2026-11-26", // Monday: Wednesday is off
		"2026-11-23 20:00": "2026-11-26", // Monday night: Tuesday or Thursday
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", made, Zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Day(h.After(at, PromisedDays)).Format(time.DateOnly); got != want {
			t.Errorf("made %s: %s, want %s", made, got, want)
		}
	}
}

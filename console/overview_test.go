package console

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/store"
)

// at moves the clock of a desk to a moment of China's.
func (w *deskWorld) moveTo(moment string) {
	w.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", moment, china)
	w.must(err)
	w.mu.Lock()
	w.at = t
	w.mu.Unlock()
}

// numbersOf reads the numbers behind a chart as staff get them, without the heads.
func (p *person) numbersOf(chart, span string) []string {
	p.w.Helper()
	answer, body := p.fetch("/console/overview/csv?chart=" + chart + "&" + span)
	if answer.StatusCode != http.StatusOK {
		p.w.Fatalf("%s: %d %s", chart, answer.StatusCode, body)
	}
	var all []string
	for _, row := range p.w.csv(body)[1:] {
		all = append(all, strings.Join(row, "|"))
	}
	return all
}

func (w *deskWorld) same(what string, got []string, want ...string) {
	w.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOverviewCountsLeads(t *testing.T) {
	w := openDesk(t)
	number := func(n int) string { return fmt.Sprintf("20261123-%06d", n) }
	for n, made := range []string{"2026-11-01 23:59", "2026-11-02 00:00", "2026-11-08 23:59", "2026-11-09 00:00", "2026-11-16 12:00"} { // a Sunday, a Monday …
		w.moveTo(made)
		w.lead(n+1, bot.WeChat)
	}
	w.moveTo("2026-11-17 09:00")
	l := w.lead(6, bot.WeChat)
	w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "b", From: l.From, Version: 1, Effects: []bot.Effect{store.CorrectLead{Lead: func() store.Lead {
		l.Town, l.Platform = "", "e-commerce"
		return l
	}()}}}))
	w.must(w.db.MoveLead(t.Context(), number(2), 1, store.Contacted, "", "li"))
	w.must(w.db.MoveLead(t.Context(), number(3), 1, store.Closed, store.Duplicate, "li"))
	wu := w.signed("wu", store.RoleSupervisor)
	span := "from=2026-11-02&to=2026-11-17"
	w.same("by week", wu.numbersOf("weeks", span), "2026-11-02|2", "2026-11-09|1", "2026-11-16|2")
	w.same("by platform", wu.numbersOf("platform", span), "企业融资|4", "电子商务|1")
	w.same("by town", wu.numbersOf("town", span), "中山市古镇镇|4", "没填|1")
	w.same("by channel", wu.numbersOf("channel", span), "guzhen|5")
	w.same("by outcome", wu.numbersOf("outcome", span), "新|3", "已联系|1", "已转介|0", "服务中|0", "已办结|0", "已关闭：已帮到|0",
		"已关闭：没有可用的服务|0", "已关闭：联系不上|0", "已关闭：不归我们办|0", "已关闭：重复登记|1", "已关闭：本人撤回|0")
	w.same("of one day", wu.numbersOf("weeks", "from=2026-11-08&to=2026-11-08"), "2026-11-02|1")
	w.same("over years, by month", wu.numbersOf("months", "from=2025-01-15&to=2026-11-17")[20:], "2026-09|0", "2026-10|0", "2026-11|6")
	_, body := wu.get("/console/overview?" + span)
	holds(t, "the page", body, `aria-label="每周登记的线索：2026-11-02 2, 2026-11-09 1, 2026-11-16 2"`, "80.0%", ">5</dd>", `value="2026-11-02"`)
}

func TestOverviewTimesFirstContacts(t *testing.T) {
	w := openDesk(t)
	number := func(n int) string { return fmt.Sprintf("20261123-%06d", n) }
	w.moveTo("2026-11-06 10:00") // a Friday
	for n := 1; n <= 9; n++ {
		w.lead(n, bot.WeChat)
	}
	contact := func(at string, numbers ...int) {
		w.moveTo(at)
		for _, n := range numbers {
			w.must(w.db.MoveLead(t.Context(), number(n), 1, store.Contacted, "", "li"))
		}
	}
	contact("2026-11-06 10:30", 1)
	contact("2026-11-08 10:00", 2) // Sunday: no working day since
	contact("2026-11-09 10:00", 3) // Monday: the first
	contact("2026-11-11 09:30", 4) // the third, and half an hour in time
	contact("2026-11-12 09:00", 5) // the fourth: late
	w.must(w.db.MoveLead(t.Context(), number(6), 1, store.Closed, store.Helped, "li"))
	w.must(w.db.MoveLead(t.Context(), number(7), 1, store.Closed, store.Duplicate, "li"))
	w.moveTo("2026-11-16 09:00")
	w.lead(10, bot.WeChat) // waits, in time
	wu := w.signed("wu", store.RoleSupervisor)
	w.same("waits", wu.numbersOf("wait", "days=30"), "当天|2", "第 1 个工作日|1", "第 2 个工作日|0", "第 3 个工作日|1", "第 4–5 个工作日|2", "第 6–10 个工作日|0",
		"10 个工作日以后|0", "还没联系，未满 3 个工作日|1", "还没联系，已超 3 个工作日|2", "没联系就关闭（撤回、重复等）|1")
	_, body := wu.get("/console/overview?days=30")
	// Six were reached, after half an hour to six days; of eight that had to be by now, four were in time.
	for key, want := range map[string]string{"首次联系用时（中位数）": "5.0 天", "3 个工作日内联系上": "50.0%"} {
		if m := regexp.MustCompile(key + `</dt><dd>([^<]*)`).FindStringSubmatch(body); m == nil || m[1] != want {
			t.Errorf("%s: %q, want %s", key, m, want)
		}
	}
	holds(t, "the page", body, "其中 2 条超时还没联系", "九成在 6.0 天内")
}

// Working days are those of the office.
func TestOverviewKnowsTheOfficesDays(t *testing.T) {
	usual := func(day time.Time) bool { return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday }
	sixDays := func(day time.Time) bool { return day.Weekday() != time.Sunday }
	d := func(s string) day { at, _ := parseDay(s); return dayOf(at) }
	from, to := d("2026-11-01"), d("2026-11-30")
	for _, c := range []struct {
		from, to    string
		usual, sixs int
	}{{"2026-11-06", "2026-11-06", 0, 0}, {"2026-11-06", "2026-11-07", 0, 1}, {"2026-11-06", "2026-11-09", 1, 2}, {"2026-11-07", "2026-11-08", 0, 0}, {"2026-11-02", "2026-11-30", 20, 24}} {
		if got := newWorkdays(usual, from, to).between(d(c.from), d(c.to)); got != c.usual {
			t.Errorf("from %s to %s: %d working days, want %d", c.from, c.to, got, c.usual)
		}
		if got := newWorkdays(sixDays, from, to).between(d(c.from), d(c.to)); got != c.sixs {
			t.Errorf("from %s to %s with Saturdays: %d working days, want %d", c.from, c.to, got, c.sixs)
		}
	}
	if m := d("2026-11-08").monday(); m.String() != "2026-11-02" {
		t.Errorf("the Monday before a Sunday is %s", m)
	}
}

func TestOverviewOfTalk(t *testing.T) {
	w := openDesk(t)
	say := func(n int, channel, intent string, effects ...bot.Effect) {
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: fmt.Sprint("t", n), From: bot.Address{Channel: channel, User: fmt.Sprint(n)}, Reply: bot.Reply{Text: "x", Intent: intent}, Effects: effects}))
	}
	say(1, "web", "policy", store.Feedback{Day: "2026-11-23", Subject: "policy/24", Useful: true})
	say(2, "web", "policy", store.Feedback{Day: "2026-11-23", Subject: "policy/24"})
	say(3, "guzhen", "policy", store.Feedback{Day: "2026-11-23", Subject: "platform/financing", Useful: true})
	say(4, "web", "no_answer", store.Question{Text: "补贴", Intent: "no_answer", Outcome: store.OutcomeNoAnswer})
	say(5, "web", "clarify", store.Question{Text: "补贴", Intent: "policy", Outcome: store.OutcomeAskedBack})
	say(6, "ask", "policy", store.Question{Text: "补贴", Intent: "policy", Outcome: store.OutcomeWithheld}) // the operator's own
	say(7, "web", "platform", store.Unmet{Town: "中山市古镇镇", Platform: "quality-testing", Elsewhere: true})
	say(8, "web", "platform", store.Unmet{Town: "中山市古镇镇", Platform: "quality-testing"})
	say(9, "web", "platform", store.Unmet{Platform: "financing"})
	say(10, "web", "policy", store.Feedback{Day: "2026-09-30", Subject: "policy/2/x/3", Useful: true})
	wu := w.signed("wu", store.RoleSupervisor)
	span := "from=2026-11-20&to=2026-11-23"
	w.same("intents", wu.numbersOf("intents", span), "问政策|4", "找平台|3", "说得不清，追问|1", "文件里没有写|1")
	w.same("refusals", wu.numbersOf("refusals", span), "几条都像，先追问|1", "文件里没有写|1")
	w.same("voices", wu.numbersOf("feedback", span), "第 24 条|1|1", "平台：企业融资|1|0")
	w.same("older voices", wu.numbersOf("feedback", "from=2026-09-01&to=2026-09-30"), "2/x 第 3 条|1|0")
	w.same("unmet", wu.numbersOf("unmet", span), "中山市古镇镇|质量检测|2|1", "不知道镇街|企业融资|1|0")
	w.same("unmet before", wu.numbersOf("unmet", "from=2026-09-01&to=2026-10-31"))
	_, body := wu.get("/console/overview?" + span)
	holds(t, "the page", body, "66.7%", "有用 2，没用 1", "中山市古镇镇 · 质量检测", "没有数据")
}

func TestOverviewOfLateHands(t *testing.T) {
	w := openDesk(t)
	for n := 1; n <= 3; n++ {
		w.lead(n, bot.WeChat)
	}
	w.must(w.db.HandLead(t.Context(), "20261123-000002", 1, "li", "", "wu"))
	w.pass(10 * 24 * time.Hour)
	w.lead(4, bot.WeChat)
	w.pass(6 * 24 * time.Hour)
	wu := w.signed("wu", store.RoleSupervisor)
	for _, span := range []string{"days=30", "from=2026-01-01&to=2026-01-31"} { // as it is now, whatever is asked for
		w.same("late", wu.numbersOf("late", span), "还没有人|3|1|2|0|0", "li|1|0|1|0|0")
	}
}

func TestOverviewOfSatisfaction(t *testing.T) {
	w := openDesk(t)
	var leads []store.Lead
	for n := 1; n <= 4; n++ {
		l := w.lead(n, bot.Telegram)
		w.must(w.db.MoveLead(t.Context(), l.Number, 1, store.Closed, store.Helped, "li"))
		leads = append(leads, l)
	}
	w.pass(10 * 24 * time.Hour)
	due, err := w.db.Errands(t.Context(), 50)
	w.must(err)
	for _, e := range due {
		if e.Kind == store.ErrandAsk && e.Lead.Number != leads[3].Number {
			w.must(w.db.Tell(t.Context(), e, "ask", bot.Reply{Text: "帮上您的忙了吗？"}))
		}
	}
	for i, said := range []store.Verdict{store.HelpedYes, store.HelpedNo} {
		c, err := w.db.Conversation(t.Context(), leads[i].From)
		w.must(err)
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: fmt.Sprint("rate", i), From: leads[i].From, Version: c.Version, Effects: []bot.Effect{store.Rate{Who: leads[i].From, Number: leads[i].Number, Verdict: said}}}))
	}
	wu := w.signed("wu", store.RoleSupervisor)
	w.same("satisfaction", wu.numbersOf("helped", "days=30"), "帮上忙了|1", "帮上一点|0", "没帮上忙|1", "问过，还没回答|1")
	_, body := wu.get("/console/overview?days=30")
	holds(t, "the page", body, `办结后说“帮上忙了”的占比</dt><dd>50.0%`, "2 人回答")
}

func TestOverviewByRole(t *testing.T) {
	w := openDesk(t)
	w.lead(1, bot.WeChat)
	viewer, li := w.signed("viewer", store.RoleViewer), w.signed("li", store.RoleAgent)
	status, body := viewer.get("/console/overview")
	if status != http.StatusOK {
		t.Errorf("a viewer: %d", status)
	}
	lacks(t, "the viewer's page", body, "光明", "陈大文", "138001", "想贷款", "20261123-000001")
	for _, path := range []string{"/console/overview", "/console/overview/csv?chart=town"} {
		if status, body := li.get(path); status != http.StatusForbidden || strings.Contains(body, "古镇") {
			t.Errorf("an agent at %s: %d", path, status)
		}
	}
	if _, body := li.get("/console/leads"); strings.Contains(body, "/console/overview") {
		t.Error("an agent is shown the way")
	}
}

func TestOverviewSpans(t *testing.T) {
	w := openDesk(t)
	wu := w.signed("wu", store.RoleSupervisor)
	for query, want := range map[string]string{
		"": "2026-08-26 至 2026-11-23", "days=30": "2026-10-25 至 2026-11-23", "days=7": "2026-08-26 至 2026-11-23", "days=x": "2026-08-26 至 2026-11-23",
		"from=2026-11-01&to=2026-11-30": "2026-11-01 至 2026-11-30", "from=2026-11-01": "2026-11-01 至 2026-11-23", "from=2021-12-01&to=2026-11-23": "2021-12-01 至 2026-11-23",
	} {
		if status, body := wu.get("/console/overview?" + query); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%q: %d, want %s", query, status, want)
		}
	}
	for _, query := range []string{"from=2026-11-30&to=2026-11-01", "from=yesterday", "to=2026-11-01", "from=2001-01-01&to=2026-11-23", "from=0001-01-01&to=0001-01-02", "from=2026-13-01&to=2026-11-23", "from=%3Cscript%3E"} {
		status, body := wu.get("/console/overview?" + query)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "日期不对") || strings.Contains(body, "<script>") {
			t.Errorf("%q: %d", query, status)
		}
		if answer, _ := wu.fetch("/console/overview/csv?chart=town&" + query); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q as CSV: %d", query, answer.StatusCode)
		}
	}
	if answer, _ := wu.fetch("/console/overview/csv?chart=nothing"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a chart that is not there: %d", answer.StatusCode)
	}
	answer, _ := wu.fetch("/console/overview/csv?chart=town&days=30")
	if got := answer.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="town-2026-10-25-2026-11-23.csv"; filename*=UTF-8''`) {
		t.Errorf("the file's name: %s", got)
	}
}

// The page breaks none of what its policy forbids, whatever towns and channels are called, in either language.
func TestF083OverviewHoldsNoPayload(t *testing.T) {
	w := openDesk(t)
	for i, p := range append(payloads, "=1+1", "\u202e=cmd") {
		l := store.Lead{Number: fmt.Sprintf("20261123-%06d", i+1), Created: w.clock(), Town: p, Platform: p, Phone: "+8613800100001", From: bot.Address{Channel: p, User: p}, Draft: fmt.Sprint(i),
			Consent: store.Consent{Version: "1/a", At: w.clock(), Receiver: "service-centre"}}
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: l.Number, From: l.From, Reply: bot.Reply{Text: "x", Intent: p}, Effects: []bot.Effect{store.SaveLead{Lead: l},
			store.Feedback{Day: "2026-11-23", Subject: "policy/" + p}, store.Question{Text: "x", Outcome: p}, store.Unmet{Town: p, Platform: p}}}))
	}
	wu := w.signed("wu", store.RoleSupervisor)
	_, body := wu.get("/console/overview?tables=open")
	if what := alien(body); what != "" {
		t.Errorf("a payload made %s", what)
	}
	for _, chart := range []string{"town", "channel", "platform", "feedback", "intents", "refusals", "unmet"} {
		answer, file := wu.fetch("/console/overview/csv?chart=" + chart)
		rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", chart, answer.StatusCode, err)
		}
		for _, row := range rows {
			for _, c := range row {
				if strings.ContainsAny(c, "\u202e") || c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
					t.Errorf("%s: a spreadsheet would run %q", chart, c)
				}
			}
		}
	}
}

func TestOverviewSpeaksEnglish(t *testing.T) {
	for key, w := range overviewText {
		if regexp.MustCompile(`\p{Han}`).MatchString(w.en) || w.en == "" || w.zh == "" {
			t.Errorf("%s: %q / %q", key, w.zh, w.en)
		}
	}
	for key, w := range exportText {
		if regexp.MustCompile(`\p{Han}`).MatchString(w.en) || w.en == "" || w.zh == "" {
			t.Errorf("%s: %q / %q", key, w.zh, w.en)
		}
	}
	w := newConsole(t)
	b := w.signIn(store.RoleSupervisor)
	b.post("/console/language", "lang", "en", "back", "/console/overview")
	for _, path := range []string{"/console/overview", "/console/export"} {
		p := b.get(path)
		_, main, _ := strings.Cut(p.body, "<main")
		if han := regexp.MustCompile(`\p{Han}+`).FindAllString(main, 3); p.status != http.StatusOK || len(han) > 0 {
			t.Errorf("%s in English: %d, holds %q", path, p.status, han)
		}
	}
}

func TestChartsKeepWithinTheirPicture(t *testing.T) {
	for _, numbers := range [][]int{nil, {0}, {0, 0}, {1}, {3, 0, 1}, {1000000, 1}, {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}} {
		for _, upright := range []bool{false, true} {
			c := &chart{Upright: upright, Series: []string{"n"}, Heads: []string{"what", "n"}}
			seen := 0
			for i, n := range numbers {
				name := fmt.Sprintf("2026-11-%02d", i)
				if !upright {
					name = strings.Repeat("长", 40) + name
				}
				c.one(name, n)
				if n > 0 && (upright || i < maxBars) {
					seen++
				}
			}
			d := c.Draw()
			if len(d.Boxes) != seen {
				t.Errorf("%v upright %v: %d bars, want %d", numbers, upright, len(d.Boxes), seen)
			}
			for _, b := range d.Boxes {
				var x, width float64
				if _, err := fmt.Sscanf(b.X+" "+b.W, "%f%% %f%%", &x, &width); err != nil {
					t.Fatal(err)
				}
				if x < 0 || width <= 0 || x+width > 100 || b.Y < 0 || b.H <= 0 || b.Y+b.H > float64(d.Height) {
					t.Errorf("%v upright %v: a bar at %s %v, %s wide, %v high leaves the picture of height %d", numbers, upright, b.X, b.Y, b.W, b.H, d.Height)
				}
			}
			for _, l := range d.Texts {
				if l.Y < 0 || l.Y > float64(d.Height) || drawnWidth(l.Text) > maxLabel+1 {
					t.Errorf("%v upright %v: the words %q at %v", numbers, upright, l.Text, l.Y)
				}
			}
		}
	}
}

func TestNumbersAsPeopleReadThem(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", 100000: "100,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for most, want := range map[int]int{0: 1, 1: 1, 4: 1, 5: 2, 19: 5, 182: 50, 1000: 500, 99999: 50000} {
		if got := niceStep(most); got != want {
			t.Errorf("up to %d in steps of %d, want %d", most, got, want)
		}
	}
	v := &visit{Lang: "zh"}
	for d, want := range map[time.Duration]string{0: "0 分钟", 59 * time.Minute: "59 分钟", 90 * time.Minute: "1.5 小时", 47 * time.Hour: "47.0 小时", 60 * time.Hour: "2.5 天"} {
		if got := v.Wait(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func drawnWidth(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// A label is cut by the room that it takes, not by its characters: English ones are half as wide.
func TestLabelsUseTheirRoom(t *testing.T) {
	for _, key := range []string{"overview.waited.waiting", "overview.waited.overdue", "overview.waited.settled"} {
		text := catalogue[key].en
		if strings.Contains(text, "%d") {
			text = fmt.Sprintf(text, contactGoal)
		}
		if got := shortened(text); got != text {
			t.Errorf("%q is cut to %q", text, got)
		}
	}
	for _, reason := range store.CloseReasons {
		if text := say("en", "overview.closed", say("en", "leads.reason."+string(reason))); shortened(text) != text {
			t.Errorf("%q is cut to %q", text, shortened(text))
		}
	}
	if got := shortened(strings.Repeat("长", 25)); got != strings.Repeat("长", 24)+"…" {
		t.Errorf("a long Chinese label: %q", got)
	}
}

func TestNobodyLateIsSaid(t *testing.T) {
	w := openDesk(t)
	w.lead(1, bot.Web)
	l := leadOf(2, bot.Web, w.clock())
	l.From.Channel = "web"
	w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: l.Number, From: l.From, At: w.clock(), Reply: bot.Reply{Text: "已登记"}, Effects: []bot.Effect{store.SaveLead{Lead: l}}}))
	wu := w.signed("wu", store.RoleSupervisor)
	_, body := wu.get("/console/overview")
	late := cutBetween(body, `id="late"`, "</figure>")
	holds(t, "who is late", late, "没有人超时")
	lacks(t, "who is late", late, "这段时间没有数据")
	w.same("channels", wu.numbersOf("channel", ""), "guzhen|1", "网页|1")
}

// One name for a type of platform, the chat's, on pages, in files and in the directory.
func TestTypesHaveOneName(t *testing.T) {
	for lang, l := range map[string]knowledge.Language{"zh": knowledge.Simplified, "en": knowledge.English} {
		for _, p := range platformsIn(lang) {
			want := intents.PlatformName(l, p.Slug)
			if p.Name != want || say(lang, "leads.platform."+p.Slug) != want || ExportWords(lang)("platform", p.Slug) != want {
				t.Errorf("%s in %s: %q, %q, want %q", p.Slug, lang, p.Name, say(lang, "leads.platform."+p.Slug), want)
			}
		}
	}
	if ExportWords("zh")("channel", "web") != "网页" || ExportWords("zh")("channel", "ask") != "命令行试问" || ExportWords("zh")("channel", "guzhen") != "guzhen" {
		t.Error("channels in files are not called as on pages")
	}
}

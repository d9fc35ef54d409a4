package teach

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// school is a shelf over a real store, with a clock that tests move.
type school struct {
	*testing.T
	*Shelf
	db *store.DB

	mu sync.Mutex
	at time.Time
	n  int
}

// subsidy is an imported document.
var subsidy = knowledge.Document{ID: "古镇灯饰展会补贴办法", Title: "古镇灯饰展会补贴办法", Articles: []knowledge.Article{
	{Number: 1, Heading: "第一条", Text: "为扶持灯饰产业，制定本办法。"},
	{Number: 2, Heading: "第二条", Text: "对参加灯光展的企业，每家给予3000元展位补贴，每年不超过两次。"},
}}

func newSchool(t *testing.T) *school {
	t.Helper()
	s := &school{T: t, at: time.Date(2026, 11, 23, 9, 0, 0, 0, office)}
	var err error
	if s.db, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Clock: s.now}); err != nil {
		t.Fatal(err)
	}
	base, err := knowledge.Open(knowledge.Options{Documents: []knowledge.Document{subsidy}})
	if err != nil {
		t.Fatal(err)
	}
	mind, err := understand.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.db.Verify(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
		if err := base.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Shelf = New(Config{Store: s.db, Base: base, Mind: mind, Clock: s.now, Router: func(u intents.Understander, a intents.Answers) *intents.Router {
		return intents.New(intents.Config{Understand: u, Knowledge: base, Answers: a})
	}})
	return s
}

func (s *school) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *school) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

func (s *school) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// asked notes a question that the bot did not answer; wants: its asker is to be told.
func (s *school) asked(text, town string, from bot.Address, wants bool) {
	s.Helper()
	s.n++
	id := fmt.Sprint("q", s.n)
	if from.User == "" {
		from = bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: id}
	}
	t := bot.Turn{Key: id, From: from, Effects: []bot.Effect{store.Question{ID: id, Text: text, Intent: "no_answer", Outcome: "no_answer", Town: town}}}
	if wants {
		t.Effects = append(t.Effects, store.WantAnswer{Who: from, Question: id, Language: "zh"})
	}
	c, err := s.db.Conversation(s.Context(), from)
	s.must(err)
	t.Version = c.Version
	s.must(s.db.CommitTurn(s.Context(), t))
	s.pass(time.Minute)
}

// says is what the bot answers a newcomer.
func (s *school) says(text string) Said {
	s.Helper()
	said, err := s.say(s.Context(), speaker{s.Router(s.Mind, s.Shelf), s.Mind, s.Shelf}, text)
	s.must(err)
	return said
}

// teach puts a draft into force that settles questions.
func (s *school) teach(d Draft, questions ...string) store.Lesson {
	s.Helper()
	l, fault := s.Lesson(d, "wu")
	if fault != nil {
		s.Fatalf("draft refused: %v", fault)
	}
	s.must(s.db.SaveLesson(s.Context(), l, questions))
	s.must(s.Load(s.Context()))
	return l
}

func own(words string, examples ...string) Draft {
	return Draft{Kind: OwnWords, Words: words, Title: "服务中心开放公告", Number: "古服〔2026〕3号", Date: "2026-10-01", Review: "2027-06-30", Examples: examples}
}

func TestGroupsOfOpenQuestions(t *testing.T) {
	s := newSchool(t)
	chen := bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "chen"}
	wong := bot.Address{Channel: "tg", Platform: bot.Telegram, User: "7"}
	s.asked("周末服务中心开门吗", "中山市古镇镇", chen, true)
	s.asked("怎么给外国人办工作许可", "", bot.Address{}, false)
	s.asked("请问周末服务中心开不开门", "中山市小榄镇", wong, true)
	s.asked("服务中心周末开门吗？", "中山市古镇镇", bot.Address{}, false)
	groups, known, err := s.Groups(t.Context())
	s.must(err)
	if len(groups) != 2 || known != 0 || len(groups[0].Questions) != 3 {
		t.Fatalf("%d groups, %d known: %+v", len(groups), known, groups)
	}
	g := groups[0]
	if g.Towns[0] != (Count{"中山市古镇镇", 2}) || len(g.Wordings) != 3 || g.Outcomes[0] != (Count{"no_answer", 3}) || g.Waiting() != 2 || len(g.Ways) != 2 || g.Ways[1] != (Way{"tg", bot.Telegram, 1, 1}) {
		t.Errorf("the group is %+v", g)
	}
	again, ok, err := s.Group(t.Context(), g.Handle)
	s.must(err)
	s.asked("周末服务中心开门么", "", bot.Address{}, false)
	later, still, err := s.Group(t.Context(), g.Handle)
	s.must(err)
	if !ok || !still || len(again.Questions) != 3 || len(later.Questions) != 4 {
		t.Errorf("a group has %d questions, and with one more %d", len(again.Questions), len(later.Questions))
	}
	if _, ok, _ := s.Group(t.Context(), "00"); ok {
		t.Error("a group that is not there was found")
	}
	s.teach(Draft{Kind: OutOfScope, Examples: []string{"怎么给外国人办工作许可"}}, groups[1].Handles()...)
	s.asked("怎么给外国人办理工作许可", "", bot.Address{}, false)
	groups, known, err = s.Groups(t.Context())
	s.must(err)
	if len(groups) != 1 || known != 1 {
		t.Errorf("after it is out of scope: %d groups, %d known", len(groups), known)
	}
}

func TestDraftsAreChecked(t *testing.T) {
	s := newSchool(t)
	good := own("周末不开门，可以网上预约。", "周末服务中心开门吗")
	s.teach(Draft{Kind: OutOfScope, Examples: []string{"隔壁的猫多少岁"}})
	for name, c := range map[string]struct {
		change func(*Draft)
		code   string
	}{
		"nothing wrong":        {func(*Draft) {}, ""},
		"no kind":              {func(d *Draft) { d.Kind = "" }, FaultKind},
		"no example":           {func(d *Draft) { d.Examples = []string{" "} }, FaultExamples},
		"an example too short": {func(d *Draft) { d.Examples = []string{"周"} }, FaultExamples},
		"too many examples": {func(d *Draft) {
			d.Examples = nil
			for i := range 13 {
				d.Examples = append(d.Examples, fmt.Sprint("第几个问题", i))
			}
		}, FaultExamples},
		"a phone in an example":    {func(d *Draft) { d.Examples = []string{"打13800138000找谁"} }, FaultPersonal},
		"taught already":           {func(d *Draft) { d.Examples = []string{"隔壁的猫多少岁"} }, FaultTaught},
		"no words":                 {func(d *Draft) { d.Words = "" }, FaultWords},
		"too many words":           {func(d *Draft) { d.Words = strings.Repeat("字", 301) }, FaultWords},
		"no source":                {func(d *Draft) { d.Title = "" }, FaultSource},
		"neither link nor number":  {func(d *Draft) { d.Number = "" }, FaultSource},
		"a link that is none":      {func(d *Draft) { d.Link = "javascript:alert(1)" }, FaultSource},
		"a good link":              {func(d *Draft) { d.Number, d.Link = "", "https://www.example.gov.cn/a" }, ""},
		"a date to come":           {func(d *Draft) { d.Date = "2027-01-01" }, FaultDate},
		"no date":                  {func(d *Draft) { d.Date = "" }, FaultDate},
		"no review":                {func(d *Draft) { d.Review = "" }, FaultReview},
		"a review that has passed": {func(d *Draft) { d.Review = "2026-11-22" }, FaultReview},
		"a review far away":        {func(d *Draft) { d.Review = "2029-01-01" }, FaultReview},
		"an article":               {func(d *Draft) { d.Document, d.Heading, d.Words = subsidy.ID, "第二条", "每家3000元。" }, ""},
		"an article that is not":   {func(d *Draft) { d.Document, d.Heading = subsidy.ID, "第九条" }, FaultArticle},
		"a figure of nobody":       {func(d *Draft) { d.Document, d.Heading, d.Words = subsidy.ID, "第二条", "每家5000元。" }, FaultFigure},
		"a figure in words":        {func(d *Draft) { d.Document, d.Heading, d.Words = subsidy.ID, "第二条", "每家五千元。" }, FaultFigure},
		"a link to an article":     {func(d *Draft) { d.Kind, d.Document, d.Heading = ToArticle, subsidy.ID, "第二条" }, ""},
		"a link to none":           {func(d *Draft) { d.Kind, d.Document, d.Heading = ToArticle, subsidy.ID, "" }, FaultChoose},
		"a platform":               {func(d *Draft) { d.Kind, d.Platform = ToPlatform, "financing" }, ""},
		"a platform that is none":  {func(d *Draft) { d.Kind, d.Platform = ToPlatform, "magic" }, FaultPlatform},
	} {
		d := good
		c.change(&d)
		l, fault := s.Lesson(d, "wu")
		if fault == nil {
			fault = &Fault{}
		}
		if fault.Code != c.code {
			t.Errorf("%s: %q, want %q", name, fault.Code, c.code)
		}
		if c.code == "" && (l.Label == "" || len(l.Examples) != 1) {
			t.Errorf("%s: the lesson is %+v", name, l)
		}
	}
	if l, _ := s.Lesson(Draft{Kind: ToArticle, Document: "gd-2012-sme-platforms", Heading: "第九条", Examples: []string{"某个问题怎么办"}}, "wu"); l.Label != "policy/09" {
		t.Errorf("an article of the embedded policy is taught as %s", l.Label)
	}
}

func TestLessonsTakeEffectAndAreUndone(t *testing.T) {
	s := newSchool(t)
	for _, c := range []struct {
		draft Draft
		ask   string
		want  Said
	}{
		{Draft{Kind: ToArticle, Document: subsidy.ID, Heading: "第二条", Examples: []string{"去看灯光展摊位费谁出"}}, "去看灯光展摊位费谁出呀", Said{Intent: "policy", Rests: subsidy.ID + " 第二条"}},
		{Draft{Kind: ToArticle, Document: "gd-2012-sme-platforms", Heading: "第十四条", Examples: []string{"金凤凰工程是怎么弄的呀"}}, "那个金凤凰工程怎么弄的", Said{Intent: "policy", Rests: "第十四条"}},
		{Draft{Kind: ToPlatform, Platform: "financing", Examples: []string{"老板急着等米下锅咋整"}}, "老板急着等米下锅怎么整", Said{Intent: "platform", Rests: "financing"}},
		{own("周末不开门，可以网上预约。", "周末服务中心开门吗"), "周末服务中心开门吗？", Said{Intent: "policy"}},
	} {
		before := s.says(c.ask)
		l := s.teach(c.draft)
		if c.draft.Kind == OwnWords {
			c.want.Rests = l.ID
		}
		got := s.says(c.ask)
		if got.Intent != c.want.Intent || got.Rests != c.want.Rests || got == before {
			t.Errorf("%s: %+v, want %+v; before it was %+v", c.ask, got, c.want, before)
		}
		s.must(s.db.UndoLesson(t.Context(), l.ID, "wu"))
		s.must(s.Load(t.Context()))
		if got := s.says(c.ask); got != before {
			t.Errorf("%s: undone, and still %+v", c.ask, got)
		}
	}
}

// An answer of staff's own is given up to the day of review, and only while its article holds its figures.
func TestOwnAnswersEnd(t *testing.T) {
	s := newSchool(t)
	const ask = "灯光展每家给多少展位补贴"
	d := own("每家3000元，一年最多两次。", ask)
	d.Title, d.Document, d.Heading = "", subsidy.ID, "第二条"
	l := s.teach(d)
	given := func() bool {
		t.Helper()
		return strings.Contains(s.says(ask).Text, "工作人员答复（")
	}
	if !given() {
		t.Fatalf("it is not given: %+v", s.says(ask))
	}
	s.Base.SwitchOff([]string{subsidy.ID})
	if given() || s.Trouble(l, s.now()).Code != FaultArticle {
		t.Error("it is given while its document is off")
	}
	s.Base.SwitchOff(nil)
	other := subsidy
	other.Articles = []knowledge.Article{subsidy.Articles[0], {Number: 2, Heading: "第二条", Text: "对参加灯光展的企业，每家给予2000元展位补贴，每年不超过两次。"}}
	s.must(s.Base.Replace([]knowledge.Document{other}, nil))
	if given() || s.Trouble(l, s.now()) != (Fault{FaultFigure, "3000"}) {
		t.Errorf("it is given though its article holds another figure: %+v", s.Trouble(l, s.now()))
	}
	s.must(s.Base.Replace([]knowledge.Document{subsidy}, nil))
	s.at = time.Date(2027, 6, 30, 23, 59, 0, 0, office)
	if !given() {
		t.Error("it is not given on its last day")
	}
	s.at = time.Date(2027, 7, 1, 0, 1, 0, 0, office)
	if given() || s.Trouble(l, s.now()).Code != FaultOver {
		t.Error("it is given after its day of review")
	}
}

func TestRehearsalShowsWhatChanges(t *testing.T) {
	s := newSchool(t)
	s.asked("周末服务中心开不开门呢", "", bot.Address{}, false)
	s.asked("怎么给外国人办工作许可", "", bot.Address{}, false)
	l, fault := s.Lesson(own("周末不开门。", "周末服务中心开门吗"), "wu")
	if fault != nil {
		t.Fatal(fault)
	}
	r, err := s.Rehearse(t.Context(), l)
	s.must(err)
	if r.Examples < 9000 || r.Questions != 2 || r.Counts[Taught] != 1 || r.Differences[0].After.Rests != l.ID || r.Differences[0].Before.Intent == "policy" {
		t.Errorf("the report is %+v", r)
	}
	if len(s.Mind.Taught()) != 0 || s.says("周末服务中心开门吗").Rests == l.ID {
		t.Error("the rehearsal changed what is in force")
	}

	// A lesson that takes an example of another article away.
	checks, err := understand.Examples()
	s.must(err)
	var victim understand.Example
	for _, e := range checks {
		if e.Label == "policy/24" && s.says(e.Text).right(e.Label) {
			victim = e
			break
		}
	}
	if l, fault = s.Lesson(Draft{Kind: OutOfScope, Examples: []string{victim.Text + "呢"}}, "wu"); fault != nil {
		t.Fatal(fault)
	}
	r, err = s.Rehearse(t.Context(), l)
	s.must(err)
	found := false
	for _, d := range r.Differences {
		found = found || d.Text == victim.Text && d.Verdict == Broken && d.Want == "policy/24" && d.Before.Intent == "policy" && d.After.Intent == "no_answer"
	}
	if !found || r.Counts[Broken] == 0 {
		t.Errorf("%q is not shown as broken: %+v", victim.Text, r)
	}

	// A lesson that changes nothing says so.
	if l, fault = s.Lesson(Draft{Kind: OutOfScope, Examples: []string{"隔壁的猫多少岁"}}, "wu"); fault != nil {
		t.Fatal(fault)
	}
	if r, err = s.Rehearse(t.Context(), l); err != nil || r.Counts[Idle] != 1 {
		t.Errorf("%v %+v", err, r)
	}
}

func TestPeopleAreToldOnce(t *testing.T) {
	s := newSchool(t)
	wong := bot.Address{Channel: "tg", Platform: bot.Telegram, User: "7"}
	s.asked("周末服务中心开门吗", "", wong, true)
	s.asked("怎么给外国人办工作许可", "", bot.Address{Channel: "tg", Platform: bot.Telegram, User: "8"}, true)
	groups, _, err := s.Groups(t.Context())
	s.must(err)
	if n, err := s.Tell(t.Context(), s.db); n != 0 || err != nil {
		t.Errorf("%d told before anything was taught, %v", n, err)
	}
	for _, g := range groups {
		if g.Wordings[0].Name == "周末服务中心开门吗" {
			s.teach(own("周末不开门，可以网上预约。", "周末服务中心开门吗"), g.Handles()...)
		} else {
			s.teach(Draft{Kind: OutOfScope, Examples: []string{"怎么给外国人办工作许可"}}, g.Handles()...)
		}
	}
	for _, want := range []int{2, 0} {
		if n, err := s.Tell(t.Context(), s.db); n != want || err != nil {
			t.Errorf("%d told, want %d, %v", n, want, err)
		}
	}
	items, err := s.db.NextOutgoing(t.Context(), "tg", s.now(), 10)
	s.must(err)
	if len(items) == 2 && items[0].To != wong {
		slices.Reverse(items)
	}
	if len(items) != 2 || !strings.Contains(items[1].Reply.Text, "怎么给外国人办工作许可") || !strings.Contains(items[1].Reply.Text, "不归服务中心办") {
		t.Errorf("out of scope is told too: %+v", items)
	}
	if items[0].To != wong || !strings.Contains(items[0].Reply.Text, "您之前问的「周末服务中心开门吗」") || !strings.Contains(items[0].Reply.Text, "可以网上预约") || !strings.Contains(items[0].Reply.Text, "古服〔2026〕3号") {
		t.Errorf("in the outbox: %+v", items)
	}
}

// Who waits for an answer is never out of sight of staff: not even with a question like one that is out of scope.
func TestWhoWaitsStaysInSight(t *testing.T) {
	s := newSchool(t)
	s.teach(Draft{Kind: OutOfScope, Examples: []string{"怎么给外国人办工作许可"}})
	s.asked("怎么给外国人办工作许可", "", bot.Address{Channel: "tg", Platform: bot.Telegram, User: "8"}, false)
	if groups, known, err := s.Groups(t.Context()); len(groups) != 0 || known != 1 || err != nil {
		t.Errorf("nobody waits: %+v, %d known, %v", groups, known, err)
	}
	s.asked("怎么给外国人办工作许可", "", bot.Address{Channel: "tg", Platform: bot.Telegram, User: "9"}, true)
	if groups, known, err := s.Groups(t.Context()); len(groups) != 1 || groups[0].Waiting() != 1 || known != 0 || err != nil {
		t.Errorf("somebody waits: %+v, %d known, %v", groups, known, err)
	}
}

func TestExplainSaysWhy(t *testing.T) {
	s := newSchool(t)
	w, err := s.Explain(t.Context(), "前20家奖励多少钱")
	s.must(err)
	if w.Reply.Intent != "policy" || w.Articles[0].Heading != "第二十四条" || len(w.Hits) == 0 || !strings.HasPrefix(w.Articles[0].Passage, "制定中小微企业服务平台的管理与考核办法") || w.Trace.Labels[0].Label != "policy/24" || w.Figure != "" {
		t.Errorf("%+v", w)
	}
	w, err = s.Explain(t.Context(), "参加灯光展的企业有没有展位补贴")
	s.must(err)
	if len(w.Imported) == 0 || w.Imported[0].Document != subsidy.ID || w.Reply.Articles[0].Document != subsidy.ID {
		t.Errorf("an imported document: %+v", w.Imported)
	}
	w, err = s.Explain(t.Context(), "平台申报的联系电话是多少")
	s.must(err)
	if w.Reply.Intent != "no_answer" || len(w.Trace.Asked) == 0 {
		t.Errorf("a refused question: %+v", w.Trace)
	}
	for _, odd := range []string{"", " ", "\x00\xff", strings.Repeat("税", 5000), `"*~field:/x/`} {
		if _, err := s.Explain(t.Context(), odd); err != nil {
			t.Errorf("%.20q: %v", odd, err)
		}
	}
}

// benchShelf is a shelf over a store with open questions, each somebody's own wording.
func benchShelf(b *testing.B, questions int) *Shelf {
	b.Helper()
	base, err := knowledge.Open(knowledge.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { base.Close() })
	mind, err := understand.New()
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	examples, err := understand.Examples()
	if err != nil {
		b.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range questions {
		all.Go(func() {
			id := fmt.Sprint(i)
			q := store.Question{ID: id, Text: examples[i%len(examples)].Text, Intent: "no_answer", Outcome: "no_answer"}
			if err := db.CommitTurn(context.Background(), bot.Turn{Key: id, From: bot.Address{Channel: "c", User: id}, Effects: []bot.Effect{q}}); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return New(Config{Store: db, Base: base, Mind: mind, Router: func(u intents.Understander, a intents.Answers) *intents.Router {
		return intents.New(intents.Config{Understand: u, Knowledge: base, Answers: a})
	}})
}

func BenchmarkGroups(b *testing.B) {
	s := benchShelf(b, maxQuestions)
	for b.Loop() { // the first makes the vectors, the others find them made
		if _, _, err := s.Groups(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRehearse(b *testing.B) {
	s := benchShelf(b, maxQuestions)
	l, fault := s.Lesson(own("周末不开门。", "周末服务中心开门吗", "前20家奖励多少钱一家"), "wu")
	if fault != nil {
		b.Fatal(fault)
	}
	for b.Loop() {
		if _, err := s.Rehearse(b.Context(), l); err != nil {
			b.Fatal(err)
		}
	}
}

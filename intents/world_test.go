package intents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/script"
	"smebot/store"
)

// keywords is a small Understander: the first rule whose words occur decides.
type keywords struct{}

func ref(n int) knowledge.Ref {
	return knowledge.Ref{Document: "gd-2012-sme-platforms", Article: n, Heading: "第" + chineseNumeral(n) + "条"}
}

var rules = []struct {
	words      *regexp.Regexp
	intent     understand.Intent
	confidence float64
	article    int
	slugs      []string
	ask        understand.PrivacyAsk
}{
	{words: regexp.MustCompile(`炸弹`), intent: "panic"},
	{words: regexp.MustCompile(`删除|删掉|delete`), intent: understand.Privacy, confidence: .95, ask: understand.EraseData},
	{words: regexp.MustCompile(`存了我什么|存咗我乜|what do you store`), intent: understand.Privacy, confidence: .95, ask: understand.ShowData},
	{words: regexp.MustCompile(`撤回|withdraw`), intent: understand.Privacy, confidence: .95, ask: understand.Withdraw},
	{words: regexp.MustCompile(`别再发|退订`), intent: understand.Privacy, confidence: .95, ask: understand.StopNews},
	{words: regexp.MustCompile(`办到哪|进展|how is my request`), intent: understand.Status, confidence: .9},
	{words: regexp.MustCompile(`真人|活人|real person`), intent: understand.Human, confidence: .9},
	{words: regexp.MustCompile(`登记|联系我|牵线|put me in touch|contact me`), intent: understand.Referral, confidence: .9},
	{words: regexp.MustCompile(`前20家|前二十家|奖励|award`), intent: understand.Policy, confidence: .92, article: 24},
	{words: regexp.MustCompile(`质押融资`), intent: understand.Policy, confidence: .9, article: 10},
	{words: regexp.MustCompile(`数字对不上`), intent: understand.Policy, confidence: .9, article: 99},
	{words: regexp.MustCompile(`很长的条文|第二条`), intent: understand.Policy, confidence: .9, article: 2},
	{words: regexp.MustCompile(`税|什么条件|tax`), intent: understand.Policy, confidence: .8, article: 20},
	{words: regexp.MustCompile(`天气|股票|weather`), intent: understand.NoAnswer, confidence: .95},
	{words: regexp.MustCompile(`截止日期|办公电话`), intent: understand.NoAnswer, confidence: .8, article: 17},
	{words: regexp.MustCompile(`贷款|缺钱|融资|loan`), intent: understand.Platform, confidence: .9, slugs: []string{"financing"}},
	{words: regexp.MustCompile(`检测|退货|灯饰`), intent: understand.Platform, confidence: .8, slugs: []string{"quality-testing", "technology-innovation"}},
	{words: regexp.MustCompile(`升级|卖不动|生意不好|improve`), intent: understand.Clarify, confidence: .8, slugs: []string{"technology-innovation", "e-commerce"}},
	{words: regexp.MustCompile(`你是谁|你好聪明`), intent: understand.Greeting, confidence: .9},
	{words: regexp.MustCompile(`你会什么|what can you do`), intent: understand.Help, confidence: .9},
}

var latin = regexp.MustCompile(`^[\x00-\x7f]+$`)

// FollowUp knows two ways of leaning on the last turn.
func (keywords) FollowUp(text string, last understand.Last) (understand.Result, bool) {
	if last.Article.Heading == "" || text != "那谁负责" && text != "还有别的吗" {
		return understand.Result{}, false
	}
	return understand.Result{Intent: understand.Policy, Confidence: 0.8, Language: knowledge.Simplified, Normal: text, Articles: []understand.Match{{Ref: last.Article, Score: 0.8}}, More: text == "还有别的吗"}, true
}

func (keywords) Understand(text string) understand.Result {
	res := understand.Result{Intent: understand.NoAnswer, Confidence: .4, Language: knowledge.Simplified, Normal: strings.ToLower(script.Simplified(text))}
	if res.Normal == "平台的要求" { // several articles may be meant
		res.Intent, res.Unsure = understand.Policy, true
		res.Articles = []understand.Match{{Ref: ref(8), Score: .2}, {Ref: ref(5), Score: .15}}
		return res
	}
	if latin.MatchString(text) {
		res.Language = knowledge.English
	} else if script.Simplified(text) != text {
		res.Language = knowledge.Traditional
	}
	for part, first := range map[string]bool{strings.SplitN(res.Normal, "另外", 2)[0]: true} {
		_ = first
		res = match(res, part)
	}
	if _, more, ok := strings.Cut(res.Normal, "另外"); ok {
		second := match(understand.Result{Normal: more, Language: res.Language}, more)
		res.Second = &second
	}
	return res
}

func match(res understand.Result, text string) understand.Result {
	for _, r := range rules {
		if !r.words.MatchString(text) {
			continue
		}
		if r.intent == "panic" {
			panic("a fault while understanding")
		}
		res.Intent, res.Confidence, res.Platforms, res.Ask = r.intent, r.confidence, r.slugs, r.ask
		if r.article > 0 {
			res.Articles = []understand.Match{{Ref: ref(r.article), Score: .9}}
		}
		if r.intent == understand.Referral {
			for _, p := range rules {
				if p.intent == understand.Platform && p.words.MatchString(text) {
					res.Platforms = p.slugs[:1]
				}
			}
		}
		break
	}
	return res
}

// library is a small Knowledge whose answers fill the bytes they are given.
type library struct{}

func (library) Answer(a knowledge.Ask) knowledge.Answer {
	n := a.Refs[0].Article
	if n == 99 {
		return knowledge.Answer{Withheld: true}
	}
	text := "依据：第" + chineseNumeral(n) + "条。"
	if n == 24 {
		text = "前20家给予100万元/家的奖励。" + text
	}
	if a.Language == knowledge.English {
		text = "Source: Article " + fmt.Sprint(n) + ". " + text
	}
	for len(text)+30 < min(a.MaxBytes, 900) {
		text += "这里是条文原文。"
	}
	return knowledge.Answer{Text: text, Refs: a.Refs, HasMore: true, Related: []string{"考核由谁牵头？", "奖励从哪里出？"}}
}

func (library) FullText(r knowledge.Ref, _ knowledge.Language, maxBytes int) []string {
	if r.Document != "gd-2012-sme-platforms" || r.Article < 1 || r.Article > 25 {
		return nil
	}
	head := "《意见》" + r.Heading
	if r.Article != 2 {
		return []string{head + "\n全文在此。"}
	}
	var pages []string
	for i := range 3 {
		s := fmt.Sprintf("%s（第 %d/3 页）\n", head, i+1)
		for len(s)+24 < maxBytes {
			s += "条文的一句话。"
		}
		pages = append(pages, s)
	}
	return pages
}

func (library) PlatformInfo(slug string, l knowledge.Language) (string, string, []string, []string) {
	if !slices.Contains(slugs, slug) {
		return "", "", nil, nil
	}
	return say(l, typeName(slug)) + "服务平台", "为企业提供" + say(l, typeName(slug)) + "方面的服务。", []string{"咨询", "推广", "对接"}, []string{"营业执照", "产品资料"}
}

// Find knows one imported article, on cats.
func (library) Find(_ context.Context, question string, _ ...string) knowledge.Findings {
	if !strings.Contains(question, "猫粮") {
		return knowledge.Findings{}
	}
	ref := knowledge.Ref{Document: "猫粮管理办法", Article: 3, Heading: "第三条"}
	return knowledge.Findings{List: []knowledge.Found{{Ref: ref, Text: "猫粮补贴每只十元，每年发放一次。", Title: "猫粮管理办法"}}, First: 0.8, Among: 0.9}
}

func (library) Named(text string) []knowledge.Mention {
	from := strings.Index(text, "猫粮管理办法")
	if from < 0 {
		return nil
	}
	return []knowledge.Mention{{Document: "猫粮管理办法", Title: "猫粮管理办法", From: from, To: from + len("猫粮管理办法")}}
}

func (library) Headings(document string) []knowledge.Ref {
	if document != "猫粮管理办法" {
		return nil
	}
	return []knowledge.Ref{{Document: document, Article: 3, Heading: "第三条"}}
}

func (library) Period(r knowledge.Ref, _ knowledge.Language, _ time.Time) string {
	if r.Article != 24 {
		return ""
	}
	return "提醒：期限已过。"
}

func (library) ArticleTitle(r knowledge.Ref, _ knowledge.Language) string {
	return "关于" + r.Heading + "的标题"
}

// world is a router with the store a turn would be written to.
type world struct {
	t       *testing.T
	router  *Router
	mind    Understander
	options Options
	now     time.Time
	states  map[bot.Address][]byte
	leads   map[bot.Address][]store.Lead
	dir     Directory
	unmet   []store.Unmet
	drafts  map[string]bool
	numbers map[string]bool
	nonce   *rand.ChaCha8
	down    bool // the store cannot be read

	stage     *stage // turns go through an adapter; nil: to the router
	leadsFrom func(context.Context, bot.Address) ([]store.Lead, error)
	givenFrom func(context.Context, string) ([]store.Disclosure, error)
	person    string // who speaks, on a stage
	shown     string // the reply as the person sees it
	abroad    bool   // the yes to the transfer abroad is given for the script

	who     bot.Address
	town    string
	noLeads bool
	group   bool
	later   bool // the person can be written to later
	stopped bool // staff have stopped the channel
	answers Answers
	waiting int
	held    bool // by staff
	reply   bot.Reply
	before  []bot.Reply // earlier replies with choices
	effects []bot.Effect
	notes   []store.Question
	voices  []store.Feedback
	quiet   map[bot.Address]bool
	turns   int
}

func newWorld(t *testing.T, o Options) *world {
	w := &world{t: t, now: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC), states: map[bot.Address][]byte{}, leads: map[bot.Address][]store.Lead{}, drafts: map[string]bool{}, numbers: map[string]bool{}, quiet: map[bot.Address]bool{},
		nonce: rand.NewChaCha8([32]byte{1}), who: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "u1"}, town: "中山市古镇镇"}
	w.configure(o)
	return w
}

func (w *world) configure(o Options) {
	w.options = o
	if w.mind == nil {
		w.mind = keywords{}
	}
	waiting := func(context.Context, bot.Address) (int, error) { return w.waiting, nil }
	w.router = New(Config{Understand: w.mind, Knowledge: library{}, Directory: w.dir, Given: w.givenFrom, Options: o, Answers: w.answers, Waiting: waiting, Leads: func(ctx context.Context, a bot.Address) ([]store.Lead, error) {
		if w.down {
			return nil, errors.New("no store")
		}
		if w.leadsFrom != nil {
			return w.leadsFrom(ctx, a)
		}
		return w.leads[a], nil
	}})
}

// state is the current person's.
func (w *world) state() *state { return readState(w.states[w.who]) }

func (w *world) text(s string) bot.Reply {
	return w.send(bot.Message{Kind: bot.KindText, Text: s})
}

// press taps a choice of a reply, from 1.
func (w *world) press(r bot.Reply, n int) bot.Reply {
	return w.send(bot.Message{Kind: bot.KindPress, Press: &bot.Press{Menu: r.Menu, Index: n - 1}})
}

// send takes a turn as the dispatcher would and checks what must hold after every one.
func (w *world) send(m bot.Message) bot.Reply {
	w.t.Helper()
	if w.stage != nil {
		return w.stage.send(m)
	}
	m.Key, m.From, m.Town, m.Leads, m.Group, m.Later, m.Stopped = "k", w.who, w.town, !w.noLeads, w.group, w.later, w.stopped
	in := bot.Input{State: w.states[w.who], Message: m, Now: w.now, Held: bot.Held{On: w.held, Told: w.held}}
	w.nonce.Read(in.Nonce[:])
	was := w.state()
	out, err := w.router.Route(context.Background(), in)
	if err != nil {
		w.t.Fatalf("route %q: %v", m.Text, err)
	}
	if w.turns++; w.turns%5 == 0 {
		again, _ := w.router.Route(context.Background(), in)
		if a, b := mustJSON(w.t, out.Reply), mustJSON(w.t, again.Reply); a != b || string(out.State) != string(again.State) {
			w.t.Fatalf("the same input gave two outcomes:\n%s\n%s", a, b)
		}
	}
	for w.taken(out) { // the dispatcher routes again with fresh randomness
		w.nonce.Read(in.Nonce[:])
		out, _ = w.router.Route(context.Background(), in)
	}
	w.check(m, was, out)
	w.states[w.who] = out.State
	w.effects = out.Effects
	for _, e := range out.Effects {
		w.apply(e)
	}
	if len(w.reply.Choices) > 0 {
		w.before = append(w.before, w.reply)
	}
	w.reply, w.shown = out.Reply, out.Reply.Numbered()
	return out.Reply
}

func mustJSON(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// taken reports whether a turn drew a lead number that is there already.
func (w *world) taken(out bot.Outcome) bool {
	for _, e := range out.Effects {
		if l, ok := e.(store.SaveLead); ok && w.numbers[l.Lead.Number] {
			return true
		}
	}
	return false
}

func (w *world) apply(e bot.Effect) {
	switch e := e.(type) {
	case store.SaveLead:
		if w.drafts[e.Lead.Draft] {
			w.t.Errorf("a second lead of draft %s", e.Lead.Draft)
		}
		w.drafts[e.Lead.Draft], w.numbers[e.Lead.Number] = true, true
		w.leads[e.Lead.From] = append(w.leads[e.Lead.From], e.Lead)
	case store.WithdrawConsent:
		for i := range w.leads[e.Who] {
			w.leads[e.Who][i].Status, w.leads[e.Who][i].Reason = store.Closed, store.Withdrawn
		}
	case store.CorrectLead:
		for i, l := range w.leads[e.Lead.From] {
			if l.Number == e.Lead.Number {
				w.leads[e.Lead.From][i] = e.Lead
			}
		}
	case store.News:
		w.quiet[e.Who] = !e.Wanted
	case store.Feedback:
		w.voices = append(w.voices, e)
	case store.Rate:
		for i, l := range w.leads[e.Who] {
			if l.Number == e.Number {
				w.leads[e.Who][i].Helped = e.Verdict
			}
		}
	case store.ErasePerson:
		delete(w.leads, e.Who)
	case store.Unmet:
		w.unmet = append(w.unmet, e)
	case store.Question:
		w.notes = append(w.notes, e)
	}
}

var anyPhone = regexp.MustCompile(`1[3-9]\d{9}`)

func (w *world) check(m bot.Message, was *state, out bot.Outcome) {
	w.t.Helper()
	r := out.Reply
	if n := len(r.Numbered()); n > bot.MaxReplyBytes {
		w.t.Errorf("after %q: %d bytes numbered", m.Text, n)
	}
	if len(r.Choices) > 0 && len(r.Text) > room(r.Choices) {
		w.t.Errorf("after %q: %d bytes of text, room for %d", m.Text, len(r.Text), room(r.Choices))
	}
	if (r.Menu != 0) != (len(r.Choices) > 0) || r.Menu >= 1<<menuBits {
		w.t.Errorf("after %q: menu %d with %d choices", m.Text, r.Menu, len(r.Choices))
	}
	for _, c := range r.Choices {
		if c.Label == "" || c.Value == "" {
			w.t.Errorf("after %q: choice without words: %+v", m.Text, c)
		}
	}
	if strings.Contains(strings.ReplaceAll(r.Text, "{number}", ""), "{") { // {number} is what the random walk types
		w.t.Errorf("after %q: a placeholder was left: %s", m.Text, r.Text)
	}
	if r.Text == "" && m.Kind != bot.KindUnsubscribe && !w.held {
		w.t.Errorf("after %q: nothing said", m.Text)
	}
	if len(out.State) > 8192 {
		w.t.Errorf("state of %d bytes", len(out.State))
	}
	for _, e := range out.Effects {
		if l, ok := e.(store.SaveLead); ok {
			d := was.Draft
			switch {
			case d == nil || d.Consent == nil:
				w.t.Errorf("a lead without consent in the state, after %q", m.Text)
			case l.Lead.Consent.Version == "" || l.Lead.Consent.At.IsZero() || l.Lead.Consent.Version != d.Notice:
				w.t.Errorf("consent %+v for notice %q", l.Lead.Consent, d.Notice)
			case w.who.Platform == bot.Telegram && !(d.Abroad && l.Lead.Consent.Abroad):
				w.t.Error("a Telegram lead without the yes to the transfer abroad")
			case w.noLeads || w.group:
				w.t.Error("a lead where none may be taken")
			case d.Third && d.Standing == "":
				w.t.Error("a lead with somebody else's number and no word that they know")
			}
			if !leadNumberForm.MatchString(l.Lead.Number) || r.Lead != l.Lead.Number {
				w.t.Errorf("lead number %q, reply %q", l.Lead.Number, r.Lead)
			}
			continue
		}
		if _, ok := e.(store.ErasePerson); ok {
			if s := readState(out.State); s.Draft != nil || s.Need+s.Last+s.Town != "" || s.Vote != nil || s.Topic != nil {
				w.t.Errorf("the conversation outlives its person: %s", out.State)
			}
		}
		if c, ok := e.(store.CorrectLead); ok {
			c.Lead.Draft = "" // hexadecimal: it may look like a number
			e = c
		}
		if s := mustJSON(w.t, e); anyPhone.MatchString(s) {
			w.t.Errorf("a phone in an effect: %s", e.EffectName())
		}
	}
}

var leadNumberForm = regexp.MustCompile(`^20\d{6}-[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{6}$`)

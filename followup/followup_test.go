package followup

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/knowledge"
	"smebot/store"
)

// office is a store with a clock that the test moves, and a clerk over it.
type office struct {
	*testing.T
	*store.DB
	*Clerk
	dir   string
	mu    sync.Mutex
	at    time.Time
	turns int
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

// clock sets the time by the clock of the office.
func (o *office) clock(s string) {
	o.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, intents.Zone)
	if err != nil {
		o.Fatal(err)
	}
	if at.Before(o.now()) {
		o.Fatalf("the clock goes back to %s", s)
	}
	o.mu.Lock()
	o.at = at
	o.mu.Unlock()
}

const wecom, hook = "notify:wecom", "notify:webhook"

// newOffice opens on a Monday at ten.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, dir: t.TempDir(), at: time.Date(2026, 11, 23, 10, 0, 0, 0, intents.Zone)}
	o.open(wecom)
	return o
}

// open opens the store, with a clerk for some targets.
func (o *office) open(targets ...string) {
	o.Helper()
	db, err := store.Open(o.Context(), store.Options{Dir: o.dir, Clock: o.now})
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { _ = db.Close() })
	o.DB = db
	o.serve(targets...)
}

func (o *office) serve(targets ...string) {
	hours, err := intents.ParseHours(intents.DefaultHours)
	if err == nil {
		hours, err = hours.With([]string{"2027-01-01"}, nil)
	}
	if err != nil {
		o.Fatal(err)
	}
	c := Config{
		Store: o.DB, Words: intents.New(intents.Config{}), Hours: func() intents.Hours { return hours }, Leads: "https://bot.example.gov.cn/console/leads", Clock: o.now,
		Serves: func(channel string) bool { return slices.Contains([]string{"guzhen", "tg", "web"}, channel) },
	}
	for _, t := range targets {
		c.Targets = append(c.Targets, Target{Channel: t, Language: knowledge.Simplified})
	}
	o.Clerk = New(c)
}

// see looks for errands, as the clerk does every few seconds.
func (o *office) see() {
	o.Helper()
	if err := o.See(o.Context()); err != nil {
		o.Error(err)
	}
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// people of each channel.
var (
	chen  = bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "openid-of-chen"}
	wong  = bot.Address{Channel: "tg", Platform: bot.Telegram, User: "700100200"}
	mei   = bot.Address{Channel: "web", Platform: bot.Web, User: "session-of-mei"}
	local = bot.Address{Channel: "terminal", Platform: bot.Terminal, User: "me"}
	moved = bot.Address{Channel: "closed", Platform: bot.Telegram, User: "5"} // of a channel that is served no more
)

// Everything about a person that an announcement must not hold.
const (
	firm, contact, phone, need = "光明灯饰厂", "陈志明", "+8613800138000", "想贷款，请打13800138000"
)

// turn stores a turn of somebody.
func (o *office) turn(who bot.Address, reach bot.Reach, effects ...bot.Effect) {
	o.Helper()
	o.turns++
	c, err := o.Conversation(o.Context(), who)
	o.must(err)
	state := c.State
	if state == nil {
		state = []byte(`{"v":1,"l":"zh"}`)
	}
	o.must(o.CommitTurn(o.Context(), bot.Turn{Key: fmt.Sprint("k", o.turns), From: who, At: o.now(), State: state, Version: c.Version, Reach: reach, Effects: effects}))
}

var wrote = bot.Reach{For: 48 * time.Hour, Count: 5}

// refer makes a lead and returns its number.
func (o *office) refer(who bot.Address) string {
	o.Helper()
	number := fmt.Sprintf("20261123-%06d", o.turns+1)
	o.turn(who, wrote, store.SaveLead{Lead: store.Lead{
		Number: number, Created: o.now(), Firm: firm, Town: "古镇", Contact: contact, Phone: phone, Platform: "financing", Need: need, From: who, Draft: number,
		Consent: store.Consent{Version: "1/a", At: o.now(), Receiver: "service-centre", Abroad: true},
	}})
	return number
}

// move brings a lead along, with a reason for closing it.
func (o *office) move(number string, to store.Status, reason store.CloseReason) {
	o.Helper()
	l, err := o.Lead(o.Context(), number)
	o.must(err)
	o.must(o.MoveLead(o.Context(), number, l.Version, to, reason, "li"))
}

// took takes what a channel is to send, as the outbox does.
func (o *office) took(channel string) []bot.Outgoing {
	o.Helper()
	var all []bot.Outgoing
	for {
		items, err := o.NextOutgoing(o.Context(), channel, o.now(), 100)
		o.must(err)
		if len(items) == 0 {
			return all
		}
		for _, i := range items {
			all = append(all, i.Outgoing)
			o.must(o.MarkSent(o.Context(), i.ID))
		}
	}
}

var anyContact = regexp.MustCompile(`光明|陈志明|1380|openid|70010|session-of|贷款，请`)

// told takes the announcements of the WeCom robot: each must hold these words, and none anything of a person.
func (o *office) told(want ...string) {
	o.Helper()
	all := o.took(wecom)
	if len(all) != len(want) {
		o.Errorf("%s: %d announcements, want %d: %+v", o.now().Format("Mon 15:04"), len(all), len(want), all)
		return
	}
	for i, a := range all {
		for w := range strings.SplitSeq(want[i], "|") {
			if !strings.Contains(a.Reply.Text, w) {
				o.Errorf("the announcement lacks %q: %s", w, a.Reply.Text)
			}
		}
		if both := a.Reply.Text + string(a.Data) + a.ID; anyContact.MatchString(both) || strings.Contains(both, "{") != strings.Contains(string(a.Data), "{") {
			o.Errorf("the announcement holds a contact detail: %s", both)
		}
	}
}

func TestNewLeadsAreAnnouncedTogetherAndOnce(t *testing.T) {
	o := newOffice(t)
	o.see()
	o.told()
	one, two := o.refer(chen), o.refer(wong)
	o.see()
	o.told("【新登记】2 件|" + one + " 中山市古镇镇 企业融资|https://bot.example.gov.cn/console/leads/" + one + "|" + two)
	o.see()
	o.told()
	three := o.refer(mei)
	o.must(o.Close())
	o.open(wecom)
	o.see()
	o.told("1 件|" + three)
}

func TestProgramsGetTheSame(t *testing.T) {
	o := newOffice(t)
	o.serve(wecom, hook)
	one := o.refer(chen)
	o.see()
	all := o.took(hook)
	if len(all) != 1 || len(o.took(wecom)) != 1 {
		t.Fatalf("%+v", all)
	}
	var got event
	if err := json.Unmarshal(all[0].Data, &got); err != nil {
		t.Fatal(err)
	}
	want := eventLead{Number: one, Town: "中山市古镇镇", Platform: "financing", Status: "new", Created: "2026-11-23T02:00:00Z", Link: "https://bot.example.gov.cn/console/leads/" + one}
	if got.Type != "lead.new" || len(got.Data.Leads) != 1 || got.Data.Leads[0] != want || !got.Timestamp.Equal(o.now()) {
		t.Errorf("%s", all[0].Data)
	}
}

// A lead is told at each step once, when staff begin to work.
func TestLateLeads(t *testing.T) {
	o := newOffice(t)
	one := o.refer(chen) // Monday at ten: the third working day is over on Thursday at ten
	o.see()
	o.told("新登记")
	o.clock("2026-11-26 09:59")
	o.see()
	o.told()
	o.clock("2026-11-26 10:00")
	o.see()
	o.told("【登记超时】1 件|还没有人经办（1 件）|" + one + " 中山市古镇镇 企业融资 满3个工作日没人联系")
	for range 3 {
		o.see()
		o.pass(time.Hour)
	}
	o.told()
	o.clock("2026-12-02 09:59")
	o.see()
	o.told()
	o.clock("2026-12-02 10:00") // nine days on
	o.see()
	o.told("满9天没办结|没联系")
	o.clock("2026-12-14 10:00")
	o.see()
	o.told("满21天没办结")
	o.clock("2027-01-07 10:00")
	o.see()
	o.told("满45天没办结")
	for range 100 {
		o.pass(24 * time.Hour)
		o.see()
	}
	o.told()
}

// By the hours: nights, noon, weekends and days off stand still, and whoever is late then is told when work begins.
func TestLateLeadsByTheHours(t *testing.T) {
	for _, c := range []struct{ made, late string }{
		{"2026-11-23 12:30", "2026-11-26 14:00"},
		{"2026-11-23 20:00", "2026-11-27 09:00"},
		{"2026-11-28 11:00", "2026-12-03 09:00"}, // a Saturday
		{"2026-12-31 16:00", "2027-01-06 16:00"}, // before a day off and a weekend
		{"2026-11-23 17:30", "2026-11-27 09:00"}, // the very end of the day
	} {
		o := newOffice(t)
		o.clock(c.made)
		o.refer(chen)
		o.see()
		o.told("新登记")
		late, _ := time.ParseInLocation("2006-01-02 15:04", c.late, intents.Zone)
		for o.now().Add(time.Minute).Before(late) {
			o.pass(min(37*time.Minute, late.Add(-time.Minute).Sub(o.now())))
			o.see()
		}
		o.told()
		o.clock(c.late)
		o.see()
		o.told("满3个工作日没人联系")
	}
}

func TestWhoHasMostLateLeadsComesFirst(t *testing.T) {
	o := newOffice(t)
	var numbers []string
	for i := range 4 {
		numbers = append(numbers, o.refer(bot.Address{Channel: "web", Platform: bot.Web, User: fmt.Sprint("session-of-", i)}))
	}
	for i, who := range []string{"wu", "li", "li"} {
		o.must(o.HandLead(o.Context(), numbers[i], 1, who, "", "li"))
	}
	o.move(numbers[0], store.Contacted, "")
	o.see()
	o.told("新登记")
	o.clock("2026-11-26 10:00")
	o.see()
	o.told("3 件|li（2 件）：\n· " + numbers[1] + "|还没有人经办（1 件）") // wu made contact
	o.clock("2026-12-02 10:00")
	o.see()
	o.told("4 件|li（2 件）|wu（1 件）：\n· " + numbers[0] + " 中山市古镇镇 企业融资 已联系 满9天没办结")
}

func TestStepsPassedWhileNobodyLooked(t *testing.T) {
	o := newOffice(t)
	o.refer(chen)
	o.see()
	o.told("新登记")
	o.must(o.Close())
	o.clock("2026-12-16 09:00") // three weeks later
	o.open(wecom)
	o.see()
	o.told("1 件|满21天没办结")
	o.see()
	o.told()
	o.clock("2027-01-07 10:00")
	o.see()
	o.told("满45天没办结")
}

func TestWhatEndedIsNotLate(t *testing.T) {
	o := newOffice(t)
	for _, end := range []func(string){
		func(n string) { o.move(n, store.Closed, store.Helped) },
		func(n string) {
			for _, s := range []store.Status{store.Contacted, store.Referred, store.InService, store.Done} {
				o.move(n, s, "")
			}
		},
	} {
		end(o.refer(wong))
	}
	o.see()
	o.took(wecom)
	for range 50 {
		o.pass(24 * time.Hour)
		o.see()
	}
	o.told()
}

// Taking a consent back is told to staff, and ends what was to be told to the person.
func TestPD09_WithdrawalsAreAnnounced(t *testing.T) {
	o := newOffice(t)
	one := o.refer(chen)
	o.see()
	o.told("新登记")
	o.must(o.HandLead(o.Context(), one, 1, "li", "古镇灯饰检测中心", "li"))
	o.turn(chen, wrote, store.WithdrawConsent{Who: chen})
	two := o.refer(wong)
	o.turn(wong, bot.Reach{}, store.ErasePerson{Who: wong}) // before anybody was told of it
	o.see()
	o.told("【撤回登记】2 件|请不要再转交|" + one + " 中山市古镇镇 企业融资 已转给古镇灯饰检测中心|" + two + " 中山市古镇镇 企业融资 资料已删除")
	o.see()
	o.turn(chen, wrote, store.WithdrawConsent{Who: chen})
	o.turn(chen, wrote, store.ErasePerson{Who: chen})
	o.see()
	o.told()
	if all := append(o.took("guzhen"), o.took("tg")...); len(all) != 0 {
		t.Errorf("people who withdrew hear %+v", all)
	}
}

// Without a place nothing is announced, and whoever adds one later hears of what is late, not of what was new.
func TestFirstPlace(t *testing.T) {
	o := newOffice(t)
	o.serve()
	one := o.refer(chen)
	o.see()
	o.clock("2026-12-03 09:00")
	for range 3 {
		o.see()
		o.pass(24 * time.Hour)
	}
	o.serve(wecom)
	o.clock("2026-12-07 09:00")
	o.see()
	o.told("【登记超时】1 件|" + one + "|满9天没办结")
	o.see()
	o.told()
}

// A message holds what a WeCom robot takes, and says how many more there are.
func TestManyLeads(t *testing.T) {
	o := newOffice(t)
	for i := range 60 {
		n := o.refer(bot.Address{Channel: "web", Platform: bot.Web, User: fmt.Sprint("session-of-", i)})
		o.must(o.HandLead(o.Context(), n, 1, fmt.Sprint("clerk", i%7), "", "li"))
	}
	o.see()
	check := func(link string) {
		t.Helper()
		all := o.took(wecom)
		if len(all) != 1 {
			t.Fatalf("%d messages", len(all))
		}
		text := all[0].Reply.Text
		shown := strings.Count(text, "· ")
		if len(text) > maxText || len(text) < maxText/2 || !strings.HasSuffix(text, fmt.Sprintf("另有 %d 件：%s", 60-shown, link)) {
			t.Errorf("%d bytes, %d shown: %s", len(text), shown, text[max(0, len(text)-200):])
		}
		if strings.Count(string(all[0].Data), `"number"`) != 60 {
			t.Error("programs do not get all of them")
		}
	}
	check("https://bot.example.gov.cn/console/leads?view=new")
	o.clock("2026-11-26 10:00")
	o.see()
	check("https://bot.example.gov.cn/console/leads?view=late")
}

// Two clerks on one store, as after a botched restart, announce nothing twice.
func TestTwoClerks(t *testing.T) {
	o := newOffice(t)
	other := New(o.Clerk.Config)
	for i := range 12 {
		o.refer(bot.Address{Channel: "web", Platform: bot.Web, User: fmt.Sprint("session-of-", i)})
		var both sync.WaitGroup
		for _, c := range []*Clerk{o.Clerk, other} {
			both.Go(func() {
				if err := c.See(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	o.see()
	told := map[string]int{}
	for _, a := range o.took(wecom) {
		for _, n := range regexp.MustCompile(`· (\S+)`).FindAllStringSubmatch(a.Reply.Text, -1) {
			told[n[1]]++
		}
	}
	for n, times := range told {
		if times != 1 {
			t.Errorf("%s was announced %d times", n, times)
		}
	}
	if len(told) != 12 {
		t.Errorf("%d leads were announced", len(told))
	}
}

// Words that are no place stay out: a person may have typed anything there.
func TestTownIsAPlaceOrNothing(t *testing.T) {
	for said, want := range map[string]string{"古镇": "中山市古镇镇", "中山市古镇镇": "中山市古镇镇", "古镇 找陈志明 wx chen88": "中山市古镇镇", "微信 chen88": "", "陈志明家": "", "": ""} {
		if got := town(store.Lead{Town: said}); got != want {
			t.Errorf("%q is announced as %q", said, got)
		}
	}
}

func TestEnglishAnnouncements(t *testing.T) {
	o := newOffice(t)
	o.Targets[0].Language = knowledge.English
	o.refer(chen)
	o.see()
	o.told("[New requests] 1|Financing")
	o.clock("2026-12-02 10:00")
	o.see()
	o.told("[Late requests] 1|nobody in charge (1)|not contacted open for 9 days")
	for key, s := range sentences {
		holders := regexp.MustCompile(`\{[a-z]+\}`)
		zh, en := holders.FindAllString(s[0], -1), holders.FindAllString(s[1], -1)
		slices.Sort(zh)
		slices.Sort(en)
		if s[0] == "" || s[1] == "" || !slices.Equal(zh, en) {
			t.Errorf("%s: %q, %q", key, s[0], s[1])
		}
	}
}

package intents

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/bot/wechat"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// manner is a way of talking: what a person of this kind says beside answering what is asked.
type manner struct {
	name     string
	says     []string
	answers  int // of ten turns, how many answer the form's question
	presses  int // of ten, how many tap a choice of one of the last replies
	platform bot.Platform
	lang     knowledge.Language
}

var manners = []manner{
	{name: "to the point", says: []string{"我要登记", "登记需求", "登记需求 企业融资", "我的进度", "谢谢"}, answers: 8},
	{name: "all at once", says: []string{"我要登记", "帮我登记，大朗万顺毛织厂，电话13800138000", "明辉灯饰有限公司，古镇镇，陈志明，13800138000", "公司名称：明辉灯饰厂\n地址：古镇镇\n需求：想贷款\n联系人：陈志明\n手机：13800138000", "联系人：李小姐，电话：0760-88881234"}, answers: 5},
	{name: "takes it back", says: []string{"我要登记", "不是古镇是小榄", "电话错了，是13900139000", "名字不对，应该是李小姐", "修改", "修改 3", "返回", "上一步", "把企业名称改成明光灯饰厂", "不对，是横栏镇", "更正", "电话改成12345", "重新填写", "唔係，係小欖"}, answers: 6},
	{name: "asks in between", says: []string{"我要登记", "前20家奖励多少钱？", "知识产权质押融资有什么支持", "明天天气", "为什么要电话？", "看全文 第二条", "下一页", "你好", "转人工", "想检测", "第十条讲什么？", "有用", "没用", "菜单", "继续登记", "帮助", "登记说明"}, answers: 5},
	{name: "gives in", says: []string{"我要登记", "取消", "算了", "退出", "不同意", "返回", "重新开始", "菜单", "stop"}, answers: 6},
	{name: "says no", says: []string{"我要登记", "不同意", "我不同意", "嗯", "好", "可以", "随便", "ok", "拒绝"}, answers: 4},
	{name: "taps everything", says: []string{"我要登记", "找平台", "菜单", "其他类型"}, answers: 2, presses: 6},
	{name: "answers by numbers", says: []string{"1", "2", "３", "④", "第五个", "9", "10", "二", "我要登记", "0"}, answers: 3},
	{name: "for somebody else", says: []string{"我要登记", "王经理的电话13900139000", "我老板的手机13700137000", "已获授权", "没有授权", "换一个号码", "是本人"}, answers: 6},
	{name: "tells too much", says: []string{"我要登记", "身份证11010519491231002X", "卡号6222020200000000000", "我1988年3月5日出生", "wechat: abcd1234 a@b.cn", "我未满14岁", "我今年35岁"}, answers: 5},
	{name: "minds the data", says: []string{"我要登记", "我的信息", "显示完整电话", "下一页", "删除我的信息", "确认删除", "不删了", "撤回同意", "退订", "恢复通知", "更正", "我的进度", "20261122-7K3QWM"}, answers: 7},
	{name: "takes the consent back", says: []string{"我要登记", "撤回同意", "更正", "电话改成13900139000", "我的进度", "改名字"}, answers: 7},
	{name: "in English", says: []string{"please register me and contact me", "what is the award?", "I agree", "I do not agree", "not Guzhen but Xiaolan", "change the phone to +852 9123 4567", "menu", "back", "cancel", "my progress", "useful", "Mr Chan", "a loan to extend the workshop", "confirm"}, answers: 5, lang: knowledge.English},
	{name: "in Cantonese", says: []string{"我想請你們登記，聯絡我", "點解要電話？", "唔填啦", "唔係古鎮，係小欖", "我電話係幺三八零零幺三八零零零", "轉人工", "前20家獎勵幾多", "係我嘅", "冇用", "揾平台"}, answers: 5, lang: knowledge.Traditional},
	{name: "asks where", says: []string{"我要登记", "沙溪", "我在沙溪想检测", "附近机构", "附近机构 质量检测", "喺小榄", "从古镇搬到大朗", "某某镇", "中山市潮州市沙溪镇", "不是沙溪是大朗"}, answers: 4, presses: 2},
	{name: "in whole sentences", says: []string{"你好，我是小榄顺达五金厂的陈志明，我们想贷款50万买设备，电话13800138000，麻烦联系我", "我要登记", "我们公司叫明辉灯饰厂，在沙溪", "中山的", "电话少打一位，是13900139000", "把需求删了", "把电话删掉", "名字写错了，叫王刚", "我换号码了", "改一下公司名，是华艺照明有限公司", "华艺照明有限公司", "我搬到大朗了", "0760-22345678转808", "88881234", "0760", "会给谁看", "安全吗", "一定要填吗", "得，同意", "同意？", "可以不同意吗", "I consent", "考虑一下", "晚点再填", "不想登记了", "我的登记怎么样了", "电话写错了，应该是13900139000", "你是机器人吗", "几点下班", "不准确", "货卖不动，成本高", "你帮我选", "想开网店", "没客户"}, answers: 4, presses: 1},
	{name: "makes noise", says: []string{"", "??", "👍👍", "{number}", "{", "\x00", "炸弹", strings.Repeat("长", 1200), strings.Repeat("<a href=x>&lt;", 90), "１２３", "null", "'; DROP TABLE leads; --", "\u202e反", "我要登记"}, answers: 3},
	{name: "in a group", says: []string{"前20家奖励多少钱", "我要登记", "陈志明 13800138000", "我的信息", "更正"}, platform: bot.Telegram},
	{name: "where none are taken", says: []string{"我要登记", "13800138000", "转人工", "想贷款", "更正", "继续登记"}},
}

// goodAnswers are answers to what the form asks, in the person's language.
var goodAnswers = map[field][]string{
	fFirm: {"明辉灯饰厂", "小榄五金制品有限公司", "Ming Fai Lighting Ltd", "还没有注册", "明輝燈飾廠"}, fTown: {"古镇镇", "小榄", "1", "在大涌", "Guzhen", "跳过"},
	fNeed: {"想贷款买新机器", "帮手看看我们的灯", "有没有人帮我们做检测？", "a loan to extend the workshop", "跳过"}, fPlatform: {"融资", "不确定", "3", "知识产权"},
	fConsent: {"同意", "我同意", "1", "I agree"}, fAbroad: {"同意", "1"}, fContact: {"陈生", "李小姐", "Mr Chan", "我叫阿梅"},
	fPhone: {"13800138000", "０７６０－８８８８１２３４", "幺三八零零幺三八零零零", "+852 9123 4567", "王经理的电话13900139000"}, fThird: {"是本人的", "已获授权", "换一个号码"}, fConfirm: {"确认", "确认", "1", "修改"}, fSame: {"对", "要改", "1", "明辉灯饰厂"}, fChoose: {"联系人", "2", "电话", "返回"},
}

// walker is one person on a random walk, and what a notary beside them would have noted.
type walker struct {
	who     bot.Address
	manner  manner
	replies []bot.Reply
	notice  string          // version of the notice last shown
	agreed  map[string]bool // versions agreed to, in words or by a choice that says so
	left    int             // turns until they go
}

var noticeShown = regexp.MustCompile(`(?:登记说明（|登記說明（|About registering \()(2026-11/[0-9a-f]{8})`)

// TestRandomWalk lets people of every manner talk at random. SMEBOT_TURNS sets the number of turns.
func TestRandomWalk(t *testing.T) {
	turns := 10000
	if testing.Short() {
		turns = 3000
	}
	if n, err := strconv.Atoi(os.Getenv("SMEBOT_TURNS")); err == nil {
		turns = n
	}
	t.Run("keywords", func(t *testing.T) { walk(t, turns, nil) })
	t.Run("examples", func(t *testing.T) {
		u, err := understand.New()
		if err != nil {
			t.Fatal(err)
		}
		walk(t, turns/20, u)
	})
}

func walk(t *testing.T, turns int, u Understander) {
	rng := rand.New(rand.NewPCG(7, 11))
	w := nearWorld(t, "")
	w.mind = u
	w.configure(Options{})
	var people []*walker
	born, made, mended, left := 0, 0, 0, 0
	versions := 0
	for turn := range turns {
		if len(people) < 8 {
			born++
			m := manners[rng.IntN(len(manners))]
			p := &walker{manner: m, agreed: map[string]bool{}, left: 30 + rng.IntN(150)}
			platform := m.platform
			if platform == "" {
				platform = []bot.Platform{bot.WeChat, bot.Telegram, bot.Web}[rng.IntN(3)]
			}
			p.who = bot.Address{Channel: string(platform), Platform: platform, User: strconv.Itoa(born)}
			people = append(people, p)
		}
		i := rng.IntN(len(people))
		p := people[i]
		w.now = w.now.Add(time.Duration(rng.IntN(90)) * time.Second)
		switch rng.IntN(200) {
		case 0:
			w.now = w.now.Add(time.Duration(rng.IntN(30)) * time.Hour)
		case 1: // the housekeeping
			w.states[p.who], _ = Prune(w.states[p.who], w.now)
		case 2: // the operator changes the notice
			versions++
			w.configure(Options{Notice: Notice{Purpose: fmt.Sprintf("用途%d", versions%3)}})
		case 3: // staff work
			for j, l := range w.leads[p.who] {
				if next := store.Moves[l.Status]; len(next) > 0 && next[0] != store.Closed {
					w.leads[p.who][j].Status = next[0]
				}
			}
		}
		w.who, w.group, w.noLeads = p.who, p.manner.name == "in a group", p.manner.name == "where none are taken"
		w.town = map[bot.Platform]string{bot.WeChat: "中山市古镇镇", bot.Telegram: "某某开发区"}[p.who.Platform]
		w.later, w.waiting = p.who.Platform != bot.Web, turn%3
		before := w.leads[p.who]
		r := p.turn(w, rng)
		p.note(t, r)
		if r.Lead != "" {
			made++
			l := w.leads[p.who][len(w.leads[p.who])-1]
			if !p.agreed[l.Consent.Version] {
				t.Errorf("turn %d, %s: a lead with the consent to %s, which was never given", turn, p.manner.name, l.Consent.Version)
			}
			if l.Consent.At.After(w.now) || l.Consent.Version != w.version(p) {
				t.Errorf("turn %d, %s: consent %+v, in force %s", turn, p.manner.name, l.Consent, w.version(p))
			}
		} else if len(w.leads[p.who]) > len(before) {
			t.Errorf("turn %d: a lead that was not told", turn)
		}
		for _, e := range w.effects {
			if c, ok := e.(store.CorrectLead); ok {
				mended++
				if !slices.ContainsFunc(before, func(l store.Lead) bool { return l.Number == c.Lead.Number && open(l) }) {
					t.Errorf("turn %d: a correction of a lead that is not theirs or not open", turn)
				}
			}
		}
		if n := len(wechat.Render(r)); n > bot.MaxReplyBytes {
			t.Errorf("turn %d: %d bytes drawn", turn, n)
		}
		w.inTable()
		if w.state().Draft != nil && turn%3 == 0 {
			left++
			w.leaves([]string{"取消", "退出", "cancel", "算了", "重新开始", "不同意"}[left%6])
		}
		if p.left--; p.left <= 0 || r.Intent == "" && rng.IntN(2) == 0 {
			delete(w.states, p.who)
			delete(w.leads, p.who)
			people = slices.Delete(people, i, i+1)
		}
		if t.Failed() {
			t.Fatalf("after turn %d of %s, %s", turn, p.manner.name, p.who.Platform)
		}
		w.before, w.notes, w.voices = nil, nil, nil
	}
	t.Logf("%d turns of %d people: %d leads, %d corrections, forms left on the way %d times", turns, born, made, mended, left)
	if made < turns/300 || left < turns/20 || turns >= 20000 && mended == 0 {
		t.Error("the walk does not come to the end of the form often enough to say anything")
	}
}

// turn says or taps something.
func (p *walker) turn(w *world, rng *rand.Rand) bot.Reply {
	switch k := rng.IntN(10); {
	case k < p.manner.presses && len(p.replies) > 0:
		was := p.replies[max(0, len(p.replies)-1-rng.IntN(3))]
		at := rng.IntN(len(was.Choices)+2) - 1
		if now := w.state().Menu; now != nil && now.ID == was.Menu && at >= 0 && at < len(now.Choices) {
			p.hears(w, now.Choices[at].Value)
			return w.press(was, at+1)
		}
		before := w.filled()
		r := w.press(was, at+1)
		if after := w.filled(); after != before && after != "" && !strings.Contains(r.Text, say(w.state().Lang, noticeChanged)) && !strings.Contains(r.Text, say(w.state().Lang, formGone)) {
			w.t.Errorf("a button of an old menu changed the form:\n%s\n%s", before, after)
		}
		return r
	case k < p.manner.presses+p.manner.answers && !w.group && w.next() != "":
		list := goodAnswers[w.step()]
		return p.writes(w, list[rng.IntN(len(list))])
	case rng.IntN(40) == 0:
		return w.send(bot.Message{Kind: []bot.Kind{bot.KindSubscribe, bot.KindUnsubscribe, bot.KindUnreadable}[rng.IntN(3)], Lang: string(p.manner.lang)})
	}
	return p.writes(w, p.manner.says[rng.IntN(len(p.manner.says))])
}

func (p *walker) writes(w *world, words string) bot.Reply {
	said := words
	if c, ok := w.state().Menu.find(fold(strings.TrimSpace(words))); ok {
		said = c.Value
	}
	p.hears(w, said)
	return w.text(words)
}

// yeses are what a notary takes for a yes to the notice. They are a list of their own: words that the form should not
// take for one are not to make this test blind.
var yeses = []string{"同意", "我同意", "得，同意", "I agree", "I consent", "Agree"}

// hears notes a yes to the notice last shown.
func (p *walker) hears(_ *world, said string) {
	if slices.Contains(yeses, strings.TrimSpace(said)) && p.notice != "" {
		p.agreed[p.notice] = true
	}
}

// note keeps what was shown.
func (p *walker) note(t *testing.T, r bot.Reply) {
	if m := noticeShown.FindStringSubmatch(r.Text); m != nil {
		p.notice = m[1]
	}
	if len(r.Choices) > 0 {
		p.replies = append(p.replies[max(0, len(p.replies)-4):], r)
	}
	fault := strings.Contains(r.Text, "出了点差错") || strings.Contains(r.Text, "出了點差錯") || strings.Contains(r.Text, "went wrong on my side")
	if fault && p.manner.name != "makes noise" { // who says 炸弹, at which the test's understanding panics
		t.Errorf("a fault inside, talking with somebody who is %s", p.manner.name)
	}
}

// version is of the notice in force for a person, in the language in which it was shown.
func (w *world) version(p *walker) string {
	for l := range maps.Keys(w.router.versions) {
		if v := w.router.version(l, p.who.Platform); v == p.notice {
			return v
		}
	}
	return "none that " + p.notice + " belongs to"
}

// filled is what the form holds, "" for none.
func (w *world) filled() string {
	d := w.state().Draft
	if d == nil {
		return ""
	}
	return strings.Join([]string{d.Firm, d.Town, d.Need, d.Platform, d.Contact, d.Phone, d.Ext, d.Standing, fmt.Sprint(d.Consent != nil, d.Abroad)}, "|")
}

// inTable holds the stored state to what the tables of this package know.
func (w *world) inTable() {
	s := w.state()
	if s.Guide != nil {
		if _, ok := guideNode(s.Guide.Node); !ok {
			w.t.Errorf("the guide stands at %q, which is no node", s.Guide.Node)
		}
	}
	today := 0
	for _, l := range w.leads[w.who] {
		if open(l) && dateOf(l.Created.In(Zone)) == dateOf(w.now.In(Zone)) {
			today++
		}
		if today > 3 {
			w.t.Errorf("%d open leads of one day", today)
		}
		if _, known := store.Moves[l.Status]; !known || (l.Status == store.Closed) != (l.Reason != "") {
			w.t.Errorf("a lead is %q with reason %q", l.Status, l.Reason)
		}
		if l.Phone == "" || l.Contact == "" || l.Firm == "" || l.Consent.Version == "" {
			w.t.Errorf("a lead lacks something: %+v", l)
		}
	}
	d := s.Draft
	if d == nil {
		return
	}
	if w.group || w.noLeads {
		w.t.Error("a form where no contact details are taken")
	}
	if _, known := asks[w.step()]; !known {
		w.t.Errorf("the form stands at %q, which is no question", w.step())
	}
	for f := range d.Tries {
		if _, known := asks[f]; !known {
			w.t.Errorf("tries at %q, which is no question", f)
		}
	}
	if d.Platform != "" && !slices.Contains(slugs, d.Platform) {
		w.t.Errorf("platform type %q", d.Platform)
	}
	age := func(at int64) time.Duration { return w.now.Sub(time.Unix(at, 0)) }
	faulty := strings.Contains(w.reply.Text, say(s.Lang, apology)) // which leaves everything to the next turn
	if !faulty && (d.Consent == nil && d.Contact+d.Phone != "" && d.Told != 0 && age(d.Told) >= 30*time.Minute || age(d.Touched) > 24*time.Hour) {
		w.t.Errorf("a form outlives its time: details told %v ago, touched %v ago", age(d.Told), age(d.Touched))
	}
	if d.Consent == nil && d.Contact+d.Phone != "" && d.Told == 0 {
		w.t.Error("contact details wait for the consent without a limit")
	}
	if s.Minor != 0 {
		w.t.Error("a form goes on after the person said to be under age")
	}
}

// leaves asks, on the side, whether words end the form where it stands.
func (w *world) leaves(words string) {
	in := bot.Input{State: w.states[w.who], Now: w.now, Message: bot.Message{Key: "k", From: w.who, Kind: bot.KindText, Text: words, Leads: !w.noLeads, Group: w.group}}
	out, err := w.router.Route(context.Background(), in)
	if w.state().Erase { // the first no is to the question whether to erase everything
		in.State = out.State
		out, err = w.router.Route(context.Background(), in)
	}
	if err != nil || readState(out.State).Draft != nil && !(w.group || strings.Contains(out.Reply.Text, "说明有更新") || strings.Contains(out.Reply.Text, "has changed") || strings.Contains(out.Reply.Text, "說明有更新")) {
		w.t.Errorf("%q does not leave the form at %s: %s", words, w.step(), out.Reply.Numbered())
	}
}

package main

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"smebot/store"
)

// TestBrowserDesk is a day at the service centre, in real browsers before the real program: the first sign-in, the
// accounts, a lead from the chat page to its end, a thread taken over, what goes wrong on the way, and the end of
// sessions. One day, since its people need each other.
func TestBrowserDesk(t *testing.T) {
	f := startBotAPI(t)
	c := testConfig(t)
	c.Channels = []ChannelConfig{f.channel("polling")}
	c.Centre.Name = "古镇镇中小企业服务中心"
	d := startDesk(t, c)
	admin := d.atDesk(t, "desk-admin")
	once := firstDay(t, admin)
	li, wu := d.onPhone(t, "desk-li"), d.atDesk(t, "desk-wu")
	li.begins("li", once["li"])
	wu.begins("wu", once["wu"])
	firm := openWindow(t, d.browser, "desk-firm", phoneWidth, phoneHeight, true)
	number := leadToReferred(t, d, firm, li, wu)
	pageAnswered(t, d, number, firm, li)
	leadToDone(t, d, number, li, wu)
	threadTaken(t, d, f, li, wu)
	second := windowCloses(t, d, wu)
	languages(t, wu, second)
	secondStep(t, d, wu)
	keyboard(t, d, second, once["gao"])
	restart(t, d, second, wu)
	sessionsEnd(t, d, number, li)
	for _, p := range []*colleague{admin, li, wu} {
		p.still()
	}
	for _, secret := range []string{once["li"], ownPassword, "13800138000", "+8613800138000"} {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("the log holds %.4s…", secret)
		}
	}
}

// firstDay signs the first administrator in and makes an account for everybody; their passwords for one use.
func firstDay(t *testing.T, admin *colleague) map[string]string {
	admin.to("/console/")
	if !strings.HasPrefix(admin.at(), "/console/signin") {
		t.Errorf("without a session the console shows %s", admin.at())
	}
	admin.shows("1-signin")
	if status := admin.signIn("admin", "admin"); status != 422 {
		t.Errorf("a guess is answered with %d", status)
	}
	admin.reads("没有登录成功")
	admin.shows("2-refused")
	admin.begins("admin", admin.desk.password)
	admin.shows("3-home")
	admin.readsNot("线索")
	admin.follow("账号")
	once := map[string]string{}
	for _, a := range []struct{ name, role string }{{"li", "经办"}, {"wu", "主管"}, {"gao", "经办"}, {"gu", "查看"}, {"shen", "审计"}} {
		admin.types("input[name=name]", a.name)
		admin.picks("section select[name=role]", a.role)
		admin.press("新增账号")
		once[a.name] = eval[string](admin.tab, `document.querySelector("code.secret").textContent`)
		admin.reads("账号 "+a.name+" 的一次性密码", "24 小时")
	}
	admin.shows("4-accounts")
	return once
}

// offices puts organisations into the directory, as an import does.
func offices(t *testing.T, d *desk) {
	t.Helper()
	list := []store.Organisation{
		{Town: "中山市古镇镇", Platform: "quality-testing", Name: "虚构灯饰检测中心（测试用）", Contact: "0760-00000001", Address: "虚构路 1 号", Hours: "工作日 9:00—17:00", Source: "测试名录"},
		{Town: "中山市小榄镇", Platform: "quality-testing", Name: "虚构五金检测站（测试用）", Contact: "0760-00000002", Source: "测试名录"},
		{Town: "广州市", Platform: "quality-testing", Name: "虚构省级检测院（测试用）", Contact: "020-00000003", Source: "测试名录"},
	}
	if _, err := d.engine.saveOrganisations(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) lead(t *testing.T, number string) store.Lead {
	t.Helper()
	l, err := d.engine.db.Lead(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// audited counts the lines of the log with an action and a detail.
func (d *desk) audited(t *testing.T, action, detail string) (n int) {
	t.Helper()
	all, err := d.engine.db.Audit(t.Context(), store.AuditFilter{Action: action, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Detail == detail {
			n++
		}
	}
	return n
}

// leadToReferred takes a lead that a firm makes on the chat page to the organisation that is to help.
func leadToReferred(t *testing.T, d *desk, firm *tab, li, wu *colleague) string {
	offices(t, d)
	li.to("/console/leads")
	li.shows("1-no-leads")
	firm.open(d.program)
	firm.say("产品老被退货，想做检测认证")
	firm.choose("登记", false)
	number := fillForm(firm, "中山市古镇明辉灯饰有限公司", false)
	li.waits(number) // the list was open and shows it by itself
	li.shows("2-list")
	li.reads("明辉灯饰", "****")
	li.readsNot("13800138000")
	wu.to("/console/leads")
	wu.shows("1-list")
	wu.picks("select[name=town]", "中山市古镇镇")
	wu.picks("select[name=platform]", "质量检测")
	wu.types("input[name=q]", "明辉 古镇")
	wu.press("筛选")
	wu.reads(number, "第 1–1 条")
	wu.picks("select[name=status]", "已办结")
	wu.press("筛选")
	wu.reads("这里没有线索")
	wu.to("/console/leads?q=13800138000") // a whole number is found, though nobody sees it
	wu.reads(number)
	wu.run(wu.hit("button", "勾选本页全部"))
	wu.picks(".act select[name=assignee]", "li")
	wu.press("分派勾选的")
	wu.reads("已分派 1 条")

	li.follow(number)
	at := li.at()
	li.shows("3-lead")
	li.reads("确认", "说明版本", "li")
	li.run(li.hit("button", "显示电话")) // no reason chosen: the browser itself asks for one
	if d.audited(t, "lead.phone", "") != 0 || li.at() != at {
		t.Error("a number was asked for without a reason")
	}
	li.picks("#why", "回电")
	li.press("显示电话")
	li.reads("13800138000", "已记录")
	li.shows("4-phone")
	if n := d.audited(t, "lead.phone", "call"); n != 1 {
		t.Errorf("%d lines of the log tell that the number was shown", n)
	}
	li.to(at)
	li.readsNot("13800138000")
	li.press("已联系上")
	li.reads("已保存", "已联系")

	// Two colleagues at once: li has begun to choose, so that the page leaves that part alone, and wu is quicker.
	wu.to(at)
	li.picks(".act select[name=reason]", "联系不上")
	wu.press("已转介")
	li.waits("改为 已转介")
	if status := li.press("关闭"); status != 409 {
		t.Errorf("a stale close is answered with %d", status)
	}
	li.reads("wu 刚改过", "没有保存", "已转介")
	li.shows("5-conflict")
	if l := d.lead(t, number); l.Status != store.Referred || l.Reason != "" {
		t.Errorf("the stale close was made: %s", l.Status)
	}
	li.to(at)
	if groups := eval[[]string](li.tab, `[...document.querySelectorAll("optgroup")].map(g => g.label)`); len(groups) != 3 || groups[0] != "本镇" {
		t.Errorf("the organisations are offered as %q", groups)
	}
	li.picks("select[name=organisation]", "虚构灯饰检测中心")
	li.pressIn("pass", "保存")
	li.reads("已保存", "0760-00000001", "虚构路 1 号")
	wu.types("textarea[name=note]", "我这边也问过")
	li.types("textarea[name=note]", "企业下午三点后方便接电话")
	li.pressIn("note", "保存")
	li.reads("企业下午三点后方便接电话")
	li.shows("6-referred")
	wu.waits("企业下午三点后方便接电话") // and what wu is writing is not touched, nor refused afterwards
	wu.shows("2-lead")
	if status := wu.pressIn("note", "保存"); status != 200 {
		t.Errorf("a note on a page that kept itself current: %d", status)
	}
	wu.reads("我这边也问过", "企业下午三点后方便接电话")
	return number
}

// leadToDone lets the organisation answer by its link, and ends the lead.
func leadToDone(t *testing.T, d *desk, number string, li, wu *colleague) {
	at := "/console/leads/" + number
	wu.press("生成机构答复链接")
	wu.reads("14 天内有效", "public_url")
	wu.shows("3-link")
	link := eval[string](wu.tab, `document.getElementById("link").value`)
	link, ok := strings.CutPrefix(link, "http://"+d.addr)
	if !ok || !strings.HasPrefix(link, "/console/answer/") {
		t.Fatalf("the link is %q", link)
	}
	office := d.onPhone(t, "desk-office")
	before := d.lead(t, number).Version
	for range 2 { // a scanner of links, then a person
		office.to(link)
	}
	if d.lead(t, number).Version != before {
		t.Error("opening the link changed the lead")
	}
	office.reads("仍然需要帮助", "检测", "接手后显示联系方式")
	office.readsNot("13800138000", "陈先生", "明辉灯饰")
	office.shows("1-asked")
	office.run(office.hit("label", "接手，由我们联系企业"))
	office.press("提交答复")
	office.reads("已收到", "13800138000", "您的答复：接手")
	office.shows("2-accepted")
	li.waits("服务中") // the page was open
	li.waits("机构接手")

	wu.to(at)
	wu.types("input[name=other]", "名录外的检测所")
	wu.pressIn("pass", "保存")
	office.to(link)
	office.reads("改请了另一家机构", "仍然需要帮助", "提交答复")
	office.readsNot("13800138000")
	office.shows("3-elsewhere")
	office.still()

	li.to(at + "/sheet")
	li.reads("手写记录", "打印于")
	li.readsNot("13800138000")
	li.shows("7-sheet")
	li.run(emulation.SetEmulatedMedia().WithMedia("print"))
	li.picture("8-sheet-on-paper")
	li.run(emulation.SetEmulatedMedia().WithMedia(""))
	li.to(at)
	li.press("办结")
	li.reads("已办结")
	li.picks(".act select[name=reason]", "已帮到")
	li.press("关闭")
	li.reads("已关闭", "这条线索已经关闭")
	li.shows("9-closed")
	office.to(link)
	office.reads("已到期")
	if l := d.lead(t, number); l.Status != store.Closed || l.Reason != store.Helped || l.Assignee != "li" {
		t.Errorf("in the end the lead is %s, %s, of %q", l.Status, l.Reason, l.Assignee)
	}
}

package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents"
	"smebot/store"
)

// valuesForm is the form of values with some of them changed.
func (w *officeWorld) valuesForm(t *testing.T, change ...string) []string {
	t.Helper()
	values := map[string]string{SetName: "古镇服务中心", SetContact: "0760-88888888", SetHoursWords: "", SetHours: "Mon-Fri 09:00-12:00 14:00-17:30", SetNotice: ""}
	for i := 0; i+1 < len(change); i += 2 {
		values[change[i]] = change[i+1]
	}
	var pairs []string
	for _, name := range Settings {
		pairs = append(pairs, name, values[name])
	}
	return pairs
}

func TestSettingsHoldInPlaceOfTheFile(t *testing.T) {
	w := openOffice(t)
	boss := w.signed("boss", store.RoleAdmin)
	_, body := boss.get("/console/settings")
	has(t, body, "古镇服务中心", "来自配置文件", "现行的登记说明", "由谁处理：古镇服务中心，0760-88888888", "版本 2026-11/")
	without(t, body, "恢复配置文件的值：")

	form := w.valuesForm(t, SetName, "小榄服务中心", SetHours, "Mon-Sat 08:30-12:00")
	status, body := boss.post("/console/settings", form...)
	if status != http.StatusOK {
		t.Fatalf("asked once more: %d", status)
	}
	has(t, body, "确认改这几项", "小榄服务中心", "登记说明会变成这样", "由谁处理：小榄服务中心")
	if now, _ := w.db.Choices(t.Context()); len(now) != 0 {
		t.Error("values were set before they were confirmed")
	}
	if status, _ = boss.post("/console/settings", append(form, "sure", "yes")...); status != http.StatusSeeOther {
		t.Errorf("setting: %d", status)
	}
	if len(w.office.reloads) != 1 || w.office.reloads[0] != "boss" {
		t.Errorf("put to use by %q", w.office.reloads)
	}
	_, body = boss.get("/console/settings")
	has(t, body, "在这里设的（boss", "配置文件里是：古镇服务中心", "恢复配置文件的值：单位名称", "由谁处理：小榄服务中心", "改动记录")
	has(t, w.logged("settings"), "boss settings.set centre.name 小榄服务中心", "boss settings.set hours Mon-Sat 08:30-12:00")

	if status, _ = boss.post("/console/settings/reset", "name", SetName); status != http.StatusSeeOther {
		t.Errorf("resetting: %d", status)
	}
	if status, _ = boss.post("/console/settings/reset", "name", "data"); status != http.StatusNotFound {
		t.Errorf("resetting what is no setting: %d", status)
	}
	_, body = boss.get("/console/settings")
	has(t, body, "由谁处理：古镇服务中心", "恢复为配置文件的值")
	has(t, w.logged("settings.reset"), "boss settings.reset centre.name")

	// Only the notice's own fields change its version.
	_, body = boss.post("/console/settings", w.valuesForm(t, SetHours, "Sun 08:30-12:00")...)
	without(t, body, "登记说明会变成这样")
	if status, _ = boss.post("/console/settings", w.valuesForm(t, SetHours, "Mon-Sat 08:30-12:00")...); status != http.StatusSeeOther {
		t.Errorf("nothing changed: %d", status)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	w := openOffice(t)
	boss := w.signed("boss", store.RoleAdmin)
	long := strings.Repeat("长", 200)
	status, body := boss.post("/console/settings", w.valuesForm(t, SetName, long, SetContact, long)...)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a notice that does not fit: %d", status)
	}
	has(t, body, "一条消息放不下")
	for name, c := range map[string]struct{ setting, value, says string }{
		"hours":           {SetHours, "周一到周五", "上班时间的写法不对"},
		"a link":          {SetNotice, "javascript:alert(1)", "网址要以 https://"},
		"a long name":     {SetName, strings.Repeat("长", 201), "太长，最多 200 字"},
		"hours of nobody": {SetHours, "Mon 25:00-26:00", "上班时间的写法不对"},
	} {
		status, body := boss.post("/console/settings", append(w.valuesForm(t, c.setting, c.value), "sure", "yes")...)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
		has(t, body, c.says)
	}
	if now, _ := w.db.Choices(t.Context()); len(now) != 0 || len(w.office.reloads) != 0 {
		t.Error("a refused value was set")
	}
	// Other fields of a form set nothing.
	if status, _ := boss.post("/console/settings", append(w.valuesForm(t), "listen", "0.0.0.0:1", "sure", "yes")...); status != http.StatusSeeOther {
		t.Errorf("a field that is no setting: %d", status)
	}
	if now, _ := w.db.Choices(t.Context()); len(now) != 0 {
		t.Errorf("set was %+v", now)
	}
}

func TestNoticesAreListedByVersion(t *testing.T) {
	w := openOffice(t)
	boss := w.signed("boss", store.RoleAdmin)
	_, body := boss.get("/console/settings/notices")
	has(t, body, "还没有")
	list := w.office.Options(nil).Notices()
	for i := range list {
		list[i].Actor = "file"
	}
	w.must(w.db.NoteNotices(t.Context(), list))
	_, body = boss.get("/console/settings/notices")
	has(t, body, list[0].Version, "配置文件", "繁体中文", "英文", "境外传输", "由誰處理")
}

func TestChannelsAreStopped(t *testing.T) {
	w := openOffice(t)
	boss := w.signed("boss", store.RoleAdmin)
	status, body := boss.post("/console/settings/channel", "channel", "guzhen", "to", "off", "comment", " ")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	has(t, body, "请写原因")
	if status, _ = boss.post("/console/settings/channel", "channel", "other", "to", "off", "comment", "x"); status != http.StatusNotFound {
		t.Errorf("a channel that is not: %d", status)
	}
	if status, _ = boss.post("/console/settings/channel", "channel", "guzhen", "to", "off", "comment", "公众号迁移"); status != http.StatusSeeOther {
		t.Errorf("stopping: %d", status)
	}
	const banner = "渠道 guzhen 暂停接待"
	for _, role := range store.Roles() {
		_, body := w.signed("x"+string(role), role).get("/console/account")
		has(t, body, banner, "公众号迁移", "boss")
	}
	r, err := http.Get(w.web.URL + "/console/signin")
	w.must(err)
	r.Body.Close()
	_, body = (&person{w.deskWorld, "", "nobody"}).get("/console/signin")
	without(t, body, "公众号迁移")
	has(t, w.logged("channel"), "boss channel.off guzhen 公众号迁移")
	if status, _ = boss.post("/console/settings/channel", "channel", "guzhen", "to", "on"); status != http.StatusSeeOther {
		t.Errorf("opening: %d", status)
	}
	_, body = boss.get("/console/settings")
	without(t, body, banner)
	if len(w.office.reloads) != 2 {
		t.Errorf("put to use %d times", len(w.office.reloads))
	}
}

func TestDeadLetters(t *testing.T) {
	w := openOffice(t)
	boss := w.signed("boss", store.RoleAdmin)
	_, body := boss.get("/console/letters")
	has(t, body, "没有。")
	chen := bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "openid-of-chen"}
	w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "k", From: chen, Outgoing: []bot.Outgoing{
		{ID: "reply:k", To: chen, Reply: bot.Reply{Text: "悄悄话"}}, {ID: "answer:1", To: chen, Reply: bot.Reply{Text: "另一句"}}}}))
	w.must(w.db.GiveUp(t.Context(), "reply:k", "parked: errcode 45015"))
	w.pass(50 * time.Hour)
	w.must(w.db.GiveUp(t.Context(), "answer:1", "after 300 attempts: timeout"))
	w.must(w.db.StartSession(t.Context(), "boss", strings.Repeat("b2", 20)))
	boss.token = strings.Repeat("b2", 20)
	_, body = boss.get("/console/letters")
	has(t, body, "共 2 条", "机器人的回复", "补发的答复", "对方要先发一条消息", "errcode 45015", "2 天", "guzhen")
	without(t, body, "悄悄话", "另一句", "openid-of-chen", "parked: ")
	var handles []string
	for _, part := range strings.Split(body, `action="/console/letters/`)[1:] {
		if h, ok := strings.CutSuffix(strings.SplitN(part, `"`, 2)[0], "/again"); ok {
			handles = append(handles, h)
		}
	}
	if len(handles) != 2 {
		t.Fatalf("%d letters can be sent again", len(handles))
	}
	if status, _ := boss.post("/console/letters/" + handles[0] + "/again"); status != http.StatusSeeOther {
		t.Errorf("sending again: %d", status)
	}
	if status, _ := boss.post("/console/letters/" + handles[1] + "/discard"); status != http.StatusSeeOther {
		t.Errorf("discarding: %d", status)
	}
	for _, path := range []string{handles[0] + "/again", handles[1] + "/discard", "zz/again", handles[0] + "/burn"} {
		if status, _ := boss.post("/console/letters/" + path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	due, err := w.db.NextOutgoing(t.Context(), "guzhen", w.clock(), 10)
	if err != nil || len(due) != 1 || due[0].ID != "answer:1" {
		t.Errorf("waiting to be sent: %+v, %v", due, err)
	}
	has(t, w.logged("letter"), "boss letter.again guzhen", "boss letter.discard guzhen")
	_, body = boss.get("/console/letters")
	has(t, body, "guzhen：1 条")
	place := bot.Address{Channel: "notify:wecom", User: "staff"}
	w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "k2", From: chen, Version: 1, Outgoing: []bot.Outgoing{
		{ID: "news:1:2", To: chen, Reply: bot.Reply{Text: "有进展"}}, {ID: "ask:1", To: chen, Reply: bot.Reply{Text: "帮上忙了吗"}},
		{ID: "announce:wecom:1", To: place, Reply: bot.Reply{Text: "新线索"}}, {ID: "announce:wecom:2", To: place, Reply: bot.Reply{Text: "新线索"}}}}))
	for _, id := range []string{"news:1:2", "ask:1", "announce:wecom:1"} {
		w.must(w.db.GiveUp(t.Context(), id, "blocked"))
	}
	_, body = boss.get("/console/letters")
	has(t, body, "进度通知", "回访", "给工作人员的通知", "通知地址 wecom：1 条")
	without(t, body, "notify:", "有进展", "新线索")
}

func TestTheLogIsCheckedFromItsPage(t *testing.T) {
	w := openOffice(t)
	eve := w.signed("eve", store.RoleAuditor)
	status, body := eve.post("/console/audit/verify")
	if status != http.StatusOK {
		t.Fatalf("checking: %d", status)
	}
	has(t, body, "核对无误", "核对操作记录", "smebot verify")
	has(t, w.logged("audit"), "eve audit.verify")
	if _, body = eve.get("/console/audit?check=1"); strings.Contains(body, "核对无误") {
		t.Error("a GET checks the whole log")
	}
}

// People here write the days of the week in Chinese.
func TestHoursInChinese(t *testing.T) {
	for written, want := range map[string]string{
		"周一至周五 9:00-12:00":                  "Mon-Fri 9:00-12:00",
		"星期一到星期五9:00-12:00、14:00-17:30":     "Mon-Fri 9:00-12:00 14:00-17:30",
		"周一至周五 09：00－12：00；周六 上午9：00～11：30": "Mon-Fri 09:00-12:00; Sat 9:00-11:30",
		"每天 8:30—17:30":                     "Mon-Sun 8:30-17:30",
		"工作日9:00至17:00":                     "Mon-Fri 9:00-17:00",
		"Mon-Fri 09:00-12:00 14:00-17:30":   "Mon-Fri 09:00-12:00 14:00-17:30",
		"礼拜天 9:00-10:00":                    "Sun 9:00-10:00",
	} {
		got := plainHours(written)
		if _, err := intents.ParseHours(got); got != want || err != nil {
			t.Errorf("%q is read as %q, want %q: %v", written, got, want, err)
		}
	}
	for _, wrong := range []string{"周一至周五 9点到12点", "下午2:00-5:00", "看情况"} {
		if _, err := intents.ParseHours(plainHours(wrong)); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	w := openOffice(t)
	boss := w.signed("boss", store.RoleAdmin)
	if status, body := boss.post("/console/settings", append(w.valuesForm(t, SetHours, "周一至周六 8:30-12:00"), "sure", "yes")...); status != http.StatusSeeOther {
		t.Errorf("setting: %d\n%s", status, main(body))
	}
	has(t, w.logged("settings"), "settings.set hours Mon-Sat 8:30-12:00")
	_, body := boss.get("/console/settings")
	has(t, body, "还没有设置") // the address of the notice stands nowhere
}

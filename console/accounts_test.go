package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// Whoever works here no more does not take open leads out of sight.
func TestLeavingWithOpenLeads(t *testing.T) {
	w := openDesk(t)
	boss := w.signed("boss", store.RoleAdmin)
	wu := w.signed("wu", store.RoleSupervisor)
	for i, name := range []string{"li", "zhao", "idle"} {
		w.signed(name, store.RoleAgent)
		for n := 1; n <= 3 && name != "idle"; n++ {
			l := w.lead(10*i+n, bot.WeChat)
			_, err := w.db.AssignLeads(t.Context(), []store.Pick{{Number: l.Number, Version: 1}}, name, "wu")
			w.must(err)
		}
	}
	w.must(w.db.MoveLead(t.Context(), "20261123-000003", 2, store.Closed, store.Duplicate, "li"))
	if status, _ := boss.post("/console/accounts/idle/disable"); status != http.StatusSeeOther {
		t.Errorf("somebody without leads: %d", status)
	}
	role := func(name string) (store.Role, bool) {
		c, err := w.db.Credentials(t.Context(), name)
		w.must(err)
		return c.Role, c.Disabled.IsZero()
	}
	status, body := boss.post("/console/accounts/li/disable")
	holds(t, "the question", body, "li 手上还有 2 条未办结的线索", `name="leads" value="release"`)
	if _, on := role("li"); status != http.StatusOK || !on {
		t.Errorf("switched off before the answer: %d", status)
	}
	if status, _ = boss.post("/console/accounts/li/disable", "leads", "release"); status != http.StatusSeeOther {
		t.Errorf("switching off: %d", status)
	}
	for n, want := range map[string]string{"20261123-000001": "", "20261123-000002": "", "20261123-000003": "li"} {
		if got := w.read(n).Assignee; got != want {
			t.Errorf("%s is with %q, want %q", n, got, want)
		}
	}
	if w.audited("leads.release") != 1 {
		t.Error("taking the leads back is not in the log")
	}
	_, body = boss.post("/console/accounts/zhao/role", "role", "viewer")
	holds(t, "the question about a new role", body, "zhao 手上还有 3 条未办结的线索", `name="role" value="viewer"`)
	if status, _ = boss.post("/console/accounts/zhao/role", "role", "supervisor"); status != http.StatusSeeOther {
		t.Errorf("a role that goes on working: %d", status)
	}
	boss.post("/console/accounts/zhao/disable", "leads", "leave")
	if _, on := role("zhao"); on || w.read("20261123-000011").Assignee != "zhao" {
		t.Error("leaving the leads with who was switched off")
	}
	_, body = wu.get("/console/leads?view=open&assignee=zhao")
	holds(t, "the filter", body, `<option value="zhao" selected>zhao（已不经办）`, "20261123-000011")
	if strings.Contains(cutBetween(body, `<select name="assignee" required>`, "</select>"), "zhao") {
		t.Error("leads can be given to somebody switched off")
	}
}

func TestNobodyUnmakesThemselves(t *testing.T) {
	w := openDesk(t)
	boss := w.signed("boss", store.RoleAdmin)
	w.signed("second", store.RoleAdmin)
	for _, act := range []string{"role", "disable"} {
		status, body := boss.post("/console/accounts/boss/"+act, "role", "viewer")
		if c, err := w.db.Credentials(t.Context(), "boss"); err != nil || c.Role != store.RoleAdmin || !c.Disabled.IsZero() || status != http.StatusUnprocessableEntity {
			t.Errorf("%s of oneself: %d, %v", act, status, c.Role)
		}
		holds(t, act, body, "请另一位管理员来改")
	}
	_, body := boss.get("/console/accounts")
	lacks(t, "the list", body, "/console/accounts/boss/role", "/console/accounts/boss/disable")
	holds(t, "the list", body, "/console/accounts/second/role", "/console/accounts/second/disable")
	w.must(w.db.AddAccount(t.Context(), "operator", "third", store.RoleAdmin, "no password", w.clock().Add(time.Hour)))
	w.must(w.db.SetDisabled(t.Context(), "boss", "second", true))
	second := w.signed("fourth", store.RoleAdmin)
	w.must(w.db.SetRole(t.Context(), "fourth", "boss", store.RoleViewer))
	if status, body := second.post("/console/accounts/fourth/role", "role", "viewer"); status != http.StatusUnprocessableEntity {
		t.Errorf("the last administrator who signed in: %d %s", status, body)
	}
}

func TestARefusedNameStays(t *testing.T) {
	w := openDesk(t)
	boss := w.signed("boss", store.RoleAdmin)
	status, body := boss.post("/console/accounts", "name", "a b", "role", "auditor")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a bad name: %d", status)
	}
	holds(t, "the form", body, `name="name" value="a b"`, `<option value="auditor" selected>`)
}

func TestPasswordsAreRefusedWithTheReason(t *testing.T) {
	w := newConsole(t)
	b := w.signIn(store.RoleAdmin)
	for password, why := range map[string]string{
		"short": "太短", "my admin and dog": "含有账号名", "Password123!": "太常见", "aaaaaaaaaaaa": "来回重复",
	} {
		p := b.post("/console/password", "current", testPassword, "fresh", password, "again", password)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(cutBetween(p.body, `role="alert">`, "<"), why) {
			t.Errorf("%q: %d, %q", password, p.status, cutBetween(p.body, `role="alert">`, "<"))
		}
	}
}

func TestTheLogSpeaksItsReadersLanguage(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	auditor, wu := w.signed("auditor", store.RoleAuditor), w.signed("wu", store.RoleSupervisor)
	at := "/console/leads/" + l.Number
	wu.post(at+"/move", "version", "1", "to", "contacted")
	wu.post(at+"/phone", "reason", "call")
	wu.post(at+"/move", "version", "2", "to", "closed", "reason", "helped")
	for _, e := range []store.AuditEntry{
		{Actor: "operator", Action: "retention.run", Detail: "messages: 3"}, {Actor: "organisation", Action: "lead.answer", Subject: l.Number, Detail: "cannot help"},
		{Actor: "wu", Action: "knowledge.import", Subject: "x", Detail: "new undated"}, {Actor: "boss", Action: "audit.verify", Detail: "sound"},
	} {
		w.must(w.db.Append(t.Context(), e))
	}
	_, body := auditor.get("/console/audit")
	holds(t, "the log", body, "服务器管理员", "平台机构", "清理到期的数据", "<td data-label=\"说明\">帮不了</td>", "新文件 没写日期", ">没有问题<", ">已联系<", "已关闭 · 已帮到", ">回电<", `<option value="lead.phone">看电话</option>`)
	for _, raw := range []string{"operator", "organisation", "cannot help", "new undated", "sound", "contacted", "closed helped", "call"} {
		lacks(t, "the log", body, ">"+raw+"<")
	}
	for query, want := range map[string]int{"action=lead.phone": 1, "action=看电话": 1, "actor=服务器管理员&action=retention.run": 1, "actor=operator&action=retention.run": 1, "action=lead.move": 2, "action=no.such": 0} {
		_, body := auditor.get("/console/audit?" + query)
		if got := strings.Count(body, `<td class="whole" data-label="#">`); got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
}

package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// A session that ended while somebody wrote costs a sign-in, not the words.
func TestWordsOutliveTheSession(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li := w.signed("li", store.RoleAgent)
	at := "/console/leads/" + l.Number
	w.pass(31 * time.Minute)
	status, body := li.post(at+"/note", "version", "1", "note", "周三<下午>再打")
	if status != http.StatusForbidden || w.read(l.Number).Version != 1 {
		t.Errorf("after the session: %d", status)
	}
	holds(t, "the answer", body, "登录已过期，没有保存", "周三&lt;下午&gt;再打</textarea>", "/console/signin?next=%2Fconsole%2Fleads%2F"+l.Number)
	lacks(t, "the answer", body, l.Firm)
}

func TestWhoLosesTheRaceIsTold(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li, zhao := w.signed("li", store.RoleAgent), w.signed("zhao", store.RoleAgent)
	at := "/console/leads/" + l.Number
	if status, _ := li.post(at+"/take", "version", "1", "assignee", "li"); status != http.StatusSeeOther {
		t.Fatalf("the first: %d", status)
	}
	status, body := zhao.post(at+"/take", "version", "1", "assignee", "zhao")
	if status != http.StatusConflict || w.read(l.Number).Assignee != "li" {
		t.Errorf("the second: %d", status)
	}
	holds(t, "the second's answer", body, "刚交给了别的同事", `href="/console/leads"`)
	lacks(t, "the second's answer", body, l.Firm, l.Contact, "没有这个页面")
	_, body = zhao.post(at+"/note", "version", "1", "note", "已经约好周五")
	holds(t, "a note on a lead that went to another", body, "刚交给了别的同事", "已经约好周五</textarea>")
	for what, version := range map[string]string{"of the present version": "2", "of none": ""} {
		if status, _ := zhao.post(at+"/take", "version", version, "assignee", "zhao"); status != http.StatusNotFound {
			t.Errorf("a form %s: %d", what, status)
		}
	}
	wang := w.signed("wang", store.RoleAgent)
	other := w.lead(2, bot.WeChat)
	for _, to := range []string{"li", "zhao"} {
		_, err := w.db.AssignLeads(t.Context(), []store.Pick{{Number: other.Number, Version: w.read(other.Number).Version}}, to, "wu")
		w.must(err)
	}
	if status, _ := wang.post("/console/leads/"+other.Number+"/take", "version", "2", "assignee", "wang"); status != http.StatusNotFound {
		t.Errorf("a form from a time when the lead was another's: %d", status)
	}
}

// A thread does not stay mute in the hands of somebody who may not see it any more.
func TestAssigningEndsATakeover(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	li, zhao, wu := w.signed("li", store.RoleAgent), w.signed("zhao", store.RoleAgent), w.signed("wu", store.RoleSupervisor)
	at := "/console/leads/" + l.Number
	li.post(at + "/thread/take")
	form := li.form(at)
	wu.post(at+"/take", "version", "2", "assignee", "zhao")
	_, body := zhao.get(at + "/thread")
	holds(t, "the new assignee's thread", body, "现在由机器人回复", at+"/thread/take")
	if c, err := w.db.Conversation(t.Context(), l.From); err != nil || c.Held.On {
		t.Errorf("still held: %v", err)
	}
	status, body := li.post(at+"/thread/reply", "form", form, "text", "明天见")
	if status != http.StatusConflict || w.waiting("guzhen") != 0 {
		t.Errorf("a reply of the earlier holder: %d", status)
	}
	holds(t, "the earlier holder's answer", body, "刚交给了别的同事", "明天见</textarea>")
	zhao.post(at + "/thread/take")
	if c, err := w.db.Conversation(t.Context(), l.From); err != nil || !c.Held.On {
		t.Errorf("the new assignee cannot take the thread: %v", err)
	}
}

func TestAConflictKeepsTheOrganisationChosen(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	_, err := w.db.SaveOrganisations(t.Context(), []store.Organisation{
		{Town: "中山市古镇镇", Platform: "financing", Name: "机构甲", Contact: "0760-1", Source: "测试", Date: "2026-10-01"},
		{Town: "中山市古镇镇", Platform: "financing", Name: "机构乙", Contact: "0760-2", Source: "测试", Date: "2026-10-01"},
	})
	w.must(err)
	li, wu := w.signed("li", store.RoleAgent), w.signed("wu", store.RoleSupervisor)
	at := "/console/leads/" + l.Number
	li.post(at+"/pass", "version", "1", "organisation", "机构甲")
	status, body := wu.post(at+"/pass", "version", "1", "organisation", "机构乙")
	if status != http.StatusConflict || w.read(l.Number).Organisation != "机构甲" {
		t.Errorf("the second: %d, %s", status, w.read(l.Number).Organisation)
	}
	holds(t, "the conflict", body, "li 刚改过这条线索", `<option value="机构乙" selected>`)
	lacks(t, "the conflict", body, `<option value="机构甲" selected>`)
	_, body = wu.post(at+"/pass", "version", "1", "other", "另写的机构")
	holds(t, "a conflict over a name that is written", body, `name="other" value="另写的机构"`)
}

func TestANewPreparedAnswerReplacesNone(t *testing.T) {
	w := openDesk(t)
	wu := w.signed("wu", store.RoleSupervisor)
	words := func() string {
		all, err := w.db.CannedAnswers(t.Context())
		w.must(err)
		if len(all) != 1 {
			t.Fatalf("%d prepared answers", len(all))
		}
		return all[0].Text
	}
	wu.post("/console/canned", "new", "yes", "title", "问好", "text", "您好！")
	status, body := wu.post("/console/canned", "new", "yes", "title", "问好", "text", "早上好！")
	if status != http.StatusConflict || words() != "您好！" {
		t.Errorf("a second one: %d, %q", status, words())
	}
	holds(t, "the form", body, "已经有标题「问好」", "您好！</textarea>", "早上好！</textarea>", `value="问好" maxlength`)
	wu.post("/console/canned", "title", "问好", "text", "晚上好！")
	if words() != "晚上好！" {
		t.Errorf("changed on purpose: %q", words())
	}
}

func TestWhatAnEndedLeadOffers(t *testing.T) {
	w := openDesk(t)
	gone, closed, done := w.lead(1, bot.WeChat), w.lead(2, bot.WeChat), w.lead(3, bot.WeChat)
	wu := w.signed("wu", store.RoleSupervisor)
	w.erase(gone)
	w.must(w.db.MoveLead(t.Context(), closed.Number, 1, store.Closed, store.Helped, "wu"))
	for _, l := range []store.Lead{gone, closed} {
		_, body := wu.get("/console/leads/" + l.Number)
		lacks(t, "an ended lead", body, "/take", ">我来办<", ">退回<")
	}
	_, body := wu.get("/console/leads/" + gone.Number)
	holds(t, "an erased lead", body, "对话已随本人的信息一起删除")
	lacks(t, "an erased lead", body, "可能已过保存期")
	_, body = wu.get("/console/leads/" + done.Number)
	if !strings.Contains(body, ">我来办<") {
		t.Error("an open lead cannot be taken")
	}
}

// A file beyond the bound gets the form again, and how to go on; nobody else gets the form.
func TestTooLargeUploadsGetTheFormAgain(t *testing.T) {
	w := openOffice(t)
	wu, viewer := w.signed("wu", store.RoleSupervisor), w.signed("viewer", store.RoleViewer)
	for path, want := range map[string]string{"/console/knowledge/preview": "最多 10 MB", "/console/directory/preview": "最多 1 MB"} {
		file := strings.Repeat("x", int(uploadLimits[path])+1)
		status, body := wu.upload(path, map[string]string{}, "a.txt", file)
		if status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, status)
		}
		holds(t, path, body, want, "拆成几份", `type="file"`, `action="`+path+`"`)
		lacks(t, path, body, "KB")
		if status, body = viewer.upload(path, map[string]string{}, "a.txt", file); strings.Contains(body, `type="file"`) {
			t.Errorf("%s shows a viewer the form: %d", path, status)
		}
	}
}

// The conversation is kept with contact details masked, the centre's own as well; what was agreed to stands with the consent.
func TestTheWordsAgreedToAreShown(t *testing.T) {
	w := openDesk(t)
	l := w.lead(1, bot.WeChat)
	wu := w.signed("wu", store.RoleSupervisor)
	_, body := wu.get("/console/leads/" + l.Number)
	lacks(t, "a lead whose notice is not kept", body, "同意的说明原文")
	w.must(w.db.NoteNotices(t.Context(), []store.NoticeText{
		{Version: l.Consent.Version, Language: "zh", Words: "由谁处理：古镇服务中心，0760-88888888", Actor: "file"},
		{Version: "2026-11/00000000", Language: "zh", Abroad: true, Words: "别的说明", Actor: "file"},
	}))
	_, body = wu.get("/console/leads/" + l.Number)
	holds(t, "the lead", body, "同意的说明原文", "由谁处理：古镇服务中心，0760-88888888")
	lacks(t, "the lead", body, "别的说明")
}

package console

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"smebot/knowledge/parse"
	"smebot/store"
	"smebot/teach"
)

var groupLink = regexp.MustCompile(`href="(/console/questions/[0-9a-f]{32})"`)

// firstGroup is the address of the first group in the list.
func firstGroup(t *testing.T, p *person) string {
	t.Helper()
	_, body := p.get("/console/questions")
	m := groupLink.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no group in:\n%s", main(body))
	}
	return m[1]
}

func TestQuestionsAreGroupedAndTaught(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	_, body := wu.get("/console/questions")
	has(t, body, "没有待处理的问题")
	w.asks("周末服务中心开门吗", "中山市古镇镇", true)
	w.asks("服务中心周末开门吗？", "", false)
	w.asks("怎么给外国人办工作许可", "中山市小榄镇", false)
	w.asks("请问周末服务中心开不开门", "中山市古镇镇", false)
	_, body = wu.get("/console/questions")
	has(t, body, "2 类，共 4 个问题", "周末服务中心开门吗", "中山市古镇镇 2", "没有答案 3", "tg 1")
	if strings.Index(body, "周末") > strings.Index(body, "外国人") {
		t.Error("the smaller group stands first")
	}
	_, body = wu.get("/console/questions?sort=new")
	has(t, body, `sort=new" aria-current="page"`)
	at := firstGroup(t, wu)
	_, body = wu.get(at)
	has(t, body, "tg：1 人（现在能通知 1 人）", "请问周末服务中心开不开门", "《", "name=\"review\"")
	_, body = wu.get(at + "?find=展位补贴")
	has(t, body, "古镇灯饰展会补贴办法|第二条")

	answer := []string{"kind", "answer", "examples", "周末服务中心开门吗\n服务中心周末开门吗", "words", "周末不开门，可以网上预约。", "title", "服务中心开放公告", "number", "古服〔2026〕3号", "date", "2026-10-01", "review", "2027-06-30"}
	status, body := wu.post(at+"/rehearse", answer...)
	if status != http.StatusOK {
		t.Fatalf("the rehearsal: %d\n%s", status, main(body))
	}
	has(t, body, "试的结果", "教会了", "服务中心自己的答复", "对照了", "说没有", "古服〔2026〕3号")
	if strings.Contains(w.says("周末服务中心开门吗"), "网上预约") || len(w.mind.Taught()) != 0 {
		t.Error("the rehearsal put the lesson into force")
	}
	checked := hidden(t, body, at+"/teach")
	if status, body = wu.post(at+"/teach", checked...); status != http.StatusSeeOther {
		t.Fatalf("teaching: %d\n%s", status, main(body))
	}
	has(t, w.says("周末服务中心开门吗"), "网上预约", "工作人员答复", "古服〔2026〕3号", "不是文件原文")
	if len(w.office.reloads) != 1 || w.office.reloads[0] != "wu" {
		t.Errorf("put to use by %q", w.office.reloads)
	}
	has(t, w.logged("lesson"), "wu lesson.add", "examples=2 questions=3")
	_, body = wu.get("/console/questions")
	has(t, body, "1 类，共 1 个问题")
	without(t, body, "周末")
	if status, _ = wu.post(at+"/teach", checked...); status != http.StatusNotFound {
		t.Errorf("taught twice: %d", status)
	}
	if n, err := w.shelf.Tell(t.Context(), w.db); n != 1 || err != nil {
		t.Errorf("%d told, %v", n, err)
	}

	_, body = wu.get("/console/questions/taught")
	has(t, body, "使用中", "处理了 3 个问题", "复核日期 2027-06-30", "服务中心周末开门吗")
	w.pass(300 * 24 * time.Hour)
	w.must(w.db.StartSession(t.Context(), "wu", "another-session-of-wu-that-is-long-enough"))
	later := &person{w.deskWorld, "wu", "another-session-of-wu-that-is-long-enough"}
	_, body = later.get("/console/questions/taught")
	has(t, body, "复核日期 2027-06-30 已过，不再用了")
	without(t, w.says("周末服务中心开门吗"), "网上预约")

	undo := regexp.MustCompile(`action="(/console/questions/taught/[A-Z0-9]+/undo)"`).FindStringSubmatch(body)[1]
	if status, _ = later.post(undo); status != http.StatusSeeOther {
		t.Errorf("undoing: %d", status)
	}
	if status, _ = later.post(undo); status != http.StatusNotFound {
		t.Errorf("undone twice: %d", status)
	}
	_, body = later.get("/console/questions/taught")
	has(t, body, "已撤销（wu")
	_, body = later.get("/console/questions")
	has(t, body, "2 类，共 4 个问题")
}

func TestTeachingNeedsTheRehearsal(t *testing.T) {
	w := openOffice(t)
	wu, lu := w.signed("wu", store.RoleSupervisor), w.signed("lu", store.RoleSupervisor)
	w.asks("周末服务中心开门吗", "", false)
	w.asks("怎么给外国人办工作许可", "", false)
	at := firstGroup(t, wu)
	_, body := wu.post(at+"/rehearse", "kind", "scope", "examples", "周末服务中心开门吗")
	checked := hidden(t, body, at+"/teach")
	for name, pairs := range map[string][]string{
		"no proof":        {"checked", checked[1]},
		"nothing":         {},
		"another draft":   {"checked", strings.Replace(checked[1], "scope", "platform", 1), "proof", checked[3]},
		"a foreign proof": {"checked", checked[1], "proof", strings.Repeat("0", 32)},
	} {
		if status, _ := wu.post(at+"/teach", pairs...); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := lu.post(at+"/teach", checked...); status != http.StatusBadRequest {
		t.Errorf("somebody else's rehearsal: %d", status)
	}
	_, body = wu.get("/console/questions")
	for _, m := range groupLink.FindAllStringSubmatch(body, -1) {
		if status, _ := wu.post(m[1]+"/teach", checked...); (status == http.StatusSeeOther) != (m[1] == at) {
			t.Errorf("the rehearsal of another group: %d", status)
		}
	}
	if all, _ := w.db.Lessons(t.Context()); len(all) != 1 {
		t.Errorf("%d lessons", len(all))
	}
}

func TestDraftsAreShownAgainWithTheirFault(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	w.asks("灯光展每家给多少展位补贴呀", "", false)
	at := firstGroup(t, wu)
	for name, c := range map[string]struct {
		pairs []string
		says  string
	}{
		"no kind":   {[]string{"examples", "灯光展补贴"}, "请选怎么处理"},
		"a phone":   {[]string{"kind", "scope", "examples", "打13800138000问灯光展补贴"}, "像有电话"},
		"figure":    {[]string{"kind", "answer", "examples", "灯光展补贴", "words", "每家给5000元。", "basis", subsidy.ID + "|第二条", "review", "2027-01-01"}, "答复里的数字「5000」"},
		"no source": {[]string{"kind", "answer", "examples", "灯光展补贴", "words", "每家给钱。", "review", "2027-01-01"}, "来源要写名称"},
		"article":   {[]string{"kind", "article", "examples", "灯光展补贴", "article", "nobody|第一条"}, "没有这一条"},
	} {
		status, body := wu.post(at+"/rehearse", c.pairs...)
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
		has(t, body, c.says, "灯光展补贴</textarea>")
		without(t, body, "确认启用")
	}
	_, body := wu.post(at+"/rehearse", "kind", "article", "examples", "灯光展每家给多少展位补贴呀", "article", subsidy.ID+"|第二条")
	has(t, body, "用《古镇灯饰展会补贴办法》第二条 来答", "没有变化") // the search finds it by itself
	_, body = wu.post(at+"/rehearse", "kind", "platform", "examples", "灯光展每家给多少展位补贴呀", "platform", "financing")
	has(t, body, "找「企业融资」平台", "教会了")
}

// Looking for an article is part of filling in the form, and keeps the rest of it.
func TestSearchingKeepsTheDraft(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	w.asks("周末服务中心开门吗", "", false)
	at := firstGroup(t, wu)
	_, body := wu.get(at)
	if form := cutBetween(body, `action="`+at+`/rehearse"`, "</form>"); !strings.Contains(form, `name="find"`) || !strings.Contains(form, `name="do" value="find"`) {
		t.Error("the search is not part of the form")
	}
	status, body := wu.post(at+"/rehearse", "do", "find", "find", "展位补贴", "kind", "answer", "examples", "周末开门吗", "words", "周末不开门，可以网上预约。", "title", "服务中心开放公告", "number", "古服〔2026〕3号", "review", "2027-06-30")
	if status != http.StatusOK {
		t.Errorf("searching: %d", status)
	}
	has(t, body, "古镇灯饰展会补贴办法|第二条", `value="展位补贴"`, "周末开门吗</textarea>", "周末不开门，可以网上预约。</textarea>", `value="服务中心开放公告"`, `value="古服〔2026〕3号"`, `value="2027-06-30"`, `value="answer" checked`)
	without(t, body, "试的结果", "确认启用")
}

func TestOutOfScopeIsMeantToChangeNothing(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	w.asks("隔壁的猫多少岁", "", false)
	at := firstGroup(t, wu)
	_, body := wu.post(at+"/rehearse", "kind", "scope", "examples", "隔壁的猫多少岁")
	has(t, body, "现在就答「没有」", "确认启用")
	without(t, body, "教了也不会改变回答")
}

// Every fault of a lesson reads as a sentence, with what belongs into it and without, in both languages.
func TestFaultsOfLessonsAreSentences(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		v := &visit{Lang: lang}
		for _, code := range teach.FaultCodes {
			for _, arg := range []string{"", "第三条"} {
				words := v.fault(teach.Fault{Code: code, Arg: arg})
				if words == "" || strings.Contains(words, "%") || strings.Contains(words, "teach.fault") || strings.HasSuffix(words, "：") || strings.HasSuffix(words, ":") {
					t.Errorf("%s %s %q: %q", lang, code, arg, words)
				}
			}
		}
		for _, code := range parse.FaultCodes {
			if words := v.T("file." + code); words == "file."+code {
				t.Errorf("%s: no sentence for a file's fault %s", lang, code)
			}
		}
	}
}

func TestTeachingSaysWhatIsMissing(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	var logs logBuffer
	w.server.Log = slog.New(slog.NewTextHandler(&logs, nil))
	w.asks("怎么给外国人办工作许可", "", false)
	at := firstGroup(t, wu)
	_, body := wu.post(at+"/rehearse", "kind", "answer", "examples", "怎么给外国人办工作许可", "words", "请到出入境窗口办。", "article", "", "basis", "", "title", "", "link", "", "number", "", "date", "", "review", "2027-06-30", "platform", "financing", "find", "")
	has(t, body, "来源要写名称，再写网址（https:// 开头）或文号。")
	without(t, body, "EXTRA")
	_, body = wu.post(at+"/rehearse", "kind", "article", "examples", "怎么给外国人办工作许可", "basis", "", "words", "", "title", "", "link", "", "number", "", "date", "", "review", "", "platform", "financing", "find", "")
	has(t, body, "请先选一条条文")
	_, body = wu.post(at+"/rehearse", "kind", "scope", "examples", "怎么给外国人办工作许可", "article", subsidy.ID+"|第二条", "basis", "", "words", "", "title", "", "link", "", "number", "", "date", "", "review", "", "platform", "financing", "find", "")
	has(t, body, "试的结果")
	if strings.Contains(logs.String(), "fields that its page does not have") {
		t.Errorf("the page's own form is called odd: %s", logs.String())
	}
}

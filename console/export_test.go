package console

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"smebot/bot"
	"smebot/export"
	"smebot/store"
)

// order asks for an export as the form does: all leads, the usual columns, unless pairs say something else.
func (p *person) order(pairs ...string) (status int, body string) {
	form := url.Values{"do": {"start"}, "format": {"xlsx"}, "purpose": {"季度回访"}, "receiver": {"本单位"}, "field": export.DefaultFields()}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Del(pairs[i])
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return p.do(http.MethodPost, "/console/export", form)
}

// fileLink finds the address of a finished file.
var fileLink = regexp.MustCompile(`href="(/console/export/files/[0-9A-Z]+)"`)

// made waits until the account's latest file is made and returns its address.
func (p *person) made() string {
	p.w.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		_, body := p.get("/console/export/files")
		if strings.Contains(body, "data-running") {
			continue
		}
		if m := fileLink.FindStringSubmatch(body); m != nil {
			return m[1]
		}
		p.w.Fatalf("no file was made: %s", body)
	}
	p.w.Fatal("the file does not come to an end")
	return ""
}

// fetch gets a file.
func (p *person) fetch(path string) (*http.Response, []byte) {
	p.w.Helper()
	r, err := http.NewRequestWithContext(p.w.Context(), http.MethodGet, p.w.web.URL+path, nil)
	p.w.must(err)
	r.AddCookie(&http.Cookie{Name: "smebot-session", Value: p.token})
	answer, err := http.DefaultClient.Do(r)
	p.w.must(err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	p.w.must(err)
	return answer, b
}

// lines are the lines of the log with an action, the latest first.
func (w *deskWorld) lines(action string) (all []store.AuditEntry) {
	w.Helper()
	log, err := w.db.Audit(w.Context(), store.AuditFilter{Action: action})
	w.must(err)
	for _, e := range log {
		if e.Action == action {
			all = append(all, e)
		}
	}
	return all
}

func (w *deskWorld) csv(b []byte) [][]string {
	w.Helper()
	body, bom := strings.CutPrefix(string(b), "\ufeff")
	if !bom {
		w.Error("no byte order mark")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	w.must(err)
	return rows
}

func (w *deskWorld) erase(l store.Lead) {
	w.Helper()
	c, err := w.db.Conversation(w.Context(), l.From)
	w.must(err)
	w.must(w.db.CommitTurn(w.Context(), bot.Turn{Key: "erase " + l.Number, From: l.From, Version: c.Version, Effects: []bot.Effect{store.ErasePerson{Who: l.From}}}))
}

func TestExportToExcel(t *testing.T) {
	w := openDesk(t)
	for n := 1; n <= 5; n++ {
		w.lead(n, bot.WeChat)
	}
	gone := w.lead(6, bot.WeChat)
	w.erase(gone)
	w.must(w.db.MoveLead(t.Context(), "20261123-000002", 1, store.Contacted, "", "li"))
	wu := w.signed("wu", store.RoleSupervisor)
	if status, body := wu.order(); status != http.StatusSeeOther {
		t.Fatalf("ordering: %d %s", status, body)
	}
	path := wu.made()
	answer, file := wu.fetch(path)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != export.XLSX.Type() || answer.Header.Get("Content-Security-Policy") != policy {
		t.Errorf("the file: %d %v", answer.StatusCode, answer.Header)
	}
	_, name, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition"))
	if err != nil || !strings.HasPrefix(name["filename"], "线索-2026-11-23-") || !strings.HasSuffix(name["filename"], ".xlsx") {
		t.Errorf("its name: %v, %v", name, err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	w.must(err)
	defer book.Close()
	sheets := book.GetSheetList()
	rows, err := book.GetRows(sheets[0])
	w.must(err)
	if len(rows) != 6 || strings.Join(rows[0][:4], " ") != "编号 登记时间 企业 镇街" {
		t.Fatalf("%d rows, heads %v", len(rows), rows[0])
	}
	all := fmt.Sprint(rows)
	holds(t, "the sheet", all, "20261123-000001", "20261123-000005", "光明灯饰3厂", "企业融资", "已联系", "2026-11-23 10:00")
	lacks(t, "the sheet", all, gone.Number, "138001", "电话", "openid", "financing")
	said, err := book.GetRows(sheets[1])
	w.must(err)
	holds(t, "the second sheet", fmt.Sprint(said), "wu", "2026-11-23 10:00", "季度回访", "本单位", "全部")

	log := w.lines("export")
	if len(log) != 1 || log[0].Actor != "wu" || log[0].Subject != path[strings.LastIndex(path, "/")+1:] {
		t.Fatalf("the log: %+v", log)
	}
	holds(t, "the log", log[0].Detail, "leads=5", "format=xlsx", `for="季度回访"`, `to="本单位"`, "fields=number,created,firm,town,contact,platform", "where=view=all")
	if fetched := w.lines("export.fetch"); len(fetched) != 1 || fetched[0].Subject != log[0].Subject || fetched[0].Actor != "wu" {
		t.Errorf("the download in the log: %+v", fetched)
	}
	given, err := w.db.Disclosures(t.Context(), "20261123-000003")
	w.must(err)
	if len(given) != 1 || given[0].ID != log[0].Subject {
		t.Errorf("the lead's own record: %+v", given)
	}
	if given, err = w.db.Disclosures(t.Context(), gone.Number); err != nil || len(given) > 0 {
		t.Errorf("an erased lead was given out: %v, %v", given, err)
	}
	_, body := wu.get("/console/leads/20261123-000003")
	holds(t, "the page of a lead", body, "导出记录", "wu 导出，用途：季度回访；给：本单位；栏目：编号、登记时间")
	if left, err := os.ReadDir(w.dir); err != nil || slices.ContainsFunc(left, os.DirEntry.IsDir) {
		t.Errorf("a folder is left: %v, %v", left, err)
	}
}

func TestExportWithPhonesAsCSV(t *testing.T) {
	w := openDesk(t)
	w.lead(1, bot.Telegram)
	wu := w.signed("wu", store.RoleSupervisor)
	_, body := wu.get("/console/export")
	if !regexp.MustCompile(`value="phone">`).MatchString(body) || regexp.MustCompile(`value="phone" checked`).MatchString(body) {
		t.Error("the phone is not offered, or chosen by itself")
	}
	wu.order("format", "csv", "field", "number", "field", "phone", "field", "user", "purpose", "给企业回电")
	rows := w.csv(second(wu.fetch(wu.made())))
	if strings.Join(rows[0], " ") != "编号 电话" || strings.Join(rows[1], " ") != "20261123-000001 '+8613800100001" {
		t.Errorf("rows: %v", rows)
	}
	holds(t, "the note", rows[len(rows)-1][0], "wu", "给企业回电", "导出编号")
	holds(t, "the log", w.lines("export")[0].Detail, "fields=number,phone ", "leads=1")
}

func second[A, B any](_ A, b B) B { return b }

func TestExportNeedsPurposeAndColumns(t *testing.T) {
	w := openDesk(t)
	w.lead(1, bot.WeChat)
	wu := w.signed("wu", store.RoleSupervisor)
	for _, c := range []struct {
		says  string
		pairs []string
	}{
		{"请写明做什么用", []string{"purpose", ""}},
		{"请写明做什么用", []string{"purpose", " 看 "}},
		{"请写明做什么用", []string{"purpose", strings.Repeat("用", 101)}},
		{"不要写电话", []string{"purpose", "打给 138 0010 0001"}},
		{"不要写电话", []string{"receiver", "陈１３８００１００００１"}},
		{"请写明给谁用", []string{"receiver", ""}},
		{"请至少勾一个栏目", []string{"field", ""}},
		{"请至少勾一个栏目", []string{"field", "user"}},
		{"请至少勾一个栏目", []string{"field", "password"}},
		{"请选文件格式", []string{"format", "json"}},
		{"没有符合条件的线索", []string{"q", "没有这样的词"}},
	} {
		status, body := wu.order(c.pairs...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, c.says) {
			t.Errorf("%v: %d, want %q", c.pairs, status, c.says)
		}
		if strings.Contains(body, "data-running") {
			t.Errorf("%v was exported", c.pairs)
		}
	}
	status, body := wu.order("do", "count", "purpose", "<b>月报</b>", "q", "贷款")
	if status != http.StatusOK || !strings.Contains(body, "符合条件：1 条") || !strings.Contains(body, `value="&lt;b&gt;月报&lt;/b&gt;"`) || !strings.Contains(body, `name="q" value="贷款"`) {
		t.Errorf("counting: %d, or what was typed is lost", status)
	}
	if n := len(w.lines("export")); n != 0 {
		t.Errorf("%d exports in the log", n)
	}
}

// The export's filters are those of the work list.
func TestExportChoosesAsTheWorkList(t *testing.T) {
	w := openDesk(t)
	for n := 1; n <= 6; n++ {
		w.lead(n, []bot.Platform{bot.WeChat, bot.Telegram}[n%2])
		w.pass(30 * time.Hour)
	}
	wu := w.signed("wu", store.RoleSupervisor)
	w.must(w.db.MoveLead(t.Context(), "20261123-000003", 1, store.Contacted, "", "wu"))
	w.must(w.db.HandLead(t.Context(), "20261123-000004", 1, "wu", "古镇检测中心", "wu"))
	w.must(w.db.MarkCall(t.Context(), "20261123-000005", true))
	links := regexp.MustCompile(`href="/console/leads/(20261123-\d+)"`)
	for _, q := range []string{"view=open", "view=", "view=new", "view=mine", "view=late", "view=call", "view=&status=contacted", "view=&assignee=wu", "view=&assignee=-",
		"view=&days=3", "view=&q=光明灯饰2厂", "view=&q=13800100004", "view=&q=检测中心", "view=&town=中山市古镇镇&platform=financing&channel=guzhen", "view=&town=别处"} {
		query, err := url.ParseQuery(q)
		w.must(err)
		_, body := wu.get("/console/leads?" + query.Encode())
		var want []string
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			want = append(want, m[1])
		}
		_, form := wu.get("/console/export?" + query.Encode())
		holds(t, q, form, fmt.Sprintf("符合条件：%d 条", len(want)))
		pairs := []string{"format", "csv", "field", "number"}
		for name, value := range query {
			pairs = append(pairs, name, value[0])
		}
		status, _ := wu.order(pairs...)
		if len(want) == 0 {
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%s: an empty export: %d", q, status)
			}
			continue
		}
		path := wu.made()
		var got []string
		for _, row := range w.csv(second(wu.fetch(path)))[1:] {
			if strings.HasPrefix(row[0], "20") {
				got = append(got, row[0])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: exported %v, the list shows %v", q, got, want)
		}
		wu.post(path + "/drop")
	}
	for _, e := range w.lines("export") {
		lacks(t, "the log", e.Detail, "13800100004", "光明灯饰2厂")
	}
	holds(t, "the log", fmt.Sprint(w.lines("export")), "where=view=all text=yes", "where=view=all town=中山市古镇镇 platform=financing channel=guzhen", "view=all age=3", "view=mine")
}

func TestExportIsItsOwnersAlone(t *testing.T) {
	w := openDesk(t)
	w.lead(1, bot.WeChat)
	wu, other, li := w.signed("wu", store.RoleSupervisor), w.signed("sun", store.RoleSupervisor), w.signed("li", store.RoleAgent)
	wu.order()
	path := wu.made()
	if _, body := wu.get("/console/export"); !strings.Contains(body, path) { // the page opened anew
		t.Error("the file is lost after a reload")
	}
	if _, body := other.get("/console/export"); strings.Contains(body, path) {
		t.Error("another sees it")
	}
	if answer, _ := other.fetch(path); answer.StatusCode != http.StatusNotFound {
		t.Errorf("another fetches it: %d", answer.StatusCode)
	}
	other.post(path + "/drop")
	if answer, _ := li.fetch(path); answer.StatusCode != http.StatusForbidden {
		t.Errorf("an agent fetches it: %d", answer.StatusCode)
	}
	if _, body := li.get("/console/leads"); strings.Contains(body, "/console/export") {
		t.Error("an agent is shown the way to exports")
	}
	if answer, _ := wu.fetch(path); answer.StatusCode != http.StatusOK {
		t.Errorf("its owner, after another dropped it: %d", answer.StatusCode)
	}
	w.must(w.db.SetRole(t.Context(), "boss", "wu", store.RoleAgent))
	w.must(w.db.StartSession(t.Context(), "wu", wu.token))
	if answer, _ := wu.fetch(path); answer.StatusCode != http.StatusForbidden {
		t.Errorf("its owner, no supervisor any more: %d", answer.StatusCode)
	}
}

func TestExportGoes(t *testing.T) {
	w := openDesk(t)
	first, second := w.lead(1, bot.WeChat), w.lead(2, bot.WeChat)
	wu := w.signed("wu", store.RoleSupervisor)
	status := func(path string) int {
		answer, _ := wu.fetch(path)
		return answer.StatusCode
	}
	t.Run("with the person in it", func(t *testing.T) {
		wu.order("q", first.Number)
		path := wu.made()
		w.erase(second)
		if got := status(path); got != http.StatusOK {
			t.Errorf("another was erased: %d", got)
		}
		w.erase(first)
		if got := status(path); got != http.StatusGone {
			t.Errorf("somebody in it was erased: %d", got)
		}
		_, body := wu.get("/console/export")
		holds(t, "the page", body, "已作废")
	})
	t.Run("with the consent of a person in it", func(t *testing.T) {
		l := w.lead(7, bot.WeChat)
		w.must(w.db.MoveLead(t.Context(), l.Number, 1, store.Closed, store.Helped, "li")) // its state does not change
		wu.order("q", l.Number)
		path := wu.made()
		c, err := w.db.Conversation(t.Context(), l.From)
		w.must(err)
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: "back", From: l.From, Version: c.Version, Effects: []bot.Effect{store.WithdrawConsent{Who: l.From}}}))
		if got := status(path); got != http.StatusGone {
			t.Errorf("somebody in it took the consent back: %d", got)
		}
		wu.post(path + "/drop")
	})
	w.lead(3, bot.WeChat)
	t.Run("with its time", func(t *testing.T) {
		wu.order()
		path := wu.made()
		w.pass(exportLife)
		if got := status(path); got != http.StatusNotFound {
			t.Errorf("past its time: %d", got)
		}
	})
	t.Run("when it is dropped", func(t *testing.T) {
		wu.order()
		path := wu.made()
		if got, _ := wu.post(path + "/drop"); got != http.StatusSeeOther {
			t.Errorf("dropping: %d", got)
		}
		if got := status(path); got != http.StatusNotFound {
			t.Errorf("dropped: %d", got)
		}
	})
	t.Run("when it is given up", func(t *testing.T) {
		for range 20 { // at whatever point of its making
			wu.order()
			_, body := wu.get("/console/export/files")
			wu.post(regexp.MustCompile(`action="(/console/export/files/\w+/drop)"`).FindStringSubmatch(body)[1])
			if _, body := wu.get("/console/export/files"); strings.Contains(body, "/drop") {
				t.Fatal("it is still there")
			}
		}
	})
	t.Run("with the server", func(t *testing.T) {
		wu.order()
		path := wu.made()
		w.server.Close()
		if got := status(path); got != http.StatusNotFound {
			t.Errorf("after the end: %d", got)
		}
		left, err := os.ReadDir(w.dir)
		if err != nil || slices.ContainsFunc(left, os.DirEntry.IsDir) {
			t.Errorf("a folder is left: %v, %v", left, err)
		}
		if code, body := wu.order(); code != http.StatusUnprocessableEntity || !strings.Contains(body, "没做完") {
			t.Errorf("an export after the end: %d", code)
		}
	})
}

func TestExportsAreBounded(t *testing.T) {
	w := openDesk(t)
	w.lead(1, bot.WeChat)
	wu := w.signed("wu", store.RoleSupervisor)
	for range maxExportsEach {
		wu.order()
		wu.made()
	}
	if status, body := wu.order(); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请先删除一个") {
		t.Errorf("one file too many: %d", status)
	}
	sun, desk := w.signed("sun", store.RoleSupervisor), w.server.exports
	desk.mu.Lock()
	desk.jobs = append(desk.jobs, &exportJob{Disclosure: store.Disclosure{ID: "A", Actor: "sun"}, State: exportRuns, cancel: func() {}})
	desk.mu.Unlock()
	if status, body := sun.order(); status != http.StatusUnprocessableEntity || !strings.Contains(body, "没做完") {
		t.Errorf("two at once: %d", status)
	}
	_, body := sun.get("/console/export")
	holds(t, "the page", body, "<progress", "取消", "data-running")
	// All files together are bounded too: the oldest goes first, the latest never.
	var gone []string
	large := func(id string) *exportJob {
		return &exportJob{Disclosure: store.Disclosure{ID: id}, State: exportReady, file: make([]byte, maxExportsHeld/2), cancel: func() { gone = append(gone, id) }}
	}
	full := &exportDesk{jobs: []*exportJob{large("A"), large("B"), large("C")}}
	full.shed()
	if fmt.Sprint(gone) != "[A]" {
		t.Errorf("let go of %v", gone)
	}
}

func TestExportWords(t *testing.T) {
	words := ExportWords("en")
	for kind, value := range map[string]string{"field": "firm", "status": "new", "platform": "financing", "note": "purpose", "view": "all", "word": "yes", "receiver": "service-centre", "reason": "helped"} {
		if got := words(kind, value); got == value || regexp.MustCompile(`\p{Han}`).MatchString(got) {
			t.Errorf("%s %s in English: %q", kind, value, got)
		}
	}
	for kind, value := range map[string]string{"platform": "<b>", "status": "bored", "nonsense": "x", "assignee": "li"} {
		if got := words(kind, value); got != value {
			t.Errorf("%s %s: %q", kind, value, got)
		}
	}
	for _, f := range export.Fields() {
		for _, lang := range []string{"zh", "en"} {
			if ExportWords(lang)("field", f) == f {
				t.Errorf("column %s has no name in %s", f, lang)
			}
		}
	}
}

func TestF083PayloadsInExports(t *testing.T) {
	w := openDesk(t)
	wu := w.signed("wu", store.RoleSupervisor)
	for i, p := range payloads {
		l := store.Lead{Number: fmt.Sprintf("20261123-%06d", i+1), Created: w.clock(), Firm: p, Town: p, Contact: p, Need: p, Platform: p, Phone: "+8613800100001",
			From: bot.Address{Channel: p, Platform: bot.Telegram, User: p}, Draft: fmt.Sprint(i), Consent: store.Consent{Version: p, At: w.clock(), Receiver: p, Abroad: true}}
		w.must(w.db.CommitTurn(t.Context(), bot.Turn{Key: l.Number, From: l.From, Effects: []bot.Effect{store.SaveLead{Lead: l}}}))
		status, body := wu.order("purpose", p[:min(len(p), 90)], "receiver", p[:min(len(p), 50)], "town", p)
		if status == http.StatusSeeOther {
			path := wu.made()
			_, body = wu.get("/console/export")
			wu.post(path + "/drop")
		} else if status != http.StatusUnprocessableEntity { // a payload with many digits
			t.Errorf("%q: %d", p, status)
		}
		if bad := alien(body); bad != "" {
			t.Errorf("%q makes %s", p, bad)
		}
		_, body = wu.get("/console/leads/" + l.Number)
		if bad := alien(body); bad != "" {
			t.Errorf("%q on the lead's page makes %s", p, bad)
		}
	}
}

func TestF090FileNamesAreSafe(t *testing.T) {
	for _, name := range []string{"a\r\nSet-Cookie: x=1", `a"; filename="b.exe`, "\u202egpj.exe", "../../etc/passwd", strings.Repeat("长", 500), "a;b=c", "%0d%0aX: y", "线索 1.csv", ".hidden", "a\x00b", "a\xffb"} {
		header := attachment(name, name)
		if strings.ContainsFunc(header, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q: the header holds what it must not: %q", name, header)
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || len(params) != 1 {
			t.Errorf("%q: %q is read as %q %v, %v", name, header, kind, params, err)
		}
		got := params["filename"]
		if strings.ContainsAny(got, "/\\\"\r\n\x00\u202e") || strings.HasPrefix(got, ".") || len([]rune(got)) > maxFileName || got == "" {
			t.Errorf("%q is saved as %q", name, got)
		}
		plain := header[:strings.Index(header, "; filename*")]
		if _, params, err := mime.ParseMediaType(plain); err != nil || len(params) != 1 || len(params["filename"]) > maxFileName {
			t.Errorf("%q for old programs: %q, %v", name, plain, err)
		}
	}
}

package console

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"smebot/knowledge"
	"smebot/store"
)

const cats = "猫粮管理办法\n第一条 为规范猫粮的生产和销售，制定本办法。\n第二条 猫粮生产企业应当在包装上标明生产日期和保质期。\n古镇镇人民政府\n2025年3月1日\n"

func TestDocumentsAreShown(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	_, body := wu.get("/console/knowledge")
	has(t, body, "共 2 份", "随程序自带", subsidy.Title, "2024-03-01 印发", "有效期至 2030-12-31", "有效")
	_, body = wu.get("/console/knowledge?q=灯饰")
	has(t, body, "共 1 份", subsidy.Title)
	without(t, main(body), "随程序自带")
	_, body = wu.get("/console/knowledge/documents/gd-2012-sme-platforms")
	has(t, body, "第二十四条", "要点", "100万元/家", "□□", "检查发现")
	status, body := wu.get("/console/knowledge/documents/" + url.PathEscape(subsidy.ID))
	if status != http.StatusOK {
		t.Fatalf("a document with a Chinese id: %d", status)
	}
	has(t, body, "每家给予3000元展位补贴", "停用这份文件")
	if status, _ := wu.get("/console/knowledge/documents/nobody"); status != http.StatusNotFound {
		t.Errorf("a document that is not there: %d", status)
	}
	old := subsidy
	old.ID, old.History, old.Dated = subsidy.ID+"@2020-01-01", true, "2020-01-01"
	w.must(w.db.SaveDocument(t.Context(), store.Document{ID: old.ID, Title: old.Title, Hash: "h", Body: []byte(`{"id":"` + old.ID + `","title":"` + old.Title + `","history":true,"articles":[{"number":1,"heading":"第一条","text":"旧的话。"}]}`)}))
	_, body = wu.get("/console/knowledge/documents/" + url.PathEscape(subsidy.ID))
	has(t, body, old.ID)
	_, body = wu.get("/console/knowledge/documents/" + url.PathEscape(old.ID))
	has(t, body, "旧版，只供查看", "旧的话")
	without(t, body, "停用这份文件")
	if status, _ := wu.post("/console/knowledge/documents/"+url.PathEscape(old.ID)+"/switch", "to", "off", "comment", "x"); status != http.StatusNotFound {
		t.Errorf("switching an older version off: %d", status)
	}
	_, body = wu.get("/console/knowledge/check")
	has(t, body, "看了 2 份文件", "字符损坏", "第十八条")
}

func TestDocumentsAreSwitchedOff(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	const ask = "参加灯光展的企业给多少展位补贴"
	has(t, w.says(ask), "3000元")
	at := "/console/knowledge/documents/" + url.PathEscape(subsidy.ID)
	status, body := wu.post(at+"/switch", "to", "off")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", status)
	}
	has(t, body, "请写原因")
	if status, _ = wu.post(at+"/switch", "to", "off", "comment", "正在修订"); status != http.StatusSeeOther {
		t.Errorf("switching off: %d", status)
	}
	without(t, w.says(ask), "3000元")
	_, body = wu.get(at)
	has(t, body, "由 wu 停用：正在修订", "恢复使用")
	_, body = wu.get("/console/knowledge")
	has(t, body, "已停用")
	has(t, w.logged("document"), "wu document.off "+subsidy.ID+" 正在修订")
	for range 2 { // twice does no harm
		if status, _ = wu.post(at+"/switch", "to", "on"); status != http.StatusSeeOther {
			t.Errorf("switching on: %d", status)
		}
	}
	has(t, w.says(ask), "3000元")

	has(t, w.says("前20家奖励多少钱"), "100万元")
	if status, _ = wu.post("/console/knowledge/documents/gd-2012-sme-platforms/switch", "to", "off", "comment", "已过期"); status != http.StatusSeeOther {
		t.Errorf("the embedded one: %d", status)
	}
	without(t, w.says("前20家奖励多少钱"), "100万元", "第二十四条")
	without(t, w.says("产品老被退货，想做检测"), "依据：")
	has(t, w.says("产品老被退货，想做检测"), "质量检测")
	has(t, w.says(ask), "3000元")
}

func TestFilesThatCannotBeReadAreSaidInChinese(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	for name, c := range map[string][2]string{
		"empty.txt": {"", "empty.txt：文件是空的"}, "broken.docx": {"x", "broken.docx：不是 Word 文档"}, "x.pdf": {"%PDF-1.7", "x.pdf：不是文本文件"}, "x.rtf": {"abc", "x.rtf：读不了这种文件"},
		"a.md": {"---\ntitle: 甲\nexpires: soon\n---\n第一条 甲。\n", "a.md：正文上方的 expires 写的「soon」不是日期"}, "a.zip": {"x", "a.zip：不是 .zip 压缩包"},
	} {
		_, body := wu.upload("/console/knowledge/preview", map[string]string{}, name, c[0])
		has(t, body, c[1])
		without(t, main(body), "the file", "save it")
	}
}

func TestDocumentsWithoutADate(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	const rule = "猫窝管理办法\n第一条 每个猫窝补贴%s元。\n"
	preview := func(reward, dated string) string {
		t.Helper()
		_, body := wu.upload("/console/knowledge/preview", map[string]string{"dated": dated}, "a.txt", strings.Replace(rule, "%s", reward, 1))
		return body
	}
	if status, _ := wu.post("/console/knowledge/import", hidden(t, preview("5", ""), "/console/knowledge/import")...); status != http.StatusSeeOther {
		t.Fatalf("importing: %d", status)
	}
	has(t, preview("8", ""), "两份都没有日期", "原来的留作旧版", "文件日期")
	body := preview("8", "2026-06-01")
	has(t, body, "2026-06-01 印发", `value="2026-06-01"`)
	without(t, body, "两份都没有日期")
	has(t, preview("8", "tomorrow"), "日期请写成")
}

func TestDocumentsAreImportedAfterAPreview(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	status, body := wu.upload("/console/knowledge/preview", map[string]string{"source": "https://www.example.gov.cn/cats.html"}, "cats.txt", cats)
	if status != http.StatusOK {
		t.Fatalf("the preview: %d\n%s", status, main(body))
	}
	has(t, body, "《猫粮管理办法》", "cats.txt", "https://www.example.gov.cn/cats.html", "2025-03-01 印发", "新文件", ">2</td>")
	if len(w.base.Documents()) != 2 {
		t.Error("the preview stored something")
	}
	checked := hidden(t, body, "/console/knowledge/import")
	spoilt := append([]string{}, checked...)
	spoilt[1] = "A" + spoilt[1][1:]
	for name, pairs := range map[string][]string{"spoilt": spoilt, "no proof": checked[:2], "nothing": {}} {
		if status, _ := wu.post("/console/knowledge/import", pairs...); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
	}
	lu := w.signed("lu", store.RoleSupervisor)
	if status, _ := lu.post("/console/knowledge/import", checked...); status != http.StatusBadRequest {
		t.Errorf("somebody else's preview: %d", status)
	}
	w.office.busy = true
	status, body = wu.post("/console/knowledge/import", checked...)
	if status != http.StatusConflict {
		t.Errorf("while another import is indexed: %d", status)
	}
	has(t, body, "另一次导入正在建索引")
	w.office.busy = false
	if status, _ = wu.post("/console/knowledge/import", checked...); status != http.StatusSeeOther {
		t.Errorf("importing: %d", status)
	}
	has(t, w.says("猫粮包装上要标明保质期吗"), "保质期", "《猫粮管理办法》第二条")
	has(t, w.logged("knowledge"), "wu knowledge.import 猫粮管理办法 new 2025-03-01")

	_, body = wu.upload("/console/knowledge/preview", map[string]string{}, "again.txt", cats)
	has(t, body, "一字不差，不用再导")
	without(t, body, "确认导入")
	_, body = wu.upload("/console/knowledge/preview", map[string]string{}, "newer.txt", strings.ReplaceAll(cats, "2025年", "2026年"))
	has(t, body, "顶替 2025-03-01 的旧版")
}

func TestUploadsAreAllOrNothing(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{"文件/猫粮.txt", "说明.pdf"} {
		f, err := z.Create(name)
		w.must(err)
		_, err = io.WriteString(f, cats)
		w.must(err)
	}
	w.must(z.Close())
	status, body := wu.upload("/console/knowledge/preview", map[string]string{}, "all.zip", packed.String())
	if status != http.StatusOK {
		t.Errorf("an archive: %d", status)
	}
	has(t, body, "《猫粮管理办法》", "没有算进去", "说明.pdf", "确认导入")

	embedded := w.base.Documents()[0]
	for name, c := range map[string]struct {
		fields map[string]string
		files  []string
		says   string
	}{
		"no file":               {map[string]string{}, nil, "没有收到文件"},
		"an exe":                {map[string]string{}, []string{"a.docx", "MZ\x90\x00\x03", "cats.txt", cats}, "a.docx：不是 Word 文档"},
		"one good, one empty":   {map[string]string{}, []string{"cats.txt", cats, "b.txt", " "}, "b.txt：文件是空的"},
		"a pdf":                 {map[string]string{}, []string{"a.pdf", "%PDF"}, "a.pdf：不是文本文件"},
		"an archive that leads": {map[string]string{}, []string{"a.zip", archiveOf(t, "../a.txt", cats)}, "指向包外"},
		"an empty archive":      {map[string]string{}, []string{"a.zip", archiveOf(t)}, "没有能读的文件"},
		"two of one version":    {map[string]string{}, []string{"a.txt", cats, "b.txt", strings.ReplaceAll(cats, "标明", "写明")}, "名称、日期都相同"},
		"two with one source":   {map[string]string{"source": "https://a.example/b"}, []string{"a.txt", cats, "b.txt", strings.ReplaceAll(cats, "猫粮", "狗粮")}, "只能配一份"},
		"a source that is none": {map[string]string{"source": "javascript:x"}, []string{"a.txt", cats}, "要以 https:// 开头"},
		"the embedded one":      {map[string]string{}, []string{"a.txt", embedded.Title + "\n第一条 另外的话。\n", "cats.txt", cats}, ""},
	} {
		status, body := wu.upload("/console/knowledge/preview", c.fields, c.files...)
		if status != http.StatusUnprocessableEntity && c.says != "" {
			t.Errorf("%s: %d", name, status)
		}
		has(t, body, c.says)
		if c.says != "" {
			without(t, body, "确认导入")
		}
	}
	if status, _ := wu.upload("/console/knowledge/preview", map[string]string{}, "a.txt", strings.Repeat("条", 4<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a file of 12 MB: %d", status)
	}
	if len(w.base.Documents()) != 2 {
		t.Errorf("%d documents are held", len(w.base.Documents()))
	}
	// What became refusable between preview and import stores nothing.
	_, body = wu.upload("/console/knowledge/preview", map[string]string{}, "cats.txt", cats)
	w.office.refuse = true
	if status, _ := wu.post("/console/knowledge/import", hidden(t, body, "/console/knowledge/import")...); status != http.StatusConflict || len(w.base.Documents()) != 2 {
		t.Errorf("a refused import: %d", status)
	}
}

func archiveOf(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		f, err := z.Create(pairs[i])
		if err == nil {
			_, err = io.WriteString(f, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestQuestionsAreTriedAndExplained(t *testing.T) {
	w := openOffice(t)
	wu := w.signed("wu", store.RoleSupervisor)
	try := func(q string) string {
		t.Helper()
		status, body := wu.get("/console/knowledge/try?q=" + url.QueryEscape(q))
		if status != http.StatusOK {
			t.Errorf("%.20q: %d", q, status)
		}
		return body
	}
	has(t, try("前20家奖励多少钱"), "100万元/家", "政策回答", "第二十四条", "%", "金额", "全文检索")
	has(t, try("平台申报的联系电话是多少"), "为什么没有答", "电话、联系方式")
	has(t, try("浙江的优秀平台奖励多少钱"), "为什么没有答", "问的是浙江")
	has(t, try("2025年优秀平台奖多少钱"), "为什么没有答", "问的是 2025 年")
	has(t, try("参加灯光展的企业有没有展位补贴"), "导入文件里最接近的", subsidy.Title, "3000元")
	has(t, try("how much is the award for the best platforms"), "英文")
	w.must(w.mind.Teach(nil))
	w.must(w.db.SaveExample(t.Context(), store.Example{Words: "打卡机坏了找谁", Label: "no_answer", Actor: "wu"}))
	w.must(w.shelf.Load(t.Context()))
	has(t, try("打卡机坏了找谁呀"), "最像教过的", "打卡机坏了找谁", "按它处理")
	for _, odd := range []string{"", " ", "\x00", strings.Repeat("税", 5000), `"*~`, "<b>"} {
		try(odd)
	}
	if list, err := w.db.Questions(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("trying noted %d questions, %v", len(list), err)
	}
}

func TestWhatComesBackIsBounded(t *testing.T) {
	docs := []knowledge.Document{subsidy, {ID: "a", Title: strings.Repeat("长", 100000)}}
	s, err := packed(docs)
	if err != nil {
		t.Fatal(err)
	}
	again, err := unpacked(s)
	if err != nil || len(again) != 2 || again[0].Articles[1].Text != subsidy.Articles[1].Text || len(s) > 4000 {
		t.Errorf("%d documents in %d bytes, %v", len(again), len(s), err)
	}
	for _, bad := range []string{"", "!", "AAAA"} {
		if _, err := unpacked(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

package console

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"smebot/bot"
	"smebot/store"
)

const fakeOffices = "镇街,平台类型,机构名称,联系方式,地址,服务时间,来源,更新日期\n" +
	"古镇镇,质量检测、工业设计,虚构检测站（测试用）,0000-00000001,虚构路1号,工作日,测试名录,2026-10-31\n" +
	"佛山市顺德区,企业融资,虚构融资中心（测试用）,0000-00000002,虚构路2号,工作日,测试名录,2026-10-31\n"

var checkedField = regexp.MustCompile(`name="checked" value="([^"]*)"`)

// uploadOf is the body of the upload's form.
func uploadOf(t *testing.T, csrf, name string, data []byte, fields map[string]string) (contentType string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.WriteField("csrf", csrf))
	for k, v := range fields {
		must(w.WriteField(k, v))
	}
	if data != nil {
		f, err := w.CreateFormFile("file", name)
		must(err)
		_, err = f.Write(data)
		must(err)
	}
	must(w.Close())
	return w.FormDataContentType(), b.Bytes()
}

// TestDirectoryUpload goes the way of a list: template, a file with faults, a right one, confirm, look, remove.
func TestDirectoryUpload(t *testing.T) {
	d := newDirectoryDesk(t)
	d.wants(d.get("/console/directory"), 200, "还没有机构")
	if got := d.get("/console/directory/template"); !strings.HasPrefix(got.body, "\ufeff镇街,平台类型") {
		t.Errorf("template: %q", got.body)
	}
	bad := d.upload("list.csv", []byte("镇街,平台类型,机构名称,联系方式,来源\n古真镇,茶叶,<b>甲</b>,1,测\n古镇镇,融资,<i>乙</i>,1,测\n"), nil)
	d.wants(bad, 422, "第 2 行：「镇街」认不出「古真镇」这个镇街；是不是「中山市古镇镇」？", "第 2 行：「平台类型」认不出「茶叶」", "2 处要改", "&lt;i&gt;乙&lt;/i&gt;")
	if checkedField.MatchString(bad.body) {
		t.Error("a list with faults can be confirmed")
	}
	d.wants(d.upload("", nil, nil), 422, "没有收到文件")
	d.wants(d.upload("big.csv", bytes.Repeat([]byte("x"), directoryUpload+1), nil), 422, "超过 1 MB")
	d.wants(d.upload("a.csv", []byte("镇街,平台,机构名称,联系方式\n古镇,融资,乙,1\n"), map[string]string{"date": "tomorrow"}), 422, "2026-10-31")
	d.wants(d.upload("a.csv", []byte("镇街,平台,机构名称,联系方式\n古镇,融资,乙,1\n"), map[string]string{"source": "某局", "date": "2026-09-01"}), 200, ">某局</td>", ">2026-09-01</td>")

	good := d.upload("list.csv", []byte(fakeOffices), nil)
	d.wants(good, 200, "读出 3 家", "中山市古镇镇", "虚构检测站（测试用）", "确认导入")
	if list, _ := d.db.Organisations(t.Context(), "", ""); len(list) != 0 {
		t.Fatal("a preview stored something")
	}
	m := checkedField.FindStringSubmatch(good.body)
	if m == nil {
		t.Fatal("nothing to confirm")
	}
	checked := html.UnescapeString(m[1])
	d.wants(d.post("/console/directory/import", url.Values{"checked": {strings.Replace(checked, "古镇镇", "火星镇", 1)}}), 422, "火星镇")
	if got := d.post("/console/directory/import", url.Values{"checked": {checked}}); got.status != http.StatusSeeOther {
		t.Errorf("confirm: %d %s", got.status, got.body)
	}
	if d.saved != 1 {
		t.Errorf("the keeper was asked %d times", d.saved)
	}
	d.wants(d.get("/console/directory"), 200, "共 3 家", "虚构融资中心（测试用）", "0000-00000002")
	d.wants(d.get("/console/directory?town=顺德"), 200, "共 1 家", "虚构融资中心")
	d.wants(d.get("/console/directory?town=中山&platform=industrial-design"), 200, "共 1 家", "工业设计")
	d.wants(d.get("/console/directory?q=虚构路2"), 200, "共 1 家")
	d.wants(d.get("/console/directory?town=沙溪"), 200, "不止一处", "潮州市潮安区沙溪镇", "没有符合条件")
	d.wants(d.get("/console/directory?town=火星"), 200, "没认出这个地方")
	d.wants(d.get("/console/directory?platform=tea&from=-7"), 200, "共 3 家")

	list, err := d.db.Organisations(t.Context(), "", "financing")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	id := list[0].ID
	d.wants(d.post("/console/directory/remove", url.Values{}), 400, "没有选中")
	d.wants(d.post("/console/directory/remove", url.Values{"id": {id}}), 200, "确定删除下面 1 家", "虚构融资中心")
	if left, _ := d.db.Organisations(t.Context(), "", ""); len(left) != 3 {
		t.Fatal("removed without being sure")
	}
	d.wants(d.post("/console/directory/remove", url.Values{"id": {id, "ffffffffffffffff"}, "sure": {"yes"}}), 404, "不在名录里")
	if got := d.post("/console/directory/remove", url.Values{"id": {id, id}, "sure": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("remove: %d %s", got.status, got.body)
	}
	if left, _ := d.db.Organisations(t.Context(), "", ""); len(left) != 2 {
		t.Errorf("%d left", len(left))
	}
	log, err := d.db.Audit(t.Context(), store.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range log {
		if strings.HasPrefix(e.Action, "directory.") {
			said = append(said, e.Actor+" "+e.Action+" "+e.Detail)
		}
	}
	if got := strings.Join(said, "; "); got != "chen directory.remove 1; chen directory.import added=3 changed=0 same=0" {
		t.Errorf("the audit log says: %s", got)
	}
}

// TestDirectoryPages: a long list is shown in pages, with the filters kept.
func TestDirectoryPages(t *testing.T) {
	d := newDirectoryDesk(t)
	var list []store.Organisation
	for i := range directoryPage + 5 {
		list = append(list, store.Organisation{Town: "中山市古镇镇", Platform: "financing", Name: fmt.Sprintf("虚构机构%03d号", i), Contact: "0", Source: "测"})
	}
	if _, err := d.db.SaveOrganisations(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	first := d.get("/console/directory?town=中山")
	d.wants(first, 200, "共 105 家", "虚构机构099号", "from=100")
	if strings.Contains(first.body, "虚构机构100号") {
		t.Error("the first page shows more than it may")
	}
	d.wants(d.get("/console/directory?town=中山&from=100"), 200, "虚构机构104号", "from=0")
}

// TestDirectoryUnmet: the table adds up, the most wanted town first, from a month on.
func TestDirectoryUnmet(t *testing.T) {
	d := newDirectoryDesk(t)
	d.wants(d.get("/console/directory/unmet"), 200, "还没有")
	for i, u := range []store.Unmet{{Town: "中山市古镇镇", Platform: "financing"}, {Town: "中山市小榄镇", Platform: "financing"}, {Town: "中山市小榄镇", Platform: "incubation"}, {Platform: "financing"}} {
		who := bot.Address{Channel: "web", Platform: bot.Web, User: fmt.Sprint(i)}
		if err := d.db.CommitTurn(t.Context(), bot.Turn{Key: fmt.Sprint("k", i), From: who, Effects: []bot.Effect{u}}); err != nil {
			t.Fatal(err)
		}
	}
	got := d.get("/console/directory/unmet")
	d.wants(got, 200, "不知道镇街", ">4</td>")
	if strings.Index(got.body, "中山市小榄镇") > strings.Index(got.body, "中山市古镇镇") {
		t.Error("the most wanted town does not come first")
	}
	d.wants(d.get("/console/directory/unmet?since=2999-01"), 200, "还没有")
}

// keeperOf counts what it hands to the store.
type keeperOf struct{ *directoryDesk }

func (k keeperOf) SaveOrganisations(ctx context.Context, list []store.Organisation) (store.Saved, error) {
	k.saved++
	return k.db.SaveOrganisations(ctx, list)
}

func (k keeperOf) RemoveOrganisations(ctx context.Context, ids []string) error {
	return k.db.RemoveOrganisations(ctx, ids)
}

type deskPage struct {
	status int
	body   string
}

func (d *directoryDesk) wants(p deskPage, status int, words ...string) {
	d.t.Helper()
	if p.status != status {
		d.t.Errorf("status %d, want %d:\n%s", p.status, status, p.body)
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			d.t.Errorf("want %q in:\n%s", w, p.body)
		}
	}
}

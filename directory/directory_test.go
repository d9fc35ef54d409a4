package directory

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	uni "golang.org/x/text/encoding/unicode"

	"smebot/knowledge/places"
	"smebot/store"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

const sample = "镇街,平台类型,机构名称,联系方式,地址,服务时间,来源,更新日期\n" +
	"古镇镇,质量检测、工业设计,虚构检测站（测试用）,0760-00000001,虚构路1号,工作日,测试名录,2026-10-31\n" +
	"\n" +
	"中山市,企业融资服务平台,虚构融资中心（测试用）,,虚构路2号,,测试名录,2026年10月\n"

func workbookOf(t *testing.T, lines ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, l := range lines {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &l); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gist(list []store.Organisation) string {
	var s []string
	for _, o := range list {
		s = append(s, strings.Join([]string{o.Town, o.Platform, o.Name, o.Contact, o.Address, o.Hours, o.Source, o.Date}, "|"))
	}
	return strings.Join(s, "\n")
}

func words(faults []Fault, chinese bool) string {
	var s []string
	for _, f := range faults {
		s = append(s, f.Words(chinese))
	}
	return strings.Join(s, "\n")
}

// TestFormsAgree reads one list in every form that Excel and editors save it in.
func TestFormsAgree(t *testing.T) {
	want := "中山市古镇镇|quality-testing|虚构检测站（测试用）|0760-00000001|虚构路1号|工作日|测试名录|2026-10-31\n" +
		"中山市古镇镇|industrial-design|虚构检测站（测试用）|0760-00000001|虚构路1号|工作日|测试名录|2026-10-31\n" +
		"中山市|financing|虚构融资中心（测试用）||虚构路2号||测试名录|2026-10-01"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(sample)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := uni.UTF16(uni.LittleEndian, uni.UseBOM).NewEncoder().String(strings.ReplaceAll(sample, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string][]byte{
		"utf-8": []byte(sample), "byte order mark": []byte("\ufeff" + sample), "gb18030": []byte(gb), "utf-16 with tabs": []byte(wide),
		"semicolons": []byte(strings.ReplaceAll(sample, ",", ";")), "crlf": []byte(strings.ReplaceAll(sample, "\n", "\r\n")),
		"quoted":        []byte(strings.ReplaceAll(sample, "虚构路1号", `"虚构路1号"`)),
		"english heads": []byte(strings.Replace(sample, "镇街,平台类型,机构名称,联系方式,地址,服务时间,来源,更新日期", "Town,Platform,Name,Contact,Address,Hours,Source,Date", 1)),
		"traditional heads, marks, more columns": []byte("序號,*鎮街：,平台類型,機構名稱,聯繫方式,地址,服務時間,來源,更新日期,備註\n" +
			"1,古鎮鎮,質量檢測、工業設計,虚构检测站（测试用）,0760-00000001,虚构路1号,工作日,测试名录,2026/10/31,x\n2,中山市,融资,虚构融资中心（测试用）,,虚构路2号,,测试名录,2026.10,\n"),
		"city apart": []byte("城市,镇街,平台类型,机构名称,联系方式,地址,服务时间,来源,更新日期\n" +
			"中山市,古镇,quality-testing / 设计,虚构检测站（测试用）,0760-00000001,虚构路1号,工作日,测试名录,2026-10-31\n中山市,,企业融资,虚构融资中心（测试用）,,虚构路2号,,测试名录,2026年10月1日\n"),
		"workbook": workbookOf(t, []any{"镇街", "平台类型", "机构名称", "联系方式", "地址", "服务时间", "来源", "更新日期"},
			[]any{"古镇镇", "质量检测、工业设计", "虚构检测站（测试用）", "0760-00000001", "虚构路1号", "工作日", "测试名录", time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)},
			nil, []any{"中山市", "企业融资", "虚构融资中心（测试用）", nil, "虚构路2号", nil, "测试名录", "2026-10"}),
	}
	for name, data := range forms {
		list, faults := Parse(data, Defaults{Now: today})
		if len(faults) > 0 || gist(list) != want {
			t.Errorf("%s: %s\n%s", name, words(faults, true), gist(list))
		}
	}
}

func TestFaultsAllReportedByLine(t *testing.T) {
	list, faults := Parse([]byte("镇街,平台类型,机构名称,联系方式,地址,来源,日期\n"+
		"古真镇,质量检测,甲,1,,测,2026-01-01\n"+ // 2: town, with the nearest
		"沙溪,融资,乙,1,,测,\n"+ // 3: shared
		"东莞市某某镇,融资,丙,1,,测,\n"+ // 4: not the whole city
		"古镇镇,质量检则,丁,1,,测,\n"+ // 5: platform, with the nearest
		"古镇镇,,,1,,测,\n"+ // 6: two cells empty
		"古镇镇,融资,戊,,,,31/10\n"+ // 7: no way in, no source, no date
		"古镇镇,融资,己,1,,测,2030-01-01\n"+ // 8: ahead
		"古镇镇,融资,庚,1,,测,\n古镇,企业融资,庚,2,,测,\n"+ // 9, 10: repeated
		"古镇镇,融资,"+strings.Repeat("长", 61)+",1,,测,\n"+ // 11
		"火星,茶叶,辛,1,,测,\n"), Defaults{Now: today}) // 12
	want := `第 2 行：「镇街」认不出「古真镇」这个镇街；是不是「中山市古镇镇」？
第 3 行：「镇街」「沙溪」不止一个，请写全：韶关市曲江区沙溪镇、中山市沙溪镇、潮州市潮安区沙溪镇
第 4 行：「镇街」认不出「东莞市某某镇」这个镇街；请写全，例如「中山市古镇镇」
第 5 行：「平台类型」认不出「质量检则」这类平台；是不是「质量检测」？
第 6 行：「机构名称」没有填
第 6 行：「平台类型」没有填
第 7 行：「来源」没有填
第 7 行：联系方式和地址至少填一样
第 7 行：「日期」「31/10」不是日期，请写成 2026-10-31
第 8 行：「日期」「2030-01-01」还没有到
第 10 行：与第 9 行是同一家（镇街、平台、名称相同）
第 11 行：「机构名称」太长，最多 60 个字
第 12 行：「镇街」认不出「火星」这个镇街；请写全，例如「中山市古镇镇」
第 12 行：「平台类型」认不出「茶叶」这类平台；可填：技术创新、工业设计、质量检测、知识产权、信息网络、电子商务、创业孵化、企业融资、人才培训`
	if got := words(faults, true); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if len(list) != 1 || list[0].Name != "庚" {
		t.Errorf("what is right: %s", gist(list))
	}
	if en := words(faults, false); !strings.Contains(en, "line 2: 镇街: no town is known as 古真镇; is it 中山市古镇镇?") || strings.Contains(en, "行：") || strings.Contains(en, "{") {
		t.Error(en)
	}
}

func TestWholeFilesRefused(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for _, part := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(bytes.Repeat([]byte(" "), maxUnzipped/2)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":          {nil, "没有一行机构"},
		"heads alone":    {Template(), "没有一行机构"},
		"old Excel":      {[]byte{0xd0, 0xcf, 0x11, 0xe0, 1}, ".xls"},
		"picture":        {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), "编码"},
		"broken utf-8":   {[]byte("\ufeff镇街\xff,a"), "编码"},
		"zero bytes":     {[]byte("镇街\x00,a\n"), "编码"},
		"too large":      {make([]byte, MaxBytes+1), "8 MB"},
		"broken zip":     {[]byte("PK\x03\x04rubbish"), "另存为"},
		"zip bomb":       {bomb.Bytes(), "另存为"},
		"quotes":         {[]byte("镇街,平台类型,机构名称,来源\n古镇镇,\"融资,甲,测\n"), "引号"},
		"missing column": {[]byte("镇街,机构名称\n古镇镇,甲\n"), "缺少「平台类型」"},
		"no source":      {[]byte("镇街,平台,机构名称\n古镇镇,融资,甲\n"), "缺少「来源」"},
		"unknown column": {[]byte("镇街,平台,机构名称,来源,老板生日\n古镇镇,融资,甲,测,1\n"), "认不出「老板生日」"},
		"column twice":   {[]byte("镇街,镇,平台,机构名称,来源\n古镇镇,,融资,甲,测\n"), "有两列"},
		"too many lines": {[]byte("镇街,平台,机构名称,来源\n" + strings.Repeat("古镇镇,融资,甲,测\n", maxRows)), "最多 20000"},
	} {
		list, faults := Parse(c.data, Defaults{Now: today})
		if len(list) > 0 || !strings.Contains(words(faults, true), c.want) {
			t.Errorf("%s: %d organisations, %s", name, len(list), words(faults, true))
		}
	}
}

func TestDefaultsAndCells(t *testing.T) {
	list, faults := Parse([]byte("镇街,平台,机构名称,联系方式\n古镇镇,融资,\"=甲\u202e\t乙\n丙\",+86 760\n"), Defaults{Source: "某局名录", Date: "2026-09-01", Batch: "b1", Now: today})
	if len(faults) > 0 || len(list) != 1 {
		t.Fatal(words(faults, true))
	}
	if o := list[0]; o.Name != "=甲 乙 丙" || o.Source != "某局名录" || o.Date != "2026-09-01" || o.Batch != "b1" {
		t.Errorf("%+v", o)
	}
}

// TestWrittenAndReadBack: what is written reads back to the same, and runs no formula in a spreadsheet.
func TestWrittenAndReadBack(t *testing.T) {
	list := []store.Organisation{
		{Town: "中山市古镇镇", Platform: "financing", Name: "=1+1", Contact: "+86 760 0000", Address: "a,\"b\"", Hours: "-", Source: "＝测", Date: "2026-10-31", Batch: "b"},
		{Town: "佛山市顺德区", Platform: "e-commerce", Name: "虚构", Contact: "@x", Source: "测", Batch: "b"},
	}
	b := Encode(list)
	for _, bad := range []string{",=", ",+", ",@", ",-", ",＝", "\n="} {
		if bytes.Contains(b, []byte(bad)) {
			t.Errorf("a cell begins with %q:\n%s", bad, b)
		}
	}
	got, faults := Parse(b, Defaults{Batch: "b", Now: today})
	if len(faults) > 0 || fmt.Sprint(got) != fmt.Sprint(list) {
		t.Errorf("%s\n%v", words(faults, true), got)
	}
}

func TestNear(t *testing.T) {
	var d Directory
	place := func(full string) places.Place {
		p, ok := places.ByName(full)
		if !ok {
			t.Fatal(full)
		}
		return p
	}
	if _, how, _ := d.Near("financing", place("中山市古镇镇"), 2); how != places.Far || !d.Empty() {
		t.Error("an empty directory found somebody")
	}
	org := func(town, slug, name string) store.Organisation {
		return store.Organisation{Town: town, Platform: slug, Name: name}
	}
	if out := d.Load([]store.Organisation{
		org("中山市古镇镇", "quality-testing", "甲"), org("中山市古镇镇", "quality-testing", "乙"), org("中山市古镇镇", "quality-testing", "丙"),
		org("中山市横栏镇", "financing", "丁"), org("中山市", "financing", "戊"), org("中山市三角镇", "incubation", "己"), org("中山市", "incubation", "庚"),
		org("珠海市香洲区", "talent-training", "辛"), org("湛江市", "e-commerce", "壬"), org("不存在的镇", "financing", "癸"), org("中山市", "no-such", "子"),
	}); out != 2 || d.Empty() {
		t.Errorf("%d left out", out)
	}
	for _, c := range []struct {
		slug, at, want string
		how            places.Closeness
		all            int
	}{
		{"quality-testing", "中山市古镇镇", "丙 乙", places.Here, 3},
		{"financing", "中山市古镇镇", "丁", places.Beside, 1},
		{"financing", "中山市三角镇", "戊 丁", places.SameCity, 2},
		{"financing", "中山市", "戊", places.Here, 1},
		{"incubation", "中山市古镇镇", "庚 己", places.SameCity, 2},
		{"talent-training", "中山市古镇镇", "辛", places.NextCity, 1},
		{"e-commerce", "中山市古镇镇", "", places.Far, 0},
		{"industrial-design", "中山市古镇镇", "", places.Far, 0},
	} {
		found, how, all := d.Near(c.slug, place(c.at), 2)
		var names []string
		for _, o := range found {
			names = append(names, o.Name)
		}
		if strings.Join(names, " ") != c.want || how != c.how || all != c.all {
			t.Errorf("%s near %s: %v, %d, %d", c.slug, c.at, names, how, all)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, faults := Parse(data, Defaults{Now: today})
		if len(list) == 0 && len(faults) == 0 {
			t.Error("neither organisations nor a fault")
		}
		for _, o := range list {
			if _, ok := places.ByName(o.Town); !ok || o.Name == "" || o.Source == "" {
				t.Errorf("%+v", o)
			}
		}
		words(faults, true)
	})
}

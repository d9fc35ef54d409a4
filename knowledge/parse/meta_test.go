package parse

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	unicodes "golang.org/x/text/encoding/unicode"
)

func parsed(t *testing.T, name, text string) Document {
	t.Helper()
	d, err := Bytes(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestIdentityLeavesOutRevisionMarksOnly(t *testing.T) {
	for title, want := range map[string][2]string{
		"某某条例（2018修正）":        {"某某条例", "2018修正"},
		"某某条例 (2020年修订)":      {"某某条例", "2020年修订"},
		"某某目录（2019年本）":        {"某某目录", "2019年本"},
		"某某办法（修订）":            {"某某办法", "修订"},
		"某某办法（2021年）":         {"某某办法", "2021年"},
		"某某办法（试行）":            {"某某办法（试行）", ""},
		"某某解释（二）":             {"某某解释（二）", ""},
		"宪法修正案（2018年）":        {"宪法修正案（2018年）", ""},
		"某某规划（2021—2025年）":    {"某某规划（2021—2025年）", ""},
		"关于《某某法（2018修正）》的解释":  {"关于某某法（2018修正）的解释", ""},
		"古镇 灯饰@产业 办法（2022年版）": {"古镇灯饰产业办法", "2022年版"},
	} {
		if _, mark := splitVersion(title); Identity(title) != want[0] || mark != want[1] {
			t.Errorf("%s: %q with mark %q, want %q", title, Identity(title), mark, want)
		}
	}
	old, revised := Document{Dated: "2004-05-01"}, Document{Dated: "2004-05-01", Version: "2018修正"}
	if old.VersionDate() >= revised.VersionDate() || (Document{}).VersionDate() != "" {
		t.Error("a revision is newer than what it revises, and an undated document older than all")
	}
}

func TestDatesInForce(t *testing.T) {
	for _, c := range []struct{ text, from, until string }{
		{"本办法自2020年1月1日起施行，有效期五年。", "2020-01-01", "2024-12-31"},
		{"本办法由市工信局负责解释，自2021年3月1日起施行，有效期3年。", "2021-03-01", "2024-02-29"},
		{"本通知自2020年7月1日起执行，有效期至2023年6月30日。", "2020-07-01", "2023-06-30"},
		{"本规定自二○○四年十月一日起施行。", "2004-10-01", ""},
		{"本规定自２０１３年１月１日起施行。", "2013-01-01", ""},
		{"本意见自发布之日起实施，有效期6个月。", "2019-05-06", "2019-11-05"},
		{"自2019年6月1日起施行，有效期2年。", "2019-06-01", "2021-05-31"},
		{"本办法自2022年1月1日起废止。", "", "2021-12-31"},
		{"本办法自2018年1月1日起施行，试行两年。", "2018-01-01", "2019-12-31"},
		{"本办法自2021年1月1日起施行，《某某暂行办法》执行至2020年12月31日。", "2021-01-01", ""},
		{"本办法自2021年1月1日起施行。2015年发布的《某某办法》同时废止。", "2021-01-01", ""},
		{"《某某办法》自2015年1月1日起废止。", "", ""},
		{"符合本办法规定条件的，发给许可证，许可证有效期为5年。", "", ""},
		{"企业应当自2020年1月1日起五年内保存。", "", ""},
		{"本办法自2023年2月30日起施行。", "", ""},
	} {
		d := parsed(t, "a.txt", "某某办法\n第一条 为了某事。\n第二条 "+c.text+"\n某市人民政府\n2019年5月6日\n")
		if d.Effective != c.from || d.Expires != c.until {
			t.Errorf("%s: from %q until %q, want %q %q", c.text, d.Effective, d.Expires, c.from, c.until)
		}
	}
}

func TestDatesBesideTheText(t *testing.T) {
	for _, c := range []struct{ note, from, until, dated string }{
		{"（2026年1月1日起施行，有效期至2026年10月31日）", "2026-01-01", "2026-10-31", ""},
		{"(自2026年1月1日起施行，有效期三年)", "2026-01-01", "2028-12-31", ""},
		{"2026年1月1日起施行，有效期至2026年10月31日", "2026-01-01", "2026-10-31", ""},
		{"（有效期2026年1月1日至2026年10月31日）", "2026-01-01", "2026-10-31", ""},
		{"（有效期：2026.1.1—2026.10.31）", "2026-01-01", "2026-10-31", ""},
		{"（2025年12月8日镇政府常务会议通过 2025年12月20日公布 自2026年1月1日起施行）", "2026-01-01", "", "2025-12-20"},
		{"（2020年3月1日公布，自2020年4月1日起施行；2025年12月8日修订，自2026年1月1日起施行）", "2026-01-01", "", "2025-12-08"},
		{"（2025年12月8日印发，自印发之日起施行，有效期1年）", "2025-12-08", "2026-12-07", "2025-12-08"},
		{"（二〇二六年一月一日起施行，执行至二〇二六年十月三十一日止）", "2026-01-01", "2026-10-31", ""},
		{"（2026年1月1日起施行，有效期至2026年10月）", "2026-01-01", "2026-10-31", ""},
		{"（2026年1月1日起施行，\n有效期至2026年底）", "2026-01-01", "2026-12-31", ""},
		{"（2026年1月1日起施行，2027年1月1日起失效）", "2026-01-01", "2026-12-31", ""},
		{"（2026年1月1日起施行，《某某旧办法》2025年12月31日废止）", "2026-01-01", "", ""},
		{"（征求意见稿）", "", "", ""},
		{"（古府〔2026〕3号）", "", "", ""},
	} {
		for name, text := range map[string]string{
			"below the title": "某某镇红木扶持办法\n\n" + c.note + "\n\n第一条 一次性奖励7万元。\n",
			"no articles":     "某某镇红木扶持办法\n\n" + c.note + "\n\n一、奖励\n一次性奖励7万元。\n二、申请\n向镇政府申请。\n",
			"below the end":   "某某镇红木扶持办法\n\n第一条 一次性奖励7万元。\n第二条 向镇政府申请。\n" + c.note + "\n",
		} {
			if name == "below the end" && !bracketed(strings.ReplaceAll(c.note, "\n", "")) {
				continue
			}
			d := parsed(t, "a.txt", text)
			if d.Effective != c.from || d.Expires != c.until || d.Dated != c.dated || d.Title != "某某镇红木扶持办法" {
				t.Errorf("%s, %s: from %q until %q dated %q, want %q %q %q", c.note, name, d.Effective, d.Expires, d.Dated, c.from, c.until, c.dated)
			}
			if found := Check(d, checkDay.AddDate(1, 0, 0)); len(found) != 0 {
				t.Errorf("%s, %s: %+v", c.note, name, found)
			}
		}
	}
	d := parsed(t, "a.txt", "某某镇红木扶持办法（有效期至2026年10月31日）\n第一条 甲。\n第二条 有效期自2026年1月1日至2026年9月30日。\n")
	if d.Expires != "2026-10-31" || d.Effective != "2026-01-01" {
		t.Errorf("a title's brackets: from %q until %q", d.Effective, d.Expires)
	}
}

func TestFrontMatter(t *testing.T) {
	d := parsed(t, "a.md", "---\ntitle: 古镇灯饰办法\nsource: \"https://example.gov.cn/a\"\neffective: 2024-01-01\nexpires: 2026/12/31\nauthor: x\n---\n# 古镇灯饰办法\n\n第一条 甲。\n\n第二条 本办法自2020年1月1日起施行，有效期五年。\n")
	if d.Title != "古镇灯饰办法" || d.Source != "https://example.gov.cn/a" || d.Effective != "2024-01-01" || d.Expires != "2026-12-31" || len(d.Articles) != 2 || d.Preamble != "" {
		t.Errorf("%+v", d)
	}
	if _, err := Bytes("b.md", []byte("---\ntitle: 甲\nexpires: soon\n---\n第一条 甲。\n")); err == nil || !strings.Contains(err.Error(), "b.md: expires") {
		t.Errorf("a date that is none: %v", err)
	}
	if d := parsed(t, "c.md", "---\n古镇灯饰办法\n---\n第一条 甲。\n"); d.Title != "古镇灯饰办法" {
		t.Errorf("a rule is no front matter: %+v", d)
	}
}

func TestSource(t *testing.T) {
	for name, text := range map[string]string{
		"a.txt":  "某市某局关于某事的通知\n来源：https://example.gov.cn/a 发布时间：2024-05-06\n一、条件\n甲。",
		"b.txt":  "某某办法\n第一条 甲。\n原文链接：https://example.gov.cn/a\n",
		"c.html": `<html><head><meta name="PubDate" content="2024-05-06 08:00"><link rel="canonical" href="https://example.gov.cn/a"></head><body><h1>某某办法</h1><p>第一条 甲。</p></body></html>`,
	} {
		d := parsed(t, name, text)
		if d.Source != "https://example.gov.cn/a" || name != "b.txt" && d.Published != "2024-05-06" {
			t.Errorf("%s: source %q, published %q", name, d.Source, d.Published)
		}
		for _, a := range d.Articles {
			if strings.Contains(a.Text, "example") {
				t.Errorf("%s: the source stands in the text: %q", name, a.Text)
			}
		}
	}
	for _, bad := range []string{"", "javascript:alert(1)", "example.gov.cn", "file:///etc/passwd", "https://"} {
		if _, err := SourceURL(bad); err == nil {
			t.Errorf("%q was taken for a web address", bad)
		}
	}
}

func TestEncodings(t *testing.T) {
	page := `<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><h1>古镇灯饰办法</h1><p>第一条 补贴五百万元。</p>` + strings.Repeat("<p>另有规定的从其规定。</p>", 60) + `</body></html>`
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"whole": gbk, "damaged": strings.Replace(gbk, "</body>", "<p>\xff</p></body>", 1)} {
		if d := parsed(t, name+".html", text); d.Title != "古镇灯饰办法" || !strings.HasPrefix(d.Articles[0].Text, "补贴五百万元。") {
			t.Errorf("%s: %q", name, d.Title)
		}
	}
	wide, err := unicodes.UTF16(unicodes.LittleEndian, unicodes.UseBOM).NewEncoder().String("古镇灯饰办法\r\n第一条 补贴。\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if d := parsed(t, "a.txt", wide); d.Title != "古镇灯饰办法" || d.Articles[0].Text != "补贴。" {
		t.Errorf("UTF-16: %+v", d)
	}
}

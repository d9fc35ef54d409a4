package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smebot/intents"
	"smebot/store"
)

const fakeList = "镇街,平台类型,机构名称,联系方式,地址,服务时间,来源,更新日期\n" +
	"古镇镇,质量检测、工业设计,虚构检测站（测试用）,0000-00000001,虚构路1号,工作日,测试名录,2026-10-31\n" +
	"中山市,企业融资,虚构融资中心（测试用）,0000-00000002,虚构路2号,工作日,测试名录,2020-01-01\n"

func listFile(t *testing.T, name, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func directoryRun(t *testing.T, data string, args ...string) (string, string, int) {
	t.Helper()
	r := command(t, "", append([]string{"--data", data, "directory"}, args...)...)
	return r.out, r.errs, r.code
}

// TestDirectoryCommands imports a list, reads it back, checks it and removes it, with no server running.
func TestDirectoryCommands(t *testing.T) {
	data := t.TempDir()
	list := listFile(t, "list.csv", fakeList)
	bad := listFile(t, "bad.csv", "镇街,平台,机构名称,联系方式,来源\n古真镇,茶叶,甲,1,测\n古镇镇,融资,乙,1,测\n")

	emptyStore(t, data)
	if out, _, code := directoryRun(t, data, "list"); code != 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("an empty folder: %d %s", code, out)
	}
	if out, _, code := directoryRun(t, data, "template"); code != 0 || !strings.HasPrefix(out, "\ufeff镇街,平台类型,机构名称") {
		t.Errorf("template: %d %q", code, out)
	}
	if _, errs, code := directoryRun(t, data, "import", list, bad); code != 1 || !strings.Contains(errs, "bad.csv: line 2: 镇街: no town is known as 古真镇; is it 中山市古镇镇?") || !strings.Contains(errs, "bad.csv: line 2: 平台") {
		t.Errorf("a bad file: %d %s", code, errs)
	}
	if out, _, _ := directoryRun(t, data, "list"); strings.Contains(out, "虚构") {
		t.Error("a bad file let another in")
	}
	if out, _, code := directoryRun(t, data, "check", list); code != 0 || !strings.Contains(out, "3 organisations, no fault") {
		t.Errorf("check of a file: %d %s", code, out)
	}
	// A check finds what an import would.
	noSource := listFile(t, "nosource.csv", "镇街,平台类型,机构名称,联系方式,来源\n古镇镇,融资,乙,1,\n")
	for _, verb := range []string{"check", "import"} {
		if _, errs, code := directoryRun(t, data, verb, noSource); code != 1 || !strings.Contains(errs, "line 2: 来源") {
			t.Errorf("%s of a list without a source: %d %s", verb, code, errs)
		}
	}
	if out, errs, code := directoryRun(t, data, "check", "--source", "测试名录", noSource); code != 0 || !strings.Contains(out, "1 organisations, no fault") {
		t.Errorf("check with a source: %d %s%s", code, out, errs)
	}
	if out, errs, code := directoryRun(t, data, "import", list); code != 0 || out != "3 added, 0 changed, 0 as they were\n" {
		t.Fatalf("import: %d %s%s", code, out, errs)
	}
	if out, _, _ := directoryRun(t, data, "import", list); out != "0 added, 0 changed, 3 as they were\n" {
		t.Errorf("again: %s", out)
	}
	for args, want := range map[string]int{"": 3, "--town 古镇": 2, "--town 中山": 3, "--platform financing": 1, "--town 古镇 --platform financing": 0} {
		if out, errs, code := directoryRun(t, data, append([]string{"list"}, strings.Fields(args)...)...); code != 0 || strings.Count(out, "虚构路") != want {
			t.Errorf("list %s: %d, want %d organisations\n%s%s", args, code, want, out, errs)
		}
	}
	if out, _, code := directoryRun(t, data, "list", "--format", "csv"); code != 0 {
		t.Error(code)
	} else if again, errs, code := directoryRun(t, data, "import", listFile(t, "again.csv", out)); code != 0 || again != "0 added, 0 changed, 3 as they were\n" {
		t.Errorf("what was listed as csv and imported again: %s%s", again, errs)
	}
	if out, _, code := directoryRun(t, data, "check"); code != 0 || !strings.Contains(out, "虚构融资中心（测试用）: its date is 2020-01-01") || !strings.Contains(out, "nobody offers incubation") || !strings.Contains(out, "3 organisations") {
		t.Errorf("check: %d %s", code, out)
	}
	for _, args := range []string{"remove", "remove nonsense", "remove --town 火星", "list --town 沙溪", "list --platform tea", "import --date tomorrow " + list, "unmet --since never"} {
		if _, errs, code := directoryRun(t, data, strings.Fields(args)...); code != 2 || errs == "" {
			t.Errorf("%s: exit %d, %s", args, code, errs)
		}
	}
	out, _, _ := directoryRun(t, data, "list", "--platform", "financing")
	id := strings.Fields(strings.Split(out, "\n")[1])[0]
	if out, errs, code := directoryRun(t, data, "remove", id, "ffffffffffffffff"); code != 1 || !strings.Contains(errs, "nothing was removed") {
		t.Errorf("one unknown id: %d %s%s", code, out, errs)
	}
	if out, _, code := directoryRun(t, data, "remove", id); code != 0 || out != "1 removed\n" {
		t.Errorf("remove: %d %s", code, out)
	}
	if out, _, code := directoryRun(t, data, "remove", "--town", "中山市"); code != 0 || out != "2 removed\n" {
		t.Errorf("remove by town: %d %s", code, out)
	}
	if out, _, code := directoryRun(t, data, "unmet"); code != 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("unmet: %d %s", code, out)
	}
}

// TestDirectoryBesideAServer: what is imported while the server runs is said by the bot at once, and what is not
// there is counted.
func TestDirectoryBesideAServer(t *testing.T) {
	c := testConfig(t)
	startSite(t, c)
	data := c.Data
	ask := func(text string) string { return must(t, "", "--data", data, "ask", text) }
	if got := ask("我在古镇，想做质量检测"); !strings.Contains(got, "古镇镇一带暂时没有查到") {
		t.Errorf("before the import: %s", got)
	}
	if out, errs, code := directoryRun(t, data, "import", listFile(t, "list.csv", fakeList)); code != 0 || !strings.Contains(out, "3 added") {
		t.Fatalf("import: %s%s", out, errs)
	}
	if got := ask("我在古镇，想做质量检测"); !strings.Contains(got, "· 虚构检测站（测试用）（0000-00000001；虚构路1号；工作日；2026-10-31核实）") {
		t.Errorf("after the import: %s", got)
	}
	if got := ask("我在古镇，想贷款"); !strings.Contains(got, "市一级可以找") {
		t.Errorf("at the level of the city: %s", got)
	}
	if out, _, code := directoryRun(t, data, "remove", "--all"); code != 0 || out != "3 removed\n" {
		t.Errorf("remove: %s", out)
	}
	if got := ask("我在古镇，想做质量检测"); !strings.Contains(got, "暂时没有查到") {
		t.Errorf("after the removal: %s", got)
	}
	must(t, `{"id":"1","text":"我在古镇，想做质量检测"}`+"\n"+`{"id":"2","text":"我在古镇，想做质量检测"}`+"\n", "--data", data, "ask", "--jsonl")
	if out, _, code := directoryRun(t, data, "unmet"); code != 0 || !strings.Contains(out, "中山市古镇镇  quality-testing  2") {
		t.Errorf("unmet: %s", out)
	}
}

// TestDirectoryOfAnotherReplica: what another process stored is used after the next look.
func TestDirectoryOfAnotherReplica(t *testing.T) {
	s := startSite(t, testConfig(t))
	list := []store.Organisation{{Town: "中山市古镇镇", Platform: "financing", Name: "虚构融资中心（测试用）", Contact: "0", Source: "测"}}
	if _, err := s.engine.db.SaveOrganisations(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	if s.engine.offices.Offers("financing") {
		t.Fatal("used before the look")
	}
	if err := s.engine.refreshDirectory(t.Context()); err != nil || !s.engine.offices.Offers("financing") {
		t.Errorf("not used after it: %v", err)
	}
}

func TestUnknownTownOfAChannelIsTold(t *testing.T) {
	var said lockedBuffer
	warnTowns(Config{Channels: []ChannelConfig{{Name: "a", Town: "中山市古镇镇"}, {Name: "b", Town: "古镇"}, {Name: "c"}, {Name: "d", Town: "火星镇"}, {Name: "e", Town: "沙溪"}}}, slog.New(slog.NewTextHandler(&said, nil)))
	for name, want := range map[string]bool{"a": false, "b": false, "c": false, "d": true, "e": true} {
		if got := strings.Contains(said.String(), "channel="+name); got != want {
			t.Errorf("channel %s told: %v\n%s", name, got, said.String())
		}
	}
}

func TestGuideGraph(t *testing.T) {
	for format, want := range map[string]string{"mermaid": intents.GuideMermaid(), "dot": intents.GuideDot(), "markdown": intents.GuideMarkdown()} {
		if got := must(t, "", "guide", "graph", "--format", format); got != want {
			t.Errorf("%s: %s", format, brief(got))
		}
	}
}

package intents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/directory"
	"smebot/store"
)

// offices is a directory of organisations that exist nowhere.
func offices() *directory.Directory {
	d := &directory.Directory{}
	var list []store.Organisation
	for _, o := range []struct{ town, slug, name string }{
		{"中山市古镇镇", "quality-testing", "虚构检测站甲"}, {"中山市古镇镇", "quality-testing", "虚构检测站乙"}, {"中山市古镇镇", "quality-testing", "虚构检测站丙"},
		{"中山市横栏镇", "industrial-design", "虚构设计社"}, {"中山市", "financing", "虚构融资中心"}, {"中山市三角镇", "incubation", "虚构孵化园"},
		{"珠海市香洲区", "talent-training", "虚构培训学校"}, {"佛山市顺德区", "e-commerce", "虚构电商协会"}, {"佛山市顺德区龙江镇", "intellectual-property", "虚构知产所"},
	} {
		list = append(list, store.Organisation{Town: o.town, Platform: o.slug, Name: o.name, Contact: "0000-00000000", Address: "虚构路1号", Hours: "工作日", Source: "测试", Date: "2026-10-31"})
	}
	d.Load(list)
	return d
}

func nearWorld(t *testing.T, town string) *world {
	w := newWorld(t, Options{})
	w.dir, w.town = offices(), town
	w.configure(Options{})
	return w
}

// TestWhoIsNear is what a platform answer says of organisations, from near to far, and what is counted as missing.
func TestWhoIsNear(t *testing.T) {
	for _, c := range []struct {
		name, town, said string
		want             []string
		not              string
		unmet            string
	}{
		{"in the town", "中山市古镇镇", "质量检测", []string{"古镇镇可以找：", "· 虚构检测站丙（0000-00000000；虚构路1号；工作日；2026-10-31核实）", "另有1家"}, "暂时没有", "[]"},
		{"next to it", "中山市古镇镇", "工业设计", []string{"古镇镇暂时没有查到，隔壁镇街可以找：", "· 虚构设计社（中山市横栏镇；"}, "", "[{中山市古镇镇 industrial-design true}]"},
		{"for the whole city", "中山市古镇镇", "企业融资", []string{"市一级可以找：", "虚构融资中心（中山市；"}, "", "[{中山市古镇镇 financing true}]"},
		{"in the same city", "中山市古镇镇", "创业孵化", []string{"同市可以找：", "虚构孵化园（中山市三角镇；"}, "", "[{中山市古镇镇 incubation true}]"},
		{"in a neighbouring city", "中山市古镇镇", "人才培训", []string{"邻近城市可以找：", "虚构培训学校（珠海市香洲区；"}, "", "[{中山市古镇镇 talent-training true}]"},
		{"for the whole district", "佛山市顺德区乐从镇", "电子商务", []string{"乐从镇暂时没有查到，区（县）一级可以找："}, "", "[{佛山市顺德区乐从镇 e-commerce true}]"},
		{"next to it by the file", "佛山市顺德区乐从镇", "知识产权", []string{"隔壁镇街可以找：", "虚构知产所（佛山市顺德区龙江镇"}, "", "[{佛山市顺德区乐从镇 intellectual-property true}]"},
		{"nowhere", "中山市古镇镇", "技术创新", []string{"古镇镇一带暂时没有查到这类机构", "由工作人员帮您找"}, "可以找：", "[{中山市古镇镇 technology-innovation false}]"},
		{"the message names another town", "中山市古镇镇", "我在小榄想做质量检测", []string{"小榄镇暂时没有查到，隔壁镇街可以找：", "虚构检测站"}, "", "[{中山市小榄镇 quality-testing true}]"},
		{"in English", "中山市古镇镇", "industrial design", []string{"None found in 古镇镇; next to it:", "虚构设计社"}, "", "[{中山市古镇镇 industrial-design true}]"},
		{"in traditional script", "中山市古镇镇", "我想搵質量檢測", []string{"古鎮鎮可以找：", "虛構檢測站丙"}, "", "[]"},
		{"the channel's town is not known", "某某开发区", "质量检测", []string{"附近机构"}, "可以找：", "[]"},
		{"no town at all", "", "质量检测", []string{"附近机构"}, "可以找：", "[]"},
		{"no town and nobody anywhere", "", "技术创新", []string{"登记需求"}, "附近机构", "[]"},
	} {
		w := nearWorld(t, c.town)
		w.text(c.said)
		got := w.reply.Numbered()
		for _, s := range c.want {
			if !strings.Contains(got, s) {
				t.Errorf("%s: want %q in:\n%s", c.name, s, got)
			}
		}
		if c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %q in:\n%s", c.name, c.not, got)
		}
		if got := fmt.Sprint(w.unmet); got != c.unmet {
			t.Errorf("%s: counted %s, want %s", c.name, got, c.unmet)
		}
	}
}

// TestUnmetIsCountedOnce: asking again counts in another month only, and another town or kind for itself.
func TestUnmetIsCountedOnce(t *testing.T) {
	w := nearWorld(t, "中山市古镇镇")
	for _, said := range []string{"技术创新", "工业设计", "技术创新", "技术创新"} {
		w.text(said)
	}
	if len(w.unmet) != 2 {
		t.Errorf("%v", w.unmet)
	}
	w.now = w.now.Add(30 * 24 * time.Hour)
	w.text("技术创新")
	if len(w.unmet) != 3 {
		t.Errorf("next month: %v", w.unmet)
	}
	w.who.User = "another"
	w.text("技术创新")
	if len(w.unmet) != 4 {
		t.Errorf("another person: %v", w.unmet)
	}
}

func labels(r bot.Reply) []string {
	var l []string
	for _, c := range r.Choices {
		l = append(l, c.Label)
	}
	return l
}

// TestTownIsAskedAndNeverBlocks goes through the question for the town.
func TestTownIsAskedAndNeverBlocks(t *testing.T) {
	ask := func() *world {
		w := nearWorld(t, "")
		w.text("质量检测")
		i := slices.Index(labels(w.reply), "附近机构")
		if i < 0 {
			t.Fatalf("no choice to see who is near: %v", labels(w.reply))
		}
		w.press(w.reply, i+1)
		if !strings.Contains(w.reply.Text, "哪个镇") {
			t.Fatalf("asked: %s", w.reply.Text)
		}
		return w
	}
	for said, want := range map[string]string{
		"古镇":        "古镇镇可以找：",
		"我在中山古镇":    "古镇镇可以找：",
		"小榄":        "隔壁镇街可以找：",
		"湛江":        "暂时没有查到这类机构",
		"不确定":       "帮您找",
		"1":         "帮您找",
		"某某镇":       "还不认得「某某镇」",
		"前20家有什么奖励": "100万元",
		"菜单":        "请选一项",
		"你好":        "您好",
		"转人工":       "工作人员",
		"融资":        "企业融资",
		"我要登记":      "贵公司全称",
	} {
		w := ask()
		w.text(said)
		if !strings.Contains(w.reply.Numbered(), want) {
			t.Errorf("%q answered with:\n%s", said, w.reply.Numbered())
		}
		if w.state().Where != "" {
			t.Errorf("after %q the town is still waited for", said)
		}
	}
	w := ask()
	w.text("沙溪")
	if got := labels(w.reply); len(got) != 4 || !strings.Contains(w.reply.Text, "不止一处") {
		t.Fatalf("a shared name: %s %v", w.reply.Text, got)
	}
	w.text("2")
	if !strings.Contains(w.reply.Text, "沙溪镇暂时没有查到，同市可以找：") || w.state().Town != "中山市沙溪镇" {
		t.Errorf("%s: %s", w.state().Town, w.reply.Text)
	}
	w.text("工业设计")
	if !strings.Contains(w.reply.Text, "沙溪镇暂时没有查到，隔壁镇街可以找：") {
		t.Errorf("the town is not remembered: %s", w.reply.Text)
	}
	w = nearWorld(t, "")
	w.text("质量检测")
	w.text("古镇")
	if !strings.Contains(w.reply.Text, "古镇镇可以找：") {
		t.Errorf("a town alone after a platform: %s", w.reply.Text)
	}
}

// TestSharedNameInAMessage: the city known so far decides; without one it is asked back beside the answer.
func TestSharedNameInAMessage(t *testing.T) {
	w := nearWorld(t, "中山市古镇镇")
	w.text("我在沙溪想做质量检测")
	if !strings.Contains(w.reply.Text, "沙溪镇暂时没有查到，同市可以找：") || w.state().Town != "中山市沙溪镇" {
		t.Errorf("with a channel of the city: %s %s", w.state().Town, w.reply.Text)
	}
	for _, town := range []string{"", "东莞市大朗镇"} {
		w = nearWorld(t, town)
		w.text("我在沙溪想做质量检测")
		got := labels(w.reply)
		i := slices.Index(got, "中山市沙溪镇")
		if i < 0 || !slices.Contains(got, "潮州市潮安区沙溪镇") || !strings.Contains(w.reply.Text, "不止一处") || !strings.Contains(w.reply.Text, "质量检测") {
			t.Fatalf("%q: %v\n%s", town, got, w.reply.Text)
		}
		w.press(w.reply, i+1)
		if !strings.Contains(w.reply.Text, "沙溪镇暂时没有查到，同市可以找：") {
			t.Errorf("%q: %s", town, w.reply.Text)
		}
	}
	w = nearWorld(t, "中山市古镇镇")
	w.text("我要登记")
	w.text("明辉灯饰厂")
	w.text("沙溪")
	if w.state().Draft.Town != "中山市沙溪镇" {
		t.Errorf("the form of a channel of the city: %s", w.state().Draft.Town)
	}
}

// TestCitySpokenOf: naming another city moves nobody whose town is known; without one it is better than nothing.
func TestCitySpokenOf(t *testing.T) {
	w := nearWorld(t, "中山市古镇镇")
	w.text("深圳那边也有前20家的奖励吗")
	w.text("工业设计")
	if !strings.Contains(w.reply.Text, "古镇镇暂时没有查到，隔壁镇街可以找：") {
		t.Error(w.reply.Text)
	}
	w = nearWorld(t, "")
	w.text("我在中山，想贷款")
	if !strings.Contains(w.reply.Text, "中山市可以找：") {
		t.Error(w.reply.Text)
	}
}

// TestFormKnowsTowns: the form writes a known town whole, asks back where several bear the name, offers the one
// spoken of, and takes unknown ones as they are typed.
func TestFormKnowsTowns(t *testing.T) {
	w := nearWorld(t, "")
	w.text("我在小榄，想做质量检测")
	w.text("我要登记")
	w.text("明辉灯饰厂")
	if w.state().Draft.Town != "中山市小榄镇" || w.step() == fTown {
		t.Errorf("the town where the firm is was told and is asked for: %s", w.reply.Text)
	}
	w = nearWorld(t, "")
	w.text("小榄想做质量检测")
	w.text("我要登记")
	w.text("明辉灯饰厂")
	if got := labels(w.reply); len(got) == 0 || got[0] != "中山市小榄镇" {
		t.Errorf("the town spoken of is not offered: %v", got)
	}
	w.text("大岗")
	if got := labels(w.reply); len(got) != 3 || w.state().Draft.Town != "" {
		t.Fatalf("a shared name: %v, %s", got, w.state().Draft.Town)
	}
	w.text("肇庆市怀集县大岗镇")
	if w.state().Draft.Town != "肇庆市怀集县大岗镇" {
		t.Error(w.state().Draft.Town)
	}
	w = nearWorld(t, "")
	w.text("我要登记")
	w.text("明辉灯饰厂")
	w.text("某某经济开发区")
	if w.state().Draft.Town != "某某经济开发区" {
		t.Error(w.state().Draft.Town)
	}
}

// TestGroupHearsNothingOfTowns: a group is no place to tell where a firm is.
func TestGroupHearsNothingOfTowns(t *testing.T) {
	w := nearWorld(t, "中山市古镇镇")
	w.group = true
	w.text("质量检测")
	w.text("古镇")
	if strings.Contains(w.reply.Text, "虚构") || len(w.unmet) > 0 || w.state().Town != "" {
		t.Errorf("%s %v %s", w.reply.Text, w.unmet, w.state().Town)
	}
}

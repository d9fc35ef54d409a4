package places

import (
	"slices"
	"strings"
	"testing"
)

// TestFileIsWhole holds the file to what is known of the province: 21 cities and 122 districts and counties, of
// which 65, 20, 34 and 3 of a kind; neighbours both ways.
func TestFileIsWhole(t *testing.T) {
	kinds := map[string]int{}
	towns := map[string]int{}
	for _, p := range All() {
		switch {
		case p.Level == City:
			kinds["city"]++
		case p.Level == Zone:
		case p.Level == Town:
			towns[p.City]++
		case strings.HasSuffix(p.Name, "自治县"):
			kinds["autonomous"]++
		case strings.HasSuffix(p.Name, "区"):
			kinds["district"]++
		case strings.HasSuffix(p.Name, "市"):
			kinds["county city"]++
		case strings.HasSuffix(p.Name, "县"):
			kinds["county"]++
		default:
			t.Errorf("%s: what is it?", p.Full())
		}
		if q, ok := ByName(p.Full()); !ok || q != p {
			t.Errorf("%s is not found by its own name", p.Full())
		}
		if got := Find(p.Full()); !slices.Equal(got, []Place{p}) {
			t.Errorf("Find(%s) = %v", p.Full(), names(got))
		}
	}
	for kind, want := range map[string]int{"city": 21, "district": 65, "county city": 20, "county": 34, "autonomous": 3} {
		if kinds[kind] != want {
			t.Errorf("%d of %s, want %d", kinds[kind], kind, want)
		}
	}
	if towns["东莞市"] != 32 || towns["中山市"] != 23 {
		t.Errorf("东莞 has %d towns and offices, 中山 %d; want 32 and 23", towns["东莞市"], towns["中山市"])
	}
	g := load()
	for c, near := range g.near {
		for _, n := range near {
			if !slices.Contains(g.near[n], c) {
				t.Errorf("%s lies next to %s, but not the other way round", c, n)
			}
		}
	}
	if len(g.near) != 21 {
		t.Errorf("%d cities have neighbours", len(g.near))
	}
}

func names(list []Place) string {
	var s []string
	for _, p := range list {
		s = append(s, p.Full())
	}
	return strings.Join(s, " ")
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"中山市古镇镇":                      "中山市古镇镇",
		"广东省中山市古镇镇":                   "中山市古镇镇",
		"古镇":                          "中山市古镇镇",
		"中山古镇":                        "中山市古镇镇",
		"中山 古镇":                       "中山市古镇镇",
		"古鎮":                          "中山市古镇镇",
		"我哋喺古鎮做燈飾":                    "中山市古镇镇",
		"Guzhen":                      "中山市古镇镇",
		"we are in Guzhen, Zhongshan": "中山市古镇镇",
		"gu zhen":                     "中山市古镇镇",
		"Xiaolan town":                "中山市小榄镇",
		"东莞大朗":                        "东莞市大朗镇",
		"大朗毛织":                        "东莞市大朗镇",
		"顺德乐从":                        "佛山市顺德区乐从镇",
		"乐从":                          "佛山市顺德区乐从镇",
		"顺德":                          "佛山市顺德区",
		"澄海":                          "汕头市澄海区",
		"Swatow":                      "汕头市",
		"佛山石湾":                        "佛山市禅城区石湾镇街道",
		"石湾":                          "佛山市禅城区石湾镇街道 惠州市博罗县石湾镇",
		"横沥":                          "广州市南沙区横沥镇 惠州市惠城区横沥镇 东莞市横沥镇",
		"东莞横沥":                        "东莞市横沥镇",
		"大岗":                          "广州市南沙区大岗镇 肇庆市怀集县大岗镇",
		"沙溪":                          "韶关市曲江区沙溪镇 中山市沙溪镇 潮州市潮安区沙溪镇",
		"中山沙溪":                        "中山市沙溪镇",
		"潮安沙溪":                        "潮州市潮安区沙溪镇",
		"东凤":                          "中山市东凤镇 潮州市潮安区东凤镇",
		"东升":                          "中山市小榄镇",
		"东升镇":                         "中山市小榄镇",
		"城区":                          "汕尾市城区",
		"广州":                          "广州市",
		"西区":                          "惠州市大亚湾区西区街道 中山市西区街道",
		"中山西区":                        "中山市西区街道",
		"从古镇搬到小榄":                     "中山市古镇镇 中山市小榄镇",
		"东莞市某某镇":                      "东莞市",
		"Dongguan":                    "东莞市",
		"chang'an":                    "东莞市长安镇",
		"高埗":                          "东莞市高埗镇",
		"gaobu":                       "东莞市高埗镇",
		"盐步":                          "佛山市南海区大沥镇",
		"汕尾城区":                        "汕尾市城区",
		"云浮新兴":                        "云浮市新兴县",
		"新兴":                          "云浮市新兴县",
		"ＧＵＺＨＥＮ":                      "中山市古镇镇",
		"我们是新兴产业":                     "",
		"和平":                          "河源市和平县",
		"和平共处":                        "",
		"有哪些平台":                       "",
		"平台":                          "",
		"龙头企业":                        "",
		"公平吗":                         "",
		"光明":                          "深圳市光明区",
		"明辉光明灯饰厂":                     "",
		"我在中山路":                       "",
		"中山大学":                        "",
		"客户的三角债":                      "",
		"上海市":                         "",
		"长沙":                          "",
		"the human being":             "",
		"":                            "",
		"？！":                          "",
		"a\xff\xfe古镇":                 "中山市古镇镇",
	} {
		if got := names(Find(text)); got != want {
			t.Errorf("Find(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestOnly(t *testing.T) {
	for text, want := range map[string]string{
		"古镇": "中山市古镇镇", "我在中山古镇。": "中山市古镇镇", "喺小榄呀": "中山市小榄镇", "in Guzhen, Zhongshan": "中山市古镇镇", "沙溪": "韶关市曲江区沙溪镇 中山市沙溪镇 潮州市潮安区沙溪镇",
		"古镇灯饰厂": "", "古镇有没有检测机构": "", "东莞市某某镇": "", "某某镇": "", "古镇 13800138000": "", "": "",
	} {
		if got := names(Only(text)); got != want {
			t.Errorf("Only(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestOwnShortNames: whoever says city and town in short always gets the one town.
func TestOwnShortNames(t *testing.T) {
	shared := map[string]bool{}
	for _, p := range All() {
		said := short(p.City) + short(p.Name)
		if p.Level == City {
			said = short(p.City)
		}
		got := Find(said)
		if !slices.Contains(got, p) {
			t.Errorf("%s means %s, not %s", said, names(got), p.Full())
		}
		if len(got) > 1 {
			shared[said] = true
			for _, q := range got {
				if q.City != p.City {
					t.Errorf("%s means %s in another city", said, q.Full())
				}
			}
		}
	}
	if len(shared) == 0 || len(shared) > 40 {
		t.Errorf("%d short names are shared within a city", len(shared))
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Closeness
	}{
		{"中山市古镇镇", "中山市古镇镇", Here},
		{"中山市古镇镇", "中山市横栏镇", Beside},
		{"中山市横栏镇", "中山市古镇镇", Beside},
		{"中山市古镇镇", "江门市蓬江区荷塘镇", Beside},
		{"佛山市顺德区乐从镇", "佛山市顺德区均安镇", SameDistrict},
		{"佛山市顺德区乐从镇", "佛山市顺德区", SameDistrict},
		{"佛山市顺德区乐从镇", "佛山市", SameCity},
		{"中山市古镇镇", "中山市", SameCity},
		{"中山市", "中山市", Here},
		{"中山市古镇镇", "中山市三角镇", SameCity},
		{"中山市古镇镇", "珠海市斗门区", NextCity},
		{"中山市古镇镇", "湛江市", Far},
		{"中山市古镇镇", "", Far},
	} {
		a, _ := ByName(c.a)
		b, _ := ByName(c.b)
		if got := Distance(a, b); got != c.want {
			t.Errorf("%s and %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(b, a); got != c.want {
			t.Errorf("%s and %s the other way round: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	for said, want := range map[string]string{"中山市古真镇": "中山市古镇镇", "东莞市大郎镇": "东莞市大朗镇", "小揽镇": "中山市小榄镇", "北京市朝阳区建国路": ""} {
		if p, _ := Nearest(said); p.Full() != want {
			t.Errorf("nearest to %s is %s, want %s", said, p.Full(), want)
		}
	}
}

func TestUp(t *testing.T) {
	p, _ := ByName("佛山市顺德区乐从镇")
	var chain []string
	for ok := true; ok; p, ok = p.Up() {
		chain = append(chain, p.Full())
	}
	if got := strings.Join(chain, " "); got != "佛山市顺德区乐从镇 佛山市顺德区 佛山市" {
		t.Error(got)
	}
	p, _ = ByName("中山市古镇镇")
	if up, ok := p.Up(); !ok || up.Full() != "中山市" {
		t.Error(up.Full())
	}
}

func TestFaultsOfTheFile(t *testing.T) {
	for text, want := range map[string]string{
		"市 中山市 : 珠海\n县 某县":                   "line 2",
		"市 中山市 : 珠海\n镇 古镇镇 古镇镇":              "twice",
		"市 中山市 : 珠海\n镇 古镇镇\n近 中山市古镇镇: 中山市大镇": "known place",
		"市 中山市 : 珠海\n镇 !!!古镇镇":               "no name",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("我在中山古镇")
	f.Add("gu-zhen'x\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range Find(s) {
			if _, ok := ByName(p.Full()); !ok {
				t.Errorf("%q gives an unknown place %v", s, p)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		Find("我们在中山古镇做灯饰出口，最近客户要检测报告，想问问附近有没有检测机构")
	}
}

package understand

import "testing"

func TestOtherPlace(t *testing.T) {
	for q, want := range map[string]string{
		"福建省考核前几名的平台有奖金":                        "福建",
		"澳门开间服务平台公司登记要几天":                       "澳门",
		"广西的工业用地底价可以打几折":                        "广西",
		"浙江那边做袜子的镇政府给平台奖多少钱":                    "浙江",
		"how much do platforms in zhejiang get": "Zhejiang",
		"我是湖南过来的,入户怎么办":                         "",
		"我从广西来中山打工十二年了":                         "",
		"货卖到香港要什么检测":                            "",
		"跟上海的大学合作算不算产学研":                        "",
		"i came from fujian, can i settle":      "",
		"江苏的客人要报告":                              "",
		"我们想同香港机构交流":                            "",
		"考核优秀奖多少":                               "",
	} {
		if got := otherPlace(q); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
}

func TestOtherYear(t *testing.T) {
	const text = "2012年-2015年,每年考核。到2013年底建成。"
	for q, want := range map[string]string{
		"2019年的优秀平台一家奖多少钱":   "2019",
		"2020年每个镇要建几个":       "2020",
		"2014年的奖有多少":         "", // within the span
		"2013年底要建成几个":        "",
		"我们2010年成立,算不算":      "",
		"the award for 2018": "2018",
		"奖多少":                "",
	} {
		if got := otherYear(q, text); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
}

// Questions on another place or year are refused with the reason; whether a clause still holds is answered.
func TestBeyondThePolicy(t *testing.T) {
	u := understander(t)
	for q, want := range map[string]Miss{
		"福建省考核前20名的平台有奖金吗":       {MissPlace, "福建"},
		"2019年的优秀平台每家奖励多少钱":      {MissYear, "2019"},
		"2020年每个镇要建够几个平台":        {MissYear, "2020"},
		"前20家平台奖励100万在2016年还有效吗": {},
	} {
		if r := u.Understand(q); r.Miss != want || (want.Kind != "") != (r.Intent == NoAnswer) {
			t.Errorf("%s: %s %+v, want %+v", q, r.Intent, r.Miss, want)
		}
	}
}

package intents

import (
	"testing"
)

func TestPhones(t *testing.T) {
	for said, want := range map[string]string{
		"13800138000":               "+8613800138000",
		"138 0013 8000":             "+8613800138000",
		"138-0013-8000":             "+8613800138000",
		"１３８００１３８０００":               "+8613800138000",
		"+86 138 0013 8000":         "+8613800138000",
		"0086 13800138000":          "+8613800138000",
		"8613800138000":             "+8613800138000",
		"我的手机是13800138000，谢谢":       "+8613800138000",
		"幺三八零零幺三八零零零":               "+8613800138000",
		"一三八 零零一三 八零零零":             "+8613800138000",
		"138零零一三八000":               "+8613800138000",
		"0760-88881234":             "+8676088881234",
		"(0760)88881234":            "+8676088881234",
		"（０７６０）８８８８１２３４":            "+8676088881234",
		"020 8333 1234":             "+862083331234",
		"+852 9123 4567":            "+85291234567",
		"香港电话 9123 4567":            "+85291234567",
		"852-91234567":              "+85291234567",
		"+853 6612 3456":            "+85366123456",
		"+886 912 345 678":          "+886912345678",
		"台湾 0912345678":             "+886912345678",
		"+1 650-253-0000":           "+16502530000",
		"+44 20 7946 0958":          "+442079460958",
		"电话13800138000或13800138000": "+8613800138000",
	} {
		if got, _, f := findPhone(said); got != want || f != phoneOK {
			t.Errorf("%q: %q (%d), want %q", said, got, f, want)
		}
	}
	for said, want := range map[string]phoneFault{
		"":                        phoneNone,
		"没有电话":                    phoneNone,
		"12345":                   phoneNone,
		"12345678901":             phoneWrong,
		"1380013800":              phoneWrong,
		"138001380001":            phoneWrong,
		"88881234":                phoneNoCode,
		"13800138000 13900139000": phoneTooMany,
		"13800138000或13900139000": phoneTooMany,
		"+852 123":                phoneWrong,
	} {
		if got, _, f := findPhone(said); f != want || got != "" {
			t.Errorf("%q: %q fault %d, want %d", said, got, f, want)
		}
	}
}

func TestForbiddenNumbers(t *testing.T) {
	bad := []string{"11010519491231002X", "身份证440106199003071234", "4401 0619 9003 0712 34", "４４０１０６１９９００３０７１２３４", "440106900307123", "6222020000000000000", "6222 0212 3456 7890 123",
		"卡号4111-1111-1111-1111", "我1988年3月5日出生", "生日是1990-03-07", "born on March 5, 1988", "出生于90年3月5日的我", "我的生日12/05"}
	for _, s := range bad {
		if _, yes := holdsForbidden(s); !yes {
			t.Errorf("%q was let through", s)
		}
	}
	good := []string{"13800138000", "0760-88881234", "想贷款500000元", "2012年8月23日的文件", "明辉8123001灯饰厂", "产品诞生很久了", "91440101MA59ABCD1X", "13800138000 13900139000", "订单20261122001234"}
	for _, s := range good {
		if _, yes := holdsForbidden(s); yes {
			t.Errorf("%q was refused", s)
		}
	}
}

func TestFirmTownContact(t *testing.T) {
	type read func(string) (string, bool)
	for name, c := range map[string]struct {
		read read
		good map[string]string
		bad  []string
	}{
		"firm": {firmOf, map[string]string{
			"明辉灯饰有限公司": "明辉灯饰有限公司", "我们公司叫明辉灯饰有限公司": "明辉灯饰有限公司", "公司名称：明辉灯饰有限公司。": "明辉灯饰有限公司", "明輝燈飾廠": "明輝燈飾廠", "老陈五金店": "老陈五金店",
			"Ming Fai Lighting Ltd": "Ming Fai Lighting Ltd", "we are Ming Fai Lighting": "Ming Fai Lighting", "中山市古镇明辉8123001灯饰有限公司": "中山市古镇明辉8123001灯饰有限公司", "小榄鸿运": "小榄鸿运", "哪吒玩具厂": "哪吒玩具厂",
		}, []string{"", "嗯", "你好", "我想登记需求，请联系我", "前20家奖励多少钱？", "13800138000", "请问要做什么", "谢谢", "同意", "不知道", "检测平台", "融资"}},
		"town": {townOf, map[string]string{
			"古镇镇": "中山市古镇镇", "在古镇": "中山市古镇镇", "我们在中山市小榄镇": "中山市小榄镇", "位于大涌": "中山市大涌镇", "容桂街道": "佛山市顺德区容桂街道", "Guzhen": "中山市古镇镇", "in Guzhen": "中山市古镇镇", "厂在均安": "佛山市顺德区均安镇",
		}, []string{"", "嗯", "我想问一下", "13800138000", "什么镇？", "不知道", "你好", "小榄五金厂"}},
		"contact": {contactOf, map[string]string{
			"陈志明": "陈志明", "我叫陈志明": "陈志明", "陈先生": "陈先生", "我是王经理": "王经理", "叫我阿梅就行": "阿梅", "李": "李", "我姓陈": "陈", "Mr Chan": "Mr Chan", "my name is Peter": "Peter", "欧阳小燕": "欧阳小燕",
		}, []string{"", "13800138000", "为什么要问？", "嗯", "好的", "同意", "明辉灯饰有限公司", "请问有什么补贴"}},
	} {
		for said, want := range c.good {
			if got, ok := c.read(said); !ok || got != want {
				t.Errorf("%s %q: %q %v, want %q", name, said, got, ok, want)
			}
		}
		for _, said := range c.bad {
			if got, ok := c.read(said); ok {
				t.Errorf("%s %q was taken as %q", name, said, got)
			}
		}
	}
}

func TestNeedInARequest(t *testing.T) {
	for said, kept := range map[string]bool{
		"我想登记需求，请融资服务平台的人联系我": false,
		"我要登记":      false,
		"帮我登记一下":    false,
		"登记需求 企业融资": false,
		"想报名，让检测平台的人联系我可以吗":               false,
		"please put me in touch":          false,
		"给我介绍个做彩盒包装的设计师，让他直接打我手机":         true,
		"我们澄海做玩具三十几个人，想找人看专利侵权的事，请登记转给平台": true,
	} {
		if got := needOf(said); (got != "") != kept {
			t.Errorf("%q: need %q", said, got)
		}
	}
}

func TestTypeInWords(t *testing.T) {
	for said, want := range map[string]string{
		"我想登记需求，请融资服务平台的人联系我": "financing", "帮我登记一下呗，大朗毛织厂，要找人做电商": "e-commerce", "想請你們轉介一間創業孵化平台": "incubation", "融资": "financing",
		"想贷款，也想做检测": "", "我要登记": "",
	} {
		if got := typeIn(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for said, want := range map[string]int{"1": 1, "１": 1, "①": 1, "一": 1, "第二个": 2, "第2個": 2, "2.": 2, "选2": 2, "我选3": 3, "第三": 3, "十": 10, "第十一项": 11, "2号": 2, "the second one": 2, "option 2": 2, "3rd": 3, "2吧": 2, "（4）": 4} {
		if got, ok := number(fold(said)); !ok || got != want {
			t.Errorf("%q: %d %v, want %d", said, got, ok, want)
		}
	}
	for _, said := range []string{"第二条", "13800138000", "两个", "一起", "2012", "一万", "十分感谢"} {
		if got, ok := number(fold(said)); ok {
			t.Errorf("%q was read as %d", said, got)
		}
	}
}

func TestMask(t *testing.T) {
	for said, want := range map[string]string{
		"电话１３８００１３８０００，谢谢":               "电话***，谢谢",
		"信用代码91440101MA59ABCD1X呢":        "信用代码***呢",
		"身份证11010519491231002X":          "身份证***",
		"奖励100万元，70%，2012年":              "奖励100万元，70%，2012年",
		"幺三八零零幺三八零零零":                    "***",
		"a.b@example.com 微信号：chen_88888": "*** 微信号：***",
		"0760-88881234转8":                "***转8",
	} {
		if got := mask(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

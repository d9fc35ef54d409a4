package intents

import (
	"strings"
	"testing"
)

// TestWhoseNumber: a name beside a number is whom to ask for; another person is one who is told of as such.
func TestWhoseNumber(t *testing.T) {
	for said, third := range map[string]bool{"王先生 13800138000": false, "顺发厂 小榄 王先生 13812345678 想做检测": false, "我是王经理，13800138000": false, "陈志明，电话13800138000": false, "我的手机13800138000": false, "本人手机13800138000": false,
		"王经理的电话13800138000": true, "我老板13800138000": true, "我老板的手机13800138000": true, "13800138000，我老板的": true, "她电话13800138000": true, "打给他13800138000": true, "我太太的号码13800138000": true, "联系人是我们会计，13800138000": true, "my boss's number is 13800138000": true, "佢電話13800138000": true} {
		if got := thirdPerson(said); got != third {
			t.Errorf("%q: %v, want %v", said, got, third)
		}
	}
}

// TestDetailsOfOneMessage reads what people put into one message: firm | town | contact | phone | need, in any
// order and any wording. A part that is not told is empty.
func TestDetailsOfOneMessage(t *testing.T) {
	for _, row := range strings.Split(strings.TrimSpace(`
你好，我是小榄顺达五金厂的陈志明，我们想贷款50万买设备，电话13800138000，麻烦联系我 => 小榄顺达五金厂 | | 陈志明 | +8613800138000 | 我们想贷款50万买设备
我们公司叫做中山市华艺灯饰照明股份有限公司，在古镇 => 中山市华艺灯饰照明股份有限公司 | 中山市古镇镇 | | |
华艺灯饰厂，古镇，想做3C认证 => 华艺灯饰厂 | 中山市古镇镇 | | | 想做3C认证
華藝燈飾廠，古鎮，想做3C認證 => 華藝燈飾廠 | 中山市古镇镇 | | | 想做3C認證
我係大朗萬順毛織廠嘅李生，想搵人整網店，打13800138000俾我 => 大朗萬順毛織廠 | | 李生 | +8613800138000 | 想搵人整網店
明辉灯饰厂 古镇镇 陈志明 13800138000 想贷款五十万买设备 => 明辉灯饰厂 | 中山市古镇镇 | 陈志明 | +8613800138000 | 想贷款五十万买设备
13800138000，陈志明，明辉灯饰厂，古镇镇 => 明辉灯饰厂 | 中山市古镇镇 | 陈志明 | +8613800138000 |
想贷款五十万买设备，明辉灯饰厂，陈志明，古镇，13800138000 => 明辉灯饰厂 | 中山市古镇镇 | 陈志明 | +8613800138000 | 想贷款五十万买设备
公司名称：明辉灯饰有限公司\n地址：古镇镇\n需求：想贷款五十万\n联系人：陈志明\n手机：13800138000 => 明辉灯饰有限公司 | 中山市古镇镇 | 陈志明 | +8613800138000 | 想贷款五十万
公司：明辉灯饰\n联系人：陈志明 => 明辉灯饰 | | 陈志明 | |
联系人 陈志明 电话 13800138000 公司 明辉灯饰厂 => 明辉灯饰厂 | | 陈志明 | +8613800138000 |
我姓欧阳 => | | 欧阳 | |
我姓陈，叫我老陈就行 => | | 陈 | |
叫我老王就行 => | | 老王 | |
找陈厂长，0760-22345678 => | | 陈厂长 | +8676022345678 |
我叫阿明 => | | 阿明 | |
免贵姓林 => | | 林 | |
厂在横栏，做灯饰配件的，叫顺发灯饰配件厂 => 顺发灯饰配件厂 | 中山市横栏镇 | | |
我们在小榄 => | 中山市小榄镇 | | |
我哋间厂喺大朗 => | 东莞市大朗镇 | | |
石岐 => | 中山市石岐街道 | | |
石排 => | 东莞市石排镇 | | |
大涌红木家具厂，大涌镇 => 大涌红木家具厂 | 中山市大涌镇 | | |
明辉灯饰厂，地址是中山市古镇镇，联系人陈小姐，电话零七六零八八八八一二三四 => 明辉灯饰厂 | 中山市古镇镇 | 陈小姐 | +8676088881234 |
顺达五金厂老板陈志明 => 顺达五金厂 | | 陈志明 | |
我们厂是顺达五金，想申请专利 => 顺达五金 | | | | 想申请专利
我们公司是做灯饰的，想转型 => | | | | 想转型
我们是做五金的 => | | | |
想找检测公司 => | | | | 想找检测公司
隔壁厂抄我们的款 => | | | |
有没有五金厂做过 => | | | |
我要登记 => | | | |
麻烦尽快联系我 => | | | |
请问要多久 => | | | |
公司想贷款 => | | | | 公司想贷款
Ming Fai Lighting Ltd, Guzhen, Mr Chan, +852 9123 4567, LED testing => Ming Fai Lighting Ltd | 中山市古镇镇 | Mr Chan | +85291234567 | LED testing
We are Ming Fai Lighting Ltd in Guzhen, need a loan of 500k for machines, call Mr. Chan at 13800138000 => Ming Fai Lighting Ltd | 中山市古镇镇 | Mr. Chan | +8613800138000 | need a loan of 500k for machines
I'm Peter Wong from Sun Tat Hardware Factory, Xiaolan, we need CE certificates. 13800138000 => Sun Tat Hardware Factory | 中山市小榄镇 | Peter Wong | +8613800138000 | we need CE certificates
This is Sun Tat Hardware Factory => Sun Tat Hardware Factory | | | |
My name is Peter Wong, phone 13800138000 => | | Peter Wong | +8613800138000 |
our company is Sun Tat Hardware Factory and we want to apply for a patent => Sun Tat Hardware Factory | | | | we want to apply for a patent
Firm: Sun Tat Hardware; Contact: Ms Lee; Phone: 13800138000 => Sun Tat Hardware | | Ms Lee | +8613800138000 |
Shunfa Hardware Co., Ltd., Xiaolan, Wang Dachui, 13812345678 => Shunfa Hardware Co., Ltd | 中山市小榄镇 | Wang Dachui | +8613812345678 |
we are in Dalang => | Dalang | | |
`), "\n") {
		said, want, _ := strings.Cut(row, " => ")
		said = strings.ReplaceAll(said, `\n`, "\n")
		cells := strings.Split(want, "|")
		for len(cells) < 5 {
			cells = append(cells, "")
		}
		d := detailsIn(said)
		for i, got := range []string{d.firm, d.town, d.contact, d.phone, d.need} {
			if want := strings.TrimSpace(cells[i]); got != want {
				t.Errorf("%q: the %s is %q, want %q", said, []string{"firm", "town", "contact", "phone", "need"}[i], got, want)
			}
		}
	}
}

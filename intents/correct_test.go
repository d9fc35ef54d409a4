package intents

import (
	"strings"
	"testing"
)

// filledTo is a form with everything told, at the summary or at the consent; or all but the number, at that question.
func filledTo(t *testing.T, step field) *world {
	w := newWorld(t, Options{})
	switch step {
	case fConfirm:
		w.say("我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意", "陈志明", "13800138000")
	case fConsent:
		w.say("我要登记", "明辉灯饰厂，古镇镇，陈志明，13800138000", "想贷款买新机器")
	case fPhone:
		w.say("我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意", "陈志明")
	}
	if w.step() != step {
		t.Fatalf("the form stands at %s", w.step())
	}
	return w
}

// TestCorrectionsInEveryWording takes back each field in the ways people do. The columns: what is said, the field,
// its value afterwards; "?" for a value that is asked for.
func TestCorrectionsInEveryWording(t *testing.T) {
	for _, row := range strings.Split(strings.TrimSpace(`
电话错了，是13900139000 => phone +8613900139000
电话写错了，应该是13900139000 => phone +8613900139000
电话少打一位，是13900139000 => phone +8613900139000
电话号码打错了 13900139000 => phone +8613900139000
手机号改一下，13900139000 => phone +8613900139000
改一下电话，13900139000 => phone +8613900139000
换个号码 13900139000 => phone +8613900139000
我换号码了，13900139000 => phone +8613900139000
把手机换成13900139000 => phone +8613900139000
我的电话号码要换成0760-88881234 => phone +8676088881234
打错电话了，是13900139000 => phone +8613900139000
不是13800138000，是13900139000 => phone +8613900139000
是13900139000，不是13800138000 => phone +8613900139000
13900139000才对 => phone +8613900139000
应该是13900139000才对 => phone +8613900139000
刚才那个号码不用了，用13900139000 => phone +8613900139000
13900139000 => phone +8613900139000
电话一三九零零一三九零零零，头先讲错咗 => phone +8613900139000
電話錯咗，係13900139000 => phone +8613900139000
電話唔啱，係九一二三四五六七，香港嘅 => phone +85291234567
改下電話 13900139000 => phone +8613900139000
電話寫錯咗 => phone ?
电话错了 => phone ?
修改电话 => phone ?
我换号码了 => phone ?
改下电话 => phone ?
my phone is wrong, it is 13900139000 => phone +8613900139000
wrong number, it's 13900139000 => phone +8613900139000
actually the phone should be 13900139000 => phone +8613900139000
my number changed to 13900139000 => phone +8613900139000
change the phone to +852 9123 4567 => phone +85291234567
the phone number is 13900139000, not 13800138000 => phone +8613900139000
sorry, I meant 13900139000 => phone +8613900139000
change my phone => phone ?
the phone is wrong => phone ?
名字写错了，叫王刚 => contact 王刚
名字错了，是陈志强 => contact 陈志强
联系人改成李小姐 => contact 李小姐
联系人换一下，找李小姐 => contact 李小姐
写错名字了，是陈志强 => contact 陈志强
不是陈志明，是陈志强 => contact 陈志强
是陈志强，不是陈志明 => contact 陈志强
陈志明打错了，是陈志强 => contact 陈志强
陳志明打錯咗，係陳志強 => contact 陳志強
我個名寫錯咗，係陳志強 => contact 陳志強
姓名不对，应为陈志强 => contact 陈志强
联系人：陈志强 => contact 陈志强
改联系人 => contact ?
名字打错了 => contact ?
wrong name, it's Mr Wong => contact Mr Wong
the contact is Mr Wong, not 陈志明 => contact Mr Wong
change the name to Mr Wong => contact Mr Wong
the name should be Mr Wong => contact Mr Wong
公司改一下，是华艺照明有限公司 => firm 华艺照明有限公司
公司名错了，是华艺照明有限公司 => firm 华艺照明有限公司
企业名称改为华艺照明有限公司 => firm 华艺照明有限公司
厂名写错了，叫华艺灯饰厂 => firm 华艺灯饰厂
公司名少了个字，是明辉灯饰厂有限公司 => firm 明辉灯饰厂有限公司
不是明辉灯饰厂，是明光灯饰厂 => firm 明光灯饰厂
写错公司名了，是明光灯饰厂 => firm 明光灯饰厂
把公司名称更正为明光灯饰厂 => firm 明光灯饰厂
公司名唔啱，係明光燈飾廠 => firm 明光燈飾廠
华艺照明有限公司 => firm 华艺照明有限公司
公司名打错了 => firm ?
the company name is Ming Fung Lighting Ltd => firm Ming Fung Lighting Ltd
the firm is wrong, it's Ming Fung Lighting Ltd => firm Ming Fung Lighting Ltd
change the company name to Ming Fung Lighting Ltd => firm Ming Fung Lighting Ltd
镇不对，我们在横栏 => town 中山市横栏镇
地址错了，是小榄 => town 中山市小榄镇
地址写错了，在小榄镇 => town 中山市小榄镇
镇街换成小榄 => town 中山市小榄镇
不是古镇，是小榄 => town 中山市小榄镇
不在古镇，在小榄 => town 中山市小榄镇
是小榄，不是古镇 => town 中山市小榄镇
我们搬到小榄了 => town 中山市小榄镇
選錯鎮，係小欖 => town 中山市小榄镇
唔係古鎮，係小欖 => town 中山市小榄镇
喺小欖，唔係古鎮 => town 中山市小榄镇
地址错了 => town ?
the town is Xiaolan, not Guzhen => town 中山市小榄镇
not Guzhen but Xiaolan => town 中山市小榄镇
the town should be Xiaolan => town 中山市小榄镇
it's Xiaolan, not Guzhen => town 中山市小榄镇
需求改成想做CE认证和3C认证 => need 想做CE认证和3C认证
需求写错了，是想申请外观专利 => need 想申请外观专利
需求不对，应该是找人做网店 => need 找人做网店
把需求改为培训电工二十人 => need 培训电工二十人
不是贷款，是想做检测认证 => need 想做检测认证
需求錯咗，係想搵人整網店 => need 想搵人整網店
改一下需求 => need ?
change the request to testing of LED lamps => need testing of LED lamps
the request is wrong, it should be testing of LED lamps => need testing of LED lamps
类型选错了，应该是知识产权 => platform intellectual-property
平台类型改成质量检测 => platform quality-testing
选错类型了，是质量检测 => platform quality-testing
平台选错了，要检测 => platform quality-testing
类型不对，是人才培训 => platform talent-training
類型揀錯咗，係知識產權 => platform intellectual-property
不是融资，是质量检测 => platform quality-testing
改类型 => platform ?
change the platform to testing => platform quality-testing
the kind should be training => platform talent-training
`), "\n") {
		said, want, _ := strings.Cut(row, " => ")
		f, value, _ := strings.Cut(want, " ")
		for _, at := range []field{fConfirm, fConsent, fPhone} {
			if at != fPhone || f != "phone" && !strings.Contains(said, "1380013") {
				corrected(t, at, said, field(f), value)
			}
		}
	}
}

func corrected(t *testing.T, at field, said string, f field, value string) {
	t.Helper()
	w := filledTo(t, at)
	before := *w.state().Draft
	w.text(said)
	d := w.state().Draft
	if d == nil {
		t.Errorf("%q at %s ended the form:\n%s", said, at, w.reply.Text)
		return
	}
	if value == "?" {
		if w.step() != f {
			t.Errorf("%q at %s: the form stands at %s:\n%s", said, at, w.step(), w.reply.Text)
		}
	} else if got := d.value(f); got != value {
		t.Errorf("%q at %s: the %s is %q, want %q (now at %s)", said, at, f, got, value, w.step())
	} else if w.step() != at && !(f == fPhone && w.step() == fThird) {
		t.Errorf("%q: after the correction the form stands at %s, not at %s", said, w.step(), at)
	}
	for _, e := range editable {
		if e != f && d.value(e) != before.value(e) && !(f == fNeed && e == fPlatform) {
			t.Errorf("%q at %s also made the %s %q", said, at, e, d.value(e))
		}
	}
}

// TestFieldsTakenOut: what may be left out is cleared, a contact detail is erased at once and asked for again.
func TestFieldsTakenOut(t *testing.T) {
	for said, f := range map[string]field{"把需求删了": fNeed, "需求不填了": fNeed, "去掉镇街": fTown, "刪咗個需求": fNeed, "把电话删掉": fPhone, "删掉联系人": fContact, "remove the phone": fPhone, "delete my name": fContact} {
		w := filledTo(t, fConfirm)
		w.text(said)
		d := w.state().Draft
		if d == nil || d.value(f) != "" || w.state().Erase {
			t.Errorf("%q: the %s stays, or more than it went: %+v\n%s", said, f, d, w.reply.Text)
		}
	}
}

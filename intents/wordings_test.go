package intents

import (
	"strings"
	"testing"

	"smebot/intents/understand"
	"smebot/knowledge/script"
)

func list(s string) []string { return strings.Split(strings.TrimSpace(s), "|") }

// TestWhatIsAYes holds the consent to words that say it; everything else is asked again.
func TestWhatIsAYes(t *testing.T) {
	for _, s := range list(`同意|我同意|同意。|我同意啊|同意的|好的，同意|好，我同意|嗯，同意|可以，同意|行，我同意|得，同意|係，同意|同意喇|同意啦|我哋同意|我已阅读并同意|看过了，同意|已阅，同意|没问题，同意|同意，谢谢|我同意登记|我同意处理|同意转交|I agree|i agree.|yes, I agree|agree|agreed|OK I agree|I consent|I do agree|i agree to it|I give my consent`) {
		if !saysAgree(fold(s)) {
			t.Errorf("%q is no yes", s)
		}
		w := newWorld(t, Options{})
		w.say("我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", s)
		if d := w.state().Draft; d == nil || d.Consent == nil {
			t.Errorf("%q gives no consent: %s", s, w.reply.Text)
		}
	}
	for _, s := range list(`嗯|嗯嗯|好|好的|可以|行|行吧|OK|ok|是|是的|确认|没意见|没问题|得|啱|sure|yes|fine|okay|同意？|同意吗|你同意吗|如果安全就同意|同意的话会给谁|同意但不要给别人|不转给别人就同意|先不同意|同意并确认提交|应该同意吗|他同意|老板同意了|以后再同意|1同意2不同意|同意不同意都行|do I agree|agree or not|if it is safe I agree|I might agree|someone agreed|unsubscribe`) {
		if saysAgree(fold(s)) && !asksSomething(s) {
			t.Errorf("%q passes for a yes", s)
		}
		w := newWorld(t, Options{})
		w.say("我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", s)
		if d := w.state().Draft; d != nil && d.Consent != nil {
			t.Errorf("%q gives consent: %s", s, w.reply.Text)
		}
	}
}

// TestWhatIsANo: a no ends the form and leaves nothing; a question about it, and a thought, do not.
func TestWhatIsANo(t *testing.T) {
	for _, s := range list(`不同意|我不同意|不太同意|我不想同意|暂时不同意|唔同意|我唔同意|我唔想同意|不接受|拒绝|我拒绝|不愿意|没同意|还是不同意|先不同意|不|唔好|disagree|I disagree|I do not agree|I don't agree|I cannot agree|no, I don't consent|I refuse`) {
		w := newWorld(t, Options{})
		w.say("我要登记", "明辉灯饰厂，古镇镇，陈志明，13800138000", "想贷款买新机器", s)
		if w.state().Draft != nil || w.state().Refused == 0 {
			t.Errorf("%q is no no: %s", s, w.reply.Text)
		}
	}
	for _, s := range list(`可以不同意吗|不同意会怎样|唔同意得唔得|不同意的话还能问政策吗|考虑一下|等下再说|what if I disagree`) {
		w := newWorld(t, Options{})
		w.say("我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", s)
		if w.state().Draft == nil || w.state().Refused != 0 {
			t.Errorf("%q ended the form: %s", s, w.reply.Text)
		}
	}
}

// TestLeavingAndWaiting: for good the form is erased, for now it waits.
func TestLeavingAndWaiting(t *testing.T) {
	opening := [][]string{{"我要登记"}, {"我要登记", "明辉灯饰厂"}, {"我要登记", "明辉灯饰厂，古镇镇"}, {"我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器"}, {"我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意"}, {"我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意", "陈生", "13800138000"}}
	for _, lines := range opening {
		for _, s := range list(`取消|算了|退出|不登记了|不填了|我不想登记了|不办了|还是不登记了|算了不弄了|不想办了|放弃|停止登记|唔登记喇|唔填喇|唔搞喇|我唔想登记喇|don't want to register|I do not want to continue|cancel|forget it|stop`) {
			w := newWorld(t, Options{})
			w.say(lines...)
			if w.text(s); w.state().Draft != nil {
				t.Errorf("%q at %s goes on: %s", s, w.step(), w.reply.Text)
			}
		}
		for _, s := range list(`下次再说|以后再填|晚点再填|等下再填|改天吧|我考虑一下|让我想想|先考虑下|迟点先|得闲先填|有空再登记|现在没空|later|not now|let me think about it`) {
			w := newWorld(t, Options{})
			w.say(lines...)
			if w.text(s); w.state().Draft == nil || !w.state().Draft.Paused {
				t.Errorf("%q after %v does not wait: %s", s, lines[len(lines)-1], w.reply.Text)
			}
			if w.text("继续登记"); w.state().Draft == nil || w.state().Draft.Paused || w.reply.Intent != "referral" {
				t.Errorf("%q: the form does not go on: %s", s, w.reply.Text)
			}
		}
	}
}

// TestWorriesAreAnswered: questions about the form are answered from the notice, and the form's question follows once.
func TestWorriesAreAnswered(t *testing.T) {
	for answer, said := range map[key]string{
		whyPhone:   `为什么要电话|要电话干嘛|要电话做什么|点解要我电话|留电话有什么用|要手机号码干什么|why do you need my phone|what is the phone for`,
		whyContact: `为什么要名字|留名字做什么|点解要我嘅名|要姓名干嘛|why do you need my name`,
		whyFirm:    `为什么要公司名|要公司名干嘛|点解要公司名|why do you need the company name`,
		whyTown:    `为什么要地址|填镇街有什么用|点解要地址|why the town`,
		whyNeed:    `为什么要填需求|要写需求干嘛`,
		whyConsent: `为什么要我同意|为什么一定要同意|点解要同意|why must I agree|不同意行吗|唔同意得唔得`,
		worrySafe:  `会不会骚扰我|安全吗|会泄露吗|会唔会呃人㗎|靠谱吗|是不是骗子|别人能看到吗|is it safe|will I get spam`,
		worryKeep:  `保存多久|资料存多久|how long is it kept`, worryReceiver: `会给谁|交给哪个机构|谁会看到|你们会把我电话给谁|边个会睇到|who gets it`,
		worryNext: `填完之后呢|多久联系我|几时会联络我|登记完会怎么样|what happens next`, worryCost: `收费吗|登记要钱吗|免费的吗|is it free`, worryRights: `填错了怎么办|以后可以删吗|可以反悔吗|can I delete it later`,
		worryMust: `需求一定要填吗|镇街可以不填吗`,
	} {
		for _, s := range list(said) {
			for _, lines := range [][]string{{"我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器"}, {"我要登记", "明辉灯饰厂，古镇镇", "想贷款买新机器", "同意"}} {
				w := newWorld(t, Options{})
				w.say(lines...)
				step, before := w.step(), mustJSON(t, w.state().Draft.Contact+w.state().Draft.Phone)
				r := w.text(s)
				l := w.state().Lang
				start, _, _ := strings.Cut(say(l, answer), "{")
				if !strings.HasPrefix(r.Text, start) {
					t.Errorf("%q is answered with\n%s\nwant %s", s, r.Text, start)
				}
				if w.state().Draft == nil || w.step() != step || before != mustJSON(t, w.state().Draft.Contact+w.state().Draft.Phone) {
					t.Errorf("%q moved the form", s)
				}
			}
		}
	}
}

// TestGuideInOwnWords answers the guide's questions as people talk, with the understanding that ships.
func TestGuideInOwnWords(t *testing.T) {
	u, err := understand.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range list(`
root: 卖不动=sell, 没订单=sell, 生意差=sell, 貨賣唔郁=sell, 單少咗好多=sell, 没客户=sell, no orders=sell, we cannot sell=sell, 产品=make, 質量=quality-testing, 退货多=quality-testing, 技术跟不上=technology-innovation, quality problems=make, 没钱=financing, 資金周轉唔到=financing, 缺钱=financing, money=financing, 招不到人=people, 请唔到人=people, 人手不够=people, 工人不好招=people, we lack workers=people, 被人抄款=intellectual-property, 有人抄我哋嘅款=intellectual-property, copied by others=intellectual-property, 账目乱=information-network, 管理好亂=information-network, our records are a mess=information-network, 想开厂=incubation, 想創業=incubation, just starting=incubation, 成本高=cost, 不知道选哪个=first, 随便=first, 你帮我选=first, 唔知=first, 說不清=first, no idea=first, 最后一个=first|
sell: 没客源=e-commerce, 冇客=e-commerce, 想在网上卖=e-commerce, 想開網店=e-commerce, no buyers=e-commerce, 款式旧=industrial-design, 樣子老土=industrial-design, designs look old=industrial-design, 要检测报告=quality-testing, 客要報告=quality-testing, buyers want a test report=quality-testing, 成本高=cost, 拼唔过人哋啲價=cost, too expensive=cost, 不了解行情=information-network, 唔識個市場=information-network, 都不是=stage, 唔清楚=stage, none of these=stage|
make: 想做新款=industrial-design, 改包装=industrial-design, 新產品=industrial-design, new packaging=industrial-design, 工艺过不了关=technology-innovation, 技術唔掂=technology-innovation, a technical problem=technology-innovation, 老被退货=quality-testing, 要3C=quality-testing, 俾人退貨=quality-testing, we get returns=quality-testing, 怕被抄=intellectual-property, 被告侵权=intellectual-property, 怕人抄=intellectual-property, 不好说=stage|
people: 要培训=talent-training, 想考證=talent-training, training=talent-training, 想找招聘信息=information-network, 請唔到人=information-network, hiring=information-network, 机器换人=technology-innovation, 想自動化=technology-innovation, machines=technology-innovation, 唔知=talent-training|
stage: 刚起步=incubation, 啱啱開=incubation, just starting=incubation, 想扩大=financing, 穩定咗想做大=financing, want to grow=financing, 老厂=technology-innovation, 開咗二十年=technology-innovation, 说不清=information-network, hard to say=information-network`) {
		node, cells, _ := strings.Cut(strings.TrimSpace(row), ": ")
		for _, cell := range strings.Split(cells, ", ") {
			said, want, _ := strings.Cut(strings.TrimSpace(cell), "=")
			w := newWorld(t, Options{})
			w.mind = u
			w.configure(Options{})
			w.text("找平台")
			s := w.state()
			s.Guide = &guideState{Node: node}
			w.states[w.who] = s.bytes()
			r := w.text(said)
			got := ""
			if g := w.state().Guide; g != nil {
				got = g.Node
			} else if len(r.Platforms) > 0 {
				got = r.Platforms[0]
			}
			if got != want {
				t.Errorf("%s, %q: %s, want %s\n%s", node, said, got, want, r.Text)
			}
		}
	}
}

// TestAfterwardsInOwnWords: what means something only where a request was registered, and nothing of the kind elsewhere.
func TestAfterwardsInOwnWords(t *testing.T) {
	registered := func() *world {
		w := afterRegistering(t, nil)
		w.now = w.now.Add(3 * 3600e9)
		return w
	}
	for _, s := range list(`电话写错了，应该是13900139000|我换号码了，13900139000|改一下电话，13900139000|電話錯咗，係13900139000|my number changed to 13900139000|change my phone to 13900139000|把手机改成13900139000`) {
		w := registered()
		if w.text(s); w.state().Draft == nil || w.state().Draft.Phone != "+8613900139000" || w.step() != fConfirm {
			t.Errorf("%q does not correct the request: %s", s, w.reply.Text)
			continue
		}
		if w.text("确认"); w.leads[w.who][0].Phone.Reveal() != "+8613900139000" || len(w.leads[w.who]) != 1 {
			t.Errorf("%q: after the confirmation %v", s, w.leads[w.who])
		}
		w = newWorld(t, Options{})
		if w.text(s); w.state().Draft != nil || len(w.leads[w.who]) > 0 {
			t.Errorf("%q does something without a request: %s", s, w.reply.Text)
		}
	}
	for s, f := range map[string]field{"我换号码了": fPhone, "电话写错了": fPhone, "改下電話": fPhone, "改名字": fContact, "公司名错了": fFirm, "change my phone": fPhone} {
		w := registered()
		if w.text(s); w.state().Draft == nil || w.step() != f {
			t.Errorf("%q does not ask for the new value: %s", s, w.reply.Text)
		}
	}
	for _, s := range list(`不想登记了|取消登记|我不登记了|唔登记喇`) {
		w := registered()
		if r := w.text(s); !strings.Contains(r.Text, "撤回同意") || len(w.effects) != 0 || r.Choices[0].Label != "撤回同意" {
			t.Errorf("%q: %s", s, r.Text)
		}
	}
	for _, s := range list(`我的登记怎么样了|我嗰單搞成點|我的申请进展如何|上次登记的有消息吗`) {
		w := registered()
		if r := w.text(s); r.Intent != "status" {
			t.Errorf("%q: %s", s, r.Text)
		}
	}
	for _, s := range list(`同意|我同意|I agree|好的|嗯|同意的`) {
		w := registered()
		if w.text(s); w.leads[w.who][0].Status != "new" {
			t.Errorf("%q out of place does %v", s, w.effects)
		}
	}
	for _, s := range list(`你们几点下班|几点上班|周末上班吗|星期六开门吗|中午有人吗|明天上班吗|你哋几点收工|办公时间|周末你们服务中心开门吗|周末服务中心开门吗|请问周末服务中心开不开门|opening hours|are you open on saturday|when do you close`) {
		w := newWorld(t, Options{})
		if r := w.text(s); r.Intent != "human" || !strings.Contains(r.Text, "9:00") {
			t.Errorf("%q is not told the hours: %s", s, r.Text)
		}
	}
	for _, s := range list(`你们在哪里|服务中心在哪里|你哋喺邊度|服务中心的地址是哪里|你们办公室怎么走|where are you located|where is your office`) {
		w := newWorld(t, Options{Contact: "民安路2号"})
		if r := w.text(s); r.Intent != "human" || !strings.Contains(script.Simplified(r.Text), "民安路2号") {
			t.Errorf("%q is not told where: %s", s, r.Text)
		}
	}
	for _, s := range list(`你们是什么单位|你们是政府的吗|你们是不是骗子|你哋係咪呃人嘅|这个公众号靠谱吗|你们是哪个部门的|is this a scam|are you official`) {
		w := newWorld(t, Options{Contact: "民安路2号"})
		if r := w.text(s); r.Intent != "greeting" || !strings.Contains(script.Simplified(r.Text), "民安路2号") {
			t.Errorf("%q is not told who answers: %s", s, r.Text)
		}
	}
	for s, voice := range map[string]bool{"很有用": true, "谢谢，有用": true, "有幫助": true, "very useful": true, "没什么用": false, "谢谢，没用": false, "不准确": false, "答非所问": false, "不对": false, "冇咩用": false, "that's wrong": false, "not what I asked": false} {
		w := newWorld(t, Options{})
		w.text("前20家奖励多少钱")
		if w.text(s); len(w.voices) != 1 || w.voices[0].Useful != voice {
			t.Errorf("%q counts as %v: %s", s, w.voices, w.reply.Text)
		}
	}
	w := registered()
	if r := w.text("13700137000"); w.state().Draft != nil || r.Choices[0].Label != "更正" {
		t.Errorf("a number out of the blue beside a request: %s", r.Text)
	}
}

// TestWithdrawalIsNoGuess: only words that take something back end a consent.
func TestWithdrawalIsNoGuess(t *testing.T) {
	u, err := understand.New()
	if err != nil {
		t.Fatal(err)
	}
	open := func() *world {
		w := afterRegistering(t, u)
		w.now = w.now.Add(3 * 3600e9)
		return w
	}
	for _, s := range list(`得，同意|我同意啊|I consent|同意的话你们会把我电话给谁|我同意转交|同意处理`) {
		w := open()
		if w.text(s); len(w.effects) > 0 || w.leads[w.who][0].Status != "new" {
			t.Errorf("%q withdraws: %s", s, w.reply.Text)
		}
	}
	for _, s := range list(`撤回同意|我要撤回|取消授权|我反悔了,不想让他们联系我|撤咗個同意佢|I withdraw my consent|revoke permission`) {
		w := open()
		if w.text(s); w.leads[w.who][0].Reason != "withdrawn" {
			t.Errorf("%q does not withdraw in one step: %s", s, w.reply.Text)
		}
	}
}

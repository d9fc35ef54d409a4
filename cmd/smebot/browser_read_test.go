package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"smebot/store"
)

// talks are conversations of each kind, to be read from start to end on the page: run with SMEBOT_SCREENSHOTS set to a
// folder and look at the pictures. A line is typed; "[…]" taps the choice that begins so. After " => " stand words that
// the reply must hold.
var talks = []struct{ name, lines string }{
	{"guide", `
厂子想升级
[货卖不动]
没什么客户 => 电子商务
小榄 => 小榄镇
[登记需求] => 贵公司全称`},
	{"referral", `
我想登记需求
我们是小榄顺达五金厂，想贷款50万买设备 => 哪个镇
[中山市小榄镇] => 您是否同意
会不会骚扰我？ => 加密保存
前20家奖励多少钱？ => 100万元
同意 => 怎么称呼
陈志明
为什么要电话？
1380013800 => 核对
13800138000 => 请核对
电话少打一位，是13900138000 => 13900138000
不是陈志明，是陈志强 => 陈志强
确认 => 登记好了
谢谢`},
	{"refusal", `
帮我登记，大朗万顺毛织厂，陈志明，电话13800138000 => 先替您留着
大朗
想做网店
嗯 => 明确回复
不同意 => 不登记
前20家奖励多少钱 => 100万元
我的信息 => 没有您的登记`},
	{"progress", `
登记需求
明辉灯饰厂，古镇，想做产品检测，李小姐，0760-22345678转808
同意 => 转 808
确认 => 登记好了
我的进度 => 今天登记
我换号码了 => 手机
13900139000 => 这样改对吗
对 => 改好了
我的信息 => 139****9000
撤回同意 => 已撤回
我的进度 => 您已撤回`},
	{"erasure", `
登记需求
明辉灯饰厂，古镇，想做产品检测，李小姐，13800138000
同意
确认
删除我的资料 => 无法恢复
[不删了] => 没有删除
删除我的资料
[确认删除] => 已删除
我的进度 => 还没有登记过`},
	{"english", `
hello => service assistant
our business is bad, what can we do => troubles
no orders => Why do
buyers want test reports => Quality testing
we are in Guzhen => None found
register a request => full name
Ming Fai Lighting Ltd
I agree
Mr Chan, 13800138000
that's right => Registered
my progress`},
	{"cantonese", `
我間廠請唔到人，點算好 => 人手上
想搵人嚟培訓 => 人才培訓
喺小欖
登記需求
順達五金廠
點解要我同意？
得，同意
叫我輝哥得啦
一三九八八七七六六五五
冇錯 => 登記好了
我嗰單搞成點`},
	{"closed", `
转人工 => 下班时间
你们几点上班？ => 下班时间
登记需求
明辉灯饰厂，古镇
想请人看看生产线
晚点再填 => 24小时内
继续登记`},
}

// TestBrowserTalks holds each kind of conversation to its words and to the page, and pictures it whole.
func TestBrowserTalks(t *testing.T) {
	days := []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	other := days[(int(time.Now().UTC().Add(8*time.Hour).Weekday())+3)%7] // nobody is at work today
	browser, p := startBrowserWith(t, func(c *Config) {
		c.Centre.Name, c.Centre.Contact, c.Hours = "小榄镇中小微企业服务中心", "0760-22110000", other+" 09:00-17:30"
	})
	if _, err := p.engine.saveOrganisations(t.Context(), []store.Organisation{
		{Town: "中山市小榄镇", Platform: "e-commerce", Name: "小榄电商服务站", Contact: "0760-22118888", Address: "民安路2号", Hours: "周一至周五9:00-17:30", Source: "镇政府网站", Date: "2026-05-01"},
		{Town: "中山市", Platform: "quality-testing", Name: "中山市质量检测院", Contact: "0760-88112233", Source: "市市场监管局", Date: "2026-04-01"},
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range talks {
		t.Run(c.name, func(t *testing.T) {
			b := openTab(t, browser, "talk", 430, 900, true)
			b.open(p)
			for line := range strings.Lines(strings.TrimSpace(c.lines)) {
				said, want, _ := strings.Cut(strings.TrimSpace(line), " => ")
				reply := ""
				if caption, tap := strings.CutPrefix(said, "["); tap {
					reply = b.choose(strings.TrimSuffix(caption, "]"), false)
				} else {
					reply = b.say(said)
				}
				b.wants(reply, want)
				b.fits()
			}
			b.wholeTalk(c.name)
			b.quiet()
		})
	}
}

// wholeTalk writes a picture of the whole conversation.
func (b *tab) wholeTalk(what string) {
	b.Helper()
	height := eval[int64](b, `document.getElementById("log").scrollHeight + innerHeight - document.getElementById("log").clientHeight`)
	b.run(emulation.SetDeviceMetricsOverride(430, height, 1, true))
	b.shot(what)
}

package intents

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smebot/bot"
)

// reader answers prompts the way a stranger would who has the facts at hand and reads what is asked: it knows
// no key and no state. Whatever the wording, it must get to a lead.
type reader struct {
	facts map[string]string
	tried map[string]bool
	last  string
}

var (
	yesWords = regexp.MustCompile(`^(我)?(已阅读并)?(同意|确认|提交|确定|是$|是的|是，|本人|我是本人|已获授权|已授权|愿意|没问题|正确|无误|继续登记|开始登记)`)
	asking   = regexp.MustCompile(`请|？|\?|告诉|输入|填写|回复|选|哪|什么|怎么|多少|吗|如何`)
	inFields = []struct {
		name  string
		words *regexp.Regexp
	}{
		{"phone", regexp.MustCompile(`手机|电话|号码|联系方式`)},
		{"contact", regexp.MustCompile(`联系人|称呼|姓名|贵姓|名字`)},
		{"firm", regexp.MustCompile(`(企业|公司|单位|工厂|厂家|商号)(的)?(全称|名称|名字|叫)|厂名|贵(公司|企业|单位|厂)|哪家(企业|公司|单位)|(企业|公司|单位)(是|$)`)},
		{"town", regexp.MustCompile(`哪个?(镇|市|区|县)|所在(镇|地|区|城)|镇街|地址|在哪`)},
		{"platform", regexp.MustCompile(`(哪|什么|选择?|请选).{0,12}(平台|类型|服务|方面|领域)|(平台|服务).{0,8}(类型|类别|编号|序号)`)},
		{"need", regexp.MustCompile(`需求|需要什么|困难|具体(情况|描述|说)|想(解决|办|要)|诉求|描述|介绍一下`)},
	}
	numberLine = regexp.MustCompile(`^\s*[【\[(（]?(\d{1,2}|[①-⑨])[】\])）]?\s*[.．、:：)）\s]?\s*(\S.*)$`)
	quoted     = regexp.MustCompile(`[“"「『【]([^”"」』】]{1,16})[”"」』】]`)
	sentences  = regexp.MustCompile(`[。！!？?\n；;]`)
	brackets   = regexp.MustCompile(`[（(][^）)]*[）)]`)
	noLabel    = regexp.MustCompile(`不|取消|退出|返回|修改|重|跳过`)
	leadInText = regexp.MustCompile(`\b20\d{6}-[0-9A-Z]{4,8}\b`)
)

type option2 struct {
	value, label string
	press        int // from 1; 0 is typed
}

func (r *reader) next(reply bot.Reply, buttons bool) (option2, bool) {
	text := reply.Text
	if !buttons {
		text = reply.Numbered()
	}
	if text != r.last {
		r.tried, r.last = map[string]bool{}, text
	}
	var opts, ideas []option2
	if buttons {
		for i, c := range reply.Choices {
			opts = append(opts, option2{c.Label, c.Label, i + 1})
		}
	}
	for l := range strings.SplitSeq(text, "\n") {
		if m := numberLine.FindStringSubmatch(l); m != nil {
			opts = append(opts, option2{m[1], strings.TrimSpace(m[2]), 0})
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		opts = append(opts, option2{m[1], m[1], 0})
	}
	for _, o := range opts {
		if yesWords.MatchString(o.label) {
			ideas = append(ideas, o, option2{value: o.label})
		}
	}
	for _, f := range r.asked(text) {
		if f == "platform" {
			if i := slices.IndexFunc(opts, func(o option2) bool { return strings.Contains(o.label, r.facts["platform"]) }); i >= 0 {
				ideas = append(ideas, opts[i])
			}
		}
		ideas = append(ideas, option2{value: r.facts[f]})
	}
	if strings.Contains(text, "本人") || strings.Contains(text, "授权") {
		ideas = append(ideas, option2{value: "是本人"})
	}
	if plainText := !buttons || len(reply.Choices) == 0; plainText {
		if strings.Contains(text, "同意") {
			ideas = slices.Insert(ideas, 0, option2{value: "同意"})
		}
		if strings.Contains(text, r.facts["phone"]) && (strings.Contains(text, "确认") || strings.Contains(text, "提交")) {
			ideas = slices.Insert(ideas, 0, option2{value: "确认"})
		}
	}
	for _, o := range opts {
		if !noLabel.MatchString(o.label) {
			ideas = append(ideas, o)
		}
	}
	ideas = append(ideas, option2{value: "确认"}, option2{value: "是"}, option2{value: "1"}, option2{value: r.facts["firm"]}, option2{value: r.facts["need"]})
	for _, i := range ideas {
		if !r.tried[i.value] {
			r.tried[i.value] = true
			return i, true
		}
	}
	return option2{}, false
}

// asked lists the fields that a text asks for, the last question first.
func (r *reader) asked(text string) []string {
	parts := sentences.Split(text, -1)
	for i := range parts[:len(parts)-1] {
		parts[i] += "？"
	}
	slices.Reverse(parts)
	var list []string
	for _, pass := range []struct{ strip, must bool }{{true, true}, {false, true}, {true, false}} {
		for _, s := range parts {
			if pass.strip {
				s = brackets.ReplaceAllString(s, "")
			}
			if pass.must && !asking.MatchString(s) {
				continue
			}
			at := map[string]int{}
			var hits []string
			for _, f := range inFields {
				for _, m := range f.words.FindAllStringIndex(s, -1) {
					at[f.name] = m[0]
				}
				if _, ok := at[f.name]; ok {
					hits = append(hits, f.name)
				}
			}
			slices.SortStableFunc(hits, func(a, b string) int { return at[b] - at[a] })
			for _, h := range hits {
				if !slices.Contains(list, h) {
					list = append(list, h)
				}
			}
		}
	}
	return list
}

// TestStrangerFinishesReferral reads the prompts from outside, by number and by button, on each channel.
func TestStrangerFinishesReferral(t *testing.T) {
	openers := map[string]string{
		"type known":   "我想登记需求，请融资服务平台的人联系我",
		"nothing said": "我要登记",
		"need told":    "帮我登记一下，我们想找五十万元贷款扩建两间厂房",
	}
	for name, opener := range openers {
		for _, platform := range []bot.Platform{bot.WeChat, bot.Telegram, bot.Web} {
			for _, buttons := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/buttons=%v", name, platform, buttons), func(t *testing.T) {
					w := newWorld(t, Options{})
					w.who.Platform = platform
					if platform == bot.Web {
						w.town = ""
					}
					w.stranger(opener, buttons)
				})
			}
		}
	}
}

func (w *world) stranger(opener string, buttons bool) {
	r := reader{facts: map[string]string{"firm": "中山市古镇明辉8123001灯饰有限公司", "town": "中山市古镇镇", "contact": "陈志明", "phone": "13820000001", "platform": "融资", "need": "想申请五十万元贷款扩建厂房，请介绍融资服务"}}
	var story strings.Builder
	reply := w.text(opener)
	for turn := 1; ; turn++ {
		fmt.Fprintf(&story, "< %s\n", reply.Numbered())
		if leadInText.MatchString(reply.Text) {
			if turn > 12 {
				w.t.Errorf("%d turns to the lead:\n%s", turn, story.String())
			}
			break
		}
		say, ok := r.next(reply, buttons)
		if !ok || turn > 30 {
			w.t.Fatalf("no lead:\n%s", story.String())
		}
		fmt.Fprintf(&story, "> %s\n", say.value)
		if say.press > 0 {
			first := reply
			reply = w.press(first, say.press)
			if again := w.press(first, say.press); leadInText.MatchString(reply.Text) {
				_ = again // the doubled press after the end: checked by the count below
			} else {
				reply = again
			}
		} else {
			reply = w.text(say.value)
		}
	}
	leads := w.leads[w.who]
	if len(leads) != 1 {
		w.t.Fatalf("%d leads:\n%s", len(leads), story.String())
	}
	l := leads[0]
	if l.Firm != r.facts["firm"] || l.Contact != r.facts["contact"] || l.Phone.Reveal() != "+86"+r.facts["phone"] || l.Town != r.facts["town"] || l.Platform != "financing" || l.Need == "" {
		w.t.Errorf("the lead is not what was said: %s %s %s %s %s %s\n%s", l.Firm, l.Contact, l.Phone.Reveal(), l.Town, l.Platform, l.Need, story.String())
	}
	if testing.Verbose() {
		w.t.Log(story.String())
	}
}

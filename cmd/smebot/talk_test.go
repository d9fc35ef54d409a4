package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// This file drives a referral to its lead number the way a person does: it reads what is asked and answers by
// a word, a number or a button. It knows none of the program's sentences, so that rewording them breaks no test.

// person is someone who wants to be referred.
type person struct {
	opener string
	says   map[string]string // what they answer, by the field asked for
}

var people atomic.Int64

// newPerson makes up a person whose firm and phone nobody else has.
func newPerson() person {
	n := people.Add(1)
	return person{
		opener: "我想登记需求，请融资服务平台的人联系我",
		says: map[string]string{
			"firm": fmt.Sprintf("中山市古镇明辉%d灯饰有限公司", n), "town": "中山市古镇镇",
			"contact": string([]rune("陈林黄李梁何郑吴")[n%8]) + []string{"志明", "丽华", "建国", "小燕", "文辉", "秀英"}[n%6],
			"phone":   fmt.Sprintf("138%08d", 20000000+n), "platform": "融资", "need": "想申请五十万元贷款扩建厂房，请介绍融资服务",
		},
	}
}

// button is something a person can tap; only the channel that drew it knows what press is.
type button struct {
	label string
	press any
}

// heard is a reply as a person sees it.
type heard struct {
	text    string
	buttons []button
}

// utterance is what a person does next.
type utterance struct {
	words  string
	button *button
}

var (
	leadNumber = regexp.MustCompile(`\b20\d{6}-[0-9A-Z]{6}\b`)
	yesLike    = regexp.MustCompile(`^(我)?(已阅读并)?(同意|确认|提交|确定|是$|是的|是，|本人|我是本人|已获授权|已授权|愿意|没问题|正确|无误|继续登记|开始登记)`)
	asking     = regexp.MustCompile(`请|？|\?|告诉|输入|填写|回复|选|哪|什么|怎么|多少|吗|如何`)
	declining  = regexp.MustCompile(`不|取消|退出|返回|修改|重|跳过`)
	brackets   = regexp.MustCompile(`[（(][^）)]*[）)]`)
	numbered   = regexp.MustCompile(`^\s*[【\[(（]?(\d{1,2}|[①-⑨])[】\])）]?\s*[.．、:：)）\s]?\s*(\S.*)$`)
	quoted     = regexp.MustCompile(`[“"「『【]([^”"」』】]{1,16})[”"」』】]`)
	ends       = regexp.MustCompile(`[。！!？?\n；;]`)
	fieldWords = []struct {
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
)

// options are the buttons, numbered lines and quoted words of a reply, by label.
func options(h heard) (out []utterance, labels []string) {
	add := func(label string, u utterance) { out, labels = append(out, u), append(labels, label) }
	for i, b := range h.buttons {
		add(b.label, utterance{b.label, &h.buttons[i]})
	}
	for line := range strings.SplitSeq(h.text, "\n") {
		if m := numbered.FindStringSubmatch(line); m != nil {
			add(strings.TrimSpace(m[2]), utterance{words: m[1]})
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(h.text, -1) {
		add(m[1], utterance{words: m[1]})
	}
	return out, labels
}

// askedFor lists the fields a reply asks for, the likeliest first: what its last question names last.
func askedFor(text string) (fields []string) {
	var sentences []string
	for _, s := range ends.Split(text, -1) {
		if strings.TrimSpace(s) != "" {
			sentences = append(sentences, s+"？")
		}
	}
	slices.Reverse(sentences)
	for _, pass := range []struct{ strip, mustAsk bool }{{true, true}, {false, true}, {true, false}} {
		for _, s := range sentences {
			if pass.strip {
				s = brackets.ReplaceAllString(s, "")
			}
			if pass.mustAsk && !asking.MatchString(s) {
				continue
			}
			type hit struct {
				name string
				at   int
			}
			var hits []hit
			for _, f := range fieldWords {
				if all := f.words.FindAllStringIndex(s, -1); all != nil {
					hits = append(hits, hit{f.name, all[len(all)-1][0]})
				}
			}
			slices.SortStableFunc(hits, func(a, b hit) int { return b.at - a.at })
			for _, h := range hits {
				if !slices.Contains(fields, h.name) {
					fields = append(fields, h.name)
				}
			}
		}
	}
	return fields
}

// answerTo is what a person says to a reply; tried holds what the same question was answered with already.
func answerTo(h heard, who person, tried map[string]bool) (utterance, bool) {
	opts, labels := options(h)
	var ideas []utterance
	for i, o := range opts {
		if yesLike.MatchString(labels[i]) {
			ideas = append(ideas, o)
		}
	}
	matching := func() {
		for i, o := range opts {
			if strings.Contains(labels[i], who.says["platform"]) {
				ideas = append(ideas, o)
				return
			}
		}
	}
	for _, f := range askedFor(h.text) {
		if f == "platform" {
			matching()
		}
		ideas = append(ideas, utterance{words: who.says[f]})
	}
	if strings.Contains(h.text, "本人") || strings.Contains(h.text, "授权") {
		ideas = append(ideas, utterance{words: "是本人"})
	}
	if len(h.buttons) == 0 {
		echoes := strings.Contains(h.text, who.says["firm"]) || strings.Contains(h.text, who.says["phone"][7:])
		if strings.Contains(h.text, "同意") {
			ideas = append([]utterance{{words: "同意"}}, ideas...)
		}
		if echoes && (strings.Contains(h.text, "确认") || strings.Contains(h.text, "提交")) {
			ideas = append([]utterance{{words: "确认"}}, ideas...)
		}
	}
	matching()
	for i, o := range opts {
		if !declining.MatchString(labels[i]) {
			ideas = append(ideas, o)
		}
	}
	ideas = append(ideas, utterance{words: "确认"}, utterance{words: "是"}, utterance{words: who.says["firm"]}, utterance{words: who.says["need"]})
	for _, u := range ideas {
		if !tried[u.words] {
			return u, true
		}
	}
	return utterance{}, false
}

// refer talks until a lead number is shown, and returns it with the replies seen. It returns "" when the
// conversation leads nowhere, and says so with the whole talk.
func refer(t testing.TB, who person, send func(utterance) heard) (lead string, replies []string) {
	t.Helper()
	var story strings.Builder
	say, tried, last := utterance{words: who.opener}, map[string]bool{}, ""
	for range 30 {
		h := send(say)
		fmt.Fprintf(&story, "> %s\n  < %s\n", say.words, strings.ReplaceAll(clip(h.text, 200), "\n", " / "))
		replies = append(replies, h.text)
		if n := leadNumber.FindString(h.text); n != "" {
			return n, replies
		}
		if h.text != last {
			tried, last = map[string]bool{}, h.text
		}
		var ok bool
		if say, ok = answerTo(h, who, tried); !ok {
			break
		}
		tried[say.words] = true
	}
	t.Errorf("the referral did not come to a lead number:\n%s", story.String())
	return "", replies
}

// holdsWhole checks that a data folder holds exactly one lead of a number, with all that the person said.
func holdsWhole(t testing.TB, data, number string, who person) {
	t.Helper()
	n := 0
	for _, l := range exported(t, data) {
		if l["number"] != number {
			continue
		}
		n++
		for field, want := range map[string]string{"firm": who.says["firm"], "contact": who.says["contact"], "phone": "+86" + who.says["phone"], "platform": "financing", "status": "new"} {
			if l[field] != want {
				t.Errorf("lead %s has %s %q, want %q", number, field, l[field], want)
			}
		}
		if l["need"] == "" || l["consent_version"] == "" || l["consent_receiver"] == "" {
			t.Errorf("lead %s lacks its need or its consent: %v", number, l)
		}
	}
	if n != 1 {
		t.Errorf("%d leads have the number %s, want 1", n, number)
	}
}

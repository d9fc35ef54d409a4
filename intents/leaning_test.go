package intents

import (
	"strings"
	"testing"

	"smebot/knowledge"
	"smebot/knowledge/script"
)

// TestLeaningOnAnAnswer asks in many words whether a clause still holds, and for fewer words.
func TestLeaningOnAnAnswer(t *testing.T) {
	for _, s := range list(`现在还有效吗|还有效吗|100万还能拿吗|仲有冇效|有没有过期|过期了没有|这个钱现在还有吗|那我们能拿吗|还能申请吗|奖励现在还有吗|is it still valid|does it still apply`) {
		w := newWorld(t, Options{Contact: "民安路2号"})
		w.text("前20家奖励多少钱")
		if r := w.text(s); !strings.Contains(script.Simplified(r.Text), "期限已过") || !strings.Contains(r.Text, "民安路2号") || len(r.Articles) != 1 {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
	for _, s := range list(`太长了|说重点|字太多了|简单点说|睇唔明|too long|in short`) {
		w := newWorld(t, Options{})
		long := len(w.text("前20家奖励多少钱").Text)
		if r := w.text(s); !strings.Contains(r.Text, "100万元") && !strings.Contains(r.Text, "Article 24") || len(r.Text) >= long {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
	w := newWorld(t, Options{})
	w.text("前20家奖励多少钱")
	for s, want := range map[string]knowledge.Language{"in English please": knowledge.English, "讲繁体": knowledge.Traditional, "用中文": knowledge.Simplified} {
		if r := w.text(s); w.state().Lang != want || len(r.Articles) != 1 || r.Articles[0].Article != 24 {
			t.Errorf("%q: %s %s", s, w.state().Lang, r.Text)
		}
	}
	w.text("前20家奖励多少钱")
	if w.text("不是这个"); len(w.voices) != 1 || w.voices[0].Useful {
		t.Errorf("a wrong answer counts as %v", w.voices)
	}
}

// TestLeaningOnAKind asks who is near, and in other towns, once a kind of platform was spoken of.
func TestLeaningOnAKind(t *testing.T) {
	for _, s := range list(`附近有谁可以做|附近有什么机构|附近邊度有|有没有近一点的|镇上有没有|who is nearby|他们地址在哪里|怎么去|what is their phone number|他们电话多少`) {
		w := nearWorld(t, "中山市古镇镇")
		w.text("质量检测")
		if r := w.text(s); !strings.Contains(script.Simplified(r.Text), "虚构检测站") {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
	for _, s := range list(`如果在横栏呢|横栏呢|中山有什么|那横栏有没有|喺橫欄有冇|what about 横栏`) {
		w := nearWorld(t, "佛山市顺德区乐从镇")
		w.text("工业设计")
		if r := w.text(s); !strings.Contains(script.Simplified(r.Text), "虚构设计社") {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
	w := nearWorld(t, "")
	if r := w.text("附近有什么机构"); len(r.Choices) != len(slugs) {
		t.Fatalf("near, of nothing: %s", r.Numbered())
	}
	if r := w.text("质量检测"); !strings.Contains(r.Text, "哪个镇") {
		t.Errorf("near, of testing: %s", r.Text)
	}
	if r := w.text("古镇"); !strings.Contains(r.Text, "虚构检测站") {
		t.Errorf("near, in Guzhen: %s", r.Text)
	}
}

// TestOthersNearby asks for more organisations than were named.
func TestOthersNearby(t *testing.T) {
	w := nearWorld(t, "中山市古镇镇")
	named := w.text("质量检测").Text
	r := w.text("有没有别家")
	for _, o := range []string{"虚构检测站甲", "虚构检测站乙", "虚构检测站丙"} {
		if strings.Contains(named, o) == strings.Contains(r.Text, o) {
			t.Errorf("%s: first\n%s\nthen\n%s", o, named, r.Text)
		}
	}
	w.text("工业设计")
	if r := w.text("還有其他機構嗎"); !strings.Contains(script.Simplified(r.Text), "就这些") {
		t.Errorf("of one there are others: %s", r.Text)
	}
}

// TestGuideHearsATown keeps a town that is told in place of an answer, and asks on; who tells nothing is not told for sure.
func TestGuideHearsATown(t *testing.T) {
	w := nearWorld(t, "")
	w.text("找平台")
	if r := w.text("我喺古鎮"); !strings.Contains(script.Simplified(r.Text), "记下了，在古镇镇") || !strings.Contains(script.Simplified(r.Text), "最头疼") || w.state().Town != "中山市古镇镇" {
		t.Errorf("%s: %s", w.state().Town, r.Text)
	}
	w = newWorld(t, Options{})
	w.text("找平台")
	for range 3 {
		w.text("不确定")
	}
	if len(w.reply.Platforms) != 1 || !strings.HasPrefix(w.reply.Text, "您还拿不准") {
		t.Errorf("three times unsure: %s", w.reply.Text)
	}
}

// TestQuestionsOfAnything are answered by what was spoken of, or asked back; never by what their words are like.
func TestQuestionsOfAnything(t *testing.T) {
	for s, want := range map[string]string{"要准备什么": "建议先准备", "需要什么材料": "建议先准备", "怎么申请": "具体机构", "多久能办好": "具体机构", "利息多少": "具体机构", "有人上门吗": "具体机构", "找谁办": "具体机构", "點樣申請": "具体机构", "how long does it take": "organisation", "what do I need to bring": "ready", "what's the fee?": "organisation"} {
		w := nearWorld(t, "中山市古镇镇")
		w.text("质量检测")
		if r := w.text(s); !strings.Contains(script.Simplified(r.Text), want) || !strings.Contains(script.Simplified(r.Text), "虚构检测站") {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
		w = newWorld(t, Options{})
		if r := w.text(s); r.Intent != "clarify" || len(r.Articles) > 0 || len(r.Platforms) > 0 {
			t.Errorf("%q, of nothing, is answered with %s", s, r.Text)
		}
	}
}

// TestManners answers what asks nothing without a lecture.
func TestManners(t *testing.T) {
	for _, s := range list(`我要投诉|投诉谁|怎么投诉你们|傻逼机器人|I want to complain`) {
		w := newWorld(t, Options{Contact: "民安路2号"})
		if r := w.text(s); r.Intent != "human" || !strings.Contains(r.Text, "民安路2号") {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
	first := newWorld(t, Options{}).text("你好").Text
	for _, s := range list(`好|嗯|哦|知道了|哈哈哈|拜拜|再见|ok|bye|你好聪明`) {
		w := newWorld(t, Options{})
		w.text("前20家奖励多少钱")
		if r := w.text(s); r.Intent != "greeting" || r.Text == first || len(r.Text) > 120 {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
	if r := newWorld(t, Options{}).text("下一页"); !strings.Contains(r.Text, "没有下一页") {
		t.Errorf("a page after none: %s", r.Text)
	}
}

// TestOpenOnADay says of the day asked for whether staff are at work.
func TestOpenOnADay(t *testing.T) {
	for s, want := range map[string]string{"周六上班吗": "周六不上班。", "周三上班吗": "周三上班。", "周末开门吗": "周末不上班。", "星期日有人吗": "星期日不上班。", "禮拜一返工嗎": "礼拜一上班。"} {
		if r := newWorld(t, Options{}).text(s); !strings.HasPrefix(script.Simplified(r.Text), want) {
			t.Errorf("%q is answered with %s", s, r.Text)
		}
	}
}

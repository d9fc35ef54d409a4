package intents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// taughtMind takes some messages for questions that staff answered.
type taughtMind struct{ keywords }

func (m taughtMind) Understand(text string) understand.Result {
	res := m.keywords.Understand(text)
	for words, id := range map[string]string{"周末": "weekend", "weekend": "weekend", "展会": "fair", "过期": "old"} {
		if strings.Contains(text, words) {
			res.Answer = id
		}
	}
	return res
}

type ownAnswers map[string]OwnAnswer

func (o ownAnswers) Answer(id string, now time.Time) (OwnAnswer, bool) {
	a, ok := o[id]
	return a, ok && id != "old"
}

func taughtWorld(t *testing.T) *world {
	w := newWorld(t, Options{})
	w.mind = taughtMind{}
	day := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	fair := knowledge.Ref{Document: "猫粮管理办法", Article: 3, Heading: "第三条"}
	w.answers = ownAnswers{
		"weekend": {Words: "周末不开门，可以网上预约。", Day: day, Title: "服务中心开放公告", Number: "古服〔2026〕3号", Date: "2026-10-01", Link: "https://example.gov.cn/a"},
		"fair":    {Words: "展会补贴请看这一条。", Day: day, Ref: &fair, Title: "猫粮管理办法"},
		"old":     {Words: "过时的话。", Day: day, Title: "旧文件", Date: "2020-01-01"},
	}
	w.configure(Options{})
	return w
}

func (w *world) wantsWords(r bot.Reply, words ...string) {
	w.t.Helper()
	for _, s := range words {
		if !strings.Contains(r.Numbered(), s) {
			w.t.Errorf("no %q in:\n%s", s, r.Numbered())
		}
	}
}

func TestAnswersOfStaffAreShownAsSuch(t *testing.T) {
	w := taughtWorld(t)
	r := w.text("周末你们开门吗")
	w.wantsWords(r, "本镇中小微企业服务中心工作人员答复（2026-11-20）：\n周末不开门", "出处：《服务中心开放公告》（古服〔2026〕3号，2026-10-01） https://example.gov.cn/a", "不是文件原文", "有用")
	if strings.Contains(r.Text, "依据：") || len(r.Articles) != 0 || r.Intent != "policy" {
		t.Errorf("it looks like a quotation: %+v", r)
	}
	w.wantsWords(w.text("週末開門嗎，周末"), "工作人員答覆", "週末不開門", "不是文件原文")
	w.wantsWords(w.text("Is the office open on the weekend?"), "Answer by the staff of", "周末不开门", "not a quotation")

	r = w.text("有展会补贴吗")
	w.wantsWords(r, "参考：《猫粮管理办法》第三条", "看第三条全文")
	if len(r.Articles) != 1 || r.Articles[0].Document != "猫粮管理办法" {
		t.Errorf("it rests on %+v", r.Articles)
	}
	w.text("没用")
	if n := w.notes[len(w.notes)-1]; n.Intent != "answer/fair" || n.Outcome != "useless" {
		t.Errorf("noted is %+v", n)
	}
	if r = w.text("过期的问题"); strings.Contains(r.Text, "过时的话") || r.Intent != "no_answer" {
		t.Errorf("an answer whose time is over is given: %s", r.Text)
	}
	w.group = true
	w.wantsWords(w.text("周末你们开门吗"), "周末不开门")
}

func TestAskersMayBeTold(t *testing.T) {
	for lang, c := range map[string]struct{ ask, offer, label, noted string }{
		"zh":      {"今天天气怎样", "要不要有答案时告诉您", "有答案告诉我", "只发一次"},
		"zh-Hant": {"今天天氣怎樣", "要不要有答案時告訴您", "有答案告訴我", "只發一次"},
		"en":      {"what is the weather", "Shall I tell you", "Tell me the answer", "one message"},
	} {
		w := newWorld(t, Options{})
		if r := w.text(c.ask); strings.Contains(r.Text, c.offer) || w.notes[0].ID != "" {
			t.Fatalf("%s: offered where nobody can be written to: %s", lang, r.Text)
		}
		w.later = true
		r := w.text(c.ask)
		w.wantsWords(r, c.offer, c.label)
		id := w.notes[1].ID
		n := slices.IndexFunc(r.Choices, func(b bot.Choice) bool { return b.Label == c.label })
		w.wantsWords(w.press(r, n+1), c.noted)
		want := store.WantAnswer{Who: w.who, Question: id, Language: lang}
		if len(w.effects) != 1 || w.effects[0] != bot.Effect(want) || id == "" {
			t.Errorf("%s: effects %+v, want %+v", lang, w.effects, want)
		}
		w.text("有答案告诉我") // said again
		if len(w.effects) != 0 {
			t.Errorf("%s: one question is waited for twice", lang)
		}
	}
	w := newWorld(t, Options{})
	w.later = true
	w.text("今天天气怎样")
	w.now = w.now.Add(25 * time.Hour)
	if w.text("有答案告诉我"); len(w.effects) != 0 {
		t.Error("a question of yesterday is waited for")
	}
	w.group = true
	w.text("今天天气怎样")
	if w.text("有答案告诉我"); len(w.effects) != 0 || w.notes[len(w.notes)-1].ID != "" {
		t.Error("somebody in a group is to be told")
	}
	w.group = false
	w.text("前20家奖励多少")
	w.wantsWords(w.text("没用"), "有答案告诉我")

	w.waiting = 2
	w.wantsWords(w.text("我的信息"), "等答复的提问：2条")
}

func TestTheNewsNamesTheQuestion(t *testing.T) {
	w := newWorld(t, Options{})
	long := strings.Repeat("答", 900)
	for lang, head := range map[knowledge.Language]string{knowledge.Simplified: "您之前问的「周末开门吗」", knowledge.Traditional: "您之前問的「周末开门吗」", knowledge.English: "You asked \"周末开门吗\""} {
		r := w.router.AnswerNews("周末开门吗", long, lang)
		if !strings.HasPrefix(r.Text, head) || len(r.Text) > bot.MaxReplyBytes || len(r.Choices) != 0 {
			t.Errorf("%s: %d bytes: %.80s", lang, len(r.Text), r.Text)
		}
	}
}

func TestStoppedChannel(t *testing.T) {
	w := newWorld(t, Options{Centre: "古镇服务中心", Contact: "0760-88888888"})
	w.text("登记需求")
	before := string(w.states[w.who])
	w.stopped = true
	for said, want := range map[string]string{"前20家奖励多少": "这个渠道暂停接待", "獎勵幾多錢": "這個渠道暫停接待", "what is the award": "closed for the moment", "明辉灯饰厂": "暂停接待", "": "暂停接待"} {
		r := w.text(said)
		w.wantsWords(r, want)
		if len(r.Choices) > 0 || strings.Contains(r.Text, "\n") || len(w.effects) > 0 || string(w.states[w.who]) != before {
			t.Errorf("after %q: %q, effects %v, or another state", said, r.Text, w.effects)
		}
	}
	w.wantsWords(w.send(bot.Message{Kind: bot.KindSubscribe, Lang: "en-GB"}), "暂停接待") // the talk was in Chinese
	w.wantsWords(w.send(bot.Message{Kind: bot.KindUnreadable}), "0760-88888888")
	w.wantsWords(w.text("我的进度"), "登记还没填完")
	w.wantsWords(w.text("我的信息"), "没填完的登记")
	w.wantsWords(w.text("删除我的信息"), "确定要删除吗")
	w.wantsWords(w.text("确认删除"), "已删除您的信息")
	if len(w.effects) != 1 {
		t.Errorf("erasing gave %v", w.effects)
	}
	w.stopped = false
	w.wantsWords(w.text("前20家奖励多少"), "100万元")
}

func TestHoldsPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"周末开门吗": false, "前20家奖励100万元": false, "２０１２年的文件": false, "请打13800138000": true, "找 a@b.cn": true, "微信 chen_2026": true, "一三八零零一三八零零零": true,
		"110101199003078515": true, "我的生日是1990年3月7日": true,
	} {
		if got := HoldsPersonal(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNoticesAreThoseShown(t *testing.T) {
	o := Options{Centre: "古镇服务中心"}
	list := o.Notices()
	if len(list) != 6 {
		t.Fatalf("%d notices", len(list))
	}
	w := newWorld(t, o)
	r := w.text("登记需求")
	for _, n := range list {
		if n.Language == "zh" && !n.Abroad {
			w.wantsWords(r, n.Version, n.Words)
		}
	}
}

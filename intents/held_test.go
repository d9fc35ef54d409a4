package intents

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

func TestHeldThread(t *testing.T) {
	r := New(Config{Understand: keywords{}})
	in := bot.Input{State: []byte(`{"v":1,"s":"financing"}`), Now: time.Now(), Held: bot.Held{On: true},
		Message: bot.Message{Key: "k", From: bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "u"}, Kind: bot.KindText, Text: "奖励多少", Leads: true}}
	route := func() bot.Outcome {
		t.Helper()
		o, err := r.Route(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	told := func(o bot.Outcome) bool {
		return slices.Contains(o.Effects, bot.Effect(store.HeldTurn{Who: in.Message.From}))
	}
	if o := route(); !strings.Contains(o.Reply.Text, "工作人员") || !told(o) || !bytes.Equal(o.State, in.State) {
		t.Errorf("the first message: %+v", o)
	}
	in.Held.Told = true
	if o := route(); !o.Reply.Empty() || !told(o) || !bytes.Equal(o.State, in.State) {
		t.Errorf("a later message: %+v", o)
	}
	in.Message.Kind, in.Message.Press = bot.KindPress, &bot.Press{Menu: 3, Index: 0}
	if o := route(); !o.Reply.Empty() {
		t.Errorf("a choice of an old menu: %q", o.Reply.Text)
	}
	in.Message.Kind, in.Message.Press, in.Message.Text = bot.KindText, nil, "删除我的信息"
	o := route()
	if o.Reply.Empty() || told(o) {
		t.Errorf("a right over one's data waits for staff: %+v", o)
	}
	in.State, in.Message.Text = o.State, "1" // the choice that says yes
	if o := route(); o.Reply.Empty() || told(o) {
		t.Errorf("the answer to the question whether to erase: %+v", o)
	}
}

func TestTalkMasksContacts(t *testing.T) {
	talk := Talk(bot.Input{Message: bot.Message{Text: "打 138 0013 8000 或 chen@example.com"}},
		bot.Outcome{Reply: bot.Reply{Text: "编号 20261122-7K3QWM，电话 13800138000", Choices: []bot.Choice{{Label: "确认"}}}})
	for _, part := range []string{"138", "8000", "chen@"} {
		if strings.Contains(talk.Said+talk.Replied, part) {
			t.Errorf("%q is kept: %+v", part, talk)
		}
	}
	if !strings.Contains(talk.Replied, "20261122-7K3QWM") || !strings.Contains(talk.Replied, "1. 确认") {
		t.Errorf("what staff need is gone: %+v", talk)
	}
	if group := Talk(bot.Input{Message: bot.Message{Group: true, Text: "大家好"}}, bot.Outcome{}); group != (bot.Talk{}) {
		t.Errorf("words of a group are kept: %+v", group)
	}
}

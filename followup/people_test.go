package followup

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// called reports whether staff are asked to telephone the person of a lead.
func (o *office) called(number string) bool {
	o.Helper()
	l, err := o.Lead(o.Context(), number)
	o.must(err)
	return l.NeedsCall
}

// heard takes what a channel sends to its people: each must hold these words.
func (o *office) heard(channel string, want ...string) []bot.Outgoing {
	o.Helper()
	all := o.took(channel)
	if len(all) != len(want) {
		o.Errorf("%s: %d messages, want %d: %+v", channel, len(all), len(want), all)
		return nil
	}
	for i, m := range all {
		if !strings.Contains(m.Reply.Text, want[i]) {
			o.Errorf("the message lacks %q: %s", want[i], m.Reply.Text)
		}
	}
	return all
}

// later looks again once a move is old enough to be told.
func (o *office) later() {
	o.Helper()
	o.pass(time.Minute)
	o.see()
}

func TestNewsOnEachChannel(t *testing.T) {
	for _, c := range []struct {
		who     bot.Address
		reaches bool
	}{{chen, true}, {wong, true}, {mei, true}, {local, false}, {moved, false}} {
		o := newOffice(t)
		n := o.refer(c.who)
		o.see()
		o.move(n, store.Contacted, "")
		o.see()
		o.heard(c.who.Channel)
		o.later()
		if c.reaches {
			o.heard(c.who.Channel, n+" 有进展：工作人员已联系过您")
		} else {
			o.heard(c.who.Channel)
		}
		if o.called(n) {
			t.Errorf("%s: a call is wanted after a contact", c.who.Channel)
		}
		o.move(n, store.Referred, "")
		o.later()
		if c.reaches {
			o.heard(c.who.Channel, n+" 有进展：已转给服务平台")
		} else {
			o.heard(c.who.Channel)
		}
		if o.called(n) == c.reaches {
			t.Errorf("%s: a call is wanted: %v", c.who.Channel, !c.reaches)
		}
		o.later()
		o.heard(c.who.Channel)
	}
}

// Only the last of several moves is told, and a name of who has the lead is.
func TestNewsWaitsForTheNextMove(t *testing.T) {
	o := newOffice(t)
	n := o.refer(wong)
	o.move(n, store.Contacted, "")
	o.pass(50 * time.Second)
	o.see()
	l, err := o.Lead(o.Context(), n)
	o.must(err)
	o.must(o.HandLead(o.Context(), n, l.Version, "li", "古镇灯饰检测中心", "li"))
	o.move(n, store.Referred, "")
	o.pass(50 * time.Second)
	o.see()
	o.heard("tg")
	o.must(o.Close()) // the wait is the store's, not the process's
	o.open(wecom)
	o.pass(10 * time.Second)
	o.see()
	o.heard("tg", "已转给古镇灯饰检测中心")
}

func TestWeChatWindow(t *testing.T) {
	o := newOffice(t)
	steps := []store.Status{store.Contacted, store.Referred, store.InService, store.Done}
	n := o.refer(chen)
	o.move(n, steps[0], "")
	o.later()
	o.heard("guzhen", n)
	o.pass(48 * time.Hour) // since the person wrote
	o.move(n, steps[1], "")
	o.later()
	o.heard("guzhen")
	if !o.called(n) {
		t.Error("the window is closed and no call is asked for")
	}
	o.must(o.CallDone(o.Context(), n, "li"))
	o.turn(chen, wrote)
	o.move(n, steps[2], "")
	o.later()
	o.heard("guzhen", n)
	for range 4 { // staff write too: five in all
		o.must(o.TakeOver(o.Context(), n, "li"))
		o.must(o.Reply(o.Context(), n, "li", o.now().String(), "您好"))
		o.heard("guzhen", "您好")
		o.pass(time.Second)
	}
	o.move(n, steps[3], "")
	o.later()
	o.heard("guzhen")
	if !o.called(n) {
		t.Error("five messages went out and no call is asked for")
	}
	o.turn(chen, bot.Reach{For: time.Minute, Count: 3}) // a tap on a menu
	o.move(n, store.Closed, store.Helped)
	o.pass(time.Minute)
	o.see()
	o.heard("guzhen") // over when the minute of waiting is
}

// Who asked for no news, was erased or took the consent back hears nothing, whenever they did.
func TestPD21_NoNewsAfterStop(t *testing.T) {
	for name, silence := range map[string]func(*office, string){
		"quiet":     func(o *office, n string) { o.turn(wong, bot.Reach{}, store.News{Who: wong}) },
		"erased":    func(o *office, n string) { o.turn(wong, bot.Reach{}, store.ErasePerson{Who: wong}) },
		"withdrawn": func(o *office, n string) { o.turn(wong, bot.Reach{}, store.WithdrawConsent{Who: wong}) },
	} {
		for _, when := range []string{"before the move", "within the minute", "before it is sent"} {
			o := newOffice(t)
			n := o.refer(wong)
			if when == "before the move" {
				silence(o, n)
			}
			if l, err := o.Lead(t.Context(), n); err == nil && l.Status == store.New {
				o.move(n, store.Contacted, "")
			}
			o.pass(30 * time.Second)
			o.see()
			if when == "within the minute" {
				silence(o, n)
			}
			o.later()
			if when == "before it is sent" {
				silence(o, n)
			}
			o.later()
			o.heard("tg")
			if o.called(n) {
				t.Errorf("%s, %s: a call is asked for", name, when)
			}
		}
	}
}

// close ends a lead and lets the news of it pass.
func (o *office) close(n string, reason store.CloseReason) {
	o.Helper()
	o.move(n, store.Closed, reason)
	o.later()
	o.took("tg")
	o.took("web")
	o.took("guzhen")
	o.took(wecom)
}

func TestAskedWhetherItHelped(t *testing.T) {
	for _, c := range []struct {
		who   bot.Address
		asked bool
	}{{chen, false}, {wong, true}, {mei, true}, {local, false}, {moved, false}} {
		o := newOffice(t)
		n := o.refer(c.who)
		o.close(n, store.Helped)
		o.clock("2026-12-03 09:59")
		o.see()
		o.heard(c.who.Channel)
		o.clock("2026-12-03 10:01")
		o.see()
		if !c.asked {
			o.heard(c.who.Channel)
		} else if all := o.heard(c.who.Channel, n+" 结束十天了"); len(all) == 1 && len(all[0].Reply.Choices) != 3 {
			t.Errorf("asked %+v", all[0])
		}
		called := c.who == local || c.who == moved // for the news of its end, not for the question
		if o.called(n) != called {
			t.Errorf("%s: a call is wanted: %v", c.who.Channel, !called)
		}
		for range 40 {
			o.pass(24 * time.Hour)
			o.see()
		}
		o.heard(c.who.Channel)
	}
}

// On WeChat only whoever happened to write within two days is asked.
func TestAskedOnWeChatInsideTheWindow(t *testing.T) {
	o := newOffice(t)
	n := o.refer(chen)
	o.close(n, store.NoHelpAvailable)
	o.clock("2026-12-02 10:00")
	o.turn(chen, wrote)
	o.clock("2026-12-03 10:01")
	o.see()
	o.heard("guzhen", n)
}

func TestNotAskedAtNightNorInAForm(t *testing.T) {
	o := newOffice(t)
	n := o.refer(wong)
	o.clock("2026-11-25 20:00")
	o.close(n, store.Helped) // ten days on it is Saturday evening
	o.clock("2026-12-05 21:00")
	o.see()
	o.heard("tg")
	o.clock("2026-12-07 08:59")
	o.see()
	o.heard("tg")
	o.clock("2026-12-07 09:00")
	c, err := o.Conversation(t.Context(), wong)
	o.must(err)
	form := []byte(`{"v":1,"l":"zh","d":{"id":"a","b":` + o.unix() + `,"t":` + o.unix() + `}}`)
	o.must(o.CommitTurn(t.Context(), bot.Turn{Key: "form", From: wong, At: o.now(), State: form, Version: c.Version}))
	o.see()
	o.heard("tg")
	o.pass(8 * time.Hour)
	o.see()
	o.heard("tg")
	o.clock("2026-12-08 09:30") // the form is a day old
	o.see()
	o.heard("tg", n)
}

func (o *office) unix() string { return strconv.FormatInt(o.now().Unix(), 10) }

func TestNotAskedWhoWantsNoNews(t *testing.T) {
	for name, silence := range map[string]bot.Effect{"quiet": store.News{Who: wong}, "erased": store.ErasePerson{Who: wong}, "withdrawn": store.WithdrawConsent{Who: wong}} {
		o := newOffice(t)
		n := o.refer(wong)
		o.close(n, store.Helped)
		o.turn(wong, bot.Reach{}, silence)
		for range 15 {
			o.pass(24 * time.Hour)
			o.see()
		}
		o.heard("tg")
		if l, err := o.Lead(t.Context(), n); err != nil || !l.Asked.IsZero() {
			t.Errorf("%s: asked at %v, %v", name, l.Asked, err)
		}
	}
}

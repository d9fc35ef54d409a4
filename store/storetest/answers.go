package storetest

import (
	"errors"
	"strings"
	"time"

	"smebot/bot"
	"smebot/store"
)

// referred stores a lead of chen that was passed on to an organisation, and returns its number. Its version is 4.
func (e *env) referred(organisation string) string {
	e.Helper()
	e.commit(withLead("k1", lead(1, chen)))
	number := lead(1, chen).Number
	e.must(e.MoveLead(ctx, number, 1, store.Contacted, "", "li"))
	e.must(e.HandLead(ctx, number, 2, "li", organisation, "li"))
	e.must(e.MoveLead(ctx, number, 3, store.Referred, "", "li"))
	return number
}

var answerTests = []contract{
	{"an organisation answers by its link", func(e *env) {
		number := e.referred("古镇灯饰检测中心")
		token, err := e.AnswerLink(number, "古镇灯饰检测中心", start.Add(store.AnswerLife))
		e.must(err)
		other, err := e.AnswerLink(number, "石湾检测所", start.Add(store.AnswerLife))
		e.must(err)
		for range 2 { // looking changes nothing
			a, err := e.Asked(ctx, token)
			e.must(err)
			if a.Answer != "" || a.Elsewhere || a.Lead.Status != store.Referred || a.Lead.Version != 4 {
				e.Errorf("asked: %q, %v, %s, version %d", a.Answer, a.Elsewhere, a.Lead.Status, a.Lead.Version)
			}
		}
		e.must(e.AnswerByLink(ctx, other, store.AnswerAccepted))
		if l, _ := e.Lead(ctx, number); l.Status != store.Referred {
			e.Errorf("another organisation moved it to %s", l.Status)
		}
		e.must(e.AnswerByLink(ctx, token, store.AnswerSeen))
		for range 2 {
			e.must(e.AnswerByLink(ctx, token, store.AnswerAccepted))
		}
		a, err := e.Asked(ctx, token)
		e.must(err)
		if a.Answer != store.AnswerAccepted || a.Lead.Status != store.InService || a.Lead.Version != 8 {
			e.Errorf("accepted: %q, %s, version %d", a.Answer, a.Lead.Status, a.Lead.Version)
		}
		if a, err := e.Asked(ctx, other); err != nil || !a.Elsewhere || a.Answer != store.AnswerAccepted {
			e.Errorf("the other organisation's link: %+v, %v", a.Answer, err)
		}
		if err := e.AnswerByLink(ctx, token, "bought"); err == nil {
			e.Error("an unknown answer was taken")
		}
		e.must(e.MoveLead(ctx, number, 8, store.Closed, store.Helped, "li"))
		if _, err := e.Asked(ctx, token); !errors.Is(err, store.ErrLinkEnded) {
			e.Errorf("after closing: %v", err)
		}
		if err := e.AnswerByLink(ctx, token, store.AnswerNobody); !errors.Is(err, store.ErrLinkEnded) {
			e.Errorf("an answer after closing: %v", err)
		}
	}},
	{"an organisation that cannot help is put before staff", func(e *env) {
		number := e.referred("检测中心")
		token, err := e.AnswerLink(number, "检测中心", start.Add(store.AnswerLife))
		e.must(err)
		marked := func(when string, want store.OrgAnswer) {
			e.Helper()
			l, err := e.Lead(ctx, number)
			e.must(err)
			list := map[bool]string{true: "1"}[want != ""]
			if got := e.listed(store.Work{View: store.ViewAnswered}); l.Answer != want || got != list {
				e.Errorf("%s: marked %q, listed %q, want %q", when, l.Answer, got, want)
			}
		}
		marked("before any answer", "")
		e.must(e.AnswerByLink(ctx, token, store.AnswerAccepted))
		marked("accepted", "")
		e.must(e.AnswerByLink(ctx, token, store.AnswerCannotHelp))
		marked("and yet it cannot help", store.OrgCannotHelp)
		e.must(e.AnswerByLink(ctx, token, store.AnswerNobody))
		marked("reached nobody", store.OrgNobody)
		e.must(e.AnswerByLink(ctx, token, store.AnswerAccepted))
		marked("accepted again", "")
		e.must(e.AnswerByLink(ctx, token, store.AnswerCannotHelp))
		e.wantErr(e.AnswerHeard(ctx, number, 1, "li"), store.ErrStale)
		marked("heard of an older version", store.OrgCannotHelp)
		e.must(e.AnswerHeard(ctx, number, e.version(number), "li"))
		marked("heard", "")
		e.must(e.AnswerByLink(ctx, token, store.AnswerNobody))
		e.must(e.HandLead(ctx, number, e.version(number), "li", "石湾检测所", "li"))
		marked("passed on to another", "")
		a, err := e.Asked(ctx, token)
		e.must(err)
		if a.Answer != "" || a.Before != store.AnswerNobody || !a.Elsewhere {
			e.Errorf("asked once another was named: %q, before %q, %v", a.Answer, a.Before, a.Elsewhere)
		}
		e.must(e.AnswerByLink(ctx, token, store.AnswerAccepted))
		marked("the first offers after all", store.OrgOffers)
		e.must(e.MoveLead(ctx, number, e.version(number), store.Done, "", "li"))
		marked("done", "")
	}},
	{"whoever accepts is given the contact, and that is written down", func(e *env) {
		number := e.referred("检测中心")
		for i, name := range []string{"检测中心", "石湾检测所"} {
			if i > 0 {
				e.must(e.HandLead(ctx, number, e.version(number), "li", name, "li"))
			}
			token, err := e.AnswerLink(number, name, start.Add(store.AnswerLife))
			e.must(err)
			e.must(e.AnswerByLink(ctx, token, store.AnswerAccepted))
			given, err := e.Disclosures(ctx, number)
			e.must(err)
			if len(given) != i+1 {
				e.Errorf("%d disclosures after %s accepted, want %d", len(given), name, i+1)
			}
		}
	}},
	{"a link ends and cannot be made up", func(e *env) {
		e.commit(withLead("k1", lead(1, chen)))
		number := lead(1, chen).Number
		token, err := e.AnswerLink(number, "检测中心", e.clock.now().Add(time.Hour))
		e.must(err)
		body, mark, _ := strings.Cut(token, ".")
		longer, err := e.AnswerLink(number, "检测中心", e.clock.now().Add(2*time.Hour))
		e.must(err)
		bodyLonger, _, _ := strings.Cut(longer, ".")
		for _, bad := range []string{"", ".", body, body + ".", bodyLonger + "." + mark, body + "." + strings.Repeat("A", len(mark)), "x" + token} {
			if _, err := e.Asked(ctx, bad); !errors.Is(err, store.ErrLink) {
				e.Errorf("%d characters: %v", len(bad), err)
			}
		}
		e.clock.pass(time.Hour)
		if _, err := e.Asked(ctx, token); !errors.Is(err, store.ErrLinkEnded) {
			e.Errorf("after its time: %v", err)
		}
		t := turn("erase", chen)
		t.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		e.commit(t)
		if _, err := e.Asked(ctx, longer); !errors.Is(err, store.ErrLinkEnded) {
			e.Errorf("of an erased person: %v", err)
		}
	}},
	{"prepared answers are kept by title", func(e *env) {
		e.must(e.SaveCanned(ctx, "材料", "请备齐营业执照复印件。", "wu"))
		e.must(e.SaveCanned(ctx, " 材料 ", "请备齐营业执照和近三月流水。", "li"))
		all, err := e.CannedAnswers(ctx)
		e.must(err)
		if len(all) != 1 || all[0].Title != "材料" || !strings.Contains(all[0].Text, "流水") || all[0].Actor != "li" {
			e.Errorf("kept: %+v", all)
		}
		e.wantErr(e.AddCanned(ctx, "材料", "别的话", "wu"), store.ErrExists)
		if all, err = e.CannedAnswers(ctx); err != nil || len(all) != 1 || !strings.Contains(all[0].Text, "流水") {
			e.Errorf("a new one of the same title: %+v, %v", all, err)
		}
		e.must(e.AddCanned(ctx, "问好", "您好", "wu"))
		e.must(e.SaveCanned(ctx, "问好", "", "wu"))
		e.must(e.SaveCanned(ctx, "材料", "", "li"))
		if all, err = e.CannedAnswers(ctx); err != nil || len(all) != 0 {
			e.Errorf("after removing: %+v, %v", all, err)
		}
	}},
}

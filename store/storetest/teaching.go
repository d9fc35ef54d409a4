package storetest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"smebot/bot"
	"smebot/store"
)

// asks is a turn that notes a question under a name, and, where wanted, that its asker waits for the answer.
func asks(key string, who bot.Address, wants bool) bot.Turn {
	t := turn(key, who)
	t.Effects = []bot.Effect{store.Question{ID: key, Text: "问题 " + key, Intent: "no_answer", Outcome: "no_answer", Town: "中山市古镇镇"}}
	if wants {
		t.Effects = append(t.Effects, store.WantAnswer{Who: who, Question: key, Language: "zh"})
	}
	t.Reach = bot.Reach{For: 48 * time.Hour, Count: 1}
	return t
}

// opens returns the texts of the questions that are open, newest first, and their handles.
func (e *env) opens() (texts []string, handles map[string]string) {
	e.Helper()
	list, err := e.OpenQuestions(ctx, 100)
	e.must(err)
	handles = map[string]string{}
	for _, q := range list {
		texts = append(texts, q.Text)
		handles[q.Text] = q.Handle
	}
	return texts, handles
}

func (e *env) answerable() []store.Answerable {
	e.Helper()
	list, err := e.Answerable(ctx, 100)
	e.must(err)
	return list
}

// lesson is one that can be saved.
func lesson(id string, examples ...string) store.Lesson {
	return store.Lesson{ID: id, Label: "answer/" + id, Words: "请到窗口办理。", Basis: store.Basis{Title: "办事指南", Number: "古府〔2026〕1号", Date: "2026-03-01"},
		Review: "2027-03-01", Actor: "wu", Examples: examples}
}

var teachingTests = []contract{
	{"a lesson settles its questions and is undone as one", func(e *env) {
		e.commit(asks("q1", chen, false))
		e.clock.pass(time.Minute)
		e.commit(asks("q2", liang, false))
		_, handle := e.opens()
		before, err := e.OperatingVersion(ctx)
		e.must(err)
		e.must(e.SaveLesson(ctx, lesson("l1", "问题一怎么办", " 问题一 "), []string{handle["问题 q1"]}))
		if open, _ := e.opens(); !slices.Equal(open, []string{"问题 q2"}) {
			e.Errorf("open are %q", open)
		}
		all, err := e.Lessons(ctx)
		e.must(err)
		if len(all) != 1 || all[0].Settles != 1 || !slices.Equal(all[0].Examples, []string{"问题一怎么办", "问题一"}) || all[0].Basis.Number != "古府〔2026〕1号" || !all[0].Undone.IsZero() {
			e.Errorf("the lesson is %+v", all)
		}
		if after, _ := e.OperatingVersion(ctx); after <= before {
			e.Error("nothing tells other replicas to look again")
		}
		e.must(e.UndoLesson(ctx, "l1", "chen"))
		if open, _ := e.opens(); len(open) != 2 {
			e.Errorf("after undoing, open are %q", open)
		}
		if left, _ := e.Examples(ctx); len(left) != 0 {
			e.Errorf("after undoing, %d examples are left", len(left))
		}
		if err := e.UndoLesson(ctx, "l1", "chen"); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("undone twice: %v", err)
		}
		lines, err := e.Audit(ctx, store.AuditFilter{Action: "lesson"})
		e.must(err)
		if len(lines) != 2 || lines[1].Action != "lesson.add" || lines[1].Actor != "wu" || lines[0].Actor != "chen" {
			e.Errorf("the audit log has %+v", lines)
		}
	}},
	{"words that are taught are not taught twice, and nothing of the lesson stays", func(e *env) {
		e.commit(asks("q1", chen, false))
		_, handle := e.opens()
		e.must(e.SaveExample(ctx, store.Example{Words: "问题一", Label: "policy/24", Actor: "wu"}))
		if err := e.SaveLesson(ctx, lesson("l1", "新的问法", "问题一"), []string{handle["问题 q1"]}); !errors.Is(err, store.ErrTaught) || !strings.Contains(err.Error(), "问题一") {
			e.Errorf("got %v", err)
		}
		if open, _ := e.opens(); len(open) != 1 {
			e.Error("the question was settled")
		}
		if list, _ := e.Examples(ctx); len(list) != 1 || list[0].Label != "policy/24" {
			e.Errorf("examples are %+v", list)
		}
		if all, _ := e.Lessons(ctx); len(all) != 0 {
			e.Error("the lesson was stored")
		}
	}},
	{"an asker is told once, when reached", func(e *env) {
		e.commit(asks("q1", chen, true))
		e.commit(asks("q2", wong, true))
		e.commit(asks("q3", liang, false))
		if n, err := e.WaitingAnswers(ctx, chen); n != 1 || err != nil {
			e.Errorf("chen waits for %d, %v", n, err)
		}
		if list := e.answerable(); len(list) != 0 {
			e.Errorf("before any lesson %d may be told", len(list))
		}
		_, handle := e.opens()
		e.clock.pass(72 * time.Hour)
		e.must(e.SaveLesson(ctx, lesson("l1", "问法"), []string{handle["问题 q1"], handle["问题 q2"], handle["问题 q3"]}))
		list := e.answerable()
		if len(list) != 1 || list[0].Who != wong || list[0].Text != "问题 q2" || list[0].Lesson != "l1" || list[0].Language != "zh" {
			e.Fatalf("three days later these may be told: %+v", list)
		}
		askers, err := e.Askers(ctx)
		e.must(err)
		if len(askers) != 2 || askers[0].Channel != "guzhen" || askers[0].Reached || !askers[1].Reached {
			e.Errorf("askers are %+v", askers)
		}
		e.must(e.TellAnswer(ctx, list[0], bot.Reply{Text: "答案"}))
		if err := e.TellAnswer(ctx, list[0], bot.Reply{Text: "答案"}); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("told twice: %v", err)
		}
		if due := e.due("tg"); len(due) != 1 {
			e.Errorf("%d messages wait for wong", len(due))
		}
		again := turn("again", chen) // opens the window again
		again.Reach = bot.Reach{For: 48 * time.Hour, Count: 1}
		e.commit(again)
		if list := e.answerable(); len(list) != 1 || list[0].Who != chen {
			e.Errorf("after chen wrote again: %+v", list)
		}
	}},
	{"who asked for silence, or is being answered by staff, is not told", func(e *env) {
		e.commit(withLead("lead", lead(1, chen)))
		e.commit(asks("q1", chen, true))
		q := asks("q2", wong, true)
		q.Effects = append(q.Effects, store.News{Who: wong})
		e.commit(q)
		_, handle := e.opens()
		e.must(e.SaveLesson(ctx, lesson("l1", "问法"), []string{handle["问题 q1"], handle["问题 q2"]}))
		e.must(e.TakeOver(ctx, lead(1, chen).Number, "wu"))
		if list := e.answerable(); len(list) != 0 {
			e.Errorf("these are told: %+v", list)
		}
		e.must(e.Release(ctx, lead(1, chen).Number, "wu"))
		if list := e.answerable(); len(list) != 1 || list[0].Who != chen {
			e.Errorf("after the release: %+v", list)
		}
	}},
	{"waiting ends with erasing, withdrawing, its time, and the question", func(e *env) {
		for i, who := range []bot.Address{chen, liang, wong} {
			e.commit(asks(string(rune('a'+i)), who, true))
		}
		erase, withdraw := turn("erase", chen), turn("withdraw", liang)
		erase.Effects = []bot.Effect{store.ErasePerson{Who: chen}}
		withdraw.Effects = []bot.Effect{store.WithdrawConsent{Who: liang}}
		e.commit(erase)
		e.commit(withdraw)
		if left, _ := e.Askers(ctx); len(left) != 1 {
			e.Errorf("%d wait after erasing and withdrawing", len(left))
		}
		e.clock.pass(30 * 24 * time.Hour)
		if n := e.retain(periods, true)["people waiting for an answer"]; n != 0 {
			e.Errorf("%d forgotten before their time", n)
		}
		if left, _ := e.Askers(ctx); len(left) != 1 {
			e.Errorf("%d wait after thirty days", len(left))
		}
		e.clock.pass(time.Second)
		if left, _ := e.Askers(ctx); len(left) != 0 {
			e.Errorf("%d wait for longer than thirty days", len(left))
		}
		if n := e.retain(periods, true)["people waiting for an answer"]; n != 1 {
			e.Errorf("%d forgotten after thirty days", n)
		}
		e.commit(asks("d", chen, true))
		e.clock.pass(2 * time.Hour)
		e.retain(store.Periods{Deliveries: time.Hour, Messages: time.Hour, Leads: day}, true)
		if left, _ := e.Askers(ctx); len(left) != 0 {
			e.Error("somebody waits for a question that is gone")
		}
		late := turn("late", chen)
		late.Effects = []bot.Effect{store.WantAnswer{Who: chen, Question: "gone", Language: "zh"}}
		e.commit(late)
		if left, _ := e.Askers(ctx); len(left) != 0 {
			e.Error("somebody waits for a question that never was")
		}
	}},
	{"switches need a reason and stand in the log", func(e *env) {
		off := store.Switch{Kind: store.ChannelSwitch, Name: "guzhen", Actor: "admin"}
		if err := e.SwitchOff(ctx, off); !errors.Is(err, store.ErrIncomplete) {
			e.Errorf("without a comment: %v", err)
		}
		off.Comment = "换系统"
		e.must(e.SwitchOff(ctx, off))
		again := off
		again.Comment = "又一次"
		e.must(e.SwitchOff(ctx, again))
		list, err := e.Switches(ctx)
		e.must(err)
		if len(list) != 1 || list[0].Comment != "换系统" || !list[0].Since.Equal(start) {
			e.Errorf("off are %+v", list)
		}
		e.must(e.SwitchOn(ctx, store.Switch{Kind: store.ChannelSwitch, Name: "guzhen", Actor: "admin"}))
		if err := e.SwitchOn(ctx, off); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("on twice: %v", err)
		}
		lines, err := e.Audit(ctx, store.AuditFilter{Action: "channel"})
		e.must(err)
		if len(lines) != 2 || lines[1].Detail != "换系统" || lines[0].Action != "channel.on" {
			e.Errorf("the log has %+v", lines)
		}
	}},
	{"the last choice of a name holds until the file's does", func(e *env) {
		e.must(e.Choose(ctx, "admin", []store.Choice{{Name: "centre.name", Value: "一"}, {Name: "hours", Value: "Mon-Fri 09:00-12:00"}}))
		e.must(e.Choose(ctx, "admin", []store.Choice{{Name: "centre.name", Value: "二"}}))
		e.must(e.Choose(ctx, "wang", []store.Choice{{Name: "hours", Value: "ignored", File: true}}))
		now, err := e.Choices(ctx)
		e.must(err)
		if len(now) != 1 || now[0].Name != "centre.name" || now[0].Value != "二" {
			e.Errorf("set are %+v", now)
		}
		was, err := e.ChoiceHistory(ctx, 10)
		e.must(err)
		if len(was) != 4 || was[0].Name != "hours" || !was[0].File || was[0].Value != "" || was[0].Actor != "wang" || was[3].Value != "一" {
			e.Errorf("ever set were %+v", was)
		}
	}},
	{"notices are kept as they come into force", func(e *env) {
		note := func(version, language string) store.NoticeText {
			return store.NoticeText{Version: version, Language: language, Words: "说明 " + version, Actor: "file"}
		}
		e.must(e.NoteNotices(ctx, []store.NoticeText{note("v1", "zh"), note("e1", "en")}))
		e.must(e.NoteNotices(ctx, []store.NoticeText{note("v1", "zh"), note("e1", "en")}))
		e.clock.pass(time.Hour)
		e.must(e.NoteNotices(ctx, []store.NoticeText{note("v2", "zh")}))
		e.must(e.NoteNotices(ctx, []store.NoticeText{note("v1", "zh")}))
		list, err := e.Notices(ctx, 10)
		e.must(err)
		var versions []string
		for _, n := range list {
			versions = append(versions, n.Version)
		}
		if !slices.Equal(versions, []string{"v1", "v2", "e1", "v1"}) || list[0].Words != "说明 v1" || !list[3].Since.Equal(start) {
			e.Errorf("notices are %q, the first since %v", versions, list[3].Since)
		}
	}},
	{"a dead letter is sent again or discarded, and the log says so", func(e *env) {
		e.commit(withLead("lead", lead(1, wong)))
		e.must(e.TakeOver(ctx, lead(1, wong).Number, "wu"))
		e.must(e.Reply(ctx, lead(1, wong).Number, "wu", "form", "您好"))
		post(e, "a", message("c1", chen))
		for channel, id := range map[string]string{"tg": e.due("tg")[0], "guzhen": "c1"} {
			e.must(e.GiveUp(ctx, id, "blocked by "+channel))
		}
		dead, err := e.DeadLetters(ctx, 10)
		e.must(err)
		by := map[string]store.DeadLetter{}
		for _, l := range dead {
			by[l.To.Channel] = l
		}
		if n, _ := e.DeadLetterCount(ctx); n != 2 || by["tg"].Lead != lead(1, wong).Number || by["guzhen"].Lead != "" {
			e.Fatalf("%d dead letters: %+v", n, dead)
		}
		e.must(e.Revive(ctx, by["tg"].Handle, "admin"))
		talk, err := e.Transcript(ctx, wong, 10)
		e.must(err)
		if last := talk[len(talk)-1]; last.State != store.MessageWaiting {
			e.Errorf("the message in the thread is %q", last.State)
		}
		e.must(e.Discard(ctx, by["guzhen"].Handle, "admin"))
		for _, handle := range []string{by["guzhen"].Handle, "no hex", ""} {
			if err := e.Discard(ctx, handle, "admin"); !errors.Is(err, store.ErrNotFound) {
				e.Errorf("discarding %q: %v", handle, err)
			}
		}
		lines, err := e.Audit(ctx, store.AuditFilter{Action: "letter"})
		e.must(err)
		if len(lines) != 2 || lines[0].Action != "letter.discard" || lines[0].Subject != "guzhen" || lines[1].Subject != "tg" {
			e.Errorf("the log has %+v", lines)
		}
	}},
}

package intents

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/store"
)

// restart closes the store and opens it again, with a new dispatcher and a new router, as a restart of the program.
func (s *stage) restart() {
	s.t.Helper()
	if err := s.db.Close(); err != nil {
		s.t.Fatal(err)
	}
	clock := func() time.Time { return s.w.now }
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(s.t.Context(), store.Options{Dir: s.dir, Log: quiet, Clock: clock})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { db.Close() })
	s.db, s.dispatch = db, bot.NewDispatcher(db, s, bot.Options{Clock: clock, Log: quiet, Limit: hangs})
	s.w.leadsFrom = db.LeadsOf
	s.w.configure(s.w.options)
}

// TestFormSurvivesRestarts goes through a form with a restart before every message, and some hours of silence.
func TestFormSurvivesRestarts(t *testing.T) {
	s := newStage(t, bot.WeChat)
	w := s.play(t, bot.WeChat)
	for _, said := range []string{"我要登记", "明辉灯饰厂", "古镇镇", "前20家奖励多少钱？", "不是古镇镇是小榄镇", "想贷款买新机器", "同意", "陈生", "13800138000"} {
		w.text(said)
		w.now = w.now.Add(20 * time.Hour)
		s.restart()
	}
	if r := w.text("确认"); r.Lead == "" {
		t.Fatalf("no lead after the restarts: %s", r.Text)
	}
	if l := w.leads[w.who][0]; l.Firm != "明辉灯饰厂" || !strings.Contains(l.Town, "小榄") || l.Contact != "陈生" || l.Phone.Reveal() != "+8613800138000" || l.Need != "想贷款买新机器" {
		t.Errorf("the lead is %+v", l)
	}
	w.say("我要登记", "明光灯饰厂")
	w.now = w.now.Add(50 * time.Hour)
	s.sweep()
	s.restart()
	if r := w.text("你好"); !strings.Contains(r.Text, "超过24小时") || w.state().Draft != nil {
		t.Errorf("after two days and a restart: %s", r.Text)
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/bot"
	"smebot/console"
	"smebot/store"
)

// TestPD22_IncidentPack: of a time in which 37 people registered, exactly those are listed, each with the way to
// reach them; the drafts name the centre, the kinds and the cause, and nobody. The audit log tells of the pack.
func TestPD22_IncidentPack(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			c.Centre.Name, c.Centre.Contact = "古镇服务中心", "0760-22222222"
			from, to := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
			seedIncident(t, c, from, to)
			file := ""
			if mode == "beside a server" {
				startSite(t, c)
			}
			file = filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(file, []byte("centre: {name: 古镇服务中心, contact: 0760-22222222}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			pack := func(name string, args ...string) ([][]string, string) {
				t.Helper()
				dir := filepath.Join(t.TempDir(), name)
				must(t, "", append([]string{"incident", dir, "--data", c.Data, "--config", file, "--since", from.Format(time.RFC3339), "--until", to.Format(time.RFC3339), "--what", "误发了一份表格"}, args...)...)
				words := ""
				for _, f := range []string{"report.md", "notice-zh.txt", "notice-en.txt"} {
					b, err := os.ReadFile(filepath.Join(dir, f))
					if err != nil {
						t.Fatal(err)
					}
					words += string(b)
				}
				csv, err := os.ReadFile(filepath.Join(dir, "affected.csv"))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range []string{"", "affected.csv"} {
					if info, err := os.Stat(filepath.Join(dir, f)); err != nil || info.Mode().Perm()&0o077 != 0 {
						t.Errorf("%s is open to others: %v, %v", f, info.Mode(), err)
					}
				}
				return readCSV(t, string(csv))[1:], words
			}
			rows, words := pack("period")
			if len(rows) != 37 {
				t.Fatalf("%d leads are listed, want 37", len(rows))
			}
			for i, r := range rows {
				if r[0] != fmt.Sprintf("20261122-%06d", i+100) || r[6] != fmt.Sprintf("'+86138%08d", i+100) || r[7] != "808" || r[8] != "guzhen" || r[1] != fmt.Sprintf("2026-11-22 16:%02d", i) || r[9] != "account contact firm need phone" {
					t.Errorf("row %d is %v", i, r)
				}
			}
			for _, want := range []string{"37 件", "37 人", "古镇服务中心", "0760-22222222", "误发了一份表格", "镇街 中山市古镇镇：37", "已删除、不再持有信息的登记：1 件", "没有登记、只留有对话记录的人：1 人", "phone number", "删除我的信息"} {
				if !strings.Contains(words, want) {
					t.Errorf("the drafts lack %q:\n%s", want, words)
				}
			}
			if strings.Count(words, "2026-11-22 16:00 — 2026-11-22 20:00") != 3 || strings.Count(words, "北京时间")+strings.Count(words, "Beijing time") != 3 {
				t.Errorf("the time is not Beijing's, said so:\n%s", words)
			}
			if strings.Contains(words, "陈大文") || strings.Contains(words, "13800000") || strings.Contains(words, "{") {
				t.Errorf("the drafts hold somebody's data or a placeholder:\n%s", words)
			}
			if rows, _ = pack("held", "--held"); len(rows) != 37+5 {
				t.Errorf("%d leads were held at the end, want 42", len(rows))
			}
			if rows, _ = pack("account", "--account", "li"); len(rows) != 2 {
				t.Errorf("the account had to do with %d leads, want 2", len(rows))
			}
			if rows, _ = pack("channel", "--channel", "web"); len(rows) != 0 {
				t.Errorf("%d leads of a channel without any", len(rows))
			}
			if rows, _ = pack("town", "--town", "中山"); len(rows) != 37 {
				t.Errorf("%d leads lie in the city, want 37", len(rows))
			}
			for _, wrong := range [][]string{{"--channel", "elsewhere"}, {"--account", "nobody"}, {"--town", "火星"}} {
				dir := filepath.Join(t.TempDir(), "wrong")
				r := command(t, "", append([]string{"incident", dir, "--data", c.Data, "--since", "2026-11-22"}, wrong...)...)
				if _, err := os.Stat(dir); r.code != 2 || !strings.Contains(r.errs, wrong[1]) || !os.IsNotExist(err) {
					t.Errorf("%v: exit %d, %q, %v", wrong, r.code, r.errs, err)
				}
			}
			db, err := store.OpenReadOnly(t.Context(), store.Options{Dir: c.Data})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if log, err := db.Audit(t.Context(), store.AuditFilter{Action: "export"}); err != nil || len(log) != 4 || log[3].Actor != "operator" || !strings.Contains(log[3].Detail, "leads=37") || !strings.Contains(log[3].Detail, "信息安全事件通知") {
				t.Errorf("audit: %+v, %v", log, err)
			}
			if r := command(t, "", "incident", t.TempDir(), "--data", c.Data, "--since", from.Format(time.RFC3339)); r.code != 1 || !strings.Contains(r.errs, "new folder") {
				t.Errorf("a folder that is there: exit %d, %s", r.code, r.errs)
			}
			if r := command(t, "", "incident", "x", "--data", c.Data, "--since", to.Format(time.RFC3339), "--until", from.Format(time.RFC3339)); r.code != 2 {
				t.Errorf("an end before the beginning: exit %d, %s", r.code, r.errs)
			}
		})
	}
}

// What staff set in the console stands in the drafts: the operator's file may be older.
func TestIncidentNamesWhomStaffSet(t *testing.T) {
	c := testConfig(t)
	from := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	seedIncident(t, c, from, from.Add(4*time.Hour))
	db, err := store.Open(t.Context(), store.Options{Dir: c.Data})
	if err == nil {
		set := []store.Choice{{Name: console.SetName, Value: "小榄服务中心"}, {Name: console.SetContact, Value: "0760-33333333"}}
		err = errors.Join(db.Choose(t.Context(), "wu", set), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pack")
	must(t, "", "incident", dir, "--data", c.Data, "--since", "2026-11-22 16:00", "--until", "2026-11-22")
	for _, f := range []string{"report.md", "notice-zh.txt", "notice-en.txt"} {
		if b, err := os.ReadFile(filepath.Join(dir, f)); err != nil || !strings.Contains(string(b), "小榄服务中心") || !strings.Contains(string(b), "0760-33333333") || !strings.Contains(string(b), "2026-11-23 00:00") {
			t.Errorf("%s: %v\n%s", f, err, b)
		}
	}
	if r := command(t, "", "incident", dir+"2", "--data", c.Data, "--since", "yesterday"); r.code != 2 || !strings.Contains(r.errs, "2026-11-25T08:00:00+08:00") || strings.Contains(r.errs, "parsing") {
		t.Errorf("a time that is none: exit %d, %q", r.code, r.errs)
	}
}

// seedIncident stores 5 leads before a time, 37 in it, one of which more was erased, 3 after it, and a conversation.
func seedIncident(t *testing.T, c Config, from, to time.Time) {
	t.Helper()
	now := from
	db, err := store.Open(t.Context(), store.Options{Dir: c.Data, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	commit := func(who bot.Address, effects ...bot.Effect) {
		t.Helper()
		before, err := db.Conversation(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		turn := bot.Turn{Key: fmt.Sprint(who.User, before.Version), From: who, At: now, Version: before.Version, State: []byte("{}"), Effects: effects}
		if err := db.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	refer := func(n int, at time.Time) bot.Address {
		now = at
		who := bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: fmt.Sprint("openid-", n)}
		commit(who, store.SaveLead{Lead: store.Lead{
			Number: fmt.Sprintf("20261122-%06d", n), Created: at, Firm: "光明灯饰厂", Town: "中山市古镇镇", Contact: "陈大文", Phone: store.Phone(fmt.Sprintf("+86138%08d", n)), Extension: "808",
			Platform: "financing", Need: "贷款", From: who, Draft: fmt.Sprint("draft-", n), Consent: store.Consent{Version: "1/abc", At: at, Receiver: "service-centre"},
		}})
		return who
	}
	for n := range 5 {
		refer(n, from.Add(-time.Duration(n+1)*time.Hour))
	}
	for n := range 37 {
		refer(100+n, from.Add(time.Duration(n)*time.Minute))
	}
	gone := refer(200, from.Add(time.Hour))
	commit(gone, store.ErasePerson{Who: gone})
	commit(bot.Address{Channel: "guzhen", Platform: bot.WeChat, User: "only-talked"})
	for n := range 3 {
		refer(300+n, to.Add(time.Duration(n)*time.Minute))
	}
	now = to.Add(-time.Minute)
	for _, a := range []store.AuditEntry{
		{Actor: "li", Action: "lead.phone", Subject: "20261122-000100"}, {Actor: "li", Action: "leads.assign", Subject: "li", Detail: "20261122-000003"}, {Actor: "wang", Action: "lead.phone", Subject: "20261122-000101"},
	} {
		if err := db.Append(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

package main

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"smebot/intents"
)

// TestLogLinesNameTheirChannelOnce: a collector of log lines keeps one of two attributes of the same name.
func TestLogLinesNameTheirChannelOnce(t *testing.T) {
	api := startBotAPI(t)
	c, a := testConfig(t), newAccount("guzhen")
	c.Channels = []ChannelConfig{a.channel(), api.channel("polling")}
	api.fault = func(int64, int) (int, string) {
		return http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`
	}
	s := startSite(t, c)
	if status, _, err := (delivery{query: a.sealed("x", "y").query, body: "<xml/>"}).post(s.url, a.name); err != nil || status < 400 {
		t.Fatalf("a forged request gets %d, %v", status, err)
	}
	// The second is sent once the first was given up, which is logged.
	api.push(messageFrom(77, utterance{words: "你好"}))
	api.push(messageFrom(77, utterance{words: "谢谢"}))
	api.await(t, "two refused messages", func() bool { return api.tries[77] > 1 })
	s.end(t)
	named := 0
	for line := range strings.SplitSeq(s.log.String(), "\n") {
		switch strings.Count(line, " channel=") {
		case 0:
		case 1:
			named++
		default:
			t.Errorf("a line names its channel twice: %s", line)
		}
	}
	if named == 0 {
		t.Error("no line names a channel")
	}
}

func TestHoursAndNoticeAreChecked(t *testing.T) {
	c, err := loadConfig("no such file", false, []string{"SMEBOT_HOURS=Mon-Sat 08:30-17:00"})
	if err != nil || c.Hours != "Mon-Sat 08:30-17:00" {
		t.Errorf("hours %q, %v", c.Hours, err)
	}
	if c, err := loadConfig("no such file", false, nil); err != nil || c.Hours != intents.DefaultHours {
		t.Errorf("default hours %q, %v", c.Hours, err)
	}
	if _, err := loadConfig("no such file", false, []string{"SMEBOT_HOURS=always"}); err == nil || !strings.Contains(err.Error(), "hours") {
		t.Errorf("hours that cannot be read: %v", err)
	}
	for field, set := range map[string]func(*Config){"operator": func(c *Config) { c.Centre.Name = " " }, "contact": func(c *Config) { c.Centre.Contact = "\t" }} {
		c := testConfig(t)
		set(&c)
		if _, err := start(t.Context(), c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("a blank %s in the notice: %v", field, err)
		}
	}
}

package wechat

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	if err := goodConfig.Validate(); err != nil {
		t.Fatalf("a good configuration: %v", err)
	}
	key := goodConfig.EncodingAESKey
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   string // "" for none
	}{
		{"no app id", func(c *Config) { c.AppID = "" }, "channels[guzhen].app_id: is missing"},
		{"original id", func(c *Config) { c.AppID = "gh_0123456789ab" }, "channels[guzhen].app_id: is not an app id"},
		{"stand-in app id", func(c *Config) { c.AppID = "wxxxxxxxxxxxxxxxxx" }, "app_id: still holds the example's value"},
		{"dots for app id", func(c *Config) { c.AppID = "wx…" }, "app_id: still holds the example's value"},
		{"no secret", func(c *Config) { c.AppSecret = "" }, ""},
		{"short secret", func(c *Config) { c.AppSecret = c.AppSecret[1:] }, "app_secret: has 31 characters"},
		{"stand-in secret", func(c *Config) { c.AppSecret = "your-secret" }, "app_secret: still holds"},
		{"no token", func(c *Config) { c.Token = "" }, "token: is missing"},
		{"short token", func(c *Config) { c.Token = "ab" }, "token: has 2 characters, WeChat takes 3 to 32"},
		{"long token", func(c *Config) { c.Token = strings.Repeat("q", 33) }, "token: has 33 characters"},
		{"shortest token", func(c *Config) { c.Token = "abc" }, ""},
		{"longest token", func(c *Config) { c.Token = strings.Repeat("q", 32) }, ""},
		{"token with a blank", func(c *Config) { c.Token = "abc def" }, "token: holds a blank"},
		{"stand-in token", func(c *Config) { c.Token = "ChangeMe" }, "token: still holds"},
		{"no key", func(c *Config) { c.EncodingAESKey = "" }, "encoding_aes_key: is missing"},
		{"no key, plain", func(c *Config) { c.EncodingAESKey, c.Plain = "", true }, ""},
		{"bad key, plain", func(c *Config) { c.EncodingAESKey, c.Plain = "x1", true }, "encoding_aes_key: has 2 characters"},
		{"key of 42", func(c *Config) { c.EncodingAESKey = key[1:] }, "encoding_aes_key: has 42 characters, WeChat's has exactly 43"},
		{"key of 44", func(c *Config) { c.EncodingAESKey = key + "=" }, "encoding_aes_key: has 44 characters"},
		{"key with a blank", func(c *Config) { c.EncodingAESKey = key[:20] + " " + key[21:] }, "encoding_aes_key: holds a blank"},
		{"key with a line break", func(c *Config) { c.EncodingAESKey = key + "\n" }, "encoding_aes_key: holds a blank or a line break"},
		{"key of another alphabet", func(c *Config) { c.EncodingAESKey = key[:42] + "/" }, "encoding_aes_key: holds a character other than"},
		{"stand-in key", func(c *Config) { c.EncodingAESKey = strings.Repeat("x", 43) }, "encoding_aes_key: still holds"},
		{"key with loose last bits", func(c *Config) { c.EncodingAESKey = key[:42] + "F" }, ""},
		{"previous key of 42", func(c *Config) { c.PreviousEncodingAESKey = key[1:] }, "channels[guzhen].previous_encoding_aes_key: has 42 characters"},
		{"no name", func(c *Config) { c.Name = "" }, "channels[].name: must be"},
		{"name of a path", func(c *Config) { c.Name = "a/b" }, "channels[].name: must be"},
		{"base without scheme", func(c *Config) { c.APIBase = "api.weixin.qq.com" }, "api_base: is not a web address"},
		{"base in clear", func(c *Config) { c.APIBase = "http://api.weixin.qq.com" }, "api_base: would send the app secret unencrypted"},
		{"base with a user", func(c *Config) { c.APIBase = "https://u:p@x" }, "api_base: must hold no user"},
		{"base on loopback", func(c *Config) { c.APIBase = "http://127.0.0.1:8081" }, ""},
		{"base of a proxy", func(c *Config) { c.APIBase = "https://proxy.example/wx/" }, ""},
	} {
		cfg := goodConfig
		c.change(&cfg)
		err := cfg.Validate()
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if _, err := New(cfg, nil, Options{}); err == nil {
			t.Errorf("%s: New takes it", c.name)
		}
		if _, err := NewClient(cfg, nil, Options{}); err == nil {
			t.Errorf("%s: NewClient takes it", c.name)
		}
	}
}

func TestValidateTellsEveryFaultAndNoValue(t *testing.T) {
	cfg := Config{Name: "guzhen", AppID: "CANARY1", AppSecret: "CANARY2", Token: "CANARY3 x", EncodingAESKey: "CANARY4", PreviousEncodingAESKey: "CANARY 5", APIBase: "ftp://CANARY6"}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	if n := strings.Count(err.Error(), "channels[guzhen]."); n != 6 {
		t.Errorf("%d of 6 faults told: %v", n, err)
	}
	if strings.Contains(err.Error(), "CANARY") {
		t.Errorf("a value is told: %v", err)
	}
}

func TestConfigMasksItself(t *testing.T) {
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "cfg", goodConfig)
	for _, s := range []string{fmt.Sprint(goodConfig), fmt.Sprintf("%+v", goodConfig), fmt.Sprintf("%#v", goodConfig), fmt.Sprintf("%s", &goodConfig), log.String()} {
		for _, secret := range []string{goodConfig.AppSecret, goodConfig.Token, goodConfig.EncodingAESKey} {
			if strings.Contains(s, secret) {
				t.Errorf("a secret is printed: %s", s)
			}
		}
		if !strings.Contains(s, "guzhen") {
			t.Errorf("the name is not: %s", s)
		}
	}
}

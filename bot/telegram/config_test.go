package telegram

import (
	"strings"
	"testing"
)

func TestConfigFaults(t *testing.T) {
	hook := func(change func(*Config)) Config {
		c := testConfig(ModeWebhook)
		change(&c)
		return c
	}
	for name, v := range map[string]struct {
		cfg  Config
		says string // "" if the configuration is right
	}{
		"polling":             {testConfig(ModePolling), ""},
		"default mode":        {testConfig(""), ""},
		"webhook":             {testConfig(ModeWebhook), ""},
		"no name":             {Config{Token: testToken}, "channels[].name"},
		"name with a slash":   {Config{Name: "a/b", Token: testToken}, "channels[].name"},
		"no token":            {Config{Name: "tg"}, "channels[tg].token"},
		"token of a stranger": {Config{Name: "tg", Token: "secret-without-colon"}, "channels[tg].token"},
		"token with a path":   {Config{Name: "tg", Token: "1:a/../b"}, "channels[tg].token"},
		"mode":                {testConfig("push"), "channels[tg].mode"},
		"no secret":           {hook(func(c *Config) { c.Secret = "" }), "channels[tg].secret"},
		"secret of 31":        {hook(func(c *Config) { c.Secret = testSecret[:31] }), "channels[tg].secret"},
		"secret of 32":        {hook(func(c *Config) { c.Secret = testSecret[:32] }), ""},
		"secret of 257":       {hook(func(c *Config) { c.Secret = strings.Repeat("a", 257) }), "channels[tg].secret"},
		"secret with spaces":  {hook(func(c *Config) { c.Secret = strings.Repeat("a ", 20) }), "channels[tg].secret"},
		"no address":          {hook(func(c *Config) { c.PublicURL = "" }), "public_url"},
		"address in clear":    {hook(func(c *Config) { c.PublicURL = "http://bot.example.gov.cn" }), "public_url"},
		"address with query":  {hook(func(c *Config) { c.PublicURL = "https://bot.example.gov.cn/?x" }), "public_url"},
		"port":                {hook(func(c *Config) { c.PublicURL = "https://bot.example.gov.cn:8080" }), "public_url"},
		"good port":           {hook(func(c *Config) { c.PublicURL = "https://bot.example.gov.cn:8443/" }), ""},
		"API in clear":        {hook(func(c *Config) { c.APIBase = "http://api.telegram.org" }), "channels[tg].api_base"},
		"API with a name":     {hook(func(c *Config) { c.APIBase = "https://u:p@api.telegram.org" }), "channels[tg].api_base"},
		"API nowhere":         {hook(func(c *Config) { c.APIBase = "ftp://x" }), "channels[tg].api_base"},
		"API next door":       {hook(func(c *Config) { c.APIBase = "http://telegram-bot-api:8081" }), ""},
	} {
		err := v.cfg.Validate()
		if v.says == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), v.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line that begins with %s", name, err, v.says)
			continue
		}
		for _, secret := range []string{v.cfg.Token, v.cfg.Secret} {
			if secret != "" && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: shows a secret: %v", name, err)
			}
		}
		if _, err := New(v.cfg, (&inbox{}).handle, Options{}); err == nil {
			t.Errorf("%s: New takes it", name)
		}
	}
}

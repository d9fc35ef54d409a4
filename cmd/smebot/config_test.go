package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const exampleFile = "../../config.example.yaml"

// notInExample are keys that the example names in its words only: a secret stands in one place.
var notInExample = []string{
	"channels.app_secret_file", "channels.token_file", "channels.encoding_aes_key_file",
	"channels.previous_encoding_aes_key_file", "channels.secret_file",
	// Keys of the places where leads are announced; the example's list is empty, with places in comments.
	"notify.name", "notify.type", "notify.language", "notify.channel", "notify.chat_id", "notify.url", "notify.url_file", "notify.secret",
	"notify.secret_file", "notify.server", "notify.user", "notify.password", "notify.password_file", "notify.from", "notify.to",
}

// keysOf lists the keys of a configuration struct, as paths.
func keysOf(t reflect.Type, prefix string) (keys []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		key, typ := prefix+f.Tag.Get("yaml"), f.Type
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() == reflect.Struct {
			keys = append(keys, keysOf(typ, key+".")...)
		} else {
			keys = append(keys, key)
		}
	}
	return keys
}

// keysIn lists the keys of a YAML document the same way; those of a list's items are joined.
func keysIn(v any, prefix string) (keys []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if prefix != "" {
				k = prefix + "." + k
			}
			keys = append(keys, keysIn(inner, k)...)
		}
	case []any:
		if len(v) == 0 {
			return []string{prefix}
		}
		for _, item := range v {
			keys = append(keys, keysIn(item, prefix)...)
		}
	default:
		keys = append(keys, prefix)
	}
	return keys
}

// TestExampleNamesEveryKey compares the example with the struct, so that neither can be forgotten.
func TestExampleNamesEveryKey(t *testing.T) {
	body, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	var example map[string]any
	if err := yaml.Unmarshal(body, &example); err != nil {
		t.Fatal(err)
	}
	shown, known := keysIn(example, ""), keysOf(reflect.TypeFor[Config](), "")
	for _, k := range known {
		last := k[strings.LastIndex(k, ".")+1:]
		if slices.Contains(notInExample, k) {
			if !regexp.MustCompile(`\b` + last + `\b`).Match(body) {
				t.Errorf("the example does not even mention %s", k)
			}
			continue
		}
		if !slices.Contains(shown, k) {
			t.Errorf("the example lacks the key %s", k)
		}
	}
	for _, k := range shown {
		section := func(known string) bool { return strings.HasPrefix(known, k+".") } // an empty list of them
		if !slices.Contains(known, k) && !slices.ContainsFunc(known, section) {
			t.Errorf("the example has the key %s, which the program does not know", k)
		}
	}
	for _, k := range notInExample {
		if !slices.Contains(known, k) {
			t.Errorf("%s is excepted but not a key", k)
		}
	}
}

// TestExampleLoads loads the example with real values in place of those that only stand there to be replaced.
func TestExampleLoads(t *testing.T) {
	body, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadConfig(exampleFile, true, nil); err != nil && !strings.Contains(err.Error(), "example's value") {
		t.Errorf("the example as it stands: %v", err)
	}
	a := newAccount("guzhen")
	real := strings.NewReplacer("exampletoken2026", a.token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ", a.key, "0123456789abcdef0123456789abcdef", a.secret, "1234567890:AAExampleExampleExampleExampleExampl", botToken).Replace(string(body))
	c, err := loadConfig(write(t, filepath.Join(t.TempDir(), "c.yaml"), real), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := defaults()
	if c.Listen != d.Listen || c.Data != d.Data || !*c.WebChat || c.Privacy != d.Privacy || c.Metrics != d.Metrics || c.Log != d.Log {
		t.Errorf("the example shows other defaults than the program has: %+v", c.Privacy)
	}
	if len(c.Channels) != 2 || c.Channels[0].EncodingAESKey != a.key || c.Channels[1].Token != botToken || !c.Channels[1].leads() {
		t.Error("the example's channels were not read")
	}
}

func TestConfigDefaults(t *testing.T) {
	dir := t.TempDir()
	for name, file := range map[string]string{"no file": filepath.Join(dir, "none.yaml"), "empty file": write(t, filepath.Join(dir, "empty.yaml"), " \n"), "comments": write(t, filepath.Join(dir, "comments.yaml"), "# nothing\n")} {
		c, err := loadConfig(file, false, []string{"HOME=/", "SMEBOT=x", "NOT_SMEBOT_LISTEN=x"})
		if err != nil || !reflect.DeepEqual(c, defaults()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestConfigEmptySections comments out what stands in a section: YAML then has null there.
func TestConfigEmptySections(t *testing.T) {
	for _, body := range []string{"privacy:\n", "privacy:\n  retain_leads: 10d\n", "log:\n", "log:\n  level: info\n", "web_chat:\n", "channels:\n", "notify:\n", "store:\n", "centre:\n"} {
		c, err := loadConfig(write(t, filepath.Join(t.TempDir(), "c.yaml"), "data: x\n"+body), true, nil)
		if err != nil {
			t.Errorf("%q: %v", body, err)
			continue
		}
		if c.Privacy.RetainMessages < 1 || c.Privacy.RetainLeads < 1 || c.Log != defaults().Log || !c.webChat() || c.Listen != defaults().Listen {
			t.Errorf("%q wiped a default: %+v %+v", body, c.Privacy, c.Log)
		}
	}
}

func TestConfigEnvironment(t *testing.T) {
	a := newAccount("gu-zhen")
	file := write(t, filepath.Join(t.TempDir(), "c.yaml"), "listen: 127.0.0.1:1\nchannels:\n  - {name: gu-zhen, type: wechat, app_id: "+a.appID+"}\n")
	c, err := loadConfig(file, true, []string{
		"SMEBOT_LISTEN=127.0.0.1:2", "SMEBOT_METRICS_LISTEN=", "SMEBOT_WEB_CHAT=false", "SMEBOT_PRIVACY_RETAIN_MESSAGES=7d", "SMEBOT_LOG_LEVEL=debug", "SMEBOT_DATA=/elsewhere",
		"SMEBOT_CENTRE_NAME=中心=一", "SMEBOT_CHANNELS_GU_ZHEN_TOKEN=" + a.token, "SMEBOT_CHANNELS_GU_ZHEN_ENCODING_AES_KEY=" + a.key,
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Metrics.Listen != "" || c.webChat() || c.Privacy.RetainMessages != 7 || c.Log.Level != "debug" || c.Data != "/elsewhere" || c.Centre.Name != "中心=一" {
		t.Errorf("the environment was not taken: %+v", c.Centre)
	}
	if ch := c.Channels[0]; ch.Token != a.token || ch.EncodingAESKey != a.key {
		t.Error("a channel's secrets were not taken from the environment")
	}
	robot := "notify:\n  - {type: wecom}\n  - {type: telegram, name: team-1, channel: tg}\nchannels:\n  - {name: tg, type: telegram, token: '" + botToken + "'}\n"
	c, err = loadConfig(write(t, filepath.Join(t.TempDir(), "c.yaml"), robot), true, []string{
		"SMEBOT_NOTIFY_WECOM_URL=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "SMEBOT_NOTIFY_TEAM_1_CHAT_ID=-1001234567890", "SMEBOT_HOLIDAYS=2027-01-01,2027-02-05..2027-02-11",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Notify[0].Name != "wecom" || !strings.HasSuffix(c.Notify[0].URL, "key=1") || c.Notify[1].ChatID != -1001234567890 || len(c.Holidays) != 2 {
		t.Errorf("places and days off were not taken from the environment: %+v", c.Holidays)
	}
	for env, says := range map[string]string{"SMEBOT_HOLIDAYS=soon": "holidays", "SMEBOT_WEB_CHAT=perhaps": "SMEBOT_WEB_CHAT", "SMEBOT_PRIVACY_RETAIN_LEADS=3y": "SMEBOT_PRIVACY_RETAIN_LEADS", "SMEBOT_LISTEN=8080": "listen", "SMEBOT_NOTIFY=x": "SMEBOT_NOTIFY"} {
		if _, err := loadConfig("", false, []string{env}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", env, err)
		}
	}
}

// Faults of the file name the key and what it wants, in no words of Go.
func TestConfigFaultsSayWhatIsWanted(t *testing.T) {
	for body, says := range map[string]string{
		"web_chat: maybe\n":  "line 2, column 11: web_chat: want true or false",
		"centre: here\n":     "centre: want keys with values below it",
		"holidays: {a: b}\n": "holidays: want a list",
		"listen: [a]\n":      "listen: want one text",
		"notify:\n  - {type: telegram, chat_id: x}\n":            "line 3",
		"privacy: {retain_messages: 0d}\n":                       "line 2: privacy.retain_messages: want whole days, one or more",
		"privacy:\n  retain_messages: 90d\n  retain_leads: 3y\n": "line 4: privacy.retain_leads: want whole days",
		"privacy: {retain_leads: [1]}\n":                         "line 2: privacy.retain_leads: want whole days",
		"listen: 127.0.0.1:99999\n":                              "listen: want an address and a port up to 65535",
		"metrics: {listen: '127.0.0.1:99999'}\n":                 "metrics.listen: want an address and a port up to 65535",
	} {
		_, err := loadConfig(write(t, filepath.Join(t.TempDir(), "c.yaml"), "data: x\n"+body), true, nil)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "unmarshal") || strings.Contains(err.Error(), "Go ") {
			t.Errorf("%q: %v, want %q", body, err, says)
		}
	}
	c, err := loadConfig(write(t, filepath.Join(t.TempDir(), "c.yaml"), "privacy: {retain_messages: '7d', retain_leads: 8d}\n"), true, nil)
	if err != nil || c.Privacy.RetainMessages != 7 || c.Privacy.RetainLeads != 8 {
		t.Errorf("whole days: %+v, %v", c.Privacy, err)
	}
}

// A misspelt variable is told, without its value.
func TestUnknownVariablesAreTold(t *testing.T) {
	c, err := loadConfig("no such file", false, []string{"SMEBOT_LISTN=secret", "SMEBOT_LISTEN=127.0.0.1:1", "SMEBOT_CHANNELS_GUZHEN_TOKEN=secret", "HOME=/", "SMEBOT_CENTRE_NAME=x"})
	if err != nil || !slices.Equal(c.unknown, []string{"SMEBOT_CHANNELS_GUZHEN_TOKEN", "SMEBOT_LISTN"}) {
		t.Errorf("%v %v", c.unknown, err)
	}
	var said bytes.Buffer
	c.warn(slog.New(slog.NewTextHandler(&said, nil)))
	if !strings.Contains(said.String(), "name=SMEBOT_LISTN") || strings.Contains(said.String(), "secret") || strings.Count(said.String(), "\n") != 2 {
		t.Errorf("the log: %s", &said)
	}
}

// Metrics that others can reach are told; on this machine alone they are not.
func TestOpenMetricsAreTold(t *testing.T) {
	for listen, told := range map[string]bool{"0.0.0.0:0": true, "127.0.0.1:0": false} {
		c := testConfig(t)
		c.Metrics.Listen = listen
		if s := startSite(t, c); strings.Contains(s.log.String(), "metrics.listen can be reached") != told {
			t.Errorf("%s: %s", listen, s.log)
		}
	}
}

func TestConfigSecretFiles(t *testing.T) {
	dir, a := t.TempDir(), newAccount("guzhen")
	secret := func(name, value string) string { return write(t, filepath.Join(dir, name), value) }
	base := "channels:\n  - name: guzhen\n    type: wechat\n    app_id: " + a.appID + "\n"
	full := base + "    app_secret_file: " + secret("s", a.secret+"\n") + "\n    token_file: " + secret("t", " "+a.token+"\r\n") + "\n    encoding_aes_key_file: " + secret("k", a.key) + "\n    previous_encoding_aes_key_file: " + secret("p", a.key) +
		"\n  - name: tg\n    type: telegram\n    mode: webhook\n    token_file: " + secret("bt", botToken+"\n") + "\n    secret_file: " + secret("bs", botSecret+"\n") + "\npublic_url: https://bot.example.gov.cn\n"
	c, err := loadConfig(write(t, filepath.Join(dir, "c.yaml"), full), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, tg := c.Channels[0], c.Channels[1]
	if w.AppSecret != a.secret || w.Token != a.token || w.EncodingAESKey != a.key || w.PreviousEncodingAESKey != a.key || tg.Token != botToken || tg.Secret != botSecret {
		t.Error("a secret in a file of its own was not read as it stands there")
	}
	places := "notify:\n  - {type: dingtalk, url_file: " + secret("u", "https://oapi.dingtalk.com/robot/send?access_token=1\n") + ", secret_file: " + secret("ds", "SECabc\n") + "}\n  - {type: email, server: 'smtp.gz.cn:465', user: bot, password_file: " + secret("mp", "pw\n") + ", from: b@gz.cn, to: 'a@gz.cn, b@gz.cn'}\n"
	if c, err = loadConfig(write(t, filepath.Join(dir, "n.yaml"), places), true, nil); err != nil {
		t.Fatal(err)
	}
	if d, m := c.Notify[0].place(), c.Notify[1].place(); d.URL != "https://oapi.dingtalk.com/robot/send?access_token=1" || d.Secret != "SECabc" || m.Password != "pw" || len(m.To) != 2 {
		t.Error("a place's secret in a file of its own was not read as it stands there")
	}
	for name, more := range map[string]string{
		"both set":     "    token: " + a.token + "\n    token_file: " + filepath.Join(dir, "t") + "\n",
		"missing file": "    token_file: " + filepath.Join(dir, "nothing") + "\n",
		"folder":       "    token_file: " + dir + "\n",
	} {
		_, err := loadConfig(write(t, filepath.Join(dir, "bad.yaml"), base+more), true, nil)
		if err == nil || !strings.Contains(err.Error(), "channels[guzhen].token") || strings.Contains(err.Error(), a.token) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

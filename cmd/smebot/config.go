package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"

	"smebot/bot/telegram"
	"smebot/bot/wechat"
	"smebot/console"
	"smebot/intents"
)

// Config is the configuration file. Unknown keys are errors; each key can be set in the environment as well
// (SMEBOT_ and the path in capitals, SMEBOT_METRICS_LISTEN, channels and places by name:
// SMEBOT_CHANNELS_GUZHEN_TOKEN), and each secret can stand in a file of its own (…_file).
type Config struct {
	Listen    string          `yaml:"listen"`
	PublicURL string          `yaml:"public_url"`
	Proxies   []string        `yaml:"trusted_proxies"` // addresses whose X-Forwarded-For is believed
	Data      string          `yaml:"data"`
	Store     StoreConfig     `yaml:"store"`
	Channels  []ChannelConfig `yaml:"channels"`
	WebChat   *bool           `yaml:"web_chat"`
	Centre    CentreConfig    `yaml:"centre"`
	Hours     string          `yaml:"hours"`
	Holidays  []string        `yaml:"holidays"`
	Workdays  []string        `yaml:"workdays"`
	Privacy   PrivacyConfig   `yaml:"privacy"`
	Notify    []NotifyConfig  `yaml:"notify"`
	Metrics   MetricsConfig   `yaml:"metrics"`
	Log       LogConfig       `yaml:"log"`

	unknown []string // variables of the environment that set nothing
}

// StoreConfig says where the data is kept.
type StoreConfig struct {
	DSN string `yaml:"dsn"` // empty: SQLite under data
}

// ChannelConfig is one WeChat account or Telegram bot.
type ChannelConfig struct {
	Name    string `yaml:"name"`
	Type    string `yaml:"type"`
	Town    string `yaml:"town"`
	Mode    string `yaml:"mode"`
	APIBase string `yaml:"api_base"`

	AppID                      string `yaml:"app_id"`
	AppSecret                  string `yaml:"app_secret"`
	AppSecretFile              string `yaml:"app_secret_file"`
	Token                      string `yaml:"token"`
	TokenFile                  string `yaml:"token_file"`
	EncodingAESKey             string `yaml:"encoding_aes_key"`
	EncodingAESKeyFile         string `yaml:"encoding_aes_key_file"`
	PreviousEncodingAESKey     string `yaml:"previous_encoding_aes_key"`
	PreviousEncodingAESKeyFile string `yaml:"previous_encoding_aes_key_file"`

	Secret       string `yaml:"secret"`
	SecretFile   string `yaml:"secret_file"`
	CollectLeads *bool  `yaml:"collect_leads"`
}

// CentreConfig names who runs the bot, for the notice and for people who ask for a person.
type CentreConfig struct {
	Name    string `yaml:"name"`
	Contact string `yaml:"contact"` // how people reach it, in words: a phone number, an address
	Hours   string `yaml:"hours"`
}

// PrivacyConfig holds what the notice says.
type PrivacyConfig struct {
	NoticeURL      string `yaml:"notice_url"`
	RetainMessages Days   `yaml:"retain_messages"`
	RetainLeads    Days   `yaml:"retain_leads"`
}

// MetricsConfig is the listener for Prometheus; empty turns it off.
type MetricsConfig struct {
	Listen string `yaml:"listen"`
}

// LogConfig chooses what is logged.
type LogConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

func defaults() Config {
	yes := true
	return Config{
		Listen:  "127.0.0.1:8080",
		Data:    "./data",
		WebChat: &yes,
		Privacy: PrivacyConfig{RetainMessages: 90, RetainLeads: 1095},
		Hours:   intents.DefaultHours,
		Metrics: MetricsConfig{Listen: "127.0.0.1:9090"},
		Log:     LogConfig{Level: "info", Format: "text"},
	}
}

// loadConfig reads the file (none is fine unless it was named), the environment and the secret files, and
// checks all values.
func loadConfig(path string, named bool, environ []string) (Config, error) {
	c := defaults()
	body, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
	case err != nil:
		return c, fmt.Errorf("configuration: %w", err)
	case len(bytes.TrimSpace(body)) > 0:
		if err := yaml.UnmarshalWithOptions(body, &c, yaml.Strict()); err != nil {
			return c, fmt.Errorf("configuration %s: %s", path, yamlFault(err, body))
		}
		c.refill()
	}
	c.nameTargets()
	if err := c.environment(environ); err != nil {
		return c, err
	}
	if err := c.secretFiles(); err != nil {
		return c, err
	}
	return c, c.check()
}

// refill puts back defaults that an empty document, or a section whose every line is commented out, has wiped:
// both are null in YAML. A retention of no days would remove everything at once.
func (c *Config) refill() {
	d := defaults()
	if reflect.DeepEqual(*c, Config{}) {
		*c = d
	}
	c.Privacy.RetainMessages = cmp.Or(c.Privacy.RetainMessages, d.Privacy.RetainMessages)
	c.Privacy.RetainLeads = cmp.Or(c.Privacy.RetainLeads, d.Privacy.RetainLeads)
	c.Hours = cmp.Or(c.Hours, d.Hours)
	c.Log.Level, c.Log.Format = cmp.Or(c.Log.Level, d.Log.Level), cmp.Or(c.Log.Format, d.Log.Format)
}

// secretFiles fills secrets that stand in files of their own.
func (c *Config) secretFiles() error {
	var secrets []fileSecret
	for i := range c.Channels {
		ch := &c.Channels[i]
		at := "channels[" + ch.Name + "]."
		secrets = append(secrets, fileSecret{at + "app_secret", ch.AppSecretFile, &ch.AppSecret}, fileSecret{at + "token", ch.TokenFile, &ch.Token},
			fileSecret{at + "encoding_aes_key", ch.EncodingAESKeyFile, &ch.EncodingAESKey},
			fileSecret{at + "previous_encoding_aes_key", ch.PreviousEncodingAESKeyFile, &ch.PreviousEncodingAESKey},
			fileSecret{at + "secret", ch.SecretFile, &ch.Secret})
	}
	for i := range c.Notify {
		n := &c.Notify[i]
		at := "notify[" + n.Name + "]."
		secrets = append(secrets, fileSecret{at + "url", n.URLFile, &n.URL}, fileSecret{at + "secret", n.SecretFile, &n.Secret},
			fileSecret{at + "password", n.PasswordFile, &n.Password})
	}
	for _, s := range secrets {
		if s.file == "" {
			continue
		}
		if *s.value != "" {
			return fmt.Errorf("configuration: %s and %s_file are both set: keep one", s.at, s.at)
		}
		b, err := os.ReadFile(s.file)
		if err != nil {
			return fmt.Errorf("configuration: %s_file: %w", s.at, err)
		}
		*s.value = strings.TrimSpace(string(b))
	}
	return nil
}

// fileSecret is a secret that may stand in a file of its own.
type fileSecret struct {
	at, file string
	value    *string
}

var channelName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

// check says what is wrong with a value, and how to mend it.
func (c *Config) check() error {
	if !address(c.Listen) {
		return fmt.Errorf("configuration: listen: want an address and a port up to 65535, as in 127.0.0.1:8080")
	}
	if c.Metrics.Listen != "" && !address(c.Metrics.Listen) {
		return fmt.Errorf("configuration: metrics.listen: want an address and a port up to 65535, as in 127.0.0.1:9090, or nothing to turn it off")
	}
	if c.Store.DSN != "" {
		return errors.New("configuration: store.dsn: this version keeps its data in SQLite only: leave store.dsn empty")
	}
	if c.Data == "" {
		return errors.New("configuration: data: name the folder for database and index")
	}
	if u := c.PublicURL; u != "" && !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
		return errors.New("configuration: public_url: want an address as in https://bot.example.gov.cn")
	}
	if err := console.CheckProxies(c.Proxies); err != nil {
		return fmt.Errorf("configuration: trusted_proxies: %w", err)
	}
	if _, err := c.atWork(); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	switch c.Log.Level {
	case "debug", "info", "warn", "error":
	default:
		return errors.New("configuration: log.level: want debug, info, warn or error")
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		return errors.New("configuration: log.format: want text or json")
	}
	seen := map[string]bool{webChannel: true, terminalChannel: true, askChannel: true}
	for i, ch := range c.Channels {
		if !channelName.MatchString(ch.Name) {
			return fmt.Errorf("configuration: channels[%d].name: want up to 32 of a-z, 0-9, - and _, as in guzhen", i)
		}
		if seen[ch.Name] {
			return fmt.Errorf("configuration: channels[%s]: this name is taken: give each channel its own", ch.Name)
		}
		seen[ch.Name] = true
		var err error
		switch ch.Type {
		case "wechat":
			if ch.Mode != "" && ch.Mode != "safe" && ch.Mode != "plain" {
				return fmt.Errorf("configuration: channels[%s].mode: want safe or plain", ch.Name)
			}
			err = ch.wechat().Validate()
		case "telegram":
			if ch.Mode != "" && ch.Mode != "polling" && ch.Mode != "webhook" {
				return fmt.Errorf("configuration: channels[%s].mode: want polling or webhook", ch.Name)
			}
			err = ch.telegram(c.PublicURL).Validate()
		default:
			return fmt.Errorf("configuration: channels[%s].type: want wechat or telegram", ch.Name)
		}
		if err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	return c.checkNotify()
}

// address reports whether a text is an address with a port, or a port's name.
func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := net.LookupPort("tcp", port)
	return err == nil && n <= 65535
}

// atWork is when staff are at work.
func (c Config) atWork() (intents.Hours, error) {
	return intents.Options{Open: c.Hours, Holidays: c.Holidays, Workdays: c.Workdays}.AtWork()
}

func (ch ChannelConfig) wechat() wechat.Config {
	return wechat.Config{
		Name: ch.Name, Town: ch.Town, AppID: ch.AppID, AppSecret: ch.AppSecret, Token: ch.Token,
		EncodingAESKey: ch.EncodingAESKey, PreviousEncodingAESKey: ch.PreviousEncodingAESKey,
		Plain: ch.Mode == "plain", APIBase: ch.APIBase,
	}
}

func (ch ChannelConfig) telegram(publicURL string) telegram.Config {
	mode := ch.Mode
	if mode == "" {
		mode = "polling"
	}
	return telegram.Config{
		Name: ch.Name, Town: ch.Town, Token: ch.Token, Mode: mode, Secret: ch.Secret, APIBase: ch.APIBase,
		PublicURL: publicURL, CollectLeads: ch.leads(),
	}
}

// leads reports whether a channel takes referrals; it does unless told not to.
func (ch ChannelConfig) leads() bool { return ch.CollectLeads == nil || *ch.CollectLeads }

// indexDir is where the search index lives.
func (c Config) indexDir() string { return filepath.Join(c.Data, "index") }

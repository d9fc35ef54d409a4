package wechat

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// DefaultAPIBase is the platform's own API address.
const DefaultAPIBase = "https://api.weixin.qq.com"

// Config is one official account. It prints as its name and app id only, with every verb of fmt and in slog.
type Config struct {
	Name                   string // of the channel: the last part of its callback address, 1 to 64 of a-z A-Z 0-9 _ . -
	Town                   string // default town of the people who write here, "" if none
	AppID                  string // wx and 16 letters or digits
	AppSecret              string // for API calls only; without it the account can answer but not speak first
	Token                  string // 3 to 32 letters or digits, as typed into the platform's form
	EncodingAESKey         string // 43 letters and digits; not needed with Plain
	PreviousEncodingAESKey string // the key before, while the platform still uses it; "" otherwise
	Plain                  bool   // plaintext mode, for the platform's sandbox account: nothing authenticates a body
	APIBase                string // DefaultAPIBase if empty
}

var (
	namePattern   = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`)
	appIDPattern  = regexp.MustCompile(`^wx[0-9a-zA-Z]{16}$`)
	secretPattern = regexp.MustCompile(`^[0-9a-zA-Z]{32}$`)
	// Words that stand in examples where a value belongs. None of them can occur in an issued value by chance:
	// those are random letters and digits.
	standIn = regexp.MustCompile(`(?i)change.?me|replace.?me|example|placeholder|your.?(token|key|secret|app)|^x+$|^wxx+$|[<>…]|\.\.\.`)
)

// Validate returns every fault of the configuration, each as one line with its YAML key and what to do. Values
// are never part of a message.
func (c Config) Validate() error {
	var faults []error
	fault := func(key, what string) {
		faults = append(faults, fmt.Errorf("channels[%s].%s: %s", c.Name, key, what))
	}
	if !namePattern.MatchString(c.Name) {
		// The name itself is left out: what was typed there by mistake may be a secret.
		return errors.New("channels[].name: must be 1 to 64 of the letters a-z, A-Z, digits, _ . - since it is part of the callback address /wechat/NAME")
	}
	switch {
	case c.AppID == "":
		fault("app_id", "is missing: copy 开发者ID(AppID) from 公众平台 > 设置与开发 > 基本配置")
	case standIn.MatchString(c.AppID):
		fault("app_id", "still holds the example's value: copy 开发者ID(AppID) from 公众平台 > 设置与开发 > 基本配置")
	case !appIDPattern.MatchString(c.AppID):
		fault("app_id", "is not an app id: it is wx and 16 letters or digits (the gh_… number is the original id, not this one)")
	}
	switch {
	case c.AppSecret == "": // allowed: answering needs none
	case standIn.MatchString(c.AppSecret):
		fault("app_secret", "still holds the example's value: copy 开发者密码(AppSecret), or remove the key if the account has no API permissions")
	case !secretPattern.MatchString(c.AppSecret):
		fault("app_secret", fmt.Sprintf("%s, an AppSecret is 32 letters and digits: reset it in 公众平台 > 设置与开发 > 基本配置 and copy it again", shapeOf(c.AppSecret)))
	}
	c.validateToken(fault)
	if c.EncodingAESKey != "" || !c.Plain {
		validateKey(c.EncodingAESKey, "encoding_aes_key", fault)
	}
	if c.PreviousEncodingAESKey != "" {
		validateKey(c.PreviousEncodingAESKey, "previous_encoding_aes_key", fault)
	}
	c.validateBase(fault)
	return errors.Join(faults...)
}

func (c Config) validateToken(fault func(key, what string)) {
	switch {
	case c.Token == "":
		fault("token", "is missing: invent 3 to 32 letters and digits and type the same into 公众平台 > 服务器配置 > 令牌(Token)")
	case standIn.MatchString(c.Token):
		fault("token", "still holds the example's value: invent 3 to 32 random letters and digits and type the same into 公众平台 > 服务器配置")
	case len(c.Token) < 3 || len(c.Token) > 32:
		fault("token", fmt.Sprintf("has %d characters, WeChat takes 3 to 32: choose another and change it on the platform too", len(c.Token)))
	case strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		fault("token", "holds a blank or a character that is no letter or digit: choose 3 to 32 letters and digits")
	}
}

func validateKey(key, name string, fault func(key, what string)) {
	const again = "copy 消息加解密密钥(EncodingAESKey) again from 公众平台 > 服务器配置"
	switch {
	case key == "":
		fault(name, "is missing, safe mode needs it: "+again+", or set mode: plain for a sandbox account")
	case strings.ContainsAny(key, " \t\r\n\u00a0\u3000\ufeff"):
		fault(name, "holds a blank or a line break: "+again)
	case standIn.MatchString(key):
		fault(name, "still holds the example's value: "+again)
	case len(key) != 43:
		fault(name, fmt.Sprintf("%s, WeChat's has exactly 43: %s", shapeOf(key), again))
	case strings.ContainsFunc(key, func(r rune) bool { return !isAlnum(r) }):
		fault(name, "holds a character other than a-z, A-Z and 0-9: "+again)
	default:
		if raw, err := base64.StdEncoding.DecodeString(key + "="); err != nil || len(raw) != 32 {
			fault(name, "does not decode to 32 bytes: "+again)
		}
	}
}

func (c Config) validateBase(fault func(key, what string)) {
	if c.APIBase == "" {
		return
	}
	u, err := url.Parse(c.APIBase)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		fault("api_base", "is not a web address: write it as https://HOST, or remove it for "+DefaultAPIBase)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		fault("api_base", "must hold no user, query or fragment: write it as https://HOST")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		fault("api_base", "would send the app secret unencrypted: use https")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// shapeOf says how long a secret is, and nothing else of it.
func shapeOf(secret string) string { return fmt.Sprintf("has %d characters", len([]rune(secret))) }

// Path is where the account's callback is served.
func (c Config) Path() string { return "/wechat/" + c.Name }

func (c Config) apiBase() string {
	if c.APIBase == "" {
		return DefaultAPIBase
	}
	return strings.TrimRight(c.APIBase, "/")
}

// Format hides everything but the name and the app id, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "wechat %s (%s)", c.Name, c.AppID) }

// LogValue hides everything but the name and the app id.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

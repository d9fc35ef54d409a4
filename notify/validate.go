package notify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
)

// standIn finds words that stand in examples where a value belongs.
var standIn = regexp.MustCompile(`(?i)change.?me|replace.?me|\bexample-|placeholder|your.?(token|key|secret|robot)|xxxx|[<>…]|\.\.\.`)

// Least lengths of secrets, in characters: DingTalk's begin with SEC, Feishu's are letters and digits.
const minWebhookSecret = 24

// Validate returns every fault of the configuration, each as one line with its YAML key and what to do. Values are
// never part of a message.
func (c Config) Validate() error {
	var faults []error
	fault := func(key, what string) {
		faults = append(faults, fmt.Errorf("notify[%s].%s: %s", c.Name, key, what))
	}
	switch c.Type {
	case WeCom, DingTalk, Feishu:
		c.checkURL(fault, robots[c.Type].where)
		if c.Secret != "" && standIn.MatchString(c.Secret) {
			fault("secret", "still holds the example's value: copy the robot's own, or remove the key if the robot has none")
		}
		if c.Secret != "" && !robots[c.Type].signs {
			fault("secret", "a robot of this kind has none: remove the key, its address is its secret")
		}
	case Webhook:
		c.checkURL(fault, "give the address that takes the announcements")
		const make = "make one with 'openssl rand -base64 32', put whsec_ before it and give it to the receiver too"
		switch {
		case c.Secret == "":
			fault("secret", "is missing: "+make)
		case standIn.MatchString(c.Secret):
			fault("secret", "still holds the example's value: "+make)
		case len(c.Secret) < minWebhookSecret:
			fault("secret", fmt.Sprintf("has %d characters, at least %d are needed: %s", len(c.Secret), minWebhookSecret, make))
		case webhookKey(c.Secret) == nil:
			fault("secret", "begins with whsec_ and does not go on in base64: "+make)
		}
	case Email:
		c.checkMail(fault)
	default:
		fault("type", "want telegram, wecom, dingtalk, feishu, webhook or email")
	}
	c.checkSurplus(fault)
	return errors.Join(faults...)
}

func (c Config) checkURL(fault func(key, what string), where string) {
	u, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		fault("url", "is missing: "+where)
	case standIn.MatchString(c.URL):
		fault("url", "still holds the example's value: "+where)
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		fault("url", "is not a web address: "+where)
	case u.User != nil || u.Fragment != "":
		fault("url", "must hold no user and no fragment: "+where)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		fault("url", "would send its key unencrypted: use https")
	}
}

func (c Config) checkMail(fault func(key, what string)) {
	host, port, err := net.SplitHostPort(c.Server)
	switch {
	case c.Server == "":
		fault("server", "is missing: give the mail server as in smtp.example.gov.cn:465")
	case err != nil || host == "" || port == "":
		fault("server", "want host and port, as in smtp.example.gov.cn:465")
	case standIn.MatchString(c.Server):
		fault("server", "still holds the example's value: give your own mail server")
	}
	if (c.User == "") != (c.Password == "") {
		fault("password", "user and password belong together: give both, or neither for a server that wants no sign-in")
	}
	if standIn.MatchString(c.Password) {
		fault("password", "still holds the example's value: give the mailbox's own (many providers want an authorisation code, 授权码)")
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		fault("from", "want an address, as in bot@example.gov.cn")
	}
	if len(c.To) == 0 {
		fault("to", "is missing: give the addresses of those who are to hear of leads")
	}
	for _, to := range c.To {
		if _, err := mail.ParseAddress(to); err != nil {
			fault("to", "want addresses, with commas between them, as in li@example.gov.cn, wu@example.gov.cn")
			break
		}
	}
}

// checkSurplus names keys that mean nothing for the type: whoever wrote one expects something of it.
func (c Config) checkSurplus(fault func(key, what string)) {
	const other = "means nothing for this type: remove it"
	if c.Type == Email {
		if c.URL != "" {
			fault("url", other+", the mail server stands in server")
		}
		if c.Secret != "" {
			fault("secret", other+", the mailbox has user and password")
		}
		return
	}
	for _, k := range []struct {
		key string
		set bool
	}{{"server", c.Server != ""}, {"user", c.User != ""}, {"password", c.Password != ""}, {"from", c.From != ""}, {"to", len(c.To) > 0}} {
		if k.set {
			fault(k.key, other)
		}
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// webhookKey is the key that a secret stands for: the bytes behind whsec_ as the Standard Webhooks write them, or the
// secret itself. It is nil where those bytes cannot be read.
func webhookKey(secret string) []byte {
	coded, standard := strings.CutPrefix(secret, "whsec_")
	if !standard {
		return []byte(secret)
	}
	key, err := base64.StdEncoding.DecodeString(coded)
	if err != nil || len(key) < 16 {
		return nil
	}
	return key
}

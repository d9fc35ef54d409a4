package telegram

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// How updates reach us.
const (
	ModePolling = "polling" // we ask Telegram; needs no public address
	ModeWebhook = "webhook" // Telegram calls us under public_url
)

// Config is a channel of type telegram as the configuration gives it.
type Config struct {
	Name         string // of the channel
	Town         string // default town of leads, optional
	Token        string // of the bot: "123456:AA…". Never printed
	Mode         string // ModePolling (default) or ModeWebhook
	Secret       string // webhook mode: comes back in each request's header. Never printed
	APIBase      string // default https://api.telegram.org
	PublicURL    string // webhook mode: where the world reaches us, "https://bot.example.gov.cn"
	CollectLeads bool   // whether referrals may be taken here: the data leaves the mainland
}

const defaultAPIBase = "https://api.telegram.org"

var (
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	tokenForm  = regexp.MustCompile(`^[0-9]{1,19}:[A-Za-z0-9_-]+$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{32,256}$`) // 1..256 of these by the API; 32 is our own floor
)

func (c Config) withDefaults() Config {
	if c.Mode == "" {
		c.Mode = ModePolling
	}
	if c.APIBase == "" {
		c.APIBase = defaultAPIBase
	}
	c.APIBase = strings.TrimRight(c.APIBase, "/")
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	return c
}

// String names the channel and its mode; fmt must never print the secrets.
func (c Config) String() string { return "telegram channel " + c.Name + " (" + c.Mode + ")" }

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// Validate returns the first fault as one line: the key in the configuration, what it needs, how to mend it.
// It never shows the value of a secret.
func (c Config) Validate() error {
	c = c.withDefaults()
	fault := func(key, say string) error { return fmt.Errorf("channels[%s].%s: %s", c.Name, key, say) }
	if !nameForm.MatchString(c.Name) {
		return fmt.Errorf("channels[].name: %q needs 1 to 64 of A-Z a-z 0-9 _ -, since it is part of the webhook's address", c.Name)
	}
	if c.Token == "" {
		return fault("token", "is missing; @BotFather gives it (or set token_file)")
	}
	if !tokenForm.MatchString(c.Token) || c.botID() == 0 {
		return fault("token", "is not a bot token; it looks like 123456789:AA… and @BotFather shows it")
	}
	if c.Mode != ModePolling && c.Mode != ModeWebhook {
		return fault("mode", fmt.Sprintf("%q is not known; use polling or webhook", c.Mode))
	}
	if err := checkAPIBase(c.APIBase); err != "" {
		return fault("api_base", err)
	}
	if c.Mode == ModePolling {
		return nil
	}
	if !secretForm.MatchString(c.Secret) {
		return fault("secret", "webhook mode needs 32 to 256 characters of A-Z a-z 0-9 _ -; make one with: openssl rand -hex 32")
	}
	if c.PublicURL == "" {
		return fmt.Errorf("public_url: is missing; channels[%s] in webhook mode needs the https address under which Telegram reaches this server", c.Name)
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("public_url: channels[%s] in webhook mode needs an address like https://bot.example.gov.cn", c.Name)
	}
	switch u.Port() { // the ports Telegram calls, by its documentation of setWebhook
	case "", "443", "80", "88", "8443":
	default:
		return fmt.Errorf("public_url: Telegram calls webhooks on ports 443, 80, 88 and 8443 only (channels[%s])", c.Name)
	}
	return nil
}

// checkAPIBase says what is wrong with the address of the Bot API, "" if nothing is. The token is part of every
// request's path, so without TLS it may go to this machine or the local network only.
func checkAPIBase(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "needs an address like " + defaultAPIBase
	}
	switch u.Scheme {
	case "https":
		return ""
	case "http":
		host := u.Hostname()
		if ip, err := netip.ParseAddr(host); err == nil && (ip.IsLoopback() || ip.IsPrivate()) {
			return ""
		}
		if !strings.ContainsAny(host, ".:") { // "localhost", a neighbour in a container network
			return ""
		}
		return "http would send the bot token in clear; use https"
	}
	return "needs https"
}

// botID is the part of the token before the colon, 0 if it is not a number.
func (c Config) botID() int64 {
	id, _, _ := strings.Cut(c.Token, ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

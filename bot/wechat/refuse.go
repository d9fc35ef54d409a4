package wechat

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Reasons for refusing a request, as Options.Refused gets them. They are for the operator; the sender learns
// the status only.
const (
	ReasonMethod    = "method"    // neither GET nor POST
	ReasonQuery     = "query"     // malformed, a parameter twice, no usable echostr
	ReasonSignature = "signature" // signature or msg_signature missing or wrong
	ReasonAge       = "age"       // timestamp further than 300 s from our clock, or no number
	ReasonMode      = "mode"      // not the configured one of plain and safe
	ReasonEnvelope  = "envelope"  // cannot be decrypted, or for another app id
	ReasonReplay    = "replay"    // plain profile: a known timestamp and nonce with another body
	ReasonType      = "type"      // compressed, or not XML by its Content-Type
	ReasonSize      = "size"      // more than 64 KiB
	ReasonBody      = "body"      // broke off or came too slowly
	ReasonXML       = "xml"       // not the strict XML that is read here
	ReasonFields    = "fields"    // no usable sender, account or type
	ReasonOpenID    = "openid"    // accepted, but the query named another person than the message
)

// hints tell the operator what a refusal of that reason usually means, where it is not an attack.
var hints = map[string]string{
	ReasonSignature: "if no message gets through: token differs from the one on the platform",
	ReasonAge:       "if no message gets through: set this machine's clock (NTP)",
	ReasonMode:      "if no message gets through: choose 安全模式 on the platform, or set mode: plain for a sandbox account",
	ReasonEnvelope:  "if no message gets through: encoding_aes_key or app_id differs from the platform",
	ReasonXML:       "if no message gets through: choose XML as the data format on the platform",
	ReasonType:      "if no message gets through: choose XML as the data format on the platform",
}

// refusal is a request that is not served.
type refusal struct {
	status int
	reason string
}

func (r *refusal) Error() string { return r.reason }

// refuse answers with the status's own words and no detail. A wrong signature and a sealed envelope that does
// not open are one and the same answer.
func (c *Channel) refuse(w http.ResponseWriter, err error) {
	no := &refusal{http.StatusBadRequest, ReasonBody}
	errors.As(err, &no)
	c.opt.Refused(no.reason)
	c.alarm.raise(no.reason, no.status)
	http.Error(w, http.StatusText(no.status), no.status)
}

// alarm logs refusals: the first of a reason at once, then at most one line a minute with their number, so that
// a flood of forgeries does not fill the disk.
type alarm struct {
	log    *slog.Logger
	mu     sync.Mutex
	quiet  map[string]time.Time // by reason, until when nothing is logged
	missed map[string]int
}

func newAlarm(log *slog.Logger) *alarm {
	return &alarm{log: log, quiet: map[string]time.Time{}, missed: map[string]int{}}
}

func (a *alarm) raise(reason string, status int) {
	now := time.Now()
	a.mu.Lock()
	if now.Before(a.quiet[reason]) {
		a.missed[reason]++
		a.mu.Unlock()
		return
	}
	missed := a.missed[reason]
	a.missed[reason], a.quiet[reason] = 0, now.Add(time.Minute)
	a.mu.Unlock()
	a.log.Warn("suspicious callback", "reason", reason, "status", status, "unlogged_before", missed, "hint", hints[reason])
}

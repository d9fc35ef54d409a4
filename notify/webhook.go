package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"smebot/bot"
)

// Headers of a webhook call, as the Standard Webhooks name them (https://www.standardwebhooks.com). The signature is
// "v1," and HMAC-SHA256 in base64 over the id, a full stop, the time, a full stop and the body.
const (
	HeaderID        = "Webhook-Id"        // of the announcement: the same in a repeat
	HeaderTimestamp = "Webhook-Timestamp" // of this try, in Unix seconds: what is older than five minutes is a replay
	HeaderSignature = "Webhook-Signature"
)

// webhook posts an announcement as JSON to an address of the operator's own.
type webhook struct {
	key   []byte
	post  poster
	clock func() time.Time
}

// Send implements bot.Sender.
func (w *webhook) Send(ctx context.Context, o bot.Outgoing) error {
	if len(o.Data) == 0 {
		return &bot.SendError{Class: bot.Drop, Cause: "the announcement has no form for programs"}
	}
	id, stamp := webhookID(o.ID), strconv.FormatInt(w.clock().Unix(), 10)
	header := http.Header{
		HeaderID: {id}, HeaderTimestamp: {stamp}, HeaderSignature: {"v1," + sign(w.key, id+"."+stamp+"."+string(o.Data))},
	}
	_, err := w.post.send(ctx, w.post.url, o.Data, header)
	return err
}

// webhookID names an announcement shortly, in letters that any receiver takes.
func webhookID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "msg_" + base64.RawURLEncoding.EncodeToString(sum[:15])
}

package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
)

var (
	// userPattern is the alphabet of openids and original ids; they end in keys and logs of other parts.
	userPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// msgIDPattern is a positive 64-bit number or a little more. It is compared as a string of digits: parsed
	// as int64 two neighbours of 2^63 would be one message.
	msgIDPattern = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)
	// menuIDPattern is a msgmenuid as menuID writes it.
	menuIDPattern = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)
)

// delivery is what one decrypted document means to us.
type delivery struct {
	account string      // ToUserName: the reply's sender
	message bot.Message // zero Key: nothing for the dispatcher, the answer is "success"
}

var errNoAddress = errors.New("no usable ToUserName, FromUserName or MsgType")

// deliver reads the fields of a checked document. raw is the document itself, for the fallback key.
//
// Keys: wechat:NAME:FROM:MSGID for messages, wechat:NAME:FROM:CREATETIME:EVENT:EVENTKEY for events. Where
// MsgId is missing, zero or no number, or CreateTime is no number, the key is
// wechat:NAME:FROM:sha256-HASH over the decrypted document: a repeat of the delivery has the same, a second
// message of the same words in the same second is taken for a repeat.
func (c *Channel) deliver(f fields, raw []byte) (delivery, error) {
	from, kind := f["FromUserName"], f["MsgType"]
	if !userPattern.MatchString(from) || !userPattern.MatchString(f["ToUserName"]) || kind == "" {
		return delivery{}, errNoAddress
	}
	d := delivery{account: f["ToUserName"]}
	m := bot.Message{
		From:  bot.Address{Channel: c.cfg.Name, Platform: bot.WeChat, User: from},
		Town:  c.cfg.Town,
		Leads: true,
		At:    c.written(f["CreateTime"]),
	}
	prefix := "wechat:" + c.cfg.Name + ":" + from + ":"
	if kind == "event" {
		if !readEvent(&m, f) {
			return d, nil
		}
		m.Key = prefix + f["CreateTime"] + ":" + f["Event"] + ":" + short(f["EventKey"])
		if !msgIDPattern.MatchString(f["CreateTime"]) {
			m.Key = prefix + digest(raw)
		}
	} else {
		readMessage(&m, f)
		m.Key = prefix + f["MsgId"]
		if !msgIDPattern.MatchString(f["MsgId"]) {
			m.Key = prefix + digest(raw)
		}
	}
	d.message = m
	return d, nil
}

// How far a delivery lets an account write by itself.
// https://developers.weixin.qq.com/doc/service/guide/product/kf/intro.html
var (
	reachMessage = bot.Reach{For: 48 * time.Hour, Count: 5} // the person wrote
	reachTap     = bot.Reach{For: time.Minute, Count: 3}    // a menu was tapped, the account followed, a code scanned
)

// readMessage fills in what a person sent.
func readMessage(m *bot.Message, f fields) {
	m.Kind, m.Reach = bot.KindUnreadable, reachMessage
	switch f["MsgType"] {
	case "text":
		m.Text = f["Content"]
		if p, ok := pressOf(f["bizmsgmenuid"]); ok {
			m.Kind, m.Press, m.Reach = bot.KindPress, &p, reachTap
			return
		}
	case "voice":
		// Only there where the account has speech recognition switched on, and empty where nothing was heard.
		m.Text = f["Recognition"]
	}
	if strings.TrimSpace(m.Text) != "" {
		m.Kind = bot.KindText
	}
}

// readEvent fills in what an event means, and reports whether the dispatcher is to hear of it. The platform
// announces much that no person expects an answer to.
func readEvent(m *bot.Message, f fields) bool {
	switch f["Event"] {
	case "subscribe": // EventKey "qrscene_…" if by a QR code
		m.Kind, m.Reach = bot.KindSubscribe, reachTap
	case "unsubscribe":
		m.Kind = bot.KindUnsubscribe
	case "CLICK", "SCAN": // a QR code may carry a menu key as its scene
		word, ours := menuWords[f["EventKey"]]
		if !ours {
			return false
		}
		m.Kind, m.Text, m.Reach = bot.KindText, word, reachTap
	default:
		return false
	}
	return true
}

// written reads a CreateTime in Unix seconds. One that is no number, or ahead of us by more than the window for
// requests, says nothing.
func (c *Channel) written(createTime string) time.Time {
	s, err := strconv.ParseInt(createTime, 10, 64)
	if err != nil || s <= 0 || s > c.now().Add(window).Unix() {
		return time.Time{}
	}
	return time.Unix(s, 0)
}

// menuSlots is how many choices of one reply have an id of their own.
const menuSlots = 16

// menuID writes a press as the msgmenuid of a link: one number, since kefu menus take no other.
func menuID(menu uint32, index int) string {
	return strconv.FormatUint(uint64(menu)*menuSlots+uint64(index), 10)
}

// pressOf reads a msgmenuid. It came back from a client: what menuID cannot have written is no press, and the
// message is then the typed text that it also is.
func pressOf(id string) (bot.Press, bool) {
	if !menuIDPattern.MatchString(id) {
		return bot.Press{}, false
	}
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || n/menuSlots == 0 || n/menuSlots > math.MaxUint32 {
		return bot.Press{}, false
	}
	return bot.Press{Menu: uint32(n / menuSlots), Index: int(n % menuSlots)}, true
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + hex.EncodeToString(sum[:])
}

// short keeps a part of a key small: PostgreSQL indexes take under 2,704 bytes, an EventKey may hold any.
func short(s string) string {
	if len(s) > 128 {
		return digest([]byte(s))
	}
	return s
}

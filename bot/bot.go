// Package bot is the vocabulary every part of smebot shares (Message, Reply, Choice, Address) and the one
// path every message takes (Dispatcher). It keeps nothing itself: what must last is handed to a Store in one
// transaction per turn. It imports nothing else of this module and never speaks HTTP, XML, SQL or bleve.
package bot

import (
	"strings"
	"time"
)

// MaxReplyBytes is the size in bytes of UTF-8 that a reply may have once its choices are written below it:
// WeChat's passive text reply takes 2,048 bytes and is the narrowest channel.
const MaxReplyBytes = 2047

// Kind says what sort of delivery a Message is.
type Kind string

// The kinds of deliveries a channel may hand over.
const (
	KindText        Kind = "text"        // words in Message.Text: typed, or recognised from a voice message
	KindPress       Kind = "press"       // a choice was tapped: Message.Press, and its label in Text where the channel gives it
	KindSubscribe   Kind = "subscribe"   // the person followed the account or opened the bot for the first time (/start)
	KindUnsubscribe Kind = "unsubscribe" // the person left; no reply reaches them
	KindUnreadable  Kind = "unreadable"  // picture, video, sticker, voice without recognised words, place: we cannot read it
)

// Platform names the messenger a channel runs on; it decides rendering and the notice a person is shown.
type Platform string

// The platforms smebot speaks.
const (
	WeChat   Platform = "wechat"
	Telegram Platform = "telegram"
	Web      Platform = "web"
	Terminal Platform = "terminal"
)

// Address names one person on one channel. It is the key of a conversation.
type Address struct {
	Channel  string   `json:"channel"`  // the channel's name in the configuration: "guzhen", "tg"; "web" and "terminal" for the built-in ones
	Platform Platform `json:"platform"` // the messenger behind the channel
	User     string   `json:"user"`     // openid, Telegram chat id in decimal, web session: personal data, never logged
}

// Message is one delivery from a person, as an adapter read it.
type Message struct {
	Key     string    // unique for the delivery: the same key again is the same turn and gets the stored reply; never empty
	From    Address   // who wrote, and where
	Kind    Kind      // what sort of delivery it is
	Text    string    // the words, valid UTF-8, not yet normalised
	Press   *Press    // the choice that was tapped, for KindPress
	Lang    string    // the language that the person's client asks for, as BCP 47 ("en-GB"); "" if it does not say
	Town    string    // the channel's default town, "" if none
	Group   bool      // written in a group chat: no contact detail may be taken
	Leads   bool      // whether the channel may take referrals (collect_leads)
	Later   bool      // whether a message can be sent to the person later, outside a delivery
	Stopped bool      // staff have stopped the channel: nothing new is begun here
	At      time.Time // when the platform says it was written; zero if it does not say
	Async   bool      // the reply must go through the outbox, since the delivery itself cannot carry it
	Reach   Reach     // how far the delivery lets us write by ourselves
}

// Reach says how long after a delivery its platform lets us write to the person by ourselves, and how many
// messages. The zero value sets no limit.
type Reach struct {
	For   time.Duration
	Count int
}

// Press points at a choice of an earlier reply. Both come back from the person's client and prove nothing:
// the router compares Menu with the conversation's current one.
type Press struct {
	Menu  uint32 `json:"menu"`  // Reply.Menu of the reply that offered it
	Index int    `json:"index"` // position in Reply.Choices, from 0
}

// Choice is something the person may tap, or answer with its number (from 1) or its words.
type Choice struct {
	Label string `json:"label"` // what is shown
	Value string `json:"value"` // what stands for it as text: typing it chooses it as well
}

// Article names an article an answer rests on.
type Article struct {
	Document string `json:"document"` // document id: "gd-2012-sme-platforms"
	Article  int    `json:"article"`  // number of the article, 0 where the document does not number them
	Heading  string `json:"heading"`  // "第二十四条"
}

// Reply is what the person gets. Text holds the words without the list of choices; each channel draws
// those its own way from the same Choices. The zero Reply means: nothing is to be said.
type Reply struct {
	Text    string   `json:"text"`
	Choices []Choice `json:"choices,omitempty"`
	Menu    uint32   `json:"menu,omitempty"` // names this set of choices; 0 if there are none

	// What the reply rests on, for tests, logs and the console; never shown as such.
	Intent    string    `json:"intent,omitempty"`
	Articles  []Article `json:"articles,omitempty"`
	Platforms []string  `json:"platforms,omitempty"` // slugs, best first
	Lead      string    `json:"lead,omitempty"`      // number of the lead this turn created
}

// Empty reports whether there is nothing to send.
func (r Reply) Empty() bool { return r.Text == "" && len(r.Choices) == 0 }

// Numbered draws the reply as plain text with numbered choices below it: the form that every channel can
// carry, and the one whose size MaxReplyBytes bounds.
func (r Reply) Numbered() string {
	if len(r.Choices) == 0 {
		return r.Text
	}
	var b strings.Builder
	b.WriteString(r.Text)
	b.WriteByte('\n')
	for i, c := range r.Choices {
		b.WriteByte('\n')
		b.WriteString(itoa(i + 1))
		b.WriteString(". ")
		b.WriteString(c.Label)
	}
	return b.String()
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// Outgoing is a message to be sent outside the delivery that caused it. The store keeps it until it was
// sent or given up.
type Outgoing struct {
	ID    string    `json:"id"` // unique; sending the same id twice is allowed to happen only after a crash
	To    Address   `json:"to"`
	Reply Reply     `json:"reply"`
	Due   time.Time `json:"due"`            // not before; zero for at once
	Data  []byte    `json:"data,omitempty"` // what Reply says, for a program: only a webhook sends it
}

// Effect is something a turn does to the store besides the conversation itself: save a lead, record a
// consent, erase a person. The store defines the effects it knows and refuses others.
type Effect interface {
	EffectName() string // for logs: no personal data
}

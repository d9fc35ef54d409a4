package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"smebot/bot"
)

// update holds what we read of a models.Update, no more: the library's types refuse a whole message for one
// unknown kind of sender, reaction or forward, and Telegram adds kinds without notice.
type update struct {
	ID       int64
	message  *message
	callback *callback
	member   *member
}

type message struct {
	From     *models.User           `json:"from"`
	Chat     *models.Chat           `json:"chat"`
	Date     float64                `json:"date"` // seconds since 1970
	Text     string                 `json:"text"`
	Caption  string                 `json:"caption"`
	Entities []models.MessageEntity `json:"entities"`
	ReplyTo  *struct {
		From *models.User `json:"from"`
	} `json:"reply_to_message"`
	Keyboard *struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	} `json:"reply_markup"`
}

type callback struct {
	ID     string       `json:"id"`
	From   *models.User `json:"from"`
	Place  *message     `json:"message"` // the one whose button was pressed; may be absent or bare when it is old
	Inline string       `json:"inline_message_id"`
	Data   string       `json:"data"`
}

type member struct {
	From *models.User `json:"from"`
	Chat *models.Chat `json:"chat"`
	Date float64      `json:"date"`
	New  *struct {
		Status models.ChatMemberType `json:"status"`
	} `json:"new_chat_member"`
}

// unreadable are the parts of a message that a person sends and we cannot read. What has neither these nor text
// is a service note (pinned, joined) and gets no reply.
var unreadable = []string{
	"photo", "sticker", "voice", "video", "video_note", "audio", "document", "animation", "paid_media", "story",
	"location", "venue", "contact", "dice", "poll", "game", "checklist",
}

// parseUpdate reads an update. A part that has not the form we know is left out, so that the update can still
// be confirmed. An error means that not even its id can be read.
func parseUpdate(raw []byte) (u update, content bool, err error) {
	var outer struct {
		ID       *int64          `json:"update_id"`
		Message  json.RawMessage `json:"message"`
		Callback json.RawMessage `json:"callback_query"`
		Member   json.RawMessage `json:"my_chat_member"`
	}
	if err := json.Unmarshal(raw, &outer); err != nil || outer.ID == nil {
		return u, false, errors.New("update without a readable update_id")
	}
	u.ID = *outer.ID
	u.message, u.callback, u.member = part[message](outer.Message), part[callback](outer.Callback), part[member](outer.Member)
	if u.message != nil && u.message.Text == "" {
		var keys map[string]json.RawMessage
		_ = json.Unmarshal(outer.Message, &keys) // it was an object a moment ago
		for _, k := range unreadable {
			if _, has := keys[k]; has {
				content = true
			}
		}
	}
	return u, content, nil
}

func part[T any](raw json.RawMessage) *T {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	v := new(T)
	if json.Unmarshal(raw, v) != nil {
		return nil
	}
	return v
}

// incoming is an update as the rest of the program takes it.
type incoming struct {
	id      int64
	message bot.Message
	wanted  bool   // whether message is to be handled; all else is only confirmed
	query   string // id of a callback query to answer, "" if there is none
}

// read turns an update into what is to be done about it.
func (c *Channel) read(raw []byte) (incoming, error) {
	u, content, err := parseUpdate(raw)
	if err != nil {
		return incoming{}, err
	}
	in := incoming{id: u.ID}
	in.message = bot.Message{
		Key:   fmt.Sprintf("telegram:%s:%d", c.cfg.Name, u.ID),
		From:  bot.Address{Channel: c.cfg.Name, Platform: bot.Telegram},
		Town:  c.cfg.Town,
		Leads: c.cfg.CollectLeads,
		Async: true,
	}
	switch {
	case u.callback != nil:
		in.query = u.callback.ID
		in.wanted = c.readPress(&in.message, u.callback)
	case u.message != nil:
		in.wanted = c.readMessage(&in.message, u.message, content)
	case u.member != nil:
		in.wanted = readMember(&in.message, u.member)
	}
	return in, nil
}

// readMessage fills m from a message and reports whether it is for us.
func (c *Channel) readMessage(m *bot.Message, t *message, content bool) bool {
	if t.From == nil || t.From.ID == 0 || t.From.IsBot || t.Chat == nil || t.Chat.ID == 0 || t.Date <= 0 {
		return false
	}
	m.From.User = strconv.FormatInt(t.Chat.ID, 10)
	m.At = time.Unix(int64(t.Date), 0)
	m.Kind, m.Text = bot.KindText, t.Text
	group := false
	switch t.Chat.Type {
	case models.ChatTypePrivate:
	case models.ChatTypeGroup, models.ChatTypeSupergroup:
		group, m.Group = true, true
		words, ours := c.addressed(t)
		if !ours {
			return false
		}
		m.Text = words
	default: // channels, and kinds to come
		return false
	}
	if strings.TrimSpace(t.Text) == "" {
		m.Kind, m.Text = bot.KindUnreadable, t.Caption
		return content && !group
	}
	return c.command(m, group)
}

// commands are those that stand for words the router knows; /start is not among them.
var commands = map[string]string{
	"help": "帮助", "menu": "菜单", "cancel": "取消", "status": "我的进度", "privacy": "隐私",
}

// command turns a command into what it stands for, and reports false for one that names another bot in a group.
// The payload of /start is anyone's to choose and is not looked at.
func (c *Channel) command(m *bot.Message, group bool) bool {
	rest, is := strings.CutPrefix(m.Text, "/")
	if !is {
		return true
	}
	word := strings.Fields(rest + " ")
	if len(word) == 0 {
		return true
	}
	name, to, named := strings.Cut(word[0], "@")
	if group && named && !c.isMe(to) {
		return false
	}
	name = strings.ToLower(name)
	if name == "start" {
		m.Kind, m.Text = bot.KindSubscribe, ""
	} else if words, known := commands[name]; known {
		m.Text = words
	}
	return true
}

// addressed reports whether a group message is meant for the bot (a command, a mention, a reply to it) and
// returns its text without the mention.
func (c *Channel) addressed(t *message) (string, bool) {
	ours := strings.HasPrefix(t.Text, "/") || t.ReplyTo != nil && t.ReplyTo.From != nil && t.ReplyTo.From.ID == c.botID
	units := utf16.Encode([]rune(t.Text)) // entities count in UTF-16 units
	var keep []uint16
	at := 0
	for _, e := range t.Entities {
		end := e.Offset + e.Length
		if e.Type != models.MessageEntityTypeMention || e.Offset < at || e.Length < 1 || end > len(units) || end < e.Offset {
			continue
		}
		if c.isMe(strings.TrimPrefix(string(utf16.Decode(units[e.Offset:end])), "@")) {
			ours = true
			keep = append(keep, units[at:e.Offset]...)
			at = end
		}
	}
	keep = append(keep, units[at:]...)
	return strings.TrimSpace(string(utf16.Decode(keep))), ours
}

func (c *Channel) isMe(name string) bool {
	me := c.username.Load()
	return me != nil && *me != "" && strings.EqualFold(name, *me)
}

// readPress fills m from a pressed button. The one who pressed is the one who speaks, whoever the button was
// sent to; in groups there are no buttons of ours.
func (c *Channel) readPress(m *bot.Message, q *callback) bool {
	if q.From == nil || q.From.ID == 0 || q.From.IsBot || q.Inline != "" {
		return false
	}
	if q.Place != nil && q.Place.Chat != nil {
		if t := q.Place.Chat.Type; t != models.ChatTypePrivate && t != "" {
			return false
		}
	}
	m.From.User = strconv.FormatInt(q.From.ID, 10)
	press := decodePress(q.Data)
	m.Kind, m.Press = bot.KindPress, &press
	if q.Place != nil && q.Place.Keyboard != nil {
		for _, row := range q.Place.Keyboard.Rows {
			for _, b := range row {
				if b.Data == q.Data && m.Text == "" {
					m.Text = b.Text
				}
			}
		}
	}
	return true
}

func readMember(m *bot.Message, t *member) bool {
	if t.Chat == nil || t.Chat.ID == 0 || t.New == nil {
		return false
	}
	m.From.User = strconv.FormatInt(t.Chat.ID, 10)
	m.Group = t.Chat.Type != models.ChatTypePrivate
	m.Kind, m.Async = bot.KindUnsubscribe, false
	if t.Date > 0 {
		m.At = time.Unix(int64(t.Date), 0)
	}
	return t.New.Status == models.ChatMemberTypeBanned || t.New.Status == models.ChatMemberTypeLeft
}

// encodePress makes callback_data of a choice: "m<menu in base 36>.<index>", at most 13 of the 64 bytes that
// Telegram allows. It holds no state and no words, since whoever holds a button's data can send it.
func encodePress(p bot.Press) string {
	return "m" + strconv.FormatUint(uint64(p.Menu), 36) + "." + strconv.Itoa(p.Index)
}

// decodePress reads callback_data. What is not ours points at no menu: Press{0, -1}.
func decodePress(data string) bot.Press {
	menu, index, ok := strings.Cut(data, ".")
	m, err1 := strconv.ParseUint(strings.TrimPrefix(menu, "m"), 36, 32)
	i, err2 := strconv.ParseUint(index, 10, 16)
	p := bot.Press{Menu: uint32(m), Index: int(i)}
	if !ok || err1 != nil || err2 != nil || encodePress(p) != data { // the last also refuses "m+1.01"
		return bot.Press{Menu: 0, Index: -1}
	}
	return p
}

package intents

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
)

// telegramLine is Telegram: it posts updates to the webhook and takes what the bot sends.
type telegramLine struct {
	s           *stage
	url, secret string
	update      int
	sent        chan map[string]any
}

func (l *telegramLine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var p map[string]any
	_ = json.Unmarshal(body, &p)
	if strings.HasSuffix(r.URL.Path, "/sendMessage") {
		l.sent <- p
		fmt.Fprint(w, `{"ok":true,"result":{"message_id":9}}`)
		return
	}
	fmt.Fprint(w, `{"ok":true,"result":true}`)
}

// chat is a number of the person's own.
func (l *telegramLine) chat() int64 {
	sum := sha1.Sum([]byte(l.s.userID()))
	n := int64(0)
	for _, b := range sum[:3] { // few figures: a chat id must not look like a telephone number
		n = n<<8 | int64(b)
	}
	return n + 1
}

func (l *telegramLine) deliver(inner string) (string, any) {
	l.update++
	l.s.w.reply = bot.Reply{}
	l.s.post(l.url, "application/json", fmt.Appendf(nil, `{"update_id":%d,%s}`, 1000+l.update, inner), map[string]string{"X-Telegram-Bot-Api-Secret-Token": l.secret}, caller)
	if l.s.w.reply.Empty() {
		return "", nil
	}
	select {
	case p := <-l.sent:
		text, _ := p["text"].(string)
		var data []string
		markup, _ := p["reply_markup"].(map[string]any)
		rows, _ := markup["inline_keyboard"].([]any)
		for _, row := range rows {
			for _, cell := range row.([]any) {
				b := cell.(map[string]any)
				data = append(data, b["callback_data"].(string))
				text += "\n" + strconv.Itoa(len(data)) + ". " + b["text"].(string)
			}
		}
		return text, data
	case <-time.After(hangs):
		l.s.t.Fatal("nothing was sent")
	}
	return "", nil
}

func (l *telegramLine) send(m bot.Message) (string, any, bool) {
	who := fmt.Sprintf(`{"id":%d,"is_bot":false,"first_name":"陈"}`, l.chat())
	place := fmt.Sprintf(`{"id":%d,"type":"private","first_name":"陈"}`, l.chat())
	words, _ := json.Marshal(m.Text)
	extra := `"text":` + string(words)
	if l.s.w.group {
		place = fmt.Sprintf(`{"id":-%d,"type":"supergroup","title":"群"}`, l.chat())
		extra += `,"reply_to_message":{"message_id":1,"date":1,"chat":` + place + `,"from":{"id":4242424242,"is_bot":true,"first_name":"bot"}}`
	}
	switch m.Kind {
	case bot.KindUnreadable:
		extra = `"sticker":{"file_id":"1","file_unique_id":"1","type":"regular","width":1,"height":1}`
	case bot.KindSubscribe:
		extra = `"text":"/start"`
	case bot.KindUnsubscribe:
		shown, raw := l.deliver(fmt.Sprintf(`"my_chat_member":{"from":%s,"chat":%s,"date":%d,"old_chat_member":{"status":"member","user":%s},"new_chat_member":{"status":"kicked","until_date":0,"user":%s}}`, who, place, l.s.w.now.Unix(), who, who))
		return shown, raw, true
	}
	if strings.TrimSpace(m.Text) == "" && m.Kind == bot.KindText {
		return "", nil, false
	}
	shown, raw := l.deliver(fmt.Sprintf(`"message":{"message_id":7,"date":%d,"from":%s,"chat":%s,%s}`, l.s.w.now.Unix(), who, place, extra))
	return shown, raw, true
}

func (l *telegramLine) press(raw any, index int) (string, any) {
	data := raw.([]string)
	if index >= len(data) {
		l.s.t.Skip("no such button")
	}
	who := fmt.Sprintf(`{"id":%d,"is_bot":false,"first_name":"陈"}`, l.chat())
	return l.deliver(fmt.Sprintf(`"callback_query":{"id":"1","from":%s,"chat_instance":"1","data":%q,"message":{"message_id":7,"date":%d,"chat":{"id":%d,"type":"private"},"text":"x"}}`, who, data[index], l.s.w.now.Unix(), l.chat()))
}

// webLine is a browser for each person.
type webLine struct {
	s       *stage
	url     string
	clients map[string]*http.Client
}

func (l *webLine) deliver(fields map[string]any) (string, any) {
	c := l.clients[l.s.userID()]
	if c == nil {
		jar, _ := cookiejar.New(nil)
		c = &http.Client{Jar: jar, Timeout: hangs}
		l.clients[l.s.userID()] = c
		r, err := c.Get(l.url + "/chat")
		if err != nil {
			l.s.t.Fatal(err)
		}
		r.Body.Close()
	}
	var id [12]byte
	rand.Read(id[:])
	fields["id"] = hex.EncodeToString(id[:])
	body, _ := json.Marshal(fields)
	var a struct {
		Text    string
		Menu    uint32
		Choices []bot.Choice
	}
	if err := json.Unmarshal(l.s.post(l.url+"/chat/send", "application/json", body, nil, c), &a); err != nil {
		l.s.t.Fatal(err)
	}
	return bot.Reply{Text: a.Text, Choices: a.Choices}.Numbered(), a.Menu
}

func (l *webLine) send(m bot.Message) (string, any, bool) {
	switch {
	case m.Kind == bot.KindSubscribe:
		shown, raw := l.deliver(map[string]any{"hello": true})
		return shown, raw, true
	case m.Kind != bot.KindText || strings.TrimSpace(m.Text) == "" || l.s.w.group:
		return "", nil, false
	}
	shown, raw := l.deliver(map[string]any{"text": m.Text})
	return shown, raw, true
}

func (l *webLine) press(raw any, index int) (string, any) {
	return l.deliver(map[string]any{"press": map[string]any{"menu": raw.(uint32), "index": index}})
}

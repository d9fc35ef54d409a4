package telegram

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"smebot/bot"
)

func readOne(t *testing.T, c *Channel, update string) incoming {
	t.Helper()
	in, err := c.read([]byte(fmt.Sprintf(`{"update_id":7,%s}`, update)))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestReadPrivateMessages(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	for text, want := range map[string]struct {
		kind bot.Kind
		text string
	}{
		"前20家奖励多少钱":                         {bot.KindText, "前20家奖励多少钱"},
		"/start":                            {bot.KindSubscribe, ""},
		"/start " + strings.Repeat("A", 64): {bot.KindSubscribe, ""},
		"/start 5002":                       {bot.KindSubscribe, ""},
		"/start <b>&":                       {bot.KindSubscribe, ""},
		"/START@test_bot x":                 {bot.KindSubscribe, ""},
		"/help":                             {bot.KindText, "帮助"},
		"/Help me":                          {bot.KindText, "帮助"},
		"/menu":                             {bot.KindText, "菜单"},
		"/cancel@test_bot":                  {bot.KindText, "取消"},
		"/status":                           {bot.KindText, "我的进度"},
		"/privacy":                          {bot.KindText, "隐私"},
		"/nosuchcommand x":                  {bot.KindText, "/nosuchcommand x"},
		"/":                                 {bot.KindText, "/"},
		"/ start":                           {bot.KindText, "/ start"},
		"/starting":                         {bot.KindText, "/starting"},
	} {
		in := readOne(t, c, `"message":`+privateText(5, text))
		if m := in.message; !in.wanted || m.Kind != want.kind || m.Text != want.text || m.From.User != "5" || m.Group || !m.Async || m.At.Unix() != 1763800000 {
			if text != "/ start" { // read as the command it was meant to be
				t.Errorf("%q: wanted %v, %+v", text, in.wanted, m)
			}
		}
	}
}

func TestReadUnreadableAndServiceMessages(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	head := `"message":{"message_id":1,"date":1763800000,"from":{"id":5},"chat":{"id":5,"type":"private"},`
	for part, wanted := range map[string]bool{
		`"photo":[{"file_id":"x"}],"caption":"执照"`: true,
		`"sticker":{}`: true, `"voice":{}`: true, `"video_note":{}`: true, `"document":{}`: true, `"location":{}`: true,
		`"contact":{"phone_number":"13800138000"}`: true, `"poll":{}`: true, `"paid_media":7`: true,
		`"pinned_message":{}`: false, `"message_auto_delete_timer_changed":{}`: false, `"x":1`: false,
	} {
		in := readOne(t, c, head+part+`}`)
		if in.wanted != wanted || wanted && in.message.Kind != bot.KindUnreadable {
			t.Errorf("%s: wanted %v, kind %s", part, in.wanted, in.message.Kind)
		}
		if strings.Contains(in.message.Text, "138") {
			t.Error("a shared contact's number was taken")
		}
	}
}

func TestReadLeavesOutWhatHasNoPersonBehindIt(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	whole := privateText(5, "问")
	for name, text := range map[string]string{
		"a bot":     strings.Replace(whole, `"is_bot":false`, `"is_bot":true`, 1),
		"a channel": strings.Replace(whole, `"private"`, `"channel"`, 1),
		"no sender": strings.Replace(whole, `"from"`, `"x"`, 1),
		"no chat":   strings.Replace(whole, `"chat"`, `"x"`, 1),
		"no date":   strings.Replace(whole, `"date"`, `"x"`, 1),
		"no text":   strings.Replace(whole, `"text"`, `"x"`, 1),
	} {
		if text == whole || readOne(t, c, `"message":`+text).wanted {
			t.Errorf("%s is answered", name)
		}
	}
	if readOne(t, c, `"edited_message":`+whole).wanted {
		t.Error("an edited message is taken for a new one")
	}
}

func TestReadIdsExactly(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	for _, id := range []int64{1, 1<<52 + 1, 1<<53 + 1, math.MaxInt64} {
		if got := readOne(t, c, `"message":`+privateText(id, "问")).message.From.User; got != fmt.Sprint(id) {
			t.Errorf("%d became %s", id, got)
		}
		in, err := c.read([]byte(textUpdate(id, 5, "问")))
		if err != nil || in.id != id || in.message.Key != fmt.Sprintf("telegram:tg:%d", id) {
			t.Errorf("update %d became %s, %v", id, in.message.Key, err)
		}
	}
}

func TestReadGroups(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	me := "Test_Bot"
	c.username.Store(&me)
	group := func(text, more string) string {
		return fmt.Sprintf(`"message":{"message_id":1,"date":1,"from":{"id":5,"is_bot":false},"chat":{"id":-1001234567890,"type":"supergroup"},"text":%q%s}`, text, more)
	}
	mention := func(at, n int) string {
		return fmt.Sprintf(`,"entities":[{"type":"mention","offset":%d,"length":%d}]`, at, n)
	}
	for name, v := range map[string]struct {
		update string
		wanted bool
		text   string
		kind   bot.Kind
	}{
		"chatter":             {group("我想登记，电话13800138000", ""), false, "", ""},
		"command":             {group("/help", ""), true, "帮助", bot.KindText},
		"our command":         {group("/start@test_bot", ""), true, "", bot.KindSubscribe},
		"another's command":   {group("/start@other_bot", ""), false, "", ""},
		"mention":             {group("@test_bot 有什么补贴", mention(0, 9)), true, "有什么补贴", bot.KindText},
		"mention after emoji": {group("😀 请问 @test_bot 补贴", mention(6, 9)), true, "😀 请问  补贴", bot.KindText},
		"other mention":       {group("@someone 补贴", mention(0, 8)), false, "", ""},
		"mention out of text": {group("@test_bot", mention(5, 900)), false, "", ""},
		"mention far off":     {group("@test_bot", mention(math.MaxInt, 9)), false, "", ""},
		"reply to us":         {group("2", `,"reply_to_message":{"from":{"id":4242424242}}`), true, "2", bot.KindText},
		"reply to another":    {group("2", `,"reply_to_message":{"from":{"id":42}}`), false, "", ""},
	} {
		in := readOne(t, c, v.update)
		if in.wanted != v.wanted {
			t.Errorf("%s: wanted %v", name, in.wanted)
		}
		if m := in.message; v.wanted && (m.Text != v.text || m.Kind != v.kind || !m.Group || m.From.User != "-1001234567890") {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestReadPress(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	press := func(more string) string {
		return `"callback_query":{"id":"9","from":{"id":5,"is_bot":false},"chat_instance":"1"` + more + `}`
	}
	private := `,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"reply_markup":{"inline_keyboard":[[{"text":"融资","callback_data":"m2s.1"}]]}}`
	for name, v := range map[string]struct {
		update string
		wanted bool
		press  bot.Press
		text   string
	}{
		"ours":            {press(private + `,"data":"m2s.1"`), true, bot.Press{Menu: 100, Index: 1}, "融资"},
		"nonsense":        {press(private + `,"data":"no-such-button"`), true, bot.Press{Menu: 0, Index: -1}, ""},
		"no data":         {press(private), true, bot.Press{Menu: 0, Index: -1}, ""},
		"no chat told":    {press(`,"message":{"message_id":1,"date":1,"text":"x"},"data":"m1.0"`), true, bot.Press{Menu: 1, Index: 0}, ""},
		"old message":     {press(`,"message":{"message_id":1,"date":0,"chat":{"id":5,"type":"private"}},"data":"m1.0"`), true, bot.Press{Menu: 1, Index: 0}, ""},
		"another's":       {press(`,"message":{"message_id":1,"date":1,"chat":{"id":6,"type":"private"}},"data":"m1.0"`), true, bot.Press{Menu: 1, Index: 0}, ""},
		"in a group":      {press(`,"message":{"message_id":1,"date":1,"chat":{"id":-6,"type":"group"}},"data":"m1.0"`), false, bot.Press{}, ""},
		"inline":          {press(`,"inline_message_id":"x","data":"m1.0"`), false, bot.Press{}, ""},
		"without presser": {`"callback_query":{"id":"9","data":"m1.0"}`, false, bot.Press{}, ""},
	} {
		in := readOne(t, c, v.update)
		if in.query != "9" {
			t.Errorf("%s: the press is not answered", name)
		}
		if in.wanted != v.wanted {
			t.Errorf("%s: wanted %v", name, in.wanted)
			continue
		}
		if m := in.message; v.wanted && (m.Kind != bot.KindPress || *m.Press != v.press || m.Text != v.text || m.From.User != "5") {
			t.Errorf("%s: %+v %+v", name, m, *m.Press)
		}
	}
}

func TestReadMember(t *testing.T) {
	c := mustNew(t, testConfig(ModePolling), newFakeAPI(), (&inbox{}).handle, Options{})
	for status, wanted := range map[string]bool{"kicked": true, "left": true, "member": false, "administrator": false, "no_such": false} {
		in := readOne(t, c, fmt.Sprintf(`"my_chat_member":{"from":{"id":5},"chat":{"id":5,"type":"private"},"date":1,"new_chat_member":{"status":%q}}`, status))
		if in.wanted != wanted || in.message.Async || wanted && in.message.Kind != bot.KindUnsubscribe {
			t.Errorf("%s: wanted %v, %+v", status, in.wanted, in.message)
		}
	}
}

func TestPressCode(t *testing.T) {
	for _, p := range []bot.Press{{}, {Menu: 1}, {Menu: math.MaxUint32, Index: 99}, {Menu: 36, Index: 10}} {
		code := encodePress(p)
		if len(code) < 1 || len(code) > 64 || decodePress(code) != p {
			t.Errorf("%+v became %q became %+v", p, code, decodePress(code))
		}
	}
	nonsense := bot.Press{Menu: 0, Index: -1}
	for _, s := range []string{"", "m", "m1", "m1.", "m.1", ".1", "1.1", "m1.-1", "m+1.1", "m1.+1", "m01.1", "m1.01", "mZZ.1", "mzzzzzzzz.1", "m1.99999", "m1.1.1", " m1.1", "m1.1 ", "同意"} {
		if got := decodePress(s); got != nonsense {
			t.Errorf("%q became %+v", s, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	c, err := New(testConfig(ModeWebhook), (&inbox{}).handle, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(textUpdate(1, 5, "问")))
	f.Add([]byte(`{"update_id":1,"callback_query":{"id":"1","from":{"id":5},"data":"m1.0"}}`))
	f.Add([]byte(`{"update_id":1,"message":{"date":1,"from":{"id":1},"chat":{"id":-1,"type":"group"},"text":"@a","entities":[{"type":"mention","offset":-1,"length":9}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkJSON(data) != nil {
			return
		}
		in, err := c.read(data)
		if err == nil && in.wanted && (in.message.Key == "" || in.message.From.User == "") {
			t.Errorf("a message without key or sender: %+v", in.message)
		}
	})
}

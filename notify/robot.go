package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"smebot/bot"
)

// robot posts into a group of a work messenger.
type robot struct {
	kind  robotKind
	cfg   Config
	post  poster
	clock func() time.Time
}

// robotKind is what one messenger's robots have of their own.
type robotKind struct {
	where string // how to come by the address
	signs bool   // they may have a secret
	// request makes the address and the body of a text.
	request func(r *robot, text string) (address string, body any)
	codes   map[int]verdict // of errcode or code
}

// verdict says what becomes of an announcement after a code, and how to mend it.
type verdict struct {
	class bot.SendClass
	says  string
}

// tooFast is how long a robot waits that was told it sends too fast: all three count by the minute.
const tooFast = time.Minute

var robots = map[string]robotKind{
	// https://developer.work.weixin.qq.com/document/path/91770
	WeCom: {
		where:   "copy the robot's Webhook地址 from the group's settings (群机器人)",
		request: func(r *robot, text string) (string, any) { return r.cfg.URL, robotText(text) },
		codes: map[int]verdict{
			-1:    {bot.Retry, "the platform is busy (系统繁忙)"},
			45009: {bot.Wait, "more than 20 messages in a minute (接口调用超过限制)"},
			45033: {bot.Wait, "too many calls at once (接口并发调用超过限制)"},
			93000: {bot.Config, "the robot's address is not known any more: make the robot anew and set url (invalid webhook url)"},
			93004: {bot.Config, "the robot was switched off: switch it on in the group (机器人被停用)"},
			93008: {bot.Config, "the robot is not in the group any more: make it anew and set url (不在群里)"},
			93017: {bot.Config, "the robot may not write in this group: see the group's settings"},
			40008: {bot.Drop, "the message's type is refused (不合法的消息类型)"},
			40058: {bot.Drop, "the message is refused, perhaps as too long (不合法的参数)"},
			44004: {bot.Drop, "the message is empty (文本消息content参数为空)"},
		},
	},
	// https://open.dingtalk.com/document/orgapp/custom-bot-send-group-messages
	DingTalk: {
		where: "copy the robot's Webhook from the group's settings (机器人管理 > 自定义)", signs: true,
		request: dingTalkRequest,
		codes: map[int]verdict{
			-1:     {bot.Retry, "the platform is busy (系统繁忙)"},
			90030:  {bot.Wait, "more messages than the robot may send (webhook over limit)"},
			130101: {bot.Wait, "more than 20 messages in a minute (send too fast)"},
			410100: {bot.Wait, "more than 20 messages in a minute (发送速度太快而限流)"},
			310000: {bot.Config, "the robot's security settings (安全设置) refuse the message: set secret as shown under 加签, add this server's address, or make 登记 the keyword; set this machine's clock"},
			300001: {bot.Config, "the robot's token is not known: copy its Webhook again into url (token is not exist)"},
			300005: {bot.Config, "the robot's token is not known: copy its Webhook again into url (token is not exist)"},
			400013: {bot.Config, "the group does not exist any more: make a robot elsewhere and set url (群已被解散)"},
			400101: {bot.Config, "the robot's token is not known: copy its Webhook again into url (access_token不存在)"},
			400102: {bot.Config, "the robot was switched off: switch it on in the group (机器人已停用)"},
			400105: {bot.Drop, "the message's type is refused (不支持的消息类型)"},
			430104: {bot.Drop, "the message holds words that the platform refuses (内容不合适)"},
		},
	},
	// https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
	Feishu: {
		where: "copy the robot's Webhook 地址 from the group's settings (群机器人)", signs: true,
		request: feishuRequest,
		codes: map[int]verdict{
			9499:  {bot.Wait, "more messages than the robot may send, or a form it does not know (too many request)"},
			11232: {bot.Wait, "more messages than the robot may send (frequency limited)"},
			11233: {bot.Wait, "more messages than the group may get (frequency limited)"},
			19001: {bot.Config, "the robot's address is not known any more: make the robot anew and set url (access token invalid)"},
			19021: {bot.Config, "the signature is refused: set secret as shown under 签名校验, and this machine's clock (sign match fail)"},
			19022: {bot.Config, "this server's address is not on the robot's list: add it under IP 白名单 (Ip Not Allowed)"},
			19024: {bot.Config, "the robot wants a keyword: make 登记 one of them, or use 签名校验 instead (Key Words Not Found)"},
			19002: {bot.Drop, "the message is refused (params error)"},
		},
	},
}

func robotText(text string) any {
	return map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
}

// dingTalkRequest signs by adding the time in milliseconds and the signature to the address.
func dingTalkRequest(r *robot, text string) (string, any) {
	address := r.cfg.URL
	if r.cfg.Secret != "" {
		stamp := strconv.FormatInt(r.clock().UnixMilli(), 10)
		between := "?"
		if strings.Contains(address, "?") {
			between = "&"
		}
		address += between + url.Values{"timestamp": {stamp}, "sign": {sign([]byte(r.cfg.Secret), stamp+"\n"+r.cfg.Secret)}}.Encode()
	}
	return address, robotText(text)
}

// feishuRequest signs in the body: nothing, with the time in seconds and the secret as the key.
func feishuRequest(r *robot, text string) (string, any) {
	body := map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
	if r.cfg.Secret != "" {
		stamp := strconv.FormatInt(r.clock().Unix(), 10)
		body["timestamp"], body["sign"] = stamp, sign([]byte(stamp+"\n"+r.cfg.Secret), "")
	}
	return r.cfg.URL, body
}

// sign is HMAC-SHA256 in base64.
func sign(key []byte, text string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Send implements bot.Sender. Errors come with status 200 and a code.
func (r *robot) Send(ctx context.Context, o bot.Outgoing) error {
	address, content := r.kind.request(r, o.Reply.Text)
	body, err := json.Marshal(content)
	if err != nil {
		return &bot.SendError{Class: bot.Drop, Cause: "the announcement cannot be written as JSON"}
	}
	answer, err := r.post.send(ctx, address, body, nil)
	if err != nil {
		return err
	}
	var said struct {
		ErrCode *int `json:"errcode"`
		Code    *int `json:"code"`       // Feishu
		Status  *int `json:"StatusCode"` // Feishu, of old
	}
	if json.Unmarshal(answer, &said) != nil || said.ErrCode == nil && said.Code == nil && said.Status == nil {
		return r.post.fail(bot.Retry, "the answer is not a robot's: check %s if this goes on", "url")
	}
	code := 0
	for _, c := range []*int{said.ErrCode, said.Code, said.Status} {
		if c != nil && code == 0 {
			code = *c
		}
	}
	if code == 0 {
		return nil
	}
	v, known := r.kind.codes[code]
	if !known {
		return &bot.SendError{Class: bot.Retry, Cause: fmt.Sprintf("code %d", code)} // until it is given up
	}
	fail := &bot.SendError{Class: v.class, Cause: fmt.Sprintf("code %d: %s", code, v.says)}
	if v.class == bot.Wait {
		fail.After = tooFast
	}
	return fail
}

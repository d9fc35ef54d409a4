package wechat

import (
	"fmt"

	"smebot/bot"
)

// codeNoMenu is the platform's answer where an account has no menu.
const codeNoMenu = 46003

// staleToken are the codes by which the platform says that it does not know the access token any more.
var staleToken = map[int]bool{40001: true, 40014: true, 42001: true}

// Error is a call of the platform's API that failed. Its text names the call, the code and the mend, and holds
// no token, secret, user id or message.
type Error struct {
	Op    string        // "message/custom/send"
	Code  int           // errcode, 0 if the platform gave none
	Class bot.SendClass // bot.Retry, Park, Drop or Config
	Err   error         // what happened where there is no code
}

// Error implements error.
func (e *Error) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("wechat %s: %v", e.Op, e.Err)
	}
	if c, ok := codes[e.Code]; ok {
		return fmt.Sprintf("wechat %s: errcode %d: %s", e.Op, e.Code, c.mend)
	}
	return fmt.Sprintf("wechat %s: errcode %d", e.Op, e.Code)
}

// Unwrap gives the cause where there is no code.
func (e *Error) Unwrap() error { return e.Err }

// Retryable reports whether the same call may succeed later without anybody doing anything.
func (e *Error) Retryable() bool { return e.Class == bot.Retry }

// Permanent reports whether no later call can succeed with the same message.
func (e *Error) Permanent() bool { return e.Class == bot.Drop || e.Class == bot.Park }

func newError(op string, code int) *Error {
	class := bot.Drop // an unknown code speaks of the request, and will again
	if c, ok := codes[code]; ok {
		class = c.class
	}
	return &Error{Op: op, Code: code, Class: class}
}

// codes are the platform's errors that we know what to do about. The page "全局返回码" has them all.
var codes = map[int]struct {
	class bot.SendClass
	mend  string
}{
	-1:    {bot.Retry, "the platform is busy (系统繁忙)"},
	45011: {bot.Retry, "calls come too fast (频率限制)"},
	45009: {bot.Config, "the day's quota of calls is used up (接口调用超过限额): it is renewed at midnight, or cleared in 公众平台 > 接口权限"},

	40001: {bot.Config, "access token refused even after renewing it: app_secret may have been reset, copy it from 公众平台 > 基本配置 (AppSecret 错误或已重置)"},
	40014: {bot.Config, "access token refused even after renewing it: another service may use the same account (access_token 无效)"},
	42001: {bot.Config, "access token expired even after renewing it: check this machine's clock (access_token 超时)"},
	40013: {bot.Config, "app_id is not known to the platform: copy it from 公众平台 > 基本配置 (AppID 不合法)"},
	40125: {bot.Config, "app_secret is wrong: reset and copy it in 公众平台 > 基本配置 (AppSecret 不合法)"},
	40164: {bot.Config, "this server's address is not on the list: add it in 公众平台 > 基本配置 > IP白名单 (调用接口的IP不在白名单中)"},
	41002: {bot.Config, "app_id is missing (缺少 appid)"},
	41004: {bot.Config, "app_secret is missing: copy it from 公众平台 > 基本配置 (缺少 secret)"},
	48001: {bot.Config, "the account has no permission for this call: verify it in 公众平台 > 接口权限 (api 功能未授权)"},
	48004: {bot.Config, "the call is banned for this account: see the notice in 公众平台 (api 接口被封禁)"},
	50001: {bot.Config, "the account has no permission for this call: see 公众平台 > 接口权限 (用户未授权该 api)"},
	50002: {bot.Drop, "the account or person is limited by the platform (用户受限)"},
	61024: {bot.Config, "app_id belongs to a third-party platform, which must fetch the token (第三方平台)"},
	89503: {bot.Config, "the call waits for the administrator's approval in WeChat (此次调用需要管理员确认)"},
	89506: {bot.Config, "the administrator refused this server's address: try again in 24 hours (管理员拒绝该IP调用)"},

	45015: {bot.Park, "the person has not written for 48 hours or left (回复时间超过限制)"},
	45047: {bot.Park, "as many messages were sent as allowed until the person writes again (客服接口下行条数超过上限)"},
	40003: {bot.Drop, "the person's openid is not one of this account (openid 不合法)"},
	43004: {bot.Drop, "the person does not follow the account (需要接收者关注)"},
	45002: {bot.Drop, "the message is longer than 2,048 bytes (消息内容超过限制)"},
	40016: {bot.Drop, "a menu has 1 to 3 buttons (按钮个数不合法)"},
	40018: {bot.Drop, "a button's name is empty or longer than 16 bytes (按钮名字长度不合法)"},
	40023: {bot.Drop, "a button opens at most 5 others (子菜单按钮个数不合法)"},
	40025: {bot.Drop, "the name of a button below is empty or longer than 60 bytes (子菜单按钮名字长度不合法)"},
	40027: {bot.Drop, "a button below has no usable type (子菜单按钮类型不合法)"},

	codeNoMenu: {bot.Drop, "the account has no menu: smebot wechat menu push makes one (不存在的菜单数据)"},
}

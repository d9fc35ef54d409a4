package console

import (
	"fmt"
	"maps"

	"smebot/intents"
	"smebot/knowledge"
)

// words are one sentence in both languages. %s, %d and the like stand for arguments, the same in both.
type words struct{ zh, en string }

// catalogue holds every sentence of the console by its key.
var catalogue = merge(coreText, platformText(), signinText, accountsText, auditText, leadsText, directoryText, exportText, overviewText,
	teachText, knowledgeText, settingsText)

// merge joins the features' sentences. Two of one key are a mistake in the program.
func merge(parts ...map[string]words) map[string]words {
	all := map[string]words{}
	for _, p := range parts {
		for k := range p {
			if _, double := all[k]; double {
				panic("console: two sentences of the key " + k)
			}
		}
		maps.Copy(all, p)
	}
	return all
}

// platformText names the types of platform as the chat does: one name everywhere.
func platformText() map[string]words {
	all := map[string]words{}
	for _, slug := range platformSlugs {
		all["leads.platform."+slug] = words{intents.PlatformName(knowledge.Simplified, slug), intents.PlatformName(knowledge.English, slug)}
	}
	return all
}

// T returns a sentence in the visit's language; a key that is not known stands for itself.
func (v *visit) T(key string, args ...any) string { return say(v.Lang, key, args...) }

func say(lang, key string, args ...any) string {
	w, known := catalogue[key]
	if !known {
		return key
	}
	text := w.zh
	if lang == "en" {
		text = w.en
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// langCookie holds the language a browser chose.
const langCookie = "lang"

// language is the one that a visitor chose, or Chinese.
func (v *visit) language() string {
	if v.cookie(langCookie) == "en" {
		return "en"
	}
	return "zh"
}

var coreText = map[string]words{
	"app.name":        {"中小微企业服务助手 · 工作台", "smebot console"},
	"app.skip":        {"跳到正文", "Skip to content"},
	"app.menu":        {"菜单", "Menu"},
	"app.language":    {"English", "中文"},
	"app.home":        {"首页", "Home"},
	"app.signout":     {"退出", "Sign out"},
	"app.save":        {"保存", "Save"},
	"app.search":      {"查找", "Search"},
	"app.cancel":      {"取消", "Cancel"},
	"app.choose":      {"请选择", "Choose"},
	"app.copy":        {"复制", "Copy"},
	"app.copied":      {"已复制", "Copied"},
	"app.back":        {"返回", "Back"},
	"app.yes":         {"是", "Yes"},
	"app.no":          {"否", "No"},
	"app.older":       {"更早的", "Older"},
	"app.newest":      {"回到最新", "Newest"},
	"app.none":        {"没有符合条件的记录。", "Nothing matches."},
	"home.title":      {"您好，%s", "Hello, %s"},
	"home.lead":       {"您可以用下面这些功能。", "This is what you can open."},
	"home.empty":      {"您的账号还没有可用的功能，请找管理员。", "Your account can open nothing yet; ask an administrator."},
	"nav.accounts":    {"账号", "Accounts"},
	"nav.audit":       {"操作记录", "Audit log"},
	"role.viewer":     {"查看（联系方式打码）", "Viewer (masked)"},
	"role.agent":      {"经办", "Agent"},
	"role.supervisor": {"主管", "Supervisor"},
	"role.admin":      {"管理员", "Administrator"},
	"role.auditor":    {"审计", "Auditor"},

	"error.title":     {"没有办成", "That did not work"},
	"error.notfound":  {"没有这个页面，或者您看不到它。", "There is no such page, or it is not open to you."},
	"error.forbidden": {"您的账号没有这个权限；需要的话请找管理员。", "Your account may not open this; ask an administrator if you need it."},
	"error.origin":    {"这个请求来自别的网站，已拒绝。", "This request came from another site and was refused."},
	"error.token":     {"页面放得太久了，没有保存。请返回刷新后再试。", "The page was open for too long and nothing was saved. Go back, reload and try again."},
	"error.ended":     {"登录已过期，没有保存。请重新登录。", "Your session has ended and nothing was saved. Please sign in again."},
	"error.kept":      {"您写的内容还在这里，请先复制下来：", "What you wrote is still here; copy it first:"},
	"error.toolarge":  {"内容太大，最多 %s。", "That is too large; the most is %s."},
	"error.split":     {"请拆成几份分次上传，或者在服务器上用 smebot 命令导入。", " Split it into several uploads, or import it on the server with the smebot command."},
	"error.form":      {"表单不完整，没有保存。请返回再试。", "The form was not complete and nothing was saved. Go back and try again."},
	"error.signin":    {"请先登录。", "Please sign in first."},
	"error.internal":  {"程序出错，没有保存；请稍后再试，仍不行请告诉管理员。", "Something failed and nothing was saved. Try again later, or tell an administrator."},
}

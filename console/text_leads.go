package console

import (
	"strings"
	"time"

	"smebot/store"
)

// Who names who did something, as history tells it; for templates.
func (v *visit) Who(name string) string { return v.actor(name) }

// Event tells an event of a lead's history in words; for templates. Words of older or later versions stand for
// themselves.
func (v *visit) Event(e store.Event) string {
	action := e.Action
	if to, ok := strings.CutPrefix(action, "moved to "); ok {
		text := v.T("leads.event.moved") + v.T("leads.status."+to)
		if e.Detail != "" {
			text += " · " + v.T("leads.reason."+e.Detail)
		}
		return text
	}
	key := "leads.event." + strings.ReplaceAll(action, " ", "_")
	if _, known := catalogue[key]; known {
		action = v.T(key)
	}
	detail := e.Detail
	if detail == "" {
		return action
	}
	if _, known := catalogue["leads.reason."+detail]; known {
		detail = v.T("leads.reason." + detail)
	}
	return action + " · " + detail
}

// AnswerWord is an organisation's answer in words; for templates.
func (v *visit) AnswerWord(a store.OrganisationAnswer) string { return v.T("answer." + answerKey(a)) }

// Left says how long it is until a time, in hours and minutes; for templates.
func (v *visit) Left(until time.Time) string {
	m := max(0, int(until.Sub(v.now())/time.Minute))
	return v.T("thread.left", m/60, m%60)
}

// Seconds is how long it is until a time, for scripts: a visitor's own clock may be wrong.
func (v *visit) Seconds(until time.Time) int { return max(0, int(until.Sub(v.now())/time.Second)) }

var leadsText = map[string]words{
	"nav.leads":  {"线索", "Leads"},
	"nav.canned": {"常用回复", "Prepared answers"},

	"leads.title":         {"线索", "Leads"},
	"leads.view.new":      {"新来的", "New"},
	"leads.view.mine":     {"我的", "Mine"},
	"leads.view.late":     {"超时的", "Late"},
	"leads.view.call":     {"等电话", "To call"},
	"leads.view.open":     {"未办结", "Open"},
	"leads.view.all":      {"全部", "All"},
	"leads.filter":        {"筛选", "Filter"},
	"leads.text":          {"企业、联系人、需求、编号或完整电话", "Firm, contact, need, number or whole phone number"},
	"leads.text.masked":   {"线索编号", "Number of a lead"},
	"leads.any":           {"不限", "Any"},
	"leads.nobody":        {"还没有人", "Nobody"},
	"leads.older":         {"%d 天以上", "%d days or more"},
	"leads.found":         {"第 %d–%d 条，共 %d 条", "%d to %d of %d"},
	"leads.empty":         {"这里没有线索。换个条件试试。", "No leads here. Try another filter."},
	"leads.prev":          {"上一页", "Previous page"},
	"leads.next":          {"下一页", "Next page"},
	"leads.assign":        {"交给", "Give to"},
	"leads.assign.do":     {"分派勾选的", "Give the ticked ones"},
	"leads.pick":          {"勾选 %s", "Tick %s"},
	"leads.assigned":      {"已分派 %s 条。", "%s leads were given."},
	"leads.assigned.some": {"已分派 %s 条；这些刚被别人改过，没有动：%s。请看过再分。", "%s leads were given; these were changed by others just now and left alone: %s. Look at them first."},
	"leads.noassignee":    {"请选一位在职的同事。", "Choose a colleague who works here."},
	"leads.nopick":        {"请先勾选线索。", "Tick some leads first."},
	"leads.saved":         {"已保存。", "Saved."},
	"leads.streams":       {"打开的页面太多，请关掉几个；这一页照常能用，只是不会自动更新。", "Too many pages are open; close some. This one works, but will not update by itself."},
	"leads.live.ended":    {"登录已过期，本页不再自动更新。请重新登录。", "Your session has ended and this page no longer updates. Please sign in again."},

	"leads.field.number":       {"编号", "Number"},
	"leads.field.firm":         {"企业", "Firm"},
	"leads.field.contact":      {"联系人", "Contact"},
	"leads.field.phone":        {"电话", "Phone"},
	"leads.field.town":         {"镇街", "Town"},
	"leads.field.platform":     {"平台类型", "Platform"},
	"leads.field.channel":      {"渠道", "Channel"},
	"leads.field.status":       {"状态", "Status"},
	"leads.field.age":          {"时间", "Age"},
	"leads.field.assignee":     {"经办", "Assignee"},
	"leads.field.need":         {"需求", "Need"},
	"leads.field.created":      {"登记时间", "Registered"},
	"leads.field.organisation": {"转给", "Passed on to"},
	"leads.field.helped":       {"帮上忙了吗", "Did it help"},
	"leads.helped.yes":         {"帮上忙了", "Yes"},
	"leads.helped.partly":      {"帮上一点", "A little"},
	"leads.helped.no":          {"没帮上忙", "No"},
	"leads.helped.none":        {"%s 问过，还没回答", "asked %s, no answer yet"},
	"leads.days":               {"%d 天", "%d days"},
	"leads.today":              {"今天", "today"},
	"leads.late":               {"超 %d 天", "over %d days"},
	"leads.late.new":           {"超 3 个工作日没联系", "no contact for over 3 working days"},
	"leads.call":               {"等电话", "to call"},
	"leads.unknown":            {"没填", "not given"},

	"leads.status.new":        {"新", "New"},
	"leads.status.contacted":  {"已联系", "Contacted"},
	"leads.status.referred":   {"已转介", "Referred"},
	"leads.status.in_service": {"服务中", "In service"},
	"leads.status.done":       {"已办结", "Done"},
	"leads.status.closed":     {"已关闭", "Closed"},

	"leads.reason.helped":            {"已帮到", "Helped"},
	"leads.reason.no_help_available": {"没有可用的服务", "No help available"},
	"leads.reason.unreachable":       {"联系不上", "Unreachable"},
	"leads.reason.not_for_us":        {"不归我们办", "Not for us"},
	"leads.reason.duplicate":         {"重复登记", "Duplicate"},
	"leads.reason.withdrawn":         {"本人撤回", "Withdrawn"},

	"leads.platform.technology-innovation": {"技术创新", "Technology innovation"},
	"leads.platform.industrial-design":     {"工业设计", "Industrial design"},
	"leads.platform.quality-testing":       {"质量检测", "Quality testing"},
	"leads.platform.intellectual-property": {"知识产权", "Intellectual property"},
	"leads.platform.information-network":   {"信息网络", "Information network"},
	"leads.platform.e-commerce":            {"电子商务", "E-commerce"},
	"leads.platform.incubation":            {"创业孵化", "Incubation"},
	"leads.platform.financing":             {"融资服务", "Financing"},
	"leads.platform.talent-training":       {"人才培训", "Talent training"},

	"leads.actor.person":       {"本人", "the person"},
	"leads.actor.system":       {"系统", "the system"},
	"leads.actor.organisation": {"平台机构", "the organisation"},
	"leads.actor.operator":     {"服务器管理员", "the operator of the server"},

	"leads.event.created":                     {"登记", "registered"},
	"leads.event.moved":                       {"改为 ", "moved to "},
	"leads.event.assigned":                    {"分派", "assigned"},
	"leads.event.passed_on":                   {"转给", "passed on"},
	"leads.event.consent_withdrawn":           {"撤回同意", "consent withdrawn"},
	"leads.event.erased":                      {"信息已删除", "erased"},
	"leads.event.corrected":                   {"更正", "corrected"},
	"leads.event.note":                        {"写了备注", "wrote a note"},
	"leads.event.needs_a_call":                {"消息送不到，要打电话", "no message arrives, to be called"},
	"leads.event.needs_no_call":               {"已打电话", "was called"},
	"leads.event.took_over":                   {"接管对话", "took the thread over"},
	"leads.event.released":                    {"交还对话", "gave the thread back"},
	"leads.event.organisation_seen":           {"机构已看到", "seen by the organisation"},
	"leads.event.organisation_accepted":       {"机构接手", "accepted by the organisation"},
	"leads.event.organisation_cannot_help":    {"机构帮不了", "the organisation cannot help"},
	"leads.event.organisation_reached_nobody": {"机构联系不上本人", "the organisation reached nobody"},

	"leads.steps":                   {"下一步", "Next step"},
	"leads.step.contacted":          {"已联系上", "Contacted"},
	"leads.step.referred":           {"已转介", "Referred"},
	"leads.step.in_service":         {"开始服务", "In service"},
	"leads.step.done":               {"办结", "Done"},
	"leads.close":                   {"关闭", "Close"},
	"leads.close.why":               {"关闭原因", "Reason for closing"},
	"leads.close.reason":            {"请选一个关闭原因。", "Choose a reason for closing."},
	"leads.final":                   {"这条线索已经关闭。再有需求请重新登记。", "This lead is closed. A new need is a new lead."},
	"leads.move.refused":            {"现在的状态不能这样改，没有保存。", "The present state does not allow this; nothing was saved."},
	"leads.conflict":                {"%s 刚改过这条线索，您的操作没有保存。下面是最新内容，请看过再操作。", "%s changed this lead just now and your action was not saved. Below is the lead as it is; look first, then act."},
	"leads.take":                    {"我来办", "Take it"},
	"leads.letgo":                   {"退回", "Let go"},
	"leads.give":                    {"分派", "Give"},
	"leads.phone.show":              {"显示电话", "Show the number"},
	"leads.phone.why":               {"为什么要看电话？会记录在案。", "Why do you need the number? It is logged."},
	"leads.phone.call":              {"回电", "To call back"},
	"leads.phone.check":             {"核对信息", "To check the details"},
	"leads.phone.pass":              {"转给机构", "To pass on"},
	"leads.phone.person":            {"本人要求", "The person asked"},
	"leads.phone.shown":             {"号码只在这一页显示，已记录。", "Shown on this page only; it was logged."},
	"leads.called":                  {"电话已打", "Called"},
	"leads.call.due":                {"消息送不到本人，请打电话。", "No message reaches the person: please call."},
	"leads.consent":                 {"同意记录", "Consent"},
	"leads.consent.text":            {"说明版本", "Version of the notice"},
	"leads.consent.at":              {"同意时间", "Agreed at"},
	"leads.consent.to":              {"交给谁", "Receiver"},
	"leads.consent.abroad":          {"含向境外传输", "Covers the transfer abroad"},
	"leads.receiver.service-centre": {"服务中心及对口的平台机构", "The service centre and the matching organisation"},
	"leads.history":                 {"经过", "History"},
	"leads.notes":                   {"备注", "Notes"},
	"leads.note.new":                {"写一条备注", "Write a note"},
	"leads.note.length":             {"备注不能空，最多 %s 个字。", "A note needs words, at most %s characters."},
	"leads.pass":                    {"转给机构", "Pass on"},
	"leads.pass.hint":               {"从本镇本类的名录里选，或直接填写", "From the directory of this town and type, or write a name"},
	"leads.pass.name":               {"请填机构名称，不要太长。", "Name an organisation, not too long."},
	"leads.link.make":               {"生成机构答复链接", "Make an answer link"},
	"leads.link.first":              {"请先填写机构并把状态改为“已转介”。", "First name the organisation and move the lead to Referred."},
	"leads.link.here":               {"把这个链接发给机构，14 天内有效；线索关闭即失效：", "Send this link to the organisation. It works for 14 days and ends when the lead is closed:"},
	"leads.talk":                    {"对话", "Conversation"},
	"leads.talk.none":               {"没有可看的对话，可能已过保存期。", "There is no conversation to show; it may be past its time."},
	"leads.talk.open":               {"打开对话", "Open the thread"},
	"leads.talk.held":               {"%s 正在回复本人", "%s is answering the person"},
	"leads.sheet":                   {"打印", "Print"},
	"leads.sheet.room":              {"手写记录", "Written by hand"},
	"leads.sheet.note":              {"打印于 %s，%s。含个人信息，用后请销毁。", "Printed at %s by %s. It holds personal data: destroy it after use."},
	"leads.erased":                  {"本人已要求删除信息，只留下办理经过。", "The person's data was erased; only the course of the case remains."},
	"leads.masked":                  {"您的账号只能看打码的信息。", "Your account sees masked data only."},
	"leads.by.person":               {"本人", "Person"},
	"leads.by.bot":                  {"机器人", "Bot"},
	"leads.by.staff":                {"工作人员 %s", "Staff, %s"},

	"leads.hands":        {"谁手上有超时", "Who is late"},
	"leads.hands.lead":   {"按人列出，不按条列：先帮手上最多的同事。", "Listed by person, not by case: help first who has most."},
	"leads.hands.count":  {"超时", "Late"},
	"leads.hands.oldest": {"最久的从", "Oldest since"},
	"leads.hands.none":   {"没有人超时。", "Nobody is late."},
	"leads.hands.first":  {"3 个工作日未联系", "3 working days, no contact"},

	"message.waiting": {"等待发送", "waiting to be sent"},
	"message.sent":    {"平台已接收", "taken by the platform"},
	"message.failed":  {"没有送达", "not delivered"},
	"message.unknown": {"不确定是否送达", "may or may not have arrived"},

	"thread.title":    {"与本人的对话", "Thread with the person"},
	"thread.take":     {"接管对话", "Take over"},
	"thread.take.why": {"接管后机器人不再回复，会告诉本人由工作人员回复。30 分钟没有操作自动交还。", "The bot then falls silent and tells the person that a colleague answers. After 30 minutes without action it answers again."},
	"thread.release":  {"交还给机器人", "Give back to the bot"},
	"thread.released": {"已交还，机器人继续回复。", "Given back; the bot answers again."},
	"thread.taken":    {"另一位同事正在回复，请先与他商量。", "Another colleague is answering; talk to them first."},
	"thread.mine":     {"您正在回复。%s 没有操作就自动交还。", "You are answering. It goes back to the bot after %s without action."},
	"thread.other":    {"%s 正在回复，机器人不出声。", "%s is answering; the bot is silent."},
	"thread.bot":      {"现在由机器人回复。", "The bot answers now."},
	"thread.left":     {"%d 小时 %d 分", "%d h %d min"},
	"thread.window":   {"微信只许在对方最后一条消息后 48 小时内回复，还剩", "WeChat allows replies within 48 hours of the person's last message; left:"},
	"thread.closed":   {"微信的 48 小时回复时限已过，发不出去。请打电话。", "WeChat's 48 hours are over, so nothing can be sent. Please call."},
	"thread.none":     {"这个渠道不能主动发消息。请打电话。", "This channel cannot carry a message to the person. Please call."},
	"thread.call":     {"去看电话", "See the number"},
	"thread.text":     {"写给本人", "To the person"},
	"thread.send":     {"发送", "Send"},
	"thread.length":   {"不能空，最多 %d 个汉字。没有发送。", "It needs words, at most %d Chinese characters. Nothing was sent."},
	"thread.lost":     {"对话已不在您手上，没有发送。请重新接管。", "The thread is no longer yours and nothing was sent. Take it over again."},
	"thread.canned":   {"常用回复", "Prepared answers"},
	"thread.insert":   {"点一下填入", "Click to insert"},

	"canned.title":  {"常用回复", "Prepared answers"},
	"canned.lead":   {"大家在对话里都能用。不要写个人信息。正文留空即删除。", "Everybody can use them in a thread. No personal data, please. Without words it is removed."},
	"canned.name":   {"标题", "Title"},
	"canned.text":   {"正文", "Words"},
	"canned.new":    {"新加一条", "Add one"},
	"canned.length": {"标题不能空，最多 %s 个汉字；正文最多 %s 个。没有保存。", "A title is needed, at most %s Chinese characters; the words at most %s. Nothing was saved."},

	"answer.title":          {"请答复：一家企业需要帮助", "Please answer: a firm needs help"},
	"answer.lead":           {"服务中心把下面的需求转给了「%s」。不用登录，选一项提交即可。", "The service centre passed this need on to %s. No account is needed: choose and submit."},
	"answer.elsewhere":      {"另一家机构已经接手。但需求还没有办结，仍然需要帮助：您若能帮，请照常答复。", "Another organisation has taken it. But the need is still open and help is still wanted: if you can help, please answer all the same."},
	"answer.wanted":         {"需求还没有办结，仍然需要帮助。", "The need is still open; help is wanted."},
	"answer.yours":          {"您的答复：%s。情况有变可以再选。", "Your answer: %s. If things change, choose again."},
	"answer.choose":         {"您的答复", "Your answer"},
	"answer.seen":           {"已看到，正在了解", "Seen, looking into it"},
	"answer.accepted":       {"接手，由我们联系企业", "Accepted, we contact the firm"},
	"answer.cannot_help":    {"帮不了", "We cannot help"},
	"answer.reached_nobody": {"联系不上企业", "We reached nobody"},
	"answer.submit":         {"提交答复", "Submit"},
	"answer.phone":          {"您已接手，请联系：", "You accepted; please contact:"},
	"answer.later":          {"接手后显示联系方式。", "The contact is shown once you accept."},
	"answer.until":          {"链接有效到 %s", "The link works until %s"},
	"answer.thanks":         {"已收到，谢谢。", "Received, thank you."},
	"answer.again":          {"需求刚有变化，请看过再提交一次。", "The need has just changed; look and submit once more."},
	"answer.ended":          {"链接无效或已到期，或者需求已经办结。有疑问请联系服务中心。", "The link is not valid or has ended, or the need is settled. Please ask the service centre."},
}

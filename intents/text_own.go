package intents

// Sentences of answers that staff wrote, of news about them, and of a channel that is stopped.
const (
	ownHead    key = "own.head"
	ownArticle key = "own.article"
	ownSource  key = "own.source"
	ownAnd     key = "own.and"
	ownFoot    key = "own.foot"

	tellOffer   key = "tell.offer"
	tellNoted   key = "tell.noted"
	tellWindow  key = "tell.window"
	tellPage    key = "tell.page"
	tellNothing key = "tell.nothing"
	tellHead    key = "tell.head"
	tellScope   key = "tell.scope"
	showWaiting key = "privacy.show-waiting"

	channelStopped key = "channel.stopped"

	labelTell key = "label.tell"
)

// ownWording are those sentences: simplified Chinese, English.
var ownWording = map[key][2]string{
	ownHead:    {"{centre}工作人员答复（{date}）：", "Answer by the staff of {centre} ({date}), in Chinese:"},
	ownArticle: {"参考：《{title}》{article}", "See: 《{title}》 {article}"},
	ownSource:  {"出处：《{title}》（{about}）", "Source: 《{title}》 ({about})"},
	ownAnd:     {"，", ", "},
	ownFoot:    {"以上是工作人员的说明，不是文件原文。", "These are the staff's own words, not a quotation."},

	tellOffer:   {"要不要有答案时告诉您？要的话点「有答案告诉我」：只发一次，最多留30天，随时可删。", "Shall I tell you when there is an answer? Choose \"Tell me the answer\": one message, kept 30 days at most, and you can delete it any time."},
	tellNoted:   {"好的，有答案就在这里告诉您，只发一次，最多等30天。不想等了，发「删除我的信息」或「退订」。", "All right, I will tell you here once there is an answer: one message, within 30 days. To stop, send \"delete my data\" or \"unsubscribe\"."},
	tellWindow:  {"微信规定，您超过两天没发消息我就发不出去；到时您随便发一句，我再告诉您。", " WeChat lets me write only within two days of your last message; after that, send anything and I will tell you then."},
	tellPage:    {"用同一个浏览器打开这个页面就能看到。", " Open this page in the same browser to see it."},
	tellNothing: {"现在没有等着答复的提问，请直接问我。", "There is no question waiting for an answer. Please just ask."},
	tellHead:    {"您之前问的「{question}」，现在可以答复了：", "You asked \"{question}\". Here is the answer:"},
	tellScope:   {"您之前问的「{question}」，工作人员看过了：这件事不归服务中心办，请问主管部门。别的事随时问我。", "You asked \"{question}\". Our staff looked at it: it is not a matter for this service centre. Please ask the authority in charge. Ask me anything else any time."},
	showWaiting: {"等答复的提问：{n}条，有答案时告诉您一次，最多留30天。", "Questions waiting for an answer: {n}. You will be told once; they are kept 30 days at most."},

	channelStopped: {"抱歉，这个渠道暂停接待，请稍后再来；急事请联系{centre}（{contact}，{hours}）。", "Sorry, this channel is closed for the moment. Please come back later; if it is urgent, contact {centre} ({contact}, {hours})."},

	labelTell: {"有答案告诉我", "Tell me the answer"},
}

func init() {
	for k, w := range ownWording {
		simplified[k], english[k] = w[0], w[1]
	}
}

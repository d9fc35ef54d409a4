package intents

// Sentences that come by themselves: where a request stands, and whether it helped.
const (
	newsHead  key = "news"
	newsFoot  key = "news.foot"
	askHelped key = "helped.ask"
	saidYes   key = "helped.yes"
	saidSome  key = "helped.partly"
	saidNo    key = "helped.no"

	stReferredTo key = "status.referred-to"
	stNoHelp     key = "status.no-help"
	stNotForUs   key = "status.not-for-us"
	stDuplicate  key = "status.duplicate"

	labelHelpedYes  key = "label.helped-yes"
	labelHelpedSome key = "label.helped-partly"
	labelHelpedNo   key = "label.helped-no"
)

// newsWords are those sentences: simplified Chinese, English.
var newsWords = map[key][2]string{
	newsHead:  {"您登记的需求 {number} 有进展：{state}", "News of your request {number}: {state}"},
	newsFoot:  {"想看全部，发「我的进度」；不想再收，发「退订」。", "Send \"my progress\" to see all, \"stop\" to hear no more of this."},
	askHelped: {"您登记的需求 {number} 结束十天了，这次帮上您的忙了吗？点一下就行。", "Your request {number} was closed ten days ago. Did it help? One tap will do."},
	saidYes:   {"谢谢您告诉我们。还有别的事，随时发消息。", "Thank you for telling us. Write to me any time."},
	saidSome:  {"谢谢您告诉我们。没办好的地方可以发「转人工」，也可以重新登记。", "Thank you for telling us. For what is still open, send \"human\" or register again."},
	saidNo:    {"抱歉没帮上忙，我们记下了。可以发「转人工」说说情况，也可以重新登记。", "Sorry that it did not help; we have noted it. Send \"human\" to tell us more, or register again."},

	stReferredTo: {"已转给{organisation}，等对方与您联系。", "Passed on to {organisation}; they will contact you."},
	stNoHelp:     {"这次没找到能帮上忙的平台，已结束。情况有变可以重新登记。", "We found no platform that could help this time and closed it. You can register again if things change."},
	stNotForUs:   {"这件事不归服务平台办，已结束。该找谁，可以发「转人工」问。", "This is not a matter for service platforms, so it is closed. Send \"human\" to ask who can help."},
	stDuplicate:  {"和您的另一份登记重复，合在一起办。", "It repeats another request of yours; both are handled as one."},

	labelHelpedYes:  {"帮上忙了", "Yes, it helped"},
	labelHelpedSome: {"帮上一点", "It helped a little"},
	labelHelpedNo:   {"没帮上忙", "No, it did not help"},
}

func init() {
	for k, w := range newsWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

package intents

// Sentences of the form that answer a remark, a slip or a worry, and ask before anything is lost.
const (
	sureCancel key = "sure.cancel"

	worryShare     key = "worry.share"
	worryShareStop key = "worry.share-stop"
	noHurry        key = "form.no-hurry"
	whichFirm      key = "form.which-firm"

	mendUnclear key = "mend.unclear"
	mendNothing key = "mend.nothing"
	badCountry  key = "bad.phone-country"

	askAge    key = "age.ask"
	ageOK     key = "age.ok"
	stopAlone key = "privacy.stop-alone"
	askOut    key = "privacy.stop-which"

	labelAdult    key = "label.adult"
	labelNotAdult key = "label.not-adult"
	labelOut      key = "label.out"
	labelOnlyNews key = "label.only-news"

	urgeDone    key = "urge.done"
	urgeAgain   key = "urge.again"
	urgeSorry   key = "urge.sorry"
	urgeDirect  key = "urge.direct"
	calledBy    key = "call.by"
	callNoted   key = "call.noted"
	callNotThen key = "call.not-then"
	humanLead   key = "human.lead"
	askTownIs   key = "ask.town-is"
	whichPhone  key = "form.which-phone"
	consentNow  key = "ask.consent-now"
	townAll     key = "bad.town-all"
	onePhone    key = "form.one-phone"

	labelUrge key = "label.urge"

	askSameAs key = "ask.same"
	askTwice  key = "ask.twice"

	labelSame     key = "label.same"
	labelNotSame  key = "label.not-same"
	labelOnceMore key = "label.once-more"
	labelNotTwice key = "label.not-twice"

	labelKeepOn  key = "label.keep-on"
	labelQuitYes key = "label.quit-yes"
)

// formWords are those sentences: simplified Chinese, English.
var formWords = map[key][2]string{
	sureCancel: {"要取消登记吗？填好的会清除。", "Shall I cancel the registration? What you filled in will be erased."},

	worryShare:     {"不会卖，也不会给无关的人：先由{operator}的工作人员看，再交给{receiver}。", "No. It is not sold and goes to nobody else: the staff of {operator} read it first, then {receiver}."},
	worryShareStop: {"不放心的话，发「撤回」就不再转交。", "If you would rather not, send \"withdraw\" and nothing is passed on."},
	noHurry:        {"不急，定了再填；24小时内发「继续登记」就能接着填。", "There is no hurry. Within 24 hours you can send \"resume\" and go on."},
	whichFirm:      {"一份登记只写一家，先登记哪一家？", "One request is for one firm. Which one first?"},

	mendUnclear: {"没听明白要改哪一项，还没有改，也没有提交。", "I did not see which item is to be changed. Nothing was changed or sent."},
	mendNothing: {"没有改动，也还没有提交，请再核对一遍。", "Nothing was changed or sent. Please look once more."},
	badCountry:  {"像是国外的号码，请在前面加上国家区号，例如美国「+1」。", "That looks like a number abroad. Please put the country code before it, such as +1 for the USA."},

	askAge:    {"您今年满18周岁了吗？", "Are you 18 or older?"},
	ageOK:     {"好的，可以登记。", "All right, you may register."},
	stopAlone: {"好的，以后不主动给您发消息。想再收消息，发「恢复通知」。", "All right, I will not write first any more. Send \"news please\" to have messages again."},
	askOut:    {"登记的事不办了，还是不想收消息？", "Shall the request itself stop, or only the messages?"},

	labelAdult:    {"满了", "Yes, I am"},
	labelNotAdult: {"没有", "No, I am not"},
	labelOut:      {"不办了，撤回", "Stop the request"},
	labelOnlyNews: {"只停消息", "Only the messages"},

	urgeDone:    {"已替您催了，编号 {number}，工作人员会看到。", "I have reminded staff of your request {number}; they will see it."},
	urgeAgain:   {"已经替您催过，编号 {number}，工作人员看得到。", "Staff were reminded of your request {number} already and can see it."},
	urgeSorry:   {"让您久等了。", "Sorry for the wait. "},
	urgeDirect:  {"急的话请直接联系{centre}（{contact}，{hours}）。", " If it is urgent, contact {centre} ({contact}, {hours})."},
	calledBy:    {"{centre}（{contact}）的工作人员先联系您，核对后才转给平台，转给哪一家会先告诉您。", "The staff of {centre} ({contact}) contact you first. They check the request before it goes to a platform, and tell you to which."},
	callNoted:   {"好的，希望{when}联系您，已记在登记 {number} 里，工作人员会尽量。", "All right, your wish for a call ({when}) is noted with request {number}; staff will do what they can."},
	callNotThen: {"好的，{when}不方便，已记在登记 {number} 里，工作人员会留意。", "All right, it is noted with request {number} that this does not suit you: {when}."},
	humanLead:   {"您的登记 {number} 在工作人员手上，不用再登记。", "Your request {number} is with staff; there is no need to register again. "},
	askTownIs:   {"企业在{town}吗？不是的话，请说是哪个镇（街道）。", "Is it in {town}? If not, in which town (or subdistrict)?"},
	whichPhone:  {"只登记一个电话，留哪一个？", "One phone number is enough. Which one?"},
	consentNow:  {"您是否同意按登记说明处理并转交？请明确回复「同意」或「不同意」。", "Do you agree that your details are handled and passed on as in the notice? Please give a clear \"agree\" or \"disagree\"."},
	onePhone:    {"只登记一个电话，问到时请发要留的那一个。", "One phone number is enough; please send the one to keep when asked for it."},
	townAll:     {"广东的镇街都可以登记。", "Any town in Guangdong may register."},

	labelUrge: {"催一催", "Remind staff"},

	askSameAs: {"还是{firm}（{town}），联系人{contact}，电话{phone}吗？", "Is it again {firm} ({town}), contact {contact}, phone {phone}?"},
	askTwice:  {"您今天登记过同样的需求，编号 {number}，还要再登记一份吗？", "You registered the same request today ({number}). Shall I register it again?"},

	labelSame:     {"对，还是这些", "Yes, the same"},
	labelNotSame:  {"要改", "No, different"},
	labelOnceMore: {"再登记一份", "Register it again"},
	labelNotTwice: {"不用了", "No, thanks"},

	labelKeepOn:  {"接着填", "Go on"},
	labelQuitYes: {"确认取消", "Yes, cancel it"},
}

func init() {
	for k, w := range formWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

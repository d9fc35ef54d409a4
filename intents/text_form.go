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
	askOut:    {"登记的事是不办了，还是只是不想收消息？", "Shall the request itself stop, or only the messages?"},

	labelAdult:    {"满了", "Yes, I am"},
	labelNotAdult: {"没有", "No, I am not"},
	labelOut:      {"不办了，撤回", "Stop the request"},
	labelOnlyNews: {"只停消息", "Only the messages"},

	labelKeepOn:  {"接着填", "Go on"},
	labelQuitYes: {"确认取消", "Yes, cancel it"},
}

func init() {
	for k, w := range formWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

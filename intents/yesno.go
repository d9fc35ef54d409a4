package intents

import (
	"regexp"
	"strings"
)

// What counts as an explicit yes to the notice is that the word is said, with nothing beside it that takes it
// back, asks, or says yes to something else as well. 嗯, 好, 可以, OK do not count: the law wants it said.
var (
	agreesZH  = regexp.MustCompile(`^(?:好的?|好[呀啊吧嘅]|可以[呀啊]?|行[呀啊吧]?|得[啦喇呀]?|快点|快啲|那|咁|就|嗯+|是的?|对|哦|噢|啱|系|ok|yes|冇问题|没问题|没意见|了解|知道了?|明白了?|看完了?|看过了?|睇过|睇完|已阅读?|已看)*(?:我|本人|我们|我哋|我司)?(?:都|也|已经?|已阅读并?|看过(?:说明)?|完全|愿意|表示)*同意(?:同意|并继续|登记|处理|转交|传输|境外传输|按登记说明处理并转交|以上内容|以上说明|你们处理|啊|的|啦|喇|了|哦|呀|嘅|㗎|吧|晒|快点|快啲|快些|尽快|麻烦快点|赶紧|好了|行了|可以)*(?:谢谢|唔该)?$`)
	agreesEN  = regexp.MustCompile(`^(?:ok |okay |yes |sure |fine |well )*(?:i |we )?(?:do |fully )?(?:agree|consent|agreed)(?: to (?:it|this|that|the notice|all))?(?: thanks| thank you)?$|^(?:yes )?i give (?:you )?(?:my )?consent$`)
	refuses   = regexp.MustCompile(`^(?:那|咁|我|我们|我哋|本人|暂时|还是|都|就|先)*(?:不太|不|唔|没|冇|未)(?:想|太|愿意?|能|会|肯|打算|准备)*(?:同意|接受|授权)|^拒绝`)
	dependsZH = regexp.MustCompile(`的话|如果|假如|要是|除非|前提|但|不过|只`)
)

// saysAgree reports whether folded words are an explicit yes to the notice.
func saysAgree(said string) bool {
	return agree[said] || agreesZH.MatchString(said) || agreesEN.MatchString(said)
}

// neverEN are the English words of a no that can be no answer to another question.
var neverEN = regexp.MustCompile(`^(?:no |sorry |well )*(?:i |we )?(?:(?:do not|don t|dont|cannot|can t|won t|will not) (?:agree|consent|accept)|disagree|refuse)`)

// neverAgrees reports whether a message is a no to the notice wherever it stands. A question about saying no is none.
func neverAgrees(text string) bool {
	said := fold(text)
	if asksSomething(text) || dependsZH.MatchString(said) {
		return false
	}
	return refuses.MatchString(said) || neverEN.MatchString(said)
}

// vouches reports whether folded words say that the owner of a number knows and agrees.
func vouches(said string) bool {
	if strings.Contains(said, "授权") {
		return !vouchless.MatchString(said)
	}
	return vouch[said] || knows.MatchString(said) && !vouchless.MatchString(said)
}

var (
	knows     = regexp.MustCompile(`(?:他|她|佢|对方|老板|老婆|老公|太太|本人|人家|经理|厂长)(?:.{0,4})(?:同意|知道|知|清楚|答应|应承|让我|叫我|俾我|畀我|给我|允许|话得|说可以|说行|没意见|冇意见)|(?:问过|同佢讲|跟他说|跟她说|和他说|和她说|讲过|说过|打过招呼|商量过).{0,8}$|(?:he|she|they|the owner|my boss|my wife|my husband) (?:said|says|agreed|agrees|knows?|is (?:ok|fine|aware)|allowed|told me|asked me|let me)|i (?:asked|told|have asked) (?:him|her|them)|with (?:his|her|their) (?:permission|consent)|permission`)
	vouchless = regexp.MustCompile(`没|未|冇|不|唔|\bnot?\b|n t\b|without`)
)

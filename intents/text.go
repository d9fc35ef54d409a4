package intents

import (
	"strings"
	"sync"

	"smebot/knowledge"
	"smebot/knowledge/script"
)

// key names a sentence of the catalogue. Keys that start with "label." are captions of choices.
type key string

// say returns a sentence in a language, with {name} replaced by the value that follows the name in pairs. The
// values are put in after the script was converted: a firm's name is never rewritten.
func say(l knowledge.Language, k key, pairs ...string) string {
	s := sentence(l, k)
	if len(pairs) == 0 {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		value := "{" + name + "}" // forgotten: every test that looks at a reply sees it
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				value = pairs[i+1]
			}
		}
		b.WriteString(value)
		s = after
	}
}

// traditional keeps converted sentences, since converting costs more than the rest of a turn.
var traditional sync.Map

func sentence(l knowledge.Language, k key) string {
	switch l {
	case knowledge.English:
		return english[k]
	case knowledge.Traditional:
		if s, ok := traditional.Load(k); ok {
			return s.(string)
		}
		s := script.Traditional(simplified[k])
		traditional.Store(k, s)
		return s
	}
	return simplified[k]
}

// The keys of the catalogue.
const (
	greeting      key = "greeting"
	greetingAgain key = "greeting.again"
	greetingForm  key = "greeting.form"
	iAmABot       key = "bot.is"
	whoWeAre      key = "bot.office"
	chatForm      key = "chat.form"
	thanks        key = "greeting.thanks"
	helpText      key = "help"
	helpShort     key = "help.short"
	menuText      key = "menu"
	askPolicy     key = "policy.ask"
	example1      key = "policy.example1"
	example2      key = "policy.example2"
	example3      key = "policy.example3"
	unreadable    key = "unreadable"
	notUnderstood key = "not-understood"
	staleMenu     key = "menu.stale"
	noSuchNumber  key = "menu.no-such-number"
	nowChoices    key = "menu.now"
	nothingToStop key = "cancel.nothing"
	apology       key = "apology"

	noAnswer       key = "no-answer"
	noAnswerNear   key = "no-answer.near"
	noAnswerYear   key = "no-answer.year"
	noAnswerPlace  key = "no-answer.place"
	whichArticle   key = "which-article"
	foundNearest   key = "found.nearest"
	documentIntro  key = "document.intro"
	noAnswerFar    key = "no-answer.far"
	noAnswerShort  key = "no-answer.short"
	withheld       key = "no-answer.withheld"
	articleMissing key = "article.missing"
	lastPage       key = "article.last-page"
	alsoAnswered   key = "second.answer"
	alsoAsked      key = "second.also"
	platformBasis  key = "platform.basis"
	platformLead   key = "platform.lead"
	platformCan    key = "platform.can"
	platformBring  key = "platform.bring"
	platformList   key = "platform.list"
	listSeparator  key = "list.separator"
	guideSkipped   key = "guide.not-matched"
	guideIntro     key = "guide.intro"
	guideChat      key = "guide.chat"
	guideLost      key = "guide.lost"
	guideStaff     key = "guide.staff"

	humanText       key = "human"
	humanNoLeads    key = "human.no-leads"
	humanClosed     key = "human.closed"
	onlyIfAsked     key = "human.only-if-asked"
	phoneGiven      key = "phone.given"
	phoneGivenAgain key = "phone.given-again"
	noLeadsHere     key = "leads.off"
	groupOnly       key = "group.only"
	heldNotice      key = "held"
	groupContact    key = "group.contact"
	lookupFailed    key = "lookup.failed"

	noticeTitle    key = "notice.title"
	noticeOperator key = "notice.operator"
	noticeKinds    key = "notice.kinds"
	noticePurpose  key = "notice.purpose"
	noticeWay      key = "notice.way"
	noticeReceiver key = "notice.receiver"
	noticeKeep     key = "notice.keep"
	noticeRights   key = "notice.rights"
	noticeAge      key = "notice.age"
	noticeAbroad   key = "notice.abroad"
	noticeChanged  key = "notice.changed"

	defaultCentre    key = "default.centre"
	defaultContact   key = "default.contact"
	defaultWithin    key = "default.within"
	defaultReceiver  key = "default.receiver"
	defaultRetention key = "default.retention"
	keepYears        key = "keep.years"
	keepDays         key = "keep.days"
	defaultKinds     key = "default.kinds"
	defaultPurpose   key = "default.purpose"
	defaultWay       key = "default.way"
	defaultRights    key = "default.rights"

	formOpening key = "form.opening"
	formHint    key = "form.hint"
	formResume  key = "form.resume"
	formRunning key = "form.running"
	formLeft    key = "form.left"
	formExpired key = "form.expired"
	formFirst   key = "form.first"
	formBack    key = "form.back"
	formPaused  key = "form.paused"
	formLater   key = "form.later"
	formCleared key = "form.cleared"
	formGone    key = "form.contact-expired"
	formDone    key = "form.done"
	formAlready key = "form.already"
	formSent    key = "form.sent"
	formLimit   key = "form.limit"
	minorEarly  key = "form.minor-early"
	formMinor   key = "form.minor"
	formRefused key = "form.refused"
	formNumbers key = "form.forbidden-numbers"
	formBirth   key = "form.forbidden-birth"
	formKept    key = "form.volunteered"
	formSkipped key = "form.skipped"
	formStuck   key = "form.stuck"
	formChanged key = "form.changed"
	formNoted   key = "form.noted"
	formMended  key = "form.mended"
	formNoNeed  key = "form.consent-noted"

	askFirm        key = "ask.firm"
	askTown        key = "ask.town"
	askNeed        key = "ask.need"
	askPlatform    key = "ask.platform"
	askConsent     key = "ask.consent"
	askConsentKept key = "ask.consent-kept"
	askAbroad      key = "ask.abroad"
	askContact     key = "ask.contact"
	askPhone       key = "ask.phone"
	askThird       key = "ask.third"
	askEdit        key = "ask.edit"
	askMend        key = "ask.mend"
	askConfirm     key = "ask.confirm"

	badFirm     key = "bad.firm"
	badTown     key = "bad.town"
	badNeed     key = "bad.need"
	badPlatform key = "bad.platform"
	badConsent  key = "bad.consent"
	badContact  key = "bad.contact"
	badPhone    key = "bad.phone"
	badNoPhone  key = "bad.phone-none"
	badOther    key = "bad.other"
	badArea     key = "bad.phone-area"
	badThird    key = "bad.third"
	badEdit     key = "bad.edit"
	badConfirm  key = "bad.confirm"

	easyFirm     key = "easy.firm"
	easyTown     key = "easy.town"
	easyNeed     key = "easy.need"
	easyPlatform key = "easy.platform"
	easyContact  key = "easy.contact"
	easyPhone    key = "easy.phone"
	easyConsent  key = "easy.consent"
	easyAbroad   key = "easy.abroad"
	easyThird    key = "easy.third"
	easyEdit     key = "easy.edit"
	easyConfirm  key = "easy.confirm"

	whyFirm    key = "why.firm"
	whyTown    key = "why.town"
	whyNeed    key = "why.need"
	whyContact key = "why.contact"
	whyPhone   key = "why.phone"
	whyAbroad  key = "why.abroad"
	whyConsent key = "why.consent"
	whyNot     key = "why.not"
	whyConfirm key = "why.confirm"

	worryRights   key = "worry.rights"
	worryReceiver key = "worry.receiver"
	worryWho      key = "worry.who"
	worryKeep     key = "worry.keep"
	worrySafe     key = "worry.safe"
	worryNext     key = "worry.next"
	worryCost     key = "worry.cost"
	worryMust     key = "worry.must"

	fieldFirm     key = "field.firm"
	fieldTown     key = "field.town"
	fieldNeed     key = "field.need"
	fieldPlatform key = "field.platform"
	fieldContact  key = "field.contact"
	fieldPhone    key = "field.phone"
	summaryHead   key = "summary.head"
	summaryLine   key = "summary.line"
	notGiven      key = "value.not-given"
	withExtension key = "value.extension"
	notYetFirm    key = "value.no-firm-yet"
	unsureType    key = "value.unsure"

	statusNone    key = "status.none"
	statusHead    key = "status.head"
	statusLine    key = "status.line"
	statusMore    key = "status.more"
	statusUnknown key = "status.unknown-number"
	statusHalf    key = "status.half"
	stToday       key = "status.today"
	stDays        key = "status.days"
	notPassed     key = "value.not-passed"
	statusDraft   key = "status.draft"
	stNew         key = "status.new"
	stLate        key = "status.late"
	stContacted   key = "status.contacted"
	stReferred    key = "status.referred"
	stInService   key = "status.in-service"
	stDone        key = "status.done"
	stClosed      key = "status.closed"
	stWithdrawn   key = "status.withdrawn"
	stUnreachable key = "status.unreachable"

	eraseAsk       key = "privacy.erase-ask"
	eraseAskNone   key = "privacy.erase-ask-none"
	erased         key = "privacy.erased"
	erasedAlready  key = "privacy.erased-already"
	eraseKept      key = "privacy.erase-kept"
	withdrawn      key = "privacy.withdrawn"
	withdrawnNone  key = "privacy.withdrawn-none"
	withdrawnHalf  key = "privacy.withdrawn-half"
	withdrawAsk    key = "privacy.withdraw-ask"
	nothingToAgree key = "consent.nothing"
	showHead       key = "privacy.show-head"
	showNone       key = "privacy.show-none"
	showLead       key = "privacy.show-lead"
	showDraft      key = "privacy.show-draft"
	showConsent    key = "privacy.show-consent"
	showGivings    key = "privacy.show-givings"
	showGiving     key = "privacy.show-giving"
	showFoot       key = "privacy.show-foot"
	stopText       key = "privacy.stop"
	newsText       key = "privacy.news"
	mendNone       key = "mend.none"
	mendWhich      key = "mend.which"
	mendLeft       key = "mend.left"
	mendDone       key = "mend.done"
	feedbackYes    key = "feedback.yes"
	feedbackNo     key = "feedback.no"
	hoursOpen      key = "hours.open"
	hoursClosed    key = "hours.closed"
	hoursToday     key = "hours.today"
	hoursTomorrow  key = "hours.tomorrow"
	hoursDays      key = "hours.days"
	hoursAnd       key = "hours.and"

	labelAsk        key = "label.ask"
	labelPlatform   key = "label.platform"
	labelRegister   key = "label.register"
	labelHelp       key = "label.help"
	labelFull       key = "label.full"
	labelNext       key = "label.next"
	labelTypes      key = "label.types"
	labelHuman      key = "label.human"
	labelCancel     key = "label.cancel"
	labelResume     key = "label.resume"
	labelStatus     key = "label.status"
	labelAgree      key = "label.agree"
	labelRefuse     key = "label.refuse"
	labelNotice     key = "label.notice"
	labelConfirm    key = "label.confirm"
	labelEdit       key = "label.edit"
	labelQuit       key = "label.quit"
	labelNoFirm     key = "label.no-firm"
	labelSkip       key = "label.skip"
	labelUnsure     key = "label.unsure"
	labelMine       key = "label.mine"
	labelAuthorised key = "label.authorised"
	labelOther      key = "label.other-number"
	labelErase      key = "label.erase"
	labelEraseYes   key = "label.erase-yes"
	labelEraseNo    key = "label.erase-no"
	labelWithdraw   key = "label.withdraw"
	labelShow       key = "label.show"
	labelMenu       key = "label.menu"
	labelCorrect    key = "label.correct"
	labelReveal     key = "label.reveal"
	labelNews       key = "label.news"
	labelUseful     key = "label.useful"
	labelUseless    key = "label.useless"
	labelArticle    key = "label.article"
)

// typeName is the key of a platform type's short name.
func typeName(slug string) key { return key("type." + slug) }

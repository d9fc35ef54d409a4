package intents

import (
	"strconv"

	"smebot/knowledge"
)

// Sentences for the day on which personal data got out of hand: what people concerned are told, and the report to
// the authority. They name the kinds, the cause, what it may lead to, what was done, what people can do themselves,
// and whom to ask (PIPL, Article 57). The operator fills in and corrects the draft.
const (
	incidentPerson key = "incident.person"
	incidentCause  key = "incident.cause"
	incidentReport key = "incident.report"
)

var incidentWords = map[key][2]string{
	incidentPerson: {
		"您好，这里是{centre}。北京时间{period}发生了一起信息安全事件，可能涉及您登记需求时留下的：{kinds}。\n原因：{what}\n可能的影响：有人可能冒充我们或服务平台打电话、发消息。我们不会向您要验证码、要转账。\n我们已做的：（请填写）\n您可以做的：不理会可疑来电；发「我的信息」查看、发「删除我的信息」删除您的登记。\n有疑问请联系{centre}（{contact}）。",
		"Hello, this is {centre}. Between {period} (Beijing time) an incident may have exposed what you left when you registered a request: {kinds}.\nCause: {what}\nWhat it may lead to: somebody may call or write in our name or a platform's. We never ask for codes or transfers.\nWhat we have done: (please fill in)\nWhat you can do: ignore suspicious calls; send \"my data\" to see your request, \"delete my data\" to delete it.\nQuestions: {centre} ({contact}).",
	},
	incidentCause: {"（请填写）", "(please fill in)"},
	incidentReport: {
		"# 个人信息安全事件报告（草稿）\n\n报告单位：{centre}（{contact}）\n发生时间：{period}（北京时间）\n发现时间：（请填写）\n原因：{what}\n\n涉及登记：{leads} 件，涉及的人：{people} 人\n涉及信息：{kinds}\n{split}\n已删除、不再持有信息的登记：{erased} 件\n另有没有登记、只留有对话记录的人：{others} 人\n\n可能的危害：被冒充联系、骚扰电话、诈骗。\n已采取的补救措施：（请填写）\n通知当事人的方式：按 affected.csv 逐一联系，草稿见 notice-zh.txt、notice-en.txt。\n联系人和联系方式：（请填写）\n",
		"# Personal data incident: report (draft)\n\nBy: {centre} ({contact})\nTime: {period} (Beijing time)\nNoticed: (please fill in)\nCause: {what}\n\nRequests concerned: {leads}; people: {people}\nData: {kinds}\n{split}\nRequests already erased: {erased}\nPeople without a request, with a conversation only: {others}\n\nPossible harm: calls in a false name, nuisance, fraud.\nWhat was done: (please fill in)\nHow people are told: one by one from affected.csv, with the drafts notice-zh.txt and notice-en.txt.\nContact: (please fill in)\n",
	},
}

func init() {
	for k, w := range incidentWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

// Incident is what a pack about an incident tells. Period, What and Split are the operator's words or a program's.
type Incident struct {
	Period, What, Split           string
	Leads, People, Erased, Others int
}

func (i Incident) pairs(o Options, l knowledge.Language) []string {
	f := o.filled(l)
	what := i.What
	if what == "" {
		what = say(l, incidentCause)
	}
	return []string{"centre", f["operator"], "contact", f["contact"], "period", i.Period, "kinds", f["kinds"], "what", what, "split", i.Split,
		"leads", strconv.Itoa(i.Leads), "people", strconv.Itoa(i.People), "erased", strconv.Itoa(i.Erased), "others", strconv.Itoa(i.Others)}
}

// IncidentNotice drafts the words to the people concerned, IncidentReport those to the authority.
func (o Options) IncidentNotice(l knowledge.Language, i Incident) string {
	return say(l, incidentPerson, i.pairs(o, l)...) + "\n"
}

// IncidentReport drafts the report to the authority; it holds nobody's data.
func (o Options) IncidentReport(l knowledge.Language, i Incident) string {
	return say(l, incidentReport, i.pairs(o, l)...)
}

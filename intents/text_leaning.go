package intents

// Sentences for short messages that lean on what was said before.
const (
	sorryOffice   key = "lean.sorry"
	nodded        key = "lean.nodded"
	praised       key = "lean.praised"
	guideGuess    key = "guide.guess"
	guideTown     key = "guide.town"
	ofWhatMatter  key = "lean.of-what"
	upToThem      key = "lean.up-to-them"
	goodbye       key = "lean.goodbye"
	noPeriod      key = "lean.no-period"
	askAuthority  key = "lean.ask-authority"
	noNextPage    key = "lean.no-next-page"
	whereText     key = "office.where"
	openThatDay   key = "office.open"
	closedThatDay key = "office.closed"
	weekendName   key = "office.weekend"
	tomorrowName  key = "office.tomorrow"
	inShort       key = "lean.in-short"
)

// leaningWords are those sentences: simplified Chinese, English.
var leaningWords = map[key][2]string{
	sorryOffice:   {"对不起，让您不满意了。要投诉或者要当面说，请找{centre}：{contact}（{hours}）。发「转人工」也可以。", "I am sorry. To complain or to talk to somebody, please turn to {centre}: {contact} ({hours}). You may also send \"human\"."},
	nodded:        {"好的。还想问什么，直接发给我就行。", "All right. Just write whenever there is something else."},
	praised:       {"谢谢夸奖！还想问什么，直接发给我就行。", "Thank you! Just write whenever there is something else."},
	guideGuess:    {"您还拿不准，先给您一个起步的地方；也可以登记下来，由工作人员帮您判断。", "You are not sure yet, so here is a place to begin; or register, and staff will help you find the right one."},
	guideTown:     {"记下了，在{town}。", "In {town}, noted."},
	ofWhatMatter:  {"您是问哪件事？请多说一句，比如“想贷款，怎么申请”“办平台要什么条件”。", "What is it about? Please say a little more, like \"how do I apply for a loan\"."},
	upToThem:      {"这要看具体机构怎么办理，我手上的文件没有写。{name}的事，登记需求后工作人员会在{within}联系您，帮您问清楚、找对机构。", "That is up to the organisation; my documents do not say. For {name}, register and staff will contact you within {within}, find out and pass you on to the right one."},
	goodbye:       {"再见，有事随时发消息给我。", "Goodbye. Write to me whenever you need something."},
	noPeriod:      {"这一条没有写期限。", "This article names no period."},
	askAuthority:  {"文件以后有没有改、现在还执行不执行，我手上没有依据，不敢乱说；可以问主管部门或{centre}（{contact}），也可以登记下来请工作人员答复。", "Whether it was changed since or is still applied, my documents do not say; please ask the authority or {centre} ({contact}), or register and staff will answer."},
	noNextPage:    {"就到这里，没有下一页了。", "That was all; there is no next page."},
	whereText:     {"{centre}：{contact}。办公时间：{hours}。", "{centre}: {contact}. Open {hours}."},
	openThatDay:   {"{day}上班。", "Open {day}. "},
	closedThatDay: {"{day}不上班。", "Closed {day}. "},
	weekendName:   {"周末", "at the weekend"},
	tomorrowName:  {"明天", "tomorrow"},
	inShort:       {"简单说：\n", "In short:\n"},
}

func init() {
	for k, w := range leaningWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

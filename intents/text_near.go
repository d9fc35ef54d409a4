package intents

// Sentences about who is near.
const (
	nearHere     key = "near.here"
	nearElse     key = "near.else"
	nearInCity   key = "near.in-city"
	nearNone     key = "near.none"
	nearNowhere  key = "near.nowhere"
	nearNoneHere key = "near.none-no-leads"
	nearMore     key = "near.more"
	nearOffice   key = "near.office"
	nearDated    key = "near.dated"
	nearAskTown  key = "near.ask-town"
	nearWhich    key = "near.which-town"
	nearUnsure   key = "near.unsure"
	nearUnknown  key = "near.unknown-town"
	nearFor      key = "near.for"
	nearOthers   key = "near.others"
	nearNoMore   key = "near.no-more"
	nearWhat     key = "near.what"

	whereBeside       key = "where.beside"
	whereDistrict     key = "where.district"
	whereSameDistrict key = "where.same-district"
	whereCity         key = "where.city"
	whereSameCity     key = "where.same-city"
	whereNextCity     key = "where.next-city"

	labelNear key = "label.near"
)

// nearWords are those sentences: simplified Chinese, English.
var nearWords = map[key][2]string{
	nearHere:     {"{town}可以找：", "In {town}:"},
	nearElse:     {"{town}暂时没有查到，{where}可以找：", "None found in {town}; {where}:"},
	nearInCity:   {"{town}的镇街可以找：", "In the towns of {town}:"},
	nearNone:     {"{town}一带暂时没有查到这类机构。登记需求后，由工作人员帮您找。", "None found around {town} for now. Register a request and staff will look for one."},
	nearNowhere:  {"这类机构我手上还没有名单；登记需求后，由工作人员帮您找。", "I have no list of these yet; register a request and staff will look for one."},
	nearNoneHere: {"{town}一带暂时没有查到这类机构，可以请{centre}（{contact}）帮您找。", "None found around {town} for now. You may ask {centre} ({contact}) to look for one."},
	nearMore:     {"另有{count}家，工作人员可以介绍。", "There are {count} more; staff can tell you of them."},
	nearOffice:   {"· {name}（{rest}）", "- {name} ({rest})"},
	nearDated:    {"{date}核实", "as of {date}"},
	nearAskTown:  {"请问企业在哪个镇（街道）？我看看附近哪里能办。", "Which town is the firm in? I will look who is near."},
	nearWhich:    {"叫「{town}」的不止一处，是哪一个？", "There is more than one {town}. Which is it?"},
	nearUnsure:   {"没关系，可以请{centre}（{contact}）帮您找。", "Never mind. {centre} ({contact}) will help you look for one."},
	nearUnknown:  {"我还不认得「{town}」，可以请{centre}（{contact}）帮您找。", "I do not know {town} yet. {centre} ({contact}) will help you look for one."},
	nearOthers:   {"还可以找：", "There are also:"},
	nearNoMore:   {"{town}一带我查到的就这些。登记需求后，由工作人员帮您再找。", "That is all I found around {town}. Register a request and staff will look for more."},
	nearWhat:     {"要看您想办哪一类事。选一类，我看看附近哪里能办。", "That depends on what you need. Choose one and I will look who is near."},
	nearFor:      {"{name}服务，", "{name}. "},

	whereBeside:       {"隔壁镇街", "next to it"},
	whereDistrict:     {"区（县）一级", "for the whole district"},
	whereSameDistrict: {"同区（县）", "in the same district"},
	whereCity:         {"市一级", "for the whole city"},
	whereSameCity:     {"同市", "in the same city"},
	whereNextCity:     {"邻近城市", "in a neighbouring city"},

	labelNear: {"附近机构", "Who is near me"},
}

func init() {
	for k, w := range nearWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

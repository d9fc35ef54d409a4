package understand

import (
	"regexp"

	"smebot/knowledge"
)

// A slot is a kind of fact that a question can ask for, with how such a fact looks where a text holds one. An
// article that holds nothing of the kind cannot answer, however well its topic fits: the nearest miss of all.
type slot struct {
	name  string
	asked pattern        // in a question, normalised
	held  *regexp.Regexp // in an article
}

var slots = []slot{
	{"phone", anyOf(`电话|热线|号码|联系方式|手机号|传真|微信号|公众号|邮箱|网址|hotline|phone|telephone|e-?mail address|website address`), regexp.MustCompile(`\d{7,}|\d{3,4}-\d{7,8}|@|www\.`)},
	{"address", anyOf(`地址|哪条路|什么路|哪栋|几楼|几号楼|门牌|怎么走|坐什么车|几点(上班|下班|开门|关门|开始|到)|上班时间|办公时间|营业时间|opening hours|what time|address of|street`), regexp.MustCompile(`[路街]\d+号|\d+[:：]\d\d|\d+时`)},
	{"list", anyOf(`名单|(是|系|为)哪(二十|20|十|几|些)家|which (banks|towns|firms|companies|platforms|schools|universities) (have|has|had|were|got|received|won|opened|already)|哪(二十|20|几|些)家(平台|企业|单位)?(获奖|拿|得|是|上榜|入选)|(分别|具体|究竟|到底)是哪(几|些)(家|所|个)(大学|学校|高校|企业|平台)|对口.{0,6}(哪所|哪个|哪间)(大学|学校|高校|院校)|哪所(大学|学校)|who (won|were)|list of (winners|the winning|names)|names of`), regexp.MustCompile(`名单如下|如下名单`)},
	{"rate", anyOf(`百分之(几|多少)|几个(百分)?点|多少个?(百分)?点|几成|几折|打多少折|多少折|利率|年息|月息|利息(是|要|有)?多少|几厘|多少厘|多少息|税率|征收率|退税率|what (rate|percentage|per ?cent|discount)|how many per ?cent|interest rate|tax rate`), regexp.MustCompile(`\d+(\.\d+)?[%％]|减半|百分之`)},
	{"sum", anyOf(`多少钱|几十万|几百万|几万|多少万|多少元|多少亿|具体金额|金额(是)?多少|补(贴|助)?多少|奖(励)?多少|发多少|给多少|拨多少|最高(给|补|奖|资助)|上限多少|how much (money|is|are|does|do|will|was|can)|what (sum|amount)|maximum (grant|amount|award)`), regexp.MustCompile(`\d[\d.]*\s*[十百千万亿]*元|[\x{E000}-\x{F8FF}]|免收|免缴|%`)},
	{"age", anyOf(`几岁|多少岁|年龄(上限|限制|不超过|要求(是)?多少)|age limit|how old|maximum age`), regexp.MustCompile(`\d+周?岁`)},
	{"score", anyOf(`多少分|几分|打分表|评分表|分值|满分|占几分|积分(标准|线)|how many points|scoring (table|sheet)|score sheet`), regexp.MustCompile(`\d+分`)},
	{"area", anyOf(`多少(平方|平米|亩)|面积(要|得|需要|至少|最少)?(多少|多大)|多大面积|square met`), regexp.MustCompile(`\d+(平方|平米|亩)`)},
	{"deadline", anyOf(`截止|几月几[号日]|几号(前|开始|截|结束|之前)|申报(时间|窗口|期)|什么时候(申报|报名|开始报)|deadline|closing date|application window`), regexp.MustCompile(`\d+月\d+日|截止|\d{4}年底`)},
	{"duration", anyOf(`几天|多少天|几日|多少日|多久|几个工作日|几个月|多长时间|多少个工作日|幾耐|how long|how many days|how often|how fast`), regexp.MustCompile(`\d+个工作日|\d+年|年度|每年|年底|定期|\d+个月|及时|长效`)},
	{"papers", anyOf(`(什么|哪些|啥|几份|多少份|准备).{0,4}材料|材料(清单|要)|表格(在|哪|怎|去)|下载|申请表|申报表|模板|application form|which documents|what papers|paperwork|download`), regexp.MustCompile(`材料：|提交下列|下列材料|申请表`)},
	{"number", anyOf(`文号|发文字号|文件号|document number`), regexp.MustCompile(`〔\d{4}〕`)},
	{"person", anyOf(`(厅长|局长|处长|主任|书记|省长|镇长|领导)(现在)?(叫什么|是谁|姓什么|贵姓)|叫什么名字|name of the (director|head|minister)`), regexp.MustCompile(`$^`)},
}

// askedSlots lists the positions of the slots that a question asks for.
func askedSlots(question string) []int {
	var out []int
	for i, s := range slots {
		if s.asked.in(question) {
			out = append(out, i)
		}
	}
	return out
}

// holdings says for each article by number which slots its text holds something of.
type holdings map[int][]bool

func newHoldings(doc knowledge.Document) holdings {
	h := holdings{}
	for _, a := range doc.Articles {
		row := make([]bool, len(slots))
		for i, s := range slots {
			row[i] = s.held.MatchString(a.Text)
		}
		h[a.Number] = row
	}
	return h
}

// lacks reports whether an article's text holds nothing of a slot that is asked for.
func (h holdings) lacks(article int, asked []int) bool {
	row, known := h[article]
	for _, i := range asked {
		if known && !row[i] {
			return true
		}
	}
	return false
}

// Lacks reports whether a question, normalised, asks for a kind of fact that a text holds nothing of.
func Lacks(question, text string) bool {
	for _, i := range askedSlots(question) {
		if !slots[i].held.MatchString(text) {
			return true
		}
	}
	return false
}

// elsewhen are words that put a question outside what the policy speaks of, whatever kind of fact it asks for.
var elsewhen = anyOf(`今年|去年|明年|现在|目前|最新|现行|如今|20(0\d|1[016-9]|2\d)|浙江|江苏|上海|北京|福建|湖南|湖北|山东|深圳|this year|last year|next year|current`)

package understand

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Miss says why an article near to a question does not answer it. Its zero value says nothing.
type Miss struct {
	Kind MissKind
	Word string // the year or the place, as the message has it
}

// MissKind is a reason.
type MissKind string

// The reasons.
const (
	MissYear  MissKind = "year"  // asks for a year that the article does not speak of
	MissPlace MissKind = "place" // asks for a place outside the province
	MissFact  MissKind = "fact"  // asks for a kind of fact that the article holds nothing of
)

// otherPlaces are provinces and cities outside Guangdong, in which its policy does not hold.
var otherPlaces = regexp.MustCompile(`北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|内蒙古|香港|澳门|台湾|杭州|宁波|温州|义乌|苏州|无锡|南京|厦门|泉州|福州|晋江|长沙|武汉|成都|青岛|南昌|\b(?:zhejiang|jiangsu|fujian|hunan|hubei|shandong|sichuan|guangxi|jiangxi|hainan|beijing|shanghai|tianjin|chongqing|hong kong|macau|macao|taiwan|hangzhou|wenzhou|yiwu|suzhou|ningbo|xiamen)\b`)

// Words before a place that tell of somebody's way or origin, and what behind a place makes the question one about it.
var (
	awayWords  = []string{"从", "自", "由", "是", "系", "去", "到", "往", "跟", "同", "和", "与", "向", "来", "返", "回", "from ", "to ", "with ", "a ", "and "}
	placeMeant = regexp.MustCompile(`^(?:'s\b|(?:那边|嗰边)做|(?:省|市|自治区|特区|特别行政区)?(?:那边|这边|那头|嗰边|呢边|一带)?(?:的(?:[^人客]|$)|对|有没有|有|给|开|办|搞|建|考核|政府|财政|出台|规定|规矩|政策|工业|平台|补|奖|最|今年|去年|20|怎么|也|会|能|可以|每))`)
)

// appliesTo ends in the words before a place for which a rule is asked to hold.
var appliesTo = regexp.MustCompile(`(?:appl(?:y|ies)|valid|hold|go|extend)s? (?:to|in|for) $`)

// otherPlace returns the place outside the province whose rules a question asks for, "" if it asks for none.
func otherPlace(question string) string {
	for _, at := range otherPlaces.FindAllStringIndex(question, -1) {
		before, after := question[:at[0]], question[at[1]:]
		away := false
		for _, w := range awayWords {
			away = away || strings.HasSuffix(before, w)
		}
		latin := question[at[0]] < utf8.RuneSelf
		away = away && !appliesTo.MatchString(before)
		if !away && (placeMeant.MatchString(after) || latin && (strings.HasSuffix(before, "in ") || appliesTo.MatchString(before))) {
			word := question[at[0]:at[1]]
			if latin {
				word = strings.ToUpper(word[:1]) + word[1:]
			}
			return word
		}
	}
	return ""
}

// yearMeant is a year that something is asked of; what a firm did in some year is none.
var yearMeant = regexp.MustCompile(`(20\d\d)(?:年|年度)?(?:底|末|前|以前|之前|的|还|要|会|每|考核|评|奖|给|拿|补|有没有|有冇|省|全省|优秀|专项|目标| award| prize| target| subsid| grant)|\b(?:in|for|by|of) (20\d\d)\b`)

// otherYear returns the year that a question asks for where a text does not name it nor a span around it.
func otherYear(question, text string) string {
	for _, m := range yearMeant.FindAllStringSubmatch(question, -1) {
		year := m[1] + m[2]
		if n, err := strconv.Atoi(year); err == nil && !strings.Contains(text, year) && !spans(text, n) {
			return year
		}
	}
	return ""
}

var span = regexp.MustCompile(`(20\d\d)年?[-—－至到](20\d\d)`)

func spans(text string, year int) bool {
	for _, m := range span.FindAllStringSubmatch(text, -1) {
		from, _ := strconv.Atoi(m[1]) // digits, by the expression
		to, _ := strconv.Atoi(m[2])
		if from <= year && year <= to {
			return true
		}
	}
	return false
}

// stillAsked are questions on whether a clause still holds: the answer is the clause with its period.
var stillAsked = anyOf(`有效|作废|废止|过期|到期|还算|还管用|仲有冇效|执行到|still valid|expire|in force|still apply`)

package intents

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"smebot/knowledge/places"
	"smebot/knowledge/script"
)

// field names one thing the form asks for, or one decision it needs.
type field string

const (
	fFirm     field = "firm"
	fTown     field = "town"
	fNeed     field = "need"
	fPlatform field = "platform"
	fConsent  field = "consent"
	fAbroad   field = "abroad"
	fContact  field = "contact"
	fPhone    field = "phone"
	fThird    field = "third"
	fConfirm  field = "confirm"
	fChoose   field = "choose" // which field to change
)

// editable are the fields of the summary, in the order in which "修改 3" counts them.
var editable = []field{fFirm, fTown, fNeed, fPlatform, fContact, fPhone}

// Longest values kept, in characters. A firm's registered name stays under 60 in practice.
const (
	maxFirm    = 60
	maxTown    = 30
	maxNeed    = 300
	maxContact = 20
)

// slugs are the nine platform types, in the order of Article 2.
var slugs = []string{"technology-innovation", "industrial-design", "quality-testing", "intellectual-property", "information-network", "e-commerce", "incubation", "financing", "talent-training"}

// typeWords are words that name a type by themselves.
var typeWords = func() map[string]string {
	m := map[string]string{}
	add := func(slug, list string) {
		for w := range strings.FieldsSeq(list) {
			m[strings.ReplaceAll(w, ".", " ")] = slug
		}
	}
	add("technology-innovation", "技术 研发 科技 技术研发 technology.innovation r.d")
	add("industrial-design", "设计 产品设计 外观设计 包装设计 industrial.design")
	add("quality-testing", "检测 质量 质检 检验 认证 quality quality.testing")
	add("intellectual-property", "专利 商标 知产 维权 ip patent patents trademark trademarks intellectual.property")
	add("information-network", "信息 信息化 网络 it information.network")
	add("e-commerce", "电商 网店 网上销售 ecommerce e.commerce")
	add("incubation", "创业 孵化 孵化器 startup start.up incubation")
	add("financing", "融资 贷款 担保 资金 finance loan loans")
	add("talent-training", "人才 培训 员工培训 talent talent.training")
	for _, s := range slugs {
		m[strings.ReplaceAll(s, "-", " ")] = s
		for _, w := range []string{simplified[typeName(s)], english[typeName(s)]} {
			m[fold(w)] = s
			m[fold(w+"服务平台")], m[fold(w+"平台")], m[fold(w+"服务")], m[fold(w+"类")] = s, s, s, s
			m[fold(w+" platform")] = s
		}
	}
	return m
}()

// typeOf returns the platform type that words name.
func typeOf(text string) (string, bool) {
	f := fold(text)
	if s, ok := typeWords[f]; ok {
		return s, true
	}
	for _, cut := range []string{"服务平台", "平台", "服务", "方面的", "方面", "类"} {
		if s, ok := typeWords[strings.TrimSuffix(f, cut)]; ok {
			return s, true
		}
	}
	return "", false
}

// everyday are words of typeWords that name a type only when they stand alone: "登记信息" asks for no platform.
var everyday = words("信息 网络 技术 科技 认证 人才 资金 质量 设计 technology information design quality talent training testing")

// typeIn returns the one platform type that a longer text names, "" if it names none or several.
func typeIn(text string) string {
	f := fold(text)
	found := ""
	for w, slug := range typeWords {
		if isHan(w) && (everyday[w] || !strings.Contains(f, w)) || !isHan(w) && (len(w) < 4 || everyday[w] || !strings.Contains(" "+f+" ", " "+w+" ")) {
			continue
		}
		if found != "" && found != slug {
			return ""
		}
		found = slug
	}
	return found
}

// cutRunes shortens a text to a number of characters.
func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// line makes one line of a text, without control characters and spaces at the ends.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

var (
	requestWords = regexp.MustCompile(`我想|我要|想要|请问|请|帮我|帮忙|联系我|登记|麻烦|唔该|想找|想问|告诉我|为什么|i want|i'd like|please|tell me`)
	firmTail     = regexp.MustCompile(`(公司|厂|店|行|部|社|院|中心|工作室|工坊|作坊|商行|集团|经营部|门市|个体户|工程队|合作社|制造|实业|灯饰|五金|家具|服饰|co\.?|ltd\.?|limited|inc\.?|factory|company|workshop|trading|studio)\)?$`)
	firmHead     = regexp.MustCompile(`^(我们?(这)?(公司|厂|家|店|单位)?(的)?(全称|全名|名称|名字)?(就)?(叫做?|是|系)|我哋?(间)?(公司|厂)?(叫|系)|(公司|企业|厂|单位|店)(的)?(全称|全名|名称|名字|名)(就)?(叫做?|是|为|:)?|(公司|企业|厂)(叫|是|:)|全称(是|:)?|叫做?|名叫|our (firm|company|factory) is( called)?|(we are|it is|it's|firm|company)\b:?)\s*:?\s*`)
	townHead     = regexp.MustCompile(`^(我们?(公司|厂|企业)?|公司|企业|厂|工厂|我哋)?\s*(地址|位置|所在地|所在镇街|镇街|镇)?\s*(设|就|都|开)?(在|位于|喺|是|系|:)+\s*|^(地址|所在镇街|所在地|镇街|位置)\s*:?\s*|^(it is |it's |we are )?in `)
	townTail     = regexp.MustCompile(`(省|市|区|县|镇|街道|街|乡|村|工业园|开发区|園區|园区|新区)$`)
	nameHead     = regexp.MustCompile(`^(联系人|联络人|称呼|姓名|名字|我的名字|您?叫我|就?叫我|我叫做?|叫做?|我是|我系|本人|我姓|姓(?:名)?|免贵姓|免贵|敝姓|找|揾|搵|写|填|就叫|可以叫我|my name is|i am|i'm|this is|call me|ask for|contact)\s*(是|叫|:|为|姓名|写|填)?\s*`)
)

// plain prepares an answer: one line, full-width forms made plain, punctuation at the ends dropped.
func plain(text string) string {
	return strings.Trim(line(norm.NFKC.String(text)), " ,.;:!?，。；：！？、\"'“”「」『』")
}

// firmOf reads the name of a firm from an answer to that question.
func firmOf(text string) (string, bool) {
	s := plain(text)
	if low := strings.ToLower(script.Simplified(s)); firmHead.MatchString(low) {
		s = dropHead(s, low, firmHead)
	} else {
		s = dropHead(s, low, theirFirm)
	}
	s = strings.TrimSpace(s)
	n := utf8.RuneCountInString(s)
	low := strings.ToLower(script.Simplified(s))
	if hasType(s) || isCaption(s) || fieldNamed(fold(s)) != "" {
		return "", false
	}
	if n < 2 || n > maxFirm || !hasLetter(s) || strings.ContainsAny(s, "?？") || digitRun.MatchString(s) && !firmTail.MatchString(low) {
		return "", false
	}
	if isHan(s) && strings.ContainsAny(s, ",;。") || strings.Contains(low, "不是") || strings.Contains(low, "唔系") {
		return "", false // a sentence about the firm
	}
	if wants.MatchString(low) || needEN.MatchString(s) || doing.MatchString(low) {
		return "", false
	}
	if firmTail.MatchString(low) {
		if deictic.MatchString(fold(s)) {
			return "", false
		}
		return s, !requestWords.MatchString(low) || n <= 30 && !strings.HasPrefix(low, "我")
	}
	if asksSomething(text) || requestWords.MatchString(low) || hello[fold(s)] || thanked(fold(s)) || strings.ContainsAny(s, ",，。；;\n") {
		return "", false
	}
	if townInRow.MatchString(low) || takesBack.MatchString(low) || noName.MatchString(low) || remark(fold(s)) {
		return "", false
	}
	if affirms(fold(s)) || refuse[fold(s)] || saysAgree(fold(s)) || skip[fold(s)] || unsure[fold(s)] || vague[fold(s)] || amend[fold(s)] {
		return "", false
	}
	return s, true
}

// doing says what a firm does: 做五金的.
var doing = regexp.MustCompile(`^(?:专门|主要)?(?:做|搞|卖|生产|加工).{1,12}(?:的|嘅)$`)

// takesBack begins a message that takes something back and names nothing.
var takesBack = regexp.MustCompile(`^(不是|不对|唔系|唔对|唔啱|不系|错了|错咗)`)

// captions are the folded words of every choice that is offered anywhere, in both languages. They, and a number,
// may come from an old menu, so they are no name of anything.
func captions() map[string]bool {
	m := map[string]bool{}
	for k := range simplified {
		if strings.HasPrefix(string(k), "label.") || strings.HasPrefix(string(k), "type.") || strings.HasPrefix(string(k), "guide.") {
			m[fold(simplified[k])], m[fold(english[k])] = true, true
		}
	}
	return m
}

func isCaption(s string) bool {
	folded := fold(s)
	_, isNumber := number(folded)
	return isNumber || allCaptions()[folded]
}

var allCaptions = sync.OnceValue(captions)

// noName finds the words of a sentence that no name of a firm, place or person holds.
var noName = regexp.MustCompile(`[啦喇吗唔冇嘅咗哦噢嗯您]|不想|不要|不用|不愿|不知|不懂|怎么|什么|可以|\d\s*周?岁|[一二三四五六七八九十]岁|^我|^你|^他|别问`)

// vague are short answers that say nothing.
var vague = words("嗯 哦 噢 啊 额 呃 嗯嗯 哦哦 呵呵 哈哈 哈 ok okay sure fine 行吧 好吧 得 得啦 好啊 好呀 得㗎 没意见 冇意见 没所谓 冇所谓 ok.fine all.right alright 好 好的 行 可以 是 是的 test 测试 有 没有 随便 无所谓 都行 继续 yes no hmm well")

// dropHead cuts what a pattern matched at the beginning of low from s. Both have the same characters one by
// one unless the script conversion changed their number; then s stays.
func dropHead(s, low string, re *regexp.Regexp) string {
	loc := re.FindStringIndex(low)
	if loc == nil || loc[0] != 0 || utf8.RuneCountInString(s) != utf8.RuneCountInString(low) {
		return s
	}
	rest := string([]rune(s)[utf8.RuneCountInString(low[:loc[1]]):])
	if strings.TrimSpace(rest) == "" {
		return s
	}
	return rest
}

// townOf reads a town from an answer to that question. Words that are no known place are one if they may be the name
// of one at all; sure reports whether they say so.
func townOf(text string) (town string, ok bool) {
	town, _, ok = townIn(text)
	return town, ok
}

// longestTown is how long in characters the name of a town that is not known may be.
const longestTown = 8

func townIn(text string) (town string, sure, ok bool) {
	s := plain(text)
	low := lower(s)
	s = strings.TrimSpace(dropHead(s, low, townHead))
	low = lower(s)
	n := utf8.RuneCountInString(s)
	known := len(places.Only(s)) > 0
	if found := places.Find(s); !known && len(found) == 1 && found[0].Level == places.Town && isHan(s) && !asksSomething(text) && !firmInRow.MatchString(low) && n <= maxTown {
		return found[0].Full(), true, true // with a road and a number
	}
	switch {
	case n < 2 || n > maxTown || !hasLetter(s) || digitRun.MatchString(s), requestWords.MatchString(low), hello[low], thanked(low), wants.MatchString(low):
		return "", false, false
	case !isHan(s) && len(strings.Fields(s)) > 3 && !known:
		return "", false, false
	case asksSomething(text), firmInRow.MatchString(low), isCaption(s), takesBack.MatchString(low), fieldNamed(fold(s)) != "":
		return "", false, false
	case known, townTail.MatchString(low):
		return knownTown(s), true, true
	case affirms(low), refuse[low], saysAgree(low), skip[low], unsure[low], vague[low], noName.MatchString(low), remark(fold(s)):
		return "", false, false
	case isHan(s) && (n > longestTown || strings.ContainsAny(s, ",，") || strings.ContainsFunc(s, unicode.IsDigit)):
		return "", false, false
	}
	return s, false, true
}

// nameTail are courtesies behind a name: 叫我辉哥得啦.
var nameTail = regexp.MustCompile(`(?:就行|就得|就好|就可以|即可|得啦|得喇|好了|可以了|吧|啦|喇)+$`)

// contactOf reads how to call the person from an answer to that question.
func contactOf(text string) (string, bool) {
	s := plain(text)
	low := lower(s)
	if theirName.MatchString(low) {
		s = strings.TrimSpace(dropHead(s, low, theirName))
	} else {
		s = strings.TrimSpace(dropHead(s, low, nameHead))
	}
	if tail := lower(s); utf8.RuneCountInString(tail) == utf8.RuneCountInString(s) {
		if at := nameTail.FindStringIndex(tail); at != nil && at[0] > 0 {
			s = string([]rune(s)[:utf8.RuneCountInString(tail[:at[0]])])
		}
	}
	low = fold(s)
	n := utf8.RuneCountInString(s)
	switch {
	case n < 1 || n > maxContact || !hasLetter(s) || strings.ContainsFunc(digits(s), unicode.IsDigit):
		return "", false
	case requestWords.MatchString(low), wants.MatchString(low), needEN.MatchString(s), asksSomething(text), isCaption(s), takesBack.MatchString(low), noName.MatchString(low):
		return "", false
	case remark(low) && !titled.MatchString(low), hasType(s), fieldNamed(low) != "", townInRow.MatchString(low), isHan(s) && len(places.Only(s)) > 0, strings.HasSuffix(low, "公司"):
		return "", false
	case hello[low], thanked(low), affirms(low) && n > 1, refuse[low], saysAgree(low), skip[low], unsure[low], vague[low], amend[low]:
		return "", false
	}
	return s, !isHan(s) || n <= 12
}

// letters counts the letters and characters of a text.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

func isHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// filler is what people wrap a request in; what stays without it is the need.
var filler = regexp.MustCompile(`我们?|我哋|想|要|请|麻烦|唔该|帮忙?|登记|登记一下|一下|需求|联系方式|联系|联络|介绍|转介|引荐|对接|找|找人|平台|服务|机构|的人|工作人员|留|电话|资料|报名|让|叫|可以|可不可以|能不能|可唔可以|吗|呢|吧|呗|啊|的|了|个|给|跟|和|有|是|在|你们?|您|贵司|我司|公司|厂|怎么|如何|那|把|人|提交|上去|做`)

var latinFiller = regexp.MustCompile(`\b(register|request|please|pls|put|in|touch|contact|want|would|like|i|we|a|an|the|me|us|my|our|to|with|for|of|from|and|platforms?|services?|organi[sz]ations?|institutions?|someone|somebody|anyone|can|could|you|leave|details|number|phone|email|need|connect|introduce|testing|design|financing|training|patents?|technology|information|help|about|be|contacted|called|get|regarding|concerning)\b`)

// needOf returns the need that a message tells in the person's own words, contact details masked; "" where it
// only asks to be registered.
func needOf(text string) string {
	low := fold(text)
	for _, s := range slugs {
		low = strings.ReplaceAll(low, fold(simplified[typeName(s)]), "")
	}
	for _, w := range []string{"融资", "电商", "检测", "设计", "专利", "培训", "创业", "孵化", "信息化"} {
		low = strings.Replace(low, w, "", 1)
	}
	rest := filler.ReplaceAllString(low, "")
	han := 0
	for _, r := range rest {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	telling := 0
	for w := range strings.FieldsSeq(latinFiller.ReplaceAllString(rest, " ")) {
		if !isHan(w) {
			telling++
		}
	}
	if han < 4 && telling < 3 {
		return ""
	}
	return cutRunes(line(mask(text)), maxNeed)
}

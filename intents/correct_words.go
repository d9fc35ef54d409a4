package intents

import (
	"regexp"
	"slices"
	"strings"
)

// fieldWords are the words by which people name a field, folded.
var fieldWords = map[field][]string{
	fFirm:     {"企业名称", "企业名字", "企业", "公司名称", "公司名字", "公司", "公司名", "厂名", "厂的名字", "企业名", "单位", "单位名称", "店名", "company name", "name of the company", "name of the firm", "firm name", "firm", "company"},
	fTown:     {"所在镇街", "所在镇", "镇街", "镇区", "地址", "镇", "所在地", "地方", "地点", "位置", "town name", "town", "address", "place"},
	fNeed:     {"具体需求", "需求内容", "需求", "诉求", "要求", "request", "need"},
	fPlatform: {"平台类型", "平台类别", "平台", "类型", "类别", "种类", "服务类型", "服务平台", "kind of platform", "platform type", "platform", "kind", "type"},
	fContact:  {"联系人姓名", "联系人", "联络人", "姓名", "名字", "名", "称呼", "人名", "contact person", "contact name", "contact", "name"},
	fPhone:    {"联系电话", "联络电话", "手机号码", "电话号码", "手机号", "手机", "电话", "号码", "联系方式", "手提", "座机", "固话", "phone number", "telephone number", "telephone", "mobile number", "phone", "number", "mobile", "tel"},
}

// fieldNamed returns the field that words name.
func fieldNamed(said string) field {
	said = strings.TrimSuffix(said, "的")
	for _, f := range editable {
		if slices.Contains(fieldWords[f], said) {
			return f
		}
	}
	return ""
}

// anyField matches the words of fieldWords, the longest first.
var anyField = func() string {
	var all []string
	for _, list := range fieldWords {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return "(" + strings.Join(all, "|") + ")"
}()

// The parts of which corrections are made, in simplified script and lower case.
const (
	beg     = `^(?:哦|啊|噢|哎|呀|对不起|不好意思|唔好意思|抱歉|等等|等一下|等下|稍等|慢着|等阵|sorry|oh|no|oops)?[\s,，!！。]*(?:我|那个|上次登记的?|上次的?|登记的|登记时的?|刚才的?|刚刚的?|头先个?|上面的?|之前的?|把|将|请|麻烦|帮我|唔该|要|想)*(?:我的|我嘅|我个|个)?`
	verb    = `(?:写|填|打|讲|说|输|发|报|弄|选|搞|记|留|给|读|揀|拣|入|按|点)`
	gap     = `[\s,，。.!！;；:：、]*`
	wrong   = verb + `?(?:错了|错咗|错|反了|不对|唔啱|唔对|有误|不正确|不是这个|变了|变咗|换了|换咗|改了|改咗|停机了?|不用了|唔用喇?|作废了?)|(?:少|多|漏)(?:了|咗)?` + verb + `?(?:了|咗)?(?:一|1|个|两|2)*(?:位|个字|个数字?|个号|字|数)?`
	correct = `(?:应该|应|正确的?|真正的?|现在|新的?|而家|要|改|用|换)*(?:是|为|系|成|叫做?|在|喺)?` + `[\s:：]*`
	mends   = `(?:修改|更改|更正|改正|更新|修正|改|换)`
)

// corrections are the ways of taking something back. A group called new holds the right value, old the wrong one,
// field what it is a value of.
var corrections = []*regexp.Regexp{
	// 电话错了，是139… / 我的名字写错咗 / 公司名少了个字，是… / 我换号码了
	regexp.MustCompile(beg + `(?P<field>` + anyField + `)(?:的|又|好像|都|也|亦)*(?:` + wrong + `)` + gap + correct + `(?P<new>.*)$`),
	// 写错名字了，是… / 打错电话 / 选错类型了，是…
	regexp.MustCompile(beg + verb + `错(?:了|咗)?(?P<field>` + anyField + `)(?:了|咗|喇)?` + gap + correct + `(?P<new>.*)$`),
	// 把电话改成139… / 联系人换一下，找李小姐 / 镇街换成小榄
	regexp.MustCompile(beg + `(?P<field>` + anyField + `)(?:要|应该|应|请|想)?(?:改成|改为|改做|改到|换成|换做|换为|更正为|应该是|应该系|应是|应为|` + mends + `(?:一下|下|咗|了)?)` + gap + correct + `(?P<new>.*)$`),
	// 改一下电话，139… / 换个号码 139…
	regexp.MustCompile(beg + mends + `(?:一下|下|个|埋|咗|了|掉)?(?:我的|我嘅|我个|个)?(?P<field>` + anyField + `)(?:了|咗|喇|啦)?` + gap + correct + `(?P<new>.*)$`),
	// 不是古镇是小榄 / 不在古镇，在小榄
	regexp.MustCompile(beg + `(?:不是|唔系|不系|并不是|不在|唔喺)\s*(?P<old>.{1,30}?)[\s,，。;；]*(?:而|应该|应)?(?:是|系|在|喺)\s*(?P<new>.{1,60})$`),
	// 是小榄，不是古镇
	regexp.MustCompile(`^(?:应该)?(?:是|系|在|喺)\s*(?P<new>.{1,60}?)[\s,，。;；]*(?:不是|唔系|不系|不在|唔喺)\s*(?P<old>.{1,30})$`),
	// 改成小榄
	regexp.MustCompile(`^(?:改成|改为|改做|改到|换成|换做|更正为)\s*(?P<new>.+)$`),
	// 应该是139…才对
	regexp.MustCompile(`^(?:应该|正确的)?(?:是|系)?\s*(?P<new>.{1,60}?)\s*(?:才对|先啱|才是对的|先系)$`),
	// 陈志明打错了，是陈志强
	regexp.MustCompile(`^(?P<old>.{1,20}?)` + verb + `?(?:错了|错咗|唔啱|不对)` + gap + `(?:应该|应)?(?:是|系|为|叫)\s*(?P<new>.+)$`),
	// 不对，是小榄 / 打错了，139… / 我搬到小榄了
	regexp.MustCompile(beg + `(?:不对|唔对|唔啱|不是|唔系|错了|错咗|` + verb + `错(?:了|咗)?|更正(?:一下)?|纠正(?:一下)?)[\s,，。.!！:：]+(?:应该|应|要)?(?:是|为|系|叫)?\s*(?P<new>.+)$`),
	regexp.MustCompile(`^(?:我们?|我哋|公司|厂)*(?:已经?|现在|而家)*(?:搬到|搬去|搬咗去|搬了去)\s*(?P<new>.+?)(?:了|喇|啦)?$`),
	regexp.MustCompile(`^(?:sorry,? |actually,? )*(?:we|(?:my|our|the) (?:company|firm|factory))(?:'ve| have| has)? (?:just )?moved to (?P<new>.+)$`),
	// 一三九…，头先讲错咗
	regexp.MustCompile(`^(?P<new>.{2,60}?)` + gap + `(?:刚才|头先|刚刚|之前|上面)(?:的|那个|[嗰𠮶]个)?` + verb + `?(?:错了|错咗|错)$`),
	regexp.MustCompile(`^(?:sorry,? |oh,? |no,? )*(?:the |my |our )?(?:wrong|incorrect) (?P<field>` + anyField + `)[\s,.;:]*(?:it is|it's|it should be|should be|the right one is)?\s*(?P<new>.*)$`),
	regexp.MustCompile(`^(?:sorry,? |oh,? |no,? )*(?:my |the |our )?(?P<field>` + anyField + `) (?:is|was) (?:wrong|not right|incorrect|mistyped)[\s,.;:]*(?:it is|it's|it should be|should be)?\s*(?P<new>.*)$`),
	regexp.MustCompile(`^(?:please |can you |could you |i want to |i need to )*(?:change|correct|update|edit) (?:my |the |our )?(?P<field>` + anyField + `)(?: to| into|:)?\s*(?P<new>.*)$`),
	regexp.MustCompile(`^(?:sorry,? |no,? |actually,? |oh,? )*(?:my |the |our )?(?P<field>` + anyField + `) (?:is|was) (?P<new>.+?)[\s,]+(?:and )?not (?P<old>.+)$`),
	regexp.MustCompile(`^(?:sorry,? |no,? |actually,? |oh,? )*(?:my |the |our )?(?P<field>` + anyField + `) (?:should be|should read|must be|is actually|is now|has changed to|changed to|has changed,? it's|changed,? it's)\s+(?P<new>.+)$`),
	regexp.MustCompile(`^(?:sorry,? |no,? )?(?:it'?s |it is )?not (?P<old>.{1,30}?)[\s,]+(?:but|it is|it's)\s+(?P<new>.{1,60})$`),
	regexp.MustCompile(`^(?:sorry,? |no,? |actually,? )*(?:it'?s |it is )(?P<new>.{1,60}?)[\s,]+(?:and )?not (?P<old>.{1,30})$`),
	regexp.MustCompile(`^(?:sorry|no|wrong|correction|typo|oops|actually)[\s,.!:]+(?:it is|it's|it should be|i meant?|i mean)?\s*(?P<new>.+)$`),
}

var (
	fieldIs  = regexp.MustCompile(`^(?:我的|我嘅|我们的?|the |my |our )?(?P<field>` + anyField + `)\s*(?:是|为|系|:| is)\s*(?P<new>.+)$`)
	amending = regexp.MustCompile(beg + mends + `(?:一下|下|个|埋|咗|了)?(?:我的|我嘅|我个|个)?(?:第)?\s*(?P<n>\d|[一二三四五六])?(?:项|个|条)?(?P<field>.*?)(?:了|咗|喇|啦|吧)?$|^(?:please )?(?:change|edit|correct)(?: the| my)?\s*(?:item |no )?(?P<n2>\d)?\s*(?P<field2>.*)$`)
	// 算了不改
	leavesAsIs = regexp.MustCompile(`^(?:算了|那|还是|都)*(?:不|唔|不用|唔使|没有|冇|没)(?:要|嘢要|嘢)?(?:修改|改)(?:了|的|嘅|啦|喇)*$|^(?:no changes?|nothing to change|leave it|keep it)(?: as it is)?$`)
	// 我换号码了: changed, and the new one is not told
	changed = regexp.MustCompile(beg + `(?:换|改)(?:了|咗|过)?(?:个|咗个)?(?P<field>` + anyField + `)(?:了|咗|喇|啦)*$`)
	// 把需求删了 / 去掉镇街 / 电话不留了
	removal = regexp.MustCompile(beg + `(?P<field>` + anyField + `)(?:给我|帮我|先|就)?(?:删(?:掉|除|了|咗)?|去掉|清空|不填|唔填|不要|唔要|不留|唔留|不写)(?:了|吧|啦|喇|咗)*$|` +
		beg + `(?:删(?:掉|除|了|咗)?|去掉|清空|不要|唔要)(?:我的|我嘅|我个|个)?(?P<field2>` + anyField + `)(?:了|吧|啦|喇)*$|^(?:please )?(?:remove|delete|clear|drop|erase)(?: the| my)? (?P<field3>` + anyField + `)$`)
)

// namedGroup returns the first group of a match whose name begins so and that holds something.
func namedGroup(re *regexp.Regexp, m []string, name string) string {
	for i, n := range re.SubexpNames() {
		if strings.HasPrefix(n, name) && m[i] != "" {
			return m[i]
		}
	}
	return ""
}

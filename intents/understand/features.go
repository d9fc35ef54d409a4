package understand

import (
	"hash/fnv"
	"strings"
	"unicode"
)

// feature is the hash of a feature's name. Two of them meeting in 32 bits is rare and harmless.
type feature uint32

func hashed(kind, name string) feature {
	h := fnv.New32a()
	h.Write([]byte(kind))
	h.Write([]byte{':'})
	h.Write([]byte(name))
	return feature(h.Sum32())
}

// cues are patterns whose presence says something about the intent that single characters do not.
var cues = []struct {
	name string
	in   pattern
}{
	{"year-of-policy", anyOf(`201[2-5]|一[二三四五]年|1[2-5]年`)},
	{"year-other", anyOf(`20(0\d|1[016-9]|2\d)|[二两]0?[12]\d年|二零[12]|二〇[12]`)},
	{"now", anyOf(`今年|去年|明年|现在|目前|最新|现行|如今|今天|明天|昨天|本月|这个月|下个月|今晚|this year|last year|next year|current|now|today|tomorrow|latest`)},
	{"elsewhere", anyOf(`浙江|江苏|上海|北京|福建|湖南|湖北|山东|四川|重庆|广西|江西|河南|河北|安徽|天津|海南|云南|贵州|陕西|辽宁|义乌|温州|宁波|苏州|杭州|美国|欧盟|日本|德国|越南|国外客|zhejiang|jiangsu|shanghai|beijing|hong kong|eu |us |usa|europe`)},
	{"city", anyOf(`广州|深圳|佛山|东莞|中山|珠海|惠州|江门|肇庆|汕头|潮州|揭阳|汕尾|湛江|茂名|阳江|云浮|清远|韶关|河源|梅州|顺德|南海|foshan|dongguan|zhongshan|shunde|guangzhou|shenzhen`)},
	{"document", anyOf(`文件|政策|意见|规定|条款|依据|按照|省里|省政府|上面|规章|哪一条|第.{1,3}条|写明|有没有写|有没有讲|有没有说|opinion|policy|document|according|guideline|clause|article|rule`)},
	{"platform-word", anyOf(`平台|platform`)},
	{"where", anyOf(`找谁|找哪|去哪|哪里|哪个平台|哪类平台|什么平台|谁能|谁可以|有没有人|有没有地方|谁懂|哪儿|where|who can|which platform|turn to|anyone`)},
	{"my-firm", anyOf(`我厂|我们厂|我司|我公司|我们公司|本公司|我店|我们店|厂里|我家|公司|工厂|我想|我们想|我要|想要|our |my |we `)},
	{"our-platform", anyOf(`我们平台|本平台|这个平台|服务平台|平台要|平台可|平台能|平台的|平台自己|办平台|建平台|platforms`)},
	{"call-me", anyOf(`联系我|打给我|找我|加我|打我|通知我|联络我|登记|报名|介绍|牵线|对接|引荐|转介|留个|留下|contact me|call me|put me|introduce|sign me|register|get in touch|leave my`)},
	{"amount", anyOf(`多少钱|几钱|金额|多少万|多少亿|给多少|几多|多少元|how much|多少费|费用`)},
	{"rate", anyOf(`百分之几|百分之多少|几个点|利率|税率|几成|比例|百分点|percent|rate`)},
	{"deadline", anyOf(`截止|几号|几月|申报时间|什么时候报|开始报|deadline|closing date|due`)},
	{"contact", anyOf(`电话|地址|号码|热线|邮箱|网址|几点|上班|下班|在哪条路|怎么走|联系方式|phone|hotline|address|email|website|opening hours`)},
	{"paper", anyOf(`表格|下载|材料|名单|申请表|模板|流程|手续|form|download|list of`)},
	{"figure", anyOf(`\d`)},
	{"human", anyOf(`人工|真人|活人|客服|职员|工作人员|human|real person|agent|operator|staff`)},
	{"earlier", anyOf(`上次|之前|上周|上个月|前几天|昨天|早前|上星期|月初|以前|earlier|last week|last month|previous`)},
	{"mydata", anyOf(`资料|信息|数据|记录|隐私|个人信息|data|information about me|privacy`)},
	{"erase", anyOf(`删|清空|清掉|抹|注销|delete|erase|remove|wipe`)},
	{"stop", anyOf(`别再|不要再|别发|退订|不要发|停止|拉黑|取消订阅|unsubscribe|stop`)},
}

// vector is a message as numbers: features with weights, not yet scaled.
type vector map[feature]float32

// vector builds the features of a message.
func (u *Understander) vector(n normal) vector {
	v := make(vector, 8*len(n.text)/3+16)
	u.addText(v, n.text, 1)
	if len(n.pinyin) > 0 {
		addSounds(v, n.pinyin, 1.6)
	} else {
		addSounds(v, u.sounds(n.text), 0.7)
	}
	if len(n.words) > 0 && len(n.pinyin) == 0 {
		prev := "^"
		for _, w := range n.words {
			s := stem(w)
			v[hashed("w", s)]++
			v[hashed("ww", prev+" "+s)] += 0.8
			prev = s
		}
		u.english.find(n.words, func(meaning string) {
			for part := range strings.FieldsSeq(meaning) {
				u.addText(v, part, 0.7)
			}
		})
	}
	for _, i := range u.synonyms.found(n.text) {
		v[hashed("syn", u.synonyms.first[i])] = 1.2
	}
	for _, c := range cues {
		if c.in.in(n.text) {
			v[hashed("cue", c.name)] = 1.2
		}
	}
	size := 0
	for range n.text {
		size++
	}
	bucket := "long"
	for _, b := range []struct {
		max  int
		name string
	}{{2, "2"}, {4, "4"}, {6, "6"}, {10, "10"}, {20, "20"}, {45, "45"}, {80, "80"}} {
		if size <= b.max {
			bucket = b.name
			break
		}
	}
	v[hashed("len", bucket)] = 0.8
	if n.question {
		v[hashed("cue", "question")] = 0.6
	}
	return v
}

// addText adds the single characters, pairs and triples of a text.
func (u *Understander) addText(v vector, text string, weight float32) {
	var p1, p2 rune
	for _, r := range text + "$" {
		if r != '$' && !unicode.Is(unicode.Han, r) && !unicode.IsDigit(r) {
			p1, p2 = 0, 0
			continue
		}
		if r != '$' {
			v[hashed("c", string(r))] += 0.5 * weight
		}
		if p1 != 0 {
			v[hashed("cc", string([]rune{p1, r}))] += weight
			if p2 != 0 && r != '$' {
				v[hashed("ccc", string([]rune{p2, p1, r}))] += 0.8 * weight
			}
		} else if r != '$' {
			v[hashed("cc", "^"+string(r))] += 0.6 * weight
		}
		p2, p1 = p1, r
	}
}

func addSounds(v vector, syllables []string, weight float32) {
	p1, p2 := "", ""
	for _, s := range syllables {
		if s == "" {
			p1, p2 = "", ""
			continue
		}
		if p1 != "" {
			v[hashed("pp", p1+" "+s)] += weight
			if p2 != "" {
				v[hashed("ppp", p2+" "+p1+" "+s)] += 0.6 * weight
			}
		}
		p2, p1 = p1, s
	}
}

func (u *Understander) sounds(text string) []string { return u.pinyin.read(text) }

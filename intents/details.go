package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/script"
)

// details are fields found in one message.
type details struct {
	firm, town, contact, phone, need string
	slug                             string   // of the platform type
	other                            []string // pieces that are none of these
	third                            bool
	fault                            phoneFault
}

// count is how many different fields were found.
func (d details) count() int {
	n := 0
	for _, s := range []string{d.firm, d.town, d.contact, d.phone, d.need} {
		if s != "" {
			n++
		}
	}
	return n
}

var (
	pieceCut  = regexp.MustCompile(`[,，;；。\n\t|]+|\s{2,}|、`)
	labelled  = regexp.MustCompile(`^\s*(公司名称|企业名称|公司|企业|厂名|单位|联系人|姓名|称呼|电话|手机|手机号|电话号码|手机号码|联系电话|地址|镇街|所在镇街|所在地|需求|具体需求|firm|company|contact|name|phone|mobile|tel|town|request|need)\s*(?:是|为|叫|:|：)\s*(.+)$`)
	firmInRow = regexp.MustCompile(`^[\p{Han}A-Za-z0-9()&·]{2,40}(有限责任公司|有限公司|股份公司|公司|制品厂|五金厂|灯饰厂|玩具厂|家具厂|制衣厂|毛织厂|陶瓷厂|厂|商行|经营部|工作室|门市部|合作社|集团)$|^[A-Za-z0-9()&·.,' -]{2,50} (?i:ltd\.?|limited|inc\.?|factory|company|co\.?|workshop)$`)
	townInRow = regexp.MustCompile(`^(?:[\p{Han}]{2,4}省)?(?:[\p{Han}]{2,4}市)?(?:[\p{Han}]{2,4}区)?[\p{Han}]{1,6}(?:镇|街道)$`)
	nameInRow = regexp.MustCompile(`^(?:联系人|我叫|我姓名是|叫我|找)[:：是]?\s*([\p{Han}]{2,4})$|^([陈林黄李梁何郑吴张王刘杨周徐孙马朱胡郭罗高谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔赖麦关区欧冼简甘温凌][\p{Han}]{1,2})$|^([\p{Han}](?:先生|小姐|女士|生|老板|经理|总|厂长|主任|师傅|工))$|^((?i:(?:mr|mrs|ms|miss|dr)\.? [a-z][a-z .'-]{0,30}))$`)
	otherMan  = regexp.MustCompile(`([\p{Han}]{1,3}(?:经理|总|老板|主任|厂长|先生|小姐|女士|工|师傅|会计|秘书|助理|姐|哥|叔)|他|她|佢|老板|老公|老婆|太太|朋友|同事|亲戚|爸|妈|哥|姐|弟|妹|厂长|经理|会计|客户|his|her|boss's|manager's|friend's|colleague's|wife's|husband's)\s*(?:的|嘅|个)?\s*(?:手机|电话|号码|联系方式|微信|phone|number|mobile)|(?:打给|找|联系人|联络)\s*(?:是|系)?\s*(?:我们?|我哋|公司|厂)?\s*(?:的|嘅)?\s*([\p{Han}]{1,2}(?:经理|总|老板|主任|厂长|会计|秘书|助理)|他|她|佢|老板|同事|老公|老婆)|call (?:him|her|my)|(?:是|系)(?:我们?|我哋)?(?:老婆|老公|太太|老板|朋友|同事|亲戚|爸爸?|妈妈?|哥哥?|姐姐?|弟弟?|妹妹?|厂长|经理|会计|秘书|助理|客户|他|她|佢)(?:的|嘅)`)
)

// thirdPerson reports whether a message gives somebody else's number.
func thirdPerson(text string) bool {
	s := strings.ToLower(script.Simplified(text))
	if strings.Contains(s, "本人") || strings.Contains(s, "我自己") || strings.Contains(s, "我就是") {
		return false
	}
	return otherMan.MatchString(s)
}

// detailsIn finds fields in a message that gives several, separated by commas, spaces or lines.
func detailsIn(text string) details {
	var d details
	var rest string
	d.phone, rest, d.fault = findPhone(text)
	d.third = d.phone != "" && thirdPerson(text)
	for _, p := range pieceCut.Split(rest, -1) {
		for _, q := range spacedPieces(p) {
			d.take(q)
		}
	}
	d.takeOthers()
	return d
}

// takeOthers reads the pieces that name themselves by nothing: among several fields, "古镇" alone is the town, and
// a longer one says the need.
func (d *details) takeOthers() {
	known := d.count()
	var left []string
	for _, p := range d.other {
		if fieldNamed(fold(p)) != "" || isCaption(p) {
			continue // "电话" of "电话138…"
		}
		v, isTown := townOf(p)
		short := utf8.RuneCountInString(v) <= 6 && isHan(v) || !isHan(v) && len(strings.Fields(v)) <= 2
		switch {
		case d.town == "" && known >= 2 && isTown && short && typeIn(p) == "":
			d.town = v
		case d.need == "" && known >= 1 && needOf(p) != "":
			d.need = needOf(p)
		default:
			left = append(left, p)
		}
	}
	d.other = left
	if d.slug == "" && len(left) > 0 {
		d.slug = typeIn(strings.Join(left, " "))
	}
}

// spacedPieces cuts a piece at spaces if all its parts are Chinese; Latin names hold spaces.
func spacedPieces(p string) []string {
	parts := strings.Fields(p)
	for _, s := range parts {
		if !isHan(s) {
			return []string{strings.TrimSpace(p)}
		}
	}
	return parts
}

func (d *details) take(p string) {
	if p == "" {
		return
	}
	if m := labelled.FindStringSubmatch(strings.ToLower(p)); m != nil {
		value := plain(p[strings.LastIndex(strings.ToLower(p), m[2]):])
		switch script.Simplified(m[1]) {
		case "联系人", "姓名", "称呼", "contact", "name":
			if v, ok := contactOf(value); ok {
				d.contact = v
			}
		case "地址", "镇街", "所在镇街", "所在地", "town":
			if v, ok := townOf(value); ok {
				d.town = v
			}
		case "需求", "具体需求", "request", "need":
			d.need = cutRunes(line(mask(value)), maxNeed)
		case "公司名称", "企业名称", "公司", "企业", "厂名", "单位", "firm", "company":
			if v, ok := firmOf(value); ok {
				d.firm = v
			}
		}
		return
	}
	s, low := plain(p), strings.ToLower(script.Simplified(plain(p)))
	if at := dropHead(s, low, firmHead); at != s && firmInRow.MatchString(strings.ToLower(script.Simplified(at))) {
		s, low = at, strings.ToLower(script.Simplified(at))
	} else if at := dropHead(s, low, townHead); at != s && townInRow.MatchString(script.Simplified(at)) {
		s, low = at, script.Simplified(at)
	}
	switch {
	case requestWords.MatchString(low) && !firmInRow.MatchString(low):
		d.other = append(d.other, s)
	case d.firm == "" && firmInRow.MatchString(low):
		d.firm = s
	case d.town == "" && townInRow.MatchString(low):
		d.town = knownTown(s)
	case d.contact == "" && nameInRow.MatchString(low):
		if v, ok := contactOf(s); ok {
			d.contact = v
		}
	default:
		d.other = append(d.other, s)
	}
}

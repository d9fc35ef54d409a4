package intents

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"smebot/knowledge/places"
	"smebot/knowledge/script"
)

// details are fields found in one message.
type details struct {
	firm, town, contact, phone, need string
	ext                              string   // of phone
	slug                             string   // of the platform type
	other                            []string // pieces that are none of these
	third                            bool
	led                              bool // it begins with the word for registering, so that the first piece may be the firm
	telling                          bool // the piece before was of the need
	bare                             bool // the contact is two or three characters that may be a name, and nothing says so
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

// surnames are the common ones; a name that is told without a word for it begins with one.
const surnames = `欧阳|司徒|上官|诸葛|司马|皇甫|尉迟|慕容|令狐|端木|东方|[陈林黄李梁何郑吴张王刘杨周徐孙马朱胡郭罗高谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔赖麦关区欧冼简甘温凌霍岑庄施伍祝柯卓梅古骆]`

// name is what a person may be called by: 陈先生, 李厂长, 老王, 阿明, 陈志明.
const name = `(?:` + surnames + `)[\p{Han}]?(?:先生|小姐|女士|老板娘|老板|总经理|经理|厂长|主任|师傅|会计|主管|总|工|生|太|姐|哥|叔|姨|董)|(?:阿|老|小)[\p{Han}]{1,2}|(?:` + surnames + `)[\p{Han}]{1,2}`

// firmEnds are what the names of firms end in, firmRow a firm's name by itself.
const (
	firmEnds = `有限责任公司|股份有限公司|有限公司|股份公司|集团公司|公司|集团|制品厂|厂|商行|经营部|工作室|门市部|合作社`
	firmRow  = `[\p{Han}a-z0-9()&·]{2,40}(?:` + firmEnds + `)`
)

var (
	pieceCut  = regexp.MustCompile(`[,，;；。!！\n\t|]+|\s{2,}|、`)
	labelled  = regexp.MustCompile(`^\s*(公司名称|企业名称|公司|企业|厂名|单位|联系人|联络人|姓名|称呼|电话|手机|手机号|电话号码|手机号码|联系电话|地址|镇街|所在镇街|所在地|需求|具体需求|firm|company|contact|name|phone|mobile|tel|town|request|need)\s*(?:是|为|叫|:|：)\s*(.+)$`)
	firmInRow = regexp.MustCompile(`^` + firmRow + `$|^[A-Za-z0-9()&·.,' -]{2,50} (?i:ltd\.?|limited|inc\.?|factory|company|co\.?|workshop)$`)
	townInRow = regexp.MustCompile(`^(?:[\p{Han}]{2,4}省)?(?:[\p{Han}]{2,4}市)?(?:[\p{Han}]{2,4}区)?[\p{Han}]{1,6}(?:镇|街道)$`)
	nameInRow = regexp.MustCompile(`^(?:联系人|我叫|我姓名是|叫我|找)[:：是]?\s*([\p{Han}]{2,4})$|^(?:` + name + `)$|^((?i:(?:mr|mrs|ms|miss|dr)\.? [a-z][a-z .'-]{0,30}))$`)
	otherMan  = regexp.MustCompile(`([\p{Han}]{1,3}(?:经理|总|老板|主任|厂长|先生|小姐|女士|工|师傅|会计|秘书|助理|姐|哥|叔)|他|她|佢|老板|老公|老婆|太太|朋友|同事|亲戚|爸|妈|哥|姐|弟|妹|厂长|经理|会计|客户|his|her|boss's|manager's|friend's|colleague's|wife's|husband's)\s*(?:的|嘅|个)?\s*(?:手机|电话|号码|联系方式|微信|phone|number|mobile)|(?:我们?|我哋)(?:的|嘅)?(?:老板|老公|老婆|太太|朋友|同事|亲戚|厂长|经理|会计)\s*\d{3}|(?:他|她|佢)\s*\d{3}|(?:打给|找|联系人|联络)\s*(?:是|系|写|填)?\s*(?:我们?|我哋|公司|厂)?\s*(?:的|嘅)?\s*([\p{Han}]{1,2}(?:经理|总|老板|主任|厂长|会计|秘书|助理)|他|她|佢|老板|同事|老公|老婆|太太)|call (?:him|her|my)|(?:是|系|,|，|^)\s*(?:我们?|我哋)?(?:老婆|老公|太太|老板|朋友|同事|亲戚|爸爸?|妈妈?|哥哥?|姐姐?|弟弟?|妹妹?|厂长|经理|会计|秘书|助理|客户|他|她|佢)(?:的|嘅)`)
)

// thirdPerson reports whether a message gives somebody else's number.
func thirdPerson(text string) bool {
	s := strings.ToLower(script.Simplified(text))
	if strings.Contains(s, "本人") || strings.Contains(s, "我自己") || strings.Contains(s, "我就是") {
		return false
	}
	return otherMan.MatchString(s)
}

// detailsIn finds fields in a message that gives several, separated by commas, spaces or lines, or in a sentence.
func detailsIn(text string) details {
	var d details
	var rest string
	if head := asksFirst.FindString(text); head != "" {
		text, d.led = text[len(head):], true
	}
	d.phone, d.ext, rest, d.fault = findLine(text)
	if d.fault == phoneTooMany {
		rest = phoneLike.ReplaceAllString(rest, " ")
	}
	d.third = d.phone != "" && thirdPerson(text)
	if !isHan(rest) {
		d.takeEnglish(rest)
		return d
	}
	var named field // "联系人 陈志明": the word before names it
	for _, p := range pieceCut.Split(rest, -1) {
		for _, q := range spacedPieces(p) {
			if f := fieldNamed(fold(q)); f != "" {
				named = f
				continue
			}
			if named == "" || !d.put(named, plain(q)) {
				d.take(q)
			}
			named = ""
		}
	}
	d.takeOthers()
	return d
}

// asksFirst begins a message that asks to register and goes on with the fields.
var asksFirst = regexp.MustCompile(`^\s*(?:你好|您好|我想|我要|请|麻烦|帮我|唔该|[,，\s])*(?:登记|登記|报名)(?:一下|下|需求)?\s*[：:，,。\s]\s*`)

// put takes a value for the field that was named before it; false if it cannot be one.
func (d *details) put(f field, value string) bool {
	var to *string
	ok := value != ""
	switch f {
	case fFirm:
		value, ok = firmOf(value)
		to = &d.firm
	case fTown:
		value, ok = townOf(value)
		to = &d.town
	case fContact:
		value, ok = contactOf(value)
		to = &d.contact
	case fNeed:
		value = cutRunes(line(mask(value)), maxNeed)
		to = &d.need
	}
	if to == nil || !ok {
		return false
	}
	*to = value
	return true
}

// takeOthers reads the pieces that name themselves by nothing: among several fields, "古镇" alone is the town, and
// a longer one says the need.
func (d *details) takeOthers() {
	known := d.count()
	var left []string
	for i, p := range d.other {
		if v, ok := firmOf(p); ok && i == 0 && d.led && d.firm == "" && known >= 2 && isHan(v) && typeIn(p) == "" && utf8.RuneCountInString(v) >= 3 {
			d.firm = v
			continue
		}
		if fieldNamed(fold(p)) != "" || isCaption(p) {
			continue // "电话" of "电话138…"
		}
		v, isTown := townOf(p)
		switch {
		case d.town == "" && known >= 2 && isTown && townTail.MatchString(lower(v)) && utf8.RuneCountInString(v) <= 6 && typeIn(p) == "":
			d.town = v
		case d.need == "" && known >= 1 && doesIt.MatchString(lower(p)) && typeIn(p) != "" && !describes.MatchString(lower(p)) && !asksSomething(p):
			d.need = cutRunes(line(mask(p)), maxNeed)
		case d.need == "" && known >= 1 && needOf(p) != "" && !describes.MatchString(lower(p)):
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

// doesIt begins a need told without a wish: 做检测, 申请专利.
var doesIt = regexp.MustCompile(`^(?:\(要\)|要|去)?(?:做|搞|办|申请|注册|找|揾|搵)`)

// spacedPieces cuts a piece at spaces if its parts are Chinese; Latin names hold spaces.
func spacedPieces(p string) []string {
	parts := strings.Fields(p)
	for _, s := range parts {
		if !isHan(s) {
			return []string{strings.TrimSpace(p)}
		}
	}
	return parts
}

// lower makes a text comparable: simplified script, small letters.
func lower(s string) string { return strings.ToLower(script.Simplified(s)) }

var (
	// heads are what a sentence about oneself begins with.
	selfHead   = regexp.MustCompile(`^(?:你好|您好|喂|哈喽|请|麻烦|唔该|不好意思|那个|我们?这?边?|我哋|这里|呢度|本人|我司|敝司)+(?:是|系)?|^(?:是|系)`)
	firmIs     = regexp.MustCompile(theirFirm.String() + `|^(?:我们?|我哋)?(?:间|这间|这家)?(?:公司|厂|厂子|店|企业|单位)(?:的|嘅)?(?:全称|全名|名称|名字|名)?(?:就)?(?:叫做?|是|系)|^(?:名字?)?叫做?`)
	firmFirst  = regexp.MustCompile(`^[\p{Han}a-z0-9()&·]{2,40}?(?:` + firmEnds + `)`)
	firmMore   = regexp.MustCompile(`^(?:` + firmEnds + `)`)
	atPlace    = regexp.MustCompile(`^(?:我们?|我哋|公司|企业|厂|厂子|工厂|间厂|间铺|厂房|店|地址|位置|所在地|现在|人|他|她|佢|他们|佢哋|人家|的厂|的公司)*(?:设|就|都|开)?(?:在|位于|喺)`)
	ofFirm     = regexp.MustCompile(`^(?:的|嘅|这边|呢边)?(?:老板娘?|负责人|厂长|总经理|经理|财务|法人|文员|采购|业务员?|跟单)?(?:叫|姓)?`)
	nameSaid   = regexp.MustCompile(`^(?:联系人|联络人|姓名|名字|称呼|叫我?|我叫做?|我名叫|我是|我系|本人|找|揾|搵|联系|联络|可以叫我|就叫我|你叫我|我的名字[叫是]|我个名系)[:：是叫做]*(` + name + `)(?:就行|就得|就好|就可以|即可|得啦|得|好了|吧|啦)*$`)
	surname    = regexp.MustCompile(`^(?:我|本人|免贵|敝)*姓(` + surnames + `)(?:的|嘅)?$`)
	bossNamed  = regexp.MustCompile(`^(?:我们?|我哋)(?:的|嘅)?(老板|经理|厂长|主管|会计)(?:姓|是姓|系姓)(` + surnames + `)$`)
	nameBare   = regexp.MustCompile(`^(?:` + name + `)$`)
	wants      = regexp.MustCompile(`^(?:我们?|我哋|咱们?|公司|企业|厂里?|现在|最近|主要|就是|而家|目前|急|也|都|还)*(?:想要?|要|需要|需|求|希望|打算|准备|计划|寻求|缺)`)
	describes  = regexp.MustCompile(`^(?:我们?|我哋|公司|厂|企业)*(?:是|系)?(?:做|搞|生产|专门|主要做|卖)?[\p{Han}]{1,12}(?:的|嘅)$`)
	noFirmRow  = regexp.MustCompile(`[的嘅了吗呢吧啊]|不是|唔系|怎么|什么|听说|知道|可以|没有|有个|有家|有间|有人|我们|我哋|一家|一间|几家|^(?:想|要|帮|请|找|揾|搵|有没|有冇|没|冇|我|你|他|她|佢|这|那|呢间|嗰|𠮶|哪|边间|在|喺|被|给|跟|别|隔壁|对面|附近|其他|其它|同行|客户|供应商|竞争|大公司|大厂|小公司|小厂|新公司|新厂|老公司|老厂|本厂|全厂|贵公司|公司|工厂|企业)`)
	whatItDoes = regexp.MustCompile(`^(?:做|搞|生产|卖|专|家|个|间|小|在)`)
	notRest    = regexp.MustCompile(`^(?:房|区|长|家|里|内|子|商|名|址|号)`)
	urging     = regexp.MustCompile(`^(?:尽快|越快越好|快点?|谢谢|多谢|唔该|急|回复|回电|回覆|联系|联络)+$`)
)

// scraps are what stays of a sentence around a number.
var scraps = regexp.MustCompile(`^(?:请|麻烦|唔该)?(?:打|打给|call|联系|联络|找|揾|搵|俾|畀|给)*(?:我|我们|我哋)?(?:就行|就得|就好|就可以|吧|啦|得啦|谢谢|唔该|多谢|微信同号|同号|同微信)*$`)

// trades are what firms make and do; a name made of them alone is a kind of firm.
var trades = regexp.MustCompile(`灯饰|五金|家具|家私|玩具|毛织|陶瓷|服装|制衣|印刷|包装|塑料|塑胶|电子|机械|模具|食品|化工|照明|电器|外贸|贸易|检测|担保|物流|加工|制造|小额贷款|贷款|融资|科技|设计|咨询|培训|电商|网络|专利|代理|广告|小型|中型|大型|私人|民营|` + firmEnds)

// aFirm reports whether words (see lower) that end like a firm's name are one: a sentence and a kind of firm are not.
func aFirm(low string) bool {
	return !noFirmRow.MatchString(low) && !remark(low) && !requestWords.MatchString(low) && !asksSomething(low) && trades.ReplaceAllString(low, "") != ""
}

// take reads one piece.
func (d *details) take(p string) {
	if p == "" {
		return
	}
	if m := labelled.FindStringSubmatch(strings.ToLower(p)); m != nil {
		if f := fieldNamed(fold(m[1])); f != "" {
			d.put(f, plain(p[strings.LastIndex(strings.ToLower(p), m[2]):]))
		}
		return
	}
	s := plain(p)
	low := lower(s)
	if utf8.RuneCountInString(low) != utf8.RuneCountInString(s) {
		s = low // the conversion moved characters
	}
	switch {
	case creditLabel.MatchString(fold(s)), scraps.MatchString(low), d.contact != "" && nameSaid.MatchString(low):
		return
	case d.need == "" && wants.MatchString(low) && !asksSomething(p) && tellsNeed(low):
		d.need, d.telling = cutRunes(line(mask(s)), maxNeed), true
		return
	case d.tookName(s, low), d.tookPlace(s, low):
		d.telling = false
		return
	}
	if at := dropHead(s, low, firmIs); at != s {
		if low := lower(at); d.firm == "" && !describes.MatchString(low) && !noFirmRow.MatchString(low) && !requestWords.MatchString(low) && utf8.RuneCountInString(at) >= 2 && !whatItDoes.MatchString(low) {
			d.firm, d.telling = at, false
			return
		}
	}
	whole := s
	s = dropHead(s, low, selfHead)
	low = lower(s)
	if rest, ok := d.tookFirm(s, low); ok {
		d.telling = false
		if rest = dropHead(rest, lower(rest), ofFirm); rest != "" {
			d.take(rest)
		}
		return
	}
	if d.tookName(s, low) || d.tookPlace(s, low) {
		d.telling = false
		return
	}
	if d.contact == "" && nameBare.MatchString(low) && !everydayName(low) {
		if v, ok := contactOf(s); ok {
			d.contact, d.bare, d.telling = v, true, false
			return
		}
	}
	if d.telling && !tellsNeed(low) { // "麻烦登记一下" behind it
		return
	}
	if d.telling { // it goes on
		d.need = cutRunes(d.need+"，"+line(mask(whole)), maxNeed)
		return
	}
	d.other = append(d.other, s)
}

// tookFirm takes the firm that a piece begins with, and returns what stands behind it.
func (d *details) tookFirm(s, low string) (rest string, ok bool) {
	at := firmFirst.FindStringIndex(low)
	if at == nil || d.firm != "" {
		return "", false
	}
	end := at[1]
	for {
		more := firmMore.FindStringIndex(low[end:])
		if more == nil {
			break
		}
		end += more[1]
	}
	if notRest.MatchString(low[end:]) || !aFirm(low[:end]) || d.telling && end < len(low) {
		return "", false
	}
	n := utf8.RuneCountInString(low[:end])
	d.firm = string([]rune(s)[:n])
	return string([]rune(s)[n:]), true
}

// tookName takes a person who is named as such: 我叫阿明, 我姓陈, 叫我老王就行, 李生.
func (d *details) tookName(s, low string) bool {
	if d.contact != "" {
		return false
	}
	if rest := dropHead(s, low, theirName); rest != s && nameBare.MatchString(lower(rest)) && !everydayName(lower(rest)) { // 我老公叫李强
		d.contact, d.third = rest, true
		return true
	}
	if m := bossNamed.FindStringSubmatch(low); m != nil {
		d.contact = m[2] + m[1]
		return true
	}
	for _, re := range []*regexp.Regexp{nameSaid, surname} {
		m := re.FindStringSubmatchIndex(low)
		if m == nil || everydayName(low[m[2]:m[3]]) {
			continue
		}
		from, to := utf8.RuneCountInString(low[:m[2]]), utf8.RuneCountInString(low[:m[3]])
		d.contact = string([]rune(s)[from:to])
		return true
	}
	if nameInRow.MatchString(low) && !nameBare.MatchString(low) || titled.MatchString(low) {
		if v, ok := contactOf(s); ok && !everydayName(low) {
			d.contact = v
			return true
		}
	}
	return false
}

// hasPlant ends words that say where a plant is.
var hasPlant = regexp.MustCompile(`(?:那边|嗰边|这边)?(?:也|都)?(?:有|开|设)(?:了|咗|个|间|家|一家|一间|一个)*(?:工厂|厂房|厂|店|公司|铺头|铺|作坊|分厂|车间)$`)

// titled is a name with a title or a nickname, which is no firm's and no place's.
var titled = regexp.MustCompile(`^(?:(?:` + surnames + `)[\p{Han}]?(?:先生|小姐|女士|老板娘|老板|总经理|经理|厂长|主任|师傅|会计|主管|总|生)|(?:阿|老)[\p{Han}]{1,2})$`)

// tookPlace takes a piece that says where the firm is.
func (d *details) tookPlace(s, low string) bool {
	if d.town != "" || asksSomething(s) {
		return false
	}
	if at := dropHead(s, low, atPlace); at != s {
		s, low = at, lower(at)
	} else if at := dropHead(s, low, townHead); at != s {
		s, low = at, lower(at)
	}
	if at := hasPlant.FindStringIndex(low); at != nil && utf8.RuneCountInString(low) == utf8.RuneCountInString(s) {
		s = string([]rune(s)[:utf8.RuneCountInString(low[:at[0]])]) // 喺古镇有间厂
		low = lower(s)
	}
	if townInRow.MatchString(low) && !requestWords.MatchString(low) || len(places.Only(s)) > 0 {
		d.town = knownTown(s)
		return true
	}
	return false
}

// notNames are words that begin like a surname and are none.
var notNames = words("金融 石材 石油 石头 方案 方面 方便 方法 成本 马上 钱款 钱不 黄金 白天 高新 高校 高级 高手 万能 江湖 温度 何时 何处 林业 陶瓷 毛织 毛利 安全 康复 许可 许多 余额 余款 于是 夏天 段落 龙头 万元 严重 武汉 关于 关系 欧洲 简单 简介 区别 区域 温馨 唐装 程序 程度 任何 任务 丁点 孔径 沈阳 段时 古镇 史上 周转 周末 周五 周一 张贴 高端 高温 白云 白色 金额 金属 毛病 莫名 老板 老厂 小厂 老样子 小事 小问题 老乡 小微 老客户 小企业 马达 顾客 顾问 江门 万一 许久 方向 高薪 高价 高工 高效 金牌 石膏 石英 梅州 古董 施工 孙子 孟加拉 贺卡 毛衣 毛巾 毛坯 罗马 龙岗 温州 韩国 唐山 秦皇岛 关税 关注 卓越 汪洋 麦克 钟表 钟头 潘通 田地 雷达 雷同 曹县 苏州 杜绝 吴川 程控 简历 庄稼 祝福 祝好")

// everydayName reports whether words that look like a name are something else: a place, a platform type, a word.
func everydayName(low string) bool {
	return notNames[low] || len(places.Only(low)) > 0 || typeIn(low) != "" || hasType(low) || fieldNamed(low) != ""
}

// oneMore are words of a wish to register again.
var oneMore = regexp.MustCompile(`还|仲|再|也|另外?|多|一|份|件|次`)

// tellsNeed reports whether a wish says what is wanted, and not only to be registered or called.
func tellsNeed(low string) bool {
	rest := filler.ReplaceAllString(fold(low), "")
	if strings.Contains(low, "登记") {
		rest = oneMore.ReplaceAllString(rest, "") // 我还想登记一个
	}
	return !urging.MatchString(rest) && utf8.RuneCountInString(rest) >= 2 && !strings.Contains(rest, "登记")
}

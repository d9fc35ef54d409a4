package intents

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"smebot/knowledge"
	"smebot/knowledge/script"
)

// fold makes words comparable: full-width and circled forms made plain, simplified script, lower case, no
// punctuation, and spaces only between Latin words.
func fold(s string) string {
	s = script.Simplified(norm.NFKC.String(s))
	var b strings.Builder
	var last rune
	space := false
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			space = space || unicode.IsSpace(r) || r == '-' || r == '\''
			continue
		}
		r = unicode.ToLower(r)
		if space && b.Len() > 0 && r < 0x250 && last < 0x250 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// command is something that words can ask for directly, wherever the conversation stands.
type command string

const (
	cmdCancel   command = "cancel"
	cmdBack     command = "back"
	cmdMenu     command = "menu"
	cmdRestart  command = "restart"
	cmdHelp     command = "help"
	cmdHuman    command = "human"
	cmdRegister command = "register"
	cmdResume   command = "resume"
	cmdAsk      command = "ask"
	cmdFind     command = "find"
	cmdTypes    command = "types"
	cmdStatus   command = "status"
	cmdErase    command = "erase"
	cmdEraseYes command = "erase-yes"
	cmdEraseNo  command = "erase-no"
	cmdShow     command = "show"
	cmdWithdraw command = "withdraw"
	cmdStop     command = "stop"
	cmdNext     command = "next"
	cmdLater    command = "later"
	cmdNotice   command = "notice"
	cmdCorrect  command = "correct"
	cmdReveal   command = "reveal"
	cmdNews     command = "news"
	cmdUseful   command = "useful"
	cmdUseless  command = "useless"
	cmdRefill   command = "refill"
	cmdTell     command = "tell"

	cmdUrge        command = "urge"
	cmdWithdrawAsk command = "withdraw-ask"
)

// commandWords are folded words that mean a command when they are the whole message.
var commandWords = map[command]string{
	cmdCancel:   "取消 取消登记 确认取消 yes.cancel.it 退出 退出登记 算了 算啦 算吧 算数 不登记了 不填了 不办了 不弄了 唔登记 唔填 唔搞 唔要 cancel quit exit nevermind never.mind forget.it cancel.it cancel.please",
	cmdBack:     "返回 上一步 返回上一步 上一项 返回上一项 上一题 退回 back go.back previous back.please",
	cmdMenu:     "菜单 选单 主菜单 返回菜单 回到菜单 目录 menu main.menu",
	cmdRestart:  "重新开始 从头开始 重来 从头来 重新来 restart start.over start.again begin.again",
	cmdHelp:     "帮助 帮手 使用帮助 使用说明 怎么用 怎么使用 点用 点样用 help help.me how.to.use",
	cmdHuman:    "转人工 人工 人工客服 人工服务 真人 转真人 搵人工 找人工 客服 转客服 human a.human agent operator staff talk.to.a.person talk.to.a.human real.person",
	cmdRegister: "登记需求 登记 需求登记 帮我登记 登记一下 登记下 帮我登记一下 开始登记 重新登记 register register.request",
	cmdResume:   "继续登记 继续 接着登记 接着填 继续填 continue go.on resume",
	cmdAsk:      "问政策 查政策 政策 policy",
	cmdFind:     "找平台 揾平台 搵平台 找服务平台 find.platform platforms",
	cmdTypes:    "其他类型 平台类型 全部类型 九类平台 换一类 other.types all.types",
	cmdStatus:   "我的进度 进度 查进度 查询进度 我的登记 status progress",
	cmdErase:    "删除我的信息 删除我的资料 删除我的数据 delete.my.information erase.my.data",
	cmdEraseYes: "确认删除 确定删除 confirm.delete delete",
	cmdEraseNo:  "不删 不删除 先不删 keep dont.delete",
	cmdShow:     "我的信息 我的资料 查看我的信息 查看我的资料 my.information",
	cmdWithdraw: "撤回 撤回同意 撤销同意 收回同意 withdraw withdraw.my.consent withdraw.consent revoke revoke.permission revoke.consent revoke.my.consent take.back.my.consent cancel.my.consent",
	cmdStop:     "退订 unsubscribe stop",
	cmdNext:     "下一页 下页 翻页 next more",
	cmdCorrect:  "更正 更正登记 更正信息 更正资料 修改登记 改登记 修改我的登记 更正我的登记 更正我的信息 更正我的资料 修改我的信息 修改我的资料 改资料 correct correct.my.request correct.my.data change.my.request",
	cmdReveal:   "显示完整电话 看完整电话 完整号码 show.the.full.number show.full.number",
	cmdNews:     "恢复通知 开通通知 接收通知 send.me.news news.please",
	cmdUseful:   "有用 有帮助 好用 帮到我了 解决了 有用嘅 帮到手 useful helpful it.helped that.helped",
	cmdUseless:  "没用 没有用 没帮助 没有帮助 没帮上 冇用 帮唔到 not.useful not.helpful useless it.did.not.help that.did.not.help",
	cmdRefill:   "重填 重新填 重新填写 重头填 从头填 refill fill.in.again",
	cmdUrge:     "催一催 催一下 催下 催 催催 催办 remind.staff",
	cmdTell:     "有答案告诉我 有答案通知我 有答案时告诉我 有答案再告诉我 有答案话我知 tell.me.the.answer tell.me.later",
	cmdNotice:   "再看登记说明 登记说明 看登记说明 隐私说明 notice privacy.notice",
}

// commandLabels are captions that mean a command when they are typed, in every language.
var commandLabels = map[key]command{
	labelAsk: cmdAsk, labelPlatform: cmdFind, labelRegister: cmdRegister, labelHelp: cmdHelp, labelNext: cmdNext,
	labelTypes: cmdTypes, labelHuman: cmdHuman, labelCancel: cmdCancel, labelResume: cmdResume, labelStatus: cmdStatus,
	labelErase: cmdErase, labelEraseYes: cmdEraseYes, labelEraseNo: cmdEraseNo, labelWithdraw: cmdWithdraw,
	labelCorrect: cmdCorrect, labelReveal: cmdReveal, labelNews: cmdNews, labelUseful: cmdUseful, labelUseless: cmdUseless,
	labelShow: cmdShow, labelMenu: cmdMenu, labelNotice: cmdNotice,
}

var commands = func() map[string]command {
	m := map[string]command{}
	for c, list := range commandWords {
		for w := range strings.FieldsSeq(list) {
			m[strings.ReplaceAll(w, ".", " ")] = c
		}
	}
	for k, c := range commandLabels {
		m[fold(simplified[k])] = c
		m[fold(english[k])] = c
	}
	return m
}()

var (
	politeHead = regexp.MustCompile(`^(好的|行|我要|我想|我想要|还是|那就|那还是|那|咁|就|不如|请|麻烦|麻烦你|麻烦您|唔该|帮我|给我|我想请|please |pls |i want to |i want )+`)
	politeTail = regexp.MustCompile(`(吧|啦|喇|了|啊|呀|哦|呢|谢谢|唔该|多谢| please| pls| thanks)$`)
)

// commandOf returns the command that a folded message is, allowing for courtesies around it.
func commandOf(folded string) (command, bool) {
	if len(folded) > 60 {
		return "", false
	}
	for s := folded; ; {
		for _, w := range []string{s, politeHead.ReplaceAllString(s, "")} {
			if c, ok := commands[w]; ok {
				return c, true
			}
		}
		shorter := politeTail.ReplaceAllString(s, "") // one word at a time: the 了 of 算了吧 belongs to 算了
		if shorter == s {
			return rightsOf(folded)
		}
		s = shorter
	}
}

// The ways of leaving a form, said in it: for good, and for now.
var (
	leaveWords = regexp.MustCompile(`^(?:那|咁|唉|哎|都|还是|那就)*(?:算了|算啦|算数|算吧|罢了)(?:吧|啦|喇|了)*$|^(?:我|我们|我哋|那|咁|那就|算了|算|还是|唔该|先|暂时|都|就)*(?:不想|唔想|不要|唔好|不用|唔使|不|唔|别)(?:再|想|要)?(?:(?:登记|办|弄|搞|申请|报名|录|整)(?:了|住|啦|喇|先|下去|嘢|啊|吧)*|填(?:了|啦|喇|住|下去)+)$|^(?:我)?(?:放弃|结束|停止)(?:登记|填写)?(?:了|吧|啦|喇)*$|^(?:sorry )?(?:i )?(?:do not|don t|dont|no longer) (?:want|wish) (?:to )?(?:register|go on|continue|do (?:this|it)|it|this)(?: any ?more| now)?$|^(?:please )?(?:stop|leave|abandon|forget)(?: registering| the form| this| about it)?$`)
	laterWords = regexp.MustCompile(`^(?:我|我们|那|先|还是|等我|让我|唔该)*(?:下次|以后|改天|等一下|等一会儿?|等会儿?|过一?会儿?|一会儿?|迟点|迟啲|第日|过几天|过两天|回头|晚点|晚些|今晚|等下|等阵|一阵|一阵间|稍后|有空|得闲|有时间|明天|听日)(?:再|先|才|嚟)*(?:说|讲|填|登记|来|嚟|算|搞|弄|考虑|同意|看|睇)?(?:吧|啦|喇|了|先)*$|^(?:我|先|让我|等我)*(?:考虑|想|谂|睇|看)(?:一下|下|想|看|清楚|考虑|谂)+(?:先|再说|再讲|吧|啦)*$|^(?:我|等我|让我)(?:先|要|得|想)*再?(?:想想|谂谂|考虑考虑|问问|问下|问一下|商量商量|商量一下|商量下|同.{1,4}商量|跟.{1,4}商量)(?:我|我们|我哋)?(?:的)?(?:` + relatives + `|家里人?|屋企人|公司|大家)?(?:再说|先|吧|啦|喇)*$|^(?:我|现在|而家)*(?:没时间|冇时间|在忙|好忙|唔得闲|没空|冇空)(?:啊|呀|了)*$|^(?:maybe |i will do it |let us do it )?(?:later|not now|another time|some other time)(?: please| thanks)?$|^(?:i (?:have to|must|need to|will) think(?: about it)?|let me think(?: about it)?|i am busy(?: now)?|no time(?: now)?)$`)
)

var (
	// firstNot puts the form off: 先不登记了.
	firstNot = regexp.MustCompile(`^(?:我|那|还是|就|咁)*先(?:不|唔)(?:登记|填|办|搞|弄)(?:了|住|喇|啦|先)*$`)
	// waitSaid asks for a moment, no more.
	waitSaid = regexp.MustCompile(`^(?:你)?(?:等等|等一?下|等阵|等一阵|稍等|慢着|等我一?下|等我睇下|等我看看|等我找找|等我揾揾)(?:啊|哈|先|下|吧)*$|^(?:please )?(?:wait|hold on|one moment|just a (?:moment|minute|second))(?: please)?$`)
)

// wontTell is the wish to leave one answer out.
var wontTell = regexp.MustCompile(`^(?:我|这个|呢个|这项)*(?:不想|唔想|不愿意?|唔愿|不方便|唔方便|可以不|能不能不|可唔可以唔)(?:填|写|说|讲|留|告诉|话)(?:这个|呢个|这项|你|您|俾你|给你|行吗|吗|啊|呀|了)*$|^(?:i )?(?:would |d )?(?:rather|prefer) not(?: to)?(?: say| tell| give it)?$|^i (?:do not|don t|dont) want to (?:say|tell)(?: you)?$`)

// thanksHow finds thanks and good-byes in more words.
var thanksHow = regexp.MustCompile(`^(?:好的?|嗯|ok|okay|行|明白了?|知道了?|great |ok |okay |alright )*(?:非常|太)?(?:谢谢|多谢|唔该|感谢|辛苦|拜拜|再见|thanks|thank you|thx|bye|goodbye)(?:晒|你|您|了|啦|你们|哦|啊|先|再见|拜拜| bye| goodbye| so much| very much| a lot| again)*$`)

func thanked(said string) bool { return thank[said] || thanksHow.MatchString(said) }

// aboutBot asks whether a person is answering.
var aboutBot = regexp.MustCompile(`^(?:请问|想问)?(?:你|您|你哋|这个|呢个|这边)(?:到底|究竟|都)?(?:是|系)(?:不是|唔系|咪)?(?:个|一个)?(?:机器人|人工智能|ai|电脑|程序|真人|人工|活人|人)(?:吗|嘛|呢|还是.{1,6}|啊|㗎|来的|嚟㗎)*$|^系咪(?:机器人|真人|人工)(?:啊|呀|㗎)*$|^are you (?:a |an )?(?:bot|robot|machine|computer|ai|human|real person|person|real)$|^is this a (?:bot|robot|machine|person|human)$`)

// aboutUs asks who stands behind the bot, and whether one may trust it.
var aboutUs = regexp.MustCompile(`^(?:请问|想问下?|唔该|你好)*(?:你|您|你们|你哋|这里|呢度|这个|呢个)(?:的|嘅)?(?:公众号|号|网页|机器人|服务)?(?:到底|究竟)?(?:(?:是|系)?(?:不是|唔系|咪)?(?:骗子|诈骗|骗人|呃人|假|真)(?:的|嘅)?|(?:是|系)(?:不是|唔系|咪)?(?:政府|官方|国家|公家|私人|中介|正规)(?:的|嘅|单位|机构|部门|公司|办)*|(?:是|系)(?:什么|乜嘢|咩|哪个|边个|哪里|边度|哪家|哪)的?(?:单位|机构|部门|公司|组织|地方)(?:的|嘅)?|(?:可信|靠谱|可靠|信得过)|(?:可不可信|靠不靠谱|会不会骗人))(?:吗|嘛|么|呢|啊|呀|㗎|来的|嚟㗎)*$|^(?:are|is) (?:you|this)(?: a| an| the)? (?:scam|fraud|government|official|legit|real)(?: (?:office|site|account|service))?$|^(?:what|which) (?:organi[sz]ation|office|department|company) are you(?: from)?$`)

// onBehalf asks to register somebody: 我是替我老板登记的.
var onBehalf = regexp.MustCompile(`^(?:我)?(?:是|系|想|要)*(?:来|嚟)?(?:替|帮|代|同|为)(?:我们?|我哋|人)?(?:老板|朋友|公司|厂里?|客户|家里|亲戚|同事)?(?:来|嚟)?(?:登记|报名)(?:的|嘅|一下|下)*$`)

// willYouCall asks whether staff will call.
var willYouCall = regexp.MustCompile(`^(?:请问|那|咁)?(?:你们?|你哋|工作人员)(?:是不是|系咪|会不会|会|几时会?|什么时候会?)*(?:打电话|打|联系|联络|回电)(?:给|俾|畀)?我?(?:们|哋)?(?:吗|嘛|么|呢|㗎|啊)*$|^will (?:you|they|somebody|someone) (?:call|contact|phone|ring) me$`)

// howToFill asks what to write.
var howToFill = regexp.MustCompile(`^(?:我|这里|呢度|这个|唔知|不知道?|到底|应该|要)*(?:填|写|输入?|讲|说|入)(?:什么|乜嘢?|咩|啥|点)(?:好|啊|呀|呢|㗎|东西)*$|^(?:这个|呢个|我|应该)*(?:怎么|点样?|如何)(?:填|写|输入?)(?:啊|呀|呢|㗎|好)*$|^(?:什么|乜嘢?|咩|啥)(?:叫|是|系)?(?:做)?(?:公司|企业)?(?:的)?(?:全称|镇街|联系人|平台类型|服务平台|需求|街道)(?:啊|呀|呢|来的)*$|^(?:公司|企业)?(?:全称|镇街|联系人|平台类型|需求|街道)(?:是|系)?(?:指)?(?:什么|乜嘢?|咩)(?:意思|来的|嚟㗎)?(?:啊|呀|呢)*$|^(?:是|系|就是|即系)*(?:营业)?执照上?(?:面)?(?:的|写的|嘅|写嘅|那个|嗰个|名字|名)*(?:吗|嘛|是吧|么|咩|呀|啊)*$|^what do you mean(?: by .{1,20})?$|^what is (?:a |the |my )?(?:full name|town|subdistrict)$|^what (?:should|do|shall) i (?:write|put|enter|type|fill in)(?: here)?$`)

// undouble takes words said twice or more for the words: 同意同意, 对对对.
func undouble(said string) string {
	for n := 2; n <= 4; n++ {
		if len(said)%n != 0 {
			continue
		}
		part := said[:len(said)/n]
		_, isCommand := commands[part]
		if strings.Repeat(part, n) == said && (isCommand || agree[part] || affirm[part] || refuse[part]) {
			return part
		}
	}
	return said
}

// leaving returns the command by which folded words leave a form.
func leaving(said string) (command, bool) {
	switch {
	case waitSaid.MatchString(said):
	case firstNot.MatchString(said):
		return cmdLater, true
	case leaveWords.MatchString(said):
		return cmdCancel, true
	case laterWords.MatchString(said):
		return cmdLater, true
	}
	return "", false
}

// words is a set of folded words, a dot standing for a space.
func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[strings.ReplaceAll(w, ".", " ")] = true
	}
	return m
}

var (
	// agree holds what counts as an explicit yes to the notice. 嗯, 好, 可以, OK do not: the law wants it said.
	agree  = words("同意 我同意 同意并继续 我同意并继续 已阅读并同意 我已阅读并同意 同意登记 我同意登记 同意处理 同意转交 同意传输 我同意传输 同意境外传输 同意的 我同意的 agree i.agree yes.i.agree i.do.agree agreed")
	refuse = words("不同意 我不同意 唔同意 我唔同意 不 不要 不行 不可以 不愿意 拒绝 我拒绝 不接受 没同意 否 唔好 唔得 disagree i.disagree no i.do.not.agree i.dont.agree i.don.t.agree refuse decline no.thanks")
	affirm = words("确认 确认提交 确定 提交 正确 无误 没问题 没错 对 对的 是 是的 系 系呀 系嘅 好 好的 可以 确认无误 以上正确 冇问题 啱 confirm submit yes correct ok right yes.confirm looks.good")
	// affirmHow finds the yes to the summary in more words.
	affirmHow = regexp.MustCompile(`^(?:嗯+|好的?|是的?|对|系|系呀|啱|可以|行|得|yes|ok|okay|yep|yeah|sure)*(?:以上)?(?:内容|信息|资料|登记内容)?(?:都|全部|全|晒|完全)?(?:没有?错|冇错|无误|没有?问题|冇问题|正确|是对的|对的?|对了|啱晒?|系咁|就这样|就咁|就是这样|这样就行|可以了|可以提交|确认|确定)(?:了|啦|喇|晒|啊|呀|的|提交|吧)*(?:谢谢|唔该)?$|^(?:好的?|可以|行|没问题)?(?:请|麻烦|帮我)?(?:确认)?提交(?:吧|啦|喇|了)?$|^(?:yes |ok |okay |yep |yeah |sure )*(?:that s |that is |it s |it is |this is |all |everything is |looks )?(?:right|correct|fine|good|ok|okay|all right|confirmed?)(?: now)?(?: please| thanks| thank you)?$|^(?:yes |ok |okay )*(?:please )?(?:submit|send|go ahead|confirm)(?: it| that)?(?: please)?$`)
	amend     = words("修改 我要修改 要修改 更改 改 改一下 有误 不对 错了 改下 change edit modify amend")
	skip      = words("跳过 跳过这一项 跳过这项 略过 不填 没有 无 skip skip.this pass")
	unsure    = words("不确定 不知道 不清楚 说不清 都不是 都不对 分不清 唔知 唔清楚 都唔系 not.sure unsure i.dont.know i.don.t.know none none.of.these")
	mine      = words("是本人的 是本人 本人 是我本人 我本人 是我 是我的 我的 我自己的 自己的 是我自己的 系我本人 系我嘅 it.is.mine its.mine it.s.mine mine my.own")
	// eraseYes answers whether everything shall be deleted; 好 and 嗯 do not.
	eraseYes = words("确认 确定 是 是的 删 删吧 删啦 删了 删除 删除吧 删掉 删掉吧 全删 都删 都删了 全部删除 确定删 系 系呀 yes yes.please yes.delete yes.delete.it delete.it sure")
	vouch    = words("已获授权 已授权 获授权 有授权 已获对方授权 授权了 已同意 对方同意 对方知道 他同意了 她同意了 他知道 她知道 i.am.allowed.to authorised authorized i.have.permission with.permission")
	hello    = words("你好 您好 hi hello hey 哈喽 嗨 在吗 在么 在不在 喂 早 早上好 下午好 晚上好 中午好 早晨 你好呀 good.morning good.afternoon hi.there")
	thank    = words("谢谢 谢谢你 谢谢您 多谢 唔该 唔该晒 感谢 辛苦了 thanks thank.you thx 明白 明白了 知道了 好的谢谢 再见 拜拜 bye goodbye")
)

var question = regexp.MustCompile(`[?？]|吗|嘛|呢\s*$|么\s*$|什么|甚么|啥|怎么|怎样|咋|如何|多少|哪|几个|几家|几时|多久|谁|是否|是不是|会不会|会唔会|能不能|可不可以|要不要|有没有|行不行|好不好|得唔得|好唔好|使唔使|可唔可以|为什么|为何|点样|点解|乜|咩|系咪|有冇|几多|边度|边个|唔使|^(what|how|who|when|where|which|why|can|does|do|is|are|will|should)\b`)

// asksSomething reports whether a message is put as a question.
func asksSomething(text string) bool {
	return question.MatchString(strings.ToLower(script.Simplified(text)))
}

var whyWords = regexp.MustCompile(`为什么|为何|为啥|干嘛|干吗|干什么|做什么$|做什么用|有什么用|有啥用|有咩用|有乜用|做乜|做咩|点解|要来干|要嚟|攞嚟|why|what.*for\b|what is the use`)

// asksWhy reports whether a message asks what an answer is wanted for: "为什么要电话？".
func asksWhy(text string) bool {
	s := strings.ToLower(script.Simplified(text))
	return len(s) < 60 && whyWords.MatchString(s)
}

// clientLanguage is the language to greet a newcomer in: the one the client asks for, simplified Chinese where it
// asks for none that the bot speaks.
func clientLanguage(tag string) knowledge.Language {
	switch tag = strings.ToLower(tag); {
	case strings.HasPrefix(tag, "zh-hant"), strings.HasPrefix(tag, "zh-tw"), strings.HasPrefix(tag, "zh-hk"), strings.HasPrefix(tag, "zh-mo"):
		return knowledge.Traditional
	case tag == "en", strings.HasPrefix(tag, "en-"):
		return knowledge.English
	}
	return knowledge.Simplified
}

// languageOf tells the language of a reply. A message that is the same in both scripts, and words too few to
// tell, leave the language as it was.
func languageOf(text string, was, heard knowledge.Language) knowledge.Language {
	han, latin := 0, 0
	for w := range strings.FieldsSeq(text) {
		plainWord := !strings.ContainsFunc(w, unicode.IsDigit) // the number of a request tells no language
		for _, r := range w {
			switch {
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.IsLetter(r) && plainWord:
				latin++
			}
		}
	}
	switch {
	case han > 0:
		simple, full := script.Simplified(text), script.Traditional(text)
		switch {
		case simple != text && full != text && heard != "" && heard != knowledge.English:
			return heard // both scripts in one message
		case simple != text:
			return knowledge.Traditional
		case full != text:
			return knowledge.Simplified
		case heard == knowledge.Traditional:
			return heard
		case was == "" || was == knowledge.English:
			return knowledge.Simplified
		}
	case latin >= 2 && (heard == knowledge.English || was == "" && heard == ""):
		return knowledge.English
	case was == "" && latin > 0 && heard != "":
		return heard
	}
	if was == "" {
		return knowledge.Simplified
	}
	return was
}

package understand

// generic are questions that could be asked of anything: what they mean stands in what was said before.
var generic = anyOf(`^(?:请问|那么?|咁|噉|and |so )*(?:` +
	`(?:我|我们|我哋)?(?:要|需要|应该|该|得|可以)?(?:怎么|点样|点|如何|怎样)(?:办|办理|申请|申报|弄|搞|做|拿|领|攞|报名|开始|操作|办手续|走流程)?|` +
	`(?:具体)?(?:找|搵|问|去|向)(?:谁|边个|哪里|哪儿|边度|哪个部门|哪个单位)(?:办|批|问|申请|领)?|(?:谁|边个)(?:来|去)?(?:批|审批|管|办|负责|验收|受理)|` +
	`(?:要|需要|应该|要我|使唔使)?(?:准备|带|交|提供|备)(?:些|啲)?(?:什么|乜嘢|乜|咩|啥|哪些)(?:材料|资料|东西|手续|嘢|文件)?|(?:要|需要)(?:什么|乜嘢|咩|哪些)(?:材料|资料|手续|证件|文件)|` +
	`(?:要|大概|大约|需要)?(?:多久|几耐|几天|多少天|多长时间|几时|什么时候)(?:能|可以|先|才|会)?(?:办好|办完|办成|批下来|有结果|有消息|搞掂|搞定|拿到|出结果)?|` +
	`(?:要)?(?:利息|利率|费用|价钱|价格|收费)(?:是|要|大概|一般)?(?:多少|几多|怎么算|点计|点收|贵不贵|高不高)|(?:贵不贵|要多少钱|几多钱|多少钱)|` +
	`(?:要|需要|使唔使|要不要|是不是要)(?:抵押|担保|排队|预约|本人去|押金|先交钱|跑很多趟)|(?:有没有人|有冇人|有人|会|可以|能|能不能|会不会)?上门(?:服务|来)?|` +
	`(?:如果|要是)?(?:不|唔|没|冇)(?:达标|合格|通过|够条件|批|过)(?:了)?(?:怎么办|点算|会怎样|咋办)|(?:怎么办|点算|咋办)|下一步(?:呢|怎么走|做什么)?|` +
	`how (?:do|can|should) (?:i|we) (?:apply|start|proceed|do (?:it|this|that))|who approves (?:it|this)|what (?:do|should) (?:i|we) (?:prepare|bring|need)(?: to bring| to prepare)?|how long (?:does|will) it take|how much (?:is it|does it cost)|what(?: is|'s) the (?:fee|cost|interest)` +
	`)(?:吗|嘛|么|呢|啊|呀|㗎|的|嘅|了|[?？])*$`)

// Generic reports whether a message asks something that only its context makes a question.
func (r Result) Generic() bool { return generic.in(r.Normal) }

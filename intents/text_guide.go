package intents

// guideWords are the questions and options of the guide, in the trade's own words: simplified Chinese, English.
var guideWords = map[key][2]string{
	"guide.root":        {"现在最头疼的是哪一件？", "What troubles you most?"},
	"guide.root.sell":   {"货卖不动", "Goods do not sell"},
	"guide.root.make":   {"产品、质量、技术", "Product, quality, technology"},
	"guide.root.money":  {"缺钱周转", "Short of money"},
	"guide.root.people": {"缺人、招工难", "Short of people"},
	"guide.root.copied": {"被抄、商标专利", "Copied; marks and patents"},
	"guide.root.messy":  {"管理乱、信息不灵", "Messy records, little news"},
	"guide.root.start":  {"刚想开厂创业", "Just starting a business"},
	"guide.root.unsure": {"不确定", "Not sure"},

	"guide.sell":         {"货卖不动，主要是哪种情况？", "Why do the goods not sell?"},
	"guide.sell.online":  {"没客源，想上网卖", "No buyers, want to sell online"},
	"guide.sell.style":   {"款式旧，没人看上", "The styles look old"},
	"guide.sell.reports": {"客人要检测报告", "Buyers want test reports"},
	"guide.sell.price":   {"成本高，拼不过价", "Costs too high to compete"},
	"guide.sell.market":  {"摸不清行情", "No idea of the market"},
	"guide.sell.none":    {"都不是，不确定", "None of these, not sure"},

	"guide.make":          {"产品上，主要卡在哪里？", "Where is the product stuck?"},
	"guide.make.new":      {"想做新款、改包装", "New styles or packaging"},
	"guide.make.process":  {"工艺技术过不了关", "A technical problem"},
	"guide.make.returned": {"质量被退货、要认证", "Returns, certificates"},
	"guide.make.copied":   {"怕被抄或被告侵权", "Copying, infringement"},
	"guide.make.unsure":   {"不确定", "Not sure"},

	"guide.cost":         {"成本主要高在哪里？", "Where do the costs come from?"},
	"guide.cost.process": {"工艺落后、能耗大", "Old process, much energy"},
	"guide.cost.hands":   {"人手生疏、效率低", "Unskilled hands, slow work"},
	"guide.cost.waste":   {"库存账目管不清", "Stock and books in disorder"},
	"guide.cost.cash":    {"资金利息压得紧", "Interest and cash flow"},
	"guide.cost.unsure":  {"不确定", "Not sure"},

	"guide.people":          {"人手上，主要是哪种情况？", "What is it about people?"},
	"guide.people.skills":   {"要培训、考技能证", "Training, skill tests"},
	"guide.people.hire":     {"要找招聘信息", "News of people to hire"},
	"guide.people.machines": {"想用机器代替人手", "Machines instead of hands"},
	"guide.people.unsure":   {"不确定", "Not sure"},

	"guide.first":        {"那换个问法：只能先办一件，先办哪件？", "Put differently: if only one, which first?"},
	"guide.first.sales":  {"多卖点货", "Sell more"},
	"guide.first.better": {"东西做得更好", "Make things better"},
	"guide.first.looks":  {"样子更好看", "Make them look better"},
	"guide.first.money":  {"手头宽裕些", "Have more money at hand"},
	"guide.first.people": {"工人更得力", "Have more able workers"},
	"guide.first.unsure": {"都不是，不确定", "None of these, not sure"},

	"guide.stage":        {"企业现在走到哪一步？", "Where does the firm stand?"},
	"guide.stage.new":    {"刚起步", "Just starting"},
	"guide.stage.grow":   {"做稳了，想扩大", "Steady, wants to grow"},
	"guide.stage.old":    {"老厂，想转型", "Old factory, wants to change"},
	"guide.stage.unsure": {"说不清，不确定", "Hard to say, not sure"},
}

func init() {
	for k, w := range guideWords {
		simplified[k], english[k] = w[0], w[1]
	}
}

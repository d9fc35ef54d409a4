package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"smebot/bot"
	"smebot/store"
)

// Year makes what a service centre's work leaves in a store, for benchmarks and for looking at pages: leads with their
// histories, questions, voices on answers, demand that nobody meets. The same values make the same store.
type Year struct {
	Leads int
	Days  int       // over which they came
	End   time.Time // the last of the days; staff's clock is China's
	Seed  uint64
}

// Staff are the accounts that a Year's leads are given to; they need not be there.
var Staff = []string{"li", "wang", "zhao", "sun"}

var (
	yearTowns     = []string{"中山市古镇镇", "佛山市乐从镇", "东莞市大朗镇", "中山市小榄镇", "佛山市南庄镇", "汕头市澄海区凤翔街道", "佛山市狮山镇", "东莞市虎门镇", "中山市沙溪镇", "江门市外海街道", "揭阳市军埔村", "潮州市枫溪镇", "云浮市河口街道", "阳江市东城镇", "佛山市容桂街道", "广州市狮岭镇", "惠州市吉隆镇", ""}
	yearPlatforms = []string{"financing", "quality-testing", "e-commerce", "technology-innovation", "intellectual-property", "industrial-design", "talent-training", "incubation", "information-network"}
	yearFirms     = []string{"灯饰", "五金", "家具", "毛织", "锁具", "陶瓷", "玩具", "铝材", "制衣", "不锈钢制品"}
	yearNeeds     = []string{"想买两台压铸机，银行说没有抵押贷不了", "出口被退货，要做认证检测", "想上跨境平台，不会开店", "同行抄我们的外观，想申请专利", "招不到会数控的师傅，想培训", "想找人设计一个系列的新款", "想知道有没有技改的补贴"}
	yearIntents   = []string{"policy", "policy", "policy", "platform", "platform", "no_answer", "clarify", "greeting", "human", "status", "help"}
	yearSubjects  = []string{"policy/24", "policy/10", "policy/2", "platform/financing", "platform/quality-testing", "policy/18"}
)

// deed is something that happens on a day.
type deed func(context.Context, *store.DB) error

// Fill makes it. set moves the store's clock.
func (y Year) Fill(ctx context.Context, db *store.DB, set func(time.Time)) error {
	r := rand.New(rand.NewPCG(y.Seed, 1))
	days := make([][]deed, y.Days)
	for n := range y.Leads {
		day := min(y.Days-1, int(float64(y.Days)*(1-r.Float64()*r.Float64()*.98))) // more of late than long ago
		l := y.lead(n, day, r)
		days[day] = append(days[day], func(ctx context.Context, db *store.DB) error {
			return db.CommitTurn(ctx, bot.Turn{Key: l.Number, From: l.From, Reply: bot.Reply{Text: "登记好了", Intent: "referral"}, Effects: []bot.Effect{store.SaveLead{Lead: l}}})
		})
		y.life(l.Number, day, r, days)
		if n%2 == 0 {
			days[day] = append(days[day], y.talk(n, day, r))
		}
	}
	for i, deeds := range days {
		set(y.day(i).Add(17 * time.Hour))
		if err := together(ctx, db, deeds); err != nil {
			return err
		}
	}
	set(y.End)
	return nil
}

// day is the first moment of a day.
func (y Year) day(i int) time.Time {
	at := y.End.In(china).AddDate(0, 0, i-y.Days+1)
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, china)
}

var china = time.FixedZone("UTC+8", 8*3600)

// skewed draws from a list, what stands first more often.
func skewed(r *rand.Rand, list []string) string {
	return list[int(float64(len(list))*r.Float64()*r.Float64())]
}

func (y Year) lead(n, day int, r *rand.Rand) store.Lead {
	at := y.day(day).Add(8*time.Hour + time.Duration(r.IntN(540))*time.Minute)
	who := []bot.Address{{Channel: "guzhen", Platform: bot.WeChat}, {Channel: "lecong", Platform: bot.WeChat}, {Channel: "tg", Platform: bot.Telegram}, {Channel: "web", Platform: bot.Web}}[r.IntN(4)]
	who.User = fmt.Sprint("person ", n)
	return store.Lead{
		Number: at.Format("20060102") + fmt.Sprintf("-%06d", n), Created: at, Firm: fmt.Sprintf("明辉%s%d厂", skewed(r, yearFirms), n), Town: skewed(r, yearTowns),
		Contact: "陈先生", Phone: store.Phone(fmt.Sprintf("+86138%08d", n)), Platform: skewed(r, yearPlatforms), Need: yearNeeds[r.IntN(len(yearNeeds))], From: who, Draft: fmt.Sprint(n),
		Consent: store.Consent{Version: "2026-11/1a2b3c4d", At: at, Receiver: "service-centre", Abroad: who.Platform == bot.Telegram},
	}
}

// life gives a lead its history after the day on which it was made; what lies beyond the last day has not happened.
func (y Year) life(number string, day int, r *rand.Rand, days [][]deed) {
	version := int64(1)
	then := func(wait int, do func(context.Context, *store.DB, int64) error) bool {
		if day += wait; day >= len(days) {
			return false
		}
		v := version
		version++
		days[day] = append(days[day], func(ctx context.Context, db *store.DB) error { return do(ctx, db, v) })
		return true
	}
	move := func(wait int, to store.Status, reason store.CloseReason) bool {
		return then(wait, func(ctx context.Context, db *store.DB, v int64) error {
			return db.MoveLead(ctx, number, v, to, reason, "li")
		})
	}
	who := skewed(r, append([]string{""}, Staff...))
	if who != "" && !then(1, func(ctx context.Context, db *store.DB, v int64) error {
		stale, err := db.AssignLeads(ctx, []store.Pick{{Number: number, Version: v}}, who, "wu")
		return errors.Join(err, wrong(len(stale) > 0, "stale"))
	}) {
		return
	}
	reason := store.CloseReasons[r.IntN(len(store.CloseReasons))]
	switch p := r.Float64(); {
	case p < .04: // nobody ever calls
	case p < .12:
		move(1+r.IntN(6), store.Closed, reason)
	default:
		if !move(1+int(6*r.Float64()*r.Float64()*r.Float64()*2), store.Contacted, "") || p < .3 && !move(1+r.IntN(9), store.Closed, reason) || p < .3 {
			return
		}
		_ = move(1+r.IntN(5), store.Referred, "") && (p < .4 || move(2+r.IntN(9), store.InService, "") && (p < .5 || move(5+r.IntN(30), store.Done, "")))
	}
}

func wrong(is bool, what string) error {
	if is {
		return errors.New(what)
	}
	return nil
}

// talk is a question that somebody asks.
func (y Year) talk(n, day int, r *rand.Rand) deed {
	t := bot.Turn{Key: fmt.Sprint("talk ", n), From: bot.Address{Channel: "web", Platform: bot.Web, User: fmt.Sprint("asker ", n)}, Reply: bot.Reply{Text: "根据第二十四条", Intent: yearIntents[r.IntN(len(yearIntents))]}}
	switch t.Reply.Intent {
	case "no_answer":
		t.Effects = []bot.Effect{store.Question{Text: "有没有买设备的补贴", Intent: "no_answer", Outcome: []string{store.OutcomeNoAnswer, store.OutcomeNoAnswer, store.OutcomeWithheld}[r.IntN(3)]}}
	case "clarify":
		t.Effects = []bot.Effect{store.Question{Text: "补贴", Intent: "policy", Outcome: store.OutcomeAskedBack}}
	case "policy":
		t.Effects = []bot.Effect{store.Feedback{Day: y.day(day).Format(time.DateOnly), Subject: skewed(r, yearSubjects), Useful: r.Float64() < .8}}
	case "platform":
		t.Effects = []bot.Effect{store.Unmet{Town: skewed(r, yearTowns), Platform: skewed(r, yearPlatforms), Elsewhere: r.IntN(2) == 0}}
	}
	return func(ctx context.Context, db *store.DB) error { return db.CommitTurn(ctx, t) }
}

// together does what happens on a day, side by side: no lead has two deeds on one day.
func together(ctx context.Context, db *store.DB, deeds []deed) error {
	const callers = 256
	var wg sync.WaitGroup
	errs := make([]error, callers)
	next := make(chan deed)
	for i := range callers {
		wg.Go(func() {
			for d := range next {
				if errs[i] == nil {
					errs[i] = d(ctx, db)
				}
			}
		})
	}
	for _, d := range deeds {
		next <- d
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}

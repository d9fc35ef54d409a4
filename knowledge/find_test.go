package knowledge

import (
	"context"
	"testing"
)

func TestFind(t *testing.T) {
	cats := Document{ID: "猫粮管理办法", Title: "猫粮管理办法", Articles: []Article{
		{Number: 1, Heading: "第一条", Text: "为规范猫粮的生产和销售，制定本办法。"},
		{Number: 2, Heading: "第二条", Text: "猫粮生产企业应当在包装上标明生产日期和保质期。"},
	}}
	if got := open(t).Find(context.Background(), "猫粮包装上要标明什么日期"); got.List != nil {
		t.Errorf("found %v where nothing was imported", got)
	}
	b := open(t, cats)
	for q, want := range map[string]string{
		"猫粮生产企业要在包装上标明保质期吗":           "第二条",
		"考核优秀的平台奖励多少钱":                "", // the embedded policy's own
		"狗粮出口退税率是多少":                  "",
		"猫粮包装办法对保质期的要求":               "第二条", // a title shortened
		"Must the 猫粮包装 show its 保质期?": "第二条", // in two languages
		"Is there a 狗粮 subsidy?":      "",
		"猫粮":                          "", // too little to go by
		"":                            "",
	} {
		got := b.Find(context.Background(), q)
		if want == "" && got.First >= 0.35 || want != "" && (got.First < 0.35 || got.List[0].Heading != want || got.List[0].Document != cats.ID) {
			t.Errorf("%s: %v, want %q", q, got, want)
		}
	}
}

package knowledge

import (
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	doc := func(id, title string) Document {
		return Document{ID: id, Title: title, Articles: []Article{{Number: 1, Heading: "第一条", Text: "为了测试，制定本文件。"}, {Number: 2, Heading: "第二条", Text: "施行日期另定。"}}}
	}
	b := open(t,
		doc("中华人民共和国合同法", "中华人民共和国合同法"), doc("公司法", "中华人民共和国公司法"), doc("刑法", "中华人民共和国刑法"),
		doc("猫粮管理办法", "猫粮管理办法（试行）"), doc("灯饰办法", "某某市人民政府关于加快灯饰产业发展的办法"),
		doc("解释", "最高人民法院关于适用《中华人民共和国公司法》若干问题的规定（四）"),
	)
	for text, want := range map[string]string{
		"合同法第三条讲什么":        "中华人民共和国合同法 合同法",
		"按合同法要怎么写":         "中华人民共和国合同法 合同法",
		"中华人民共和国合同法管不管这个":  "中华人民共和国合同法 中华人民共和国合同法",
		"《合同法》和《公司法》哪个管":   "中华人民共和国合同法 《合同法》;公司法 《公司法》",
		"劳动合同法试用期多久":       "", // another law
		"合同法实施条例怎么说":       "",
		"公司法人是谁":           "",
		"有限公司法定代表人":        "",
		"依照刑法怎么判":          "刑法 刑法",
		"刑法律师":             "",
		"猫粮管理办法里写了什么":      "猫粮管理办法 猫粮管理办法",
		"猫粮管理办法（试行）第二条":    "猫粮管理办法 猫粮管理办法（试行）",
		"加快灯饰产业发展的办法有哪些奖励": "灯饰办法 加快灯饰产业发展的办法",
		"最高人民法院关于适用《中华人民共和国公司法》若干问题的规定（四）第一条": "解释 最高人民法院关于适用《中华人民共和国公司法》若干问题的规定（四）",
		"广东省人民政府关于加快专业镇中小微企业服务平台建设的意见讲什么":     "gd-2012-sme-platforms 广东省人民政府关于加快专业镇中小微企业服务平台建设的意见",
		"你好":  "",
		"":    "",
		"《":   "",
		"第二条": "",
	} {
		var got []string
		for _, m := range b.Named(text) {
			got = append(got, m.Document+" "+text[m.From:m.To])
		}
		if strings.Join(got, ";") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

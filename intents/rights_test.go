package intents

import "testing"

// TestSharingIsWorryOrWish tells the worry that others get one's details from the wish to be passed on.
func TestSharingIsWorryOrWish(t *testing.T) {
	for _, s := range list(`你们会不会把我的电话给别人|不要把我电话给中介|会不会卖我的信息|我的资料会不会给贷款公司|will you share my phone with other companies?|please don't give my number to anyone|你哋會唔會將我電話俾人`) {
		if !aboutSharing(s) {
			t.Errorf("%q is no worry", s)
		}
	}
	for _, s := range list(`Could you pass my details on to a testing platform so they can call me?|please forward my contact to a design company|麻烦把我的资料转给检测平台|能不能把我们公司的资料交给对口的平台|请把我的电话给设计公司，让他们联系我|帮我把联系方式发给银行`) {
		if aboutSharing(s) {
			t.Errorf("%q is no wish", s)
		}
	}
}

package export

import (
	"testing"

	"smebot/store"
)

func TestFiltersTellNobodysName(t *testing.T) {
	all := store.Work{View: store.ViewOpen, Me: "wu", Only: "wu", Town: "中山市\u202e古镇镇", Platform: "financing", Channel: "tg", Status: store.New, Assignee: "li", Days: 9, Text: "陈大文 13800138000", Limit: 5}
	if got := Filters(all, nil); got != "view=open town=中山市⟨U+202E⟩古镇镇 platform=financing channel=tg status=new assignee=li age=9 text=yes" {
		t.Errorf("for the log: %q", got)
	}
	if got := Filters(store.Work{}, nil); got != "view=all" {
		t.Errorf("of all leads: %q", got)
	}
	say := func(kind, value string) string { return "<" + value + ">" }
	if got := Filters(store.Work{Town: "古镇", Text: "陈"}, say); got != "<all> · <town> 古镇 · <text> <yes>" {
		t.Errorf("in words: %q", got)
	}
}

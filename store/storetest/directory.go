package storetest

import (
	"errors"
	"fmt"
	"time"

	"smebot/bot"
	"smebot/store"
)

func office(town, platform, name string) store.Organisation {
	return store.Organisation{Town: town, Platform: platform, Name: name, Contact: "0760-00000000", Address: "测试路1号", Hours: "工作日", Source: "测试名录", Date: "2026-10-31", Batch: "first"}
}

var directoryTests = []contract{
	{"an import is counted, and the same again changes nothing", func(e *env) {
		list := []store.Organisation{office("中山市古镇镇", "financing", "测试甲"), office("中山市", "financing", "测试乙")}
		before, err := e.DirectoryVersion(ctx)
		e.must(err)
		if s, err := e.SaveOrganisations(ctx, list); err != nil || s != (store.Saved{Added: 2}) {
			e.Errorf("first import: %+v %v", s, err)
		}
		first, err := e.DirectoryVersion(ctx)
		e.must(err)
		e.clock.pass(time.Hour)
		list[0].Batch, list[1].Batch = "second", "second"
		if s, err := e.SaveOrganisations(ctx, list); err != nil || s != (store.Saved{Same: 2}) {
			e.Errorf("the same again: %+v %v", s, err)
		}
		again, err := e.DirectoryVersion(ctx)
		e.must(err)
		if first != before+1 || again != first {
			e.Errorf("versions %d, %d, %d", before, first, again)
		}
		list[1].Hours = "全天"
		if s, err := e.SaveOrganisations(ctx, list); err != nil || s != (store.Saved{Changed: 1, Same: 1}) {
			e.Errorf("one changed: %+v %v", s, err)
		}
		all, err := e.Organisations(ctx, "", "")
		e.must(err)
		if len(all) != 2 || all[0].Town != "中山市" || all[0].Hours != "全天" || all[0].Batch != "second" || all[1].Batch != "first" || !all[1].Imported.Equal(start) {
			e.Errorf("%+v", all)
		}
		one, err := e.Organisation(ctx, all[0].ID)
		if err != nil || one != all[0] {
			e.Errorf("%+v %v", one, err)
		}
	}},
	{"organisations are listed by town and platform", func(e *env) {
		_, err := e.SaveOrganisations(ctx, []store.Organisation{office("中山市古镇镇", "financing", "甲"), office("中山市古镇镇", "incubation", "甲"), office("中山市小榄镇", "financing", "甲")})
		e.must(err)
		for _, c := range []struct {
			town, platform string
			want           int
		}{{"", "", 3}, {"中山市古镇镇", "", 2}, {"", "financing", 2}, {"中山市小榄镇", "incubation", 0}} {
			if got, err := e.Organisations(ctx, c.town, c.platform); err != nil || len(got) != c.want {
				e.Errorf("%s %s: %d %v", c.town, c.platform, len(got), err)
			}
		}
	}},
	{"an incomplete organisation keeps all others out", func(e *env) {
		for _, spoil := range []func(*store.Organisation){
			func(o *store.Organisation) { o.Town = "" }, func(o *store.Organisation) { o.Platform = "" },
			func(o *store.Organisation) { o.Name = " " }, func(o *store.Organisation) { o.Source = "" },
		} {
			bad := office("中山市小榄镇", "financing", "乙")
			spoil(&bad)
			if _, err := e.SaveOrganisations(ctx, []store.Organisation{office("中山市古镇镇", "financing", "甲"), bad}); !errors.Is(err, store.ErrIncomplete) {
				e.Errorf("%+v: %v", bad, err)
			}
		}
		if all, _ := e.Organisations(ctx, "", ""); len(all) != 0 {
			e.Errorf("%d were stored", len(all))
		}
	}},
	{"removing is all or nothing", func(e *env) {
		_, err := e.SaveOrganisations(ctx, []store.Organisation{office("中山市古镇镇", "financing", "甲"), office("中山市小榄镇", "financing", "甲")})
		e.must(err)
		all, err := e.Organisations(ctx, "", "")
		e.must(err)
		if err := e.RemoveOrganisations(ctx, []string{all[0].ID, "ffff"}); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("one unknown: %v", err)
		}
		if left, _ := e.Organisations(ctx, "", ""); len(left) != 2 {
			e.Errorf("%d left after a refused removal", len(left))
		}
		before, _ := e.DirectoryVersion(ctx)
		e.must(e.RemoveOrganisations(ctx, []string{all[0].ID}))
		if left, _ := e.Organisations(ctx, "", ""); len(left) != 1 || left[0].ID != all[1].ID {
			e.Errorf("left: %+v", left)
		}
		if after, _ := e.DirectoryVersion(ctx); after != before+1 {
			e.Errorf("version %d after %d", after, before)
		}
		if _, err := e.Organisation(ctx, all[0].ID); !errors.Is(err, store.ErrNotFound) {
			e.Error(err)
		}
	}},
	{"unmet demand is counted by month, town and platform, once for each turn", func(e *env) {
		ask := func(key string, u store.Unmet) bot.Turn {
			t := turn(key, chen)
			t.Effects = []bot.Effect{u}
			return t
		}
		u := store.Unmet{Town: "中山市古镇镇", Platform: "financing"}
		e.commit(ask("a", u))
		if err := e.tryCommit(ask("a", u)); !errors.Is(err, bot.ErrDuplicate) {
			e.Errorf("the same delivery: %v", err)
		}
		u.Elsewhere = true
		e.commit(ask("b", u))
		e.commit(ask("c", store.Unmet{Platform: "incubation"}))
		e.clock.pass(time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC).Sub(start)) // December begins in the province
		e.commit(ask("d", u))
		got, err := e.UnmetDemand(ctx, "")
		e.must(err)
		want := "[{2026-12 中山市古镇镇 financing 1 1} {2026-11 中山市古镇镇 financing 2 1} {2026-11  incubation 1 0}]"
		if fmt.Sprint(got) != want {
			e.Errorf("%v, want %s", got, want)
		}
		if got, _ := e.UnmetDemand(ctx, "2026-12"); len(got) != 1 {
			e.Errorf("%v since December", got)
		}
		if err := e.tryCommit(ask("e", store.Unmet{Town: "中山市古镇镇"})); !errors.Is(err, store.ErrIncomplete) {
			e.Errorf("without a platform: %v", err)
		}
	}},
}

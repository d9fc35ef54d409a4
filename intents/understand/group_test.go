package understand

import (
	"slices"
	"testing"
)

func vectors(u *Understander, texts []string) []Vector {
	list := make([]Vector, len(texts))
	for i, s := range texts {
		list[i] = u.Vector(s)
	}
	return list
}

func TestGroupsOfLikeness(t *testing.T) {
	u := understander(t)
	texts := []string{
		"古镇有没有灯饰企业的展会补贴", "周末服务中心开门吗", "古镇有没有给灯饰企业的展会补贴呀", "what is the weather today", "服务中心周末开门吗？",
		"古鎮有沒有燈飾企業的展會補貼", "请问周末服务中心开不开门", "灯饰企业展会补贴古镇有没有", "today what is the weather", "怎么给外国人办工作许可",
	}
	got := Group(vectors(u, texts))
	want := [][]int{{0, 2, 5, 7}, {1, 4, 6}, {3, 8}, {9}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("groups %v, want %v", got, want)
	}
	if again := Group(vectors(u, texts)); !slices.EqualFunc(again, got, slices.Equal) {
		t.Errorf("the same list gave %v", again)
	}
	for n := range texts { // more questions never take an earlier group apart
		for i, g := range Group(vectors(u, texts[:n])) {
			if !slices.Equal(g, got[i][:len(g)]) {
				t.Errorf("the first %d texts gave %v as group %d", n, g, i)
			}
		}
	}
	if none := Group(nil); none != nil {
		t.Errorf("of nothing came %v", none)
	}
}

// Of the examples that are grouped with another, nearly all mean the same as the one the group began with.
func TestGroupsMeanOneThing(t *testing.T) {
	u := understander(t)
	examples, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	var list []Vector
	for _, e := range examples {
		list = append(list, u.Vector(e.Text))
	}
	joined, same := 0, 0
	for _, g := range Group(list) {
		for _, i := range g[1:] {
			joined++
			if a, b := examples[i].Label, examples[g[0]].Label; a == b || a.Article() > 0 && a.Article() == b.Article() {
				same++
			}
		}
	}
	t.Logf("%d of %d examples joined a group, %d of the same label or article as its first", joined, len(examples), same)
	if joined < 100 || same*100 < joined*75 {
		t.Errorf("of %d that joined a group, %d mean what its first text means", joined, same)
	}
}

func BenchmarkGroup(b *testing.B) {
	u := understander(b)
	examples, err := Examples()
	if err != nil {
		b.Fatal(err)
	}
	var list []Vector
	for _, e := range examples[:5000] {
		list = append(list, u.Vector(e.Text))
	}
	b.ResetTimer()
	for b.Loop() {
		Group(list)
	}
}

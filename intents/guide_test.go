package intents

import (
	"slices"
	"strings"
	"testing"

	"smebot/knowledge"
)

// TestGuidePaths walks every path of the guide in each language, by number, and checks that it ends at a type
// after at most three questions and that every node and type is reached.
func TestGuidePaths(t *testing.T) {
	ends, nodes := map[string]int{}, map[string]bool{}
	for _, l := range []struct{ open, lang string }{{"找平台", "zh"}, {"幫我找平台", "zh-Hant"}, {"find platform", "en"}} {
		var walk func(path []int)
		walk = func(path []int) {
			w := newWorld(t, Options{})
			w.text(l.open)
			for _, n := range path {
				w.text([]string{"", "1", "２", "③", "四", "第五个", "6.", "选7", "8"}[n])
			}
			if got := w.state().Lang; got != knowledge.Language(l.lang) {
				t.Fatalf("%s %v: answered in %s", l.open, path, got)
			}
			if g := w.state().Guide; g != nil {
				nodes[g.Node] = true
				if len(path) >= 3 {
					t.Fatalf("path %v asks a fourth question", path)
				}
				if w.reply.Intent != "clarify" {
					t.Errorf("path %v: intent %s", path, w.reply.Intent)
				}
				for i := range w.reply.Choices {
					walk(append(slices.Clone(path), i+1))
				}
				return
			}
			if w.reply.Intent != "platform" || len(w.reply.Platforms) != 1 || !slices.Contains(slugs, w.reply.Platforms[0]) {
				t.Errorf("path %v ends with %s %v", path, w.reply.Intent, w.reply.Platforms)
				return
			}
			ends[w.reply.Platforms[0]]++
		}
		walk(nil)
	}
	for _, s := range slugs {
		if ends[s] == 0 {
			t.Errorf("no path ends at %s", s)
		}
	}
	for _, n := range guide {
		if !nodes[n.id] {
			t.Errorf("no path passes %s", n.id)
		}
		for _, o := range n.options {
			if _, ok := guideNode(o.target); !ok && !slices.Contains(slugs, o.target) {
				t.Errorf("%s.%s leads to %s, which is neither node nor type", n.id, o.id, o.target)
			}
		}
	}
}

// TestGuideWordsAndButtons walks the guide's first options by label and by button: the ends are the same.
func TestGuideWordsAndButtons(t *testing.T) {
	for i, o := range guide[0].options {
		byNumber, byLabel, byButton := newWorld(t, Options{}), newWorld(t, Options{}), newWorld(t, Options{})
		for _, w := range []*world{byNumber, byLabel, byButton} {
			w.text("找平台")
		}
		a := byNumber.text(string(rune('1' + i)))
		b := byLabel.text(say("zh", key("guide.root."+o.id)))
		c := byButton.press(byButton.reply, i+1)
		if a.Text != b.Text || a.Text != c.Text {
			t.Errorf("%s: %s / %s / %s", o.id, a.Text, b.Text, c.Text)
		}
	}
}

func TestGuideEntry(t *testing.T) {
	for said, want := range map[string]string{"货卖不动，怎么办": "sell", "最近没订单": "sell", "成本太高": "cost", "利润太薄": "cost", "招不到人": "people", "想升级": "root", "最近客人老有意见，我们该咋整": "make"} {
		if got := entry(fold(said)); got != want {
			t.Errorf("%s starts at %s, want %s", said, got, want)
		}
	}
	if strings.Contains(say("zh", guideIntro), "{") {
		t.Error("the introduction has a placeholder")
	}
}

package understand

import (
	"bytes"
	"slices"
	"testing"

	"smebot/knowledge"
)

// Every fact that a file of points names is on the article's card, and every fact of a card has questions.
func TestPointsNameFactsOfCards(t *testing.T) {
	_, cards, err := knowledge.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	all, err := PointExamples()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cards.Articles {
		asked := map[string]bool{}
		for _, e := range all[c.Article] {
			asked[string(e.Label)] = true
		}
		for _, f := range c.Facts {
			if !asked[f.About.ZH] {
				t.Errorf("points/%02d.txt has no question on %q", c.Article, f.About.ZH)
			}
			delete(asked, f.About.ZH)
		}
		delete(asked, "")
		for about := range asked {
			t.Errorf("points/%02d.txt: the card of the article has no fact %q", c.Article, about)
		}
		delete(all, c.Article)
	}
	for n := range all {
		t.Errorf("points/%02d.txt: there is no such article", n)
	}
}

func TestPointsOfAQuestion(t *testing.T) {
	u := understander(t)
	for q, want := range map[string]string{
		"前20家平台奖励多少钱":       "考核优秀平台的奖励金额",
		"平台的考核是哪两个部门牵头的":    "谁牵头考核",
		"平台一年最少要服务多少家中小微企业": "每年至少服务多少家企业",
	} {
		r := u.Understand(q)
		if r.Intent != Policy || len(r.Points) == 0 || r.Points[0].About != want {
			t.Errorf("%s: %s %v, want %s", q, r.Intent, r.Points[:min(2, len(r.Points))], want)
		}
	}
	two := u.Understand("考核优秀的平台奖励多少钱？另外考核由哪两个部门牵头？")
	var likely []string
	for _, p := range two.Points {
		if p.P > 0.3 {
			likely = append(likely, p.About)
		}
	}
	if !slices.Contains(likely, "考核优秀平台的奖励金额") || !slices.Contains(likely, "谁牵头考核") {
		t.Errorf("of two requests: %v", two.Points)
	}
}

func TestPointsFileIsChecked(t *testing.T) {
	var b bytes.Buffer
	if err := WritePoints(&b, understander(t).points); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), pointsFile) {
		t.Error("what was read is not what is written")
	}
	for _, n := range []int{1, 7, 8, 100, len(pointsFile) - 1} {
		if _, err := readPoints(pointsFile[:n]); err == nil {
			t.Errorf("%d bytes of it were taken for the whole", n)
		}
	}
}

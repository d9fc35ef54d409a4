package intents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzReading reads anything as anybody's answer. Nothing may panic, no value may be longer than its field, and a
// number that was found is one.
func FuzzReading(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for l := range strings.Lines(string(b)) {
			if said, ok := strings.CutPrefix(l, "> "); ok {
				f.Add(strings.TrimSpace(said))
			}
		}
	}
	for _, s := range []string{"İİİİ吧", "叫我İİ得啦", "公司名错了，是İİİİ有限公司", "\xff我姓\xfe陈", "Co., Ltd. Co., Ltd.", "0760-22345678转转转808808808", "同意同意同意同意", "嗰嗰嗰单搞成点"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		d := detailsIn(said)
		for what, c := range map[string]struct {
			v    string
			most int
		}{"firm": {d.firm, 2 * maxFirm}, "need": {d.need, maxNeed}, "contact": {d.contact, 3 * maxContact}, "extension": {d.ext, 6}} {
			if utf8.RuneCountInString(c.v) > c.most {
				t.Errorf("the %s of %q is %q", what, said, c.v)
			}
		}
		if d.phone != "" && (d.phone[0] != '+' || len(d.phone) < 7 || len(d.phone) > 17) {
			t.Errorf("the number of %q is %q", said, d.phone)
		}
		for _, read := range []func(string) (string, bool){firmOf, townOf, contactOf} {
			read(said)
		}
		folded := undouble(fold(said))
		for _, is := range []func(string) bool{saysAgree, affirms, vouches, notSure, thanked, neverAgrees, mendsInWords, saysMinor, thirdPerson} {
			is(folded)
		}
		leaving(folded)
		w := newWorld(t, Options{})
		w.text("我要登记")
		w.text(said)
		w.text(said)
	})
}

package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smebot/store"
)

// TestPD12_ErasedPeopleLeaveNoByte lets people register, or stop half-way with a number told, and erase themselves. Then
// nothing of them is in any file: database, write-ahead log, index, journal, log lines and temporary files are searched
// for their numbers and names in clear and for every sealed value that was theirs. SMEBOT_ERASED sets how many people.
func TestPD12_ErasedPeopleLeaveNoByte(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 10
	}
	if more, err := strconv.Atoi(os.Getenv("SMEBOT_ERASED")); err == nil {
		n = more
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	c := testConfig(t)
	s := startSite(t, c)
	var pages []*browser
	var traces [][]byte
	for i := range n {
		who, b := newPerson(), openPage(t, s.url)
		pages = append(pages, b)
		phone := who.says["phone"]
		traces = append(traces, []byte(phone), []byte(phone[:3]+" "+phone[3:7]+" "+phone[7:]), []byte(phone[3:]), fmt.Appendf(nil, "%x", phone), []byte(who.says["firm"]))
		if i%5 == 4 { // half-way, the number told before the consent
			b.say(t, utterance{words: "帮我登记，" + who.says["firm"] + "，" + who.says["contact"] + "，电话" + phone})
			continue
		}
		refer(t, who, func(u utterance) heard { return b.say(t, u) })
		b.say(t, utterance{words: "我的信息"})
		b.say(t, utterance{words: "前20家奖励多少钱，我电话" + phone})
		b.say(t, utterance{words: "服务中心有没有停车位，我电话" + phone})
		if h := b.say(t, utterance{words: "有答案告诉我"}); !strings.Contains(h.text, "只发一次") {
			t.Fatalf("person %d does not wait for an answer: %s", i, h.text)
		}
	}
	sealed := sealedValues(t, c.Data)
	if len(sealed) < 6*n {
		t.Fatalf("only %d sealed values of %d people", len(sealed), n)
	}
	search := func(when string, want bool, words [][]byte) {
		t.Helper()
		all := [][]byte{[]byte(s.log.String())}
		for _, dir := range []string{c.Data, temp} {
			err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
				if err != nil || !e.Type().IsRegular() {
					return err
				}
				b, err := os.ReadFile(path)
				all = append(all, b)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		missed, size := 0, 0
		for i, found := range present(all, words) {
			if found && !want {
				t.Errorf("%s: trace %d is there", when, i)
			} else if !found && want {
				missed++
			}
		}
		for _, b := range all {
			size += len(b)
		}
		if missed > 0 {
			t.Fatalf("%s: the search does not find %d of %d values that must be there", when, missed, len(words))
		}
		t.Logf("%s: %d files of %d bytes searched for %d traces", when, len(all), size, len(words))
	}
	search("before erasing, in clear", false, traces)
	search("before erasing, sealed", true, sealed)
	for i, b := range pages {
		b.say(t, utterance{words: "删除我的资料"})
		if h := b.say(t, utterance{words: "确认删除"}); !strings.Contains(h.text, "已删除") {
			t.Fatalf("person %d is not erased: %s", i, h.text)
		}
	}
	search("while serving", false, append(traces, sealed...))
	s.end(t)
	search("after the end", false, append(traces, sealed...))
	if leads := exported(t, c.Data); len(leads) > 0 && leads[0]["phone"] != "" {
		t.Errorf("an erased lead is exported with its number: %v", leads[0])
	}
	if rest := sealedIn(t, c.Data, "askers address"); len(rest) > 0 {
		t.Errorf("%d erased people still wait for an answer", len(rest))
	}
	verify(t, c.Data)
}

// present reports which words stand in any of some texts. It looks once over each text: there are thousands of words.
func present(texts, words [][]byte) []bool {
	type head [8]byte
	byHead := map[head][]int{}
	for i, w := range words {
		byHead[head(w)] = append(byHead[head(w)], i)
	}
	found := make([]bool, len(words))
	for _, t := range texts {
		for at := 0; at+len(head{}) <= len(t); at++ {
			for _, i := range byHead[head(t[at:])] {
				found[i] = found[i] || bytes.HasPrefix(t[at:], words[i])
			}
		}
	}
	return found
}

// sealedValues returns a piece of every sealed value that belongs to somebody.
func sealedValues(t *testing.T, data string) [][]byte {
	t.Helper()
	return sealedIn(t, data, "leads details", "conversations state", "inbox reply", "outbox payload", "messages words", "askers address")
}

// sealedIn returns a piece of every sealed value in some columns.
func sealedIn(t *testing.T, data string, columns ...string) [][]byte {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, store.FileName)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all [][]byte
	for _, column := range columns {
		table, name, _ := strings.Cut(column, " ")
		rows, err := db.Query(fmt.Sprintf("SELECT substr(%s, 1, 48) FROM %s WHERE length(%s) >= 48", name, table, name))
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

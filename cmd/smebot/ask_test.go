package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smebot/store"
)

// askAll runs `ask --jsonl` over lines and returns one answer for each.
func askAll(t testing.TB, data string, lines ...map[string]string) []askAnswer {
	t.Helper()
	var in strings.Builder
	enc := json.NewEncoder(&in)
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	return readAnswers(t, must(t, in.String(), "ask", "--jsonl", "--data", data), len(lines))
}

func readAnswers(t testing.TB, out string, want int) (answers []askAnswer) {
	t.Helper()
	for line := range strings.Lines(out) {
		var a askAnswer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%q is not JSON: %v", brief(line), err)
		}
		var raw map[string]json.RawMessage
		_ = json.Unmarshal([]byte(line), &raw) // it was an object a moment ago
		for _, k := range []string{"id", "intent", "text", "articles", "platforms", "choices", "lead"} {
			if v, has := raw[k]; !has || string(v) == "null" {
				t.Errorf("an answer has %s %s", k, v)
			}
		}
		answers = append(answers, a)
	}
	if len(answers) != want {
		t.Fatalf("%d answers to %d lines", len(answers), want)
	}
	return answers
}

func TestAskOneQuestion(t *testing.T) {
	data := t.TempDir()
	out := must(t, "", "ask", "前20家奖励多少钱", "--data", data)
	if !strings.Contains(out, "100万") || !strings.Contains(out, "第二十四条") {
		t.Errorf("answered %q", brief(out))
	}
	if words := must(t, "", "ask", "--data", data, "前20家", "奖励", "多少钱"); !strings.Contains(words, "100万") {
		t.Errorf("a question in several words is answered %q", brief(words))
	}
}

// A message that asks two things is answered both, each with its article, and the other's whole text is a choice.
func TestAskTwoQuestions(t *testing.T) {
	out := must(t, "", "ask", "--data", t.TempDir(), "考核排前20的一家奖多少？还有2015年底每个镇要建几个平台？")
	first, second, ok := strings.Cut(out, "您还问到的")
	if !ok || !strings.Contains(first, "100万") || !strings.Contains(second, "5个以上") || !strings.Contains(second, "第三条（") {
		t.Errorf("two questions are answered with %s", out)
	}
}

func TestAskLines(t *testing.T) {
	data := t.TempDir()
	ids := []string{"b", "a", "a", "", "号"}
	var lines []map[string]string
	for _, id := range ids {
		lines = append(lines, map[string]string{"id": id, "text": "前20家奖励多少钱"})
	}
	for i, a := range askAll(t, data, lines...) {
		if a.ID != ids[i] {
			t.Errorf("answer %d has id %q, want %q", i, a.ID, ids[i])
		}
		if a.Intent != "policy" || len(a.Articles) == 0 || a.Articles[0].Article != 24 || a.Articles[0].Document != "gd-2012-sme-platforms" || a.Articles[0].Heading != "第二十四条" {
			t.Errorf("answer %d: %s %v", i, a.Intent, a.Articles)
		}
	}
}

// TestAskConversations mixes the lines of two users: each has a conversation of their own, and a line without
// a user is a conversation of one turn. A second run starts anew.
func TestAskConversations(t *testing.T) {
	data := t.TempDir()
	a, b := newPerson(), newPerson()
	firm := map[string]string{"id": "3", "text": b.says["firm"]} // without a user
	got := askAll(t, data,
		map[string]string{"id": "1", "user": "a", "text": a.opener},
		map[string]string{"id": "2", "user": "b", "text": "前20家奖励多少钱"},
		firm,
		map[string]string{"id": "4", "user": "a", "text": a.says["firm"]},
		map[string]string{"id": "5", "user": "b", "text": "你好"},
	)
	for i, want := range []bool{true, false, false, true, false} {
		if (got[i].Intent == "referral") != want {
			t.Errorf("line %s has intent %s", got[i].ID, got[i].Intent)
		}
	}
	if again := askAll(t, data, map[string]string{"id": "1", "user": "a", "text": a.says["town"]}); again[0].Intent == "referral" {
		t.Error("a second run went on with the first one's form")
	}
}

// TestAskReferral pipes a referral line by line, each line written only after the answer before it was read.
func TestAskReferral(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			if mode != "alone" {
				startSite(t, c)
			}
			inR, inW := io.Pipe()
			outR, outW := io.Pipe()
			code := make(chan int, 1)
			var errs lockedBuffer
			go func() {
				code <- run(t.Context(), []string{"ask", "--jsonl", "--data", c.Data}, nil, inR, outW, &errs)
				outW.Close()
			}()
			answers, n, lead := json.NewDecoder(outR), 0, ""
			who := newPerson()
			number, _ := refer(t, who, func(u utterance) heard {
				n++
				line, _ := json.Marshal(map[string]string{"id": fmt.Sprint(n), "user": "1", "text": u.words})
				if _, err := inW.Write(append(line, '\n')); err != nil {
					t.Fatal(err)
				}
				var a askAnswer
				if err := answers.Decode(&a); err != nil {
					t.Fatalf("no answer to line %d: %v %s", n, err, errs.String())
				}
				if a.Intent != "referral" {
					t.Errorf("a turn of the form has intent %s", a.Intent)
				}
				lead = a.Lead
				h := heard{text: a.Text}
				for _, c := range a.Choices {
					h.buttons = append(h.buttons, button{label: c.Label})
				}
				return h
			})
			inW.Close()
			if c := <-code; c != 0 {
				t.Errorf("exit %d: %s", c, errs.String())
			}
			if lead != number {
				t.Errorf("the last answer's lead is %q, its words name %q", lead, number)
			}
			holdsWhole(t, c.Data, number, who)
		})
	}
}

// TestAskClock asks as of two years: the reward's time had not ended in 2013 and has in 2026.
func TestAskClock(t *testing.T) {
	data := t.TempDir()
	q := func(at string) map[string]string {
		return map[string]string{"id": at, "text": "前20家奖励多少钱", "at": at}
	}
	got := askAll(t, data, q("2013-05-01T09:00:00+08:00"), q("2026-11-22T09:00:00+08:00"))
	for i, expired := range []bool{false, true} {
		if !strings.Contains(got[i].Text, "100万") {
			t.Errorf("as of %s: %q", got[i].ID, brief(got[i].Text))
		}
		if strings.Contains(got[i].Text, "2015") != expired || strings.Contains(got[i].Text, "已过") != expired {
			t.Errorf("as of %s the answer says %q; that the time is over must be said: %v", got[i].ID, got[i].Text, expired)
		}
	}
	if got[0].Text == got[1].Text {
		t.Error("the clock changes nothing")
	}
	if r := command(t, `{"id":"1","text":"x","at":"yesterday"}`, "ask", "--jsonl", "--data", data); r.code != 1 || !strings.Contains(r.errs, "line 1") {
		t.Errorf("a clock that cannot be read: exit %d, %s", r.code, r.errs)
	}
}

func questions(t testing.TB) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "questions.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// TestAskFitsEveryChannel holds every answer to what WeChat's passive reply can carry, whichever the channel.
func TestAskFitsEveryChannel(t *testing.T) {
	data := t.TempDir()
	var lines []map[string]string
	for _, q := range append(questions(t), strings.Repeat("小微企业政策", 100), strings.Repeat("👨‍👩‍👧", 200), strings.Repeat("问", 3000)) {
		for _, channel := range []string{"wechat", "telegram", "web"} {
			lines = append(lines, map[string]string{"id": channel, "channel": channel, "text": q})
		}
	}
	numbers := 0
	for i, a := range askAll(t, data, lines...) {
		if n := len(a.Text); n > 2047 || strings.TrimSpace(a.Text) == "" || strings.ToValidUTF8(a.Text, "") != a.Text {
			t.Errorf("%s, %q: %d bytes", a.ID, clip(lines[i]["text"], 30), n)
		}
		if a.ID == "wechat" {
			for j, c := range a.Choices {
				if !strings.Contains(a.Text, fmt.Sprint(j+1)) || !strings.Contains(a.Text, strings.TrimSpace(c.Label)[:3]) {
					t.Errorf("WeChat's rendering of %q lacks choice %d %q", clip(lines[i]["text"], 30), j+1, c.Label)
				}
				numbers++
			}
		}
	}
	if numbers == 0 {
		t.Error("no answer offered a choice")
	}
}

func TestAskBadLines(t *testing.T) {
	data := t.TempDir()
	good := `{"id":"1","text":"前20家奖励多少钱"}` + "\n"
	for name, c := range map[string]struct{ in, says string }{
		"not JSON":        {good + "{", "line 2"},
		"an array":        {good + "[]", "line 2"},
		"unknown channel": {good + `{"id":"2","text":"x","channel":"fax"}`, "channel must be"},
		"number as text":  {good + `{"id":"2","text":5}`, "line 2"},
	} {
		r := command(t, c.in, "ask", "--jsonl", "--data", data)
		if r.code != 1 || !strings.Contains(r.errs, c.says) {
			t.Errorf("%s: exit %d, %s", name, r.code, r.errs)
		}
		readAnswers(t, r.out, 1) // what came before is answered
	}
	if r := command(t, "\n  \n"+good+"\n", "ask", "--jsonl", "--data", data); r.code != 0 {
		t.Errorf("blank lines: exit %d, %s", r.code, r.errs)
	} else {
		readAnswers(t, r.out, 1)
	}
	if out := must(t, strings.TrimSpace(good), "ask", "--jsonl", "--data", data); !strings.Contains(out, "100万") {
		t.Error("a last line without an end is not answered")
	}
}

// TestSearchLeavesTheStoreAlone runs searches with no folder, with one and beside a server: nothing of the
// store may come to be or change.
func TestSearchLeavesTheStoreAlone(t *testing.T) {
	lines := `{"id":"a","text":"前20家奖励多少钱"}` + "\n" + `{"id":"b","text":"technology"}` + "\n" + `{"id":"c","text":"+:*~^\"("}` + "\n"
	check := func(t *testing.T, data string) {
		t.Helper()
		out := must(t, lines, "search", "--jsonl", "--top", "3", "--data", data)
		var ids []string
		for line := range strings.Lines(out) {
			var a struct {
				ID   string
				Hits []searchHit
			}
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, a.ID)
			if len(a.Hits) > 3 {
				t.Errorf("line %s: %d hits, at most 3 were asked for", a.ID, len(a.Hits))
			}
			if !slices.IsSortedFunc(a.Hits, func(x, y searchHit) int { return int(1e6 * (y.Score - x.Score)) }) {
				t.Errorf("line %s: the best is not first: %v", a.ID, a.Hits)
			}
			if a.ID == "a" && (len(a.Hits) == 0 || a.Hits[0].Heading != "第二十四条" || !strings.Contains(a.Hits[0].Document, "专业镇")) {
				t.Errorf("found %v", a.Hits)
			}
		}
		if !slices.Equal(ids, []string{"a", "b", "c"}) {
			t.Errorf("ids %v", ids)
		}
	}
	storeOf := func(data string) map[string]string {
		all := files(t, data)
		maps.DeleteFunc(all, func(name, _ string) bool { return !strings.HasPrefix(name, "smebot") && name != "secret.key" })
		return all
	}
	t.Run("no folder", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "none")
		check(t, data)
		if _, err := os.Stat(filepath.Join(data, "smebot.db")); !os.IsNotExist(err) {
			t.Errorf("a search made a database: %v", err)
		}
		if _, err := os.Stat(filepath.Join(data, "secret.key")); !os.IsNotExist(err) {
			t.Errorf("a search made a key: %v", err)
		}
	})
	t.Run("closed store", func(t *testing.T) {
		c := testConfig(t)
		startSite(t, c).end(t)
		before := storeOf(c.Data)
		check(t, c.Data)
		if !maps.Equal(before, storeOf(c.Data)) {
			t.Error("a search changed the store")
		}
	})
	t.Run("damaged store", func(t *testing.T) {
		c := testConfig(t)
		startSite(t, c).end(t)
		write(t, filepath.Join(c.Data, "smebot.db"), "this is no database")
		check(t, c.Data)
	})
	t.Run("beside a server", func(t *testing.T) {
		c := testConfig(t)
		s := startSite(t, c)
		version, err := s.engine.db.KnowledgeVersion(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before := storeOf(c.Data)
		check(t, c.Data)
		if !maps.Equal(before, storeOf(c.Data)) {
			t.Error("a search through the server changed the store")
		}
		if after, err := s.engine.db.KnowledgeVersion(t.Context()); err != nil || after != version {
			t.Errorf("knowledge version %d, before %d, %v", after, version, err)
		}
	})
	if out := must(t, "", "search", "奖励", "--data", t.TempDir()); !strings.Contains(out, "第二十四条") {
		t.Errorf("for people: %q", brief(out))
	}
}

func TestChatInTheTerminal(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			if mode != "alone" {
				startSite(t, c)
			}
			out := must(t, "\n前20家奖励多少钱\n取消\n", "chat", "--data", c.Data)
			if !strings.Contains(out, "您好") || !strings.Contains(out, "100万") || strings.Count(out, "> ") != 3 {
				t.Errorf("the conversation: %q", out)
			}
		})
	}
}

// Trying a question leaves nothing for staff: no question, no count, no conversation. Lines are conversations and do.
func TestAskLeavesNoTrace(t *testing.T) {
	for _, side := range []string{"alone", "beside a server"} {
		t.Run(side, func(t *testing.T) {
			c := testConfig(t)
			if side != "alone" {
				startSite(t, c)
			}
			traces := func() (questions, counts int) {
				t.Helper()
				db, err := store.OpenReadOnly(t.Context(), store.Options{Dir: c.Data})
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				list, err := db.Questions(t.Context(), 100)
				asked, err2 := db.AskedCounts(t.Context(), "2000-01-01", "9999-12-31")
				if err != nil || err2 != nil {
					t.Fatal(err, err2)
				}
				return len(list), len(asked)
			}
			const odd = "幼儿园学位怎么申请"
			first := must(t, "", "ask", odd, "--data", c.Data)
			if q, n := traces(); q != 0 || n != 0 || !strings.Contains(first, "没") {
				t.Errorf("%d questions and %d counts are kept of %q", q, n, first)
			}
			if again := must(t, "", "ask", "--data", c.Data, odd); again != first {
				t.Errorf("asked again: %q, before %q", again, first)
			}
			must(t, `{"id":"1","text":"`+odd+`"}`+"\n", "ask", "--jsonl", "--data", c.Data)
			if q, _ := traces(); q != 1 {
				t.Errorf("%d questions are kept of a conversation", q)
			}
		})
	}
}

func TestAskLineFaults(t *testing.T) {
	for line, says := range map[string]string{
		`{"id":1,"text":"x"}`:                    `line 1: "id" must be a string in quotes, and it is a number`,
		`{"id":"1","text":"x","at":"yesterday"}`: `line 1: "at" is no time: write it as "2026-11-25T08:00:00+08:00"`,
		`["x"]`:                                  `line 1: is not JSON as expected: write one object a line`,
		`{"id":"1"`:                              `line 1: is not JSON as expected (unexpected end of JSON input): write one object a line`,
	} {
		if r := command(t, line+"\n", "ask", "--jsonl", "--data", t.TempDir()); r.code != 1 || !strings.Contains(r.errs, says) || strings.Contains(r.errs, "Go ") {
			t.Errorf("%s: exit %d, %q", line, r.code, r.errs)
		}
	}
}

// An example of a lesson is taken back with its lesson: half of it would stay in force.
func TestExamplesOfLessonsStay(t *testing.T) {
	c := testConfig(t)
	db, err := store.Open(t.Context(), store.Options{Dir: c.Data})
	if err != nil {
		t.Fatal(err)
	}
	l := store.Lesson{ID: "L1", Label: "no_answer", Actor: "wu", Examples: []string{"外籍员工签证怎么办"}}
	if err := errors.Join(db.SaveLesson(t.Context(), l, nil), db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"remove", l.Examples[0]}, {"add", "greeting", l.Examples[0]}} {
		if r := command(t, "", append(append([]string{"examples"}, args...), "--data", c.Data)...); r.code != 1 || !strings.Contains(r.errs, "belongs to a lesson") || !strings.Contains(r.errs, "教过的") {
			t.Errorf("%v: exit %d, %q", args, r.code, r.errs)
		}
	}
	if r := command(t, "", "examples", "remove", "没教过的话", "--data", c.Data); r.code != 1 || !strings.Contains(r.errs, "was not taught") {
		t.Errorf("exit %d, %q", r.code, r.errs)
	}
	if out := must(t, "", "examples", "list", "--data", c.Data); !strings.Contains(out, "外籍员工签证怎么办\tof a lesson") {
		t.Errorf("the list: %q", out)
	}
	must(t, "", "examples", "add", "no_answer", "猫多少钱", "--data", c.Data)
	must(t, "", "examples", "remove", "猫多少钱", "--data", c.Data)
}

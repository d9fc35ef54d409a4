package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/store"
)

// twoLeads starts a server and refers two people.
func twoLeads(t *testing.T) (s *site, people []person, numbers []string) {
	t.Helper()
	s = startSite(t, testConfig(t))
	for range 2 {
		who, b := newPerson(), openPage(t, s.url)
		number, _ := refer(t, who, func(u utterance) heard { return b.say(t, u) })
		people, numbers = append(people, who), append(numbers, number)
	}
	return s, people, numbers
}

func TestLeadsCommands(t *testing.T) {
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			s, people, numbers := twoLeads(t)
			c := s.config
			if mode == "alone" {
				s.end(t)
				before := files(t, c.Data)
				defer func() {
					for name, content := range files(t, c.Data) {
						if content != before[name] {
							t.Errorf("looking at leads changed %s", name)
						}
					}
				}()
			}
			do := func(args ...string) string {
				t.Helper()
				return must(t, "", append(args, "--data", c.Data)...)
			}
			list := do("leads", "list")
			for i, who := range people {
				if !strings.Contains(list, numbers[i]) || !strings.Contains(list, who.says["firm"]) {
					t.Errorf("the list lacks lead %d: %s", i, list)
				}
				if phone := who.says["phone"]; strings.Contains(list, phone) || !strings.Contains(list, "****"+phone[7:]) {
					t.Errorf("the list shows the phone in clear, or not masked: %s", list)
				}
				show := do("leads", "show", strings.ToLower(numbers[i]))
				for _, want := range []string{numbers[i], who.says["firm"], who.says["contact"], "+86" + who.says["phone"], "financing", "created", "service-centre"} {
					if !strings.Contains(show, want) {
						t.Errorf("show lacks %s: %s", want, show)
					}
				}
			}
			if out := do("leads", "list", "--limit", "1"); strings.Count(out, "\n") != 2 || !strings.Contains(out, numbers[1]) {
				t.Errorf("the newest alone: %s", out)
			}
			for filter, want := range map[string]int{"--status=new": 2, "--status=done": 0, "--platform=financing": 2, "--platform=incubation": 0, "--town=中山市古镇镇": 2, "--town=佛山": 0} {
				if out := do("leads", "list", filter); strings.Count(out, "\n") != want+1 {
					t.Errorf("list %s: %s", filter, out)
				}
			}
			if r := command(t, "", "leads", "show", "20260101-AAAAAA", "--data", c.Data); r.code != 1 || !strings.Contains(r.errs, "no lead 20260101-AAAAAA") {
				t.Errorf("a number that is not there: exit %d, %s", r.code, r.errs)
			}
		})
	}
}

// emptyStore makes a store without anything in it.
func emptyStore(t *testing.T, data string) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: data})
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A mistyped --data is named, and makes no folder: it must not look like a service without leads, accounts, lessons.
func TestAFolderWithoutAStore(t *testing.T) {
	for _, args := range [][]string{
		{"leads", "list"}, {"leads", "show", "20261122-7K3QWM"}, {"leads", "export", "--purpose", "核对"}, {"retention", "show"}, {"retention", "run", "--yes"},
		{"staff", "list"}, {"staff", "add", "bob", "--role", "agent"}, {"staff", "passwd", "bob"}, {"staff", "disable", "bob"}, {"examples", "list"},
		{"examples", "add", "no_answer", "猫多少钱"}, {"examples", "remove", "猫多少钱"}, {"directory", "list"}, {"directory", "check"}, {"directory", "unmet"},
		{"directory", "remove", "--all"}, {"incident", "pack", "--since", "2026-11-22"}, {"verify"},
	} {
		data := filepath.Join(t.TempDir(), "none")
		r := command(t, "", append(args, "--data", data)...)
		if r.code != 1 || !strings.Contains(r.errs, "name the right folder with --data") || strings.Count(r.errs, "\n") != 1 || r.out != "" {
			t.Errorf("%v: exit %d, %q %q", args, r.code, r.out, r.errs)
		}
		if _, err := os.Stat(data); !os.IsNotExist(err) {
			t.Errorf("%v made the folder: %v", args, err)
		}
	}
	data := t.TempDir()
	emptyStore(t, data)
	if rows := readCSV(t, must(t, "", "leads", "export", "--purpose", "核对", "--data", data)); len(rows) != 3 {
		t.Errorf("an export of no leads: %v", rows)
	}
	if len(exported(t, data)) != 0 {
		t.Error("export as JSON is not empty")
	}
}

// A filter that is misspelt must not look like one that chooses nothing.
func TestLeadsRefuseUnknownFilters(t *testing.T) {
	c := testConfig(t)
	emptyStore(t, c.Data)
	for _, args := range [][]string{
		{"list", "--platform", "nope"}, {"list", "--town", "火星"}, {"list", "--limit", "0"}, {"list", "--limit", "-3"}, {"export", "--platform", "nope"}, {"export", "--town", "火星"},
		{"export", "--assignee", "nobody"}, {"export", "--channel", "nope"},
	} {
		r := command(t, "", append(append([]string{"leads"}, args...), "--data", c.Data)...)
		if r.code != 2 || !strings.Contains(r.errs, args[len(args)-1]) || r.out != "" {
			t.Errorf("%v: exit %d, %q %q", args, r.code, r.out, r.errs)
		}
	}
	for _, args := range [][]string{{"list", "--town", "古镇镇"}, {"list", "--platform", "financing"}, {"export", "--purpose", "x", "--assignee", "-"}, {"export", "--purpose", "x", "--channel", "web"}} {
		must(t, "", append(append([]string{"leads"}, args...), "--data", c.Data)...)
	}
}

// Times are Beijing's, as in numbers, exports and the console, whatever zone the machine is in.
func TestLeadsShowBeijingTime(t *testing.T) {
	c := testConfig(t)
	from := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	seedIncident(t, c, from, from.Add(time.Hour))
	if out := must(t, "", "leads", "list", "--data", c.Data); !strings.Contains(out, "20261122-000100  2026-11-22 04:00") {
		t.Errorf("list: %s", out)
	}
	if out := must(t, "", "leads", "show", "20261122-000100", "--data", c.Data); !strings.Contains(out, "2026-11-22T04:00:00+08:00") || !strings.Contains(out, "\n2026-11-22 04:00  ") || strings.Contains(out, "Z\n") {
		t.Errorf("show: %s", out)
	}
}

func TestLeadsListNamesTheStatuses(t *testing.T) {
	c := testConfig(t)
	emptyStore(t, c.Data)
	r := command(t, "", "leads", "list", "--status", "nonsense", "--data", c.Data)
	if r.code != 2 || !strings.Contains(r.errs, `"nonsense"`) || !strings.Contains(r.errs, "in_service") || strings.Count(r.errs, "\n") != 1 {
		t.Errorf("exit status %d: %q", r.code, r.errs)
	}
	if out := must(t, "", "leads", "list", "--status", "new", "--data", c.Data); !strings.HasPrefix(out, "NUMBER") {
		t.Errorf("a known status: %q", out)
	}
}

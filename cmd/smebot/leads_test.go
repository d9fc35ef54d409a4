package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

func TestLeadsWithoutAStore(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	if out := must(t, "", "leads", "list", "--data", data); strings.Count(out, "\n") != 1 {
		t.Errorf("list: %q", out)
	}
	if rows := readCSV(t, must(t, "", "leads", "export", "--purpose", "核对", "--data", data)); len(rows) != 3 {
		t.Errorf("export: %v", rows)
	}
	if len(exported(t, data)) != 0 {
		t.Error("export as JSON is not empty")
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("looking for leads made the folder: %v", err)
	}
}

func TestLeadsListNamesTheStatuses(t *testing.T) {
	c := testConfig(t)
	r := command(t, "", "leads", "list", "--status", "nonsense", "--data", c.Data)
	if r.code != 2 || !strings.Contains(r.errs, `"nonsense"`) || !strings.Contains(r.errs, "in_service") || strings.Count(r.errs, "\n") != 1 {
		t.Errorf("exit status %d: %q", r.code, r.errs)
	}
	if out := must(t, "", "leads", "list", "--status", "new", "--data", c.Data); !strings.HasPrefix(out, "NUMBER") {
		t.Errorf("a known status: %q", out)
	}
}

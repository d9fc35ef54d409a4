package main

import (
	"regexp"
	"strings"
	"testing"
)

var oncePassword = regexp.MustCompile(`: ([a-z0-9-]{12,})\n$`)

func TestStaffAccounts(t *testing.T) {
	for _, side := range []string{"alone", "beside a server"} {
		t.Run(side, func(t *testing.T) {
			c := testConfig(t)
			emptyStore(t, c.Data)
			if side != "alone" {
				startSite(t, c)
			}
			do := func(args ...string) result {
				return command(t, "", append(append([]string{"staff"}, args...), "--data", c.Data)...)
			}
			if r := do("list"); r.code != 0 || side == "alone" && strings.Count(r.out, "\n") > 1 {
				t.Errorf("the list before any: %d %q", r.code, r.out)
			}
			added := do("add", "liang", "--role", "agent")
			m := oncePassword.FindStringSubmatch(added.out)
			if added.code != 0 || m == nil {
				t.Fatalf("add: %d %q %q", added.code, added.out, added.errs)
			}
			for _, bad := range []struct {
				args []string
				code int
				says string
			}{
				{[]string{"add", "liang", "--role", "agent"}, 1, "there is an account \"liang\" already"},
				{[]string{"add", "X", "--role", "agent"}, 1, "lower-case"},
				{[]string{"add", "wu", "--role", "boss"}, 2, "boss"},
				{[]string{"add", "wu"}, 2, "role"},
				{[]string{"passwd", "nobody"}, 1, "no account \"nobody\""},
				{[]string{"disable", "nobody"}, 1, "no account"},
				{[]string{"passwd", "liang", "secret"}, 2, "unexpected"},
			} {
				r := do(bad.args...)
				if r.code != bad.code || !strings.Contains(r.errs, bad.says) || r.code == 1 && strings.Count(r.errs, "\n") != 1 {
					t.Errorf("%v: exit %d, %q", bad.args, r.code, r.errs)
				}
			}
			again := do("passwd", "liang")
			m2 := oncePassword.FindStringSubmatch(again.out)
			if again.code != 0 || m2 == nil || m2[1] == m[1] {
				t.Fatalf("passwd: %d %q %q", again.code, again.out, again.errs)
			}
			if r := do("list"); !strings.Contains(r.out, "liang") || !strings.Contains(r.out, "waiting for first sign-in") || strings.Contains(r.out, m2[1]) {
				t.Errorf("list: %q", r.out)
			}
			if r := do("disable", "liang"); r.code != 0 {
				t.Errorf("disable: %q", r.errs)
			}
			if r := do("list"); !strings.Contains(r.out, "disabled") {
				t.Errorf("list: %q", r.out)
			}
			if r := do("enable", "liang"); r.code != 0 || strings.Contains(do("list").out, "disabled") {
				t.Errorf("enable: %q", r.errs)
			}
			must(t, "", "verify", "--data", c.Data)
		})
	}
}

// The password opens the account, and stands nowhere but in what was printed.
func TestStaffPasswordOpensOnce(t *testing.T) {
	c := testConfig(t)
	emptyStore(t, c.Data)
	out := must(t, "", "staff", "add", "boss", "--role", "admin", "--data", c.Data)
	password := oncePassword.FindStringSubmatch(out)[1]
	for name, content := range files(t, c.Data) {
		if strings.Contains(content, password) {
			t.Errorf("the password stands in %s", name)
		}
	}
	s := startSite(t, c)
	if s.program.password != "" {
		t.Error("beside an admin a first password was drawn")
	}
	visitConsole(t, s.url).signIn("boss", password)
	if status, at, _ := visitConsole(t, s.url).post("/console/signin", "name", "boss", "password", password); at == "/console/password" {
		t.Errorf("the password opens twice: %d", status)
	}
	if r := command(t, "", "staff", "disable", "boss", "--data", c.Data); r.code != 1 || !strings.Contains(r.errs, "last admin") {
		t.Errorf("the last admin: %d %q", r.code, r.errs)
	}
	if strings.Contains(s.log.String(), password) {
		t.Error("the password was logged")
	}
}

package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"smebot/store"
)

var staffTests = []contract{
	{"accounts are added, changed and listed", func(e *env) {
		e.must(e.AddAccount(ctx, "operator", "admin", store.RoleAdmin, "hash-1", time.Time{}))
		e.must(e.AddAccount(ctx, "admin", "阿珍", store.RoleAgent, "hash-2", start.Add(time.Hour)))
		e.wantErr(e.AddAccount(ctx, "admin", "admin", store.RoleViewer, "hash-3", time.Time{}), store.ErrExists)
		for _, name := range []string{"", "A", "Admin", "a b", "operator", "system", "-x", "1234", "a\nb"} {
			e.wantErr(e.AddAccount(ctx, "admin", name, store.RoleViewer, "hash", time.Time{}), store.ErrName)
		}
		e.wantErr(e.AddAccount(ctx, "admin", "zhang", "king", "hash", time.Time{}), store.ErrRole)
		e.must(e.SetRole(ctx, "admin", "阿珍", store.RoleSupervisor))
		c, err := e.Credentials(ctx, "阿珍")
		e.must(err)
		if c.Role != store.RoleSupervisor || c.Hash != "hash-2" || !c.Once.Equal(start.Add(time.Hour)) || c.TOTP {
			e.Errorf("account is %+v", c)
		}
		all, err := e.Accounts(ctx)
		e.must(err)
		if len(all) != 2 || all[0].Name != "admin" {
			e.Errorf("accounts are %+v", all)
		}
		_, err = e.Credentials(ctx, "nobody")
		e.wantErr(err, store.ErrNotFound)
		e.wantErr(e.SetRole(ctx, "admin", "nobody", store.RoleViewer), store.ErrNotFound)
	}},
	{"the last admin stays", func(e *env) {
		e.must(e.AddAccount(ctx, "operator", "admin", store.RoleAdmin, "hash", time.Time{}))
		e.wantErr(e.SetDisabled(ctx, "admin", "admin", true), store.ErrLastAdmin)
		e.wantErr(e.SetRole(ctx, "admin", "admin", store.RoleViewer), store.ErrLastAdmin)
		e.must(e.AddAccount(ctx, "operator", "third", store.RoleAdmin, "hash", start.Add(time.Hour))) // has not signed in yet
		e.wantErr(e.SetDisabled(ctx, "admin", "admin", true), store.ErrLastAdmin)
		e.must(e.AddAccount(ctx, "operator", "second", store.RoleAdmin, "hash", time.Time{}))
		e.must(e.SetDisabled(ctx, "admin", "second", true))
		e.wantErr(e.SetDisabled(ctx, "admin", "admin", true), store.ErrLastAdmin)
		e.must(e.SetDisabled(ctx, "admin", "second", false))
		e.must(e.SetDisabled(ctx, "admin", "admin", true))
	}},
	{"what changes an account ends its sessions", func(e *env) {
		e.must(e.AddAccount(ctx, "operator", "admin", store.RoleAdmin, "hash", time.Time{}))
		e.must(e.AddAccount(ctx, "operator", "li", store.RoleAgent, "hash", time.Time{}))
		for i, change := range []func() error{
			func() error { return e.SetPassword(ctx, "li", "li", "other", time.Time{}) },
			func() error { return e.SetRole(ctx, "admin", "li", store.RoleViewer) },
			func() error { return e.SetDisabled(ctx, "admin", "li", true) },
		} {
			token := fmt.Sprintf("token-of-more-than-22-characters-%d", i)
			e.must(e.StartSession(ctx, "li", token))
			s, err := e.Session(ctx, token)
			e.must(err)
			if s.Account.Name != "li" || !s.Created.Equal(e.clock.now()) {
				e.Errorf("session is %+v", s)
			}
			e.must(change())
			_, err = e.Session(ctx, token)
			e.wantErr(err, store.ErrNotFound)
		}
		e.wantErr(e.StartSession(ctx, "nobody", "token-of-more-than-22-characters"), store.ErrNotFound)
		e.wantErr(e.StartSession(ctx, "admin", "short"), store.ErrIncomplete)
	}},
	{"sessions end one by one and by age", func(e *env) {
		e.must(e.AddAccount(ctx, "operator", "admin", store.RoleAdmin, "hash", time.Time{}))
		one, two := "token-of-more-than-22-characters-1", "token-of-more-than-22-characters-2"
		e.must(e.StartSession(ctx, "admin", one))
		e.must(e.StartSession(ctx, "admin", two))
		e.must(e.EndSession(ctx, one))
		_, err := e.Session(ctx, one)
		e.wantErr(err, store.ErrNotFound)
		e.clock.pass(20 * time.Minute)
		e.must(e.TouchSession(ctx, two))
		e.clock.pass(20 * time.Minute)
		e.must(e.PurgeSessions(ctx, e.clock.now().Add(-30*time.Minute), e.clock.now().Add(-12*time.Hour)))
		_, err = e.Session(ctx, two)
		e.must(err)
		e.must(e.PurgeSessions(ctx, e.clock.now().Add(-10*time.Minute), e.clock.now().Add(-12*time.Hour)))
		_, err = e.Session(ctx, two)
		e.wantErr(err, store.ErrNotFound)
	}},
	{"an account sees its sessions and ends the others", func(e *env) {
		e.must(e.AddAccount(ctx, "operator", "li", store.RoleAgent, "hash", time.Time{}))
		e.must(e.AddAccount(ctx, "operator", "wu", store.RoleAgent, "hash", time.Time{}))
		token := func(of string) string { return strings.Repeat(of, 30) }
		for _, s := range [][2]string{{"li", "a"}, {"li", "b"}, {"wu", "c"}} {
			e.must(e.StartSession(ctx, s[0], token(s[1])))
			e.clock.pass(time.Minute)
		}
		all, err := e.SessionsOf(ctx, "li", token("a"))
		e.must(err)
		if len(all) != 2 || all[0].This || !all[1].This || !all[0].Used.After(all[1].Used) {
			e.Errorf("the sessions are %+v", all)
		}
		e.must(e.EndOtherSessions(ctx, "li", token("a")))
		for of, want := range map[string]error{"a": nil, "b": store.ErrNotFound, "c": nil} {
			_, err := e.Session(ctx, token(of))
			e.wantErr(err, want)
		}
	}},
	{"a code of the second factor opens once", func(e *env) {
		e.must(e.AddAccount(ctx, "operator", "admin", store.RoleAdmin, "hash", time.Time{}))
		e.must(e.SetTOTP(ctx, "admin", "admin", "JBSWY3DPEHPK3PXP"))
		c, err := e.Credentials(ctx, "admin")
		e.must(err)
		if c.Secret != "JBSWY3DPEHPK3PXP" || !c.TOTP {
			e.Errorf("second factor is %v", c.TOTP)
		}
		for _, step := range []struct {
			at   int64
			want bool
		}{{100, true}, {100, false}, {99, false}, {101, true}} {
			if fresh, err := e.UseCode(ctx, "admin", step.at); err != nil || fresh != step.want {
				e.Errorf("step %d: %v %v", step.at, fresh, err)
			}
		}
		e.must(e.StartSession(ctx, "admin", strings.Repeat("a", 30)))
		e.must(e.SetTOTP(ctx, "operator", "admin", ""))
		_, err = e.Session(ctx, strings.Repeat("a", 30))
		e.wantErr(err, store.ErrNotFound)
		if c, err := e.Credentials(ctx, "admin"); err != nil || c.TOTP {
			e.Errorf("the second factor is still there: %v", err)
		}
	}},
	{"the audit log pages and filters", func(e *env) {
		for i := range 120 {
			e.must(e.Append(ctx, store.AuditEntry{Actor: []string{"li", "wang"}[i%2], Action: []string{"lead.reveal", "export"}[i%2], Subject: fmt.Sprint(i)}))
			e.clock.pass(time.Minute)
		}
		first, err := e.Audit(ctx, store.AuditFilter{Limit: 100})
		e.must(err)
		rest, err := e.Audit(ctx, store.AuditFilter{Limit: 100, Before: first[len(first)-1].Seq})
		e.must(err)
		if len(first) != 100 || len(rest) != 20 || first[0].Subject != "119" || rest[19].Subject != "0" {
			e.Errorf("pages of %d and %d", len(first), len(rest))
		}
		some, err := e.Audit(ctx, store.AuditFilter{Actor: "li", Action: "lead", Since: start.Add(10 * time.Minute), Until: start.Add(20 * time.Minute)})
		e.must(err)
		if len(some) != 5 {
			e.Errorf("%d lines found", len(some))
		}
		e.wantErr(e.Append(ctx, store.AuditEntry{Action: "export"}), store.ErrIncomplete)
		e.must(e.VerifyAudit(ctx))
	}},
}

func (e *env) wantErr(err, want error) {
	e.Helper()
	if !errors.Is(err, want) {
		e.Errorf("error %v, want %v", err, want)
	}
}

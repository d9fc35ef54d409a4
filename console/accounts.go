package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"smebot/store"
)

func (s *Server) accountRoutes() []route {
	return []route{
		{"GET", "/console/accounts", permAccounts, s.accountsPage},
		{"POST", "/console/accounts", permAccounts, s.addAccount},
		{"POST", "/console/accounts/{name}/{change}", permAccounts, s.changeAccount},
	}
}

var accountsText = map[string]words{
	"accounts.title":    {"账号", "Accounts"},
	"accounts.lead":     {"每人一个账号。管理员管账号和设置，看不到企业的联系方式。", "One account for each person. Administrators manage accounts and settings and see no contact data."},
	"accounts.name":     {"账号名", "Name"},
	"accounts.rule":     {"2–32 个小写字母、汉字、数字、点、横线，以字母或汉字开头", "2–32 lower-case letters, digits, dots or dashes, beginning with a letter"},
	"accounts.state":    {"状态", "State"},
	"accounts.seen":     {"最近登录", "Last sign-in"},
	"accounts.active":   {"正常", "Active"},
	"accounts.waiting":  {"待首次登录", "Waiting for first sign-in"},
	"accounts.disabled": {"已停用", "Switched off"},
	"accounts.totp":     {"动态码", "Second step"},
	"accounts.add":      {"新增账号", "Add an account"},
	"accounts.role":     {"改角色", "Change role"},
	"accounts.disable":  {"停用", "Switch off"},
	"accounts.enable":   {"启用", "Switch on"},
	"accounts.reset":    {"重置密码", "Reset password"},
	"accounts.notp":     {"清除动态码", "Remove second step"},
	"accounts.you":      {"（您自己）", "(you)"},
	"accounts.change":   {"更改", "Change"},
	"accounts.once":     {"账号 %s 的一次性密码（24 小时内首次登录时使用，登录后须改）：", "One-time password of %s (for the first sign-in within 24 hours, then to be changed):"},
	"accounts.copy":     {"请当面或打电话告诉本人，不要发到群里。关掉这一页就再也看不到它了。", "Tell it to the person face to face or by phone, not in a group. It is not shown again."},
	"accounts.done":     {"已更改：%s。", "Changed: %s."},
	"accounts.exists":   {"已经有这个账号名。", "There is an account of this name."},
	"accounts.badname":  {"账号名不合规定：2–32 个小写字母、汉字、数字、点、横线，以字母或汉字开头。", "That is no name for an account: 2–32 lower-case letters, digits, dots or dashes, beginning with a letter."},
	"accounts.last":     {"没有别的管理员登录过，不能停用或改角色。先新增一个管理员，请他登录一次。", "No other administrator has signed in yet; add one and let them sign in first."},
	"accounts.self":     {"自己的密码请在“我的账号”里改。", "Change your own password under “My account”."},
	"accounts.own":      {"自己的账号不能自己停用、改角色，请另一位管理员来改。", "Nobody changes the role of their own account or switches it off; ask another administrator."},
	"accounts.holds":    {"%s 手上还有 %d 条未办结的线索。怎么办？", "%s still has %d open leads. What is to become of them?"},
	"accounts.release":  {"收回线索，等主管重新分派", "Take them back, for a supervisor to give out anew"},
	"accounts.leave":    {"线索先留在名下（在线索的“经办”里仍可筛选）", "Leave them (they can still be chosen by assignee)"},
	"accounts.released": {"已更改：%s，收回线索 %s 条。", "Changed: %s; %s leads were taken back."},
}

// OnceLimit is how long a password that an administrator hands out can be used.
const OnceLimit = 24 * time.Hour

type accountsData struct {
	Accounts []store.Account
	Roles    []store.Role
	Name     string // whose password is shown
	Password string // for one use; shown in this answer only
	Problem  string

	New     string // the name of an account that was not added
	NewRole store.Role
	Asked   *leavingView // what the change of an account is asked back for
}

// leavingView is somebody who would work on leads no more and still has some.
type leavingView struct {
	Name, Change string
	Role         store.Role // the new one, if that is the change
	Leads        int
}

func (s *Server) accountsPage(v *visit) error {
	return s.showAccounts(v, http.StatusOK, accountsData{})
}

func (s *Server) showAccounts(v *visit, status int, d accountsData) error {
	all, err := s.Store.Accounts(v.R.Context())
	if err != nil {
		return err
	}
	d.Accounts, d.Roles = all, store.Roles()
	if d.NewRole == "" {
		d.NewRole = store.RoleAgent
	}
	return s.render(v, status, "accounts", d)
}

// accountProblem turns the store's refusals into words; "" if it is another fault.
func accountProblem(err error) string {
	switch {
	case errors.Is(err, store.ErrExists):
		return "accounts.exists"
	case errors.Is(err, store.ErrName), errors.Is(err, store.ErrRole):
		return "accounts.badname"
	case errors.Is(err, store.ErrLastAdmin):
		return "accounts.last"
	}
	return ""
}

func (s *Server) addAccount(v *visit) error {
	name := strings.ToLower(v.form("name"))
	password, hash, err := drawHashed(v.R.Context())
	if err != nil {
		return err
	}
	role := store.Role(v.form("role"))
	err = s.Store.AddAccount(v.R.Context(), v.Account.Name, name, role, hash, v.now().Add(OnceLimit))
	if key := accountProblem(err); key != "" {
		return s.showAccounts(v, http.StatusUnprocessableEntity, accountsData{Problem: v.T(key), New: name, NewRole: role})
	}
	return s.answerAccounts(v, err, name, password)
}

func drawHashed(ctx context.Context) (password, hash string, err error) {
	password = DrawPassword()
	hash, err = HashPassword(ctx, password)
	return password, hash, err
}

// answerAccounts shows the list with a password for one use, the list with what was wrong, or goes back to it.
func (s *Server) answerAccounts(v *visit, err error, name, password string) error {
	if key := accountProblem(err); key != "" {
		return s.showAccounts(v, http.StatusUnprocessableEntity, accountsData{Problem: v.T(key)})
	}
	if errors.Is(err, store.ErrNotFound) {
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	if err != nil {
		return err
	}
	if password != "" {
		return s.showAccounts(v, http.StatusOK, accountsData{Name: name, Password: password})
	}
	return v.redirect("/console/accounts", "accounts.done", name)
}

func (s *Server) changeAccount(v *visit) error {
	ctx, by, name := v.R.Context(), v.Account.Name, v.R.PathValue("name")
	change, role := v.R.PathValue("change"), store.Role(v.form("role"))
	var password string
	var err error
	switch change {
	case "role", "disable":
		if name == by {
			return s.showAccounts(v, http.StatusUnprocessableEntity, accountsData{Problem: v.T("accounts.own")})
		}
		return s.removeWorker(v, leavingView{Name: name, Change: change, Role: role})
	case "enable":
		err = s.Store.SetDisabled(ctx, by, name, false)
	case "totp":
		err = s.Store.SetTOTP(ctx, by, name, "")
	case "password":
		if name == by {
			return s.showAccounts(v, http.StatusUnprocessableEntity, accountsData{Problem: v.T("accounts.self")})
		}
		var hash string
		if password, hash, err = drawHashed(ctx); err == nil {
			err = s.Store.SetPassword(ctx, by, name, hash, v.now().Add(OnceLimit))
		}
	default:
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	return s.answerAccounts(v, err, name, password)
}

// removeWorker changes an account's role or switches it off. If its open leads would be out of everybody's sight, it asks
// what is to become of them first.
func (s *Server) removeWorker(v *visit, l leavingView) error {
	ctx, leaves := v.R.Context(), l.Change == "disable" || !may(store.Account{Role: l.Role}, permLeadsWork)
	var held []string
	if leaves {
		var err error
		if held, err = s.Store.Chosen(ctx, store.Work{View: store.ViewOpen, Assignee: l.Name}); err != nil {
			return err
		}
	}
	what := v.form("leads")
	if l.Leads = len(held); l.Leads > 0 && what != "release" && what != "leave" {
		return s.showAccounts(v, http.StatusOK, accountsData{Asked: &l})
	}
	var err error
	if l.Change == "disable" {
		err = s.Store.SetDisabled(ctx, v.Account.Name, l.Name, true)
	} else {
		err = s.Store.SetRole(ctx, v.Account.Name, l.Name, l.Role)
	}
	if err != nil || what != "release" || l.Leads == 0 {
		return s.answerAccounts(v, err, l.Name, "")
	}
	leads, err := s.Store.LeadsByNumber(ctx, held)
	if err != nil {
		return err
	}
	picks := make([]store.Pick, len(leads))
	for i, one := range leads {
		picks[i] = store.Pick{Number: one.Number, Version: one.Version}
	}
	stale, err := s.Store.AssignLeads(ctx, picks, "", v.Account.Name)
	if err != nil {
		return err
	}
	done := strconv.Itoa(len(picks) - len(stale))
	if err := v.audit("leads.release", l.Name, done); err != nil {
		return err
	}
	return v.redirect("/console/accounts", "accounts.released", l.Name, done)
}

package console

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"smebot/store"
)

func (s *Server) signinRoutes() []route {
	return []route{
		{"GET", "/console/{$}", permHome, s.home},
		{"GET", "/console/signin", permPublic, s.signinPage},
		{"POST", "/console/signin", permPublic, s.signin},
		{"POST", "/console/signout", permHome, s.signout},
		{"POST", "/console/language", permPublic, s.setLanguage},
	}
}

var signinText = map[string]words{
	"signin.title":    {"登录", "Sign in"},
	"signin.name":     {"账号", "Account"},
	"signin.password": {"密码", "Password"},
	"signin.code":     {"动态码（开通了才填）", "Code of your authenticator (if you use one)"},
	"signin.go":       {"登录", "Sign in"},
	"signin.wrong":    {"没有登录成功：账号、密码或动态码不对，或者一次性密码已过期，或者账号已停用。", "Not signed in: account, password or code is not right, a one-time password has run out, or the account is switched off."},
	"signin.wait":     {"试得太多了，请过 %d 秒再试。", "Too many tries; please wait %d seconds."},
	"signin.minutes":  {"试得太多了，请过 %d 分钟再试。", "Too many tries; please wait %d minutes."},
	"signin.help":     {"忘了密码请找管理员重置。", "If you forgot your password, ask an administrator to reset it."},

	"self.title":       {"我的账号", "My account"},
	"self.password":    {"修改密码", "Change password"},
	"self.first":       {"请先设一个自己的密码，再开始使用。", "Please set a password of your own before you go on."},
	"self.rule":        {"至少 10 个字符，不要用账号名、常见密码，不要反复用几个字符；一句好记的话就很好。", "At least 10 characters, not your account's name, a common password or a few characters over and over; a sentence you remember is good."},
	"self.current":     {"现在的密码", "Current password"},
	"self.fresh":       {"新密码", "New password"},
	"self.again":       {"再输入一次新密码", "New password again"},
	"self.wrong":       {"现在的密码不对。", "The current password is not right."},
	"self.differ":      {"两次输入的新密码不一样。", "The two new passwords differ."},
	"self.short":       {"新密码太短（至少 10 个字符）或太长。", "The new password is too short (10 characters at least) or too long."},
	"self.named":       {"新密码里含有账号名，请换一个。", "The new password holds the account's name; choose another."},
	"self.common":      {"新密码太常见，别人会先试它，请换一个。", "The new password is one that others try first; choose another."},
	"self.repeats":     {"新密码只有几个字符来回重复，请换一个。", "The new password repeats a few characters; choose another."},
	"self.same":        {"新密码要和现在的不同。", "The new password must differ from the current one."},
	"self.changed":     {"密码已修改，其他设备上的登录都已退出。", "The password is changed; other devices are signed out."},
	"self.role":        {"角色", "Role"},
	"self.totp":        {"动态码（两步验证）", "Authenticator code (second step)"},
	"self.totp.off":    {"未开通。开通后登录时除密码外还要输入手机上的动态码。", "Not in use. With it, signing in also asks for a code from your phone."},
	"self.totp.on":     {"已开通。", "In use."},
	"self.totp.start":  {"开通动态码", "Set up"},
	"self.totp.stop":   {"关闭动态码", "Switch off"},
	"self.totp.scan":   {"用手机上的验证器（如微信小程序“腾讯身份验证器”、Google Authenticator）扫这个码，或手动输入密钥，再填上它显示的六位数字。", "Scan this with an authenticator app, or type the key, then enter the six digits it shows."},
	"self.totp.key":    {"密钥", "Key"},
	"self.totp.code":   {"六位数字", "Six digits"},
	"self.totp.wrong":  {"数字不对，请等它换一个再试；也请检查手机时间。", "The digits are not right; wait for the next ones, and check your phone's clock."},
	"self.totp.done":   {"动态码已开通，其他浏览器上的登录都已退出。", "The second step is set up; you are signed out everywhere else."},
	"self.others":      {"已登录的浏览器", "Where you are signed in"},
	"self.others.this": {"这一个", "this one"},
	"self.others.used": {"登录 %s，最近使用 %s", "signed in %s, last used %s"},
	"self.others.end":  {"退出其他浏览器", "Sign out elsewhere"},
	"self.others.done": {"其他浏览器上的登录都已退出。", "You are signed out everywhere else."},
	"self.totp.closed": {"动态码已关闭，其他浏览器上的登录都已退出。", "The second step is switched off; you are signed out everywhere else."},
}

// home shows what waits for the account, and what it can open.
func (s *Server) home(v *visit) error {
	var waiting []workTab
	if may(v.Account, permLeadsView) {
		page, err := s.Store.Work(v.R.Context(), store.Work{Me: v.Account.Name, Only: only(v.Account), Limit: 1})
		if err != nil {
			return err
		}
		for _, tab := range v.tabs(page.Counts, "-") {
			if tab.Count >= 0 {
				waiting = append(waiting, tab)
			}
		}
	}
	return v.render("home", waiting)
}

type signinData struct{ Name, Next, Problem string }

func (s *Server) signinPage(v *visit) error {
	if v.Account.Name != "" {
		return v.away(local(v.query("next")))
	}
	return v.render("signin", signinData{Next: v.query("next")})
}

// signin checks a name, a password and perhaps a code. Every refusal has the same words and takes the same time.
func (s *Server) signin(v *visit) error {
	name := strings.ToLower(v.form("name"))
	if len(name) > 200 {
		name = name[:200]
	}
	device, now := s.knownDevice(v, name), v.now()
	byName, byAddress := "name\x00"+name, "address\x00"+v.address()
	var wait time.Duration
	if device != "" {
		// Somebody else's guesses, at the same address or not, do not shut out the one who signed in here before.
		byName, byAddress = "device\x00"+device, ""
	} else if wait = s.tries.take(byAddress, addressTries, now); wait == 0 && s.tries.full(byAddress, addressTries) {
		s.Log.Warn("sign-ins from one address are held back after many wrong tries")
	}
	if wait == 0 {
		wait = s.tries.take(byName, hardTries, now)
	}
	next := v.form("next")
	again := func(status int, problem string) error {
		return s.render(v, status, "signin", signinData{name, next, problem})
	}
	if wait > 0 {
		v.W.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		key, n := waitWords(wait)
		return again(http.StatusTooManyRequests, v.T(key, n))
	}
	account, err := s.check(v.R.Context(), name, v.raw("password"), v.form("code"), now)
	if errors.Is(err, errWrong) {
		if s.tries.full(byName, hardTries) {
			s.Log.Warn("an account's sign-in is held back after many wrong tries")
			if err := s.Store.Append(v.R.Context(), store.AuditEntry{Actor: "system", Action: "signin.blocked", Subject: account.Name}); err != nil {
				return err
			}
		}
		return again(http.StatusUnprocessableEntity, v.T("signin.wrong"))
	}
	if err != nil {
		return err
	}
	s.tries.good(byName)
	if byAddress != "" {
		s.tries.forgive(byAddress)
	}
	if err := v.startSession(account.Name); err != nil {
		return err
	}
	s.rememberDevice(v, account.Name, device)
	if !account.Once.IsZero() {
		return v.redirect(Root + "password")
	}
	return v.redirect(local(next))
}

// waitWords says how long somebody who tried too often must wait, as a key of the catalogue and its argument.
func waitWords(wait time.Duration) (key string, n int) {
	if wait > 2*time.Minute {
		return "signin.minutes", int(wait/time.Minute) + 1
	}
	return "signin.wait", int(wait/time.Second) + 1
}

// errWrong is any reason not to let somebody in; which one is not told.
var errWrong = errors.New("wrong name, password or code")

// check returns the account that a name, password and code open. With errWrong, the account is the one of the name,
// if there is one.
func (s *Server) check(ctx context.Context, name, password, code string, now time.Time) (store.Account, error) {
	c, err := s.Store.Credentials(ctx, name)
	unknown := errors.Is(err, store.ErrNotFound)
	if unknown {
		c.Hash = s.nobody
	} else if err != nil {
		return store.Account{}, err
	}
	right, err := verifyPassword(ctx, c.Hash, password)
	if err != nil {
		return store.Account{}, err
	}
	if unknown || !right || !c.Disabled.IsZero() || !c.Once.IsZero() && !now.Before(c.Once) {
		return c.Account, errWrong
	}
	if c.TOTP {
		if err := s.useCode(ctx, name, c.Secret, code, now); err != nil {
			return c.Account, err
		}
	}
	if !c.Once.IsZero() {
		if spent, err := s.Store.SpendOnce(ctx, name); err != nil || !spent {
			return c.Account, errors.Join(err, errWrong)
		}
	}
	return c.Account, nil
}

// useCode accepts a code of the second factor of the current step of 30 seconds or of the one before or after, each
// once; errWrong otherwise.
func (s *Server) useCode(ctx context.Context, name, secret, code string, now time.Time) error {
	step, err := codeStep(secret, code, now)
	if err != nil {
		return err
	}
	fresh, err := s.Store.UseCode(ctx, name, step)
	if err == nil && !fresh {
		err = errWrong
	}
	return err
}

// codeStep returns the step of 30 seconds whose code was typed, the current one or one beside it; errWrong if it is
// none of them. Blanks do not count: authenticators show the digits in two groups.
func codeStep(secret, code string, now time.Time) (int64, error) {
	code = strings.ReplaceAll(code, " ", "")
	for _, shift := range []int64{0, -1, 1} {
		step := now.Unix()/30 + shift
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*30, 0), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, err
		}
		if sameText(code, want) {
			return step, nil
		}
	}
	return 0, errWrong
}

// deviceKept is how long a browser counts as known after a sign-in.
const deviceKept = 180 * 24 * time.Hour

// knownDevice returns the mark of this browser if the named account has signed in on it before.
func (s *Server) knownDevice(v *visit, name string) string {
	id, mac, ok := strings.Cut(v.cookie("device"), ".")
	if ok && sameText(mac, s.token("device", id, name)) {
		return id
	}
	return ""
}

func (s *Server) rememberDevice(v *visit, name, id string) {
	if id == "" {
		id = hex.EncodeToString(s.Store.MAC("device id", name, v.CSRF))
	}
	v.setCookie("device", id+"."+s.token("device", id, name), deviceKept)
}

func (s *Server) signout(v *visit) error {
	if err := s.Store.EndSession(v.R.Context(), v.token); err != nil {
		return err
	}
	v.setCookie("session", "", -1)
	v.W.Header().Set("Clear-Site-Data", `"cache"`)
	return v.redirect(Root + "signin")
}

func (s *Server) setLanguage(v *visit) error {
	lang := "zh"
	if v.form("lang") == "en" {
		lang = "en"
	}
	v.setCookie(langCookie, lang, 365*24*time.Hour)
	return v.redirect(local(v.form("back")))
}

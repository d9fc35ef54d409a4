package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"smebot/store"
)

func (s *Server) auditRoutes() []route {
	return []route{
		{"GET", "/console/audit", permAudit, s.auditPage},
		{"POST", "/console/audit/verify", permAudit, s.auditVerify},
	}
}

var auditText = map[string]words{
	"audit.title":          {"操作记录", "Audit log"},
	"audit.lead":           {"谁在什么时候做了什么。只增不改，每一行都和上一行连在一起；改过哪一行，核对时就会指出来。", "Who did what and when. Lines are only ever added and each rests on the one before, so a changed one shows."},
	"audit.time":           {"时间", "Time"},
	"audit.actor":          {"谁", "Who"},
	"audit.action":         {"做了什么", "What"},
	"audit.subject":        {"对象", "To what"},
	"audit.detail":         {"说明", "Detail"},
	"audit.since":          {"从", "From"},
	"audit.until":          {"到", "To"},
	"audit.all":            {"全部", "All"},
	"audit.verdict.sound":  {"没有问题", "sound"},
	"audit.verdict.broken": {"被改动过", "changed"},
	"audit.verify":         {"现在核对整份记录", "Check the whole log now"},
	"audit.store":          {"核对整个数据库，请在服务器上运行 smebot verify。", "To check the whole store run smebot verify on the server."},
	"audit.sound":          {"核对无误：从第一行到最后一行都没有被改动。", "The log is sound from its first line to its last."},
	"audit.broken":         {"记录被改动过：%s", "The log was changed: %s"},
	"audit.baddate":        {"日期请写成 2026-11-23 这样。", "Write dates like 2026-11-23."},

	"act.retention.run":    {"清理到期的数据", "removed what was past its time"},
	"act.signin":           {"登录", "signed in"},
	"act.signin.blocked":   {"多次密码错误，暂停登录", "held back after wrong passwords"},
	"act.account.add":      {"新增账号", "added an account"},
	"act.account.password": {"改密码", "changed a password"},
	"act.account.role":     {"改角色", "changed a role"},
	"act.account.disable":  {"停用账号", "switched an account off"},
	"act.account.enable":   {"启用账号", "switched an account on"},
	"act.account.totp":     {"开通动态码", "set up a second step"},
	"act.account.sessions": {"退出其他浏览器", "signed out elsewhere"},
	"act.account.totp.off": {"关闭动态码", "removed a second step"},
	"act.audit.verify":     {"核对操作记录", "checked the log"},
	"act.lesson.add":       {"教机器人一条", "taught the bot"},
	"act.lesson.undo":      {"撤销教过的一条", "took a lesson back"},
	"act.knowledge.import": {"导入文件", "imported a document"},
	"act.document.off":     {"停用文件", "switched a document off"},
	"act.document.on":      {"恢复文件", "switched a document on"},
	"act.channel.off":      {"暂停渠道", "stopped a channel"},
	"act.channel.on":       {"恢复渠道", "opened a channel"},
	"act.settings.set":     {"改设置", "changed a setting"},
	"act.settings.reset":   {"设置恢复为配置文件的值", "reset a setting"},
	"act.letter.again":     {"重发没发出去的消息", "sent a dead letter again"},
	"act.letter.discard":   {"丢弃没发出去的消息", "discarded a dead letter"},
}

// auditPageSize is how many lines one page shows.
const auditPageSize = 50

type auditData struct {
	Entries       []store.AuditEntry
	Actor, Action string
	Actions       []auditAction // to choose from
	Since, Until  string
	Older         string // the next page; "" at the end
	Newest        bool   // this is not the first page
	Verdict       string
	Sound         bool
	Problem       string
}

// auditAction is an action of the log and its words.
type auditAction struct{ Code, Words string }

// actions are those that the log has words for, by their words.
func (v *visit) actions() (all []auditAction) {
	for key := range catalogue {
		if code, is := strings.CutPrefix(key, "act."); is {
			all = append(all, auditAction{code, v.T(key)})
		}
	}
	slices.SortFunc(all, func(a, b auditAction) int {
		return cmp.Or(strings.Compare(a.Words, b.Words), strings.Compare(a.Code, b.Code))
	})
	return all
}

// auditActors are those who stand in the log and are no accounts.
var auditActors = []string{"operator", "system", "organisation", "person"}

// actorCode turns the words for one who is no account back into what the log holds.
func (v *visit) actorCode(words string) string {
	for _, code := range auditActors {
		if words == v.actor(code) {
			return code
		}
	}
	return words
}

// Act names an action of the log in words; for templates. One without words stands for itself.
func (v *visit) Act(action string) string {
	if _, known := catalogue["act."+action]; known {
		return v.T("act." + action)
	}
	return action
}

// Told puts the detail of a line into words where it holds codes of the program; for templates.
func (v *visit) Told(e store.AuditEntry) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(e.Detail), " ")
	prefix := ""
	switch e.Action {
	case "lead.move":
		words := v.known("leads.status.", first)
		if rest != "" {
			words += " · " + v.known("leads.reason.", rest)
		}
		return words
	case "lead.answer":
		return v.known("answer.", answerKey(store.OrganisationAnswer(e.Detail)))
	case "knowledge.import":
		words := v.known("knowledge.audit.", first)
		if rest == undatedVersion {
			rest = v.T("knowledge.audit.undated")
		}
		return strings.TrimSpace(words + " " + rest)
	case "lead.phone":
		prefix = "leads.phone."
	case "audit.verify":
		prefix = "audit.verdict."
	case "account.add", "account.role":
		prefix = "role."
	}
	if prefix == "" {
		return e.Detail
	}
	return v.known(prefix, e.Detail)
}

func (s *Server) auditPage(v *visit) error {
	d := auditData{Actor: v.query("actor"), Action: v.query("action"), Since: v.query("since"), Until: v.query("until")}
	d.Actions = v.actions()
	for _, a := range d.Actions {
		if d.Action == a.Words {
			d.Action = a.Code
		}
	}
	if d.Action != "" && !slices.ContainsFunc(d.Actions, func(a auditAction) bool { return a.Code == d.Action }) {
		d.Actions = append(d.Actions, auditAction{d.Action, d.Action}) // of an older version, or the beginning of several
	}
	f := store.AuditFilter{Actor: v.actorCode(d.Actor), Action: d.Action, Limit: auditPageSize + 1}
	var err error
	if f.Since, err = parseDay(d.Since); err == nil {
		f.Until, err = parseDay(d.Until)
	}
	if err != nil {
		d.Problem = v.T("audit.baddate")
		return s.render(v, http.StatusUnprocessableEntity, "audit", d)
	}
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	f.Before, _ = strconv.ParseInt(v.query("before"), 10, 64) // none: the first page
	d.Newest = f.Before > 0
	if d.Entries, err = s.Store.Audit(v.R.Context(), f); err != nil {
		return err
	}
	same := url.Values{"actor": {d.Actor}, "action": {d.Action}, "since": {d.Since}, "until": {d.Until}}
	if len(d.Entries) > auditPageSize {
		d.Entries = d.Entries[:auditPageSize]
		same.Set("before", strconv.FormatInt(d.Entries[auditPageSize-1].Seq, 10))
		d.Older = "/console/audit?" + same.Encode()
	}
	return v.render("audit", d)
}

// auditVerify walks the whole log and says where it was changed first. It looks before it writes its own line, which
// would rest on what was changed.
func (s *Server) auditVerify(v *visit) error {
	d := auditData{Verdict: v.T("audit.sound"), Sound: true, Actions: v.actions()}
	broken := s.Store.VerifyAudit(v.R.Context())
	if err := v.R.Context().Err(); err != nil {
		return err
	}
	if broken != nil {
		d.Verdict, d.Sound = v.T("audit.broken", broken.Error()), false
	}
	if err := v.audit("audit.verify", "", map[bool]string{true: "sound", false: "broken"}[d.Sound]); err != nil {
		return err
	}
	var err error
	if d.Entries, err = s.Store.Audit(v.R.Context(), store.AuditFilter{Limit: auditPageSize}); err != nil {
		return err
	}
	return v.render("audit", d)
}

// parseDay reads a day in China's time; "" is none.
func parseDay(day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation("2006-01-02", day, china)
}

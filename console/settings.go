package console

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"smebot/intents"
	"smebot/store"
)

// Bounds of the settings' pages.
const (
	maxSetting    = 200 // characters
	settingsShown = 40  // of their history
	noticesShown  = 60
)

func (s *Server) settingsRoutes() []route {
	return []route{
		{"GET", "/console/settings", permSettings, s.withShelf(s.settingsPage)},
		{"POST", "/console/settings", permSettings, s.withShelf(s.saveSettings)},
		{"POST", "/console/settings/reset", permSettings, s.withShelf(s.resetSetting)},
		{"POST", "/console/settings/channel", permSettings, s.withShelf(s.switchChannel)},
		{"GET", "/console/settings/notices", permSettings, s.withShelf(s.noticesPage)},
	}
}

// settingView is a value as it is in force.
type settingView struct {
	Name  string
	Value string
	File  string        // the configuration file's
	Set   *store.Choice // nil while the file's holds
}

type channelView struct {
	Channel
	Off *store.Switch
}

type settingsView struct {
	Settings []settingView
	Channels []channelView
	Notice   []store.NoticeText // in force, in Chinese: without and with a transfer abroad
	History  []store.Choice
	Problem  string

	Asked  bool               // the new values are shown once more before they hold
	Change []settingView      // those that differ
	After  []store.NoticeText // the notice as it would be; nil if it stays
}

// settings reads the values in force.
func (s *Server) settings(v *visit) ([]settingView, map[string]string, error) {
	choices, err := s.Store.Choices(v.R.Context())
	if err != nil {
		return nil, nil, err
	}
	file, values := s.Office.FileValues(), map[string]string{}
	var list []settingView
	for _, name := range Settings {
		row := settingView{Name: name, Value: file[name], File: file[name]}
		if i := slices.IndexFunc(choices, func(c store.Choice) bool { return c.Name == name }); i >= 0 {
			row.Set, row.Value = &choices[i], choices[i].Value
			values[name] = row.Value
		}
		list = append(list, row)
	}
	return list, values, nil
}

// chineseNotices are the notices in simplified Chinese of all there are.
func chineseNotices(all []store.NoticeText) []store.NoticeText {
	return slices.DeleteFunc(all, func(n store.NoticeText) bool { return n.Language != "zh" })
}

func (s *Server) settingsPage(v *visit) error {
	return s.showSettings(v, http.StatusOK, settingsView{})
}

func (s *Server) showSettings(v *visit, status int, d settingsView) error {
	list, values, err := s.settings(v)
	if err != nil {
		return err
	}
	if d.Settings == nil {
		d.Settings = list
	}
	off, err := s.switches(v, store.ChannelSwitch)
	if err != nil {
		return err
	}
	for _, c := range s.Channels {
		row := channelView{Channel: c}
		if sw, ok := off[c.Name]; ok {
			row.Off = &sw
		}
		d.Channels = append(d.Channels, row)
	}
	d.Notice = chineseNotices(s.Office.Options(values).Notices())
	if d.History, err = s.Store.ChoiceHistory(v.R.Context(), settingsShown); err != nil {
		return err
	}
	return s.render(v, status, "settings_page", d)
}

// saveSettings sets values, after a page that shows what changes. An empty value is set as such; giving the file's back
// is resetSetting's.
func (s *Server) saveSettings(v *visit) error {
	list, values, err := s.settings(v)
	if err != nil {
		return err
	}
	before := s.Office.Options(values).Notices()
	d := settingsView{}
	var change []store.Choice
	for _, row := range list {
		given := strings.Join(strings.Fields(v.form(row.Name)), " ")
		if row.Name == SetHours {
			given = plainHours(given)
		}
		if given != row.Value {
			d.Change = append(d.Change, settingView{Name: row.Name, Value: given, File: row.Value})
			change = append(change, store.Choice{Name: row.Name, Value: given})
			values[row.Name] = given
		}
		row.Value = given
		d.Settings = append(d.Settings, row)
	}
	if len(change) == 0 {
		return v.redirect("/console/settings", "settings.same")
	}
	opt := s.Office.Options(values)
	if d.Problem = v.settingFault(values, opt); d.Problem != "" {
		d.Change = nil
		return s.showSettings(v, http.StatusUnprocessableEntity, d)
	}
	if v.form("sure") != "yes" {
		d.Asked = true
		if after := opt.Notices(); !slices.Equal(after, before) {
			d.After = chineseNotices(after)
		}
		return s.showSettings(v, http.StatusOK, d)
	}
	if err := s.Store.Choose(v.R.Context(), v.Account.Name, change); err != nil {
		return err
	}
	if err := s.Office.Reload(v.R.Context(), v.Account.Name); err != nil {
		return err
	}
	return v.redirect("/console/settings", "settings.saved")
}

// hourWords are how hours are written in Chinese, and the form that the configuration has. Longer words come first.
var hourWords = func() *strings.Replacer {
	pairs := []string{"：", ":", "；", "; ", "，", " ", "、", " ", "。", " ", "至", "-", "到", "-", "～", "-", "－", "-", "~", "-", "—", "-", "–", "-", "每天", "Mon-Sun ", "工作日", "Mon-Fri "}
	for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		for _, week := range []string{"星期", "礼拜", "周"} {
			pairs = append(pairs, week+string([]rune("一二三四五六日")[i]), name)
		}
	}
	return strings.NewReplacer(append(pairs, "星期天", "Sun", "礼拜天", "Sun", "周天", "Sun", "上午", " ")...)
}()

// dayEnd is where the days of hours end and the times begin without a blank.
var dayEnd = regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(\d)`)

// plainHours turns hours as people here write them ("周一至周五 9:00-12:00") into the configuration's form. What it does
// not know stays, and is refused.
func plainHours(words string) string {
	s := dayEnd.ReplaceAllString(hourWords.Replace(words), "$1 $2")
	return strings.Join(strings.Fields(strings.ReplaceAll(s, " -", "-")), " ")
}

// settingFault says what is wrong with values, "" if nothing.
func (v *visit) settingFault(values map[string]string, opt intents.Options) string {
	for _, name := range Settings {
		if utf8.RuneCountInString(values[name]) > maxSetting {
			return v.T("settings.long", v.T("settings."+name), maxSetting)
		}
	}
	if link := values[SetNotice]; link != "" {
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return v.T("settings.link")
		}
	}
	if hours := values[SetHours]; hours != "" {
		if _, err := intents.ParseHours(hours); err != nil {
			return v.T("settings.hours.wrong")
		}
	}
	if opt.Check() != nil { // the notice would not fit a reply
		return v.T("settings.notice.long")
	}
	return ""
}

// resetSetting lets the configuration file's value hold again.
func (s *Server) resetSetting(v *visit) error {
	name := v.form("name")
	if !slices.Contains(Settings, name) {
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	_, values, err := s.settings(v)
	if err != nil {
		return err
	}
	if _, set := values[name]; set {
		if err := s.Store.Choose(v.R.Context(), v.Account.Name, []store.Choice{{Name: name, File: true}}); err != nil {
			return err
		}
		if err := s.Office.Reload(v.R.Context(), v.Account.Name); err != nil {
			return err
		}
	}
	return v.redirect("/console/settings", "settings.reset.done", v.T("settings."+name))
}

// switchChannel stops a channel, with a reason, or opens it again.
func (s *Server) switchChannel(v *visit) error {
	name, comment := v.form("channel"), v.form("comment")
	if !slices.ContainsFunc(s.Channels, func(c Channel) bool { return c.Name == name }) {
		return v.fail(http.StatusNotFound, "error.notfound")
	}
	sw, done := store.Switch{Kind: store.ChannelSwitch, Name: name, Actor: v.Account.Name, Comment: comment}, "settings.on.done"
	var err error
	if v.form("to") == "on" {
		err = s.Store.SwitchOn(v.R.Context(), sw)
	} else {
		if comment == "" || utf8.RuneCountInString(comment) > maxComment {
			return s.showSettings(v, http.StatusUnprocessableEntity, settingsView{Problem: v.T("settings.comment.length", maxComment)})
		}
		done = "settings.off.done"
		err = s.Store.SwitchOff(v.R.Context(), sw)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := s.Office.Reload(v.R.Context(), v.Account.Name); err != nil {
		return err
	}
	return v.redirect("/console/settings", done, v.Channel(name))
}

func (s *Server) noticesPage(v *visit) error {
	all, err := s.Store.Notices(v.R.Context(), noticesShown)
	if err != nil {
		return err
	}
	return v.render("settings_notices", all)
}

// Stopped are the channels that take no new messages, for the banner of every page; for templates.
func (v *visit) Stopped() []store.Switch {
	if v.Account.Name == "" || !v.Account.Once.IsZero() {
		return nil
	}
	off, err := v.s.switches(v, store.ChannelSwitch)
	if err != nil {
		v.s.Log.Error("what is stopped cannot be read", "err", err)
		return nil
	}
	var list []store.Switch
	for _, c := range v.s.Channels {
		if sw, ok := off[c.Name]; ok {
			list = append(list, sw)
		}
	}
	return list
}

package wechat

import (
	"errors"
	"fmt"
)

// Menu is an official account's menu as the platform's API takes it.
type Menu struct {
	Buttons []Button `json:"button"`
}

// Button is an entry of a menu: one that does something (Type), or one that opens up to five others (Sub).
type Button struct {
	Name string   `json:"name"`           // top: 4 汉字 (16 bytes), below: 8 汉字 (60 bytes), else the client cuts it
	Type string   `json:"type,omitempty"` // "click" or "view"; other types the platform has are kept as they are
	Key  string   `json:"key,omitempty"`  // of a click
	URL  string   `json:"url,omitempty"`  // of a view
	Sub  []Button `json:"sub_button,omitempty"`
}

// menuWords are the words that each of our menu keys stands for. The keys are fixed for good: clients keep an
// old menu for some time, and old QR codes for years.
var menuWords = map[string]string{
	"smebot-policy":   "菜单",
	"smebot-platform": "找平台",
	"smebot-status":   "我的进度",
	"smebot-human":    "转人工",
	"smebot-help":     "帮助",
}

// DefaultMenu is the menu that fits the words this package turns clicks into.
func DefaultMenu() Menu {
	return Menu{Buttons: []Button{
		{Name: "问政策", Type: "click", Key: "smebot-policy"},
		{Name: "找平台", Type: "click", Key: "smebot-platform"},
		{Name: "我的", Sub: []Button{
			{Name: "我的进度", Type: "click", Key: "smebot-status"},
			{Name: "转人工", Type: "click", Key: "smebot-human"},
			{Name: "帮助", Type: "click", Key: "smebot-help"},
		}},
	}}
}

// Validate checks a menu against the platform's limits: 3 buttons, 5 below each, names of 16 and 60 bytes. The
// platform says only which number was wrong; this says which button.
func (m Menu) Validate() error {
	var faults []error
	if n := len(m.Buttons); n < 1 || n > 3 {
		faults = append(faults, fmt.Errorf("menu has %d buttons, WeChat takes 1 to 3", n))
	}
	for _, b := range m.Buttons {
		faults = append(faults, b.check(16, len(b.Sub) > 0))
		if len(b.Sub) > 5 {
			faults = append(faults, fmt.Errorf("button %q opens %d others, WeChat takes 5", b.Name, len(b.Sub)))
		}
		for _, s := range b.Sub {
			faults = append(faults, s.check(60, false))
			if len(s.Sub) > 0 {
				faults = append(faults, fmt.Errorf("button %q lies in the second level and opens others", s.Name))
			}
		}
	}
	return errors.Join(faults...)
}

func (b Button) check(nameBytes int, opens bool) error {
	switch {
	case b.Name == "" || len(b.Name) > nameBytes:
		return fmt.Errorf("button %q: its name must have 1 to %d bytes", b.Name, nameBytes)
	case opens && b.Type != "":
		return fmt.Errorf("button %q opens others and has the type %s as well", b.Name, b.Type)
	case opens:
		return nil
	case b.Type == "":
		return fmt.Errorf("button %q does nothing: give it a type", b.Name)
	case b.Type == "click" && b.Key == "":
		return fmt.Errorf("button %q: a click needs a key", b.Name)
	case b.Type == "view" && b.URL == "":
		return fmt.Errorf("button %q: a view needs a url", b.Name)
	}
	return nil
}

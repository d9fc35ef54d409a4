package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestWeChatMenuCommands pushes the menu to a platform of the test's own, beside a server and without one. The
// platform answers errors with status 200, as the real one does.
func TestWeChatMenuCommands(t *testing.T) {
	a := newAccount("guzhen")
	var mu sync.Mutex
	var menu json.RawMessage
	var fault, pushes int
	token := strings.Repeat("T", 136)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "token"):
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, token)
		case r.URL.Query().Get("access_token") != token:
			fmt.Fprint(w, `{"errcode":40001,"errmsg":"invalid credential"}`)
		case r.URL.Path == "/cgi-bin/menu/create":
			if pushes++; fault != 0 {
				fmt.Fprintf(w, `{"errcode":%d,"errmsg":"scripted %s"}`, fault, a.secret)
				return
			}
			menu = body
			fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`)
		default:
			fmt.Fprintf(w, `{"menu":%s}`, menu)
		}
	}))
	defer api.Close()
	for _, mode := range []string{"alone", "beside a server"} {
		t.Run(mode, func(t *testing.T) {
			c := testConfig(t)
			ch := a.channel()
			ch.APIBase = api.URL
			c.Channels = []ChannelConfig{ch}
			if mode != "alone" {
				startSite(t, c)
			}
			file := write(t, filepath.Join(t.TempDir(), "config.yaml"), channelYAML(map[string]string{"name": "guzhen", "type": "wechat", "app_id": a.appID, "app_secret": a.secret, "token": a.token, "encoding_aes_key": a.key, "api_base": api.URL}))
			do := func(args ...string) result {
				return command(t, "", append(args, "--config", file, "--data", c.Data)...)
			}
			mu.Lock()
			menu, fault = nil, 0
			mu.Unlock()
			if r := do("wechat", "menu", "push"); r.code != 0 {
				t.Fatalf("push: exit %d, %s", r.code, r.errs)
			}
			var pushed struct {
				Button []struct{ Name string } `json:"button"`
			}
			mu.Lock()
			if err := json.Unmarshal(menu, &pushed); err != nil || len(pushed.Button) < 1 || len(pushed.Button) > 3 {
				t.Errorf("the platform got a menu of %d buttons, %v", len(pushed.Button), err)
			}
			mu.Unlock()
			if r := do("wechat", "menu", "show"); r.code != 0 || !strings.Contains(r.out, pushed.Button[0].Name) {
				t.Errorf("show: exit %d, %q %s", r.code, brief(r.out), r.errs)
			}
			mu.Lock()
			fault, pushes = 40164, 0
			mu.Unlock()
			r := do("wechat", "menu", "push")
			if r.code != 1 || !strings.Contains(r.errs, "40164") || strings.Contains(r.errs, a.secret) {
				t.Errorf("a refused address: exit %d, %s", r.code, strings.ReplaceAll(r.errs, a.secret, "…"))
			}
			mu.Lock()
			defer mu.Unlock()
			if pushes > 3 {
				t.Errorf("a refusal that no repeat can mend was repeated %d times", pushes)
			}
		})
	}
}

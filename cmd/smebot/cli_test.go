package main

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestExitStatus(t *testing.T) {
	data := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		says string // on standard error, or on standard output for 0
	}{
		{[]string{"version"}, 0, "smebot "},
		{[]string{"--help"}, 0, "knowledge"},
		{[]string{"ask", "--help"}, 0, "--jsonl"},
		{[]string{"ask", "你好"}, 0, ""},
		{[]string{"nothing"}, 2, "nothing"},
		{[]string{"ask"}, 2, "--jsonl"},
		{[]string{"ask", "--jsonl", "question"}, 2, "--jsonl"},
		{[]string{"ask", "--json", "x"}, 2, "--json"},
		{[]string{"search"}, 2, "--jsonl"},
		{[]string{"search", "--top", "0", "x"}, 2, "--top"},
		{[]string{"search", "--top", "many", "x"}, 2, "--top"},
		{[]string{"leads", "export", "--format", "pdf"}, 2, "format"},
		{[]string{"leads", "show"}, 2, "number"},
		{[]string{"knowledge", "import"}, 2, "paths"},
		{[]string{"serve", "now"}, 2, "now"},
		{[]string{"leads", "show", "20260101-AAAAAA"}, 1, "no lead"},
		{[]string{"wechat", "menu", "show"}, 1, "no WeChat channel"},
		{[]string{"wechat", "menu", "push", "--channel", "guzhen"}, 1, "guzhen"},
		{[]string{"knowledge", "show", "none"}, 1, "no document"},
	} {
		r := command(t, "", append(c.args, "--data", data)...)
		said := r.errs
		if c.code == 0 {
			said = r.out
		}
		if r.code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("smebot %v: exit %d, want %d; %q", c.args, r.code, c.code, brief(said))
		}
		if c.code == 1 && (r.out != "" || strings.Count(r.errs, "\n") != 1 || !strings.HasPrefix(r.errs, "smebot: ")) {
			t.Errorf("smebot %v: an error is one line on standard error: %q %q", c.args, r.out, r.errs)
		}
	}
}

func TestVersion(t *testing.T) {
	bad := write(t, filepath.Join(t.TempDir(), "config.yaml"), "no such key: 1\n")
	out := must(t, "", "version", "--config", bad) // it must answer whatever the configuration
	if !regexp.MustCompile(`^smebot \d+\.\d+\.\d+\S*\ncommit \S+.*\ngo1\.\d+\S* \S+/\S+\n$`).MatchString(out) {
		t.Errorf("version: %q", out)
	}
}

// TestServeSaysWhereItIs runs the command itself and stops it as a signal does.
func TestServeSaysWhereItIs(t *testing.T) {
	a := newAccount("guzhen")
	file := write(t, filepath.Join(t.TempDir(), "config.yaml"), "listen: 127.0.0.1:0\nmetrics: {listen: ''}\n"+channelYAML(map[string]string{"name": "guzhen", "type": "wechat", "app_id": a.appID, "token": a.token, "encoding_aes_key": a.key}))
	ctx, stop := context.WithCancel(t.Context())
	var out, errs lockedBuffer
	said, done := make(chan struct{}), make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"--config", file, "--data", filepath.Join(t.TempDir(), "data")}, nil, strings.NewReader(""), &signalling{&out, said}, &errs)
	}()
	select {
	case <-said:
	case code := <-done:
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	page := regexp.MustCompile(`chat page: (http://127\.0\.0\.1:\d+)/`).FindStringSubmatch(out.String())
	if page == nil || !strings.Contains(out.String(), "channel guzhen: wechat, callback "+page[1]+"/wechat/guzhen\n") {
		t.Fatalf("it says %q", out.String())
	}
	r, err := client.Get(page[1] + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	if body := readAll(t, r.Body); r.StatusCode != 200 || body != "ready\n" {
		t.Errorf("readyz: %d %q", r.StatusCode, body)
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("stopped with exit %d: %s", code, errs.String())
	}
	if _, err := client.Get(page[1] + "/healthz"); err == nil {
		t.Error("it still listens")
	}
}

// signalling tells when the line about the channel was written.
type signalling struct {
	*lockedBuffer
	said chan struct{}
}

func (s *signalling) Write(p []byte) (int, error) {
	n, err := s.lockedBuffer.Write(p)
	if strings.Contains(string(p), "channel guzhen") {
		close(s.said)
	}
	return n, err
}

package main

import (
	"bufio"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// process is the program in a process of its own.
type process struct {
	cmd  *exec.Cmd
	url  string
	errs *lockedBuffer
	out  chan struct{} // closed when its output has ended
}

var pageLine = regexp.MustCompile(`chat page: (http://\S+)/`)

// startProcess starts the program on a data folder and waits until it is ready.
func startProcess(t testing.TB, data string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(exe, "serve", "--data", data), errs: &lockedBuffer{}, out: make(chan struct{})}
	p.cmd.Dir = filepath.Dir(data) // no config.yaml is there
	p.cmd.Env = append(os.Environ(), asProgram+"=1", "SMEBOT_LISTEN=127.0.0.1:0", "SMEBOT_METRICS_LISTEN=", "SMEBOT_LOG_LEVEL=warn")
	p.cmd.Stderr = p.errs
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	page := make(chan string, 1)
	go func() {
		defer close(p.out)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if m := pageLine.FindStringSubmatch(lines.Text()); m != nil {
				page <- m[1]
			}
		}
	}()
	select {
	case p.url = <-page: // it is printed once the program is ready
	case <-p.out:
		t.Fatalf("the program ended at its start: %v %s", p.cmd.Wait(), p.errs.String())
	case <-time.After(hangGuard):
		t.Fatalf("the program did not get ready: %s", p.errs.String())
	}
	return p
}

// kill ends the process at once, as a crash does.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		<-p.out
		_ = p.cmd.Wait()
	}
}

// terminate asks the process to stop and returns its exit status.
func (p *process) terminate(t testing.TB) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.out
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

func crashRounds(t *testing.T) int {
	v := os.Getenv("SMEBOT_CRASH_ROUNDS")
	switch {
	case v == "" && testing.Short():
		return 1
	case v == "":
		return 3
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		t.Fatalf("SMEBOT_CRASH_ROUNDS: want a number of rounds")
	}
	return n
}

// TestKilledWhileReferring kills the program again and again while twenty people refer themselves over the
// chat page. Each repeats a message with its id until it is answered, as the page does, and goes on after the
// restart. Every lead number that anyone was shown must be exported exactly once, every lead exported must
// have been shown to the one it is of, and nobody may have two of one conversation.
func TestKilledWhileReferring(t *testing.T) {
	const persons = 20
	rounds := crashRounds(t)
	data := filepath.Join(t.TempDir(), "data")
	var base atomic.Pointer[string] // nil while the program is down
	var repeats, messages atomic.Int64
	over := make(chan struct{})
	shown := map[string]person{} // by lead number
	var mu sync.Mutex
	var all sync.WaitGroup
	for range persons {
		all.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				who := newPerson()
				number, _ := refer(t, who, persistent(t, &base, &repeats, &messages))
				mu.Lock()
				if _, twice := shown[number]; twice {
					t.Errorf("two people were shown lead %s", number)
				}
				shown[number] = who
				mu.Unlock()
				if t.Failed() {
					return
				}
			}
		})
	}
	for range rounds {
		p := startProcess(t, data)
		base.Store(&p.url)
		time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond) // the random moment is the test
		base.Store(nil)
		p.kill()
		if e := p.errs.String(); strings.Contains(e, "panic") || strings.Contains(e, "level=ERROR") {
			t.Errorf("before it was killed the program said %s", clip(e, 500))
		}
	}
	p := startProcess(t, data)
	base.Store(&p.url)
	close(over)
	all.Wait()
	if code := p.terminate(t); code != 0 {
		t.Errorf("at the end it stopped with exit %d: %s", code, p.errs.String())
	}
	verify(t, data)
	lost, doubled, strange := len(shown), 0, 0
	seen, firms := map[string]int{}, map[string]int{}
	for _, l := range exported(t, data) {
		seen[l["number"]]++
		firms[l["firm"]]++
		if who, ours := shown[l["number"]]; !ours || who.says["firm"] != l["firm"] || "+86"+who.says["phone"] != l["phone"] {
			strange++
		}
	}
	for number := range shown {
		if seen[number] > 0 {
			lost--
		}
	}
	for _, n := range firms {
		doubled += n - 1
	}
	for _, n := range seen {
		doubled += n - 1
	}
	t.Logf("%d kills, %d messages answered, %d repeated after a failure, %d leads shown, %d lost, %d doubled", rounds, messages.Load(), repeats.Load(), len(shown), lost, doubled)
	if lost != 0 || doubled != 0 || strange != 0 {
		t.Errorf("%d leads lost, %d doubled, %d that nobody was shown or of another person", lost, doubled, strange)
	}
	if len(shown) < persons {
		t.Errorf("%d leads of %d people: the test shows too little", len(shown), persons)
	}
}

// persistent returns the way of a person who repeats each message, with its id, until it is answered.
func persistent(t testing.TB, base *atomic.Pointer[string], repeats, messages *atomic.Int64) func(utterance) heard {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Error(err)
	}
	b := &browser{client: &http.Client{Jar: jar, Transport: transport, Timeout: hangGuard}}
	guard := time.Now().Add(10 * time.Minute)
	return func(u utterance) heard {
		id := newID()
		for try := 0; time.Now().Before(guard); try++ {
			if try > 0 {
				time.Sleep(5 * time.Millisecond)
			}
			url := base.Load()
			if url == nil {
				continue
			}
			if b.base = *url; !b.hasSession() {
				r, err := b.client.Get(b.base + "/chat")
				if err != nil {
					continue
				}
				r.Body.Close()
			}
			status, body, err := b.try(id, u)
			if err != nil || status >= 500 {
				repeats.Add(1)
				continue
			}
			if status != http.StatusOK {
				t.Errorf("status %d %s", status, body)
				break
			}
			messages.Add(1)
			return readWeb(t, body)
		}
		return heard{}
	}
}

// hasSession reports whether the page was loaded once. The session outlives a restart.
func (b *browser) hasSession() bool {
	r, err := http.NewRequest(http.MethodGet, b.base+"/chat", nil)
	return err == nil && len(b.client.Jar.Cookies(r.URL)) > 0
}

// TestStopUnderLoad asks the program to stop while forty people write. What was answered must be stored: after
// a restart the same ids get the same answers, though they now come with other words.
func TestStopUnderLoad(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startProcess(t, data)
	type answered struct {
		b    *browser
		id   string
		body string
	}
	var mu sync.Mutex
	var taken []answered
	var failed, refused int
	enough := make(chan struct{})
	asked := questions(t)
	var all sync.WaitGroup
	for n := range 40 {
		b := openPage(t, p.url)
		all.Go(func() {
			for i := 0; ; i++ {
				id := newID()
				status, body, err := b.try(id, utterance{words: asked[(n+i)%len(asked)]})
				mu.Lock()
				switch {
				case err != nil:
					refused++
					mu.Unlock()
					return // the listener is gone
				case status == http.StatusOK:
					if taken = append(taken, answered{b, id, string(body)}); len(taken) == 300 {
						close(enough)
					}
				default:
					failed++
				}
				mu.Unlock()
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(hangGuard):
		t.Fatal("the program does not answer")
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("it stopped with exit %d: %s", code, p.errs.String())
	}
	all.Wait()
	if failed != 0 || refused != 40 {
		t.Errorf("%d messages got an error, %d of 40 people found the listener gone", failed, refused)
	}
	if e := p.errs.String(); strings.Contains(e, "level=ERROR") || strings.Contains(e, "panic") {
		t.Errorf("it said %s", clip(e, 500))
	}
	verify(t, data)
	p = startProcess(t, data)
	lost := 0
	for _, a := range taken {
		a.b.base = p.url
		status, body, err := a.b.try(a.id, utterance{words: "这是另一句话，不是原来那句"})
		if err != nil || status != http.StatusOK {
			t.Fatalf("after the restart: status %d, %v", status, err)
		}
		if string(body) != a.body {
			lost++
		}
	}
	if lost != 0 {
		t.Errorf("%d of %d answered messages were not stored", lost, len(taken))
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("the second stop: exit %d", code)
	}
	t.Logf("%d answered, %d lost", len(taken), lost)
}

package console

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"smebot/store"
)

// try asks for a session as a new browser would and returns the answer's page.
func (b *browser) try(name, password string, more ...string) page {
	b.Helper()
	if b.token == "" {
		b.get("/console/signin")
	}
	return b.post("/console/signin", append([]string{"name", name, "password", password}, more...)...)
}

func TestF094GuessingIsHeldBack(t *testing.T) {
	w := newConsole(t)
	owner := w.signIn(store.RoleAgent) // from here on this browser is known
	owner.post("/console/signout")
	owner.get("/console/signin")
	guesser, checked := w.browser(), 0
	for range 40 {
		switch p := guesser.try("agent", "wrong guess"); p.status {
		case http.StatusUnprocessableEntity:
			checked++
		case http.StatusTooManyRequests:
			if p.header.Get("Retry-After") == "" || !strings.Contains(p.body, "再试") {
				t.Error("the guesser is not told how long to wait")
			}
		default:
			t.Fatalf("a guess is answered with %d", p.status)
		}
		w.pass(20 * time.Second)
	}
	if checked > 10 {
		t.Errorf("%d guesses were checked within a quarter of an hour", checked)
	}
	if p := guesser.try("agent", testPassword); p.status != http.StatusTooManyRequests {
		t.Errorf("the right password from an unknown browser, while held back: %d", p.status)
	}
	if p := owner.try("agent", testPassword); p.status != http.StatusSeeOther {
		t.Errorf("the owner's own browser is shut out: %d", p.status)
	}
	if !strings.Contains(w.logs.String(), "held back") || w.audited("signin.blocked") == 0 {
		t.Error("nobody is told")
	}
	w.pass(tryWindow)
	if p := guesser.try("agent", testPassword); p.status != http.StatusSeeOther {
		t.Errorf("a quarter of an hour later: %d", p.status)
	}
}

// TestF094Counting lets guessers loose on the counters alone: hashing would bound them by itself.
func TestF094Counting(t *testing.T) {
	const quarter = 15 * time.Minute
	now, counts := time.Unix(1e9, 0), newThrottle()
	var made []time.Time
	var waits []time.Duration
	for range 100_000 { // one name, three hours
		if wait := counts.take("name\x00li", hardTries, now); wait == 0 {
			made = append(made, now)
		} else if n := len(made); len(waits) < n && n <= hardTries {
			waits = append(waits, wait)
		}
		now = now.Add(108 * time.Millisecond)
	}
	for i := hardTries; i < len(made); i++ {
		if made[i].Sub(made[i-hardTries]) < quarter {
			t.Fatalf("more than %d tries within a quarter of an hour: %v", hardTries, made[i-hardTries:i+1])
		}
	}
	if len(made) < 5*hardTries {
		t.Errorf("only %d tries in three hours: an owner would be shut out for long", len(made))
	}
	for i := freeTries; i < len(waits); i++ {
		if waits[i] < waits[i-1] {
			t.Errorf("the waits do not grow: %v", waits)
		}
	}
	passed := 0
	for i := range 10_000 { // one password, many names, one address
		if counts.take("address\x00203.0.113.7", addressTries, now) == 0 && counts.take(fmt.Sprint("name\x00", i), hardTries, now) == 0 {
			passed++
		}
		now = now.Add(10 * time.Millisecond)
	}
	if passed > addressTries {
		t.Errorf("one address made %d tries", passed)
	}
	for i := range 3 * maxBuckets { // made-up names from everywhere
		counts.take(fmt.Sprint("name\x00made up ", i), hardTries, now)
	}
	if n := len(counts.buckets); n > maxBuckets {
		t.Errorf("%d counters are kept", n)
	}
}

// TestF095NothingTellsWhoIsThere compares the answers to every way of failing.
func TestF095NothingTellsWhoIsThere(t *testing.T) {
	w := newConsole(t)
	w.must(w.db.SetDisabled(t.Context(), "admin", "viewer", true))
	w.must(w.db.SetPassword(t.Context(), "admin", "auditor", testHash(), w.now().Add(time.Minute)))
	w.must(w.db.SetTOTP(t.Context(), "supervisor", "supervisor", "JBSWY3DPEHPK3PXP"))
	w.pass(time.Hour)
	answers := map[string]string{}
	for what, c := range map[string][2]string{
		"no such account": {"nobody-here", testPassword}, "wrong password": {"agent", "wrong"}, "switched off": {"viewer", testPassword},
		"one-time password that ran out": {"auditor", testPassword}, "no code": {"supervisor", testPassword}, "reserved name": {"operator", "x"},
		"no name for an account": {"' OR 1=1 --", testPassword},
	} {
		p := w.browser().try(c[0], c[1])
		body := formToken.ReplaceAllString(typedName.ReplaceAllString(p.body, ""), "")
		answers[fmt.Sprint(p.status, p.header.Get("Retry-After"), body)] += what + "; "
		if p.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, p.status)
		}
	}
	if len(answers) != 1 {
		t.Errorf("the ways of failing are told apart: %d answers", len(answers))
		for _, what := range answers {
			t.Log(what)
		}
	}
	known, unknown := w.browser(), w.browser()
	for i := range hardTries + 2 {
		a, b := known.try("admin", "wrong"), unknown.try("nobody-at-all", "wrong")
		if a.status != b.status {
			t.Errorf("try %d: %d for an account, %d for none", i+1, a.status, b.status)
		}
	}
	// What takes the time is the hash: the same cost for a name without an account.
	if cost := func(hash string) string { return hash[:strings.LastIndex(hash[:strings.LastIndex(hash, "$")], "$")] }; cost(w.server.nobody) != cost(testHash()) {
		t.Error("a name without an account is checked at another cost")
	}
}

var typedName = regexp.MustCompile(`name="name" value="[^"]*"`)

// BenchmarkF095SignIn measures what a test must not assert: an account and none take the same time.
func BenchmarkF095SignIn(b *testing.B) {
	for _, who := range []string{"agent", "nobody-here"} {
		b.Run(who, func(b *testing.B) {
			db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if err := db.AddAccount(b.Context(), "operator", "agent", store.RoleAgent, testHash(), time.Time{}); err != nil {
				b.Fatal(err)
			}
			s, err := New(Config{Store: db})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := s.check(b.Context(), who, "wrong", "", time.Now()); err != errWrong { //nolint:errorlint // never wrapped
					b.Fatal(err)
				}
			}
		})
	}
}

func TestF108SecondFactor(t *testing.T) {
	w := newConsole(t)
	b := w.signIn(store.RoleAgent)
	b.get("/console/account")
	if p := b.post("/console/account/totp", "current", "not the password"); p.status != http.StatusUnprocessableEntity || strings.Contains(p.body, `name="secret"`) {
		t.Errorf("a second factor without the password: %d", p.status)
	}
	p := b.post("/console/account/totp", "current", testPassword)
	holds(t, "the page that sets it up", p.body, `src="data:image/png;base64,`)
	secret := cutBetween(p.body, `name="secret" value="`, `"`)
	seal := cutBetween(p.body, `name="seal" value="`, `"`)
	code := func(shift time.Duration) string {
		c, err := totp.GenerateCode(secret, w.now().Add(shift))
		w.must(err)
		return c
	}
	confirm := func(secret, code string) page {
		return b.post("/console/account/totp/confirm", "secret", secret, "seal", seal, "code", code)
	}
	if p := confirm(secret, "000000"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, secret) {
		t.Errorf("a wrong code: %d, or the same secret is not shown again", p.status)
	}
	if p := confirm("JBSWY3DPEHPK3PXP", code(0)); p.status != http.StatusUnprocessableEntity {
		t.Errorf("somebody else's secret: %d", p.status)
	}
	used := code(0)
	if p := confirm(secret, used[:3]+" "+used[3:]); p.status != http.StatusSeeOther {
		t.Fatalf("the right code: %d", p.status)
	}
	opens := func(code string) bool {
		return w.browser().try("agent", testPassword, "code", code).status == http.StatusSeeOther
	}
	if opens(used) {
		t.Error("the code that set it up opens as well")
	}
	for what, c := range map[string]string{"none": "", "two steps old": code(-time.Minute), "two steps ahead": code(time.Minute), "letters": "abcdef"} {
		if opens(c) {
			t.Errorf("code %s opens", what)
		}
	}
	w.pass(tryWindow)
	for _, shift := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		c := code(shift)
		if !opens(c) {
			t.Errorf("the code of %v does not open", shift)
		}
		if opens(c) {
			t.Errorf("the code of %v opens twice", shift)
		}
	}
	w.pass(tryWindow)
	checked := 0
	for range 30 {
		if w.browser().try("agent", testPassword, "code", "000000").status == http.StatusUnprocessableEntity {
			checked++
		}
		w.pass(15 * time.Second)
	}
	if checked > hardTries {
		t.Errorf("%d codes were tried", checked)
	}
	w.must(w.db.SetTOTP(t.Context(), "admin", "agent", "")) // the phone was lost
	w.pass(tryWindow)
	if !opens("") {
		t.Error("without the second factor the password does not open")
	}
}

func TestF109FirstStart(t *testing.T) {
	w := newConsole(t)
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Clock: w.now, Log: w.server.Log})
	w.must(err)
	defer func() { w.must(db.Close()) }()
	w.db = db
	if w.server, err = New(Config{Store: db, Log: w.server.Log, Clock: w.now}); err != nil {
		t.Fatal(err)
	}
	w.serve()
	first := func() string {
		p, err := FirstPassword(t.Context(), db, w.now())
		w.must(err)
		return p
	}
	password := first()
	if len(password) < 16 {
		t.Fatalf("no password for the first start")
	}
	if again := first(); again != "" {
		t.Error("a second start draws another while the first can be used")
	}
	for _, guess := range []string{"admin", "password", "smebot", "", "changeme"} {
		if p := w.browser().try(FirstAdmin, guess); p.status == http.StatusSeeOther {
			t.Errorf("a default password opens: %q", guess)
		}
	}
	w.pass(15 * time.Minute)
	if p := w.browser().try(FirstAdmin, password); p.status == http.StatusSeeOther {
		t.Error("the password works after a quarter of an hour")
	}
	second := first()
	if second == "" || second == password {
		t.Fatal("no other password once the first has run out")
	}
	w.pass(tryWindow)
	if second = first(); second == "" {
		t.Fatal("no third password")
	}
	b := w.browser()
	if p := b.try(FirstAdmin, second); p.status != http.StatusSeeOther || p.header.Get("Location") != Root+"password" {
		t.Fatalf("the right password: %d to %q", p.status, p.header.Get("Location"))
	}
	b.get("/console/password")
	for _, rt := range w.server.routes() { // nothing else is open before it has been changed
		if rt.need == permPublic || strings.HasSuffix(rt.pattern, "/password") || strings.HasSuffix(rt.pattern, "/signout") {
			continue
		}
		if p := visitRoute(b, rt); p.status != http.StatusSeeOther || p.header.Get("Location") != Root+"password" {
			t.Errorf("%s is open with the password for one use: %d", rt, p.status)
		}
	}
	if p := w.browser().try(FirstAdmin, second); p.status == http.StatusSeeOther {
		t.Error("the password works twice")
	}
	b.get("/console/password")
	for _, bad := range []string{"short", "admin admin admin", "password123", second} {
		if p := b.post("/console/password", "fresh", bad, "again", bad); p.status != http.StatusUnprocessableEntity {
			t.Errorf("%q was taken as a password: %d", bad, p.status)
		}
	}
	if p := b.post("/console/password", "fresh", testPassword, "again", testPassword); p.status != http.StatusSeeOther {
		t.Fatalf("a good password: %d", p.status)
	}
	if again := first(); again != "" {
		t.Error("a start with an account draws a password")
	}
}

func TestPasswords(t *testing.T) {
	for _, bad := range []string{
		"short", "nine char", "password123", "Password123!", "QWERTYUIOP", "1q2w3e4r5t", "woaini1314520", "zhongshan2026", "basketball99", "li-li-li-li", "Li and his dog",
		"smebot smebot", "1111111111", strings.Repeat("长", 200), "aaaaaaaaaaaa", "ababababab12", "          .", strings.Repeat("x y z ", 12), "mango1mango1", "荔枝荔枝荔枝荔枝荔枝",
	} {
		if CheckPassword("li", bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	for _, good := range []string{"lychee season in june", "荔枝红了的六月天我们去摘", "a quiet boat,  a quiet boat", "tr0ub4dor&3x"} {
		if err := CheckPassword("wang", good); err != nil {
			t.Errorf("%q was refused: %v", good, err)
		}
	}
	w := newConsole(t)
	const exact = "  Two Blanks Before, and CAPITALS  "
	hash, err := HashPassword(t.Context(), exact)
	w.must(err)
	w.must(w.db.SetPassword(t.Context(), "admin", "agent", hash, time.Time{}))
	for _, near := range []string{strings.TrimSpace(exact), strings.ToLower(exact)} {
		if w.browser().try("agent", near).status == http.StatusSeeOther {
			t.Errorf("%q opens for %q", near, exact)
		}
	}
	if p := w.browser().try(" AGENT ", exact); p.status != http.StatusSeeOther {
		t.Errorf("the password as it was chosen: %d", p.status)
	}
}

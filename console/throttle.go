package console

import (
	"sync"
	"time"
)

// Bounds of failed sign-ins. An account's passwords are tried at most ten times in a quarter of an hour; from the
// third on each failure doubles the wait.
const (
	freeTries    = 3
	hardTries    = 10
	addressTries = 60
	tryWindow    = 15 * time.Minute
	maxBuckets   = 20000 // bounds the memory that a flood of made-up names takes: about 2 MB
)

// throttle counts failed tries by key: an account seen from unknown devices, one known device of an account, or an
// address. Keys that do not exist are counted like those that do, so that counting tells nothing.
type throttle struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	tries int
	until time.Time // no try before
	last  time.Time
}

func newThrottle() *throttle { return &throttle{buckets: map[string]*bucket{}} }

// take counts a try of a key before it is made, so that many at once do not slip through, and returns 0; or how
// long the key must wait, and counts nothing. hard is how many tries a window may have.
func (t *throttle) take(key string, hard int, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buckets[key]
	if b != nil && now.Before(b.until) {
		return b.until.Sub(now)
	}
	if b == nil || now.Sub(b.last) >= tryWindow {
		if b == nil && len(t.buckets) >= maxBuckets {
			t.shed(now)
		}
		b = &bucket{}
		t.buckets[key] = b
	}
	b.tries++
	b.last = now
	soft := hard * freeTries / hardTries
	switch {
	case b.tries >= hard:
		b.until = now.Add(tryWindow)
	case b.tries >= soft:
		b.until = now.Add(min(time.Second<<min(b.tries-soft, 9), tryWindow))
	}
	return 0
}

// full reports whether a key has used up its tries.
func (t *throttle) full(key string, hard int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buckets[key]
	return b != nil && b.tries >= hard
}

// good forgets a key's tries: the last one was right.
func (t *throttle) good(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.buckets, key)
}

// forgive takes back one try of a key that others share.
func (t *throttle) forgive(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := t.buckets[key]; b != nil {
		b.tries--
		b.until = time.Time{}
	}
}

// shed makes room: what is over first, then half of the rest, which are a flood's.
func (t *throttle) shed(now time.Time) {
	for k, b := range t.buckets {
		if now.Sub(b.last) > tryWindow {
			delete(t.buckets, k)
		}
	}
	for k, b := range t.buckets {
		if len(t.buckets) < maxBuckets/2 {
			break
		}
		if b.tries < hardTries {
			delete(t.buckets, k)
		}
	}
	if len(t.buckets) >= maxBuckets { // all of them at their limit
		clear(t.buckets)
	}
}

package wechat

import (
	"crypto/sha256"
	"sync"
)

// maxRemembered bounds the replay memory: with the window of 300 s on both sides it carries 109 messages a
// second, far beyond a sandbox account, in under 10 MB.
const maxRemembered = 1 << 16

// memory knows which body came under each signed (timestamp, nonce). The plain profile needs it, since its
// signature does not cover the body: who has seen one address could post any body under it until it is too
// old. In safe mode msg_signature covers the body and nothing has to be remembered.
//
// It is kept by one process only and lost at a restart. Then, and between replicas, an address seen by others
// is good for other bodies during the window; that is why plain mode is for the sandbox.
type memory struct {
	mu   sync.Mutex
	max  int
	seen map[[32]byte]sighting
}

type sighting struct {
	body  [32]byte
	until int64 // Unix seconds; afterwards the timestamp itself is refused for age
}

type verdict int

const (
	firstSeen verdict = iota
	sameAgain
	otherBody
	memoryFull
)

func newMemory(size int) *memory { return &memory{max: size, seen: map[[32]byte]sighting{}} }

// see notes a body under its timestamp and nonce. Live entries are never dropped to make room: that would let
// a forger wash out the one he wants to reuse.
func (m *memory) see(timestamp, nonce string, body []byte, now, until int64) verdict {
	key := sha256.Sum256([]byte(timestamp + "\x00" + nonce))
	sum := sha256.Sum256(body)
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.seen[key]; ok {
		if old.body == sum {
			return sameAgain
		}
		return otherBody
	}
	if len(m.seen) >= m.max {
		for k, s := range m.seen {
			if s.until < now {
				delete(m.seen, k)
			}
		}
		if len(m.seen) >= m.max {
			return memoryFull
		}
	}
	m.seen[key] = sighting{sum, until}
	return firstSeen
}

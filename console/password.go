package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a hash: 19 MiB and two passes, as OWASP's password storage sheet gives for one lane. About 90 ms on
// the machines this runs on.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	saltBytes   = 16
	keyBytes    = 32
)

// Bounds of a password, in characters; and in bytes, so that hashing a posted book costs nothing.
const (
	minPassword      = 10
	maxPasswordBytes = 512
)

// hashing bounds how many hashes are worked out at once: each takes a core and 19 MiB.
var hashing = make(chan struct{}, 2)

//go:embed common-passwords.txt
var commonList string

// common are passwords that everybody tries first. The list is read when a password is first chosen.
var common = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(commonList) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			all[line] = true
		}
	}
	return all
})

// Why a password cannot be taken.
var (
	ErrPasswordLength = errors.New("a password has at least 10 characters")
	ErrPasswordName   = errors.New("a password does not hold the account's name")
	ErrPasswordCommon = errors.New("a password is not one that everybody tries")
	ErrPasswordRepeat = errors.New("a password has at least 5 different characters and repeats no short piece")
)

// minDifferent is how many different characters a password has at least: "aaaaaaaaaaaa" is guessed at once.
const minDifferent = 5

var tooCommon = []string{"password", "qwerty", "123456", "111111", "000000", "abc123", "admin", "iloveyou", "smebot", "woaini"}

// CheckPassword says whether a new password is good enough for an account.
func CheckPassword(name, password string) error {
	low := strings.ToLower(password)
	switch {
	case utf8.RuneCountInString(password) < minPassword || len(password) > maxPasswordBytes:
		return ErrPasswordLength
	case strings.Contains(low, strings.ToLower(name)):
		return ErrPasswordName
	case common()[low] || common()[strings.TrimRight(low, "0123456789!.?@#")]:
		return ErrPasswordCommon
	case repeats([]rune(low)):
		return ErrPasswordRepeat
	}
	for _, c := range tooCommon {
		low = strings.ReplaceAll(low, c, "")
	}
	if utf8.RuneCountInString(low) < minPassword/2 {
		return ErrPasswordCommon
	}
	return nil
}

// repeats reports whether a password has few different characters, or is a piece of up to half its length again and again.
func repeats(password []rune) bool {
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	if len(different) < minDifferent {
		return true
	}
	for size := minDifferent; size <= len(password)/2; size++ {
		same := true
		for i := size; i < len(password) && same; i++ {
			same = password[i] == password[i-size]
		}
		if same {
			return true
		}
	}
	return false
}

// HashPassword returns the argon2id hash of a password in PHC form. It waits while others are being worked out.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := random(saltBytes)
	key, err := derive(ctx, password, salt, argonMemory, argonTime)
	if err != nil {
		return "", err
	}
	return phc(salt, key), nil
}

// unopenable returns a hash that no password opens and that takes as long to check as any other.
func unopenable() string { return phc(random(saltBytes), random(keyBytes)) }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func phc(salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b.EncodeToString(salt), b.EncodeToString(key))
}

func derive(ctx context.Context, password string, salt []byte, memory, time uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, time, memory, argonLanes, keyBytes), nil
}

// verifyPassword reports whether a password is the one of a hash.
func verifyPassword(ctx context.Context, hash, password string) (bool, error) {
	if len(password) > maxPasswordBytes {
		password = "" // no account's; takes the same time
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("stored password hash is not argon2id")
	}
	var memory, time uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil {
		return false, fmt.Errorf("stored password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("stored password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("stored password hash: %w", err)
	}
	got, err := derive(ctx, password, salt, memory, time)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// alphabet of drawn passwords: no look-alikes, easy to read out.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"

// DrawPassword draws a password for one use: 16 characters in groups of four, 79 bits.
func DrawPassword() string {
	b := make([]byte, 16)
	for i := range b {
		b[i] = alphabet[drawn(len(alphabet))]
	}
	return fmt.Sprintf("%s-%s-%s-%s", b[:4], b[4:8], b[8:12], b[12:])
}

// drawn returns a random number below n, at most 256, without bias.
func drawn(n int) int {
	var b [1]byte
	for {
		rand.Read(b[:])
		if int(b[0]) < 256-256%n {
			return int(b[0]) % n
		}
	}
}

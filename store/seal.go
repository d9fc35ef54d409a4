package store

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"smebot/bot"
)

// keySize is the size of the master key in bytes.
const keySize = 32

// hashSize is the size in bytes of a keyed hash used as a row's key. Half of SHA-256 keeps the chance of two of
// 2^32 deliveries meeting below 2^-64.
const hashSize = 16

// sealFormat is the first byte of a sealed value; another number will stand for another key or cipher.
const sealFormat = 1

// errSealed means that a sealed value does not open: altered, moved to another row, or of another key.
var errSealed = errors.New("sealed value does not open")

// sealer encrypts values and hashes look-up keys. XChaCha20-Poly1305 because its nonce is long enough to be
// drawn at random for ever; AES-GCM's 96 bits would be used up after 2^32 values, two days at full load.
type sealer struct {
	aead  cipher.AEAD
	index []byte // key of the look-up hashes
	check string // names the master key without telling it; kept in the database
}

func newSealer(master []byte) (*sealer, error) {
	derive := func(use string) ([]byte, error) {
		return hkdf.Key(sha256.New, master, nil, "smebot store "+use+" 1", keySize)
	}
	seal, err := derive("seal")
	if err != nil {
		return nil, err
	}
	index, err := derive("index")
	if err != nil {
		return nil, err
	}
	check, err := derive("check")
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(seal)
	if err != nil {
		return nil, err
	}
	return &sealer{aead: aead, index: index, check: hex.EncodeToString(check[:hashSize])}, nil
}

// seal encrypts plain for one column of one row. It opens nowhere else.
func (s *sealer) seal(column string, row, plain []byte) []byte {
	const head = 1 + chacha20poly1305.NonceSizeX
	out := make([]byte, head, head+len(plain)+chacha20poly1305.Overhead)
	out[0] = sealFormat
	rand.Read(out[1:head])
	return s.aead.Seal(out, out[1:head], plain, place(column, row))
}

// open decrypts what seal made for the same column and row.
func (s *sealer) open(column string, row, sealed []byte) ([]byte, error) {
	const head = 1 + chacha20poly1305.NonceSizeX
	if len(sealed) < head || sealed[0] != sealFormat {
		return nil, fmt.Errorf("%s: %w", column, errSealed)
	}
	plain, err := s.aead.Open(nil, sealed[1:head], sealed[head:], place(column, row))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", column, errSealed)
	}
	return plain, nil
}

func place(column string, row []byte) []byte {
	b := make([]byte, 0, len(column)+1+len(row))
	b = append(b, column...)
	b = append(b, 0)
	return append(b, row...)
}

// hash gives the keyed hash of parts for a use. A zero byte stands before each part, so that shifting words from
// one to the next gives another hash.
func (s *sealer) hash(use string, parts ...string) []byte {
	m := hmac.New(sha256.New, s.index)
	m.Write([]byte(use))
	for _, p := range parts {
		m.Write([]byte{0})
		m.Write([]byte(p))
	}
	return m.Sum(make([]byte, 0, sha256.Size))[:hashSize]
}

// person is the key of everything kept about one person. The channel's name stands for its platform.
func (s *sealer) person(a bot.Address) []byte { return s.hash("person", a.Channel, a.User) }

func (s *sealer) sameKey(check string) bool {
	return subtle.ConstantTimeCompare([]byte(s.check), []byte(check)) == 1
}

// readKey reads the master key. os.ErrNotExist passes through.
func readKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("not %d bytes in hexadecimal", keySize)
	}
	return key, nil
}

// createKey draws a master key and writes it. It never replaces a file: a link fails if the name is taken.
func createKey(path string) ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key)
	aside := path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(aside, path)
	}
	if err := errors.Join(err, os.Remove(aside), syncDir(filepath.Dir(path))); err != nil {
		return nil, err
	}
	return key, nil
}

// syncDir makes new and renamed entries of a folder last through a power cut.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // which does not open folders for this, and needs it not
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

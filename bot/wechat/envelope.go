package wechat

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/silenceper/wechat/v2/util"
)

// signed reports whether got is the lower-case hex SHA-1 over the sorted parts. The comparison takes the same
// time wherever the difference lies; a signature of another length or case is simply another string.
func signed(got string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(got), []byte(util.Signature(parts...))) == 1
}

// errSealed is the one answer to every envelope that cannot be opened. Padding, length, app id and base64 are
// not told apart: AES-CBC has no authentication of its own, and a difference would be an oracle.
var errSealed = errors.New("envelope cannot be opened")

// open decrypts an Encrypt text with the first of the account's keys that fits, and returns the message and
// that key. Its msg_signature must have been checked before.
func (c *Channel) open(encrypt string) (message []byte, key string, err error) {
	for _, k := range c.keys {
		if _, message, err = util.DecryptMsg(c.cfg.AppID, encrypt, k); err == nil {
			return message, k, nil
		}
	}
	return nil, "", errSealed
}

// seal encrypts a reply with the key that opened the question and signs it, with 16 fresh random bytes and a
// nonce of its own.
func (c *Channel) seal(message []byte, key string, at int64) ([]byte, error) {
	var random [20]byte // 16 for the cipher text, 4 for the nonce
	rand.Read(random[:])
	encrypt, err := util.EncryptMsg(random[:16], message, c.cfg.AppID, key)
	if err != nil {
		return nil, fmt.Errorf("encrypt reply: %w", err)
	}
	timestamp, nonce := strconv.FormatInt(at, 10), strconv.FormatUint(uint64(binary.BigEndian.Uint32(random[16:])), 10)
	// None of the four can hold a character that XML or CDATA minds: base64, hex and digits.
	return fmt.Appendf(nil, "<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]></Nonce></xml>",
		encrypt, util.Signature(c.cfg.Token, timestamp, nonce, string(encrypt)), timestamp, nonce), nil
}

package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// downloadLimit is how long sending a file may take; the server's own limit is for pages.
const downloadLimit = 2 * time.Minute

// download answers with a file. name is plain for old programs, full may hold any characters.
func (v *visit) download(name, full, kind string, data []byte) error {
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", attachment(name, full))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_ = http.NewResponseController(v.W).SetWriteDeadline(time.Now().Add(downloadLimit)) // some writers of tests know no deadline
	if _, err := v.W.Write(data); err != nil {
		return errDone // the visitor left
	}
	return nil
}

// maxFileName bounds a file's name in characters: file systems take 255 bytes.
const maxFileName = 80

// attachment is the header that names a file to be saved, after RFC 6266: the plain name for old programs, the full
// one as RFC 8187 writes it.
func attachment(name, full string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/:*?<>|%;`, r) {
			return '_'
		}
		return r
	}, clip(name, maxFileName))
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(fileName(full)), "+", "%20")
}

// fileName takes out of a name what would lead elsewhere or is not seen.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`"\/:*?<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
	return strings.TrimLeft(clip(s, maxFileName), ".")
}

package parse

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Limits of an archive of policy files, against ones made to fill the memory: counted bytes, never declared ones.
const (
	archiveEntries = 2000
	archiveRatio   = 100
	archiveName    = 512 // bytes
)

// Member is a file of an archive.
type Member struct {
	Name string // without folders
	Body []byte
}

// Archive unpacks a .zip of policy files into memory; nothing is written. Names are never used as paths: one that leads
// out of the archive, a link, a second archive inside or an encrypted file refuses the whole. passed names the files
// that are no policies, with what to do.
func Archive(body []byte) (files []Member, passed []string, err error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, nil, fault("zip", "not a .zip archive: pack the files as .zip")
	}
	if len(z.File) > archiveEntries {
		return nil, nil, fault("zip-entries", "the archive holds %d entries, more than %d: upload the files in parts", len(z.File), archiveEntries)
	}
	left := min(int64(MaxFile), archiveRatio*int64(len(body)))
	for _, f := range z.File {
		name, err := memberName(f)
		if err != nil {
			return nil, nil, err
		}
		base := path.Base(name)
		switch ext := strings.ToLower(path.Ext(base)); {
		case f.FileInfo().IsDir(), strings.HasPrefix(base, "."), strings.HasPrefix(base, "~$"), strings.HasPrefix(name, "__MACOSX/"):
			continue
		case !f.Mode().IsRegular():
			return nil, nil, of(base, fault("zip-link", "a link or device, which no policy is: pack the file itself"))
		case f.Flags&1 != 0:
			return nil, nil, of(base, fault("zip-encrypted", "encrypted: pack the files without a password"))
		case ext == ".zip" || ext == ".rar" || ext == ".7z" || ext == ".gz" || ext == ".tar":
			return nil, nil, of(base, fault("zip-nested", "an archive inside the archive: unpack it first"))
		case !Supported(base):
			passed = append(passed, base)
			continue
		}
		text, err := unpack(f, left, errArchiveDamaged, errArchiveLarge)
		if err != nil {
			return nil, nil, of(base, err)
		}
		left -= int64(len(text))
		files = append(files, Member{base, text})
	}
	return files, passed, nil
}

// memberName reads an entry's name, which Windows in China writes in GBK, and refuses one that is no plain path.
func memberName(f *zip.File) (string, error) {
	name := f.Name
	if f.NonUTF8 && !utf8.ValidString(name) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().String(name)
		if err != nil {
			return "", errArchiveDamaged
		}
		name = decoded
	}
	name = strings.ReplaceAll(name, `\`, "/")
	plain := strings.TrimSuffix(name, "/")
	switch {
	case len(name) > archiveName, !utf8.ValidString(name), strings.ContainsFunc(name, unicode.IsControl):
		return "", fault("zip-name", "the archive holds a name that is no file's: pack the files again")
	case !fs.ValidPath(plain), strings.Contains(plain, ":"):
		return "", fault("zip-path", "the archive holds a name that leads out of it: pack the files again")
	}
	return name, nil
}

// unpack reads a file of an archive, no further than a limit in bytes; damaged and large are what to say.
func unpack(f *zip.File, limit int64, damaged, large error) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, damaged
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, damaged
	}
	if int64(len(text)) > limit {
		return nil, large
	}
	return text, nil
}

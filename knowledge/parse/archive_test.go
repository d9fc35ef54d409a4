package parse

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// zipped packs files in the order given: name, content, name, content.
func zipped(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchiveOfPolicies(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("文件/灯饰办法.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, utf8 := range map[string]bool{"文件/补贴办法.md": true, gbk: false} {
		h := &zip.FileHeader{Name: name, NonUTF8: !utf8, Method: zip.Deflate}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, "第一条 本办法自发布之日起施行。")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, extra := range []string{"文件/", "__MACOSX/a.txt", ".hidden.txt", "~$a.docx", "说明.pdf"} {
		if _, err := z.Create(extra); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files, passed, err := Archive(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"灯饰办法.txt", "补贴办法.md"}) || !slices.Equal(passed, []string{"说明.pdf"}) {
		t.Errorf("files %q, passed over %q", names, passed)
	}
}

// Names that lead elsewhere are refused, and nothing is written anywhere.
func TestF110NamesThatLeadOut(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	const policy = "第一条 本办法自发布之日起施行。"
	for _, name := range []string{"../a.txt", "a/../../b.txt", "/etc/a.txt", `C:\a.txt`, `..\a.txt`, "a/./b.txt", "a\x00.txt", "a\n.txt", "//host/a.txt", strings.Repeat("长", 400) + ".txt", ".."} {
		if files, _, err := Archive(zipped(t, "好.txt", policy, name, policy)); err == nil {
			t.Errorf("%q was taken: %v", name, files)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "link.txt"}
	h.SetMode(os.ModeSymlink | 0o777)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = io.WriteString(w, "/etc/passwd")
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Archive(b.Bytes()); err == nil || !strings.Contains(err.Error(), "link") {
		t.Errorf("a link: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("written: %v, %v", left, err)
	}
}

// Archives made to fill the memory are refused by counted bytes.
func TestF111ArchiveBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	many := make([]string, 0, 2*2100)
	for i := range 2100 {
		many = append(many, fmt.Sprintf("%d.txt", i), "")
	}
	bomb := zipped(t, "a.txt", zeros, "b.txt", zeros, "c.txt", zeros, "d.txt", zeros, "e.txt", zeros, "f.txt", zeros, "g.txt", zeros, "h.txt", zeros)
	for name, c := range map[string]struct {
		body []byte
		says string
	}{
		"a thousandfold":      {bomb, "more than it may"},
		"ten thousand names":  {zipped(t, many...), "more than 2000"},
		"an archive inside":   {zipped(t, "a.zip", string(bomb)), "inside the archive"},
		"a lying size":        {lyingSize(t, bomb), ""},
		"one part many times": {overlapping(t), ""},
		"cut":                 {bomb[:len(bomb)/2], "not a .zip"},
		"nothing":             {nil, "not a .zip"},
	} {
		before := heap()
		files, _, err := Archive(c.body)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
		if grown := int64(heap()) - int64(before); grown > 64<<20 {
			t.Errorf("%s: the heap grew by %d MiB", name, grown>>20)
		}
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// lyingSize makes every entry claim one byte.
func lyingSize(t *testing.T, body []byte) []byte {
	t.Helper()
	out := bytes.Clone(body)
	for i := 0; i+46 < len(out); i++ {
		if binary.LittleEndian.Uint32(out[i:]) == 0x02014b50 {
			binary.LittleEndian.PutUint32(out[i+24:], 1)
		}
	}
	return out
}

// overlapping is an archive of 1,500 names that all point at one part of 1 MiB.
func overlapping(t *testing.T) []byte {
	t.Helper()
	one := zipped(t, "a.txt", strings.Repeat("条", 1<<20/3))
	at := bytes.LastIndex(one, []byte{'P', 'K', 1, 2})
	entry, end := one[at:bytes.LastIndex(one, []byte{'P', 'K', 5, 6})], bytes.Clone(one[bytes.LastIndex(one, []byte{'P', 'K', 5, 6}):])
	out := bytes.Clone(one[:at])
	for range 1500 {
		out = append(out, entry...)
	}
	binary.LittleEndian.PutUint16(end[8:], 1500)
	binary.LittleEndian.PutUint16(end[10:], 1500)
	binary.LittleEndian.PutUint32(end[12:], uint32(1500*len(entry)))
	binary.LittleEndian.PutUint32(end[16:], uint32(at))
	return append(out, end...)
}

// A document's parts are bounded, and what Word never writes is refused.
func TestF112DocxThatIsMadeToHarm(t *testing.T) {
	word := func(xml string) []byte {
		return zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", xml, "word/_rels/document.xml.rels",
			`<Relationships><Relationship Target="http://127.0.0.1:1/x" TargetMode="External"/></Relationships>`)
	}
	for name, xml := range map[string]string{
		"a document type": `<!DOCTYPE x [<!ENTITY a "b">]><w:document><w:p><w:t>&a;</w:t></w:p></w:document>`,
		"outside entity":  `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x"><w:document/>`,
		"deep nesting":    strings.Repeat("<a>", 100000),
		"a huge text":     "<w:document><w:p><w:t>" + strings.Repeat("条", 40<<20) + "</w:t></w:p></w:document>",
	} {
		if _, err := Bytes("a.docx", word(xml)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The name does not make a file what it is not.
func TestF113NotWhatTheNameSays(t *testing.T) {
	exe := append([]byte("MZ\x90\x00\x03\x00\x00\x00"), make([]byte, 512)...)
	for name, body := range map[string][]byte{"a.docx": exe, "b.txt": exe, "c.html": exe, "d.md": append([]byte("\x7fELF"), make([]byte, 64)...), "e.txt": zipped(t, "a", "b")} {
		if _, err := Bytes(name, body); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	for _, name := range []string{"macro.docm", "run.exe", "a.pdf", "b"} {
		if Supported(name) {
			t.Errorf("%s counts as a policy", name)
		}
	}
}

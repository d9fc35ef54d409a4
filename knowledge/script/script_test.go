package script

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Texts without a traditional character are not looked up in the dictionaries; the outcome is that of looking them up.
func TestShortWayIsTheSame(t *testing.T) {
	lines := 0
	err := filepath.WalkDir("../../intents", func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".txt" {
			return err
		}
		b, err := os.ReadFile(path)
		for line := range strings.Lines(string(b)) {
			lines++
			if got, want := Simplified(line), convert(line, toSimplified); got != want {
				t.Errorf("%q, not %q", got, want)
			}
		}
		return err
	})
	if err != nil || lines < 10000 {
		t.Fatal(lines, err)
	}
}

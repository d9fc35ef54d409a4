package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smebot/store"
)

func TestPD17AuditLogTellsWhatWasChanged(t *testing.T) {
	for name, c := range map[string]struct{ damage, says string }{
		"a changed word":    {`UPDATE audit SET detail = 'other' WHERE seq = 3`, "line 3 was changed"},
		"another actor":     {`UPDATE audit SET actor = 'wang' WHERE seq = 1`, "line 1 was changed"},
		"a line taken out":  {`DELETE FROM audit WHERE seq = 2`, "line 2 is missing"},
		"the end taken off": {`DELETE FROM audit WHERE seq >= 4`, "ends with line 3, but line 5 was written"},
		"two exchanged":     {`UPDATE audit SET seq = -seq WHERE seq IN (2, 3); UPDATE audit SET seq = 5 + seq WHERE seq < 0`, "line 2 was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, dir)
			for range 5 {
				if err := db.Append(t.Context(), store.AuditEntry{Actor: "li", Action: "lead.reveal", Subject: "20261123-7K3QWM", Detail: "call back"}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Microsecond)
			}
			if err := db.VerifyAudit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			alter(t, filepath.Join(dir, store.FileName), c.damage)
			db = open(t, dir)
			if err := db.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("verify says %v, want %q", err, c.says)
			}
		})
	}
}

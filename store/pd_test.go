package store_test

import (
	"testing"
	"time"

	"smebot/store"
)

// TestPD18_TheLogOutlivesEverythingElse: years later, when all that has a period is gone, the log of what was done is
// whole. (What the program writes to standard error holds no personal data, and how long it is kept is the machine's.)
func TestPD18_TheLogOutlivesEverythingElse(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	db := clocked(t, t.TempDir(), &now)
	if err := db.CommitTurn(t.Context(), personalTurn(1, chen, "+8613800138000")); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := db.Append(t.Context(), store.AuditEntry{Actor: "li", Action: "lead.phone", Subject: "20261122-000001", Detail: "call"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.MoveLead(t.Context(), "20261122-000001", 1, store.Closed, store.Helped, "li"); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		now = now.AddDate(1, 0, 0)
		if _, err := db.Retain(t.Context(), store.Periods{Deliveries: time.Hour, Messages: time.Hour, Leads: time.Hour}, true); err != nil {
			t.Fatal(err)
		}
	}
	if l, err := db.Lead(t.Context(), "20261122-000001"); err != nil || l.Phone != "" {
		t.Errorf("after ten years the lead still has a number, %v", err)
	}
	if log, err := db.Audit(t.Context(), store.AuditFilter{Action: "lead.phone"}); err != nil || len(log) != 10 {
		t.Errorf("after ten years %d of 10 lines are left, %v", len(log), err)
	}
	if err := db.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

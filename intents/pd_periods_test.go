package intents

import (
	"strings"
	"testing"
)

// TestPD14_SentencesTellTheTimesOfAForm: what people are told of how long a form waits is what the program does.
func TestPD14_SentencesTellTheTimesOfAForm(t *testing.T) {
	if draftLife.Hours() != 24 || volunteerLife.Minutes() != 30 {
		t.Errorf("a form lives %v, details told early %v", draftLife, volunteerLife)
	}
	for k, want := range map[key]string{defaultRetention: "24", formExpired: "24", formLater: "24", formGone: "30"} {
		if !strings.Contains(simplified[k], want) || !strings.Contains(english[k], want) {
			t.Errorf("%s does not say %s", k, want)
		}
	}
}

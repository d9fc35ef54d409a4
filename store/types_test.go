package store

import (
	"fmt"
	"testing"
)

// However a number is printed its middle is hidden; a mainland number stands as people there read one.
func TestPhonesAreMasked(t *testing.T) {
	for number, want := range map[Phone]string{
		"+8613800138000": "138****8000", "+8676022110000": "0760****0000", "+85291234567": "+852****4567", "+1": "****", "": "****",
	} {
		for _, got := range []string{number.Masked(), number.String(), fmt.Sprintf("%v", number), fmt.Sprintf("%q", number), fmt.Sprintf("%x", number), number.LogValue().String()} {
			if got != want {
				t.Errorf("%d digits masked as %s, want %s", len(number), got, want)
			}
		}
	}
}

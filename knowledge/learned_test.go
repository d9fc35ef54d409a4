package knowledge

import "testing"

// The shipped weights fit the features of the program, and more of the question's words score higher.
func TestLearnedWeights(t *testing.T) {
	score := judge(large)
	var poor, rich [featureCount]float32
	rich[fKept], rich[fCoverage] = 0.9, 0.9
	if a, b := score(&poor), score(&rich); a >= b {
		t.Errorf("an article that holds the question's words scores %f, one without them %f", b, a)
	}
}

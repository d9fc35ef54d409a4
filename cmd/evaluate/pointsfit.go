package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"smebot/intents/understand"
)

// pointsOptions are those of the small models that tell an article's facts apart: few questions each, so that no word
// is too rare.
var pointsOptions = understand.FitOptions{Epochs: 20, Rate: 0.35, Decay: 2e-6, MinDF: 2, Seed: 7}

// fitPoints fits which fact of an article a question asks for, says how often held-out questions get theirs, and writes
// the weights beside those of the labels.
func (c *fitCmd) fitPoints(u *understand.Understander) error {
	all, err := understand.PointExamples()
	if err != nil {
		return err
	}
	models := map[int]*understand.Model{}
	right, held := 0, 0
	for _, n := range slices.Sorted(maps.Keys(all)) {
		samples := u.Samples(all[n], 1)
		for k := range c.Folds {
			var in []understand.Sample
			for i, s := range samples {
				if i%c.Folds != k {
					in = append(in, s)
				}
			}
			m := understand.Fit(in, pointsOptions)
			for i, s := range samples {
				if i%c.Folds == k {
					held++
					if m.Likeliest(s) == all[n][i].Label {
						right++
					}
				}
			}
		}
		models[n] = understand.Fit(samples, pointsOptions)
	}
	var b bytes.Buffer
	if err := understand.WritePoints(&b, models); err != nil {
		return err
	}
	fmt.Printf("facts of %d articles: %d-fold cross-validation %.3f, %d KiB\n", len(models), c.Folds, ratio(right, held), b.Len()>>10)
	return os.WriteFile(filepath.Join(filepath.Dir(c.Out), "points.bin"), b.Bytes(), 0o644)
}

package main

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"smebot/knowledge"
)

type fitRankingCmd struct {
	File   []string `arg:"" help:"Labelled questions with relevant articles, JSONL." type:"existingfile"`
	Corpus string   `help:"Folder of policy files to search." type:"existingdir" required:""`
	Index  string   `help:"Folder for the index." type:"path"`
	Out    string   `help:"Where to write the weights." default:"knowledge/rank.json" type:"path"`
	Folds  int      `help:"Folds of the cross-validation; 1 leaves it out." default:"5"`
	Hidden int      `help:"Units of the hidden layer." default:"16"`
	Epochs int      `help:"Passes over the questions." default:"12"`
	L2     float64  `help:"Pull of the weights towards zero." default:"0.0001"`
	LR     float64  `help:"First step." default:"0.003"`
	Nets   int      `help:"Nets whose outputs are added." default:"1"`
	Blocks bool     `help:"Make folds of neighbouring questions."`
	Dry    bool     `help:"Only cross-validate."`
	Single bool     `help:"Score each feature alone."`
	Drop   []string `help:"Features to leave out; what the lay glossary adds serves the candidates and small collections." default:"added"`
	Ablate bool     `help:"Cross-validate without each group of features in turn, and each group added to the plain score."`
}

// Run collects the candidates of every question, cross-validates, fits on all and writes the weights.
func (c *fitRankingCmd) Run(ctx context.Context) error {
	sets, err := c.collect(ctx)
	if err != nil {
		return err
	}
	if c.Single {
		for j, name := range knowledge.FeatureNames {
			r := evalSets(sets, func(f []float32) float64 { return float64(f[j]) })
			r.print(name)
		}
	}
	if c.Ablate {
		c.ablate(sets)
	}
	on := without(c.Drop)
	if c.Folds > 1 {
		train, held := c.crossValidate(sets, on)
		train.print("train")
		held.print("held out")
	}
	if c.Dry {
		return nil
	}
	m := c.train(sets, on)
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return os.WriteFile(c.Out, body, 0o644)
}

// without says which features take part when some are dropped.
func without(drop []string) []bool {
	on := make([]bool, len(knowledge.FeatureNames))
	for j, n := range knowledge.FeatureNames {
		on[j] = !slices.Contains(drop, n)
	}
	return on
}

func (c *fitRankingCmd) train(sets []rankSet, on []bool) *knowledge.RankNet {
	in := len(on)
	m := &knowledge.RankNet{Mean: make([]float64, in), Scale: make([]float64, in), Hidden: c.Hidden}
	sq := make([]float64, in)
	n := 0.0
	for _, s := range sets {
		for _, f := range s.feats {
			for i, v := range f {
				m.Mean[i] += float64(v)
				sq[i] += float64(v) * float64(v)
			}
			n++
		}
	}
	for i := range m.Mean {
		m.Mean[i] /= n
		if sd := math.Sqrt(max(0, sq[i]/n-m.Mean[i]*m.Mean[i])); sd > 1e-6 && on[i] {
			m.Scale[i] = 1 / sd
		}
	}
	for net := range c.Nets {
		rnd := rand.New(rand.NewPCG(uint64(net), 7))
		size := c.Hidden*(in+2) + in
		p := make([]float64, size)
		for j := range c.Hidden * (in + 1) {
			p[j] = rnd.NormFloat64() / math.Sqrt(float64(in)) * 0.7
		}
		for j := range c.Hidden {
			p[c.Hidden*(in+1)+j] = rnd.NormFloat64() * 0.1
		}
		g := make([]float64, size)
		m1, m2 := make([]float64, size), make([]float64, size)
		step := 0
		x := make([][]float64, 0)
		hs := make([][]float64, 0)
		order := rnd.Perm(len(sets))
		const batch = 8
		totalSteps := c.Epochs * len(sets) / batch
		for range c.Epochs {
			rnd.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
			for b, si := range order {
				s := &sets[si]
				if slices.Contains(s.rel, true) {
					k := len(s.feats)
					for len(x) < k {
						x = append(x, make([]float64, in))
						hs = append(hs, make([]float64, c.Hidden))
					}
					out := make([]float64, k)
					top := math.Inf(-1)
					nr := 0.0
					for i, f := range s.feats {
						m.Normalise(f, x[i])
						out[i] = m.Forward(p, x[i], hs[i])
						top = max(top, out[i])
						if s.rel[i] {
							nr++
						}
					}
					z := 0.0
					for _, v := range out {
						z += math.Exp(v - top)
					}
					for i := range out {
						d := math.Exp(out[i]-top) / z
						if s.rel[i] {
							d -= 1 / nr
						}
						if math.Abs(d) < 1e-6 {
							continue
						}
						for j := range c.Hidden {
							g[c.Hidden*(in+1)+j] += d * hs[i][j]
							dh := d * p[c.Hidden*(in+1)+j] * (1 - hs[i][j]*hs[i][j])
							gj := g[j*(in+1) : (j+1)*(in+1)]
							for a, v := range x[i] {
								gj[a] += dh * v
							}
							gj[in] += dh
						}
						gl := g[c.Hidden*(in+2):]
						for a, v := range x[i] {
							gl[a] += d * v
						}
					}
				}
				if (b+1)%batch == 0 || b == len(order)-1 {
					step++
					lr := c.LR * max(0.02, 1-float64(step)/float64(totalSteps+1))
					for i := range p {
						gi := g[i]/batch + c.L2*p[i]
						m1[i] = 0.9*m1[i] + 0.1*gi
						m2[i] = 0.999*m2[i] + 0.001*gi*gi
						a := m1[i] / (1 - math.Pow(0.9, float64(step)))
						v := m2[i] / (1 - math.Pow(0.999, float64(step)))
						p[i] -= lr * a / (math.Sqrt(v) + 1e-8)
						g[i] = 0
					}
				}
			}
		}
		m.Nets = append(m.Nets, p)
	}
	return m
}

package knowledge

import (
	"context"
	"errors"
)

// Candidate is an article considered for a text, with what the ranking knows of it.
type Candidate struct {
	Title, Heading string
	Features       []float32
}

// Candidates returns the articles that Search would rank for a text, with their features: for fitting the ranking.
func (b *Base) Candidates(ctx context.Context, text string) ([]Candidate, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.now == nil {
		return nil, errors.New("the knowledge base is closed")
	}
	x := b.now.index
	list, err := x.candidates(ctx, text, candidates)
	if err != nil {
		return nil, err
	}
	out := make([]Candidate, len(list))
	for i := range list {
		e := x.entries[list[i].i]
		out[i] = Candidate{e.doc.Title, e.art.Heading, list[i].features[:]}
	}
	return out, nil
}

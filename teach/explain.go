package teach

import (
	"context"
	"errors"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// headingOf names an article of the embedded policy.
func headingOf(n int) string { return knowledge.PolicyRef(n).Heading }

// Why is how the bot comes to an answer.
type Why struct {
	Trace    understand.Trace
	Reply    bot.Reply
	Articles []Candidate // that the understanding proposes, best first
	Hits     []Candidate // that a search of all documents finds, best first
	Imported []Candidate // of imported documents, nearest first; without scores
	First    float64     // how likely it is that the first of them answers
	Among    float64     // and that one of the first three does
	Figure   string      // an answer was withheld: the figure that its article does not hold
	Lacks    bool        // the question asks for a kind of fact that the article likeliest meant does not hold
}

// Candidate is an article that may answer.
type Candidate struct {
	knowledge.Ref
	Title   string // of the document
	Score   float64
	Passage string
}

// searched is how many articles of a search are shown, and passageBytes how much of each.
const (
	searched     = 8
	foundShown   = 3
	passageBytes = 600
)

// Explain says how the bot answers a question put as a newcomer's first message. Nothing is stored.
func (s *Shelf) Explain(ctx context.Context, text string) (Why, error) {
	w := Why{Trace: s.Mind.Trace(text)}
	var err error
	if w.Reply, err = s.route(ctx, s.Router(s.Mind, s), text); err != nil {
		return w, err
	}
	var refs []knowledge.Ref
	for _, m := range w.Trace.Articles {
		refs = append(refs, m.Ref)
		w.Articles = append(w.Articles, s.candidate(m.Ref, m.Score))
	}
	if w.Trace.Intent == understand.Policy && !w.Trace.Unsure {
		a := s.Base.Answer(knowledge.Ask{Text: w.Trace.Query, Refs: refs, Language: w.Trace.Language, Now: s.Clock(), MaxBytes: bot.MaxReplyBytes})
		w.Figure = a.Figure
	}
	if len(refs) > 0 && w.Trace.Intent == understand.NoAnswer {
		if _, art, ok := s.Base.Article(refs[0]); ok {
			w.Lacks = understand.Lacks(w.Trace.Normal, art.Text)
		}
	}
	hits, err := s.Base.Search(ctx, text, searched)
	if err != nil {
		return w, err
	}
	for _, h := range hits {
		w.Hits = append(w.Hits, s.candidate(h.Ref, h.Score))
	}
	found := s.Base.Find(ctx, w.Trace.Normal)
	w.First, w.Among = found.First, found.Among
	for _, f := range found.List[:min(len(found.List), foundShown)] {
		w.Imported = append(w.Imported, s.candidate(f.Ref, 0))
	}
	return w, nil
}

func (s *Shelf) candidate(r knowledge.Ref, score float64) Candidate {
	doc, art, _ := s.Base.Article(r)
	return Candidate{Ref: r, Title: doc.Title, Score: score, Passage: cutBytes(knowledge.Display(art.Text), passageBytes)}
}

// Teller is what telling people needs of the store.
type Teller interface {
	Answerable(ctx context.Context, limit int) ([]store.Answerable, error)
	TellAnswer(ctx context.Context, a store.Answerable, reply bot.Reply) error
}

// tellAtOnce bounds how many people one look tells.
const tellAtOnce = 1000

// Tell writes to people who agreed to be told once their question can be answered, through the outbox, and returns how
// many. Somebody whose question is out of scope is told that; whose question still has no answer goes on waiting.
func (s *Shelf) Tell(ctx context.Context, t Teller) (told int, err error) {
	due, err := t.Answerable(ctx, tellAtOnce)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	r := s.Router(s.Mind, s)
	for _, a := range due {
		reply, err := s.route(ctx, r, a.Text)
		if err != nil {
			return told, err
		}
		news := bot.Reply{}
		switch answered := understand.Intent(reply.Intent); {
		case answered == understand.Policy || answered == understand.Platform:
			news = r.AnswerNews(a.Text, reply.Text, knowledge.Language(a.Language))
		case a.Label == string(understand.NoAnswer):
			news = r.ScopeNews(a.Text, knowledge.Language(a.Language))
		default:
			continue
		}
		err = t.TellAnswer(ctx, a, news)
		if errors.Is(err, store.ErrNotFound) {
			continue // told by another replica, erased or withdrawn meanwhile
		}
		if err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}

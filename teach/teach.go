// Package teach is what staff teach the bot while it serves: it groups the questions that were not answered, checks a
// lesson, shows by the labelled examples what it would change, puts it into force, tells people who waited for it, and
// says why the bot answers a question as it does.
//
// It keeps the lessons in force in memory, as the store has them; what must last is the store's. It never changes the
// fitted weights, never quotes, and gives no answer of staff's own whose time is over or whose source does not hold it.
package teach

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"smebot/intents"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/store"
)

// Store is what the shelf needs of the database.
type Store interface {
	Examples(ctx context.Context) ([]store.Example, error)
	Lessons(ctx context.Context) ([]store.Lesson, error)
	OpenQuestions(ctx context.Context, limit int) ([]store.AskedQuestion, error)
	Askers(ctx context.Context) ([]store.Asker, error)
}

// Config is what a Shelf works with.
type Config struct {
	Store  Store
	Base   *knowledge.Base
	Mind   *understand.Understander // is taught
	Router func(intents.Understander, intents.Answers) *intents.Router
	Clock  func() time.Time // default time.Now
	Log    *slog.Logger     // default slog.Default()
}

// Shelf holds the lessons in force. It implements intents.Answers and is safe for use by many goroutines.
type Shelf struct {
	Config
	lessons atomic.Pointer[map[string]store.Lesson] // answers of staff's own, by id

	mu      sync.Mutex
	vectors map[string]understand.Vector // of open questions, by handle
	grouped string                       // names the open questions that groups is of
	groups  [][]int
	checks  []understand.Example // the labelled examples, once read
}

// New returns a shelf that holds nothing yet.
func New(c Config) *Shelf {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	c.Log = cmp.Or(c.Log, slog.Default())
	s := &Shelf{Config: c, vectors: map[string]understand.Vector{}}
	s.lessons.Store(&map[string]store.Lesson{})
	return s
}

// Load puts the lessons and examples of the store to use, in place of those before.
func (s *Shelf) Load(ctx context.Context) error {
	lessons, err := s.Store.Lessons(ctx)
	if err != nil {
		return err
	}
	rows, err := s.Store.Examples(ctx)
	if err != nil {
		return err
	}
	answers := map[string]store.Lesson{}
	for _, l := range lessons {
		if l.Words != "" && l.Undone.IsZero() {
			answers[l.ID] = l
		}
	}
	var list []understand.Example
	for _, r := range rows {
		label := understand.Label(r.Label)
		if !s.Mind.Teachable(label) {
			s.Log.Warn("a taught example is left out: its label is not known any more", "label", r.Label)
			continue
		}
		list = append(list, understand.Example{Text: r.Words, Label: label})
	}
	s.lessons.Store(&answers)
	return s.Mind.Teach(list)
}

// office is where days begin and end: there is no summer time in China.
var office = time.FixedZone("UTC+8", 8*3600)

// Answer implements intents.Answers.
func (s *Shelf) Answer(id string, now time.Time) (intents.OwnAnswer, bool) {
	l, ok := (*s.lessons.Load())[id]
	if !ok {
		return intents.OwnAnswer{}, false
	}
	return s.answer(l, now)
}

func (s *Shelf) answer(l store.Lesson, now time.Time) (intents.OwnAnswer, bool) {
	if s.Trouble(l, now).Code != "" {
		return intents.OwnAnswer{}, false
	}
	a := intents.OwnAnswer{Words: l.Words, Day: l.Added, Title: l.Basis.Title, Link: l.Basis.Link, Number: l.Basis.Number, Date: l.Basis.Date}
	if l.Basis.Document != "" {
		doc, art, _ := s.Base.Article(basisRef(l.Basis))
		a.Title, a.Ref = doc.Title, &knowledge.Ref{Document: doc.ID, Article: art.Number, Heading: art.Heading}
	}
	return a, true
}

func basisRef(b store.Basis) knowledge.Ref {
	return knowledge.Ref{Document: b.Document, Heading: b.Heading}
}

// Trouble is why a lesson is in force but of no use; its Code is "" if there is none.
func (s *Shelf) Trouble(l store.Lesson, now time.Time) Fault {
	var ref knowledge.Ref
	switch r, article := understand.Label(l.Label).Ref(); {
	case l.Words != "" && l.Review < now.In(office).Format(time.DateOnly):
		return Fault{Code: FaultOver, Arg: l.Review}
	case l.Words != "" && l.Basis.Document != "":
		ref = basisRef(l.Basis)
	case article:
		ref = r
	default:
		return Fault{}
	}
	if _, _, ok := s.Base.Article(ref); !ok {
		return Fault{Code: FaultArticle, Arg: ref.Heading}
	}
	if l.Words != "" {
		if f, bad := s.Base.Unsupported(l.Words, ref); bad {
			return Fault{Code: FaultFigure, Arg: f}
		}
	}
	return Fault{}
}

// withLesson is a shelf with one more answer.
type withLesson struct {
	*Shelf
	lesson store.Lesson
}

// Answer implements intents.Answers.
func (w withLesson) Answer(id string, now time.Time) (intents.OwnAnswer, bool) {
	if id == w.lesson.ID {
		return w.answer(w.lesson, now)
	}
	return w.Shelf.Answer(id, now)
}

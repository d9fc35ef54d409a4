package teach

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"smebot/intents"
	"smebot/intents/understand"
	"smebot/knowledge"
	"smebot/knowledge/parse"
	"smebot/store"
)

// Kind is what a lesson makes of a question.
type Kind string

// The kinds of lessons.
const (
	ToArticle  Kind = "article"  // an article answers it
	ToPlatform Kind = "platform" // it is a need that a type of platform serves
	OutOfScope Kind = "scope"    // it is none of the bot's business
	OwnWords   Kind = "answer"   // staff answer it in their own words
)

// Bounds of a lesson.
const (
	maxExamples = 12
	minExample  = 2   // characters
	maxExample  = 120 // characters
	maxWords    = 900 // bytes: with its source it still fits a reply
	maxTitle    = 100 // characters
	maxLink     = 200 // bytes
	maxReview   = 2   // years ahead
)

// Draft is a lesson as it was filled in.
type Draft struct {
	Kind     Kind
	Document string // id, with Heading: of the article linked to, or that the answer rests on
	Heading  string
	Platform string // slug
	Words    string
	Title    string // of a source outside, with Date and one of Link and Number
	Link     string
	Number   string
	Date     string // "2026-03-01"
	Review   string // "2027-03-01"
	Examples []string
}

// Fault is what is wrong with a draft or a lesson; Arg belongs into its sentence.
type Fault struct{ Code, Arg string }

// Error implements error.
func (f Fault) Error() string { return f.Code + " " + f.Arg }

// The faults. Each stands for a sentence of the console.
const (
	FaultKind     = "kind"
	FaultExamples = "examples" // none, too many, too short or too long
	FaultPersonal = "personal" // an example holds contact details
	FaultTaught   = "taught"   // an example is taught already
	FaultChoose   = "choose"   // no article was chosen
	FaultArticle  = "article"  // no such article, or its document is switched off
	FaultPlatform = "platform"
	FaultWords    = "words" // none, or too many
	FaultSource   = "source"
	FaultDate     = "date"
	FaultReview   = "review"
	FaultFigure   = "figure" // the article does not hold a figure of the words
	FaultOver     = "over"   // the day of review has passed
)

// FaultCodes are all codes of a Fault.
var FaultCodes = []string{FaultKind, FaultExamples, FaultPersonal, FaultTaught, FaultChoose, FaultArticle, FaultPlatform, FaultWords, FaultSource, FaultDate, FaultReview, FaultFigure, FaultOver}

// Lesson makes a lesson of a draft, or says what is wrong with it.
func (s *Shelf) Lesson(d Draft, actor string) (store.Lesson, *Fault) {
	now := s.Clock()
	l := store.Lesson{ID: rand.Text(), Actor: actor, Added: now}
	var fault *Fault
	if l.Examples, fault = s.examples(d.Examples); fault != nil {
		return l, fault
	}
	switch d.Kind {
	case ToArticle:
		if d.Heading == "" {
			return l, &Fault{FaultChoose, ""}
		}
		ref, ok := s.article(d)
		if !ok {
			return l, &Fault{FaultArticle, d.Heading}
		}
		l.Label = string(understand.ArticleLabel(ref))
		if ref == knowledge.PolicyRef(ref.Article) { // the weights know it, so what is only like the examples gains too
			l.Label = fmt.Sprintf("policy/%02d", ref.Article)
		}
	case ToPlatform:
		l.Label = "platform/" + d.Platform
		if !s.Mind.Teachable(understand.Label(l.Label)) {
			return l, &Fault{FaultPlatform, d.Platform}
		}
	case OutOfScope:
		l.Label = string(understand.NoAnswer)
	case OwnWords:
		l.Label, l.Words, l.Review = string(understand.AnswerLabel(l.ID)), strings.TrimSpace(d.Words), d.Review
		if l.Words == "" || len(l.Words) > maxWords {
			return l, &Fault{FaultWords, fmt.Sprint(maxWords / 3)}
		}
		if l.Basis, fault = s.basis(d, now); fault != nil {
			return l, fault
		}
		if fault := review(d.Review, now); fault != nil {
			return l, fault
		}
		if t := s.Trouble(l, now); t.Code != "" {
			return l, &t
		}
	default:
		return l, &Fault{FaultKind, ""}
	}
	return l, nil
}

func (s *Shelf) article(d Draft) (knowledge.Ref, bool) {
	doc, art, ok := s.Base.Article(knowledge.Ref{Document: d.Document, Heading: d.Heading})
	return knowledge.Ref{Document: doc.ID, Article: art.Number, Heading: art.Heading}, ok && d.Heading != ""
}

// examples checks the ways of asking.
func (s *Shelf) examples(given []string) ([]string, *Fault) {
	var list []string
	for _, e := range given {
		e = strings.Join(strings.Fields(e), " ")
		if e == "" || slices.Contains(list, e) {
			continue
		}
		if n := utf8.RuneCountInString(e); n < minExample || n > maxExample {
			return nil, &Fault{FaultExamples, e}
		}
		if intents.HoldsPersonal(e) {
			return nil, &Fault{FaultPersonal, e}
		}
		if slices.ContainsFunc(s.Mind.Taught(), func(t understand.Example) bool { return t.Text == e }) {
			return nil, &Fault{FaultTaught, e}
		}
		list = append(list, e)
	}
	if len(list) == 0 || len(list) > maxExamples {
		return nil, &Fault{FaultExamples, fmt.Sprint(len(list))}
	}
	return list, nil
}

// basis checks what an answer rests on.
func (s *Shelf) basis(d Draft, now time.Time) (store.Basis, *Fault) {
	if d.Document != "" {
		ref, ok := s.article(d)
		if !ok {
			return store.Basis{}, &Fault{FaultArticle, d.Heading}
		}
		return store.Basis{Document: ref.Document, Heading: ref.Heading}, nil
	}
	b := store.Basis{Title: strings.Trim(d.Title, "《》 "), Link: d.Link, Number: d.Number, Date: d.Date}
	if n := utf8.RuneCountInString(b.Title); n < 2 || n > maxTitle || b.Link == "" && b.Number == "" || utf8.RuneCountInString(b.Number) > maxTitle {
		return b, &Fault{FaultSource, ""}
	}
	if b.Link != "" {
		link, err := parse.SourceURL(b.Link)
		if err != nil || len(link) > maxLink {
			return b, &Fault{FaultSource, b.Link}
		}
		b.Link = link
	}
	if day, err := time.ParseInLocation(time.DateOnly, b.Date, office); err != nil || day.After(now) {
		return b, &Fault{FaultDate, b.Date}
	}
	return b, nil
}

// review checks the last day on which an answer is to be given.
func review(day string, now time.Time) *Fault {
	at, err := time.ParseInLocation(time.DateOnly, day, office)
	if err != nil || !at.After(now) || at.After(now.AddDate(maxReview, 0, 0)) {
		return &Fault{FaultReview, fmt.Sprint(maxReview)}
	}
	return nil
}

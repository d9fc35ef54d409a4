// Package knowledge holds the policies: documents, the cards written beside them, the search index, and the
// composing of answers that quote them. It never invents: every figure of an answer stands in the article it
// cites. It knows nothing of chats, people or databases, and is the only package that links bleve.
package knowledge

import (
	"time"

	"smebot/knowledge/parse"
)

// Language is what an answer is written in. Official text stays Chinese in all of them.
type Language string

// The languages smebot answers in.
const (
	Simplified  Language = "zh"
	Traditional Language = "zh-Hant"
	English     Language = "en"
)

// Ref names an article of a document.
type Ref struct {
	Document string // document id
	Article  int    // number, 0 where the document does not number its articles
	Heading  string // "第二十四条"
}

// Hit is an article found by a search.
type Hit struct {
	Ref
	Title string  // the document's title
	Score float64 // comparable within one answer only
	Text  string  // the article's words
}

// Answer is a composed, cited answer to a policy question.
type Answer struct {
	Text     string   // lead sentence, basis, expiry line; at most the asked number of bytes
	Refs     []Ref    // what it rests on, the main article first
	HasMore  bool     // the article says more than Text quotes: offer its full text
	Related  []string // short questions a person may ask next, in the answer's language
	Withheld bool     // the guard found a figure that the article does not hold; Text is empty
	Figure   string   // which, with Withheld
	Absent   bool     // none of the articles is held, or their documents are switched off; Text is empty
}

// Ask is a policy question to be answered from a given article.
type Ask struct {
	Text     string    // the question, normalised to simplified script
	Refs     []Ref     // articles that answer it, best first
	Language Language  // of the answer
	Now      time.Time // decides whether a clause's period is over
	MaxBytes int       // limit of Answer.Text

	// How likely the question asks for a fact of the first article's card, by what the card says it is about; "" for the
	// article as a whole. nil where nothing is known of it.
	Points map[string]float64
}

// Document and Article are the parsed forms.
type (
	Document = parse.Document
	Article  = parse.Article
	Passage  = parse.Passage
)

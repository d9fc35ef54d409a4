// Package parse turns policy files (.txt, .md, .html, .docx) into documents of chapters, articles and passages.
// It keeps nothing and never changes a word of the official text: it only drops what is not part of it
// (site navigation, repeated titles, share links) and says which characters of the source are damaged.
package parse

// Document is one policy as it was read from a file.
type Document struct {
	ID        string    `json:"id"`                  // short name for commands and citations: "gd-2012-sme-platforms"
	Title     string    `json:"title"`               // full title, without book-title marks
	Issuer    string    `json:"issuer,omitempty"`    // who issued it
	Dated     string    `json:"dated,omitempty"`     // the date under it, YYYY-MM-DD
	Published string    `json:"published,omitempty"` // when the page carrying it was published, YYYY-MM-DD
	Effective string    `json:"effective,omitempty"` // in force from, YYYY-MM-DD
	Expires   string    `json:"expires,omitempty"`   // no longer in force after, YYYY-MM-DD
	Source    string    `json:"source,omitempty"`    // where it was found
	Version   string    `json:"version,omitempty"`   // the revision mark of the title: "2018修正"
	History   bool      `json:"history,omitempty"`   // an older version: kept to be read, not searched
	Preamble  string    `json:"preamble,omitempty"`  // what stands before the first article
	Articles  []Article `json:"articles"`
}

// Article is one numbered article, or one section of a document that numbers none.
type Article struct {
	Number   int       `json:"number"`            // 24 for 第二十四条; 0 where the document gives none
	Suffix   int       `json:"suffix,omitempty"`  // 1 for 第二十四条之一
	Heading  string    `json:"heading"`           // "第二十四条", or the section's title
	Chapter  string    `json:"chapter,omitempty"` // "五、考核与组织领导"; nested levels joined by " / "
	Text     string    `json:"text"`              // the official words without the heading; paragraphs separated by "\n"
	Passages []Passage `json:"passages,omitempty"`
}

// Passage is a part of an article that can answer a question alone: a list item or a paragraph.
type Passage struct {
	Label string `json:"label,omitempty"` // what the item is about: "技术创新服务平台"
	Text  string `json:"text"`            // verbatim
}

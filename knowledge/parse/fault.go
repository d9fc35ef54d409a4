package parse

import (
	"errors"
	"fmt"
)

// Fault is why a file cannot be read. Its words say what to do; Code and Args are for whoever says it in another
// language.
type Fault struct {
	File string // name of the file, "" for the upload as a whole
	Code string
	Args []any // of the sentence
	word string
}

// Error implements error.
func (f *Fault) Error() string {
	words := fmt.Sprintf(f.word, f.Args...)
	if f.File == "" {
		return words
	}
	return f.File + ": " + words
}

func fault(code, words string, args ...any) *Fault {
	return &Fault{Code: code, Args: args, word: words}
}

// of names the file that an error is about.
func of(file string, err error) error {
	var f *Fault
	if !errors.As(err, &f) {
		return fmt.Errorf("%s: %w", file, err)
	}
	named := *f
	named.File = file
	return &named
}

// Faults that more than one place finds. FaultCodes names the others.
var (
	errEmpty       = fault("empty", "the file is empty: give the policy's text")
	errDocxDamaged = fault("docx-damaged", "damaged Word document: open and save it again")
	errDocxLarge   = fault("docx-large", "the Word document unpacks to more than it may: save the text alone")
	errDocxType    = fault("docx-type", "the Word document declares a document type, which Word never does: refused")
	errDocxDeep    = fault("docx-deep", "the Word document is nested too deep: save the text alone")

	errArchiveDamaged = fault("zip-damaged", "damaged archive: pack the files again")
	errArchiveLarge   = fault("zip-large", "the archive unpacks to more than it may: upload the files in parts")
)

// FaultCodes are all codes of a Fault.
var FaultCodes = []string{
	"empty", "binary", "encoding", "kind", "large", "no-title", "no-text", "no-article", "front-date", "html",
	"docx", "docx-damaged", "docx-large", "docx-type", "docx-deep", "docx-parts", "docx-text",
	"zip", "zip-damaged", "zip-large", "zip-entries", "zip-link", "zip-encrypted", "zip-nested", "zip-name", "zip-path",
}

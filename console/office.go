package console

import (
	"context"
	"errors"

	"smebot/intents"
	"smebot/knowledge"
)

// Office is how the console changes what a running bot does. Everything takes effect at once for new messages; other
// replicas follow when they look again.
type Office interface {
	// Reload puts the lessons, switches and settings of the store to use. actor is who changed them.
	Reload(ctx context.Context, actor string) error
	// FileValues are the configuration file's values of Settings.
	FileValues() map[string]string
	// Options are the router's options with some of the file's values replaced.
	Options(values map[string]string) intents.Options
	// Plan works out what importing documents does, and changes nothing.
	Plan(ctx context.Context, docs []knowledge.Document) ([]Filed, error)
	// Import stores documents, all of them or none, and indexes them while the old index serves. indexing reports that
	// the new index is still being built when it returns.
	Import(ctx context.Context, docs []knowledge.Document) (done []Filed, indexing bool, err error)
}

// Faults of Import.
var (
	// ErrImporting: another import is being indexed.
	ErrImporting = errors.New("another import is being indexed")
	// ErrRefused: one of the documents is refused, and so nothing was stored.
	ErrRefused = errors.New("a document is refused")
)

// The settings that the console may set in the configuration file's place, by their names there.
const (
	SetName       = "centre.name"
	SetContact    = "centre.contact"
	SetHoursWords = "centre.hours"
	SetHours      = "hours"
	SetNotice     = "privacy.notice_url"
)

// Settings lists them in the order of the page.
var Settings = []string{SetName, SetContact, SetHoursWords, SetHours, SetNotice}

// What an import does with a document.
const (
	FiledNew       = "new"
	FiledChanged   = "changed"   // other words under the same date; those before are kept
	FiledUnchanged = "unchanged" // held already, word for word
	FiledReplaced  = "replaced"  // it takes the place of an older version, which becomes history
	FiledHistory   = "history"   // a newer version is held: it is filed as history
	FiledRefused   = "refused"
)

// Filed is what an import does with one document.
type Filed struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	What  string `json:"what"`
	Date  string `json:"date"`            // of the version imported
	Other string `json:"other,omitempty"` // date of the version replaced, or of the newer one held; name of the words kept
	Why   string `json:"why,omitempty"`   // of a refusal, with what to do
}

// Channel is a way by which people write to the bot.
type Channel struct {
	Name string // "web" for the chat page
	Type string // "wechat", "telegram", "web"
}

package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which of our packages each one may import, and why no other.
var allowed = map[string]struct {
	may []string
	why string
}{
	"bot":                {nil, "bot is the vocabulary: whatever it imported, every package would"},
	"bot/wechat":         {[]string{"bot"}, "an adapter knows its platform and the vocabulary; what is said and stored is decided behind the dispatcher"},
	"bot/telegram":       {[]string{"bot"}, "an adapter knows its platform and the vocabulary; what is said and stored is decided behind the dispatcher"},
	"bot/web":            {[]string{"bot"}, "an adapter knows its platform and the vocabulary; what is said and stored is decided behind the dispatcher"},
	"store":              {[]string{"bot", "store/migrations"}, "the store keeps what others decide"},
	"store/storetest":    {[]string{"bot", "store"}, "the contract test sees the store from outside"},
	"store/migrations":   {nil, "migrations are data"},
	"console":            {[]string{"bot", "store", "knowledge", "knowledge/parse", "intents", "intents/understand", "teach", "directory", "export", "knowledge/places"}, "the console draws what the store holds; it reaches no channel and no adapter"},
	"teach":              {[]string{"bot", "store", "knowledge", "knowledge/parse", "intents", "intents/understand"}, "lessons stand between the store's rows and the router; they draw no page and open no store"},
	"knowledge":          {[]string{"knowledge/parse", "knowledge/policy", "knowledge/script"}, "knowledge stands alone: it knows policies, not chats"},
	"console/hostile":    {[]string{"bot", "store", "knowledge"}, "what hostile people write reaches the pages by the store alone, and the package knows none of them"},
	"knowledge/baseline": {[]string{"knowledge"}, "what the search is measured against is made of the same articles"},
	"knowledge/parse":    {nil, "reading files needs nothing of ours"},
	"knowledge/policy":   {nil, "the embedded policy is data"},
	"knowledge/places":   {[]string{"knowledge/script"}, "which towns there are is data; what is done with them is decided elsewhere"},
	"knowledge/script":   {nil, "script conversion needs nothing of ours"},
	"notify":             {[]string{"bot"}, "a place takes what it is handed; what is announced is decided elsewhere"},
	"followup":           {[]string{"bot", "store", "intents", "knowledge", "knowledge/places"}, "it sees to errands with the store and the router's words; it reaches no channel and no place"},
	"export":             {[]string{"store"}, "a file is written of the store's types; who may have it is decided elsewhere"},
	"directory":          {[]string{"store", "export", "knowledge/places", "knowledge/script"}, "a list is read into the store's types and asked by place; it knows no dialogue and opens no store"},
	"intents":            {[]string{"bot", "store", "knowledge", "knowledge/places", "knowledge/script", "intents/understand"}, "the router decides with the vocabulary, the lead types and the knowledge; it does no I/O and draws for no platform"},
	"intents/understand": {[]string{"knowledge", "knowledge/script"}, "understanding knows no dialogue and no store"},
}

// linkers says which packages alone may link a library.
var linkers = map[string][]string{
	"github.com/blevesearch/":  {"knowledge", "knowledge/baseline"},
	"modernc.org/sqlite":       {"store", "store/storetest"},
	"github.com/jackc/pgx":     {"store"},
	"github.com/silenceper/":   {"bot/wechat"},
	"github.com/go-telegram/":  {"bot/telegram"},
	"github.com/wneessen/":     {"notify"},
	"github.com/pressly/goose": {"store"},
	"github.com/xuri/excelize": {"directory", "export"},
}

func TestImportDirections(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "smebot/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "smebot/")
		rule, known := allowed[name]
		if strings.HasPrefix(name, "cmd/") {
			known = true
		}
		if !known {
			t.Errorf("package %s has no row in the table of imports: say what it may import and why", name)
		}
		for _, i := range p.Imports {
			if ours, ok := strings.CutPrefix(i, "smebot/"); ok && !strings.HasPrefix(name, "cmd/") && !slices.Contains(rule.may, ours) {
				t.Errorf("%s imports %s: %s", name, ours, rule.why)
			}
			for lib, may := range linkers {
				if strings.HasPrefix(i, lib) && !slices.Contains(may, name) {
					t.Errorf("%s imports %s, which only %v may: the library's faults and its replacement stay in one place", name, i, may)
				}
			}
		}
	}
}

package knowledge

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Words is a text in the two languages that people write; traditional script is converted from ZH.
type Words struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// In returns the words in a language; traditional script is the caller's conversion of the simplified.
func (w Words) In(l Language) string {
	if l == English && w.EN != "" {
		return w.EN
	}
	return w.ZH
}

// List is a list in both languages.
type List struct {
	ZH []string `yaml:"zh"`
	EN []string `yaml:"en"`
}

// In returns the list in a language.
func (w List) In(l Language) []string {
	if l == English && len(w.EN) > 0 {
		return w.EN
	}
	return w.ZH
}

// Period is the time for which a clause speaks, in years, with the words the article uses for it.
type Period struct {
	From  int    `yaml:"from"`
	To    int    `yaml:"to"`
	Words string `yaml:"words"`
}

// Fact is one concrete thing an article says.
type Fact struct {
	Kind  string `yaml:"kind"` // amount date who count percent condition scope how list place document purpose
	About Words  `yaml:"about"`
	Quote string `yaml:"quote"` // verbatim from the article
}

// Card is what is written by hand beside an article.
type Card struct {
	Article int      `yaml:"article"`
	Title   Words    `yaml:"title"`
	Summary Words    `yaml:"summary"`
	Facts   []Fact   `yaml:"facts"`
	Period  *Period  `yaml:"period"`
	Asks    List     `yaml:"asks"`
	Aliases []string `yaml:"aliases"`
}

// PlatformCard describes one of the nine types of service platform.
type PlatformCard struct {
	Slug     string `yaml:"slug"`
	Name     Words  `yaml:"name"`
	Short    Words  `yaml:"short"`
	Label    Words  `yaml:"label"`
	Summary  Words  `yaml:"summary"`
	Services List   `yaml:"services"`
	Prepare  List   `yaml:"prepare"`
}

// Cards are all cards of one document.
type Cards struct {
	Articles  []Card         `yaml:"articles"`
	Platforms []PlatformCard `yaml:"platforms"`
}

// ParseCards reads cards from YAML; unknown keys are errors, so that a slip of the pen is found.
func ParseCards(b []byte) (Cards, error) {
	var c Cards
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		return Cards{}, fmt.Errorf("cards: %s", yaml.FormatError(err, false, true))
	}
	return c, nil
}

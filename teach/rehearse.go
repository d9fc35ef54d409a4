package teach

import (
	"context"
	"slices"
	"strings"

	"smebot/bot"
	"smebot/intents"
	"smebot/intents/understand"
	"smebot/store"
)

// Verdict says what a lesson does to one check.
type Verdict string

// The verdicts.
const (
	Taught  Verdict = "taught"  // one of the lesson's own examples: it now gives what the lesson says
	Idle    Verdict = "idle"    // one of its own examples, and the lesson changes nothing
	Mended  Verdict = "mended"  // a labelled example that came out wrong comes out right
	Broken  Verdict = "broken"  // a labelled example that came out right comes out wrong
	Changed Verdict = "changed" // another answer, where no label says which is right
)

// Said is an answer in short.
type Said struct {
	Intent string
	Rests  string // "第二十四条", a slug, the id of an answer of staff's own; "" for none
	Own    bool   // it is an answer of staff's own
	Text   string
}

// Difference is a check that a lesson answers otherwise.
type Difference struct {
	Text          string
	Want          understand.Label // "" where no label says what is right
	Before, After Said
	Verdict       Verdict
}

// Report is what a lesson would change.
type Report struct {
	Examples    int // labelled examples checked
	Questions   int // earlier questions checked
	Differences []Difference
	Counts      map[Verdict]int
}

// shownText is how many bytes of an answer a report keeps.
const shownText = 420

// Rehearse answers the labelled examples, the open questions and the lesson's own examples with and without a lesson.
// Nothing is stored, and nothing that is in force changes. Only checks near the lesson's examples can come out
// otherwise, so only those are answered.
func (s *Shelf) Rehearse(ctx context.Context, l store.Lesson) (Report, error) {
	var own []understand.Example
	for _, e := range l.Examples {
		own = append(own, understand.Example{Text: e, Label: understand.Label(l.Label)})
	}
	alone, err := s.Mind.With(own)
	if err != nil {
		return Report{}, err
	}
	after, err := s.Mind.With(append(s.Mind.Taught(), own...))
	if err != nil {
		return Report{}, err
	}
	checks, err := s.labelled()
	if err != nil {
		return Report{}, err
	}
	open, err := s.Store.OpenQuestions(ctx, maxQuestions)
	if err != nil {
		return Report{}, err
	}
	r := Report{Examples: len(checks), Questions: len(open), Counts: map[Verdict]int{}}
	was := speaker{s.Router(s.Mind, s), s.Mind, s}
	then := speaker{s.Router(after, withLesson{s, l}), after, withLesson{s, l}}
	compare := func(text string, want understand.Label, ownExample bool) error {
		d := Difference{Text: text, Want: want}
		if d.Before, err = s.say(ctx, was, text); err != nil {
			return err
		}
		if d.After, err = s.say(ctx, then, text); err != nil {
			return err
		}
		if d.Verdict = d.judge(ownExample); d.Verdict != "" {
			r.Counts[d.Verdict]++
			r.Differences = append(r.Differences, d)
		}
		return nil
	}
	for _, e := range own {
		if err := compare(e.Text, "", true); err != nil {
			return r, err
		}
	}
	seen := map[string]bool{}
	for _, e := range checks {
		if seen[e.Text] = true; alone.Nearest(e.Text).Maybe() {
			if err := compare(e.Text, e.Label, false); err != nil {
				return r, err
			}
		}
	}
	for _, q := range open {
		if seen[q.Text] || slices.Contains(l.Examples, q.Text) {
			continue
		}
		if seen[q.Text] = true; alone.Nearest(q.Text).Maybe() {
			if err := compare(q.Text, "", false); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// labelled returns the built-in examples; they are read once.
func (s *Shelf) labelled() ([]understand.Example, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.checks == nil {
		list, err := understand.Examples()
		if err != nil {
			return nil, err
		}
		s.checks = list
	}
	return s.checks, nil
}

// speaker is the bot with one state of what it was taught.
type speaker struct {
	*intents.Router
	mind    intents.Understander
	answers intents.Answers
}

// say answers a question as a newcomer's first message.
func (s *Shelf) say(ctx context.Context, by speaker, text string) (Said, error) {
	reply, err := s.route(ctx, by.Router, text)
	if err != nil {
		return Said{}, err
	}
	said := Said{Intent: reply.Intent, Text: cutBytes(reply.Text, shownText)}
	id := by.mind.Understand(text).Answer
	_, own := by.answers.Answer(id, s.Clock())
	switch {
	case own:
		said.Rests, said.Own = id, true
	case len(reply.Articles) > 0 && reply.Intent == string(understand.Policy):
		said.Rests = reply.Articles[0].Heading
		if reply.Articles[0].Document != s.Base.Documents()[0].ID {
			said.Rests = reply.Articles[0].Document + " " + said.Rests
		}
	case len(reply.Platforms) > 0:
		said.Rests = reply.Platforms[0]
	}
	return said, nil
}

func (s *Shelf) route(ctx context.Context, r *intents.Router, text string) (bot.Reply, error) {
	now := s.Clock()
	out, err := r.Route(ctx, bot.Input{Now: now, Message: bot.Message{
		Key: "teach", Kind: bot.KindText, Text: text, Leads: true, At: now, From: bot.Address{Channel: "web", Platform: bot.Web, User: "teach"},
	}})
	return out.Reply, err
}

// judge compares the answers of a check; "" if nothing changed.
func (d Difference) judge(own bool) Verdict {
	same := d.Before == d.After
	switch {
	case own && same:
		return Idle
	case own:
		return Taught
	case same:
		return ""
	case d.Want == "":
		return Changed
	}
	before, after := d.Before.right(d.Want), d.After.right(d.Want)
	switch {
	case before && !after:
		return Broken
	case !before && after:
		return Mended
	}
	return Changed
}

// right reports whether an answer is what a label of the built-in examples stands for.
func (a Said) right(want understand.Label) bool {
	switch intent := want.Intent(); intent {
	case understand.Policy:
		return a.Intent == string(intent) && strings.HasPrefix(a.Rests, "第") && a.Rests == headingOf(want.Article())
	case understand.Platform:
		return a.Intent == string(intent) && a.Rests == want.Slug()
	default:
		return a.Intent == string(intent)
	}
}

func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

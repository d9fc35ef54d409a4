package teach

import (
	"cmp"
	"context"
	"crypto/sha256"
	"io"
	"maps"
	"slices"
	"time"

	"smebot/bot"
	"smebot/intents/understand"
	"smebot/store"
)

// maxQuestions is how many open questions are grouped, the newest ones.
const maxQuestions = 5000

// Group is questions that are alike.
type Group struct {
	Handle    string // of its first question: it stays while questions are added
	Questions []store.AskedQuestion
	Wordings  []Count // distinct texts, the most frequent first
	Towns     []Count
	Outcomes  []Count
	Ways      []Way
	Newest    time.Time
}

// Count is how often something occurs.
type Count struct {
	Name string
	N    int
}

// Way is a channel through which some askers may be told.
type Way struct {
	Channel  string
	Platform bot.Platform
	Waiting  int // who agreed to be told
	Reached  int // of them, whom a message would reach now
}

// Waiting is how many askers of the group agreed to be told.
func (g Group) Waiting() int {
	n := 0
	for _, w := range g.Ways {
		n += w.Waiting
	}
	return n
}

// Handles lists the group's questions.
func (g Group) Handles() []string {
	list := make([]string, len(g.Questions))
	for i, q := range g.Questions {
		list[i] = q.Handle
	}
	return list
}

// Groups groups the open questions by likeness, the biggest groups first, the newer first of equal ones. Questions that
// are surely like ones marked out of scope are left out unless somebody waits to be told; known is how many.
func (s *Shelf) Groups(ctx context.Context) (groups []Group, known int, err error) {
	open, err := s.Store.OpenQuestions(ctx, maxQuestions)
	if err != nil {
		return nil, 0, err
	}
	askers, err := s.Store.Askers(ctx)
	if err != nil {
		return nil, 0, err
	}
	slices.Reverse(open) // the oldest first: what comes later joins
	waiting := map[string]store.Asker{}
	for _, a := range askers {
		waiting[a.Question] = a
	}
	grouped, vectors := s.group(open)
	for _, at := range grouped {
		g := Group{Handle: open[at[0]].Handle}
		for _, i := range at {
			g.Questions = append(g.Questions, open[i])
		}
		g.sum(waiting)
		if n := s.Mind.NearestTo(vectors[at[0]]); g.Waiting() == 0 && n.Sure() && n.Label.Intent() == understand.NoAnswer {
			known += len(at)
			continue
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(len(b.Questions), len(a.Questions)), b.Newest.Compare(a.Newest), cmp.Compare(a.Handle, b.Handle))
	})
	return groups, known, nil
}

// group groups questions; the same list is grouped once, and each question made ready for it once.
func (s *Shelf) group(list []store.AskedQuestion) ([][]int, []understand.Vector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := sha256.New()
	for _, q := range list {
		io.WriteString(h, q.Handle)
	}
	name, vectors := string(h.Sum(nil)), s.vectorsOf(list)
	if s.grouped != name {
		s.grouped, s.groups = name, understand.Group(vectors)
	}
	return s.groups, vectors
}

func (s *Shelf) vectorsOf(list []store.AskedQuestion) []understand.Vector {
	kept := make(map[string]understand.Vector, len(list))
	out := make([]understand.Vector, len(list))
	for i, q := range list {
		v, ok := s.vectors[q.Handle]
		if !ok {
			v = s.Mind.Vector(q.Text)
		}
		kept[q.Handle], out[i] = v, v
	}
	s.vectors = kept
	return out
}

// sum counts what the group's questions are.
func (g *Group) sum(waiting map[string]store.Asker) {
	texts, towns, outcomes, ways := map[string]int{}, map[string]int{}, map[string]int{}, map[string]*Way{}
	for _, q := range g.Questions {
		texts[q.Text]++
		towns[q.Town]++
		outcomes[q.Outcome]++
		if q.At.After(g.Newest) {
			g.Newest = q.At
		}
		a, ok := waiting[q.Handle]
		if !ok {
			continue
		}
		w := ways[a.Channel]
		if w == nil {
			w = &Way{Channel: a.Channel, Platform: a.Platform}
			ways[a.Channel] = w
		}
		w.Waiting++
		if a.Reached {
			w.Reached++
		}
	}
	g.Wordings, g.Towns, g.Outcomes = counts(texts), counts(towns), counts(outcomes)
	for _, c := range slices.Sorted(maps.Keys(ways)) {
		g.Ways = append(g.Ways, *ways[c])
	}
}

func counts(m map[string]int) []Count {
	list := make([]Count, 0, len(m))
	for name, n := range m {
		list = append(list, Count{name, n})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return list
}

// Group returns the group that begins with a question; false if there is none.
func (s *Shelf) Group(ctx context.Context, handle string) (Group, bool, error) {
	all, _, err := s.Groups(ctx)
	if err != nil {
		return Group{}, false, err
	}
	i := slices.IndexFunc(all, func(g Group) bool { return g.Handle == handle })
	if i < 0 {
		return Group{}, false, nil
	}
	return all[i], true, nil
}

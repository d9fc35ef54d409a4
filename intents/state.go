package intents

import (
	"encoding/json"
	"time"

	"smebot/bot"
	"smebot/knowledge"
	"smebot/store"
)

// stateVersion grows when the meaning of a field of state changes; other versions start afresh.
const stateVersion = 1

// state is what the router remembers of one conversation. It is stored encrypted; it holds no more than the
// next turn needs. Times are Unix seconds.
type state struct {
	V        int                `json:"v"`
	Lang     knowledge.Language `json:"l,omitempty"`
	Menu     *menu              `json:"m,omitempty"`  // the choices that a number or a press may mean now
	Draft    *draft             `json:"d,omitempty"`  // the referral being filled in
	Guide    *guideState        `json:"g,omitempty"`  // the guide in progress
	Page     *page              `json:"p,omitempty"`  // the full text being read
	Document string             `json:"o,omitempty"`  // the document last cited: "第三条" means its article
	Topic    *knowledge.Ref     `json:"t,omitempty"`  // the article last answered from; nil if it was a platform type
	TopicAt  int64              `json:"ta,omitempty"` // when
	Need     string             `json:"n,omitempty"`  // the last need told, contact details masked
	NeedAt   int64              `json:"na,omitempty"` // when
	Slug     string             `json:"s,omitempty"`  // the platform type last named
	Vote     *answered          `json:"v2,omitempty"` // the answer that "useful" would be about
	Asked    *unanswered        `json:"aq,omitempty"` // the last question that was not answered, where its answer may be sent later
	Data     int                `json:"da,omitempty"` // how many leads "my data" has shown; 0 when it was shown whole
	Reveal   bool               `json:"rv,omitempty"` // with the numbers in full
	Lost     string             `json:"lo,omitempty"` // what a sweep took away meanwhile, to be told on return: lostForm or lostContact
	Town     string             `json:"tn,omitempty"` // the known place last named, its full name
	Ours     bool               `json:"to,omitempty"` // the person said that their firm is there
	Where    string             `json:"wh,omitempty"` // slug of what the town was asked for
	Which    string             `json:"wx,omitempty"` // a name that several towns bear, asked back with it
	Unmet    []string           `json:"un,omitempty"` // what was counted as missing, lest it be counted twice
	Erase    bool               `json:"e,omitempty"`  // asked whether to erase everything
	Refused  int64              `json:"r,omitempty"`  // when the consent was last refused
	Minor    int64              `json:"y,omitempty"`  // when the person said to be under age
	Last     string             `json:"ln,omitempty"` // number of the last lead
	LastAt   int64              `json:"la,omitempty"` // when it was made
	Made     []int64            `json:"ma,omitempty"` // when leads were made, at most today's
	Urged    int64              `json:"ur,omitempty"` // when staff were last reminded of a request
	At       int64              `json:"at,omitempty"` // when the last turn was
}

// menu is a set of choices that was shown.
type menu struct {
	ID      uint32       `json:"i"`
	Key     string       `json:"k,omitempty"` // the question it belongs to
	Choices []bot.Choice `json:"c"`
}

// page is a place in the full text of an article.
type page struct {
	Ref knowledge.Ref `json:"r"`
	At  int           `json:"a"` // number of the page shown, from 0
}

// draft is a referral that is being filled in.
type draft struct {
	ID       string             `json:"id"`           // becomes Lead.Draft: one draft, one lead
	Mends    string             `json:"mn,omitempty"` // number of the lead that is being corrected; "" for a new one
	Same     string             `json:"sm,omitempty"` // number of the request whose firm and person are offered
	Twice    bool               `json:"tw,omitempty"` // asked whether the same request is to be made again
	Began    int64              `json:"b"`
	Touched  int64              `json:"t"`
	Paused   bool               `json:"z,omitempty"` // the person went to the menu; words are not answers now
	Firm     string             `json:"f,omitempty"`
	Town     string             `json:"w,omitempty"`
	Need     string             `json:"n,omitempty"`
	Carried  bool               `json:"nc,omitempty"` // the need was told before the form: one told in it beats it
	Platform string             `json:"p,omitempty"`  // slug
	Guessed  bool               `json:"pg,omitempty"` // the type was read from the need, not chosen
	Contact  string             `json:"c,omitempty"`
	Phone    string             `json:"h,omitempty"`  // E.164
	Ext      string             `json:"hx,omitempty"` // its extension, figures
	Part     string             `json:"hp,omitempty"` // a number without its area code, told after the consent, until the code comes
	Which    string             `json:"wt,omitempty"` // a name told for the town that several towns bear
	Notice   string             `json:"v,omitempty"`  // version of the notice that was shown
	Language knowledge.Language `json:"l,omitempty"`  // it was shown in
	Consent  *store.Consent     `json:"k,omitempty"`
	Abroad   bool               `json:"a,omitempty"`  // the yes to the transfer abroad
	Third    bool               `json:"3,omitempty"`  // the number seems to be another person's
	Vouched  bool               `json:"vo,omitempty"` // the person said that the one it is for knows and agrees
	Standing string             `json:"s,omitempty"`  // self or authorised, the answer to that
	Skipped  []field            `json:"sk,omitempty"` // left out
	Order    []field            `json:"o,omitempty"`  // answered by being asked, in order, for going back
	Edit     field              `json:"e,omitempty"`  // the field being changed, or fieldChoose
	Tries    map[field]int      `json:"x,omitempty"`  // answers that could not be used
	Asked    map[field]int      `json:"q,omitempty"`  // how often each question was shown since it was last answered
	Told     int64              `json:"u,omitempty"`  // when contact details came before the consent
}

// How long things wait.
const (
	draftLife     = 24 * time.Hour   // an unfinished form
	volunteerLife = 30 * time.Minute // contact details given before the consent
	needLife      = 30 * time.Minute // what the person said they need, for a form started after it
	topicLife     = 30 * time.Minute // what a short follow-up refers to
	minorLife     = 24 * time.Hour   // no form after "I am thirteen"
)

// What a sweep may have taken away.
const (
	lostForm    = "form"
	lostContact = "contact"
)

// told returns what a sweep took away since the last turn, once.
func (s *state) told(e expired) expired {
	e.draft = e.draft || s.Lost == lostForm
	e.contact = e.contact || s.Lost == lostContact
	s.Lost = ""
	return e
}

// expired says what Prune took away.
type expired struct{ draft, contact, mending bool }

// prune removes what has outlived its time.
func (s *state) prune(now time.Time) expired {
	var e expired
	if s.NeedAt != 0 && now.Sub(time.Unix(s.NeedAt, 0)) > needLife {
		s.Need, s.NeedAt, s.Slug = "", 0, ""
	}
	if s.Minor != 0 && now.Sub(time.Unix(s.Minor, 0)) > minorLife {
		s.Minor = 0
	}
	d := s.Draft
	if d == nil {
		return e
	}
	if now.Sub(time.Unix(d.Touched, 0)) > draftLife {
		s.Draft, s.Menu, s.Lost = nil, nil, ""
		return expired{draft: d.Mends == "", mending: d.Mends != ""}
	}
	if d.Consent == nil && d.Told != 0 && now.Sub(time.Unix(d.Told, 0)) >= volunteerLife {
		d.dropContact()
		e.contact = true
	}
	return e
}

// dropContact erases the contact details of a draft.
func (d *draft) dropContact() {
	d.Contact, d.Phone, d.Ext, d.Part, d.Third, d.Standing, d.Told = "", "", "", "", false, "", 0
}

func readState(b []byte) *state {
	s := &state{}
	if len(b) == 0 || json.Unmarshal(b, s) != nil || s.V != stateVersion {
		return &state{V: stateVersion}
	}
	return s
}

func (s *state) bytes() []byte {
	b, err := json.Marshal(s)
	if err != nil { // only strings, numbers and times: cannot happen
		return nil
	}
	return b
}

// Prune removes from a stored state what has outlived its time: an unfinished form after 24 hours, contact
// details told before the consent after 30 minutes. changed reports whether anything went. The router does the
// same at the next turn; a sweep calls it for people who do not come back.
func Prune(stored []byte, now time.Time) (pruned []byte, changed bool) {
	if len(stored) == 0 {
		return stored, false
	}
	s := readState(stored)
	switch e := s.prune(now); {
	case e.draft:
		s.Lost = lostForm
	case e.contact:
		s.Lost = lostContact
	case e.mending: // the lead itself is as it was
	default:
		return stored, false
	}
	return s.bytes(), true
}

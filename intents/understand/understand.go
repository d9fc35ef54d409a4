// Package understand works out what a message means and how sure that is: it normalises the words, compares
// them with examples and passages, and decides for an intent. It keeps no dialogue and no store, and never
// writes a sentence for users.
package understand

import "smebot/knowledge"

// Intent is what a message asks for.
type Intent string

// The ten intents.
const (
	Policy   Intent = "policy"    // what the policy says
	Platform Intent = "platform"  // a need that one of the nine platform types serves
	Clarify  Intent = "clarify"   // a need too vague to send anywhere: ask back
	NoAnswer Intent = "no_answer" // the documents held do not say it
	Referral Intent = "referral"  // be put in touch, leave details
	Human    Intent = "human"     // a person, now
	Greeting Intent = "greeting"  // hello, thanks, bye, small talk
	Help     Intent = "help"      // what can you do, menu
	Status   Intent = "status"    // how is my earlier request going
	Privacy  Intent = "privacy"   // delete, show, withdraw, stop
)

// Match is an article that may answer, and how likely.
type Match struct {
	knowledge.Ref
	Score float64 // 0..1
}

// Result is what was understood.
type Result struct {
	Intent     Intent
	Unsure     bool               // of a policy question: no article is likely enough to answer from without asking
	Confidence float64            // 0..1, calibrated: of results with 0.8, eight in ten are right
	Language   knowledge.Language // of the message
	Normal     string             // the message in simplified script, Mandarin words, cleaned
	Query      string             // Normal with the policy's own words for what was said, to rank its sentences by
	Articles   []Match            // for Policy the ones that answer, best first; for NoAnswer the nearest
	Points     []Point            // for Policy with an article of the embedded policy first: which of its facts is asked for, likeliest first
	Platforms  []string           // slugs, best first, for Platform, Clarify and Referral
	Ask        PrivacyAsk         // for Privacy
	Second     *Result            // another request in the same message
	More       bool               // a follow-up that asks for the rest of what was said
	Miss       Miss               // for NoAnswer: why the nearest article does not answer
	Taught     bool               // Articles are those that staff taught for this question
	Answer     string             // id of an answer that staff wrote for this question; "" for none
}

// PrivacyAsk says what a privacy message wants.
type PrivacyAsk string

// What a person may ask about their data.
const (
	EraseData PrivacyAsk = "erase"    // delete what is held
	ShowData  PrivacyAsk = "show"     // what is held
	Withdraw  PrivacyAsk = "withdraw" // take back the consent
	StopNews  PrivacyAsk = "stop"     // send nothing more
)

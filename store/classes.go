package store

// Class says how a column must be treated.
type Class string

// The classes of columns. Personal and secret values are never logged, and leave the store only for those who
// may see them.
const (
	Secret       Class = "secret"   // gives access to something: tokens, keys
	PersonalData Class = "personal" // tells something about a person, or finds their rows
	Business     Class = "business" // of the service itself
	Public       Class = "public"   // could be printed in the newspaper
)

// Classes gives every column of the schema its class, by table and column. A test compares it with the schema.
var Classes = map[string]map[string]Class{
	"settings": {"name": Public, "value": Business}, // the key's check value tells nothing of the key
	"counters": {"name": Public, "value": Public},
	"conversations": {
		"talk": Business, "reach_until": PersonalData, "reach_left": Business,
		"person": PersonalData, "last": PersonalData, "state": PersonalData, "version": Business, "updated": PersonalData, "tidy": Business,
	},
	"inbox": {"delivery": PersonalData, "before": PersonalData, "reply": PersonalData, "stored": PersonalData},
	"outbox": {
		"seq": Business, "id": PersonalData, "channel": Business, "person": PersonalData, "payload": PersonalData, "due": Business,
		"not_before": Business, "attempts": Business, "cause": Business, "created": Business, "given_up": Business, "message": Business,
		"kind": Business, "lead": Business,
	},
	"consents": {
		"lead": Business, "version": Public, "at": PersonalData, "receiver": Public, "abroad": Business, "withdrawn": PersonalData,
	},
	"leads": {
		"number": Business, "draft": PersonalData, "person": PersonalData, "phone": PersonalData, "details": PersonalData,
		"channel": Business, "messenger": Business, "town": Business, "platform": Business, "status": Business, "reason": Business,
		"assignee": PersonalData, "organisation": Business, "version": Business, "created": Business, "changed": Business, "erased": Business,
		"needs_call": Business, "moved": Business, "answer": Business, "asked": Business, "helped": Business, "contacted": Business,
	},
	"lead_events": {
		"lead": Business, "version": Business, "at": Business, "actor": PersonalData, "action": Business, "detail": Business,
	},
	"errands": {"lead": Business, "kind": Business, "step": Business, "due": Business},
	"questions": {
		"id": PersonalData, "words": PersonalData, "intent": Business, "outcome": Business, "platform": Business, "town": Business, "asked": Business,
		"lesson": Business,
	},
	"askers": {
		"question": PersonalData, "person": PersonalData, "address": PersonalData, "channel": Business, "messenger": Business, "language": Business,
		"agreed": PersonalData,
	},
	"messages": {
		"seq": Business, "id": PersonalData, "before": Business, "at": PersonalData, "kind": Business, "words": PersonalData, "actor": PersonalData,
		"lead": Business, "state": Business, "cause": Business,
	},
	"takeovers": {
		"person": PersonalData, "lead": Business, "actor": PersonalData, "since": Business, "touched": Business, "told": Business, "token": Business,
	},
	"notes":    {"lead": Business, "version": Business, "words": PersonalData},
	"canned":   {"title": Business, "words": Business, "actor": PersonalData, "saved": Business},
	"quiet":    {"person": PersonalData, "since": PersonalData},
	"feedback": {"day": Public, "subject": Public, "useful": Public, "useless": Public},
	"asked":    {"day": Public, "channel": Business, "intent": Public, "outcome": Public, "turns": Public},
	"disclosures": {
		"id": Business, "at": Business, "actor": PersonalData, "receiver": Business, "purpose": Business, "format": Public, "fields": Public,
		"filters": Business, "leads": Business,
	},
	"disclosed": {"lead": Business, "disclosure": Business},
	"erasures":  {"person": PersonalData, "at": PersonalData},
	"documents": {"id": Public, "title": Public, "hash": Public, "body": Public, "source": Public, "imported": Business},
	"examples":  {"words": Business, "label": Public, "actor": PersonalData, "added": Business, "lesson": Business},
	"lessons": {
		"id": Business, "label": Public, "examples": Business, "words": Public, "basis": Public, "review": Public, "actor": PersonalData, "added": Business,
		"undone": Business, "undoer": PersonalData,
	},
	"switches": {"kind": Public, "name": Public, "actor": PersonalData, "comment": Business, "since": Business},
	"choices":  {"seq": Business, "name": Public, "value": Business, "file": Business, "actor": PersonalData, "at": Business},
	"notices":  {"seq": Business, "version": Public, "language": Public, "abroad": Public, "words": Public, "actor": PersonalData, "since": Business},
	"cells":    {"name": Business, "value": Secret, "updated": Business},

	"organisations": {
		"id": Public, "town": Public, "platform": Public, "name": Public, "contact": Business, "address": Public, "hours": Public,
		"source": Public, "dated": Public, "batch": Business, "imported": Business,
	},
	"unmet": {"month": Business, "town": Business, "platform": Business, "asked": Business, "elsewhere": Business},

	"staff": {
		"name": PersonalData, "role": Business, "hash": Secret, "once": Business, "totp": Secret, "step": Business, "disabled": Business,
		"created": Business, "seen": PersonalData,
	},
	"sessions": {"token": Secret, "staff": PersonalData, "created": PersonalData, "used": PersonalData},
	"audit": {
		"seq": Business, "at": PersonalData, "actor": PersonalData, "action": Business, "subject": Business, "detail": Business, "hash": Business,
	},

	// The migration tool's own table.
	"goose_db_version": {"id": Business, "version_id": Public, "is_applied": Business, "tstamp": Business},
}

package store

import "smebot/bot"

// actUrged is Event.Action of a person who asks staff to hurry, or says when to call; the detail holds that time.
const actUrged = "urged"

// Urge notes with an open lead of its own person that they wait for a call. When is the time they wish for, put
// together from a fixed list of words, so that it holds nothing personal; "" for none. A lead that is closed, erased
// or another person's stays as it is.
type Urge struct {
	Who    bot.Address
	Number string
	When   string
}

// EffectName implements bot.Effect.
func (Urge) EffectName() string { return "urge" }

func (d *DB) urge(w *turnWrite, e Urge) func(*tx) error {
	person := d.seal.person(e.Who)
	return func(t *tx) error {
		leads, err := leadRows(t, sqlLeadsOfPerson, person)
		if err != nil {
			return err
		}
		for _, l := range leads {
			if l.number == e.Number && isOpen(l.status) {
				return l.note(t, w.now, personActor, actUrged, e.When)
			}
		}
		return nil
	}
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

const (
	sqlSwitches  = `SELECT kind, name, actor, comment, since FROM switches ORDER BY kind, name`
	sqlSwitchOff = `INSERT INTO switches (kind, name, actor, comment, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, name) DO NOTHING`
	sqlSwitchOn  = `DELETE FROM switches WHERE kind = $1 AND name = $2`

	sqlChoose  = `INSERT INTO choices (name, value, file, actor, at) VALUES ($1, $2, $3, $4, $5)`
	sqlChoices = `SELECT c.name, c.value, c.file, c.actor, c.at FROM choices c
		WHERE c.seq = (SELECT MAX(n.seq) FROM choices n WHERE n.name = c.name) AND c.file = 0 ORDER BY c.name`
	sqlChosen = `SELECT name, value, file, actor, at FROM choices ORDER BY seq DESC LIMIT $1`

	sqlLastNotice = `SELECT COUNT(*) FROM notices n WHERE n.version = $1 AND n.seq = (SELECT MAX(m.seq) FROM notices m WHERE m.language = $2 AND m.abroad = $3)`
	sqlAddNotice  = `INSERT INTO notices (version, language, abroad, words, actor, since) VALUES ($1, $2, $3, $4, $5, $6)`
	sqlNotices    = `SELECT version, language, abroad, words, actor, since FROM notices ORDER BY seq DESC LIMIT $1`
	sqlNotice     = `SELECT version, language, abroad, words, actor, since FROM notices WHERE version = $1 ORDER BY seq DESC LIMIT 1`
)

// SwitchKind says what can be switched off.
type SwitchKind string

// The kinds of switches.
const (
	ChannelSwitch  SwitchKind = "channel"  // takes no new messages while it is off
	DocumentSwitch SwitchKind = "document" // is not answered from while it is off
)

// Switch is something that staff switched off.
type Switch struct {
	Kind    SwitchKind
	Name    string // of the channel, or the document's id
	Actor   string
	Comment string // why
	Since   time.Time
}

// SwitchOff switches something off, with a line in the audit log. It needs a comment: ErrIncomplete. What is off
// already stays as it is.
func (d *DB) SwitchOff(ctx context.Context, s Switch) error {
	s.Comment = strings.TrimSpace(s.Comment)
	if s.Name == "" || s.Actor == "" || s.Comment == "" {
		return fmt.Errorf("switch: %w", ErrIncomplete)
	}
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlSwitchOff, string(s.Kind), s.Name, s.Actor, s.Comment, now)
		if err != nil || n == 0 {
			return err
		}
		return d.switched(t, s, ".off")
	})
}

// SwitchOn switches it on again. ErrNotFound if it is not off.
func (d *DB) SwitchOn(ctx context.Context, s Switch) error {
	if s.Actor == "" {
		return fmt.Errorf("switch: %w", ErrIncomplete)
	}
	return d.write(ctx, func(t *tx) error {
		n, err := t.exec(sqlSwitchOn, string(s.Kind), s.Name)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("switch: %w", ErrNotFound)
		}
		return d.switched(t, s, ".on")
	})
}

func (d *DB) switched(t *tx, s Switch, how string) error {
	if err := d.append(t, AuditEntry{Actor: s.Actor, Action: string(s.Kind) + how, Subject: s.Name, Detail: s.Comment}); err != nil {
		return err
	}
	return bumpOperating(t)
}

// Switches returns what is off now.
func (d *DB) Switches(ctx context.Context) ([]Switch, error) {
	return collect(ctx, d, func(rows *sql.Rows) (s Switch, err error) {
		var since int64
		err = rows.Scan(&s.Kind, &s.Name, &s.Actor, &s.Comment, &since)
		s.Since = at(since)
		return s, err
	}, sqlSwitches)
}

// Choice is a value set in the console in place of the configuration file's.
type Choice struct {
	Name  string // as in the file: "centre.name"
	Value string
	File  bool // the file's value holds again; Value is ""
	Actor string
	At    time.Time
}

// Choose sets values, with a line in the audit log for each, as one change.
func (d *DB) Choose(ctx context.Context, actor string, list []Choice) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		for _, c := range list {
			action := "settings.set"
			if c.File {
				action, c.Value = "settings.reset", ""
			}
			if _, err := t.exec(sqlChoose, c.Name, c.Value, flag(c.File), actor, now); err != nil {
				return err
			}
			if err := d.append(t, AuditEntry{Actor: actor, Action: action, Subject: c.Name, Detail: c.Value}); err != nil {
				return err
			}
		}
		return bumpOperating(t)
	})
}

// Choices returns the values set that hold now, by name.
func (d *DB) Choices(ctx context.Context) ([]Choice, error) {
	return collect(ctx, d, scanChoice, sqlChoices)
}

// ChoiceHistory returns up to limit of all values ever set, the latest first.
func (d *DB) ChoiceHistory(ctx context.Context, limit int) ([]Choice, error) {
	return collect(ctx, d, scanChoice, sqlChosen, limit)
}

func scanChoice(rows *sql.Rows) (c Choice, err error) {
	var when int64
	err = rows.Scan(&c.Name, &c.Value, &c.File, &c.Actor, &when)
	c.At = at(when)
	return c, err
}

// NoticeText is a privacy notice as people of one language read it.
type NoticeText struct {
	Version  string // as Consent.Version names it
	Language string
	Abroad   bool // it names the transfer outside the mainland
	Words    string
	Actor    string // whose change brought it; "file" for the configuration
	Since    time.Time
}

// NoteNotices keeps the words of the notices that are in force from now on. Those that were in force already stay as
// they are.
func (d *DB) NoteNotices(ctx context.Context, list []NoticeText) error {
	now := d.now()
	return d.write(ctx, func(t *tx) error {
		for _, n := range list {
			var same int
			if err := t.row(sqlLastNotice, n.Version, n.Language, flag(n.Abroad)).Scan(&same); err != nil {
				return err
			}
			if same > 0 {
				continue
			}
			if _, err := t.exec(sqlAddNotice, n.Version, n.Language, flag(n.Abroad), n.Words, n.Actor, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// Notices returns up to limit of the notices that ever came into force, the latest first.
func (d *DB) Notices(ctx context.Context, limit int) ([]NoticeText, error) {
	return collect(ctx, d, scanNotice, sqlNotices, limit)
}

// Notice returns the notice of a version, as Consent.Version names it: the words that somebody agreed to. ErrNotFound if it
// never came into force here.
func (d *DB) Notice(ctx context.Context, version string) (NoticeText, error) {
	list, err := collect(ctx, d, scanNotice, sqlNotice, version)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("notice: %w", ErrNotFound)
	}
	if err != nil {
		return NoticeText{}, err
	}
	return list[0], nil
}

func scanNotice(rows *sql.Rows) (n NoticeText, err error) {
	var since int64
	err = rows.Scan(&n.Version, &n.Language, &n.Abroad, &n.Words, &n.Actor, &since)
	n.Since = at(since)
	return n, err
}

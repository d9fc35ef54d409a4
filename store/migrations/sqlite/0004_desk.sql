-- +goose Up

-- moved is when a lead came into its present state; needs_call asks staff to telephone, since no message reaches.
ALTER TABLE leads ADD COLUMN needs_call SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
UPDATE leads SET moved = changed;

-- What was said, sealed to id, a row for a turn or for a message of staff. before chains a person's rows, newest first, from
-- conversations.talk: an index by person would cost every turn one more page at random.
CREATE TABLE messages (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    id     BLOB NOT NULL,
    before BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('turn', 'staff')),
    words  BLOB NOT NULL,
    actor  TEXT NOT NULL DEFAULT '',
    lead   TEXT NOT NULL DEFAULT '',
    state  TEXT NOT NULL DEFAULT '' CHECK (state IN ('', 'waiting', 'sent', 'failed', 'unknown')),
    cause  TEXT NOT NULL DEFAULT ''
);
ALTER TABLE conversations ADD COLUMN talk BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN message BIGINT NOT NULL DEFAULT 0;

-- A person's thread that staff answer in place of the bot, until it is released or touched lies half an hour back.
CREATE TABLE takeovers (
    person  BLOB PRIMARY KEY,
    lead    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    since   BIGINT NOT NULL,
    touched BIGINT NOT NULL,
    told    SMALLINT NOT NULL DEFAULT 0,
    token   TEXT NOT NULL DEFAULT ''
);

-- A note carries the version of the event that tells of it.
CREATE TABLE notes (
    lead    TEXT NOT NULL REFERENCES leads (number),
    version BIGINT NOT NULL,
    words   BLOB NOT NULL,
    PRIMARY KEY (lead, version)
);

-- Answers that staff prepared. They name nobody.
CREATE TABLE canned (
    title TEXT PRIMARY KEY CHECK (title <> ''),
    words TEXT NOT NULL CHECK (words <> ''),
    actor TEXT NOT NULL,
    saved BIGINT NOT NULL
);

-- +goose Down
DROP TABLE canned;
DROP TABLE notes;
DROP TABLE takeovers;
ALTER TABLE outbox DROP COLUMN message;
ALTER TABLE conversations DROP COLUMN talk;
DROP TABLE messages;
ALTER TABLE leads DROP COLUMN moved;
ALTER TABLE leads DROP COLUMN needs_call;

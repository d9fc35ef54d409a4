-- +goose Up

-- Times are microseconds since 1970 in UTC; 0 stands for none. Columns of type BLOB hold either keyed hashes
-- (16 bytes) or sealed values; an empty one stands for a value that was erased.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- last and inbox.before chain a person's deliveries, newest first, so that erasing finds them. An index by person
-- would touch one more page at random for every turn, a third of all that is written.
CREATE TABLE conversations (
    person  BLOB PRIMARY KEY,
    last    BLOB NOT NULL,
    state   BLOB NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    updated BIGINT NOT NULL,
    tidy    SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX conversations_untidy ON conversations (updated) WHERE tidy < 2;

CREATE TABLE inbox (
    delivery BLOB PRIMARY KEY,
    before   BLOB NOT NULL,
    reply    BLOB NOT NULL,
    stored   BIGINT NOT NULL
);
CREATE INDEX inbox_stored ON inbox (stored);

CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         BLOB NOT NULL UNIQUE,
    channel    TEXT NOT NULL,
    person     BLOB NOT NULL,
    payload    BLOB NOT NULL,
    due        BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    attempts   BIGINT NOT NULL DEFAULT 0,
    cause      TEXT NOT NULL DEFAULT '',
    created    BIGINT NOT NULL,
    given_up   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_next ON outbox (channel, given_up, not_before);
CREATE INDEX outbox_person ON outbox (person, given_up, seq);

-- The consent comes first and the lead points at it, so no lead can stand without one.
CREATE TABLE consents (
    lead      TEXT PRIMARY KEY,
    version   TEXT NOT NULL CHECK (version <> ''),
    at        BIGINT NOT NULL CHECK (at > 0),
    receiver  TEXT NOT NULL CHECK (receiver <> ''),
    abroad    SMALLINT NOT NULL CHECK (abroad IN (0, 1)),
    withdrawn BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE leads (
    number       TEXT PRIMARY KEY CHECK (number <> '') REFERENCES consents (lead),
    draft        BLOB NOT NULL UNIQUE CHECK (length(draft) > 0),
    person       BLOB NOT NULL,
    phone        BLOB NOT NULL,
    details      BLOB NOT NULL,
    channel      TEXT NOT NULL,
    messenger    TEXT NOT NULL,
    town         TEXT NOT NULL,
    platform     TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('new', 'contacted', 'referred', 'in_service', 'done', 'closed')),
    reason       TEXT NOT NULL DEFAULT '',
    assignee     TEXT NOT NULL DEFAULT '',
    organisation TEXT NOT NULL DEFAULT '',
    version      BIGINT NOT NULL CHECK (version > 0),
    created      BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    erased       BIGINT NOT NULL DEFAULT 0,
    CHECK ((status = 'closed') = (reason <> ''))
);
CREATE INDEX leads_person ON leads (person);
CREATE INDEX leads_phone ON leads (phone);
CREATE INDEX leads_created ON leads (created);

-- An event carries the lead's version after the change: two changes from one version cannot both be noted.
CREATE TABLE lead_events (
    lead    TEXT NOT NULL REFERENCES leads (number),
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    detail  TEXT NOT NULL,
    PRIMARY KEY (lead, version)
);

CREATE TABLE questions (
    id       BLOB PRIMARY KEY,
    words    BLOB NOT NULL,
    intent   TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    platform TEXT NOT NULL,
    town     TEXT NOT NULL,
    asked    BIGINT NOT NULL
);
CREATE INDEX questions_asked ON questions (asked);

CREATE TABLE erasures (
    person BLOB PRIMARY KEY,
    at     BIGINT NOT NULL
);

CREATE TABLE documents (
    id       TEXT PRIMARY KEY CHECK (id <> ''),
    title    TEXT NOT NULL,
    hash     TEXT NOT NULL,
    body     BLOB NOT NULL,
    source   TEXT NOT NULL,
    imported BIGINT NOT NULL
);

CREATE TABLE cells (
    name    TEXT PRIMARY KEY,
    value   BLOB NOT NULL,
    updated BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('knowledge', 0);

-- +goose Down
DROP TABLE cells;
DROP TABLE documents;
DROP TABLE erasures;
DROP TABLE questions;
DROP TABLE lead_events;
DROP TABLE leads;
DROP TABLE consents;
DROP TABLE outbox;
DROP TABLE inbox;
DROP TABLE conversations;
DROP TABLE counters;
DROP TABLE settings;

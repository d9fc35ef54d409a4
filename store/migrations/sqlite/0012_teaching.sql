-- +goose Up

-- What staff taught from questions that were not answered; each is undone as one. label is what its examples are
-- taught as; they stay here (JSON) after it was undone. An answer of staff's own has words, what it rests on (JSON), and
-- the last day on which it is given.
CREATE TABLE lessons (
    id       TEXT PRIMARY KEY CHECK (id <> ''),
    label    TEXT NOT NULL CHECK (label <> ''),
    examples TEXT NOT NULL,
    words    TEXT NOT NULL,
    basis    TEXT NOT NULL,
    review   TEXT NOT NULL,
    actor    TEXT NOT NULL,
    added    BIGINT NOT NULL,
    undone   BIGINT NOT NULL DEFAULT 0,
    undoer   TEXT NOT NULL DEFAULT ''
);

-- The lesson an example belongs to, and the one that settled a question; '' for none.
ALTER TABLE examples ADD COLUMN lesson TEXT NOT NULL DEFAULT '';
ALTER TABLE questions ADD COLUMN lesson TEXT NOT NULL DEFAULT '';
CREATE INDEX questions_lesson ON questions (lesson);

-- People who agreed to be told when their question can be answered. address is sealed to question.
CREATE TABLE askers (
    question  BLOB PRIMARY KEY,
    person    BLOB NOT NULL,
    address   BLOB NOT NULL,
    channel   TEXT NOT NULL,
    messenger TEXT NOT NULL,
    language  TEXT NOT NULL,
    agreed    BIGINT NOT NULL
);
CREATE INDEX askers_person ON askers (person);
CREATE INDEX askers_agreed ON askers (agreed);

-- Channels that take no new messages, and documents that are not answered from. No row: on.
CREATE TABLE switches (
    kind    TEXT NOT NULL CHECK (kind IN ('channel', 'document')),
    name    TEXT NOT NULL CHECK (name <> ''),
    actor   TEXT NOT NULL,
    comment TEXT NOT NULL CHECK (comment <> ''),
    since   BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);

-- Values set in the console in place of the configuration file's, every one that ever was; the last of a name
-- holds, and one that gave way to the file's again is marked so.
CREATE TABLE choices (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL CHECK (name <> ''),
    value   TEXT NOT NULL,
    file    SMALLINT NOT NULL CHECK (file IN (0, 1)),
    actor   TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX choices_name ON choices (name, seq);

-- The words of each privacy notice that came into force: what people agreed to is found by its version.
CREATE TABLE notices (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    version  TEXT NOT NULL CHECK (version <> ''),
    language TEXT NOT NULL,
    abroad   SMALLINT NOT NULL CHECK (abroad IN (0, 1)),
    words    TEXT NOT NULL CHECK (words <> ''),
    actor    TEXT NOT NULL,
    since    BIGINT NOT NULL
);
CREATE INDEX notices_version ON notices (version);

-- Grows with every change of examples, lessons, switches and choices: replicas look again when it did.
INSERT INTO counters (name, value) VALUES ('operating', 0);

-- +goose Down
DELETE FROM counters WHERE name = 'operating';
DROP TABLE notices;
DROP TABLE choices;
DROP TABLE switches;
DROP TABLE askers;
DROP INDEX questions_lesson;
ALTER TABLE questions DROP COLUMN lesson;
ALTER TABLE examples DROP COLUMN lesson;
DROP TABLE lessons;

-- +goose Up

-- When staff first reached a lead's person; 0 until then.
ALTER TABLE leads ADD COLUMN contacted BIGINT NOT NULL DEFAULT 0;
UPDATE leads SET contacted = COALESCE((SELECT MIN(e.at) FROM lead_events e WHERE e.lead = leads.number
    AND (e.action = 'moved to contacted' OR (e.action = 'moved to closed' AND e.detail = 'helped'))), 0);

-- How many turns there were, by day, channel, what the bot took them for, and why it gave no answer. Nothing of who asked.
CREATE TABLE asked (
    day     TEXT NOT NULL CHECK (length(day) = 10),
    channel TEXT NOT NULL,
    intent  TEXT NOT NULL CHECK (intent <> ''),
    outcome TEXT NOT NULL,
    turns   BIGINT NOT NULL CHECK (turns > 0),
    PRIMARY KEY (day, channel, intent, outcome)
);

-- Every giving out of leads: who, to whom, what for, which fields; and of which leads. No values, so they outlive erasing.
CREATE TABLE disclosures (
    id       TEXT PRIMARY KEY CHECK (id <> ''),
    at       BIGINT NOT NULL,
    actor    TEXT NOT NULL CHECK (actor <> ''),
    receiver TEXT NOT NULL,
    purpose  TEXT NOT NULL CHECK (purpose <> ''),
    format   TEXT NOT NULL,
    fields   TEXT NOT NULL CHECK (fields <> ''),
    filters  TEXT NOT NULL,
    leads    BIGINT NOT NULL
);
-- By disclosure, so that the rows of a file lie side by side; there are few files, and each is asked for a lead.
CREATE TABLE disclosed (
    disclosure TEXT NOT NULL REFERENCES disclosures (id),
    lead       TEXT NOT NULL REFERENCES leads (number),
    PRIMARY KEY (disclosure, lead)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE disclosed;
DROP TABLE disclosures;
DROP TABLE asked;
ALTER TABLE leads DROP COLUMN contacted;

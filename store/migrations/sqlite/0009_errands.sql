-- +goose Up

-- What is to be done about a lead by itself when its time comes. due names the errand: whoever sees to it removes
-- the row of that due, and finds none if it was put off or seen to meanwhile. step is the last of a row of steps
-- that was reached.
CREATE TABLE errands (
    lead TEXT NOT NULL REFERENCES leads (number),
    kind TEXT NOT NULL CHECK (kind IN ('new', 'late', 'withdrawn', 'news', 'ask')),
    step SMALLINT NOT NULL DEFAULT 0,
    due  BIGINT NOT NULL,
    PRIMARY KEY (lead, kind)
);
CREATE INDEX errands_due ON errands (due);
INSERT INTO errands (lead, kind, due) SELECT number, 'late', created + 259200000000 FROM leads
    WHERE status IN ('new', 'contacted', 'referred', 'in_service');

-- asked is when the person was asked whether it helped, helped what they said. Neither tells who.
ALTER TABLE leads ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN helped TEXT NOT NULL DEFAULT '' CHECK (helped IN ('', 'yes', 'partly', 'no'));

-- kind is empty for replies and messages of staff. lead is the one a message brings news of.
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT '' CHECK (kind IN ('', 'news', 'ask'));
ALTER TABLE outbox ADD COLUMN lead TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_lead ON outbox (lead) WHERE lead <> '';

-- Until when, and how often, a platform lets us write to a person by ourselves. What is there already wrote last
-- when it was updated, and may have tapped a menu only: then the platform says so.
ALTER TABLE conversations ADD COLUMN reach_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN reach_left SMALLINT NOT NULL DEFAULT 0;
UPDATE conversations SET reach_until = updated + 172800000000, reach_left = 5;

-- Times grow with rows, so this index costs a turn next to nothing.
CREATE INDEX messages_at ON messages (at);

-- +goose Down
DROP INDEX messages_at;
ALTER TABLE conversations DROP COLUMN reach_left;
ALTER TABLE conversations DROP COLUMN reach_until;
DROP INDEX outbox_lead;
ALTER TABLE outbox DROP COLUMN lead;
ALTER TABLE outbox DROP COLUMN kind;
ALTER TABLE leads DROP COLUMN helped;
ALTER TABLE leads DROP COLUMN asked;
DROP TABLE errands;

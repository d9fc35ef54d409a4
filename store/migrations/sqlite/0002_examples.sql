-- +goose Up

-- Ways of asking that staff taught while serving. The words are staff's own, not a person's message.
CREATE TABLE examples (
    words TEXT PRIMARY KEY,
    label TEXT NOT NULL CHECK (label <> ''),
    actor TEXT NOT NULL,
    added BIGINT NOT NULL
);

-- +goose Down
DROP TABLE examples;

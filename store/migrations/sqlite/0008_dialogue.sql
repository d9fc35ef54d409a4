-- +goose Up

-- People who asked for no news of their requests. Erasing a person removes the row.
CREATE TABLE quiet (
    person BLOB PRIMARY KEY,
    since  BIGINT NOT NULL
);

-- How often answers were called useful or useless, by day and by what they were about. Nothing of who said so.
CREATE TABLE feedback (
    day     TEXT NOT NULL CHECK (length(day) = 10),
    subject TEXT NOT NULL CHECK (subject <> ''),
    useful  BIGINT NOT NULL DEFAULT 0,
    useless BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (day, subject)
);

-- +goose Down
DROP TABLE feedback;
DROP TABLE quiet;

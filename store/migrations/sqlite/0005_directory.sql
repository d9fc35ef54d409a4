-- +goose Up

-- Who offers which kind of platform, where. The town is a known place's full name, a whole city's included.
CREATE TABLE organisations (
    id       TEXT PRIMARY KEY CHECK (id <> ''),
    town     TEXT NOT NULL CHECK (town <> ''),
    platform TEXT NOT NULL CHECK (platform <> ''),
    name     TEXT NOT NULL CHECK (name <> ''),
    contact  TEXT NOT NULL,
    address  TEXT NOT NULL,
    hours    TEXT NOT NULL,
    source   TEXT NOT NULL CHECK (source <> ''),
    dated    TEXT NOT NULL,
    batch    TEXT NOT NULL,
    imported BIGINT NOT NULL,
    UNIQUE (town, platform, name)
);
CREATE INDEX organisations_platform ON organisations (platform, town);

-- How often somebody of a town asked for a kind of platform that the directory has not there, by month.
CREATE TABLE unmet (
    month    TEXT NOT NULL CHECK (month <> ''),
    town     TEXT NOT NULL,
    platform TEXT NOT NULL CHECK (platform <> ''),
    asked     BIGINT NOT NULL CHECK (asked > 0),
    elsewhere BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (month, town, platform)
);

INSERT INTO counters (name, value) VALUES ('directory', 0);

-- +goose Down
DELETE FROM counters WHERE name = 'directory';
DROP TABLE unmet;
DROP TABLE organisations;

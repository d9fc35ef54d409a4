-- +goose Up

-- Accounts of the console. hash is argon2id in PHC form; totp is sealed, empty without a second factor.
CREATE TABLE staff (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'supervisor', 'admin', 'auditor')),
    hash TEXT NOT NULL,
    once BIGINT NOT NULL,
    totp BLOB NOT NULL,
    step BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL
);

-- Signed-in browsers. token is a hash of what the browser holds.
CREATE TABLE sessions (
    token BLOB PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (name),
    created BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX sessions_staff ON sessions (staff);

-- Who did what in the console. Rows are only ever added; hash covers the row and the hash of the one before.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
INSERT INTO counters (name, value) VALUES ('audit', 0);

-- +goose Down
DELETE FROM counters WHERE name = 'audit';
DROP TABLE audit;
DROP TABLE sessions;
DROP TABLE staff;

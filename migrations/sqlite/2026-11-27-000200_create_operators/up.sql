-- Who works at the console. certificate: DER, the one it signs in with; thumbprint: x5t#S256 of it. roles: words.
CREATE TABLE operators (
    id          TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    roles       TEXT NOT NULL,
    state       TEXT NOT NULL,
    certificate BLOB NOT NULL,
    thumbprint  TEXT NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What operators signed, whole: origin, nonce, purpose and statement are under the signature in the proof.
CREATE TABLE signed_statements (
    id          TEXT PRIMARY KEY NOT NULL,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    at          INTEGER NOT NULL,
    purpose     TEXT NOT NULL,
    origin      TEXT NOT NULL,
    nonce       TEXT NOT NULL UNIQUE,
    statement   TEXT NOT NULL,
    proof       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes that one operator proposed and another one decides. change: the text whose SHA-256 both signed. A second person in
-- the database too, whatever a program does.
CREATE TABLE proposals (
    id              TEXT PRIMARY KEY NOT NULL,
    change          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    proposed_by     TEXT NOT NULL REFERENCES operators (id),
    proposed_at     INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    signed          TEXT NOT NULL REFERENCES signed_statements (id),
    state           TEXT NOT NULL,
    decided_by      TEXT REFERENCES operators (id),
    decided_at      INTEGER,
    decision_signed TEXT REFERENCES signed_statements (id),
    CHECK (state IN ('waiting', 'withdrawn') OR (decided_by <> proposed_by AND decision_signed IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX proposals_by_state ON proposals (state, id);

CREATE TRIGGER signed_statements_refuse_update BEFORE UPDATE ON signed_statements
BEGIN
    SELECT RAISE(ABORT, 'signed statements are append-only');
END;

CREATE TRIGGER signed_statements_refuse_delete BEFORE DELETE ON signed_statements
BEGIN
    SELECT RAISE(ABORT, 'signed statements are append-only');
END;

-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER signed_statements_refuse_replace BEFORE INSERT ON signed_statements
WHEN EXISTS (SELECT 1 FROM signed_statements WHERE id = NEW.id OR nonce = NEW.nonce)
BEGIN
    SELECT RAISE(ABORT, 'signed statements are append-only');
END;

-- A statement is about 1,000 octets and more: without rowids SQLite keeps what is longer than a quarter of a page on a page of its
-- own, so that each consent wrote a whole one.
CREATE TABLE consent_statements_moved (
    consent_id TEXT PRIMARY KEY NOT NULL REFERENCES consent_records (id),
    statement  TEXT NOT NULL,
    signed_at  INTEGER,
    origin     TEXT,
    nonce      TEXT UNIQUE,
    proof      TEXT,
    chain      TEXT,
    revocation TEXT
) STRICT;

INSERT INTO consent_statements_moved
SELECT consent_id, statement, signed_at, origin, nonce, proof, chain, revocation FROM consent_statements;

DROP TABLE consent_statements;

ALTER TABLE consent_statements_moved RENAME TO consent_statements;

CREATE TRIGGER consent_statements_refuse_update BEFORE UPDATE ON consent_statements
BEGIN
    SELECT RAISE(ABORT, 'consent_statements is append-only');
END;

CREATE TRIGGER consent_statements_refuse_delete BEFORE DELETE ON consent_statements
BEGIN
    SELECT RAISE(ABORT, 'consent_statements is append-only');
END;

CREATE TRIGGER consent_statements_refuse_replace BEFORE INSERT ON consent_statements
WHEN EXISTS (SELECT 1 FROM consent_statements WHERE consent_id = NEW.consent_id OR nonce = NEW.nonce OR rowid = NEW.rowid)
BEGIN
    SELECT RAISE(ABORT, 'consent_statements is append-only');
END;

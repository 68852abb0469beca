-- Who works at the console. certificate: DER, the one it signs in with; thumbprint: x5t#S256 of it. roles: words.
CREATE TABLE operators (
    id          TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL,
    roles       TEXT NOT NULL,
    state       TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    thumbprint  TEXT NOT NULL UNIQUE,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL
);

-- What operators signed, whole: origin, nonce, purpose and statement are under the signature in the proof.
CREATE TABLE signed_statements (
    id          TEXT PRIMARY KEY NOT NULL,
    operator_id TEXT NOT NULL REFERENCES operators (id),
    at          BIGINT NOT NULL,
    purpose     TEXT NOT NULL,
    origin      TEXT NOT NULL,
    nonce       TEXT NOT NULL UNIQUE,
    statement   TEXT NOT NULL,
    proof       TEXT NOT NULL
);

-- Changes that one operator proposed and another one decides. change: the text whose SHA-256 both signed. A second person in
-- the database too, whatever a program does.
CREATE TABLE proposals (
    id              TEXT PRIMARY KEY NOT NULL,
    change          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    proposed_by     TEXT NOT NULL REFERENCES operators (id),
    proposed_at     BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    signed          TEXT NOT NULL REFERENCES signed_statements (id),
    state           TEXT NOT NULL,
    decided_by      TEXT REFERENCES operators (id),
    decided_at      BIGINT,
    decision_signed TEXT REFERENCES signed_statements (id),
    CHECK (state IN ('waiting', 'withdrawn') OR (decided_by <> proposed_by AND decision_signed IS NOT NULL))
);

CREATE INDEX proposals_by_state ON proposals (state, id);

CREATE FUNCTION signed_statements_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'signed statements are append-only';
END
$$;

CREATE TRIGGER signed_statements_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON signed_statements
    FOR EACH STATEMENT EXECUTE FUNCTION signed_statements_refuse_change();

-- Who signed the text of the consent in force: provider, or the lock itself.
ALTER TABLE standing_consents ADD COLUMN signed_by TEXT NOT NULL DEFAULT 'provider';

-- Lists and answers that cleared a certificate under which a consent was signed, each once, named by its digest.
CREATE TABLE revocation_evidence (
    sha256 TEXT PRIMARY KEY NOT NULL,
    octets BYTEA NOT NULL
);

-- What was agreed to, word for word. With the lock's signature: origin, nonce and statement are under the signature in the
-- proof. chain: DER in base64, the lock's certificate first, as a JSON array; revocation: what cleared them, as JSON, where that is asked.
CREATE TABLE consent_statements (
    consent_id TEXT PRIMARY KEY NOT NULL REFERENCES consent_records (id),
    statement  TEXT NOT NULL,
    signed_at  BIGINT,
    origin     TEXT,
    nonce      TEXT UNIQUE,
    proof      TEXT,
    chain      TEXT,
    revocation TEXT
);

-- Lines of the audit trail about consents, as the log holds them, so that receipts show them after rows were sealed.
CREATE TABLE consent_events (
    consent_id    TEXT NOT NULL REFERENCES consent_records (id),
    sequence      BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    platform_id   TEXT NOT NULL,
    line          TEXT NOT NULL,
    PRIMARY KEY (consent_id, sequence)
);

CREATE INDEX consent_events_withdrawn ON consent_events (enterprise_id, platform_id, sequence)
    WHERE kind = 'consent.withdrawn';

CREATE FUNCTION revocation_evidence_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'revocation_evidence is append-only';
END
$$;

CREATE TRIGGER revocation_evidence_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON revocation_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION revocation_evidence_refuse_change();

CREATE FUNCTION consent_statements_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent_statements is append-only';
END
$$;

CREATE TRIGGER consent_statements_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_statements
    FOR EACH STATEMENT EXECUTE FUNCTION consent_statements_refuse_change();

CREATE FUNCTION consent_events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent_events is append-only';
END
$$;

CREATE TRIGGER consent_events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_events
    FOR EACH STATEMENT EXECUTE FUNCTION consent_events_refuse_change();

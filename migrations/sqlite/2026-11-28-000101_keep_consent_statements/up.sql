-- Who signed the text of the consent in force: provider, or the lock itself.
ALTER TABLE standing_consents ADD COLUMN signed_by TEXT NOT NULL DEFAULT 'provider';

-- Lists and answers that cleared a certificate under which a consent was signed, each once, named by its digest.
CREATE TABLE revocation_evidence (
    sha256 TEXT PRIMARY KEY NOT NULL,
    octets BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What was agreed to, word for word. With the lock's signature: origin, nonce and statement are under the signature in the
-- proof. chain: DER in base64, the lock's certificate first, as a JSON array; revocation: what cleared them, as JSON, where that is asked.
CREATE TABLE consent_statements (
    consent_id TEXT PRIMARY KEY NOT NULL REFERENCES consent_records (id),
    statement  TEXT NOT NULL,
    signed_at  INTEGER,
    origin     TEXT,
    nonce      TEXT UNIQUE,
    proof      TEXT,
    chain      TEXT,
    revocation TEXT
) STRICT, WITHOUT ROWID;

-- Lines of the audit trail about consents, as the log holds them, so that receipts show them after rows were sealed.
CREATE TABLE consent_events (
    consent_id    TEXT NOT NULL REFERENCES consent_records (id),
    sequence      INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    enterprise_id TEXT NOT NULL,
    platform_id   TEXT NOT NULL,
    line          TEXT NOT NULL,
    PRIMARY KEY (consent_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX consent_events_withdrawn ON consent_events (enterprise_id, platform_id, sequence)
    WHERE kind = 'consent.withdrawn';

CREATE TRIGGER revocation_evidence_refuse_update BEFORE UPDATE ON revocation_evidence
BEGIN
    SELECT RAISE(ABORT, 'revocation_evidence is append-only');
END;

CREATE TRIGGER revocation_evidence_refuse_delete BEFORE DELETE ON revocation_evidence
BEGIN
    SELECT RAISE(ABORT, 'revocation_evidence is append-only');
END;

CREATE TRIGGER revocation_evidence_refuse_replace BEFORE INSERT ON revocation_evidence
WHEN EXISTS (SELECT 1 FROM revocation_evidence WHERE sha256 = NEW.sha256)
BEGIN
    SELECT RAISE(ABORT, 'revocation_evidence is append-only');
END;

CREATE TRIGGER consent_statements_refuse_update BEFORE UPDATE ON consent_statements
BEGIN
    SELECT RAISE(ABORT, 'consent_statements is append-only');
END;

CREATE TRIGGER consent_statements_refuse_delete BEFORE DELETE ON consent_statements
BEGIN
    SELECT RAISE(ABORT, 'consent_statements is append-only');
END;

CREATE TRIGGER consent_statements_refuse_replace BEFORE INSERT ON consent_statements
WHEN EXISTS (SELECT 1 FROM consent_statements WHERE consent_id = NEW.consent_id OR nonce = NEW.nonce)
BEGIN
    SELECT RAISE(ABORT, 'consent_statements is append-only');
END;

CREATE TRIGGER consent_events_refuse_update BEFORE UPDATE ON consent_events
BEGIN
    SELECT RAISE(ABORT, 'consent_events is append-only');
END;

CREATE TRIGGER consent_events_refuse_delete BEFORE DELETE ON consent_events
BEGIN
    SELECT RAISE(ABORT, 'consent_events is append-only');
END;

CREATE TRIGGER consent_events_refuse_replace BEFORE INSERT ON consent_events
WHEN EXISTS (SELECT 1 FROM consent_events WHERE consent_id = NEW.consent_id AND sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'consent_events is append-only');
END;

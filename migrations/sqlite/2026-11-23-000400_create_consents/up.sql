CREATE TABLE consent_records (
    id             TEXT PRIMARY KEY NOT NULL,
    enterprise_id  TEXT NOT NULL REFERENCES enterprises (id),
    key_lock_id    TEXT NOT NULL REFERENCES key_locks (id),
    platform_id    TEXT NOT NULL REFERENCES platforms (id),
    scopes         TEXT NOT NULL,
    claims_version INTEGER NOT NULL,
    text_version   INTEGER NOT NULL,
    language       TEXT NOT NULL,
    outcome        TEXT NOT NULL,
    at             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX consent_records_of_enterprise ON consent_records (enterprise_id, at DESC, id DESC);

CREATE TRIGGER consent_records_refuse_update BEFORE UPDATE ON consent_records
BEGIN
    SELECT RAISE(ABORT, 'consent_records is append-only');
END;

CREATE TRIGGER consent_records_refuse_delete BEFORE DELETE ON consent_records
BEGIN
    SELECT RAISE(ABORT, 'consent_records is append-only');
END;

-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER consent_records_refuse_replace BEFORE INSERT ON consent_records
WHEN EXISTS (SELECT 1 FROM consent_records WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'consent_records is append-only');
END;

-- One row per enterprise and platform: the login path never reads history.
CREATE TABLE standing_consents (
    enterprise_id  TEXT NOT NULL REFERENCES enterprises (id),
    platform_id    TEXT NOT NULL REFERENCES platforms (id),
    consent_id     TEXT NOT NULL REFERENCES consent_records (id),
    scopes         TEXT NOT NULL,
    claims_version INTEGER NOT NULL,
    granted_at     INTEGER NOT NULL,
    revoked_at     INTEGER,
    PRIMARY KEY (enterprise_id, platform_id)
) STRICT, WITHOUT ROWID;

-- No foreign keys: an event may name what was refused because it does not exist.
-- AUTOINCREMENT: a number never comes twice.
CREATE TABLE audit (
    sequence       INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at             INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    reason         TEXT,
    enterprise_id  TEXT,
    key_lock_id    TEXT,
    platform_id    TEXT,
    session_id     TEXT,
    consent_id     TEXT,
    grant_id       TEXT,
    incident_id    TEXT,
    remote_address TEXT,
    detail         TEXT
) STRICT;

CREATE TRIGGER audit_refuse_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

CREATE TRIGGER audit_refuse_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER audit_refuse_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

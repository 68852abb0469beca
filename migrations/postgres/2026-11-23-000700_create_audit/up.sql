-- No foreign keys: an event may name what was refused because it does not exist.
-- written_by stands before sequence, so a transaction has its number before it draws a sequence: a
-- reader who stays below the oldest running transaction can't overtake an event still to be
-- committed with a lower sequence.
CREATE TABLE audit (
    written_by     XID8 NOT NULL DEFAULT pg_current_xact_id(),
    sequence       BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at             BIGINT NOT NULL,
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
);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only';
END
$$;

CREATE TRIGGER audit_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

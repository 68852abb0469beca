CREATE TABLE consent_records (
    id             TEXT PRIMARY KEY NOT NULL,
    enterprise_id  TEXT NOT NULL REFERENCES enterprises (id),
    key_lock_id    TEXT NOT NULL REFERENCES key_locks (id),
    platform_id    TEXT NOT NULL REFERENCES platforms (id),
    scopes         TEXT NOT NULL,
    claims_version BIGINT NOT NULL,
    text_version   BIGINT NOT NULL,
    language       TEXT NOT NULL,
    outcome        TEXT NOT NULL,
    at             BIGINT NOT NULL
);

CREATE INDEX consent_records_of_enterprise ON consent_records (enterprise_id, at DESC, id DESC);

CREATE FUNCTION consent_records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent_records is append-only';
END
$$;

CREATE TRIGGER consent_records_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_records
    FOR EACH STATEMENT EXECUTE FUNCTION consent_records_refuse_change();

-- One row per enterprise and platform: the login path never reads history.
CREATE TABLE standing_consents (
    enterprise_id  TEXT NOT NULL REFERENCES enterprises (id),
    platform_id    TEXT NOT NULL REFERENCES platforms (id),
    consent_id     TEXT NOT NULL REFERENCES consent_records (id),
    scopes         TEXT NOT NULL,
    claims_version BIGINT NOT NULL,
    granted_at     BIGINT NOT NULL,
    revoked_at     BIGINT,
    PRIMARY KEY (enterprise_id, platform_id)
);

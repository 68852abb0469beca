-- entry: JSON, the PEM texts in it. loaded: the entry that the configuration last brought.
-- revision: a change is written over the one it was made from.
CREATE TABLE certificate_authorities (
    id         TEXT PRIMARY KEY NOT NULL,
    entry      TEXT NOT NULL,
    state      TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    loaded     TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The history, each entry as it stood from then on.
CREATE TABLE certificate_authority_changes (
    sequence BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    ca_id    TEXT NOT NULL REFERENCES certificate_authorities (id),
    revision BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    by       TEXT NOT NULL,
    act      TEXT NOT NULL,
    reason   TEXT,
    state    TEXT NOT NULL,
    entry    TEXT NOT NULL,
    UNIQUE (ca_id, revision)
);

CREATE FUNCTION certificate_authority_changes_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'certificate_authority_changes is append-only';
END
$$;

CREATE TRIGGER certificate_authority_changes_refuse_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_authority_changes
    FOR EACH STATEMENT EXECUTE FUNCTION certificate_authority_changes_refuse_change();

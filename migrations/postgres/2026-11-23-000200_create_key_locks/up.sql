-- A lock that was removed, lost or revoked keeps its row, so its certificate can't be bound again.
CREATE TABLE key_locks (
    id              TEXT PRIMARY KEY NOT NULL,
    enterprise_id   TEXT NOT NULL REFERENCES enterprises (id),
    role            TEXT NOT NULL,
    state           TEXT NOT NULL,
    certificate_der BYTEA NOT NULL,
    thumbprint      TEXT NOT NULL UNIQUE,
    ca_id           TEXT NOT NULL,
    ca_name         TEXT NOT NULL,
    ca_platform     TEXT NOT NULL,
    serial_number   TEXT NOT NULL,
    key_number      TEXT NOT NULL,
    media_number    TEXT,
    not_before      BIGINT NOT NULL,
    not_after       BIGINT NOT NULL,
    bound_by        TEXT NOT NULL,
    bound_at        BIGINT NOT NULL
);

CREATE INDEX key_locks_of_enterprise ON key_locks (enterprise_id, bound_at, id);

CREATE UNIQUE INDEX key_locks_one_active_primary ON key_locks (enterprise_id)
    WHERE role = 'primary' AND state = 'active';

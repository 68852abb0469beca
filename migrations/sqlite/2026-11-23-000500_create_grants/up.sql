-- code_sha256 is unique: one code gives one grant, whoever races.
CREATE TABLE grants (
    id            TEXT PRIMARY KEY NOT NULL,
    code_sha256   TEXT NOT NULL UNIQUE,
    enterprise_id TEXT NOT NULL REFERENCES enterprises (id),
    key_lock_id   TEXT NOT NULL REFERENCES key_locks (id),
    platform_id   TEXT NOT NULL REFERENCES platforms (id),
    consent_id    TEXT NOT NULL REFERENCES consent_records (id),
    session_id    TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    auth_time     INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    revoked_at    INTEGER
) STRICT, WITHOUT ROWID;

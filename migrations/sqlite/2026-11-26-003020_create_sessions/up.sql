-- Each sign-in, on record; what a browser holds is short-lived and elsewhere.
CREATE TABLE sessions (
    id             TEXT PRIMARY KEY NOT NULL,
    enterprise_id  TEXT NOT NULL REFERENCES enterprises (id),
    key_lock_id    TEXT NOT NULL REFERENCES key_locks (id),
    begun_at       INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL,
    remote_address TEXT,
    user_agent     TEXT,
    ended_at       INTEGER,
    ending         TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_enterprise ON sessions (enterprise_id, begun_at DESC, id DESC);

-- When a platform was last given something: the newest of the grants that stand.
DROP INDEX grants_standing;

CREATE INDEX grants_standing ON grants (enterprise_id, platform_id, created_at) WHERE revoked_at IS NULL;

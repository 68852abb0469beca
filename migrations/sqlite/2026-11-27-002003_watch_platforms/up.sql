-- When a platform's addresses are looked at next. Whoever looks moves that forward first, so that nobody else does.
CREATE TABLE health_checks (
    platform_id TEXT PRIMARY KEY NOT NULL REFERENCES platforms (id),
    due_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How each address does. state: ok, unknown, degraded, down, since when; misses: looks in a row that failed.
CREATE TABLE endpoint_health (
    platform_id TEXT NOT NULL REFERENCES platforms (id),
    endpoint    TEXT NOT NULL,
    url         TEXT NOT NULL,
    state       TEXT NOT NULL,
    reason      TEXT,
    since       INTEGER NOT NULL,
    checked_at  INTEGER NOT NULL,
    misses      INTEGER NOT NULL,
    PRIMARY KEY (platform_id, endpoint, url)
) STRICT, WITHOUT ROWID;

-- When an address began to do otherwise.
CREATE TABLE health_changes (
    platform_id  TEXT NOT NULL REFERENCES platforms (id),
    endpoint     TEXT NOT NULL,
    url          TEXT NOT NULL,
    at           INTEGER NOT NULL,
    state_before TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT,
    PRIMARY KEY (platform_id, endpoint, url, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX health_changes_by_time ON health_changes (at);

-- Announced by an operator, said on pages while it goes on and before.
CREATE TABLE maintenances (
    id           TEXT PRIMARY KEY NOT NULL,
    platform_id  TEXT NOT NULL REFERENCES platforms (id),
    from_at      INTEGER NOT NULL,
    until_at     INTEGER NOT NULL,
    text_zh      TEXT NOT NULL,
    text_en      TEXT NOT NULL,
    announced_by TEXT NOT NULL,
    announced_at INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX maintenances_by_end ON maintenances (until_at);

-- When a platform's addresses are looked at next. Whoever looks moves that forward first, so that nobody else does.
CREATE TABLE health_checks (
    platform_id TEXT PRIMARY KEY NOT NULL REFERENCES platforms (id),
    due_at      BIGINT NOT NULL
);

-- How each address does. state: ok, unknown, degraded, down, since when; misses: looks in a row that failed.
CREATE TABLE endpoint_health (
    platform_id TEXT NOT NULL REFERENCES platforms (id),
    endpoint    TEXT NOT NULL,
    url         TEXT NOT NULL,
    state       TEXT NOT NULL,
    reason      TEXT,
    since       BIGINT NOT NULL,
    checked_at  BIGINT NOT NULL,
    misses      BIGINT NOT NULL,
    PRIMARY KEY (platform_id, endpoint, url)
);

-- When an address began to do otherwise.
CREATE TABLE health_changes (
    platform_id  TEXT NOT NULL REFERENCES platforms (id),
    endpoint     TEXT NOT NULL,
    url          TEXT NOT NULL,
    at           BIGINT NOT NULL,
    state_before TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT,
    PRIMARY KEY (platform_id, endpoint, url, at)
);

CREATE INDEX health_changes_by_time ON health_changes (at);

-- Announced by an operator, said on pages while it goes on and before.
CREATE TABLE maintenances (
    id           TEXT PRIMARY KEY NOT NULL,
    platform_id  TEXT NOT NULL REFERENCES platforms (id),
    from_at      BIGINT NOT NULL,
    until_at     BIGINT NOT NULL,
    text_zh      TEXT NOT NULL,
    text_en      TEXT NOT NULL,
    announced_by TEXT NOT NULL,
    announced_at BIGINT NOT NULL,
    ended_at     BIGINT
);

CREATE INDEX maintenances_by_end ON maintenances (until_at);

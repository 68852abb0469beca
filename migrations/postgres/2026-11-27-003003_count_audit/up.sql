-- How much happened in each hour (hours since the Unix epoch), for the dashboard. platform_id, reason: empty where there is none;
-- reason: of refusals alone.
CREATE TABLE audit_hours (
    hour        BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    reason      TEXT NOT NULL,
    events      BIGINT NOT NULL,
    PRIMARY KEY (hour, kind, platform_id, reason)
);

-- The last event that is counted in them: one row.
CREATE TABLE audit_counted (
    id       BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    sequence BIGINT NOT NULL
);

INSERT INTO audit_counted (id, sequence) VALUES (1, 0);

DROP INDEX grants_standing;

CREATE INDEX grants_standing ON grants (enterprise_id, platform_id) WHERE revoked_at IS NULL;

DROP TABLE sessions;

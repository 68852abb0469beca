-- A refusal ends what the enterprise gave that platform: few rows of many.
CREATE INDEX grants_standing ON grants (enterprise_id, platform_id) WHERE revoked_at IS NULL;

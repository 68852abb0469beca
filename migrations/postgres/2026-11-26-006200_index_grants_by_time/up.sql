-- When an enterprise last went to a platform, as its list of consents says, whether what it was given then stands or not.
CREATE INDEX grants_by_time ON grants (enterprise_id, platform_id, created_at);

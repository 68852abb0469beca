-- When the platform was told that the session ended, or there was nothing to tell. revoked_at is another matter: a grant may be
-- worth nothing while the session in which it was given goes on.
ALTER TABLE grants ADD COLUMN told_at INTEGER;

UPDATE grants SET told_at = revoked_at WHERE revoked_at IS NOT NULL;

-- Whom an ending tells.
CREATE INDEX grants_untold ON grants (enterprise_id, platform_id) WHERE told_at IS NULL;

-- When a lock was removed, lost or revoked. Of those that ended before, the audit trail knows.
ALTER TABLE key_locks ADD COLUMN ended_at BIGINT;

UPDATE key_locks SET ended_at = ended.at
FROM (
    SELECT key_lock_id, MAX(at) AS at FROM audit
    WHERE kind IN ('lock.removed', 'lock.lost', 'lock.revoked')
    GROUP BY key_lock_id
) AS ended
WHERE ended.key_lock_id = key_locks.id AND key_locks.state <> 'active';

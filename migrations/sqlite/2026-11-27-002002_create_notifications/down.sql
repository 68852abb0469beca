DROP INDEX key_locks_by_end;

DROP TABLE expiry_notices;

DROP TABLE notifications;

ALTER TABLE key_locks DROP COLUMN ended_at;

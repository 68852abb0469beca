DROP INDEX key_locks_of_key;

ALTER TABLE key_locks DROP COLUMN holder_name;

-- 证书单位名称. Until now a lock was bound under the name of its enterprise, so that is what its certificate says.
ALTER TABLE key_locks ADD COLUMN holder_name TEXT NOT NULL DEFAULT '';

UPDATE key_locks SET holder_name = (SELECT name FROM enterprises WHERE enterprises.id = key_locks.enterprise_id);

-- A new certificate of a known key is looked for by the number of the key.
CREATE INDEX key_locks_of_key ON key_locks (ca_id, key_number);

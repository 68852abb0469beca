DROP TABLE audit_cosignatures;
DROP TABLE audit_checkpoints;
DROP TABLE audit_bundles;
DROP TABLE audit_tiles;
DROP TABLE audit_head;
DROP TRIGGER audit_refuse_unhashed;
ALTER TABLE audit DROP COLUMN leaf_hash;
ALTER TABLE audit DROP COLUMN salt;

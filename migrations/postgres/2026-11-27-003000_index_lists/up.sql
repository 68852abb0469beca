-- Lists for operators, a page at a time: each index is a way to walk one of them.
CREATE INDEX enterprises_by_age ON enterprises (created_at, id);
CREATE INDEX enterprises_by_region ON enterprises (region_code, created_at, id);
CREATE INDEX enterprises_suspended ON enterprises (created_at, id) WHERE state = 'suspended';
CREATE INDEX enterprises_by_code ON enterprises (credit_code COLLATE "C");
CREATE INDEX key_locks_by_age ON key_locks (bound_at, id);
CREATE INDEX key_locks_by_key_number ON key_locks (key_number);
CREATE INDEX key_locks_by_media_number ON key_locks (media_number) WHERE media_number IS NOT NULL;
CREATE INDEX key_lock_certificates_by_key_number ON key_lock_certificates (key_number);
CREATE INDEX consent_records_of_platform ON consent_records (platform_id, id);

DROP INDEX enterprises_by_age;
DROP INDEX enterprises_by_region;
DROP INDEX enterprises_suspended;
DROP INDEX key_locks_by_age;
DROP INDEX key_locks_by_key_number;
DROP INDEX key_locks_by_media_number;
DROP INDEX key_lock_certificates_by_key_number;
DROP INDEX consent_records_of_platform;

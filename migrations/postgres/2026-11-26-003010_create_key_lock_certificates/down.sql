DROP TABLE key_lock_certificates;

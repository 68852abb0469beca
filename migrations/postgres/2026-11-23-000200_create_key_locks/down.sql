DROP TABLE key_locks;

DROP INDEX key_locks_of_ca;

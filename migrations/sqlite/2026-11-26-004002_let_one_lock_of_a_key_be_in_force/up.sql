-- A key (its number at its CA) signs in as one lock: what the flows look up, the database holds to.
CREATE UNIQUE INDEX key_locks_one_active_of_key ON key_locks (ca_id, key_number) WHERE state = 'active';

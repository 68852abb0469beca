-- A new list of a CA is compared with the locks in force of that CA, page by page.
CREATE INDEX key_locks_of_ca ON key_locks (ca_id, id) WHERE state = 'active';

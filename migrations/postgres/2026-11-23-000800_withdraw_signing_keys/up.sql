-- withdrawn_at: from then on the key is not published and neither signs nor verifies.
ALTER TABLE signing_keys ADD COLUMN withdrawn_at BIGINT;

ALTER TABLE signing_keys DROP COLUMN destroyed_at;
ALTER TABLE signing_keys DROP COLUMN token;

-- token: the PKCS #11 token that the private part is inside of, under the id; private_encrypted is empty then.
-- destroyed_at: since when it is nowhere.
ALTER TABLE signing_keys ADD COLUMN token TEXT;
ALTER TABLE signing_keys ADD COLUMN destroyed_at BIGINT;

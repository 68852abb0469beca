-- generation: of two processes that make the same successor, one wins.
-- private_encrypted: ciphertext under the master key, opaque to the database.
CREATE TABLE signing_keys (
    id                TEXT PRIMARY KEY NOT NULL,
    algorithm         TEXT NOT NULL,
    generation        INTEGER NOT NULL,
    public_jwk        TEXT NOT NULL,
    private_encrypted BLOB NOT NULL,
    created_at        INTEGER NOT NULL,
    signs_from        INTEGER NOT NULL,
    retired_at        INTEGER,
    UNIQUE (algorithm, generation)
) STRICT;

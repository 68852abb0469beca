-- generation: of two processes that make the same successor, one wins.
-- private_encrypted: ciphertext under the master key, opaque to the database.
CREATE TABLE signing_keys (
    id                TEXT PRIMARY KEY NOT NULL,
    algorithm         TEXT NOT NULL,
    generation        BIGINT NOT NULL,
    public_jwk        TEXT NOT NULL,
    private_encrypted BYTEA NOT NULL,
    created_at        BIGINT NOT NULL,
    signs_from        BIGINT NOT NULL,
    retired_at        BIGINT,
    UNIQUE (algorithm, generation)
);

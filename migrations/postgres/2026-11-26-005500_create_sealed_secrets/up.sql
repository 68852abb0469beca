-- Secrets of the provider that every copy needs and that never change, each sealed under the master key.
CREATE TABLE sealed_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- sha256: of the token, hexadecimal; the token itself is kept nowhere. seed: with the token, makes its successor.
CREATE TABLE refresh_tokens (
    sha256     TEXT PRIMARY KEY NOT NULL,
    grant_id   TEXT NOT NULL REFERENCES grants (id),
    seed       TEXT NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

-- What has expired is deleted.
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

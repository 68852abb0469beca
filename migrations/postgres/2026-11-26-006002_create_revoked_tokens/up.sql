-- Tokens of platforms' own that they gave up before their time, by `jti`: no grant stands behind those.
CREATE TABLE revoked_tokens (
    jti         TEXT PRIMARY KEY NOT NULL,
    platform_id TEXT NOT NULL REFERENCES platforms (id),
    expires_at  BIGINT NOT NULL
);

-- What has expired is deleted.
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);
